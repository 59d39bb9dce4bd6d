"""Passwords as argon2 hashes."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tracker.accounts.rules import normal_password

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's parameters of 2025: some 20 ms, and memory that many sign-ins at once can share."""


def hash_of(password: str) -> str:
    """The hash to keep."""
    return HASHER.hash(normal_password(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the password. Without a kept hash (nobody there, none set) it takes as long, and is not."""
    try:
        HASHER.verify(kept or _nobodys_hash(), normal_password(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters and should be made anew."""
    return HASHER.check_needs_rehash(kept)


@cache
def _nobodys_hash() -> str:
    return HASHER.hash("nobody's password")
