"""The report for the board: tagged, without names, and with nothing about a few people."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reporting.conftest import Institution
from tests.support import make
from tests.support.pages import Pages
from tracker.core import clock
from tracker.core.spreadsheets import csv_line
from tracker.dashboards.rules import FEWER, WITHHELD
from tracker.reporting.board import as_data, pdf
from tracker.reporting.queries.drawing import draw_up
from tracker.reporting.queries.seals import sealed_report
from tracker.reporting.rules import Part, Report, report_of

DAY = date(2026, 10, 31)


def report(units: dict[str, tuple[str, int, int]], targets: dict[str, int] | None = None) -> Report:
    """A report of units by code, each with its parent, how many are counted and how many are done."""
    rates = [
        csv_line((code, "R", "*", counted, 0, 0, counted, done, "", "", 0, "", "", ""))
        for code, (_, counted, done) in units.items()
    ]
    return report_of(
        DAY,
        {
            Part.UNITS: [
                csv_line((code, f"Unit {code}", "department", above)) for code, (above, _, _) in units.items()
            ],
            Part.REQUIREMENTS: [csv_line(("R", "The course", "required"))],
            Part.TARGETS: [csv_line((code, "R", percent)) for code, percent in (targets or {}).items()],
            Part.RATES: rates,
        },
    )


def shown(found: Report) -> dict[str, str]:
    """The words for each unit of the only requirement."""
    return {row["title"]: row["words"] for row in as_data(found, "")["sections"][0]["rows"]}


def test_small_groups_and_what_would_tell_them_are_left_out() -> None:
    found = shown(report({"A": ("", 60, 30), "B": ("A", 3, 3), "C": ("A", 20, 10), "D": ("A", 37, 17)}))
    assert found["Unit B"] == FEWER
    assert found["Unit C"] == WITHHELD
    assert found["Unit D"].replace("\N{NO-BREAK SPACE}", " ") == "about 45 %"


@given(st.dictionaries(st.sampled_from("BCDEF"), st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1))
def test_no_group_of_a_few_can_be_worked_out(parts: dict[str, tuple[int, int]]) -> None:
    units = {code: ("A", counted, min(counted, done)) for code, (counted, done) in parts.items()}
    total = sum(counted for _, counted, _ in units.values())
    units = {"A": ("", total, sum(done for _, _, done in units.values())), **units}
    rows = as_data(report(units), "")["sections"]
    told = {row["title"]: row["counted"] for section in rows for row in section["rows"]}
    hidden = sum(counted for code, (_, counted, _) in units.items() if code != "A" and not told.get(f"Unit {code}"))
    assert all(int(counted) >= 10 for counted in told.values() if counted)
    if told.get("Unit A"):
        assert hidden == 0 or hidden >= 10


def test_it_has_targets_trend_method_and_no_exact_rates(institution: Institution) -> None:
    day = institution.seal()
    data = as_data(sealed_report(make.by(), day), "Sealed.")
    words = json.dumps(data, ensure_ascii=False).replace("\N{NO-BREAK SPACE}", " ")
    assert data["title"] == "Where School of Medicine stands"
    assert "about 40 %" in words
    assert '"target": "80 %"' in words
    assert "The yearly course, 15" in words
    assert data["gates"][0]["answer"].startswith("Open in 0 of")
    assert "Person 1" not in words
    assert data["trends"][0]["rows"]


def test_it_is_the_same_bytes_each_time_and_tagged(institution: Institution) -> None:
    day = institution.seal()
    found = sealed_report(make.by(), day)
    made = pdf(found, "Sealed.")
    assert made == pdf(found, "Sealed.")
    assert made.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in made
    assert b"pdfuaid" in made


def test_an_empty_institution_has_one_too(institution: Institution) -> None:
    assert pdf(report_of(DAY, draw_up(date(2001, 1, 31))), "")


def test_it_is_made_for_today_and_month_ends(pages: Pages, institution: Institution) -> None:
    pages.sign_in(institution.auditor)
    for day in (clock.today(), institution.day):
        answer = pages.download(f"/office/reports/board.pdf?as_of={day}")
        assert answer.mimetype == "application/pdf"
    pages.open(f"/office/reports/board.pdf?as_of={institution.day.replace(day=2)}", status=422)


@pytest.mark.parametrize("name", ["board.pdf", "2026-10-31/board.pdf"])
def test_it_is_for_office_and_auditor(pages: Pages, institution: Institution, name: str) -> None:
    pages.sign_in(make.champion(institution.school))
    pages.open(f"/office/reports/{name}", status=403)
