"""The forms on persons and what is dated about them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wtforms.validators import ValidationError

from tracker.champions.forms import ShareInput
from tracker.core.texts import is_email
from tracker.directory.queries.people import address_question
from tracker.directory.queries.spelling import ONE, Vocabulary
from tracker.directory.queries.spelling import question as question_about
from tracker.people.commands import Post
from tracker.web.forms import (
    AskedInput,
    BaseForm,
    ChangeForm,
    DateInput,
    FilterForm,
    Radios,
    SearchInput,
    Select,
    TextInput,
)

YES, NO = "yes", "no"
UnitChoices = Sequence[tuple[str, str]]


class FindForm(FilterForm):
    """Whom to look for."""

    q = SearchInput("Name, identifier or e-mail", noun="the search")


class PersonForm(ChangeForm):
    """What somebody is called and found by."""

    name = TextInput("Name", required="the name")
    identifier = TextInput(
        "Identifier",
        required="the identifier",
        hint="What the institution's lists know the person by. Zeros at its beginning are part of it.",
    )
    email = AskedInput("E-mail (optional)", noun="the e-mail address", max_length=254)
    person_id = 0
    """Whom the form is about; nobody yet for a new person."""

    def validate_email(self, field: AskedInput) -> None:
        """An address, if anything; one that somebody else has only when it is meant."""
        if field.value and not is_email(field.value):
            raise ValidationError("Enter an e-mail address such as name@example.org")
        is_kept = self.person_id and field.value == field.object_data
        if field.value and not is_kept:
            question = address_question(field.value, self.person_id, self.identifier.value)
            field.ask(question, "Yes, this is the address")


def ask_about(field: AskedInput, vocabulary: Vocabulary) -> None:
    """Ask about a word that nobody has yet."""
    if field.value:
        field.ask(question_about(vocabulary, field.value), f"Yes, “{field.value}” is a new {ONE[vocabulary]}")


class KindsForm(BaseForm):
    """What somebody works as, by which rules know whom they mean."""

    category = AskedInput("Category", required="the category", hint="Such as staff, faculty, resident or student.")
    role = AskedInput("Role", required="the role", hint="Such as manager, clinical, trainee, research or nonclinical.")

    def validate_category(self, field: AskedInput) -> None:
        """One that somebody has, or a new one that is meant."""
        ask_about(field, Vocabulary.CATEGORIES)

    def validate_role(self, field: AskedInput) -> None:
        """The same."""
        ask_about(field, Vocabulary.ROLES)


class DaysForm(ChangeForm):
    """From a day to a day, which may be open."""

    starts_on = DateInput("First day", required="the first day")
    ends_on = DateInput("Last day (optional)", noun="the last day", hint="Leave it empty while no end is known.")

    def validate_ends_on(self, field: DateInput) -> None:
        """Not before the first."""
        if field.value and self.starts_on.value and field.value < self.starts_on.value:
            raise ValidationError("The last day must not lie before the first")

    @property
    def days(self) -> dict[str, Any]:
        """First and last day, by the names that commands give them."""
        return {"starts_on": self.starts_on.value, "ends_on": self.ends_on.value}


class PostForm(KindsForm, DaysForm):
    """An appointment."""

    unit = Select("Unit", required="the unit")
    is_primary = Radios(
        "Is this the primary post?",
        required="whether it is the primary post",
        choices=((YES, "Yes", "The person is counted in this unit."), (NO, "No", "It adds the person to no rate.")),
    )
    fte = ShareInput("FTE (optional)", noun="the FTE", hint="The share of full time, such as 0.5.")

    def __init__(self, *, units: UnitChoices, **given: Any) -> None:
        super().__init__(**given)
        self.unit.choices = units

    def post_in(self, unit_id: int) -> Post:
        """What it says, in a unit."""
        return Post(
            unit_id,
            self.category.value,
            self.role.value,
            self.fte.value,
            self.is_primary.value == YES,
            self.starts_on.value,
            self.ends_on.value,
        )


class NewPersonForm(PersonForm, PostForm):
    """A person with her first post."""


class TransferForm(KindsForm):
    """Where somebody works from a day on."""

    unit = Select("To which unit?", required="the unit")
    on = DateInput("From which day?", required="the day")

    def __init__(self, *, units: UnitChoices, **given: Any) -> None:
        super().__init__(**given)
        self.unit.choices = units


class LeavingForm(BaseForm):
    """The last day here."""

    on = DateInput("Last day", required="the last day", hint="Posts and functions end with it. Records are kept.")


class FunctionForm(DaysForm):
    """A committee, a search, or such."""

    function = AskedInput("Function", required="the function", hint="Such as a committee or a search.")

    def validate_function(self, field: AskedInput) -> None:
        """One that somebody has, or a new one that is meant."""
        ask_about(field, Vocabulary.FUNCTIONS)


class LeaveForm(DaysForm):
    """Days away. Nothing asks why."""


def share_text(fte: Decimal | None) -> str:
    """A share as a form shows it."""
    return "" if fte is None else format(fte, "f")
