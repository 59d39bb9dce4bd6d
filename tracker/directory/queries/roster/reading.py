"""Reads the files of a roster row by row, as strictly as a load does; what is refused is gathered, field by field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from tracker.directory.rules import FILES, FunctionSaid, LeaveSaid, PostSaid
from tracker.exchange.commands.reading import given, period, share, short
from tracker.exchange.files import FileRefused, Record, records

Taken = TypeVar("Taken")
MOST_REFUSED = 500
"""What is wrong is named so many times; then the files are put right first."""
EARLIEST = "0001-01-01"
"""What an empty first day of a unit means; and stands for a first day that is refused while the last is looked at."""
NO_DAYS = (0, 0)
"""Of a row that is refused."""


@dataclass(frozen=True, slots=True)
class UnitGiven:
    """A row of units.csv; days are numbers."""

    record: Record
    code: str
    first: int
    last: int
    name: str
    kind: str
    parent: str


@dataclass(frozen=True, slots=True)
class PersonGiven:
    """A row of people.csv."""

    record: Record
    identifier: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class RowGiven:
    """A row about somebody: what it says, as PostSaid, FunctionSaid or LeaveSaid."""

    record: Record
    said: Any


Rows = dict[str, list[RowGiven]]
"""By identifier."""


@dataclass(slots=True)
class Roster:
    """All that the files say, and what of it is refused: by name up to a limit, and each row that has something.

    `files` names those that are there, `cut` those that could not be read to their end. `broken` are the rows that are
    refused for a field, by file and code or identifier: what they refer to is looked at all the same.
    """

    files: frozenset[str]
    units: list[UnitGiven] = field(default_factory=list)
    people: dict[str, PersonGiven] = field(default_factory=dict)
    posts: Rows = field(default_factory=dict)
    functions: Rows = field(default_factory=dict)
    leaves: Rows = field(default_factory=dict)
    refused: list[FileRefused] = field(default_factory=list)
    refused_rows: set[tuple[str, int | None]] = field(default_factory=set)
    left_out: int = 0
    broken: dict[tuple[str, str], list[Record]] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)

    @property
    def identifiers(self) -> set[str]:
        """Everybody that any file names."""
        broken = {code for file, code in self.broken if file != "units.csv"}
        return {*self.people, *self.posts, *self.functions, *self.leaves, *broken}

    def refuse(self, why: FileRefused) -> None:
        """Gather a refusal."""
        self.refused_rows.add((why.file, why.line))
        if len(self.refused) < MOST_REFUSED:
            self.refused.append(why)
        else:
            self.left_out += 1

    def may_be_given(self, file: str, code: str) -> bool:
        """Whether a file may have a row of this code or identifier among what was refused or not read: nobody is to be
        blamed then for naming it."""
        return file in self.cut or (file, code) in self.broken


class _Row:
    """A row that is being read: all that is wrong with it is gathered."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.faults: list[FileRefused] = []

    def take(self, otherwise: Taken, check: Callable[..., Taken], *values: str) -> Taken:
        """What a check makes of a field; `otherwise` where it refuses it."""
        try:
            return check(self.record, *values)
        except FileRefused as why:
            self.faults.append(why)
            return otherwise

    def days(self, start: str, end: str, *columns: str) -> tuple[int, int]:
        """The numbers of the first and the last day, each looked at by itself."""
        faults = len(self.faults)
        self.take(NO_DAYS, period, start, "", *columns)
        return self.take(NO_DAYS, period, start if len(self.faults) == faults else EARLIEST, end, *columns)


def read(folder: Path) -> Roster:
    """All that the files in a folder say."""
    found = Roster(frozenset(name for name in FILES if (folder / name).exists()))
    for name, take in _TAKE.items():
        if name in found.files:
            _each(folder, name, found, take)
    return found


def _each(folder: Path, name: str, found: Roster, take: Callable[[Roster, _Row], None]) -> None:
    """Take each row of a file; what cannot be read at all ends the file."""
    try:
        for record in records(folder, name):
            row = _Row(record)
            take(found, row)
            for why in row.faults:
                found.refuse(why)
            if row.faults:
                found.broken.setdefault((name, record.fields[0]), []).append(record)
    except FileRefused as why:
        found.cut.add(name)
        told = f"{why.why}; what follows was not read"
        found.refuse(FileRefused(why.file, why.line, why.column, why.value, told))


def _unit(found: Roster, row: _Row) -> None:
    code, start, end, name, kind, parent = row.record.fields
    row.take("", given, "code", code)
    first, last = row.days(start or EARLIEST, end, "from", "to")
    row.take("", given, "name", name)
    row.take("", short, "kind", kind)
    if not row.faults:
        found.units.append(UnitGiven(row.record, code, first, last, name, kind, parent))


def _person(found: Roster, row: _Row) -> None:
    identifier, name, email = row.record.fields
    row.take("", given, "person_id", identifier)
    if identifier in found.people:
        row.faults.append(row.record.refuse("person_id", "stands in this file already"))
    row.take("", short, "name", name)
    row.take("", short, "email", email)
    if not row.faults:
        found.people[identifier] = PersonGiven(row.record, identifier, name, email)


def _post(found: Roster, row: _Row) -> None:
    identifier, unit, category, role, fte, primary, start, end = row.record.fields
    row.take("", given, "person_id", identifier)
    row.take("", short, "category", category)
    row.take("", short, "role", role)
    digits = row.take(None, share, fte)
    if primary not in ("yes", "no"):
        row.faults.append(row.record.refuse("primary", "must be yes or no"))
    first, last = row.days(start, end)
    if not row.faults:
        part = None if digits is None else Decimal(digits)
        said = PostSaid(unit, category, role, part, primary == "yes", first, last)
        found.posts.setdefault(identifier, []).append(RowGiven(row.record, said))


def _function(found: Roster, row: _Row) -> None:
    identifier, function, start, end = row.record.fields
    row.take("", given, "person_id", identifier)
    row.take("", given, "function", function)
    first, last = row.days(start, end)
    if not row.faults:
        said = FunctionSaid(function, first, last)
        found.functions.setdefault(identifier, []).append(RowGiven(row.record, said))


def _leave(found: Roster, row: _Row) -> None:
    identifier, start, end = row.record.fields
    row.take("", given, "person_id", identifier)
    first, last = row.days(start, end)
    if not row.faults:
        found.leaves.setdefault(identifier, []).append(RowGiven(row.record, LeaveSaid(first, last)))


_TAKE: Mapping[str, Callable[[Roster, _Row], None]] = {
    "units.csv": _unit,
    "people.csv": _person,
    "appointments.csv": _post,
    "functions.csv": _function,
    "leaves.csv": _leave,
}
