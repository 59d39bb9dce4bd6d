"""The forms on the pages of units. Shape and wording only; choices are handed in, commands check what matters."""

import re
import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from tracker.web.addresses import LARGEST_ID
from tracker.web.forms import (
    STALE_PAGE,
    BaseForm,
    Checkboxes,
    DateInput,
    FilterForm,
    Hidden,
    SearchInput,
    Select,
    TextArea,
    clean,
)

MOST_AT_ONCE = 500
FORM_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
BETWEEN_WORDS = re.compile(r"[\n,;\t]")

BY = (("requirement", "By requirement"), ("module", "By module"))
SORTS = (("due", "Due day"), ("name", "Name"), ("unit", "Unit"), ("status", "Status"))


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


class TableFilter(FilterForm):
    """What stands in the columns of the table of a unit."""

    by = Select("Columns", blank=None, choices=BY)
    requirement = Select("Requirement", blank="All that is asked")

    def __init__(self, requirements: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.requirement.choices = requirements


class PeopleFilter(FilterForm):
    """Which people of a unit are listed, for what, and in which order.

    `item` is a requirement or one of its modules in one choice; the page then goes on to the address that names both.
    """

    item = Select("Asked for", blank="Everybody, without a status")
    q = SearchInput("Name, identifier or e-mail", noun="the search")
    sort = Select("Sorted by", blank=None, choices=SORTS)
    status = Checkboxes("Status")

    def __init__(
        self, items: Sequence[SelectChoice], statuses: Sequence[tuple[str, str]], *, has_statuses: bool
    ) -> None:
        super().__init__()
        self.item.choices = items
        self.status.choices = statuses
        if not has_statuses:
            del self.status
            self.sort.choices = [sort for sort in SORTS if sort[0] in ("name", "unit")]


class Ticked(Checkboxes):
    """People to tick, a page of them at a time: those ticked on other pages come back too, and the command judges."""

    def pre_validate(self, form: BaseForm) -> None:
        """Take any id; who may be meant is asked of the database."""

    @property
    def on_other_pages(self) -> list[int]:
        """Who is ticked and not among the choices shown."""
        shown = {choice.value for choice in self.choices}
        return [person_id for person_id in dict.fromkeys(self.data) if str(person_id) not in shown]


class RosterForm(BaseForm):
    """One module for many people at once."""

    course = Select("Which module was it?", required="a module")
    completed_on = DateInput("When did they finish it?", required="the day they finished it", noun="the day")
    listed = TextArea(
        "Identifiers or e-mail addresses",
        noun="the list",
        max_length=20_000,
        hint="As they stand on the sign-in list, one to a line. Leave it empty if you tick people below.",
    )
    q = SearchInput("Find people to tick", noun="the search")
    people = Ticked("People", coerce=row_id)
    page = Hidden(coerce=row_id)
    form_key = Hidden(coerce=form_key)

    def __init__(self, *, courses: Sequence[tuple[str, str]], today: date, **given: Any) -> None:
        super().__init__(**{"completed_on": today, **given})
        self.course.choices = courses
        self._today = today
        if not self.is_submitted():
            self.form_key.process_data(secrets.token_urlsafe(18))

    @property
    def words(self) -> list[str]:
        """What was typed of people: one word to a line, a comma or a semicolon."""
        return list(dict.fromkeys(word for word in map(clean, BETWEEN_WORDS.split(self.listed.value)) if word))

    def validate_completed_on(self, field: DateInput) -> None:
        """A day that has come."""
        if field.value and field.value > self._today:
            raise ValidationError("The day must be today or earlier")

    def validate_form_key(self, field: Hidden) -> None:
        """Every rendering has its key."""
        if field.value is None:
            raise ValidationError(STALE_PAGE)

    def validate_people(self, field: Ticked) -> None:
        """Somebody, and not more than one page of a sign-in list can hold."""
        if not field.data and not self.words:
            raise ValidationError("Tick somebody, or list identifiers or e-mail addresses")
        if len(field.data) + len(self.words) > MOST_AT_ONCE:
            raise ValidationError(f"Log for {MOST_AT_ONCE} people at most in one go")
