"""Categories, roles and years of joining side by side: they add up, and are not for those who may not see names."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support import cast, make
from tests.support.make import Unit
from tests.support.pages import Page, Pages
from tests.support.statements import asked_by
from tracker.core import clock
from tracker.core.actor import Role, system
from tracker.core.database import db
from tracker.dashboards.queries import cohorts, items
from tracker.people import commands as people
from tracker.progress import reports
from tracker.units.models import Unit as UnitRow

NUMBERS = ("in_scope", "waived", "on_leave", "denominator", "satisfied", "overdue", "rate")


@pytest.fixture
def medicine(pages: Pages) -> Unit:
    """A department that the office looks at, with a course that somebody of each category has done."""
    pages.sign_in(make.account(Role.OFFICE))
    unit = make.unit("Medicine", code="MED")
    module = make.module()
    make.requirement(module, code="YEARLY", title="Yearly course", first=date(2018, 1, 1))
    for year, category, role, is_done in (
        (2019, "faculty", "clinical", True),
        (2019, "faculty", "research", False),
        (2022, "staff", "nonclinical", True),
        (2024, "staff", "nonclinical", False),
    ):
        person = make.person(unit=unit, category=category, role=role, starts_on=date(year, 3, 1))
        if is_done:
            make.completion(person, module, on=make.day(10))
    return unit


def groups(page: Page) -> dict[str, dict[str, str]]:
    """The rates of each table by its caption and the name of the group."""
    return {
        table.caption.get_text(): {
            " ".join(row.th.get_text(" ").split()): " ".join(row.td.get_text(" ").split())
            for row in table.select("tbody tr")
        }
        for table in page.html.select("table")
    }


def test_groups_stand_side_by_side(pages: Pages, medicine: Unit) -> None:
    page = pages.get("dashboards.groups", code="MED")
    assert groups(page) == {
        "By category": {"Everybody": "50 % 2 of 4", "faculty": "50 % 1 of 2", "staff": "50 % 1 of 2"},
        "By role": {
            "Everybody": "50 % 2 of 4",
            "clinical": "100 % 1 of 1",
            "nonclinical": "50 % 1 of 2",
            "research": "0 % 0 of 1",
        },
        "By year of joining": {
            "Everybody": "50 % 2 of 4",
            "2019": "50 % 1 of 2",
            "2022": "100 % 1 of 1",
            "2024": "0 % 0 of 1",
        },
    }


def test_a_category_leads_to_its_people(pages: Pages, medicine: Unit) -> None:
    people_list = pages.open(pages.get("dashboards.groups", code="MED").link("faculty"))
    assert len(people_list.html.select("ul.people li")) == 1


def test_the_first_day_at_home_decides_the_year(pages: Pages, medicine: Unit) -> None:
    """Neither another post nor a new home nor a pause between two of them makes somebody join anew."""
    elsewhere = make.unit("Surgery", code="SURG")
    person = make.person(unit=elsewhere, starts_on=date(2021, 5, 1), ends_on=date(2021, 12, 31))
    make.appointment(person, elsewhere, starts_on=date(2020, 1, 1), is_primary=False)
    make.appointment(person, medicine, starts_on=date(2023, 6, 1))
    found = groups(pages.get("dashboards.groups", code="MED"))["By year of joining"]
    assert found["2021"] == "0 % 0 of 1"
    assert "2020" not in found
    assert "2023" not in found


def test_the_day_decides_the_category(pages: Pages, medicine: Unit) -> None:
    person = make.person(unit=medicine, category="student", starts_on=date(2023, 1, 1), ends_on=make.day(31))
    people.add_appointment(
        make.by(), person.id, medicine.id, category="resident", role="trainee", starts_on=make.day(30), ends_on=None
    )
    now = groups(pages.get("dashboards.groups", code="MED"))["By category"]
    then = groups(pages.get("dashboards.groups", code="MED", query={"as_of": make.day(40).isoformat()}))["By category"]
    assert "resident" in now
    assert "student" not in now
    assert "student" in then
    assert "resident" not in then


@pytest.mark.parametrize("code", ["SOM", "MED", "SPORTS"])
@pytest.mark.parametrize("query", ["requirement=YEARLY", "requirement=INTRO&module=DIV-3", "requirement=ADMISSIONS"])
@pytest.mark.parametrize("ahead", [0, -401, 200, 20 * 365])
def test_each_kind_of_groups_adds_up_to_the_report(sample_app: Flask, code: str, query: str, ahead: int) -> None:
    pages = Pages(sample_app)
    pages.sign_in(make.account(Role.OFFICE))
    day = clock.today() + timedelta(ahead)
    text = pages.download(f"/units/{code}/groups.csv?{query}&as_of={day}").get_data(as_text=True)
    rows = list(csv.DictReader(StringIO(text)))
    whole = next(row for row in rows if not row["by"])
    unit_id = db.session.scalars(select(UnitRow.id).where(UnitRow.code == code)).one()
    reported = [
        row
        for row in csv.DictReader(StringIO("".join(reports.lines("rates", day, unit_id))))
        if (row["unit"], row["requirement"], row["module"]) == (code, whole["requirement"], whole["module"])
    ]
    if reported:
        assert {name: whole[name] for name in NUMBERS} == {name: reported[0][name] for name in NUMBERS}
    else:
        assert whole["in_scope"] == "0"
    for kind in ("category", "role", "joined"):
        parts = [row for row in rows if row["by"] == kind]
        for name in ("in_scope", "waived", "on_leave", "denominator", "satisfied", "overdue", "to_go"):
            assert sum(int(row[name]) for row in parts) == int(whole[name]), (kind, name)


def test_nothing_is_broken_down_without_names(pages: Pages) -> None:
    everybody = cast.gather()
    make.requirement(code="READING", title="Reading", level="optional")
    for _ in range(20):
        make.person(unit=everybody.department)
    pages.sign_in(everybody.champion)
    page = pages.get("dashboards.groups", code="MED", query={"requirement": "READING"})
    assert "is shown without names" in page.text
    assert not page.html.select("table")
    text = pages.download("/units/MED/groups.csv?requirement=READING").get_data(as_text=True)
    assert len(text.splitlines()) == 1
    pages.sign_in(everybody.office)
    assert pages.get("dashboards.groups", code="MED", query={"requirement": "READING"}).html.select("table")


def test_what_is_worked_out_is_what_was_stored(sample_app: Flask) -> None:
    """The way for days beyond the horizon gives the same for a day that spans reach."""
    actor = system(clock.today())
    unit_id = db.session.scalars(select(UnitRow.id).where(UnitRow.code == "MED")).one()
    for requirement in items.requirements(actor):
        for day in (actor.today, actor.today + timedelta(days=300)):
            stored = cohorts._counted(unit_id, requirement.whole.id, day)
            assert cohorts._worked_out(unit_id, requirement.whole.id, day) == stored


def test_it_asks_as_often_for_many_people(pages: Pages, medicine: Unit) -> None:
    before = asked_by(pages, "/units/MED/groups")
    for year in range(2012, 2024):
        make.person(unit=make.unit(parent=medicine), starts_on=date(year, 1, 1), category=f"kind {year}")
    assert asked_by(pages, "/units/MED/groups") == before <= 10


def test_a_year_leads_to_its_people(pages: Pages, medicine: Unit) -> None:
    page = pages.open(pages.get("dashboards.groups", code="MED").link("2019"))
    assert page.h1 == "Joined in 2019: Medicine"
    assert page.texts(".lede p")[0].startswith("2 people of this year are asked for “Yearly course” on ")
    assert len(page.html.select("ul.people li")) == 2
    assert "Nobody to list" in pages.get("dashboards.cohort", code="MED", year=1999).text
    for year in (0, 10_000, 10**30):
        pages.get("dashboards.cohort", code="MED", year=year, status=404)


def test_names_of_a_year_are_for_those_who_may_know_them(pages: Pages) -> None:
    everybody = cast.gather()
    make.requirement(code="READING", title="Reading", level="optional")
    make.requirement(code="YEARLY", title="Yearly")
    gone = make.person("Gone Elsewhere", unit=everybody.department)
    year = make.day(1_000).year
    people.transfer(make.by(), gone.id, everybody.elsewhere.id, on=make.day(5))
    then = {"as_of": make.day(20).isoformat(), "requirement": "YEARLY"}
    pages.sign_in(everybody.champion)
    assert "Gone Elsewhere" not in pages.get("dashboards.cohort", code="MED", year=year, query=then).text
    pages.download(f"/units/MED/groups/{year}?requirement=READING", status=403)
    pages.sign_in(everybody.office)
    assert "Gone Elsewhere" in pages.get("dashboards.cohort", code="MED", year=year, query=then).text
