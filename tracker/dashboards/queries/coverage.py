"""Who champions a unit and the units below it on a day, and what is not settled there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tracker.champions.queries import CoverageWarning, terms_in, warnings_of
from tracker.champions.rules import KINDS, WITH_BOTH_KINDS, Lack, Term, ends_soon
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

    def running(self, kind: str, day: date) -> list[Term]:
        """The terms of a kind that run on a day."""
        return [term for term in self.terms if term.kind == kind and term.covers(day)]

    def lacks(self, *lacks: Lack) -> bool:
        """Whether one of these is lacking here."""
        return any(warning.lack in lacks for warning in self.warnings)


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


@dataclass(frozen=True, slots=True)
class Serving:
    """Somebody who champions units on a day: these with her terms there."""

    person_id: int
    name: str
    email: str
    places: Sequence[tuple[UnitView, Term]]

    @property
    def fte(self) -> Decimal:
        """What is agreed for her in all."""
        return sum((term.fte for _, term in self.places if term.fte is not None), Decimal(0))

    @property
    def next_end(self) -> date | None:
        """The first day on which a term of hers ends."""
        return min((term.ends_on for _, term in self.places if term.ends_on is not None), default=None)


def serving(units: Iterable[Covered], day: date) -> list[Serving]:
    """Who champions these units on a day, by name, each once however many units she has."""
    found: dict[int, list[tuple[UnitView, Term]]] = {}
    for one in units:
        for term in one.terms:
            if term.covers(day):
                found.setdefault(term.person_id, []).append((one.unit, term))
    people = (Serving(person_id, places[0][1].name, places[0][1].email, places) for person_id, places in found.items())
    return sorted(people, key=lambda one: (one.name.casefold(), one.person_id))


def fte_of(units: Iterable[Covered], day: date) -> Decimal:
    """What is agreed for all who champion these units on a day, in full-time equivalents."""
    running = (term for one in units for term in one.terms if term.covers(day))
    return sum((term.fte for term in running if term.fte is not None), Decimal(0))


def ending(units: Iterable[Covered], day: date) -> list[Covered]:
    """The units where a term ends soon, whoever follows."""
    return [one for one in units if any(ends_soon(term, day) for term in one.terms)]


def coverage_of_all(actor: Actor, day: date) -> Coverage:
    """The coverage of every unit that the actor may open: seven statements, whatever their number."""
    below = _below(actor, None, day)
    shown = {view.id for views in below.values() for view in views}
    tops = [view for views in below.values() for view in views if view.parent_id not in shown]
    return _coverage([place for top in tops for place in _in_tree_order(top, below)], day)


def coverage(actor: Actor, unit: UnitView, day: date) -> Coverage:
    """The coverage of a unit and of all below it that the actor may open: seven statements, whatever their number."""
    return _coverage(list(_in_tree_order(unit, _below(actor, unit.id, day))), day, always=unit.id)


def _coverage(places: Sequence[tuple[UnitView, int]], day: date, always: int | None = None) -> Coverage:
    """What is told of these units; `always` is one that is shown even without champions of its own."""
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
        if view.id == always or view.kind == WITH_BOTH_KINDS or terms[view.id]
    ]
    covered_ids = {one.unit.id for one in shown}
    return Coverage(shown, [view for view in units if view.id not in covered_ids], day)


def _below(actor: Actor, unit_id: int | None, day: date) -> Mapping[int, list[UnitView]]:
    """The units below one, or all, by their parent and then by name."""
    query = views_on(day).where(unit_visible_to(actor, Unit.id.expression))
    if unit_id is not None:
        query = query.join(UnitPath, UnitPath.unit_id == Unit.id).where(
            *(UnitPath.ancestor_id == unit_id, UnitPath.depth > 0),
            *(UnitPath.starts_on <= day, UnitPath.ends_on >= day),
        )
    rows = db.session.execute(query.order_by(UnitSpan.name, Unit.code))
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
