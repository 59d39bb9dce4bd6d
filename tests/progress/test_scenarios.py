"""Worked cases by the command line: every expected report to the byte, whole, of one unit, and into a file."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

import pytest
from flask import Flask

from tests.conftest import DATABASES
from tests.naive import reading as naive
from tests.support import apps
from tests.support.folders import dumped
from tests.support.seed import value
from tracker.core.actor import system
from tracker.core.clock import today
from tracker.exchange import commands

OWN_CASES = Path(__file__).parents[1] / "naive" / "cases"
GIVEN_CASES = Path(os.environ.get("WAYMARK_SCENARIOS") or Path(__file__).parents[3] / "shared" / "scenarios")
CASES = sorted(path.parent for root in (OWN_CASES, GIVEN_CASES) for path in root.glob("*/expected"))
NAIVE = {"status": naive.status, "rates": naive.rates, "gates": naive.gates}


@pytest.fixture(
    scope="module",
    params=[(kind, case) for kind in DATABASES for case in CASES],
    ids=lambda one: one[0] + "-" + one[1].name,
)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Path]]:
    """The application with a worked case, loaded from the command line."""
    kind, folder = request.param
    place = tmp_path_factory.mktemp("case")
    with apps.application(apps.new_database(request, kind, place, "worked"), place) as app, app.app_context():
        assert app.test_cli_runner().invoke(args=["data", "load", str(folder)]).exit_code == 0
        yield app, folder


def report(app: Flask, *options: str) -> bytes:
    """What `report` prints."""
    result = app.test_cli_runner().invoke(args=["report", *options])
    assert result.exit_code == 0, result.output
    return result.stdout_bytes


def asked(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """The kind, the day and the bytes of each expected report."""
    for path in sorted((folder / "expected").glob("*.csv")):
        kind, day = path.stem.split("-", 1)
        yield kind, day, path.read_bytes()


def test_every_report_comes_out_to_the_byte(case: tuple[Flask, Path], tmp_path: Path) -> None:
    app, folder = case
    for kind, day, expected in asked(folder):
        assert report(app, kind, "--as-of", day) == expected
        assert report(app, kind, "--as-of", day, "--output", str(tmp_path / "report")) == b""
        assert (tmp_path / "report").read_bytes() == expected


def test_a_report_of_one_unit_is_that_of_its_subtree(case: tuple[Flask, Path]) -> None:
    app, folder = case
    reading, rnd = naive.Reading(naive.read_folder(folder)), Random(value())
    codes = sorted({row.code for row in reading.facts.units})
    for kind, text, _ in asked(folder):
        day = date.fromisoformat(text)
        for code in rnd.sample([code for code in codes if reading.unit_row(code, day)], 2):
            expected = NAIVE[kind](reading, day, code).encode()
            assert report(app, kind, "--as-of", text, "--unit", code) == expected, (kind, day, code)


def test_a_unit_that_is_not_there_is_named(case: tuple[Flask, Path]) -> None:
    result = case[0].test_cli_runner().invoke(args=["report", "rates", "--as-of", "2026-01-01", "--unit", "NO SUCH"])
    assert (result.exit_code, result.output) == (1, "Error: There is no unit NO SUCH on 2026-01-01.\n")


def test_figures_are_the_same_once_dumped_and_loaded_again(case: tuple[Flask, Path], tmp_path: Path) -> None:
    app, folder = case
    found = dumped(tmp_path / "one")
    commands.load(system(today()), tmp_path / "one", replace=True)
    assert dumped(tmp_path / "two") == found
    for kind, day, expected in asked(folder):
        assert report(app, kind, "--as-of", day) == expected
    check = app.test_cli_runner().invoke(args=["check", "figures"])
    assert (check.exit_code, check.output) == (0, "All figures agree with the facts.\n")


def test_a_report_without_a_day_is_that_of_today(case: tuple[Flask, Path]) -> None:
    app, _ = case
    assert report(app, "rates") == report(app, "rates", "--as-of", str(today()))
