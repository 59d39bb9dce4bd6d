"""The letters of messages in the outbox: when one leaves, what it joins, what it holds."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, insert, or_, select, update

from tracker.core.database import Transaction, db
from tracker.core.outbox import Letter, LetterKind, LetterState, next_morning, went_today


@dataclass(frozen=True, slots=True)
class Slot:
    """When a letter of the programme may leave: with one that waits (`letter_id`), or in one of its own."""

    not_before: datetime
    letter_id: int | None
    is_held: bool


@dataclass(frozen=True, slots=True)
class Content:
    """What a letter of the programme says; `reply_to` is the address that answers go to, if any."""

    subject: str
    body: str
    reply_to: str | None


def slots(addresses: Collection[str], earliest: datetime, now: datetime) -> dict[str, Slot]:
    """For each address, when what is written now would leave; `earliest` is the first moment it may."""
    is_waiting = and_(Letter.kind == LetterKind.PROGRAMME, Letter.state == LetterState.WAITING)
    query = select(Letter.id, Letter.address, Letter.state, Letter.not_before).where(
        Letter.address.in_(addresses), or_(is_waiting, went_today(now))
    )
    rows = db.session.execute(query.order_by(Letter.not_before.desc(), Letter.id.desc())).all()
    went = {row.address for row in rows if row.state != LetterState.WAITING}
    waiting = {row.address: row for row in rows if row.state == LetterState.WAITING}
    return {address: _slot(waiting.get(address), earliest, now, is_late=address in went) for address in addresses}


def _slot(waiting: Any | None, earliest: datetime, now: datetime, *, is_late: bool) -> Slot:
    at = max(earliest, waiting.not_before) if waiting else earliest
    morning = next_morning(now)
    if is_late and at < morning:
        at = morning
    return Slot(at, waiting.id if waiting else None, is_late)


def add(tx: Transaction, new: Iterable[tuple[str, datetime, Content]]) -> dict[str, int]:
    """Put letters of the programme into the outbox, by address with their first moments and what they say; their ids by
    address."""
    values = [
        {
            "kind": LetterKind.PROGRAMME,
            "address": address,
            "reply_to": content.reply_to,
            "subject": content.subject,
            "body": content.body,
            "state": LetterState.WAITING,
            "written_at": tx.now,
            "not_before": not_before,
            "attempts": 0,
        }
        for address, not_before, content in new
    ]
    if not values:
        return {}
    rows = tx.session.execute(insert(Letter).returning(Letter.address, Letter.id), values)
    return dict(rows.all())


def put_off(tx: Transaction, until: Iterable[tuple[int, datetime]]) -> None:
    """Let waiting letters leave later, by id and first moment."""
    if rows := [{"id": letter_id, "not_before": at} for letter_id, at in until]:
        tx.session.execute(update(Letter), rows)


def fill(tx: Transaction, contents: Iterable[tuple[int, Content]]) -> None:
    """Say what waiting letters hold, by id."""
    rows = [
        {"id": letter_id, "subject": one.subject, "body": one.body, "reply_to": one.reply_to}
        for letter_id, one in contents
    ]
    if rows:
        tx.session.execute(update(Letter), rows)


def stop(tx: Transaction, letter_ids: Collection[int]) -> None:
    """Stop waiting letters that have nothing left to say."""
    if letter_ids:
        stopped = update(Letter).where(Letter.id.in_(letter_ids), Letter.state == LetterState.WAITING)
        tx.session.execute(stopped.values(state=LetterState.STOPPED, body=""))
