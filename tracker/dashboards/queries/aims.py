"""What all units mean to reach today, and how far each is from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.core.paging import Page, nearest
from tracker.dashboards.queries import items
from tracker.dashboards.queries.counting import Figures, figures
from tracker.dashboards.queries.items import RequirementView
from tracker.dashboards.queries.sight import Cell, of_people
from tracker.dashboards.rules import NOBODY
from tracker.progress.policy import unit_visible_to
from tracker.targets.models import Target
from tracker.targets.queries import TargetView, held_on, view_of
from tracker.units.models import Unit, UnitPath, UnitSpan
from tracker.units.queries import UnitView, holds_on

ROWS_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Aim:
    """A target that holds today, with the figure it is about; none where its numbers may not be seen, or the
    requirement is gone."""

    unit: UnitView
    target: TargetView
    requirement: RequirementView | None
    cell: Cell | None


def aims(actor: Actor, number: int) -> Page[Aim]:
    """A page of the targets that hold today in units that the actor may open, by unit: a fixed number of statements."""
    holding = _holding(actor)
    total = db.session.scalar(holding.with_only_columns(func.count())) or 0
    number = nearest(number, total, ROWS_A_PAGE)
    rows = db.session.execute(_in_order(holding).offset((number - 1) * ROWS_A_PAGE).limit(ROWS_A_PAGE)).all()
    return Page(_aims(actor, rows), number, total, ROWS_A_PAGE)


def all_aims(actor: Actor) -> list[Aim]:
    """All of them, for a file: as many statements."""
    return _aims(actor, db.session.execute(_in_order(_holding(actor))).all())


def _holding(actor: Actor) -> Select[*tuple[Any, ...]]:
    today = actor.today
    return (
        select(Target, Unit.id, Unit.code, UnitSpan.name, UnitSpan.kind, UnitSpan.parent_id)
        .join(Unit, Unit.code == Target.unit_code)
        .join(UnitSpan, UnitSpan.unit_id == Unit.id)
        .where(held_on(today), holds_on(today), unit_visible_to(actor, Unit.id.expression))
    )


def _in_order(holding: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return holding.order_by(UnitSpan.parent_id.is_not(None), UnitSpan.name, Unit.code, Target.requirement_code)


def _aims(actor: Actor, rows: Sequence[Any]) -> list[Aim]:
    asked = {one.code: one for one in items.requirements(actor)}
    horizons = {one.whole.id: one.horizon for one in asked.values() if one.names_shown}
    found = figures(UnitPath.ancestor_id.in_({row.id for row in rows}), actor.today, horizons)
    targets = [(UnitView(*unit), view_of(row)) for row, *unit in rows]
    return [_aim(unit, one, asked.get(one.requirement_code), found) for unit, one in targets]


def _aim(unit: UnitView, target: TargetView, requirement: RequirementView | None, found: Figures) -> Aim:
    if requirement is None or not requirement.names_shown:
        return Aim(unit, target, requirement, None)
    figure = found.get((unit.id, requirement.whole.id), NOBODY)
    return Aim(unit, target, requirement, Cell(of_people(requirement, requirement.whole, figure), figure))
