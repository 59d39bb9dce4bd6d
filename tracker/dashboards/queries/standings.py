"""Where a unit and the units below it stand: every figure as the actor may see it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_

from tracker.core.actor import Actor
from tracker.dashboards import rules
from tracker.dashboards.queries import items, places
from tracker.dashboards.queries.counting import Figures, figures
from tracker.dashboards.queries.items import GateView, ItemView, RequirementView
from tracker.dashboards.queries.places import Place
from tracker.dashboards.rules import NOBODY, Figure, Group, total
from tracker.progress.figures.answers import of_people
from tracker.progress.rules import people_still_needed
from tracker.units.models import UnitPath
from tracker.units.queries import UnitView
from tracker.web.templating import percent

ELSEWHERE = "elsewhere"
"""Stands beside the units of a line of several, whose figures without names are always kept back."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as it is shown: its numbers, or words in their place for whoever may not see names.

    `by_status` has the people as lists of them do, where a requirement's only module counts as expired what the
    figure counts as overdue.
    """

    figure: Figure
    by_status: Figure
    protected_text: str | None = None

    @property
    def numerator(self) -> int:
        """Who has satisfied it."""
        return self.figure.satisfied

    @property
    def denominator(self) -> int:
        """Who is counted."""
        return self.figure.denominator

    @property
    def percent_text(self) -> str:
        """The rate in words."""
        return percent(self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table of units. `unit` is None for people who belong to no unit that can be opened from here."""

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
        """The requirement that speaks for the unit: the first of those asked here whose figures are all shown."""
        shown = (one for one in self.asked if self.whole.cell(one.whole).protected_text is None)
        return next(shown, None)


@dataclass(frozen=True, slots=True)
class GateStanding:
    """A gate before the unit on the day: open or shut, and with its numbers if the actor may see them."""

    gate: GateView
    is_open: bool
    figure: Figure | None
    still_needed: int | None


def standing(actor: Actor, unit: UnitView, day: date) -> Standing:
    """Where a unit stands: a fixed number of statements, whatever its size."""
    asked = items.requirements(actor)
    gates = items.gates(actor, unit.id, unit.kind)
    path = places.path(actor, unit.id, day)
    around = _surroundings(actor, path, day, asked, gates)
    here = [requirement for requirement in asked if around.whole(unit.id, requirement.whole.id).in_scope]
    sight = _sight(around, here, day, actor.today)
    return Standing(
        path,
        whole=_row(path[-1], around, sight),
        parts=_parts(around, sight),
        asked=here,
        not_asked=[requirement for requirement in asked if requirement not in here],
        gates=[_gate_standing(gate, around.whole(unit.id, gate.item_id), day) for gate in gates],
    )


def lines(actor: Actor, day: date) -> list[tuple[Place, RequirementView | None, Cell]]:
    """Where somebody begins: each unit with the figure of the first requirement whose names are shown and that is
    asked there.
    """
    units = places.starting_points(actor, day)
    asked = [requirement for requirement in items.requirements(actor) if requirement.names_shown]
    found = figures(UnitPath.ancestor_id.in_([place.unit.id for place in units]), day, asked)
    return [(place, *_first(place.unit.id, asked, found)) for place in units]


def _first(unit_id: int, asked: Sequence[RequirementView], found: Figures) -> tuple[RequirementView | None, Cell]:
    for requirement in asked:
        figure = found.get((unit_id, requirement.whole.id), NOBODY)
        if figure.denominator:
            return requirement, Cell(_of_people(requirement, requirement.whole, figure), figure)
    return None, Cell(NOBODY, NOBODY)


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """The units on the way down to one, and those right below them; with their figures of one day.

    Where something is shown without names, the whole way counts: what is kept back is decided from the top down, so
    that no other page gives away what one page hides.
    """

    path: Sequence[Place]
    below: Mapping[int, Sequence[Place]]
    found: Figures

    def own(self, unit_id: int, item_id: int) -> Figure:
        """Those at home in the unit itself."""
        return self.found.get((unit_id, item_id), NOBODY)

    def whole(self, unit_id: int, item_id: int) -> Figure:
        """Everybody at home in the unit or below it."""
        if unit_id not in self.below:
            return self.own(unit_id, item_id)
        parts = [self.whole(place.unit.id, item_id) for place in self.below[unit_id]]
        return total([self.own(unit_id, item_id), *parts])

    def group(self, unit_id: int, item_id: int) -> Group:
        """The same as groups of people."""
        parts = [self.group(place.unit.id, item_id) for place in self.below.get(unit_id, ())]
        if unit_id in self.below:
            parts.append(Group(_own_key(unit_id), self.own(unit_id, item_id).denominator))
        return Group(str(unit_id), self.whole(unit_id, item_id).denominator, parts)


def _own_key(unit_id: int) -> str:
    return f"{unit_id} itself"


def _surroundings(
    actor: Actor,
    path: Sequence[Place],
    day: date,
    asked: Sequence[RequirementView],
    gates: Sequence[GateView],
) -> _Surroundings:
    all_named = all(requirement.names_shown for requirement in asked)
    opened_up = [place.unit.id for place in (path[-1:] if all_named else path)]
    below: dict[int, list[Place]] = {unit_id: [] for unit_id in opened_up}
    for place in places.right_below(actor, opened_up, day):
        below[place.unit.parent_id or 0].append(place)
    closed = [place.unit.id for found in below.values() for place in found if place.unit.id not in below]
    groups = or_(UnitPath.ancestor_id.in_(closed), and_(UnitPath.ancestor_id.in_(opened_up), UnitPath.depth == 0))
    return _Surroundings(path, below, figures(groups, day, asked, [gate.item_id for gate in gates]))


@dataclass(frozen=True, slots=True)
class _Sight:
    """What the actor may see of figures: all of those with names, of the others words; `kept_back` by item."""

    asked: Sequence[RequirementView]
    kept_back: Mapping[int, frozenset[str]]
    day: date
    today: date

    def cells(self, figure_of: Callable[[int], Figure], *keys: str) -> dict[int, Cell]:
        """A line of figures by item; the keys name the groups of people behind it."""
        return {
            item.id: self._cell(requirement, item, figure_of(item.id), keys)
            for requirement in self.asked
            for item in requirement.items
        }

    def _cell(self, requirement: RequirementView, item: ItemView, figure: Figure, keys: Sequence[str]) -> Cell:
        if requirement.names_shown:
            return Cell(_of_people(requirement, item, figure), figure)
        is_kept_back = len(keys) > 1 or not self.kept_back[item.id].isdisjoint(keys)
        return Cell(NOBODY, NOBODY, rules.words_without_names(figure, self.day, self.today, is_kept_back=is_kept_back))


def _sight(around: _Surroundings, asked: Sequence[RequirementView], day: date, today: date) -> _Sight:
    top = around.path[0].unit.id
    without_names = [item for requirement in asked if not requirement.names_shown for item in requirement.items]
    return _Sight(asked, {item.id: rules.kept_back(around.group(top, item.id)) for item in without_names}, day, today)


def _of_people(requirement: RequirementView, item: ItemView, figure: Figure) -> Figure:
    """A requirement's only module counts people: the expired of a required one are overdue."""
    if item is requirement.whole and requirement.has_one_module:
        return Figure(*of_people(figure.numbers, requirement.level))
    return figure


def _row(place: Place, around: _Surroundings, sight: _Sight) -> Row:
    unit = place.unit
    cells = sight.cells(lambda item_id: around.whole(unit.id, item_id), str(unit.id))
    return Row(unit.name, unit, place.has_children, cells)


def _parts(around: _Surroundings, sight: _Sight) -> list[Row]:
    """The lines that add up to the unit; none for a unit without units below it."""
    unit = around.path[-1].unit
    below = around.below[unit.id]
    if not below:
        return []
    rows = [_row(place, around, sight) for place in below if place.is_visible]
    elsewhere = [place.unit.id for place in below if not place.is_visible]

    def at_home_here(item_id: int) -> Figure:
        return around.own(unit.id, item_id)

    def of_elsewhere(item_id: int) -> Figure:
        return total(around.whole(unit_id, item_id) for unit_id in elsewhere)

    if any(at_home_here(requirement.whole.id).in_scope for requirement in sight.asked):
        cells = sight.cells(at_home_here, _own_key(unit.id))
        rows.append(Row(f"In {unit.name} itself", None, has_children=False, cells=cells))
    if elsewhere:
        cells = sight.cells(of_elsewhere, *map(str, elsewhere), ELSEWHERE)
        rows.append(Row("In units that are elsewhere today", None, has_children=False, cells=cells))
    return rows


def _gate_standing(gate: GateView, figure: Figure, day: date) -> GateStanding:
    done, counted = figure.satisfied, figure.denominator
    return GateStanding(
        gate,
        is_open=gate.opened_on is not None and gate.opened_on <= day,
        figure=figure if gate.numbers_shown else None,
        still_needed=people_still_needed(done, counted, gate.percent) if gate.numbers_shown else None,
    )
