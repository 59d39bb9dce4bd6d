"""The curriculum in the office's words: what each field says, and how it changes. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from tracker.curriculum.rules import AUDIENCE_KEYS, Gate, Requirement
from tracker.programme.rules import Difference, Entry, Reach, reach_of
from tracker.progress.rules import DAYS_AFTER_START_IN_CYCLE

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOTHING = "\N{EN DASH}"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a thing in words, before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Names:
    """The titles of modules and the names of units, by code, for sentences."""

    modules: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


LABELS = {
    "code": "Code",
    "title": "Title",
    "minutes": "Minutes",
    "evidence": "Evidence",
    "equivalents": "Other codes that count",
    "summary": "Summary",
    "objectives": "Objectives",
    "links": "Links",
    "after": "Only after",
    "ideally_after": "Best after",
    "modules": "Modules",
    "level": "Level",
    "first": "From",
    "last": "Until",
    "audience": "Who is asked",
    "due": "Due",
    "repeat": "How often",
    "champions_see_names": "{Champions} see names",
    "unit_kinds": "Kinds of unit",
    "needs": "Modules needed",
    "percent": "Opens above",
}
GATE_LABELS = LABELS | {"audience": "Who is counted"}
EVIDENCE = {"attestation": "counts as soon as it is logged", "verification": "counts once somebody has verified it"}
PARTS = {"categories": "", "roles": "role ", "units": "in ", "functions": "with the function "}


def field_changes(difference: Difference, names: Names) -> list[FieldChange]:
    """What of a thing changes, in words; of one that comes or goes, all that it says, its code first."""
    sides = (difference.before, difference.after)
    entry = difference.after or difference.before
    if entry is None:
        return []
    labels = GATE_LABELS if isinstance(entry, Gate) else LABELS
    found = []
    for one in fields(entry):
        told = [NOTHING if side is None else words_of(side, one.name, names) for side in sides]
        if told[0] != told[1]:
            found.append(FieldChange(labels[one.name], *told))
    return found


def words_of(entry: Entry, name: str, names: Names) -> str:
    """A field of a thing as the office reads it: when something is due hangs on how often it is asked."""
    if name == "due" and isinstance(entry, Requirement):
        return due_words(entry.due, entry.repeat)
    return in_words(name, getattr(entry, name), names)


def in_words(name: str, value: Any, names: Names) -> str:
    """The value of a field as the office reads it; a dash where there is nothing."""
    if name in WORDS:
        return WORDS[name](value, names) or NOTHING
    if isinstance(value, date):
        return day_words(value)
    if isinstance(value, tuple):
        return ", ".join(value) or NOTHING
    return NOTHING if value is None or value == "" else str(value)


def _modules(codes: Sequence[str], names: Names) -> str:
    return ", ".join(named(code, names.modules) for code in codes)


def named(code: str, titles: Mapping[str, str]) -> str:
    """A code with what it stands for."""
    return f"{titles[code]} ({code})" if titles.get(code) else code


def audience_words(audience: Mapping[str, Sequence[str]] | None, names: Names) -> str:
    """Whom an audience lets through: "staff or faculty; role manager; in Medicine (MED)"."""
    reach = reach_of(audience)
    if reach is not Reach.SOME or audience is None:
        return reach.value
    told = []
    for key in AUDIENCE_KEYS:
        if key in audience:
            values = [named(value, names.units) if key == "units" else value for value in audience[key]]
            told.append(PARTS[key] + " or ".join(values))
    return "; ".join(told)


def due_words(due: Mapping[str, Any] | None, repeat: Mapping[str, Any] | None = None) -> str:
    """When something is due at first, or in each round of a yearly cycle: "on 30 Jun 2027, or 90 days after the start
    where that is later"."""
    if repeat and "cycle" in repeat:
        return _due_words_of_cycle(due or {}, repeat)
    if not due:
        return "no due day"
    days = None if "days_after_start" not in due else _plural(due["days_after_start"], "day")
    if "date" not in due:
        return f"{days} after the start"
    if days is None:
        return f"on {day_words(due['date'])}"
    return f"on {day_words(due['date'])}, or {days} after the start where that is later"


def _due_words_of_cycle(due: Mapping[str, Any], repeat: Mapping[str, Any]) -> str:
    """When each round is due: "each year on 31 Dec, or 30 days after the start where that is later"."""
    begins = month_day_words(repeat["cycle"])
    set_day = f"on {month_day_words(repeat['due_by'])}" if "due_by" in repeat else f"on the day before {begins}"
    days = _plural(due.get("days_after_start", DAYS_AFTER_START_IN_CYCLE), "day")
    later = [*([f"on {day_words(due['date'])}"] if "date" in due else []), f"{days} after the start"]
    return f"each year {set_day}, or {' or '.join(later)} where that is later"


def repeat_words(repeat: Mapping[str, Any] | None) -> str:
    """How often something is asked: "once", "again every 12 months", "each year from 1 Jul, by 31 Dec"."""
    if not repeat:
        return "once"
    if "months" in repeat:
        return f"again every {_plural(repeat['months'], 'month')}"
    by = f", by {month_day_words(repeat['due_by'])}" if "due_by" in repeat else ""
    return f"each year from {month_day_words(repeat['cycle'])}{by}"


def month_day_words(month_day: str) -> str:
    """A day of the year: 07-01 is 1 Jul."""
    return f"{int(month_day[3:])}{NO_BREAK_SPACE}{MONTHS[int(month_day[:2]) - 1]}"


def day_words(day: date) -> str:
    """A day: 21 Nov 2026."""
    return f"{day.day}{NO_BREAK_SPACE}{MONTHS[day.month - 1]}{NO_BREAK_SPACE}{day.year}"


def _plural(number: int, noun: str) -> str:
    return f"{number:,}{NO_BREAK_SPACE}{noun}{'' if number == 1 else 's'}"


WORDS: Mapping[str, Callable[[Any, Names], str]] = {
    "audience": lambda value, names: audience_words(value, names),
    "due": lambda value, _: due_words(value),
    "repeat": lambda value, _: repeat_words(value),
    "evidence": lambda value, _: EVIDENCE[value],
    "percent": lambda value, _: f"{value}{NO_BREAK_SPACE}%",
    "champions_see_names": lambda value, _: "yes" if value else "no",
    "links": lambda value, _: "; ".join(f"{link['title']} ({link['url']})" for link in value),
    "objectives": lambda value, _: " ".join(value),
    **dict.fromkeys(("modules", "needs", "after", "ideally_after"), _modules),
}
