"""Reports that are sent regularly: made, stopped and taken up again by the office; written by the job, each letter with
what its reader may see on the day it is written."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from tracker.accounts.models import Account
from tracker.core import audit, outbox
from tracker.core.actor import Actor, Right
from tracker.core.database import Transaction, transaction
from tracker.core.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.core.words import plural
from tracker.curriculum.models import Requirement
from tracker.reporting.models import Mailing, MailingReader, MailingSent, Outcome, Shows
from tracker.reporting.rules import EVERY, Rhythm, next_sending
from tracker.units.models import Unit

MOST_READERS = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be sent: of which unit and (or none: all) which requirement, how often, and to which accounts."""

    shows: Shows
    unit_code: str
    requirement_code: str | None
    rhythm: Rhythm
    account_ids: Sequence[int]


def make_mailing(actor: Actor, wanted: Wanted) -> int:
    """Have figures sent regularly, for the first time on the next day that fits; its id.

    Raises Forbidden, Invalid for a unit, requirement or account that is not there, and Conflict where the same is sent
    already: nobody is to get it twice.
    """
    _check(actor)
    with transaction(actor) as tx:
        _check_there(tx, wanted)
        _check_once(tx, wanted.shows, wanted.unit_code, wanted.requirement_code, wanted.rhythm)
        mailing = Mailing(
            shows=wanted.shows,
            unit_code=wanted.unit_code,
            requirement_code=wanted.requirement_code,
            rhythm=wanted.rhythm,
            next_on=next_sending(wanted.rhythm, tx.today),
            made_at=tx.now,
            stopped_at=None,
        )
        audit.add(tx, "mailing.made", mailing)
        ids = sorted(set(wanted.account_ids))
        tx.session.add_all(MailingReader(mailing_id=mailing.id, account_id=account_id) for account_id in ids)
        return mailing.id


def stop_mailing(actor: Actor, mailing_id: int) -> None:
    """Send it no longer. Raises Forbidden, NotFound, or Conflict where that has been done."""
    _check(actor)
    with transaction(actor) as tx:
        mailing = _locked(tx, mailing_id)
        if mailing.stopped_at is not None:
            raise Conflict("This has been stopped already.")
        audit.change(tx, "mailing.stopped", mailing, stopped_at=tx.now)


def resume_mailing(actor: Actor, mailing_id: int) -> None:
    """Send it again, from the next day that fits. Raises Forbidden, NotFound, or Conflict where it or the same is being
    sent."""
    _check(actor)
    with transaction(actor) as tx:
        mailing = _locked(tx, mailing_id)
        if mailing.stopped_at is None:
            raise Conflict("This is being sent already.")
        _check_once(tx, mailing.shows, mailing.unit_code, mailing.requirement_code, mailing.rhythm)
        next_on = next_sending(mailing.rhythm, tx.today)
        audit.change(tx, "mailing.resumed", mailing, stopped_at=None, next_on=next_on)


@dataclass(frozen=True, slots=True)
class Written:
    """The letter of one reader, or none where she may not see the figures any more."""

    account_id: int
    address: str
    subject: str
    body: str | None


def note_written(actor: Actor, mailing_id: int, due_on: date, figures_on: date, letters: Collection[Written]) -> bool:
    """Put the letters of a day into the outbox, and move on to the next day; false where that has been done already.

    All of it or nothing: a worker that is killed before has sent none, and one that comes late sends none twice.
    """
    with transaction(actor) as tx:
        mailing = _locked(tx, mailing_id)
        if mailing.next_on != due_on or mailing.stopped_at is not None:
            return False
        for one in letters:
            letter_id = None
            if one.body is not None:
                letter_id = outbox.write(tx, one.address, one.subject, one.body)
            tx.session.add(
                MailingSent(
                    mailing_id=mailing_id,
                    account_id=one.account_id,
                    due_on=due_on,
                    figures_on=figures_on,
                    at=tx.now,
                    outcome=Outcome.NO_RIGHT if letter_id is None else Outcome.WRITTEN,
                    letter_id=letter_id,
                )
            )
        mailing.next_on = next_sending(mailing.rhythm, tx.today)
        written = sum(one.body is not None for one in letters)
        after = {"due_on": due_on, "letters": written, "left_out": len(letters) - written}
        audit.record(tx, "mailing.sent", "mailing", mailing_id, after=after)
        return True


def _check(actor: Actor) -> None:
    if not actor.has(Right.REPORTS_MAKE):
        raise Forbidden("You cannot have reports sent.")


def _check_there(tx: Transaction, wanted: Wanted) -> None:
    if tx.session.scalar(select(Unit.id).where(Unit.code == wanted.unit_code)) is None:
        raise Invalid("unit", "There is no such unit.")
    code = wanted.requirement_code
    if code and tx.session.scalar(select(Requirement.id).where(Requirement.code == code)) is None:
        raise Invalid("requirement", "There is no such requirement.")
    ids = set(wanted.account_ids)
    if not 0 < len(ids) <= MOST_READERS:
        raise Invalid("readers", f"Name from 1 to {MOST_READERS} readers")
    there = set(tx.session.scalars(select(Account.id).where(Account.id.in_(ids))))
    if ids - there:
        raise Invalid("readers", "One of these accounts is not there any more.")


def _check_once(tx: Transaction, shows: Shows, unit_code: str, requirement_code: str | None, rhythm: Rhythm) -> None:
    """Refuse what is being sent already. The lock on the unit keeps two from passing here at once."""
    tx.session.execute(select(Unit.id).where(Unit.code == unit_code).with_for_update(key_share=True))
    same = select(Mailing.id).where(
        Mailing.stopped_at.is_(None),
        Mailing.shows == shows,
        Mailing.unit_code == unit_code,
        Mailing.requirement_code == requirement_code,
        Mailing.rhythm == rhythm,
    )
    there = tx.session.scalar(same.limit(1))
    if there is None:
        return
    readers = select(func.count()).select_from(MailingReader).where(MailingReader.mailing_id == there)
    told = plural(tx.session.scalar(readers) or 0, "reader", "readers")
    raise Conflict(
        f"This is sent already, {EVERY[rhythm]} to {told}. To send it to others, stop the one that is there first."
    )


def _locked(tx: Transaction, mailing_id: int) -> Mailing:
    found = tx.session.scalar(select(Mailing).where(Mailing.id == mailing_id).with_for_update())
    if found is None:
        raise NotFound(f"mailing {mailing_id}")
    return found
