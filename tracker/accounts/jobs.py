"""What accounts leave behind, cleared away."""

from datetime import timedelta

from sqlalchemy import delete

from tracker.accounts import throttle
from tracker.accounts.models import SignInLink
from tracker.core import clock
from tracker.core.actor import system
from tracker.core.database import transaction
from tracker.core.jobs import Kind

KEEP_LINKS = timedelta(days=30)


def tidy() -> None:
    """Forget empty buckets and links that ran out some time ago."""
    with transaction(system(clock.today())) as tx:
        throttle.forget_old(tx)
        tx.session.execute(delete(SignInLink).where(SignInLink.expires_at < tx.now - KEEP_LINKS))


JOBS = [Kind("accounts.tidy", tidy, every=timedelta(days=1))]
