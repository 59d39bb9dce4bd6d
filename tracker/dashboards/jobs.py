"""The job that goes on with deeds on many people, each for whoever began it."""

import time
from datetime import date, timedelta

from tracker.accounts.queries import account
from tracker.core import clock
from tracker.core.actor import Actor
from tracker.core.jobs import Kind
from tracker.progress.commands import bulk
from tracker.progress.queries.bulk import under_way


def go_on_with_deeds() -> None:
    """Do what waits, a part at a time, and after each let others write for as long as it took."""
    while (found := under_way()) is not None:
        deed_id, account_id = found
        began = time.monotonic()
        bulk.go_on(_doer(account_id, clock.today()), deed_id)
        time.sleep(time.monotonic() - began)


def _doer(account_id: int | None, today: date) -> Actor:
    """Whoever began a deed, with her rights of today; without an account she has none, and everybody is passed over."""
    found = None if account_id is None else account(account_id, today)
    return found.actor if found else Actor(account_id, None, frozenset(), frozenset(), today)


JOBS = [Kind(bulk.JOB, go_on_with_deeds, every=timedelta(minutes=10))]
