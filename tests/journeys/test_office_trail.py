"""The office reads what was done, gives a thing another name and takes it back, and writes to its champions."""

import csv
import re
from datetime import date, timedelta

from tests.journeys.steps import AUDITOR, OFFICE
from tests.support.browser import Visitor


def show(their: Visitor) -> None:
    """Press the button beside the filters."""
    their.go(their.page.locator(".filter-row > .filter-end button"))


def test_they_find_who_did_what(visitor: Visitor) -> None:
    their = visitor
    their.enter(OFFICE)
    their.page.goto("/office")
    their.go(their.page.locator("main").get_by_role("link", name="Audit trail"))
    their.page.get_by_label("By whom").fill("Rentería")
    their.page.get_by_label("What about").select_option(label="Accounts and signing in")
    show(their)
    assert "who=Renter" in their.path
    sentences = their.texts(".event-what")
    assert sentences
    assert all(text.startswith(f"{OFFICE} signed in") for text in sentences)
    their.go(their.page.locator(".event-at a").first)
    assert their.heading == f"{OFFICE} signed in"
    their.look()


def test_deeds_on_units_are_narrowed_one_by_one(visitor: Visitor) -> None:
    their = visitor
    their.enter(OFFICE)
    their.page.goto("/office/units/LIBRARY/rename")
    their.page.get_by_label("Name").fill("House of Books")
    their.page.get_by_label("From which day?").fill("2033-01-01")
    their.press("Preview")
    their.press("Rename it")
    their.page.goto("/office/trail")
    their.page.get_by_label("What about").select_option(label="Units: renamed")
    show(their)
    assert "topic=renamed" in their.path
    sentences = their.texts(".event-what")
    assert sentences[0].startswith(f"{OFFICE} renamed")
    assert all(" renamed " in text for text in sentences)
    their.look("deeds of one kind")
    their.page.goto("/office/units/LIBRARY/take-back")
    their.press("Preview")
    their.press("Take it back")


def test_the_auditor_takes_it_along(visitor: Visitor) -> None:
    their = visitor
    their.enter(AUDITOR)
    their.page.goto("/office/trail?topic=accounts")
    with their.page.expect_download() as waiting:
        their.page.get_by_role("link", name="as CSV").click()
    with waiting.value.path().open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert {row["topic"] for row in rows} == {"accounts"}
    their.page.goto("/office/words")
    assert their.page.get_by_role("link", name=re.compile("Give another name")).count() == 0


def test_they_give_champions_another_name(visitor: Visitor) -> None:
    their = visitor
    their.enter(OFFICE)
    their.page.goto("/office/words/champion")
    their.page.get_by_label("Full name").fill("Equity Ambassador")
    their.page.get_by_label("One, within a sentence").fill("ambassador")
    their.page.get_by_label("Several, within a sentence").fill("ambassadors")
    coming = date.today() + timedelta(days=9)  # noqa: DTZ011 - the day of the machine; nobody else is to see it
    their.page.get_by_label("From").fill(coming.isoformat())
    their.press("Show how it reads")
    assert "Appoint an ambassador of Medicine" in their.texts("main td")
    their.look()
    their.press("Save this name")
    their.look()
    assert "Equity Ambassador" in their.texts("tbody th")
    their.press("Take back")
    assert "Equity Ambassador" not in their.texts("tbody th")


def test_they_write_to_those_whose_term_ends(visitor: Visitor) -> None:
    their = visitor
    their.enter(OFFICE)
    their.page.goto("/office/champions")
    their.page.get_by_label("Show", exact=True).select_option(label="Where a term ends within 90 days")
    show(their)
    assert "show=ending" in their.path
    their.follow("One by one")
    assert "show=ending" in their.path
    their.look()
    their.page.locator("input[name=people]").first.check()
    their.press("Write to them")
    assert their.heading == "Write to 1 person"
    their.press("Go on to the text")
    assert their.path.startswith("/messages/write")


def test_the_background_work_is_told(visitor: Visitor) -> None:
    their = visitor
    their.enter("waymark.admin@example.edu")
    their.page.goto("/system")
    their.follow("What runs, waits or was given up")
    assert their.heading == "Background work"
    assert "The worker" in their.texts(".lede p")[1]
