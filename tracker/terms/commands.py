"""Giving things another name, from a day on."""

from datetime import date
from typing import Any

from tracker.core import audit
from tracker.core.actor import Actor, Right
from tracker.core.database import Transaction, transaction
from tracker.core.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.core.seen import check_unchanged
from tracker.terms import queries, rules
from tracker.terms.models import DisplayTerm
from tracker.terms.rules import LONGEST, Term, Words


def set_words(actor: Actor, term: Term, starts_on: date, words: Words, seen: str | None = None) -> None:
    """Call something so from a day on; words of the same day are put in the place of those there.

    The day is today or later, so that what was issued keeps the name of its day; only the first words ever given may
    hold since any day. Raises Forbidden, Invalid, or ChangedSince where a form had `seen` another mark of its words.
    """
    _check_may_set(actor)
    given: dict[str, Any] = {"full_name": words.full_name, "singular": words.singular, "plural": words.plural}
    for name, value in given.items():
        if not 0 < len(value.strip()) <= LONGEST:
            raise Invalid(name, f"Enter a word of at most {LONGEST} characters.")
    with transaction(actor) as tx:
        rows = _of(tx, term)
        check_unchanged(seen, *rows)
        rules.check_first_day(rows, starts_on, tx.today)
        there = {row.starts_on: row for row in rows}
        if starts_on in there:
            audit.change(tx, "display_term.changed", there[starts_on], **given)
        else:
            audit.add(tx, "display_term.set", DisplayTerm(key=term, starts_on=starts_on, **given))
    queries.forget()


def take_back_words(actor: Actor, term_id: int) -> None:
    """Take back words that hold from today or a later day on. Raises Forbidden, NotFound, or Conflict when they have
    held for longer."""
    _check_may_set(actor)
    with transaction(actor) as tx:
        row = tx.session.get(DisplayTerm, term_id)
        if row is None:
            raise NotFound(f"words {term_id}")
        if row.starts_on < tx.today:
            raise Conflict("These words have been in use, so they stay for their days. Give new ones from today on.")
        audit.remove(tx, "display_term.removed", row)
    queries.forget()


def _check_may_set(actor: Actor) -> None:
    if not actor.has(Right.TERMS_SET):
        raise Forbidden("The office gives things their names.")


def _of(tx: Transaction, term: Term) -> list[DisplayTerm]:
    """All words that something was given, which nobody else changes until the commit."""
    return list(tx.session.scalars(queries.rows_of(term).with_for_update()))
