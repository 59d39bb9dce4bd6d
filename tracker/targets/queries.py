"""Reading targets."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from tracker.core.database import db
from tracker.targets.models import Target


def targets_of(unit_codes: Iterable[str]) -> Mapping[tuple[str, str], int]:
    """The targets of these units in per cent, by the codes of unit and requirement: one statement."""
    query = select(Target.unit_code, Target.requirement_code, Target.percent)
    rows = db.session.execute(query.where(Target.unit_code.in_(list(unit_codes))))
    return {(unit, requirement): percent for unit, requirement, percent in rows}
