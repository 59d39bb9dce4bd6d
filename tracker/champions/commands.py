"""Deeds on champions' terms. A term says who may see and help; it never changes a figure."""

from datetime import date
from decimal import Decimal

from tracker.champions.models import KINDS, Champion
from tracker.core import audit
from tracker.core.actor import Actor
from tracker.core.database import transaction
from tracker.core.errors import Invalid, NotFound


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
    """Appoint a champion for a term; the row's id. Raises Invalid."""
    if kind not in KINDS:
        raise Invalid("kind", "A champion is of the faculty or of the staff.")
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("ends_on", "The last day must not lie before the first.")
    with transaction(actor) as tx:
        row = Champion(person_id=person_id, unit_id=unit_id, kind=kind, fte=fte, starts_on=starts_on, ends_on=ends_on)
        audit.add(tx, "champion.appointed", row)
        return row.id


def end_term(actor: Actor, champion_id: int, *, on: date) -> None:
    """Let a term end on a day. Raises NotFound or Invalid."""
    with transaction(actor) as tx:
        row = tx.session.get(Champion, champion_id)
        if row is None:
            raise NotFound(f"champion {champion_id}")
        if on < row.starts_on:
            raise Invalid("ends_on", "The last day must not lie before the first.")
        audit.change(tx, "champion.ended", row, ends_on=on)
