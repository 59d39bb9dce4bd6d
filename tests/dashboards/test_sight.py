"""Who sees what: today's tree decides which units and people, the chosen day the figures."""

import csv
from io import StringIO

import pytest
from sqlalchemy import select

from tests.support import cast, make
from tests.support.cast import Cast
from tests.support.make import Unit
from tests.support.pages import Pages
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.core.days import month_end
from tracker.curriculum.models import Requirement
from tracker.curriculum.rules import Module
from tracker.people import commands as facts
from tracker.units import commands as units

PAGES = {
    "unit": "",
    "table": "/table",
    "table_csv": "/table.csv",
    "people": "/people",
    "people_csv": "/people.csv",
    "roster": "/log",
}


@pytest.fixture
def everybody(pages: Pages) -> Cast:
    """The cast."""
    return cast.gather()


@pytest.mark.parametrize("endpoint", PAGES)
def test_each_page_is_for_those_who_may_see_the_unit(pages: Pages, everybody: Cast, endpoint: str) -> None:
    make.requirement()
    all_units = {"SOM", "MED", "CARD", "SURG"}
    allowed = {"champion": {"MED", "CARD"}, "champion_elsewhere": {"SURG"}}
    allowed |= dict.fromkeys(("champion_above", "office", "auditor"), all_units)
    if endpoint == "roster":
        del allowed["auditor"]
    for name, account in everybody.everybody().items():
        pages.sign_in(account)
        for code in all_units:
            lacks_right = 303 if account is None else 403
            expected = lacks_right if name not in allowed else 200 if code in allowed[name] else 404
            pages.download(f"/units/{code}{PAGES[endpoint]}", status=expected)


@pytest.mark.parametrize("whose", ["learner", "leaver", "champion_elsewhere", "champion"])
def test_a_person_is_for_those_who_may_know_her(pages: Pages, everybody: Cast, whose: str) -> None:
    person = getattr(everybody, whose).person
    seen_by: dict[str, set[str]] = {
        "learner": {"champion", "champion_above"},
        "champion": {"champion", "champion_above"},
        "champion_elsewhere": {"champion_above", "champion_elsewhere"},
        "leaver": set(),
    }
    champions = {"champion", "champion_above", "champion_elsewhere"}
    for name, account in everybody.everybody().items():
        pages.sign_in(account)
        if account is None:
            expected = 303
        elif name in {"office", "auditor"} | seen_by[whose]:
            expected = 200
        else:
            expected = 404 if name in champions else 403
        pages.download(f"/people/{person.id}", status=expected)


def test_way_up_is_named_but_not_open(pages: Pages, everybody: Cast) -> None:
    pages.sign_in(everybody.champion)
    crumbs = pages.get("dashboards.unit", code="CARD").one(".crumbs")
    assert crumbs.get_text(" ", strip=True) == "School of Medicine Medicine Cardiology"
    assert [link.get_text() for link in crumbs.select("a")] == ["Medicine"]


def move(unit: Unit, parent: Unit, days_ago: int, kind: str = "division") -> None:
    """Put a unit below another from a day on."""
    units.set_unit(make.by(), unit.code, name=unit.name, kind=kind, parent=parent.code, starts_on=make.day(days_ago))


def test_a_unit_that_went_elsewhere_counts_then_but_is_not_opened(pages: Pages, everybody: Cast) -> None:
    module = make.module()
    make.requirement(module, code="R", title="R")
    make.completion(make.person(unit=everybody.division), module, on=make.day(100))
    move(everybody.division, everybody.elsewhere, 10)
    db.session.remove()
    pages.sign_in(everybody.champion)
    then = {"as_of": make.day(20).isoformat()}
    page = pages.get("dashboards.unit", code="MED", query=then)
    assert "In units that are elsewhere today" in page.text
    assert "Cardiology" not in page.text
    pages.get("dashboards.unit", code="CARD", query=then, status=404)
    now = pages.get("dashboards.unit", code="MED")
    assert "elsewhere today" not in now.text
    pages.sign_in(everybody.champion_elsewhere)
    came = pages.get("dashboards.unit", code="CARD", query=then)
    assert came.h1 == "Cardiology"
    assert [link.get_text() for link in came.one(".crumbs").select("a")] == []


def test_people_who_left_are_counted_then_but_not_named(pages: Pages, everybody: Cast) -> None:
    make.requirement(title="R")
    gone = make.person("Gone Elsewhere", unit=everybody.department)
    make.person("Still Here", unit=everybody.department)
    facts.transfer(make.by(), gone.id, everybody.elsewhere.id, on=make.day(5))
    query = {"as_of": make.day(20).isoformat(), "q": "e"}
    pages.sign_in(everybody.champion)
    page = pages.get("dashboards.people", code="MED", query=query)
    assert "Still Here" in page.text
    assert "Gone Elsewhere" not in page.text
    assert "whoever has left them since is counted, but not named" in page.text
    assert "Gone" not in pages.download(f"/units/MED/people.csv?as_of={query['as_of']}").get_data(as_text=True)
    pages.sign_in(everybody.office)
    assert "Gone Elsewhere" in pages.get("dashboards.people", code="MED", query=query).text


# Without names


@pytest.fixture
def circle(everybody: Cast) -> Module:
    """An open invitation: 12 people in the department, 8 of whom came; 11 in its division, of whom none did."""
    module = make.module(code="BOOK", title="A book")
    make.requirement(module, code="CIRCLE", title="Reading circle", level="optional")
    for unit, people, came in ((everybody.department, 10, 8), (everybody.division, 11, 0)):
        for number in range(people):
            person = make.person(f"{unit.name} {number}", unit=unit)
            if number < came:
                make.completion(person, module, on=make.day(60))
    return module


def cells(pages: Pages, code: str, query: str = "") -> dict[str, str]:
    """What the table's file shows for the circle, by row."""
    text = pages.download(f"/units/{code}/table.csv?requirement=CIRCLE{query}").get_data(as_text=True)
    found = list(csv.DictReader(StringIO(text)))
    numbers = ("in_scope", "waived", "on_leave", "denominator", "satisfied", "overdue", "due_soon", "to_go", "rate")
    assert all(not row[name] for row in found for name in numbers)
    return {row["unit_name"]: row["shown"].replace("\N{NO-BREAK SPACE}", " ") for row in found}


def test_whoever_may_not_see_names_gets_rounded_rates(pages: Pages, everybody: Cast, circle: Module) -> None:
    pages.sign_in(everybody.champion)
    assert cells(pages, "MED") == {
        "Medicine": "about 35 %",
        "Cardiology": "under 10 %",
        "In Medicine itself": "about 60 %",
    }
    page = pages.get("dashboards.unit", code="MED")
    assert "about 35" in page.text
    assert "8 of" not in page.text
    assert "“Reading circle” is shown without names" in page.text
    pages.sign_in(everybody.office)
    assert "8 of 24 people" in pages.get("dashboards.unit", code="MED").text


def test_the_same_on_every_page(pages: Pages, everybody: Cast, circle: Module) -> None:
    """What a page keeps back, no other page of the same or of another unit gives away."""
    small = make.unit("Small", kind="division", parent=everybody.department, code="SMALL")
    make.completion(make.person(unit=small), circle)
    pages.sign_in(everybody.champion)
    assert cells(pages, "MED") == {
        "Medicine": "about 35 %",
        "Cardiology": "not shown",
        "Small": "fewer than 10",
        "In Medicine itself": "about 60 %",
    }
    assert cells(pages, "CARD") == {"Cardiology": "not shown"}
    assert cells(pages, "SMALL") == {"Small": "fewer than 10"}
    hidden = pages.get("dashboards.people", code="CARD", query={"requirement": "CIRCLE"})
    assert "one could tell that of a small group" in hidden.text
    pages.sign_in(everybody.champion_above)
    assert cells(pages, "CARD") == {"Cardiology": "not shown"}


def test_they_are_given_for_today_and_the_ends_of_months(pages: Pages, everybody: Cast, circle: Module) -> None:
    pages.sign_in(everybody.champion)
    today = make.day(0)
    end = month_end(today, -1)
    assert cells(pages, "CARD", f"&as_of={end}") == {"Cardiology": "under 10 %"}
    other = end.replace(day=13)
    assert cells(pages, "CARD", f"&as_of={other}") == {"Cardiology": "not on this day"}
    page = pages.get("dashboards.people", code="CARD", query={"requirement": "CIRCLE", "as_of": other.isoformat()})
    assert "given only for today and for the ends of months" in page.text


def test_no_list_of_names_is_given(pages: Pages, everybody: Cast, circle: Module) -> None:
    for visitor, is_shown in ((everybody.champion, False), (everybody.office, True)):
        pages.sign_in(visitor)
        for status, name in (("not_started", "Cardiology 1"), ("satisfied", "Medicine 1")):
            query = {"requirement": "CIRCLE", "status": status, "q": "1"}
            page = pages.get("dashboards.people", code="MED", query=query)
            assert (name in page.text) is is_shown
            assert ("Names are not shown for this" in page.text) is not is_shown
        pages.download("/units/MED/people.csv?requirement=CIRCLE", status=200 if is_shown else 403)


def test_a_person_is_shown_with_what_is_required_and_opened(pages: Pages, everybody: Cast, circle: Module) -> None:
    asked, opened = make.module(title="Asked"), make.module(title="Opened")
    make.requirement(asked)
    make.requirement(opened, level="expected", champions_see_names=True)
    person = make.person("Ada", unit=everybody.division, identifier="000777")
    for module in (asked, opened, circle):
        make.completion(person, module)
    for visitor, sees_all in ((everybody.champion, False), (everybody.office, True)):
        pages.sign_in(visitor)
        page = pages.get("dashboards.person", person_id=person.id)
        assert "Asked" in page.text
        assert "Opened" in page.text
        assert ("A book" in page.text) is sees_all
        assert ("000777" in page.text) is sees_all
        assert (person.email in page.text) is sees_all


def test_gate_numbers_follow_their_modules(pages: Pages, everybody: Cast, circle: Module) -> None:
    make.gate(circle, title="Ready")
    for visitor, sees_all in ((everybody.champion, False), (everybody.office, True)):
        pages.sign_in(visitor)
        said = pages.get("dashboards.unit", code="MED").texts(".gate")[0]
        assert "not open yet" in said
        assert ("people are needed" in said) is sees_all
        assert ("of 2" in said) is sees_all


def test_a_champion_whose_units_ask_only_without_names_is_told(pages: Pages, everybody: Cast, circle: Module) -> None:
    pages.sign_in(everybody.champion)
    page = pages.get("dashboards.unit", code="MED")
    assert "shown without names" in page.texts(".lede p")[0]
    assert "fewer" not in page.texts(".lede p")[0]


def test_someone_else_s_champion_sees_no_more_for_asking(pages: Pages, everybody: Cast, circle: Module) -> None:
    """Names, statuses and reasons of what is not hers answer as if they were not there."""
    requirement_id = db.session.scalars(select(Requirement.id).where(Requirement.code == "CIRCLE")).one()
    person = everybody.learner.person
    assert person is not None
    hidden = [(everybody.champion, 404), (everybody.champion_elsewhere, 404)]
    for visitor, expected in [*hidden, (everybody.office, 200)]:
        pages.sign_in(visitor)
        pages.get("dashboards.why", person_id=person.id, requirement_id=requirement_id, status=expected)


def test_an_administrator_sees_no_figures(pages: Pages, everybody: Cast) -> None:
    pages.sign_in(make.account(Role.ADMINISTRATOR))
    pages.get("dashboards.start", status=403)
