"""Random modules, requirements and gates, and the log of what people completed; each step adds to one world's facts."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from .days import add_months
from .facts import Audience, Completion, Facts, Gate, GateOverride, Module, Repeat, Requirement
from .makers import CATEGORIES, FUNCTIONS, KINDS, ROLES, Maker, some_of

MODULES = ["M1", "M2", "m2", "(3)", "É4"]
OTHER_COURSES = ["OLD-1", "OLD-2", "X, 3"]
REQUIREMENTS = ["R1", "INTRO", "yearly", "R,4", "r5", "É6"]
GATES = ["G1", "g2", "G 3"]
LEVELS = ["required", "required", "required", "expected", "optional"]
STATES = ["claimed", "claimed", "claimed", "verified", "verified", "rejected"]
SOURCES = ["self", "roster", "import"]
MONTHS = [1, 1, 2, 3, 6, 11, 12, 12, 13, 24, 36]
DUE_DAYS = [0, 1, 14, 29, 30, 31, 60, 90, 365]


def make_modules(maker: Maker, facts: Facts) -> None:
    """Modules of both kinds of evidence; another course, or another module, may count as several of them."""
    for number, rnd in maker.some(len(MODULES), at_least=1):
        code = MODULES[number]
        others = [*OTHER_COURSES, *(one.code for one in facts.modules)]
        texts = {"after": [rnd.choice(facts.modules).code]} if facts.modules and rnd.random() < 0.2 else {}
        evidence = rnd.choice(["attestation", "verification", "verification"])
        equivalents = some_of(rnd, others) if rnd.random() < 0.7 else ()
        facts.modules.append(Module(code, f'Module "{number}"', rnd.choice([0, 60]), evidence, equivalents, texts))


def make_requirements(maker: Maker, facts: Facts) -> None:
    """Requirements of every level and repeat rule, most of them long-lived."""
    for number, rnd in maker.some(len(REQUIREMENTS), at_least=1):
        start, end = (date(2020, 1, 31), None) if rnd.random() < 0.4 else maker.days.period(rnd, open_ended=0.8)
        due_date = maker.days.pick(rnd) if rnd.random() < 0.4 else None
        maker.days.note(start, due_date)
        requirement = Requirement(
            code=REQUIREMENTS[number],
            title=f"Requirement {number}, asked",
            modules=some_of(rnd, [one.code for one in facts.modules], at_least=1),
            level=rnd.choice(LEVELS),
            start=start,
            end=end,
            audience=_audience(facts, rnd),
            due_date=due_date,
            due_days=rnd.choice(DUE_DAYS) if rnd.random() < 0.5 else None,
            repeat=_repeat(maker, rnd),
            texts={"summary": "Why, and for whom", "champions_see_names": False} if rnd.random() < 0.2 else {},
        )
        facts.requirements.append(requirement)


def _repeat(maker: Maker, rnd: Random) -> Repeat:
    kind = rnd.choice(["once", "months", "cycle"])
    if kind == "once":
        return Repeat()
    if kind == "months":
        return Repeat(months=rnd.choice(MONTHS))
    cycle = maker.days.month_day(rnd)
    maker.days.note(*(date.fromisoformat(f"{year}-{cycle}") for year in (2024, 2025, 2026)))
    due_by = rnd.choice(["", cycle, maker.days.month_day(rnd), maker.days.month_day(rnd)])
    return Repeat(cycle=cycle, due_by=due_by)


def _audience(facts: Facts, rnd: Random) -> Audience:
    """Any of the four keys, seldom with nothing in its list or with a value that fits nobody."""
    units = sorted({one.code for one in facts.units})
    values = {
        "categories": [*CATEGORIES, *CATEGORIES, "nobody"],
        "roles": [*ROLES, *ROLES, "research"],
        "units": [*units, *units],
        "functions": [*FUNCTIONS, *FUNCTIONS, "no such board"],
    }
    chances = {"categories": 0.2, "roles": 0.15, "units": 0.25, "functions": 0.12}
    given = [key for key in values if rnd.random() < chances[key]]
    return {key: () if rnd.random() < 0.06 else tuple(sorted(set(some_of(rnd, values[key], 1)))) for key in given}


def make_gates(maker: Maker, facts: Facts) -> None:
    """Gates at the shares where strictness shows, and overrides of some of them."""
    for number, rnd in maker.some(len(GATES)):
        needs = some_of(rnd, [one.code for one in facts.modules], at_least=1)[:2]
        percent = rnd.choice([0, 33, 50, 50, 99])
        audience = _audience(facts, rnd) if rnd.random() < 0.5 else {}
        facts.gates.append(Gate(GATES[number], some_of(rnd, KINDS, 1), needs, percent, maker.days.pick(rnd), audience))
    for _, rnd in maker.some(5 if facts.gates else 0):
        gate, unit = rnd.choice(facts.gates).code, rnd.choice(facts.units).code
        facts.gate_overrides.append(GateOverride(gate, unit, maker.days.pick(rnd), "small unit", "office"))


def make_completions(maker: Maker, facts: Facts) -> None:
    """A log of completions and of what replaced them, now and then not in the order in which it was written."""
    asked = [code for one in facts.requirements for code in one.modules]
    counted = [code for one in facts.modules for code in (one.code, *one.equivalents)]
    for number, rnd in maker.some(45):
        one = Completion(
            id=f"c{number:02}" if rnd.random() < 0.9 else f"C-{number}",
            person_id=rnd.choice(facts.people).person_id,
            module=rnd.choice(asked * 3 + counted),
            completed_on=_day_done(maker, rnd),
            source=rnd.choice(SOURCES),
            state=rnd.choice(STATES),
            minutes=rnd.choice([0, 30, 60]),
        )
        facts.completions.append(_correction(facts, rnd, one) if rnd.random() < 0.4 else one)
        maker.days.note(one.completed_on, *(add_months(one.completed_on, months) for months in _months(facts)))
    if facts.completions and facts.completions[0].minutes == 30:
        facts.completions.reverse()


def _months(facts: Facts) -> list[int]:
    return [one.repeat.months for one in facts.requirements if one.repeat.months]


def _day_done(maker: Maker, rnd: Random) -> date:
    """A day that is not after today, often just so long before another one that it expires around that."""
    day = maker.days.pick(rnd)
    if rnd.random() < 0.3:
        day = add_months(day, -rnd.choice(MONTHS)) + timedelta(days=rnd.choice([-1, 0, 1]))
    return min(day, maker.today)


def _correction(facts: Facts, rnd: Random, one: Completion) -> Completion:
    """The completion as a replacement of one that stands: of the same course on the same day, or of anything else."""
    replaced = {other.corrects for other in facts.completions}
    standing = [other for other in facts.completions if other.id not in replaced]
    if not standing:
        return one
    old = rnd.choice(standing)
    module = old.module if rnd.random() < 0.8 else one.module
    day = old.completed_on if rnd.random() < 0.5 else one.completed_on
    return replace(one, person_id=old.person_id, module=module, completed_on=day, corrects=old.id)
