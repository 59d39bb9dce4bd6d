"""Waivers for one person or for many: whom they touch, who is skipped and why, and how they end."""

import pytest
from sqlalchemy import func, select

from tests.support import make, trail
from tests.support.make import Account, Unit
from tests.support.pages import Pages
from tracker.accounts.queries import account
from tracker.core import clock
from tracker.core.actor import Actor, Role
from tracker.core.database import db
from tracker.core.errors import Conflict, Forbidden, Invalid
from tracker.curriculum.models import Requirement
from tracker.progress.commands import waivers
from tracker.progress.commands.waivers import Grant, Skipped
from tracker.progress.models import Waiver

REASON = "a project abroad"


@pytest.fixture
def medicine() -> Unit:
    """A department that is asked for one thing."""
    unit = make.unit("Medicine", code="MED")
    make.requirement(make.module(title="The course"), code="YEARLY", title="Yearly")
    return unit


def actor_of(of: Account) -> Actor:
    """Somebody as she is signed in today."""
    found = account(of.id, clock.today())
    assert found is not None
    return found.actor


def yearly() -> int:
    """The requirement."""
    return db.session.scalars(select(Requirement.id).where(Requirement.code == "YEARLY")).one()


def grant(requirement_id: int | None = None) -> Grant:
    """Something waived from today on."""
    return Grant(requirement_id, None, clock.today(), None, REASON, "the dean")


def number_of_waivers() -> int:
    """How many there are by now."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Waiver)) or 0


def test_many_are_waived_after_a_look(pages: Pages, medicine: Unit, office: Account) -> None:
    make.person("Ada", unit=medicine, category="faculty")
    there = make.person("Bo", unit=medicine, category="faculty")
    make.person("Cara", unit=medicine, category="staff")
    waivers.waive_many(make.by(), [there.id], grant())
    page = pages.get("directory.waive_many")
    said = {"unit": "MED", "category": "faculty", "thing": f"requirement-{yearly()}", "approved_by": "The dean"}
    wrong = pages.submit(page, "Preview", status=422, **said)
    assert wrong.errors == ["Enter why"]
    shown = pages.submit(page, "Preview", reason=REASON, **said)
    assert "Waived for 1 person" in shown.text
    assert shown.texts(".preview details[open] li") == ["Ada"]
    assert "Skipped: 1 person, waived on all of these days already" in shown.text
    assert number_of_waivers() == 1
    done = pages.submit(shown, "Waive it")
    assert done.messages == ["Waived for 1 person."]
    assert done.h1 == "Waivers"
    assert "2 waivers hold" in done.text


def test_the_plan_says_who_is_skipped(app: object, medicine: Unit) -> None:
    oneself = make.account(Role.OFFICE, make.person(unit=medicine))
    nobody, ada = make.person(), make.person(unit=medicine)
    waived = make.person(unit=medicine)
    waivers.waive_many(make.by(), [waived.id], grant(yearly()))
    assert oneself.person is not None
    ids = [oneself.person.id, nobody.id, ada.id, waived.id]
    plan = waivers.plan(actor_of(oneself), ids, grant(yearly()))
    assert plan.person_ids == [ada.id]
    assert plan.skipped == {
        oneself.person.id: Skipped.ONESELF,
        nobody.id: Skipped.NOT_ASKED,
        waived.id: Skipped.WAIVED,
    }
    done = waivers.waive_many(actor_of(oneself), ids, grant(yearly()))
    assert done == plan
    with pytest.raises(Conflict, match="nobody"):
        waivers.waive_many(actor_of(oneself), ids, grant(yearly()))


def test_a_wider_waiver_is_not_covered_by_a_narrower_one(app: object, medicine: Unit) -> None:
    ada = make.person(unit=medicine)
    waivers.waive_many(make.by(), [ada.id], grant(yearly()))
    assert waivers.plan(make.by(), [ada.id], grant()).person_ids == [ada.id]
    short = Grant(yearly(), None, clock.today(), make.day(-5), REASON, "the dean")
    assert waivers.plan(make.by(), [ada.id], short).skipped == {ada.id: Skipped.WAIVED}


def test_not_everybody_waives(app: object, medicine: Unit) -> None:
    champion = make.champion(medicine)
    with pytest.raises(Forbidden):
        waivers.waive_many(actor_of(champion), [make.person(unit=medicine).id], grant())
    with pytest.raises(Invalid, match="at most"):
        waivers.plan(make.by(), range(1, waivers.MOST_AT_ONCE + 2), grant())


def test_one_is_waived_from_her_story(pages: Pages, medicine: Unit, office: Account) -> None:
    ada = make.person("Ada", unit=medicine)
    page = pages.get("directory.waive_one", person_id=ada.id)
    said = {"thing": "all", "reason": REASON, "approved_by": "The dean"}
    done = pages.submit(pages.submit(page, "Preview", **said), "Waive it")
    assert done.h1 == "Ada"
    assert "Everything that is asked" in done.text
    assert "approved by The dean" in done.text
    assert REASON in done.text
    assert "waiver.granted" in trail.verbs()
    pages.sign_in(make.account(Role.AUDITOR))
    read = pages.get("directory.person", person_id=ada.id)
    assert "approved by The dean" in read.text
    assert REASON not in read.text
    assert REASON not in pages.get("directory.waivers").text


def test_a_waiver_ends_or_never_was(pages: Pages, medicine: Unit, office: Account) -> None:
    ada = make.person("Ada", unit=medicine)
    waivers.waive_many(make.by(), [ada.id], grant())
    waiver = db.session.scalars(select(Waiver.id)).one()
    page = pages.get("directory.end_waiver", waiver_id=waiver)
    early = pages.submit(page, "Save", status=422, ends_on=make.day(3).isoformat())
    assert early.errors == ["The last day must not lie before the first. Take the waiver back instead"]
    done = pages.submit(page, "Save", ends_on=make.day(-3).isoformat())
    assert done.messages[0].startswith("The waiver of Ada ends on")
    gone = pages.submit(page, "Take it back")
    assert gone.messages == ["The waiver of Ada was taken back: it counts on no day."]
    assert number_of_waivers() == 0
    assert "Nothing is waived" in gone.text
    assert "waiver.taken_back" in trail.verbs()
    pages.get("directory.end_waiver", status=404, waiver_id=waiver)


def test_nobody_waives_for_herself(pages: Pages, medicine: Unit) -> None:
    oneself = make.account(Role.OFFICE, make.person(unit=medicine))
    pages.sign_in(oneself)
    assert oneself.person is not None
    pages.get("directory.waive_one", status=403, person_id=oneself.person.id)


def test_whoever_reads_no_reason_is_told_so(pages: Pages, medicine: Unit) -> None:
    ada = make.person("Ada", unit=medicine)
    waivers.waive_many(make.by(), [ada.id], grant(yearly()))
    kept = "the reason is read by the office alone"
    for role, sees in ((Role.OFFICE, True), (Role.AUDITOR, False)):
        pages.sign_in(make.account(role))
        page = pages.get("directory.person", person_id=ada.id)
        assert "approved by the dean" in page.text
        assert (REASON in page.text, kept in page.text) == (sees, not sees)
        listed = pages.get("directory.waivers")
        assert (REASON in listed.text) is sees
        assert kept in listed.text.lower()
