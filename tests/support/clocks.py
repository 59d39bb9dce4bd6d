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


def stop_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock stand still, for what would come out otherwise if an hour struck in the middle of it."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
