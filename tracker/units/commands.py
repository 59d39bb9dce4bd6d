"""Deeds on the tree: create, rename, move and close units, always from a day on and by a new row."""

from datetime import date

from sqlalchemy import delete, select

from tracker.core import audit
from tracker.core.actor import Actor
from tracker.core.database import Transaction, transaction
from tracker.core.errors import Invalid
from tracker.core.statements import insert_rows
from tracker.units.models import SINCE_EVER, Unit, UnitPath, UnitRow, UnitSpan
from tracker.units.queries import tree
from tracker.units.rules import Tree


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
        start = starts_on or SINCE_EVER
        if ends_on is not None and ends_on < start:
            raise Invalid("ends_on", "The last day must not lie before the first.")
        unit_id = _unit_id(tx, code)
        row = UnitRow(
            unit_id=unit_id or _add_unit(tx, code),
            starts_on=start,
            ends_on=ends_on,
            name=name,
            kind=kind,
            parent_id=None if parent is None else _parent_id(tx, parent),
        )
        if row.parent_id == row.unit_id:
            raise Invalid("parent", "A unit cannot lie below itself.")
        audit.add(tx, "unit.set", row, conflict="This unit already has a row from that day on.")
        derive(tx)
        tx.touch("tree", row.unit_id)
        return row.unit_id


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
