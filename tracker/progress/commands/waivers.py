"""Waive what is asked of people, one or many, and open gates by hand.

For many, one function says for whom: the preview and the deed both use it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.exc import IntegrityError

from tracker.core import audit
from tracker.core.actor import Actor, Right
from tracker.core.database import db, transaction
from tracker.core.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.core.seen import check_unchanged
from tracker.people.models import Person
from tracker.progress.models import GateOverride, Item, Revision, Span, Stage, Waiver

MOST_AT_ONCE = 5_000
"""People in one deed: it is one transaction, for which other writers wait."""
PEOPLE_AT_ONCE = 1_000


class Skipped(StrEnum):
    """Why a waiver for many would do nothing for one of them."""

    ONESELF = "oneself"
    WAIVED = "waived"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Grant:
    """What is waived (no requirement: all; no module: all), from when to when, why, and who approved it."""

    requirement_id: int | None
    module_id: int | None
    starts_on: date
    ends_on: date | None
    reason: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class Plan:
    """For whom a waiver would be recorded, and who is skipped for which reason."""

    person_ids: Sequence[int]
    skipped: Mapping[int, Skipped]


def plan(actor: Actor, person_ids: Collection[int], said: Grant) -> Plan:
    """For whom a waiver would do something, as things stand now. Raises Invalid for too many."""
    ids = sorted(set(person_ids))
    if len(ids) > MOST_AT_ONCE:
        raise Invalid("unit", f"These are {len(ids):,} people; at most {MOST_AT_ONCE:,} at once. Narrow it down.")
    waived, asked = _waived_throughout(ids, said), _asked_meanwhile(ids, said)

    def why(person_id: int) -> Skipped | None:
        if person_id == actor.person_id:
            return Skipped.ONESELF
        if person_id in waived:
            return Skipped.WAIVED
        return None if person_id in asked else Skipped.NOT_ASKED

    reasons = {person_id: reason for person_id in ids if (reason := why(person_id)) is not None}
    return Plan([person_id for person_id in ids if person_id not in reasons], reasons)


def waive_many(actor: Actor, person_ids: Collection[int], said: Grant) -> Plan:
    """Record a waiver for each of these persons but for those who are skipped.

    Raises Forbidden, Invalid, or Conflict where nobody is left.
    """
    if not actor.has(Right.WAIVERS_GRANT):
        raise Forbidden("You cannot waive what is asked.")
    with transaction(actor) as tx:
        tx.lock_people(*person_ids)
        found = plan(actor, person_ids, said)
        if not found.person_ids:
            raise Conflict("There is nobody for whom this would change anything.")
        for person_id in found.person_ids:
            _grant(actor, person_id, said)
        return found


def waive(
    actor: Actor,
    person_id: int,
    *,
    requirement_id: int | None,
    module_id: int | None,
    starts_on: date,
    ends_on: date | None,
    reason: str,
    approved_by: str,
) -> int:
    """Record a waiver (no requirement: all; no module: all); the row's id. Raises Invalid or NotFound."""
    return _grant(actor, person_id, Grant(requirement_id, module_id, starts_on, ends_on, reason, approved_by))


def change_waiver(
    actor: Actor, waiver_id: int, *, starts_on: date, ends_on: date | None, seen: str | None = None
) -> None:
    """Give a waiver another first or last day. Raises NotFound, Invalid, or ChangedSince where a form had `seen`
    another mark."""
    _check_period(starts_on, ends_on)
    with transaction(actor) as tx:
        tx.lock_people(_owner(waiver_id))
        row = tx.session.get_one(Waiver, waiver_id, populate_existing=True)
        check_unchanged(seen, row)
        audit.change(tx, "waiver.changed", row, starts_on=starts_on, ends_on=ends_on)


def take_back(actor: Actor, waiver_id: int) -> None:
    """Take back a waiver that should never have been: it counts on no day. Raises NotFound, or Conflict where it was
    granted on a request, which then would say what is not so."""
    with transaction(actor) as tx:
        tx.lock_people(_owner(waiver_id))
        row = tx.session.get_one(Waiver, waiver_id, populate_existing=True)
        try:
            audit.remove(tx, "waiver.taken_back", row)
        except IntegrityError as error:
            raise Conflict("This waiver answers a request, so it is not taken back. End it instead.") from error


def open_gate(actor: Actor, gate_id: int, unit_id: int, *, on: date, reason: str, approved_by: str) -> int:
    """Open a gate for a unit by hand; the row's id."""
    with transaction(actor) as tx:
        row = GateOverride(gate_id=gate_id, unit_id=unit_id, opened_on=on, reason=reason, approved_by=approved_by)
        audit.add(tx, "gate.opened_by_hand", row)
        return row.id


def _grant(actor: Actor, person_id: int, said: Grant) -> int:
    _check_period(said.starts_on, said.ends_on)
    with transaction(actor) as tx:
        tx.lock_people(person_id)
        if tx.session.get(Person, person_id) is None:
            raise NotFound(f"person {person_id}")
        row = Waiver(
            person_id=person_id,
            requirement_id=said.requirement_id,
            module_id=said.module_id,
            starts_on=said.starts_on,
            ends_on=said.ends_on,
            reason=said.reason,
            approved_by=said.approved_by,
        )
        audit.add(tx, "waiver.granted", row)
        return row.id


def _owner(waiver_id: int) -> int:
    person_id = db.session.scalar(select(Waiver.person_id).where(Waiver.id == waiver_id))
    if person_id is None:
        raise NotFound(f"waiver {waiver_id}")
    return person_id


def _waived_throughout(person_ids: Sequence[int], said: Grant) -> set[int]:
    """Who has one waiver already that holds on all of these days and for all of that."""
    ends: ColumnElement[bool] = Waiver.ends_on.is_(None)
    if said.ends_on is not None:
        ends = or_(ends, Waiver.ends_on >= said.ends_on)
    query = select(Waiver.person_id).where(
        Waiver.starts_on <= said.starts_on,
        ends,
        or_(Waiver.requirement_id.is_(None), Waiver.requirement_id == said.requirement_id),
        or_(Waiver.module_id.is_(None), Waiver.module_id == said.module_id),
    )
    return _among(query, Waiver.person_id.expression, person_ids)


def _asked_meanwhile(person_ids: Sequence[int], said: Grant) -> set[int]:
    """Of whom something that is waived is asked on any of these days."""
    query = (
        select(Span.person_id)
        .join(Item, Item.id == Span.item_id)
        .join(Revision, Revision.id == Item.revision_id)
        .where(Revision.stage == Stage.LIVE, Revision.requirement_id.is_not(None), Span.ends_on >= said.starts_on)
    )
    if said.ends_on is not None:
        query = query.where(Span.starts_on <= said.ends_on)
    if said.requirement_id is not None:
        query = query.where(Revision.requirement_id == said.requirement_id)
    if said.module_id is not None:
        query = query.where(Item.module_id == said.module_id)
    return _among(query, Span.person_id.expression, person_ids)


def _among(query: Select[int], column: ColumnElement[int], person_ids: Sequence[int]) -> set[int]:
    """Which of these persons a query finds, some at a time."""
    found: set[int] = set()
    for start in range(0, len(person_ids), PEOPLE_AT_ONCE):
        some = column.in_(person_ids[start : start + PEOPLE_AT_ONCE])
        found.update(db.session.scalars(query.where(some).distinct()))
    return found


def _check_period(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("ends_on", "The last day must not lie before the first.")
