"""A changed rule is worked in whole, whatever of it changed; and every kept day stays within its reach."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.naive import facts as plain
from tests.naive import reading as naive
from tests.support import folders
from tests.support.settle import figures as settle_figures
from tracker.core.actor import system
from tracker.core.database import db
from tracker.core.errors import Conflict, Invalid
from tracker.curriculum import commands as curriculum
from tracker.curriculum.queries import curriculum as definitions
from tracker.people import commands as people
from tracker.people.models import Person
from tracker.progress import reports
from tracker.progress.commands import completions
from tracker.progress.commands.completions import Statement
from tracker.progress.figures import counts, revisions
from tracker.progress.figures.check import differences
from tracker.progress.models import GateOpening, Item, KeptDay, Revision, Span, Stage, UnitCount
from tracker.units import commands as units

from .conftest import TODAY, institution

ACTOR = system(TODAY)


def report(kind: str, day: date) -> str:
    """A report, whole."""
    found = "".join(reports.lines(kind, day))
    db.session.close()
    return found


def test_a_gate_whose_kinds_of_unit_change_opens_for_these(small: Flask) -> None:
    for person in list(db.session.scalars(select(Person.id).order_by(Person.id)))[:5]:
        completions.log_for(ACTOR, person, Statement("M1", date(2026, 2, 1)))
    assert report("gates", TODAY).splitlines()[1:] == ["GATE,MED,2026-02-01,5,8"]
    gate = definitions().gates[0]
    curriculum.set_gate(ACTOR, replace(gate, unit_kinds=("division",)))
    assert report("gates", TODAY).splitlines()[1:] == ["GATE,MED,2026-02-01,5,8"], "until it is worked in"
    settle_figures()
    assert report("gates", TODAY).splitlines()[1:] == [
        "GATE,BONE,,1,2",
        "GATE,EAR,,1,2",
        "GATE,EYE,2026-02-01,2,2",
        "GATE,SKIN,,1,2",
    ]
    assert list(differences()) == []


@pytest.mark.parametrize("today", [date(2026, 11, 22), date(2026, 6, 15), date(2027, 2, 28), date(2024, 2, 29)])
def test_a_rule_made_yearly_reaches_every_kept_day(app: Flask, tmp_path: Path, today: date) -> None:
    actor, facts = system(today), institution()
    folders.load(facts, tmp_path / "facts", today)
    tomorrow = f"{today + timedelta(days=1):%m-%d}".replace("02-29", "03-01")
    for cycle in (tomorrow, "12-01", "01-01"):
        one = next(one for one in definitions().requirements if one.code == "ONCE")
        curriculum.set_requirement(actor, replace(one, repeat={"cycle": cycle}))
        settle_figures()
        requirements = [
            replace(other, repeat=plain.Repeat(cycle=cycle)) if other.code == "ONCE" else other
            for other in facts.requirements
        ]
        reading = naive.Reading(replace(facts, requirements=requirements))
        for day in counts.days_to_keep(today)[-3:]:
            assert report("rates", day) == naive.rates(reading, day), (cycle, day)


def test_an_interim_rule_leaves_nothing_behind(small: Flask) -> None:
    rows = [select(func.count()).select_from(model) for model in (Item, Span, UnitCount, GateOpening, Revision)]
    before = [db.session.scalar(query) for query in rows]
    db.session.close()
    one = next(one for one in definitions().requirements if one.code == "ONCE")
    curriculum.set_requirement(ACTOR, replace(one, level="optional"))
    curriculum.set_requirement(ACTOR, replace(one, modules=("M1",)))
    curriculum.set_requirement(ACTOR, one)
    settle_figures()
    assert [db.session.scalar(query) for query in rows] == before
    curriculum.set_requirement(ACTOR, replace(one, level="optional"))
    settle_figures()
    curriculum.set_requirement(ACTOR, one)
    settle_figures()
    assert [db.session.scalar(query) for query in rows] == before
    assert set(db.session.scalars(select(Revision.stage))) == {Stage.LIVE}
    assert list(differences()) == []


def test_descriptive_keys_begin_no_revision(small: Flask) -> None:
    one = definitions().requirements[0]
    curriculum.set_requirement(ACTOR, replace(one, title="Other", summary="Why", champions_see_names=True))
    module = definitions().modules[0]
    curriculum.set_module(ACTOR, replace(module, title="Other", minutes=5, objectives=("A",)))
    assert db.session.scalar(select(func.count()).where(Revision.stage == Stage.BUILDING)) == 0


def test_a_moved_unit_needs_no_rebuild_where_no_audience_names_it(small: Flask) -> None:
    units.set_unit(ACTOR, "EAR", name="Ear", kind="division", parent="SOM", starts_on=date(2026, 6, 1))
    assert db.session.scalar(select(func.count()).where(Revision.stage == Stage.BUILDING)) == 0
    db.session.close()
    assert list(differences()) == []
    assert [line for line in report("gates", TODAY).splitlines() if ",MED," in line] == ["GATE,MED,,0,6"]


def test_the_rules_of_a_tree_are_held(small: Flask) -> None:
    """What the tree refuses is refused with all that hangs on it: a unit with people cannot be closed under them."""
    before = report("rates", TODAY)
    person = db.session.scalars(select(Person.id).limit(1)).one()
    with pytest.raises(Conflict, match="would not exist"):
        units.set_unit(
            ACTOR, "EAR", name="Ear", kind="division", parent="MED", starts_on=TODAY, ends_on=TODAY + timedelta(days=9)
        )
    with pytest.raises(Invalid, match="would lie below itself"):
        units.set_unit(ACTOR, "MED", name="Med", kind="department", parent="EAR", starts_on=TODAY)
    new = partial(units.set_unit, ACTOR, "NEW", name="New", kind="division", parent="MED", starts_on=TODAY)
    number = new(ends_on=TODAY + timedelta(days=9))
    with pytest.raises(Invalid, match="does not exist"):
        people.transfer(ACTOR, person, number, on=TODAY)
    assert report("rates", TODAY) == before
    kept = select(func.count()).select_from(KeptDay).where(KeptDay.is_ready)
    assert db.session.scalar(kept) == len(counts.days_to_keep(TODAY))


def test_a_slow_machine_takes_no_more_steps_than_it_must() -> None:
    """Whatever a step takes, it is not made so small that most of its time goes into being a step."""
    sizes, size = [], revisions.PEOPLE_AT_MOST
    for _ in range(20):
        size = revisions._next_size(size, 0.5)
        sizes.append(size)
    assert sizes[-1] == min(sizes) == revisions.PEOPLE_AT_LEAST
    for _ in range(20):
        size = revisions._next_size(size, 0.001)
    assert size == revisions.PEOPLE_AT_MOST
