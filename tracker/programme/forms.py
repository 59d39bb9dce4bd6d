"""The forms of the curriculum: shape and wording. What a table of the file may say is judged by `curriculum.rules`."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from wtforms import Field

from tracker.core.texts import NOT_IN_A_CODE
from tracker.core.words import sentence_list
from tracker.curriculum import rules
from tracker.curriculum.rules import AUDIENCE_KEYS, Gate, Module, Refused, Requirement
from tracker.programme.queries.catalogue import Choices
from tracker.programme.rules import Entry, Reach, reach_of
from tracker.programme.words import MONTHS, NO_BREAK_SPACE, month_day_words
from tracker.web.forms import (
    BaseForm,
    ChangeForm,
    Checkboxes,
    DateInput,
    Described,
    FileInput,
    FilterForm,
    Hidden,
    Radios,
    SearchInput,
    Select,
    TextArea,
    TextInput,
    TickBox,
)
from tracker.web.previewed import PreviewedForm

FEWEST_ROWS = 3
MOST_ROWS = 60
LARGEST_FILE = 1_000_000
LONGEST_NEW_CODE = 50
DAY_OF_YEAR = re.compile(r"(\d{1,2})\.?\s+([A-Za-z]{3})[a-z]*|([A-Za-z]{3})[a-z]*\s+(\d{1,2})")
FIELDS = {
    "from": "first",
    "to": "last",
    "audience": "reach",
    "modules": "module_1",
    "due.date": "due_date",
    "due.days_after_start": "due_days",
    "links.title": "links",
    "links.url": "links",
    "repeat.months": "months",
    "repeat.cycle": "cycle",
    "repeat.due_by": "due_by",
    **{f"audience.{key}": key for key in AUDIENCE_KEYS},
}
"""The fields at which a refusal of a key of the file is said; all others are named like their key."""


class WholeInput(TextInput):
    """A whole number of 0 or more, or nothing."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, max_length=9, **kwargs)

    @property
    def value(self) -> int | None:
        """The number; None where nothing is given, or none."""
        return int(self.data) if self.data and not self.problem() else None

    def problem(self) -> str:
        """Not a whole number, or a very large one."""
        typed = str(self.data)
        if typed.isascii() and typed.isdigit():
            return super().problem()
        return f"{self.noun} must be a whole number of 0 or more"


class DayOfYear(TextInput):
    """A day that every year has, typed as 1 Jul or 07-01; its value is 07-01."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, max_length=20, **kwargs)

    @property
    def value(self) -> str | None:
        """The day as the file writes it; what is none as it was typed."""
        return month_day(self.data) or self.data or None

    def problem(self) -> str:
        """No day, or one that most years lack."""
        try:
            date.fromisoformat(f"2001-{month_day(self.data)}")
        except ValueError:
            return f"{self.noun} must be a day that every year has, such as 1 Jul"
        return ""


def month_day(typed: str) -> str | None:
    """A day of the year as 07-01, from that or from 1 Jul, 1 July, July 1; none for anything else."""
    if re.fullmatch(r"\d\d-\d\d", typed, re.ASCII):
        return typed
    if (found := DAY_OF_YEAR.fullmatch(typed.strip())) is None:
        return None
    day, month = found[1] or found[4], (found[2] or found[3]).title()
    return f"{MONTHS.index(month) + 1:02}-{int(day):02}" if month in MONTHS else None


def lines_of(typed: str) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in typed.split("\n") if line.strip()]


def links_of(typed: str) -> list[dict[str, str]]:
    """One link a line: its title, then its address. A line without one of them keeps it empty, to be refused."""
    found = []
    for line in lines_of(typed):
        title, _, url = line.rpartition(" ")
        found.append({"title": title.strip() or url, "url": url})
    return found


def shape_of(new_code: str) -> str:
    """Why a new code may not be so; empty where it may. It stays, and stands in addresses and spreadsheets; files may
    bring others."""
    if NOT_IN_A_CODE.search(new_code):
        return "must not have blanks or slashes in it"
    return "" if new_code[0].isalnum() else "must begin with a letter or a digit"


class EntryForm(BaseForm):
    """What the forms of modules, requirements and gates share. `seen` marks the curriculum that was there when the form
    was opened; a code is given once and stays. `right` is a table with nothing wrong in it, beside which each key is
    read by itself; `taken` are the codes there are, each with what to say of it; `before` is what is changed, none for
    a new thing."""

    read: Callable[[Mapping[str, Any]], Entry]
    right: ClassVar[Mapping[str, Any]]
    taken: Mapping[str, str] = {}
    before: Entry | None = None
    code = TextInput(
        "Code",
        required="a code",
        max_length=LONGEST_NEW_CODE,
        hint="Short, such as USR-1. Files and records name it by this code, so it never changes.",
    )
    title = TextInput("Title", required="a title", max_length=200)
    seen = Hidden()

    @property
    def left_out(self) -> list[str]:
        """What was filled in and does not count, in sentences."""
        return []

    def table(self) -> dict[str, Any]:
        """What was filled in, as a table of curriculum.toml; what is empty is left out."""
        raise NotImplementedError

    def entry(self, code: str) -> Entry:
        """What was filled in, by a form that is valid."""
        return type(self).read({"code": code, **self._given()})

    def _given(self) -> dict[str, Any]:
        return {key: value for key, value in self.table().items() if value not in (None, "", [])}

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, and what they say together, so that all that is wrong is named at once."""
        is_valid = bool(super().validate(extra_validators=extra_validators))
        faults = list(self.faults())
        for key, message in faults:
            self._refuse(key, message)
        return is_valid and not faults

    def faults(self) -> Iterator[tuple[str, str]]:
        """What the file may not say, as key and message: each key by itself, and the last day after the first."""
        table = self._given()
        if "code" in self._fields and self.code.value:
            table["code"] = self.code.value
            if self.code.value in self.taken:
                yield "code", self.taken[self.code.value]
        for keys in (*((key,) for key in table), ("from", "to")):
            try:
                type(self).read({**self.right, **{key: table[key] for key in keys if key in table}})
            except Refused as refusal:
                shown = self._fields.get(FIELDS.get(refusal.key, refusal.key))
                noun = shown.noun if isinstance(shown, Described) else refusal.key
                yield refusal.key, f"{noun} {'lies before the first day' if refusal.key == 'to' else refusal.why}"
        if "code" in table and (why := shape_of(table["code"])):
            yield "code", f"The code {why}"

    def _refuse(self, field_name: str | None, message: str) -> None:
        """Say a refusal at the field that holds the key."""
        super()._refuse(FIELDS.get(field_name or "", field_name), message)


class ModuleForm(EntryForm):
    """A module."""

    read = staticmethod(rules.read_module)
    right: ClassVar[Mapping[str, Any]] = {"code": "-", "title": "-"}
    minutes = WholeInput("Minutes", noun="the number of minutes", hint="How long it takes. May be empty.")
    evidence = Radios(
        "When does a completion count?",
        required="when a completion counts",
        choices=[
            ("attestation", "As soon as it is logged"),
            ("verification", "Once somebody entitled has verified it"),
        ],
    )
    equivalents = TextArea(
        "Other course codes that count as this module",
        noun="the list of other codes",
        hint="One a line. What is recorded under these codes counts like the module itself.",
        rows=3,
    )
    summary = TextArea("Summary", hint="A sentence or two for learners. May be empty.")
    objectives = TextArea("Objectives", hint="One a line.", noun="the objectives", rows=5)
    links = TextArea(
        "Links",
        hint="One a line: a title, then the address that begins with https://",
        noun="the address of each link",
        rows=3,
    )
    after = Checkboxes("Can be logged only after", noun="the modules before")
    ideally_after = Checkboxes("Is best done after", noun="the modules before")

    def offer(self, choices: Choices, code: str | None) -> None:
        """The other modules, as what may come before."""
        others = [(other, title) for other, title in choices.modules if other != code]
        self.after.choices = self.ideally_after.choices = others

    def faults(self) -> Iterator[tuple[str, str]]:
        """Other codes that are the module's own, or of a shape that new codes may not have."""
        yield from super().faults()
        own = self.before.code if self.before else self.code.value
        known = self.before.equivalents if isinstance(self.before, Module) else ()
        for other in lines_of(self.equivalents.value):
            if other == own:
                yield "equivalents", f"The list of other codes names the module itself, {own}"
            elif other not in known and (why := shape_of(other)):
                yield "equivalents", f"The other code {other} {why}"
            elif other not in known and len(other) > LONGEST_NEW_CODE:
                yield "equivalents", f"Each other code must have at most {LONGEST_NEW_CODE} characters"

    def table(self) -> dict[str, Any]:
        """As in [[module]]."""
        return {
            "title": self.title.value,
            "minutes": self.minutes.value,
            "evidence": self.evidence.value,
            "equivalents": lines_of(self.equivalents.value),
            "summary": self.summary.value,
            "objectives": lines_of(self.objectives.value),
            "links": links_of(self.links.value),
            "after": self.after.value,
            "ideally_after": self.ideally_after.value,
        }

    @staticmethod
    def values(entry: Module) -> dict[str, Any]:
        """What the fields say of a module."""
        return {
            "title": entry.title,
            "minutes": "" if entry.minutes is None else str(entry.minutes),
            "evidence": entry.evidence,
            "equivalents": "\n".join(entry.equivalents),
            "summary": entry.summary,
            "objectives": "\n".join(entry.objectives),
            "links": "\n".join(f"{link['title']} {link['url']}" for link in entry.links),
            "after": list(entry.after),
            "ideally_after": list(entry.ideally_after),
        }


PART_LABELS = {"categories": "Categories", "roles": "Roles", "functions": "Functions"}


class AudienceForm(EntryForm):
    """What requirements and gates share: whom they are about. Each part that has nothing ticked lets everybody pass."""

    first = DateInput("From", required="the first day", noun="the first day")
    summary = TextArea("Summary", hint="What it is for, in a sentence or two. May be empty.")
    reach = Radios(
        "Whom is it about?",
        required="whom it is about",
        choices=[
            (Reach.EVERYBODY.value, "Everybody", "Whoever has a primary appointment."),
            (Reach.SOME.value, "Some people", "Those who fit every part that is filled in below."),
            (Reach.NOBODY.value, "Nobody", "It stays here and counts nobody for now."),
        ],
    )
    categories = Checkboxes("Categories", noun="the categories")
    roles = Checkboxes("Roles", noun="the roles")
    functions = Checkboxes("Functions", noun="the functions", hint="Committees, searches and other tasks.")
    categories_other = TextInput("Other categories", hint="Not in the records yet; parted by commas.")
    roles_other = TextInput("Other roles", hint="Not in the records yet; parted by commas.")
    functions_other = TextInput("Other functions", hint="Not in the records yet; parted by commas.")
    units = TextArea(
        "Units", hint="One a line, by code or by name. Everybody at home there or below is meant.", noun="units", rows=3
    )

    def offer_audience(self, choices: Choices, audience: Mapping[str, Sequence[str]] | None) -> None:
        """What the facts have, and what the rule names already."""
        self.unit_codes = choices.units
        self.audience_before = audience
        for key in PART_LABELS:
            known = [*getattr(choices, key), *(audience or {}).get(key, ())]
            self[key].choices = sorted(set(known))

    def audience(self) -> Mapping[str, Any] | None:
        """Whom it is about, as the file writes it; what it named before stands first."""
        if self.reach.errors:
            return None
        reach = Reach(self.reach.value)
        if reach is not Reach.SOME:
            before = self.audience_before
            if reach_of(before) is reach:
                return before
            return None if reach is Reach.EVERYBODY else {"categories": []}
        found: dict[str, list[str]] = {}
        for key in AUDIENCE_KEYS:
            values = set(self._units() if key == "units" else [*self[key].value, *self._others(key)])
            kept = [value for value in (self.audience_before or {}).get(key, ()) if value in values]
            if values:
                found[key] = [*kept, *sorted(values - set(kept))]
        return found

    @property
    def left_out(self) -> list[str]:
        """What was filled in of some people, though everybody or nobody is meant, as a sentence."""
        typed = {key: [*self[key].value, *self._others(key)] for key in PART_LABELS}
        told = [f"{label} ({', '.join(typed[key])})" for key, label in PART_LABELS.items() if typed[key]]
        if named := lines_of(self.units.value):
            told.append(f"Units ({', '.join(named)})")
        if not told or self.reach.value == Reach.SOME.value:
            return []
        return [f"You chose {self.reach.value}. What was filled in for some people was left out: {'; '.join(told)}."]

    def faults(self) -> Iterator[tuple[str, str]]:
        """Some people, but nothing that says whom; and units that are none."""
        yield from super().faults()
        if self.reach.value != Reach.SOME.value:
            return
        unknown = [f"“{line}”" for line in lines_of(self.units.value) if self._unit(line) is None]
        if len(unknown) == 1:
            yield "units", f"{unknown[0]} is neither the code of a unit nor the name of one alone"
        elif unknown:
            yield "units", f"{sentence_list(unknown)} are neither codes of units nor names of one alone"
        elif not self.audience():
            yield "reach", "Fill in at least one part below, or choose everybody or nobody"

    def _others(self, key: str) -> list[str]:
        return [word.strip() for word in self[f"{key}_other"].value.split(",") if word.strip()]

    def _units(self) -> list[str]:
        return [code for line in lines_of(self.units.value) if (code := self._unit(line)) is not None]

    def _unit(self, line: str) -> str | None:
        """The code of the unit that a line means."""
        return self.unit_codes.get(line) or self.unit_codes.get(line.lower())

    @staticmethod
    def audience_values(audience: Mapping[str, Sequence[str]] | None) -> dict[str, Any]:
        """What the fields say of an audience."""
        parts = {key: list((audience or {}).get(key, ())) for key in PART_LABELS}
        return {"reach": reach_of(audience).value, "units": "\n".join((audience or {}).get("units", ())), **parts}


class RequirementForm(AudienceForm):
    """A requirement; `requirement_form` makes it with as many places for modules as are wanted."""

    read = staticmethod(rules.read_requirement)
    right: ClassVar[Mapping[str, Any]] = {
        "code": "-",
        "title": "-",
        "modules": ["-"],
        "level": "required",
        "from": date.min,
    }
    level = Radios(
        "How strongly does it ask?",
        required="how strongly it asks",
        choices=[
            ("required", "Required", "Can be due and overdue."),
            ("expected", "Expected", "Counted, and never overdue."),
            ("optional", "Optional", "Declining it leaves no mark."),
        ],
    )
    last = DateInput("Until", noun="the last day", hint="The last day on which it is asked. May be empty.")
    due_date = DateInput("Due on", noun="the due day", hint="May be empty.")
    due_days = WholeInput(
        "Days after the start",
        noun="the number of days",
        hint="Counted from the first day it is asked of somebody. Where both are given, the later day holds.",
    )
    repeat = Radios(
        "How often?",
        required="how often it is asked",
        choices=[
            ("once", "Once", "A completion holds for good."),
            ("months", "Again after some months", "Counted from the day of the latest completion."),
            ("cycle", "Each year", "Only completions of the current year count."),
        ],
    )
    months = WholeInput("Months", noun="the number of months", hint="For “again after some months”.")
    cycle = DayOfYear("The year begins on", noun="the day the year begins", hint="For “each year”, such as 1 Jul.")
    due_by = DayOfYear("Due each year by", noun="the day of the year it is due", hint="Such as 31 Dec. May be empty.")
    champions_see_names = TickBox("{Champions} see who has done it, though it is not required")

    def table(self) -> dict[str, Any]:
        """As in [[requirement]]."""
        due = {"date": self.due_date.value, "days_after_start": self.due_days.value}
        return {
            "title": self.title.value,
            "modules": [row.value for row in self.rows if row.value],
            "level": self.level.value,
            "from": self.first.value,
            "to": self.last.value,
            "audience": self.audience(),
            "due": {key: value for key, value in due.items() if value is not None} or None,
            "repeat": self._repeat(),
            "summary": self.summary.value,
            "champions_see_names": self.champions_see_names.value or None,
        }

    def faults(self) -> Iterator[tuple[str, str]]:
        """How often it is asked, without the number or the day that belongs to it."""
        yield from super().faults()
        if self.repeat.value == "months" and self.months.is_empty:
            yield "repeat.months", "Enter after how many months it is asked again"
        if self.repeat.value == "cycle" and self.cycle.is_empty:
            yield "repeat.cycle", "Enter the day on which the year begins, such as 1 Jul"

    def _repeat(self) -> Any:
        """The repeat rule, with what belongs to it."""
        if self.repeat.value == "months" and self.months.value is not None:
            return {"months": self.months.value}
        if self.repeat.value == "cycle" and self.cycle.value:
            found = {"cycle": self.cycle.value, "due_by": self.due_by.value}
            return {key: value for key, value in found.items() if value}
        return None

    @property
    def rows(self) -> list[Field]:
        """The places for modules, in order."""
        return [one for one in self if one.name.startswith("module_")]

    def offer(self, choices: Choices, entry: Requirement | None) -> None:
        """Modules, and whom it may be about."""
        for row in self.rows:
            row.choices = choices.modules
        self.offer_audience(choices, entry.audience if entry else None)

    @classmethod
    def values(cls, entry: Requirement) -> dict[str, Any]:
        """What the fields say of a requirement."""
        due, repeat = entry.due or {}, entry.repeat or {}
        return {
            "title": entry.title,
            **{f"module_{number}": code for number, code in enumerate(entry.modules, 1)},
            "level": entry.level,
            "first": entry.first,
            "last": entry.last,
            "due_date": due.get("date"),
            "due_days": str(due.get("days_after_start", "")),
            "repeat": next(iter(key for key in ("months", "cycle") if key in repeat), "once"),
            "months": str(repeat.get("months", "")),
            "cycle": _day_of_year(repeat.get("cycle")),
            "due_by": _day_of_year(repeat.get("due_by")),
            "summary": entry.summary,
            "champions_see_names": entry.champions_see_names,
            **cls.audience_values(entry.audience),
        }


def _day_of_year(month_day: str | None) -> str:
    """A day of the year as somebody would type it."""
    return month_day_words(month_day).replace(NO_BREAK_SPACE, " ") if month_day else ""


def requirement_form(rows: int, **arguments: Any) -> RequirementForm:
    """A form with so many places for modules."""
    places = {
        f"module_{number}": Select(
            f"Module {number}",
            blank="Choose a module" if number == 1 else "No further module",
            noun="the list of modules",
            required="a module" if number == 1 else "",
        )
        for number in range(1, min(rows, MOST_ROWS) + 1)
    }
    form: RequirementForm = type("RequirementForm", (RequirementForm,), places)(**arguments)
    return form


class GateForm(AudienceForm):
    """A gate."""

    read = staticmethod(rules.read_gate)
    right: ClassVar[Mapping[str, Any]] = {
        "code": "-",
        "unit_kinds": ["-"],
        "needs": ["-"],
        "percent": 0,
        "from": date.min,
    }
    title = TextInput("Title", hint="May be empty: then it is called by its code.", max_length=200)
    unit_kinds = Checkboxes("Before which kinds of unit does it stand?", required="at least one kind of unit")
    needs = Checkboxes("Which modules must people have done?", required="at least one module")
    percent = WholeInput(
        "Per cent",
        required="a percentage",
        noun="the percentage",
        hint="From 0 to 99. It opens once more than this share has done all of them: at 50, half is not enough.",
    )

    def table(self) -> dict[str, Any]:
        """As in [[gate]]. Modules needed keep their order."""
        before = [code for code in self.needs_before if code in self.needs.value]
        return {
            "title": self.title.value,
            "summary": self.summary.value,
            "unit_kinds": self.unit_kinds.value,
            "needs": [*before, *(code for code in self.needs.value if code not in before)],
            "percent": self.percent.value,
            "from": self.first.value,
            "audience": self.audience(),
        }

    def offer(self, choices: Choices, entry: Gate | None) -> None:
        """Modules, kinds of unit, and whom it may be about."""
        self.needs_before = entry.needs if entry else ()
        self.needs.choices = choices.modules
        self.unit_kinds.choices = sorted({*choices.kinds, *(entry.unit_kinds if entry else ())})
        self.offer_audience(choices, entry.audience if entry else None)

    @classmethod
    def values(cls, entry: Gate) -> dict[str, Any]:
        """What the fields say of a gate."""
        return {
            "title": entry.title,
            "summary": entry.summary,
            "unit_kinds": list(entry.unit_kinds),
            "needs": list(entry.needs),
            "percent": str(entry.percent),
            "first": entry.first,
            **cls.audience_values(entry.audience),
        }


class OverrideForm(PreviewedForm, ChangeForm):
    """That a gate is opened for a unit by hand."""

    unit = TextInput("Unit", required="a unit", hint="By code or by name.")
    opened_on = DateInput("Open from", required="the day", noun="the day")
    reason = TextArea("Reason", required="a reason", hint="Shown to the {office} and auditors.", max_length=500)
    approved_by = TextInput("Approved by", required="who approved it", noun="the name", max_length=200)


class RenameForm(BaseForm):
    """Another title from a day on."""

    title = TextInput("Title", required="a title", max_length=200)
    starts_on = DateInput("From", required="the first day", noun="the day")


class FileForm(BaseForm):
    """A curriculum.toml to put in the place of the curriculum."""

    file = FileInput("curriculum.toml", required="a file", accept=".toml")


class FindForm(FilterForm):
    """Find something by its code or by what it is, was or will be called."""

    q = SearchInput("Code or title, former ones too", noun="the search")


class PersonSample(FilterForm):
    """A real person to draw a timeline for."""

    q = SearchInput("Identifier or name", noun="the search")


class JoinerSample(FilterForm):
    """Somebody made up, who joins on a day."""

    category = TextInput("Category", required="a category")
    role = TextInput("Role", required="a role")
    unit = TextInput("Unit", required="a unit", hint="By code or by name.")
    joined = DateInput("Joins on", required="the day of joining", noun="the day of joining")
