"""What figures there are: requirements with their modules, and gates, as the live revisions have them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, false, func, or_, select, true

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.curriculum.models import Gate, GateNeed, Module, Requirement, RequirementModule
from tracker.dashboards.policy import sees_all
from tracker.progress.models import GateOpening, GateOverride, Item, Revision, Stage
from tracker.progress.policy import names_shown_to
from tracker.progress.queries.changing import IS_CHANGING
from tracker.progress.rules import Evidence, Level
from tracker.units.models import Unit
from tracker.units.queries import UnitView


@dataclass(frozen=True, slots=True)
class ItemView:
    """Something that is counted: a module, or a whole requirement (no module). `id` is the item's."""

    id: int
    module_id: int | None
    code: str
    title: str
    needs_verification: bool


@dataclass(frozen=True, slots=True)
class RequirementView:
    """A requirement as figures are shown for it. One with a single module has only the whole, and no `modules`.

    `is_changing` says that another rule for it is being worked in; `horizon` is the last day that its spans reach.
    """

    id: int
    code: str
    title: str
    level: Level
    names_shown: bool
    is_changing: bool
    horizon: date
    whole: ItemView
    modules: tuple[ItemView, ...]

    @property
    def items(self) -> tuple[ItemView, ...]:
        """Everything that is counted, modules first."""
        return (*self.modules, self.whole)

    @property
    def has_one_module(self) -> bool:
        """Whether the whole is a single module, so that its spans are those of the module."""
        return not self.modules

    @property
    def by_module(self) -> tuple[ItemView, ...]:
        """What has a count of each status: its modules, or the whole where that is a single one."""
        return self.modules or (self.whole,)

    def is_of_several(self, item: ItemView) -> bool:
        """Whether an item is all of several modules: of those the rules count who has satisfied all and who is overdue,
        and no other status."""
        return item is self.whole and not self.has_one_module

    @property
    def claims_wait(self) -> bool:
        """Whether completions of it may wait for somebody's decision."""
        return any(item.needs_verification for item in self.items)


def requirements(actor: Actor) -> list[RequirementView]:
    """All requirements that figures are kept for, in the order of the curriculum."""
    rows = db.session.execute(
        select(
            Requirement.id,
            Requirement.code,
            Requirement.title,
            Requirement.level,
            names_shown_to(actor).label("names_shown"),
            IS_CHANGING.label("is_changing"),
            Revision.horizon,
            Item.id.label("item_id"),
            Item.module_id,
            Module.code.label("module"),
            Module.title.label("module_title"),
            Module.evidence,
        )
        .join(Revision, Revision.requirement_id == Requirement.id)
        .join(Item, Item.revision_id == Revision.id)
        .outerjoin(Module, Module.id == Item.module_id)
        .where(Revision.stage == Stage.LIVE)
        .order_by(Requirement.id, Item.position)
    )
    items: dict[int, list[ItemView]] = {}
    heads = {}
    for row in rows:
        heads[row.id] = row
        item = ItemView(
            row.item_id,
            row.module_id,
            row.module or "*",
            row.module_title or "All of it",
            row.evidence == Evidence.VERIFICATION,
        )
        items.setdefault(row.id, []).append(item)
    return [
        RequirementView(
            *(row.id, row.code, row.title, Level(row.level), bool(row.names_shown), bool(row.is_changing), row.horizon),
            whole=items[row.id][-1],
            modules=tuple(items[row.id][:-1]),
        )
        for row in heads.values()
    ]


@dataclass(frozen=True, slots=True)
class GateView:
    """A gate before a unit. `opened_on` is the day it opened or will open, `by_hand` whether an override did that.

    `numbers_shown` is false where its two counts would speak of modules whose names the actor may not see.
    """

    id: int
    code: str
    title: str
    item_id: int
    percent: int
    starts_on: date
    needs: tuple[str, ...]
    opened_on: date | None
    by_hand: bool
    numbers_shown: bool


def gates(actor: Actor, units: Sequence[UnitView]) -> dict[int, list[GateView]]:
    """The gates before each unit, by its id, in the order of the curriculum: one statement."""
    named = or_(
        true() if sees_all(actor) else false(),
        select(RequirementModule.id)
        .join(Requirement, Requirement.id == RequirementModule.requirement_id)
        .where(RequirementModule.module_id == GateNeed.module_id, names_shown_to(actor))
        .exists(),
    )
    overridden = (
        select(func.min(GateOverride.opened_on))
        .where(GateOverride.gate_id == Gate.id, GateOverride.unit_id == Unit.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Unit.id.label("unit_id"),
            Gate,
            Item.id.label("item_id"),
            Module.title.label("module_title"),
            named.label("named"),
            GateOpening.opened_on.label("share_day"),
            overridden.label("override_day"),
        )
        .join_from(Gate, Unit, Unit.id.in_([unit.id for unit in units]))
        .join(Revision, and_(Revision.gate_id == Gate.id, Revision.stage == Stage.LIVE))
        .join(Item, Item.revision_id == Revision.id)
        .outerjoin(GateNeed, GateNeed.gate_id == Gate.id)
        .outerjoin(Module, Module.id == GateNeed.module_id)
        .outerjoin(GateOpening, and_(GateOpening.item_id == Item.id, GateOpening.unit_id == Unit.id))
        .order_by(Gate.id, GateNeed.position)
    ).all()
    kinds = {unit.id: unit.kind for unit in units}
    found: dict[tuple[int, int], list[Any]] = {}
    for row in rows:
        if kinds[row.unit_id] in row.Gate.unit_kinds:
            found.setdefault((row.unit_id, row.Gate.id), []).append(row)
    before: dict[int, list[GateView]] = {unit.id: [] for unit in units}
    for (unit_id, _), of_gate in found.items():
        before[unit_id].append(_gate(of_gate))
    return before


def _gate(rows: list[Any]) -> GateView:
    """One gate from its rows, one for each module it needs."""
    first = rows[0]
    share, override = first.share_day, first.override_day
    by_hand = override is not None and (share is None or override < share)
    return GateView(
        first.Gate.id,
        first.Gate.code,
        first.Gate.title or first.Gate.code,
        first.item_id,
        first.Gate.percent,
        first.Gate.starts_on,
        needs=tuple(row.module_title for row in rows if row.module_title is not None),
        opened_on=override if by_hand else share,
        by_hand=by_hand,
        numbers_shown=all(row.named for row in rows),
    )
