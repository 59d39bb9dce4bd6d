"""Who writes to whom and reads which messages, as SQL.

A champion writes to people at home in her units today and reads her own messages, of their recipients those at home in
her units today. The office writes to anybody and reads all; the auditor reads all.
"""

from sqlalchemy import ColumnElement, false, func, select, true

from tracker.core.actor import Actor, Right
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.messages.models import Message, MessageRecipient
from tracker.people.models import Person
from tracker.people.queries import people_at_home_in


def may_be_written_to(actor: Actor) -> ColumnElement[bool]:
    """The persons somebody may write to."""
    if not actor.has(Right.PEOPLE_WRITE_TO):
        return false()
    if actor.has(Right.RECORDS_READ_ALL):
        return true()
    return Person.id.in_(people_at_home_in(actor.unit_ids, actor.today))


def message_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The messages somebody may read: her own, or all."""
    if not actor.has(Right.MESSAGES_READ):
        return false()
    if actor.has(Right.RECORDS_READ_ALL):
        return true()
    return Message.written_by == actor.account_id


def recipient_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The recipients of a message somebody may know by name."""
    if actor.has(Right.RECORDS_READ_ALL):
        return true()
    return MessageRecipient.person_id.in_(people_at_home_in(actor.unit_ids, actor.today))


def get_message(actor: Actor, message_id: int) -> Message:
    """A message the actor may read. Raises NotFound: hidden looks like absent."""
    message = db.session.scalar(select(Message).where(Message.id == message_id, message_visible_to(actor)))
    if message is None:
        raise NotFound(f"message {message_id}")
    return message


def shown_name() -> ColumnElement[str]:
    """A person's name, or the identifier of somebody without one."""
    return func.coalesce(func.nullif(Person.name, ""), Person.identifier)
