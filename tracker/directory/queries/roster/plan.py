"""The plan of a roster: what it adds, changes and ends, row by row, from its files and from what is on record.

The preview shows it; to apply a roster it is made anew, in the transaction that writes it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

from tracker.core.days import NEVER_AFTER, NEVER_BEFORE, day_or_none
from tracker.core.words import day
from tracker.directory.queries.roster import record as kept
from tracker.directory.queries.roster.doubts import doubts
from tracker.directory.queries.roster.reading import PersonGiven, Roster, RowGiven, UnitGiven, read
from tracker.directory.queries.roster.record import PersonKept, RowKept
from tracker.directory.rules import (
    FILES,
    FUNCTION_KEYS,
    LEAVE_KEYS,
    POST_KEYS,
    Effect,
    FunctionSaid,
    LeaveSaid,
    PostSaid,
    last_day_without,
    meet,
)
from tracker.exchange.files import FileRefused, Record
from tracker.units.queries import tree
from tracker.units.rules import Row as UnitRow
from tracker.units.rules import Tree

Step = Callable[[int, int], None]
"""Is told how many of how many people are done."""
POST, FUNCTION, LEAVE = "appointments.csv", "functions.csv", "leaves.csv"


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of a row, in words; of which file, and on which line where a file has it."""

    effect: Effect
    file: str
    line: int | None
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to be added, of somebody who may be new herself."""

    identifier: str
    said: Any


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row to be changed: what it says now, and what it will."""

    row: RowKept
    said: Any


@dataclass(slots=True)
class Plan:
    """All that a roster does. Rows of people are by their file; `ending` counts who would be at home nowhere then,
    `left_out` what is wrong beside what `lines` name."""

    units: list[UnitGiven] = field(default_factory=list)
    new_people: list[PersonGiven] = field(default_factory=list)
    changed_people: list[tuple[PersonKept, PersonGiven]] = field(default_factory=list)
    added: dict[str, list[NewRow]] = field(default_factory=dict)
    changed: dict[str, list[ChangedRow]] = field(default_factory=dict)
    removed: dict[str, list[RowKept]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    ending: int = 0
    here: int = 0
    left_out: int = 0

    @property
    def is_refused(self) -> bool:
        """Whether any row cannot be taken in."""
        return any(line.effect is Effect.REFUSED for line in self.lines)

    @property
    def person_ids(self) -> list[int]:
        """The persons on record that it touches."""
        rows = [one.row for some in self.changed.values() for one in some]
        rows += [row for some in self.removed.values() for row in some]
        return sorted({row.person_id for row in rows} | {one.id for one, _ in self.changed_people})

    @property
    def fingerprint(self) -> str:
        """Names what it does: the same plan has the same. What is doubtful of it does nothing."""
        told = sha256()
        for line in (one for one in self.lines if one.effect is not Effect.DOUBTFUL):
            told.update(f"{line.effect}\0{line.file}\0{line.who}\0{line.text}\n".encode())
        return told.hexdigest()

    def tell(self, effect: Effect, file: str, record: Record | None, who: str, text: str) -> None:
        """Note what becomes of a row."""
        self.count(effect, file)
        self.lines.append(Line(effect, file, record.line if record else None, who, text))

    def count(self, effect: Effect, file: str) -> None:
        """Count a row."""
        counts = self.counts.setdefault(file, {})
        counts[effect.value] = counts.get(effect.value, 0) + 1


def make(folder: Path, today: date, *, is_complete: bool, step: Step) -> Plan:
    """The plan of the files in a folder, as things stand now."""
    said = read(folder)
    return _Planner(said, today, is_complete=is_complete, step=step).plan


class _Planner:
    """Makes one plan."""

    def __init__(self, said: Roster, today: date, *, is_complete: bool, step: Step) -> None:
        self.said, self.today, self.is_complete = said, today, is_complete
        self.plan = Plan(here=kept.number_at_home(today))
        self.tree = self._units()
        self.codes = {code: number for number, code in kept.unit_codes().items()}
        self.codes.update({code: number for code, number in self.new_codes.items() if code not in self.codes})
        self.exists: dict[tuple[str, int, int], bool] = {}
        self.people = kept.people(None if is_complete else said.identifiers)
        self._persons()
        ids = sorted(person.id for person in self.people.values())
        self.posts, self.functions, self.leaves = kept.posts(ids), kept.functions(ids), kept.leaves(ids)
        everybody = sorted({*said.identifiers, *(self.people if is_complete else ())})
        for done, identifier in enumerate(everybody):
            self._of(identifier)
            if done % 500 == 0:
                step(done, len(everybody))
        self._refused()
        self._doubtful()

    def _doubtful(self) -> None:
        """Tell what is taken in but deserves a second look."""
        touched = [*self.plan.new_people, *(given for _, given in self.plan.changed_people)]
        for doubt in doubts(self.said, touched):
            who = _who(self.said.people.get(doubt.identifier))
            self.plan.tell(Effect.DOUBTFUL, doubt.record.file, doubt.record, who, doubt.text)

    def _refused(self) -> None:
        """Tell what is wrong, field by field in the order of the files; count the rows that have something."""
        for records in self.said.broken.values():
            for record in records:
                self._what_it_refers_to(record)
        for file, _ in self.said.refused_rows:
            self.plan.count(Effect.REFUSED, file)
        for why in sorted(self.said.refused, key=lambda one: (FILES.index(one.file), one.line or 0)):
            shown = "" if why.value is None else f"{why.column} “{why.value}” "
            where = f"{shown or (why.column + ' ' if why.column else '')}{why.why}"
            self.plan.lines.append(Line(Effect.REFUSED, why.file, why.line, "", where))
        self.plan.left_out = self.said.left_out

    def _what_it_refers_to(self, record: Record) -> None:
        """Refuse what a row that is refused for something else refers to, and is not there."""
        if record.file == POST:
            self._is_known_unit(record, record.fields[1])
        if record.file == "units.csv" and (parent := record.fields[5]):
            self._is_known_unit(record, parent, "parent")
        identifier = record.fields[0]
        is_known = identifier in self.people or identifier in self.said.people
        if record.file in (POST, FUNCTION, LEAVE) and identifier and not is_known:
            self._refuse_unknown(record, identifier)

    # Units

    def _units(self) -> Tree:
        """The tree with the rows of the file; each new row follows those there are."""
        codes = kept.unit_codes()
        ids = {code: number for number, code in codes.items()}
        self.new_codes = dict(ids)
        for given in self.said.units:
            self.new_codes.setdefault(given.code, -len(self.new_codes) - 1)
        rows = {(row.unit, row.first): row for rows in tree().spans.values() for row in rows}
        latest = dict(sorted(rows))
        records: dict[tuple[int, int], Record] = {}
        for given in self.said.units:
            try:
                self._unit(given, rows, latest, records)
            except FileRefused as why:
                self.said.refuse(why)
        found = Tree(rows.values())
        if (problem := found.problem()) and (record := records.get((problem.row.unit, problem.row.first))):
            self.said.refuse(record.refuse(problem.column, problem.why))
        elif problem:
            code = codes.get(problem.row.unit, "")
            self.said.refuse(FileRefused("units.csv", None, "parent", code, f"the unit {problem.why}"))
        return found

    def _unit(
        self,
        given: UnitGiven,
        rows: dict[tuple[int, int], UnitRow],
        latest: Mapping[int, int],
        records: dict[tuple[int, int], Record],
    ) -> None:
        unit = self.new_codes[given.code]
        if given.parent and given.parent not in self.new_codes:
            if not self.said.may_be_given("units.csv", given.parent):
                self.said.refuse(given.record.refuse("parent", "is not the code of a unit"))
            return
        row = UnitRow(unit, given.first, given.last, given.name, given.kind, self.new_codes.get(given.parent))
        if (unit, given.first) in records:
            raise given.record.refuse("from", f"the unit {given.code} has a row from this day already")
        there = rows.get((unit, given.first))
        if there is not None:
            ends_alike = given.last == there.last if latest[unit] == given.first else given.last >= there.last
            if (there.name, there.kind, there.parent) != (row.name, row.kind, row.parent) or not ends_alike:
                raise given.record.refuse("from", f"the unit {given.code} is recorded otherwise from this day")
            self.plan.count(Effect.UNCHANGED, "units.csv")
            return
        if unit in latest and given.first <= latest[unit]:
            raise given.record.refuse("from", f"something later is recorded of the unit {given.code} already")
        rows[unit, given.first], records[unit, given.first] = row, given.record
        self.plan.units.append(given)
        when = "since ever" if given.first == NEVER_BEFORE else f"from {_day(given.first)}"
        below = f"below {given.parent}" if given.parent else "at the top"
        effect = Effect.CHANGED if unit in latest else Effect.ADDED
        until = "" if given.last == NEVER_AFTER else f" to {_day(given.last)}"
        self.plan.tell(
            effect, "units.csv", given.record, given.code, f"{given.name}, {given.kind} {below}, {when}{until}"
        )

    # Persons

    def _persons(self) -> None:
        for given in self.said.people.values():
            there = self.people.get(given.identifier)
            if there is None:
                self.plan.new_people.append(given)
                self.plan.tell(Effect.ADDED, "people.csv", given.record, _who(given), given.email)
            elif (there.name, there.email) == (given.name, given.email):
                self.plan.count(Effect.UNCHANGED, "people.csv")
            else:
                self.plan.changed_people.append((there, given))
                text = "; ".join(
                    f"{now or 'nothing'} becomes {then or 'nothing'}"
                    for now, then in ((there.name, given.name), (there.email, given.email))
                    if now != then
                )
                self.plan.tell(Effect.CHANGED, "people.csv", given.record, _who(given), text)

    def _of(self, identifier: str) -> None:
        """Everything of one person."""
        there, given = self.people.get(identifier), self.said.people.get(identifier)
        rows = [*self.said.posts.get(identifier, ()), *self.said.functions.get(identifier, ())]
        rows += self.said.leaves.get(identifier, ())
        if there is None and given is None:
            for row in rows:
                self._refuse_unknown(row.record, identifier)
            for post in self.said.posts.get(identifier, ()):
                self._is_in_a_unit(post)
            return
        who = _who(given or there)
        person_id = there.id if there else 0
        is_missing = self.is_complete and given is None and not rows
        self._posts(identifier, who, self.posts.get(person_id, []), is_missing=is_missing)
        self._dated(identifier, who, FUNCTION, self.functions.get(person_id, []), is_missing=is_missing)
        self._dated(identifier, who, LEAVE, self.leaves.get(person_id, []), is_missing=False)

    def _refuse_unknown(self, record: Record, identifier: str) -> None:
        """Refuse a row of somebody who is nowhere, unless people.csv may have her in a row that was refused itself."""
        if not self.said.may_be_given("people.csv", identifier):
            self.said.refuse(record.refuse("person_id", "is not in people.csv, and nobody here has it"))

    # Appointments

    def _posts(self, identifier: str, who: str, there: Sequence[RowKept], *, is_missing: bool) -> None:
        wanted = [row for row in self.said.posts.get(identifier, ()) if self._is_in_a_unit(row)]
        if not wanted and not is_missing:
            return
        pairs, left, new = meet(there, wanted, POST_KEYS, lambda said: (said.unit, said.is_primary))
        for row, given in pairs:
            self._same_or_changed(POST, who, row, given)
        for given in new:
            self._add(POST, identifier, who, given)
        says = [given.said for given in wanted]
        final: list[tuple[Any, Record | None]] = [(given.said, given.record) for given in wanted]
        ends = [self._end(POST, who, row, last_day_without(row.said, says, self._now)) for row in left]
        final += [(said, None) for said in ends if said is not None]
        self._check_homes(final)
        if is_missing and any(row.said.is_primary and row.said.first <= self._now <= row.said.last for row in left):
            self.plan.ending += 1

    def _is_in_a_unit(self, given: RowGiven) -> bool:
        """Whether the unit is there on all days; else the row is refused."""
        said = given.said
        place = (said.unit, said.first, said.last)
        if not self._is_known_unit(given.record, said.unit):
            return False
        if place not in self.exists:
            self.exists[place] = self.tree.exists_throughout(self.codes[said.unit], said.first, said.last)
        if not self.exists[place]:
            self.said.refuse(given.record.refuse("unit", "does not exist on some day of this appointment"))
        return self.exists[place]

    def _is_known_unit(self, record: Record, code: str, column: str = "unit") -> bool:
        """Whether there is such a unit; else the row is refused, unless units.csv may have it in a refused row."""
        if code not in self.codes and not self.said.may_be_given("units.csv", code):
            self.said.refuse(record.refuse(column, "is not the code of a unit"))
        return code in self.codes

    def _check_homes(self, final: Sequence[tuple[Any, Record | None]]) -> None:
        """Refuse a second primary appointment on a day."""
        homes = sorted(((said.first, said.last, record) for said, record in final if said.is_primary), key=_days)
        for before, following in pairwise(homes):
            record = following[2] or before[2]
            if following[0] <= before[1] and record is not None:
                self.said.refuse(record.refuse("start", "overlaps another primary appointment"))

    # Functions and leaves

    def _dated(self, identifier: str, who: str, file: str, there: Sequence[RowKept], *, is_missing: bool) -> None:
        given = (self.said.functions if file == FUNCTION else self.said.leaves).get(identifier, [])
        keys = FUNCTION_KEYS if file == FUNCTION else LEAVE_KEYS
        pairs, left, new = meet(there, given, keys, lambda said: getattr(said, "function", ""))
        for row, one in pairs:
            self._same_or_changed(file, who, row, one)
        for one in new:
            self._add(file, identifier, who, one)
        final: list[tuple[Any, Record | None]] = [(one.said, one.record) for one in given]
        if is_missing or (self.is_complete and file in self.said.files):
            ends = [self._end(file, who, row, self._now - 1 if row.said.first < self._now else None) for row in left]
            final += [(said, None) for said in ends if said is not None]
        else:
            final += [(row.said, None) for row in left]
        if file == LEAVE:
            self._check_leaves(final)

    def _check_leaves(self, final: Sequence[tuple[Any, Record | None]]) -> None:
        leaves = sorted(((said.first, said.last, record) for said, record in final), key=_days)
        for before, following in pairwise(leaves):
            record = following[2] or before[2]
            if following[0] <= before[1] and record is not None:
                self.said.refuse(record.refuse("start", "overlaps another leave of this person"))

    # What they share

    @property
    def _now(self) -> int:
        return self.today.toordinal()

    def _same_or_changed(self, file: str, who: str, row: RowKept, given: RowGiven) -> None:
        if row.said == given.said:
            self.plan.count(Effect.UNCHANGED, file)
            return
        self.plan.changed.setdefault(file, []).append(ChangedRow(row, given.said))
        self.plan.tell(Effect.CHANGED, file, given.record, who, f"{words(row.said)} becomes {words(given.said)}")

    def _add(self, file: str, identifier: str, who: str, given: RowGiven) -> None:
        self.plan.added.setdefault(file, []).append(NewRow(identifier, given.said))
        self.plan.tell(Effect.ADDED, file, given.record, who, words(given.said))

    def _end(self, file: str, who: str, row: RowKept, last: int | None) -> Any:
        """End a row that no file has any more, or take it back where it had not begun; what it then says, if anything.
        What is over stays as it is."""
        if row.said.last < self._now:
            return row.said
        if last is None:
            self.plan.removed.setdefault(file, []).append(row)
            self.plan.tell(Effect.ENDED, file, None, who, f"{words(row.said)} is taken back: it had not begun")
            return None
        said = row.said._replace(last=last)
        self.plan.changed.setdefault(file, []).append(ChangedRow(row, said))
        self.plan.tell(Effect.ENDED, file, None, who, f"{words(row.said)} ends on {_day(last)}")
        return said


def words(said: PostSaid | FunctionSaid | LeaveSaid) -> str:
    """What a row says, for people to read."""
    until = "" if said.last == NEVER_AFTER else f" to {_day(said.last)}"
    return f"{', '.join(_parts(said))}, from {_day(said.first)}{until}"


def _parts(said: PostSaid | FunctionSaid | LeaveSaid) -> Iterator[str]:
    match said:
        case PostSaid():
            yield from filter(None, (said.unit, said.category, said.role))
            yield "primary" if said.is_primary else "secondary"
            if said.fte is not None:
                yield f"FTE {said.fte}"
        case FunctionSaid():
            yield said.function
        case LeaveSaid():
            yield "leave"


def _day(number: int) -> str:
    return day(day_or_none(number))


def _days(one: tuple[int, int, Record | None]) -> tuple[int, int]:
    return one[:2]


def _who(person: PersonGiven | PersonKept | None) -> str:
    if person is None:
        return ""
    return f"{person.name} ({person.identifier})" if person.name else person.identifier
