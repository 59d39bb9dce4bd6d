"""Reading targets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select

from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.core.seen import mark_of
from tracker.targets.models import Target
from tracker.units.models import SINCE_EVER


@dataclass(frozen=True, slots=True)
class TargetView:
    """A target in per cent with its first day (none: since ever) and its last (none: until further notice)."""

    id: int
    unit_code: str
    requirement_code: str
    percent: int
    starts_on: date | None
    ends_on: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it is the target of a day."""
        return (self.starts_on or date.min) <= day <= (self.ends_on or date.max)


def targets_of(unit_codes: Iterable[str], day: date) -> Mapping[tuple[str, str], int]:
    """The targets of these units on a day in per cent, by the codes of unit and requirement: one statement."""
    query = select(Target.unit_code, Target.requirement_code, Target.percent)
    rows = db.session.execute(query.where(Target.unit_code.in_(list(unit_codes)), held_on(day)))
    return {(unit, requirement): percent for unit, requirement, percent in rows}


def held_on(day: date) -> ColumnElement[bool]:
    """That a row is the target of a day."""
    return and_(Target.starts_on <= day, or_(Target.ends_on.is_(None), Target.ends_on >= day))


def target_periods(unit_code: str) -> list[TargetView]:
    """All targets a unit has, had or will have, by requirement and first day: one statement."""
    query = select(Target).where(Target.unit_code == unit_code).order_by(Target.requirement_code, Target.starts_on)
    return [view_of(row) for row in db.session.scalars(query)]


def target(unit_code: str, target_id: int) -> TargetView:
    """One target of a unit. Raises NotFound."""
    query = select(Target).where(Target.id == target_id, Target.unit_code == unit_code)
    if (row := db.session.scalar(query)) is None:
        raise NotFound(f"target {target_id}")
    return view_of(row)


def mark_of_target(target_id: int) -> str:
    """The mark of a target, for the form that changes it."""
    return mark_of(db.session.get(Target, target_id))


def view_of(row: Target) -> TargetView:
    """A row as pages take it."""
    starts_on = None if row.starts_on == SINCE_EVER else row.starts_on
    return TargetView(row.id, row.unit_code, row.requirement_code, row.percent, starts_on, row.ends_on)
