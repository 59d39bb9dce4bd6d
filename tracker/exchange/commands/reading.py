"""Reads the files of a folder row by row, checks each against rules.md and the rows before it, and hands rows on.

Persons, units and completions get their numbers here. Days stay the text they were: both drivers take it as it is.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from tracker.core.days import NEVER_AFTER
from tracker.core.texts import unseen
from tracker.curriculum.rules import AUDIENCE_KEYS, LONGEST_CODE, Curriculum, Gate, Requirement
from tracker.exchange.files import CURRICULUM, FileRefused, Record, day_of, line_of, records
from tracker.units.rules import Row, Tree

STATES = ("claimed", "verified", "rejected")
KINDS = ("faculty", "staff")
NAMES = ("name", "approved_by")
"""Columns that nothing is compared with, so that a blank at an end makes no difference."""
SINCE_EVER = date.min.isoformat()
Values = tuple[Any, ...]


class Reader:
    """One reading of one folder. The methods are called in the order in which they stand."""

    def __init__(self, folder: Path, curriculum: Curriculum, today: date) -> None:
        self.folder = folder
        self.curriculum = curriculum
        self.today = today.isoformat()
        self.unit_ids: dict[str, int] = {}
        self.person_ids: dict[str, int] = {}
        self.tree = Tree([])
        self.seen: dict[str, set[str]] = {key: set() for key in (*AUDIENCE_KEYS, "unit_kinds")}

    def units(self) -> list[Values]:
        """(unit, from, to, name, kind, parent) for each row; checks the tree of every day."""
        found = list(records(self.folder, "units.csv"))
        for record in found:
            code = given(record, "code", record.fields[0])
            self.unit_ids.setdefault(code, len(self.unit_ids) + 1)
        rows: dict[tuple[int, int], tuple[Record, Row]] = {}
        for record in found:
            code, first, last, name, kind, parent = record.fields
            start, end = period(record, first or SINCE_EVER, last, "from", "to")
            if parent and parent not in self.unit_ids:
                raise record.refuse("parent", "is not the code of a unit")
            row = Row(self.unit_ids[code], start, end, short(record, "name", name), short(record, "kind", kind), None)
            self._note("unit_kinds", kind)
            row = row._replace(parent=self.unit_ids[parent] if parent else None)
            if (row.unit, row.first) in rows:
                raise record.refuse("from", f"the unit {code} has a row from this day already")
            rows[row.unit, row.first] = record, row
        self.tree = Tree(row for _, row in rows.values())
        if problem := self.tree.problem():
            record, _ = rows[problem.row.unit, problem.row.first]
            raise record.refuse(problem.column, problem.why)
        self._check_audience_units()
        return [
            (row.unit, record.fields[1] or SINCE_EVER, record.fields[2] or None, row.name, row.kind, row.parent)
            for record, row in rows.values()
        ]

    def _check_audience_units(self) -> None:
        for kind, entries in self._audiences().items():
            for index, entry in enumerate(entries):
                for code in (entry.audience or {}).get("units", ()):
                    if code not in self.unit_ids:
                        text = (self.folder / CURRICULUM).read_text(encoding="utf-8-sig")
                        line = line_of(text, kind, index, "audience.units")
                        raise FileRefused(CURRICULUM, line, "audience.units", code, "is not the code of a unit")

    def people(self) -> Iterator[Values]:
        """(id, identifier, name, email)."""
        ids = self.person_ids
        for record in records(self.folder, "people.csv"):
            identifier, name, email = record.fields
            if identifier in ids:
                raise record.refuse("person_id", "stands in this file already")
            ids[given(record, "person_id", identifier)] = number = len(ids) + 1
            yield number, identifier, short(record, "name", name), short(record, "email", email)

    def appointments(self) -> Iterator[Values]:
        """(person, unit, category, role, fte, primary, start, end); at most one primary a day, in units that exist."""
        primaries: list[tuple[int, int, int, int]] = []
        exists: dict[tuple[int, int, int], bool] = {}
        for record in records(self.folder, "appointments.csv"):
            identifier, unit, category, role, fte, primary, start, end = record.fields
            person_id, unit_id = self._person(record, identifier), self._unit(record, unit)
            short(record, "category", category)
            short(record, "role", role)
            first, last = period(record, start, end)
            if primary not in ("yes", "no"):
                raise record.refuse("primary", "must be yes or no")
            place = (unit_id, first, last)
            if place not in exists:
                exists[place] = self.tree.exists_throughout(*place)
            if not exists[place]:
                raise record.refuse("unit", "does not exist on some day of this appointment")
            if primary == "yes":
                primaries.append((person_id, first, last, record.line))
                self._note("categories", category)
                self._note("roles", role)
            yield person_id, unit_id, category, role, share(record, fte), primary == "yes", start, end or None
        if overlap := _first_overlap(primaries):
            raise self._again("appointments.csv", overlap).refuse("start", "overlaps another primary appointment")

    def functions(self) -> Iterator[Values]:
        """(person, function, start, end)."""
        for record in records(self.folder, "functions.csv"):
            identifier, function, start, end = record.fields
            person_id = self._person(record, identifier)
            period(record, start, end)
            self._note("functions", given(record, "function", function))
            yield person_id, function, start, end or None

    def leaves(self) -> Iterator[Values]:
        """(person, start, end); none of a person's overlap."""
        periods: list[tuple[int, int, int, int]] = []
        for record in records(self.folder, "leaves.csv"):
            identifier, start, end = record.fields
            person_id = self._person(record, identifier)
            periods.append((person_id, *period(record, start, end), record.line))
            yield person_id, start, end or None
        if overlap := _first_overlap(periods):
            raise self._again("leaves.csv", overlap).refuse("start", "overlaps another leave of this person")

    def waivers(self, requirements: Mapping[str, int], modules: Mapping[str, int]) -> Iterator[Values]:
        """(person, requirement, module, start, end, reason, approved by)."""
        for record in records(self.folder, "waivers.csv"):
            identifier, requirement, module, start, end, reason, approved_by = record.fields
            person_id = self._person(record, identifier)
            period(record, start, end)
            requirement_id = known(record, "requirement", requirement, requirements) if requirement else None
            module_id = known(record, "module", module, modules) if module else None
            who = short(record, "approved_by", approved_by)
            yield person_id, requirement_id, module_id, start, end or None, reason, who

    def completions(self) -> Iterator[Values]:
        """(id, reference, person, course, day, source, state, minutes, corrects), corrections last."""
        courses = self.curriculum.course_codes()
        ids: dict[str, int] = {}
        owners: list[int] = [0]
        corrections: list[tuple[Values, str, int]] = []
        for record in records(self.folder, "completions.csv"):
            reference, identifier, course, day, source, state, minutes, corrects = record.fields
            if reference in ids:
                raise record.refuse("id", "stands in this file already")
            ids[given(record, "id", reference)] = number = len(ids) + 1
            person_id = self._person(record, identifier)
            owners.append(person_id)
            if course not in courses:
                raise record.refuse("module", "is neither the code of a module nor an equivalent of one")
            if day_of(day) is None:
                raise record.refuse("completed_on", "is not a day such as 2026-07-01")
            if day > self.today:
                raise record.refuse("completed_on", f"lies after today, {self.today}")
            if state not in STATES:
                raise record.refuse("state", f"must be one of {', '.join(STATES)}")
            short(record, "source", source)
            row = (number, reference, person_id, course, day, source, state, whole(record, "minutes", minutes))
            if corrects:
                corrections.append((row, corrects, record.line))
            else:
                yield (*row, None)
        yield from self._corrections(corrections, ids, owners)

    def _corrections(
        self, corrections: list[tuple[Values, str, int]], ids: Mapping[str, int], owners: list[int]
    ) -> Iterator[Values]:
        """The rows that correct another, each of the same person, none of the same row twice, none in a circle."""
        later: dict[int, int] = {}
        for row, reference, line in corrections:
            number, person_id = row[0], row[2]
            corrected = ids.get(reference, 0)
            if not corrected:
                why = "is not the id of a completion"
            elif owners[corrected] != person_id:
                why = "is a completion of another person"
            elif corrected in later:
                why = "is corrected by another completion already"
            elif _leads_to(number, corrected, later):
                why = "would lead in a circle"
            else:
                later[corrected] = number
                yield (*row, corrected)
                continue
            raise self._again("completions.csv", line).refuse("corrects", why)

    def gate_overrides(self, gates: Mapping[str, int]) -> Iterator[Values]:
        """(gate, unit, opened on, reason, approved by)."""
        for record in records(self.folder, "gate_overrides.csv"):
            gate, unit, opened_on, reason, approved_by = record.fields
            gate_id = known(record, "gate", gate, gates)
            unit_id = self._unit(record, unit)
            if day_of(opened_on) is None:
                raise record.refuse("opened_on", "is not a day such as 2026-07-01")
            yield gate_id, unit_id, opened_on, reason, short(record, "approved_by", approved_by)

    def champions(self) -> Iterator[Values]:
        """(person, unit, kind, fte, start, end)."""
        for record in records(self.folder, "champions.csv"):
            identifier, unit, kind, fte, start, end = record.fields
            person_id, unit_id = self._person(record, identifier), self._unit(record, unit)
            if kind not in KINDS:
                raise record.refuse("kind", f"must be one of {', '.join(KINDS)}")
            period(record, start, end)
            yield person_id, unit_id, kind, share(record, fte), start, end or None

    def warnings(self) -> list[str]:
        """Audience values that no fact has, and kinds that no unit is of: allowed, but likely misspelt."""
        found = []
        for gate in self.curriculum.gates:
            unmet = [kind for kind in gate.unit_kinds if kind not in self.seen["unit_kinds"]]
            found += [f'gate {gate.code}: no unit is of the kind "{kind}"' for kind in unmet]
        for kind, entries in self._audiences().items():
            for entry in entries:
                for key, values in (entry.audience or {}).items():
                    if key != "units":
                        unmet = [value for value in values if value not in self.seen[key]]
                        found += [f'{kind} {entry.code}: no fact has "{value}" among its {key}' for value in unmet]
        return found

    def _audiences(self) -> dict[str, Sequence[Requirement | Gate]]:
        return {"requirement": self.curriculum.requirements, "gate": self.curriculum.gates}

    def _note(self, key: str, value: str) -> None:
        self.seen[key].add(value)

    def _person(self, record: Record, identifier: str) -> int:
        return known(record, "person_id", identifier, self.person_ids, "is not in people.csv")

    def _unit(self, record: Record, code: str) -> int:
        return known(record, "unit", code, self.unit_ids, "is not the code of a unit")

    def _again(self, name: str, line: int) -> Record:
        """The row of a line, read once more to name it."""
        return next(record for record in records(self.folder, name) if record.line == line)


def _leads_to(number: int, corrected: int, later: Mapping[int, int]) -> bool:
    """Whether what corrects a completion, and what corrects that, ends at one that is to be corrected by it."""
    step: int | None = number
    while step is not None and step != corrected:
        step = later.get(step)
    return step == corrected


def given(record: Record, column: str, value: str) -> str:
    """A code, an identifier or a name that is not empty; otherwise as `short`."""
    if not value.strip():
        raise record.refuse(column, "must not be empty")
    return short(record, column, value)


def short(record: Record, column: str, value: str) -> str:
    """A text that either database can keep in an index, and that is what it looks like; may be empty."""
    if len(value) > LONGEST_CODE:
        raise record.refuse(column, f"must have at most {LONGEST_CODE} characters")
    if why := unseen(value):
        raise record.refuse(column, why)
    if value != value.strip() and column not in NAMES:
        raise record.refuse(column, "must not begin or end with a blank")
    return value


def known(record: Record, column: str, code: str, ids: Mapping[str, int], why: str | None = None) -> int:
    """The number of a code."""
    found = ids.get(code)
    if found is None:
        raise record.refuse(column, why or f"is not the code of a {column}")
    return found


def period(record: Record, start: str, end: str, first: str = "start", last: str = "end") -> tuple[int, int]:
    """The day numbers of a start and an end, which may be empty."""
    if not start:
        raise record.refuse(first, "must be given")
    begins, ends = day_of(start), day_of(end) if end else None
    if begins is None:
        raise record.refuse(first, "is not a day such as 2026-07-01")
    if end and ends is None:
        raise record.refuse(last, "is not a day such as 2026-07-01")
    if ends is not None and ends < begins:
        raise record.refuse(last, f"lies before the {first}")
    return begins.toordinal(), NEVER_AFTER if ends is None else ends.toordinal()


def share(record: Record, fte: str) -> str | None:
    """An FTE from 0 to 1 as the text of its digits; may be empty."""
    if not fte:
        return None
    if not re.fullmatch(r"[01]?(\.\d{1,30})?", fte, re.ASCII) or Decimal(fte) > 1:
        raise record.refuse("fte", "must be a number from 0 to 1")
    return format(Decimal(fte), "f")


def whole(record: Record, column: str, text: str) -> int | None:
    """A whole number that is not negative; may be empty."""
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise record.refuse(column, "must be a whole number of 0 or more")
    return int(text)


def _first_overlap(periods: list[tuple[int, int, int, int]]) -> int | None:
    """The line of the first period that overlaps one before it; periods are (person, first, last, line)."""
    periods.sort()
    lines = [max(left[3], right[3]) for left, right in pairwise(periods) if left[0] == right[0] and right[1] <= left[2]]
    return min(lines, default=None)
