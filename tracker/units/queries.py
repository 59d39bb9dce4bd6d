"""Reading the tree of a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from tracker.core.database import db
from tracker.core.days import NEVER_AFTER, number
from tracker.core.errors import NotFound
from tracker.units.models import Unit, UnitPath, UnitRow, UnitSpan
from tracker.units.rules import Row, Tree


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit as it is on a day."""

    id: int
    code: str
    name: str
    kind: str
    parent_id: int | None


def tree(session: Session | None = None) -> Tree:
    """The tree of all days, from the rows that hold."""
    session = session or db.session()
    columns = (UnitRow.unit_id, UnitRow.starts_on, UnitRow.ends_on, UnitRow.name, UnitRow.kind, UnitRow.parent_id)
    rows = session.execute(select(*columns).where(stands()))
    return Tree(
        Row(unit, start.toordinal(), number(end, empty=NEVER_AFTER), name, kind, parent)
        for unit, start, end, name, kind, parent in rows
    )


def stands() -> ColumnElement[bool]:
    """That a row of a unit holds: no other was put in its place, and it was not taken back."""
    replaced = select(UnitRow.replaces_id).where(UnitRow.replaces_id.is_not(None))
    return and_(UnitRow.is_taken_back.is_(False), UnitRow.id.not_in(replaced))


def is_closing(rows: Sequence[UnitRow]) -> bool:
    """Whether the last of these rows says nothing but that the unit ends: the one before, for one last day more."""
    if len(rows) < 2:
        return False
    before, last = rows[-2:]
    says_the_same = (before.name, before.kind, before.parent_id) == (last.name, last.kind, last.parent_id)
    return says_the_same and last.starts_on == last.ends_on


def lies_under(ancestor_ids: Iterable[int], day: date) -> Select[int]:
    """The ids of the units that lie at or below one of these on a day."""
    return select(UnitPath.unit_id).where(
        UnitPath.ancestor_id.in_(list(ancestor_ids)), UnitPath.starts_on <= day, UnitPath.ends_on >= day
    )


def holds_on(day: date) -> ColumnElement[bool]:
    """That a span of a unit covers the day."""
    return and_(UnitSpan.starts_on <= day, UnitSpan.ends_on >= day)


def views_on(day: date) -> Select[int, str, str, str, int | None]:
    """The columns of a UnitView for the units of a day, to be narrowed."""
    return (
        select(Unit.id, Unit.code, UnitSpan.name, UnitSpan.kind, UnitSpan.parent_id)
        .join(UnitSpan, UnitSpan.unit_id == Unit.id)
        .where(holds_on(day))
    )


def unit_by_code(code: str, day: date) -> UnitView:
    """The unit with a code on a day. Raises NotFound when it does not exist that day."""
    row = db.session.execute(views_on(day).where(Unit.code == code)).one_or_none()
    if row is None:
        raise NotFound(f"unit {code}")
    return UnitView(*row)


def children(unit_id: int, day: date) -> list[UnitView]:
    """The units right below one on a day, by name."""
    rows = db.session.execute(views_on(day).where(UnitSpan.parent_id == unit_id).order_by(UnitSpan.name, Unit.code))
    return [UnitView(*row) for row in rows]


def roots(day: date) -> list[UnitView]:
    """The units of a day that have no parent, by name."""
    rows = db.session.execute(views_on(day).where(UnitSpan.parent_id.is_(None)).order_by(UnitSpan.name, Unit.code))
    return [UnitView(*row) for row in rows]


def path_to(unit_id: int, day: date) -> list[UnitView]:
    """The unit and everything above it on a day, from the top."""
    above = (
        views_on(day)
        .join(UnitPath, UnitPath.ancestor_id == Unit.id)
        .where(UnitPath.unit_id == unit_id, UnitPath.starts_on <= day, UnitPath.ends_on >= day)
        .order_by(UnitPath.depth.desc())
    )
    return [UnitView(*row) for row in db.session.execute(above)]


def unit_views(unit_ids: Iterable[int], day: date) -> list[UnitView]:
    """These units as they are on a day, by name; those that do not exist then are left out."""
    rows = db.session.execute(views_on(day).where(Unit.id.in_(list(unit_ids))).order_by(UnitSpan.name, Unit.code))
    return [UnitView(*row) for row in rows]
