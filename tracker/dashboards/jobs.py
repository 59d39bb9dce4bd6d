"""The jobs that go on with deeds on many people, each for whoever began it, and that forget sign-in lists."""

import time
from datetime import date, timedelta

from sqlalchemy import delete

from tracker.accounts.queries import account
from tracker.core import clock
from tracker.core.actor import Actor, system
from tracker.core.database import transaction
from tracker.core.jobs import Kind
from tracker.dashboards.models import SignInList
from tracker.progress.commands import bulk
from tracker.progress.queries.bulk import under_way

KEEP_LISTS = timedelta(days=1)


def go_on_with_deeds() -> None:
    """Do what waits, a part at a time, and after each let others write for as long as it took."""
    while (found := under_way()) is not None:
        deed_id, account_id = found
        began = time.monotonic()
        bulk.go_on(_doer(account_id, clock.today()), deed_id)
        time.sleep(time.monotonic() - began)


def forget_lists() -> None:
    """Delete the sign-in lists that were given more than a day ago: they name people, and have served."""
    with transaction(system(clock.today())) as tx:
        tx.session.execute(delete(SignInList).where(SignInList.given_at < tx.now - KEEP_LISTS))


def _doer(account_id: int | None, today: date) -> Actor:
    """Whoever began a deed, with her rights of today; without an account she has none, and everybody is passed over."""
    found = None if account_id is None else account(account_id, today)
    return found.actor if found else Actor(account_id, None, frozenset(), frozenset(), today)


JOBS = [
    Kind(bulk.JOB, go_on_with_deeds, every=timedelta(minutes=10)),
    Kind("dashboards.forget_lists", forget_lists, every=timedelta(hours=1)),
]
