"""What the office's overview of champions is narrowed by."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from tracker.web.forms import FilterForm, SearchInput, Select


class Show(StrEnum):
    """Which units are shown."""

    GAPS = "gaps"
    ENDING = "ending"
    UNSETTLED = "unsettled"


class ChampionsFilter(FilterForm):
    """Which units, and within which department."""

    show = Select(
        "Show",
        blank="Departments, and units with {champions}",
        choices=(
            (Show.GAPS.value, "Where somebody is missing"),
            (Show.ENDING.value, "Where a term ends within 90 days"),
            (Show.UNSETTLED.value, "Where something is not settled"),
        ),
    )
    within = Select("Within", blank="The whole institution")
    q = SearchInput("Name of a unit or a person", noun="the search")

    def __init__(self, departments: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.within.choices = departments

    @property
    def kept(self) -> dict[str, Any]:
        """What the address keeps."""
        values = {name: self[name].value for name in ("show", "within", "q")}
        return {name: str(value) for name, value in values.items() if value}
