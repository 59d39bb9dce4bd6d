"""Who works at the sample school, where and since when: names, careers, leaves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from .names import email_of, invent_names
from .plan import CastMember, Plan, UnitPlan, Weights

DAY = timedelta(days=1)
SETTLED = 90  # days without a change in the department that is kept one person short of its gate
LONGEST_SERVICE = 7300
LEAVE_STARTS_WITHIN = 1000
PERMANENT = ("staff", "faculty")


@dataclass(frozen=True, slots=True)
class Job:
    """A post in a unit from a day to a day, both included; no end: open."""

    unit: str
    category: str
    role: str
    start: date
    end: date | None
    fte: str = "1.0"

    def covers(self, day: date) -> bool:
        """Whether the post is held on a day."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Absence:
    """A leave from a day to a day, both included; no end: open."""

    start: date
    end: date | None

    def covers(self, day: date) -> bool:
        """Whether the leave covers a day."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Career:
    """Primary posts in order of time, a second post beside the last of them, and leaves."""

    jobs: tuple[Job, ...]
    second: Job | None = None
    leaves: tuple[Absence, ...] = ()
    cast: CastMember | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the school with her career."""

    person_id: str
    name: str
    email: str
    jobs: tuple[Job, ...]
    second: Job | None
    leaves: tuple[Absence, ...]
    cast: CastMember | None

    @property
    def last(self) -> Job:
        """The latest primary post."""
        return self.jobs[-1]

    @property
    def started(self) -> date:
        """The first day here."""
        return self.jobs[0].start

    def is_on_leave(self, day: date) -> bool:
        """Whether a leave covers a day."""
        return any(leave.covers(day) for leave in self.leaves)

    def is_present(self, day: date) -> bool:
        """Whether she holds a primary post on a day and is not on leave."""
        return any(job.covers(day) for job in self.jobs) and not self.is_on_leave(day)


def make_people(plan: Plan, rng: Random) -> tuple[Member, ...]:
    """Everybody, in order of identifier, which is the order of their first days."""
    careers = list(_careers(plan, rng))
    names = invent_names(plan, rng, [career.cast.name for career in careers if career.cast])
    by_start = sorted(careers, key=lambda career: career.jobs[0].start)
    return tuple(
        _member(plan, career, name, number)
        for (career, name, number) in zip(by_start, _in_order(by_start, names), _numbers(rng), strict=False)
    )


def pick(rng: Random, weights: Weights) -> str:
    """One of the keys, as likely as its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


# Identity


def _in_order(careers: Sequence[Career], names: Iterator[str]) -> Iterator[str]:
    for career in careers:
        yield career.cast.name if career.cast else next(names)


def _numbers(rng: Random) -> Iterator[int]:
    """Rising numbers with gaps, as a personnel office leaves them."""
    number = 10_000
    while True:
        number += rng.randint(1, 37)
        yield number


def _member(plan: Plan, career: Career, name: str, number: int) -> Member:
    address = email_of(name, plan.mail_domain)
    return Member(f"{number:08}", name, address, career.jobs, career.second, career.leaves, career.cast)


# Careers


def _careers(plan: Plan, rng: Random) -> Iterator[Career]:
    """Those known by name, those here today, those about to begin, and as many who left as the total has room for."""
    count = 0
    for career in _careers_but_leavers(plan, rng):
        count += 1
        yield career
    for _ in range(plan.people - count):
        yield _leaver(plan, rng)


def _careers_but_leavers(plan: Plan, rng: Random) -> Iterator[Career]:
    named = [Career(_cast_jobs(plan, one), cast=one) for one in plan.cast]
    yield from named
    for unit in plan.units.values():
        here = [career.jobs[-1] for career in named if career.jobs[-1].unit == unit.code and not career.jobs[-1].end]
        has_head = any((job.category, job.role) == (_head_category(unit), "manager") for job in here)
        for index in range(len(here), unit.people):
            is_head = index == len(here) and not has_head and unit.mix != "students"
            yield _with_life(plan, rng, _current(plan, rng, unit, index, is_head=is_head))
    for _ in range(plan.coming):
        yield _coming(plan, rng)


def _cast_jobs(plan: Plan, one: CastMember) -> tuple[Job, ...]:
    return tuple(
        Job(
            unit=job["unit"],
            category=job["category"],
            role=job["role"],
            start=plan.before(job["from"]),
            end=plan.before(job["to"]) if "to" in job else None,
        )
        for job in one.jobs
    )


def _current(plan: Plan, rng: Random, unit: UnitPlan, index: int, *, is_head: bool) -> Career:
    """Somebody who is in a unit today, with the way that led there."""
    if is_head:
        category, role = _head_category(unit), "manager"
    else:
        category = pick(rng, plan.mixes[unit.mix])
        role = pick(rng, plan.roles[unit.mix][category])
    start, end = _stay(plan, rng, category, unit)
    if unit.code == plan.one_person_short:
        start = min(start, plan.before(SETTLED))
    job = Job(unit.code, category, role, start, end, _fte(plan, rng, category))
    return Career(_past(plan, rng, unit, index, job))


def _head_category(unit: UnitPlan) -> str:
    return "staff" if unit.mix == "office" else "faculty"


def _past(plan: Plan, rng: Random, unit: UnitPlan, index: int, job: Job) -> tuple[Job, ...]:
    """The posts that led to this one: at most one earlier one."""
    if unit.opened and job.start < unit.opened:
        return _split(job, unit.opened, unit=unit.parent)
    for merger in plan.mergers:
        closed = plan.units[merger.closed].closed
        if merger.into == unit.code and index <= merger.people and closed and job.category in PERMANENT:
            early = replace(job, start=min(job.start, closed - timedelta(days=60 * index + 30)))
            return _split(early, closed + DAY, unit=merger.closed)
    if job.role == "manager" and rng.random() < plan.share["promoted"]:
        return _promoted(plan, rng, job)
    if job.category not in PERMANENT or unit.code == plan.one_person_short:
        return (job,)
    return _moved(plan, rng, job)


def _split(job: Job, day: date, *, unit: str = "", role: str = "") -> tuple[Job, ...]:
    """The post in two: until the day before in another unit or role, from the day on as it is."""
    return (replace(job, unit=unit or job.unit, role=role or job.role, end=day - DAY), replace(job, start=day))


def _promoted(plan: Plan, rng: Random, job: Job) -> tuple[Job, ...]:
    """A manager who was something else here before; promotions of the last months are as common as they are in life."""
    served = (plan.today - job.start).days
    if served < 200:
        return (job,)
    day = plan.before(min(served - 100, round(rng.triangular(4, 1100, 60))))
    return _split(job, day, role="clinical" if job.category == "faculty" else "nonclinical")


def _moved(plan: Plan, rng: Random, job: Job) -> tuple[Job, ...]:
    """A transfer from another unit, a return after a gap, or neither."""
    served, luck = (plan.today - job.start).days, rng.random()
    former = _some_unit(plan, rng, job.unit)
    if luck < plan.share["transfer"] and served > 300:
        return _split(job, plan.before(rng.randint(8, min(served - 90, 1000))), unit=former)
    if luck < plan.share["transfer"] + plan.share["rehire"]:
        end = job.start - timedelta(days=rng.randint(62, 520))
        unit = former if rng.random() < 0.5 or plan.units[job.unit].opened else job.unit
        earlier = replace(job, unit=unit, start=end - timedelta(days=rng.randint(300, 1500)), end=end)
        return (earlier, job)
    return (job,)


def _some_unit(plan: Plan, rng: Random, but: str) -> str:
    """Any other unit of the same nature that has always been there."""
    mix = plan.units[but].mix
    units = [unit for unit in plan.units.values() if unit.is_standing and unit.mix == mix and unit.code != but]
    return rng.choice([unit.code for unit in units if unit.code != plan.one_person_short])


def _with_life(plan: Plan, rng: Random, career: Career) -> Career:
    """The same career with a second post and leaves, where there are any."""
    job, share = career.jobs[-1], plan.share
    is_quiet = job.unit == plan.one_person_short
    second = None
    if job.category == "faculty" and rng.random() < share["joint"]:
        second = _second_post(plan, rng, job)
        if second.fte != "0":
            career = replace(career, jobs=(*career.jobs[:-1], replace(job, fte="0.8")))
    leaves = () if is_quiet or job.category == "student" else tuple(_leaves(plan, rng, job))
    return replace(career, second=second, leaves=leaves)


def _second_post(plan: Plan, rng: Random, job: Job) -> Job:
    units = [unit.code for unit in plan.units.values() if unit.is_standing and unit.kind == "department"]
    unit = rng.choice([code for code in units if code not in (job.unit, plan.top(job.unit))])
    served = (plan.today - job.start).days
    start = plan.before(rng.randint(0, max(0, served)))
    return Job(unit, job.category, job.role, max(start, job.start), job.end, rng.choice(["0", "0.2"]))


def _leaves(plan: Plan, rng: Random, job: Job) -> Iterator[Absence]:
    """A leave that is over, and one that runs today; both well inside the time here, and apart."""
    served = (plan.today - job.start).days
    if served < 240:
        return
    if rng.random() < plan.share["past_leave"]:
        first = rng.randint(200, min(served - 30, LEAVE_STARTS_WITHIN))
        yield Absence(plan.before(first), plan.before(first - rng.randint(13, 110)))
    if rng.random() < plan.share["leave_now"]:
        until = plan.before(-rng.randint(6, 100))
        is_open = rng.random() < 0.2
        yield Absence(plan.before(rng.randint(4, 70)), None if is_open else min(until, job.end or until))


def _coming(plan: Plan, rng: Random) -> Career:
    """Somebody who has signed and has not begun."""
    unit = plan.units[rng.choice([code for code in plan.departments if code != plan.one_person_short])]
    category = rng.choice(PERMANENT)
    start = plan.before(-rng.randint(6, 60))
    return Career((Job(unit.code, category, pick(rng, plan.roles[unit.mix][category]), start, None),))


def _leaver(plan: Plan, rng: Random) -> Career:
    """Somebody who left, most in the last three years."""
    unit = _weighted_unit(plan, rng)
    category = pick(rng, plan.mixes[unit.mix])
    role = pick(rng, plan.roles[unit.mix][category])
    if category in ("resident", "student"):
        end = date(plan.year - rng.randint(0, 2), *((6, 30) if category == "resident" else (5, 31)))
        start = date(end.year - rng.randint(3, 4), *((7, 1) if category == "resident" else (8, 10)))
    else:
        end = plan.before(rng.randint(3, 1000))
        start = end - timedelta(days=min(LONGEST_SERVICE, 90 + round(rng.expovariate(1 / 1300))))
    return Career((Job(unit.code, category, role, start, end, _fte(plan, rng, category)),))


def _weighted_unit(plan: Plan, rng: Random) -> UnitPlan:
    """Any unit that has always been there, large ones more often; not the one that is kept one person short."""
    units = [unit for unit in plan.units.values() if unit.is_standing and unit.code != plan.one_person_short]
    return rng.choices(units, [unit.people for unit in units])[0]


def _fte(plan: Plan, rng: Random, category: str) -> str:
    is_part_time = category in PERMANENT and rng.random() < plan.share["part_time"]
    return rng.choice(["0.5", "0.6", "0.8", "0.9"]) if is_part_time else "1.0"


def _stay(plan: Plan, rng: Random, category: str, unit: UnitPlan) -> tuple[date, date | None]:
    """The first and, where it is fixed, the last day of somebody who is here today."""
    stays: Mapping[str, int] = {"resident": 4, "student": 5}
    if category in stays:
        years = 4 if unit.mix == "students" else rng.randint(3, stays[category])
        return _class_stay(plan, rng, (7, 1) if category == "resident" else (8, 10), years)
    if category == "postdoc":
        start = plan.before(rng.randint(12, 1500)).replace(day=1)
        end = start + timedelta(days=5 * 365 - 1)
        return start, end
    days = round(rng.expovariate(1 / (1400 if category == "staff" else 2300))) + 5
    start = plan.before(min(days, LONGEST_SERVICE))
    return (_monday(start) if category == "staff" else start.replace(day=1)), None


def _class_stay(plan: Plan, rng: Random, begin: tuple[int, int], years: int) -> tuple[date, date]:
    """The stay of a class that comes in on the same day each year."""
    newest = plan.year if date(plan.year, *begin) <= plan.today else plan.year - 1
    year = newest - rng.randrange(years)
    return date(year, *begin), date(year + years, *begin) - DAY


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
