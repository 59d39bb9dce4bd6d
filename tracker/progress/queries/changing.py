"""Rules that are being changed: until the new one is worked in, figures are those of the rule before, and say so."""

from collections.abc import Sequence

from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import aliased

from tracker.core.database import db
from tracker.curriculum.models import Gate, Requirement
from tracker.progress.models import Revision, Stage

NOTE = "note"
"""The column of a file that says so; empty while no rule is being changed."""

_coming = aliased(Revision)
IS_CHANGING = (
    select(_coming.id)
    .where(
        or_(_coming.requirement_id == Revision.requirement_id, _coming.gate_id == Revision.gate_id),
        _coming.stage == Stage.BUILDING,
        cast(_coming.rule, String) != cast(Revision.rule, String),
    )
    .exists()
)
"""That another rule than that of a live revision is being worked in; spans that are only made to reach further follow
the same rule."""


def requirements_changing() -> list[str]:
    """The titles of the requirements whose rule is being changed."""
    query = select(Requirement.title).join(Revision, Revision.requirement_id == Requirement.id)
    return list(db.session.scalars(query.where(Revision.stage == Stage.LIVE, IS_CHANGING).order_by(Requirement.id)))


def gates_changing() -> list[str]:
    """The titles of the gates whose rule is being changed."""
    query = select(func.coalesce(Gate.title, Gate.code)).join(Revision, Revision.gate_id == Gate.id)
    return list(db.session.scalars(query.where(Revision.stage == Stage.LIVE, IS_CHANGING).order_by(Gate.id)))


def note_on(titles: Sequence[str]) -> str | None:
    """What figures say of themselves while rules are being changed, for whatever outlives the page."""
    if not titles:
        return None
    named = ", ".join(f"“{title}”" for title in titles)
    if len(titles) == 1:
        return f"The rule for {named} is being changed: until that is done, its figures are those of the rule before."
    return f"The rules for {named} are being changed: until that is done, their figures are those of the rules before."
