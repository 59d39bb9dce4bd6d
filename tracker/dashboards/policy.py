"""Which units somebody may open: today's tree decides, whatever day the figures are of."""

from datetime import date

from sqlalchemy import select

from tracker.core.actor import Actor, Right
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.progress.policy import unit_visible_to
from tracker.units.models import Unit
from tracker.units.queries import UnitView, views_on


class NotThatDay(NotFound):
    """A unit that the actor may see, but that does not exist on the day asked for."""

    def __init__(self, code: str, day: date) -> None:
        super().__init__(f"unit {code}")
        self.code, self.day = code, day


def get_unit(actor: Actor, code: str, day: date) -> UnitView:
    """A unit as it is on a day. Raises NotFound, or NotThatDay where the actor may know that there is such a unit."""
    seen = select(Unit.id).where(Unit.code == code, unit_visible_to(actor, Unit.id.expression))
    row = db.session.execute(views_on(day).where(Unit.id.in_(seen))).one_or_none()
    if row is None:
        raise absent(actor, code, day)
    return UnitView(*row)


def absent(actor: Actor, code: str, day: date) -> NotFound:
    """What to raise for a unit that is not there on a day: NotThatDay where the actor may know that there is one."""
    seen = select(Unit.id).where(Unit.code == code, unit_visible_to(actor, Unit.id.expression))
    return NotThatDay(code, day) if db.session.scalar(seen) is not None else NotFound(f"unit {code}")


def sees_all(actor: Actor) -> bool:
    """Whether nothing is hidden from somebody: the office and the auditor."""
    return actor.has(Right.RECORDS_READ_ALL)
