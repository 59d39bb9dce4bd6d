"""Who champions a unit and the units below it on a day, and what is not settled there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.champions.queries import CoverageWarning, terms_in, warnings_of
from tracker.champions.rules import KINDS, WITH_BOTH_KINDS, Term
from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.progress.policy import unit_visible_to
from tracker.units.models import Unit, UnitPath, UnitSpan
from tracker.units.queries import UnitView, views_on


@dataclass(frozen=True, slots=True)
class Covered:
    """A unit with its terms that run or are to come, and what it lacks; `depth` is how far it lies below the first."""

    unit: UnitView
    depth: int
    terms: Sequence[Term]
    warnings: Sequence[CoverageWarning]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The units that have champions of their own, had some or should have them, in the order of the tree; and the
    others, which those above them look after."""

    units: Sequence[Covered]
    others: Sequence[UnitView]
    day: date

    @property
    def warnings(self) -> list[CoverageWarning]:
        """All that is lacking."""
        return [warning for covered in self.units for warning in covered.warnings]

    @property
    def should_have_both(self) -> list[Covered]:
        """The units that should have a champion of each kind."""
        return [one for one in self.units if one.unit.kind == WITH_BOTH_KINDS]

    @property
    def have_both(self) -> list[Covered]:
        """Those of them that do."""
        return [one for one in self.should_have_both if self._kinds_of(one) == set(KINDS)]

    def _kinds_of(self, one: Covered) -> set[str]:
        return {term.kind for term in one.terms if term.covers(self.day)}


def coverage(actor: Actor, unit: UnitView, day: date) -> Coverage:
    """The coverage of a unit and of all below it that the actor may open: seven statements, whatever their number."""
    places = list(_in_tree_order(unit, _below(actor, unit.id, day)))
    units = [view for view, _ in places]
    terms: dict[int, list[Term]] = {view.id: [] for view in units}
    for term in terms_in(list(terms)):
        terms[term.unit_id].append(term)
    warnings: dict[int, list[CoverageWarning]] = {view.id: [] for view in units}
    for warning in warnings_of(units, [term for found in terms.values() for term in found], day):
        warnings[warning.unit_id].append(warning)
    shown = [
        Covered(view, depth, [one for one in terms[view.id] if not one.is_over(day)], warnings[view.id])
        for view, depth in places
        if view.id == unit.id or view.kind == WITH_BOTH_KINDS or terms[view.id]
    ]
    covered_ids = {one.unit.id for one in shown}
    return Coverage(shown, [view for view in units if view.id not in covered_ids], day)


def _below(actor: Actor, unit_id: int, day: date) -> Mapping[int, list[UnitView]]:
    """The units below one, by their parent and then by name."""
    rows = db.session.execute(
        views_on(day)
        .join(UnitPath, UnitPath.unit_id == Unit.id)
        .where(
            *(UnitPath.ancestor_id == unit_id, UnitPath.depth > 0),
            *(UnitPath.starts_on <= day, UnitPath.ends_on >= day),
            unit_visible_to(actor, Unit.id.expression),
        )
        .order_by(UnitSpan.name, Unit.code)
    )
    found: dict[int, list[UnitView]] = {}
    for row in rows:
        view = UnitView(*row)
        found.setdefault(view.parent_id or 0, []).append(view)
    return found


def _in_tree_order(
    unit: UnitView, below: Mapping[int, list[UnitView]], depth: int = 0
) -> Iterator[tuple[UnitView, int]]:
    """A unit and what lies below it, each with its depth."""
    yield unit, depth
    for child in below.get(unit.id, ()):
        yield from _in_tree_order(child, below, depth + 1)
