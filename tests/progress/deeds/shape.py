"""Deeds on what all figures rest on: the tree, and the rules."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from tests.naive.courses import DUE_DAYS, LEVELS, MONTHS
from tests.naive.facts import Audience, Facts, Gate, Module, Repeat, Requirement, Unit
from tests.naive.makers import CATEGORIES, FUNCTIONS, KINDS, ROLES, some_of
from tests.naive.reading import write_folder
from tracker.curriculum import commands as curriculum
from tracker.curriculum import models
from tracker.exchange import files
from tracker.units import commands as units

from .world import Deed, World, numbers


def set_unit(world: World, rnd: Random) -> Deed | None:
    """A unit is founded, renamed, moved, changed in kind or closed."""
    days = world.days(rnd)
    code = f"N{len(world.units)}" if rnd.random() < 0.25 else rnd.choice(sorted(world.units))
    start = None if rnd.random() < 0.1 else days.pick(rnd)
    end = days.pick(rnd) if rnd.random() < 0.2 else None
    old = world.unit_on(code, start) if start else None
    parent = rnd.choice([old.parent if old else "", *sorted(world.units)])
    kind = old.kind if old and rnd.random() < 0.7 else rnd.choice(KINDS)
    row = Unit(code, start, end, "Renamed", kind, parent)

    def is_done(number: int) -> None:
        world.units[code] = number

    return Deed(
        f"{row}",
        lambda: units.set_unit(
            world.actor, code, name="Renamed", kind=kind, parent=parent or None, starts_on=start, ends_on=end
        ),
        world.with_facts(units=[*world.facts.units, row]),
        is_done,
    )


def set_requirement(world: World, rnd: Random) -> Deed | None:
    """A requirement is changed in one or two ways, or a new one made."""
    facts, days = world.facts, world.days(rnd)
    old = rnd.choice(facts.requirements)
    is_new = rnd.random() < 0.2
    one = replace(old, code=f"N{len(facts.requirements)}", texts={}) if is_new else old
    for _ in range(rnd.randint(1, 2)):
        start, end = days.period(rnd, open_ended=0.8)
        changes: list[dict[str, Any]] = [
            {"level": rnd.choice(LEVELS)},
            {"modules": some_of(rnd, [module.code for module in facts.modules], at_least=1)},
            {"audience": _audience(world, rnd)},
            {"due_days": rnd.choice([None, *DUE_DAYS])},
            {"due_date": rnd.choice([None, days.pick(rnd)])},
            {"repeat": Repeat()},
            {"repeat": Repeat(months=rnd.choice(MONTHS))},
            {"repeat": Repeat(cycle=days.month_day(rnd), due_by=rnd.choice(["", days.month_day(rnd)]))},
            {"start": start, "end": end},
        ]
        one = replace(one, **rnd.choice(changes))
    kept = [one if other == old and not is_new else other for other in facts.requirements]
    after = world.with_facts(requirements=[*kept, one] if is_new else kept)

    def is_done(_: None) -> None:
        world.requirements = numbers(models.Requirement.code, models.Requirement.id)

    return Deed(f"{one}", _setting(world, after, one), after, is_done)


def set_module(world: World, rnd: Random) -> Deed | None:
    """A module gets other evidence or other equivalents."""
    facts = world.facts
    old = rnd.choice(facts.modules)
    others = ["OLD-1", "X, 3", *(module.code for module in facts.modules if module != old)]
    one = replace(old, equivalents=some_of(rnd, others))
    if rnd.random() < 0.5:
        one = replace(old, evidence=rnd.choice(["attestation", "verification"]))
    courses = {code for module in facts.modules if module != old for code in (module.code, *module.equivalents)}
    courses |= {one.code, *one.equivalents}
    if not courses >= {done.module for done in facts.completions}:
        return None
    after = world.with_facts(modules=[one if other == old else other for other in facts.modules])
    return Deed(f"{one}", _setting(world, after, one), after)


def set_gate(world: World, rnd: Random) -> Deed | None:
    """A gate changes: its share, what it needs, of whom, for which kinds of unit, from when."""
    facts = world.facts
    if not facts.gates:
        return None
    old = rnd.choice(facts.gates)
    changes: list[dict[str, Any]] = [
        {"percent": rnd.choice([0, 1, 33, 49, 50, 51, 66, 99])},
        {"needs": some_of(rnd, [module.code for module in facts.modules], at_least=1)},
        {"audience": _audience(world, rnd)},
        {"unit_kinds": some_of(rnd, KINDS, at_least=1)},
        {"start": world.days(rnd).pick(rnd)},
    ]
    one = replace(old, **rnd.choice(changes))
    after = world.with_facts(gates=[one if other == old else other for other in facts.gates])
    return Deed(f"{one}", _setting(world, after, one), after)


def _audience(world: World, rnd: Random) -> Audience:
    values = {
        "categories": [*CATEGORIES],
        "roles": [*ROLES],
        "units": sorted(world.units),
        "functions": [*FUNCTIONS],
    }
    return {key: some_of(rnd, known) for key, known in values.items() if rnd.random() < 0.3}


def _setting(world: World, after: Facts, one: Module | Requirement | Gate) -> Callable[[], None]:
    """The command that writes an entry, which is taken from curriculum.toml as the naive reading writes it."""

    def do() -> None:
        write_folder(after, world.folder)
        found = files.curriculum(world.folder)
        match one:
            case Module():
                curriculum.set_module(world.actor, next(entry for entry in found.modules if entry.code == one.code))
            case Requirement():
                entries = found.requirements
                curriculum.set_requirement(world.actor, next(entry for entry in entries if entry.code == one.code))
            case Gate():
                curriculum.set_gate(world.actor, next(entry for entry in found.gates if entry.code == one.code))

    return do
