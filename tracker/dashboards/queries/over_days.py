"""A unit's figures on many days at once, from the counts of kept days, as the actor may see them.

The statements are the same few for a year and for five, for a division and for the whole institution.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import dropwhile
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.dashboards import rules
from tracker.dashboards.queries.counting import Figures
from tracker.dashboards.queries.items import ItemView, RequirementView
from tracker.dashboards.queries.sight import Cell, of_people, own_key
from tracker.dashboards.rules import NOBODY, Figure, Group
from tracker.progress.figures import counts
from tracker.progress.models import KeptDay, UnitCount
from tracker.progress.policy import unit_visible_to
from tracker.units.models import Unit, UnitPath, UnitSpan


def over_days(
    actor: Actor, unit_id: int, requirement: RequirementView, item: ItemView, days: Collection[date]
) -> dict[date, Cell]:
    """The figures of an item on those of these days that counts are kept for, in order: two statements, six where names
    are not shown."""
    ready = list(
        db.session.scalars(
            select(KeptDay.day).where(KeptDay.day.in_(list(days)), KeptDay.is_ready).order_by(KeptDay.day)
        )
    )
    found = _kept(UnitPath.ancestor_id == unit_id, ready, item.id)
    figures = {day: found[day].get((unit_id, item.id), NOBODY) for day in ready}
    if requirement.names_shown:
        exact = {day: of_people(requirement, item, figure) for day, figure in figures.items()}
        return {day: Cell(figure, figures[day]) for day, figure in exact.items()}
    hidden = _Hidden.of(actor, unit_id, ready, item.id)
    return {
        day: Cell(
            NOBODY,
            NOBODY,
            rules.words_without_names(figure, day, actor.today, is_kept_back=hidden.keeps_back(day)),
        )
        for day, figure in figures.items()
    }


def _kept(groups: ColumnElement[bool], days: Sequence[date], item_id: int) -> dict[date, Figures]:
    """The figures of the ancestors among these paths on each of these days, along the tree of each: one statement.

    The days are named one by one, and kept from narrowing the counts as a stretch of days (`+ 0`): the database then
    jumps to the rows of the item, where it would read those of all items, which lie together by unit and day.
    """
    of_day = UnitCount.day + 0
    sums = [func.sum(getattr(UnitCount, name)) for name in counts.COLUMNS]
    rows = db.session.execute(
        select(UnitCount.day, UnitPath.ancestor_id, *sums)
        .join(UnitCount, UnitCount.unit_id == UnitPath.unit_id)
        .where(groups, UnitPath.starts_on <= of_day, UnitPath.ends_on >= of_day)
        .where(UnitCount.day.in_(days), UnitCount.item_id == item_id)
        .group_by(UnitCount.day, UnitPath.ancestor_id)
    )
    found: dict[date, Figures] = {day: {} for day in days}
    for day, unit, *numbers in rows:
        found[day][unit, item_id] = Figure(*map(int, numbers))
    return found


@dataclass(frozen=True, slots=True)
class _Hidden:
    """Whether a unit's figure of an item is kept back on a day, by what is around it: as `sight.Sight` decides it for a
    single day, from the top of the actor's sight down.

    `way` are the units on the way down to it, `below` those right below them, each with the days on which they are.
    """

    unit_id: int
    item_id: int
    way: Sequence[Row[*tuple[Any, ...]]]
    below: Sequence[Row[*tuple[Any, ...]]]
    wholes: Mapping[date, Figures]
    owns: Mapping[date, Figures]

    @classmethod
    def of(cls, actor: Actor, unit_id: int, days: Sequence[date], item_id: int) -> "_Hidden":
        """What has to be known for these days: four statements."""
        way = db.session.execute(
            select(
                *(UnitPath.ancestor_id, UnitPath.starts_on, UnitPath.ends_on),
                unit_visible_to(actor, Unit.id.expression).label("is_visible"),
            )
            .join(Unit, Unit.id == UnitPath.ancestor_id)
            .where(UnitPath.unit_id == unit_id)
            .order_by(UnitPath.depth.desc())
        ).all()
        way_ids = {row.ancestor_id for row in way}
        spans = select(UnitSpan.unit_id, UnitSpan.parent_id, UnitSpan.starts_on, UnitSpan.ends_on)
        below = db.session.execute(spans.where(UnitSpan.parent_id.in_(way_ids))).all()
        wholes = _kept(UnitPath.ancestor_id.in_({row.unit_id for row in below}), days, item_id)
        own = and_(UnitPath.ancestor_id.in_(way_ids), UnitPath.depth == 0)
        return cls(unit_id, item_id, way, below, wholes, _kept(own, days, item_id))

    def keeps_back(self, day: date) -> bool:
        """Whether the unit's figure stays hidden on a day."""
        on_the_day = [row for row in self.way if row.starts_on <= day <= row.ends_on]
        way = [row.ancestor_id for row in dropwhile(lambda row: not row.is_visible, on_the_day)]
        return bool(way) and str(self.unit_id) in rules.kept_back(self._group(way[0], way, day))

    def _group(self, unit_id: int, way: Sequence[int], day: date) -> Group:
        """The people of a unit, and those of the units on the way that lie below it, as groups."""
        if unit_id not in way:
            return Group(str(unit_id), self.wholes[day].get((unit_id, self.item_id), NOBODY).denominator)
        right_below = [
            row.unit_id for row in self.below if row.parent_id == unit_id and row.starts_on <= day <= row.ends_on
        ]
        parts = [self._group(one, way, day) for one in right_below]
        parts.append(Group(own_key(unit_id), self.owns[day].get((unit_id, self.item_id), NOBODY).denominator))
        return Group(str(unit_id), sum(part.counted for part in parts), parts)
