"""Calendar days as numbers, for rules and derived tables: day 1 is 1 January of year 1, as in `date.toordinal`."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date

Period = tuple[int, int]
"""A first and a last day number, both included."""

NEVER_BEFORE = date.min.toordinal()
"""The first day there is: stands for an empty start ("since ever")."""
NEVER_AFTER = date.max.toordinal()
"""The last day there is: stands for an empty end ("open")."""


def number(day: date | None, *, empty: int) -> int:
    """The number of a day; `empty` where there is none."""
    return empty if day is None else day.toordinal()


def day_or_none(number: int | None) -> date | None:
    """The day of a number; none for none and for an open end."""
    return None if number is None or number == NEVER_AFTER else date.fromordinal(number)


def month_later(year: int, month: int, day: int, months: int) -> date:
    """The same day of the month so many months later, cut to that month's last day."""
    count = year * 12 + month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day, monthrange(year, month + 1)[1]))


def add_months(day: int, months: int) -> int:
    """A day number moved by whole months, cut to the month's last day; never past the last day there is."""
    start = date.fromordinal(day)
    if start.year * 12 + start.month - 1 + months >= 10_000 * 12:
        return NEVER_AFTER
    return month_later(start.year, start.month, start.day, months).toordinal()


def month_end(day: date, months: int = 0) -> date:
    """The last day of the month that lies so many months after the day's own."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])


def union(periods: Iterable[Period]) -> list[Period]:
    """Periods sorted, with those that overlap or touch made one."""
    merged: list[Period] = []
    for first, last in sorted(periods):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged
