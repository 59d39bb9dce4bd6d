"""Rates of some units on some days: read once before a deed and once after it, in its transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, select

from tracker.core.database import db
from tracker.dashboards.queries.counting import figures
from tracker.dashboards.queries.items import RequirementView
from tracker.people.models import Appointment
from tracker.people.queries import covers
from tracker.progress.models import Span
from tracker.progress.rules import Status
from tracker.units.models import UnitPath, UnitSpan
from tracker.units.queries import holds_on, lies_under

PEOPLE_AT_ONCE = 5_000
Key = tuple[int, int, date]
"""A unit, a requirement, a day."""


@dataclass(frozen=True, slots=True)
class Share:
    """A rate by its counts."""

    numerator: int = 0
    denominator: int = 0

    def plus(self, other: "Share") -> "Share":
        """With some more people."""
        return Share(self.numerator + other.numerator, self.denominator + other.denominator)

    def minus(self, other: "Share") -> "Share":
        """Without some of its people."""
        return Share(self.numerator - other.numerator, self.denominator - other.denominator)


Shares = Mapping[Key, Share]
NOBODY = Share()


def shares(unit_ids: Collection[int], asked: Sequence[RequirementView], days: Iterable[date]) -> dict[Key, Share]:
    """The rates of whole requirements in each of these units, with all below it, on each of these days."""
    by_item = {one.whole.id: one.id for one in asked}
    horizons = {one.whole.id: one.horizon for one in asked}
    found: dict[Key, Share] = {}
    for day in days:
        for (unit_id, item_id), figure in figures(UnitPath.ancestor_id.in_(unit_ids), day, horizons).items():
            found[unit_id, by_item[item_id], day] = Share(figure.satisfied, figure.denominator)
    return found


def shares_of(
    person_ids: Sequence[int], items: Mapping[int, int], unit_ids: Collection[int], days: Iterable[date]
) -> dict[Key, Share]:
    """What these persons alone add to the same; `items` names the requirement of each item."""
    found: dict[Key, Share] = {}
    for day in days:
        for start in range(0, len(person_ids), PEOPLE_AT_ONCE):
            some = person_ids[start : start + PEOPLE_AT_ONCE]
            for unit_id, item_id, status, number in db.session.execute(_statuses(some, items, unit_ids, day)):
                key = (unit_id, items[item_id], day)
                found[key] = found.get(key, NOBODY).plus(_share(Status(status), number))
    return found


def _share(status: Status, number: int) -> Share:
    if status in (Status.WAIVED, Status.ON_LEAVE):
        return NOBODY
    return Share(number if status is Status.SATISFIED else 0, number)


def _statuses(
    person_ids: Iterable[int], items: Iterable[int], unit_ids: Iterable[int], day: date
) -> Select[*tuple[Any, ...]]:
    above = and_(UnitPath.unit_id == Span.unit_id, UnitPath.starts_on <= day, UnitPath.ends_on >= day)
    return (
        select(UnitPath.ancestor_id, Span.item_id, Span.status, func.count())
        .join(UnitPath, above)
        .where(
            UnitPath.ancestor_id.in_(unit_ids),
            Span.person_id.in_(person_ids),
            Span.item_id.in_(items),
            Span.starts_on <= day,
            Span.ends_on >= day,
        )
        .group_by(UnitPath.ancestor_id, Span.item_id, Span.status)
    )


def with_all_above(unit_ids: Iterable[int], days: Iterable[date]) -> set[int]:
    """These units and whatever lies above them on any of the days."""
    wanted = list(unit_ids)
    found = set(wanted)
    for day in days:
        above = UnitPath.unit_id.in_(wanted), UnitPath.starts_on <= day, UnitPath.ends_on >= day
        found.update(db.session.scalars(select(UnitPath.ancestor_id).where(*above)))
    return found


def people_below(unit_ids: Collection[int], days: Iterable[date]) -> list[int]:
    """Whose home lies at or below one of these units on any of the days."""
    found: set[int] = set()
    for day in days:
        at_home = select(Appointment.person_id).where(covers(day), Appointment.unit_id.in_(lies_under(unit_ids, day)))
        found.update(db.session.scalars(at_home))
    return sorted(found)


def names_of(unit_ids: Collection[int], day: date) -> dict[int, str]:
    """What units are called on a day; those that are not there then are left out."""
    rows = select(UnitSpan.unit_id, UnitSpan.name).where(holds_on(day), UnitSpan.unit_id.in_(unit_ids))
    return dict(db.session.execute(rows).all())
