"""A champion begins her week: what waits, what changed, what if; who champions what, and who stands in for her."""

import re
from datetime import date, timedelta

from tests.journeys.conftest import Arrive
from tests.journeys.steps import CHAMPION, MANAGER, OFFICE, links, section
from tests.support.browser import Visitor, even


def test_what_waits_is_dealt_with_from_the_workspace(visitor: Visitor) -> None:
    his = visitor
    his.enter(CHAMPION)
    assert his.heading == "My units"
    needs = his.page.locator("ul.needs > li")
    assert needs.count() >= 2
    overdue = needs.filter(has_text="people overdue").first
    waiting = int(overdue.locator(".needs-count").inner_text().replace(",", ""))
    his.go(overdue.get_by_role("link"))
    assert his.page.get_by_role("navigation", name="Pages of people").inner_text().count(f" of {waiting:,} ") == 1

    his.page.goto("/units")
    his.press("I have seen this")
    assert his.texts(".banner[role=status]") == ["Changes are told from today on."]
    table = his.page.get_by_role("table", name="Where Medicine stands")
    assert {even(text) for text in table.locator("tbody td:last-child").all_inner_texts()} == {"no change"}


def test_what_if(visitor: Visitor) -> None:
    his = visitor
    his.enter(CHAMPION)
    his.go(links(section(his, "Medicine on"), "What if?"))
    assert his.heading == "What if? Medicine"
    his.page.get_by_label("Requirement").select_option(index=0)
    his.page.get_by_label("A target to try, in %").fill("100")
    his.press("Show")
    assert any("A target of 100 % is" in words for words in his.texts(".lede p"))
    assert len(his.texts("table:has(caption:text-is('If nobody acts')) tbody tr")) >= 12
    nearest = his.page.get_by_role("table", name="Who is nearest").locator("tbody th a").first
    name = even(nearest.inner_text())
    his.go(nearest)
    assert his.heading == name

    his.page.goto("/units/MED/what-if?percent=many")
    assert his.heading == "What if? Medicine"


def test_who_champions_what_and_what_the_next_one_needs(visitor: Visitor) -> None:
    his = visitor
    his.enter(CHAMPION)
    his.go(links(section(his, "Medicine on"), "Coverage"))
    assert his.heading == "Champions of Medicine"
    assert CHAMPION in " ".join(his.texts("tbody th"))
    his.follow("Hand-over page")
    assert his.heading == "Hand-over: Medicine"
    assert "What to do first" in his.texts("h2")
    his.follow("One page for the chair")
    assert his.heading == "Medicine on one page"
    his.follow("The page for readers who may not see names")
    assert his.page.locator("main table").count() == 1


def test_somebody_stands_in_for_a_day(visitor: Visitor, another: Arrive) -> None:
    his, theirs = visitor, another()
    theirs.enter(MANAGER)
    assert theirs.page.goto("/units/MED/people").status == 403

    his.enter(CHAMPION)
    his.page.goto("/units/MED/coverage")
    his.go(links(his.page.locator("tbody"), CHAMPION))
    his.follow("Name who stands in for an absence")
    his.page.get_by_label("Name, identifier or e-mail").fill(MANAGER)
    his.press("Find")
    his.page.get_by_label(MANAGER).check()
    his.press("Name this person")
    assert his.texts(".error-summary li") == ["Enter the last day"]
    first = date.fromisoformat(his.page.get_by_label("First day").input_value())
    his.page.get_by_label("Last day").fill(str(first + timedelta(days=1)))
    his.press("Name this person")
    assert any(f"{MANAGER} stands in from" in words for words in his.texts(".banner[role=status]"))

    theirs.page.goto("/units")
    assert theirs.heading == "My units"
    assert theirs.page.goto("/units/MED/people").status == 200

    his.go(his.page.get_by_role("button", name=re.compile(f"End it now *: {MANAGER}")))
    assert his.texts(".banner[role=status]") == ["From now on nobody stands in."]
    assert theirs.page.goto("/units/MED/people").status == 403


def test_the_office_appoints_somebody_and_takes_it_back(visitor: Visitor) -> None:
    their = visitor
    their.enter(OFFICE)
    their.page.goto("/units/SPORTS/coverage")
    their.go(links(their.page.locator("main"), "Appoint a champion of").last)
    their.page.get_by_label("Name, identifier or e-mail").fill(MANAGER)
    their.press("Find")
    their.page.get_by_label(MANAGER).check()
    tomorrow = date.fromisoformat(their.page.get_by_label("First day").input_value()) + timedelta(days=1)
    their.page.get_by_label("First day").fill(str(tomorrow))
    their.press("Appoint")
    assert their.texts(".error-summary li") == ["Select faculty or staff"]
    their.look("not said what for")
    their.page.get_by_label("Faculty", exact=True).check()
    their.press("Appoint")
    assert MANAGER in " ".join(their.texts(".banner[role=status]"))

    their.page.goto("/units/SPORTS/coverage")
    their.go(links(their.page.locator("tbody"), MANAGER))
    assert "It has not begun." in their.texts(".lede p")[0]
    their.look("a term without approvals")
    their.press("Take it back")
    their.page.goto("/units/SPORTS/coverage")
    assert MANAGER not in " ".join(their.texts("tbody th"))
