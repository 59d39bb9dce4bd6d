"""The forms of records and claims. Shape and wording only; commands check again what matters."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from tracker.core.words import day as shown_day
from tracker.progress import uploads
from tracker.progress.commands.completions import LONGEST_NOTE, Statement
from tracker.progress.commands.evidence import LONGEST_LINK, LONGEST_REFLECTION, Given, link_problem
from tracker.progress.queries.records import Entry
from tracker.progress.uploads import Upload
from tracker.web.addresses import row_id
from tracker.web.forms import (
    BaseForm,
    DateInput,
    FileInput,
    FormKey,
    Hidden,
    Radios,
    Select,
    TextArea,
    TextInput,
    TickBox,
)

HOW = (
    ("workshop", "In a workshop or session"),
    ("online", "Online, self-paced"),
    ("orientation", "At new-employee orientation"),
    ("elsewhere", "As an equivalent course elsewhere"),
    ("other", "Another way"),
)


class EntryForm(BaseForm):
    """What all forms share that say of a module that it was done, when and how."""

    course = Select("Which module?", required="a module")
    completed_on = DateInput("When was it finished?", required="the day it was finished", noun="the day")
    how = Radios("How was it done? (optional)", choices=HOW, wanted="how it was done")
    note = TextArea("Note")
    form_key = FormKey()

    def __init__(self, *, courses: Sequence[SelectChoice], today: date, **given: Any) -> None:
        super().__init__(**{"completed_on": today, **given})
        self.course.choices = courses
        self._today = today

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


class LinkInput(TextInput):
    """The address of something on the web."""

    input_type = "url"

    def problem(self) -> str:
        """Too long, or of another kind than the web's."""
        return super().problem() or link_problem(self.data)


class UploadInput(FileInput):
    """A file as evidence: a PDF or a photo, known by what is in it. The value is an Upload, or None."""

    data: Any

    def __init__(self, label: str, *, hint: str, **kwargs: Any) -> None:
        told_early = {"data_largest": uploads.largest(), "data_too_large": uploads.too_large_in_words()}
        hint = f"{hint} At most {uploads.largest_in_words()}."
        super().__init__(label, hint=hint, render_kw=told_early, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was sent, as far as it may go and one byte more."""
        super().process_formdata(valuelist)
        if self.data:
            with self.data.stream as stream:
                self.data = Upload(self.data.filename or "", stream.read(uploads.largest() + 1))

    def problem(self) -> str:
        """Too large, or of another kind."""
        return uploads.problem_with(self.data)


class OwnForm(EntryForm):
    """A completion of one's own, with what shows it. Days before `not_before` are not taken, but for one that stays."""

    course = Select("Which module did you finish?", required="a module")
    completed_on = DateInput(
        "When did you finish it?", required="the day you finished it", noun="the day", any_year=True
    )
    how = Radios("How did you do it? (optional)", choices=HOW, noun="the answer", wanted="how you did it")
    note = TextArea(
        "Note (optional)",
        noun="the note",
        max_length=LONGEST_NOTE,
        rows=3,
        hint="The {office} can read it, and so can whoever has to verify this. Please write nothing about health.",
    )
    evidence_file = UploadInput(
        "A file or a photo (optional)",
        noun="the file",
        accept="application/pdf,image/jpeg,image/png",
        hint="A certificate or a photo of it: PDF, JPEG or PNG. Where and when a photo was taken is not kept.",
    )
    evidence_link = LinkInput(
        "A link (optional)", noun="the link", max_length=LONGEST_LINK, hint="For example to a certificate on the web."
    )

    def __init__(self, *, not_before: date, **given: Any) -> None:
        super().__init__(**given)
        self._not_before = not_before
        self._stays: date | None = None

    @property
    def is_too_old(self) -> bool:
        """Whether the day lies so far back that it has to be asked for."""
        day = self.completed_on.value
        return day is not None and day < self._not_before and day != self._stays

    @property
    def shows_evidence(self) -> bool:
        """Whether there is something to see in the part about evidence."""
        return bool(self.evidence_file.error or self.evidence_link.error or self.evidence_link.value)

    @property
    def statement(self) -> Statement:
        """What was said, with evidence if any was given."""
        given = Given(self.evidence_file.value, self.evidence_link.value or None)
        return replace(super().statement, evidence=given if given != Given() else None)

    def validate_completed_on(self, field: DateInput) -> None:
        """A day that has come, and lies within the days that can be logged."""
        super().validate_completed_on(field)
        if self.is_too_old:
            raise ValidationError(f"The day must be {shown_day(self._not_before)} or later")


class LogForm(OwnForm):
    """A new completion of one's own, with a reflection if wanted."""

    reflection = TextArea(
        "What do you take from it? (optional)",
        noun="the reflection",
        max_length=LONGEST_REFLECTION,
        rows=4,
        hint="For you alone: neither the {office} nor anybody else can read it here. You can change or delete it.",
    )

    @property
    def statement(self) -> Statement:
        """What was said, with evidence and reflection."""
        return replace(super().statement, reflection=self.reflection.value or None)


class CorrectForm(OwnForm):
    """What one's own completion should say instead; new evidence takes the place of the old."""

    drop_evidence = TickBox("Remove the evidence that is there")

    def __init__(self, *, stays: date, **given: Any) -> None:
        super().__init__(**given)
        self._stays = stays

    @property
    def statement(self) -> Statement:
        """What was said; with the box ticked, evidence that is empty."""
        said = super().statement
        return replace(said, evidence=Given()) if self.drop_evidence.value and said.evidence is None else said


class ReflectionForm(BaseForm):
    """A reflection beside a record; an empty one is deleted."""

    reflection = TextArea(
        "My reflection",
        noun="the reflection",
        max_length=LONGEST_REFLECTION,
        rows=6,
        hint="For you alone: neither the {office} nor anybody else can read it here. Leave it empty to delete it.",
    )


class HideForm(BaseForm):
    """Which optional module the learner does not want to see on her start page; none shows all again."""

    module = Hidden(coerce=row_id)


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
