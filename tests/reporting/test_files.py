"""Tables as files: what they carry, what they make harmless, and that our own files can be read again."""

import csv
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import openpyxl
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.reporting.conftest import Institution
from tests.support import make
from tests.support.pages import Pages
from tracker.core import clock
from tracker.core.spreadsheets import STARTS_A_FORMULA, Rate, Table, csv_lines, harmless, meant, write_xlsx
from tracker.core.words import day as words
from tracker.dashboards import sign_in_lists
from tracker.progress import reports
from tracker.reporting.board import pdf
from tracker.reporting.queries.drawing import draw_up
from tracker.reporting.rules import report_of

ABOUT = (("as_of", date(2026, 11, 22)), ("within", "MED"), ("source", "Waymark"))
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)


def book(table: Table) -> openpyxl.Workbook:
    """A table as a spreadsheet, read again."""
    file = BytesIO()
    write_xlsx(table, file)
    return openpyxl.load_workbook(file)


@given(st.one_of(texts, st.sampled_from(STARTS_A_FORMULA).flatmap(lambda start: texts.map(lambda rest: start + rest))))
def test_no_text_begins_a_formula_and_each_can_be_read_again(text: str) -> None:
    safe = str(harmless(text))
    assert not safe.lstrip(" ").startswith(STARTS_A_FORMULA)
    assert meant(safe) == text


def test_cells_have_their_types() -> None:
    at = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    row = ("=1+1", 12, Decimal("0.5"), date(2026, 3, 1), at, Rate("0.6250"), None)
    found = book(Table("Figures", ABOUT, ("name", "number", "fte", "on", "at", "rate", "nothing"), [row]))
    sheet = found["Figures"]
    cells = list(sheet[5])
    assert [cell.value for cell in cells][:4] == ["'=1+1", 12, 0.5, datetime(2026, 3, 1)]  # noqa: DTZ001
    assert [cell.data_type for cell in cells] == ["s", "n", "n", "d", "d", "n", "n"]
    assert (cells[5].value, cells[5].number_format) == (0.625, "0.00%")
    assert sheet.freeze_panes == "B5"
    assert sheet.auto_filter.ref == "A4:G5"
    assert [cell.value for cell in sheet[4]][:2] == ["Name", "Number"]
    assert "As of: 2026-11-22; Within: MED" in sheet["A2"].value
    about = {row[0].value: row[1].value for row in found["About"].iter_rows(min_row=3)}
    assert about["Within"] == "MED"
    assert about["Source"] == "Waymark"


def test_moments_are_written_in_one_way() -> None:
    at = datetime(2026, 11, 22, 21, 48, 48, 5, tzinfo=UTC)
    table = Table("T", (("sealed_at", at),), ("at",), [(at,)])
    assert "".join(csv_lines(table)).splitlines()[1] == "2026-11-22T21:48:48+00:00,2026-11-22T21:48:48+00:00"
    found = book(table)
    assert found["About"]["B3"].value == "2026-11-22T21:48:48+00:00"
    assert found["Figures"]["A2"].value == "Sealed at: 2026-11-22T21:48:48+00:00"
    assert found["Figures"]["A5"].data_type == "d"


@pytest.mark.parametrize("path", ["/office/reports{}", "/office/reports/{{day}}/changes{}"])
def test_files_of_sealed_reports_have_one_notation_of_time(pages: Pages, institution: Institution, path: str) -> None:
    day = institution.seal()
    make.completion(institution.people[7], institution.course, on=day)
    pages.sign_in(institution.office)
    row = next(csv.DictReader(StringIO(pages.download(path.format(".csv").format(day=day)).text)))
    for name in ("sealed_at", "taken_at"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", row[name])


def test_an_empty_table_is_a_file_too() -> None:
    assert book(Table("None", (), ("one", "two"), []))["Figures"]["A4"].value == "One"


def test_each_line_of_csv_says_what_it_is_of() -> None:
    rows = list(csv.DictReader(StringIO("".join(csv_lines(Table("T", ABOUT, ("a", "b"), [(1, None), (2, "@x")]))))))
    assert [row["as_of"] for row in rows] == ["2026-11-22"] * 2
    assert [(row["a"], row["b"]) for row in rows] == [("1", ""), ("2", "'@x")]


# While a rule is being changed

CHANGING = (
    "The rule for “The yearly course” is being changed: until that is done, its figures are those of the rule before."
)

CHANGING_BOTH = (
    "The rules for “The yearly course”, “Further courses” are being changed: until that is done, their figures are "
    "those of the rules before."
)


@pytest.mark.parametrize(
    "path",
    [
        "/units/MED/table{}",
        "/units/MED/trends{}?requirement=YEARLY",
        "/units/MED/groups{}?requirement=YEARLY",
        "/units/MED/people{}?requirement=YEARLY",
        "/units/MED/figure/people{}?requirement=YEARLY&part=category",
        "/people/{person}{}",
    ],
)
def test_a_file_says_that_a_rule_is_being_changed(pages: Pages, changing: Institution, path: str) -> None:
    path = path.replace("{person}", str(changing.people[0].id))
    pages.sign_in(changing.office)
    for _, row in zip(range(2), csv.DictReader(StringIO(pages.download(path.format(".csv")).text)), strict=False):
        assert row["note"] == CHANGING
    found = openpyxl.load_workbook(BytesIO(pages.download(path.format(".xlsx")).data))
    assert {row[0].value: row[1].value for row in found["About"].iter_rows(min_row=3)}["Note"] == CHANGING


def test_a_champions_file_says_so_too(pages: Pages, changing: Institution) -> None:
    pages.sign_in(make.champion(changing.medicine))
    rows = list(csv.DictReader(StringIO(pages.download("/units.csv").text)))
    assert {row["note"] for row in rows} == {CHANGING}


def test_a_file_says_nothing_of_rules_that_are_worked_in(pages: Pages, institution: Institution) -> None:
    pages.sign_in(institution.office)
    rows = list(csv.DictReader(StringIO(pages.download("/units/MED/table.csv").text)))
    assert {row["note"] for row in rows} == {""}


def test_the_report_for_the_board_says_so(pages: Pages, changing: Institution) -> None:
    pages.sign_in(changing.office)
    made = pages.download("/office/reports/board.pdf").data
    report = report_of(clock.today(), draw_up(clock.today()))
    source = f"As known on {words(clock.today())}; this is no sealed report. {CHANGING_BOTH}"
    assert made == pdf(report, source)


@pytest.mark.parametrize(
    ("kind", "title"), [("rates", "The yearly course"), ("status", "The yearly course"), ("gates", "Further courses")]
)
def test_the_command_line_says_so_beside_the_file(app: Flask, changing: Institution, kind: str, title: str) -> None:
    result = app.test_cli_runner().invoke(args=["report", kind])
    assert result.exit_code == 0
    assert result.stderr == CHANGING.replace("The yearly course", title) + "\n"
    assert result.stdout == "".join(reports.lines(kind, clock.today()))


def test_the_list_of_people_can_be_given_back_as_a_sign_in_list(pages: Pages, institution: Institution) -> None:
    make.person("=Cmd, Ada", unit=institution.medicine, identifier="-0017")
    pages.sign_in(institution.office)
    text = pages.download("/units/MED/people.csv?requirement=").text
    found = {entry.identifier: entry for row in sign_in_lists.rows(text) for entry in row.entries}
    assert found["-0017"].name == "=Cmd, Ada"
    assert {one.identifier for one in institution.people[:12]} <= set(found)


@pytest.mark.parametrize(
    "path",
    [
        "/units/MED/people",
        "/units/SOM/table",
        "/units/SOM/coverage",
        "/units/MED/people/joint",
        "/units/MED/people/left",
        "/targets",
        "/claims",
        "/requests",
        "/office/reports",
        "/office/reports/{day}/changes",
    ],
)
def test_each_table_is_there_for_spreadsheets_as_well(pages: Pages, institution: Institution, path: str) -> None:
    day = institution.seal()
    pages.sign_in(institution.office)
    address = path.format(day=day)
    text = pages.download(f"{address}.csv").text
    header = next(csv.reader(StringIO(text)))
    assert header[-2:] == ["source", "taken_at"] or {"source", "taken_at"} <= set(header)
    found = openpyxl.load_workbook(BytesIO(pages.download(f"{address}.xlsx").data))
    assert found.sheetnames == ["Figures", "About"]
    about = {row[0].value: row[1].value for row in found["About"].iter_rows(min_row=3)}
    assert address in about["Source"]
    assert about["Taken at"]
