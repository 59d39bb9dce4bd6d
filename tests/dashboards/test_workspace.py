"""A champion's workspace: what needs her, where her units stand against target and gate, and what changed."""

import csv
import json
from datetime import timedelta
from io import StringIO

import pytest

from tests.support import make
from tests.support.clocks import pass_time
from tests.support.make import Module, Unit
from tests.support.pages import Page, Pages
from tests.support.statements import asked_by
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.dashboards.models import LastLook
from tracker.progress.commands import completions
from tracker.progress.commands.completions import Statement
from tracker.progress.rules import State
from tracker.targets.commands import change_target, set_target

SEEN = "I have seen this"


@pytest.fixture
def medicine(pages: Pages) -> Unit:
    """A department whose champion is signed in."""
    unit = make.unit("Medicine", code="MED")
    pages.sign_in(make.champion(unit, home=make.unit("Elsewhere")))
    return unit


def module_for(people: int, done: int, unit: Unit, **rule: object) -> Module:
    """A requirement of one module in a unit, and so many people of whom some have done it."""
    module = make.module(title="The course")
    make.requirement(module, title="Yearly", code="YEARLY", **rule)
    for number in range(people):
        person = make.person(f"Person {number}", unit=unit)
        if number < done:
            make.completion(person, module)
    return module


def rows(page: Page) -> list[list[str]]:
    """The cells of the tables, line by line."""
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")] for row in page.html.select("tbody tr")
    ]


def test_it_is_where_a_champion_begins(pages: Pages, medicine: Unit) -> None:
    page = pages.get("dashboards.start")
    assert page.h1 == "My units"
    assert "Nothing is asked here by name" in page.text


def test_it_says_how_far_the_target_is(pages: Pages, medicine: Unit) -> None:
    module_for(4, 1, medicine)
    assert len(rows(pages.get("dashboards.start"))[0]) == 2
    target = set_target(make.by(), "MED", "YEARLY", 75)
    line = rows(pages.get("dashboards.start"))[0]
    assert line[1] == "25 % 1 of 4"
    assert line[2] == "75 % 2 people to go"
    change_target(make.by(), "MED", target, 25, starts_on=None, ends_on=None)
    assert rows(pages.get("dashboards.start"))[0][2] == "25 % reached"


def test_what_needs_her_comes_most_urgent_first(pages: Pages, medicine: Unit) -> None:
    module_for(3, 1, medicine, due={"date": make.day(2)})
    essay = make.module(title="Essay", evidence="verification")
    make.requirement(essay, title="Essay", due={"date": make.day(-10)})
    make.completion(make.person("Ada", unit=medicine), essay, on=make.day(9), claimed=True)
    page = pages.get("dashboards.start")
    needs = page.texts(".needs li")
    assert needs[0].startswith("1 completion waits to be verified")
    assert "people overdue" in needs[1]
    assert "due within 30 days" in needs[2]
    assert needs[3].startswith("No faculty champion yet")
    assert len(needs) > 3
    assert all("Settle it" in line for line in needs[3:])
    assert page.texts(".lede p")[0].endswith("overdue among the people of your unit.")


def test_of_several_modules_due_soon_is_told_as_things(pages: Pages, medicine: Unit) -> None:
    """Ada has one of two left, Ben both: the rules count that by module, and the file leaves it empty."""
    first, second = make.module(title="One"), make.module(title="Two")
    make.requirement(first, second, code="BOTH", title="Both", due={"date": make.day(-10)})
    make.completion(make.person("Ada", unit=medicine), first)
    make.person("Ben", unit=medicine)
    page = pages.get("dashboards.start")
    assert page.texts(".needs li")[0].startswith("3 things due within 30 daysBoth Module by module")
    path = page.link("Download these figures as CSV")
    (row,) = csv.DictReader(StringIO(pages.download(path).get_data(as_text=True)))
    assert (row["satisfied"], row["denominator"], row["overdue"], row["due_soon"]) == ("0", "2", "0", "")


def test_changes_are_told_from_when_she_looked(pages: Pages, medicine: Unit) -> None:
    module = module_for(4, 1, medicine)
    page = pages.get("dashboards.start")
    assert len(rows(page)[0]) == 2
    assert pages.submit(page, SEEN).messages == ["Changes are told from today on."]
    assert rows(pages.get("dashboards.start"))[0][2] == "no change"
    make.completion(make.person("Late", unit=medicine), module)
    assert rows(pages.get("dashboards.start"))[0][2] == "1 more: was 25 %, 1 of 4"


def test_only_what_was_shown_counts_as_seen(pages: Pages, medicine: Unit) -> None:
    module = module_for(4, 1, medicine)
    page = pages.get("dashboards.start")
    make.completion(make.person("Meanwhile", unit=medicine), module)
    pages.submit(page, SEEN)
    assert rows(pages.get("dashboards.start"))[0][2] == "1 more: was 25 %, 1 of 4"


def test_who_came_and_went_is_counted(pages: Pages, medicine: Unit) -> None:
    other = make.unit("Surgery", code="SURG")
    make.person("New", unit=medicine, starts_on=make.day(3))
    make.person("Old", unit=medicine, starts_on=make.day(400))
    moved = make.person("Moved", unit=medicine, starts_on=make.day(400), ends_on=make.day(5))
    make.appointment(moved, other, starts_on=make.day(4))
    assert "1 person joined and 1 person left since" in pages.get("dashboards.start").text


@pytest.mark.parametrize(
    "sent", ["", "{", "[]", '{"MED": 3}', '{"MED": {"YEARLY": ["a", 1]}}', '{"MED": {"YEARLY": [1]}}']
)
def test_nonsense_is_not_kept(pages: Pages, medicine: Unit, sent: str) -> None:
    pages.post("dashboards.seen", {"seen": sent})
    db.session.close()
    assert db.session.query(LastLook).count() == 0


def test_figures_of_others_units_are_not_kept(pages: Pages, medicine: Unit) -> None:
    pages.post("dashboards.seen", {"seen": json.dumps({"SURG": {"YEARLY": [1, 2]}, "MED": {"YEARLY": [1, 2]}})})
    db.session.close()
    assert db.session.query(LastLook).one().seen == {"MED": {"YEARLY": [1, 2]}}


def test_several_units_stand_below_each_other(pages: Pages, medicine: Unit) -> None:
    surgery = make.unit("Surgery", code="SURG")
    account = make.champion(medicine, surgery, home=make.unit("Elsewhere"))
    pages.sign_in(account)
    module_for(2, 1, surgery)
    page = pages.get("dashboards.start")
    assert page.texts("section h2 a") == ["Medicine", "Surgery"]
    assert any("Surgery" in text for text in page.texts("section h2"))


def test_the_office_begins_elsewhere(pages: Pages, medicine: Unit) -> None:
    pages.sign_in(make.account(Role.OFFICE))
    assert pages.get("dashboards.start").h1 == "Institution"


def test_with_the_term_the_workspace_ends(pages: Pages, medicine: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    account = make.champion(medicine, ends_on=make.day(0), home=make.unit("Away"))
    pages.sign_in(account)
    assert pages.get("dashboards.start").h1 == "My units"
    pass_time(monkeypatch, timedelta(days=1))
    pages.get("dashboards.start", status=403)


def test_it_asks_as_often_for_many_units_as_for_one(pages: Pages, medicine: Unit) -> None:
    module = module_for(3, 1, medicine)
    make.gate(module, unit_kinds=["department"])
    before = asked_by(pages, "/units"), asked_by(pages, "/units/MED/what-if")
    others = [make.unit(f"Department {number}") for number in range(5)]
    for unit in others:
        for number in range(10):
            make.person(unit=unit, starts_on=make.day(number))
    after = asked_by(pages, "/units/MED/what-if")
    pages.sign_in(make.champion(medicine, *others, home=make.unit("Home")))
    assert (asked_by(pages, "/units"), after) == before
    assert before[0] <= 12


def test_the_figures_come_as_a_file(pages: Pages, medicine: Unit) -> None:
    module_for(4, 1, medicine, due={"date": make.day(2)})
    set_target(make.by(), "MED", "YEARLY", 75)
    path = pages.get("dashboards.start").link("Download these figures as CSV")
    (row,) = csv.DictReader(StringIO(pages.download(path).get_data(as_text=True)))
    assert (row["unit"], row["requirement"], row["satisfied"], row["denominator"]) == ("MED", "YEARLY", "1", "4")
    assert (row["rate"], row["overdue"], row["target_percent"], row["satisfied_before"]) == ("0.2500", "3", "75", "")
    assert row["as_of"] == make.day(0).isoformat()
    pages.submit(pages.get("dashboards.start"), SEEN)
    (row,) = csv.DictReader(StringIO(pages.download(path).get_data(as_text=True)))
    assert (row["satisfied_before"], row["denominator_before"]) == ("1", "4")


def lately(page: Page) -> list[str]:
    """Who has completed what since the last look."""
    return page.texts(".column-aside .rows li")


def test_what_was_completed_since_the_last_look_is_told(pages: Pages, medicine: Unit) -> None:
    module = module_for(4, 1, medicine)
    assert lately(pages.get("dashboards.start")) == []
    seen = pages.submit(pages.get("dashboards.start"), SEEN)
    assert "As many people as then have completed each requirement." in pages.get("dashboards.start").text
    assert lately(seen) == []
    late = make.person("Late", unit=medicine)
    made = make.completion(late, module)
    page = pages.get("dashboards.start")
    assert lately(page) == ["Yearly 1 person more"]
    assert "Late" in pages.open(page.link("Yearly")).texts(".people .person-name a")
    pages.submit(page, SEEN)
    completions.correct_for(make.by(), made, Statement(module.code, make.day(0)), state=State.REJECTED)
    assert lately(pages.get("dashboards.start")) == ["Yearly 1 person fewer"]


def test_of_several_units_each_is_named(pages: Pages, medicine: Unit) -> None:
    surgery = make.unit("Surgery", code="SURG")
    module = module_for(2, 0, medicine)
    people = [make.person(unit=unit) for unit in (medicine, surgery)]
    pages.sign_in(make.champion(medicine, surgery, home=make.unit("Far")))
    pages.submit(pages.get("dashboards.start"), SEEN)
    for person in people:
        make.completion(person, module)
    assert lately(pages.get("dashboards.start")) == ["Yearly, Medicine 1 person more", "Yearly, Surgery 1 person more"]
