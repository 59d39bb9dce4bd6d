"""Who belongs to a unit without being counted in it: joint members at home elsewhere, and those who have left.

A champion knows by name only people who are at home in her units today. Of joint members she gets how many are counted
where; of leavers, whose records are no longer hers to follow, only how many left on which day.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import aliased

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.core.days import month_later
from tracker.people.models import Appointment, Person
from tracker.people.queries import people_at_home_in
from tracker.progress.policy import person_visible_to
from tracker.units.models import UnitSpan
from tracker.units.queries import holds_on, lies_under

MONTHS_BACK = 12
_home = aliased(Appointment)


@dataclass(frozen=True, slots=True)
class Beside:
    """Somebody who is not counted here: as what she has, or last had, a post here; the unit in which she is counted on
    the day, if any; and, of who has left, the last day."""

    id: int
    name: str
    category: str
    role: str
    counted_in: str | None
    last_day: date | None


@dataclass(frozen=True, slots=True)
class BesideList:
    """Those whom the actor may know by name; and of the others, how many are counted in which unit (none: nowhere), or
    how many left on which day."""

    people: Sequence[Beside]
    unnamed: Mapping[str | None, int]
    unnamed_left: Mapping[date, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Everybody, named or not."""
        return len(self.people) + sum(self.unnamed.values()) + sum(self.unnamed_left.values())


def joint_members(actor: Actor, unit_id: int, day: date) -> BesideList:
    """Who has a further post in the unit, or below it, and is at home outside of it on the day: one statement."""
    holds = and_(Appointment.starts_on <= day, Appointment.ends_on.is_(None) | (Appointment.ends_on >= day))
    rows = _rows(actor, unit_id, day, ~Appointment.is_primary, holds)
    return BesideList(_named(rows), Counter(row.counted_in for row in rows if not row.is_visible))


def leavers(actor: Actor, unit_id: int, day: date) -> BesideList:
    """Who was at home in the unit or below it in the twelve months before a day, and is not on it: one statement.

    Of those without a name it is not told where they are counted now.
    """
    since = month_later(day.year, day.month, day.day, -MONTHS_BACK)
    rows = _rows(
        actor, unit_id, day, Appointment.is_primary.is_(True), Appointment.ends_on >= since, Appointment.ends_on < day
    )
    return BesideList(_named(rows), {}, Counter(row.ends_on for row in rows if not row.is_visible))


def _rows(actor: Actor, unit_id: int, day: date, *which: ColumnElement[bool]) -> Collection[Any]:
    """Each person once, with her last post of those meant."""
    rows = db.session.execute(
        select(
            Person.id,
            func.coalesce(func.nullif(Person.name, ""), Person.identifier).label("name"),
            Appointment.category,
            Appointment.role,
            UnitSpan.name.label("counted_in"),
            Appointment.ends_on,
            Appointment.is_primary,
            person_visible_to(actor).label("is_visible"),
        )
        .join(Person, Person.id == Appointment.person_id)
        .outerjoin(_home, and_(_home.person_id == Person.id, _covers_home(day)))
        .outerjoin(UnitSpan, and_(UnitSpan.unit_id == _home.unit_id, holds_on(day)))
        .where(
            Appointment.unit_id.in_(lies_under([unit_id], day)),
            Person.id.not_in(people_at_home_in([unit_id], day)),
            *which,
        )
        .order_by(Person.name, Person.id, Appointment.ends_on.desc(), Appointment.id)
    )
    first: dict[int, Any] = {}
    for row in rows:
        first.setdefault(row.id, row)
    return first.values()


def _named(rows: Iterable[Any]) -> list[Beside]:
    return [_beside(row) for row in rows if row.is_visible]


def _beside(row: Any) -> Beside:
    return Beside(row.id, row.name, row.category, row.role, row.counted_in, row.ends_on if row.is_primary else None)


def _covers_home(day: date) -> ColumnElement[bool]:
    """That the home is one of the day."""
    return and_(_home.is_primary, _home.starts_on <= day, _home.ends_on.is_(None) | (_home.ends_on >= day))
