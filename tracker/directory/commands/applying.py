"""Writes what a plan says: plain rows, each with its event, and the figures of some people at a time."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Table, delete, insert, update

from tracker.core import audit
from tracker.core.database import Base, Transaction
from tracker.core.days import NEVER_BEFORE, day_or_none
from tracker.directory.queries.roster import record as kept
from tracker.directory.queries.roster.plan import FUNCTION, LEAVE, POST, Plan, Step
from tracker.directory.rules import PostSaid
from tracker.people import commands as people
from tracker.progress.figures.rebuild import rebuild
from tracker.progress.figures.rulebook import measures
from tracker.units import commands as units
from tracker.units.models import SINCE_EVER, Unit, UnitRow

PEOPLE_AT_ONCE = 500
TABLES = {POST: "appointment", FUNCTION: "function", LEAVE: "leave"}
ALREADY = "Somebody has just recorded the same. Nothing was applied."


def apply_plan(tx: Transaction, plan: Plan, step: Step) -> None:
    """Write a plan in this transaction; figures follow in it. Raises Conflict or Invalid, after which nothing stays."""
    tx.lock_people(*plan.person_ids)
    unit_ids = _units(tx, plan)
    person_ids = _people(tx, plan)
    touched = set(plan.person_ids)
    for file, table in TABLES.items():
        for row in plan.removed.get(file, ()):
            _remove(tx, table, row.id, _values(row.said, unit_ids) | {"person_id": row.person_id})
        for one in plan.changed.get(file, ()):
            _change(tx, table, one.row, _values(one.row.said, unit_ids), _values(one.said, unit_ids))
        for new in plan.added.get(file, ()):
            person_id = person_ids[new.identifier]
            touched.add(person_id)
            _add(tx, table, {"person_id": person_id, **_values(new.said, unit_ids)})
    tx.session.flush()
    _work_out(tx, sorted(touched), step)


def _units(tx: Transaction, plan: Plan) -> dict[str, int]:
    """Make new units and rows; the ids of all units by code."""
    ids = {code: number for number, code in kept.unit_codes().items()}
    for given in plan.units:
        if given.code not in ids:
            unit = Unit(code=given.code)
            audit.add(tx, "unit.created", unit)
            ids[given.code] = unit.id
    for given in plan.units:
        row = UnitRow(
            unit_id=ids[given.code],
            starts_on=SINCE_EVER if given.first == NEVER_BEFORE else date.fromordinal(given.first),
            ends_on=day_or_none(given.last),
            name=given.name,
            kind=given.kind,
            parent_id=ids[given.parent] if given.parent else None,
        )
        audit.add(tx, "unit.set", row, conflict="This unit already has a row from that day on.")
    if plan.units:
        units.derive(tx)
        tx.touch("tree", *(ids[given.code] for given in plan.units))
    return ids


def _people(tx: Transaction, plan: Plan) -> dict[str, int]:
    """Add and change persons; the ids of all whom the plan names, by identifier."""
    statement, first = insert(_table("person")), people.unused_id(tx)
    for nth, given in enumerate(plan.new_people):
        values: dict[str, Any] = {"identifier": given.identifier, "name": given.name, "email": given.email}
        number: dict[str, Any] = {} if first is None else {"id": first + nth}
        audit.record(tx, "person.added", "person", tx.insert(statement, number | values, ALREADY), after=values)
    for there, person in plan.changed_people:
        people.change_person(tx.actor, there.id, name=person.name, email=person.email)
    tx.session.flush()
    wanted = {new.identifier for some in plan.added.values() for new in some}
    return {identifier: one.id for identifier, one in kept.people(wanted).items()}


def _add(tx: Transaction, table: str, values: Mapping[str, Any]) -> None:
    row_id = tx.insert(insert(_table(table)), values, ALREADY)
    audit.record(tx, f"{table}.added", table, row_id, after={"id": row_id, **values})


def _change(tx: Transaction, table: str, row: Any, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    changed = {name: value for name, value in after.items() if before[name] != value}
    target = _table(table)
    tx.session.connection().execute(update(target).where(target.c.id == row.id).values(**changed))
    was = {name: before[name] for name in changed}
    about = {"person_id": row.person_id, "unit_id": after.get("unit_id")}
    audit.record(tx, f"{table}.changed", table, row.id, before=was, after=changed, about=about)


def _remove(tx: Transaction, table: str, row_id: int, before: Mapping[str, Any]) -> None:
    target = _table(table)
    tx.session.connection().execute(delete(target).where(target.c.id == row_id))
    audit.record(tx, f"{table}.removed", table, row_id, before={"id": row_id, **before})


def _values(said: Any, unit_ids: Mapping[str, int]) -> dict[str, Any]:
    """What a row says, as columns."""
    days = {"starts_on": date.fromordinal(said.first), "ends_on": day_or_none(said.last)}
    if isinstance(said, PostSaid):
        about = {"category": said.category, "role": said.role, "fte": said.fte, "is_primary": said.is_primary}
        return {"unit_id": unit_ids[said.unit], **about, **days}
    return {**({"function": said.function} if hasattr(said, "function") else {}), **days}


def _work_out(tx: Transaction, person_ids: list[int], step: Step) -> None:
    """Bring the figures of everybody touched in line, some at a time, instead of all at once at the end."""
    among = measures(tx.session)
    for start in range(0, len(person_ids), PEOPLE_AT_ONCE):
        step(start, len(person_ids))
        some = person_ids[start : start + PEOPLE_AT_ONCE]
        tx.lock_people(*some)
        rebuild(tx, some, among)
    tx.touched.pop("person", None)


def _table(name: str) -> Table:
    return Base.metadata.tables[name]
