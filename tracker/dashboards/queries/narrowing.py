"""What a list of people can be narrowed by, and what somebody keeps of it for herself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, select, text

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.core.seen import mark_of
from tracker.dashboards.models import SavedFilter
from tracker.dashboards.queries import items, places
from tracker.dashboards.queries.counting import Figures, figures
from tracker.dashboards.queries.items import ItemView, RequirementView
from tracker.dashboards.queries.places import Place
from tracker.dashboards.queries.sight import Cell, of_people
from tracker.dashboards.rules import NOBODY
from tracker.progress.figures import answers
from tracker.progress.policy import unit_visible_to
from tracker.progress.queries.own_data import Told, rows_of
from tracker.progress.rules import Audience
from tracker.units.models import Unit, UnitPath, UnitSpan
from tracker.units.queries import UnitView, holds_on, views_on

PAIRS = text(
    """
    WITH RECURSIVE pairs(category, role) AS (
        SELECT (SELECT category FROM appointment ORDER BY category, role LIMIT 1),
               (SELECT role FROM appointment ORDER BY category, role LIMIT 1)
        UNION ALL
        SELECT CASE WHEN (SELECT role FROM appointment WHERE category = pairs.category AND role > pairs.role
                          ORDER BY category, role LIMIT 1) IS NOT NULL
                    THEN pairs.category
                    ELSE (SELECT category FROM appointment WHERE category > pairs.category
                          ORDER BY category, role LIMIT 1) END,
               COALESCE((SELECT role FROM appointment WHERE category = pairs.category AND role > pairs.role
                         ORDER BY category, role LIMIT 1),
                        (SELECT role FROM appointment WHERE category > pairs.category
                         ORDER BY category, role LIMIT 1))
        FROM pairs WHERE pairs.category IS NOT NULL
    )
    SELECT category, role, (SELECT MAX(id) FROM person) FROM pairs WHERE category IS NOT NULL
    """
)
"""Each pair of category and role once: one step along the index for each, instead of a look at every appointment.
SQLite compares pairs by their first half alone, so the next role and the next category are asked for apart. How many
persons there are comes along, which spares a statement."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """The categories and roles that appointments of this institution have, in order; and about how many persons there
    are: their highest number."""

    categories: Sequence[str]
    roles: Sequence[str]
    persons: int


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
    categories, roles = {category for category, _, _ in pairs}, {role for _, role, _ in pairs}
    return Kinds(sorted(categories), sorted(roles), max((persons for _, _, persons in pairs), default=0))


@dataclass(frozen=True, slots=True)
class Here:
    """A unit on a day, and what anybody at home in it is asked, in the curriculum's order.

    It knows the figures of what the actor may see by name; of all else `standings` says what may be said.
    """

    path: Sequence[Place]
    asked: Sequence[RequirementView]
    not_asked: Sequence[RequirementView]
    totals: Figures

    @property
    def unit(self) -> UnitView:
        """The unit itself."""
        return self.path[-1].unit

    def cell(self, requirement: RequirementView, item: ItemView) -> Cell | None:
        """The figure of an item; none where nobody is asked for it, or where the actor may not see names."""
        if requirement not in self.asked or not requirement.names_shown:
            return None
        figure = self.totals.get((self.unit.id, item.id), NOBODY)
        return Cell(of_people(requirement, item, figure), figure)


def here(actor: Actor, code: str, day: date) -> Here:
    """What lists of a unit's people can be about: four statements. Raises NotFound, or NotThatDay."""
    path = places.path_to(actor, code, day)
    unit_id = path[-1].unit.id
    every = items.requirements(actor)
    totals = figures(
        UnitPath.ancestor_id == unit_id, day, {item.id: one.horizon for one in every for item in one.items}
    )
    asked = [one for one in every if (unit_id, one.whole.id) in totals]
    return Here(path, asked, [one for one in every if one not in asked], totals)


def at_home_by_figures(found: Here, day: date) -> int | None:
    """How many people are at home in a unit, where figures say it since something is asked of everybody: one statement
    that takes as long for thousands as for one. None where nothing is."""
    for measure in answers.live_measures(db.session()):
        rule = measure.rule
        if rule is not None and rule.audience == Audience() and rule.first <= day.toordinal() <= rule.last:
            return found.totals.get((found.unit.id, measure.item_ids[-1]), NOBODY).in_scope
    return None


@dataclass(frozen=True, slots=True)
class Below:
    """A unit and all units below it on a day, by name; `rows` are those of `units_below`."""

    unit: UnitView
    rows: Sequence[Any]

    @property
    def divisions(self) -> list[UnitView]:
        """The units right below that the actor may open, by name."""
        return [_view(row) for row in self.rows if row.parent_id == self.unit.id and row.is_visible]

    def division(self, code: str) -> UnitView:
        """A unit below, however far. Raises NotFound."""
        for row in self.rows:
            if row.code == code and row.is_visible and row.id != self.unit.id:
                return _view(row)
        raise NotFound(f"unit {code}")

    def ids_under(self, unit_id: int) -> list[int]:
        """The ids of one of these units and of all below that one."""
        children: dict[int | None, list[int]] = {}
        for row in self.rows:
            children.setdefault(row.parent_id, []).append(row.id)
        found = [unit_id]
        for parent_id in found:
            found.extend(children.get(parent_id, ()))
        return found


def units_below(actor: Actor, place: Place, day: date) -> Below:
    """A unit and all below it: one statement, or none where it says that there are none."""
    if not place.has_children:
        return Below(place.unit, [])
    rows = db.session.execute(
        views_on(day)
        .add_columns(unit_visible_to(actor, Unit.id.expression).label("is_visible"))
        .join(UnitPath, UnitPath.unit_id == Unit.id)
        .where(UnitPath.ancestor_id == place.unit.id, UnitPath.starts_on <= day, UnitPath.ends_on >= day)
        .order_by(UnitSpan.name, Unit.code)
    )
    return Below(place.unit, rows.all())


def _view(row: Any) -> UnitView:
    return UnitView(row.id, row.code, row.name, row.kind, row.parent_id)


def kept_filters(actor: Actor) -> list[Kept]:
    """The filters that the actor keeps, of units she may open today, by name: one statement."""
    rows = db.session.execute(
        select(SavedFilter.id, SavedFilter.name, SavedFilter.unit_code, UnitSpan.name, SavedFilter.query)
        .join(Unit, Unit.code == SavedFilter.unit_code)
        .join(UnitSpan, and_(UnitSpan.unit_id == Unit.id, holds_on(actor.today)))
        .where(SavedFilter.account_id == actor.account_id, unit_visible_to(actor, Unit.id.expression))
        .order_by(SavedFilter.name)
    )
    return [Kept(*row) for row in rows]


def kept_filter(actor: Actor, filter_id: int) -> Kept:
    """One of them. Raises NotFound."""
    for kept in kept_filters(actor):
        if kept.id == filter_id:
            return kept
    raise NotFound(f"filter {filter_id}")


def mark_of_filter(filter_id: int) -> str:
    """The mark of a filter, for the form that gives it another name."""
    return mark_of(db.session.get(SavedFilter, filter_id))


def own_data(actor: Actor) -> Told:
    """The filters that the actor keeps, for herself to take along: one statement."""
    query = select(SavedFilter.name, SavedFilter.unit_code.label("unit"), SavedFilter.query)
    own = query.where(SavedFilter.account_id == actor.account_id).order_by(SavedFilter.name)
    return Told(rows_of(own))
