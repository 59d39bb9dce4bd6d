"""What a list of people can be narrowed by, and what somebody keeps of it for herself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, text

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.dashboards.models import SavedFilter
from tracker.progress.policy import unit_visible_to
from tracker.units.models import Unit, UnitPath, UnitSpan
from tracker.units.queries import UnitView, holds_on, views_on

PAIRS = text(
    """
    WITH RECURSIVE pairs(category, role) AS (
        SELECT (SELECT min(category) FROM appointment),
               (SELECT role FROM appointment ORDER BY category, role LIMIT 1)
        UNION ALL
        SELECT CASE WHEN EXISTS (SELECT 1 FROM appointment WHERE category = pairs.category AND role > pairs.role)
                    THEN pairs.category
                    ELSE (SELECT min(category) FROM appointment WHERE category > pairs.category) END,
               COALESCE(
                   (SELECT min(role) FROM appointment WHERE category = pairs.category AND role > pairs.role),
                   (SELECT role FROM appointment WHERE category > pairs.category ORDER BY category, role LIMIT 1))
        FROM pairs WHERE pairs.category IS NOT NULL
    )
    SELECT category, role FROM pairs WHERE category IS NOT NULL
    """
)
"""Each pair of category and role once: one step along the index for each, instead of a look at every appointment."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """The categories and roles that appointments of this institution have, in order."""

    categories: Sequence[str]
    roles: Sequence[str]


@dataclass(frozen=True, slots=True)
class Kept:
    """A filter that somebody keeps: of which unit, and what its address says."""

    id: int
    name: str
    unit_code: str
    unit_name: str
    query: str


def kinds() -> Kinds:
    """What people can be at home as: one statement."""
    pairs = db.session.execute(PAIRS).all()
    return Kinds(sorted({category for category, _ in pairs}), sorted({role for _, role in pairs}))


@dataclass(frozen=True, slots=True)
class Below:
    """A unit below another, by code and name."""

    code: str
    name: str


def divisions(actor: Actor, unit_id: int, day: date) -> list[Below]:
    """The units right below one, as far as the actor may open them, by name."""
    rows = db.session.execute(
        select(Unit.code, UnitSpan.name)
        .join(UnitSpan, UnitSpan.unit_id == Unit.id)
        .where(UnitSpan.parent_id == unit_id, holds_on(day), unit_visible_to(actor, Unit.id.expression))
        .order_by(UnitSpan.name, Unit.code)
    )
    return [Below(*row) for row in rows]


def division(actor: Actor, unit_id: int, code: str, day: date) -> UnitView:
    """A unit that lies below another on a day. Raises NotFound."""
    below = select(UnitPath.unit_id).where(
        UnitPath.ancestor_id == unit_id, UnitPath.starts_on <= day, UnitPath.ends_on >= day, UnitPath.depth > 0
    )
    seen = (Unit.code == code, Unit.id.in_(below), unit_visible_to(actor, Unit.id.expression))
    if (row := db.session.execute(views_on(day).where(*seen)).one_or_none()) is None:
        raise NotFound(f"unit {code}")
    return UnitView(*row)


def kept_filters(actor: Actor) -> list[Kept]:
    """The filters that the actor keeps, of units she may open today, by name: one statement where she keeps none."""
    own = select(SavedFilter.id, SavedFilter.name, SavedFilter.unit_code, SavedFilter.query)
    rows = db.session.execute(own.where(SavedFilter.account_id == actor.account_id).order_by(SavedFilter.name)).all()
    if not rows:
        return []
    seen = (Unit.code.in_({row.unit_code for row in rows}), unit_visible_to(actor, Unit.id.expression))
    units = [UnitView(*row) for row in db.session.execute(views_on(actor.today).where(*seen))]
    names = {unit.code: unit.name for unit in units}
    return [Kept(id_, name, code, names[code], query) for id_, name, code, query in rows if code in names]
