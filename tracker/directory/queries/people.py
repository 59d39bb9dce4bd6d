"""Finding anybody: by name or a part of it, by identifier or e-mail address, and by what she was called before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, func, or_, select

from tracker.accounts.models import Account
from tracker.accounts.rules import normal_email
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.people.models import Appointment, Called, FormerName, Function, Leave, Person
from tracker.people.queries import covers
from tracker.units.models import Unit, UnitSpan
from tracker.units.queries import holds_on

Dated = TypeVar("Dated", Appointment, Function, Leave)
MOST_FOUND = 50
MOST_CHOICES = 200
SHARED_ADDRESS = "While two people share it, neither can be given an account with it. Do both have it?"
HELD_ADDRESS = "So this person can be given none with it. Is it right?"


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who was found: where she is at home today, if anywhere, and what she was called when that is why."""

    id: int
    name: str
    identifier: str
    unit: str | None
    category: str | None
    role: str | None
    formerly: str | None = None


@dataclass(frozen=True, slots=True)
class Former:
    """What somebody was called until a day."""

    kind: Called
    value: str
    until: date


def find(words: str, day: date) -> list[Found]:
    """Who is meant by these words, whether she works here or not: whole identifiers and addresses first, then names by
    their order. One more than MOST_FOUND when there are more. Four statements at most."""
    if not words:
        return []
    exact = or_(Person.identifier == words, Person.email == words, Person.email == words.lower())
    found = {one.id: one for one in _found(exact, day)}
    if not found:
        named = _holds(Person.name.expression, words)
        found = {one.id: one for one in _found(named, day)}
    if len(found) <= MOST_FOUND:
        for person_id, value in _formerly(words):
            if person_id not in found:
                found.update({one.id: one for one in _found(Person.id == person_id, day, value)})
    return list(found.values())[: MOST_FOUND + 1]


def _holds(column: ColumnElement[str], words: str) -> ColumnElement[bool]:
    """That a name holds some words, in capitals or not. SQLite's own LIKE minds none, and reads the index of names as
    it is."""
    if db.engine.dialect.name == "sqlite":
        return column.contains(words, autoescape=True)
    return column.icontains(words, autoescape=True)


def _formerly(words: str) -> Sequence[tuple[int, str]]:
    """(person, what she was called) of whom the words once named; each once, the latest first."""
    is_name = and_(FormerName.kind == Called.NAME, _holds(FormerName.value.expression, words))
    query = select(FormerName.person_id, FormerName.value).where(
        or_(is_name, FormerName.value == words, FormerName.value == words.lower())
    )
    rows = db.session.execute(query.order_by(FormerName.id.desc()).limit(10)).all()
    return list({row.person_id: (row.person_id, row.value) for row in reversed(rows)}.values())


def _found(fits: ColumnElement[bool], day: date, formerly: str | None = None) -> list[Found]:
    ids = select(Person.id).where(fits).order_by(Person.name, Person.id).limit(MOST_FOUND + 1).subquery()
    rows = db.session.execute(
        select(
            *(Person.id, Person.name, Person.identifier, UnitSpan.name.label("unit")),
            *(Appointment.category, Appointment.role),
        )
        .join(ids, ids.c.id == Person.id)
        .outerjoin(Appointment, and_(Appointment.person_id == Person.id, covers(day)))
        .outerjoin(UnitSpan, and_(UnitSpan.unit_id == Appointment.unit_id, holds_on(day)))
        .order_by(Person.name, Person.id)
    )
    return [
        Found(row.id, row.name or row.identifier, row.identifier, row.unit, row.category, row.role, formerly)
        for row in rows
    ]


def person(person_id: int) -> Person:
    """One person. Raises NotFound."""
    if (row := db.session.get(Person, person_id)) is None:
        raise NotFound(f"person {person_id}")
    return row


def appointment(person_id: int, appointment_id: int) -> Appointment:
    """A post of a person's. Raises NotFound."""
    return _of_person(Appointment, person_id, appointment_id)


def function(person_id: int, function_id: int) -> Function:
    """A function of a person's. Raises NotFound."""
    return _of_person(Function, person_id, function_id)


def leave(person_id: int, leave_id: int) -> Leave:
    """A leave of a person's. Raises NotFound."""
    return _of_person(Leave, person_id, leave_id)


def _of_person(model: type[Dated], person_id: int, row_id: int) -> Dated:
    row = db.session.get(model, row_id)
    if row is None or row.person_id != person_id:
        raise NotFound(f"{model.__tablename__} {row_id}")
    return row


def unit_of(appointment: Appointment) -> str:
    """The code of the unit of a post."""
    return db.session.scalars(select(Unit.code).where(Unit.id == appointment.unit_id)).one()


def functions_in_use() -> list[str]:
    """What functions are called here, to write them alike."""
    return list(
        db.session.scalars(select(Function.function).distinct().order_by(Function.function).limit(MOST_CHOICES))
    )


def address_question(email: str, person_id: int, identifier: str) -> str:
    """What to ask where an address is also somebody else's, or that of an account which is not this person's; empty
    where it is not. Whoever has this identifier is nobody else: two cannot have it."""
    address = normal_email(email)
    is_else = and_(Person.id != person_id, Person.identifier != identifier)
    others = select(Person.id, Person.name, Person.identifier).where(
        func.lower(func.trim(Person.email)) == address, is_else
    )
    other = db.session.execute(others.order_by(Person.id).limit(1)).first()
    if other is not None:
        return f"This is also the address of {other.name or other.identifier}. {SHARED_ADDRESS}"
    account = db.session.execute(select(Account.person_id).where(Account.email == address)).first()
    if account is None or account.person_id == person_id:
        return ""
    return f"There is an account with this address already. {HELD_ADDRESS}"


def number_of_people() -> int:
    """How many persons there are on record at all."""
    return db.session.scalar(select(func.count()).select_from(Person)) or 0
