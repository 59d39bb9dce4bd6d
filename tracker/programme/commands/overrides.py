"""Open a gate for a unit by hand, and put right or take back what was entered. Figures read overrides as they are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from tracker.core import audit
from tracker.core.actor import Actor, Right
from tracker.core.database import Transaction, transaction
from tracker.core.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.core.rehearsal import rehearse
from tracker.core.seen import check_unchanged
from tracker.curriculum.models import Gate
from tracker.dashboards.queries.standings import GateStanding, standing
from tracker.progress.commands.waivers import open_gate
from tracker.progress.models import GateOverride
from tracker.units.models import Unit, UnitSpan
from tracker.units.queries import UnitView, unit_by_code

OPENED_ALREADY = "This gate was opened for this unit by hand already."


@dataclass(frozen=True, slots=True)
class Opens:
    """What a deed on an override changes: how the gate stands for the unit today, and how it would."""

    unit: UnitView
    before: GateStanding
    after: GateStanding


def what_opens(actor: Actor, gate_code: str, unit_code: str, deed: Callable[[], object]) -> Opens:
    """What a deed on an override would change, of which nothing stays. Raises what the deed raises, and NotFound where
    the unit is not there today or the gate is not in use yet."""
    unit = unit_by_code(unit_code, actor.today)
    after = rehearse(actor, deed, lambda tx, _: _gate(actor, gate_code, unit))
    return Opens(unit, _gate(actor, gate_code, unit), after)


def _gate(actor: Actor, gate_code: str, unit: UnitView) -> GateStanding:
    before_it = standing(actor, unit, actor.today, with_gates=True).gates
    found = next((one for one in before_it if one.gate.code == gate_code), None)
    if found is None:
        raise NotFound(f"gate {gate_code} before {unit.code}")
    return found


def open_by_hand(actor: Actor, gate_code: str, unit_code: str, *, on: date, reason: str, approved_by: str) -> int:
    """Open a gate for a unit from a day on; the override's id. Raises NotFound, Invalid or Conflict."""
    with transaction(actor) as tx:
        _check_right(tx)
        gate = tx.session.scalar(select(Gate).where(Gate.code == gate_code))
        if gate is None:
            raise NotFound(f"gate {gate_code}")
        unit_id = tx.session.scalar(select(Unit.id).where(Unit.code == unit_code))
        if unit_id is None:
            raise Invalid("unit", f"There is no unit with the code {unit_code}.")
        of_kind = select(UnitSpan.unit_id).where(UnitSpan.unit_id == unit_id, UnitSpan.kind.in_(gate.unit_kinds))
        if tx.session.scalar(of_kind.limit(1)) is None:
            raise Invalid("unit", f"This gate is for units of the kind {' or '.join(gate.unit_kinds)}.")
        tx.lock_shape()
        there = select(GateOverride.id).where(GateOverride.gate_id == gate.id, GateOverride.unit_id == unit_id)
        if tx.session.scalar(there) is not None:
            raise Conflict(OPENED_ALREADY)
        return open_gate(actor, gate.id, unit_id, on=on, reason=reason, approved_by=approved_by)


def change_override(
    actor: Actor, override_id: int, *, on: date, reason: str, approved_by: str, seen: str | None = None
) -> None:
    """Put the day, the reason or the approver of an override right. Raises NotFound, or ChangedSince where a form had
    `seen` another mark."""
    with transaction(actor) as tx:
        row = _locked(tx, override_id)
        check_unchanged(seen, row)
        audit.change(tx, "gate_override.changed", row, opened_on=on, reason=reason, approved_by=approved_by)


def take_back_override(actor: Actor, override_id: int) -> None:
    """Take an override back: the unit's share alone decides again. Raises NotFound."""
    with transaction(actor) as tx:
        audit.remove(tx, "gate_override.removed", _locked(tx, override_id))


def _locked(tx: Transaction, override_id: int) -> GateOverride:
    _check_right(tx)
    row = tx.session.scalar(select(GateOverride).where(GateOverride.id == override_id).with_for_update())
    if row is None:
        raise NotFound(f"override {override_id}")
    return row


def _check_right(tx: Transaction) -> None:
    if not tx.actor.has(Right.CURRICULUM_WRITE):
        raise Forbidden("You cannot open gates.")
