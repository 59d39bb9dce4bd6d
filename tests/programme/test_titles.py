"""Another title from a day on: what is about an earlier day keeps the title of that day, and search finds both."""

from datetime import timedelta

import pytest

from tests.programme.conftest import Small, now
from tests.support import make
from tests.support.clocks import pass_time
from tests.support.pages import Pages
from tests.support.trail import verbs
from tracker.core.jobs import run_due


def rename(office: Pages, kind: str, code: str, title: str, days_ago: int, *, status: int = 200) -> list[str]:
    """Fill in the form; what is wrong."""
    page = office.get("programme.rename", kind=kind, code=code)
    day = make.day(days_ago).isoformat()
    return office.submit(page, "Save", title=title, starts_on=day, status=status).errors


def test_a_coming_title_takes_its_place_on_its_day(
    office: Pages, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = make.account("learner", small.people[0])
    rename(office, "module", "ONE", "Hearing", -10)
    assert now().modules[0].title == "Listening well"
    pass_time(monkeypatch, timedelta(days=10))
    run_due()
    assert now().modules[0].title == "Hearing"
    office.sign_in(small.office)
    page = office.get("programme.thing", kind="module", code="ONE")
    assert page.h1 == "Hearing"
    for typed in ("hearing", "listening"):
        found = office.get("programme.index", query={"q": typed})
        assert found.texts("tbody th a") == ["Hearing"]

    office.sign_in(learner)
    assert "Listening well" in office.get("learner.record").text
    make.completion(small.people[0], small.first, on=make.day(0))
    text = office.get("learner.record").text
    assert "Listening well" in text
    assert "Hearing" in text


def test_a_title_cannot_begin_before_today(office: Pages, small: Small) -> None:
    assert rename(office, "requirement", "YEARLY", "Once a year", 1, status=422) == [
        "The day must be today or later: what was issued before keeps its title."
    ]
    rename(office, "requirement", "YEARLY", "Once a year", 0)
    assert now().requirements[0].title == "Once a year"
    assert rename(office, "requirement", "YEARLY", "Again", 0, status=422) == [
        "There is a title from this day on already. Take it back first."
    ]


def test_a_coming_title_can_be_taken_back(office: Pages, small: Small) -> None:
    rename(office, "module", "TWO", "Saying so", -5)
    page = office.submit(office.get("programme.thing", kind="module", code="TWO"), "Take back")
    assert page.messages == ["The coming title was taken back."]
    assert "Saying so" not in page.text
    assert verbs()[-2:] == ["title.dated", "title.taken-back"]


def test_a_title_put_right_stays_right(office: Pages, small: Small) -> None:
    """A correction by form is of the title that holds; no job brings the slip of the pen back."""
    rename(office, "module", "TWO", "Saying sso", 0)
    page = office.submit(
        office.get("programme.change", kind="module", code="TWO"), "Show what would change", title="Saying so"
    )
    office.submit(page, "Save this change")
    run_due()
    assert now().modules[1].title == "Saying so"


def test_a_title_is_refused_as_in_the_file(office: Pages, small: Small) -> None:
    said = "The title contains a character that cannot be shown. Please type it again"
    assert rename(office, "module", "ONE", "Hear\u202eing", -10, status=422) == [said]
