"""What the rules of progress refuse, as far as facts made for tests may run into it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar

from .days import ONE_DAY
from .facts import (
    AUDIENCE_KEYS,
    Appointment,
    Champion,
    Completion,
    Facts,
    Function,
    Gate,
    Leave,
    Module,
    Repeat,
    Requirement,
    Unit,
    Waiver,
)

T = TypeVar("T")
ROLES = {"manager", "clinical", "trainee", "research", "nonclinical"}


class Period(Protocol):
    """Anything with a start and an end."""

    @property
    def start(self) -> date | None: ...
    @property
    def end(self) -> date | None: ...


def refusals(facts: Facts, today: date) -> list[str]:
    """What would be refused in the facts if they were loaded today, in plain words; nothing when all is well."""
    return [
        *unit_refusals(facts.units),
        *_code_refusals(facts),
        *_people_refusals(facts),
        *_curriculum_refusals(facts),
        *_completion_refusals(facts.completions, today),
    ]


def overlap(one: Period, other: Period) -> bool:
    """Whether two periods share a day."""
    first = max(one.start or date.min, other.start or date.min)
    return first <= min(one.end or date.max, other.end or date.max)


def row_on(units: Iterable[Unit], code: str, day: date) -> Unit | None:
    """The row of a unit that holds on a day: the one that began last, unless it has ended."""
    begun = [row for row in units if row.code == code and (row.start or date.min) <= day]
    latest = max(begun, key=lambda row: row.start or date.min, default=None)
    return latest if latest and day <= (latest.end or date.max) else None


def exists_throughout(units: Sequence[Unit], code: str, start: date | None, end: date | None) -> bool:
    """Whether a unit exists on every day of a period.

    A unit comes or goes only on a day on which one of its rows begins or has just ended, so these days will do.
    """
    first, last = start or date.min, end or date.max
    turns = {first} | {day for row in units if row.code == code for day in _turns(row) if first <= day <= last}
    return all(row_on(units, code, day) for day in turns)


def unit_refusals(units: Sequence[Unit]) -> list[str]:
    """What is wrong with the tree of units by itself."""
    found = [f"unit {row.code}: end before start" for row in units if _is_backwards(row)]
    found += [f"unit row {key} twice" for key in _twice((row.code, row.start) for row in units)]
    if found:
        return found
    for day in sorted({date.min} | {day for row in units for day in _turns(row)}):
        rows = [row for code in sorted({row.code for row in units}) if (row := row_on(units, code, day))]
        parents = {row.code: row.parent for row in rows}
        for row in rows:
            if row.parent and row.parent not in parents:
                found.append(f"unit {row.code}: no parent {row.parent} on {day}")
            elif _is_in_cycle(row.code, parents):
                found.append(f"unit {row.code}: in a cycle on {day}")
    return found


def _turns(row: Period) -> set[date]:
    """The days on which a period begins or has just ended."""
    return {row.start or date.min} | ({row.end + ONE_DAY} if row.end and row.end < date.max else set())


def _is_in_cycle(code: str, parents: dict[str, str]) -> bool:
    above = parents[code]
    for _ in parents:
        if above == code:
            return True
        above = parents.get(above, "")
    return False


def _is_backwards(period: Period) -> bool:
    return period.start is not None and period.end is not None and period.end < period.start


def _twice(keys: Iterable[T]) -> list[T]:
    return [key for key, count in Counter(keys).items() if count > 1]


def _code_refusals(facts: Facts) -> list[str]:
    """Codes that are there twice, and codes that name nothing."""
    found = [f"person {key} twice" for key in _twice(one.person_id for one in facts.people)]
    found += [f"completion {key} twice" for key in _twice(one.id for one in facts.completions)]
    for one in (facts.modules, facts.requirements, facts.gates):
        found += [f"code {key} twice" for key in _twice(row.code for row in one)]
    people, units = {one.person_id for one in facts.people}, {one.code for one in facts.units}
    modules, requirements = {one.code for one in facts.modules}, {one.code for one in facts.requirements}
    courses = modules | {code for one in facts.modules for code in one.equivalents}
    gates = {one.code for one in facts.gates}
    named = [("person", row.person_id, people) for row in (*_periods(facts), *facts.completions)]
    named += [("unit", row.unit, units) for row in (*_with_fte(facts), *facts.gate_overrides)]
    named += [("gate", row.gate, gates) for row in facts.gate_overrides]
    named += [("requirement", row.requirement, requirements | {""}) for row in facts.waivers]
    named += [("module", row.module, modules | {""}) for row in facts.waivers]
    named += [("course", row.module, courses) for row in facts.completions]
    named += [("module", code, modules) for row in facts.requirements for code in row.modules]
    named += [("module", code, modules) for row in facts.gates for code in row.needs]
    named += [("module", code, modules) for row in facts.modules for code in row.texts.get("after", [])]
    named += [("module", code, modules) for row in facts.modules for code in row.texts.get("ideally_after", [])]
    return found + [f"unknown {kind} {code}" for kind, code, known in named if code not in known]


def _periods(facts: Facts) -> list[Appointment | Function | Leave | Waiver | Champion]:
    """All that people are, do or are spared for a time."""
    return [*facts.appointments, *facts.functions, *facts.leaves, *facts.waivers, *facts.champions]


def _people_refusals(facts: Facts) -> list[str]:
    """What is wrong with people's periods."""
    found = [f"no start: {row}" for row in _periods(facts) if not row.start]
    found += [f"end before start: {row}" for row in _periods(facts) if _is_backwards(row)]
    if found:
        return found
    found += _overlaps([one for one in facts.appointments if one.primary])
    found += _overlaps(facts.leaves)
    for one in facts.appointments:
        if not exists_throughout(facts.units, one.unit, one.start, one.end):
            found.append(f"no unit {one.unit} on some day of {one}")
    found += [f"unknown role: {one}" for one in facts.appointments if one.role not in ROLES]
    found += [f"unknown kind: {one}" for one in facts.champions if one.kind not in {"faculty", "staff"}]
    return found + [f"FTE: {row}" for row in _with_fte(facts) if not 0 <= Decimal(row.fte) <= 1]


def _with_fte(facts: Facts) -> list[Appointment | Champion]:
    return [*facts.appointments, *facts.champions]


def _overlaps(rows: Sequence[Appointment | Leave]) -> list[str]:
    pairs = ((one, other) for i, one in enumerate(rows) for other in rows[:i] if one.person_id == other.person_id)
    return [f"overlap: {one} and {other}" for one, other in pairs if overlap(one, other)]


def _curriculum_refusals(facts: Facts) -> list[str]:
    """What is wrong with modules, requirements and gates."""
    found = [f"module {one.code}: not as it should be" for one in facts.modules if not _is_module(one)]
    found += [f"requirement {one.code}: not as it should be" for one in facts.requirements if not _is_requirement(one)]
    return found + [f"gate {one.code}: not as it should be" for one in facts.gates if not _is_gate(one)]


def _is_module(module: Module) -> bool:
    return module.evidence in {"attestation", "verification"} and module.minutes >= 0


def _is_requirement(one: Requirement) -> bool:
    is_known = one.level in {"required", "expected", "optional"} and set(one.audience) <= AUDIENCE_KEYS
    is_whole = bool(one.start) and not _is_backwards(one) and not _twice(one.modules)
    return is_known and is_whole and (one.due_days or 0) >= 0 and _is_repeat(one.repeat)


def _is_repeat(repeat: Repeat) -> bool:
    if repeat.months is not None:
        return repeat.months >= 1 and not repeat.cycle and not repeat.due_by
    return bool(repeat.cycle or not repeat.due_by) and "02-29" not in {repeat.cycle, repeat.due_by}


def _is_gate(gate: Gate) -> bool:
    return bool(gate.start) and 0 <= gate.percent <= 99 and set(gate.audience) <= AUDIENCE_KEYS


def _completion_refusals(completions: Sequence[Completion], today: date) -> list[str]:
    """What is wrong with the log of completions and its corrections."""
    found = [f"state: {one}" for one in completions if one.state not in {"claimed", "verified", "rejected"}]
    found += [f"later than today: {one}" for one in completions if one.completed_on > today]
    found += [f"negative minutes: {one}" for one in completions if one.minutes < 0]
    found += [f"{key} replaced twice" for key in _twice(one.corrects for one in completions if one.corrects)]
    by_id = {one.id: one for one in completions}
    for one in completions:
        chain = [one]
        while chain[-1].corrects in by_id and len(chain) <= len(completions):
            chain.append(by_id[chain[-1].corrects])
        if len(chain) > len(completions):
            found.append(f"replaces itself: {one}")
        elif chain[-1].corrects:
            found.append(f"replaces nothing: {chain[-1]}")
        elif {link.person_id for link in chain} != {one.person_id}:
            found.append(f"replaces another person's: {one}")
    return found
