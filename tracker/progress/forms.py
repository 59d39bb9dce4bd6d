"""The forms of records and claims. Shape and wording only; commands check again what matters."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from tracker.progress.commands.completions import LONGEST_NOTE, Statement
from tracker.progress.queries.records import Entry
from tracker.web.forms import STALE_PAGE, BaseForm, DateInput, FilterForm, Hidden, Radios, Select, TextArea

HOW = (
    ("workshop", "In a workshop or session"),
    ("online", "Online, self-paced"),
    ("orientation", "At new-employee orientation"),
    ("elsewhere", "As an equivalent course elsewhere"),
    ("other", "Another way"),
)
FORM_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


def new_form_key() -> str:
    """A name for one rendering of a form, by which a second sending of it is known."""
    return secrets.token_urlsafe(18)


def _form_key(typed: str) -> str:
    if not FORM_KEY.fullmatch(typed):
        raise ValueError("not a key of ours")
    return typed


class EntryForm(BaseForm):
    """What all forms share that say of a module that it was done, when and how."""

    course = Select("Which module?", required="a module")
    completed_on = DateInput("When was it finished?", required="the day it was finished", noun="the day")
    how = Radios("How was it done? (optional)", choices=HOW)
    note = TextArea("Note")
    form_key = Hidden(coerce=_form_key)

    def __init__(self, *, courses: Sequence[SelectChoice], today: date, **given: Any) -> None:
        super().__init__(**{"completed_on": today, **given})
        self.course.choices = courses
        self._today = today
        if not self.is_submitted():
            self.form_key.process_data(new_form_key())

    @property
    def statement(self) -> Statement:
        """What was said, for the command."""
        return Statement(
            self.course.value, self.completed_on.value, self.how.value, self.note.value, self.form_key.value
        )

    def validate_completed_on(self, field: DateInput) -> None:
        """A day that has come."""
        if field.value and field.value > self._today:
            raise ValidationError("The day must be today or earlier")

    def validate_form_key(self, field: Hidden) -> None:
        """Every rendering has its key."""
        if field.value is None:
            raise ValidationError(STALE_PAGE)


class LogForm(EntryForm):
    """A completion of one's own."""

    course = Select("Which module did you finish?", required="a module")
    completed_on = DateInput("When did you finish it?", required="the day you finished it", noun="the day")
    how = Radios("How did you do it? (optional)", choices=HOW, noun="the answer")
    note = TextArea(
        "Note (optional)",
        noun="the note",
        max_length=LONGEST_NOTE,
        rows=3,
        hint="The office can read it, and so can whoever has to verify this. Please write nothing about health.",
    )


class LogForForm(EntryForm):
    """A completion that the office enters for somebody."""

    note = TextArea(
        "Why are you entering this?",
        required="why you are entering this",
        noun="the reason",
        max_length=LONGEST_NOTE,
        rows=3,
        hint="It is kept with the record, and its owner can read it. Please write nothing about health.",
    )


class CorrectForForm(EntryForm):
    """A correction by the office: what the record should say instead, or that it should not count."""

    deed = Radios(
        "What should happen?",
        required="what should happen",
        choices=(
            ("correct", "Correct the record", "It then says what stands below, and counts."),
            ("strike", "Strike the record out", "It stays in the history and counts no more."),
        ),
    )
    note = TextArea(
        "Why?",
        required="why you are doing this",
        noun="the reason",
        max_length=LONGEST_NOTE,
        rows=3,
        hint="It is kept with the record, and its owner can read it. Please write nothing about health.",
    )

    def said_of(self, now: Entry) -> Statement:
        """What the record is to say; one that is struck out goes on saying what it said."""
        if self.deed.value == "strike":
            return replace(self.statement, course=now.course, completed_on=now.completed_on)
        return self.statement


class RejectForm(BaseForm):
    """Turning a claim down."""

    note = TextArea(
        "Why can it not be verified?",
        required="why it cannot be verified",
        noun="the reason",
        max_length=LONGEST_NOTE,
        rows=3,
        hint="The person reads this with the record. Say what would help.",
    )


class EmptyForm(BaseForm):
    """A deed that needs nothing but its token."""


class DayFilter(FilterForm):
    """The day a page is to be of."""

    as_of = DateInput("As of")
