"""Who may look at sealed reports and at what is sent regularly: the office and the auditor, all of it; nobody else."""

from datetime import date

from sqlalchemy import select

from tracker.core.actor import Actor, Right
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.reporting.models import Mailing, Seal


def get_seal(actor: Actor, day: date) -> Seal:
    """The sealed report of a month end. Raises NotFound."""
    found = db.session.scalar(select(Seal).where(Seal.day == day)) if actor.has(Right.REPORTS_READ) else None
    if found is None:
        raise NotFound(f"sealed report of {day}")
    return found


def get_mailing(actor: Actor, mailing_id: int) -> Mailing:
    """A report that is sent regularly. Raises NotFound."""
    found = db.session.get(Mailing, mailing_id) if actor.has(Right.REPORTS_READ) else None
    if found is None:
        raise NotFound(f"mailing {mailing_id}")
    return found
