"""Random units and people with all that is dated about them; each step adds to one world's facts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

from .awkward import Days
from .days import ONE_DAY
from .facts import Appointment, Champion, Facts, Function, Leave, Person, Unit, Waiver
from .refusals import exists_throughout, overlap, row_on, unit_refusals

T = TypeVar("T")
UNITS = ["SOM", "D1", "d1", "V 1", "V2", "É3", 'U,"4"']
KINDS = ["school", "department", "division"]
PEOPLE = ["0001", "001", "1", "a7", "A-7", "Ä1", "z,9", 'q"8']
CATEGORIES = ["staff", "faculty", "resident", "student"]
ROLES = ["manager", "clinical", "trainee"]
FUNCTIONS = ["admissions-committee", "search, big", "Conseil d'été"]
FTES = ["1.0", "1", "0.5", "0.25", "0"]


@dataclass(frozen=True, slots=True)
class Maker:
    """What every step needs: the source of randomness, the day of loading and the days to crowd around."""

    draw: st.DrawFn
    today: date
    days: Days

    def some(self, most: int, at_least: int = 0) -> Iterator[tuple[int, Random]]:
        """The number of each fact that shall be made, with its own randomness; about how many is drawn first."""
        left_out = self.draw(st.integers(0, 7000))
        for number in range(most):
            seed = self.draw(st.integers(0, 9999))
            if seed > left_out or number < at_least:
                yield number, Random(seed * 1000 + number)


def some_of(rnd: Random, values: Sequence[T], at_least: int = 0) -> tuple[T, ...]:
    """A few of the values, in any order."""
    return tuple(rnd.sample(values, rnd.randint(min(at_least, len(values)), min(3, len(values)))))


# The tree


def make_units(maker: Maker, facts: Facts) -> None:
    """Units that begin, close, come back, move, and change name and kind; all of it dated."""
    for number, rnd in maker.some(len(UNITS), at_least=2):
        parent = rnd.choice(facts.units) if facts.units and rnd.random() < 0.9 else None
        start, end = _unit_period(maker, rnd)
        first = Unit(
            UNITS[number], start, end, f"Unit {number}, first", rnd.choice(KINDS), parent.code if parent else ""
        )
        always = Unit(UNITS[number], None, None, f"Unit {number}", rnd.choice(KINDS))
        like_parent = (
            Unit(UNITS[number], parent.start, parent.end, "Ünit", "division", parent.code) if parent else always
        )
        facts.units.append(next(row for row in (first, like_parent, always) if not unit_refusals([*facts.units, row])))
    for number, rnd in maker.some(7):
        old = rnd.choice(facts.units)
        parent_code = rnd.choice(["", old.parent, *(one.code for one in facts.units)])
        kind = old.kind if rnd.random() < 0.7 else rnd.choice(KINDS)
        start, end = maker.days.pick(rnd), None
        if rnd.random() < 0.2:
            start, end = maker.days.period(rnd, open_ended=0)
        row = Unit(old.code, start, end, f"{old.name} ({number})", kind, parent_code)
        if not unit_refusals([*facts.units, row]):
            maker.days.note(start)
            facts.units.append(row)


def _unit_period(maker: Maker, rnd: Random) -> tuple[date | None, date | None]:
    if rnd.random() < 0.6:
        return None, None
    start, end = maker.days.pick(rnd), maker.days.pick(rnd)
    if rnd.random() < 0.5:
        maker.days.note(start)
        return start, None
    maker.days.note(end)
    return (min(start, end), max(start, end)) if rnd.random() < 0.5 else (None, end)


def clipped(units: Sequence[Unit], code: str, start: date, end: date | None) -> date | None:
    """The end of a period, or the day the unit closes if that comes first; the unit exists on the start."""
    closings = sorted(row.end for row in units if row.code == code and row.end and row.end >= start)
    return next((day for day in closings if not exists_throughout(units, code, start, end)), end)


# People


def make_people(maker: Maker, facts: Facts) -> None:
    """Up to eight people, whose identifiers tell leading zeros and letter case apart."""
    for number, _ in maker.some(len(PEOPLE), at_least=1):
        facts.people.append(Person(PEOPLE[number], f"Person {number}, née Ö", f"p{number}@example.edu"))


def make_appointments(maker: Maker, facts: Facts) -> None:
    """One after the other with gaps of no day, one day or more; then joint ones beside them."""
    for person in facts.people:
        free = None
        for _, rnd in maker.some(4):
            start, end = maker.days.period(rnd, open_ended=0.45)
            if not free and rnd.random() < 0.7:
                start = min(start, maker.days.pick(rnd), maker.days.pick(rnd))
            if free and rnd.random() < 0.7:
                start = free + ONE_DAY * rnd.choice([0, 0, 1, 2])
                end = max(start, end) if end else None
            free = _appoint(maker, facts, rnd, person.person_id, start, end) or free
        for _, rnd in maker.some(1):
            _appoint(maker, facts, rnd, person.person_id, *maker.days.period(rnd), primary=False)


def _appoint(
    maker: Maker, facts: Facts, rnd: Random, person_id: str, start: date, end: date | None, primary: bool = True
) -> date | None:
    """Add an appointment where that is possible; returns the first free day after it, if there is one."""
    codes = sorted({row.code for row in facts.units if row_on(facts.units, row.code, start)})
    if not codes:
        return None
    unit = rnd.choice(codes)
    end = clipped(facts.units, unit, start, end)
    row = Appointment(person_id, unit, rnd.choice(CATEGORIES), rnd.choice(ROLES), rnd.choice(FTES), primary, start, end)
    others = [one for one in facts.appointments if one.person_id == person_id and one.primary and primary]
    if any(overlap(row, one) for one in others) or not exists_throughout(facts.units, unit, start, end):
        return None
    facts.appointments.append(row)
    maker.days.note(start, end)
    return end + ONE_DAY if end else None


def make_functions(maker: Maker, facts: Facts) -> None:
    """Committees and searches, also two at a time and the same one again."""
    for _, rnd in maker.some(8):
        person = rnd.choice(facts.people)
        facts.functions.append(Function(person.person_id, rnd.choice(FUNCTIONS), *maker.days.period(rnd)))


def make_leaves(maker: Maker, facts: Facts) -> None:
    """Leaves of every length around the days that matter, often one right after another."""
    for _, rnd in maker.some(20):
        person = rnd.choice(facts.people)
        start, end = maker.days.period(rnd, open_ended=0.12)
        mine = [one for one in facts.leaves if one.person_id == person.person_id]
        if mine and rnd.random() < 0.4:
            start = (mine[-1].end or mine[-1].start) + ONE_DAY * rnd.choice([1, 1, 2, 30, 31])
            end = max(start, end) if end else None
        row = Leave(person.person_id, start, end)
        if not any(overlap(row, one) for one in mine):
            facts.leaves.append(row)


def make_waivers(maker: Maker, facts: Facts) -> None:
    """Waivers of one thing or of all, and such as fit nothing."""
    for _, rnd in maker.some(8):
        requirement = rnd.choice(["", *(one.code for one in facts.requirements)])
        module = rnd.choice(["", *(one.code for one in facts.modules)])
        start, end = maker.days.period(rnd, open_ended=0.4)
        person_id = rnd.choice(facts.people).person_id
        facts.waivers.append(Waiver(person_id, requirement, module, start, end, "agreed, in writing", "office"))


def make_champions(maker: Maker, facts: Facts) -> None:
    """Champions, who change no figure."""
    for _, rnd in maker.some(2):
        start, end = maker.days.period(rnd)
        unit = rnd.choice(facts.units).code
        if exists_throughout(facts.units, unit, start, end):
            person_id, kind = rnd.choice(facts.people).person_id, rnd.choice(["faculty", "staff"])
            facts.champions.append(Champion(person_id, unit, kind, rnd.choice(FTES), start, end))
