"""Deeds on the tree: create, rename, move and close units, always from a day on and by a new row; and put the latest
of these right, or take it back, by a row that says so."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select

from tracker.core import audit
from tracker.core.actor import Actor
from tracker.core.database import Transaction, transaction
from tracker.core.days import NEVER_AFTER, number
from tracker.core.errors import Conflict, Invalid, NotFound
from tracker.core.statements import insert_rows
from tracker.core.words import day as in_words
from tracker.units.models import SINCE_EVER, Unit, UnitPath, UnitRow, UnitSpan
from tracker.units.queries import is_closing, stands, tree
from tracker.units.rules import Tree

LONGEST_TEXT = 500
"""Characters of a code, a name or a kind: what either database keeps in an index."""
CHANGED_SINCE = "This unit has been changed since. Nothing was changed by you."


def set_unit(
    actor: Actor,
    code: str,
    *,
    name: str,
    kind: str,
    parent: str | None,
    starts_on: date | None,
    ends_on: date | None = None,
) -> int:
    """Say what a unit is from a day on (none: since ever); its id. The first row creates it, later ones rename, move
    or, with `ends_on`, close it. Raises Invalid or Conflict."""
    with transaction(actor) as tx:
        tx.lock_shape()
        unit_id = _unit_id(tx, code)
        row = UnitRow(
            unit_id=unit_id or _add_unit(tx, code),
            starts_on=starts_on or SINCE_EVER,
            ends_on=ends_on,
            name=name,
            kind=kind,
            parent_id=None if parent is None else _parent_id(tx, parent),
        )
        _put(tx, "unit.set", row)
        return row.unit_id


def _put(tx: Transaction, verb: str, row: UnitRow) -> None:
    """Add a row that holds, and work the tree out with it."""
    if row.ends_on is not None and row.ends_on < row.starts_on:
        raise Invalid("ends_on", "The last day must not lie before the first.")
    if row.parent_id == row.unit_id:
        raise Invalid("parent", "A unit cannot lie below itself.")
    same = select(UnitRow.id).where(UnitRow.unit_id == row.unit_id, UnitRow.starts_on == row.starts_on, stands())
    if any(one != row.replaces_id for one in tx.session.scalars(same)):
        raise Conflict("This unit already has a row from that day on.")
    audit.add(tx, verb, row)
    derive(tx)
    tx.touch("tree", row.unit_id)


# One deed each, from a day on


def create_unit(actor: Actor, code: str, *, name: str, kind: str, parent: str | None, on: date) -> int:
    """A new unit from a day on; its id. Raises Invalid."""
    with transaction(actor) as tx:
        tx.lock_shape()
        _check_texts(code=code, name=name, kind=kind)
        if rows_of(tx, code):
            raise Invalid("code", f"There is a unit with the code {code} already.")
        if parent is not None:
            _check_is_there(tx, parent, on, None)
        return set_unit(actor, code, name=name, kind=kind, parent=parent, starts_on=on)


def rename_unit(actor: Actor, code: str, *, name: str, kind: str, on: date) -> int:
    """Give a unit another name or kind from a day on; its id. Raises NotFound or Invalid."""
    with transaction(actor) as tx:
        tx.lock_shape()
        _check_texts(name=name, kind=kind)
        row = _latest(tx, code, on)
        if (row.name, row.kind) == (name, kind):
            raise Invalid("name", "That is what it is called already.")
        return _follow(tx, code, row, on, name=name, kind=kind)


def move_unit(actor: Actor, code: str, *, parent: str | None, on: date) -> int:
    """Put a unit below another one (none: at the top) from a day on; its id. Raises NotFound or Invalid."""
    with transaction(actor) as tx:
        tx.lock_shape()
        row = _latest(tx, code, on)
        if parent is not None:
            _check_is_there(tx, parent, on, row.ends_on)
        if parent == _code(tx, row.parent_id):
            raise Invalid("parent", "It lies there already.")
        if parent is not None and row.unit_id in tree(tx.session).ancestors_on(on.toordinal())[_parent_id(tx, parent)]:
            raise Invalid("parent", "A unit cannot lie below itself. Choose one that is not part of it.")
        return _follow(tx, code, row, on, parent=parent)


def close_unit(actor: Actor, code: str, *, on: date) -> int:
    """Let a unit end: `on` is the first day on which it is no longer there. Its id. Raises NotFound or Invalid."""
    with transaction(actor) as tx:
        tx.lock_shape()
        last = on - timedelta(days=1)
        row = _latest(tx, code, last)
        return _follow(tx, code, row, last, ends_on=last)


# What was wrong


def correct_unit(actor: Actor, code: str, *, name: str, kind: str, parent: str | None, on: date | None) -> int:
    """Have the latest row of a unit say something else, or begin on another day (none: since ever); its id.

    Raises NotFound, Conflict or Invalid.
    """
    with transaction(actor) as tx:
        tx.lock_shape()
        _check_texts(name=name, kind=kind)
        *earlier, row = _known_rows(tx, code)
        starts_on = on or SINCE_EVER
        _check_follows(earlier, starts_on)
        parent_id = None if parent is None else _parent_id(tx, parent)
        if (row.name, row.kind, row.parent_id, row.starts_on) == (name, kind, parent_id, starts_on):
            raise Invalid("name", "That is what is recorded already.")
        said = {"starts_on": starts_on, "ends_on": row.ends_on, "name": name, "kind": kind, "parent_id": parent_id}
        _put(tx, "unit.corrected", UnitRow(unit_id=row.unit_id, replaces_id=row.id, **said))
        return row.unit_id


def correct_closing(actor: Actor, code: str, *, on: date) -> int:
    """Let a unit that is closed, or to be, end on another day: `on` is the first one without it. Its id.

    Raises NotFound, Conflict or Invalid.
    """
    with transaction(actor) as tx:
        tx.lock_shape()
        rows = _known_rows(tx, code)
        if not is_closing(rows):
            raise Conflict("The latest change of this unit is no closing.")
        *earlier, row = rows
        last = on - timedelta(days=1)
        if row.ends_on == last:
            raise Invalid("on", "That is the day already.")
        _check_follows(earlier, last)
        said = {"starts_on": last, "ends_on": last, "name": row.name, "kind": row.kind, "parent_id": row.parent_id}
        _put(tx, "unit.corrected", UnitRow(unit_id=row.unit_id, replaces_id=row.id, **said))
        return row.unit_id


def take_back_row(actor: Actor, row_id: int) -> int:
    """Say that the latest row of a unit never held: the one before it goes on, or the unit was never there. The unit's
    id. Raises NotFound, Conflict or Invalid."""
    with transaction(actor) as tx:
        tx.lock_shape()
        row = tx.session.get(UnitRow, row_id)
        if row is None:
            raise NotFound(f"row {row_id} of a unit")
        code = tx.session.scalars(select(Unit.code).where(Unit.id == row.unit_id)).one()
        if row.id not in [one.id for one in rows_of(tx, code)[-1:]]:
            raise Conflict(CHANGED_SINCE)
        kept = {name: value for name, value in audit.values_of(row).items() if name != "id"}
        audit.add(tx, "unit.taken-back", UnitRow(**kept | {"replaces_id": row.id, "is_taken_back": True}))
        derive(tx)
        tx.touch("tree", row.unit_id)
        return row.unit_id


def rows_of(tx: Transaction, code: str) -> list[UnitRow]:
    """The rows of a unit that hold, by first day; none for a unit that was never there."""
    query = select(UnitRow).join(Unit, Unit.id == UnitRow.unit_id).where(Unit.code == code, stands())
    return list(tx.session.scalars(query.order_by(UnitRow.starts_on)))


def _known_rows(tx: Transaction, code: str) -> list[UnitRow]:
    if not (rows := rows_of(tx, code)):
        raise NotFound(f"unit {code}")
    return rows


def _check_follows(earlier: Sequence[UnitRow], starts_on: date) -> None:
    if earlier and starts_on <= earlier[-1].starts_on:
        raise Invalid(
            "on", f"What is recorded before it begins on {in_words(earlier[-1].starts_on)}. Choose a later day."
        )


def _latest(tx: Transaction, code: str, on: date) -> UnitRow:
    """The last row of a unit, if another can follow it on a day: rows are only added, one after the other in time."""
    row = _known_rows(tx, code)[-1]
    if row.ends_on is not None and row.ends_on < on:
        raise Invalid("on", f"This unit is closed from {in_words(row.ends_on + timedelta(days=1))} on.")
    if row.starts_on >= on:
        raise Invalid(
            "on", f"This unit changes on {in_words(row.starts_on)} already. Choose a later day, or correct that change."
        )
    return row


def _follow(tx: Transaction, code: str, row: UnitRow, on: date, **changed: Any) -> int:
    """Add a row that says from a day on the same as the one before, but for what changed."""
    said = {"name": row.name, "kind": row.kind, "parent": _code(tx, row.parent_id), "ends_on": row.ends_on, **changed}
    return set_unit(tx.actor, code, starts_on=on, **said)


def _check_texts(**texts: str) -> None:
    for field, text in texts.items():
        if not text.strip():
            raise Invalid(field, f"Enter the {field}.")
        if len(text) > LONGEST_TEXT:
            raise Invalid(field, f"The {field} must be {LONGEST_TEXT} characters or fewer.")


def _check_is_there(tx: Transaction, code: str, first: date, last: date | None) -> None:
    found = tree(tx.session)
    if not found.exists_throughout(_parent_id(tx, code), first.toordinal(), number(last, empty=NEVER_AFTER)):
        raise Invalid("parent", f"The unit {code} does not exist on all days from {in_words(first)} on.")


def _code(tx: Transaction, unit_id: int | None) -> str | None:
    return tx.session.scalar(select(Unit.code).where(Unit.id == unit_id)) if unit_id is not None else None


def _unit_id(tx: Transaction, code: str) -> int | None:
    return tx.session.scalar(select(Unit.id).where(Unit.code == code))


def _add_unit(tx: Transaction, code: str) -> int:
    unit = Unit(code=code)
    audit.add(tx, "unit.created", unit)
    return unit.id


def _parent_id(tx: Transaction, code: str) -> int:
    if (found := _unit_id(tx, code)) is None:
        raise Invalid("parent", f"There is no unit {code}.")
    return found


def derive(tx: Transaction) -> Tree:
    """Work the tree out anew from the rows. Raises Invalid when the rows make none."""
    found = tree(tx.session)
    if problem := found.problem():
        raise Invalid("parent", f"The unit {problem.why}.")
    tx.session.execute(delete(UnitSpan))
    tx.session.execute(delete(UnitPath))
    keep(tx, found)
    return found


def keep(tx: Transaction, found: Tree) -> None:
    """Write the spans and paths of a tree, where there are none."""
    insert_rows(
        tx.session,
        "unit_span",
        ("unit_id", "starts_on", "ends_on", "name", "kind", "parent_id"),
        [tuple(row) for rows in found.spans.values() for row in rows],
    )
    insert_rows(tx.session, "unit_path", ("ancestor_id", "unit_id", "starts_on", "ends_on", "depth"), found.paths())
