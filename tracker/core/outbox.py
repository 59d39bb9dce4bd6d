"""Mail leaves from a table: written in the transaction that causes it, sent by the worker over SMTP.

A letter is marked as on its way before the server is spoken to. When the worker dies in between, the letter may have
been sent: it is shown so and never sent again by itself; a person decides.

Letters of accounts leave at once: sign-in links, that a request has an answer, and figures that are sent regularly.
Nobody decides about one of these that may have been sent, and its text goes: who needs a link asks for another, an
answer stands on its page, and figures come again. Of letters of the programme an address gets one a day at most:
what is written while one waits joins it, and what comes after one has gone is held until the next morning.
It is looked at once more then, as people leave and finish overnight.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from enum import StrEnum

from flask import current_app
from sqlalchemy import CheckConstraint, ColumnElement, Index, and_, case, func, or_, select, text, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core import clock
from tracker.core.actor import system
from tracker.core.database import Base, Transaction, Word, db, one_of, transaction
from tracker.core.errors import Conflict
from tracker.core.mail_server import Answer, Became, hand_over

MOST_ATTEMPTS = 8
STALE = timedelta(minutes=5)
"""No letter is on its way for longer: whoever was sending it has died."""
MORNING = time(7)
"""When letters leave that were held for the next day, by the institution's clocks."""
PROGRAMME_LOCK = 7_303
"""The advisory lock of PostgreSQL under which letters of the programme are written, joined, stopped and taken."""
CUT_OFF = "The worker stopped while the letter was on its way"
WENT_WRONG = "Something went wrong while the letter was on its way"
WITHOUT_WORDS = "The letter could not be put into words. The log of the worker says why"
PASSING = (OperationalError, InterfaceError, PoolTimeout, OSError)
"""Trouble with the database or the disk, not with a letter."""
log = logging.getLogger(__name__)


class LetterKind(StrEnum):
    """Why a letter is written, the more urgent first in the order of the words: for an account, about what its reader
    did or asked for, or with figures that it gets; or because somebody of the programme writes to her."""

    ACCOUNT = "account"
    PROGRAMME = "programme"


class LetterState(StrEnum):
    """Where a letter stands. `unsure` may have been sent; `left` is one of these that is to stay so."""

    WAITING = "waiting"
    SENDING = "sending"
    UNSURE = "unsure"
    LEFT = "left"
    SENT = "sent"
    REFUSED = "refused"
    STOPPED = "stopped"


WENT = (LetterState.SENDING, LetterState.UNSURE, LetterState.LEFT, LetterState.SENT)
"""Letters that were given to the mail server, or may have been."""


class Letter(Base):
    """One mail to one address. Its text is blanked once nobody needs it any more, as it may hold a sign-in link.

    `taken_at` is when a worker last began to send it, and names that try.
    """

    __tablename__ = "letter"
    __table_args__ = (
        CheckConstraint(one_of("state", LetterState), "state"),
        CheckConstraint(one_of("kind", LetterKind), "kind"),
        Index("ix_letter_state_kind_id", "state", "kind", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[LetterKind] = mapped_column(Word(LetterKind))
    address: Mapped[str] = mapped_column(index=True)
    reply_to: Mapped[str | None]
    subject: Mapped[str]
    body: Mapped[str]
    state: Mapped[LetterState] = mapped_column(Word(LetterState))
    written_at: Mapped[datetime]
    not_before: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    taken_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]


LookAgain = Callable[[Transaction, Letter], bool]
"""Looks at a letter that was held overnight, just before it leaves: says it in today's words, and whether it goes."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes out, from `smtp://[user:password@]host[:port]`, and who it is from."""

    url: str
    sender: str


def write(tx: Transaction, address: str, subject: str, body: str) -> int:
    """Put a letter of an account into the outbox, in this transaction: it leaves at once. Its id."""
    letter = Letter(
        kind=LetterKind.ACCOUNT,
        address=address,
        subject=subject,
        body=body,
        state=LetterState.WAITING,
        written_at=tx.now,
        not_before=tx.now,
        attempts=0,
    )
    tx.session.add(letter)
    tx.session.flush()
    return letter.id


# Letters of the programme


def be_alone(tx: Transaction) -> None:
    """Let nobody else write, join, stop or take letters of the programme until this transaction ends."""
    if tx.is_postgresql:
        tx.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": PROGRAMME_LOCK})


def send_again(tx: Transaction, letter_id: int) -> None:
    """Send a letter that may have been sent once more. Raises Conflict when that has been decided already."""
    _decide(tx, letter_id, state=LetterState.WAITING, not_before=tx.now, error=None)


def leave(tx: Transaction, letter_id: int) -> None:
    """Leave it at that: a letter may have been sent. Raises Conflict when that has been decided already."""
    _decide(tx, letter_id, state=LetterState.LEFT, body="")


def _decide(tx: Transaction, letter_id: int, **values: object) -> None:
    unsure = update(Letter).where(Letter.id == letter_id, Letter.state == LetterState.UNSURE)
    if tx.session.scalar(unsure.values(**values).returning(Letter.id)) is None:
        raise Conflict("This has been decided already.")


def next_morning(now: datetime) -> datetime:
    """When letters leave that are held until the institution's next day."""
    tomorrow = clock.local(now).date() + timedelta(days=1)
    return datetime.combine(tomorrow, MORNING, clock.local(now).tzinfo)


def went_today(now: datetime) -> ColumnElement[bool]:
    """Letters of the programme that went on the institution's day, or may have gone."""
    since = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return and_(Letter.kind == LetterKind.PROGRAMME, Letter.state.in_(WENT), Letter.taken_at >= since)


# For the worker


def send_waiting(server: MailServer | None, limit: int = 200) -> int:
    """Send what is due, the most urgent and oldest first; how many were sent. Without a mail server all of it waits."""
    note_cut_off(STALE)
    if server is None:
        return 0
    sent = 0
    for _ in range(limit):
        letter = _take()
        if letter is None:
            break
        sent += _deliver(server, letter)
    return sent


def note_cut_off(after: timedelta) -> None:
    """Say of letters that have been on their way for so long that they may have been sent: their worker has died."""
    cut_off = and_(
        Letter.state == LetterState.SENDING,
        or_(Letter.taken_at.is_(None), Letter.taken_at <= clock.now() - after),
    )
    is_any = db.session.scalar(select(Letter.id).where(cut_off).limit(1))
    db.session.close()
    if is_any is None:
        return
    # Nobody decides about a letter of an account. It may hold a sign-in link, so its text goes now.
    body = case((Letter.kind == LetterKind.ACCOUNT, ""), else_=Letter.body)
    with transaction(system(clock.today())) as tx:
        noted = update(Letter).where(cut_off).values(state=LetterState.UNSURE, body=body, error=CUT_OFF)
        for letter_id in tx.session.scalars(noted.returning(Letter.id)):
            log.warning("letter %s may have been sent: the worker stopped while it was on its way", letter_id)


def _take() -> Letter | None:
    """Mark the letter that is due first as on its way. One of the programme waits on if its address had one today; one
    whose words fail is given up, so that it does not keep all others back."""
    while (kind := _kind_due()) is not None:
        try:
            with transaction(system(clock.today())) as tx:
                if kind is LetterKind.PROGRAMME:
                    be_alone(tx)
                letter = _marked(tx, kind)
                if letter is None:  # another worker has it
                    return None
                if kind is LetterKind.PROGRAMME and _has_had_one_today(tx, letter):
                    letter.state, letter.attempts, letter.taken_at = LetterState.WAITING, letter.attempts - 1, None
                    letter.not_before = next_morning(tx.now)
                elif kind is LetterKind.PROGRAMME and not _still_holds(tx, letter):
                    letter.state, letter.body, letter.taken_at = LetterState.STOPPED, "", None
                else:
                    tx.session.expunge(letter)
                    return letter
        except _WithoutWords as failed:
            _give_up(failed)
    return None


class _WithoutWords(Exception):
    """Looking again at a letter failed."""

    def __init__(self, letter_id: int) -> None:
        super().__init__(letter_id)
        self.letter_id = letter_id


def _still_holds(tx: Transaction, letter: Letter) -> bool:
    """Whether a letter of another day is still to go; whoever wrote it may put it into other words before."""
    if clock.local(letter.written_at).date() == tx.today:
        return True
    look_again: LookAgain = current_app.extensions["look_again"]
    letter_id = letter.id
    try:
        return look_again(tx, letter)
    except PASSING:
        raise
    except Exception as error:  # whatever it is, it would be the same the next time
        raise _WithoutWords(letter_id) from error


def _give_up(failed: _WithoutWords) -> None:
    log.error("letter %s could not be put into words", failed.letter_id, exc_info=failed)
    waiting = update(Letter).where(Letter.id == failed.letter_id, Letter.state == LetterState.WAITING)
    with transaction(system(clock.today())) as tx:
        tx.session.execute(waiting.values(state=LetterState.REFUSED, body="", error=WITHOUT_WORDS))


def _kind_due() -> LetterKind | None:
    due = select(Letter.kind).where(Letter.state == LetterState.WAITING, Letter.not_before <= clock.now())
    kind = db.session.scalar(due.order_by(Letter.kind, Letter.id).limit(1))
    db.session.close()
    return kind


def _marked(tx: Transaction, kind: LetterKind) -> Letter | None:
    due = select(Letter.id).where(Letter.state == LetterState.WAITING, Letter.kind == kind, Letter.not_before <= tx.now)
    first = due.order_by(Letter.id).limit(1).with_for_update(skip_locked=True).scalar_subquery()
    values = {"state": LetterState.SENDING, "attempts": Letter.attempts + 1, "taken_at": tx.now}
    return tx.session.scalar(update(Letter).where(Letter.id == first).values(values).returning(Letter))


def _has_had_one_today(tx: Transaction, letter: Letter) -> bool:
    others = select(Letter.id).where(went_today(tx.now), Letter.address == letter.address, Letter.id != letter.id)
    return tx.session.scalar(others.limit(1)) is not None


def _deliver(server: MailServer, letter: Letter) -> bool:
    """Send a letter and write down what became of it; whether it was sent."""
    answer = _handed_over(server, letter)
    if answer.became is not Became.TAKEN:
        log.warning("letter %s: %s (%s)", letter.id, answer.reason, answer.became.value)
    _settle(letter, answer)
    return answer.became is Became.TAKEN


def _handed_over(server: MailServer, letter: Letter) -> Answer:
    """What became of a letter, whatever went wrong with it."""
    try:
        message = _message(server, letter)
    except Exception:  # a line break where none can be, or what else the library does not take
        log.exception("letter %s cannot be made a mail", letter.id)
        return Answer(Became.REFUSED, "The address or the subject cannot be sent")
    try:
        return hand_over(server.url, message, parseaddr(server.sender)[1], letter.address)
    except Exception:  # nobody knows how far it came
        log.exception("letter %s went wrong", letter.id)
        return Answer(Became.UNSURE, WENT_WRONG)


def _message(server: MailServer, letter: Letter) -> EmailMessage:
    """The letter as mail. Sent again, it has the same Message-ID, by which mail programs know the double."""
    domain = parseaddr(server.sender)[1].rpartition("@")[2]
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = server.sender, letter.address, letter.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<letter.{letter.id}.{letter.written_at.timestamp():.0f}@{domain}>"
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    if letter.kind is LetterKind.PROGRAMME:
        message["List-Id"] = f"<programme.{domain}>"
    else:
        message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    return message


def _settle(letter: Letter, answer: Answer) -> None:
    """Write down what became of a try; one that has to wait is tried again later and later, and at last given up.

    A try that was taken for dead and decided about meanwhile changes nothing any more.
    """
    with transaction(system(clock.today())) as tx:
        mine = update(Letter).where(
            Letter.id == letter.id,
            Letter.taken_at == letter.taken_at,
            Letter.state.in_((LetterState.SENDING, LetterState.UNSURE)),
        )
        if answer.became is Became.TAKEN:
            tx.session.execute(mine.values(state=LetterState.SENT, sent_at=tx.now, body="", error=None))
        elif answer.became is Became.UNSURE:
            body = letter.body if letter.kind is LetterKind.PROGRAMME else ""
            tx.session.execute(mine.values(state=LetterState.UNSURE, body=body, error=answer.words))
        elif answer.became is Became.REFUSED:
            tx.session.execute(mine.values(state=LetterState.REFUSED, body="", error=answer.words))
        elif letter.attempts >= MOST_ATTEMPTS:
            error = f"Given up after {letter.attempts} tries. {answer.words}"
            tx.session.execute(mine.values(state=LetterState.REFUSED, body="", error=error))
        else:
            later = tx.now + timedelta(minutes=2**letter.attempts)
            again = mine.values(state=LetterState.WAITING, not_before=later, body=letter.body, error=answer.words)
            tx.session.execute(again)


def counts() -> dict[LetterState, int]:
    """How many letters stand where."""
    found: dict[LetterState, int] = {}
    for state, number in db.session.execute(select(Letter.state, func.count()).group_by(Letter.state)):
        found[state] = number
    return {state: found.get(state, 0) for state in LetterState}
