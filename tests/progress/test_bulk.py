"""Deeds on many people: planned and done alike, told by person, and undone by their doer within a day."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from tests.support import make, trail
from tests.support.clocks import pass_time
from tests.support.make import Account, Person, Unit
from tests.support.threads import at_once
from tracker.accounts.queries import account
from tracker.champions.models import Champion
from tracker.core import clock, jobs
from tracker.core.actor import Actor, Right, Role
from tracker.core.database import db
from tracker.core.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.curriculum.rules import Module
from tracker.people.models import Appointment
from tracker.progress.commands import bulk, completions
from tracker.progress.commands.completions import Statement
from tracker.progress.figures.check import differences
from tracker.progress.models import BulkDeed, Completion, PassedOver
from tracker.progress.queries import bulk as queries
from tracker.progress.queries.bulk import Outcome
from tracker.progress.rules import State


@pytest.fixture
def medicine(app: Flask) -> Unit:
    """A department."""
    return make.unit("Medicine", code="MED")


@pytest.fixture
def course(medicine: Unit) -> Module:
    """A required module that counts at once."""
    made = make.module("COURSE", title="Listening well")
    make.requirement(made)
    return made


@pytest.fixture
def essay(medicine: Unit) -> Module:
    """A required module that wants verification."""
    made = make.module("ESSAY", title="An essay", evidence="verification")
    make.requirement(made)
    return made


@pytest.fixture
def champion(medicine: Unit) -> Account:
    """Its champion."""
    return make.champion(medicine, name="Cara")


def actor(of: Account) -> Actor:
    """Who acts with an account, today."""
    found = account(of.id, clock.today())
    assert found is not None
    db.session.close()
    return found.actor


def said(key: str | None = None, course: str = "COURSE") -> Statement:
    """That the course was done yesterday."""
    return Statement(course, make.day(1), "workshop", None, key)


def holding(person: Person) -> list[tuple[str, State]]:
    """The completions of a person that nothing replaces."""
    db.session.close()
    replaced = db.session.query(Completion.corrects_id).where(Completion.corrects_id.is_not(None))
    rows = db.session.query(Completion).filter(Completion.person_id == person.id, Completion.id.not_in(replaced))
    found = [(row.course, row.state) for row in rows.order_by(Completion.id)]
    db.session.close()
    return found


def told(of: Account, deed_id: int) -> dict[str | None, Outcome]:
    """What became of each, by name."""
    found = {one.name: one for one in queries.outcomes(actor(of), deed_id)}
    db.session.close()
    return found


def leave(person: Person) -> None:
    """Let somebody's post end two days ago."""
    with make.transaction() as tx:
        tx.lock_people(person.id)
        tx.session.query(Appointment).filter_by(person_id=person.id).one().ends_on = make.day(2)


def test_the_plan_is_what_is_done(medicine: Unit, course: Module, champion: Account) -> None:
    ada, bo, gone = (make.person(name, unit=medicine) for name in ("Ada", "Bo", "Gone"))
    stranger = make.person("Stranger", unit=make.unit())
    make.completion(bo, course, on=make.day(1))
    leave(gone)
    assert champion.person is not None
    everybody = [ada.id, bo.id, gone.id, stranger.id, champion.person.id, ada.id]
    plan = bulk.plan_log(actor(champion), everybody, said())
    reasons = {step.person_id: step.passed_over for step in plan.steps}
    assert reasons == {
        ada.id: None,
        bo.id: PassedOver.RECORDED,
        gone.id: PassedOver.AWAY,
        stranger.id: PassedOver.AWAY,
        champion.person.id: PassedOver.ONESELF,
    }
    deed_id = bulk.log(actor(champion), medicine.id, everybody, said())
    assert {one.person_id: one.passed_over for one in queries.outcomes(actor(champion), deed_id)} == reasons
    assert holding(ada) == [("COURSE", State.VERIFIED)]
    assert holding(stranger) == holding(gone) == []
    assert told(champion, deed_id).keys() == {"Ada", "Bo", "Cara", None}
    assert trail.verbs()[-2:] == ["completion.rostered", "bulk_deed.done"]
    assert list(differences()) == []


def test_who_changed_since_the_preview_is_passed_over(medicine: Unit, course: Module, champion: Account) -> None:
    ada, bo = make.person("Ada", unit=medicine), make.person("Bo", unit=medicine)
    chosen = [step.person_id for step in bulk.plan_log(actor(champion), [ada.id, bo.id], said()).done]
    make.completion(bo, course, on=make.day(1))
    outcomes = told(champion, bulk.log(actor(champion), medicine.id, chosen, said()))
    assert outcomes["Bo"].passed_over is PassedOver.RECORDED
    assert outcomes["Ada"].passed_over is None
    with pytest.raises(Conflict, match="nobody is left"):
        bulk.log(actor(champion), medicine.id, chosen, said())
    assert db.session.query(BulkDeed).count() == 1


def test_who_has_something_else_to_do_first_is_passed_over(medicine: Unit, course: Module, champion: Account) -> None:
    other = make.module("OTHER", equivalents=["OLD-1"])
    make.module("THEN", title="And then", after=["COURSE", other.code])
    ada, bo, cleo, dora = (make.person(name, unit=medicine) for name in ("Ada", "Bo", "Cleo", "Dora"))
    for one in (ada, bo, cleo, dora):
        make.completion(one, course, on=make.day(3))
    make.completion(ada, "OLD-1", on=make.day(1))
    make.completion(bo, other, on=make.day(0))
    withdrawn = make.completion(cleo, other, on=make.day(2), claimed=True)
    completions.withdraw(Actor(None, cleo.id, frozenset(Right), frozenset(), clock.today()), withdrawn)
    everybody = [ada.id, bo.id, cleo.id, dora.id]
    plan = bulk.plan_log(actor(champion), everybody, said(course="THEN"))
    assert {step.person_id: step.passed_over for step in plan.steps} == {
        ada.id: None,
        **dict.fromkeys((bo.id, cleo.id, dora.id), PassedOver.HELD_BACK),
    }
    deed_id = bulk.log(actor(champion), medicine.id, everybody, said(course="THEN"))
    assert {name for name, one in told(champion, deed_id).items() if one.passed_over is PassedOver.HELD_BACK} == {
        "Bo",
        "Cleo",
        "Dora",
    }
    with pytest.raises(Invalid, match="comes before this one"):
        completions.log_roster(actor(champion), [dora.id], said(course="THEN"))


def test_a_form_sent_twice_does_it_once(medicine: Unit, course: Module, champion: Account) -> None:
    ada = make.person("Ada", unit=medicine)
    key = "k" * 20
    first = bulk.log(actor(champion), medicine.id, [ada.id], said(key))
    assert bulk.log(actor(champion), medicine.id, [ada.id], said(key)) == first
    assert holding(ada) == [("COURSE", State.VERIFIED)]


def test_it_is_undone_by_a_rejected_one_in_the_place_of_each(medicine: Unit, course: Module, champion: Account) -> None:
    ada, bo = make.person("Ada", unit=medicine), make.person("Bo", unit=medicine)
    deed_id = bulk.log(actor(champion), medicine.id, [ada.id, bo.id], said())
    assert queries.deed(actor(champion), deed_id).can_be_undone
    bulk.undo(actor(champion), deed_id)
    assert holding(ada) == holding(bo) == [("COURSE", State.REJECTED)]
    assert all(one.is_taken_back and one.touch is None for one in told(champion, deed_id).values())
    assert trail.verbs()[-3:] == ["completion.undone", "completion.undone", "bulk_deed.undone"]
    assert not queries.deed(actor(champion), deed_id).can_be_undone
    assert list(differences()) == []
    again = bulk.log(actor(champion), medicine.id, [ada.id], said())
    assert told(champion, again)["Ada"].passed_over is None


def test_what_somebody_has_touched_since_is_left_alone(medicine: Unit, course: Module, champion: Account) -> None:
    ada, bo, gone = (make.person(name, unit=medicine) for name in ("Ada", "Bo", "Gone"))
    deed_id = bulk.log(actor(champion), medicine.id, [ada.id, bo.id, gone.id], said())
    completion_id = db.session.query(Completion.id).filter_by(person_id=bo.id).scalar()
    db.session.close()
    completions.correct_for(make.by(), completion_id, Statement("COURSE", make.day(5)))
    leave(gone)
    bulk.undo(actor(champion), deed_id)
    outcomes = told(champion, deed_id)
    assert outcomes["Ada"].is_taken_back
    assert (outcomes["Bo"].is_taken_back, outcomes["Bo"].touch is None) == (False, False)
    assert (outcomes[None].is_taken_back, outcomes[None].touch) == (False, None)
    assert holding(bo) == holding(gone) == [("COURSE", State.VERIFIED)]


def test_claims_are_verified_and_given_back(medicine: Unit, essay: Module, champion: Account) -> None:
    ada, bo, cleo = (make.person(name, unit=medicine) for name in ("Ada", "Bo", "Cleo"))
    claims = [make.completion(one, essay, claimed=True, note=f"Of {one.name}") for one in (ada, bo, cleo)]
    assert champion.person is not None
    own = make.completion(champion.person, essay, claimed=True)
    strange = make.completion(make.person(unit=make.unit()), essay, claimed=True)
    assert len(bulk.plan_verify(actor(champion), claims).done) == 3
    completions.reject(make.by(), claims[1], note="Not yet.")
    deed_id = bulk.verify(actor(champion), medicine.id, [*claims, own, strange, 999], said(course="ESSAY"))
    outcomes = told(champion, deed_id)
    assert {name: one.passed_over for name, one in outcomes.items()} == {
        "Ada": None,
        "Bo": PassedOver.DECIDED,
        "Cleo": None,
        "Cara": PassedOver.ONESELF,
        None: PassedOver.AWAY,
    }
    assert holding(ada) == [("ESSAY", State.VERIFIED)]
    bulk.undo(actor(champion), deed_id)
    assert holding(ada) == holding(cleo) == [("ESSAY", State.CLAIMED)]
    assert holding(bo) == [("ESSAY", State.REJECTED)]
    again = bulk.plan_verify(
        actor(champion), [row.id for row in db.session.query(Completion).filter_by(person_id=ada.id)]
    )
    assert len(again.done) == 1
    assert list(differences()) == []


def test_undoing_is_refused_twice_late_and_to_others(
    medicine: Unit, course: Module, champion: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = make.person("Ada", unit=medicine)
    first, second = (
        bulk.log(actor(champion), medicine.id, [ada.id], Statement("COURSE", make.day(days))) for days in (1, 2)
    )
    with pytest.raises(NotFound):
        bulk.undo(actor(make.champion(medicine)), first)
    with pytest.raises(Forbidden, match="Only whoever did this"):
        bulk.undo(actor(make.account(Role.OFFICE)), first)
    with pytest.raises(NotFound):
        bulk.undo(actor(champion), 999)
    bulk.undo(actor(champion), first)
    with pytest.raises(Conflict, match="undone already"):
        bulk.undo(actor(champion), first)
    pass_time(monkeypatch, timedelta(hours=24))
    with pytest.raises(Conflict, match="more than 24 hours ago"):
        bulk.undo(actor(champion), second)
    assert not queries.deed(actor(champion), second).can_be_undone
    assert [one.id for one in queries.recent(actor(champion))] == [second, first]
    pass_time(monkeypatch, timedelta(days=30))
    assert queries.recent(actor(champion)) == []


def test_it_takes_the_right_and_has_a_limit(medicine: Unit, course: Module, champion: Account) -> None:
    learner = make.learner(medicine)
    with pytest.raises(Forbidden):
        bulk.log(actor(learner), medicine.id, [1], said())
    with pytest.raises(Forbidden):
        bulk.verify(actor(learner), medicine.id, [1], said())
    with pytest.raises(Conflict, match="5,000 people at most"):
        bulk.log(actor(champion), medicine.id, range(1, 5_002), said())


def test_of_two_at_once_nobody_is_recorded_twice(app: Flask, medicine: Unit, course: Module, champion: Account) -> None:
    people = [make.person(f"Person {number}", unit=medicine) for number in range(5)]
    office = make.account(Role.OFFICE)
    ids = [one.id for one in people]
    deeds = [partial(bulk.log, actor(one), medicine.id, ids, said()) for one in (champion, office)]
    found = at_once(app, deeds)
    assert sorted(type(one).__name__ for one in found) == ["Conflict", "int"]
    assert all(holding(one) == [("COURSE", State.VERIFIED)] for one in people)


# In parts

MANY = 2 * bulk.PEOPLE_A_PART + 3


def work() -> None:
    """Let the worker do what is queued."""
    db.session.close()
    while jobs.run_due():
        pass
    assert jobs.failed() == []


@pytest.fixture
def many(medicine: Unit) -> list[Person]:
    """More people than a deed does at once."""
    return [make.person(f"Person {number:03}", unit=medicine) for number in range(MANY)]


def numbers(of: Account, deed_id: int) -> tuple[int, int, int]:
    """For how many a deed was done, passed over, and is still to be done or undone."""
    found = queries.deed(actor(of), deed_id)
    db.session.close()
    return found.done, found.passed_over, found.waiting


def ended(verb: str) -> tuple[int, dict[str, int]]:
    """Whose event of this kind there is, and the numbers in it."""
    (event,) = [one for one in trail.everything() if one["verb"] == verb]
    names = ("done", "passed_over", "undone")
    return event["account_id"], {name: event["after"][name] for name in names if name in event["after"]}


def test_a_deed_for_many_is_done_in_parts_and_undone_in_parts(
    medicine: Unit, course: Module, champion: Account, many: list[Person]
) -> None:
    deed_id = bulk.log(actor(champion), medicine.id, [one.id for one in many], said("k" * 20))
    assert numbers(champion, deed_id) == (bulk.PEOPLE_A_PART, 0, MANY - bulk.PEOPLE_A_PART)
    assert "bulk_deed.done" not in trail.verbs()
    assert not queries.deed(actor(champion), deed_id).can_be_undone
    with pytest.raises(Conflict, match="still being done"):
        bulk.undo(actor(champion), deed_id)
    assert bulk.log(actor(champion), medicine.id, [many[-1].id], said("k" * 20)) == deed_id
    work()
    assert numbers(champion, deed_id) == (MANY, 0, 0)
    assert all(holding(one) == [("COURSE", State.VERIFIED)] for one in many)
    assert ended("bulk_deed.done") == (champion.id, {"done": MANY, "passed_over": 0})

    bulk.undo(actor(champion), deed_id)
    assert numbers(champion, deed_id) == (MANY, 0, MANY - bulk.PEOPLE_A_PART)
    with pytest.raises(Conflict, match="undone already"):
        bulk.undo(actor(champion), deed_id)
    work()
    assert numbers(champion, deed_id) == (MANY, 0, 0)
    assert all(holding(one) == [("COURSE", State.REJECTED)] for one in many)
    assert ended("bulk_deed.undone") == (champion.id, {"undone": MANY})
    assert list(differences()) == []


def test_claims_of_many_are_verified_in_parts(
    medicine: Unit, essay: Module, champion: Account, many: list[Person]
) -> None:
    claims = [make.completion(one, essay, claimed=True) for one in many]
    deed_id = bulk.verify(actor(champion), medicine.id, claims, said(course="ESSAY"))
    assert numbers(champion, deed_id) == (bulk.PEOPLE_A_PART, 0, MANY - bulk.PEOPLE_A_PART)
    completions.reject(make.by(), claims[-1], note="Not yet.")
    work()
    assert numbers(champion, deed_id) == (MANY - 1, 1, 0)
    assert told(champion, deed_id)[many[-1].name].passed_over is PassedOver.DECIDED
    bulk.undo(actor(champion), deed_id)
    work()
    assert all(holding(one) == [("ESSAY", State.CLAIMED)] for one in many[:-1])


def test_each_is_judged_when_it_is_her_turn(
    medicine: Unit, course: Module, champion: Account, many: list[Person]
) -> None:
    deed_id = bulk.log(actor(champion), medicine.id, [one.id for one in many], said())
    leave(many[-1])
    make.completion(many[-2], course, on=make.day(1))
    work()
    assert numbers(champion, deed_id) == (MANY - 2, 2, 0)
    found = {one.person_id: one.passed_over for one in queries.outcomes(actor(champion), deed_id)}
    assert (found[many[-1].id], found[many[-2].id]) == (PassedOver.AWAY, PassedOver.RECORDED)


def test_what_is_left_is_passed_over_once_its_doer_may_not_any_more(
    medicine: Unit, course: Module, champion: Account, many: list[Person]
) -> None:
    deed_id = bulk.log(actor(champion), medicine.id, [one.id for one in many], said())
    with make.transaction() as tx:
        tx.session.query(Champion).one().ends_on = make.day(1)
    work()
    assert numbers(champion, deed_id) == (bulk.PEOPLE_A_PART, MANY - bulk.PEOPLE_A_PART, 0)
