"""The claims that wait are kept for themselves, whatever is appended and however the curriculum changes."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support import make, settle
from tests.support.make import Person
from tests.support.statements import statements
from tracker.core import clock
from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.curriculum import commands as curriculum
from tracker.progress.commands import completions
from tracker.progress.commands.completions import Statement
from tracker.progress.figures.check import differences
from tracker.progress.models import WaitingClaim
from tracker.progress.rules import State

Deed = Callable[[Person, int], int]


def kept() -> set[int]:
    """What is kept as waiting now, which is what the facts say; leaves nothing open behind."""
    settle.figures()
    assert list(differences()) == []
    found = set(db.session.scalars(select(WaitingClaim.completion_id)))
    db.session.close()
    return found


def herself(person: Person) -> Actor:
    """Somebody who may do everything with her own record."""
    return Actor(None, person.id, make.by().rights, frozenset(), clock.today())


@pytest.fixture
def ada(app: Flask) -> Person:
    """Somebody, where an essay has to be verified and a course does not."""
    make.module("ESSAY", evidence="verification", equivalents=["OLD-ESSAY"])
    make.module("AWARE")
    return make.person("Ada", unit=make.unit())


def corrected_as(state: State, course: str = "ESSAY") -> Deed:
    """The office says it anew."""
    return lambda _, claim: completions.correct_for(make.by(), claim, Statement(course, make.day(2)), state=state)


def anew(course: str) -> Deed:
    """She says it anew herself."""
    return lambda ada, claim: completions.correct_claim(herself(ada), claim, Statement(course, make.day(2)))


@pytest.mark.parametrize("course", ["ESSAY", "OLD-ESSAY"])
@pytest.mark.parametrize(
    ("deed", "waits"),
    [
        (lambda _, claim: completions.verify(make.by(), claim), False),
        (lambda _, claim: completions.reject(make.by(), claim, note="No"), False),
        (lambda ada, claim: completions.withdraw(herself(ada), claim), False),
        (corrected_as(State.VERIFIED), False),
        (corrected_as(State.CLAIMED), True),
        (corrected_as(State.CLAIMED, "AWARE"), False),
        (anew("ESSAY"), True),
        (anew("AWARE"), False),
    ],
    ids=["verified", "rejected", "withdrawn", "put right", "put back", "put elsewhere", "anew", "anew elsewhere"],
)
def test_a_claim_waits_until_something_is_in_its_place(ada: Person, course: str, deed: Deed, waits: bool) -> None:
    claim, other = (make.completion(ada, course, on=make.day(number), claimed=True) for number in (4, 5))
    assert kept() == {claim, other}
    after = deed(ada, claim)
    assert kept() == {other, after} if waits else {other}


def test_a_decision_that_is_put_right_may_wait_again(ada: Person) -> None:
    claim = make.completion(ada, "ESSAY", claimed=True)
    decided = completions.verify(make.by(), claim)
    assert kept() == set()
    again = corrected_as(State.CLAIMED)(ada, decided)
    assert kept() == {again}


def test_other_claims_wait_where_another_module_has_to_be_verified(ada: Person) -> None:
    essay, aware, old = (
        make.completion(ada, course, on=make.day(number), claimed=True)
        for number, course in enumerate(("ESSAY", "AWARE", "OLD-ESSAY"), start=5)
    )
    decided = make.completion(ada, "AWARE", on=make.day(3), claimed=True)
    corrected_as(State.CLAIMED, "ESSAY")(ada, corrected_as(State.VERIFIED, "AWARE")(ada, decided))
    again = kept() - {essay, old}
    assert len(again) == 1
    stricter = make.module("AWARE", evidence="verification")
    assert kept() == {essay, aware, old} | again
    make.module("ESSAY", evidence="verification")
    assert kept() == {essay, aware} | again
    curriculum.set_module(make.by(), replace(stricter, equivalents=("OLD-ESSAY", "ESSAY")))
    assert kept() == {essay, aware, old} | again
    make.module("ESSAY")
    assert kept() == {essay, aware, old} | again
    curriculum.set_module(make.by(), replace(stricter, evidence="attestation"))
    assert kept() == set()


def test_a_course_that_two_modules_count_waits_if_one_of_them_wants_it(ada: Person) -> None:
    make.module("TALK", equivalents=["BOTH"])
    make.module("PAPER", evidence="verification", equivalents=["BOTH"])
    claim = make.completion(ada, "BOTH", claimed=True)
    assert kept() == {claim}


def test_claims_of_a_module_that_is_gone_wait_no_more(ada: Person) -> None:
    make.completion(ada, "ESSAY", claimed=True)
    curriculum.remove(make.by(), "module", "ESSAY")
    assert kept() == set()


def test_what_is_not_to_be_verified_takes_no_statement_for_it(ada: Person) -> None:
    with statements() as found:
        make.completion(ada, "AWARE", on=make.day(2), claimed=True)
        make.completion(ada, "ESSAY", on=make.day(2))
        make.module("ESSAY", title="Another title", evidence="verification", equivalents=["OLD-ESSAY"])
    assert [one for one in found if "waiting_claim" in one] == []
    with statements() as found:
        claim = make.completion(ada, "ESSAY", on=make.day(3), claimed=True)
    assert len([one for one in found if "waiting_claim" in one]) == 1
    assert kept() == {claim}
