"""The forms of deeds on many people: for whom and what, read from an address, and the deed sent from its preview."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import request
from wtforms.validators import ValidationError

from tracker.dashboards import sign_in_lists
from tracker.dashboards.people_forms import ALL, OPEN, TICKED
from tracker.dashboards.sign_in_lists import Row, Unreadable
from tracker.progress.commands.bulk import MOST_AT_ONCE
from tracker.web.addresses import row_id
from tracker.web.forms import (
    BaseForm,
    Checkboxes,
    DateInput,
    FileInput,
    FormKey,
    Hidden,
    SearchInput,
    Select,
    TextArea,
)

LONGEST_LIST = 60_000
MOST_TICKED = 1_000
"""Ticks stand in an address, which must not become longer than what stands before a server lets through."""
TOO_MANY = f"Choose {MOST_AT_ONCE:,} people at most in one go"
TOO_MANY_TICKED = f"Tick {MOST_TICKED:,} people at most. For more, narrow the list of people, or give a sign-in list"


def scope(typed: str) -> str:
    """Whom a deed is for. Raises ValueError."""
    if typed not in (OPEN, TICKED, ALL):
        raise ValueError("no such scope")
    return typed


def row_ids(typed: str) -> list[int]:
    """Numbers of rows, parted by commas. Raises ValueError."""
    return [row_id(number) for number in typed.split(",")]


def in_one_value(person_ids: Sequence[int]) -> str:
    """People as an address and a hidden field hold them."""
    return ",".join(map(str, dict.fromkeys(person_ids)))


class Ticked(Checkboxes):
    """People to tick, a page of them at a time: those ticked on other pages come back too, and the command judges."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take one person from each box, and several from an address."""
        super().process_formdata([person_id for value in valuelist for person_id in value.split(",")])

    def pre_validate(self, form: BaseForm) -> None:
        """Take any id; who may be meant is asked of the database."""

    @property
    def on_other_pages(self) -> list[int]:
        """Who is ticked and not among the choices shown."""
        shown = {choice.value for choice in self.choices}
        return [person_id for person_id in dict.fromkeys(self.data) if str(person_id) not in shown]


class DeedForm(BaseForm):
    """Which module a deed on many is about, and for whom. `by_address`: an address says it, which needs no token."""

    course = Select("Which module was it?", required="a module")
    people = Ticked("People", coerce=row_id)
    scope = Hidden(coerce=scope)

    def __init__(self, *, courses: Sequence[tuple[str, str]], by_address: bool, **given: Any) -> None:
        if by_address:
            given |= {"formdata": request.args, "meta": {"csrf": False}}
        super().__init__(**given)
        self._by_address = by_address
        self.course.choices = courses

    def is_submitted(self) -> bool:
        """An address has always been sent."""
        return self._by_address or bool(super().is_submitted())

    @property
    def reach(self) -> str:
        """Whom the deed is for."""
        return self.scope.value or OPEN

    @property
    def address(self) -> dict[str, Any]:
        """What an address says of this, without what is empty or no choice."""
        course = self.course.value if self.course.value in {choice.value for choice in self.course.choices} else None
        people = "" if self.reach == ALL else in_one_value(self.people.data)
        said = {"scope": None if self.reach == OPEN else self.reach, "course": course, "people": people}
        return {name: value for name, value in said.items() if value}

    def validate_people(self, field: Ticked) -> None:
        """Not too many for an address."""
        if len(field.data) > MOST_TICKED:
            raise ValidationError(TOO_MANY_TICKED)


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
    find = SearchInput("Find people to tick", noun="the search")
    people = Ticked("People", coerce=row_id)  # again, so that it is judged after the file
    page = Hidden(coerce=row_id)
    note: str | None = None
    """What has to be said of how the file was read."""
    is_list_gone = False
    """Whether the address names a list that is kept no more."""

    def __init__(self, *, today: date, **given: Any) -> None:
        super().__init__(**given)
        self._today = today
        if not self.completed_on.data and not self.completed_on.raw_data:
            self.completed_on.process_data(today)

    @property
    def rows(self) -> list[Row]:
        """Whom the list names."""
        return sign_in_lists.rows(self.listed.value)

    @property
    def search(self) -> str:
        """Whom one looks for; nothing where that cannot be looked for."""
        return "" if self.find.problem() else str(self.find.value or "")

    @property
    def may_turn(self) -> bool:
        """Whether, once this is judged, one may turn pages and search: what is not filled in yet may come later."""
        too_many = len(self.people.data) > MOST_TICKED
        return not (self.listed.errors or self.file.errors or self.find.errors or too_many)

    @property
    def address(self) -> dict[str, Any]:
        """The same with the day, and with where one is among the people to tick. The list itself is kept elsewhere."""
        on, number = self.completed_on.value, self.page.value or 1
        said = {"completed_on": on and on.isoformat(), "find": self.search, "page": str(number) if number > 1 else ""}
        return super().address | {name: value for name, value in said.items() if value}

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
        if not sign_in_lists.rows(text):
            raise ValidationError("Nobody is named in this file")
        whole = sign_in_lists.joined(self.listed.value, text)
        if len(whole) > LONGEST_LIST:
            raise ValidationError("The list is too long: send it in several parts")
        self.listed.data = whole

    def validate_people(self, field: Ticked) -> None:
        """Somebody, and not too many for one deed."""
        if self.reach == ALL or self.file.errors:
            return
        super().validate_people(field)
        listed = sum(len(row.entries) for row in self.rows)
        if not field.data and not listed:
            raise ValidationError("Tick somebody, or list identifiers or e-mail addresses")
        if len(field.data) + listed > MOST_AT_ONCE:
            raise ValidationError(TOO_MANY)


class ApplyForm(BaseForm):
    """A deed that was looked at, as its preview sends it: for these people, or on these claims, and no others.

    `chosen` is what the preview showed something would be done for, `people` are those it asked about and who were
    ticked there. The key is that of one rendering of the preview, so that what is sent twice is done once.
    """

    chosen = Hidden(coerce=row_ids)
    people = Ticked("People", coerce=row_id)
    form_key = FormKey()

    @property
    def ids(self) -> list[int]:
        """Whom the deed is about, or which claims."""
        return list(dict.fromkeys([*(self.chosen.value or ()), *self.people.data]))

    def validate_people(self, field: Ticked) -> None:
        """Somebody."""
        if not self.ids and not self.chosen.errors:
            raise ValidationError("Tick whoever you know to have been there")
