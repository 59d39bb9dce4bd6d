"""Days on which rules like to go wrong: month ends, leap days, and the days right around what other facts name."""

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

from .days import ONE_DAY, add_months
from .facts import Facts, Requirement
from .progress import Reading
from .refusals import Period

FIRST, LAST = date(2023, 6, 1), date(2027, 6, 30)
LONG_AGO, FAR_OFF = date(2000, 1, 1), date(2100, 12, 31)
MONTHS = [add_months(FIRST, n) for n in range(49)]
POOL = [
    day for first in MONTHS for day in (first, first + ONE_DAY, add_months(first, 1) - ONE_DAY, first.replace(day=28))
]
LEAP = [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2025, 2, 28), date(2026, 2, 28), date(2026, 3, 1)]
MONTH_DAYS = ["01-01", "02-28", "03-01", "06-30", "07-01", "12-31"]
NEAR = [-1, 0, 0, 0, 1]
AWAY = [-31, -30, -29, -14, 13, 14, 29, 30, 31, 32, 60, 90, 365]


class Days:
    """Picks days so that they coincide often: around a few anchors, and around the days already picked."""

    def __init__(self, rnd: Random) -> None:
        self.anchors = [rnd.choice(LEAP), *rnd.sample(POOL, 3)]
        self.noted: list[date] = []

    def note(self, *days: date | None) -> None:
        """Remember days that later ones shall crowd around."""
        self.noted += [day for day in days if day is not None]

    def pick(self, rnd: Random) -> date:
        """A day between the first and the last of this world."""
        base = rnd.choice(self.noted if self.noted and rnd.random() < 0.5 else self.anchors)
        how = rnd.random()
        if how < 0.6:
            day = base + timedelta(days=rnd.choice(NEAR))
        elif how < 0.75:
            day = base + timedelta(days=rnd.choice(AWAY))
        elif how < 0.85:
            day = add_months(base, rnd.choice([-24, -12, -6, -1, 1, 2, 6, 12]))
        else:
            day = rnd.choice(POOL + LEAP)
        return min(max(day, FIRST), LAST)

    def period(self, rnd: Random, open_ended: float = 0.25) -> tuple[date, date | None]:
        """A start and an end: one day, a run of an awkward length, up to another picked day, or open."""
        start = self.pick(rnd)
        self.note(start)
        if rnd.random() < open_ended:
            return start, None
        lengths = [0, 0, 1, 13, 28, 29, 30, 31, 89]
        end = start + timedelta(days=rnd.choice(lengths)) if rnd.random() < 0.6 else max(start, self.pick(rnd))
        self.note(end, end + ONE_DAY)
        return start, end

    def month_day(self, rnd: Random) -> str:
        """A day of the year as MM-DD, never the leap day."""
        near = rnd.choice(self.anchors) + timedelta(days=rnd.choice(NEAR))
        text = near.strftime("%m-%d") if rnd.random() < 0.6 else rnd.choice(MONTH_DAYS)
        return "02-28" if text == "02-29" else text


def interesting_days(facts: Facts) -> list[date]:
    """The days worth asking about, in order: around every boundary, due day and expiry, and two far away."""
    edges = _edges(facts) | {day for one in facts.requirements for day in _due_days(facts, one)} | _moved_days(facts)
    days = {edge + timedelta(days=n) for edge in edges for n in (-1, 0, 1)}
    return sorted({LONG_AGO, FAR_OFF} | {day for day in days if LONG_AGO < day < FAR_OFF})


def _edges(facts: Facts) -> set[date]:
    """Every day a fact names."""
    dated: list[Period] = [*facts.units, *facts.requirements, *facts.appointments, *facts.functions, *facts.leaves]
    edges = {day for one in (*dated, *facts.waivers) for day in (one.start, one.end) if day}
    edges |= {one.completed_on for one in facts.completions} | {one.opened_on for one in facts.gate_overrides}
    return edges | {one.start for one in facts.gates}


def _due_days(facts: Facts, requirement: Requirement) -> Iterable[date]:
    """About where a requirement's due days, expiry days and cycles lie, leave not counted."""
    starts = [requirement.start, *(one.start for one in facts.appointments), *(one.start for one in facts.functions)]
    dues = [start + timedelta(days=requirement.due_days or 30) for start in starts]
    dues += [requirement.due_date] if requirement.due_date else []
    if requirement.repeat.months:
        dues += [add_months(one.completed_on, requirement.repeat.months) for one in facts.completions]
    for month_day in {requirement.repeat.cycle, requirement.repeat.due_by} - {""}:
        dues += [date.fromisoformat(f"{year}-{month_day}") for year in range(FIRST.year, LAST.year + 2)]
    return [day for due in dues for day in (due, due - timedelta(days=30))]


def _moved_days(facts: Facts) -> set[date]:
    """The due and expiry days as leave has moved them, seen from each half-year."""
    reading = Reading(facts)
    people = [one.person_id for one in facts.people]
    found = [one for n in range(0, 49, 6) for one in reading.assignments(MONTHS[n], people)]
    dues = {day for one in found for day in (one.due_on, one.expires_on) if day}
    return dues | {day - timedelta(days=30) for day in dues}
