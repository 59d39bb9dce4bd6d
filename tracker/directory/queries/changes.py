"""The latest change of a unit: what it was, what it was before, and what a merger or a split did with it."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select

from tracker.champions.models import Champion
from tracker.core.database import Base, db
from tracker.core.seen import mark_of
from tracker.core.words import plural
from tracker.curriculum.models import Gate, Requirement
from tracker.progress.models import GateOverride
from tracker.targets.models import Target
from tracker.terms.queries import say
from tracker.units.deeds import MERGED, deed_of
from tracker.units.models import SINCE_EVER, Unit, UnitRow
from tracker.units.queries import is_closing, stands


class How(StrEnum):
    """What the latest change of a unit was."""

    MADE = "made"
    CHANGED = "changed"
    CLOSED = "closed"
    MERGED = "merged"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class LatestChange:
    """The last row of a unit and what it said; `on` is the day from which it shows (none: since ever), the first one
    without the unit where it closes. `mark` is that of the row; `other_id` and `event_id` tell of the merger or split
    that it belongs to."""

    unit_id: int
    row_id: int
    how: How
    on: date | None
    name: str
    kind: str
    parent_code: str | None
    mark: str
    other_id: int | None = None
    event_id: int | None = None


def latest_change(code: str) -> LatestChange | None:
    """The latest change of a unit; none where it was never there."""
    query = select(UnitRow).join(Unit, Unit.id == UnitRow.unit_id).where(Unit.code == code, stands())
    rows = db.session.scalars(query.order_by(UnitRow.starts_on)).all()
    if not rows:
        return None
    last = rows[-1]
    how = How.CLOSED if is_closing(rows) else How.CHANGED if len(rows) > 1 else How.MADE
    event = deed_of(last)
    if event is not None:
        how = How.MERGED if event.verb == MERGED else How.SPLIT
    said = (event.after or {}) if event else {}
    return LatestChange(
        last.unit_id,
        last.id,
        how,
        _shows_from(last, how),
        last.name,
        last.kind,
        db.session.scalar(select(Unit.code).where(Unit.id == last.parent_id)),
        mark_of(last),
        said.get("into_id") or said.get("from_id"),
        event.id if event else None,
    )


def _shows_from(row: UnitRow, how: How) -> date | None:
    if how in (How.CLOSED, How.MERGED) and row.ends_on is not None:
        return row.ends_on + timedelta(days=1)
    return row.starts_on if row.starts_on > SINCE_EVER else None


def what_hangs_on(unit_id: int, code: str) -> list[str]:
    """What names a unit beside its posts, in words: it would be left without, if the unit had never been there."""
    found = []
    if number := _count(Champion, Champion.unit_id == unit_id):
        found.append(say(f"it has {plural(number, 'term of a {champion}', 'terms of {champions}')}"))
    if number := _count(GateOverride, GateOverride.unit_id == unit_id):
        found.append(f"{plural(number, 'gate was', 'gates were')} opened for it by hand")
    if number := _count(Target, Target.unit_code == code):
        found.append(f"{plural(number, 'target is', 'targets are')} set for it")
    audiences = [*db.session.scalars(select(Requirement.audience)), *db.session.scalars(select(Gate.audience))]
    if any(code in ((audience or {}).get("units") or ()) for audience in audiences):
        found.append("the curriculum names it")
    return found


def _count(model: type[Base], condition: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(condition)) or 0
