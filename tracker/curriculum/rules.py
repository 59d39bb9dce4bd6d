"""What curriculum.toml may say: modules, requirements and gates, read strictly and written back. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any

from tracker.core.texts import unseen

LEVELS = ("required", "expected", "optional")
EVIDENCE = ("attestation", "verification")
AUDIENCE_KEYS = ("categories", "roles", "units", "functions")
LARGEST = 2**31 - 1
LONGEST_CODE = 500
"""The most characters of a code: longer ones would not fit an index of PostgreSQL."""

ALL_MODULES = "*"
"""What stands in the place of a module's code where reports count people, over all modules of a requirement."""

Table = Mapping[str, Any]


class Refused(Exception):
    """Something the curriculum may not say: in which table, under which key, what, and why."""

    def __init__(self, kind: str, index: int, key: str, value: object, why: str) -> None:
        super().__init__(f"{kind} {index + 1}, {key}: {why}")
        self.kind, self.index, self.key, self.value, self.why = kind, index, key, value, why


class _Wrong(Exception):
    """A value that does not fit its key; Refused adds where it stands."""

    def __init__(self, why: str, key: str = "") -> None:
        super().__init__(why)
        self.why, self.key = why, key


@dataclass(frozen=True, slots=True)
class Module:
    """A [[module]] table. `links` are tables of title and url."""

    code: str
    title: str
    minutes: int | None = None
    evidence: str = "attestation"
    equivalents: tuple[str, ...] = ()
    summary: str | None = None
    objectives: tuple[str, ...] = ()
    links: tuple[Mapping[str, str], ...] = ()
    after: tuple[str, ...] = ()
    ideally_after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Requirement:
    """A [[requirement]] table; `audience`, `due` and `repeat` as tables, none where not given."""

    code: str
    title: str
    modules: tuple[str, ...]
    level: str
    first: date
    last: date | None = None
    audience: Table | None = None
    due: Table | None = None
    repeat: Table | None = None
    summary: str | None = None
    champions_see_names: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """A [[gate]] table."""

    code: str
    unit_kinds: tuple[str, ...]
    needs: tuple[str, ...]
    percent: int
    first: date
    audience: Table | None = None
    title: str | None = None
    summary: str | None = None


@dataclass(frozen=True, slots=True)
class Curriculum:
    """All three, in the order of the file."""

    modules: tuple[Module, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    gates: tuple[Gate, ...] = ()

    def course_codes(self) -> set[str]:
        """Every code that a completion may name: modules and their equivalents."""
        return {code for module in self.modules for code in (module.code, *module.equivalents)}


def text(value: object) -> str:
    """A text that is not empty."""
    if not isinstance(value, str):
        raise _Wrong("must be a text")
    if not value.strip() or "\0" in value:
        raise _Wrong("must not be empty" if "\0" not in value else "must not contain a null character")
    return value


def line(value: object) -> str:
    """A text on one line, as a title is."""
    if why := unseen(text(value)):
        raise _Wrong(why)
    return text(value)


def code(value: object) -> str:
    """A text by which something is known."""
    if len(line(value)) > LONGEST_CODE:
        raise _Wrong(f"must have at most {LONGEST_CODE} characters")
    if line(value) != line(value).strip():
        raise _Wrong("must not begin or end with a blank")
    return line(value)


def module_code(value: object) -> str:
    """A code that no report uses for anything else."""
    if value == ALL_MODULES:
        raise _Wrong(f"must not be {ALL_MODULES}, which stands for all modules together in reports")
    return code(value)


def day(value: object) -> date:
    """A date without a time."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _Wrong("must be a date such as 2026-07-01, without quotation marks")
    return value


def whole(least: int, most: int = LARGEST) -> Callable[[object], int]:
    """A whole number within bounds."""

    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise _Wrong("must be a whole number")
        if not least <= value <= most:
            raise _Wrong(f"must be at least {least}" if value < least else f"must be at most {most}")
        return value

    return check


def one_of(*words: str) -> Callable[[object], str]:
    """One of these words."""

    def check(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise _Wrong(f"must be one of {', '.join(words)}")
        return value

    return check


def yes_or_no(value: object) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise _Wrong("must be true or false")
    return value


def texts(value: object) -> tuple[str, ...]:
    """A list of texts, which may be empty."""
    if not isinstance(value, list):
        raise _Wrong("must be a list of texts")
    return tuple(text(entry) for entry in value)


def different(value: object) -> tuple[str, ...]:
    """A list of texts, none twice."""
    found = texts(value)
    if twice := sorted({entry for entry in found if found.count(entry) > 1}):
        raise _Wrong(f"names {twice[0]} twice")
    return found


def codes(value: object) -> tuple[str, ...]:
    """A list of codes, none twice."""
    return tuple(code(entry) for entry in different(value))


def some(value: object) -> tuple[str, ...]:
    """A list of texts that is not empty, none twice."""
    if not (found := different(value)):
        raise _Wrong("must name at least one")
    return found


def links(value: object) -> tuple[Mapping[str, str], ...]:
    """A list of tables of title and url."""
    if not isinstance(value, list):
        raise _Wrong("must be a list of tables with title and url")
    return tuple(_table(entry, {"title": line, "url": _url}, needed=("title", "url")) for entry in value)


def _url(value: object) -> str:
    if not re.match(r"https?://[^\s]+$", text(value)):
        raise _Wrong("must be an address that begins with https:// or http://")
    return text(value)


def month_day(value: object) -> str:
    """A day of the year as MM-DD; not 02-29, which most years lack."""
    if not isinstance(value, str) or not re.fullmatch(r"\d\d-\d\d", value, re.ASCII):
        raise _Wrong("must be a day of the year such as 07-01")
    try:
        date.fromisoformat(f"2001-{value}")
    except ValueError:
        raise _Wrong("must be a day that every year has") from None
    return value


def audience(value: object) -> Table:
    """Lists by categories, roles, units, functions."""
    return _table(value, dict.fromkeys(AUDIENCE_KEYS, lambda given: list(texts(given))))


def due(value: object) -> Table:
    """A date, days after the start, or both."""
    return _table(value, {"date": day, "days_after_start": whole(0, 200_000)})


def repeat(value: object) -> Table | None:
    """ "once" (none), or months, or a cycle."""
    if value == "once":
        return None
    if not isinstance(value, dict) or len({"months", "cycle"} & value.keys()) != 1:
        raise _Wrong('must be "once", { months = N } or { cycle = "MM-DD" }, perhaps with due_by')
    if "months" in value:
        return _table(value, {"months": whole(1, 12_000)})
    return _table(value, {"cycle": month_day, "due_by": month_day})


def _table(value: object, checks: Mapping[str, Callable[[object], Any]], needed: Iterable[str] = ()) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Wrong("must be a table")
    for key in needed:
        if key not in value:
            raise _Wrong("is missing", key)
    found = {}
    for key, given in value.items():
        if key not in checks:
            raise _Wrong(f"is not a key that may stand here; these may: {', '.join(checks)}", key)
        try:
            found[key] = checks[key](given)
        except _Wrong as wrong:
            raise _Wrong(wrong.why, key if not wrong.key else f"{key}.{wrong.key}") from None
    return found


MODULE = {
    "code": module_code,
    "title": line,
    "minutes": whole(0),
    "evidence": one_of(*EVIDENCE),
    "equivalents": codes,
    "summary": text,
    "objectives": texts,
    "links": links,
    "after": different,
    "ideally_after": different,
}
REQUIREMENT = {
    "code": code,
    "title": line,
    "modules": some,
    "level": one_of(*LEVELS),
    "from": day,
    "to": day,
    "audience": audience,
    "due": due,
    "repeat": repeat,
    "summary": text,
    "champions_see_names": yes_or_no,
}
GATE = {
    "code": code,
    "title": line,
    "summary": text,
    "unit_kinds": some,
    "needs": some,
    "percent": whole(0, 99),
    "from": day,
    "audience": audience,
}
NEEDED = {
    "module": ("code", "title"),
    "requirement": ("code", "title", "modules", "level", "from"),
    "gate": ("code", "unit_kinds", "needs", "percent", "from"),
}
_NAMES = {"from": "first", "to": "last"}


def read(document: Table) -> Curriculum:
    """A parsed curriculum.toml as definitions. Raises Refused for anything that may not stand there."""
    for key in document:
        if key not in NEEDED:
            raise Refused("curriculum", 0, key, key, "may not stand here; module, requirement and gate may")
    modules = tuple(Module(**table) for table in _tables(document, "module", MODULE))
    requirements = tuple(Requirement(**table) for table in _tables(document, "requirement", REQUIREMENT))
    gates = tuple(Gate(**table) for table in _tables(document, "gate", GATE))
    found = Curriculum(modules, requirements, gates)
    _check_codes(found)
    return found


def read_module(table: Table) -> Module:
    """One [[module]] table."""
    return Module(**_tables({"module": [table]}, "module", MODULE)[0])


def read_requirement(table: Table) -> Requirement:
    """One [[requirement]] table."""
    return Requirement(**_tables({"requirement": [table]}, "requirement", REQUIREMENT)[0])


def read_gate(table: Table) -> Gate:
    """One [[gate]] table."""
    return Gate(**_tables({"gate": [table]}, "gate", GATE)[0])


def _tables(document: Table, kind: str, checks: Mapping[str, Callable[[object], Any]]) -> list[dict[str, Any]]:
    given = document.get(kind, [])
    if not isinstance(given, list):
        raise Refused(kind, 0, kind, given, f"must be written as [[{kind}]]")
    found = []
    for index, table in enumerate(given):
        try:
            checked = _table(table, checks, NEEDED[kind])
            if checked.get("to") and checked["to"] < checked["from"]:
                raise _Wrong("lies before from", "to")
        except _Wrong as wrong:
            raise Refused(kind, index, wrong.key or kind, _value(table, wrong.key), wrong.why) from None
        found.append({_NAMES.get(key, key): value for key, value in checked.items()})
    return found


def _value(table: object, key: str) -> object:
    for part in key.split("."):
        table = table.get(part, "") if isinstance(table, dict) else table
    return table


def _check_codes(curriculum: Curriculum) -> None:
    """No code twice, and no module named that is not there."""
    kinds: dict[str, Sequence[Module | Requirement | Gate]] = {
        "module": curriculum.modules,
        "requirement": curriculum.requirements,
        "gate": curriculum.gates,
    }
    for kind, entries in kinds.items():
        seen: set[str] = set()
        for index, entry in enumerate(entries):
            if entry.code in seen:
                raise Refused(kind, index, "code", entry.code, "stands here twice")
            seen.add(entry.code)
    known = {module.code for module in curriculum.modules}
    for index, module in enumerate(curriculum.modules):
        _check_known("module", index, known, after=module.after, ideally_after=module.ideally_after)
    _check_order(curriculum.modules)
    for index, requirement in enumerate(curriculum.requirements):
        _check_known("requirement", index, known, modules=requirement.modules)
    for index, gate in enumerate(curriculum.gates):
        _check_known("gate", index, known, needs=gate.needs)


def _check_known(kind: str, index: int, known: set[str], **named: tuple[str, ...]) -> None:
    for key, codes in named.items():
        for code in codes:
            if code not in known:
                raise Refused(kind, index, key, code, "is not the code of a module")


def _check_order(modules: Sequence[Module]) -> None:
    """No module that could be logged only after itself, by way of others or not."""
    after = {module.code: module.after for module in modules}
    try:
        TopologicalSorter(after).prepare()
    except CycleError as error:
        circle = error.args[1][::-1]
        index = [module.code for module in modules].index(circle[0])
        told = ", ".join(f"{one} after {other}" for one, other in pairwise(circle))
        raise Refused("module", index, "after", circle[1], f"leads in a circle: {told}") from None


def write(curriculum: Curriculum) -> dict[str, Any]:
    """The definitions as a document for a TOML writer; what equals its default is left out."""
    return {
        kind: [_written(entry) for entry in entries]
        for kind, entries in (
            ("module", curriculum.modules),
            ("requirement", curriculum.requirements),
            ("gate", curriculum.gates),
        )
        if entries
    }


def _written(entry: Module | Requirement | Gate) -> dict[str, Any]:
    names = {value: key for key, value in _NAMES.items()}
    table = {}
    for field in fields(entry):
        value = getattr(entry, field.name)
        if value != field.default and value is not None:
            table[names.get(field.name, field.name)] = list(value) if isinstance(value, tuple) else value
    return table


def due_to_json(due: Table | None) -> dict[str, Any] | None:
    """A due rule as JSON can hold it."""
    return None if due is None else {key: value if key != "date" else value.isoformat() for key, value in due.items()}


def due_from_json(due: Table | None) -> Table | None:
    """A due rule from its JSON."""
    if due is None:
        return None
    return {key: value if key != "date" else date.fromisoformat(value) for key, value in due.items()}
