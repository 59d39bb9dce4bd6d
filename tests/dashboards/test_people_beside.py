"""Who belongs to a unit without being counted in it: joint members and leavers, by name only where sight allows."""

import csv
from datetime import date
from io import StringIO

import pytest

from tests.support import make
from tests.support.make import Unit
from tests.support.pages import Pages
from tracker.core.actor import Role
from tracker.core.words import NO_BREAK_SPACE
from tracker.core.words import day as in_words


@pytest.fixture
def medicine() -> Unit:
    """A department with joint members at home elsewhere, and people who have left it."""
    medicine = make.unit("Medicine", code="MED")
    division, surgery = make.unit("Cardiology", code="CARD", parent=medicine), make.unit("Surgery", code="SURG")
    joint = make.person("Jo Joint", unit=surgery)
    make.appointment(joint, division, category="faculty", role="clinical", is_primary=False)
    inside = make.person("Ida Inside", unit=medicine)
    make.appointment(inside, division, is_primary=False)
    make.appointment(make.person("Past", unit=surgery), medicine, is_primary=False, ends_on=make.day(3))
    make.person("Leo Left", unit=medicine, ends_on=make.day(30))
    moved = make.person("Mia Moved", unit=division, ends_on=make.day(20))
    make.appointment(moved, surgery, starts_on=make.day(19))
    make.person("Long Ago", unit=medicine, ends_on=make.day(400))
    within = make.person("Wim Within", unit=medicine, ends_on=make.day(9))
    make.appointment(within, division, starts_on=make.day(8))
    return medicine


def day(of: date) -> str:
    """A day as pages say it, with plain blanks."""
    return in_words(of).replace(NO_BREAK_SPACE, " ")


def lines(pages: Pages, endpoint: str, code: str = "MED") -> list[str]:
    """Who is listed, and how."""
    return pages.get(f"dashboards.{endpoint}", code=code).texts(".people .person-name")


def rows(pages: Pages, what: str) -> list[list[str]]:
    """The file: who, where counted, last day, how many."""
    answer = pages.download(f"/units/MED/people/{what}.csv")
    found = csv.DictReader(StringIO(answer.get_data(as_text=True)))
    return [[row["name"], row["counted_in"], row["last_day"], row["people"]] for row in found]


@pytest.mark.parametrize("role", [Role.OFFICE, Role.AUDITOR])
def test_who_sees_all_sees_names(pages: Pages, medicine: Unit, role: Role) -> None:
    pages.sign_in(make.account(role))
    assert lines(pages, "joint_members") == ["Jo Jointfaculty, clinical, counted in Surgery"]
    left = lines(pages, "leavers")
    assert [words.split(",")[0].removesuffix("staff") for words in left] == ["Leo Left", "Mia Moved"]
    assert f"left on {day(make.day(30))}" in left[0]
    assert "counted in no unit" in left[0]
    assert "counted in Surgery" in left[1]
    assert rows(pages, "joint") == [["Jo Joint", "Surgery", "", "1"]]
    assert rows(pages, "left") == [
        ["Leo Left", "", make.day(30).isoformat(), "1"],
        ["Mia Moved", "Surgery", make.day(20).isoformat(), "1"],
    ]


def test_a_champion_gets_numbers_of_people_at_home_elsewhere(pages: Pages, medicine: Unit) -> None:
    pages.sign_in(make.champion(medicine))
    joint = pages.get("dashboards.joint_members", code="MED")
    assert "Jo Joint" not in joint.text
    assert "1 person counted in Surgery" in joint.text
    left = pages.get("dashboards.leavers", code="MED")
    assert "Leo Left" not in left.text
    assert "Mia Moved" not in left.text
    assert "Surgery" not in left.text
    assert "2 people have left your units" in left.text
    assert rows(pages, "joint") == [["", "Surgery", "", "1"]]
    days = [day(make.day(20)), day(make.day(30))]
    assert left.texts(".bullets li") == [f"1 person left on {one}" for one in days]
    assert rows(pages, "left") == [["", "", make.day(ago).isoformat(), "1"] for ago in (30, 20)]


def test_a_champion_sees_who_moved_within_her_units(pages: Pages, medicine: Unit) -> None:
    school = make.unit("Division two", code="TWO", parent=medicine)
    moved = make.person("Mo Moved", unit=school, ends_on=make.day(5))
    make.appointment(moved, medicine, starts_on=make.day(4))
    pages.sign_in(make.champion(medicine))
    assert [words[:8] for words in lines(pages, "leavers", "TWO")] == ["Mo Moved"]


def test_where_there_is_nobody_the_page_says_so(pages: Pages) -> None:
    make.unit(code="EMPTY")
    pages.sign_in(make.account(Role.OFFICE))
    assert "No joint members" in pages.get("dashboards.joint_members", code="EMPTY").text
    assert "Nobody has left" in pages.get("dashboards.leavers", code="EMPTY").text


def test_a_past_day_has_those_of_then(pages: Pages, medicine: Unit) -> None:
    pages.sign_in(make.account(Role.OFFICE))
    then = make.day(25).isoformat()
    page = pages.get("dashboards.leavers", code="MED", query={"as_of": then})
    assert [words[:8] for words in page.texts(".people .person-name")] == ["Leo Left"]
