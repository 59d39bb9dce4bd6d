"""Mail leaves from a table: written in the transaction that causes it, sent by the worker over SMTP.

A letter is marked as on its way before the server is spoken to: a crash in between is shown, never doubled.
"""

import logging
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from sqlalchemy import CheckConstraint, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core import clock
from tracker.core.actor import system
from tracker.core.database import Base, Transaction, Word, db, one_of, transaction

MOST_ATTEMPTS = 8
log = logging.getLogger(__name__)


class LetterState(StrEnum):
    """Where a letter stands; `sending` after a crash means that it may have been sent."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"


class Letter(Base):
    """One mail to one address. Its text is blanked once it is sent, as it may hold a sign-in link."""

    __tablename__ = "letter"
    __table_args__ = (CheckConstraint(one_of("state", LetterState), "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    state: Mapped[LetterState] = mapped_column(Word(LetterState), index=True)
    written_at: Mapped[datetime]
    not_before: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes out, from `smtp://[user:password@]host[:port]`, and who it is from."""

    url: str
    sender: str


def write(tx: Transaction, address: str, subject: str, body: str) -> None:
    """Put a letter into the outbox, in this transaction."""
    tx.session.add(
        Letter(
            address=address,
            subject=subject,
            body=body,
            state=LetterState.WAITING,
            written_at=tx.now,
            not_before=tx.now,
            attempts=0,
        )
    )


def send_waiting(server: MailServer | None, limit: int = 200) -> int:
    """Send what is due, oldest first; how many were sent. Without a mail server everything waits."""
    if server is None:
        return 0
    sent = 0
    for _ in range(limit):
        letter = _take()
        if letter is None:
            break
        sent += _deliver(server, letter)
    return sent


def _take() -> Letter | None:
    """Mark the oldest letter that is due as on its way."""
    now = clock.now()
    due = select(Letter.id).where(Letter.state == LetterState.WAITING, Letter.not_before <= now)
    due = due.order_by(Letter.id).limit(1)
    if db.session.scalar(due) is None:
        db.session.close()
        return None
    with transaction(system(clock.today())) as tx:
        take = (
            update(Letter)
            .where(Letter.id == due.with_for_update(skip_locked=True).scalar_subquery())
            .values(state=LetterState.SENDING, attempts=Letter.attempts + 1)
            .returning(Letter)
        )
        letter = tx.session.scalar(take)
        if letter is not None:
            tx.session.expunge(letter)
        return letter


def _deliver(server: MailServer, letter: Letter) -> bool:
    try:
        _send(server, letter)
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        _settle(letter, f"The mail server refused the address ({code}).", final=code >= 500)
    except ValueError:  # an address or a subject that no letter can carry
        _settle(letter, "The address or the subject cannot be sent.", final=True)
    except (OSError, smtplib.SMTPException) as error:
        _settle(letter, f"The mail server could not be used: {type(error).__name__}.", final=False)
    else:
        with transaction(system(clock.today())) as tx:
            done = update(Letter).where(Letter.id == letter.id)
            tx.session.execute(done.values(state=LetterState.SENT, sent_at=tx.now, body="", error=None))
        return True
    return False


def _send(server: MailServer, letter: Letter) -> None:
    parts = urlsplit(server.url)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = server.sender, letter.address, letter.subject
    message.set_content(letter.body)
    with smtplib.SMTP(parts.hostname or "", parts.port or 25, timeout=20) as smtp:
        if parts.username:
            smtp.starttls(context=ssl.create_default_context())
            smtp.login(unquote(parts.username), unquote(parts.password or ""))
        smtp.send_message(message)


def _settle(letter: Letter, error: str, *, final: bool) -> None:
    """Write down why a letter was not sent; try again later and later, unless it is refused for good."""
    log.warning("letter %s: %s", letter.id, error)
    final = final or letter.attempts >= MOST_ATTEMPTS
    with transaction(system(clock.today())) as tx:
        state = LetterState.REFUSED if final else LetterState.WAITING
        later = tx.now + timedelta(minutes=2**letter.attempts)
        tx.session.execute(
            update(Letter).where(Letter.id == letter.id).values(state=state, error=error, not_before=later)
        )


def counts() -> dict[LetterState, int]:
    """How many letters stand where."""
    found: dict[LetterState, int] = {}
    for state, number in db.session.execute(select(Letter.state, func.count()).group_by(Letter.state)):
        found[state] = number
    return {state: found.get(state, 0) for state in LetterState}
