"""The office follows a rate through the years and ahead, sets a target, and looks at groups side by side."""

import csv
import io
import re

import pytest

from tests.journeys.conftest import Arrive
from tests.journeys.steps import CHAMPION, OFFICE, cells, download, open_filters, told
from tests.support.browser import Visitor, even

UNIT, TARGETED = "/units/PEDS", "/units/GASTRO"


@pytest.fixture
def office(visitor: Visitor) -> Visitor:
    """The office, come in."""
    visitor.enter(OFFICE)
    return visitor


def test_a_rate_through_the_years(office: Visitor) -> None:
    their = office
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
    their.look()

    open_filters(their)
    their.page.get_by_label("Ahead").select_option(label="2 years")
    their.press("Show the trend")
    assert "ahead=24" in their.path
    last = cells(their, "If nobody acts")[-1]
    their.go(their.page.locator("table").last.locator("tbody th a").last)
    assert "as_of=" in their.path
    counts = re.search(r"\d+ of \d+", last[1])
    assert counts is not None
    assert counts[0] in told(their)

    their.page.go_back()
    file = download(their, their.page.get_by_role("link", name="Download these figures as CSV"))
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert f"{rows[-1]['satisfied']} of {rows[-1]['denominator']}" == re.sub(r"^.*% |,", "", last[1])


def test_a_target_is_people_to_go_for_the_champion(office: Visitor, another: Arrive) -> None:
    their, his = office, another()
    their.page.goto(f"{TARGETED}/targets")
    their.follow("Set a target")
    their.page.get_by_label("Requirement").select_option(label="Introductory sequence")
    their.press("Set the target")
    assert their.texts(".error-summary li") == ["Enter a target"]
    their.page.get_by_label("Target, in %").fill("99")
    their.page.get_by_label("Last day").fill("2099-12-31")
    their.press("Set the target")
    assert "The target is set" in their.texts(".banner")[0]
    their.look()
    line = cells(their, their.heading)[0]
    assert "until 31 Dec 2099" in line[0]
    his.enter(CHAMPION)
    his.page.goto(TARGETED)
    assert re.search(r"The target of 99 % is [\d,]+ more (people|person) away: [\d,]+ of [\d,]+\.", told(his))

    their.go(their.page.locator("tbody th a").first)
    their.look()
    their.press("Remove this target")
    assert "is removed" in their.texts(".banner")[0]
    his.page.goto(TARGETED)
    assert "The target of 99 %" not in told(his)


def test_categories_roles_and_years_side_by_side(office: Visitor) -> None:
    their = office
    their.page.goto(f"{UNIT}/trends")
    their.follow("Side by side: categories, roles, years of joining")
    for caption in ("By category", "By role", "By year of joining"):
        whole, *parts = (
            tuple(int(number.replace(",", "")) for number in re.findall(r"([\d,]+) of ([\d,]+)", row[1])[0])
            for row in cells(their, caption)
            if " of " in row[1]
        )
        assert whole == tuple(map(sum, zip(*parts, strict=True))), caption
    their.look()
    their.go(their.page.locator("tbody th a").first)
    assert "category=" in their.path
