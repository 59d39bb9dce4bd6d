"""Send a message, stop it while it waits, and decide about letters that may have been sent."""

from collections.abc import Callable, Collection, Mapping

from sqlalchemy import insert, select, update

from tracker.accounts.queries import account
from tracker.core import audit, clock, config, outbox
from tracker.core.actor import Actor, Right
from tracker.core.database import Transaction, transaction
from tracker.core.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.core.outbox import Letter, LetterState
from tracker.messages import letters, policy, queries, texts
from tracker.messages.letters import Content
from tracker.messages.models import Message, MessageRecipient
from tracker.messages.plan import TIME_TO_STOP, Draft, Plan, plan


class Changed(Conflict):
    """What the preview showed is no longer what would be sent."""


def send(actor: Actor, draft: Draft, form_key: str, fingerprint: str) -> int:
    """Put a message into the outbox for everybody who is to get it; its id. The same form sends once.

    `fingerprint` is that of the plan that was looked at. The plan is made anew just before the transaction. Raises
    Changed if it is no longer the same, Forbidden, or Invalid where nobody would get it.
    """
    _check_may_write(actor)
    if (before := queries.sent_with(actor, form_key)) is not None:
        return before
    found = plan(actor, draft, clock.now())
    if not found.recipients:
        raise Invalid("people", "Nobody would get this")
    if found.fingerprint != fingerprint:
        raise Changed("Something has changed since you looked. Please look again before you send it.")
    contents = _contents(draft, found)
    with transaction(actor) as tx:
        outbox.be_alone(tx)
        return queries.sent_with(actor, form_key) or _write(tx, draft, found, contents, form_key)


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


def look_again(tx: Transaction, letter: Letter) -> bool:
    """Before a letter leaves that was held overnight: say what each message in it says to its reader today, and drop
    those that its writer could not write to her any more. Whether anything is left to send; of a letter that holds no
    message nothing is known here, so it goes."""
    rows = tx.session.execute(
        select(MessageRecipient, Message)
        .join(Message, Message.id == MessageRecipient.message_id)
        .where(MessageRecipient.letter_id == letter.id, MessageRecipient.stopped_at.is_(None))
        .order_by(MessageRecipient.id)
    ).all()
    if not rows:
        return True
    parts: list[tuple[Message, str]] = []
    for recipient, message in rows:
        text = _text_today(tx, message, recipient.person_id)
        if text is None:
            recipient.stopped_at, recipient.text = tx.now, ""
            audit.record(tx, "message.dropped", "message", message.id, after={"person_id": recipient.person_id})
        else:
            recipient.text = text
            parts.append((message, text))
    if parts:
        content = texts.letter(parts, _public_url())
        letter.subject, letter.body, letter.reply_to = content.subject, content.body, content.reply_to
    tx.session.flush()
    return bool(parts)


def _text_today(tx: Transaction, message: Message, person_id: int) -> str | None:
    """What somebody reads of a message today; none where its writer may not write to her now, or she has no post."""
    writer = account(message.written_by, tx.today)
    if writer is None or not writer.actor.has(Right.PEOPLE_WRITE_TO):
        return None
    draft = Draft((person_id,), message.subject, message.text, message.has_tasks, False, False)
    found = plan(writer.actor, draft, tx.now).recipients
    return found[0].text if found else None


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


def _contents(draft: Draft, found: Plan) -> dict[str, Content]:
    """What a letter to each address says that holds this message alone. Put together before the transaction: thousands
    of letters take seconds, for which nobody else could write."""
    message = Message(subject=draft.subject, reply_to=found.writer.reply_to)
    parts: dict[str, list[tuple[Message, str]]] = {}
    for one in found.recipients:
        parts.setdefault(one.address, []).append((message, one.text))
    site = _public_url()
    return {address: texts.letter(said, site) for address, said in parts.items()}


def _write(tx: Transaction, draft: Draft, found: Plan, contents: Mapping[str, Content], form_key: str) -> int:
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
    slots = letters.slots(contents.keys(), tx.now + TIME_TO_STOP, tx.now)
    joined = {address: slot.letter_id for address, slot in slots.items() if slot.letter_id is not None}
    letters.put_off(tx, [(letter_id, slots[address].not_before) for address, letter_id in joined.items()])
    new = [(address, slot.not_before, contents[address]) for address, slot in slots.items() if slot.letter_id is None]
    letter_ids = joined | letters.add(tx, new)
    rows = [
        {"message_id": message.id, "person_id": one.person_id, "letter_id": letter_ids[one.address], "text": one.text}
        for one in found.recipients
    ]
    tx.session.execute(insert(MessageRecipient), rows)
    _compose(tx, joined.values())
    audit.record(tx, "message.sent", "message", message.id, after={"people": len(rows), "has_tasks": draft.has_tasks})
    return message.id


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
    site = _public_url()
    letters.fill(tx, [(letter_id, texts.letter(said, site)) for letter_id, said in parts.items() if said])
    letters.stop(tx, [letter_id for letter_id, said in parts.items() if not said])


def _public_url() -> str:
    return config.settings().public_url
