"""What is on record of the people that a roster is about, as the plan compares it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select

from tracker.core.database import db
from tracker.core.days import NEVER_AFTER, number
from tracker.directory.rules import FunctionSaid, LeaveSaid, PostSaid
from tracker.people.models import Appointment, Function, Leave, Person
from tracker.people.queries import covers
from tracker.units.models import Unit

AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class PersonKept:
    """A person on record."""

    id: int
    identifier: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class RowKept:
    """An appointment, a function or a leave on record."""

    id: int
    person_id: int
    said: Any


Rows = dict[int, list[RowKept]]
"""By person."""


def unit_codes() -> dict[int, str]:
    """The codes of all units, by id."""
    return dict(db.session.execute(select(Unit.id, Unit.code)).all())


def people(identifiers: Iterable[str] | None) -> dict[str, PersonKept]:
    """The persons with these identifiers, or (none given) all of them."""
    query = select(Person.id, Person.identifier, Person.name, Person.email)
    found = _some(query, Person.identifier, None if identifiers is None else sorted(identifiers))
    return {row.identifier: PersonKept(*row) for row in found}


def posts(person_ids: Sequence[int]) -> Rows:
    """All their appointments."""
    codes = unit_codes()
    query = select(
        *(Appointment.id, Appointment.person_id, Appointment.unit_id, Appointment.category, Appointment.role),
        *(Appointment.fte, Appointment.is_primary, Appointment.starts_on, Appointment.ends_on),
    )
    return _by_person(
        RowKept(id_, person, PostSaid(codes[unit], category, role, fte, primary, start.toordinal(), _last(end)))
        for id_, person, unit, category, role, fte, primary, start, end in _some(
            query, Appointment.person_id, person_ids
        )
    )


def functions(person_ids: Sequence[int]) -> Rows:
    """All their functions."""
    query = select(Function.id, Function.person_id, Function.function, Function.starts_on, Function.ends_on)
    return _by_person(
        RowKept(id_, person, FunctionSaid(what, start.toordinal(), _last(end)))
        for id_, person, what, start, end in _some(query, Function.person_id, person_ids)
    )


def leaves(person_ids: Sequence[int]) -> Rows:
    """All their leaves."""
    query = select(Leave.id, Leave.person_id, Leave.starts_on, Leave.ends_on)
    return _by_person(
        RowKept(id_, person, LeaveSaid(start.toordinal(), _last(end)))
        for id_, person, start, end in _some(query, Leave.person_id, person_ids)
    )


def running(day: date) -> set[int]:
    """Who has a post on a day or later."""
    later = or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day)
    return set(db.session.scalars(select(Appointment.person_id).where(later).distinct()))


def number_at_home(day: date) -> int:
    """How many are at home somewhere on a day."""
    return db.session.scalar(select(func.count()).select_from(Appointment).where(covers(day))) or 0


def _last(end: date | None) -> int:
    return number(end, empty=NEVER_AFTER)


def _some(query: Select[*tuple[Any, ...]], column: Any, among: Sequence[Any] | None) -> Iterable[Any]:
    """The rows of a query for some keys, so many at once."""
    if among is None:
        yield from db.session.execute(query)
        return
    for start in range(0, len(among), AT_ONCE):
        yield from db.session.execute(query.where(column.in_(among[start : start + AT_ONCE])))


def _by_person(rows: Iterable[RowKept]) -> Rows:
    found: Rows = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(row)
    return found
