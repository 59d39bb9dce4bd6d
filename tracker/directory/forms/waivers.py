"""The forms on waivers."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms.validators import ValidationError

from tracker.progress.commands.waivers import Grant
from tracker.web.forms import ChangeForm, DateInput, Select, TextArea, TextInput
from tracker.web.previewed import PreviewedForm

Choices = Sequence[tuple[str, str]]


class GrantForm(PreviewedForm):
    """What is waived, from when to when, why, and who approved it."""

    thing = Select("What is waived?", required="what is waived")
    starts_on = DateInput("First day", required="the first day")
    ends_on = DateInput("Last day (optional)", noun="the last day", hint="Leave it empty while no end is known.")
    reason = TextArea(
        "Why?",
        required="why",
        noun="the reason",
        max_length=500,
        rows=3,
        hint="Only the {office} reads it. Leave out anything about health.",
    )
    approved_by = TextInput("Who approved it?", required="who approved it", noun="the name")

    def __init__(self, *, things: Choices, **given: Any) -> None:
        super().__init__(**given)
        self.thing.choices = things

    def validate_ends_on(self, field: DateInput) -> None:
        """Not before the first."""
        if field.value and self.starts_on.value and field.value < self.starts_on.value:
            raise ValidationError("The last day must not lie before the first")

    @property
    def grant(self) -> Grant:
        """What is said."""
        kind, _, number = str(self.thing.value).partition("-")
        return Grant(
            int(number) if kind == "requirement" else None,
            int(number) if kind == "module" else None,
            self.starts_on.value,
            self.ends_on.value,
            self.reason.value,
            self.approved_by.value,
        )


class GrantManyForm(GrantForm):
    """The same for everybody whom a filter means."""

    unit = Select("For whom? The people at home in", required="the unit", hint="And in all units below it.")
    category = Select("Category", blank="Any category")
    role = Select("Role", blank="Any role")

    def __init__(self, *, units: Choices, categories: Sequence[str], roles: Sequence[str], **given: Any) -> None:
        super().__init__(**given)
        self.unit.choices = units
        self.category.choices = categories
        self.role.choices = roles


class EndWaiverForm(ChangeForm):
    """The last day of a waiver."""

    ends_on = DateInput("Last day of the waiver", required="the last day")

    def __init__(self, *, starts_on: date, **given: Any) -> None:
        super().__init__(**given)
        self._starts_on = starts_on

    def validate_ends_on(self, field: DateInput) -> None:
        """Not before it begins."""
        if field.value and field.value < self._starts_on:
            raise ValidationError("The last day must not lie before the first. Take the waiver back instead")
