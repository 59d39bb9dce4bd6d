"""A unit on one page, for paper that leaves the system: figures only, and none of a few people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from tracker.core.actor import Actor
from tracker.core.days import month_end
from tracker.dashboards.queries.items import RequirementView
from tracker.dashboards.queries.sight import Cell, Sight, surroundings
from tracker.dashboards.queries.standings import GateStanding, Standing, standing
from tracker.dashboards.rules import FEWER, NOBODY, SMALLEST_GROUP
from tracker.targets.queries import targets_of
from tracker.targets.rules import people_to_target
from tracker.units.queries import UnitView, unit_views

MONTHS_BACK = 3
"""How many ends of months are shown beside the day."""


@dataclass(frozen=True, slots=True)
class Line:
    """A requirement as a whole: its figure on the day, those of the ends of months before (none where the unit was not
    there, or nobody was asked), and the target in per cent with the number of people who reach it."""

    requirement: RequirementView
    cell: Cell
    before: Sequence[Cell | None]
    target: int | None

    @property
    def to_target(self) -> int | None:
        """How many more people reach the target; none where that is not to be told."""
        if self.target is None or not self.cell.denominator:
            return None
        return people_to_target(self.cell.numerator, self.cell.denominator, self.target)

    @property
    def points(self) -> int | None:
        """By how many points the rate has moved since the last end of a month, as both are shown."""
        last = self.before[0] if self.before else None
        if last is None or not last.denominator or not self.cell.denominator:
            return None
        return _whole_percent(self.cell) - _whole_percent(last)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page: `days` are the ends of months before, the latest first."""

    standing: Standing
    lines: Sequence[Line]
    days: Sequence[date]
    gates: Sequence[GateStanding]


def sheet(actor: Actor, unit: UnitView, day: date, *, for_others: bool) -> Sheet:
    """A unit on a day: a fixed number of statements. `for_others` is for readers who may not see names: rates without
    numbers, rounded; what is kept back is then decided from the top of the tree, whoever prints it."""
    found = standing(actor, unit, day, with_gates=True)
    cells = _cells(actor, found, day, for_others=for_others)
    days = [month_end(day, -months) for months in range(1, MONTHS_BACK + 1)]
    earlier = [_earlier(actor, unit, one, for_others=for_others) for one in days]
    targets = targets_of([unit.code], day)
    return Sheet(
        found,
        [
            Line(
                one,
                cells[one.whole.id],
                [on_day.get(one.whole.id) for on_day in earlier],
                targets.get((unit.code, one.code)),
            )
            for one in found.asked
        ],
        days,
        [_without_few(gate, for_others=for_others) for gate in found.gates],
    )


def _earlier(actor: Actor, unit: UnitView, day: date, *, for_others: bool) -> Mapping[int, Cell]:
    """The figures of an earlier day by item; none where the unit was not there."""
    then = unit_views([unit.id], day)
    return _cells(actor, standing(actor, then[0], day), day, for_others=for_others) if then else {}


def _cells(actor: Actor, found: Standing, day: date, *, for_others: bool) -> dict[int, Cell]:
    """The figures of whole requirements by item, as the page may show them."""
    if not for_others:
        return {one.whole.id: _unless_few(found.whole.cell(one.whole)) for one in found.asked}
    asked = [replace(one, names_shown=False) for one in found.asked]
    path = [replace(place, is_visible=True) for place in found.path]
    sight = Sight(surroundings(actor, path, day, asked, [], {}), day, actor.today)
    return sight.unit_cells(found.unit.id, asked, [one.whole for one in asked])


def _unless_few(cell: Cell) -> Cell:
    """A figure, or in its place that it is of a few people."""
    if cell.protected_text is None and 0 < cell.denominator < SMALLEST_GROUP:
        return Cell(NOBODY, NOBODY, FEWER)
    return cell


def _without_few(gate: GateStanding, *, for_others: bool) -> GateStanding:
    """A gate, without its numbers where those are of a few people or not for these readers."""
    if for_others or (gate.figure is not None and gate.figure.denominator < SMALLEST_GROUP):
        return replace(gate, figure=None, still_needed=None)
    return gate


def _whole_percent(cell: Cell) -> int:
    """The rate as it is shown, in whole per cent, halves up."""
    return (200 * cell.numerator + cell.denominator) // (2 * cell.denominator)
