"""What a form showed of rows that are there, in short, so that nobody overwrites unseen what somebody else changed."""

from hashlib import sha256
from typing import Any

from tracker.core.audit import values_of
from tracker.core.errors import Conflict


class ChangedSince(Conflict):
    """What a form showed was changed before it was sent."""

    def __init__(self) -> None:
        super().__init__(
            "This has been changed since you opened it. What stands now is shown beside the fields; what you typed is "
            "kept. Send it again if it is right."
        )


def mark_of(*rows: Any | None) -> str:
    """What rows say, in short (none: a row that is not there): another mark means that one of them was changed. Whoever
    reads a row in two statements asks for its mark first: a mark that is too old only has her look again."""
    said = [None if row is None else values_of(row) for row in rows]
    return sha256(repr(said).encode()).hexdigest()[:16]


def check_unchanged(seen: str | None, *rows: Any | None) -> None:
    """Raises ChangedSince where rows, read under their lock, have another mark than a form had `seen` (none: there was
    no form)."""
    if seen is not None and seen != mark_of(*rows):
        raise ChangedSince
