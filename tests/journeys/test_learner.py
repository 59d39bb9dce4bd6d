"""A learner signs in, logs what she has done, sees what it changes, corrects and withdraws it."""

import base64
import re
from datetime import date, timedelta

from tests.journeys.steps import LEARNER, YEARLY_COURSE, told, withdraw
from tests.support.browser import Visitor, even

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
HIDE = re.compile("Hide this *: Reading circle")
RECORDED = "main li:has(a[href^='/receipts/'])"


def test_she_logs_in_two_clicks_and_may_take_it_back(visitor: Visitor) -> None:
    her = visitor
    her.enter(LEARNER)
    before = her.texts(".lede p")
    assert re.match(r"You have 1 thing to do\. It is due on \d{1,2} \w{3} \d{4}\.", before[0])
    assert her.texts(".task-title") == [YEARLY_COURSE]

    her.follow("Log a completion")
    her.press("Log this completion")

    receipt = her.path
    assert receipt.startswith("/receipts/")
    assert YEARLY_COURSE in her.heading
    her.page.goto("/")
    assert her.texts(".lede p")[0] != before[0]
    assert her.texts(".task-title") != [YEARLY_COURSE]
    assert YEARLY_COURSE in " ".join(her.texts("h2:text-is('Done') + ul > li"))

    her.page.goto(receipt)
    her.follow("Correct it")
    her.page.locator("input[name=how][value=online]").check()
    her.page.get_by_label("Note (optional)").fill("At home, in the evening.")
    her.press("Save the correction")
    assert her.path == receipt
    assert "At home, in the evening." in even(her.page.locator("main").inner_text())

    withdraw(her)
    her.page.goto("/")
    assert her.texts(".lede p") == before
    assert her.texts(".task-title") == [YEARLY_COURSE]


def test_a_double_click_logs_once(visitor: Visitor) -> None:
    his, module = visitor, "Reading circle"
    his.enter("Kent Wainscott")
    his.page.goto("/record")
    before = his.texts(RECORDED)

    his.page.goto("/log")
    his.page.get_by_label("Which module did you finish?").select_option(label=module)
    when = his.page.get_by_label("When did you finish it?")
    when.fill(str(date.fromisoformat(when.input_value()) - timedelta(days=1)))  # others log it for today
    his.page.get_by_role("button", name="Log this completion").dblclick()
    his.page.wait_for_url("**/receipts/*")
    receipt = his.path

    his.page.goto("/record")
    after = his.texts(RECORDED)
    assert len(after) == len(before) + 1
    assert after[0].startswith(module)
    his.page.goto(receipt)
    withdraw(his)


def test_home_answers_before_she_scrolls(visitor: Visitor) -> None:
    her = visitor
    her.page.set_viewport_size({"width": her.width, "height": 640})
    her.enter(LEARNER)
    for part in ("h1", ".lede p:first-child", ".task-status", ".task-title", ".task .button"):
        place = her.page.locator(part).bounding_box()
        assert place is not None
        assert place["y"] + place["height"] <= 640, f"{part} ends at {place}"
    assert "is due on" in her.texts(".lede p")[0]


def test_she_adds_a_photo_and_a_reflection_and_takes_both_back(visitor: Visitor) -> None:
    her = visitor
    her.enter(LEARNER)
    her.follow("Log a completion")
    her.page.get_by_text("Add evidence").click()
    her.page.locator("#evidence_file").set_input_files({"name": "ward.png", "mimeType": "image/png", "buffer": PICTURE})
    her.page.get_by_text("Add a private reflection").click()
    her.page.get_by_label("What do you take from it? (optional)").fill("To listen longer.")
    her.press("Log this completion")
    receipt = her.path
    assert "To listen longer." in her.texts("blockquote")

    her.follow("ward.png")
    assert her.page.locator("img").count() == 1
    her.page.goto(receipt)
    her.follow("Change or delete it")
    her.page.get_by_label("My reflection").fill("")
    her.press("Save")
    assert her.texts("blockquote") == []
    withdraw(her, "Its evidence is deleted.")
    assert her.page.locator("a[href^='/evidence/']").count() == 0


def test_she_reads_about_a_module_and_hides_what_she_does_not_want(visitor: Visitor) -> None:
    her = visitor
    her.enter(LEARNER)
    her.follow(YEARLY_COURSE)
    assert her.heading == YEARLY_COURSE
    assert "Ways to complete it" in her.texts("h2")
    her.page.goto("/")
    her.go(her.page.get_by_role("button", name=HIDE))
    assert "1 invitation is hidden in this browser." in her.texts("main [role=status]")
    her.press("Show again")
    assert her.page.get_by_role("button", name=HIDE).count() == 1


def test_what_is_too_long_ago_goes_to_the_office(visitor: Visitor) -> None:
    her = visitor
    her.enter(LEARNER)
    her.follow("Log a completion")
    day = date.fromisoformat(her.page.get_by_label("When did you finish it?").input_value()) - timedelta(days=40)
    her.page.get_by_label("When did you finish it?").fill(str(day))
    her.press("Log this completion")
    assert her.page.locator(".error-summary li").count() == 1
    her.look("too long ago")
    her.go(her.page.get_by_role("link", name=re.compile("^Something is wrong, ask the")))
    assert her.page.get_by_label("When did you finish it?").input_value() == str(day)
    her.press("Send")
    assert "waits" in told(her).lower()
    her.press("Withdraw it")


def test_she_takes_her_record_along(visitor: Visitor) -> None:
    her = visitor
    her.enter(LEARNER)
    due = her.page.get_by_role("link", name="Add the due day to my calendar")
    answer = her.page.request.get(str(due.get_attribute("href")))
    assert answer.body().startswith(b"BEGIN:VCALENDAR")
    her.follow("My record")
    for words, begins in (
        ("Transcript (PDF)", b"%PDF-"),
        ("My record (CSV)", b"number,"),
        ("All my data (ZIP)", b"PK"),
    ):
        link = her.page.get_by_role("link", name=words, exact=True)
        answer = her.page.request.get(str(link.get_attribute("href")))
        assert answer.status == 200
        assert answer.body().startswith(begins)


def test_sign_in_and_logging_work_by_keyboard_alone(visitor: Visitor) -> None:
    her = visitor
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
    assert her.texts(".task-title") == [YEARLY_COURSE]


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
