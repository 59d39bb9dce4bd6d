"""The forms on the lists of people: what narrows them, whom a deed is for, and what is done for them."""

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from tracker.dashboards import sign_in_lists
from tracker.dashboards.forms import form_key, row_id
from tracker.dashboards.sign_in_lists import Entry, Unreadable
from tracker.progress.commands.bulk import MOST_AT_ONCE
from tracker.web.forms import (
    STALE_PAGE,
    BaseForm,
    Checkboxes,
    DateInput,
    FileInput,
    FilterForm,
    Hidden,
    SearchInput,
    Select,
    TextArea,
    TextInput,
)

SORTS_OF_EVERYBODY = (("name", "Name"), ("unit", "Unit"))
SORTS = (("due", "Due day"), *SORTS_OF_EVERYBODY, ("status", "Status"))
OPEN, TICKED, ALL = "open", "ticked", "all"
"""Whom a deed is for: whoever is ticked or listed on its own page, was ticked in a list, or fits the list's filters."""
LONGEST_LIST = 60_000
LONGEST_QUERY = 500
TOO_MANY = f"Choose {MOST_AT_ONCE:,} people at most in one go"


def scope(typed: str) -> str:
    """Whom a deed is for. Raises ValueError."""
    if typed not in (OPEN, TICKED, ALL):
        raise ValueError("no such scope")
    return typed


def row_ids(typed: str) -> list[int]:
    """Numbers of rows, parted by commas. Raises ValueError."""
    return [row_id(number) for number in typed.split(",")]


class PeopleFilter(FilterForm):
    """Which people of a unit are listed, for what, and in which order.

    `item` is a requirement or one of its modules in one choice; the page then goes on to the address that names both.
    """

    item = Select("Asked for", blank="All that is required")
    q = SearchInput("Name, identifier or e-mail", noun="the search")
    sort = Select("Sorted by", blank=None, choices=SORTS)
    division = Select("Unit below", blank="All of it")
    category = Select("Category", blank="All categories")
    role = Select("Role", blank="All roles")
    joined = DateInput("Joined since", noun="the day", hint="Their first day at home here is this day or later.")
    status = Checkboxes("Status")

    def __init__(
        self,
        items: Sequence[SelectChoice],
        statuses: Sequence[tuple[str, str]],
        divisions: Sequence[tuple[str, str]],
        kinds: tuple[Sequence[str], Sequence[str]],
        *,
        has_statuses: bool,
    ) -> None:
        super().__init__()
        self.item.choices = items
        self.status.choices = statuses
        self.category.choices, self.role.choices = kinds
        self.division.choices = divisions
        if not divisions:
            del self.division
        if not has_statuses:
            del self.status
            self.sort.choices = SORTS_OF_EVERYBODY

    @property
    def is_wrong_below(self) -> bool:
        """Whether something is wrong with a field that stands below the filter row, so that it has to be seen."""
        return any(field.error for field in (self.category, self.role, self.joined))


class FilterNameForm(BaseForm):
    """A name for a filter that is kept."""

    name = TextInput("Name of this filter", required="a name", max_length=60)


class KeepFilterForm(FilterNameForm):
    """A name for the filter that a list stands narrowed by."""

    query = Hidden()

    def validate_query(self, field: Hidden) -> None:
        """An address of ours is short."""
        if len(field.value or "") > LONGEST_QUERY:
            raise ValidationError(STALE_PAGE)


class Ticked(Checkboxes):
    """People to tick, a page of them at a time: those ticked on other pages come back too, and the command judges."""

    def pre_validate(self, form: BaseForm) -> None:
        """Take any id; who may be meant is asked of the database."""

    @property
    def on_other_pages(self) -> list[int]:
        """Who is ticked and not among the choices shown."""
        shown = {choice.value for choice in self.choices}
        return [person_id for person_id in dict.fromkeys(self.data) if str(person_id) not in shown]


class DeedForm(BaseForm):
    """What deeds on many share: which module, for whom, and the key of this rendering.

    `chosen` are the ids that the preview showed something would be done for: the deed is about these and nobody else.
    """

    course = Select("Which module was it?", required="a module")
    people = Ticked("People", coerce=row_id)
    scope = Hidden(coerce=scope)
    chosen = Hidden(coerce=row_ids)
    form_key = Hidden(coerce=form_key)

    def __init__(self, *, courses: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(**{"scope": OPEN, **given})
        self.course.choices = courses
        if not self.form_key.data and not self.form_key.raw_data:
            self.form_key.process_data(secrets.token_urlsafe(18))

    @property
    def reach(self) -> str:
        """Whom the deed is for."""
        return self.scope.value or OPEN

    def validate_form_key(self, field: Hidden) -> None:
        """Every rendering has its key."""
        if field.value is None:
            raise ValidationError(STALE_PAGE)


class RosterForm(DeedForm):
    """One module for many people at once: ticked, matching a filter, or named by a sign-in list."""

    completed_on = DateInput("When did they finish it?", required="the day they finished it", noun="the day")
    listed = TextArea(
        "Identifiers or e-mail addresses",
        noun="the list",
        max_length=LONGEST_LIST,
        hint="As they stand on the sign-in list, one to a line. Leave it empty if you tick people below.",
    )
    file = FileInput(
        "Or a file with the list",
        noun="the file",
        accept=".csv,.tsv,.txt,text/csv,text/plain",
        hint="CSV or text, such as the list of participants from Zoom or Teams, up to 2 MB.",
    )
    q = SearchInput("Find people to tick", noun="the search")
    people = Ticked("People", coerce=row_id)  # again, so that it is judged after the file
    page = Hidden(coerce=row_id)
    note: str | None = None
    """What has to be said of how the file was read."""

    def __init__(self, *, courses: Sequence[tuple[str, str]], today: date, **given: Any) -> None:
        super().__init__(courses=courses, **{"completed_on": today, **given})
        self._today = today

    @property
    def entries(self) -> list[Entry]:
        """Whom the list names."""
        return sign_in_lists.entries(self.listed.value)

    def validate_completed_on(self, field: DateInput) -> None:
        """A day that has come."""
        if field.value and field.value > self._today:
            raise ValidationError("The day must be today or earlier")

    def validate_file(self, field: FileInput) -> None:
        """A list that can be read: it then stands in the field for typing, from where it goes along."""
        if not field.value:
            return
        try:
            text, self.note = sign_in_lists.decoded(field.value.read(sign_in_lists.MOST_BYTES + 1))
        except Unreadable as error:
            raise ValidationError(str(error)) from error
        found = sign_in_lists.entries(text)
        if not found:
            raise ValidationError("Nobody is named in this file")
        whole = sign_in_lists.canonical([*sign_in_lists.entries(self.listed.value), *found])
        if len(whole) > LONGEST_LIST:
            raise ValidationError("The list is too long: send it in several parts")
        self.listed.data = whole

    def validate_people(self, field: Ticked) -> None:
        """Somebody, and not too many for one transaction."""
        if self.reach == ALL or self.chosen.value or self.file.errors:
            return
        found = self.entries
        if not field.data and not found:
            raise ValidationError("Tick somebody, or list identifiers or e-mail addresses")
        if len(field.data) + len(found) > MOST_AT_ONCE:
            raise ValidationError(TOO_MANY)
