"""What of a roster is worth a second look, and what is to be put right as a file."""

import csv as reader
import io

import pytest

from tests.directory.rosters import PEOPLE, UNITS, apply, csv, files, hand_in, lines
from tests.support import make
from tests.support.make import Account, Unit
from tests.support.pages import Pages
from tracker.core.actor import Role
from tracker.directory.models import Roster
from tracker.directory.rules import RosterState


@pytest.fixture
def medicine() -> Unit:
    """A department."""
    return make.unit("Medicine", code="MED")


def doubts(roster: Roster) -> list[tuple[str, int | None, str]]:
    """What its preview calls worth a second look."""
    return [(file, line, text) for effect, file, line, text in lines(roster) if effect == "doubtful"]


def test_what_a_form_refuses_and_a_file_may_hold_is_worth_a_look(app: object, medicine: Unit) -> None:
    read = hand_in({"people.csv": csv(PEOPLE, "000920,,bad", "000921,Bo,")})
    assert read.state is RosterState.READY
    assert read.counts == {"people.csv": {"added": 2, "doubtful": 2}}
    no_name, no_address = doubts(read)
    assert no_name == ("people.csv", 2, "No name: pages call this person by the identifier.")
    assert no_address[2].startswith("“bad” is not an e-mail address")
    assert apply(read).state is RosterState.APPLIED
    assert doubts(hand_in({"people.csv": csv(PEOPLE, "000920,,bad")})) == []


def test_new_words_are_worth_a_look(app: object, medicine: Unit) -> None:
    make.person("Ada", unit=medicine, category="staff", role="manager")
    posts = ["1,MED,stafff,manager,,yes,2024-01-01,", "2,MED,stafff,,,yes,2024-01-01,"]
    more = {
        "functions": b"person_id,function,start,end\n1,search,2024-01-01,\n",
        "units": csv(UNITS, "NEW,,,New,departmnt,"),
    }
    read = hand_in(files(["1,One,", "2,Two,"], posts, **more))
    asked = "yet, and no rule names it. Is it spelt as in the records?"
    assert sorted(doubts(read)) == [
        (
            "appointments.csv",
            2,
            f"Nobody has the category “stafff” {asked} There is “staff”. 2\N{NO-BREAK SPACE}rows have it.",
        ),
        ("appointments.csv", 3, "1\N{NO-BREAK SPACE}row has no role."),
        (
            "units.csv",
            2,
            f"No unit has the kind “departmnt” {asked} There is “department”. 1\N{NO-BREAK SPACE}row has it.",
        ),
    ]
    assert apply(read).state is RosterState.APPLIED


def test_a_doubt_that_went_meanwhile_keeps_nothing_waiting(app: object, medicine: Unit) -> None:
    make.person("Ada", unit=medicine, category="staff", role="manager")
    read = hand_in(files(["1,One,"], ["1,MED,stafff,manager,,yes,2024-01-01,"]))
    make.person("Bo", unit=medicine, category="stafff", role="manager")
    assert apply(read).state is RosterState.APPLIED


def test_an_address_that_two_will_have_is_worth_a_look(app: object, medicine: Unit) -> None:
    make.person("Ada", identifier="1", email="ada@example.edu")
    make.person("Cy", identifier="3", email="cy@example.edu")
    office = make.account(Role.OFFICE)
    rows = ["2,Bo, ADA@example.edu", "4,Di,cy@example.edu", "3,Cy,new@example.edu", f"5,Ed,{office.email}"]
    told = [(line, text) for _, line, text in doubts(hand_in({"people.csv": csv(PEOPLE, *rows, "6,F,x@y", "7,G,x@y")}))]
    end = "nobody can be given an account with it."
    assert told == [
        (5, f"“{office.email}” is also the address of somebody with an account: {end}"),
        (6, f"“x@y” is also the address of G: {end}"),
        (7, f"“x@y” is also the address of F: {end}"),
    ]


def test_the_page_says_what_is_worth_a_look_first(pages: Pages, medicine: Unit, office: Account) -> None:
    read = hand_in({"people.csv": csv(PEOPLE, "000920,,bad")})
    page = pages.get("directory.roster", roster_id=read.id)
    assert "1 added, 0 changed, 0 ended, 0 unchanged, 0 refused" in page.text
    assert "2 things are worth a second look first." in page.text
    assert "Worth a second look: 2" in page.text
    assert "No name: pages call this person by the identifier." in page.text


def test_what_is_to_be_put_right_is_a_file_until_the_roster_is_settled(
    pages: Pages, medicine: Unit, office: Account
) -> None:
    posts = ["1,NOWHERE,staff,manager,,yes,2024-01-01,"]
    read = hand_in(files(["1,,"], posts))
    page = pages.get("directory.roster", roster_id=read.id)
    url = page.link("All that is to be put right, as CSV")
    rows = list(reader.DictReader(io.StringIO(pages.download(url).text)))
    assert [(row["file"], row["line"], row["what"], row["why"]) for row in rows] == [
        ("appointments.csv", "2", "refused", "unit “NOWHERE” is not the code of a unit"),
        ("people.csv", "2", "worth a second look", "No name: pages call this person by the identifier."),
    ]
    pages.submit(page, "Put it aside")
    pages.download(url, status=404)
