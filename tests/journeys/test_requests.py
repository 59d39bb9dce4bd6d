"""Asking and answering, from the form to the answer, in real browsers; every state on the way is sound."""

import pytest

from tests.journeys.conftest import Arrive
from tests.journeys.steps import OFFICE
from tests.support.browser import Visitor

LEARNER = "Brendan Tierney"


def test_a_request_from_the_form_to_the_answer(visitor: Visitor, another: Arrive) -> None:
    her, office = visitor, another()
    words = "I did it in the spring."

    her.enter(LEARNER)
    her.page.goto("/requests/new")
    her.page.get_by_label("I finished something longer ago").check()
    her.press("Go on")
    her.press("Send")
    assert her.page.locator(".error-summary li").count() == 2
    her.look("nothing filled in")
    her.page.get_by_label("Which module did you finish?").select_option(index=1)
    her.page.get_by_label("When did you finish it?").fill("2026-03-02")
    her.page.get_by_label("What could help to find it? (optional)").fill(words)
    her.press("Send")
    request = her.path
    her.look("a request of mine that waits")

    office.enter(OFFICE)
    office.page.goto(request)
    assert words in office.page.locator("main").inner_text()
    office.press("Send the answer")
    office.look("no decision")
    office.page.get_by_label("Grant it").check()
    office.press("Send the answer")
    assert office.page.locator(".banner-success").count() == 1
    office.page.goto(request)
    office.look("answered")

    her.page.goto(request)
    assert "Granted" in her.page.locator(".lede").inner_text()
    her.look("a request of mine that was granted")


@pytest.mark.parametrize("kind", ["dispute", "equivalence", "waiver", "accommodation"])
def test_every_form_and_its_answer_is_sound(arrive: Arrive, kind: str) -> None:
    her, office = arrive(), arrive()
    her.enter(LEARNER)
    her.page.goto(f"/requests/new?kind={kind}&module=RESPECT")
    for label, value in (
        ("Which course did you take?", "Bias 101"),
        ("Where?", "Elsewhere"),
        ("When did you finish it?", "2026-03-02"),
    ):
        if kind == "equivalence":
            her.page.get_by_label(label).fill(value)
    her.page.locator("main textarea").fill("Some words.\nIn two lines.")
    her.press("Send")
    office.enter(OFFICE)
    office.page.goto(her.path)
    office.look(f"answering: {kind}")
