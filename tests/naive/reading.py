"""The three reports as the naive reading gives them, as CSV text, for tests of the real ones.

`status`, `rates` and `gates` answer for one day; whoever asks for many days of the same facts makes one `Reading`.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from .facts import Facts, Gate
from .folder import read_folder, write_folder
from .progress import Assignment, Reading
from .refusals import refusals

__all__ = ["Facts", "Reading", "gates", "rates", "read_folder", "refusals", "status", "write_folder"]

STATUS_COLUMNS = "person_id,requirement,module,unit,level,status,due_on,satisfied_on,expires_on"
RATES_COLUMNS = (
    "unit,requirement,module,in_scope,waived,on_leave,denominator,"
    "satisfied,pending,expired,overdue,due_soon,not_started,rate"
)
GATES_COLUMNS = "gate,unit,opened_on,numerator,denominator"
OF_PEOPLE = "*"


def status(facts: Facts | Reading, day: date, unit: str | None = None) -> str:
    """The status report of a day; with a unit, of the people whose home lies in its subtree."""
    reading = _reading(facts)
    rows: list[tuple[object, ...]] = []
    for one in reading.assignments(day, _people(reading, day, unit)):
        dates = (one.due_on or "", one.satisfied_on or "", one.expires_on or "")
        rows.append((one.person_id, one.requirement, one.module, one.unit, one.level, one.status, *dates))
    return _csv(STATUS_COLUMNS, rows)


def rates(facts: Facts | Reading, day: date, unit: str | None = None) -> str:
    """The rates report of a day; with a unit, of it and all units below it."""
    reading = _reading(facts)
    rows: list[tuple[object, ...]] = []
    for code in _units(reading, day, unit):
        found = reading.assignments(day, _people(reading, day, code))
        for key in sorted({(one.requirement, one.module) for one in found}):
            statuses = [one.status for one in found if (one.requirement, one.module) == key]
            rows.append((code, *key, *_counts(statuses)))
        for requirement in sorted({one.requirement for one in found}):
            statuses = _statuses_of_people(one for one in found if one.requirement == requirement)
            rows.append((code, requirement, OF_PEOPLE, *_counts_of_people(statuses)))
    return _csv(RATES_COLUMNS, rows)


def gates(facts: Facts | Reading, day: date, unit: str | None = None) -> str:
    """The gates report of a day; with a unit, of it and all units below it."""
    reading = _reading(facts)
    rows: list[tuple[object, ...]] = []
    for gate in reading.facts.gates:
        for code in _units(reading, day, unit):
            row = reading.unit_row(code, day)
            if row and row.kind in gate.unit_kinds:
                opened_on = _opened_on(reading, gate, code, day)
                rows.append((gate.code, code, opened_on or "", *_done(reading, gate, code, day)))
    return _csv(GATES_COLUMNS, rows)


def _reading(facts: Facts | Reading) -> Reading:
    return facts if isinstance(facts, Reading) else Reading(facts)


def _csv(columns: str, rows: Sequence[tuple[object, ...]]) -> str:
    """CSV text, sorted by the first three columns: in each report they are text, or there are only two of them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns.split(","))
    for row in sorted(rows, key=lambda row: tuple(map(str, row[:3]))):
        writer.writerow(row)
    return text.getvalue()


def _units(reading: Reading, day: date, unit: str | None) -> list[str]:
    """The units that exist on a day; with a unit, it and those below it."""
    codes = sorted({row.code for row in reading.facts.units})
    trees = [reading.unit_and_above(code, day) for code in codes]
    return [tree[0] for tree in trees if tree and (unit is None or unit in tree)]


def _people(reading: Reading, day: date, unit: str | None) -> list[str]:
    """Everybody with a home on a day; with a unit, those whose home lies in its subtree."""
    homes = {one.person_id: reading.home_units(one.person_id, day) for one in reading.facts.people}
    return [person_id for person_id, units in homes.items() if units and (unit is None or unit in units)]


# Rates


def _counts(statuses: Sequence[str]) -> list[object]:
    """The figures of a row that counts assignments."""
    count = Counter(statuses)
    denominator = len(statuses) - count["waived"] - count["on_leave"]
    others = ["satisfied", "pending", "expired", "overdue", "due_soon", "not_started"]
    return [
        *(len(statuses), count["waived"], count["on_leave"], denominator),
        *(count[one] for one in others),
        _rate(count["satisfied"], denominator),
    ]


def _counts_of_people(statuses: Sequence[str]) -> list[object]:
    """The figures of a row that counts people, where four columns stay empty."""
    in_scope, waived, on_leave, denominator, satisfied, _, _, overdue, _, _, rate = _counts(statuses)
    return [in_scope, waived, on_leave, denominator, satisfied, "", "", overdue, "", "", rate]


def _statuses_of_people(assignments: Iterable[Assignment]) -> list[str]:
    """One status for each person with these assignments of one requirement; empty text where none of the four holds."""
    people: dict[str, list[Assignment]] = {}
    for one in assignments:
        people.setdefault(one.person_id, []).append(one)
    return [_status_of_person(mine) for mine in people.values()]


def _status_of_person(mine: Sequence[Assignment]) -> str:
    statuses = {one.status for one in mine}
    if statuses == {"waived"}:
        return "waived"
    if "on_leave" in statuses:
        return "on_leave"
    if statuses - {"waived"} == {"satisfied"}:
        return "satisfied"
    if any(one.status == "overdue" or (one.status == "expired" and one.level == "required") for one in mine):
        return "overdue"
    return ""


def _rate(satisfied: int, denominator: int) -> str:
    """Four decimals, halves up, in whole numbers only, so that nothing is lost on the way."""
    if denominator == 0:
        return ""
    ten_thousandths = (satisfied * 10_000 * 2 + denominator) // (denominator * 2)
    return f"{ten_thousandths // 10_000}.{ten_thousandths % 10_000:04}"


# Gates


def _done(reading: Reading, gate: Gate, unit: str, day: date) -> tuple[int, int]:
    """How many of a unit's people had done all the gate needs on a day, and how many people that is of."""
    people = [
        person_id
        for person_id in _people(reading, day, unit)
        if reading.matches(gate.audience, person_id, day) and not reading.is_on_leave(person_id, day)
    ]
    needs = [reading.modules[code] for code in gate.needs]
    done = [one for one in people if all(reading.counting(one, module, day) for module in needs)]
    return len(done), len(people)


def _opened_on(reading: Reading, gate: Gate, unit: str, day: date) -> date | None:
    """The first day on which the gate opened for a unit, by its counts or by an override, if that has come."""
    overrides = (one for one in reading.facts.gate_overrides if (one.gate, one.unit) == (gate.code, unit))
    days = [one.opened_on for one in overrides if one.opened_on <= day]
    for earlier in reading.days_between(gate.start, day):
        numerator, denominator = _done(reading, gate, unit, earlier)
        if numerator * 100 > gate.percent * denominator:
            days.append(earlier)
            break
    return min(days, default=None)
