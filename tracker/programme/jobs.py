"""Previews of changes in large institutions; titles whose day has come; proposals go after a month."""

from datetime import timedelta

from sqlalchemy import delete, select

from tracker.core import clock
from tracker.core.actor import system
from tracker.core.database import db, transaction
from tracker.core.jobs import Kind
from tracker.programme.commands.previewing import work_out
from tracker.programme.commands.proposing import PREVIEW_JOB
from tracker.programme.commands.titles import turn_titles
from tracker.programme.models import Proposal

KEEP = timedelta(days=30)


def work_out_waiting() -> None:
    """Work out the previews that wait, the oldest first. Fit to run again."""
    waiting = select(Proposal.id).where(Proposal.preview.is_(None), Proposal.problem.is_(None)).order_by(Proposal.id)
    while (proposal_id := db.session.scalar(waiting.limit(1))) is not None:
        db.session.close()
        work_out(proposal_id)


def forget_old() -> None:
    """Delete proposals of long ago; what was saved is kept as a state of the curriculum."""
    with transaction(system(clock.today())) as tx:
        tx.session.execute(delete(Proposal).where(Proposal.made_at < tx.now - KEEP))


JOBS = [
    Kind(PREVIEW_JOB, work_out_waiting, every=None),
    Kind("programme.turn_titles", turn_titles, every=timedelta(minutes=10)),
    Kind("programme.forget_proposals", forget_old, every=timedelta(days=1)),
]
