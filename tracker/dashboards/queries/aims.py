"""What all units mean to reach, as of a day: targets that hold, are to come or have ended, and how far each is away."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, select

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.core.paging import Page, nearest
from tracker.dashboards.queries.counting import Figures, figures
from tracker.dashboards.queries.items import RequirementView
from tracker.dashboards.queries.sight import Cell, of_people
from tracker.dashboards.rules import NOBODY
from tracker.progress.policy import unit_visible_to
from tracker.targets.models import Target
from tracker.targets.queries import TargetView, held_on, view_of
from tracker.targets.rules import people_to_target
from tracker.units.models import Unit, UnitPath, UnitSpan
from tracker.units.queries import UnitView, holds_on

ROWS_A_PAGE = 50


class When(StrEnum):
    """Which targets are listed, seen from a day."""

    RUNNING = "running"
    COMING = "coming"
    ENDED = "ended"


class Order(StrEnum):
    """In which order: by unit, or by people to go."""

    UNIT = "unit"
    MOST = "most"
    FEWEST = "fewest"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of targets is to show: as of which day, of which requirement (none: of all), in which order."""

    day: date
    when: When = When.RUNNING
    requirement: str | None = None
    order: Order = Order.UNIT


@dataclass(frozen=True, slots=True)
class Aim:
    """A target with the figure of the day it is about; none where its numbers may not be seen, or the requirement is
    gone. `to_go` are the people still missing; none for one that has ended, too, and where nobody is counted."""

    unit: UnitView
    target: TargetView
    requirement: RequirementView | None
    cell: Cell | None
    to_go: int | None


CHOSEN_BY: Mapping[When, Callable[[date], ColumnElement[bool]]] = {
    When.RUNNING: held_on,
    When.COMING: lambda day: Target.starts_on > day,
    When.ENDED: lambda day: Target.ends_on < day,
}


def aims(actor: Actor, wanted: Wanted, known: Sequence[RequirementView], number: int) -> Page[Aim]:
    """A page of the targets of units that are there on the day and that the actor may open. A fixed number of
    statements."""
    rows = _rows(actor, wanted)
    number = nearest(number, len(rows), ROWS_A_PAGE)
    shown = slice((number - 1) * ROWS_A_PAGE, number * ROWS_A_PAGE)
    if wanted.order is Order.UNIT:
        listed = _aims(wanted, known, rows[shown])
    else:
        listed = _in_order(_aims(wanted, known, rows), wanted.order)[shown]
    return Page(listed, number, len(rows), ROWS_A_PAGE)


def all_aims(actor: Actor, wanted: Wanted, known: Sequence[RequirementView]) -> list[Aim]:
    """All of them, for a file: as many statements."""
    return _in_order(_aims(wanted, known, _rows(actor, wanted)), wanted.order)


def _rows(actor: Actor, wanted: Wanted) -> Sequence[Any]:
    """The targets with their units, by unit."""
    query = (
        select(Target, Unit.id, Unit.code, UnitSpan.name, UnitSpan.kind, UnitSpan.parent_id)
        .join(Unit, Unit.code == Target.unit_code)
        .join(UnitSpan, UnitSpan.unit_id == Unit.id)
        .where(CHOSEN_BY[wanted.when](wanted.day), holds_on(wanted.day))
        .where(unit_visible_to(actor, Unit.id.expression))
        .order_by(
            *(UnitSpan.parent_id.is_not(None), UnitSpan.name, Unit.code),
            *(Target.requirement_code, Target.starts_on),
        )
    )
    if wanted.requirement is not None:
        query = query.where(Target.requirement_code == wanted.requirement)
    return db.session.execute(query).all()


def _aims(wanted: Wanted, known: Sequence[RequirementView], rows: Sequence[Any]) -> list[Aim]:
    targets = [(UnitView(*unit), view_of(row)) for row, *unit in rows]
    aimed = {one.requirement_code for _, one in targets}
    asked = {one.code: one for one in known}
    horizons = {one.whole.id: one.horizon for one in asked.values() if one.names_shown and one.code in aimed}
    found = figures(UnitPath.ancestor_id.in_({unit.id for unit, _ in targets}), wanted.day, horizons)
    return [_aim(unit, one, asked.get(one.requirement_code), found, wanted.when) for unit, one in targets]


def _aim(unit: UnitView, target: TargetView, requirement: RequirementView | None, found: Figures, when: When) -> Aim:
    if requirement is None or not requirement.names_shown:
        return Aim(unit, target, requirement, None, None)
    figure = found.get((unit.id, requirement.whole.id), NOBODY)
    asks = when is not When.ENDED and figure.denominator > 0
    to_go = people_to_target(figure.satisfied, figure.denominator, target.percent) if asks else None
    return Aim(unit, target, requirement, Cell(of_people(requirement, requirement.whole, figure), figure), to_go)


def _in_order(found: list[Aim], order: Order) -> list[Aim]:
    """By people to go, those of whom that is not told last; else as they are."""
    if order is Order.UNIT:
        return found
    sign = -1 if order is Order.MOST else 1
    return sorted(found, key=lambda one: (one.to_go is None, sign * (one.to_go or 0)))
