"""Seals month ends that were ordered or are due, and writes the reports that are sent regularly."""

from contextlib import suppress
from datetime import timedelta

from tracker.core import clock
from tracker.core.actor import system
from tracker.core.database import db, read_one_moment
from tracker.core.jobs import Kind
from tracker.core.outbox import MORNING
from tracker.reporting import letters
from tracker.reporting.commands import seals
from tracker.reporting.commands.mailings import note_written
from tracker.reporting.models import How
from tracker.reporting.queries import mailings
from tracker.reporting.queries.drawing import StillWorkedIn
from tracker.reporting.queries.seals import due_by_itself
from tracker.reporting.rules import figures_day


def seal_reports() -> None:
    """Seal what was ordered, then what is due by itself; both wait while a changed rule is worked in, as what is sealed
    stays. Fit to run again: a month end is sealed once."""
    who = system(clock.today())
    for day in seals.waiting_orders():
        seals.note_step(who, day, seals.WORKING)
        try:
            seals.seal(who, day, How.HAND)
        except StillWorkedIn:
            seals.note_step(who, day, seals.WAITING)
        except Exception as error:
            db.session.rollback()
            seals.note_step(who, day, seals.WAITING, type(error).__name__)
            raise
    due = due_by_itself(who.today)
    if due is not None:
        with suppress(StillWorkedIn):
            seals.seal(who, due, How.SCHEDULE)
    db.session.close()


def send_reports() -> None:
    """Write the letters of what is due today, from the morning on. They are worked out before anything is written."""
    who = system(clock.today())
    if clock.local(clock.now()).time() < MORNING:
        return
    for mailing in mailings.due(who.today):
        read_one_moment()
        on = figures_day(mailing.rhythm, who.today)
        found = [letters.letter(mailing, reader, on, who.today) for reader in mailings.readers(mailing.id)]
        db.session.close()
        note_written(who, mailing.id, mailing.next_on, on, found)


JOBS = [
    Kind(seals.JOB, seal_reports, every=timedelta(minutes=10)),
    Kind("reporting.send", send_reports, every=timedelta(hours=1)),
]
