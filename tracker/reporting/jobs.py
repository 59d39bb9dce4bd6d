"""Seals month ends that were ordered or are due, and writes the reports that are sent regularly."""

from datetime import timedelta

from flask import current_app

from tracker.core import clock
from tracker.core.actor import system
from tracker.core.config import Settings
from tracker.core.database import db, read_one_moment
from tracker.core.jobs import Kind
from tracker.core.outbox import MORNING
from tracker.reporting import letters
from tracker.reporting.commands import seals
from tracker.reporting.commands.mailings import note_written
from tracker.reporting.models import How
from tracker.reporting.queries import mailings
from tracker.reporting.rules import due_by_schedule, figures_day


def seal_reports() -> None:
    """Seal what was ordered, then what is due by itself. Fit to run again: a month end is sealed once."""
    who = system(clock.today())
    for day in seals.waiting_orders():
        seals.note_step(who, day, seals.WORKING)
        try:
            seals.seal(who, day, How.HAND)
        except Exception as error:
            db.session.rollback()
            seals.note_step(who, day, seals.WAITING, type(error).__name__)
            raise
    settings: Settings = current_app.config["SETTINGS"]
    due = due_by_schedule(who.today, settings.seal_days_after)
    if due is not None and not settings.is_for_trying and not seals.is_sealed(due) and seals.has_units(due):
        seals.seal(who, due, How.SCHEDULE)


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
    Kind(seals.JOB, seal_reports, every=timedelta(hours=1)),
    Kind("reporting.send", send_reports, every=timedelta(hours=1)),
]
