"""My completions, their receipts and stories; correcting and withdrawing until something is decided."""

import pytest

from tests.progress_pages.conftest import World, completions_of, reference_of
from tests.support import make, trail
from tests.support.pages import Pages
from tests.support.statements import statements
from tracker.core import clock
from tracker.core.actor import Actor, Right, Role
from tracker.core.database import db
from tracker.progress.commands import completions as commands
from tracker.progress.commands.completions import Statement
from tracker.progress.models import Completion


def logged(pages: Pages, code: str, **values: str) -> int:
    """Log by the page; the id of what was recorded."""
    pages.submit(pages.get("learner.log", query={"module": code}), **values)
    db.session.rollback()
    found = db.session.scalars(db.select(Completion.id).order_by(Completion.id.desc())).first()
    db.session.rollback()
    assert found is not None
    return found


def test_everything_done_stands_in_one_list(world: World, pages: Pages) -> None:
    course = make.module("AWARE", title="Awareness", equivalents=["OLD-1"])
    essay = make.module("ESSAY", title="Essay", evidence="verification")
    make.completion(world.ada, course, on=make.day(30))
    make.completion(world.ada, "OLD-1", on=make.day(60))
    logged(pages, "ESSAY", how="online")
    page = pages.get("learner.record")
    assert page.texts(".lede p") == ["2 completions count; 1 waits for a decision.", "In all 2 hours."]
    rows = page.texts("main .rows li")
    assert "Online, self-paced, logged by you, 60 minutes Correct Essay, " in rows[0]
    assert rows[0].startswith("Essay, ")
    assert "Entered by the office" in rows[1]
    assert "Through OLD-1, entered by the office" in rows[2]
    assert essay.title in rows[0]


def test_an_empty_record_says_what_will_stand_there(world: World, pages: Pages) -> None:
    page = pages.get("learner.record")
    assert "Nothing is recorded yet" in page.text
    assert page.link("Log a completion") == "/log"


def test_a_correction_keeps_the_story_and_the_number(world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE", title="Awareness"), make.module("ACT", title="Action"))
    first = logged(pages, "AWARE", how="online", note="first words")
    form = pages.get("learner.correct", completion_id=first)
    assert form.one("textarea").text.strip() == "first words"
    receipt = pages.submit(form, course="ACT", completed_on=make.day(5).isoformat())
    assert receipt.h1 == "Action"
    assert reference_of(first) in receipt.text
    assert receipt.texts(".timeline p")[0].startswith("Awareness, done on")
    assert receipt.texts(".timeline p")[1].startswith("Corrected: Action, done on")
    assert [row[:2] for row in completions_of(world.ada)] == [("AWARE", "claimed"), ("ACT", "claimed")]
    assert trail.verbs()[-1] == "completion.corrected"
    assert pages.get("learner.record").texts("main .rows li")[0].startswith("Action")


def test_a_correction_sent_twice_is_made_once(world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE"))
    first = logged(pages, "AWARE")
    form = pages.get("learner.correct", completion_id=first)
    one = pages.submit(form, completed_on=make.day(5).isoformat())
    two = pages.submit(form, completed_on=make.day(5).isoformat())
    assert one.path == two.path
    assert len(completions_of(world.ada)) == 2


def test_a_wrong_correction_is_told_at_its_field(world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE"))
    first = logged(pages, "AWARE")
    form = pages.get("learner.correct", completion_id=first)
    page = pages.submit(form, completed_on=make.day(-5).isoformat(), status=422)
    assert page.errors == ["The day must be today or earlier"]
    assert len(completions_of(world.ada)) == 1


def test_an_equivalent_can_be_corrected_as_what_it_is(world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE", title="Awareness", equivalents=["OLD-1"]))
    old = make.completion(world.ada, "OLD-1", claimed=True)
    form = pages.get("learner.correct", completion_id=old)
    pages.submit(form, completed_on=make.day(9).isoformat())
    assert [row[0] for row in completions_of(world.ada)] == ["OLD-1", "OLD-1"]


def test_withdrawing_can_be_taken_back_by_logging_again(world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE", title="Awareness"))
    first = logged(pages, "AWARE", how="online", completed_on=make.day(8).isoformat())
    receipt = pages.submit(pages.get("learner.withdraw", completion_id=first))
    assert receipt.h1 == "Awareness"
    assert receipt.texts(".lede p")[0].startswith("You withdrew it on ")
    assert trail.verbs()[-1] == "completion.withdrawn"
    again = pages.open(receipt.link("Log it again"))
    assert again.one("input[type=date]")["value"] == make.day(8).isoformat()
    assert again.one("input[type=radio][checked]")["value"] == "online"
    assert "Withdrawn" in pages.get("learner.record").text
    assert pages.get("learner.home").texts(".lede p") == ["You have 1 thing to do."]


def test_what_was_decided_stays_as_it_is(world: World, pages: Pages) -> None:
    make.requirement(make.module("ESSAY", title="Essay", evidence="verification"))
    claim = logged(pages, "ESSAY")
    commands.verify(make.by(), claim)
    before = completions_of(world.ada)
    for endpoint in ("learner.correct", "learner.withdraw"):
        page = pages.get(endpoint, completion_id=claim, status=409)
        assert page.h1 == "This can no longer be changed here"
        assert pages.post(endpoint, {"course": "ESSAY"}, completion_id=claim, status=409).h1 == page.h1
    assert completions_of(world.ada) == before
    receipt = pages.get("learner.receipt", reference=reference_of(claim))
    assert receipt.texts(".lede p")[0].startswith("It was verified on ")
    assert not receipt.html.select("a[href$=withdraw]")


def test_a_claim_turned_down_says_why(world: World, pages: Pages) -> None:
    make.requirement(make.module("ESSAY", title="Essay", evidence="verification"))
    claim = logged(pages, "ESSAY")
    commands.reject(make.by(), claim, note="Please add the date of the talk.")
    receipt = pages.get("learner.receipt", reference=reference_of(claim))
    assert receipt.h1 == "Essay"
    assert "Please add the date of the talk." in receipt.text
    assert receipt.texts(".timeline p")[1].startswith("Not verified")
    assert pages.open(receipt.link("Log it again")).one("option[selected]")["value"] == "ESSAY"
    assert pages.get("learner.home").texts(".lede p") == ["You have 1 thing to do."]


def test_others_records_look_absent(world: World, pages: Pages) -> None:
    course = make.module("AWARE")
    make.requirement(course)
    other = make.person("Other", unit=world.unit)
    theirs = make.completion(other, course, claimed=True)
    reference = reference_of(theirs)
    for visitor in (world.learner, world.champion):
        pages.sign_in(visitor)
        pages.get("learner.receipt", reference=reference, status=404)
        for endpoint in ("learner.correct", "learner.withdraw"):
            pages.get(endpoint, completion_id=theirs, status=404)
            pages.post(endpoint, completion_id=theirs, status=404)
    assert len(completions_of(other)) == 1
    pages.get("learner.receipt", reference="no/such/one", status=404)
    pages.get("learner.correct", completion_id=10**18, status=404)


@pytest.mark.parametrize("role", [Role.OFFICE, Role.AUDITOR])
def test_office_and_auditor_read_any_receipt(world: World, pages: Pages, role: Role) -> None:
    make.requirement(make.module("AWARE", title="Awareness"))
    mine = logged(pages, "AWARE", note="my words")
    pages.sign_in(make.account(role))
    receipt = pages.get("learner.receipt", reference=reference_of(mine))
    assert "Ada Asked" in receipt.text
    assert "my words" in receipt.text
    assert "Its owner can still correct or withdraw it." in receipt.text
    assert bool(receipt.html.select("a[href$=correct-record]")) == (role is Role.OFFICE)
    assert not receipt.html.select("a[href^='/why']")


def test_pages_of_records_take_as_many_statements_for_fifty_as_for_one(world: World, pages: Pages) -> None:
    course = make.module("AWARE")
    make.requirement(course)
    first = logged(pages, "AWARE")
    reference = reference_of(first)

    def count() -> list[int]:
        found = []
        for endpoint, values in (
            ("learner.record", {}),
            ("learner.receipt", {"reference": reference}),
            ("learner.log", {}),
            ("learner.privacy", {}),
        ):
            pages.get(endpoint, **values)
            with statements() as ran:
                pages.get(endpoint, **values)
            found.append(len(ran))
        return found

    few = count()
    assert world.learner.person is not None
    actor = Actor(world.learner.id, world.ada.id, frozenset(Right), frozenset(), clock.today())
    for number in range(50):
        commands.claim(actor, Statement("AWARE", make.day(number + 1)))
    for _ in range(12):
        make.requirement(make.module(), make.module())
    assert count() == few
