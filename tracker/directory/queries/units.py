"""The tree as the office edits it: units of a day with what is to come, and one unit with its whole history."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, func, or_, select

from tracker.champions.models import Champion
from tracker.core.database import db
from tracker.core.days import NEVER_AFTER, day_or_none
from tracker.core.errors import NotFound
from tracker.core.words import day as in_words
from tracker.people.models import Appointment, Person
from tracker.people.queries import covers
from tracker.targets.models import Target
from tracker.units.models import SINCE_EVER, Unit, UnitRow, UnitSpan
from tracker.units.queries import UnitView, stands, tree, unit_views, views_on
from tracker.units.rules import Row

MOST_ROWS = 300
"""Lines of the tree on one page; deeper units are a link away."""


@dataclass(frozen=True, slots=True)
class Line:
    """A unit in the tree of a day: how deep, how many are at home in and below it, what is to come in words, and how
    many units below it are left out."""

    unit: UnitView
    depth: int
    people: int
    to_come: str | None
    left_out: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a unit was, is or will be from a day (none: since ever) to a day (none: open)."""

    first: date | None
    last: date | None
    name: str
    kind: str
    parent: str | None
    parent_code: str | None


@dataclass(frozen=True, slots=True)
class Hanging:
    """A champion's term that runs on a unit."""

    champion_id: int
    name: str
    starts_on: date
    ends_on: date | None


def unit_id_of(code: str) -> int | None:
    """The id of a unit, whenever it exists."""
    return db.session.scalar(select(Unit.id).where(Unit.code == code))


def known_id(code: str) -> int:
    """The id of a unit, whenever it exists. Raises NotFound."""
    if (unit_id := unit_id_of(code)) is None:
        raise NotFound(f"unit {code}")
    return unit_id


def unit_on(code: str, day: date) -> UnitView:
    """A unit as it is on a day; one that is not there then as it was last, or will be first. Raises NotFound."""
    unit_id = known_id(code)
    if found := unit_views([unit_id], day):
        return found[0]
    rows = tree().spans.get(unit_id)
    if rows is None:
        raise NotFound(f"unit {code}: it was taken back")
    past = [row for row in rows if row.last < day.toordinal()]
    row = past[-1] if past else rows[0]
    return UnitView(unit_id, code, row.name, row.kind, row.parent)


def name_of(unit_id: int, day: date) -> str:
    """What a unit is called on a day, was last or will be first."""
    return unit_on(db.session.scalars(select(Unit.code).where(Unit.id == unit_id)).one(), day).name


def exists_on(unit_id: int, day: date) -> bool:
    """Whether a unit is there on a day."""
    return bool(unit_views([unit_id], day))


def history(unit_id: int) -> list[Stretch]:
    """All that a unit was and will be, the latest first; what it lies below by the name of the first day of each. A row
    that says the same as the one before, as closing does, is no stretch of its own."""
    found = tree()
    codes = dict(db.session.execute(select(Unit.id, Unit.code)).all())
    stretches = []
    rows: list[Row] = []
    for row in found.spans.get(unit_id, ()):
        if rows and rows[-1][3:] == row[3:] and rows[-1].last + 1 == row.first:
            rows[-1] = rows[-1]._replace(last=row.last)
        else:
            rows.append(row)
    for row in rows:
        above = found.row_on(row.parent, row.first) if row.parent is not None else None
        stretches.append(
            Stretch(
                None if row.first == SINCE_EVER.toordinal() else date.fromordinal(row.first),
                day_or_none(row.last),
                row.name,
                row.kind,
                above.name if above else None,
                codes[row.parent] if row.parent is not None else None,
            )
        )
    return stretches[::-1]


def lines(day: date, under: UnitView | None = None, most: int | None = MOST_ROWS) -> list[Line]:
    """The tree of a day, or the part of it below a unit: so many levels as have at most so many units."""
    views = {row.id: UnitView(*row) for row in db.session.execute(views_on(day).order_by(UnitSpan.name, Unit.code))}
    below: dict[int | None, list[UnitView]] = {}
    for one in views.values():
        below.setdefault(one.parent_id, []).append(one)
    tops = [views[under.id]] if under and under.id in views else below.get(None, [])
    deep = _levels(tops, below, most)
    people = _people_below(views, day)
    coming = _to_come(views, day)
    found: list[Line] = []

    def put(one: UnitView, depth: int) -> None:
        parts = below.get(one.id, []) if depth < deep else []
        left_out = len(below.get(one.id, ())) - len(parts)
        found.append(Line(one, depth, people[one.id], coming.get(one.id), left_out))
        for part in parts:
            put(part, depth + 1)

    for one in tops:
        put(one, 0)
    return found


def _levels(tops: Sequence[UnitView], below: Mapping[int | None, Sequence[UnitView]], most: int | None) -> int:
    """How many levels below the top fit on a page; the first always does."""
    level, total, deep = list(tops), len(tops), 0
    while level := [part for one in level for part in below.get(one.id, ())]:
        total += len(level)
        if most is not None and total > most and deep:
            break
        deep += 1
    return deep


def _people_below(views: Mapping[int, UnitView], day: date) -> Counter[int]:
    """How many are at home at or below each of the units of a day: counted once by home, then added up the tree."""
    at_home = select(Appointment.unit_id, func.count()).where(covers(day)).group_by(Appointment.unit_id)
    found: Counter[int] = Counter()
    for home, number in db.session.execute(at_home):
        step: int | None = home
        while step is not None and step in views:
            found[step] += number
            step = views[step].parent_id
    return found


def _to_come(views: Mapping[int, UnitView], day: date) -> dict[int, str]:
    """What of each unit is to change first after a day, in words."""
    later = select(UnitSpan).where(UnitSpan.starts_on > day).order_by(UnitSpan.starts_on.desc())
    ending = select(UnitSpan.unit_id, func.max(UnitSpan.ends_on)).group_by(UnitSpan.unit_id)
    ends = dict(db.session.execute(ending).all())
    found = {
        unit_id: f"closes on {in_words(last + timedelta(days=1))}"
        for unit_id, last in ends.items()
        if last is not None and day <= last < date.fromordinal(NEVER_AFTER)
    }
    names = dict(db.session.execute(select(UnitSpan.unit_id, UnitSpan.name)).all())
    for span in db.session.scalars(later):
        now = views.get(span.unit_id)
        if now is None:
            continue
        words = [f"called {span.name}"] if span.name != now.name else []
        words += [f"a {span.kind}"] if span.kind != now.kind else []
        if span.parent_id != now.parent_id:
            words.append(f"below {names[span.parent_id]}" if span.parent_id is not None else "at the top")
        if words:
            found[span.unit_id] = f"{', '.join(words)} from {in_words(span.starts_on)}"
    return found


def children_from(unit_id: int, on: date) -> list[UnitView]:
    """The units that lie right below one on a day, or are to later."""
    later = select(UnitSpan.unit_id).where(UnitSpan.parent_id == unit_id, UnitSpan.ends_on >= on).distinct()
    first = (
        select(UnitSpan.unit_id, func.max(UnitSpan.starts_on).label("starts_on"))
        .where(UnitSpan.unit_id.in_(later), UnitSpan.parent_id == unit_id)
        .group_by(UnitSpan.unit_id)
        .subquery()
    )
    rows = (
        select(Unit.id, Unit.code, UnitSpan.name, UnitSpan.kind, UnitSpan.parent_id)
        .join(UnitSpan, UnitSpan.unit_id == Unit.id)
        .join(first, and_(first.c.unit_id == Unit.id, first.c.starts_on == UnitSpan.starts_on))
        .order_by(UnitSpan.name, Unit.code)
    )
    return [UnitView(*row) for row in db.session.execute(rows)]


def choices(day: date, but_for: Collection[int] = ()) -> list[tuple[str, str]]:
    """(code, label) of the units of a day, set in as the tree is, to choose from."""
    found = []
    views = {row.id: UnitView(*row) for row in db.session.execute(views_on(day).order_by(UnitSpan.name, Unit.code))}
    below: dict[int | None, list[UnitView]] = {}
    for one in views.values():
        below.setdefault(one.parent_id, []).append(one)

    def put(one: UnitView, depth: int) -> None:
        if one.id in but_for:
            return
        found.append((one.code, "\N{EN SPACE}" * depth + f"{one.name} ({one.code})"))
        for part in below.get(one.id, ()):
            put(part, depth + 1)

    for top in below.get(None, ()):
        put(top, 0)
    return found


def kinds() -> list[str]:
    """The kinds of units there are."""
    return list(db.session.scalars(select(UnitRow.kind).where(stands()).distinct().order_by(UnitRow.kind)))


def people_with_posts(unit_id: int, on: date) -> list[tuple[int, str, str]]:
    """(id, name, what as) of whoever has a post in this very unit on a day or later, by name."""
    runs_on = or_(Appointment.ends_on.is_(None), Appointment.ends_on >= on)
    rows = db.session.execute(
        select(Person.id, Person.name, Person.identifier, Appointment.category, Appointment.role)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(Appointment.unit_id == unit_id, runs_on)
        .order_by(Person.name, Person.id, Appointment.is_primary.desc())
    )
    found: dict[int, tuple[int, str, str]] = {}
    for id_, name, identifier, category, role in rows:
        found.setdefault(id_, (id_, name or identifier, f"{category}, {role}"))
    return list(found.values())


def terms_beyond(unit_id: int, on: date) -> list[Hanging]:
    """The champions' terms on this very unit that have days from a day on."""
    runs_on = or_(Champion.ends_on.is_(None), Champion.ends_on >= on)
    rows = db.session.execute(
        select(Champion.id, Person.name, Champion.starts_on, Champion.ends_on)
        .join(Person, Person.id == Champion.person_id)
        .where(Champion.unit_id == unit_id, Champion.substitute_for_id.is_(None), runs_on)
        .order_by(Person.name)
    )
    return [Hanging(*row) for row in rows]


def number_of_targets(code: str) -> int:
    """How many targets are set for a unit."""
    return db.session.scalar(select(func.count()).select_from(Target).where(Target.unit_code == code)) or 0
