"""Appoint champions, change their terms, end them."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from tracker.champions import policy
from tracker.champions.commands.checks import END_BEFORE_START, about_term, check_may_appoint, locked_term, overlaps
from tracker.champions.models import Champion, TermApproval, TermCertificate, TermTraining
from tracker.champions.rules import KINDS
from tracker.core import audit
from tracker.core.actor import Actor
from tracker.core.database import Transaction, transaction
from tracker.core.errors import Conflict, Invalid
from tracker.core.seen import check_unchanged
from tracker.people.models import Person
from tracker.terms.queries import say
from tracker.units.models import Unit

EXTRAS: tuple[tuple[Any, str], ...] = (
    (TermApproval, "approval.removed"),
    (TermTraining, "training.removed"),
    (TermCertificate, "certificate.removed"),
)
"""What goes with a term that is taken back, and what the trail calls it."""


def appoint(
    actor: Actor,
    person_id: int,
    unit_id: int,
    *,
    kind: str,
    starts_on: date,
    ends_on: date | None,
    fte: Decimal | None = None,
) -> int:
    """Appoint a champion for a term; the row's id. Raises Forbidden, Invalid, or Conflict when this person champions
    this unit on some of these days already."""
    check_may_appoint(actor)
    _check_term(kind, starts_on, ends_on, fte)
    with transaction(actor) as tx:
        if tx.session.get(Person, person_id) is None:
            raise Invalid("person", "There is no such person.")
        if tx.session.scalar(select(Unit.id).where(Unit.id == unit_id).with_for_update()) is None:
            raise Invalid("unit", "There is no such unit.")
        row = Champion(person_id=person_id, unit_id=unit_id, kind=kind, fte=fte, starts_on=starts_on, ends_on=ends_on)
        _check_is_only_term(tx, row)
        audit.add(tx, "champion.appointed", row)
        return row.id


def change_term(
    actor: Actor,
    champion_id: int,
    *,
    kind: str,
    starts_on: date,
    ends_on: date | None,
    fte: Decimal | None,
    seen: str | None = None,
) -> None:
    """Say a term anew; days on which somebody stands in stay as far as they lie in it. Raises NotFound, Forbidden,
    Invalid or Conflict, ChangedSince among them, where a form had `seen` another mark."""
    check_may_appoint(actor)
    _check_term(kind, starts_on, ends_on, fte)
    with transaction(actor) as tx:
        row = locked_term(tx, actor, champion_id)
        check_unchanged(seen, row)
        wanted = Champion(person_id=row.person_id, unit_id=row.unit_id, starts_on=starts_on, ends_on=ends_on)
        _check_is_only_term(tx, wanted, besides=row.id)
        audit.change(tx, "champion.changed", row, kind=kind, starts_on=starts_on, ends_on=ends_on, fte=fte)
        _fit_substitutes(tx, row)


def end_term(actor: Actor, champion_id: int, *, on: date) -> None:
    """Let a term end on a day; whoever stands in ends with it. Raises NotFound, Forbidden or Invalid."""
    check_may_appoint(actor)
    with transaction(actor) as tx:
        row = locked_term(tx, actor, champion_id)
        if on < row.starts_on:
            raise Invalid("ends_on", END_BEFORE_START)
        if row.ends_on is not None and on > row.ends_on:
            raise Invalid("ends_on", "The term ends before that day already.")
        audit.change(tx, "champion.ended", row, ends_on=on)
        _fit_substitutes(tx, row)


def withdraw_term(actor: Actor, champion_id: int) -> None:
    """Take back a term that has not begun, with all that belongs to it. Raises NotFound, Forbidden or Conflict."""
    check_may_appoint(actor)
    with transaction(actor) as tx:
        row = locked_term(tx, actor, champion_id)
        if row.starts_on <= tx.today:
            raise Conflict("This term has begun, so it can only be ended.")
        for model, verb in EXTRAS:
            for extra in tx.session.scalars(select(model).where(model.champion_id == row.id)).all():
                audit.remove(tx, verb, extra, about_term(row))
        for substitute in tx.session.scalars(select(Champion).where(Champion.substitute_for_id == row.id)).all():
            audit.remove(tx, "substitute.ended", substitute)
        audit.remove(tx, "champion.withdrawn", row)


def _check_term(kind: str, starts_on: date, ends_on: date | None, fte: Decimal | None) -> None:
    if kind not in KINDS:
        raise Invalid("kind", say("{A champion} is of the faculty or of the staff."))
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("ends_on", END_BEFORE_START)
    if fte is not None and not 0 <= fte <= 1:
        raise Invalid("fte", "The agreed FTE must be from 0 to 1, such as 0.2.")


def _check_is_only_term(tx: Transaction, wanted: Champion, besides: int | None = None) -> None:
    """Nobody champions a unit twice on a day. A new row is not in the session yet."""
    same = select(Champion.id).where(
        Champion.person_id == wanted.person_id,
        Champion.unit_id == wanted.unit_id,
        policy.is_own_term(),
        overlaps(wanted),
    )
    if besides is not None:
        same = same.where(Champion.id != besides)
    if tx.session.scalar(same.limit(1)) is not None:
        raise Conflict(say("This person is {champion} of this unit on some of these days already."))


def _fit_substitutes(tx: Transaction, term: Champion) -> None:
    """Cut the days of substitutes to those of the term; who has none left goes."""
    for row in tx.session.scalars(select(Champion).where(Champion.substitute_for_id == term.id)).all():
        starts_on = max(row.starts_on, term.starts_on)
        ends_on = row.ends_on if term.ends_on is None or row.ends_on is None else min(row.ends_on, term.ends_on)
        if ends_on is not None and ends_on < starts_on:
            audit.remove(tx, "substitute.ended", row)
        else:
            audit.change(tx, "substitute.changed", row, kind=term.kind, starts_on=starts_on, ends_on=ends_on)
