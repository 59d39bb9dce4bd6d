"""The office seals a month, looks at it beside what is known now, takes it along, and has figures sent regularly."""

import io
import re
from collections.abc import Iterator

import openpyxl

from tests.support.browser import Visitor, even, faults

OFFICE = "Marisol Rentería"
MINUTES = 120_000


def test_a_month_is_sealed_and_taken_along(wide_browser: Visitor) -> None:
    their = wide_browser
    their.enter(OFFICE)
    their.page.goto("/office")
    their.follow("Reports")
    before = their.page.locator("main table").first.locator("tbody tr").count() if _has_seals(their) else 0
    month = str(their.page.get_by_label("Month end").locator("option").nth(1).text_content())
    their.page.get_by_label("Month end").select_option(label=month)
    their.press("Seal this month end")
    assert f"{even(month)} is being sealed" in even(their.page.locator("main").inner_text())
    their.page.get_by_role("link", name=month, exact=True).wait_for(timeout=MINUTES)  # the page looks again by itself
    assert their.page.locator("main table").first.locator("tbody tr").count() == before + 1

    their.follow(month)
    assert their.heading.endswith("as reported")
    shown = even(their.page.locator("code.hash").first.inner_text())
    assert re.fullmatch(r"[0-9a-f]{64}", shown)
    with their.page.expect_download() as waiting:
        their.page.get_by_role("link", name="as XLSX of the rates").click()
    found = openpyxl.load_workbook(io.BytesIO(waiting.value.path().read_bytes()))
    assert found["Figures"].freeze_panes == "B5"
    with their.page.expect_download() as waiting:
        their.page.get_by_role("link", name="For the board (PDF)").click()
    assert waiting.value.path().read_bytes().startswith(b"%PDF-")
    their.follow("What is known now, beside what was reported")
    assert "differ" in even(their.page.locator("main").inner_text())
    assert not list(sound(their))


def sound(visitor: Visitor) -> Iterator[str]:
    """What is wrong with a page, where there are scripts to look with."""
    if visitor.scripts:
        yield from faults(visitor)


def _has_seals(visitor: Visitor) -> bool:
    return "No sealed report yet" not in visitor.page.locator("main").inner_text()


def test_figures_are_sent_regularly(learner_browser: Visitor) -> None:
    their = learner_browser
    their.enter(OFFICE)
    their.page.goto("/office/reports")
    assert not list(sound(their))
    their.go(their.page.get_by_role("link", name="Send figures regularly"))
    their.press("Send this regularly")
    assert "Select a unit" in their.texts(".error-summary li")
    their.page.get_by_label("Unit", exact=True).select_option("MED")
    their.page.get_by_label("The units right below it").check()
    their.page.get_by_label("Every Monday").check()
    their.page.get_by_label("Who gets it?").fill("nobody@example.org")
    their.press("Send this regularly")
    assert their.texts(".error-summary li") == ["There is no account with the address nobody@example.org"]
    assert not list(sound(their))
