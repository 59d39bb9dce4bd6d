"""Where a unit and the units below it stand: every figure as the actor may see it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.core.actor import Actor
from tracker.dashboards.queries import items, places
from tracker.dashboards.queries.counting import Figures, figures
from tracker.dashboards.queries.items import GateView, ItemView, RequirementView
from tracker.dashboards.queries.places import Place
from tracker.dashboards.queries.sight import Cell, Sight, of_people, own_key, surroundings
from tracker.dashboards.queries.sight import Surroundings as Around
from tracker.dashboards.rules import NOBODY, Figure, total
from tracker.progress.rules import people_still_needed
from tracker.units.models import UnitPath
from tracker.units.queries import UnitView

ITSELF, ELSEWHERE = "itself", "elsewhere"
"""The keys of the lines of a table that are about no unit below."""

ItemChoice = Callable[[Sequence[RequirementView]], Iterable[ItemView]]
"""Of what is asked in a unit, the items whose figures are wanted for each part of it."""


def no_items(asked: Sequence[RequirementView]) -> Iterable[ItemView]:
    """For pages that show no parts."""
    return ()


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table of units. `unit` is None for people who belong to no unit that can be opened from here; `key`
    names the line on whatever day."""

    key: str
    name: str
    unit: UnitView | None
    has_children: bool
    cells: Mapping[int, Cell]

    def cell(self, item: ItemView) -> Cell:
        """The figure of an item."""
        return self.cells[item.id]


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit on a day, and the parts it is made of; `asked` is what anybody here is asked, in the curriculum's order.

    The parts add up to the whole: the units below, those at home in the unit itself, and what is elsewhere today.
    """

    path: Sequence[Place]
    whole: Row
    parts: Sequence[Row]
    asked: Sequence[RequirementView]
    not_asked: Sequence[RequirementView]
    gates: Sequence["GateStanding"]

    @property
    def unit(self) -> UnitView:
        """The unit itself."""
        return self.path[-1].unit

    @property
    def key(self) -> RequirementView | None:
        """The requirement that speaks for the unit; none where nobody is asked for anything."""
        return speaks_for(self.asked)


def speaks_for(asked: Sequence[RequirementView]) -> RequirementView | None:
    """The first requirement whose names are shown; the first at all where there is none."""
    return next((one for one in asked if one.names_shown), asked[0] if asked else None)


@dataclass(frozen=True, slots=True)
class GateStanding:
    """A gate before the unit on the day: open or shut, and with its numbers if the actor may see them."""

    gate: GateView
    is_open: bool
    figure: Figure | None
    still_needed: int | None


def standing(
    actor: Actor, unit: UnitView, day: date, of_parts: ItemChoice = no_items, *, with_gates: bool = False
) -> Standing:
    """Where a unit stands: a fixed number of statements, whatever its size."""
    asked = items.requirements(actor)
    gates = items.gates(actor, [unit])[unit.id] if with_gates else []
    path = places.path(actor, unit.id, day)
    horizons = {item.id: one.horizon for one in asked for item in one.items}
    totals = figures(
        UnitPath.ancestor_id == unit.id, day, horizons | dict.fromkeys((gate.item_id for gate in gates), date.max)
    )
    here = [one for one in asked if (unit.id, one.whole.id) in totals]
    chosen = list(of_parts(here))
    around = surroundings(actor, path, day, here, chosen, totals)
    sight = Sight(around, day, actor.today)
    return Standing(
        path,
        whole=Row(str(unit.id), unit.name, unit, path[-1].has_children, sight.unit_cells(unit.id, here)),
        parts=list(parts(around, sight, here, chosen)) if chosen else [],
        asked=here,
        not_asked=[one for one in asked if one not in here],
        gates=[gate_standing(gate, totals.get((unit.id, gate.item_id), NOBODY), day) for gate in gates],
    )


def lines(actor: Actor, day: date) -> list[tuple[Place, RequirementView | None, Cell]]:
    """Where somebody begins: each unit with the first requirement asked there whose names are shown, and its figure."""
    units = places.starting_points(actor, day)
    asked = [requirement for requirement in items.requirements(actor) if requirement.names_shown]
    horizons = {one.whole.id: one.horizon for one in asked}
    found = figures(UnitPath.ancestor_id.in_([place.unit.id for place in units]), day, horizons)
    return [(place, *_first(place.unit.id, asked, found)) for place in units]


def _first(unit_id: int, asked: Sequence[RequirementView], found: Figures) -> tuple[RequirementView | None, Cell]:
    for requirement in asked:
        figure = found.get((unit_id, requirement.whole.id), NOBODY)
        if figure.denominator:
            return requirement, Cell(of_people(requirement, requirement.whole, figure), figure)
    return None, Cell(NOBODY, NOBODY)


def parts(around: Around, sight: Sight, asked: Sequence[RequirementView], chosen: Sequence[ItemView]) -> Iterator[Row]:
    """The lines that add up to the unit; none for a unit without units below it, or where nothing is asked."""
    unit = around.path[-1].unit
    below = around.below.get(unit.id)
    if not below:
        return
    for place in below:
        if place.is_visible:
            cells = sight.unit_cells(place.unit.id, asked, chosen)
            yield Row(str(place.unit.id), place.unit.name, place.unit, place.has_children, cells)
    elsewhere = [place.unit.id for place in below if not place.is_visible]

    def at_home_here(item_id: int) -> Figure:
        return around.own(unit.id, item_id)

    def of_elsewhere(item_id: int) -> Figure:
        return total(around.whole(unit_id, item_id) for unit_id in elsewhere)

    if any(at_home_here(item.id).in_scope for item in chosen):
        cells = sight.cells(at_home_here, [own_key(unit.id)], asked, chosen)
        yield Row(ITSELF, f"In {unit.name} itself", None, has_children=False, cells=cells)
    if elsewhere:
        cells = sight.cells(of_elsewhere, [], asked, chosen)
        yield Row(ELSEWHERE, "In units that are elsewhere today", None, has_children=False, cells=cells)


def gate_standing(gate: GateView, figure: Figure, day: date) -> GateStanding:
    """A gate with the numbers of its unit on a day."""
    done, counted = figure.satisfied, figure.denominator
    return GateStanding(
        gate,
        is_open=gate.opened_on is not None and gate.opened_on <= day,
        figure=figure if gate.numbers_shown else None,
        still_needed=people_still_needed(done, counted, gate.percent) if gate.numbers_shown else None,
    )
