"""Record what belongs to a term: approvals, training, certified modules."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select

from tracker.champions.commands.checks import (
    END_BEFORE_START,
    about_term,
    check_has_come,
    check_may_appoint,
    locked_term,
)
from tracker.champions.models import Champion, TermApproval, TermCertificate, TermTraining
from tracker.champions.rules import APPROVERS
from tracker.core import audit
from tracker.core.actor import Actor
from tracker.core.database import Transaction, transaction
from tracker.core.errors import Invalid, NotFound
from tracker.core.seen import check_unchanged
from tracker.curriculum.models import Module

LONGEST_NAME = 200
LONGEST_NOTE = 2_000


def record_approval(
    actor: Actor,
    champion_id: int,
    kind: str,
    *,
    approved_by: str,
    approved_on: date,
    note: str | None,
    seen: str | None = None,
) -> None:
    """Record who agreed to a term, as chair or as supervisor, in place of what was recorded before. Raises NotFound,
    Forbidden, Invalid, or ChangedSince where a form had `seen` another mark."""
    check_may_appoint(actor)
    if kind not in APPROVERS:
        raise NotFound(f"approval {kind}")
    if not 0 < len(approved_by) <= LONGEST_NAME:
        raise Invalid("approved_by", "Enter who approved it.")
    if note is not None and len(note) > LONGEST_NOTE:
        raise Invalid("note", f"The note must be {LONGEST_NOTE:,} characters or fewer.")
    said: dict[str, Any] = {"approved_by": approved_by, "approved_on": approved_on, "note": note or None}
    with transaction(actor) as tx:
        check_has_come(tx, approved_on, "approved_on")
        term = locked_term(tx, actor, champion_id)
        row = tx.session.scalar(
            select(TermApproval).where(TermApproval.champion_id == term.id, TermApproval.kind == kind)
        )
        check_unchanged(seen, row)
        if row is None:
            audit.add(
                tx, "approval.recorded", TermApproval(champion_id=term.id, kind=kind, **said), about=about_term(term)
            )
        else:
            audit.change(tx, "approval.changed", row, about=about_term(term), **said)


def remove_approval(actor: Actor, champion_id: int, kind: str) -> None:
    """Take an approval off the record. Raises NotFound or Forbidden."""
    check_may_appoint(actor)
    with transaction(actor) as tx:
        term = locked_term(tx, actor, champion_id)
        _remove(tx, term, "approval.removed", TermApproval, TermApproval.kind == kind)


def add_training(actor: Actor, champion_id: int, *, starts_on: date, ends_on: date) -> int:
    """Record days of training as a facilitator; the row's id. Raises NotFound, Forbidden, Invalid or Conflict."""
    check_may_appoint(actor)
    if ends_on < starts_on:
        raise Invalid("ends_on", END_BEFORE_START)
    with transaction(actor) as tx:
        term = locked_term(tx, actor, champion_id)
        row = TermTraining(champion_id=term.id, starts_on=starts_on, ends_on=ends_on)
        audit.add(
            tx, "training.recorded", row, "Training that begins on this day is recorded already.", about_term(term)
        )
        return row.id


def remove_training(actor: Actor, champion_id: int, training_id: int) -> None:
    """Take training off the record. Raises NotFound or Forbidden."""
    check_may_appoint(actor)
    with transaction(actor) as tx:
        term = locked_term(tx, actor, champion_id)
        _remove(tx, term, "training.removed", TermTraining, TermTraining.id == training_id)


def add_certificate(actor: Actor, champion_id: int, *, module_id: int, certified_on: date) -> int:
    """Record that a champion is certified for a module; the row's id. Raises NotFound, Forbidden, Invalid, Conflict."""
    check_may_appoint(actor)
    with transaction(actor) as tx:
        check_has_come(tx, certified_on, "certified_on")
        term = locked_term(tx, actor, champion_id)
        if tx.session.get(Module, module_id) is None:
            raise Invalid("module", "There is no such module.")
        row = TermCertificate(champion_id=term.id, module_id=module_id, certified_on=certified_on)
        audit.add(
            tx, "certificate.recorded", row, "A certificate for this module is recorded already.", about_term(term)
        )
        return row.id


def remove_certificate(actor: Actor, champion_id: int, certificate_id: int) -> None:
    """Take a certificate off the record. Raises NotFound or Forbidden."""
    check_may_appoint(actor)
    with transaction(actor) as tx:
        term = locked_term(tx, actor, champion_id)
        _remove(tx, term, "certificate.removed", TermCertificate, TermCertificate.id == certificate_id)


def _remove(tx: Transaction, term: Champion, verb: str, model: Any, wanted: ColumnElement[bool]) -> None:
    """Delete what fits of a term's."""
    row = tx.session.scalar(select(model).where(model.champion_id == term.id, wanted))
    if row is None:
        raise NotFound(verb)
    audit.remove(tx, verb, row, about_term(term))
