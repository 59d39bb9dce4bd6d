"""Name who stands in for a champion, and let it end."""

from datetime import date, timedelta

from sqlalchemy import select

from tracker.champions import policy
from tracker.champions.commands.checks import END_BEFORE_START, locked_term, overlaps
from tracker.champions.models import Champion
from tracker.core import audit
from tracker.core.actor import Actor
from tracker.core.database import Transaction, transaction
from tracker.core.errors import Conflict, Invalid
from tracker.terms.queries import say


def name_substitute(actor: Actor, champion_id: int, person_id: int, *, starts_on: date, ends_on: date) -> int:
    """Name who stands in for a champion on some days of her term; the row's id. She then sees and does what the
    champion may. Raises NotFound, Forbidden, Invalid or Conflict."""
    if ends_on < starts_on:
        raise Invalid("ends_on", END_BEFORE_START)
    with transaction(actor) as tx:
        policy.get_term_for_substitute(actor, champion_id)
        term = locked_term(tx, actor, champion_id)
        if ends_on < tx.today:
            raise Invalid("ends_on", "The last day must be today or later.")
        if starts_on < term.starts_on or (term.ends_on is not None and ends_on > term.ends_on):
            raise Invalid("starts_on", "The days must lie within the term.")
        _check_can_stand_in(actor, term, person_id)
        row = Champion(
            person_id=person_id,
            unit_id=term.unit_id,
            kind=term.kind,
            starts_on=starts_on,
            ends_on=ends_on,
            substitute_for_id=term.id,
        )
        _check_nobody_stands_in(tx, row)
        audit.add(tx, "substitute.named", row)
        return row.id


def end_substitution(actor: Actor, substitute_id: int) -> None:
    """Let somebody no longer stand in, from now on. Raises NotFound, Forbidden, or Conflict when it is over already."""
    with transaction(actor) as tx:
        row = policy.get_substitute(actor, substitute_id)
        tx.session.refresh(row, with_for_update=True)
        if row.ends_on is not None and row.ends_on < tx.today:
            raise Conflict("These days are over already.")
        if row.starts_on >= tx.today:
            audit.remove(tx, "substitute.ended", row)
        else:
            audit.change(tx, "substitute.ended", row, ends_on=tx.today - timedelta(days=1))


def _check_can_stand_in(actor: Actor, term: Champion, person_id: int) -> None:
    """Somebody else, whom the actor may know: the office anybody, a champion the people of the unit."""
    if person_id == term.person_id:
        raise Invalid("person", "Somebody else has to stand in.")
    if not policy.may_be_named(actor, term.unit_id, person_id):
        raise Invalid("person", "There is no such person.")


def _check_nobody_stands_in(tx: Transaction, wanted: Champion) -> None:
    """One at a time for a term, and nobody who champions the unit on one of these days anyway."""
    others = select(Champion.person_id, Champion.substitute_for_id).where(
        Champion.unit_id == wanted.unit_id, overlaps(wanted)
    )
    for person_id, substitute_for_id in tx.session.execute(others):
        if substitute_for_id == wanted.substitute_for_id:
            raise Conflict("Somebody stands in on some of these days already.")
        if person_id == wanted.person_id:
            raise Conflict(say("This person is {champion} of this unit on some of these days already."))
