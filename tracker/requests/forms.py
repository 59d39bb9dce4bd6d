"""The forms by which people ask, one for each kind, and by which they are answered. Shape and wording only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from wtforms.validators import ValidationError

from tracker.core.words import day as shown_day
from tracker.progress.commands.completions import LONGEST_NOTE
from tracker.progress.forms import HOW, LinkInput, UploadInput
from tracker.progress.uploads import Upload
from tracker.requests.commands import LONGEST_WORDS, Answer, Asked, Log, Verify
from tracker.requests.rules import Kind, State, needs_words
from tracker.web.forms import (
    BaseForm,
    ChoiceLike,
    DateInput,
    EmailInput,
    FilterForm,
    FormKey,
    Radios,
    Select,
    TextArea,
    TextInput,
)

NO_HEALTH = "Please write nothing about health."
EVIDENCE = ("evidence_file", "link")
"""The fields by which evidence is given."""


def _evidence_file() -> UploadInput:
    return UploadInput(
        "A file or a photo (optional)",
        noun="the file",
        accept="application/pdf,image/jpeg,image/png",
        hint="A certificate, a list or a photo of it: PDF, JPEG or PNG. Nothing about health, please. Where and when a "
        "photo was taken is not kept.",
    )


def _evidence_link(label: str = "A link (optional)") -> LinkInput:
    return LinkInput(label, noun="the link", max_length=500)


@dataclass(frozen=True, slots=True)
class Offered:
    """What the lists of these forms offer, by id; and what day it is."""

    today: date
    first_disputable: date
    modules: Sequence[ChoiceLike]
    requirements: Sequence[ChoiceLike]
    units: Sequence[ChoiceLike]


class AskForm(BaseForm):
    """What all of them share. Fields are named as in `Asked`."""

    kind: ClassVar[Kind]
    form_key = FormKey()

    def __init__(self, offered: Offered, **given: Any) -> None:
        super().__init__(**given)
        self._offered = offered
        for name, choices in (
            ("module_id", offered.modules),
            ("requirement_id", offered.requirements),
            ("unit_id", offered.units),
        ):
            if name in self:
                self[name].choices = choices

    @property
    def asked(self) -> Asked:
        """What is asked, for the command."""
        names = Asked.__dataclass_fields__.keys() & self._fields.keys()
        return Asked(self.kind, **{name: self[name].value or None for name in names})

    @property
    def upload(self) -> Upload | None:
        """The file that was given, if any."""
        return self["evidence_file"].value if "evidence_file" in self else None

    @property
    def fields(self) -> list[Any]:
        """The fields in order, as a page draws them, but for those of evidence."""
        return [field for field in self if field.name not in (self.meta.csrf_field_name, *EVIDENCE)]

    @property
    def evidence_fields(self) -> list[Any]:
        """The fields by which evidence is given, where the kind takes any."""
        return [field for field in self if field.name in EVIDENCE]

    @property
    def shows_evidence(self) -> bool:
        """Whether there is something to see in the part about evidence."""
        return any(field.error or not field.is_empty for field in self.evidence_fields)

    def check_has_come(self, field: DateInput) -> None:
        """A day that has come."""
        if field.value and field.value > self._offered.today:
            raise ValidationError("The day must be today or earlier")


class DisputeForm(AskForm):
    """That a status is wrong."""

    kind = Kind.DISPUTE
    requirement_id = Select("Which requirement?", blank="All that ask for the module below", coerce=int)
    module_id = Select("Which module?", blank="All of the requirement above", coerce=int)
    day = DateInput("On which day was it wrong?", required="the day on which it was wrong", noun="the day")
    words = TextArea(
        "What is wrong, and what would be right?",
        required="what is wrong",
        noun="the answer",
        max_length=LONGEST_WORDS,
        hint=f"The {{office}} reads it, and so can your {{champion}}. {NO_HEALTH}",
    )
    evidence_file = _evidence_file()
    link = _evidence_link()

    def __init__(self, offered: Offered, **given: Any) -> None:
        super().__init__(offered, **given)
        self.day.hint = f"Today, if it still is. It can go back to {shown_day(offered.first_disputable)}."

    def validate_module_id(self, field: Select) -> None:
        """About something."""
        check_names_something(self)

    def validate_day(self, field: DateInput) -> None:
        """A day that has come."""
        self.check_has_come(field)


class RecordForm(AskForm):
    """That a record is wrong; which one, the address says."""

    kind = Kind.DISPUTE
    words = TextArea(
        "What is wrong, and what would be right?",
        required="what is wrong",
        noun="the answer",
        max_length=LONGEST_WORDS,
        hint=f"The {{office}} reads it, and so can your {{champion}}. {NO_HEALTH}",
    )
    evidence_file = _evidence_file()
    link = _evidence_link()


class OlderForm(AskForm):
    """That something was finished too long ago to be logged."""

    kind = Kind.OLDER
    module_id = Select("Which module did you finish?", required="a module", coerce=int)
    day = DateInput("When did you finish it?", required="the day you finished it", noun="the day")
    how = Radios("How did you do it? (optional)", choices=HOW, noun="the answer")
    words = TextArea(
        "What could help to find it? (optional)",
        noun="the note",
        max_length=LONGEST_NOTE,
        rows=3,
        hint=f"Who gave it, or where you signed in. It stays with the record, and the {{office}} reads it. {NO_HEALTH}",
    )
    evidence_file = _evidence_file()
    link = _evidence_link()

    def validate_day(self, field: DateInput) -> None:
        """A day that has come."""
        self.check_has_come(field)


class EquivalenceForm(AskForm):
    """That another course should count."""

    kind = Kind.EQUIVALENCE
    module_id = Select("Which module should it count as?", required="a module", coerce=int)
    course = TextInput("Which course did you take?", required="the course you took", noun="the course")
    place = TextInput(
        "Where?", required="where you took it", noun="the place", hint="A hospital, a school, a site on the web."
    )
    day = DateInput("When did you finish it?", required="the day you finished it", noun="the day")
    words = TextArea(
        "Anything else that helps to decide? (optional)",
        noun="the note",
        max_length=LONGEST_WORDS,
        rows=3,
        hint=NO_HEALTH,
    )
    evidence_file = _evidence_file()
    link = _evidence_link("A link to the course or your certificate (optional)")

    def validate_day(self, field: DateInput) -> None:
        """A day that has come."""
        self.check_has_come(field)


class WaiverForm(AskForm):
    """That something should not be asked for a while."""

    kind = Kind.WAIVER
    requirement_id = Select("Which requirement?", blank="All that ask for the module below", coerce=int)
    module_id = Select("Which module?", blank="All of the requirement above", coerce=int)
    starts_on = DateInput("From", required="the first day", noun="the first day")
    ends_on = DateInput("To (optional)", noun="the last day", hint="Leave it empty if you cannot say.")
    words = TextArea(
        "Why?",
        required="why",
        noun="the reason",
        max_length=LONGEST_WORDS,
        rows=3,
        hint=f"Only the {{office}} reads it. {NO_HEALTH} “For a reason I can explain in person” is enough.",
    )

    def validate_module_id(self, field: Select) -> None:
        """About something."""
        check_names_something(self)

    def validate_ends_on(self, field: DateInput) -> None:
        """Not before the first day."""
        check_order(self.starts_on.value, field.value)


class AccommodationForm(AskForm):
    """Another way to take part."""

    kind = Kind.ACCOMMODATION
    requirement_id = Select("Is it about one requirement? (optional)", blank="No", coerce=int)
    module_id = Select("Is it about one module? (optional)", blank="No", coerce=int)
    words = TextArea(
        "What would help you to take part?",
        required="what would help you",
        noun="the answer",
        max_length=LONGEST_WORDS,
        hint=f"Captions, a ramp, another time or form. Only the {{office}} reads it. {NO_HEALTH} What helps is enough.",
    )


class NotOursForm(AskForm):
    """That somebody is not of a champion's unit; who, the address says."""

    kind = Kind.NOT_OURS
    words = TextArea(
        "Where does this person belong, if you know? (optional)",
        noun="the answer",
        max_length=LONGEST_WORDS,
        rows=3,
        hint="The {office} reads it.",
    )


class MissingForm(AskForm):
    """That somebody should be listed among a champion's people."""

    kind = Kind.MISSING
    name = TextInput("Who is missing?", required="the name", noun="the name")
    email = EmailInput("E-mail (optional)", noun="the e-mail address", autocomplete="off")
    unit_id = Select("In which of your units?", required="a unit", coerce=int)
    words = TextArea(
        "What else do you know? (optional)",
        noun="the answer",
        max_length=LONGEST_WORDS,
        rows=3,
        hint="Since when, in which post. The {office} reads it.",
    )


FORMS: dict[Kind, type[AskForm]] = {
    one.kind: one
    for one in (DisputeForm, OlderForm, EquivalenceForm, WaiverForm, AccommodationForm, NotOursForm, MissingForm)
}


def check_names_something(form: BaseForm) -> None:
    """That a form with both lists chooses from one of them. Raises ValidationError."""
    if form["module_id"].value is None and form["requirement_id"].value is None:
        raise ValidationError("Select a requirement, a module, or both")


def check_order(starts_on: date | None, ends_on: date | None) -> None:
    """That a period does not end before it starts. Raises ValidationError."""
    if starts_on and ends_on and ends_on < starts_on:
        raise ValidationError("The last day must not lie before the first")


class KindForm(FilterForm):
    """What it is about: the first step, by which the address says the kind."""

    kind = Radios("What is it about?", required="what it is about", coerce=Kind)

    def __init__(self, choices: Sequence[ChoiceLike]) -> None:
        super().__init__()
        self.kind.choices = choices


class AnswerForm(BaseForm):
    """An answer with words alone."""

    answer = TextArea(
        "Your answer",
        required="your answer",
        noun="the answer",
        max_length=LONGEST_WORDS,
        hint="The person who asked reads it. Say what was done, or what would help.",
    )

    @property
    def given(self) -> Answer:
        """The answer, for the command."""
        return Answer(State.ANSWERED, self.answer.value)


class SettleForm(BaseForm):
    """Answering a dispute by putting right what was wrong, or with words alone. `claims` are those that can be
    verified, `modules` what can be logged; without any, that is not offered."""

    WORDS, LOG, VERIFY = "words", "log", "verify-"

    deed = Radios("What do you do about it?", required="what you do about it")
    module_id = Select("Which module do you log?", coerce=int, noun="the module")
    completed_on = DateInput(
        "When was it finished?", noun="the day", hint="If you log it: the day that the person names."
    )
    answer = TextArea(
        "What do you want to say to it?",
        noun="the answer",
        max_length=LONGEST_WORDS,
        hint="The person who asked reads it. Needed if you answer with words alone.",
    )

    def __init__(
        self, asker: str, claims: Sequence[tuple[int, str]], modules: Sequence[tuple[int, str]], today: date
    ) -> None:
        super().__init__(deed=self.WORDS, module_id=modules[0][0] if len(modules) == 1 else None)
        self._today = today
        verify = [
            (f"{self.VERIFY}{claim_id}", f"Verify the claim: {words}", "It counts at once, from the day it names.")
            for claim_id, words in claims
        ]
        log = [(self.LOG, f"Log a completion for {asker}", "It counts at once, as verified, for the day below.")]
        words_alone = [(self.WORDS, "Answer with words alone", "Nothing on record changes.")]
        self.deed.choices = [*verify, *(log if modules else []), *words_alone]
        self.module_id.choices = modules
        if not modules:
            del self.module_id
            del self.completed_on

    @property
    def given(self) -> Answer:
        """The answer, for the command."""
        return Answer(State.ANSWERED, self.answer.value or None, deed=self._deed())

    def _deed(self) -> Verify | Log | None:
        chosen = str(self.deed.value)
        if chosen == self.LOG:
            return Log(self.module_id.value, self.completed_on.value)
        return Verify(int(chosen.removeprefix(self.VERIFY))) if chosen.startswith(self.VERIFY) else None

    def validate_module_id(self, field: Select) -> None:
        """One, if something is logged."""
        if self.deed.value == self.LOG and field.value is None:
            raise ValidationError("Select the module that you log")

    def validate_completed_on(self, field: DateInput) -> None:
        """A day that has come, if something is logged."""
        if self.deed.value == self.LOG and field.value is None:
            raise ValidationError("Enter the day it was finished")
        if field.value and field.value > self._today:
            raise ValidationError("The day must be today or earlier")

    def validate_answer(self, field: TextArea) -> None:
        """Words, where there is nothing else."""
        if self.deed.value == self.WORDS and field.is_empty:
            raise ValidationError("Enter your answer")


class GrantForm(BaseForm):
    """Granting what makes a completion, or declining it."""

    outcome = Radios("Your decision", required="your decision", coerce=State)
    answer = TextArea(
        "What do you want to say to it?",
        noun="the answer",
        max_length=LONGEST_WORDS,
        hint="The person who asked reads it. Needed if you decline: say why, and what would help.",
    )

    def __init__(self, choices: Sequence[ChoiceLike], **given: Any) -> None:
        super().__init__(**given)
        self.outcome.choices = choices

    @property
    def given(self) -> Answer:
        """The answer, for the command."""
        return Answer(self.outcome.value, self.answer.value or None)

    def validate_answer(self, field: TextArea) -> None:
        """Words, where it is no plain yes."""
        if self.outcome.value and needs_words(self.outcome.value) and field.is_empty:
            raise ValidationError("Enter why it is declined")


class GrantWaiverForm(GrantForm):
    """The same for a waiver, whose days the office sets."""

    starts_on = DateInput("Waived from", required="the first day", noun="the first day")
    ends_on = DateInput("Waived to (optional)", noun="the last day", hint="Empty means: until further notice.")

    @property
    def given(self) -> Answer:
        """The answer, for the command."""
        return Answer(self.outcome.value, self.answer.value or None, self.starts_on.value, self.ends_on.value)

    def validate_ends_on(self, field: DateInput) -> None:
        """Not before the first day."""
        check_order(self.starts_on.value, field.value)


class QueueFilter(FilterForm):
    """What narrows the queue."""

    kind = Select("About", blank="Everything", coerce=Kind)
    state = Select("State", blank="Any state", coerce=State)

    def __init__(self, kinds: Sequence[ChoiceLike], states: Sequence[ChoiceLike]) -> None:
        super().__init__(state=State.WAITING)
        self.kind.choices = kinds
        self.state.choices = states
