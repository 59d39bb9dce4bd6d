"""Send a message, stop it while it waits, and decide about letters that may have been sent."""

from collections.abc import Callable, Collection, Iterable

from flask import current_app
from sqlalchemy import insert, select, update

from tracker.core import audit, outbox
from tracker.core.actor import Actor, Right
from tracker.core.config import Settings
from tracker.core.database import Transaction, transaction
from tracker.core.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.core.outbox import Letter, LetterState
from tracker.messages import letters, policy, texts
from tracker.messages.models import Message, MessageRecipient
from tracker.messages.plan import Draft, Plan, Recipient, plan


class Changed(Conflict):
    """What the preview showed is no longer what would be sent."""


def send(actor: Actor, draft: Draft, form_key: str, fingerprint: str) -> int:
    """Put a message into the outbox for everybody who is to get it; its id. The same form sends once.

    `fingerprint` is that of the plan that was looked at. Raises Changed if it is no longer true, Forbidden, or Invalid
    where nobody would get it.
    """
    _check_may_write(actor)
    with transaction(actor) as tx:
        outbox.be_alone(tx)
        before = select(Message.id).where(Message.form_key == form_key, Message.written_by == actor.account_id)
        if (message_id := tx.session.scalar(before)) is not None:
            return message_id
        found = plan(actor, draft, tx.now)
        if not found.recipients:
            raise Invalid("people", "Nobody would get this")
        if found.fingerprint != fingerprint:
            raise Changed("Something has changed since you looked. Please look again before you send it.")
        return _write(tx, draft, found, form_key)


def stop(actor: Actor, message_id: int, person_id: int | None = None) -> int:
    """Stop what waits of a message, for one person or for all; for how many. Raises NotFound, or Conflict if none."""
    _check_may_write(actor)
    with transaction(actor) as tx:
        policy.get_message(actor, message_id)
        outbox.be_alone(tx)
        waiting = (
            select(MessageRecipient.id, MessageRecipient.letter_id)
            .join(Letter, Letter.id == MessageRecipient.letter_id)
            .where(
                MessageRecipient.message_id == message_id,
                MessageRecipient.stopped_at.is_(None),
                Letter.state == LetterState.WAITING,
            )
        )
        if person_id is not None:
            _letter_of(tx, actor, message_id, person_id)
            waiting = waiting.where(MessageRecipient.person_id == person_id)
        rows = tx.session.execute(waiting).all()
        if not rows:
            raise Conflict("There is nothing left to stop: it has gone, or was stopped already.")
        stopped = update(MessageRecipient).where(MessageRecipient.id.in_([row.id for row in rows]))
        tx.session.execute(stopped.values(stopped_at=tx.now, text=""))
        _compose(tx, {row.letter_id for row in rows})
        after = {"letters": len(rows)} if person_id is None else {"letters": 1, "person_id": person_id}
        audit.record(tx, "message.stopped", "message", message_id, after=after)
        return len(rows)


def send_again(actor: Actor, message_id: int, person_id: int) -> None:
    """Send a letter that may have been sent once more. Raises NotFound, or Conflict if that is decided."""
    _decide(actor, message_id, person_id, outbox.send_again, "letter.sent-again")


def leave(actor: Actor, message_id: int, person_id: int) -> None:
    """Leave a letter that may have been sent as it is. Raises NotFound, or Conflict if that is decided."""
    _decide(actor, message_id, person_id, outbox.leave, "letter.left")


def _decide(actor: Actor, message_id: int, person_id: int, deed: Callable[[Transaction, int], None], verb: str) -> None:
    _check_may_write(actor)
    with transaction(actor) as tx:
        policy.get_message(actor, message_id)
        outbox.be_alone(tx)
        letter_id = _letter_of(tx, actor, message_id, person_id)
        deed(tx, letter_id)
        audit.record(tx, verb, "letter", letter_id, after={"message_id": message_id, "person_id": person_id})


def _check_may_write(actor: Actor) -> None:
    if not actor.has(Right.PEOPLE_WRITE_TO):
        raise Forbidden("You cannot write to people.")


def _letter_of(tx: Transaction, actor: Actor, message_id: int, person_id: int) -> int:
    """The letter in which somebody the actor may know gets a message. Raises NotFound."""
    letter_id = tx.session.scalar(
        select(MessageRecipient.letter_id).where(
            MessageRecipient.message_id == message_id,
            MessageRecipient.person_id == person_id,
            policy.recipient_visible_to(actor),
        )
    )
    if letter_id is None:
        raise NotFound(f"recipient {person_id} of message {message_id}")
    return letter_id


# Writing


def _write(tx: Transaction, draft: Draft, found: Plan, form_key: str) -> int:
    message = Message(
        form_key=form_key,
        written_by=tx.actor.account_id,
        written_at=tx.now,
        written_as=found.writer.written_as,
        reply_to=found.writer.reply_to,
        subject=draft.subject,
        text=draft.text,
        has_tasks=draft.has_tasks,
    )
    tx.session.add(message)
    tx.flush("This message has been sent already.")
    letter_ids = _letters(tx, found.recipients)
    rows = [
        {
            "message_id": message.id,
            "person_id": one.person_id,
            "letter_id": letter_ids[one.address],
            "text": one.text,
        }
        for one in found.recipients
    ]
    tx.session.execute(insert(MessageRecipient), rows)
    _compose(tx, letter_ids.values())
    audit.record(tx, "message.sent", "message", message.id, after={"people": len(rows), "has_tasks": draft.has_tasks})
    return message.id


def _letters(tx: Transaction, recipients: Iterable[Recipient]) -> dict[str, int]:
    """The letter for each address: one that waits, or a new one."""
    slots = {one.address: one.slot for one in recipients}
    joined = {address: slot.letter_id for address, slot in slots.items() if slot.letter_id is not None}
    letters.put_off(tx, [(letter_id, slots[address].not_before) for address, letter_id in joined.items()])
    new = {address: slot.not_before for address, slot in slots.items() if slot.letter_id is None}
    return joined | letters.add(tx, new)


def _compose(tx: Transaction, letter_ids: Collection[int]) -> None:
    """Put together what waiting letters hold, from all that is not stopped; stop those with nothing left."""
    parts: dict[int, list[tuple[Message, str]]] = {letter_id: [] for letter_id in letter_ids}
    query = (
        select(MessageRecipient.letter_id, Message, MessageRecipient.text)
        .join(Message, Message.id == MessageRecipient.message_id)
        .where(MessageRecipient.letter_id.in_(parts), MessageRecipient.stopped_at.is_(None))
        .order_by(MessageRecipient.id)
    )
    for letter_id, message, text in tx.session.execute(query):
        parts[letter_id].append((message, text))
    settings: Settings = current_app.config["SETTINGS"]
    letters.fill(
        tx, [(letter_id, texts.letter(said, settings.public_url)) for letter_id, said in parts.items() if said]
    )
    letters.stop(tx, [letter_id for letter_id, said in parts.items() if not said])
