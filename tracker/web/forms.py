"""The base of every form, and the fields that render themselves with label, hint and error. Shape and wording only."""

import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, TypeAlias

from flask import get_template_attribute, request
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from markupsafe import Markup
from wtforms import BooleanField, Field, HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import StopValidation, ValidationError

from tracker.core.errors import Conflict, Invalid
from tracker.core.seen import ChangedSince
from tracker.core.texts import IN_NO_TEXT, LONGEST_E_MAIL, UNSEEN, is_email
from tracker.core.words import shown

EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
FORM_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LONGEST_DAY = 40
"""Of what was typed for a day and is none, no more is shown again."""
STALE_PAGE = "This page had been open for too long. Please send it again."

ChoiceLike: TypeAlias = SelectChoice | str | tuple[Any, ...]


class BaseForm(FlaskForm):
    """A form sent by POST. Views write inside `accept()`, so that refusals of a command come back as messages."""

    status_code = 200

    @contextmanager
    def accept(self) -> Iterator[bool]:
        """Yield whether the form was sent well filled in; turn Conflict and Invalid into messages, with status 422."""
        try:
            yield self.validate_on_submit()
        except Invalid as refusal:
            self._refuse(refusal.field, refusal.message)
        except Conflict as refusal:
            self._refuse(None, refusal.message)
        if self.messages:
            self.status_code = 422

    @property
    def messages(self) -> list[tuple[str | None, str]]:
        """What is wrong, as (id of the control to go to, words): one message a field, then those on the whole form."""
        on_fields = [
            (getattr(field, "control_id", None), str(field.errors[0]))
            for name, field in self._fields.items()
            if field.errors and name != self.meta.csrf_field_name
        ]
        stale = [STALE_PAGE] if self.meta.csrf_field_name in self.errors else []
        return on_fields + [(None, str(message)) for message in [*stale, *self.form_errors]]

    def messages_in(self, drawn: str) -> list[tuple[str | None, str]]:
        """The same in the order in which the fields stand on a page, of which this is the drawn part."""
        return sorted(self.messages, key=lambda one: (one[0] is None, drawn.find(f'id="{one[0]}"')))

    @property
    def has_files(self) -> bool:
        """Whether the form uploads something, which its tag has to say."""
        return any(isinstance(field, FileInput) for field in self)

    def _refuse(self, field_name: str | None, message: str) -> None:
        field = self._fields.get(field_name)
        if field is None:
            self.form_errors.append(message)
        else:
            field.errors = [*field.errors, message]


class EmptyForm(BaseForm):
    """A deed that needs nothing but a button and its token."""


class FilterForm(BaseForm):
    """A form sent by GET that narrows a list: read from the address, without a token.

    Call `validate()` before use: what is wrong stays in its field, with the message, and counts as empty, so that it
    narrows nothing.
    """

    class Meta(FlaskForm.Meta):
        """A GET changes nothing, so it needs no token."""

        csrf = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(formdata=request.args, **kwargs)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the address, and take what is wrong in it for nothing."""
        if is_valid := bool(super().validate(extra_validators=extra_validators)):
            return is_valid
        for field in self:
            if field.errors:
                field.set_aside()
        return False


class Component:
    """A widget that draws a field with the macro of that name in components/fields.html."""

    def __init__(self, macro: str) -> None:
        self.macro = macro

    def __call__(self, field: Field, **attributes: object) -> Markup:
        """Draw the whole field; attributes go onto the control itself (`inputmode="numeric"`)."""
        extra = {name.strip("_").replace("_", "-"): value for name, value in attributes.items()}
        drawn = get_template_attribute("components/fields.html", self.macro)(field, extra)
        return Markup(drawn)  # noqa: S704  the template has escaped it


class Described(Field):
    """What each field of ours knows beside its label.

    `required` is the rest of the sentence "Enter …" or "Select …", and makes the field compulsory;
    `noun` names the thing in other messages, where `required` or the label would read badly.
    """

    verb = "Enter"
    stands = ""
    """What stands now, in words, where it was changed since the form showed it."""

    def __init__(
        self,
        label: str,
        *,
        required: str = "",
        hint: str = "",
        noun: str = "",
        autocomplete: str = "",
        validators: Iterable[Callable[..., None]] = (),
        **kwargs: Any,
    ) -> None:
        self.required = required
        self.hint = hint
        self.autocomplete = autocomplete
        self.noun = noun_of(noun or required or label)
        super().__init__(label, validators=[check, *validators], **kwargs)

    @property
    def value(self) -> Any:
        """What was filled in, cleaned and converted."""
        return self.data

    @property
    def error(self) -> str:
        """The one message shown at the field; empty when all is well."""
        return str(self.errors[0]) if self.errors else ""

    @property
    def control_id(self) -> str | None:
        """The id that the error summary links to; None where there is nothing to see."""
        return str(self.id)

    @property
    def described_by(self) -> str:
        """The ids of hint, what stands and error, for aria-describedby."""
        notes = (("hint", self.hint), ("stands", self.stands), ("error", self.error))
        return " ".join(f"{self.id}-{name}" for name, words in notes if words)

    @property
    def required_message(self) -> str:
        """What to say when nothing was filled in."""
        return f"{self.verb} {self.required}"

    @property
    def is_empty(self) -> bool:
        """Whether nothing was filled in; a zero is something."""
        return self.data is None or self.data is False or self.data in ("", [])

    def problem(self) -> str:
        """What is wrong with a filled-in value; empty when nothing is. For subclasses."""
        return ""

    def set_aside(self) -> None:
        """Be empty from now on, since what was filled in is wrong."""
        self.process_data(None)

    def show_what_stands(self) -> None:
        """Show what stands now, where something else is filled in."""
        if (self.data or None) != (self.object_data or None):
            self.stands = self.told(self.object_data)

    def told(self, value: Any) -> str:
        """A stored value in words."""
        return "nothing" if value in (None, "") else str(shown(value))


def check(form: BaseForm, field: Described) -> None:
    """Run a field's own checks before any other, and stop at the first that fails."""
    if field.process_errors:
        raise StopValidation
    if field.required and field.is_empty:
        raise StopValidation(field.required_message)
    if not field.is_empty and (problem := field.problem()):
        raise StopValidation(problem)


def noun_of(words: str) -> str:
    """The subject of a message: "a note" gives "The note", "your name" gives "Your name", a question "This answer"."""
    if words.endswith("?"):
        return "This answer"
    if words.lower().startswith(("your ", "the ")):
        return words[0].upper() + words[1:]
    noun = re.sub(r"^(an?|at least one) ", "", words, flags=re.IGNORECASE)
    return f"The {noun if noun[:2].isupper() else noun[:1].lower() + noun[1:]}"


def clean(typed: str) -> str:
    """Typed text without surrounding blanks, with plain line ends; nothing but blanks or invisible marks is nothing."""
    text = typed.replace("\r\n", "\n").replace("\r", "\n").strip()
    return "" if all(letter.isspace() or unicodedata.category(letter) == "Cf" for letter in text) else text


class TextInput(Described, StringField):
    """One line of text, at most `max_length` characters."""

    widget = Component("text")
    input_type = "text"
    refused = UNSEEN
    wrong = ""
    """What was typed and is taken for nothing."""
    yes = ""
    """The words of a tick below the line, by which what was asked about is meant."""

    def __init__(self, label: str, *, max_length: int = 200, **kwargs: Any) -> None:
        self.max_length = max_length
        super().__init__(label, **kwargs)

    def process_data(self, value: str | None) -> None:
        """Take a stored value; none is empty text."""
        self.data = value or ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed, cleaned."""
        self.data = clean(valuelist[0]) if valuelist else ""

    def problem(self) -> str:
        """Too long, or not text."""
        if self.refused.search(self.data):
            return f"{self.noun} contains a character that cannot be shown. Please type it again"
        if len(self.data) > self.max_length:
            return f"{self.noun} must be {self.max_length:,} characters or fewer"
        return ""

    def set_aside(self) -> None:
        """Be empty from now on, and go on showing what was typed."""
        self.wrong = self.echo()
        super().set_aside()

    def echo(self) -> str:
        """What to show again: never more than may be kept, and nothing a page cannot hold."""
        return self.wrong or self.refused.sub("", str(self.data or "")[: self.max_length])


class AskedInput(TextInput):
    """A line of text that is allowed but may be a mistake: the form comes back once with a question at the field, and
    with a tick by which this very text is meant. Call `ask` in the form's `validate_…`."""

    meant = ""
    """The text that was ticked as meant."""

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Take the tick along with what was typed."""
        super().process(formdata, *args, **kwargs)
        if formdata:
            self.meant = clean(formdata.get(f"{self.name}-meant", ""))

    @property
    def is_meant(self) -> bool:
        """Whether the tick stands for what is typed now."""
        return bool(self.data) and self.meant == self.data

    def ask(self, question: str, yes: str) -> None:
        """Refuse what is typed until it is ticked as meant; without a question there is nothing to tick. `yes` is what
        the tick says."""
        if not question:
            return
        self.yes = yes
        if not self.is_meant:
            raise ValidationError(question)


class TextArea(TextInput):
    """Several lines of text."""

    widget = Component("text_area")
    refused = IN_NO_TEXT

    def __init__(self, label: str, *, max_length: int = 2000, rows: int = 4, **kwargs: Any) -> None:
        self.rows = rows
        super().__init__(label, max_length=max_length, **kwargs)


class SearchInput(TextInput):
    """Words to look for."""

    input_type = "search"

    def __init__(self, label: str, *, max_length: int = 100, **kwargs: Any) -> None:
        super().__init__(label, max_length=max_length, **kwargs)


class EmailInput(TextInput):
    """An e-mail address."""

    input_type = "email"

    def __init__(
        self, label: str, *, max_length: int = LONGEST_E_MAIL, autocomplete: str = "email", **kwargs: Any
    ) -> None:
        super().__init__(label, max_length=max_length, autocomplete=autocomplete, **kwargs)

    def problem(self) -> str:
        """Not an address."""
        if not (problem := super().problem()) and not is_email(self.data):
            return "Enter an e-mail address such as name@example.org"
        return problem


class PasswordInput(TextInput):
    """A password: taken as typed, blanks and all, and never shown again."""

    input_type = "password"

    def __init__(self, label: str, *, autocomplete: str = "current-password", **kwargs: Any) -> None:
        super().__init__(label, autocomplete=autocomplete, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed; only blanks are nothing."""
        self.data = valuelist[0] if valuelist and clean(valuelist[0]) else ""

    def echo(self) -> str:
        """Nothing."""
        return ""


class DateInput(Described):
    """A day, by the browser's own date input. The value is a date, or None.

    `any_year` leaves it to the form which years it takes: it then says so in its own words.
    """

    widget = Component("date")

    def __init__(self, label: str, *, any_year: bool = False, **kwargs: Any) -> None:
        self.any_year = any_year
        super().__init__(label, **kwargs)

    @property
    def input_type(self) -> str:
        """The browser's own date input, which would not show what is no day: then a line of text."""
        typed = self.echo()
        return "text" if typed and calendar_day(typed) is None else "date"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take a day as YYYY-MM-DD; refuse what is none, and years nobody means."""
        self.data = None
        if not (typed := clean(valuelist[0]) if valuelist else ""):
            return
        if (day := calendar_day(typed)) is None:
            raise ValueError(f"{self.noun} must be a real date, such as 2026-11-21")
        if not self.any_year and not is_meant(day):
            raise ValueError(f"{self.noun} must be from {EARLIEST_YEAR} to {LATEST_YEAR}")
        self.data = day

    def echo(self) -> str:
        """The day that was typed, even when it was no day."""
        if self.raw_data:
            return "".join(letter for letter in self.raw_data[0][:LONGEST_DAY] if letter.isprintable())
        return self.data.isoformat() if self.data else ""


def real_day(typed: str) -> date | None:
    """The day written as YYYY-MM-DD; None for anything else and for years nobody means."""
    day = calendar_day(typed)
    return day if day and is_meant(day) else None


def calendar_day(typed: str) -> date | None:
    """The day written as YYYY-MM-DD, of any year; None for anything else."""
    try:
        return date.fromisoformat(typed) if ISO_DAY.fullmatch(typed) else None
    except ValueError:
        return None


def is_meant(day: date) -> bool:
    """Whether a day lies in the years that people mean."""
    return EARLIEST_YEAR <= day.year <= LATEST_YEAR


def as_choice(choice: ChoiceLike) -> SelectChoice:
    """A choice from (value, label), (value, label, hint), a plain word, or a SelectChoice."""
    if isinstance(choice, tuple):
        value, label, *hint = choice
        return SelectChoice(value=value, label=label, render_kw={"hint": hint[0]} if hint else {})
    return SelectChoice.from_input(choice)


class ChoiceField(Described):
    """What lists of choices share.

    `choices` may be given late, as (value, label) pairs; `coerce` turns the text sent back into a value. `wanted` is
    the rest of the sentence "Select …" for a field that may stay empty; without it the label names the field.
    """

    verb = "Select"

    def __init__(
        self,
        label: str,
        *,
        choices: Sequence[ChoiceLike] = (),
        coerce: Callable[[Any], Any] = str,
        wanted: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, coerce=coerce, **kwargs)
        words = self.required or wanted or f"one of the choices under “{label.removesuffix(' (optional)')}”"
        self.invalid_value_message = self.not_a_choice = f"{self.verb} {words}"
        self.choices = choices

    @property
    def choices(self) -> list[SelectChoice]:
        """What there is to choose from."""
        return self._all_choices

    @choices.setter
    def choices(self, choices: Iterable[ChoiceLike] | None) -> None:
        self._all_choices = [as_choice(choice) for choice in choices or ()]

    @property
    def control_id(self) -> str:
        """The first box or button of the group."""
        return f"{self.id}-0"

    def pre_validate(self, form: BaseForm) -> None:
        """Refuse a value that was not offered, before any other check sees it; `required` judges nothing at all."""
        if self.is_empty:
            return
        try:
            super().pre_validate(form)
        except ValidationError as refusal:
            raise StopValidation(self.not_a_choice) from refusal


class OneChoice(ChoiceField, SelectField):
    """One of several; nothing chosen is None."""

    def __init__(self, label: str, *, coerce: Callable[[Any], Any] = str, **kwargs: Any) -> None:
        super().__init__(label, coerce=lambda value: None if value in ("", None) else coerce(value), **kwargs)

    def told(self, value: Any) -> str:
        """The words of the choice, without the blanks that set it in."""
        words = next((str(choice.label) for choice in self.choices if choice.value == value), super().told(value))
        return words.strip()


class Select(OneChoice):
    """One of many, from a drop-down list. `blank` is the first, empty choice; None leaves it out."""

    widget = Component("select")

    def __init__(self, label: str, *, blank: str | None = "Choose…", **kwargs: Any) -> None:
        self.blank = blank
        super().__init__(label, **kwargs)

    @property
    def control_id(self) -> str:
        """The list itself."""
        return str(self.id)


class Radios(OneChoice):
    """One of a few, all in sight."""

    widget = Component("radios")


class Checkboxes(ChoiceField, SelectMultipleField):
    """Any of a few, all in sight; the value is a list."""

    widget = Component("checkboxes")

    def process_data(self, value: Iterable[Any] | None) -> None:
        """Take stored values; none is an empty list."""
        super().process_data(value or [])


class TickBox(Described, BooleanField):
    """A single yes or no. `required="that you took part"` gives "Confirm that you took part"."""

    verb = "Confirm"
    widget = Component("tick_box")


class FileInput(Described, FileField):
    """One uploaded file; `accept` is what the browser offers (".csv")."""

    verb = "Select"
    widget = Component("file")

    def __init__(self, label: str, *, accept: str = "", **kwargs: Any) -> None:
        self.accept = accept
        super().__init__(label, **kwargs)


class Hidden(Described, HiddenField):
    """A value carried along unseen. One that does not convert is refused like a page that is out of date."""

    widget = Component("hidden")

    def __init__(self, *, coerce: Callable[[Any], Any] = str, **kwargs: Any) -> None:
        self.coerce = coerce
        super().__init__("", **kwargs)

    @property
    def control_id(self) -> None:
        """Nothing to go to."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the value back, converted."""
        typed = clean(valuelist[0]) if valuelist else ""
        try:
            self.data = self.coerce(typed) if typed else None
        except (TypeError, ValueError) as error:
            raise ValueError(STALE_PAGE) from error


class FormKey(Hidden):
    """The name of one rendering of a form, by which a second sending of it is known. A form that is shown again for
    want of one carries a new one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=_form_key, default=_new_form_key, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take it back; without one, a page is out of date."""
        fresh = self.data
        super().process_formdata(valuelist)
        if self.data is None:
            self.data = fresh
            raise ValueError(STALE_PAGE)


def _new_form_key() -> str:
    return secrets.token_urlsafe(18)


def _form_key(typed: str) -> str:
    if not FORM_KEY.fullmatch(typed):
        raise ValueError("not a key of ours")
    return typed


class ChangeForm(BaseForm):
    """A form that may change what is there already, and overwrites nobody else's change unseen.

    Hand `mark=mark_of(row)` in with what the row says, draw the mark with the fields, and hand it on to the command as
    `seen`. Where the row was changed in between, what was typed is kept, what stands now is shown beside it, and the
    form can be sent again.
    """

    mark = Hidden()

    @contextmanager
    def accept(self) -> Iterator[bool]:
        """The same, and look again where what was shown has been changed since."""
        with super().accept() as accepted:
            try:
                yield accepted
            except ChangedSince:
                self.mark.data = self.mark.object_data
                for field in self:
                    if isinstance(field, Described):
                        field.show_what_stands()
                raise

    @property
    def was_shown(self) -> str:
        """The mark of what the form showed, for the command; a form without one has shown nothing."""
        return self.mark.data or ""
