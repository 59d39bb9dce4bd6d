"""Deeds on units that take people along: merge, split, close. Each is one transaction; figures follow in it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select

from tracker.core.actor import Actor
from tracker.core.database import Transaction, transaction
from tracker.core.errors import Conflict, Invalid
from tracker.directory.policy import check_may_edit
from tracker.directory.queries.units import children_from, known_id, unit_id_of
from tracker.people import commands as people
from tracker.people.models import Appointment
from tracker.units import commands as units
from tracker.units.queries import lies_under
from tracker.web.templating import day as in_words
from tracker.web.templating import plural, sentence_list


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit that is to be made, right below `parent` (none: at the top)."""

    code: str
    name: str
    kind: str
    parent: str | None


def create(actor: Actor, made: NewUnit, *, on: date) -> Collection[int]:
    """Make a unit; its id. Raises Forbidden or Invalid."""
    check_may_edit(actor)
    return [units.create_unit(actor, made.code, name=made.name, kind=made.kind, parent=made.parent, on=on)]


def rename(actor: Actor, code: str, *, name: str, kind: str, on: date) -> Collection[int]:
    """Give a unit another name or kind; its id. Raises Forbidden, NotFound or Invalid."""
    check_may_edit(actor)
    return [units.rename_unit(actor, code, name=name, kind=kind, on=on)]


def move(actor: Actor, code: str, *, parent: str | None, on: date) -> Collection[int]:
    """Put a unit, with all below it, somewhere else; its id. Raises Forbidden, NotFound or Invalid."""
    check_may_edit(actor)
    return [units.move_unit(actor, code, parent=parent, on=on)]


def merge(actor: Actor, code: str, *, into: str, on: date) -> Collection[int]:
    """Let a unit go on in another: whoever works there, and the units right below it, move on the day; it closes the
    day before. Both ids. Raises Forbidden, NotFound, Invalid or Conflict."""
    check_may_edit(actor)
    with transaction(actor) as tx:
        tx.lock_shape()
        unit_id, into_id = known_id(code), unit_id_of(into)
        if into_id is None:
            raise Invalid("into", "Select the unit that goes on.")
        if into_id in set(tx.session.scalars(lies_under([unit_id], on))):
            raise Invalid("into", "A unit cannot go on in itself, or in a part of it.")
        for child in children_from(unit_id, on):
            units.move_unit(actor, child.code, parent=into, on=on)
        people.move_posts(actor, unit_id, into_id, on=on)
        units.close_unit(actor, code, on=on)
        return [unit_id, into_id]


def split(actor: Actor, code: str, made: NewUnit, *, person_ids: Sequence[int], on: date) -> Collection[int]:
    """Make a unit of a part of another: the persons chosen move there on the day. Both ids.

    Raises Forbidden, NotFound, Invalid or Conflict.
    """
    check_may_edit(actor)
    if not person_ids:
        raise Invalid("people", "Select at least one person.")
    with transaction(actor) as tx:
        tx.lock_shape()
        unit_id = known_id(code)
        new_id = units.create_unit(actor, made.code, name=made.name, kind=made.kind, parent=made.parent, on=on)
        people.move_posts(actor, unit_id, new_id, on=on, person_ids=person_ids)
        return [unit_id, new_id]


def close(actor: Actor, code: str, *, on: date) -> Collection[int]:
    """Let a unit end: from the day on it is no longer there. Its id.

    Raises Forbidden, NotFound, Invalid, or Conflict with what is still in it.
    """
    check_may_edit(actor)
    with transaction(actor) as tx:
        tx.lock_shape()
        unit_id = known_id(code)
        if blocks := what_blocks(tx, unit_id, on):
            raise Conflict(f"This unit cannot close on {in_words(on)}: {sentence_list(blocks)}.")
        return [units.close_unit(actor, code, on=on)]


def what_blocks(tx: Transaction, unit_id: int, on: date) -> list[str]:
    """What would still be in a unit from a day on, in words."""
    runs_on = or_(Appointment.ends_on.is_(None), Appointment.ends_on >= on)
    here = select(func.count(Appointment.person_id.distinct())).where(Appointment.unit_id == unit_id, runs_on)
    found = []
    if number := tx.session.scalar(here):
        found.append(f"{plural(number, 'person still has a post', 'people still have a post')} in it")
    if below := children_from(unit_id, on):
        names = sentence_list([one.name for one in below])
        found.append(f"{names} still {'lies' if len(below) == 1 else 'lie'} below it")
    return found
