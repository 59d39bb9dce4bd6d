"""How the rate of something asked moved in a unit, and how it will move if nobody acts.

Every figure is that of its own day: of everybody who was, or will be, at home in the unit or below it in the tree of
that day, by all that is known now, as the actor may see it. Ends of months are read from the kept counts.

What was reported is asked of `app.extensions["as_reported"]`, an `AsReported`, where wiring has put one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask import current_app

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.core.days import month_end
from tracker.dashboards.queries import new_years, places
from tracker.dashboards.queries.counting import figures
from tracker.dashboards.queries.items import ItemView, RequirementView
from tracker.dashboards.queries.over_days import over_days
from tracker.dashboards.queries.sight import Cell, Sight, surroundings
from tracker.dashboards.rules import NOBODY
from tracker.progress.figures import answers
from tracker.progress.rules import Cycle, Rule, cycle_on, due_before_leave
from tracker.targets.queries import TargetView, target_periods
from tracker.units.models import UnitPath
from tracker.units.queries import UnitView

Counts = tuple[int, int]
"""How many had satisfied something, and how many were counted."""

AsReported = Callable[[str, str, str | None, Sequence[date]], Mapping[date, Counts]]
"""`as_reported(unit_code, requirement_code, module_code, days)`: what was reported of a unit for a requirement (module
None) or one of its modules, for those of these days on which figures were sealed; no entry for any other day."""


@dataclass(frozen=True, slots=True)
class Point:
    """A day of the line: the figure as it is known now, what was reported of it (none: not sealed), and the target in
    per cent that holds on it (none: there is none)."""

    day: date
    cell: Cell
    reported: Counts | None = None
    target: int | None = None

    @property
    def numerator(self) -> int:
        """Who has satisfied it; 0 where that is not to be told."""
        return self.cell.numerator

    @property
    def denominator(self) -> int:
        """Who is counted; 0 where that is not to be told."""
        return self.cell.denominator


@dataclass(frozen=True, slots=True)
class Sealed:
    """A rate as it was reported."""

    day: date
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class Trend:
    """A line over days, in their order. `unmade` are ends of months whose counts are still being made; `begins_anew`
    are the days from which on nothing completed before counts."""

    unit: UnitView
    requirement: RequirementView
    item: ItemView
    points: Sequence[Point]
    unmade: int
    targets: Sequence[TargetView]
    due_days: Sequence[date]
    begins_anew: Sequence[date]

    @property
    def sealed(self) -> list[Sealed]:
        """What was reported, in order."""
        return [Sealed(point.day, *point.reported) for point in self.points if point.reported is not None]

    def on(self, day: date) -> Point | None:
        """The point of a day, where it has one."""
        return next((point for point in self.points if point.day == day), None)


def month_ends(today: date, years: int, months_ahead: int) -> list[date]:
    """The ends of months from so many years back; those still to come as far as wanted."""
    ends = (month_end(today, months) for months in range(-12 * years, months_ahead + 1))
    return [end for end in ends if months_ahead or end <= today]


def trend(
    actor: Actor, unit: UnitView, requirement: RequirementView, item: ItemView, ends: Sequence[date], asked: date
) -> Trend:
    """A line through ends of months, today and the day asked for, whatever that is.

    A fixed number of statements, and some more for today and the day asked for where they are not kept.
    """
    days = sorted({*ends, actor.today, asked})
    cells = over_days(actor, unit.id, requirement, item, days)
    for day in {actor.today, asked} - cells.keys():
        cells[day] = _cell_on(actor, unit.id, requirement, item, day)
    targets = [one for one in target_periods(unit.code) if one.requirement_code == requirement.code]
    targets = targets if item is requirement.whole else []
    reported = _reported(unit, requirement, item, [day for day in days if day in cells and day <= actor.today])
    points = [Point(day, cells[day], reported.get(day), _target_on(targets, day)) for day in sorted(cells)]
    points = _from_the_first(points, asked)
    rule, first, last = _live_rule(requirement), points[0].day, points[-1].day
    return Trend(
        *(unit, requirement, item, points),
        unmade=len(days) - len(cells),
        targets=targets,
        due_days=_due_days(rule, first, last),
        begins_anew=new_years.beginnings(rule, first, last),
    )


def _cell_on(actor: Actor, unit_id: int, requirement: RequirementView, item: ItemView, day: date) -> Cell:
    """The figure of a day that counts may not be kept for, as the actor may see it."""
    path = places.path(actor, unit_id, day)
    if not path:
        return Cell(NOBODY, NOBODY)
    totals = figures(UnitPath.ancestor_id == unit_id, day, {item.id: requirement.horizon})
    sight = Sight(surroundings(actor, path, day, [requirement], [], totals), day, actor.today)
    return sight.unit_cells(unit_id, [requirement], [item])[item.id]


def _reported(
    unit: UnitView, requirement: RequirementView, item: ItemView, days: Sequence[date]
) -> Mapping[date, Counts]:
    """What was reported, where anything is sealed and its numbers may be seen."""
    as_reported: AsReported | None = current_app.extensions.get("as_reported")
    if as_reported is None or not requirement.names_shown:
        return {}
    module = None if item is requirement.whole else item.code
    return as_reported(unit.code, requirement.code, module, days)


def _target_on(targets: Iterable[TargetView], day: date) -> int | None:
    return next((one.percent for one in targets if one.holds_on(day)), None)


def _from_the_first(points: Sequence[Point], asked: date) -> list[Point]:
    """The points without those before anybody was asked; the day asked for stays. Without names nothing is left out,
    since that would tell nobody from a few."""
    begun = next((place for place, one in enumerate(points) if one.cell.protected_text or one.cell.figure.in_scope), 0)
    return [point for place, point in enumerate(points) if place >= begun or point.day == asked or point.reported]


def _live_rule(requirement: RequirementView) -> Rule | None:
    """The rule that the figures of a requirement follow."""
    live = answers.live_measures(db.session())
    return next((one.rule for one in live if one.requirement_id == requirement.id and one.rule is not None), None)


def _due_days(rule: Rule | None, first: date, last: date) -> list[date]:
    """The days of a period by which a rule wants it of everybody."""
    if rule is None:
        return []
    since, until = max(first.toordinal(), rule.first), min(last.toordinal(), rule.last)
    return [date.fromordinal(day) for day in sorted(_set_days(rule, since, until)) if since <= day <= until]


def _set_days(rule: Rule, first: int, last: int) -> set[int]:
    """The due days that are set for all alike: the fixed day, or that of each round which holds a day of the period."""
    if not isinstance(rule.repeat, Cycle):
        return set() if rule.due_date is None else {rule.due_date}
    alike = replace(rule, days_after_start=0)
    found, day = set(), first
    while day <= last:
        begins, ends = cycle_on(rule.repeat, day)
        due, _ = due_before_leave(alike, begins, begins)
        found.add(due or ends)
        day = ends + 1
    return found
