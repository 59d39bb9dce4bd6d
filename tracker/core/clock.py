"""The one place that asks for the time. Tests set it; nothing else reads a clock."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The institution's calendar day: this moment in its time zone."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """A moment as the institution's clocks show it."""
    zone: ZoneInfo = current_app.config["TIME_ZONE"]
    return moment.astimezone(zone)
