"""The office reads the institution as a table: chooses columns, compares two days, sends a link, and asks why."""

import re

import pytest

from tests.journeys.steps import OFFICE, open_filters
from tests.support.browser import Visitor, even

PAST = "2026-06-30"
FIRST_WORDS = "cells => cells.map(cell => cell.firstChild.textContent)"


@pytest.fixture
def office(visitor: Visitor) -> Visitor:
    """The office, come in."""
    visitor.enter(OFFICE)
    return visitor


def rows(visitor: Visitor) -> list[str]:
    """The names of the lines, in order."""
    return [even(name) for name in visitor.page.locator("tbody th").evaluate_all(FIRST_WORDS)]


def test_two_days_of_chosen_columns_and_a_link_that_stays(office: Visitor) -> None:
    their = office
    their.page.goto("/units/SOM/table")
    in_tree = rows(their)
    open_filters(their)
    their.page.locator("summary", has_text="Choose requirements").click()
    for title in ("Introductory sequence", "Respect at work"):
        their.page.get_by_label(title, exact=False).first.check()
    their.page.get_by_label("Compared with").fill(PAST)
    their.go(their.page.get_by_role("button", name="Show the table").first)
    assert their.heading == "Larkwater School of Medicine: 2 requirements"
    heads = their.texts("thead th")
    assert heads.count("Change") == 2
    assert heads.count("30 Jun 2026") == 2
    their.look()

    their.go(their.page.locator("thead").get_by_role("link", name="Change").first)
    assert "sort=change" in their.path
    assert their.page.locator("th[aria-sort=descending]").count() == 1
    assert sorted(rows(their)) == sorted(in_tree)
    shown = rows(their)

    their.go(their.page.get_by_role("link", name=re.compile("^Link to these figures")))
    assert "as_of=" in their.path
    assert rows(their) == shown


def test_a_name_opens_the_next_level_with_the_same_columns(office: Visitor) -> None:
    their = office
    their.page.goto(f"/units/SOM/table?requirement=INTRO&as_of={PAST}")
    their.go(their.page.locator("tbody th").get_by_role("link", name="Medicine", exact=True))
    assert their.heading == "Medicine: Introductory sequence"
    assert f"as_of={PAST}" in their.path
    their.go(their.page.locator("tbody th").get_by_role("link", name="Cardiology", exact=True))
    if not their.heading.startswith("People of"):
        their.go(their.page.locator("tbody th a").first)
    assert f"as_of={PAST}" in their.path
    assert their.page.locator("main h1").count() == 1


def test_a_rate_says_who_is_counted_and_each_number_who_that_is(office: Visitor) -> None:
    their = office
    their.page.goto("/units/MED/table?requirement=INTRO&by=requirement")
    rate = even(their.page.locator("tbody tr").first.locator("td.number").first.inner_text())
    their.go(their.page.locator("tbody a.why").first)
    assert their.heading == "Medicine: who is counted for Introductory sequence"
    counts = re.search(r"([\d,]+ of [\d,]+)", rate)
    assert counts is not None
    assert counts[1] in even(their.page.locator(".lede").inner_text())
    their.look()

    line = their.page.locator("tbody tr", has=their.page.get_by_text("On leave", exact=True)).first
    number = even(line.locator("td").first.inner_text()).split()[0]
    their.go(line.get_by_role("link"))
    assert f"On leave {number}" in " ".join(their.texts(".status-key li"))

    their.page.go_back()
    their.page.get_by_label("Completed since").fill("2020-01-01")
    their.press("Count since then")
    assert "since=2020-01-01" in their.path
    assert "Completions" in their.texts("dl.facts dt")


def test_a_day_that_is_not_kept_is_counted_before_her_eyes(office: Visitor) -> None:
    their = office
    their.page.goto("/units/SOM/table?requirement=INTRO&as_of=2026-05-13")
    assert rows(their)[0] == "Larkwater School of Medicine"
    assert their.page.locator(".counting").count()
    assert not their.page.locator(".counting").first.is_visible()
