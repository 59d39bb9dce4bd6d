"""Buckets that fill with each try and empty with time, so that nobody can guess passwords or flood a mailbox."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv4Address, ip_address, ip_network

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


SIGN_IN = Bucket("sign-in", 10, timedelta(minutes=1))
"""By e-mail address and network: whoever guesses at somebody's password keeps nobody out but those beside her."""
SIGN_IN_BY_EMAIL = Bucket("sign-in by e-mail", 100, timedelta(seconds=15))
"""From anywhere. It empties faster than one network may fill it, so that a single stranger cannot keep it full."""
SIGN_IN_BY_ADDRESS = Bucket("sign-in by address", 100, timedelta(seconds=6))
"""A whole hospital may sit behind one address; only failures stay in the bucket."""
PRESENT_PASSWORD = Bucket("present password", 10, timedelta(minutes=1))
LETTERS = Bucket("letters", 3, timedelta(minutes=20))
LETTERS_BY_EMAIL = Bucket("letters by e-mail", 12, timedelta(minutes=10))
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


def sign_in_tries(email: str, address: str) -> tuple[Try, ...]:
    """What a password counts in that is tried for an account from a network address."""
    network = network_of(address)
    return (SIGN_IN, f"{email} {network}"), (SIGN_IN_BY_EMAIL, email), (SIGN_IN_BY_ADDRESS, network)


def letter_tries(email: str, address: str) -> tuple[Try, ...]:
    """What a letter counts in that somebody asks for from a network address."""
    network = network_of(address)
    return (LETTERS, f"{email} {network}"), (LETTERS_BY_EMAIL, email), (LETTERS_BY_ADDRESS, network)


def network_of(address: str) -> str:
    """What one machine or household has of addresses: one of IPv4; of IPv6 all that begin with the same half."""
    try:
        whole = ip_address(address)
    except ValueError:
        return address
    if isinstance(whole, IPv4Address):
        return str(whole)
    return str(whole.ipv4_mapped or ip_network((whole, 64), strict=False))


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
