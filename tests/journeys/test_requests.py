"""Asking and answering, from the form to the answer, in real browsers; every state on the way is sound."""

from pathlib import Path

import pytest

from tests.journeys.conftest import Arrive
from tests.journeys.steps import OFFICE
from tests.support.browser import Visitor
from tests.support.pictures import PNG

LEARNER = "Brendan Tierney"


def test_a_request_from_the_form_to_the_answer(visitor: Visitor, another: Arrive) -> None:
    her, office = visitor, another()
    words = "I did it in the spring."

    her.enter(LEARNER)
    her.page.goto("/requests/mine")
    asked_before = her.page.locator(".records li").count()
    her.page.goto("/requests/new")
    her.page.get_by_label("I finished something longer ago").check()
    her.press("Go on")
    her.press("Send")
    assert her.page.locator(".error-summary li").count() == 2
    her.look("nothing filled in")
    her.page.get_by_label("Which module did you finish?").select_option(index=1)
    her.page.get_by_label("When did you finish it?").fill(
        f"2026-03-{1 + asked_before:02}"
    )  # a module is recorded once a day
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


def test_a_dispute_with_a_file_is_put_right_where_it_is_answered(
    visitor: Visitor, another: Arrive, tmp_path: Path
) -> None:
    her, office = visitor, another()
    picture = tmp_path / "sign-in list.png"
    picture.write_bytes(PNG)

    her.enter(LEARNER)
    her.page.goto("/requests/mine")
    asked_before = her.page.locator(".records li").count()
    her.page.goto("/requests/new?kind=dispute")
    her.page.get_by_label("Which module?").select_option(index=1)
    her.page.get_by_label("What is wrong, and what would be right?").fill("I was at the session in April.")
    her.page.locator("summary", has_text="Add a file or a link").click()
    her.page.get_by_label("A file or a photo (optional)").set_input_files(picture)
    her.look("a dispute with a file")
    her.press("Send")
    request = her.path
    assert "sign-in list.png" in her.page.locator("main").inner_text()
    her.look("a dispute with a file that waits")

    office.enter(OFFICE)
    office.page.goto(request)
    office.page.get_by_label(f"Log a completion for {LEARNER}").check()
    office.page.get_by_label("When was it finished?").fill("")
    office.press("Send the answer")
    assert office.texts(".error-summary li")[-1] == "Enter the day it was finished"
    office.look("nothing said of what is logged")
    office.page.get_by_label("When was it finished?").fill(f"2026-04-{1 + asked_before:02}")
    office.press("Send the answer")
    assert office.page.locator(".banner-success").count() == 1

    her.page.goto(request)
    assert "on your record now" in her.page.locator(".lede").inner_text()
    her.follow("See the record")
    assert "In answer to a request." in her.page.locator("main").inner_text()
