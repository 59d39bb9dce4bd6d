"""Trends: every drawn day is that of the reports, whatever the institution; what is shown without names stays so."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from tests.naive.facts import Facts
from tests.naive.institutions import institutions
from tests.support import cast, folders, make
from tests.support import seed as run_seed
from tests.support.make import Unit
from tests.support.pages import Page, Pages, text_of
from tests.support.statements import asked_by
from tracker.accounts.queries import account
from tracker.core import clock
from tracker.core.actor import Role, system
from tracker.core.database import db
from tracker.core.days import month_end
from tracker.core.words import DASH
from tracker.core.words import day as day_in_words
from tracker.dashboards.policy import get_unit
from tracker.dashboards.queries import items
from tracker.dashboards.queries.standings import standing
from tracker.dashboards.queries.trends import Trend, month_ends, trend
from tracker.progress import jobs, reports
from tracker.targets.commands import set_target
from tracker.units.models import Unit as UnitRow
from tracker.units.queries import UnitView

EXAMPLES = {"sqlite": 30, "postgresql": 10}
TODAY = date(2026, 11, 22)
SHARED = ("in_scope", "waived", "on_leave", "denominator", "satisfied", "rate")


# Exact at every drawn day


@pytest.fixture
def quick(app: Flask) -> Flask:
    """The application, in a hurry: no waiting for the disk."""

    @event.listens_for(db.engine, "connect")
    def _hurry(connection: object, _record: object) -> None:
        if db.engine.dialect.name == "sqlite":
            connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]

    db.engine.dispose()
    return app


def test_each_point_is_that_of_the_report_in_any_institution(quick: Flask, tmp_path: Path) -> None:
    @seed(run_seed.value(400))
    @settings(
        max_examples=EXAMPLES[db.engine.dialect.name],
        phases=(Phase.generate, Phase.shrink),
    )
    @given(institutions(TODAY), st.integers(0, 10**6))
    def example(facts: Facts, number: int) -> None:
        folders.load(facts, tmp_path / "facts", TODAY)
        compare(Random(number))
        db.session.close()

    example()


def compare(rnd: Random) -> None:
    """Some days of every line of one unit, and the day asked for, against the report."""
    actor = system(TODAY)
    unit_id, code = rnd.choice(db.session.execute(select(UnitRow.id, UnitRow.code).order_by(UnitRow.code)).all())
    unit = UnitView(unit_id, code, code, "", None)
    asked = rnd.choice([TODAY, TODAY + timedelta(rnd.randrange(-3_000, 9_000))])
    lines = [
        trend(actor, unit, requirement, item, month_ends(TODAY, 5, 24), asked)
        for requirement in items.requirements(actor)
        for item in requirement.items
    ]
    days = {asked, TODAY, *(month_end(TODAY, rnd.randrange(-60, 25)) for _ in range(3))}
    for day in days:
        reported = {(row["requirement"], row["module"]): row for row in report(day, unit_id) if row["unit"] == code}
        for line in lines:
            check_point(line, day, reported)


def check_point(line: Trend, day: date, reported: dict[tuple[str, str], dict[str, str]]) -> None:
    """That a point says what the report says; one that is left out is of nobody."""
    module = "*" if line.item is line.requirement.whole else line.item.code
    point, row = line.on(day), reported.get((line.requirement.code, module))
    if point is None or row is None:
        assert row is None, (line, day)
        assert point is None or not point.cell.figure.in_scope, (line, day)
        return
    figure = point.cell.figure
    found = (figure.in_scope, figure.waived, figure.on_leave, figure.denominator, figure.satisfied, figure.overdue)
    names = ("in_scope", "waived", "on_leave", "denominator", "satisfied", "overdue")
    assert found == tuple(int(row[name]) for name in names), (line, day)


def report(day: date, unit_id: int) -> Iterator[dict[str, str]]:
    """The report on the rates of a unit and all below it."""
    return csv.DictReader(StringIO("".join(reports.lines("rates", day, unit_id))))


# The page


@pytest.fixture
def medicine(pages: Pages) -> Unit:
    """A department that the office looks at."""
    pages.sign_in(make.account(Role.OFFICE))
    return make.unit("Medicine", code="MED")


@pytest.fixture
def yearly(medicine: Unit) -> Unit:
    """With a course that is done by one of four, one more a month ago; due at the end of each year."""
    module = make.module("COURSE", title="Course")
    make.requirement(
        module, code="YEARLY", title="Yearly course", due={"date": date(clock.today().year, 12, 31)}, repeat=None
    )
    for number in range(4):
        person = make.person(f"Person {number}", unit=medicine, starts_on=make.day(400))
        if number < 2:
            make.completion(person, module, on=make.day(200 if number else 0))
    jobs.keep_days()
    return medicine


def tables(page: Page) -> dict[str, list[list[str]]]:
    """The cells of each table by its caption."""
    return {
        " ".join(table.caption.get_text().split()): [
            [" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")] for row in table.select("tbody tr")
        ]
        for table in page.html.select("table")
    }


def lines_of(pages: Pages, query: str = "") -> list[dict[str, str]]:
    """The file of the department."""
    return list(csv.DictReader(StringIO(pages.download(f"/units/MED/trends.csv{query}").get_data(as_text=True))))


def test_the_page_says_where_it_stands_and_how_it_came(pages: Pages, yearly: Unit) -> None:
    page = pages.get("dashboards.trends", code="MED")
    assert page.h1 == "Trends of Medicine"
    assert page.texts(".lede p")[0].startswith("50 % have completed “Yearly course”: 2 of 4 people on ")
    found = tables(page)
    assert found["Until today"][0][1] == "50 % 2 of 4"
    assert found["Until today"][-1][1] in ("0 % 0 of 4", "25 % 1 of 4")
    assert len(found["If nobody acts"]) in (12, 13)
    assert len(page.html.select("svg.chart-plot path.chart-past")) == 1
    assert page.texts("svg.chart-plot text.chart-value")[0] == "50 %"
    assert "If nobody acts, 50 % on " in page.one("figcaption").get_text().replace("\N{NO-BREAK SPACE}", " ")


def test_the_line_begins_where_somebody_is_asked(pages: Pages, yearly: Unit) -> None:
    days = [date.fromisoformat(row["day"]) for row in lines_of(pages)]
    assert days[0] == month_end(make.day(400))
    assert days[-1] == month_end(clock.today(), 12)


def test_the_time_is_chosen_in_the_address(pages: Pages, yearly: Unit) -> None:
    today = clock.today()
    days = [date.fromisoformat(row["day"]) for row in lines_of(pages, "?years=1&ahead=0")]
    assert days == sorted({*(month_end(today, -months) for months in range(1, 13)), today})
    days = [date.fromisoformat(row["day"]) for row in lines_of(pages, "?years=2&ahead=24")]
    assert days[-1] == month_end(today, 24)
    page = pages.get("dashboards.trends", code="MED", query={"years": "9"}, status=422)
    assert page.texts(".field-error")[0].endswith("Select one of the choices under “Back”")
    pages.download("/units/MED/trends.csv?years=9", status=422)


def test_any_day_is_worked_out(pages: Pages, yearly: Unit) -> None:
    for day in (make.day(150), make.day(-40), make.day(-20_000), date(2099, 5, 5)):
        page = pages.get("dashboards.trends", code="MED", query={"as_of": day.isoformat()})
        row = next(row for row in lines_of(pages, f"?as_of={day}") if row["day"] == day.isoformat())
        assert int(row["satisfied"]) == sum(day >= done for done in (make.day(0), make.day(200)))
        assert f"{row['satisfied']} of {row['denominator']} people" in page.text


def test_a_requirement_or_module_is_chosen_from_one_list(pages: Pages, medicine: Unit) -> None:
    first, second = make.module("ONE", title="One"), make.module("TWO", title="Two")
    make.requirement(first, second, code="BOTH", title="Both")
    make.requirement(code="OTHER", title="Other")
    make.completion(make.person(unit=medicine), first)
    page = pages.get("dashboards.trends", code="MED")
    choices = {option.get_text(): str(option["value"]) for option in page.html.select("select[name=item] option")}
    page = pages.submit(page, "Show the trend", item=choices["One"], years="2")
    assert page.path == "/units/MED/trends?years=2&ahead=12&requirement=BOTH&module=ONE"
    assert "100 % has completed “One (Both)”: 1 of 1 person" in page.text
    page = pages.submit(page, "Show the trend", item=choices["Both"])
    assert "module=" not in page.path
    assert "0 % has completed “Both”" in page.text
    for wrong in ({"requirement": "NONE"}, {"requirement": "BOTH", "module": "NONE"}):
        pages.get("dashboards.trends", code="MED", query=wrong, status=422)


def test_targets_are_drawn_for_their_days(pages: Pages, yearly: Unit) -> None:
    set_target(make.by(), "MED", "YEARLY", 75, starts_on=make.day(100))
    set_target(make.by(), "MED", "YEARLY", 100, starts_on=make.day(-100))
    page = pages.get("dashboards.trends", code="MED")
    assert page.texts(".lede p")[1] == "The target of 75 % is 1 more person away: 3 of 4."
    assert page.texts("svg.chart-plot .chart-words") == ["75 %", "100 %"]
    assert len(page.html.select("svg.chart-plot line.chart-target")) == 2
    assert tables(page)["Until today"][0][-1] == "75 % 1 person to go"
    assert tables(page)["If nobody acts"][-1][-1] == "100 % 2 people to go"
    rows = {row["day"]: (row["target"], row["to_target"]) for row in lines_of(pages)}
    assert rows[clock.today().isoformat()] == ("75", "1")
    assert rows[month_end(make.day(200)).isoformat()] == ("", "")


def test_due_days_are_marked(pages: Pages, yearly: Unit) -> None:
    due = date(clock.today().year, 12, 31)
    page = pages.get("dashboards.trends", code="MED")
    assert len(page.html.select("svg.chart-plot line.chart-due")) == 1
    marked = [row[0] for rows in tables(page).values() for row in rows if "due" in row[0]]
    assert len(marked) == 1
    assert f"due 31 Dec {due.year}" in marked[0]


def test_the_day_on_which_a_year_begins_anew_is_marked(pages: Pages, medicine: Unit) -> None:
    begins = make.day(100)
    make.requirement(code="YEARLY", title="Yearly", repeat={"cycle": f"{begins:%m-%d}"})
    make.person(unit=medicine, starts_on=make.day(400))
    jobs.keep_days()
    page = pages.get("dashboards.trends", code="MED", query={"years": 1, "ahead": 0})
    assert len(page.html.select("svg.chart-plot line.chart-anew")) == 1
    in_words = day_in_words(begins).replace("\N{NO-BREAK SPACE}", " ")
    assert f"A new year of “Yearly” began on {in_words}; what was completed before no longer counts." in page.text
    marked = [row[0] for rows in tables(page).values() for row in rows if "begins anew on" in row[0]]
    assert len(marked) == 1
    assert in_words in marked[0]


def test_a_coming_day_is_headed_as_such(pages: Pages, yearly: Unit) -> None:
    page = pages.get("dashboards.trends", code="MED")
    heads = {text_of(one.caption): text_of(one.select("thead th")[1]) for one in page.html.select("table")}
    assert heads["Until today"] == "As now known"
    assert heads["If nobody acts"] == "If nobody acts"


def test_each_round_has_its_due_day(pages: Pages, medicine: Unit) -> None:
    make.requirement(code="ROUND", title="Round", repeat={"cycle": "07-01", "due_by": "09-30"})
    make.person(unit=medicine, starts_on=make.day(1_000))
    actor, today = make.by(), clock.today()
    requirement = items.requirements(actor)[0]
    jobs.keep_days()
    found = trend(actor, get_unit(actor, "MED", today), requirement, requirement.whole, month_ends(today, 2, 12), today)
    assert {(day.month, day.day) for day in found.due_days} == {(9, 30)}
    assert len(found.due_days) == 3


def test_what_is_chosen_stands_in_the_line_that_the_filters_fold_under(pages: Pages, yearly: Unit) -> None:
    folded = pages.get("dashboards.trends", code="MED").one("main details.filters")
    assert text_of(folded.select("summary")[0]) == "What is shown: Yearly course · 5 years back · 1 year ahead"
    assert not folded.has_attr("open")
    page = pages.get("dashboards.trends", code="MED", query={"years": 1, "ahead": 0})
    assert page.texts("main details.filters summary")[0].endswith("· 1 year back · nothing ahead")
    wrong = pages.get("dashboards.trends", code="MED", query={"years": 9}, status=422)
    assert wrong.one("main details.filters").has_attr("open")


def test_what_was_reported_is_a_second_line(pages: Pages, yearly: Unit) -> None:
    sealed = {month_end(clock.today(), -2): (0, 3), month_end(clock.today(), -1): (1, 5)}

    def as_reported(unit: str, requirement: str, module: str | None, days: list[date]) -> dict[date, tuple[int, int]]:
        assert (unit, requirement, module) == ("MED", "YEARLY", None)
        return {day: counts for day, counts in sealed.items() if day in days}

    page = pages.get("dashboards.trends", code="MED")
    assert "As reported" not in page.text
    pages.app.extensions["as_reported"] = as_reported
    page = pages.get("dashboards.trends", code="MED")
    rows = {row[0]: row[2] for row in tables(page)["Until today"]}
    assert [reported for reported in rows.values() if reported != DASH] == ["20 % 1 of 5", "0 % 0 of 3"]
    assert len(page.html.select("svg.chart-plot circle.chart-reported")) == 2
    assert len(page.html.select("svg.chart-plot path.chart-reported")) == 1
    row = next(row for row in lines_of(pages) if row["day"] == month_end(clock.today(), -1).isoformat())
    assert (row["reported_satisfied"], row["reported_denominator"], row["reported_rate"]) == ("1", "5", "0.2000")


def test_months_that_are_still_being_counted_are_said(pages: Pages, medicine: Unit) -> None:
    make.requirement(title="New")
    make.person(unit=medicine)
    page = pages.get("dashboards.trends", code="MED")
    assert "ends of months are still being worked out" in page.text
    assert len(tables(page)["Until today"]) == 1


def test_where_nobody_or_nothing_is_asked_it_says_so(pages: Pages, medicine: Unit) -> None:
    for endpoint in ("dashboards.trends", "dashboards.groups"):
        assert "Nothing is asked of anybody yet" in pages.get(endpoint, code="MED").text
    make.requirement(code="R", title="Rare", audience={"categories": ["nobody"]})
    make.person(unit=medicine)
    assert "Nobody here is asked for “Rare”" in pages.get("dashboards.trends", code="MED").text
    assert "Nobody here is asked for “Rare” on" in pages.get("dashboards.groups", code="MED").text


def test_it_asks_as_often_for_many_units_and_years(pages: Pages, yearly: Unit) -> None:
    path = "/units/MED/trends"
    before = asked_by(pages, path)
    for _ in range(20):
        make.person(unit=make.unit(parent=yearly))
    assert asked_by(pages, path) == before == asked_by(pages, f"{path}?years=1&ahead=0")
    assert before <= 14


# The sample institution


@pytest.mark.parametrize("query", ["requirement=INTRO", "requirement=INTRO&module=DIV-3", "requirement=YEARLY"])
@pytest.mark.parametrize("code", ["SOM", "MED"])
def test_the_file_agrees_with_the_report(sample_app: Flask, code: str, query: str) -> None:
    pages = Pages(sample_app)
    pages.sign_in(make.account(Role.OFFICE))
    asked = clock.today() - timedelta(days=100)
    text = pages.download(f"/units/{code}/trends.csv?{query}&as_of={asked}").get_data(as_text=True)
    rows = {date.fromisoformat(row["day"]): row for row in csv.DictReader(StringIO(text))}
    assert len(rows) > 24
    unit_id = db.session.scalars(select(UnitRow.id).where(UnitRow.code == code)).one()
    for day in (asked, clock.today(), *list(rows)[::9]):
        key = (code, rows[day]["requirement"], rows[day]["module"])
        reported = {(row["unit"], row["requirement"], row["module"]): row for row in report(day, unit_id)}
        assert {name: rows[day][name] for name in SHARED} == {name: reported[key][name] for name in SHARED}, day


# Sight


def test_without_names_each_day_says_what_other_pages_say(pages: Pages) -> None:
    everybody = cast.gather()
    module = make.module()
    make.requirement(module, code="READING", title="Reading", level="optional", first=make.day(900))
    for unit, people in ((everybody.department, 12), (everybody.division, 9), (everybody.elsewhere, 30)):
        for number in range(people):
            person = make.person(unit=unit, starts_on=make.day(60 * number + 1))
            if number % 3 == 0:
                make.completion(person, module, on=make.day(number))
    jobs.keep_days()
    pages.sign_in(everybody.champion)
    row = next(iter(lines_of(pages, "?requirement=READING")))
    assert not any(row[name] for name in SHARED)
    rows = {date.fromisoformat(row["day"]): row["shown"] for row in lines_of(pages, "?requirement=READING")}
    assert "fewer than 10" in rows.values()
    assert any("about" in words for words in rows.values())
    found = account(everybody.champion.id, clock.today())
    assert found is not None
    for day in list(rows)[::4]:
        there = standing(found.actor, get_unit(found.actor, "MED", day), day)
        for requirement in there.asked:
            assert there.whole.cell(requirement.whole).protected_text == rows[day], day
    page = pages.get("dashboards.trends", code="MED", query={"requirement": "READING"})
    assert not page.html.select("svg.chart-plot")
    assert "is shown without names" in page.text
    other = {"requirement": "READING", "as_of": make.day(17).isoformat()}
    if make.day(17) != month_end(make.day(17)):
        assert "not on this day" in pages.get("dashboards.trends", code="MED", query=other).text


def test_nothing_reported_is_shown_without_names(pages: Pages) -> None:
    everybody = cast.gather()
    make.requirement(code="READING", title="Reading", level="optional")
    jobs.keep_days()
    pages.app.extensions["as_reported"] = lambda unit, requirement, module, days: dict.fromkeys(days, (1, 2))
    pages.sign_in(everybody.champion)
    assert not any(row["reported_rate"] for row in lines_of(pages, "?requirement=READING"))
    pages.sign_in(everybody.auditor)
    assert all(row["reported_rate"] for row in lines_of(pages, "?requirement=READING&ahead=0"))


def test_a_champion_sees_her_own_units_alone(pages: Pages) -> None:
    everybody = cast.gather()
    make.requirement(code="YEARLY", title="Yearly")
    actor = system(clock.today())
    assert standing(actor, get_unit(actor, "MED", actor.today), actor.today).asked
    for page in ("trends", "trends.csv", "groups", "groups.csv"):
        pages.sign_in(everybody.champion)
        pages.download(f"/units/MED/{page}")
        pages.download(f"/units/SURG/{page}", status=404)
        pages.sign_in(everybody.auditor)
        pages.download(f"/units/SURG/{page}")
        pages.sign_in(everybody.learner)
        pages.download(f"/units/MED/{page}", status=403)
