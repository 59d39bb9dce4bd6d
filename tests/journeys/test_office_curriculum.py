"""The office changes what is asked: the form, the preview, five years of a person, the way back, in real browsers."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Arrive
from tests.support.browser import Visitor, faults

OFFICE = "Marisol Rentería"
A_MINUTE = 60_000


def look(visitor: Visitor, state: str, problems: list[str]) -> None:
    """Note what is wrong with the page as it stands, in light and dark."""
    if visitor.scripts:
        problems += [f"{state}: {found}" for found in faults(visitor, in_the_dark=True)]


@pytest.mark.parametrize(("scripts", "width"), [(True, 1280), (False, 360)], ids=["wide", "phone-without-scripts"])
def test_a_requirement_is_changed_by_way_of_its_preview(arrive: Arrive, scripts: bool, width: int) -> None:
    problems: list[str] = []
    their = arrive(scripts=scripts, width=width)
    their.enter(OFFICE)
    their.page.goto("/office")
    their.follow("Modules and requirements")
    look(their, "the curriculum", problems)
    their.page.goto("/office/curriculum/requirement/YEARLY")
    look(their, "a requirement", problems)
    their.follow("Change")
    their.page.get_by_label("Until").fill("1999-01-01")
    their.press("Show what would change")
    assert their.texts(".error-summary li") == ["The last day lies before the first day"]
    look(their, "what is wrong", problems)
    their.page.get_by_label("Until").fill("")
    their.page.get_by_label("Days after the start").fill("400")
    their.press("Show what would change")

    expect(their.page.get_by_role("button", name="Save this change")).to_be_visible(timeout=A_MINUTE)
    proposal = their.path
    assert "would be" in their.page.locator("main").inner_text() or "change" in their.heading.lower()
    look(their, "the preview", problems)

    their.page.locator("main a", has_text="Five years of one person").first.click()
    their.page.get_by_label("Category").fill("faculty")
    their.page.get_by_label("Role").fill("clinical")
    their.page.get_by_label("Unit").fill("Medicine")
    their.page.get_by_label("Joins on").fill("2027-01-15")
    their.page.get_by_role("button", name="Show five years").last.click()
    assert their.page.locator(".lane").count() >= 1
    look(their, "five years", problems)

    their.page.goto(proposal)
    their.press("Leave it")
    assert their.path == "/office/curriculum/requirement/YEARLY"
    assert not problems, "\n".join(problems)


def test_words_are_changed_and_put_back(arrive: Arrive) -> None:
    problems: list[str] = []
    their = arrive(width=360)
    their.enter(OFFICE)
    their.page.goto("/office/curriculum/module/DIV-1/change")
    look(their, "the form of a module", problems)
    before = their.page.get_by_label("Summary").input_value()
    their.page.get_by_label("Summary").fill("An hour to begin with.")
    their.press("Show what would change")
    expect(their.page.get_by_role("button", name="Save this change")).to_be_visible(timeout=A_MINUTE)
    their.press("Save this change")
    look(their, "saved", problems)

    their.page.goto("/office/curriculum/history")
    look(their, "who changed what", problems)
    their.page.locator("main .rows a").first.click()
    look(their, "a former state", problems)
    their.page.goto("/office/curriculum/module/DIV-1")
    their.page.locator("ol.past summary").first.click()
    their.page.get_by_role("button", name="Put back what was before").first.click()
    expect(their.page.get_by_role("button", name="Save this change")).to_be_visible(timeout=A_MINUTE)
    their.press("Save this change")
    their.page.goto("/office/curriculum/module/DIV-1/change")
    assert their.page.get_by_label("Summary").input_value() == before
    for path in ("equivalences", "import", "new/requirement", "new/gate"):
        their.page.goto(f"/office/curriculum/{path}")
        look(their, path, problems)
    assert not problems, "\n".join(problems)
