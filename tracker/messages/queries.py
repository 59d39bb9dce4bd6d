"""Reading messages: whom one went to and where each stands, one's own list, and what waits for a decision."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, String, case, false, func, literal_column, select, true, type_coerce

from tracker.core import clock
from tracker.core.actor import Actor, Right
from tracker.core.database import db
from tracker.core.outbox import WENT, Letter, LetterState
from tracker.core.paging import Page, nearest
from tracker.messages import policy
from tracker.messages.models import Message, MessageRecipient
from tracker.messages.rules import Progress, Standing, progress_of
from tracker.people.models import Person
from tracker.progress.queries.own_data import Told, rows_of

Item = TypeVar("Item")
ON_A_PAGE = 50
NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Addressees:
    """Those of a choice of people whom the actor may write to: how many, and the first by name."""

    total: int
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as its page shows it. `counts` are of all who get it, `next_at` is when the next of it may leave."""

    id: int
    subject: str
    text: str
    has_tasks: bool
    written_as: str
    written_at: datetime
    counts: Mapping[Standing, int]
    next_at: datetime | None

    @property
    def total(self) -> int:
        """How many people it was written to."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class RecipientView:
    """Somebody who gets a message, and where it stands with her."""

    person_id: int
    name: str
    identifier: str
    email: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message as lists show it: how many people it was written to, by where it stands with them."""

    id: int
    subject: str
    written_as: str
    written_at: datetime
    counts: Mapping[Standing, int]


@dataclass(frozen=True, slots=True)
class Unsure:
    """A letter that may have been sent: of which message, to whom, and when it was on its way."""

    message_id: int
    subject: str
    person_id: int
    name: str
    at: datetime | None


def addressees(actor: Actor, person_ids: Collection[int]) -> Addressees:
    """Whom of a choice of people the actor may write to: one statement."""
    query = (
        select(policy.shown_name(), func.count().over())
        .where(Person.id.in_(person_ids), policy.may_be_written_to(actor))
        .order_by(Person.name, Person.id)
        .limit(NAMES_SHOWN)
    )
    rows = db.session.execute(query).all()
    return Addressees(rows[0][1] if rows else 0, [row[0] for row in rows])


def sent_with(actor: Actor, form_key: str) -> int | None:
    """The message that the actor sent with a form, if she has sent it."""
    sent = select(Message.id).where(Message.form_key == form_key, Message.written_by == actor.account_id)
    return db.session.scalar(sent)


def message(actor: Actor, message_id: int) -> MessageView:
    """A message: two statements. Raises NotFound."""
    found = policy.get_message(actor, message_id)
    query = (
        select(_standing(), func.count(), func.min(Letter.not_before))
        .select_from(MessageRecipient)
        .join(Letter, Letter.id == MessageRecipient.letter_id)
        .where(MessageRecipient.message_id == message_id)
        .group_by(_standing())
    )
    rows = db.session.execute(query).all()
    waiting = [at for standing, _, at in rows if standing == Standing.WAITING.value]
    return MessageView(
        found.id,
        found.subject,
        found.text,
        found.has_tasks,
        found.written_as,
        clock.local(found.written_at),
        {Standing(standing): number for standing, number, _ in rows},
        clock.local(waiting[0]) if waiting else None,
    )


def recipients(actor: Actor, message_id: int, number: int) -> Page[RecipientView]:
    """Those who get a message as far as the actor may know them, what needs somebody first: two statements.

    A page past the last is the last. Raises nothing for a message that is hidden: ask `message` first.
    """
    mine = _recipients(actor, message_id)
    total = db.session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    number = nearest(number, total, ON_A_PAGE)
    rows = db.session.execute(mine.limit(ON_A_PAGE).offset((number - 1) * ON_A_PAGE))
    return Page([_recipient(row) for row in rows], number, total, ON_A_PAGE)


def all_recipients(actor: Actor, message_id: int) -> Iterator[RecipientView]:
    """The same, all of them."""
    return (_recipient(row) for row in db.session.execute(_recipients(actor, message_id)))


def messages(actor: Actor, number: int) -> Page[MessageLine]:
    """The actor's own messages, or all for who reads all, the latest first: three statements."""
    visible = policy.message_visible_to(actor)
    total = db.session.scalar(select(func.count()).select_from(Message).where(visible)) or 0
    number = nearest(number, total, ON_A_PAGE)
    rows = db.session.execute(
        select(Message.id, Message.subject, Message.written_as, Message.written_at)
        .where(visible)
        .order_by(Message.id.desc())
        .limit(ON_A_PAGE)
        .offset((number - 1) * ON_A_PAGE)
    ).all()
    counts: dict[int, dict[Standing, int]] = {}
    for message_id, standing, people in db.session.execute(
        select(MessageRecipient.message_id, _standing(), func.count())
        .join(Letter, Letter.id == MessageRecipient.letter_id)
        .where(MessageRecipient.message_id.in_([row.id for row in rows]))
        .group_by(MessageRecipient.message_id, _standing())
    ):
        counts.setdefault(message_id, {})[Standing(standing)] = people
    lines = [
        MessageLine(row.id, row.subject, row.written_as, clock.local(row.written_at), counts.get(row.id, {}))
        for row in rows
    ]
    return Page(lines, number, total, ON_A_PAGE)


def unsure(actor: Actor, limit: int = 20) -> list[Unsure]:
    """Letters of the actor's messages (all, for the office) that may have been sent: she decides about each."""
    rows = db.session.execute(
        _unsure(actor, Message.id, Message.subject, Person.id, policy.shown_name(), Letter.taken_at)
        .order_by(Letter.taken_at, MessageRecipient.id)
        .limit(limit)
    )
    return [
        Unsure(message_id, subject, person_id, name, clock.local(at) if at else None)
        for message_id, subject, person_id, name, at in rows
    ]


def number_unsure(actor: Actor) -> int:
    """How many letters wait for the actor to decide, since they may have been sent."""
    return db.session.scalar(unsure_in_short(actor)) or 0


def unsure_in_short(actor: Actor) -> Select[int]:
    """The same number, for a statement that asks for more."""
    return _unsure(actor, func.count())


def _unsure(actor: Actor, *columns: Any) -> Select[*tuple[Any, ...]]:
    decides = true() if actor.has(Right.PEOPLE_WRITE_TO) else false()
    return (
        select(*columns)
        .select_from(MessageRecipient)
        .join(Message, Message.id == MessageRecipient.message_id)
        .join(Letter, Letter.id == MessageRecipient.letter_id)
        .join(Person, Person.id == MessageRecipient.person_id)
        .where(
            Letter.state == LetterState.UNSURE,
            MessageRecipient.stopped_at.is_(None),
            decides,
            policy.message_visible_to(actor),
            policy.recipient_visible_to(actor),
        )
    )


def _recipients(actor: Actor, message_id: int) -> Select[*tuple[Any, ...]]:
    order = case({standing.value: place for place, standing in enumerate(Standing)}, value=_standing())
    return (
        select(
            *(Person.id, policy.shown_name().label("shown_name"), Person.identifier, Person.email),
            *(Letter.state, MessageRecipient.stopped_at, Letter.not_before, Letter.taken_at, Letter.sent_at),
            *(Letter.error, Letter.attempts),
        )
        .select_from(MessageRecipient)
        .join(Person, Person.id == MessageRecipient.person_id)
        .join(Letter, Letter.id == MessageRecipient.letter_id)
        .where(MessageRecipient.message_id == message_id, policy.recipient_visible_to(actor))
        .order_by(order, Person.name, Person.id)
    )


def _recipient(row: Any) -> RecipientView:
    found = progress_of(
        row.state,
        stopped_at=row.stopped_at,
        not_before=row.not_before,
        taken_at=row.taken_at,
        sent_at=row.sent_at,
        error=row.error,
        attempts=row.attempts,
    )
    at = clock.local(found.at) if found.at else None
    return RecipientView(row.id, row.shown_name, row.identifier, row.email, replace(found, at=at))


def _standing() -> ColumnElement[str]:
    """Where a message stands with a recipient: stopped, or as her letter does."""
    stopped = literal_column(f"'{Standing.STOPPED.value}'", String)
    return case((MessageRecipient.stopped_at.is_not(None), stopped), else_=type_coerce(Letter.state, String))


def own_data(actor: Actor) -> Told:
    """What was written to the actor and has left, for herself to take along: one statement. The words are those of the
    message, in which `{name}` stands for hers."""
    query = (
        select(Message.written_as.label("written_by"), Message.subject, Message.text, Letter.sent_at)
        .join(MessageRecipient, MessageRecipient.message_id == Message.id)
        .join(Letter, Letter.id == MessageRecipient.letter_id)
        .where(MessageRecipient.person_id == actor.person_id, MessageRecipient.stopped_at.is_(None))
        .where(Letter.state.in_(WENT))
        .order_by(Message.id)
    )
    return Told(rows_of(query))
