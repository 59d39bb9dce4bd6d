"""Put a former state back though things were added since: what has to stay says so, and asks nobody."""

from datetime import timedelta

import pytest

from tests.programme.conftest import Small, now
from tests.support import make
from tests.support.clocks import pass_time
from tests.support.edits import day_words
from tests.support.pages import Page, Pages
from tests.support.settle import figures as settle_figures
from tracker.core.database import db
from tracker.core.jobs import run_due
from tracker.curriculum import commands as curriculum_commands
from tracker.curriculum.models import DatedTitle
from tracker.curriculum.rules import Requirement
from tracker.programme.models import CurriculumState


def latest_state() -> int:
    found = db.session.query(CurriculumState).order_by(CurriculumState.id.desc()).first()
    assert found is not None
    return found.id


def restored(office: Pages, state_id: int) -> Page:
    return office.submit(office.get("programme.state", state_id=state_id), "Put this state back")


def add_three(days_ago: int) -> None:
    three = make.module("THREE", title="Acting")
    make.requirement(three, code="NEW", title="The new course", level="required", first=make.day(days_ago))
    make.gate(three, code="NEXT", title="Before the next", percent=50)
    settle_figures()


@pytest.mark.parametrize("days_ago", [0, 30])
def test_what_was_added_since_stays_and_asks_nobody(office: Pages, small: Small, days_ago: int) -> None:
    told = f"asks nobody after {day_words(make.day(1))}" if days_ago else "asks nobody"
    state_id = latest_state()
    add_three(days_ago)
    page = restored(office, state_id)
    assert page.h1 == "Former state of the curriculum"
    assert f"The new course (NEW) was added since and stays, but {told}: figures of people rest on it" in page.text
    assert "Before the next (NEXT) was added since and stays, but counts nobody" in page.text
    assert "Acting (THREE) was added since and stays: " in page.text
    office.submit(page, "Save this change")
    settle_figures()
    new = now().requirements[1]
    assert (new.last or make.day(0)) == make.day(1 if days_ago else 0)
    assert new.audience == (None if days_ago else {"categories": []})
    assert now().gates[1].audience == {"categories": []}


def test_once_it_counts_nobody_the_state_comes_back_whole(office: Pages, small: Small) -> None:
    state_id, before = latest_state(), now()
    add_three(0)
    office.submit(restored(office, state_id), "Save this change")
    page = restored(office, state_id)
    assert "still being worked in" in page.messages[0]
    settle_figures()
    office.submit(restored(office, state_id), "Save this change")
    assert now() == before


def test_a_code_with_records_goes_on_counting(office: Pages, small: Small) -> None:
    state_id = latest_state()
    page = office.get("programme.change", kind="module", code="TWO")
    page = office.submit(page, "Show what would change", title="Speaking out", equivalents="OTHER-1")
    office.submit(page, "Save this change")
    make.completion(small.people[0], "OTHER-1")
    page = restored(office, state_id)
    assert "OTHER-1 goes on counting as Speaking up: 1 completion is recorded under OTHER-1." in page.text
    office.submit(page, "Save this change")
    assert (now().modules[1].title, now().modules[1].equivalents) == ("Speaking up", ("OTHER-1",))


def test_removing_says_which_steps_work(office: Pages, small: Small) -> None:
    def remove() -> Page:
        return office.submit(office.get("programme.thing", kind="requirement", code="NEW"), "Remove")

    add_three(0)
    assert "change it first to be about nobody, save that, and remove it" in remove().messages[0]
    page = office.get("programme.change", kind="requirement", code="NEW")
    office.submit(office.submit(page, "Show what would change", reach="nobody"), "Save this change")
    assert "still being worked in" in remove().messages[0]
    settle_figures()
    assert remove().h1 == "Remove The new course"


def test_coming_titles_stay_and_the_preview_says_so(office: Pages, small: Small) -> None:
    state_id = latest_state()
    coming = make.day(-40)
    for title, day in (("Hearing", make.day(0)), ("Awareness", coming)):
        page = office.get("programme.rename", kind="module", code="ONE")
        office.submit(page, "Save", title=title, starts_on=day.isoformat())
    told = f"From {day_words(coming)} on, module ONE is called “Awareness”"
    page = office.get("programme.history")
    assert f"{told} set by {small.office.email}" in page.text
    assert f"{small.office.email}, renamed from a day on" in page.text
    page = restored(office, state_id)
    assert f"{told}." in page.text
    office.submit(page, "Save this change")
    page = office.get("programme.thing", kind="module", code="ONE")
    db.session.close()
    called = [(one.starts_on.year, one.title) for one in db.session.query(DatedTitle).order_by(DatedTitle.starts_on)]
    assert called == [(1, "Listening well"), (coming.year, "Awareness")]
    office.submit(page, "Take back")
    db.session.close()
    assert db.session.query(DatedTitle).count() == 0


def test_a_title_that_comes_of_itself_says_so(office: Pages, small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    page = office.get("programme.rename", kind="module", code="ONE")
    office.submit(page, "Save", title="Hearing", starts_on=make.day(-10).isoformat())
    pass_time(monkeypatch, timedelta(days=10))
    run_due()
    office.sign_in(small.office)
    page = office.get("programme.history")
    assert "the system, a title that was set for this day took its place" in page.text
    assert "outside these pages" not in page.texts("main .rows > li")[0]


def test_the_same_title_again_is_refused(office: Pages, small: Small) -> None:
    page = office.get("programme.rename", kind="module", code="ONE")
    page = office.submit(page, "Save", title="Listening well", starts_on=make.day(0).isoformat(), status=422)
    assert page.errors == ["It has this title on that day already."]


def test_things_that_count_nobody_go_together(office: Pages, small: Small) -> None:
    state_id = latest_state()
    three = make.module("THREE", title="Acting")
    empty = Requirement("EMPTY", "Never asked", ("THREE",), "required", make.day(10), audience={"roles": []})
    curriculum_commands.set_requirement(make.by(), empty)
    settle_figures()
    office.submit(restored(office, state_id), "Save this change")
    assert three not in now().modules
