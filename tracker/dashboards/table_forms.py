"""The forms on the table of a unit and on the page behind a figure: what stands in the columns, and since when."""

from collections.abc import Sequence
from datetime import date

from wtforms.validators import ValidationError

from tracker.web.forms import Checkboxes, DateInput, FilterForm, Select

REQUIREMENT, MODULE = "requirement", "module"
BY = ((REQUIREMENT, "Requirements"), (MODULE, "Modules"))
RATES, PEOPLE = "rates", "people"
BESIDE = ((RATES, "Rates alone"), (PEOPLE, "Rates and people to go"))


class TableForm(FilterForm):
    """Which requirements, whole or module by module, what beside each rate, and compared with which other day."""

    by = Select("Columns", blank=None, choices=BY)
    beside = Select("Figures", blank=None, choices=BESIDE)
    since = DateInput("Compared with (optional)", noun="the other day")
    requirement = Checkboxes("Requirements", hint="Tick none to see all that is asked.")

    def __init__(self, requirements: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.requirement.choices = requirements


class SinceForm(FilterForm):
    """From which day on completions are counted, up to a day."""

    since = DateInput("Completed since", noun="the first day")

    def __init__(self, until: date) -> None:
        super().__init__()
        self._until = until

    def validate_since(self, field: DateInput) -> None:
        """Not after the day that the figures are of."""
        if field.value and field.value > self._until:
            raise ValidationError("The first day must not lie after the day the figures are of")
