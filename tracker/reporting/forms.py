"""The forms on the pages of reports. Shape and wording only; choices are handed in, commands check what matters."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from tracker.core.words import day
from tracker.reporting.models import Shows
from tracker.reporting.rules import Rhythm
from tracker.web.forms import BaseForm, FilterForm, Radios, Select, TextArea, real_day

BETWEEN_ADDRESSES = re.compile(r"[\s,;]+")
SHOWS = (
    (Shows.UNIT.value, "The unit", "Where it stands with each requirement."),
    (Shows.TABLE.value, "The units right below it", "The same for each of them, and their sum."),
)
RHYTHMS = (
    (Rhythm.WEEKLY.value, "Every Monday", "The figures of that day."),
    (Rhythm.MONTHLY.value, "On the first of every month", "The figures of the month end before."),
)


def iso_day(typed: str) -> date:
    """A day as a list of choices sends it. Raises ValueError."""
    found = real_day(typed)
    if found is None:
        raise ValueError("not a day")
    return found


def day_choices(days: Iterable[date]) -> list[tuple[str, str]]:
    """Days as a list of choices offers them."""
    return [(one.isoformat(), day(one)) for one in days]


class SealForm(BaseForm):
    """Which month end to seal."""

    day = Select("Month end", required="a month end", coerce=iso_day)

    def __init__(self, days: Sequence[date]) -> None:
        super().__init__()
        self.day.choices = day_choices(days)


class BoardForm(FilterForm):
    """The day of a report for the board."""

    as_of = Select("Day", blank=None, coerce=iso_day)

    def __init__(self, days: Sequence[date]) -> None:
        super().__init__()
        self.as_of.choices = day_choices(days)


class MailingForm(BaseForm):
    """What is to be sent, how often, and to whom."""

    unit = Select("Unit", required="a unit")
    shows = Radios("What should it show?", required="what it should show", choices=SHOWS, coerce=Shows)
    requirement = Select("Requirement", blank="All that is asked")
    rhythm = Radios("How often?", required="how often", choices=RHYTHMS, coerce=Rhythm)
    readers = TextArea(
        "Who gets it?",
        required="the e-mail address of at least one reader",
        noun="the list of readers",
        hint="E-mail addresses of accounts, one on each line. Each reads what she may see on the day it is written.",
        max_length=10_000,
    )

    def __init__(self, units: Sequence[tuple[str, str]], requirements: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.unit.choices, self.requirement.choices = units, requirements

    @property
    def addresses(self) -> list[str]:
        """The addresses that were typed."""
        return [word for word in BETWEEN_ADDRESSES.split(self.readers.value) if word]
