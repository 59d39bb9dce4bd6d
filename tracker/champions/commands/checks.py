"""What the deeds on terms share: who may, which days can be, and a term that nobody else changes meanwhile."""

from datetime import date

from sqlalchemy import ColumnElement, or_

from tracker.champions import policy
from tracker.champions.models import Champion
from tracker.core.actor import Actor, Right
from tracker.core.database import Transaction
from tracker.core.errors import Forbidden, Invalid

END_BEFORE_START = "The last day must not lie before the first."


def check_may_appoint(actor: Actor) -> None:
    """Raises Forbidden for everybody but the office."""
    if not actor.has(Right.CHAMPIONS_APPOINT):
        raise Forbidden("The office appoints champions.")


def check_has_come(tx: Transaction, day: date, field: str) -> None:
    """Raises Invalid for a day that is still ahead."""
    if day > tx.today:
        raise Invalid(field, "The day must be today or earlier.")


def locked_term(tx: Transaction, actor: Actor, champion_id: int) -> Champion:
    """A term that nobody else changes until the commit. Raises NotFound."""
    term = policy.get_term(actor, champion_id)
    tx.session.refresh(term, with_for_update=True)
    return term


def about_term(term: Champion) -> dict[str, int]:
    """Whom and which unit the trail says that something of a term is about."""
    return {"person_id": term.person_id, "unit_id": term.unit_id}


def overlaps(row: Champion) -> ColumnElement[bool]:
    """That rows of champions share a day with this one."""
    begun = Champion.starts_on <= row.ends_on if row.ends_on is not None else Champion.starts_on.is_not(None)
    return begun & or_(Champion.ends_on.is_(None), Champion.ends_on >= row.starts_on)
