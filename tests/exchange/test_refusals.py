"""What may not be loaded: one line names file, line, column, value and why; and nothing is changed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from tests.support.clocks import stop_time
from tests.support.folders import dumped
from tracker.core.audit import AuditEvent
from tracker.core.database import Base, db
from tracker.exchange.files import line_of

from . import folder
from .refusals import CASES

FACTS = ("unit", "unit_row", "person", "appointment", "module", "requirement", "gate", "completion", "span", "revision")


def load(app: Flask, place: Path, *options: str) -> Result:
    """Run `data load`."""
    return app.test_cli_runner().invoke(args=["data", "load", str(place), *options])


def assert_refused(result: Result, message: str) -> None:
    """One line, and exit code 1."""
    assert result.output == f"Error: {message}\n"
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("name", CASES)
def test_a_spoilt_file_is_refused_and_nothing_changes(filled: Flask, tmp_path: Path, name: str) -> None:
    before = dumped(tmp_path / "before")
    for old, new, message in CASES[name]:
        place = folder.write(tmp_path / "spoilt", **{name.split(".")[0]: folder.spoilt(name, old, new)})
        assert_refused(load(filled, place, "--replace", "--yes"), f"Nothing was loaded. {name}{message}")
    assert dumped(tmp_path / "after") == before


@pytest.mark.parametrize("name", CASES)
def test_nothing_stays_in_an_empty_database(app: Flask, tmp_path: Path, name: str) -> None:
    old, new, message = CASES[name][-1]
    place = folder.write(tmp_path / "spoilt", **{name.split(".")[0]: folder.spoilt(name, old, new)})
    assert_refused(load(app, place), f"Nothing was loaded. {name}{message}")
    tables = Base.metadata.tables
    assert [db.session.scalar(select(func.count()).select_from(tables[table])) for table in FACTS] == [0] * len(FACTS)
    assert db.session.scalar(select(func.count()).select_from(AuditEvent)) == 0
    db.session.close()
    assert load(app, folder.write(tmp_path / "whole")).exit_code == 0


def test_nothing_is_completed_in_the_days_to_come(
    filled: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_time(monkeypatch, datetime(2027, 3, 2, 12, tzinfo=UTC))
    before = dumped(tmp_path / "before")
    for day in ("2027-03-03", "9999-12-31"):
        said = folder.spoilt("completions.csv", "OLD-1,2022-03-01", f"OLD-1,{day}")
        place = folder.write(tmp_path / "spoilt", completions=said)
        message = f'Nothing was loaded. completions.csv, line 4, completed_on: "{day}": lies after today, 2027-03-02'
        assert_refused(load(filled, place, "--replace", "--yes"), message)
    assert dumped(tmp_path / "after") == before


@pytest.mark.parametrize("name", folder.FILES)
def test_a_file_that_is_not_utf8_is_refused(filled: Flask, tmp_path: Path, name: str) -> None:
    lines = folder.FILES[name].encode().splitlines(keepends=True)
    lines[1] = lines[1].replace(b"\n", b"\xff\n")
    place = folder.write(tmp_path / "spoilt", **{name.split(".")[0]: b"".join(lines)})
    assert_refused(load(filled, place, "--replace", "--yes"), f"Nothing was loaded. {name}, line 2: is not UTF-8")


def test_a_file_that_must_be_there_is_missed(filled: Flask, tmp_path: Path) -> None:
    for name in ("units.csv", "people.csv", "appointments.csv", "curriculum.toml"):
        place = folder.write(tmp_path / "spoilt", **{name.split(".")[0]: None})
        result = load(filled, place, "--replace", "--yes")
        assert_refused(result, f"Nothing was loaded. {name}: is missing in the folder")
    missing = tmp_path / "nowhere"
    assert_refused(load(filled, missing), f"Nothing was loaded. {missing}: is not a folder")


def test_a_file_without_even_a_header_is_refused(filled: Flask, tmp_path: Path) -> None:
    place = folder.write(tmp_path / "spoilt", leaves="")
    message = "Nothing was loaded. leaves.csv, line 1, person_id: is missing in the header"
    assert_refused(load(filled, place, "--replace", "--yes"), message)


def test_a_line_number_is_right_behind_fields_of_several_lines(filled: Flask, tmp_path: Path) -> None:
    text = folder.FILES["waivers.csv"] + '0001,R1,M1,2023-01-01,,"two\nlines",office\n\n0001,R1,M1,,,agreed,office\n'
    place = folder.write(tmp_path / "spoilt", waivers=text)
    message = 'Nothing was loaded. waivers.csv, line 6, start: "": must be given'
    assert_refused(load(filled, place, "--replace", "--yes"), message)


ODD = """\
# [[gate]]
[[module]] # the first
code = "M1"
summary = \"""
[[gate]]
title = "[" \"""
"title" = "One"
links = [
  { title = "]", url = "https://example.edu/" },
]
[[module.links]]
url = 1
[[requirement]]
code = "R1"
due.date = 2021-01-01
due.days_after_start = -1
[requirement.audience]
role = '''[
from = 1
'''
[[gate]]
from = 2021-01-01
percent = 50
[gate.audience]
roles = []
[[gate]]
code = "G2"
"""


@pytest.mark.parametrize(
    ("kind", "index", "key", "line"),
    [
        ("module", 0, "title", 7),
        ("module", 0, "links", 8),
        ("module", 0, "minutes", 2),
        ("requirement", 0, "from", 13),
        ("requirement", 0, "due.days_after_start", 16),
        ("requirement", 0, "audience.role", 18),
        ("requirement", 0, "audience", 17),
        ("gate", 0, "from", 22),
        ("gate", 0, "audience.roles", 25),
        ("gate", 1, "from", 26),
        ("gate", 1, "audience.roles", 26),
        ("curriculum", 0, "requirement", 13),
        ("curriculum", 0, "role", None),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_key_is_sought_in_its_own_table_alone(kind: str, index: int, key: str, line: int | None, end: str) -> None:
    assert line_of(ODD.replace("\n", end), kind, index, key) == line


def test_keys_outside_of_tables_have_a_line_too() -> None:
    assert line_of("module = [\n  {},\n]\n\ntitle = 1\n", "module", 0, "code") == 1
    assert line_of("module = [\n  {},\n]\n\ntitle = 1\n", "curriculum", 0, "title") == 5


def test_a_number_that_is_too_long_to_read_is_refused(filled: Flask, tmp_path: Path) -> None:
    text = folder.spoilt("curriculum.toml", "minutes = 60", f"minutes = {'9' * 5000}")
    result = load(filled, folder.write(tmp_path / "spoilt", curriculum=text), "--replace", "--yes")
    assert result.output.startswith("Error: Nothing was loaded. curriculum.toml: cannot be read as TOML: Exceeds")
    assert result.exit_code == 1
