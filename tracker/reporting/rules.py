"""What a sealed report holds, how one byte of it is found again, and when reports are due. Pure."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256

from tracker.core.days import month_end
from tracker.core.spreadsheets import csv_line

VERSION = 1
"""Of the form of sealed reports, told in each."""
MONTHS_BACK = 12
"""How many ends of months before its own a report tells of the whole institution."""


class Part(StrEnum):
    """The tables of a report, in their order."""

    ABOUT = "about"
    UNITS = "units"
    REQUIREMENTS = "requirements"
    MODULES = "modules"
    GATE_TITLES = "gate_titles"
    TARGETS = "targets"
    TREND = "trend"
    RATES = "rates"
    GATES = "gates"


COLUMNS: Mapping[Part, tuple[str, ...]] = {
    Part.ABOUT: ("key", "value"),
    Part.UNITS: ("unit", "name", "kind", "parent"),
    Part.REQUIREMENTS: ("requirement", "title", "level"),
    Part.MODULES: ("requirement", "module", "title"),
    Part.GATE_TITLES: ("gate", "title", "percent"),
    Part.TARGETS: ("unit", "requirement", "percent"),
    Part.TREND: ("day", "unit", "requirement", "denominator", "satisfied"),
    Part.RATES: (
        *("unit", "requirement", "module", "in_scope", "waived", "on_leave", "denominator", "satisfied"),
        *("pending", "expired", "overdue", "due_soon", "not_started", "rate"),
    ),
    Part.GATES: ("gate", "unit", "opened_on", "numerator", "denominator"),
}
KEYS: Mapping[Part, int] = {
    **dict.fromkeys(Part, 1),
    Part.MODULES: 2,
    Part.TARGETS: 2,
    Part.TREND: 3,
    Part.RATES: 3,
    Part.GATES: 2,
}
"""By how many of its first columns a row of a part is known."""

Lines = Mapping[Part, Sequence[str]]
"""The lines of each part, each ended, without headings."""


# The bytes of a report


def header(part: Part) -> str:
    """The heading of a part."""
    return csv_line(COLUMNS[part])


def text_of(lines: Lines) -> Iterator[str]:
    """A whole report as it is sealed: each part with its name and heading."""
    for part in Part:
        yield f"[{part}]\n{header(part)}"
        yield from lines.get(part, ())


def digest(lines: Lines) -> str:
    """The hash of a whole report: SHA-256 of its text in UTF-8."""
    found = sha256()
    for text in text_of(lines):
        found.update(text.encode())
    return found.hexdigest()


def fingerprint(part: Part, position: int, line: str) -> str:
    """The hash of one row at its place."""
    return sha256(_row_bytes(part, position, line.encode())).hexdigest()


def _row_bytes(part: Part, position: int, line: bytes) -> bytes:
    return b"%s %d\n%s" % (part.value.encode(), position, line)


def subject(part: Part, line: str) -> str:
    """What a row is about: its first columns, as they stand in its line."""
    return csv_line(cells(line)[: KEYS[part]])[:-1]


def cells(line: str) -> list[str]:
    """The cells of a line."""
    return next(csv.reader([line]), [])


# A byte that is not what it was


@dataclass(frozen=True, slots=True)
class Edit:
    """One byte of a row that was changed, put in or taken out: where, what stands there, and the row as it was."""

    offset: int
    words: str
    original: str


def edit_of(part: Part, position: int, line: str, wanted: str) -> Edit | None:
    """The one byte that parts a line from the one with the wanted fingerprint; none where it is more than one.

    Every line that is one byte away is tried: tens of thousands, each a hash.
    """
    text = line.encode()
    prefix = sha256(_row_bytes(part, position, b""))
    for offset, words, tried in _one_byte_away(text):
        found = prefix.copy()
        found.update(tried)
        if found.hexdigest() == wanted:
            return Edit(offset, words, tried.decode(errors="replace"))
    return None


def _one_byte_away(text: bytes) -> Iterator[tuple[int, str, bytes]]:
    for offset in range(len(text) + 1):
        before, here, after = text[:offset], text[offset : offset + 1], text[offset + 1 :]
        for number in range(256):
            byte = bytes((number,))
            if here and byte != here:
                yield offset, f"{_shown(here)} stands where {_shown(byte)} was", before + byte + after
            yield offset, f"{_shown(byte)} was taken out", before + byte + here + after
        if here:
            yield offset, f"{_shown(here)} was put in", before + after


def _shown(byte: bytes) -> str:
    letter = byte.decode("latin-1")
    return f"“{letter}”" if byte.isascii() and letter.isprintable() else f"the byte {byte[0]:#04x}"


def column_at(part: Part, line: str, offset: int) -> str:
    """The column of a line in which a byte stands."""
    before = line.encode()[:offset].decode(errors="ignore")
    place = len(next(csv.reader([before.replace("\n", " ")]), [""])) - 1
    return COLUMNS[part][min(max(place, 0), len(COLUMNS[part]) - 1)]


# A report as figures


@dataclass(frozen=True, slots=True)
class Counted:
    """How many people are counted, and how many of them have satisfied it."""

    denominator: int
    satisfied: int


@dataclass(frozen=True, slots=True)
class ReportedUnit:
    """A unit as it was then."""

    code: str
    name: str
    kind: str
    parent: str


@dataclass(frozen=True, slots=True)
class ReportedRequirement:
    """A requirement as it was called then."""

    code: str
    title: str
    level: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says. `rates` are those of whole requirements, by unit and requirement; `trend` those of whole
    institutions at ends of months before, by day, unit and requirement; `gates` the title, unit, day of opening and how
    many people count."""

    day: date
    units: Mapping[str, ReportedUnit]
    requirements: Sequence[ReportedRequirement]
    rates: Mapping[tuple[str, str], Counted]
    targets: Mapping[tuple[str, str], int]
    trend: Mapping[tuple[date, str, str], Counted]
    gates: Sequence[tuple[str, str, date | None, int]]
    modules: Mapping[tuple[str, str], str]
    gate_titles: Mapping[str, str]

    @property
    def roots(self) -> list[ReportedUnit]:
        """The units at the top, in their order."""
        return [unit for unit in self.units.values() if not unit.parent]

    def below(self, code: str) -> list[ReportedUnit]:
        """The units right below one, in their order."""
        return [unit for unit in self.units.values() if unit.parent == code]

    def path(self, code: str) -> list[ReportedUnit]:
        """The way down to a unit."""
        way = [self.units[code]]
        while way[0].parent in self.units and way[0].parent != way[0].code:
            way.insert(0, self.units[way[0].parent])
        return way

    def asked(self, codes: Iterable[str]) -> list[ReportedRequirement]:
        """What anybody in these units is asked, in the curriculum's order."""
        wanted = set(codes)
        here = {requirement for unit, requirement in self.rates if unit in wanted}
        return [one for one in self.requirements if one.code in here]


def report_of(day: date, lines: Lines) -> Report:
    """A report as figures, from its lines."""
    rows = {part: [cells(line) for line in found] for part, found in lines.items()}
    titles = {code: title for code, title, _ in rows.get(Part.GATE_TITLES, ())}
    return Report(
        day,
        {row[0]: ReportedUnit(*row) for row in rows.get(Part.UNITS, ())},
        [ReportedRequirement(*row) for row in rows.get(Part.REQUIREMENTS, ())],
        {(row[0], row[1]): Counted(int(row[6]), int(row[7])) for row in rows.get(Part.RATES, ()) if row[2] == "*"},
        {(unit, requirement): int(percent) for unit, requirement, percent in rows.get(Part.TARGETS, ())},
        {
            (date.fromisoformat(then), unit, requirement): Counted(int(counted), int(done))
            for then, unit, requirement, counted, done in rows.get(Part.TREND, ())
        },
        [
            (titles.get(gate, gate), unit, date.fromisoformat(opened) if opened else None, int(counted))
            for gate, unit, opened, _, counted in rows.get(Part.GATES, ())
        ],
        {(requirement, module): title for requirement, module, title in rows.get(Part.MODULES, ())},
        titles,
    )


# What changed since


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not what it was: its cells as reported and as now known; none where there is no such row."""

    part: Part
    key: tuple[str, ...]
    reported: Sequence[str] | None
    known: Sequence[str] | None


def differences(part: Part, reported: Iterable[str], known: Iterable[str]) -> list[Difference]:
    """The rows of a part that differ, by what they are about."""
    before, after = _by_key(part, reported), _by_key(part, known)
    return [
        Difference(part, key, _row(before.get(key)), _row(after.get(key)))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]


def _by_key(part: Part, lines: Iterable[str]) -> dict[tuple[str, ...], str]:
    return {tuple(cells(line)[: KEYS[part]]): line for line in lines}


def _row(line: str | None) -> list[str] | None:
    return None if line is None else cells(line)


# When


class Rhythm(StrEnum):
    """How often a report is sent: on Mondays with the figures of the day, or on the first with those of the month."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"


EVERY: Mapping[Rhythm, str] = {Rhythm.WEEKLY: "every Monday", Rhythm.MONTHLY: "on the first of every month"}
"""The same in words."""


def is_past_month_end(day: date, today: date) -> bool:
    """Whether a day is the end of a month that is over."""
    return day < today and day == month_end(day)


def due_by_schedule(today: date, days_after: int) -> date | None:
    """The month end that should be sealed by itself: so many days after it; none before that, and where 0 is set."""
    last = month_end(today, -1)
    return last if days_after and today >= last + timedelta(days=days_after) else None


def until_worked_in(titles: Sequence[str]) -> str:
    """Until when a seal waits: the rules for “Yearly” and “Start” are worked in."""
    named = " and ".join(filter(None, (", ".join(_quoted(titles[:-1])), *_quoted(titles[-1:]))))
    return f"the rule for {named} is worked in" if len(titles) == 1 else f"the rules for {named} are worked in"


def _quoted(titles: Sequence[str]) -> list[str]:
    return [f"“{title}”" for title in titles]


def next_sending(rhythm: Rhythm, after: date) -> date:
    """The first day after one on which a report is sent."""
    if rhythm is Rhythm.WEEKLY:
        return after + timedelta(days=7 - after.weekday())
    return month_end(after) + timedelta(days=1)


def figures_day(rhythm: Rhythm, today: date) -> date:
    """The day whose figures a report tells that is sent today."""
    return today if rhythm is Rhythm.WEEKLY else month_end(today, -1)
