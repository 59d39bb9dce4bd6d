"""What a list of people can be narrowed by, and what somebody keeps of it for herself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, text

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.dashboards.models import SavedFilter
from tracker.dashboards.queries import places
from tracker.progress.policy import unit_visible_to
from tracker.units.models import Unit, UnitPath
from tracker.units.queries import UnitView, views_on

_SMALLEST = "SELECT {column} FROM appointment{beyond} ORDER BY category, role LIMIT 1"
_NEXT = " WHERE (category, role) > (pairs.category, pairs.role)"
PAIRS = text(
    "WITH RECURSIVE pairs(category, role) AS ("
    f" SELECT ({_SMALLEST.format(column='category', beyond='')}), ({_SMALLEST.format(column='role', beyond='')})"
    f" UNION ALL SELECT ({_SMALLEST.format(column='category', beyond=_NEXT)}),"
    f" ({_SMALLEST.format(column='role', beyond=_NEXT)}) FROM pairs WHERE category IS NOT NULL"
    ") SELECT category, role FROM pairs WHERE category IS NOT NULL"
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


def divisions(actor: Actor, unit_id: int, day: date) -> list[UnitView]:
    """The units right below one, as far as the actor may open them, by name."""
    return [place.unit for place in places.right_below(actor, [unit_id], day) if place.is_visible]


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
    """The filters that the actor keeps, of units she may open today, by name."""
    named = views_on(actor.today).where(unit_visible_to(actor, Unit.id.expression)).subquery()
    rows = db.session.execute(
        select(SavedFilter.id, SavedFilter.name, SavedFilter.unit_code, named.c.name, SavedFilter.query)
        .join(named, named.c.code == SavedFilter.unit_code)
        .where(SavedFilter.account_id == actor.account_id)
        .order_by(SavedFilter.name)
    )
    return [Kept(*row) for row in rows]
