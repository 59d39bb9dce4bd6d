"""Where people of each category, each role and each year of joining stand with something, side by side on a day.

Somebody's year of joining is that of the first day on which she was at home anywhere in the institution, whatever came
after it: who leaves and comes back stays in her first cohort. The category and role are those of her home on the day.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, ScalarSelect, and_, cast, extract, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.core.errors import Forbidden, Invalid, NotFound
from tracker.core.paging import Page, nearest
from tracker.core.words import day as in_words
from tracker.dashboards.queries.counting import beyond
from tracker.dashboards.queries.items import ItemView, RequirementView
from tracker.dashboards.queries.people import BY_NAME, ROWS_A_PAGE, Home, Listed, is_everybody_known
from tracker.dashboards.queries.sight import Cell, of_people
from tracker.dashboards.rules import Figure, total
from tracker.people.models import Appointment, Person
from tracker.people.queries import covers, people_at_home_in
from tracker.progress.models import Span
from tracker.progress.rules import Status
from tracker.units.models import UnitPath, UnitSpan
from tracker.units.queries import holds_on, lies_under

_first = aliased(Appointment)


class Kind(NamedTuple):
    """What groups people: the home of the day, and the year of joining."""

    category: str
    role: str
    joined: int


@dataclass(frozen=True, slots=True)
class Group:
    """People of one category, role or year; the year as it is written."""

    name: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class SideBySide:
    """All people who are asked, and the groups they fall into: each of the three adds up to the whole."""

    whole: Cell
    categories: Sequence[Group]
    roles: Sequence[Group]
    cohorts: Sequence[Group]


def side_by_side(unit_id: int, requirement: RequirementView, item: ItemView, day: date) -> SideBySide | None:
    """The people of a unit and of all below it on a day; none where names are not shown, since figures without names
    are never narrowed. One statement, more for a day beyond the horizon."""
    if not requirement.names_shown:
        return None
    counted = _worked_out if requirement.horizon < day else _counted
    figures = {
        kind: of_people(requirement, item, Figure(*numbers)) for kind, numbers in counted(unit_id, item.id, day).items()
    }

    def groups(name_of: Callable[[Kind], str]) -> list[Group]:
        names = sorted({name_of(kind) for kind in figures})
        return [Group(name, _cell(one for kind, one in figures.items() if name_of(kind) == name)) for name in names]

    return SideBySide(
        _cell(figures.values()),
        groups(lambda kind: kind.category),
        groups(lambda kind: kind.role),
        groups(lambda kind: str(kind.joined)),
    )


def _cell(figures: Iterable[Figure]) -> Cell:
    whole = total(figures)
    return Cell(whole, whole)


def cohort(
    actor: Actor, unit_id: int, requirement: RequirementView, item: ItemView, day: date, year: int, number: int
) -> Page[Listed]:
    """A page of those who are asked on a day and joined in a year, by name, as far as the actor may know them: two
    statements. Raises Forbidden where names are not shown, Invalid for a day that the stored spans do not reach, and
    NotFound for what is no year."""
    if not MINYEAR <= year <= MAXYEAR:
        raise NotFound(f"year {year}")
    if not requirement.names_shown:
        raise Forbidden("Names are not shown for this.")
    if requirement.horizon < day:
        raise Invalid("as_of", f"People of one year are listed for days until {in_words(requirement.horizon)}.")
    asked = (
        select()
        .select_from(UnitPath)
        .join(Span, Span.unit_id == UnitPath.unit_id)
        .where(*_asked_on(unit_id, item.id, day))
        .where(_first_day(Span.person_id).between(date(year, 1, 1), date(year, 12, 31)))
    )
    if not is_everybody_known(actor, day):
        asked = asked.where(Span.person_id.in_(people_at_home_in(actor.unit_ids, actor.today)))
    total = db.session.scalar(asked.add_columns(func.count())) or 0
    number = nearest(number, total, ROWS_A_PAGE)
    columns = (
        *(Person.id, Person.identifier, Person.name, Person.email),
        *(Span.status, Span.due_on, Span.satisfied_on, Span.expires_on),
        *(UnitSpan.name.label("unit"), Appointment.category, Appointment.role),
    )
    rows = (
        asked.add_columns(*columns)
        .join(Person, Person.id == Span.person_id)
        .join(Appointment, and_(Appointment.person_id == Span.person_id, covers(day)))
        .join(UnitSpan, and_(UnitSpan.unit_id == Span.unit_id, holds_on(day)))
        .order_by(*BY_NAME)
        .offset((number - 1) * ROWS_A_PAGE)
        .limit(ROWS_A_PAGE)
    )
    people = [_listed(*row) for row in db.session.execute(rows)]
    return Page(people, number, total, ROWS_A_PAGE)


def _listed(*columns: Any) -> Listed:
    id_, identifier, name, email, status, due_on, satisfied_on, expires_on, *home = columns
    return Listed(id_, identifier, name, email, Status(status), due_on, satisfied_on, expires_on, Home(*home))


def _asked_on(unit_id: int, item_id: int, day: date) -> tuple[ColumnElement[bool], ...]:
    """That a path of the day leads below the unit, and that a span of the item covers the day."""
    return (
        *(UnitPath.ancestor_id == unit_id, UnitPath.starts_on <= day, UnitPath.ends_on >= day),
        *(Span.item_id == item_id, Span.ends_on >= day, Span.starts_on <= day),
    )


Numbers = Mapping[Kind, Sequence[int]]


def _counted(unit_id: int, item_id: int, day: date) -> Numbers:
    """How many of each kind have each status, from the spans."""
    asked = (
        select(Appointment.category, Appointment.role, _joined(Span.person_id).label("joined"), Span.status)
        .select_from(UnitPath)
        .join(Span, Span.unit_id == UnitPath.unit_id)
        .join(Appointment, and_(Appointment.person_id == Span.person_id, covers(day)))
        .where(*_asked_on(unit_id, item_id, day))
        .subquery()
        .c
    )
    rows: Iterable[Any] = db.session.execute(select(*asked, func.count()).group_by(*asked))
    numbers: dict[Kind, list[int]] = {}
    for *kind, status, count in rows:
        numbers.setdefault(Kind(*kind), [0] * len(Status))[status - 1] = count
    return numbers


def _worked_out(unit_id: int, item_id: int, day: date) -> Numbers:
    """The same for a day that the stored spans do not reach, by the rules, person by person."""
    people = (Appointment.person_id, Appointment.category, Appointment.role, _joined(Appointment.person_id))
    at_home = select(*people).where(covers(day), Appointment.unit_id.in_(lies_under([unit_id], day)))
    rows: Iterable[Any] = db.session.execute(at_home)
    kinds = {person_id: Kind(*kind) for person_id, *kind in rows}
    numbers: dict[Kind, list[int]] = {}
    for person_id, item, span in beyond(sorted(kinds), day, [item_id]):
        if item == item_id:
            numbers.setdefault(kinds[person_id], [0] * len(Status))[span.status - 1] += 1
    return numbers


def _joined(person_id: InstrumentedAttribute[int]) -> ColumnElement[int]:
    """The year of somebody's first day at home."""
    return cast(extract("year", _first_day(person_id)), Integer)


def _first_day(person_id: InstrumentedAttribute[int]) -> ScalarSelect[date]:
    """Somebody's first day at home anywhere."""
    return select(func.min(_first.starts_on)).where(_first.person_id == person_id, _first.is_primary).scalar_subquery()
