"""Targets: set, changed and ended by the office, refused where they mean nothing, said as people to go everywhere."""

import csv
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.progress.conftest import TODAY, institution
from tests.support import folders, make
from tests.support.edits import assert_told, day_words
from tests.support.make import Unit
from tests.support.pages import Page, Pages
from tests.support.statements import asked_by
from tracker.accounts.queries import account as account_view
from tracker.core import clock
from tracker.core.actor import Actor, Role
from tracker.core.audit import AuditEvent
from tracker.core.database import db
from tracker.core.errors import Forbidden, Invalid, NotFound
from tracker.core.words import DASH
from tracker.targets.commands import change_target, remove_target, set_target
from tracker.targets.queries import target_periods, targets_of
from tracker.targets.rules import overlap, people_to_target

SET, SAVE, REMOVE = "Set the target", "Save", "Remove this target"
SOME_DAY = date(2026, 1, 1)
PERIODS = st.tuples(st.integers(0, 20), st.none() | st.integers(0, 20)).map(
    lambda pair: (SOME_DAY + timedelta(pair[0]), None if pair[1] is None else SOME_DAY + timedelta(sum(pair)))
)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 100))
def test_so_many_more_reach_it_and_one_fewer_does_not(done: int, more: int, percent: int) -> None:
    counted = done + more
    missing = people_to_target(done, counted, percent)
    assert 100 * (done + missing) >= percent * counted
    assert missing == 0 or 100 * (done + missing - 1) < percent * counted


@given(PERIODS, PERIODS)
def test_periods_overlap_where_they_share_a_day(one: tuple[date, date | None], other: tuple[date, date | None]) -> None:
    days = [SOME_DAY + timedelta(number) for number in range(60)]
    shared = [day for day in days if all(first <= day <= (last or date.max) for first, last in (one, other))]
    assert overlap(one, other) == overlap(other, one) == bool(shared)


@pytest.fixture
def medicine(app: Flask) -> Unit:
    """A department that is asked for something."""
    make.requirement(code="YEARLY", title="Yearly course")
    make.requirement(code="READING", title="Reading circle")
    unit = make.unit("Medicine", code="MED")
    make.person(unit=unit)
    return unit


def office() -> Actor:
    """Somebody of the office."""
    found = account_view(make.account(Role.OFFICE).id, clock.today())
    assert found is not None
    return found.actor


def rows(page: Page) -> list[list[str]]:
    """The cells of the list, line by line."""
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")] for row in page.html.select("tbody tr")
    ]


def test_the_office_sets_changes_ends_and_removes_them(pages: Pages, medicine: Unit) -> None:
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.get("dashboards.targets", code="MED")
    assert "No target is set here" in page.text
    page = pages.open(page.link("Set a target"))
    assert page.h1 == "Set a target for Medicine"
    after = pages.submit(page, SET, requirement="YEARLY", percent="80 %", starts_on="")
    assert after.messages == ["The target is set: 80 % of Medicine."]
    assert rows(after)[0][0].endswith("until further notice")
    assert rows(after)[0][1:] == ["80 %", "1 person to go"]
    page = pages.open(str(after.one("tbody th a")["href"]))
    assert page.h1 == "Target of Medicine: Yearly course"
    after = pages.submit(page, SAVE, percent="90", ends_on=make.day(-10).isoformat())
    assert after.messages == ["The target is changed."]
    db.session.close()
    assert targets_of(["MED"], make.day(-10)) == {("MED", "YEARLY"): 90}
    assert targets_of(["MED"], make.day(-11)) == {}
    after = pages.submit(pages.open(str(after.one("tbody th a")["href"])), REMOVE)
    assert "is removed" in after.messages[0]
    db.session.close()
    assert targets_of(["MED"], clock.today()) == {}
    verbs = db.session.scalars(select(AuditEvent.verb).where(AuditEvent.verb.like("target.%")).order_by(AuditEvent.id))
    assert list(verbs) == ["target.set", "target.changed", "target.removed"]


def test_the_next_one_ends_an_open_one_the_day_before(medicine: Unit) -> None:
    set_target(make.by(), "MED", "YEARLY", 70)
    set_target(make.by(), "MED", "READING", 10)
    set_target(make.by(), "MED", "YEARLY", 90, starts_on=make.day(-5))
    found = [(one.percent, one.starts_on, one.ends_on) for one in target_periods("MED")]
    assert found == [(10, None, None), (70, None, make.day(-4)), (90, make.day(-5), None)]
    assert targets_of(["MED"], make.day(-4)) == {("MED", "YEARLY"): 70, ("MED", "READING"): 10}
    assert targets_of(["MED"], make.day(-5)) == {("MED", "YEARLY"): 90, ("MED", "READING"): 10}
    verbs = db.session.scalars(select(AuditEvent.verb).where(AuditEvent.verb == "target.ended"))
    assert list(verbs) == ["target.ended"]


def test_two_for_the_same_day_are_refused_at_the_field(pages: Pages, medicine: Unit) -> None:
    set_target(make.by(), "MED", "YEARLY", 70, starts_on=make.day(10), ends_on=make.day(-10))
    later = set_target(make.by(), "MED", "YEARLY", 80, starts_on=make.day(-11))
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.get("dashboards.set_target", code="MED")
    days = {"starts_on": make.day(-9).isoformat(), "ends_on": make.day(-10).isoformat()}
    page = pages.submit(page, SET, status=422, requirement="YEARLY", percent="75", **days)
    assert page.errors[0].startswith("There is a target of 70 % from ")
    page = pages.get("dashboards.change_target", code="MED", target_id=later)
    page = pages.submit(page, SAVE, status=422, starts_on="")
    assert page.errors[0].startswith("There is a target of 70 % from ")
    assert len(target_periods("MED")) == 2


def test_an_end_before_the_start_is_told_at_its_field(pages: Pages, medicine: Unit) -> None:
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.get("dashboards.set_target", code="MED")
    days = {"starts_on": make.day(5).isoformat(), "ends_on": make.day(6).isoformat()}
    page = pages.submit(page, SET, status=422, requirement="YEARLY", percent="75", **days)
    assert page.errors == ["The last day must not lie before the first"]


@pytest.mark.parametrize("typed", ["0", "101", "-5", "80.5", "all", "\N{FULLWIDTH DIGIT ONE}", "%"])
def test_nonsense_is_told_at_its_field(pages: Pages, medicine: Unit, typed: str) -> None:
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.get("dashboards.set_target", code="MED")
    page = pages.submit(page, SET, status=422, requirement="YEARLY", percent=typed)
    assert page.errors == ["Enter a whole number from 1 to 100"]
    assert target_periods("MED") == []


def test_commands_refuse_what_is_not_there(medicine: Unit) -> None:
    who = office()
    with pytest.raises(NotFound):
        set_target(who, "NONE", "YEARLY", 80)
    for requirement, share in (("NONE", 80), ("YEARLY", 101), ("YEARLY", 0)):
        with pytest.raises(Invalid):
            set_target(who, "MED", requirement, share)
    with pytest.raises(Invalid):
        set_target(who, "MED", "YEARLY", 80, starts_on=make.day(1), ends_on=make.day(2))
    make.unit("Surgery", code="SURG")
    of_surgery = set_target(who, "SURG", "YEARLY", 80)
    with pytest.raises(NotFound):
        change_target(who, "MED", of_surgery, 70, starts_on=None, ends_on=None)
    with pytest.raises(NotFound):
        remove_target(who, "MED", of_surgery)
    assert target_periods("MED") == []


def test_only_the_office_sets_them(pages: Pages, medicine: Unit) -> None:
    there = set_target(make.by(), "MED", "YEARLY", 80)
    champion = make.champion(medicine)
    found = account_view(champion.id, clock.today())
    assert found is not None
    with pytest.raises(Forbidden):
        set_target(found.actor, "MED", "READING", 80)
    with pytest.raises(Forbidden):
        change_target(found.actor, "MED", there, 10, starts_on=None, ends_on=None)
    with pytest.raises(Forbidden):
        remove_target(found.actor, "MED", there)
    for account in (champion, make.account(Role.AUDITOR)):
        pages.sign_in(account)
        page = pages.get("dashboards.targets", code="MED")
        assert rows(page)[0][1] == "80 %"
        assert "Set a target" not in page.text
        assert not page.html.select("tbody a")


def test_how_far_it_is_stands_on_the_pages_of_the_unit(pages: Pages, medicine: Unit) -> None:
    set_target(make.by(), "MED", "YEARLY", 80)
    set_target(make.by(), "MED", "YEARLY", 20, starts_on=make.day(-1))
    pages.sign_in(make.account(Role.OFFICE))
    away = "The target of 80 % is 1 more person away: 1 of 1."
    assert away in pages.get("dashboards.unit", code="MED").text
    assert away in pages.get("dashboards.what_if", code="MED").text
    tomorrow = {"as_of": make.day(-1).isoformat()}
    assert "The target of 20 %" in pages.get("dashboards.unit", code="MED", query=tomorrow).text
    assert pages.get("dashboards.chair", code="MED", query=tomorrow).texts("td")[1].startswith("20 %")


def test_they_outlast_other_facts(app: Flask, tmp_path: Path) -> None:
    folders.load(institution(), tmp_path / "facts", TODAY)
    set_target(make.by(), "MED", "ONCE", 60, ends_on=make.day(-100))
    folders.load(institution(4), tmp_path / "others", TODAY)
    assert [(one.requirement_code, one.percent, one.ends_on) for one in target_periods("MED")] == [
        ("ONCE", 60, make.day(-100))
    ]


def test_targets_set_before_there_were_periods_hold_at_all_times(medicine: Unit) -> None:
    db.session.remove()
    downgrade(revision="0012_reporting")
    with db.engine.begin() as connection:
        columns = "id, unit_code, requirement_code, percent"
        connection.execute(sa.text(f"INSERT INTO target ({columns}) VALUES (7, 'MED', 'YEARLY', 80)"))
    upgrade()
    assert [(one.id, one.percent, one.starts_on, one.ends_on) for one in target_periods("MED")] == [(7, 80, None, None)]
    assert set_target(make.by(), "MED", "YEARLY", 90, starts_on=make.day(0)) > 7
    db.session.remove()
    downgrade(revision="0012_reporting")
    with db.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT percent FROM target")).all() == [(90,)]
    upgrade()


def test_all_targets_of_today_stand_on_one_page(pages: Pages, medicine: Unit) -> None:
    surgery = make.unit("Surgery", code="SURG")
    make.requirement(code="CIRCLE", title="Circle", level="optional")
    make.person(unit=surgery)
    set_target(make.by(), "MED", "YEARLY", 80)
    set_target(make.by(), "SURG", "CIRCLE", 50)
    set_target(make.by(), "SURG", "YEARLY", 70, starts_on=make.day(-1))
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.get("dashboards.all_targets")
    assert page.texts("nav.crumbs li") == ["Office", "Targets"]
    assert rows(page)[0][0].endswith("Yearly course, until further notice")
    further = "until further notice"
    assert [row[1:] for row in rows(page)] == [
        [f"Yearly course {further}", "0 % 0 of 1", "80 %", "1 person to go"],
        [f"Circle {further}", "0 % 0 of 1", "50 %", "1 person to go"],
    ]
    pages.sign_in(make.champion(surgery))
    listed = rows(pages.get("dashboards.all_targets"))
    assert [row[1:] for row in listed] == [[f"Circle {further}", DASH, "50 %", DASH]]
    pages.sign_in(make.champion(make.unit("Nowhere", code="NO")))
    assert "No target holds today" in pages.get("dashboards.all_targets").text


@pytest.fixture
def aims(pages: Pages, medicine: Unit) -> None:
    """Targets that have ended, hold and are to come, of a unit where 1 of 1 is missing and one where 3 of 3 are."""
    surgery = make.unit("Surgery", code="SURG")
    for _ in range(3):
        make.person(unit=surgery)
    set_target(make.by(), "MED", "YEARLY", 30, ends_on=make.day(100))
    set_target(make.by(), "MED", "YEARLY", 80, starts_on=make.day(99), ends_on=make.day(-10))
    set_target(make.by(), "SURG", "YEARLY", 100)
    set_target(make.by(), "SURG", "READING", 40, starts_on=make.day(-5))
    pages.sign_in(make.account(Role.OFFICE))


def units(page: Page) -> list[str]:
    """The units of a list of targets, in order."""
    return [str(next(cell.stripped_strings)) for cell in page.html.select("tbody th")]


@pytest.mark.usefixtures("aims")
def test_targets_are_narrowed_to_those_to_come_and_those_that_have_ended(pages: Pages) -> None:
    page = pages.get("dashboards.all_targets")
    assert page.texts(".lede p")[0] == "2 targets hold today."
    assert units(page) == ["Medicine", "Surgery"]
    coming = pages.submit(page, "Show the targets", show="coming")
    assert coming.texts(".lede p")[0] == "1 target begins after today."
    begins = f"Reading circle from {day_words(make.day(-5))} until further notice"
    assert [row[1:] for row in rows(coming)] == [[begins, "0 % 0 of 3", "40 %", "2 people to go"]]
    ended = pages.submit(coming, "Show the targets", show="ended")
    assert ended.texts(".lede p")[0] == "1 target ended before today."
    assert [(row[1], row[4]) for row in rows(ended)] == [(f"Yearly course until {day_words(make.day(100))}", DASH)]
    reading = pages.submit(ended, "Show the targets", show="running", requirement="READING")
    assert "No target holds today for “Reading circle”." in reading.text
    text = pages.download("/targets.csv?show=coming&requirement=READING").get_data(as_text=True)
    (row,) = csv.DictReader(StringIO(text))
    assert (row["unit"], row["to_go"], row["show"], row["requirement"]) == ("SURG", "2", "coming", "READING")


@pytest.mark.usefixtures("aims")
def test_targets_are_those_of_the_day_asked_for(pages: Pages) -> None:
    page = pages.get("dashboards.all_targets", query={"as_of": make.day(-20).isoformat()})
    assert page.texts(".lede p")[0] == f"2 targets hold on {day_words(make.day(-20))}."
    assert units(page) == ["Surgery", "Surgery"]
    assert page.html.select("details.as-of")
    of_unit = pages.open(str(page.html.select("tbody th a")[0]["href"]))
    assert of_unit.h1 == "Targets of Surgery"
    assert f"as_of={make.day(-20)}" in of_unit.path
    then = pages.submit(page, "Show the targets", show="ended")
    assert units(then) == ["Medicine", "Medicine"]
    why = pages.open(str(page.html.select("a.why")[0]["href"]))
    assert why.h1.startswith("Surgery: who is counted for")
    text = pages.download(then.link("Download these targets as CSV")).get_data(as_text=True)
    assert {row["as_of"] for row in csv.DictReader(StringIO(text))} == {make.day(-20).isoformat()}


@pytest.mark.usefixtures("aims")
def test_targets_are_sorted_by_people_to_go(pages: Pages) -> None:
    page = pages.get("dashboards.all_targets")
    most = pages.open(page.link("Still to go"))
    assert units(most) == ["Surgery", "Medicine"]
    assert most.texts("th[aria-sort=descending]") == ["Still to go"]
    assert units(pages.open(most.link("Still to go"))) == ["Medicine", "Surgery"]
    assert units(pages.open(most.link("Unit"))) == ["Medicine", "Surgery"]
    kept = pages.submit(most, "Show the targets", requirement="YEARLY")
    assert units(kept) == ["Surgery", "Medicine"]
    text = pages.download(kept.link("Download these targets as CSV")).get_data(as_text=True)
    assert [row["unit"] for row in csv.DictReader(StringIO(text))] == ["SURG", "MED"]


@pytest.mark.usefixtures("aims")
@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"show": "shoe size"}, "Select one of the choices under “Show”"),
        ({"requirement": "NONE"}, "Select one of the choices under “Requirement”"),
        ({"sort": "sideways"}, "There is no such order."),
        ({"as_of": "someday"}, "The day must be a real date"),
    ],
)
def test_nonsense_in_the_address_is_told(pages: Pages, query: dict[str, str], message: str) -> None:
    assert message in pages.get("dashboards.all_targets", query=query, status=422).text
    pages.get("dashboards.all_targets_csv", query=query, status=422)


@pytest.mark.usefixtures("aims")
@pytest.mark.parametrize("query", ["", "?sort=most", "?show=ended", "?as_of={then}"])
def test_many_targets_ask_as_often_as_few(pages: Pages, query: str) -> None:
    path = f"/targets{query.format(then=make.day(30))}"
    before = [asked_by(pages, one) for one in (path, path.replace("/targets", "/targets.csv"))]
    for number in range(60):
        unit = make.unit(code=f"U{number}")
        make.person(unit=unit)
        set_target(make.by(), unit.code, "YEARLY", 50, ends_on=make.day(200))
        set_target(make.by(), unit.code, "YEARLY", 60, starts_on=make.day(199))
    assert [asked_by(pages, one) for one in (path, path.replace("/targets", "/targets.csv"))] == before
    assert max(before) <= 9


def test_two_who_change_a_target(pages: Pages, medicine: Unit) -> None:
    there = set_target(make.by(), "MED", "YEARLY", 70, starts_on=make.day(10))
    pages.sign_in(make.account(Role.OFFICE))
    form = pages.get("dashboards.change_target", code="MED", target_id=there)
    pages.submit(form, SAVE, percent="90")
    told = pages.submit(form, SAVE, status=422, starts_on="", ends_on=make.day(-10).isoformat())
    assert_told(told, "90", day_words(make.day(10)), "nothing")
    db.session.close()
    assert [(one.percent, one.ends_on) for one in target_periods("MED")] == [(90, None)]
    assert pages.submit(told, SAVE, percent="90").messages == ["The target is changed."]
    db.session.close()
    found = [(one.percent, one.starts_on, one.ends_on) for one in target_periods("MED")]
    assert found == [(90, None, make.day(-10))]
