"""The office merges units, corrects a person, takes a roster in and waives something, in real browsers."""

import re

import pytest

from tests.journeys.conftest import Arrive
from tests.support.browser import Visitor, even, faults

OFFICE, LEARNER = "Marisol Rentería", "Brendan Tierney"
WIDTHS = [(True, 1280), (False, 360)]
NAMES = ["wide", "phone-without-scripts"]


def look(visitor: Visitor, problems: list[str], state: str) -> None:
    """Note what is wrong with the page as it stands."""
    if visitor.scripts:
        problems += [f"{state}: {found}" for found in faults(visitor, in_the_dark=True)]


@pytest.mark.parametrize(("scripts", "width"), WIDTHS, ids=NAMES)
def test_a_unit_is_renamed_after_a_preview(arrive: Arrive, scripts: bool, width: int) -> None:
    problems: list[str] = []
    their = arrive(scripts=scripts, width=width)
    their.enter(OFFICE)
    their.page.goto("/office/units")
    look(their, problems, "the tree")
    their.page.goto("/office/units/SURG/merge")
    their.page.get_by_label("Goes on in").select_option("MED")
    their.press("Preview")
    shown = even(their.page.locator(".preview").inner_text())
    assert "goes on in" in shown
    assert re.search(r"\d+ % to \d+ %", even(their.page.locator(".preview table").inner_text()).replace("\n", " "))
    look(their, problems, "the preview of a merger")
    name = f"Biochemistry and {'Biophysics' if scripts else 'Molecular Biology'}"
    their.page.goto("/office/units/BIOCHEM/rename")
    their.page.get_by_label("Name").fill(name)
    their.page.get_by_label("From which day?").fill("2027-01-01" if scripts else "2027-01-02")
    their.press("Preview")
    their.press("Rename it")
    assert name in even(their.page.locator("main").inner_text())
    look(their, problems, "a unit")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(("scripts", "width"), WIDTHS, ids=NAMES)
def test_a_person_is_found_corrected_and_put_back(arrive: Arrive, scripts: bool, width: int) -> None:
    problems: list[str] = []
    their = arrive(scripts=scripts, width=width)
    their.enter(OFFICE)
    their.page.goto("/office/people")
    their.page.get_by_label("Name, identifier or e-mail").fill(LEARNER)
    their.press("Find")
    look(their, problems, "people found")
    their.go(their.page.locator("ul.people a").first)
    assert their.heading == LEARNER
    look(their, problems, "the story")
    their.follow("New leave")
    their.page.get_by_label("First day").fill("2031-03-01")
    their.page.get_by_label("Last day (optional)").fill("2031-02-01")
    their.press("Save")
    assert their.texts(".error-summary li") == ["The last day must not lie before the first"]
    look(their, problems, "a refusal")
    their.page.get_by_label("Last day (optional)").fill("2031-04-01")
    their.press("Save")
    assert "The leave was recorded." in even(their.page.locator("main").inner_text())
    look(their, problems, "a way back")
    their.press("Undo")
    assert "It is as it was before." in even(their.page.locator("main").inner_text())
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(("scripts", "width"), WIDTHS, ids=NAMES)
def test_a_roster_comes_in(arrive: Arrive, scripts: bool, width: int) -> None:
    problems: list[str] = []
    their = arrive(scripts=scripts, width=width)
    identifier = f"9900{int(scripts)}"
    people = f"person_id,name,email\n{identifier},Roster Test,\n"
    posts = f"person_id,unit,category,role,fte,primary,start,end\n{identifier},MED,staff,manager,1,yes,2026-01-01,\n"
    their.enter(OFFICE)
    their.page.goto("/office/rosters/new")
    look(their, problems, "a new roster")
    for label, text in (("people.csv", people), ("appointments.csv", posts)):
        their.page.get_by_label(label, exact=True).set_input_files(
            {"name": label, "mimeType": "text/csv", "buffer": text.encode()}
        )
    their.press("Read these files")
    their.page.get_by_role("button", name="Apply this roster").wait_for(timeout=60_000)
    look(their, problems, "a preview")
    assert "Ready: 2 added, 0 changed, 0 ended, 0 unchanged, 0 refused" in even(their.page.locator("main").inner_text())
    their.press("Apply this roster")
    their.page.get_by_text("Applied: 2 added").wait_for(timeout=60_000)
    look(their, problems, "applied")
    their.page.goto(f"/office/people?q={identifier}")
    assert their.texts("ul.people .person-name a") == ["Roster Test"]
    assert not problems, "\n".join(problems)


def test_something_is_waived_for_many(arrive: Arrive) -> None:
    problems: list[str] = []
    their = arrive()
    their.enter(OFFICE)
    their.page.goto("/office/waivers/new")
    their.page.get_by_label("For whom? The people at home in").select_option("NEURO")
    their.page.get_by_label("What is waived?").select_option(index=2)
    their.page.get_by_label("Why?").fill("Seconded to another institution.")
    their.page.get_by_label("Who approved it?").fill("The dean")
    their.press("Preview")
    look(their, problems, "whom it touches")
    their.press("Waive it")
    assert their.heading == "Waivers"
    look(their, problems, "waivers")
    assert not problems, "\n".join(problems)
