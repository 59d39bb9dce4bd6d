"""The people of a unit: everybody, or where each stands with something that is asked, in pages."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, null, or_, select, true
from sqlalchemy.orm import aliased

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.core.days import day_or_none
from tracker.core.paging import Page, nearest
from tracker.dashboards.policy import sees_all
from tracker.dashboards.queries.counting import beyond
from tracker.dashboards.queries.items import ItemView, RequirementView
from tracker.dashboards.rules import URGENCY
from tracker.people.models import Appointment, Person
from tracker.people.queries import covers, people_at_home_in
from tracker.progress.models import Span
from tracker.progress.rules import Status
from tracker.units.models import UnitPath, UnitSpan
from tracker.units.queries import holds_on, lies_under

ROWS_A_PAGE = 50
"""People on a page."""
BY_NAME = (Person.name.expression, Person.id.expression)
LONG_STRETCH = 2_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which people to list: of which unit and day, for what (none: everybody at home), and how narrowed and sorted."""

    unit_id: int
    day: date
    requirement: RequirementView | None
    item: ItemView | None
    statuses: Sequence[Status]
    search: str = ""
    sort: str = "due"
    category: str = ""
    role: str = ""
    joined_since: date | None = None
    units: Sequence[int] = ()
    """The units whose people these are, once they are known."""

    @property
    def is_narrowed(self) -> bool:
        """Whether it matters as what, or since when, somebody is at home."""
        return bool(self.category or self.role or self.joined_since)

    @property
    def is_beyond(self) -> bool:
        """Whether the stored spans do not reach the day."""
        return self.item is not None and self.requirement is not None and self.requirement.horizon < self.day


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody is at home on the day, and as what."""

    unit: str
    category: str
    role: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A person in a list. Without an item there is no status.

    `left` are, of a requirement of several modules, those not yet satisfied, and `done` is how many are.
    """

    id: int
    identifier: str
    name: str
    email: str
    status: Status | None
    due_on: date | None
    satisfied_on: date | None = None
    expires_on: date | None = None
    home: Home | None = None
    left: Sequence[str] = ()
    done: int = 0

    @property
    def shown_name(self) -> str:
        """The name, or the identifier of somebody without one."""
        return self.name or self.identifier


def people_page(actor: Actor, wanted: Wanted, number: int, known_total: int | None = None) -> Page[Listed]:
    """A page of people; one past the last is the last. `known_total` spares counting where figures know the number."""
    worked_out = _worked_out(actor, wanted) if wanted.is_beyond else None
    if wanted.item is not None and worked_out is None and not wanted.units:
        wanted = replace(wanted, units=_units_below(wanted))
    if worked_out is not None:
        stretches: Sequence[Stretch] = [(len(worked_out),)]
    elif known_total is not None and not wanted.is_narrowed and not _stretched_by(wanted):
        stretches = [(known_total,)]
    else:
        stretches = _stretches(actor, wanted)
    total = sum(stretch[-1] for stretch in stretches)
    number = nearest(number, total, ROWS_A_PAGE)
    start = (number - 1) * ROWS_A_PAGE
    people = (
        worked_out[start : start + ROWS_A_PAGE] if worked_out is not None else _from(actor, wanted, start, stretches)
    )
    return Page(_with_details(people, wanted), number, total, ROWS_A_PAGE)


def all_people(actor: Actor, wanted: Wanted) -> list[Listed]:
    """Everybody who is wanted, in order."""
    if wanted.is_beyond:
        people = _worked_out(actor, wanted)
    else:
        rows = _rows(actor, wanted)
        if wanted.item is not None:
            rows = rows.add_columns(Span.satisfied_on, Span.expires_on)
        people = [_listed(row) for row in db.session.execute(rows)]
    return _with_homes(people, wanted.day, Appointment.unit_id.in_(lies_under([wanted.unit_id], wanted.day)))


def all_ids(actor: Actor, wanted: Wanted, at_most: int) -> list[int]:
    """The ids of all who are wanted, `at_most` so many."""
    if wanted.is_beyond:
        return sorted(person.id for person in _worked_out(actor, wanted))[:at_most]
    query, person_id = _wanted(actor, wanted)
    if wanted.search:
        query = query.join(Person, Person.id == person_id).where(_matches(wanted.search))
    return list(db.session.scalars(query.add_columns(person_id).order_by(person_id).limit(at_most)))


def found_at_home(actor: Actor, wanted: Wanted, unit_id: int) -> int:
    """How many people at home in a unit the words looked for find, whatever else the list is narrowed by."""
    query, person_id = _wanted(actor, Wanted(unit_id, wanted.day, None, None, ()))
    query = query.join(Person, Person.id == person_id).where(_matches(wanted.search))
    return db.session.scalar(query.add_columns(func.count())) or 0


def is_everybody_known(actor: Actor, day: date) -> bool:
    """Whether all who are counted in a unit on a day may be listed: some may be at home elsewhere today."""
    return sees_all(actor) or day == actor.today


# Rows


def _rows(actor: Actor, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    """The people wanted, sorted; with the status and due day of each where an item is given, which an index holds."""
    query, person_id = _wanted(actor, wanted)
    said = (null(), null()) if wanted.item is None else (Span.status, Span.due_on)
    return (
        query.add_columns(Person.id, Person.identifier, Person.name, Person.email, *said)
        .join(Person, Person.id == person_id)
        .where(_matches(wanted.search) if wanted.search else true())
        .order_by(*_order_of_stretches(wanted), *BY_NAME)
    )


def _wanted(actor: Actor, wanted: Wanted) -> tuple[Select[*tuple[Any, ...]], ColumnElement[int]]:
    """Where the people wanted are found, as far as that takes no look at their names; and the column of their ids."""
    day = wanted.day
    query: Select[*tuple[Any, ...]] = (
        select()
        .select_from(UnitPath)
        .where(UnitPath.ancestor_id == wanted.unit_id, UnitPath.starts_on <= day, UnitPath.ends_on >= day)
    )
    if wanted.item is None:
        person_id = Appointment.person_id.expression
        query = query.join(Appointment, and_(Appointment.unit_id == UnitPath.unit_id, covers(day)))
    else:
        person_id = Span.person_id.expression
        query = query.join(Span, Span.unit_id == UnitPath.unit_id).where(
            Span.unit_id.in_(wanted.units or _units_below(wanted)),
            Span.item_id == wanted.item.id,
            Span.ends_on >= day,
            Span.starts_on <= day,
            Span.status.in_([int(status) for status in wanted.statuses]),
        )
        if wanted.is_narrowed:
            query = query.join(Appointment, and_(Appointment.person_id == Span.person_id, covers(day)))
    if wanted.is_narrowed:
        query = query.where(*_at_home_as(wanted))
    if wanted.sort == "unit":
        query = query.join(UnitSpan, and_(UnitSpan.unit_id == UnitPath.unit_id, holds_on(day)))
    if not is_everybody_known(actor, day):
        query = query.where(person_id.in_(people_at_home_in(actor.unit_ids, actor.today)))
    return query, person_id


_earlier = aliased(Appointment)


def _at_home_as(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """As what, and since when, somebody is at home: her first day at home in the unit counts, whatever followed it."""
    if wanted.category:
        yield Appointment.category == wanted.category
    if wanted.role:
        yield Appointment.role == wanted.role
    if (since := wanted.joined_since) is not None:
        before = select(_earlier.id).where(
            _earlier.person_id == Appointment.person_id,
            _earlier.is_primary,
            _earlier.starts_on < since,
            _earlier.unit_id.in_(lies_under([wanted.unit_id], wanted.day)),
        )
        yield and_(Appointment.starts_on >= since, ~before.exists())


def _units_below(wanted: Wanted) -> list[int]:
    """The units themselves: PostgreSQL then jumps to each in the index of spans, where for a join alone it would read
    the index on to the last of them."""
    return list(db.session.scalars(lies_under([wanted.unit_id], wanted.day)))


def _matches(search: str) -> ColumnElement[bool]:
    """That name, identifier or address hold what was typed. SQLite itself evens out the case of plain letters only."""
    spellings = {search, search.lower(), search.upper(), search.title()} if not search.isascii() else {search}
    columns = (Person.name, Person.identifier, Person.email)
    return or_(*(column.icontains(words, autoescape=True) for words in sorted(spellings) for column in columns))


Stretch = Sequence[Any]
"""A part of the list in which all stand equal but for their names: by what they do, and last how many they are."""


def _stretched_by(wanted: Wanted) -> tuple[ColumnElement[Any], ...]:
    """What comes before the name in the order of the list."""
    if wanted.sort == "unit":
        return (UnitSpan.name.expression,)
    if wanted.sort == "name" or wanted.item is None:
        return ()
    return (Span.status.expression, Span.due_on.expression) if wanted.sort == "status" else (Span.due_on.expression,)


def _order_of_stretches(wanted: Wanted) -> Sequence[ColumnElement[Any]]:
    columns = _stretched_by(wanted)
    if wanted.sort == "unit" or not columns:
        return columns
    by_due = (Span.due_on.is_(None), Span.due_on.expression)
    urgency = case({int(status): place for place, status in enumerate(URGENCY)}, value=Span.status)
    return (urgency, *by_due) if wanted.sort == "status" else by_due


def _stretches(actor: Actor, wanted: Wanted) -> Sequence[Stretch]:
    """The stretches of the list in order. An index alone holds them; so a page costs the names of its own stretches,
    not those of everybody before it is known who comes first."""
    query, person_id = _wanted(actor, wanted)
    columns = _stretched_by(wanted)
    query = query.add_columns(*columns, func.count()).group_by(*columns).order_by(*_order_of_stretches(wanted))
    if wanted.search:
        query = query.join(Person, Person.id == person_id).where(_matches(wanted.search))
    return db.session.execute(query).all()


def _from(actor: Actor, wanted: Wanted, start: int, stretches: Sequence[Stretch]) -> list[Listed]:
    """A page of rows from a place in the list on, read from the stretches it lies in alone."""
    keys, before, skipped, within = [], 0, 0, 0
    for *key, count in stretches:
        if before + count <= start:
            skipped += count
        elif before < start + ROWS_A_PAGE:
            keys.append(tuple(key))
            within += count
        else:
            break
        before += count
    if not keys:
        return []
    if len(keys) == 1 and _is_walk_shorter(wanted, start - skipped, within):
        rows = _along_names(actor, wanted, keys)
    else:
        rows = _rows(actor, wanted).where(_is_among(_stretched_by(wanted), keys))
        if len(keys) == 1:
            rows = rows.order_by(None).order_by(*BY_NAME)
    page = rows.offset(start - skipped).limit(ROWS_A_PAGE)
    return [_listed(row) for row in db.session.execute(page)]


def _is_walk_shorter(wanted: Wanted, skipped: int, within: int) -> bool:
    """Whether so many of all people have to be looked at, in the order of names, until a page of a long stretch is
    full, that it is less than looking up the name of everybody in the stretch. PostgreSQL does not find out itself."""
    if wanted.item is None or within < LONG_STRETCH or db.engine.dialect.name != "postgresql":
        return False
    everybody = db.session.scalar(select(func.max(Person.id))) or 0
    return (skipped + ROWS_A_PAGE) * everybody < within * within


def _along_names(actor: Actor, wanted: Wanted, keys: Iterable[tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """The people of a stretch, found by walking along the names of all; each is looked up by herself (OFFSET 0), first
    where she is at home, which an index alone holds: that spares most of them the look at their spans."""
    query, person_id = _wanted(actor, wanted)
    is_she = and_(person_id == Person.id, _is_among(_stretched_by(wanted), keys))
    she = query.add_columns(Span.status, Span.due_on).where(is_she).correlate(Person).offset(0).lateral("she")
    here = (covers(wanted.day), Appointment.person_id == Person.id, Appointment.unit_id.in_(wanted.units))
    home = select(literal(1).label("here")).where(*here).correlate(Person).offset(0).lateral("home")
    return (
        select(Person.id, Person.identifier, Person.name, Person.email, she.c.status, she.c.due_on)
        .select_from(Person)
        .join(home, true())
        .join(she, true())
        .where(_matches(wanted.search) if wanted.search else true())
        .order_by(*BY_NAME)
    )


def _is_among(columns: Sequence[ColumnElement[Any]], keys: Iterable[tuple[Any, ...]]) -> ColumnElement[bool]:
    """That these columns hold one of the keys; the last may be empty."""
    if not columns:
        return true()
    *first, last = columns
    by_first: dict[tuple[Any, ...], list[Any]] = {}
    for key in keys:
        by_first.setdefault(key[:-1], []).append(key[-1])
    return or_(
        *(
            and_(
                *(column == value for column, value in zip(first, head, strict=True)),
                or_(
                    last.in_([value for value in values if value is not None]),
                    last.is_(None) if None in values else false(),
                ),
            )
            for head, values in by_first.items()
        )
    )


def _listed(row: Any) -> Listed:
    id_, identifier, name, email, status, due_on, *dates = row
    return Listed(id_, identifier, name, email, None if status is None else Status(status), due_on, *dates)


# Beyond the stored spans


def _worked_out(actor: Actor, wanted: Wanted) -> list[Listed]:
    """The same for a day that the stored spans do not reach, by the rules and in memory."""
    if wanted.item is None:
        raise ValueError("everybody at home is never beyond the stored spans")
    at_home = people_at_home_in([wanted.unit_id], wanted.day).where(*_at_home_as(wanted))
    known = select(Person.id, Person.identifier, Person.name, Person.email).where(Person.id.in_(at_home))
    if not is_everybody_known(actor, wanted.day):
        known = known.where(Person.id.in_(people_at_home_in(actor.unit_ids, actor.today)))
    if wanted.search:
        known = known.where(_matches(wanted.search))
    people = {row.id: row for row in db.session.execute(known)}
    named = select(UnitSpan.unit_id, UnitSpan.name).where(holds_on(wanted.day))
    units: dict[int, str] = dict(db.session.execute(named).all())
    found = [
        (span, _listed((*people[person_id], span.status, *map(day_or_none, span[4:]))))
        for person_id, item_id, span in beyond(sorted(people), wanted.day, [wanted.item.id])
        if item_id == wanted.item.id and span.status in wanted.statuses
    ]
    found.sort(key=lambda one: _place(one[1], units.get(one[0].unit, ""), wanted.sort))
    return [person for _, person in found]


def _place(person: Listed, unit: str, sort: str) -> tuple[Any, ...]:
    """The place of a person in a list, as `_order` has it."""
    by_name = (person.name, person.id)
    if sort in ("name", "unit"):
        return (unit if sort == "unit" else "", *by_name)
    by_due = (person.due_on is None, person.due_on or date.max, *by_name)
    return (URGENCY.index(person.status), *by_due) if sort == "status" and person.status else by_due


# What stands beside the names


def _with_homes(people: Sequence[Listed], day: date, among: ColumnElement[bool]) -> list[Listed]:
    """The same people with where and as what they are at home on the day."""
    homes = {person_id: Home(*home) for person_id, *home in db.session.execute(_homes(day).where(among))}
    return [replace(person, home=homes.get(person.id)) for person in people]


def _homes(day: date) -> Select[*tuple[Any, ...]]:
    """(person, unit, category, role) of homes on the day."""
    return (
        select(Appointment.person_id, UnitSpan.name, Appointment.category, Appointment.role)
        .join(UnitSpan, and_(UnitSpan.unit_id == Appointment.unit_id, holds_on(day)))
        .where(covers(day))
    )


def _with_details(people: Sequence[Listed], wanted: Wanted) -> list[Listed]:
    """The people of a page with their homes, the other dates of the item, and of a whole requirement the modules each
    has left, and how many are done."""
    titles: dict[int, str] = {}
    if wanted.requirement is not None and wanted.item is wanted.requirement.whole:
        titles = {item.id: item.title for item in wanted.requirement.modules}
    homes: dict[int, Home] = {}
    dates: dict[int, tuple[date | None, date | None]] = {}
    left: dict[int, list[str]] = {}
    done: Counter[int] = Counter()
    for person_id, home, item_id, status, satisfied_on, expires_on in _details(people, titles, wanted):
        homes[person_id] = home
        if item_id in titles:
            if status == Status.SATISFIED:
                done[person_id] += 1
            elif status != Status.WAIVED:
                left.setdefault(person_id, []).append(titles[item_id])
        else:
            dates[person_id] = satisfied_on, expires_on
    nothing = (None, None)
    return [
        replace(
            person,
            home=homes.get(person.id),
            satisfied_on=dates.get(person.id, nothing)[0],
            expires_on=dates.get(person.id, nothing)[1],
            left=tuple(left.get(person.id, ())),
            done=done[person.id],
        )
        for person in people
    ]


def _details(people: Sequence[Listed], modules: Iterable[int], wanted: Wanted) -> Iterator[tuple[Any, ...]]:
    """(person, home, item, status, satisfied on, expires on) of the item wanted and of these modules: one statement.
    Of somebody without any there is one row, without an item."""
    ids = [person.id for person in people]
    items = [] if wanted.item is None else [wanted.item.id, *modules]
    rows = _homes(wanted.day).where(Appointment.person_id.in_(ids))
    if wanted.is_beyond:
        homes = {person_id: Home(*home) for person_id, *home in db.session.execute(rows)}
        for person_id, item_id, span in beyond(sorted(ids), wanted.day, items):
            if item_id in items:
                dates = day_or_none(span.satisfied_on), day_or_none(span.expires_on)
                yield person_id, homes[person_id], item_id, span.status, *dates
        return
    on_that_day = and_(
        Span.person_id == Appointment.person_id,
        Span.item_id.in_(items),
        Span.starts_on <= wanted.day,
        Span.ends_on >= wanted.day,
    )
    rows = (
        rows.add_columns(Span.item_id, Span.status, Span.satisfied_on, Span.expires_on)
        .outerjoin(Span, on_that_day)
        .order_by(Appointment.person_id, Span.item_id)
    )
    for person_id, unit, category, role, *said in db.session.execute(rows):
        yield person_id, Home(unit, category, role), *said
