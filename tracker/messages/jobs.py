"""What single people read is forgotten once it has gone; the message itself is kept."""

from datetime import timedelta

from sqlalchemy import select, update

from tracker.core import clock
from tracker.core.actor import system
from tracker.core.database import transaction
from tracker.core.jobs import Kind
from tracker.core.outbox import Letter, LetterState
from tracker.messages.models import MessageRecipient

SETTLED = (LetterState.SENT, LetterState.LEFT, LetterState.REFUSED, LetterState.STOPPED)


def forget_texts() -> None:
    """Blank what each person read, which may name what was left for her to do."""
    with transaction(system(clock.today())) as tx:
        settled = select(Letter.id).where(Letter.state.in_(SETTLED))
        told = update(MessageRecipient).where(MessageRecipient.text != "", MessageRecipient.letter_id.in_(settled))
        tx.session.execute(told.values(text=""))


JOBS = [Kind("messages.forget_texts", forget_texts, every=timedelta(days=1))]
