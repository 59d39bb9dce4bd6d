"""Turns the figures of a unit and its surroundings into what the actor may see of them.

Every surface takes its figures through `Sight`. What somebody may not see by name is words there already, so that no
page, file or letter can give more, and all of them keep the same back.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import dropwhile

from sqlalchemy import and_, or_

from tracker.core.actor import Actor
from tracker.core.steps import at_once
from tracker.core.words import percent
from tracker.dashboards import rules
from tracker.dashboards.queries import counting, places
from tracker.dashboards.queries.counting import Figures, Step
from tracker.dashboards.queries.items import ItemView, RequirementView
from tracker.dashboards.queries.places import Place
from tracker.dashboards.rules import NOBODY, Figure, Group, total
from tracker.progress.figures import answers
from tracker.units.models import UnitPath


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as it is shown: its numbers, or words in their place for whoever may not see names, and for a day on
    which there is no such figure.

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

    @property
    def rate(self) -> Fraction | None:
        """The rate, exactly; none where there are words in its place, and where nobody is counted."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    @property
    def nobody_text(self) -> str:
        """Why there is no rate where nobody is counted."""
        return "nobody counted" if self.figure.in_scope else "nobody asked"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A unit, the units on the way down to it and those right below; `totals` are the unit's own figures of one day.

    Where something is shown without names, all of the way that the actor may open is looked at: what is kept back is
    decided from the top of her sight down, so that no other page gives away what one page hides.
    """

    path: Sequence[Place]
    below: Mapping[int, Sequence[Place]]
    counted: frozenset[int]
    found: Figures
    totals: Figures

    def own(self, unit_id: int, item_id: int) -> Figure:
        """Those at home in the unit itself; of a unit that is not looked into, everybody."""
        return self.found.get((unit_id, item_id), NOBODY)

    def whole(self, unit_id: int, item_id: int) -> Figure:
        """Everybody at home in the unit or below it: the sum of its parts where those are known."""
        if item_id not in self.counted:
            return self.totals.get((unit_id, item_id), NOBODY)
        if unit_id not in self.below:
            return self.own(unit_id, item_id)
        parts = [self.whole(place.unit.id, item_id) for place in self.below[unit_id]]
        return total([self.own(unit_id, item_id), *parts])

    def group(self, unit_id: int, item_id: int) -> Group:
        """The same as groups of people."""
        parts = [self.group(place.unit.id, item_id) for place in self.below.get(unit_id, ())]
        if unit_id in self.below:
            parts.append(Group(own_key(unit_id), self.own(unit_id, item_id).denominator))
        return Group(str(unit_id), self.whole(unit_id, item_id).denominator, parts)


def own_key(unit_id: int) -> str:
    """Names the group of those at home in a unit itself."""
    return f"{unit_id} itself"


def surroundings(
    actor: Actor,
    path: Sequence[Place],
    day: date,
    asked: Sequence[RequirementView],
    chosen: Iterable[ItemView],
    totals: Figures,
) -> Surroundings:
    """What is needed to show a unit and, of the chosen items, its parts; two or three statements, or none."""
    return at_once(surroundings_in_steps(actor, path, day, asked, chosen, totals, parts=1))


def surroundings_in_steps(
    actor: Actor,
    path: Sequence[Place],
    day: date,
    asked: Sequence[RequirementView],
    chosen: Iterable[ItemView],
    totals: Figures,
    parts: int = counting.PARTS,
) -> Generator[Step, None, Surroundings]:
    """The same, telling how far the counting has come where the day is not kept."""
    unnamed = {item.id: one.horizon for one in asked if not one.names_shown for item in one.items}
    horizons = {item.id: one.horizon for one in asked for item in one.items}
    counted = unnamed | {item.id: horizons[item.id] for item in chosen}
    if not counted:
        return Surroundings(path, {}, frozenset(), {}, totals)
    looked_into = [place.unit.id for place in (_in_sight(path) if unnamed else path[-1:])]
    below: dict[int, list[Place]] = {unit_id: [] for unit_id in looked_into}
    for place in places.right_below(actor, looked_into, day):
        below[place.unit.parent_id or 0].append(place)
    closed = [place.unit.id for found in below.values() for place in found if place.unit.id not in below]
    groups = or_(UnitPath.ancestor_id.in_(closed), and_(UnitPath.ancestor_id.in_(looked_into), UnitPath.depth == 0))
    found = yield from counting.figures_in_steps(groups, day, counted, parts)
    return Surroundings(path, below, frozenset(counted), found, totals)


def _in_sight(path: Sequence[Place]) -> Sequence[Place]:
    """The way down to a unit from the first one that the actor may open."""
    return list(dropwhile(lambda place: not place.is_visible, path))


@dataclass(frozen=True, slots=True)
class Sight:
    """What may be seen: figures of items whose names are shown, words for all others."""

    around: Surroundings
    day: date
    today: date
    _kept_back: dict[int, frozenset[str]] = field(default_factory=dict)

    def unit_cells(
        self, unit_id: int, asked: Sequence[RequirementView], chosen: Sequence[ItemView] | None = None
    ) -> dict[int, Cell]:
        """A unit's figures by item, of all that is asked or of the chosen."""
        return self.cells(lambda item_id: self.around.whole(unit_id, item_id), [str(unit_id)], asked, chosen)

    def cells(
        self,
        figure_of: Callable[[int], Figure],
        keys: Sequence[str],
        asked: Sequence[RequirementView],
        chosen: Sequence[ItemView] | None = None,
    ) -> dict[int, Cell]:
        """The figures of some people by item. `keys` names their group; a line of several units has none."""
        wanted = None if chosen is None else {item.id for item in chosen}
        return {
            item.id: self._cell(requirement, item, figure_of(item.id), keys)
            for requirement in asked
            for item in requirement.items
            if wanted is None or item.id in wanted
        }

    def _cell(self, requirement: RequirementView, item: ItemView, figure: Figure, keys: Sequence[str]) -> Cell:
        if requirement.names_shown:
            return Cell(of_people(requirement, item, figure), figure)
        is_kept_back = not keys or not self._hidden(item.id).isdisjoint(keys)
        words = rules.words_without_names(figure, self.day, self.today, is_kept_back=is_kept_back)
        return Cell(NOBODY, NOBODY, words)

    def _hidden(self, item_id: int) -> frozenset[str]:
        """The groups whose figures of an item are kept back."""
        top = _in_sight(self.around.path)[0].unit.id
        if item_id not in self._kept_back:
            self._kept_back[item_id] = rules.kept_back(self.around.group(top, item_id))
        return self._kept_back[item_id]


def of_people(requirement: RequirementView, item: ItemView, figure: Figure) -> Figure:
    """A requirement's only module counts people: the expired of a required one are overdue."""
    if item is requirement.whole and requirement.has_one_module:
        return Figure(*answers.of_people(figure.numbers, requirement.level))
    return figure
