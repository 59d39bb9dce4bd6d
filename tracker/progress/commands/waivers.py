"""Waive what is asked of a person, and open gates by hand."""

from datetime import date

from sqlalchemy import select

from tracker.core import audit
from tracker.core.actor import Actor
from tracker.core.database import transaction
from tracker.core.errors import Invalid, NotFound
from tracker.people.models import Person
from tracker.progress.models import GateOverride, Waiver


def waive(
    actor: Actor,
    person_id: int,
    *,
    requirement_id: int | None,
    module_id: int | None,
    starts_on: date,
    ends_on: date | None,
    reason: str,
    approved_by: str,
) -> int:
    """Record a waiver (no requirement: all; no module: all); the row's id. Raises Invalid or NotFound."""
    _check_period(starts_on, ends_on)
    with transaction(actor) as tx:
        tx.lock_people(person_id)
        if tx.session.get(Person, person_id) is None:
            raise NotFound(f"person {person_id}")
        row = Waiver(
            person_id=person_id,
            requirement_id=requirement_id,
            module_id=module_id,
            starts_on=starts_on,
            ends_on=ends_on,
            reason=reason,
            approved_by=approved_by,
        )
        audit.add(tx, "waiver.granted", row)
        return row.id


def change_waiver(actor: Actor, waiver_id: int, *, starts_on: date, ends_on: date | None) -> None:
    """Give a waiver another first or last day. Raises NotFound or Invalid."""
    _check_period(starts_on, ends_on)
    with transaction(actor) as tx:
        person_id = tx.session.scalar(select(Waiver.person_id).where(Waiver.id == waiver_id))
        if person_id is None:
            raise NotFound(f"waiver {waiver_id}")
        tx.lock_people(person_id)
        row = tx.session.get_one(Waiver, waiver_id, populate_existing=True)
        audit.change(tx, "waiver.changed", row, starts_on=starts_on, ends_on=ends_on)


def open_gate(actor: Actor, gate_id: int, unit_id: int, *, on: date, reason: str, approved_by: str) -> int:
    """Open a gate for a unit by hand; the row's id."""
    with transaction(actor) as tx:
        row = GateOverride(gate_id=gate_id, unit_id=unit_id, opened_on=on, reason=reason, approved_by=approved_by)
        audit.add(tx, "gate.opened_by_hand", row)
        return row.id


def _check_period(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("ends_on", "The last day must not lie before the first.")
