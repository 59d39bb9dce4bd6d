"""A unit that is not there on the day asked for: until when it stood, from when it will, and where it went on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.progress.policy import unit_visible_to
from tracker.units.deeds import merged_into, split_off
from tracker.units.models import Unit, UnitSpan
from tracker.units.queries import UnitView, unit_views


@dataclass(frozen=True, slots=True)
class Absence:
    """Why a unit is not there on a day. `name` is what it was called last before, or will be called first; none where
    it never was. `last` is the last day before on which it stood, `first` the first one after.

    `was_merged` says that it went on in another unit: `into`, where that is there on the day and she may open it.
    `split_off` are the units that were made of parts of it, as far as the same holds.
    """

    code: str
    day: date
    name: str | None
    last: date | None
    first: date | None
    is_there_today: bool
    was_merged: bool
    into: UnitView | None
    split_off: Sequence[UnitView]

    @property
    def gone_from(self) -> date | None:
        """The first day without it."""
        return self.last + timedelta(days=1) if self.last else None


def absence(actor: Actor, code: str, day: date) -> Absence:
    """Why a unit that the actor may know is not there on a day."""
    spans = db.session.scalars(
        select(UnitSpan).join(Unit, Unit.id == UnitSpan.unit_id).where(Unit.code == code).order_by(UnitSpan.starts_on)
    ).all()
    before = next((span for span in reversed(spans) if span.ends_on < day), None)
    after = next((span for span in spans if span.starts_on > day), None)
    known = before or after
    into = merged_into(before.unit_id) if before and not after else None
    parts = split_off(before.unit_id) if before else []
    seen = {unit.id: unit for unit in unit_views(_visible(actor, [*parts, *([into] if into else [])]), day)}
    return Absence(
        code,
        day,
        known.name if known else None,
        before.ends_on if before else None,
        after.starts_on if after else None,
        is_there_today=any(span.starts_on <= actor.today <= span.ends_on for span in spans),
        was_merged=into is not None,
        into=seen.get(into) if into else None,
        split_off=[seen[part] for part in parts if part in seen],
    )


def _visible(actor: Actor, unit_ids: Sequence[int]) -> list[int]:
    """Those of some units that the actor may open."""
    query = select(Unit.id).where(Unit.id.in_(unit_ids), unit_visible_to(actor, Unit.id.expression))
    return list(db.session.scalars(query))
