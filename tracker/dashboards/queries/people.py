"""The people of a unit: everybody, or where each stands with something that is asked, in pages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from tracker.dashboards.rules import OUTSTANDING, URGENCY
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
LOOKED_UP_AT_ONCE = 5_000
"""Of how many people it is asked in one statement what stands beside their names."""
OVERALL = (*OUTSTANDING, Status.ON_LEAVE, Status.SATISFIED, Status.WAIVED)
"""The status that speaks for somebody in all that is required of her is the first of these that she has."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which people to list: of which unit and day, for what (none: everybody at home), and how narrowed and sorted.

    `required` is what everybody at home is looked at for: each is listed with where she stands in all of it.
    """

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
    required: Sequence[RequirementView] = ()
    persons: int = 0
    """About how many persons there are in all; 0 where it is not known."""

    @property
    def is_narrowed(self) -> bool:
        """Whether it matters as what, or since when, somebody is at home."""
        return bool(self.category or self.role or self.joined_since)

    @property
    def is_beyond(self) -> bool:
        """Whether the stored spans do not reach the day."""
        return self.item is not None and self.requirement is not None and self.requirement.horizon < self.day

    @property
    def parts(self) -> Sequence[ItemView]:
        """The modules of which it is said what is left: those of a whole requirement."""
        if self.requirement is None or self.item is not self.requirement.whole:
            return ()
        return self.requirement.modules

    @property
    def looked_at(self) -> Mapping[int, date]:
        """The items of which something stands beside a name, each with the last day that its spans reach."""
        if self.requirement is None or self.item is None:
            return {one.whole.id: one.horizon for one in self.required}
        return {item.id: self.requirement.horizon for item in (self.item, *self.parts)}


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody is at home on the day, and as what."""

    unit: str
    category: str
    role: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A person in a list.

    `left` are, of a requirement of several modules, those not yet satisfied, and `done` is how many are. In a list of
    everybody `is_overall` says that the status is the most urgent one in all that is required; `left` are then the
    requirements with something left, and nobody of whom nothing is required has a status.
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
    is_overall: bool = False

    @property
    def shown_name(self) -> str:
        """The name, or the identifier of somebody without one."""
        return self.name or self.identifier


def people_page(
    actor: Actor, wanted: Wanted, number: int, known_total: int | None = None, rows: int = ROWS_A_PAGE
) -> Page[Listed]:
    """A page of `rows` people; one past the last is the last. `known_total` spares counting where figures know it."""
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
    number = nearest(number, total, rows)
    start = (number - 1) * rows
    people = (
        worked_out[start : start + rows] if worked_out is not None else _from(actor, wanted, start, rows, stretches)
    )
    return Page(_with_details(people, wanted), number, total, rows)


def all_people(actor: Actor, wanted: Wanted) -> list[Listed]:
    """Everybody who is wanted, in order."""
    if wanted.is_beyond:
        people = _worked_out(actor, wanted)
    else:
        people = [_listed(row) for row in db.session.execute(_rows(actor, wanted))]
    return _with_details(people, wanted)


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


def _from(actor: Actor, wanted: Wanted, start: int, rows: int, stretches: Sequence[Stretch]) -> list[Listed]:
    """So many rows from a place in the list on, read from the stretches they lie in alone."""
    keys, before, skipped, within = [], 0, 0, 0
    for *key, count in stretches:
        if before + count <= start:
            skipped += count
        elif before < start + rows:
            keys.append(tuple(key))
            within += count
        else:
            break
        before += count
    if not keys:
        return []
    if len(keys) == 1 and _is_walk_shorter(wanted, start - skipped + rows, within):
        found = _along_names(actor, wanted, keys) if wanted.item else _everybody_along_names(actor, wanted)
    else:
        found = _rows(actor, wanted).where(_is_among(_stretched_by(wanted), keys))
        if len(keys) == 1:
            found = found.order_by(None).order_by(*BY_NAME)
    page = found.offset(start - skipped).limit(rows)
    return [_listed(row) for row in db.session.execute(page)]


def _is_walk_shorter(wanted: Wanted, wanted_rows: int, within: int) -> bool:
    """Whether so few of all people have to be looked at, in the order of names, until these rows of a long stretch are
    found, that it is less than looking up the name of everybody in the stretch. No database finds out itself; where
    spans say who is meant, SQLite cannot be told."""
    if within < LONG_STRETCH or (wanted.item is not None and db.engine.dialect.name != "postgresql"):
        return False
    if wanted.item is None and _stretched_by(wanted):
        return False
    return 0 < wanted_rows * wanted.persons < within * within


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


def _everybody_along_names(actor: Actor, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    """Everybody at home, found by walking along the names of all; each is looked up by herself, as a single value."""
    units = wanted.units or _units_below(wanted)
    here = (covers(wanted.day), Appointment.person_id == Person.id, Appointment.unit_id.in_(units))
    home = select(literal(1)).where(*here, *_at_home_as(wanted)).correlate(Person).limit(1).scalar_subquery()
    found = (
        select(Person.id, Person.identifier, Person.name, Person.email, null(), null())
        .where(home.is_not(None), _matches(wanted.search) if wanted.search else true())
        .order_by(*BY_NAME)
    )
    if is_everybody_known(actor, wanted.day):
        return found
    return found.where(Person.id.in_(people_at_home_in(actor.unit_ids, actor.today)))


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


@dataclass(frozen=True, slots=True)
class Said:
    """Where somebody stands with an item on the day."""

    status: Status
    due_on: date | None
    satisfied_on: date | None
    expires_on: date | None


def _with_details(people: Sequence[Listed], wanted: Wanted) -> list[Listed]:
    """The same people with where and as what they are at home, and with what is said of the items looked at: the other
    dates of the item, and what is left of it; or where everybody stands in all that is required."""
    homes: dict[int, Home] = {}
    said: dict[int, dict[int, Said]] = {}
    for start in range(0, len(people), LOOKED_UP_AT_ONCE):
        ids = [person.id for person in people[start : start + LOOKED_UP_AT_ONCE]]
        for person_id, item_id, status, *dates in _details(ids, wanted, homes):
            said.setdefault(person_id, {})[item_id] = Said(Status(status), *dates)
    tell = _told_of_item if wanted.item is not None else _told_of_all
    return [tell(person, homes.get(person.id), said.get(person.id, {}), wanted) for person in people]


def _told_of_item(person: Listed, home: Home | None, said: Mapping[int, Said], wanted: Wanted) -> Listed:
    """With the other dates of the item, and of a whole requirement the modules left, and how many are done."""
    whole = said.get(wanted.item.id) if wanted.item else None
    parts = [(item.title, said[item.id].status) for item in wanted.parts if item.id in said]
    return replace(
        person,
        home=home,
        satisfied_on=whole.satisfied_on if whole else None,
        expires_on=whole.expires_on if whole else None,
        left=tuple(title for title, status in parts if status not in (Status.SATISFIED, Status.WAIVED)),
        done=sum(status is Status.SATISFIED for _, status in parts),
    )


def _told_of_all(person: Listed, home: Home | None, said: Mapping[int, Said], wanted: Wanted) -> Listed:
    """With the most urgent status in all that is required, and the requirements with something left."""
    stands = [(one.title, said[one.whole.id]) for one in wanted.required if one.whole.id in said]
    if not stands:
        return replace(person, home=home)
    first = min((one for _, one in stands), key=lambda one: (OVERALL.index(one.status), one.due_on or date.max))
    is_left = first.status in OUTSTANDING
    return replace(
        person,
        home=home,
        status=first.status,
        due_on=first.due_on if is_left else None,
        expires_on=first.expires_on if is_left else None,
        left=tuple(title for title, one in stands if one.status in OUTSTANDING),
        is_overall=True,
    )


def _details(ids: Sequence[int], wanted: Wanted, homes: dict[int, Home]) -> Iterator[tuple[Any, ...]]:
    """(person, item, status, due, satisfied on, expires on) of the items looked at, and into `homes` where each is at
    home: one statement, more for items whose spans do not reach the day."""
    stored = [item for item, horizon in wanted.looked_at.items() if horizon >= wanted.day]
    past = [item for item, horizon in wanted.looked_at.items() if horizon < wanted.day]
    on_that_day = and_(
        Span.person_id == Appointment.person_id,
        Span.item_id.in_(stored),
        Span.starts_on <= wanted.day,
        Span.ends_on >= wanted.day,
    )
    rows = (
        select(Appointment.person_id, UnitSpan.name, Appointment.category, Appointment.role)
        .join(UnitSpan, and_(UnitSpan.unit_id == Appointment.unit_id, holds_on(wanted.day)))
        .where(covers(wanted.day), Appointment.person_id.in_(ids))
        .add_columns(Span.item_id, Span.status, Span.due_on, Span.satisfied_on, Span.expires_on)
        .outerjoin(Span, on_that_day)
    )
    for person_id, unit, category, role, item_id, *said in db.session.execute(rows):
        if person_id not in homes:
            homes[person_id] = Home(unit, category, role)
        if item_id is not None:
            yield person_id, item_id, *said
    if past:
        for person_id, item_id, span in beyond(sorted(ids), wanted.day, past):
            if item_id in past:
                yield person_id, item_id, span.status, *map(day_or_none, span[4:])
