"""Lets time pass in a test."""

from datetime import datetime, timedelta

import pytest

from tracker.core import clock


def pass_time(monkeypatch: pytest.MonkeyPatch, time: timedelta) -> None:
    """Move the clock on by so much, from what it shows now."""
    now = clock.now

    def later() -> datetime:
        return now() + time

    monkeypatch.setattr(clock, "now", later)
