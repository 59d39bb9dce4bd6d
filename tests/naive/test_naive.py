"""The naive reading gives every worked case to the byte, and the random institutions are fit to be loaded."""

import os
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .facts import Facts
from .institutions import institutions, interesting_days
from .reading import Reading, gates, rates, read_folder, refusals, status, write_folder

TODAY = date(2026, 11, 22)
REPORTS = {"status": status, "rates": rates, "gates": gates}
OWN_CASES = Path(__file__).parent / "cases"
GIVEN_CASES = Path(os.environ.get("WAYMARK_SCENARIOS") or Path(__file__).parents[3] / "shared" / "scenarios")


def expected_reports() -> list[Path]:
    """Every expected report of our own cases, and of the given ones where there are any."""
    return sorted(OWN_CASES.glob("*/expected/*.csv")) + sorted(GIVEN_CASES.glob("*/expected/*.csv"))


@pytest.mark.parametrize("expected", expected_reports(), ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_a_worked_case_comes_out_to_the_byte(expected: Path) -> None:
    report, day = expected.stem.split("-", 1)
    facts = read_folder(expected.parents[1])
    assert refusals(facts, TODAY) == []
    assert REPORTS[report](facts, date.fromisoformat(day)).encode() == expected.read_bytes()


@settings(max_examples=25)
@given(institutions(TODAY), st.randoms(use_true_random=False))
def test_looking_only_at_days_of_change_misses_nothing(facts: Facts, rnd: Random) -> None:
    days = [day for day in interesting_days(facts) if day < date(2028, 1, 1)]
    for day in rnd.sample(days, 2):
        for report in REPORTS.values():
            assert report(Reading(facts), day) == report(Reading(facts, every_day=True), day)


@settings(max_examples=25)
@given(institutions(TODAY))
def test_an_institution_survives_its_folder(facts: Facts) -> None:
    with TemporaryDirectory() as folder:
        write_folder(facts, Path(folder))
        assert read_folder(Path(folder)) == facts


@settings(max_examples=25)
@given(institutions(TODAY), st.randoms(use_true_random=False))
def test_a_unit_holds_the_people_of_its_subtree(facts: Facts, rnd: Random) -> None:
    reading = Reading(facts)
    day = rnd.choice(interesting_days(facts))
    whole = set(status(reading, day).splitlines())
    roots = [row.code for row in facts.units if (held := reading.unit_row(row.code, day)) and not held.parent]
    parts = [line for root in sorted(set(roots)) for line in status(reading, day, root).splitlines()[1:]]
    assert sorted(parts) == sorted(whole - {status(reading, date.min).strip()})


@given(institutions(TODAY))
@settings(max_examples=25)
def test_interesting_days_lie_around_every_boundary(facts: Facts) -> None:
    days = interesting_days(facts)
    assert days == sorted(set(days))
    assert {date(2000, 1, 1), date(2100, 12, 31)} <= set(days)
    for leave in facts.leaves:
        assert {leave.start + timedelta(days=n) for n in (-1, 0, 1)} <= set(days)
