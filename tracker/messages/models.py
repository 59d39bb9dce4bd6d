"""Messages that somebody wrote, and whom each went to in which letter."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.database import Base


class Message(Base):
    """What somebody wrote to people, with its placeholders. `written_as` is her name and role as her readers see it."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    form_key: Mapped[str] = mapped_column(unique=True)
    written_by: Mapped[int] = mapped_column(index=True)
    written_at: Mapped[datetime]
    written_as: Mapped[str]
    reply_to: Mapped[str | None]
    subject: Mapped[str]
    text: Mapped[str]
    has_tasks: Mapped[bool]


class MessageRecipient(Base):
    """That a message goes to a person, and in which letter: one letter may hold several messages.

    `text` is what she reads of this message; it is forgotten once the letter is settled.
    """

    __tablename__ = "message_recipient"
    __table_args__ = (UniqueConstraint("message_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    text: Mapped[str]
    stopped_at: Mapped[datetime | None]
