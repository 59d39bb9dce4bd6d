"""The forms on champions' terms. Shape and wording only; choices are handed in, commands check what matters."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms.validators import ValidationError

from tracker.champions.commands.extras import LONGEST_NAME, LONGEST_NOTE
from tracker.champions.queries import FoundPerson
from tracker.web.forms import BaseForm, ChangeForm, DateInput, FilterForm, Radios, SearchInput, Select, TextInput

KIND_CHOICES = (("faculty", "Faculty"), ("staff", "Staff"))
DIGITS_OF_SHARE = 6


class PersonSearch(FilterForm):
    """Whom to choose among."""

    q = SearchInput("Name, identifier or e-mail", noun="the search")


class ShareInput(TextInput):
    """A share of full time, from 0 to 1, or nothing."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, max_length=DIGITS_OF_SHARE, **kwargs)

    @property
    def value(self) -> Decimal | None:
        """The share, digit for digit; None where nothing is given."""
        return share(self.data) if self.data else None

    def problem(self) -> str:
        """Not a number from 0 to 1."""
        found = share(self.data)
        return "" if found is not None and 0 <= found <= 1 else "Enter a number from 0 to 1, such as 0.2"


def share(typed: str) -> Decimal | None:
    """The number that is typed, with a point or a comma; None where it is none."""
    try:
        found = Decimal(typed.replace(",", "."))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


class PeriodForm(BaseForm):
    """From a day to a day."""

    starts_on = DateInput("First day", required="the first day")
    ends_on = DateInput("Last day", required="the last day")

    def validate_ends_on(self, field: DateInput) -> None:
        """Not before the first."""
        if field.value and self.starts_on.value and field.value < self.starts_on.value:
            raise ValidationError("The last day must not lie before the first")


class TermForm(PeriodForm, ChangeForm):
    """A term: its kind, days and agreed share of time."""

    kind = Radios("{Champion} of the", required="faculty or staff", noun="the kind", choices=KIND_CHOICES)
    ends_on = DateInput("Last day", required="the last day", hint="A term is two years, if nothing else is agreed.")
    fte = ShareInput(
        "Agreed FTE (optional)",
        noun="the agreed FTE",
        hint="The share of full time that is agreed for this, such as 0.2 for a day a week.",
    )


class AppointForm(TermForm):
    """A new term for one of the people found."""

    person = Radios("Who?", required="a person", coerce=int)

    def __init__(self, *, people: Sequence[FoundPerson], **given: Any) -> None:
        super().__init__(**given)
        self.person.choices = choices_of(people)


class SubstituteForm(PeriodForm):
    """Who stands in, and on which days."""

    person = Radios("Who stands in?", required="a person", coerce=int)

    def __init__(self, *, people: Sequence[FoundPerson], **given: Any) -> None:
        super().__init__(**given)
        self.person.choices = choices_of(people)


def choices_of(people: Sequence[FoundPerson]) -> list[tuple[int, str, str]]:
    """People to choose from, told apart by where they are at home."""
    return [(one.id, one.name, f"{one.unit}, {one.category}") for one in people]


class EndForm(BaseForm):
    """The day on which a term is to end."""

    ends_on = DateInput("Last day of the term", required="the last day")


class DatedForm(BaseForm):
    """What all share that record something of a day that has come."""

    def __init__(self, *, today: date, **given: Any) -> None:
        super().__init__(**given)
        self._today = today

    def check_has_come(self, field: DateInput) -> None:
        """Today or earlier."""
        if field.value and field.value > self._today:
            raise ValidationError("The day must be today or earlier")


class ApprovalForm(DatedForm, ChangeForm):
    """Who agreed to a term, and when."""

    approved_by = TextInput("Who approved it?", required="who approved it", noun="the name", max_length=LONGEST_NAME)
    approved_on = DateInput("On which day?", required="the day of the approval", noun="the day")
    note = TextInput(
        "Link to the letter, or a note (optional)",
        noun="the note",
        max_length=LONGEST_NOTE,
        hint="Only the {office} and auditors read it.",
    )

    def validate_approved_on(self, field: DateInput) -> None:
        """A day that has come."""
        self.check_has_come(field)


class TrainingForm(PeriodForm):
    """Days of training as a facilitator."""


class CertificateForm(DatedForm):
    """A module that the champion may teach."""

    module = Select("Module", required="a module", coerce=int)
    certified_on = DateInput("Certified on", required="the day", noun="the day")

    def __init__(self, *, modules: Sequence[tuple[int, str]], today: date, **given: Any) -> None:
        super().__init__(today=today, **given)
        self.module.choices = modules

    def validate_certified_on(self, field: DateInput) -> None:
        """A day that has come."""
        self.check_has_come(field)
