"""Lets time pass in a test, or stand still."""

from datetime import datetime, timedelta

import pytest

from tracker.core import clock


def pass_time(monkeypatch: pytest.MonkeyPatch, time: timedelta) -> None:
    """Move the clock on by so much, from what it shows now."""
    now = clock.now

    def later() -> datetime:
        return now() + time

    monkeypatch.setattr(clock, "now", later)


def stop_time(monkeypatch: pytest.MonkeyPatch, at: datetime | None = None) -> None:
    """Let the clock stand still, at this moment or another: for what would come out otherwise at another hour."""
    moment = at or clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
