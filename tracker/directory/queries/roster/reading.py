"""Reads the files of a roster row by row, as strictly as a load does; what is refused is gathered, each row by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from tracker.core.days import NEVER_BEFORE
from tracker.directory.rules import FILES, FunctionSaid, LeaveSaid, PostSaid
from tracker.exchange.commands.reading import given, period, share, short
from tracker.exchange.files import FileRefused, Record, records

MOST_REFUSED = 500
"""Rows that are refused by name; then the files are put right first."""


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
    """All that the files say, and what of it is refused. `files` names those that are there."""

    files: frozenset[str]
    units: list[UnitGiven] = field(default_factory=list)
    people: dict[str, PersonGiven] = field(default_factory=dict)
    posts: Rows = field(default_factory=dict)
    functions: Rows = field(default_factory=dict)
    leaves: Rows = field(default_factory=dict)
    refused: list[FileRefused] = field(default_factory=list)

    @property
    def identifiers(self) -> set[str]:
        """Everybody that any file names."""
        return {*self.people, *self.posts, *self.functions, *self.leaves}

    def refuse(self, why: FileRefused) -> None:
        """Gather a refusal."""
        if len(self.refused) < MOST_REFUSED:
            self.refused.append(why)


def read(folder: Path) -> Roster:
    """All that the files in a folder say."""
    found = Roster(frozenset(name for name in FILES if (folder / name).exists()))
    for name, take in _TAKE.items():
        if name in found.files:
            _each(folder, name, found, take)
    return found


def _each(folder: Path, name: str, found: Roster, take: Callable[[Roster, Record], None]) -> None:
    """Take each row of a file; what cannot be read at all ends the file."""
    try:
        for record in records(folder, name):
            try:
                take(found, record)
            except FileRefused as why:
                found.refuse(why)
    except FileRefused as why:
        found.refuse(why)


def _unit(found: Roster, record: Record) -> None:
    code, start, end, name, kind, parent = record.fields
    first, last = period(record, start, end, "from", "to") if start else (NEVER_BEFORE, _last(record, end))
    given(record, "code", code)
    found.units.append(
        UnitGiven(record, code, first, last, given(record, "name", name), short(record, "kind", kind), parent)
    )


def _last(record: Record, end: str) -> int:
    """The end of a unit that has been there since ever."""
    return period(record, "0001-01-01", end, "from", "to")[1]


def _person(found: Roster, record: Record) -> None:
    identifier, name, email = record.fields
    given(record, "person_id", identifier)
    if identifier in found.people:
        raise record.refuse("person_id", "stands in this file already")
    found.people[identifier] = PersonGiven(
        record, identifier, short(record, "name", name), short(record, "email", email)
    )


def _post(found: Roster, record: Record) -> None:
    identifier, unit, category, role, fte, primary, start, end = record.fields
    given(record, "person_id", identifier)
    if primary not in ("yes", "no"):
        raise record.refuse("primary", "must be yes or no")
    first, last = period(record, start, end)
    digits = share(record, fte)
    said = PostSaid(
        unit,
        short(record, "category", category),
        short(record, "role", role),
        None if digits is None else Decimal(digits),
        primary == "yes",
        first,
        last,
    )
    found.posts.setdefault(identifier, []).append(RowGiven(record, said))


def _function(found: Roster, record: Record) -> None:
    identifier, function, start, end = record.fields
    given(record, "person_id", identifier)
    said = FunctionSaid(given(record, "function", function), *period(record, start, end))
    found.functions.setdefault(identifier, []).append(RowGiven(record, said))


def _leave(found: Roster, record: Record) -> None:
    identifier, start, end = record.fields
    given(record, "person_id", identifier)
    found.leaves.setdefault(identifier, []).append(RowGiven(record, LeaveSaid(*period(record, start, end))))


_TAKE: Mapping[str, Callable[[Roster, Record], None]] = {
    "units.csv": _unit,
    "people.csv": _person,
    "appointments.csv": _post,
    "functions.csv": _function,
    "leaves.csv": _leave,
}
