"""The forms of writing to people. Shape and wording only; the plan says who gets what."""

from collections.abc import Iterable, Sequence

from wtforms.validators import ValidationError

from tracker.core.errors import Invalid
from tracker.messages.plan import Draft
from tracker.messages.texts import placeholders, unknown_placeholders
from tracker.web.addresses import row_id
from tracker.web.forms import STALE_PAGE, BaseForm, FormKey, Hidden, TextArea, TextInput, TickBox

MOST_PEOPLE = 5_000
FIRST_WORDS = "Dear {name},\n\n"


def person_ids(typed: Iterable[str]) -> tuple[int, ...]:
    """The people chosen on another page, each once; a value may hold several, parted by commas. Raises Invalid."""
    try:
        found = tuple(dict.fromkeys(row_id(one) for values in typed for one in values.split(",")))
    except ValueError:
        raise Invalid("person", "Somebody among those chosen is not known here.") from None
    if len(found) > MOST_PEOPLE:
        raise Invalid("person", f"Write to {MOST_PEOPLE:,} people at most in one go.")
    return found


def _ids_in_one_line(typed: str) -> str:
    """The ids of a hidden field, checked, as they stand there: five thousand fields would weigh too much."""
    try:
        return " ".join(str(one) for one in person_ids(typed.split()))
    except Invalid as refusal:
        raise ValueError(STALE_PAGE) from refusal


class WriteForm(BaseForm):
    """What to write, and to whom of those chosen."""

    people = Hidden(coerce=_ids_in_one_line)
    subject = TextInput("Subject", required="a subject", max_length=150)
    text = TextArea(
        "Text",
        required="what you want to write",
        noun="the text",
        max_length=5_000,
        rows=12,
        hint="Plain text. {name} stands for the name of whoever reads it. Your name and role are added below it.",
    )
    has_tasks = TickBox(
        "Add what is left to do and by when",
        hint="From the record of each: what is required, and what is expected as far as you may see it by name. "
        "Never what is optional.",
    )
    skips_nothing_left = TickBox("Leave out whoever has nothing of this left to do")
    skips_on_leave = TickBox("Leave out whoever is on leave today")
    form_key = FormKey()
    fingerprint = Hidden()

    @classmethod
    def first(cls, person_ids: Sequence[int]) -> "WriteForm":
        """The form as it is before anything is written."""
        people = " ".join(str(one) for one in person_ids)
        return cls(formdata=None, people=people, text=FIRST_WORDS, skips_on_leave=True)

    @property
    def person_ids(self) -> tuple[int, ...]:
        """Who was chosen."""
        return person_ids((self.people.value or "").split())

    @property
    def draft(self) -> Draft:
        """What is meant to be sent."""
        return Draft(
            self.person_ids,
            self.subject.value,
            self.text.value,
            bool(self.has_tasks.value),
            bool(self.skips_on_leave.value),
            bool(self.skips_nothing_left.value),
        )

    def validate_subject(self, field: TextInput) -> None:
        """Without placeholders."""
        if found := placeholders(field.value):
            raise ValidationError(f"{found[0]} is not filled in here: the subject is the same for everybody")

    def validate_text(self, field: TextArea) -> None:
        """Only placeholders that mean something."""
        if unknown := unknown_placeholders(field.value):
            raise ValidationError(f"{unknown[0]} means nothing here. Only {{name}} is filled in")

    def validate_people(self, field: Hidden) -> None:
        """Somebody is chosen."""
        if not field.value:
            raise ValidationError(STALE_PAGE)
