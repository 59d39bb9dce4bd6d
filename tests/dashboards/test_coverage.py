"""The pages about the champions of a unit: coverage, hand-over, and one page for the chair."""

import csv
import io

import pytest

from tests.champions.conftest import term_of
from tests.support import cast, make
from tests.support.cast import Cast
from tests.support.make import Account, Unit
from tests.support.pages import Page, Pages
from tests.support.statements import asked_by
from tracker.champions import commands
from tracker.core import clock
from tracker.core.actor import Role
from tracker.core.days import month_end
from tracker.core.words import DASH, NO_BREAK_SPACE, day
from tracker.curriculum.rules import Module
from tracker.targets.commands import set_target

PAGES = ("dashboards.coverage", "dashboards.handover", "dashboards.chair")


@pytest.fixture
def people(pages: Pages) -> Cast:
    """Everybody who may come."""
    return cast.gather()


def in_words(days_ago: int) -> str:
    """A day as pages write it, with plain blanks."""
    return day(make.day(days_ago)).replace(NO_BREAK_SPACE, " ")


def settle_all(term: int) -> None:
    """Record all that belongs to a term."""
    for kind in ("chair", "supervisor"):
        commands.record_approval(
            make.by(), term, kind, approved_by=f"Dr {kind.title()}", approved_on=make.day(3), note="=secret()"
        )
    commands.add_training(make.by(), term, starts_on=make.day(9), ends_on=make.day(5))


def fill(unit: Unit, module: Module, *, done: int, left: int) -> None:
    """So many people of a unit who did a module long ago, and who did not."""
    for number in range(done + left):
        person = make.person(unit=unit)
        if number < done:
            make.completion(person, module, on=make.day(200))


def open_as(pages: Pages, who: Account | None, endpoint: str, code: str = "MED", **query: object) -> Page:
    """One of the pages, as somebody sees it."""
    pages.sign_in(who)
    return pages.get(endpoint, code=code, query=query)


# Coverage


def test_coverage_says_who_champions_what_and_what_is_open(pages: Pages, people: Cast) -> None:
    page = open_as(pages, people.office, "dashboards.coverage", "SOM")
    assert page.h1 == "Champions of School of Medicine"
    assert page.texts(".lede p") == [
        f"0 of 2 departments here have both a faculty and a staff champion on {in_words(0)}."
    ]
    assert page.texts(".figures-list div") == [
        *("Champions missing3", "Terms without both approvals3", "Terms without an agreed FTE3"),
        "Units where nobody is certified3",
    ]
    assert [text.split(" (")[0] for text in page.texts("tbody tr:has(td) th")] == [
        *("Paula Parent", "Cara Champion", "Ella Elsewhere")
    ]
    assert "No faculty champion yet." in page.text
    assert "these have had none of their own: Cardiology" in page.text


def test_coverage_shows_what_belongs_to_a_term(pages: Pages, people: Cast) -> None:
    term = term_of(people.champion)
    settle_all(term)
    sue = make.person("Sue Substitute", unit=people.division)
    commands.name_substitute(make.by(), term, sue.id, starts_on=make.day(0), ends_on=make.day(-3))
    page = open_as(pages, people.champion, "dashboards.coverage")
    assert f"Sue Substitute stands in for Cara Champion until {in_words(-3)}" in page.text
    assert f"Chair {in_words(3)} and supervisor {in_words(3)}" in page.text
    assert f"{in_words(9)} to {in_words(5)}" in page.text
    assert page.link("Cara Champion (Medicine, staff)") == f"/champions/{term}"
    assert "Appoint" not in page.text


def test_the_office_appoints_from_what_is_missing(pages: Pages, people: Cast) -> None:
    page = open_as(pages, people.office, "dashboards.coverage")
    form = pages.open(page.link("Appoint a faculty champion of Medicine"))
    assert form.h1 == "Appoint a champion of Medicine"
    assert "faculty" in form.path


def test_coverage_as_csv(pages: Pages, people: Cast) -> None:
    settle_all(term_of(people.champion))
    pages.sign_in(people.champion_above)
    text = pages.download("/units/SOM/coverage.csv").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["unit"], row["champion"], row["kind"]) for row in rows] == [
        ("SOM", "Paula Parent", "staff"),
        ("MED", "Cara Champion", "staff"),
        ("SURG", "Ella Elsewhere", "staff"),
    ]
    assert {row["as_of"] for row in rows} == {clock.today().isoformat()}
    assert {row["within"] for row in rows} == {"SOM"}
    assert rows[1]["chair"] == "Dr Chair"
    assert rows[1]["training"] == f"{make.day(9)} to {make.day(5)}"
    assert "secret" not in text
    assert "@" not in text
    assert rows[1]["to_look_at"].startswith("No FTE is agreed for Cara Champion.; No faculty champion yet.")


def test_coverage_of_another_day(pages: Pages, people: Cast) -> None:
    page = open_as(pages, people.office, "dashboards.coverage", as_of=make.day(300).isoformat())
    assert page.texts("tbody tr:has(td) th a") == ["Bo Before (Medicine, staff)", "Cara Champion (Medicine, staff)"]
    assert f"begins on {in_words(100)}" in page.text


def test_many_units_come_in_pages(pages: Pages, people: Cast) -> None:
    for _ in range(41):
        make.unit(parent=people.department)
    page = open_as(pages, people.office, "dashboards.coverage")
    assert "1 to 40 of 42 units" in page.text
    assert "41 to 42 of 42 units" in pages.open(page.link("Next page")).text
    pages.get("dashboards.coverage", code="MED", query={"page": "x"}, status=422)


# Hand-over


def test_a_hand_over_tells_the_next_champion_where_to_begin(pages: Pages, people: Cast) -> None:
    essay = make.module("ESSAY", title="Essay", evidence="verification")
    make.requirement(essay, title="The sequence", due={"date": make.day(3)})
    make.gate(essay, title="The next course")
    lea, other = make.person("Lea", unit=people.division), make.person("Otto", unit=people.division)
    make.completion(lea, essay, claimed=True)
    make.completion(other, essay)
    page = open_as(pages, people.champion, "dashboards.handover")
    assert page.h1 == "Hand-over: Medicine"
    steps = [text.split(".")[0] for text in page.texts("ol.bullets li")]
    assert steps[0] == "1 completion waits to be verified"
    assert "overdue for “The sequence”" in steps[1]
    assert any("way to “The next course”" in step for step in steps)
    assert page.text.count("1 completion waits to be verified here.") == 1
    assert "Cara Champion" in page.text
    assert "Bo Before" in page.text
    assert people.office.email in page.text
    for name in ("Lea", "Otto"):
        assert name not in page.text


def test_a_hand_over_shows_no_claims_to_who_decides_none(pages: Pages, people: Cast) -> None:
    essay = make.module(evidence="verification")
    make.requirement(essay)
    make.completion(make.person(unit=people.division), essay, claimed=True)
    assert "No decision waits" in open_as(pages, people.auditor, "dashboards.handover").text


# One page for the chair


@pytest.fixture
def asked(people: Cast) -> Module:
    """A requirement that 6 of 12 in Surgery have done, and 2 of 4 in the division of Medicine."""
    module = make.module(title="Awareness")
    make.requirement(module, code="SEQ", title="The sequence", audience={"roles": ["clinical"]})
    for unit, each in ((people.elsewhere, 6), (people.division, 2)):
        for number in range(2 * each):
            person = make.person(unit=unit, role="clinical")
            if number < each:
                make.completion(person, module, on=make.day(200) if number else make.day(0))
    return module


def row_of(page: Page) -> list[str]:
    """The cells of the only requirement."""
    return page.texts("main tbody tr td")


def test_the_chair_sees_figures_and_how_they_moved(pages: Pages, people: Cast, asked: Module) -> None:
    set_target(make.by(), "SURG", "SEQ", 75)
    page = open_as(pages, people.champion_elsewhere, "dashboards.chair", "SURG")
    assert page.h1 == "Surgery on one page"
    assert page.texts(".lede p")[0] == f"50 % have completed “The sequence”: 6 of 12 people on {in_words(0)}."
    assert row_of(page) == [
        *("50 % 6 of 12", "75 %3 people to go", "8 points up"),
        *["42 % 5 of 12"] * 3,
    ]
    heads = page.texts("thead th")
    last = day(month_end(clock.today(), -1)).replace(NO_BREAK_SPACE, " ")
    assert heads[:5] == ["Requirement", in_words(0), "Target", "Since the last month end", last]


def test_the_chair_sees_nothing_of_a_few_people(pages: Pages, people: Cast, asked: Module) -> None:
    gated = make.gate(asked, title="The next course")
    for who in (people.champion, people.office):
        page = open_as(pages, who, "dashboards.chair")
        assert row_of(page) == ["fewer than 10", DASH, *["fewer than 10"] * 3]
        assert "Fewer than 10 people are counted here" in page.texts(".lede p")[0]
        assert f"{gated.title}: not open yet." in page.text
        assert "2 of 4" not in page.text


def test_readers_who_may_not_see_names_get_rounded_rates(pages: Pages, people: Cast, asked: Module) -> None:
    make.gate(asked, title="The next course")
    for who in (people.champion_elsewhere, people.office):
        page = open_as(pages, who, "dashboards.chair", "SURG", readers="others")
        assert row_of(page)[0] == "not shown", "the rest of the school would be Medicine, which is a few people"
    for _ in range(8):
        make.person(unit=people.division, role="clinical")
    for who in (people.champion_elsewhere, people.office):
        page = open_as(pages, who, "dashboards.chair", "SURG", readers="others")
        assert row_of(page)[0] == "about 50 %"
        assert "of 12" not in page.text
        assert "more people" not in page.text
        assert page.link("The page for the chair, with numbers") == "/units/SURG/chair"
    pages.get("dashboards.chair", code="SURG", query={"readers": "x"}, status=422)


def test_no_learner_is_named_on_the_page_for_the_chair(pages: Pages, people: Cast, asked: Module) -> None:
    for query in ({}, {"readers": "others"}):
        page = open_as(pages, people.office, "dashboards.chair", "SURG", **query)
        assert "Person" not in page.text
        assert "Ella Elsewhere" in page.text


def test_the_pages_of_a_unit_without_anything_asked(pages: Pages, people: Cast) -> None:
    for endpoint in PAGES:
        open_as(pages, people.office, endpoint, "CARD")
    assert "Nobody is asked for anything here" in open_as(pages, people.office, "dashboards.chair", "CARD").text


# All three


def test_they_are_for_who_may_see_the_unit(pages: Pages, people: Cast) -> None:
    sue = make.learner(people.division, "Sue Substitute")
    assert sue.person is not None
    commands.name_substitute(
        make.by(), term_of(people.champion), sue.person.id, starts_on=make.day(0), ends_on=make.day(-3)
    )
    may = {"champion", "champion_above", "office", "auditor", "substitute"}
    for name, who in {**people.everybody(), "substitute": sue}.items():
        if who is None:
            continue
        pages.sign_in(who)
        refused = 404 if name == "champion_elsewhere" else 403
        for endpoint in PAGES:
            pages.get(endpoint, code="MED", status=200 if name in may else refused)


@pytest.mark.parametrize("words", ["coverage", "coverage.csv", "handover", "chair", "chair?readers=others"])
def test_they_ask_as_often_for_many_as_for_one(pages: Pages, people: Cast, words: str) -> None:
    module = make.module()
    make.requirement(module)
    fill(people.division, module, done=1, left=1)
    settle_all(term_of(people.champion))
    sue = make.person(unit=people.division)
    commands.name_substitute(make.by(), term_of(people.champion), sue.id, starts_on=make.day(0), ends_on=make.day(-3))
    pages.sign_in(make.account(Role.OFFICE))
    before = asked_by(pages, f"/units/SOM/{words}")
    for number in range(15):
        unit = make.unit(parent=people.school)
        make.champion(unit, kind="faculty" if number % 2 else "staff")
        fill(unit, module, done=1, left=1)
    assert asked_by(pages, f"/units/SOM/{words}") == before
