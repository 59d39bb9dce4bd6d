"""How values read in words: days, counts and shares, alike on pages, in files, in letters and at the command line."""

from collections.abc import Sequence
from datetime import date, datetime

PRODUCT_NAME = "Waymark"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
DASH = "\N{EN DASH}"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date | None) -> str:
    """A date for people: 21 Nov 2026; a dash where there is none."""
    return DASH if value is None else f"{day_short(value)}{NO_BREAK_SPACE}{value.year}"


def day_short(value: date | None) -> str:
    """A date where the year is plain from what stands around it: 21 Nov."""
    return DASH if value is None else f"{value.day}{NO_BREAK_SPACE}{MONTHS[value.month - 1]}"


def iso(value: date) -> str:
    """A date for machines, in addresses and date inputs: 2026-11-21."""
    return value.strftime("%Y-%m-%d")


def moment(value: datetime) -> str:
    """A date and time of day, in the zone the value carries: 21 Nov 2026, 14:05."""
    return f"{day(value)}, {value:%H:%M}"


def count(value: int) -> str:
    """A whole number with its thousands parted: 1,234."""
    return f"{value:,}"


def percent(numerator: int, denominator: int) -> str:
    """A share in whole per cent, halves up, computed exactly: 62 %; a dash where nobody is counted."""
    if denominator == 0:
        return DASH
    return f"{(200 * numerator + denominator) // (2 * denominator)}{NO_BREAK_SPACE}%"


def plural(number: int, one: str, many: str) -> str:
    """A number with its noun: 1 person, 2 people, 1,234 people."""
    return f"{count(number)}{NO_BREAK_SPACE}{one if number == 1 else many}"


def sentence_list(words: Sequence[str]) -> str:
    """Words as they stand in a sentence: a, b and c."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def ago(value: date, today: date) -> str:
    """How far a day lies from today, in days: 9 days ago, yesterday, today, tomorrow, in 12 days."""
    days = (today - value).days
    near = {-1: "tomorrow", 0: "today", 1: "yesterday"}
    if days in near:
        return near[days]
    return f"{plural(days, 'day', 'days')} ago" if days > 0 else f"in {plural(-days, 'day', 'days')}"


def shown(value: object) -> object:
    """A value of a facts list as people read it: days and counts formatted, a dash for nothing, words as they are."""
    if value is None or value == "":
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return count(value) if isinstance(value, int) else value
