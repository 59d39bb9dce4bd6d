"""Units in their surroundings: the way down to one, and what lies right below."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.dashboards.policy import absent, sees_all
from tracker.progress.policy import unit_visible_to
from tracker.units.models import Unit, UnitPath, UnitSpan
from tracker.units.queries import UnitView, views_on

_below, _last = aliased(UnitSpan), aliased(Unit)


@dataclass(frozen=True, slots=True)
class Place:
    """A unit of a day: whether the actor may open it, and whether there are units below it."""

    unit: UnitView
    is_visible: bool
    has_children: bool


def path(actor: Actor, unit_id: int, day: date) -> list[Place]:
    """The unit and everything above it, from the top."""
    above = (
        _places(actor, day)
        .join(UnitPath, UnitPath.ancestor_id == Unit.id)
        .where(UnitPath.unit_id == unit_id, UnitPath.starts_on <= day, UnitPath.ends_on >= day)
        .order_by(UnitPath.depth.desc())
    )
    return _found(above)


def path_to(actor: Actor, code: str, day: date) -> list[Place]:
    """The unit with a code that the actor may open, and everything above it, from the top. Raises NotFound, or
    NotThatDay."""
    above = (
        _places(actor, day)
        .join(UnitPath, UnitPath.ancestor_id == Unit.id)
        .join(_last, _last.id == UnitPath.unit_id)
        .where(_last.code == code, UnitPath.starts_on <= day, UnitPath.ends_on >= day)
        .order_by(UnitPath.depth.desc())
    )
    found = _found(above)
    if not found or not found[-1].is_visible:
        raise absent(actor, code, day)
    return found


def right_below(actor: Actor, unit_ids: Iterable[int], day: date) -> list[Place]:
    """The units that have one of these as their parent, by name."""
    return _found(_places(actor, day).where(UnitSpan.parent_id.in_(list(unit_ids))).order_by(UnitSpan.name, Unit.code))


def starting_points(actor: Actor, day: date) -> list[Place]:
    """Where somebody begins: the units championed today as they are on the day; for who sees all, the roots."""
    places = _places(actor, day).order_by(UnitSpan.name, Unit.code)
    if sees_all(actor):
        return _found(places.where(UnitSpan.parent_id.is_(None)))
    return _found(places.where(Unit.id.in_(actor.unit_ids)))


def _places(actor: Actor, day: date) -> Select[*tuple[Any, ...]]:
    has_children = (
        select(_below.unit_id)
        .where(_below.parent_id == Unit.id, _below.starts_on <= day, _below.ends_on >= day)
        .exists()
    )
    return views_on(day).add_columns(unit_visible_to(actor, Unit.id.expression), has_children)


def _found(query: Select[*tuple[Any, ...]]) -> list[Place]:
    return [
        Place(UnitView(*columns), bool(is_visible), bool(has_children))
        for *columns, is_visible, has_children in db.session.execute(query)
    ]
