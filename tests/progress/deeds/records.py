"""Deeds on records: log, verify, reject, correct, withdraw, waive, open a gate by hand."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from random import Random

from tests.naive.facts import Completion, Facts, GateOverride, Waiver
from tracker.progress import models
from tracker.progress.commands import completions, waivers
from tracker.progress.commands.completions import Statement
from tracker.progress.rules import State

from .world import Deed, World


def _courses(facts: Facts) -> list[str]:
    return sorted({code for one in facts.modules for code in (one.code, *one.equivalents)})


def _day(world: World, rnd: Random) -> date:
    """A day of completion: seldom after today, which is refused."""
    day = world.days(rnd).pick(rnd)
    return day if rnd.random() < 0.1 else min(day, world.today)


def _recorded(world: World, named: Sequence[str]) -> Callable[[int | list[int]], None]:
    """Remembers the number behind the name that the plain facts gave a new completion."""

    def is_done(result: int | list[int]) -> None:
        found = result if isinstance(result, list) else [result]
        assert len(found) == len(named), (found, named)
        world.completions.update(zip(named, found, strict=True))

    return is_done


def complete(world: World, rnd: Random) -> Deed | None:
    """Somebody claims, or the office logs."""
    person, course = rnd.choice(world.facts.people).person_id, rnd.choice(_courses(world.facts))
    said, is_claim = Statement(course, _day(world, rnd)), rnd.random() < 0.6
    one = Completion(
        id=f"new-{len(world.completions)}",
        person_id=person,
        module=course,
        completed_on=said.completed_on,
        source="self",
        state="claimed" if is_claim else "verified",
        minutes=0,
    )
    return Deed(
        f"{one}",
        lambda: (
            completions.claim(world.learner(person), said)
            if is_claim
            else completions.log_for(world.actor, world.people[person], said)
        ),
        world.with_facts(completions=[*world.facts.completions, one]),
        _recorded(world, [one.id]),
        may_refuse=_has_that_day(world, person, said.completed_on) or _some_come_after(world),
    )


def _some_come_after(world: World) -> bool:
    """Whether there are modules that can be logged only after others."""
    return any("after" in module.texts for module in world.facts.modules)


def _has_that_day(world: World, person_id: str, day: date, *, but: str = "") -> bool:
    """Whether something stands on a record for a day: the same module is logged once a day."""
    return any(
        (one.person_id, one.completed_on) == (person_id, day) and one.state != "rejected" and one.id != but
        for one in world.standing()
    )


def roster(world: World, rnd: Random) -> Deed | None:
    """One module is logged for several people; who has it from that day already is passed over."""
    people = [one.person_id for one in world.facts.people]
    chosen = rnd.sample(people, rnd.randint(1, min(4, len(people))))
    said = Statement(rnd.choice(_courses(world.facts)), _day(world, rnd))
    has = {
        one.person_id
        for one in world.standing()
        if (one.module, one.completed_on, one.state) == (said.course, said.completed_on, "verified")
    }
    new = [
        Completion(
            id=f"new-{len(world.completions)}-{index}",
            person_id=person,
            module=said.course,
            completed_on=said.completed_on,
            source="roster",
            state="verified",
            minutes=0,
        )
        for index, person in enumerate(sorted(set(chosen) - has, key=lambda one: world.people[one]))
    ]
    return Deed(
        f"roster {chosen} {said.course} {said.completed_on}",
        lambda: completions.log_roster(world.actor, [world.people[one] for one in chosen], said),
        world.with_facts(completions=[*world.facts.completions, *new]) if said.completed_on <= world.today else None,
        _recorded(world, [one.id for one in new]),
        may_refuse=_some_come_after(world),
    )


def decide(world: World, rnd: Random) -> Deed | None:
    """A claim is verified or rejected; anything else than a claim that stands is refused."""
    if not world.facts.completions:
        return None
    claims = [one for one in world.standing() if one.state == "claimed"]
    one = rnd.choice(claims if claims and rnd.random() < 0.9 else world.facts.completions)
    command, state = rnd.choice([(completions.verify, "verified"), (completions.reject, "rejected")])
    decided = replace(one, id=f"new-{len(world.completions)}", state=state, corrects=one.id)
    number = world.completions[one.id]
    return Deed(
        f"{state} {one}",
        lambda: command(world.actor, number),
        world.with_facts(completions=[*world.facts.completions, decided]) if one in claims else None,
        _recorded(world, [decided.id]),
    )


def correct(world: World, rnd: Random) -> Deed | None:
    """A learner corrects or withdraws her claim, or the office corrects anything."""
    if not world.facts.completions:
        return None
    one = rnd.choice(world.standing() if rnd.random() < 0.9 else world.facts.completions)
    said = Statement(
        rnd.choice([one.module, one.module, *_courses(world.facts)]),
        one.completed_on if rnd.random() < 0.3 else _day(world, rnd),
    )
    number, mine = world.completions[one.id], world.learner(one.person_id)
    how = rnd.choice(["correct", "withdraw", "office"])
    state = rnd.choice(["verified", "verified", "rejected", "claimed"])
    if how == "correct":
        state = "claimed"
    if how == "withdraw":
        state, said = "rejected", Statement(one.module, one.completed_on)
    new = replace(
        one,
        id=f"new-{len(world.completions)}",
        module=said.course,
        completed_on=said.completed_on,
        state=state,
        corrects=one.id,
    )
    commands: dict[str, Callable[[], int]] = {
        "correct": lambda: completions.correct_claim(mine, number, said),
        "withdraw": lambda: completions.withdraw(mine, number),
        "office": lambda: completions.correct_for(world.actor, number, said, state=State(state)),
    }
    is_possible = one in world.standing() and (how == "office" or one.state == "claimed")
    return Deed(
        f"{how} {one} as {new}",
        commands[how],
        world.with_facts(completions=[*world.facts.completions, new]) if is_possible else None,
        _recorded(world, [new.id]),
        may_refuse=how == "correct" and _has_that_day(world, one.person_id, said.completed_on, but=one.id),
    )


def waive(world: World, rnd: Random) -> Deed | None:
    """A waiver is granted or changed."""
    start, end = world.days(rnd).period(rnd, open_ended=0.4)
    if world.facts.waivers and rnd.random() < 0.3:
        one = rnd.choice(world.facts.waivers)
        others = list(world.facts.waivers)
        others.remove(one)
        number = world.row_id(
            models.Waiver,
            one.person_id,
            one.start,
            one.end,
            requirement_id=world.requirements.get(one.requirement),
            module_id=world.modules.get(one.module),
        )
        return Deed(
            f"change {one} to {start} {end}",
            lambda: waivers.change_waiver(world.actor, number, starts_on=start, ends_on=end),
            world.with_facts(waivers=[*others, replace(one, start=start, end=end)]),
        )
    person = rnd.choice(world.facts.people).person_id
    requirement, module = rnd.choice(["", *world.requirements]), rnd.choice(["", *world.modules])
    one = Waiver(person, requirement, module, start, end, "agreed", "office")
    return Deed(
        f"{one}",
        lambda: waivers.waive(
            world.actor,
            world.people[person],
            requirement_id=world.requirements.get(requirement),
            module_id=world.modules.get(module),
            starts_on=start,
            ends_on=end,
            reason="agreed",
            approved_by="office",
        ),
        world.with_facts(waivers=[*world.facts.waivers, one]),
    )


def open_gate(world: World, rnd: Random) -> Deed | None:
    """A gate is opened for a unit by hand."""
    if not world.gates:
        return None
    gate, unit, on = rnd.choice(sorted(world.gates)), rnd.choice(sorted(world.units)), world.days(rnd).pick(rnd)
    return Deed(
        f"open {gate} for {unit} on {on}",
        lambda: waivers.open_gate(
            world.actor, world.gates[gate], world.units[unit], on=on, reason="agreed", approved_by="office"
        ),
        world.with_facts(
            gate_overrides=[*world.facts.gate_overrides, GateOverride(gate, unit, on, "agreed", "office")]
        ),
    )
