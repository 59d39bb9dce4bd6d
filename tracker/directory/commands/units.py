"""Deeds on units that take people along: merge, split, close. Each is one transaction; figures follow in it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select

from tracker.core import audit
from tracker.core.actor import Actor
from tracker.core.audit import AuditEvent
from tracker.core.database import Transaction, transaction
from tracker.core.days import NEVER_AFTER, number
from tracker.core.errors import Conflict, Invalid, NotFound
from tracker.core.seen import check_unchanged
from tracker.core.words import day as in_words
from tracker.core.words import plural, sentence_list
from tracker.directory.commands.undoing import is_undoable, put_back
from tracker.directory.policy import check_may_edit
from tracker.directory.queries.changes import How, LatestChange, latest_change, what_hangs_on
from tracker.directory.queries.units import children_from, known_id, unit_id_of
from tracker.people import commands as people
from tracker.people.models import Appointment
from tracker.units import commands as units
from tracker.units.deeds import MERGED, SPLIT
from tracker.units.queries import lies_under, tree


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


def rename(actor: Actor, code: str, *, name: str, kind: str, on: date, seen: str | None = None) -> Collection[int]:
    """Give a unit another name or kind; its id. Raises Forbidden, NotFound, Invalid or ChangedSince."""
    check_may_edit(actor)
    with transaction(actor) as tx:
        _check_latest(tx, code, seen)
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
        begun = _last_event(tx)
        for child in children_from(unit_id, on):
            units.move_unit(actor, child.code, parent=into, on=on)
        people.move_posts(actor, unit_id, into_id, on=on)
        units.close_unit(actor, code, on=on)
        row_id = units.rows_of(tx, code)[-1].id
        audit.record(tx, MERGED, "unit", unit_id, after={"into_id": into_id, "unit_row_id": row_id, "begun": begun})
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
        unit_id, begun = known_id(code), _last_event(tx)
        new_id = units.create_unit(actor, made.code, name=made.name, kind=made.kind, parent=made.parent, on=on)
        people.move_posts(actor, unit_id, new_id, on=on, person_ids=person_ids)
        row_id = units.rows_of(tx, made.code)[-1].id
        audit.record(tx, SPLIT, "unit", new_id, after={"from_id": unit_id, "unit_row_id": row_id, "begun": begun})
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


# What was wrong


def correct(
    actor: Actor, code: str, *, name: str, kind: str, parent: str | None, on: date | None, seen: str | None = None
) -> Collection[int]:
    """Put the latest change of a unit right; its id. Raises Forbidden, NotFound, Conflict, Invalid or ChangedSince."""
    check_may_edit(actor)
    with transaction(actor) as tx:
        _check_latest(tx, code, seen)
        unit_id = units.correct_unit(actor, code, name=name, kind=kind, parent=parent, on=on)
        _check_nothing_is_left(tx, unit_id, code)
        return [unit_id]


def correct_closing(actor: Actor, code: str, *, on: date, seen: str | None = None) -> Collection[int]:
    """Let a unit close on another day; its id. Raises Forbidden, NotFound, Conflict, Invalid or ChangedSince."""
    check_may_edit(actor)
    with transaction(actor) as tx:
        _check_latest(tx, code, seen)
        if (latest := latest_change(code)) is not None and latest.how is How.MERGED:
            raise Conflict("This unit was merged into another. Take that back, and merge them on the right day.")
        unit_id = units.correct_closing(actor, code, on=on)
        _check_nothing_is_left(tx, unit_id, code)
        return [unit_id]


def take_back(actor: Actor, code: str, row_id: int) -> Collection[int]:
    """Take the latest change of a unit back, which is to be this row: with all that a merger or a split did, if that is
    what it was. The ids of the units concerned.

    Raises Forbidden, NotFound, Invalid, or Conflict where something has been changed since.
    """
    check_may_edit(actor)
    with transaction(actor) as tx:
        tx.lock_shape()
        latest = latest_change(code)
        if latest is None:
            raise NotFound(f"unit {code}")
        if latest.row_id != row_id:
            raise Conflict(units.CHANGED_SINCE)
        for event in _together(tx, latest):
            if event.verb == "unit.set":
                units.take_back_row(actor, int(event.subject.partition(":")[2]))
            elif is_undoable(event):
                put_back(actor, event)
        if latest.event_id is None:
            units.take_back_row(actor, latest.row_id)
        concerned = [latest.unit_id, *([latest.other_id] if latest.other_id else [])]
        _check_nothing_is_left(tx, latest.unit_id, code)
        return concerned


def _together(tx: Transaction, latest: LatestChange) -> Sequence[AuditEvent]:
    """All that was done in the merger or split that made the latest change, the last first; none for a plain one."""
    event = None if latest.event_id is None else tx.session.get(AuditEvent, latest.event_id)
    if event is None:
        return []
    begun = (event.after or {})["begun"]
    same = [AuditEvent.at == event.at, AuditEvent.account_id.is_not_distinct_from(event.account_id)]
    same += [AuditEvent.id > begun, AuditEvent.id < event.id]
    done = AuditEvent.verb.in_(("unit.set", "appointment.added", "appointment.changed"))
    found = tx.session.scalars(select(AuditEvent).where(*same, done).order_by(AuditEvent.id.desc())).all()
    tx.lock_people(*{one.person_id for one in found if one.person_id is not None})
    return found


def _check_latest(tx: Transaction, code: str, seen: str | None) -> None:
    """Be alone with the tree, and raise ChangedSince where the latest change of a unit has another mark than a form had
    `seen`."""
    tx.lock_shape()
    check_unchanged(seen, *units.rows_of(tx, code)[-1:])


def _last_event(tx: Transaction) -> int:
    """The last event that the trail has so far: a deed that begins now writes later ones."""
    return tx.session.scalar(select(func.max(AuditEvent.id))) or 0


def _check_nothing_is_left(tx: Transaction, unit_id: int, code: str) -> None:
    """Refuse to leave posts on days without their unit; or anything at all, where the unit was never there."""
    found = tree(tx.session)
    posts = select(Appointment.person_id, Appointment.starts_on, Appointment.ends_on)
    outside = {
        person_id
        for person_id, first, last in tx.session.execute(posts.where(Appointment.unit_id == unit_id))
        if not found.exists_throughout(unit_id, first.toordinal(), number(last, empty=NEVER_AFTER))
    }
    blocks = []
    if outside:
        people_have = plural(len(outside), "person has", "people have")
        blocks.append(f"{people_have} a post in it on days on which it would not be there")
    if not found.spans.get(unit_id):
        blocks += what_hangs_on(unit_id, code)
    if blocks:
        raise Conflict(f"This cannot be: {sentence_list(blocks)}. Settle that first.")


def what_blocks(tx: Transaction, unit_id: int, on: date) -> list[str]:
    """What would still be in a unit from a day on, in words."""
    runs_on = or_(Appointment.ends_on.is_(None), Appointment.ends_on >= on)
    here = select(func.count(Appointment.person_id.distinct())).where(Appointment.unit_id == unit_id, runs_on)
    found = []
    if people_here := tx.session.scalar(here):
        found.append(f"{plural(people_here, 'person still has a post', 'people still have a post')} in it")
    if below := children_from(unit_id, on):
        names = sentence_list([one.name for one in below])
        found.append(f"{names} still {'lies' if len(below) == 1 else 'lie'} below it")
    return found
