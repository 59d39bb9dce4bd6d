"""The office follows a rate through the years and ahead, sets a target, and looks at groups side by side."""

import csv
import io
import re

import pytest

from tests.journeys.conftest import Arrive
from tests.support.browser import Visitor, even, violations

OFFICE = "Marisol Rentería"
UNIT = "/units/PEDS"


@pytest.fixture(params=[(True, 1280), (False, 1280), (True, 360), (False, 360)], ids=["wide", "plain", "phone", "old"])
def their_browser(request: pytest.FixtureRequest, arrive: Arrive) -> Visitor:
    """A wide window and a phone, each with and without scripts; the office has come in."""
    scripts, width = request.param
    visitor = arrive(scripts=scripts, width=width)
    visitor.enter(OFFICE)
    return visitor


def cells(visitor: Visitor, caption: str) -> list[list[str]]:
    """What the lines of a table say."""
    table = visitor.page.locator("table", has=visitor.page.locator(f"caption:text-is('{caption}')"))
    return [[even(cell) for cell in row.locator("th, td").all_inner_texts()] for row in table.locator("tbody tr").all()]


def check(visitor: Visitor) -> None:
    """The page is no wider than its window, and, where scripts can look, accessible."""
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert visitor.page.evaluate(wider) == 0
    assert not visitor.scripts or not violations(visitor.page)


def test_a_rate_through_the_years(their_browser: Visitor) -> None:
    their = their_browser
    their.page.goto(UNIT)
    now = re.search(r"[\d,]+ of [\d,]+", even(their.page.locator(".lede").inner_text()))
    assert now is not None
    their.follow("Trends")
    assert now[0] in even(their.page.locator(".lede").inner_text())
    assert now[0] in cells(their, "Until today")[0][1]
    assert their.page.locator("svg.chart-plot path.chart-past").count() >= 1
    assert their.page.locator("svg.chart-plot path.chart-ahead").count() == 1
    drawn = their.page.locator("svg.chart-plot").bounding_box()
    value = their.page.locator("svg.chart-plot text.chart-value").first.bounding_box()
    assert drawn is not None
    assert value is not None
    assert drawn["x"] - 1 <= value["x"] <= value["x"] + value["width"] <= drawn["x"] + drawn["width"] + 1
    check(their)

    their.page.get_by_label("Ahead").select_option(label="2 years")
    their.press("Show the trend")
    assert "ahead=24" in their.path
    last = cells(their, "If nobody acts")[-1]
    their.go(their.page.locator("table").last.locator("tbody th a").last)
    assert "as_of=" in their.path
    assert re.search(r"\d+ of \d+", last[1])[0] in even(their.page.locator("main").inner_text())  # type: ignore[index]

    their.page.go_back()
    with their.page.expect_download() as download:
        their.page.get_by_role("link", name="Download these figures as CSV").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8"))))
    assert f"{rows[-1]['satisfied']} of {rows[-1]['denominator']}" == re.sub(r"^.*% |,", "", last[1])


def test_a_target_for_a_while(their_browser: Visitor) -> None:
    their = their_browser
    their.page.goto(f"{UNIT}/targets")
    their.follow("Set a target")
    their.page.get_by_label("Requirement").select_option(index=1)
    their.press("Set the target")
    assert their.texts(".error-summary li") == ["Enter a target"]
    their.page.get_by_label("Target, in %").fill("99")
    their.page.get_by_label("Last day").fill("2099-12-31")
    their.press("Set the target")
    assert "The target is set" in their.texts(".banner")[0]
    check(their)
    line = cells(their, their.heading)[0]
    assert "until 31 Dec 2099" in line[0]
    their.go(their.page.locator("tbody th a").first)
    check(their)
    their.press("Remove this target")
    assert "is removed" in their.texts(".banner")[0]


def test_categories_roles_and_years_side_by_side(their_browser: Visitor) -> None:
    their = their_browser
    their.page.goto(f"{UNIT}/trends")
    their.follow("Side by side: categories, roles, years of joining")
    for caption in ("By category", "By role", "By year of joining"):
        whole, *parts = (
            tuple(int(number.replace(",", "")) for number in re.findall(r"([\d,]+) of ([\d,]+)", row[1])[0])
            for row in cells(their, caption)
            if " of " in row[1]
        )
        assert whole == tuple(map(sum, zip(*parts, strict=True))), caption
    check(their)
    their.go(their.page.locator("tbody th a").first)
    assert "category=" in their.path
