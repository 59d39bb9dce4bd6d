"""Asking and answering, from the form to the answer, in real browsers; every state on the way is sound."""

import pytest

from tests.journeys.conftest import Arrive
from tests.support.browser import Visitor, faults

LEARNER, OFFICE = "Brendan Tierney", "Marisol Rentería"


class Checked:
    """A visitor whose states are looked at one by one."""

    def __init__(self, visitor: Visitor, problems: list[str]) -> None:
        self.visitor, self.problems = visitor, problems

    def look(self, state: str) -> None:
        """Note what is wrong with the page as it stands."""
        if self.visitor.scripts:
            self.problems += [f"{state}: {found}" for found in faults(self.visitor, in_the_dark=True)]


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_a_request_from_the_form_to_the_answer(arrive: Arrive, scripts: bool) -> None:
    problems: list[str] = []
    her, office = arrive(scripts=scripts, width=360), arrive(scripts=scripts)
    learner, answerer = Checked(her, problems), Checked(office, problems)
    words = f"I did it in the spring, {'with' if scripts else 'without'} scripts."

    her.enter(LEARNER)
    her.page.goto("/requests/new")
    learner.look("what it is about")
    her.page.get_by_label("I finished something longer ago").check()
    her.press("Go on")
    her.press("Send")
    assert her.page.locator(".error-summary li").count() == 2
    learner.look("nothing filled in")
    her.page.get_by_label("Which module did you finish?").select_option(index=1)
    her.page.get_by_label("When did you finish it?").fill("2026-03-02")
    her.page.get_by_label("What could help to find it? (optional)").fill(words)
    her.press("Send")
    request = her.path
    learner.look("a request of mine that waits")
    her.page.goto("/requests/mine")
    learner.look("my requests")

    office.enter(OFFICE)
    office.page.goto("/requests")
    answerer.look("the queue")
    office.page.goto(request)
    assert words in office.page.locator("main").inner_text()
    office.press("Send the answer")
    answerer.look("no decision")
    office.page.get_by_label("Grant it").check()
    office.press("Send the answer")
    assert office.page.locator(".banner-success").count() == 1
    office.page.goto(request)
    answerer.look("answered")

    her.page.goto(request)
    assert "Granted" in her.page.locator(".lede").inner_text()
    learner.look("a request of mine that was granted")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("kind", ["dispute", "equivalence", "waiver", "accommodation"])
def test_every_form_and_its_answer_is_sound(arrive: Arrive, kind: str) -> None:
    problems: list[str] = []
    her, office = arrive(width=360), arrive()
    her.enter(LEARNER)
    her.page.goto(f"/requests/new?kind={kind}&module=RESPECT")
    Checked(her, problems).look(kind)
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
    Checked(office, problems).look(f"answering: {kind}")
    assert not problems, "\n".join(problems)
