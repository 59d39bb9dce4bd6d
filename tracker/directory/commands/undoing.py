"""The way back from what was just done to a person's posts, functions, leaves or waivers, as the trail has it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from tracker.core import audit
from tracker.core.actor import Actor
from tracker.core.audit import AuditEvent
from tracker.core.database import Base, db, transaction
from tracker.core.errors import Conflict, NotFound
from tracker.directory.policy import check_may_edit
from tracker.people import commands as people
from tracker.people.commands import Post
from tracker.people.models import Appointment, Function, Leave
from tracker.progress.commands import waivers
from tracker.progress.models import Waiver

TIME_TO_UNDO = timedelta(hours=24)
SAME_DEED = "This has been changed since, or undone already. Nothing was changed by you."
MODELS: Mapping[str, type[Base]] = {
    "appointment": Appointment,
    "function": Function,
    "leave": Leave,
    "waiver": Waiver,
}
"""What can be put back as it was: rows of which the trail holds everything that matters."""
Values = dict[str, Any]


def undo(actor: Actor, person_id: int, event_id: int) -> None:
    """Take a deed back: the event, and all of the same transaction about the same person.

    Raises Forbidden, NotFound, or Conflict where somebody has changed a row since.
    """
    check_may_edit(actor)
    with transaction(actor) as tx:
        tx.lock_people(person_id)
        event = tx.session.get(AuditEvent, event_id)
        if event is None or event.person_id != person_id or not is_undoable(event):
            raise NotFound(f"event {event_id}")
        if tx.now >= undoable_until(event.at):
            raise Conflict("This can no longer be undone here: it was done more than 24 hours ago. Change it instead.")
        together = select(AuditEvent).where(
            AuditEvent.person_id == person_id,
            AuditEvent.at == event.at,
            AuditEvent.account_id.is_not_distinct_from(event.account_id),
        )
        for one in tx.session.scalars(together.order_by(AuditEvent.id.desc())).all():
            if is_undoable(one):
                put_back(actor, one)
        audit.record(tx, "deed.undone", "audit_event", event_id, about={"person_id": person_id})


def undoable_until(at: datetime) -> datetime:
    """Until when a deed of a moment can be taken back."""
    return at + TIME_TO_UNDO


def is_undoable(event: AuditEvent) -> bool:
    """Whether an event can be put back from what it holds; a waiver that is gone cannot, for the trail has no words."""
    kind, _, _ = event.subject.partition(":")
    return kind in MODELS and event.verb in _BACK


def put_back(actor: Actor, event: AuditEvent) -> None:
    """Put the row of one event back as it was before. Raises Conflict where somebody has changed it since."""
    kind, _, number = event.subject.partition(":")
    row_id = int(number)
    row = None if event.after is None else db.session.get(MODELS[kind], row_id, populate_existing=True)
    if event.after is not None and (row is None or not _says(row, event.after)):
        raise Conflict(SAME_DEED)
    before = _values(event.before or {})
    _BACK[event.verb](actor, row_id, before if row is None else audit.values_of(row) | before)


def _says(row: Any, said: Mapping[str, Any]) -> bool:
    """Whether a row still says what an event left; private words are not in the trail."""
    now = audit.values_of(row)
    wanted = _values(said)
    return all(now[name] == value for name, value in wanted.items() if name not in audit.PRIVATE)


def _values(said: Mapping[str, Any]) -> Values:
    """What the trail holds, as columns do."""
    return {name: _value(name, value) for name, value in said.items()}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, str) and name.endswith("_on"):
        return date.fromisoformat(value)
    if isinstance(value, str) and name == "fte":
        return Decimal(value)
    return value


def _post(said: Values) -> Post:
    return Post(**{name: said[name] for name in Post.__dataclass_fields__})


def _remove_appointment(actor: Actor, row_id: int, said: Values) -> None:
    people.remove_appointment(actor, row_id)


def _correct_appointment(actor: Actor, row_id: int, said: Values) -> None:
    people.correct_appointment(actor, row_id, _post(said))


def _add_appointment(actor: Actor, row_id: int, said: Values) -> None:
    kept = {name: value for name, value in said.items() if name not in ("id", "person_id", "unit_id")}
    people.add_appointment(actor, said["person_id"], said["unit_id"], **kept)


def _remove_function(actor: Actor, row_id: int, said: Values) -> None:
    people.remove_function(actor, row_id)


def _change_function(actor: Actor, row_id: int, said: Values) -> None:
    people.change_function(
        actor, row_id, function=said["function"], starts_on=said["starts_on"], ends_on=said["ends_on"]
    )


def _add_function(actor: Actor, row_id: int, said: Values) -> None:
    days = {"starts_on": said["starts_on"], "ends_on": said["ends_on"]}
    people.add_function(actor, said["person_id"], said["function"], **days)


def _remove_leave(actor: Actor, row_id: int, said: Values) -> None:
    people.remove_leave(actor, row_id)


def _change_leave(actor: Actor, row_id: int, said: Values) -> None:
    people.change_leave(actor, row_id, starts_on=said["starts_on"], ends_on=said["ends_on"])


def _add_leave(actor: Actor, row_id: int, said: Values) -> None:
    people.add_leave(actor, said["person_id"], starts_on=said["starts_on"], ends_on=said["ends_on"])


def _remove_waiver(actor: Actor, row_id: int, said: Values) -> None:
    waivers.take_back(actor, row_id)


def _change_waiver(actor: Actor, row_id: int, said: Values) -> None:
    waivers.change_waiver(actor, row_id, starts_on=said["starts_on"], ends_on=said["ends_on"])


_BACK: Mapping[str, Callable[[Actor, int, Values], None]] = {
    "appointment.added": _remove_appointment,
    "appointment.changed": _correct_appointment,
    "appointment.removed": _add_appointment,
    "function.added": _remove_function,
    "function.changed": _change_function,
    "function.removed": _add_function,
    "leave.added": _remove_leave,
    "leave.changed": _change_leave,
    "leave.removed": _add_leave,
    "waiver.granted": _remove_waiver,
    "waiver.changed": _change_waiver,
}
