"""Every figure on these pages is that of the reports, whatever the unit and the day."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support import make
from tests.support.pages import Pages
from tracker.core import clock
from tracker.core.actor import Role, system
from tracker.core.database import db
from tracker.core.days import month_end
from tracker.dashboards.policy import get_unit
from tracker.dashboards.queries.standings import standing
from tracker.progress import reports
from tracker.units.models import Unit

UNITS = ("SOM", "MED", "SPORTS")
SHARED = ("in_scope", "waived", "on_leave", "denominator", "satisfied", "overdue", "rate")
DAYS = {
    "today": timedelta(0),
    "tomorrow": timedelta(1),
    "a day of last year": timedelta(-401),
    "a coming day": timedelta(199),
    "long ago": timedelta(-9000),
    "beyond what is stored": timedelta(20 * 365),
}


@pytest.fixture(scope="module")
def office(sample_app: Flask) -> Pages:
    """The office, signed in."""
    pages = Pages(sample_app)
    pages.sign_in(make.account(Role.OFFICE))
    return pages


@pytest.fixture(params=[*DAYS, "an end of a month"])
def day(request: pytest.FixtureRequest, sample_app: Flask) -> date:
    """Days of every kind."""
    today = clock.today()
    return month_end(today, -7) if request.param == "an end of a month" else today + DAYS[request.param]


def table(pages: Pages, code: str, day: date, by: str) -> list[dict[str, str]]:
    """The table of a unit as CSV."""
    return list(csv.DictReader(StringIO(text(pages, f"/units/{code}/table.csv?by={by}&as_of={day}"))))


def text(pages: Pages, path: str) -> str:
    """A file."""
    return pages.download(path).get_data(as_text=True)


def report(kind: str, day: date, code: str) -> Iterator[dict[str, str]]:
    """A report on a unit and all below it."""
    unit_id = db.session.scalars(select(Unit.id).where(Unit.code == code)).one()
    return csv.DictReader(StringIO("".join(reports.lines(kind, day, unit_id))))


@pytest.mark.parametrize("code", UNITS)
def test_the_table_agrees_with_the_report_on_rates(office: Pages, day: date, code: str) -> None:
    reported = {(row["unit"], row["requirement"], row["module"]): row for row in report("rates", day, code)}
    shown = table(office, code, day, "module")
    for row in shown:
        if not row["unit"]:
            continue
        of_report = reported.get((row["unit"], row["requirement"], row["module"]))
        if of_report is None:
            assert row["in_scope"] == "0"
            continue
        assert {name: row[name] for name in SHARED} == {name: of_report[name] for name in SHARED}
        assert int(row["to_go"]) == int(row["denominator"]) - int(row["satisfied"])
        if row["module"] != "*":
            assert row["due_soon"] == of_report["due_soon"]
        elif row["requirement"] == "INTRO":
            assert row["due_soon"] == ""
    own = {(row["requirement"], row["module"]) for row in shown if row["unit"] == code}
    modules = [module for unit, _, module in reported if unit == code]
    several = {key[1] for key in reported if key[0] == code and sum(one[:2] == key[:2] for one in reported) > 2}
    expected = {(key[1], key[2]) for key in reported if key[0] == code and (key[2] == "*" or key[1] in several)}
    assert own == expected
    assert bool(modules) == bool(own)


@pytest.mark.parametrize("code", ["SOM", "MED"])
def test_the_rows_of_a_table_add_up_to_the_unit(office: Pages, day: date, code: str) -> None:
    for by in ("requirement", "module"):
        rows = table(office, code, day, by)
        for key in {(row["requirement"], row["module"]) for row in rows}:
            of_item = [row for row in rows if (row["requirement"], row["module"]) == key]
            for name in ("in_scope", "waived", "on_leave", "denominator", "satisfied", "overdue", "due_soon"):
                whole, *parts = [int(row[name] or 0) for row in of_item]
                assert whole == sum(parts), (key, name)


@pytest.mark.parametrize("code", ["MED", "SPORTS"])
def test_the_list_of_people_agrees_with_the_report_on_statuses(office: Pages, day: date, code: str) -> None:
    rows = list(report("status", day, code))
    everything = "&".join(f"status={status}" for status in ("overdue", "expired", "due_soon", "not_started"))
    everything += "&status=pending&status=satisfied&status=on_leave&status=waived"
    for requirement, module in (("INTRO", "DIV-3"), ("YEARLY", ""), ("ADMISSIONS", "ADM-BIAS")):
        path = f"/units/{code}/people.csv?requirement={requirement}&module={module}&as_of={day}&{everything}"
        shown = {
            (row["identifier"], row["status"], row["due_on"], row["satisfied_on"], row["expires_on"])
            for row in csv.DictReader(StringIO(text(office, path)))
        }
        expected = {
            (row["person_id"], row["status"], row["due_on"], row["satisfied_on"], row["expires_on"])
            for row in rows
            if row["requirement"] == requirement and row["module"] in (module or row["module"],)
        }
        assert shown == expected


@pytest.mark.parametrize("code", UNITS)
def test_gates_agree_with_their_report(sample_app: Flask, day: date, code: str) -> None:
    actor = system(clock.today())
    own = [row for row in report("gates", day, code) if row["unit"] == code]
    found = standing(actor, get_unit(actor, code, day), day, with_gates=True).gates
    assert len(own) == len(found)
    for row, gate in zip(own, found, strict=True):
        assert gate.figure is not None
        assert (str(gate.figure.satisfied), str(gate.figure.denominator)) == (row["numerator"], row["denominator"])
        assert (str(gate.gate.opened_on) if gate.is_open else "") == row["opened_on"]


def test_the_page_of_a_unit_says_what_the_report_says(office: Pages) -> None:
    today = clock.today()
    rows = {(row["requirement"], row["module"]): row for row in report("rates", today, "MED") if row["unit"] == "MED"}
    page = office.get("dashboards.unit", code="MED")
    intro = rows["INTRO", "*"]
    assert f"{intro['satisfied']} of {intro['denominator']} people" in page.text
    left = int(intro["denominator"]) - int(intro["satisfied"])
    assert f"{left} people to go" in page.text


def test_the_page_of_a_unit_has_the_numbers_of_its_tables(office: Pages) -> None:
    """The whole, its parts and what is asked tell the same figure."""
    page = office.get("dashboards.unit", code="MED")
    first = page.html.select("table")[0].select("tbody tr")[0]
    asked = page.html.select("table")[1].select("tbody tr")[0]
    assert first.select(".rate-counts")[0].get_text() == asked.select(".rate-counts")[0].get_text()
