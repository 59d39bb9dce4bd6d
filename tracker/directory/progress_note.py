"""How far the work on a roster has come, in a small file: while a roster is applied, in one transaction, no other word
of it can reach the database. A note that is lost is only a note."""

from contextlib import suppress
from pathlib import Path

from tracker.core import config


def write(roster_id: int, done: int, total: int) -> None:
    """Note how many of how many people are done."""
    with suppress(OSError):
        _path(roster_id).write_text(f"{done} {total}", encoding="ascii")


def read(roster_id: int) -> tuple[int, int] | None:
    """What was noted last, if anything."""
    try:
        done, total = _path(roster_id).read_text(encoding="ascii").split()
        return int(done), int(total)
    except (OSError, ValueError):
        return None


def clear(roster_id: int) -> None:
    """Forget it."""
    with suppress(OSError):
        _path(roster_id).unlink(missing_ok=True)


def _path(roster_id: int) -> Path:
    return config.settings().instance / f"roster-{roster_id}.progress"
