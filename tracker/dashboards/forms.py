"""The forms on the pages of units. Shape and wording only; choices are handed in, commands check what matters."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from tracker.dashboards.models import Seen
from tracker.web.forms import (
    STALE_PAGE,
    BaseForm,
    ChangeForm,
    DateInput,
    FilterForm,
    Hidden,
    Select,
    TextInput,
)

HIGHEST_PERCENT = 100
YEARS_BACK = (("1", "1 year"), ("2", "2 years"), ("3", "3 years"), ("5", "5 years"))
MONTHS_AHEAD = (("0", "Not at all"), ("6", "6 months"), ("12", "1 year"), ("24", "2 years"))
"""How far a line goes back and ahead: as far as counts are kept."""


def seen_figures(typed: str) -> Seen:
    """The figures that a page had shown, as it sends them back. Raises ValueError."""
    given = json.loads(typed)
    if not isinstance(given, dict) or not all(isinstance(figures, dict) for figures in given.values()):
        raise ValueError("not the figures of a page")
    return {
        str(unit): {str(requirement): [int(done), int(counted)] for requirement, (done, counted) in figures.items()}
        for unit, figures in given.items()
    }


class SeenForm(BaseForm):
    """That somebody has seen the figures of her units."""

    seen = Hidden(coerce=seen_figures)

    def validate_seen(self, field: Hidden) -> None:
        """A page sends what it had shown."""
        if field.value is None:
            raise ValidationError(STALE_PAGE)


class PercentInput(TextInput):
    """A whole number of per cent, or nothing."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, max_length=4, **kwargs)

    @property
    def value(self) -> int | None:
        """The number; None where nothing is given."""
        typed = self.data.removesuffix("%").strip()
        return int(typed) if typed else None

    def problem(self) -> str:
        """Not a whole number from 1 to 100."""
        typed = self.data.removesuffix("%").strip()
        if not typed.isascii() or not typed.isdigit() or not 1 <= int(typed[:9]) <= HIGHEST_PERCENT:
            return f"Enter a whole number from 1 to {HIGHEST_PERCENT}{'' if self.required else ', or nothing'}"
        return ""


class TargetForm(ChangeForm):
    """What share of a requirement a unit means to reach, and when."""

    requirement = Select("Requirement", required="a requirement")
    percent = PercentInput("Target, in %", required="a target", hint="The share of the people counted.")
    starts_on = DateInput(
        "First day (optional)", noun="the first day", hint="Empty: it holds for all days before, too."
    )
    ends_on = DateInput("Last day (optional)", noun="the last day", hint="Empty: until further notice.")

    def __init__(self, *, requirements: Sequence[tuple[str, str]] | None = None, **given: Any) -> None:
        """Without requirements to choose from, it is about the one that the target has."""
        super().__init__(**given)
        if requirements is None:
            del self.requirement
        else:
            self.requirement.choices = requirements

    @property
    def share(self) -> int:
        """The target of a form that was well filled in."""
        return int(self.percent.value or 0)

    def validate_ends_on(self, field: DateInput) -> None:
        """Not before the first."""
        if field.value and self.starts_on.value and field.value < self.starts_on.value:
            raise ValidationError("The last day must not lie before the first")


class TargetsFilter(FilterForm):
    """Which targets of all units are listed: by when they hold, and what they are for."""

    show = Select("Show", blank=None)
    requirement = Select("Requirement", blank="All requirements")

    def __init__(self, requirements: Sequence[tuple[str, str]], shows: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.requirement.choices, self.show.choices = requirements, shows


class WhatIfFilter(FilterForm):
    """What is reckoned with: a requirement, a target to try, and a coming day to look at."""

    requirement = Select("Requirement", blank=None)
    percent = PercentInput("A target to try, in %", noun="the target")
    on = DateInput("A coming day", noun="the day")

    def __init__(self, requirements: Sequence[tuple[str, str]], today: date) -> None:
        super().__init__()
        self.requirement.choices = requirements
        self.today = today

    def validate_on(self, field: DateInput) -> None:
        """It lies ahead."""
        if field.value and field.value <= self.today:
            raise ValidationError("The day must lie ahead")


class ItemFilter(FilterForm):
    """What is looked at: a requirement, or one of its modules."""

    item = Select("Asked for", blank=None)

    def __init__(self, choices: Sequence[SelectChoice]) -> None:
        super().__init__()
        self.item.choices = choices


class TrendFilter(ItemFilter):
    """Over which time a rate is looked at."""

    years = Select("Back", blank=None, choices=YEARS_BACK, coerce=int)
    ahead = Select("Ahead", blank=None, choices=MONTHS_AHEAD, coerce=int)
