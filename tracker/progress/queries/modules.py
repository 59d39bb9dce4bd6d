"""A module as those see it who may take it: what comes before it, what counts as it, and which gates it bears on."""

from collections.abc import Collection, Iterable
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
class ModulePage:
    """A module with what comes before it, and the other courses that count as it."""

    module: ModuleView
    after: tuple[Before, ...]
    ideally_after: tuple[Before, ...]
    equivalents: tuple[str, ...]

    @property
    def missing(self) -> tuple[Before, ...]:
        """What must be done first and is not."""
        return tuple(one for one in self.after if one.done_on is None)

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


def _before(codes: Iterable[str], names: Catalogue, kept: Collection[Kept]) -> Iterable[Before]:
    """Modules by their codes; one that the curriculum no longer has stands in nobody's way."""
    for module in (one for code in codes for one in names.modules if one.code == code):
        days = (one.completed_on for one in kept if module in names.modules_of(one.course))
        yield Before(module.code, module.title, min(days, default=None))


@dataclass(frozen=True, slots=True)
class GateBefore:
    """A gate before a unit that somebody works in: whether the unit has begun, and what opens it."""

    title: str
    summary: str | None
    unit: str
    percent: int
    needs: tuple[str, ...]
    opened_on: date | None


def gates_about(page: ModulePage, unit_id: int, names: Catalogue, day: date) -> list[GateBefore]:
    """The gates, before a home unit or those above it, that a module counts for or follows upon: one statement.

    Whether they are open is for everybody there; their numbers speak of others and are not here.
    """
    bearing = {page.module.code, *(one.code for one in (*page.after, *page.ideally_after))}
    ids = {one.id: one for one in names.modules}
    found: dict[tuple[int, int], list[Any]] = {}
    for row in db.session.execute(_gates(unit_id, day)):
        if row.kind in row.Gate.unit_kinds:
            found.setdefault((row.Gate.id, row.unit_id), []).append(row)
    gates = []
    for rows in found.values():
        needs = [ids[row.module_id] for row in rows if row.module_id in ids]
        if bearing & {one.code for one in needs}:
            first = rows[0]
            days = [one for one in (first.share_day, first.override_day) if one is not None and one <= day]
            titles = tuple(one.title for one in needs)
            gate = first.Gate
            name = gate.title or gate.code
            gates.append(GateBefore(name, gate.summary, first.unit, gate.percent, titles, min(days, default=None)))
    return gates


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
            GateOpening.opened_on.label("share_day"),
            overridden.label("override_day"),
        )
        .select_from(Gate)
        .join(Revision, and_(Revision.gate_id == Gate.id, Revision.stage == Stage.LIVE))
        .join(Item, Item.revision_id == Revision.id)
        .join(GateNeed, GateNeed.gate_id == Gate.id)
        .join(UnitPath, above)
        .join(UnitSpan, named)
        .outerjoin(GateOpening, opening)
        .order_by(Gate.id, UnitPath.depth, GateNeed.position)
    )
