"""The forms on the pages of units. Shape and wording only; choices are handed in, commands check what matters."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms.validators import ValidationError

from tracker.dashboards.models import Seen
from tracker.web.addresses import LARGEST_ID
from tracker.web.forms import (
    STALE_PAGE,
    BaseForm,
    FilterForm,
    Hidden,
    Select,
    TextInput,
)

HIGHEST_PERCENT = 100
FORM_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")

BY = (("requirement", "By requirement"), ("module", "By module"))


def row_id(typed: str | int) -> int:
    """A number that a row or a page can have. Raises ValueError."""
    number = int(typed)
    if not 0 < number <= LARGEST_ID:
        raise ValueError("no row has such a number")
    return number


def form_key(typed: str) -> str:
    """A key that one of our forms carries. Raises ValueError."""
    if not FORM_KEY.fullmatch(typed):
        raise ValueError("not a key of ours")
    return typed


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
        if not typed.isascii() or not typed.isdigit() or not 1 <= int(typed) <= HIGHEST_PERCENT:
            return "Enter a whole number from 1 to 100, or nothing"
        return ""


class TargetsForm(BaseForm):
    """The target of each requirement in a unit, in per cent; `targets_form` makes it for those there are."""

    @property
    def wanted(self) -> dict[str, int | None]:
        """What is wanted, by the requirement's code."""
        return {field.requirement: field.value for field in self if isinstance(field, _TargetInput)}


class _TargetInput(PercentInput):
    def __init__(self, label: str, requirement: str, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.requirement = requirement


def targets_form(requirements: Iterable[tuple[str, str]], targets: Mapping[str, int]) -> TargetsForm:
    """The form for these requirements (code and title), filled in with the targets there are."""
    entries = list(enumerate(requirements))
    fields = {f"target{number}": _TargetInput(title, code) for number, (code, title) in entries}
    given = {f"target{number}": str(targets.get(code, "")) for number, (code, _) in entries}
    made: TargetsForm = type("TargetsForm", (TargetsForm,), fields)(**given)
    return made


class WhatIfFilter(FilterForm):
    """What is reckoned with: a requirement, and a target to try."""

    requirement = Select("Requirement", blank=None)
    percent = PercentInput("A target to try, in %", noun="the target")

    def __init__(self, requirements: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.requirement.choices = requirements


class TableFilter(FilterForm):
    """What stands in the columns of the table of a unit."""

    by = Select("Columns", blank=None, choices=BY)
    requirement = Select("Requirement", blank="All that is asked")

    def __init__(self, requirements: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.requirement.choices = requirements
