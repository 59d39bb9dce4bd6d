"""Where a message to one person stands. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tracker.core.outbox import LetterState


class Standing(StrEnum):
    """Where it stands, what needs somebody first."""

    UNSURE = "unsure"
    REFUSED = "refused"
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    LEFT = "left"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a message to one person stands: since or until when, and what the mail server said, if anything."""

    standing: Standing
    at: datetime | None
    error: str | None
    attempts: int

    @property
    def can_be_stopped(self) -> bool:
        """Whether it has not left yet."""
        return self.standing is Standing.WAITING


def progress_of(
    state: LetterState,
    *,
    stopped_at: datetime | None,
    not_before: datetime,
    taken_at: datetime | None,
    sent_at: datetime | None,
    error: str | None,
    attempts: int,
) -> Progress:
    """Where it stands, from its letter; one that was stopped says so whatever else the letter held."""
    if stopped_at is not None:
        return Progress(Standing.STOPPED, stopped_at, None, 0)
    at = {LetterState.WAITING: not_before, LetterState.SENT: sent_at}.get(state, taken_at)
    return Progress(Standing(state.value), at, error, attempts)
