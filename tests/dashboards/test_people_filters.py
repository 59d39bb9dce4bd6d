"""Narrowing the people of a unit further, and keeping what it is narrowed by."""

import csv
from io import StringIO

import pytest
from flask import Flask

from tests.support import make, trail
from tests.support.edits import assert_told
from tests.support.make import Unit
from tests.support.pages import Page, Pages
from tracker.champions.models import Champion
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.dashboards.models import SavedFilter


@pytest.fixture
def medicine(pages: Pages) -> Unit:
    """A department with a division, people of several kinds, and the office looking at them."""
    pages.sign_in(make.account(Role.OFFICE))
    medicine = make.unit("Medicine", code="MED")
    cardiology = make.unit("Cardiology", code="CARD", parent=medicine)
    make.person("Ada", unit=medicine, category="faculty", role="clinical", starts_on=make.day(400))
    make.person("Bo", unit=cardiology, category="faculty", role="research", starts_on=make.day(20))
    make.person("Cleo", unit=cardiology, category="staff", role="clinical", starts_on=make.day(300))
    dora = make.person("Dora", unit=medicine, category="staff", starts_on=make.day(500), ends_on=make.day(30))
    make.appointment(dora, cardiology, category="staff", starts_on=make.day(29))
    return medicine


def names(page: Page) -> list[str]:
    """Who is listed, in order."""
    return page.texts(".people .person-name a")


def listed(pages: Pages, **query: object) -> Page:
    """The list of the department, by name."""
    return pages.get("dashboards.people", code="MED", query={"sort": "name", **query})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"category": "faculty"}, ["Ada", "Bo"]),
        ({"role": "clinical"}, ["Ada", "Cleo"]),
        ({"category": "faculty", "role": "clinical"}, ["Ada"]),
        ({"division": "CARD"}, ["Bo", "Cleo", "Dora"]),
        ({"division": "CARD", "category": "staff"}, ["Cleo", "Dora"]),
        ({"joined": 60}, ["Bo"]),
        ({"joined": 350}, ["Bo", "Cleo"]),
        ({"joined": 60, "division": "CARD"}, ["Bo", "Dora"]),
        ({"category": "faculty", "q": "b"}, ["Bo"]),
        ({"category": "student"}, None),
    ],
)
@pytest.mark.parametrize("asked", [True, False], ids=["asked", "everybody"])
def test_it_narrows_by_each_and_by_all_of_them(
    pages: Pages, medicine: Unit, query: dict[str, object], found: list[str] | None, asked: bool
) -> None:
    make.requirement(code="R")
    typed = query | ({"joined": make.day(int(str(query["joined"]))).isoformat()} if "joined" in query else {})
    if found is None:
        pages.get("dashboards.people", code="MED", query=typed, status=422)
        return
    for sort in ("name", "unit", "due", "status") if asked else ("name", "unit"):
        page = listed(pages, **typed, sort=sort, requirement="R" if asked else "")
        assert sorted(names(page)) == found, sort
        assert f"to {len(found)} of {len(found)} people" in page.text
        assert page.one("#people-list")["data-found"].replace("\xa0", " ") == (
            "1 person found" if len(found) == 1 else f"{len(found)} people found"
        )


def test_it_narrows_a_day_that_no_span_reaches(pages: Pages, medicine: Unit) -> None:
    make.requirement(code="R", repeat={"cycle": "07-01"})
    day = make.day(-20 * 365).isoformat()
    for code in ("R", ""):
        assert names(listed(pages, requirement=code, as_of=day, category="faculty")) == ["Ada", "Bo"]
        assert names(listed(pages, requirement=code, as_of=day, joined=make.day(60).isoformat())) == ["Bo"]


def test_the_form_offers_what_there_is_and_keeps_what_was_chosen(pages: Pages, medicine: Unit) -> None:
    make.requirement(code="R", title="Yearly")
    page = listed(pages, requirement="R", category="faculty")
    assert page.texts("select[name=category] option") == ["All categories", "faculty", "staff"]
    assert page.texts("select[name=role] option") == ["All roles", "clinical", "nonclinical", "research"]
    assert page.texts("select[name=division] option") == ["All of it", "Cardiology"]
    assert page.texts("select[name=category] option[selected]") == ["faculty"]
    assert "2 people with status something left to do, category faculty." in page.text
    narrowed = pages.submit(page, "Show the list", role="research")
    assert names(narrowed) == ["Bo"]
    assert "category=faculty" in narrowed.path
    assert "division" not in narrowed.path
    assert names(pages.open(narrowed.link("Show everybody at home here"))) == ["Ada", "Bo", "Cleo", "Dora"]


def test_a_unit_that_does_not_lie_below_is_not_found(pages: Pages, medicine: Unit) -> None:
    make.unit("Surgery", code="SURG")
    for code in ("SURG", "MED", "NONE"):
        pages.get("dashboards.people", code="MED", query={"division": code}, status=404)
    pages.sign_in(make.champion(medicine))
    pages.get("dashboards.people", code="MED", query={"division": "SURG"}, status=404)
    pages.get("dashboards.people", code="MED", query={"division": "CARD"})


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"joined": "soon"}, "The day must be a real date"),
        ({"category": "wizard"}, "Select one of the choices under “Category”"),
        ({"role": "\x02"}, "Select one of the choices under “Role”"),
    ],
)
def test_nonsense_is_told(pages: Pages, medicine: Unit, query: dict[str, str], words: str) -> None:
    make.requirement()
    assert words in pages.get("dashboards.people", code="MED", query=query, status=422).text
    pages.get("dashboards.people_csv", code="MED", query=query, status=422)


def test_the_file_has_the_filters_on_every_line(pages: Pages, medicine: Unit) -> None:
    make.requirement(code="R")
    since = make.day(350).isoformat()
    address = f"/units/MED/people.csv?division=CARD&category=faculty&role=research&joined={since}&status=not_started"
    (row,) = csv.DictReader(StringIO(pages.download(address).get_data(as_text=True)))
    assert row["name"] == "Bo"
    assert row["within"] == "MED"
    assert [row[f"filter_{name}"] for name in ("unit", "category", "role", "joined_since", "status")] == [
        *("CARD", "faculty", "research", since, "not_started")
    ]


def test_empty_lists_say_why(pages: Pages, medicine: Unit) -> None:
    make.requirement(code="R")
    make.unit(code="EMPTY")
    tomorrow = make.day(-1).isoformat()
    narrowed = listed(pages, requirement="R", joined=tomorrow)
    assert "With these statuses and filters nobody is at home here" in narrowed.text
    assert "With these filters nobody is at home here" in listed(pages, joined=tomorrow).text
    assert "Nobody at home here is found by “zz” on" in listed(pages, q="zz", category="staff").text
    assert "Nobody is at home here" in pages.get("dashboards.people", code="EMPTY", query={"requirement": ""}).text


# Filters that are kept


def keep(pages: Pages, page: Page, name: str) -> Page:
    """Keep what a list is narrowed by."""
    return pages.submit(page, "Keep this filter", name=name)


def test_a_filter_is_kept_without_search_and_day_and_removed_again(pages: Pages, medicine: Unit) -> None:
    make.requirement(code="R")
    page = listed(pages, requirement="R", category="faculty", q="Ada", as_of=make.day(3).isoformat())
    kept = keep(pages, page, "Our faculty")
    assert kept.messages == ["Kept the filter “Our faculty”."]
    found = pages.open(listed(pages).link("Our faculty"))
    assert names(found) == ["Ada", "Bo"]
    assert found.path == "/units/MED/people?requirement=R&category=faculty&sort=name"
    db.session.remove()
    assert trail.verbs()[-1] == "saved_filter.kept"
    assert "Our faculty" not in str(trail.everything())
    gone = pages.submit(found, "Remove")
    assert gone.messages == ["The filter is removed."]
    assert "Our faculty" not in gone.text
    db.session.remove()
    assert db.session.query(SavedFilter).count() == 0


def test_filters_are_one_s_own(pages: Pages, medicine: Unit) -> None:
    make.requirement(code="R")
    keep(pages, listed(pages), "Mine")
    db.session.remove()
    filter_id = db.session.query(SavedFilter.id).scalar()
    db.session.remove()
    pages.sign_in(make.champion(medicine))
    page = listed(pages)
    assert "Mine" not in page.text
    pages.post("dashboards.remove_filter", {}, filter_id=filter_id, status=404)
    assert keep(pages, page, "Mine").messages == ["Kept the filter “Mine”."]


def test_a_name_is_needed_and_stands_for_one_filter(pages: Pages, medicine: Unit) -> None:
    make.requirement(code="R")
    keep(pages, listed(pages), "Mine")
    for name, words in (("Mine", "You keep a filter of this name already."), ("", "Enter a name")):
        answer = pages.post("dashboards.keep_filter", {"name": name, "query": "status=overdue"}, code="MED", status=422)
        assert words in answer.text
    kept = pages.submit(answer, "Keep this filter", name="Other")
    assert kept.path == "/units/MED/people?status=overdue"


def test_what_comes_back_from_a_page_is_cleaned(pages: Pages, medicine: Unit) -> None:
    make.requirement(code="R")
    sent = {"name": "Odd", "query": "status=overdue&q=Ada&next=//evil.example&category=a%26b"}
    kept = pages.post("dashboards.keep_filter", sent, code="MED", status=422)
    assert kept.path == "/units/MED/people?status=overdue&category=a%26b"
    pages.post("dashboards.keep_filter", {"name": "Long", "query": "x" * 501}, code="MED", status=422)


def test_a_filter_of_a_unit_out_of_sight_is_not_offered(pages: Pages, app: Flask) -> None:
    medicine, surgery = make.unit("Medicine", code="MED"), make.unit("Surgery", code="SURG")
    make.requirement(code="R")
    account = make.champion(medicine, surgery)
    pages.sign_in(account)
    keep(pages, pages.get("dashboards.people", code="SURG"), "Surgeons")
    assert "Surgeons" in listed(pages).text
    with make.transaction() as tx:
        for term in tx.session.query(Champion).filter_by(unit_id=surgery.id):
            term.starts_on, term.ends_on = make.day(50), make.day(2)
    assert "Surgeons" not in listed(pages).text


def test_a_filter_gets_another_name(pages: Pages, medicine: Unit) -> None:
    make.requirement(code="R")
    keep(pages, listed(pages), "Ours")
    keep(pages, listed(pages, category="faculty"), "Faculty")
    form = pages.open(listed(pages).link("Rename Faculty"))
    assert form.h1 == "Rename “Faculty”"
    assert form.one("#name")["value"] == "Faculty"
    for name, words in (("Ours", "You keep a filter of this name already."), ("", "Enter a name")):
        assert words in pages.submit(form, name=name, status=422).text
    renamed = pages.submit(form, name="Our faculty")
    assert renamed.messages == ["The filter is called “Our faculty” now."]
    assert names(renamed) == ["Ada", "Bo"]
    assert renamed.link("Our faculty").endswith("category=faculty&sort=name")
    db.session.remove()
    assert trail.verbs()[-1] == "saved_filter.renamed"
    assert "Our faculty" not in str(trail.everything())


def test_nobody_renames_the_filter_of_somebody_else(pages: Pages, medicine: Unit) -> None:
    make.requirement(code="R")
    keep(pages, listed(pages), "Mine")
    db.session.remove()
    filter_id = db.session.query(SavedFilter.id).scalar()
    db.session.remove()
    pages.sign_in(make.champion(medicine))
    pages.get("dashboards.rename_filter", filter_id=filter_id, status=404)
    pages.post("dashboards.rename_filter", {"name": "Theirs"}, filter_id=filter_id, status=404)


def test_a_filter_renamed_elsewhere_is_told(pages: Pages, medicine: Unit) -> None:
    make.requirement(code="R")
    keep(pages, listed(pages, category="faculty"), "Faculty")
    form = pages.open(listed(pages).link("Rename Faculty"))
    pages.submit(form, name="Our faculty")
    told = pages.submit(form, name="Professors", status=422)
    assert_told(told, "Our faculty")
    db.session.remove()
    assert db.session.query(SavedFilter.name).scalar() == "Our faculty"
    assert pages.submit(told).messages == ["The filter is called “Professors” now."]


def test_what_an_address_leaves_open_and_what_a_list_cannot_use_are_told(pages: Pages, medicine: Unit) -> None:
    make.requirement(title="Yearly", due={"date": make.day(3)})
    make.person("Ada", unit=medicine)
    for query in ({"status": "overdue"}, {"sort": "due"}):
        page = pages.get("dashboards.people", code="MED", query=query)
        assert "does not say what is asked for, so it is taken for “Yearly”." in page.text
    page = pages.get("dashboards.people", code="MED", query={"item": "", "status": "overdue"})
    assert page.messages[0].startswith("The status was left out")
    page = pages.get("dashboards.people", code="MED", query={"item": "", "sort": "due"})
    assert page.messages[0].startswith("The order was left out")
    assert pages.get("dashboards.people", code="MED", query={"item": ""}).messages == []
