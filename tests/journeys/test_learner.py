"""A learner signs in, logs what she has done, sees what it changes, corrects and withdraws it."""

import pytest

from tests.journeys.conftest import Arrive
from tests.support.browser import Visitor, even

LEARNER = "Linh Phạm"
NEXT = "Respect at work: the yearly course"
RECORDED = "main li:has(a[href^='/receipts/'])"


def test_she_logs_in_two_clicks_and_may_take_it_back(learner_browser: Visitor) -> None:
    her = learner_browser
    her.enter(LEARNER)
    before = her.texts(".lede p")
    assert before[0].startswith("You have 1 thing to do. It is due on 31 Dec ")
    assert her.texts(".task-title") == [NEXT]

    her.follow("Log a completion")
    her.press("Log this completion")

    receipt = her.path
    assert receipt.startswith("/receipts/")
    assert NEXT in her.heading
    her.page.goto("/")
    assert her.texts(".lede p")[0] != before[0]
    assert her.texts(".task-title") != [NEXT]
    assert NEXT in " ".join(her.texts("h2:text-is('Done') + ul > li"))

    her.page.goto(receipt)
    her.follow("Correct it")
    her.page.locator("input[name=how][value=online]").check()
    her.page.get_by_label("Note (optional)").fill("At home, in the evening.")
    her.press("Save the correction")
    assert her.path == receipt
    assert "At home, in the evening." in even(her.page.locator("main").inner_text())

    her.follow("Withdraw it")
    her.press("Withdraw it")
    her.page.goto("/")
    assert her.texts(".lede p") == before
    assert her.texts(".task-title") == [NEXT]


@pytest.mark.parametrize(("scripts", "module"), [(True, "Reading circle"), (False, "Diversity 2.0: Understanding")])
def test_a_double_click_logs_once(arrive: Arrive, scripts: bool, module: str) -> None:
    his = arrive(scripts=scripts, width=360)
    his.enter("Kent Wainscott")
    his.page.goto("/completions")
    before = his.texts(RECORDED)

    his.page.goto("/log")
    his.page.get_by_label("Which module did you finish?").select_option(label=module)
    his.page.get_by_role("button", name="Log this completion").dblclick()
    his.page.wait_for_url("**/receipts/*")

    his.page.goto("/completions")
    after = his.texts(RECORDED)
    assert len(after) == len(before) + 1
    assert after[0].startswith(module)


def test_sign_in_and_logging_work_by_keyboard_alone(arrive: Arrive) -> None:
    her = arrive(width=1280)
    her.page.goto("/sign-in")
    tab_to(her, "Sign in as Linh Phạm")
    her.page.keyboard.press("Enter")
    her.page.wait_for_url("**/")
    tab_to(her, "Skip to the content")
    her.page.keyboard.press("Enter")
    tab_to(her, "Log a completion")
    her.page.keyboard.press("Enter")
    her.page.wait_for_url("**/log?*")
    tab_to(her, "Log this completion")
    her.page.keyboard.press("Enter")
    her.page.wait_for_url("**/receipts/*")
    tab_to(her, "Withdraw it")
    her.page.keyboard.press("Enter")
    her.page.wait_for_url("**/withdraw")
    tab_to(her, "Withdraw it")
    her.page.keyboard.press("Enter")
    her.page.wait_for_url("**/receipts/*")
    her.page.goto("/")
    assert her.texts(".task-title") == [NEXT]


def tab_to(her: Visitor, words: str) -> None:
    """Press Tab until what has the focus says these words; everything that gets the focus shows it."""
    for _ in range(60):
        her.page.keyboard.press("Tab")
        focused = her.page.evaluate_handle("document.activeElement").as_element()
        assert focused is not None
        said, outline = (
            even(focused.inner_text()),
            focused.evaluate("element => getComputedStyle(element).outlineStyle"),
        )
        assert outline != "none" or focused.evaluate("element => element.type === 'date'"), f"no focus seen on {said!r}"
        if said == words:
            return
    raise AssertionError(f"{words!r} cannot be reached with the Tab key")
