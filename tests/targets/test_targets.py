"""Targets: set by the office in one form, refused where they mean nothing, and said to champions as people to go."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.support import make
from tests.support.make import Unit
from tests.support.pages import Pages
from tracker.accounts.queries import account as account_view
from tracker.core import clock
from tracker.core.actor import Actor, Role
from tracker.core.audit import AuditEvent
from tracker.core.database import db
from tracker.core.errors import Forbidden, Invalid, NotFound
from tracker.targets.commands import set_targets
from tracker.targets.queries import targets_of
from tracker.targets.rules import people_to_target

SAVE = "Save the targets"


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 100))
def test_so_many_more_reach_it_and_one_fewer_does_not(done: int, more: int, percent: int) -> None:
    counted = done + more
    missing = people_to_target(done, counted, percent)
    assert 100 * (done + missing) >= percent * counted
    assert missing == 0 or 100 * (done + missing - 1) < percent * counted


@pytest.fixture
def medicine(app: Flask) -> Unit:
    """A department that is asked for something."""
    make.requirement(code="YEARLY", title="Yearly course")
    make.requirement(code="READING", title="Reading circle")
    return make.unit("Medicine", code="MED")


def office() -> Actor:
    """Somebody of the office."""
    found = account_view(make.account(Role.OFFICE).id, clock.today())
    assert found is not None
    return found.actor


def test_the_office_sets_changes_and_removes_them(pages: Pages, medicine: Unit) -> None:
    pages.sign_in(make.account(Role.OFFICE))
    make.person(unit=medicine)
    page = pages.open(pages.get("dashboards.unit", code="MED").link("Targets"))
    assert page.h1 == "Targets of Medicine"
    after = pages.submit(page, SAVE, target0="80", target1="50 %")
    assert after.messages == ["2 targets changed."]
    assert targets_of(["MED"]) == {("MED", "YEARLY"): 80, ("MED", "READING"): 50}
    page = pages.get("dashboards.targets", code="MED")
    assert pages.submit(page, SAVE).messages == ["Nothing was changed."]
    page = pages.get("dashboards.targets", code="MED")
    pages.submit(page, SAVE, target0="90", target1="")
    db.session.close()
    assert targets_of(["MED"]) == {("MED", "YEARLY"): 90}
    verbs = db.session.scalars(select(AuditEvent.verb).where(AuditEvent.verb.like("target.%")).order_by(AuditEvent.id))
    assert list(verbs) == ["target.set", "target.set", "target.removed", "target.set"]


@pytest.mark.parametrize("typed", ["0", "101", "-5", "80.5", "all", "\N{FULLWIDTH DIGIT ONE}", "%"])
def test_nonsense_is_told_at_its_field(pages: Pages, medicine: Unit, typed: str) -> None:
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.submit(pages.get("dashboards.targets", code="MED"), SAVE, status=422, target0=typed)
    assert "Enter a whole number from 1 to 100, or nothing" in page.text
    assert targets_of(["MED"]) == {}


def test_commands_refuse_what_is_not_there(medicine: Unit) -> None:
    who = office()
    with pytest.raises(NotFound):
        set_targets(who, "NONE", {"YEARLY": 80})
    with pytest.raises(Invalid):
        set_targets(who, "MED", {"NONE": 80})
    with pytest.raises(Invalid):
        set_targets(who, "MED", {"YEARLY": 101})
    champion = account_view(make.champion(medicine).id, clock.today())
    assert champion is not None
    with pytest.raises(Forbidden):
        set_targets(champion.actor, "MED", {"YEARLY": 80})
    assert targets_of(["MED"]) == {}
