"""Buckets that fill with each try and empty with time, so that nobody can guess passwords or flood a mailbox."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from tracker.accounts.models import Attempt
from tracker.core.database import Transaction
from tracker.core.errors import WaymarkError

FORGET_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many tries may come at once, and after how long one of them is forgotten."""

    name: str
    size: int
    drains_in: timedelta


SIGN_IN_BY_EMAIL = Bucket("sign-in by e-mail", 10, timedelta(minutes=1))
SIGN_IN_BY_ADDRESS = Bucket("sign-in by address", 100, timedelta(seconds=6))
"""A whole hospital may sit behind one address; only failures stay in the bucket."""
LETTERS_BY_EMAIL = Bucket("letters by e-mail", 3, timedelta(minutes=20))
LETTERS_BY_ADDRESS = Bucket("letters by address", 30, timedelta(minutes=1))


class Throttled(WaymarkError):
    """Too many tries; `wait` is how long until the next one counts."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"wait {wait}")
        self.wait = wait

    @property
    def minutes(self) -> int:
        """Whole minutes to wait, at least one."""
        return max(1, math.ceil(self.wait.total_seconds() / 60))


Try = tuple[Bucket, str]


def take(tx: Transaction, *tries: Try) -> None:
    """Count a try in each of these buckets. Raises Throttled, and counts nothing, when one of them is full."""
    levels = {key: _level(tx, bucket, key) for bucket, key in _keyed(tries)}
    for bucket, key in _keyed(tries):
        if (over := levels[key] + 1 - bucket.size) > 0:
            raise Throttled(bucket.drains_in * over)
    for key, level in levels.items():
        tx.session.execute(update(Attempt).where(Attempt.key == key).values(level=level + 1, updated_at=tx.now))


def give_back(tx: Transaction, *tries: Try) -> None:
    """Take a try that was all right out of its buckets again."""
    for bucket, key in _keyed(tries):
        level = max(0.0, _level(tx, bucket, key) - 1)
        tx.session.execute(update(Attempt).where(Attempt.key == key).values(level=level, updated_at=tx.now))


def forget_old(tx: Transaction) -> None:
    """Delete the buckets that have long been empty."""
    tx.session.execute(delete(Attempt).where(Attempt.updated_at < tx.now - FORGET_AFTER))


def _keyed(tries: tuple[Try, ...]) -> list[tuple[Bucket, str]]:
    """The rows of the buckets, always in the same order: two that take the same never wait for each other in a ring.

    The key is a hash, so that the table names nobody.
    """
    keyed = [(bucket, sha256(f"{bucket.name}: {whose}".encode()).hexdigest()) for bucket, whose in tries]
    return sorted(keyed, key=lambda pair: pair[1])


def _level(tx: Transaction, bucket: Bucket, key: str) -> float:
    """How full a bucket is now. The row is made if need be and locked until the commit."""
    insert = postgresql.insert(Attempt) if tx.is_postgresql else sqlite.insert(Attempt)
    tx.session.execute(insert.values(key=key, level=0.0, updated_at=tx.now).on_conflict_do_nothing())
    row = select(Attempt.level, Attempt.updated_at).where(Attempt.key == key).with_for_update()
    level, updated_at = tx.session.execute(row).one()
    return max(0.0, level - _drained(bucket, updated_at, tx.now))


def _drained(bucket: Bucket, since: datetime, now: datetime) -> float:
    return max(timedelta(0), now - since) / bucket.drains_in
