"""Deeds on persons: join, transfer, end, functions, leaves."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from tests.naive.days import covers
from tests.naive.facts import Appointment, Function, Leave, Person
from tests.naive.makers import CATEGORIES, FUNCTIONS, ROLES
from tracker.core.database import transaction
from tracker.people import commands, models

from .world import Deed, World

ONE_DAY = timedelta(days=1)


def join(world: World, rnd: Random) -> Deed | None:
    """Somebody new comes, or somebody known gets another post."""
    start, end = world.days(rnd).period(rnd, open_ended=0.5)
    is_new = rnd.random() < 0.4
    identifier = f"new-{len(world.people)}" if is_new else rnd.choice(world.facts.people).person_id
    unit = rnd.choice(sorted(world.units))
    category, role, primary = rnd.choice(CATEGORIES), rnd.choice(ROLES), rnd.random() < 0.85

    def do() -> int:
        with transaction(world.actor):
            if is_new:
                person = commands.add_person(world.actor, identifier, name="Neu", email="")
            else:
                person = world.people[identifier]
            commands.add_appointment(
                world.actor,
                person,
                world.units[unit],
                category=category,
                role=role,
                starts_on=start,
                ends_on=end,
                is_primary=primary,
            )
        return person

    appointment = Appointment(identifier, unit, category, role, "1", primary, start, end)
    people = [*world.facts.people, *([Person(identifier, "Neu", "")] if is_new else [])]
    after = world.with_facts(people=people, appointments=[*world.facts.appointments, appointment])

    def is_done(person: int) -> None:
        world.people[identifier] = person

    return Deed(f"join {identifier} {unit} {start} {end} {primary}", do, after, is_done)


def transfer(world: World, rnd: Random) -> Deed | None:
    """A home moves to another unit; with no home on the day it is refused."""
    person, on = rnd.choice(world.facts.people).person_id, world.days(rnd).pick(rnd)
    unit, role = rnd.choice(sorted(world.units)), rnd.choice([None, *ROLES])
    others = list(world.facts.appointments)
    mine = [one for one in others if one.person_id == person and one.primary]
    home = next((one for one in mine if covers(one.start, one.end, on)), None)
    after = None
    if home:
        others.remove(home)
        if home.start < on:
            others.append(replace(home, end=on - ONE_DAY))
        others.append(replace(home, unit=unit, role=role or home.role, start=on))
        after = world.with_facts(appointments=others)
    return Deed(
        f"transfer {person} to {unit} on {on}",
        lambda: commands.transfer(world.actor, world.people[person], world.units[unit], on=on, role=role),
        after,
    )


def end_appointment(world: World, rnd: Random) -> Deed | None:
    """A post ends on another day, begins on another, or is taken back."""
    mine = [one for one in world.facts.appointments if one.primary]
    if not mine:
        return None
    one = rnd.choice(mine)
    number = world.row_id(models.Appointment, one.person_id, one.start, one.end, is_primary=True)
    others = list(world.facts.appointments)
    others.remove(one)
    if rnd.random() < 0.15:
        after = world.with_facts(appointments=others)
        return Deed(f"take back {one}", lambda: commands.remove_appointment(world.actor, number), after)
    end = rnd.choice([None, world.days(rnd).pick(rnd), world.days(rnd).pick(rnd)])
    start = one.start if rnd.random() < 0.7 else world.days(rnd).pick(rnd)
    return Deed(
        f"change {one} to {start} {end}",
        lambda: commands.change_appointment(world.actor, number, starts_on=start, ends_on=end),
        world.with_facts(appointments=[*others, replace(one, start=start, end=end)]),
    )


def leave(world: World, rnd: Random) -> Deed | None:
    """A leave is added, changed or taken back."""
    start, end = world.days(rnd).period(rnd)
    how = rnd.random()
    if not world.facts.leaves or how < 0.6:
        person = rnd.choice(world.facts.people).person_id
        return Deed(
            f"leave of {person} {start} {end}",
            lambda: commands.add_leave(world.actor, world.people[person], starts_on=start, ends_on=end),
            world.with_facts(leaves=[*world.facts.leaves, Leave(person, start, end)]),
        )
    one = rnd.choice(world.facts.leaves)
    number = world.row_id(models.Leave, one.person_id, one.start, one.end)
    others = [other for other in world.facts.leaves if other != one]
    if how < 0.75:
        after = world.with_facts(leaves=others)
        return Deed(f"take back {one}", lambda: commands.remove_leave(world.actor, number), after)
    if rnd.random() < 0.5:
        start = one.start
    return Deed(
        f"change {one} to {start} {end}",
        lambda: commands.change_leave(world.actor, number, starts_on=start, ends_on=end),
        world.with_facts(leaves=[*others, replace(one, start=start, end=end)]),
    )


def function(world: World, rnd: Random) -> Deed | None:
    """A function is added, changed or taken back."""
    start, end = world.days(rnd).period(rnd)
    how = rnd.random()
    if not world.facts.functions or how < 0.5:
        one = Function(rnd.choice(world.facts.people).person_id, rnd.choice(FUNCTIONS), start, end)
        return Deed(
            f"add {one}",
            lambda: commands.add_function(
                world.actor, world.people[one.person_id], one.function, starts_on=start, ends_on=end
            ),
            world.with_facts(functions=[*world.facts.functions, one]),
        )
    one = rnd.choice(world.facts.functions)
    number = world.row_id(models.Function, one.person_id, one.start, one.end, function=one.function)
    others = list(world.facts.functions)
    others.remove(one)
    if how < 0.7:
        after = world.with_facts(functions=others)
        return Deed(f"take back {one}", lambda: commands.remove_function(world.actor, number), after)
    return Deed(
        f"change {one} to {start} {end}",
        lambda: commands.change_function(world.actor, number, starts_on=start, ends_on=end),
        world.with_facts(functions=[*others, replace(one, start=start, end=end)]),
    )
