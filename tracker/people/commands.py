"""Deeds on persons and their dated facts. Each locks its person; figures follow before the commit.

`seen` is the mark that a row had when a form showed it: where it has another by now, they raise ChangedSince.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TypeVar

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from tracker.core import audit
from tracker.core.actor import Actor
from tracker.core.audit import AuditEvent
from tracker.core.database import Transaction, transaction
from tracker.core.days import NEVER_AFTER, number
from tracker.core.errors import Conflict, Invalid, NotFound
from tracker.core.seen import check_unchanged
from tracker.core.words import day as in_words
from tracker.people.models import Appointment, Called, FormerName, Function, Leave, Person
from tracker.units.queries import tree

Dated = TypeVar("Dated", Appointment, Function, Leave)
Task = TypeVar("Task", Appointment, Function)
TWO_HOMES = "This person has a primary appointment on some of these days already."
LONGEST_TEXT = 500
"""Characters of an identifier, a name, a category …: what either database keeps in an index."""


@dataclass(frozen=True, slots=True)
class Post:
    """All that an appointment says, but for whose it is."""

    unit_id: int
    category: str
    role: str
    fte: Decimal | None
    is_primary: bool
    starts_on: date
    ends_on: date | None


class OverlappingLeave(Conflict):
    """A leave that would share days with another one of the same person; `field` is the day that has to be another."""

    def __init__(self, row: Leave, other: Leave) -> None:
        self.field = "starts_on" if other.starts_on <= row.starts_on else "ends_on"
        until = f"to {in_words(other.ends_on)}" if other.ends_on else "on"
        way_out = "Choose a last day before that."
        if self.field == "starts_on":
            way_out = "Choose a first day after that." if other.ends_on else "Give that leave a last day first."
        super().__init__(f"This person is on leave from {in_words(other.starts_on)} {until} already. {way_out}")


def add_person(actor: Actor, identifier: str, *, name: str, email: str) -> int:
    """Record a person; the row's id. Raises Invalid or Conflict."""
    check_person(identifier, name, email)
    with transaction(actor) as tx:
        _check_is_free(tx, identifier, 0)
        person = Person(id=unused_id(tx), identifier=identifier, name=name, email=email)
        audit.add(tx, "person.added", person, conflict=f"There is a person with the identifier {identifier} already.")
        tx.lock_people(person.id)
        return person.id


def unused_id(tx: Transaction) -> int | None:
    """A number for a new person that nobody ever had, as the trail tells by it whom a deed was about: SQLite would give
    that of somebody who was removed again. None on PostgreSQL, which never gives one twice."""
    if tx.is_postgresql:
        return None
    had = (tx.session.scalar(select(func.max(column))) or 0 for column in (Person.id, AuditEvent.person_id))
    return max(had) + 1


def change_person(
    actor: Actor, person_id: int, *, name: str, email: str, identifier: str | None = None, seen: str | None = None
) -> None:
    """Give a person another name, address or identifier; what she was called stays known, so that she is found.

    Raises NotFound or Invalid.
    """
    with transaction(actor) as tx:
        tx.lock_people(person_id)
        row = tx.session.get(Person, person_id, populate_existing=True)
        if row is None:
            raise NotFound(f"person {person_id}")
        check_unchanged(seen, row)
        identifier = row.identifier if identifier is None else identifier
        check_person(identifier, name, email)
        _check_is_free(tx, identifier, person_id)
        _remember_former(tx, row, {Called.NAME: name, Called.EMAIL: email, Called.IDENTIFIER: identifier})
        audit.change(tx, "person.changed", row, name=name, email=email, identifier=identifier)


def _remember_former(tx: Transaction, row: Person, said: Mapping[Called, str]) -> None:
    """Keep what a person was called until now, where it is to be something else."""
    for kind, now in said.items():
        before = str(getattr(row, kind.value))
        if before and before != now:
            tx.session.add(FormerName(person_id=row.id, kind=kind, value=before, until=tx.now))


def check_person(identifier: str, name: str, email: str) -> None:
    """Refuse what nobody can be called. Raises Invalid."""
    if not identifier.strip():
        raise Invalid("identifier", "Enter an identifier.")
    for field, value in (("identifier", identifier), ("name", name), ("email", email)):
        if len(value) > LONGEST_TEXT:
            raise Invalid(field, f"This must be {LONGEST_TEXT} characters or fewer.")


def _check_is_free(tx: Transaction, identifier: str, but_for: int) -> None:
    there = select(Person.id, Person.name).where(Person.identifier == identifier, Person.id != but_for)
    if (row := tx.session.execute(there).first()) is not None:
        raise Invalid("identifier", f"This is the identifier of {row.name or 'somebody without a name'} already.")


def add_appointment(
    actor: Actor,
    person_id: int,
    unit_id: int,
    *,
    category: str,
    role: str,
    starts_on: date,
    ends_on: date | None = None,
    is_primary: bool = True,
    fte: Decimal | None = None,
) -> int:
    """Appoint a person in a unit; the row's id. Raises Invalid or Conflict."""
    _check_period(starts_on, ends_on)
    _check_fte(fte)
    with transaction(actor) as tx:
        tx.lock_people(person_id)
        row = Appointment(
            person_id=_get(tx, Person, person_id).id,
            unit_id=unit_id,
            category=category,
            role=role,
            fte=fte,
            is_primary=is_primary,
            starts_on=starts_on,
            ends_on=ends_on,
        )
        audit.add(tx, "appointment.added", row)
        _check_homes(tx.session, person_id)
        _check_units(tx, row)
        return row.id


def add_post(actor: Actor, person_id: int, said: Post) -> int:
    """Appoint a person, with all that a post says; the row's id. Raises NotFound, Invalid or Conflict."""
    return add_appointment(actor, person_id, **asdict(said))


def change_appointment(actor: Actor, appointment_id: int, *, starts_on: date, ends_on: date | None) -> None:
    """Give an appointment another first or last day. Raises NotFound, Invalid or Conflict."""
    _check_period(starts_on, ends_on)
    with transaction(actor) as tx:
        row = _locked(tx, Appointment, appointment_id)
        audit.change(tx, "appointment.changed", row, starts_on=starts_on, ends_on=ends_on)
        _check_homes(tx.session, row.person_id)
        _check_units(tx, row)


def correct_appointment(actor: Actor, appointment_id: int, said: Post, seen: str | None = None) -> None:
    """Put right what an appointment says, for all of its days. Raises NotFound, Invalid or Conflict."""
    _check_period(said.starts_on, said.ends_on)
    _check_fte(said.fte)
    with transaction(actor) as tx:
        row = _locked(tx, Appointment, appointment_id)
        check_unchanged(seen, row)
        audit.change(tx, "appointment.changed", row, **asdict(said))
        _check_homes(tx.session, row.person_id)
        _check_units(tx, row)


def end_employment(actor: Actor, person_id: int, *, on: date) -> int:
    """Let everything that a person does here end on a day, posts and functions; the id of one of the posts.

    Raises NotFound or Invalid.
    """
    with transaction(actor) as tx:
        tx.lock_people(person_id)
        _get(tx, Person, person_id)
        posts = _running(tx.session, Appointment, person_id, on)
        if later := [row for row in posts if row.starts_on > on]:
            begins = in_words(min(row.starts_on for row in later))
            raise Invalid("on", f"A post begins on {begins}. Take it back first, or choose a later day.")
        if not posts:
            raise Invalid("on", "There is no post that runs beyond this day.")
        for row in posts:
            audit.change(tx, "appointment.changed", row, ends_on=on)
        for task in _running(tx.session, Function, person_id, on):
            if task.starts_on > on:
                audit.remove(tx, "function.removed", task)
            else:
                audit.change(tx, "function.changed", task, ends_on=on)
        return posts[0].id


def move_posts(actor: Actor, unit_id: int, into_id: int, *, on: date, person_ids: Sequence[int] | None = None) -> int:
    """Let the posts in a unit go on in another from a day on: of some persons, or (none given) of all; how many did.

    Raises Conflict where the other unit is not there on all of their days.
    """
    with transaction(actor) as tx:
        wanted = select(Appointment).where(Appointment.unit_id == unit_id, _runs_beyond(Appointment, on, included=True))
        if person_ids is not None:
            wanted = wanted.where(Appointment.person_id.in_(person_ids))
        tx.lock_people(*{row.person_id for row in tx.session.scalars(wanted)})
        rows = tx.session.scalars(wanted.order_by(Appointment.id).execution_options(populate_existing=True)).all()
        found = tree(tx.session)
        for first, last in {(max(on, row.starts_on), row.ends_on) for row in rows}:
            if not found.exists_throughout(into_id, first.toordinal(), number(last, empty=NEVER_AFTER)):
                raise Conflict("The other unit does not exist on all days of the posts that would move there.")
        for row in rows:
            if row.starts_on >= on:
                audit.change(tx, "appointment.changed", row, unit_id=into_id)
                continue
            following = {name: value for name, value in audit.values_of(row).items() if name != "id"}
            audit.change(tx, "appointment.changed", row, ends_on=on - timedelta(days=1))
            audit.add(tx, "appointment.added", Appointment(**following | {"unit_id": into_id, "starts_on": on}))
        return len(rows)


def remove_appointment(actor: Actor, appointment_id: int) -> None:
    """Take back an appointment that was never true. Raises NotFound."""
    with transaction(actor) as tx:
        audit.remove(tx, "appointment.removed", _locked(tx, Appointment, appointment_id))


def transfer(
    actor: Actor, person_id: int, unit_id: int, *, on: date, category: str | None = None, role: str | None = None
) -> int:
    """Move a person's home to another unit from a day on; the new appointment's id. Raises Conflict or Invalid."""
    with transaction(actor) as tx:
        tx.lock_people(person_id)
        home = _home(tx.session, person_id, on)
        if home is None:
            raise Conflict("This person has no primary appointment on that day.")
        ends_on = home.ends_on
        category, role, fte = category or home.category, role or home.role, home.fte
        if home.starts_on == on:
            audit.remove(tx, "appointment.removed", home)
        else:
            audit.change(tx, "appointment.changed", home, ends_on=on - timedelta(days=1))
        return add_appointment(
            actor, person_id, unit_id, category=category, role=role, starts_on=on, ends_on=ends_on, fte=fte
        )


def add_function(actor: Actor, person_id: int, function: str, *, starts_on: date, ends_on: date | None = None) -> int:
    """Record a function such as a committee; the row's id. Raises Invalid."""
    _check_period(starts_on, ends_on)
    with transaction(actor) as tx:
        tx.lock_people(person_id)
        person = _get(tx, Person, person_id)
        row = Function(person_id=person.id, function=function, starts_on=starts_on, ends_on=ends_on)
        audit.add(tx, "function.added", row)
        return row.id


def change_function(
    actor: Actor,
    function_id: int,
    *,
    starts_on: date,
    ends_on: date | None,
    function: str | None = None,
    seen: str | None = None,
) -> None:
    """Give a function other days, or call it by its right name. Raises NotFound or Invalid."""
    _check_period(starts_on, ends_on)
    with transaction(actor) as tx:
        row = _locked(tx, Function, function_id)
        check_unchanged(seen, row)
        function = row.function if function is None else function
        audit.change(tx, "function.changed", row, starts_on=starts_on, ends_on=ends_on, function=function)


def remove_function(actor: Actor, function_id: int) -> None:
    """Take back a function that was never true. Raises NotFound."""
    with transaction(actor) as tx:
        audit.remove(tx, "function.removed", _locked(tx, Function, function_id))


def add_leave(actor: Actor, person_id: int, *, starts_on: date, ends_on: date | None = None) -> int:
    """Record a leave; the row's id. Raises Invalid or OverlappingLeave."""
    _check_period(starts_on, ends_on)
    with transaction(actor) as tx:
        tx.lock_people(person_id)
        row = Leave(person_id=_get(tx, Person, person_id).id, starts_on=starts_on, ends_on=ends_on)
        audit.add(tx, "leave.added", row)
        _check_leaves(tx.session, row)
        return row.id


def change_leave(
    actor: Actor, leave_id: int, *, starts_on: date, ends_on: date | None, seen: str | None = None
) -> None:
    """Give a leave another first or last day. Raises NotFound, Invalid or OverlappingLeave."""
    _check_period(starts_on, ends_on)
    with transaction(actor) as tx:
        row = _locked(tx, Leave, leave_id)
        check_unchanged(seen, row)
        audit.change(tx, "leave.changed", row, starts_on=starts_on, ends_on=ends_on)
        _check_leaves(tx.session, row)


def remove_leave(actor: Actor, leave_id: int) -> None:
    """Take back a leave that was never taken. Raises NotFound."""
    with transaction(actor) as tx:
        audit.remove(tx, "leave.removed", _locked(tx, Leave, leave_id))


def before_commit(tx: Transaction) -> None:
    """The hook of every transaction: after a change of the tree, no appointment may lie where no unit is."""
    if "tree" in tx.touched:
        found = tree(tx.session)
        periods = select(Appointment.unit_id, Appointment.starts_on, Appointment.ends_on).distinct()
        for unit_id, start, end in tx.session.execute(periods):
            if not found.exists_throughout(unit_id, start.toordinal(), number(end, empty=NEVER_AFTER)):
                raise Conflict("Somebody has an appointment in a unit on a day on which it would not exist.")


def _check_period(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("ends_on", "The last day must not lie before the first.")


def _check_fte(fte: Decimal | None) -> None:
    if fte is not None and not 0 <= fte <= 1:
        raise Invalid("fte", "The FTE must be a number from 0 to 1.")


def _runs_beyond(model: type[Appointment] | type[Function], on: date, *, included: bool) -> ColumnElement[bool]:
    """That a row has days after a day, or (included) on it."""
    later = model.ends_on >= on if included else model.ends_on > on
    return or_(model.ends_on.is_(None), later)


def _running(session: Session, model: type[Task], person_id: int, on: date) -> Sequence[Task]:
    """A person's rows that have days after a day."""
    of_her = select(model).where(model.person_id == person_id, _runs_beyond(model, on, included=False))
    return session.scalars(of_her.order_by(model.id)).all()


def _check_units(tx: Transaction, row: Appointment) -> None:
    last = number(row.ends_on, empty=NEVER_AFTER)
    if not tree(tx.session).exists_throughout(row.unit_id, row.starts_on.toordinal(), last):
        raise Invalid("unit", "The unit does not exist on some day of this appointment.")


def _check_homes(session: Session, person_id: int) -> None:
    homes = session.scalars(select(Appointment).where(Appointment.person_id == person_id, Appointment.is_primary))
    periods = sorted((row.starts_on, row.ends_on or date.max) for row in homes)
    if any(following[0] <= before[1] for before, following in pairwise(periods)):
        raise Conflict(TWO_HOMES)


def _check_leaves(session: Session, row: Leave) -> None:
    others = select(Leave).where(Leave.person_id == row.person_id, Leave.id != row.id).order_by(Leave.starts_on)
    for other in session.scalars(others):
        if other.starts_on <= (row.ends_on or date.max) and (other.ends_on or date.max) >= row.starts_on:
            raise OverlappingLeave(row, other)


def _home(session: Session, person_id: int, day: date) -> Appointment | None:
    homes = select(Appointment).where(Appointment.person_id == person_id, Appointment.is_primary)
    return next(
        (row for row in session.scalars(homes) if row.starts_on <= day and (row.ends_on or date.max) >= day), None
    )


def _get(tx: Transaction, model: type[Person], row_id: int) -> Person:
    row = tx.session.get(model, row_id)
    if row is None:
        raise NotFound(f"{model.__tablename__} {row_id}")
    return row


def _locked(tx: Transaction, model: type[Dated], row_id: int) -> Dated:
    """A row of a person's, with the person locked before it is read."""
    person_id = tx.session.scalar(select(model.person_id).where(model.id == row_id))
    if person_id is None:
        raise NotFound(f"{model.__tablename__} {row_id}")
    tx.lock_people(person_id)
    row = tx.session.get(model, row_id, populate_existing=True)
    if row is None:
        raise NotFound(f"{model.__tablename__} {row_id}")
    return row
