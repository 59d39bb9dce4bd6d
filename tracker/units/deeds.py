"""Mergers and splits, as the trail has them: which rows of units they wrote, and which other unit was part of it."""

from sqlalchemy import Select, func, select

from tracker.core.audit import AuditEvent
from tracker.core.database import db
from tracker.units.models import UnitRow
from tracker.units.queries import stands

MERGED = "unit.merged"
SPLIT = "unit.split"


def deed_of(row: UnitRow) -> AuditEvent | None:
    """The merger or split that wrote a row; what the trail says of facts that were replaced since is passed by."""
    deeds = _deeds().where(AuditEvent.unit_id == row.unit_id, AuditEvent.verb.in_((MERGED, SPLIT)))
    for event in db.session.scalars(deeds.order_by(AuditEvent.id.desc())):
        if (event.after or {}).get("unit_row_id") == row.id:
            return event
    return None


def merged_into(unit_id: int) -> int | None:
    """The unit in which one went on, by the last row of it that holds; none where it was not merged."""
    rows = select(UnitRow).where(UnitRow.unit_id == unit_id, stands()).order_by(UnitRow.starts_on.desc())
    last = db.session.scalars(rows.limit(1)).first()
    event = deed_of(last) if last is not None else None
    if event is None or event.verb != MERGED:
        return None
    return int((event.after or {})["into_id"])


def split_off(unit_id: int) -> list[int]:
    """The units that were split off one, but for those that were taken back, the first first."""
    there = set(db.session.scalars(select(UnitRow.unit_id).where(stands())))
    deeds = db.session.scalars(_deeds().where(AuditEvent.verb == SPLIT).order_by(AuditEvent.id))
    said = [(event.unit_id, event.after or {}) for event in deeds]
    return [new_id for new_id, after in said if new_id in there and after["from_id"] == unit_id]


def _deeds() -> Select[AuditEvent]:
    """The events since all facts were last replaced: earlier ones mean other rows."""
    replaced = select(func.max(AuditEvent.id)).where(AuditEvent.verb == "facts.replaced").scalar_subquery()
    return select(AuditEvent).where(AuditEvent.id > func.coalesce(replaced, 0))
