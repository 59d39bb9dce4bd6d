"""Today is the institution's calendar day, whatever the hour in UTC; moments are aware on both databases."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.support import make
from tracker.core import clock
from tracker.core.audit import AuditEvent
from tracker.core.database import UtcTime, db

CASES = [
    # (zone, moment in UTC, the day there)
    ("UTC", "2026-11-22T23:59:59", date(2026, 11, 22)),
    ("America/Chicago", "2026-11-22T05:59:59", date(2026, 11, 21)),
    ("America/Chicago", "2026-11-22T06:00:00", date(2026, 11, 22)),
    # Clocks go forward on 8 March 2026 at 2:00: midnight before is at 6:00 UTC, midnight after at 5:00.
    ("America/Chicago", "2026-03-08T05:59:59", date(2026, 3, 7)),
    ("America/Chicago", "2026-03-08T06:00:00", date(2026, 3, 8)),
    ("America/Chicago", "2026-03-09T04:59:59", date(2026, 3, 8)),
    ("America/Chicago", "2026-03-09T05:00:00", date(2026, 3, 9)),
    # Clocks go back on 1 November 2026: midnight before is at 5:00 UTC, midnight after at 6:00.
    ("America/Chicago", "2026-11-01T05:00:00", date(2026, 11, 1)),
    ("America/Chicago", "2026-11-02T05:59:59", date(2026, 11, 1)),
    ("America/Chicago", "2026-11-02T06:00:00", date(2026, 11, 2)),
    # In Cairo and Beirut clocks have gone forward at midnight itself: that day begins at 1:00.
    ("Africa/Cairo", "2026-04-23T21:59:59", date(2026, 4, 23)),
    ("Africa/Cairo", "2026-04-23T22:00:00", date(2026, 4, 24)),
    ("Pacific/Kiritimati", "2026-12-31T10:00:00", date(2027, 1, 1)),
]


@pytest.mark.parametrize(("zone", "moment", "day"), CASES)
def test_today_is_the_day_of_the_institution(
    app: Flask, monkeypatch: pytest.MonkeyPatch, zone: str, moment: str, day: date
) -> None:
    app.config["TIME_ZONE"] = ZoneInfo(zone)
    monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat(moment).replace(tzinfo=UTC))
    assert clock.today() == day


def test_moments_come_back_aware_and_in_utc(app: Flask) -> None:
    make.unit()
    at = db.session.scalars(select(AuditEvent.at)).first()
    assert at is not None
    assert at.utcoffset() == timedelta(0)
    assert abs(clock.now() - at) < timedelta(minutes=5)


def test_a_moment_without_a_zone_is_refused(app: Flask) -> None:
    with pytest.raises(ValueError, match="zone"):
        UtcTime().process_bind_param(datetime(2026, 1, 1), db.engine.dialect)  # noqa: DTZ001 - that is the point


@given(st.datetimes(timezones=st.timezones()))
def test_every_moment_is_stored_as_the_same_moment(moment: datetime) -> None:
    try:
        stored = UtcTime().process_bind_param(moment, None)  # type: ignore[arg-type]
    except OverflowError:
        return
    assert stored is not None
    assert stored.tzinfo is UTC
    assert stored.timestamp() == moment.timestamp()  # == itself calls an hour that comes twice unequal
