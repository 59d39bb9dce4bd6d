"""Sums with calendar days, for the naive reading only."""

from calendar import monthrange
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months later, cut to that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def covers(start: date | None, end: date | None, day: date) -> bool:
    """Whether a day lies in a period; its first and last day do, and None leaves a side open."""
    return (start is None or start <= day) and (end is None or day <= end)


def first_on_or_after(month_day: str, day: date) -> date:
    """The first MM-DD that is not before a day."""
    this_year = date.fromisoformat(f"{day.year:04}-{month_day}")
    return this_year if this_year >= day else date.fromisoformat(f"{day.year + 1:04}-{month_day}")


def last_on_or_before(month_day: str, day: date) -> date:
    """The last MM-DD that is not after a day."""
    this_year = date.fromisoformat(f"{day.year:04}-{month_day}")
    return this_year if this_year <= day else date.fromisoformat(f"{day.year - 1:04}-{month_day}")
