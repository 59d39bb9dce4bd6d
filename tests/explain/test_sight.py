"""Who may ask why: one's own always; others' as their names are shown; all else looks absent."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.explain.world import TODAY, Life, institution
from tests.naive.folder import write_folder
from tracker.core.actor import Actor, Right, system
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.curriculum import commands as curriculum
from tracker.curriculum.models import Requirement
from tracker.curriculum.queries import ids
from tracker.curriculum.rules import Requirement as Definition
from tracker.exchange import commands
from tracker.people.models import Person
from tracker.progress.explain import explain
from tracker.units.models import Unit

NOBODY_NUMBER = 10**9


@pytest.fixture
def people(app: Flask, tmp_path: Path) -> dict[str, int]:
    """Ada in Cardiology and Ben in Surgery, by identifier."""
    write_folder(institution({"ada": Life(), "ben": Life(("SURG 2026-01-01",))}), tmp_path / "facts")
    commands.load(system(TODAY), tmp_path / "facts")
    return {row.identifier: row.id for row in db.session.execute(select(Person.identifier, Person.id))}


def somebody(*rights: Right, person_id: int | None = None, champions: str = "") -> Actor:
    """An actor with these rights, perhaps with a record of their own or a unit to champion."""
    unit_ids = db.session.scalars(select(Unit.id).where(Unit.code == champions)).all() if champions else ()
    return Actor(1, person_id, frozenset(rights), frozenset(unit_ids), TODAY)


def sees(actor: Actor, person_id: int, requirement: str) -> bool:
    """Whether an actor is told anything of a person's status with a requirement."""
    numbers = ids()
    try:
        explain(actor, person_id, numbers.requirements[requirement], numbers.modules["AWARE"], TODAY)
    except NotFound:
        return False
    return True


def test_everybody_sees_her_own_whatever_its_level(people: dict[str, int]) -> None:
    ada = somebody(Right.RECORDS_READ_OWN, person_id=people["ada"])
    assert [sees(ada, people["ada"], code) for code in ("ONCE", "HOPED", "OFFERED")] == [True, True, True]
    assert not sees(ada, people["ben"], "ONCE")


def test_a_champion_sees_what_is_required_of_her_people(people: dict[str, int]) -> None:
    champion = somebody(person_id=people["ben"], champions="MED")
    assert sees(champion, people["ada"], "ONCE")
    assert not sees(champion, people["ada"], "HOPED")
    assert not sees(champion, people["ada"], "OFFERED")
    assert sees(champion, people["ben"], "OFFERED")


def test_a_champion_sees_what_the_office_marked_for_names(people: dict[str, int]) -> None:
    db.session.scalars(select(Requirement).where(Requirement.code == "OFFERED")).one().champions_see_names = True
    db.session.commit()
    assert sees(somebody(champions="MED"), people["ada"], "OFFERED")


def test_another_units_champion_sees_nothing(people: dict[str, int]) -> None:
    assert not sees(somebody(champions="SURG"), people["ada"], "ONCE")


def test_the_office_and_the_auditor_see_all(people: dict[str, int]) -> None:
    office = somebody(Right.RECORDS_READ_ALL)
    assert all(sees(office, person_id, code) for person_id in people.values() for code in ("ONCE", "HOPED", "OFFERED"))


def test_the_administrator_sees_nothing(people: dict[str, int]) -> None:
    assert not sees(somebody(Right.SYSTEM_RUN), people["ada"], "ONCE")


def test_a_requirement_without_figures_yet_has_no_status(people: dict[str, int]) -> None:
    curriculum.set_requirement(system(TODAY), Definition("NEW", "New course", ("AWARE",), "required", TODAY))
    assert not sees(system(TODAY), people["ada"], "NEW")


def test_what_is_not_there_looks_like_what_is_hidden(people: dict[str, int]) -> None:
    numbers, actor = ids(), system(TODAY)
    once, aware, act = numbers.requirements["ONCE"], numbers.modules["AWARE"], numbers.modules["ACT"]
    for person_id, requirement_id, module_id in (
        (NOBODY_NUMBER, once, aware),
        (people["ada"], NOBODY_NUMBER, aware),
        (people["ada"], once, NOBODY_NUMBER),
        (people["ada"], once, act),
    ):
        with pytest.raises(NotFound):
            explain(actor, person_id, requirement_id, module_id, TODAY)
