"""The office changes what is asked: the form, the preview, five years of a person, the way back, in real browsers."""

from datetime import date

from playwright.sync_api import FilePayload, expect

from tests.journeys.steps import OFFICE, cells, download, open_links, told
from tests.support.browser import Visitor

A_MINUTE = 60_000
WORDS, OTHER_WORDS = "an hour of honest talk", "an hour with your neighbours"
"""What a reading circle is."""
CIRCLE = "/office/curriculum/module/CIRCLE"
GATE = "/office/curriculum/gate/USR-START"


def save(their: Visitor) -> None:
    """Wait for the preview, which the worker makes, and save."""
    expect(their.page.get_by_role("button", name="Save this change")).to_be_visible(timeout=A_MINUTE)
    their.press("Save this change")


def test_a_requirement_is_changed_by_way_of_its_preview(visitor: Visitor) -> None:
    their = visitor
    their.enter(OFFICE)
    their.page.goto("/office")
    their.follow("Modules and requirements")
    their.page.goto("/office/curriculum/requirement/YEARLY")
    their.follow("Change")
    their.page.get_by_label("Until").fill("1999-01-01")
    their.press("Show what would change")
    assert their.texts(".error-summary li") == ["The last day lies before the first day"]
    their.look("what is wrong")
    their.page.get_by_label("Until").fill("")
    their.page.get_by_label("Days after the start").fill("400")
    their.press("Show what would change")

    expect(their.page.get_by_role("button", name="Save this change")).to_be_visible(timeout=A_MINUTE)
    proposal = their.path
    assert "would be" in their.page.locator("main").inner_text() or "change" in their.heading.lower()
    their.look("the preview")

    their.page.locator("main a", has_text="Five years of one person").first.click()
    their.page.get_by_label("Category").fill("faculty")
    their.page.get_by_label("Role").fill("clinical")
    their.page.get_by_label("Unit").fill("Medicine")
    their.page.get_by_label("Joins on").fill("2027-01-15")
    their.page.get_by_role("button", name="Show five years").last.click()
    assert their.page.locator(".lane").count() >= 1
    their.look("five years")

    their.page.goto(proposal)
    their.press("Leave it")
    assert their.path == "/office/curriculum/requirement/YEARLY"


def test_words_are_changed_and_put_back(visitor: Visitor) -> None:
    their = visitor
    their.enter(OFFICE)
    their.page.goto("/office/curriculum/module/DIV-1/change")
    before = their.page.get_by_label("Summary").input_value()
    their.page.get_by_label("Summary").fill("An hour to begin with.")
    their.press("Show what would change")
    save(their)
    their.look("saved")

    their.page.goto("/office/curriculum/history")
    their.page.locator("main .rows a").first.click()
    their.look("a former state")
    their.page.goto("/office/curriculum/module/DIV-1")
    their.page.locator("ol.past summary").first.click()
    their.page.get_by_role("button", name="Put back what was before").first.click()
    save(their)
    their.page.goto("/office/curriculum/module/DIV-1/change")
    assert their.page.get_by_label("Summary").input_value() == before


def test_the_file_comes_in_again_and_a_former_state_is_put_back(visitor: Visitor) -> None:
    their = visitor
    their.enter(OFFICE)
    their.page.goto("/office/curriculum/import")
    file = download(their, their.page.get_by_role("link", name="Download the curriculum as it stands"))
    text = file.read_text(encoding="utf-8")
    take_in(their, text)
    assert "nothing" in told(their).lower()
    their.page.goto("/office/curriculum/import")
    take_in(their, text.replace(WORDS, OTHER_WORDS))
    save(their)
    their.page.goto(CIRCLE)
    assert OTHER_WORDS in told(their)

    their.page.goto("/office/curriculum/history")
    their.go(their.page.locator("main .rows a").nth(1))
    their.look("a former state")
    their.press("Put this state back")
    save(their)
    their.page.goto(CIRCLE)
    assert WORDS in told(their)


def take_in(their: Visitor, text: str) -> None:
    """Send a curriculum.toml."""
    file: FilePayload = {"name": "curriculum.toml", "mimeType": "application/toml", "buffer": text.encode()}
    their.page.locator("main input[type=file]").set_input_files(file)
    their.press("Show what would change")


def test_a_gate_is_opened_by_hand_for_a_unit(visitor: Visitor) -> None:
    their = visitor
    their.enter(OFFICE)
    their.page.goto(GATE)
    their.follow("Open it for a unit by hand")
    their.page.get_by_label("Unit").fill("GASTRO")
    their.press("Preview")
    assert their.page.locator(".error-summary li").count() == 3
    their.look("nothing filled in")
    today = date.today()  # noqa: DTZ011 - it only tells the academic year, three years after the gate's first
    first = date(today.year - 3 - (today.month < 7), 9, 1)
    their.page.get_by_label("Open from").fill(first.isoformat())
    their.page.get_by_label("Reason").fill("The whole team has done it elsewhere.")
    their.page.get_by_label("Approved by").fill("The dean")
    their.press("Preview")
    assert "What will happen" in their.texts("h2")
    their.press("Open the gate")
    their.page.goto(GATE)
    by_hand = [f"1 Sep {first.year}", "The whole team has done it elsewhere.", "The dean"]
    assert by_hand in [row[1:] for row in cells(their, "Opened by hand")]
    their.page.goto("/units/GASTRO")
    assert f"opened by the office on 1 Sep {first.year}" in told(their)

    their.page.goto(GATE)
    their.go(their.page.locator("tbody tr", has_text="The whole team").get_by_role("link"))
    their.press("Take it back")
    their.page.goto(GATE)
    assert by_hand not in [row[1:] for row in cells(their, "Opened by hand")]


def test_a_module_gets_another_title_from_a_day_on(visitor: Visitor) -> None:
    their = visitor
    their.enter(OFFICE)
    their.page.goto(CIRCLE)
    their.follow("Call it something else from a day on")
    their.page.get_by_label("Title").fill("Reading together")
    their.page.get_by_label("From").fill("2041-01-01")
    their.press("Save")
    assert their.heading == "Reading circle"
    assert ["1 Jan 2041", "Reading together Take back"] in cells(their, "What it is called")
    their.page.goto("/office/curriculum?q=Reading+together")
    assert "Reading circle" in told(their)
    open_links(their, "Reading circle")
    their.press("Take back")
    assert "Reading together" not in told(their)
