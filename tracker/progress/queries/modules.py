"""A module as those see it who may take it: what comes before it, what counts as it, and which gates it bears on."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, select

from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.curriculum.models import Gate, GateNeed, Module
from tracker.progress.models import GateOpening, GateOverride, Item, Revision, Stage
from tracker.progress.queries.catalogue import Catalogue, ModuleView, view_of
from tracker.progress.queries.records import Kept
from tracker.units.models import UnitPath, UnitSpan


@dataclass(frozen=True, slots=True)
class Before:
    """A module that comes before another one: must, or had better. `done_on` is none where it is not done."""

    code: str
    title: str
    done_on: date | None


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why a module cannot be logged yet: what must be done before it and is not, and which module to begin with."""

    missing: tuple[Before, ...]
    first: Before


@dataclass(frozen=True, slots=True)
class ModulePage:
    """A module with what comes before it, and the other courses that count as it."""

    module: ModuleView
    after: tuple[Before, ...]
    ideally_after: tuple[Before, ...]
    equivalents: tuple[str, ...]

    @property
    def ideally_missing(self) -> tuple[Before, ...]:
        """What had better be done first and is not."""
        return tuple(one for one in self.ideally_after if one.done_on is None)


def module_page(code: str, names: Catalogue, kept: Collection[Kept]) -> ModulePage:
    """The module of a code, seen with what a person's record holds: one statement. Raises NotFound."""
    row = db.session.scalar(select(Module).where(Module.code == code))
    if row is None:
        raise NotFound(f"module {code}")
    words = row.descriptive
    counting = [course for course, modules in names.by_course.items() if any(one.id == row.id for one in modules)]
    return ModulePage(
        view_of(row),
        tuple(_before(words.get("after", ()), names, kept)),
        tuple(_before(words.get("ideally_after", ()), names, kept)),
        tuple(course for course in counting if course != code),
    )


def blocked(code: str, names: Catalogue, kept: Collection[Kept]) -> Blocked | None:
    """What keeps a module from being logged with what a person's record holds; none where nothing does. To begin with
    is the first in line that nothing else keeps back; no module comes after itself."""
    module = names.named(code)
    missing = [one for one in _before(module.after, names, kept) if one.done_on is None] if module else []
    if not missing:
        return None
    further = blocked(missing[0].code, names, kept)
    return Blocked(tuple(missing), further.first if further else missing[0])


def _before(codes: Iterable[str], names: Catalogue, kept: Collection[Kept]) -> Iterable[Before]:
    """Modules by their codes; one that the curriculum no longer has stands in nobody's way."""
    for module in filter(None, map(names.named, codes)):
        days = (one.completed_on for one in kept if module in names.modules_of(one.course))
        yield Before(module.code, module.title, min(days, default=None))


@dataclass(frozen=True, slots=True)
class GateBefore:
    """A gate before a unit that somebody works in: whether the unit has begun, and what opens it.

    `by_decision`: it was opened by hand. `is_worked_out`: its share is known; a new gate's is not for a while.
    `kinds` are those that it is for; where the unit is of none of them, it does not wait (`concerns_unit`).
    """

    title: str
    unit: str
    kinds: tuple[str, ...]
    percent: int
    needs: tuple[str, ...]
    starts_on: date
    concerns_unit: bool
    is_worked_out: bool
    opened_on: date | None
    by_decision: bool


def gates_about(code: str, unit_id: int, names: Catalogue, day: date) -> list[GateBefore]:
    """The gates that a module counts for or follows upon, however far, each before a home unit and those above it that
    it is for, the nearest first; where it is for none of these, before the home itself: one statement.

    Whether they are open is for everybody there; their numbers speak of others and are not here.
    """
    bearing = _all_before(code, names)
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(_gates(unit_id, day)):
        found.setdefault(row.Gate.id, []).append(row)
    return [gate for rows in found.values() for gate in _before_units(rows, bearing, names, day)]


def _all_before(code: str, names: Catalogue) -> set[str]:
    """A module, what comes before it, and what before that, and so on."""
    found, left = {code}, [code]
    while left:
        if module := names.named(left.pop()):
            new = {*module.after, *module.ideally_after} - found
            found |= new
            left.extend(new)
    return found


def _before_units(rows: Sequence[Any], bearing: set[str], names: Catalogue, day: date) -> Iterator[GateBefore]:
    """One gate before each unit it is for; `rows` are a row for each unit and needed module."""
    ids = {one.id: one for one in names.modules}
    needs = [ids[row.module_id] for row in rows if row.unit_id == rows[0].unit_id and row.module_id in ids]
    if not bearing & {one.code for one in needs}:
        return
    titles = tuple(one.title for one in needs)
    units = [row for row in rows if row.module_id == rows[0].module_id]
    concerned = [row for row in units if row.kind in row.Gate.unit_kinds]
    for row in concerned or units[:1]:
        gate, by_share, by_hand = row.Gate, _come(row.share_day, day), _come(row.override_day, day)
        yield GateBefore(
            title=gate.title or gate.code,
            unit=row.unit,
            kinds=tuple(gate.unit_kinds),
            percent=gate.percent,
            needs=titles,
            starts_on=gate.starts_on,
            concerns_unit=bool(concerned),
            is_worked_out=row.item_id is not None,
            opened_on=min(filter(None, (by_share, by_hand)), default=None),
            by_decision=by_hand is not None and (by_share is None or by_hand < by_share),
        )


def _come(opened_on: date | None, day: date) -> date | None:
    """The day of an opening, once it has come."""
    return opened_on if opened_on is not None and opened_on <= day else None


def _gates(unit_id: int, day: date) -> Any:
    """Every gate with each unit at or above a home, and each module it needs; the nearest unit first."""
    overridden = (
        select(func.min(GateOverride.opened_on))
        .where(GateOverride.gate_id == Gate.id, GateOverride.unit_id == UnitPath.ancestor_id)
        .correlate(Gate, UnitPath)
        .scalar_subquery()
    )
    above = and_(UnitPath.unit_id == unit_id, UnitPath.starts_on <= day, UnitPath.ends_on >= day)
    named = and_(UnitSpan.unit_id == UnitPath.ancestor_id, UnitSpan.starts_on <= day, UnitSpan.ends_on >= day)
    opening = and_(GateOpening.item_id == Item.id, GateOpening.unit_id == UnitPath.ancestor_id)
    return (
        select(
            Gate,
            UnitSpan.unit_id,
            UnitSpan.name.label("unit"),
            UnitSpan.kind,
            GateNeed.module_id,
            Item.id.label("item_id"),
            GateOpening.opened_on.label("share_day"),
            overridden.label("override_day"),
        )
        .select_from(Gate)
        .join(GateNeed, GateNeed.gate_id == Gate.id)
        .join(UnitPath, above)
        .join(UnitSpan, named)
        .outerjoin(Revision, and_(Revision.gate_id == Gate.id, Revision.stage == Stage.LIVE))
        .outerjoin(Item, Item.revision_id == Revision.id)
        .outerjoin(GateOpening, opening)
        .order_by(Gate.id, UnitPath.depth, GateNeed.position)
    )
