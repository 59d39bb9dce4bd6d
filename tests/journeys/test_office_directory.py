"""The office splits, renames and merges units, corrects a person, takes a roster in and waives something."""

import re
from itertools import count

from tests.journeys.steps import OFFICE, cells, open_links, told
from tests.support.browser import Visitor

LEARNER = "Brendan Tierney"
A_MINUTE = 60_000
NUMBERS = count(1)
"""What tells apart what several kinds of browser make."""


def test_a_unit_is_split_renamed_and_merged_again(visitor: Visitor) -> None:
    their, number = visitor, next(NUMBERS)
    code, year = f"HEARING{number}", 2029 + number
    their.enter(OFFICE)
    their.page.goto("/office/units/GERI/split")
    their.page.get_by_label("Name").fill("Care at Home")
    their.page.get_by_label("Code").fill(code)
    their.page.get_by_label("From which day?").fill(f"{year}-01-01")
    their.press("Preview")
    assert their.texts(".error-summary li") == ["Select at least one person"]
    moves = their.page.locator("fieldset input[type=checkbox]").first
    moves.check()
    their.press("Preview")
    assert "Who moves: 1 person" in told(their)
    their.press("Split it")
    assert their.heading == "Care at Home"

    their.follow("Rename")
    their.page.get_by_label("Name").fill("Hospital at Home")
    their.page.get_by_label("From which day?").fill(f"{year}-02-01")
    their.press("Preview")
    their.press("Rename it")
    assert [row[1] for row in cells(their, "What it was, is and will be")] == ["Hospital at Home", "Care at Home"]
    their.look("a unit to come, with two names")

    their.follow("Merge into another unit")
    their.page.get_by_label("Goes on in").select_option("GERI")
    their.page.get_by_label("From which day?").fill(f"{year}-03-01")
    their.press("Preview")
    assert "goes on in" in told(their)
    their.press("Merge them")
    assert their.heading == "Geriatrics and Aging"
    their.page.goto(f"/units/{code}?as_of={year}-04-01")
    assert their.heading == f"Hospital at Home is not there on 1 Apr {year}"
    assert f"goes on in Geriatrics and Aging on 1 Mar {year}" in told(their)
    their.look("a unit that went on in another")
    their.follow(f"Geriatrics and Aging on 1 Apr {year}")
    assert their.heading == "Geriatrics and Aging"


def test_the_preview_of_a_merger_tells_how_rates_move(visitor: Visitor) -> None:
    their = visitor
    their.enter(OFFICE)
    their.page.goto("/office/units/SURG/merge")
    their.page.get_by_label("Goes on in").select_option("MED")
    their.press("Preview")
    moves = " ".join(their.texts(".preview table"))
    assert re.search(r"\d+ % to \d+ %", moves)
    their.look("the preview of a merger")


def test_a_change_of_a_unit_is_corrected_and_taken_back(visitor: Visitor) -> None:
    their = visitor
    their.enter(OFFICE)
    their.page.goto("/office/units/LIBRARY")
    name = their.heading
    their.follow("Rename")
    their.page.get_by_label("Name").fill("Library of Heath")
    their.page.get_by_label("From which day?").fill("2031-01-01")
    their.press("Preview")
    their.press("Rename it")
    assert "The latest change: a new name, kind or place of Library of Heath, from 1 Jan 2031." in told(their)

    their.follow("Correct it")
    their.page.get_by_label("Name").fill("Library of Health")
    their.page.get_by_label("From which day?").fill("2031-02-01")
    their.press("Preview")
    assert "from 1 Feb 2031 instead of from 1 Jan 2031" in told(their)
    their.look("what will stand instead")
    their.press("Correct it")
    named = cells(their, "What it was, is and will be")
    assert [row[1] for row in named] == ["Library of Health", name]
    assert named[0][0].startswith("from 1 Feb 2031")

    their.follow("Take it back")
    their.press("Preview")
    assert "What was recorded before goes on." in told(their)
    their.look("what is taken back")
    their.press("Take it back")
    assert [row[1] for row in cells(their, "What it was, is and will be")] == [name]
    assert "Library of Health" not in their.heading


def test_somebody_added_by_mistake_is_removed(visitor: Visitor) -> None:
    their, number = visitor, next(NUMBERS)
    their.enter(OFFICE)
    their.page.goto("/office/people/new?name=Odalys Twice&unit=LIBRARY")
    their.page.get_by_label("Identifier").fill(f"9700{number}")
    their.page.get_by_label("Category").fill("staff")
    their.page.get_by_label("Role").fill("nonclinical")
    their.press("Add this person")
    their.follow("This person was added by mistake")
    assert "Nothing has come of this record yet" in told(their)
    their.look("what goes")
    their.press("Remove this person")
    assert "Odalys Twice was removed" in told(their)
    their.page.goto(f"/office/people?q=9700{number}")
    assert "Nobody found" in told(their)

    their.page.goto(f"/office/people?q={LEARNER}")
    their.go(their.page.locator("ul.people a").first)
    their.follow("This person was added by mistake")
    assert "What stands in the way" in told(their)
    their.look("what stands in the way")


def test_a_misspelt_category_is_asked_about(visitor: Visitor) -> None:
    their = visitor
    their.enter(OFFICE)
    their.page.goto(f"/office/people/new?name=Odalys Spelt&unit=LIBRARY&email=spelt{next(NUMBERS)}@example.edu")
    their.page.get_by_label("Identifier").fill(f"9750{next(NUMBERS)}")
    their.page.get_by_label("Category").fill("stafff")
    their.page.get_by_label("Role").fill("nonclinical")
    their.press("Add this person")
    (asked,) = their.texts(".error-summary li")
    assert asked.endswith("Is it spelt as in the records? There is “staff”.")
    assert not their.page.get_by_label("Yes, “stafff” is a new category").is_checked()
    their.look("a question")
    their.page.locator("#category").fill("staff")
    their.press("Add this person")
    assert their.heading == "Odalys Spelt"


def test_a_newcomer_is_found_by_a_former_name(visitor: Visitor) -> None:
    their, number = visitor, next(NUMBERS)
    identifier = f"9800{number}"
    their.enter(OFFICE)
    their.page.goto("/office/people/new")
    their.page.get_by_label("Name").fill("Odalys Formerly")
    their.page.get_by_label("Identifier").fill(identifier)
    their.page.get_by_label("Unit", exact=True).select_option("LIBRARY")
    their.page.get_by_label("Category").fill("staff")
    their.press("Add this person")
    assert their.texts(".error-summary li") == ["Enter the role"]
    their.page.get_by_label("Role").fill("nonclinical")
    their.page.get_by_label("First day").fill("2035-01-01")
    their.press("Add this person")

    open_links(their, "Name and address")
    their.page.get_by_label("Name", exact=True).fill("Odalys Henceforth")
    their.press("Save")
    assert their.heading == "Odalys Henceforth"
    for wanted in (identifier, "Odalys Formerly"):
        their.page.goto("/office/people")
        their.page.get_by_label("Name, identifier or e-mail").fill(wanted)
        their.press("Find")
        assert "Odalys Henceforth" in their.texts("ul.people .person-name a")


def test_a_person_is_found_corrected_and_put_back(visitor: Visitor) -> None:
    their = visitor
    their.enter(OFFICE)
    their.page.goto("/office/people")
    their.page.get_by_label("Name, identifier or e-mail").fill(LEARNER)
    their.press("Find")
    their.go(their.page.locator("ul.people a").first)
    assert their.heading == LEARNER
    their.follow("New leave")
    their.page.get_by_label("First day").fill("2031-03-01")
    their.page.get_by_label("Last day (optional)").fill("2031-02-01")
    their.press("Save")
    assert their.texts(".error-summary li") == ["The last day must not lie before the first"]
    their.look("a refusal")
    their.page.get_by_label("Last day (optional)").fill("2031-04-01")
    their.press("Save")
    assert "The leave was recorded." in told(their)
    their.look("a way back")
    their.press("Undo")
    assert "It is as it was before." in told(their)


def test_a_roster_comes_in(visitor: Visitor) -> None:
    their = visitor
    identifier = f"9900{next(NUMBERS)}"
    people = f"person_id,name,email\n{identifier},Roster Test,\n"
    posts = f"person_id,unit,category,role,fte,primary,start,end\n{identifier},MED,staff,manager,1,yes,2026-01-01,\n"
    their.enter(OFFICE)
    their.page.goto("/office/rosters/new")
    for label, text in (("people.csv", people), ("appointments.csv", posts)):
        their.page.get_by_label(label, exact=True).set_input_files(
            {"name": label, "mimeType": "text/csv", "buffer": text.encode()}
        )
    their.press("Read these files")
    their.page.get_by_role("button", name="Apply this roster").wait_for(timeout=A_MINUTE)
    their.look("a preview")
    assert "Ready: 2 added, 0 changed, 0 ended, 0 unchanged, 0 refused" in told(their)
    their.press("Apply this roster")
    their.page.get_by_text("Applied: 2 added").wait_for(timeout=A_MINUTE)
    their.look("applied")
    their.page.goto(f"/office/people?q={identifier}")
    assert their.texts("ul.people .person-name a") == ["Roster Test"]


def test_something_is_waived_for_those_who_fit_and_taken_back(visitor: Visitor) -> None:
    their = visitor
    their.enter(OFFICE)
    their.page.goto("/office/waivers/new")
    their.page.get_by_label("For whom? The people at home in").select_option("NEURO")
    their.page.get_by_label("Role").select_option("manager")
    their.page.get_by_label("What is waived?").select_option(label="Reading circles")
    their.page.get_by_label("Why?").fill("Seconded to another institution.")
    their.page.get_by_label("Who approved it?").fill("The dean")
    their.press("Preview")
    people = their.texts(".preview details[open] li")
    assert people
    their.look("whom it touches")
    their.press("Waive it")
    assert their.heading == "Waivers"
    for name in people:
        their.page.goto(f"/office/people?q={name}")
        their.follow(name)
        open_links(their, "End or take back : Reading circles")
        their.press("Take it back")
