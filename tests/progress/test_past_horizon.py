"""Days that the spans do not reach: counted at once where nothing sets people apart, and right for all."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from tests.naive import facts as plain
from tests.naive import reading as naive
from tests.naive.facts import Facts
from tests.naive.institutions import institutions, interesting_days
from tests.support import clocks, folders
from tests.support import seed as run_seed
from tracker.core import clock
from tracker.core.database import db
from tracker.progress import reports
from tracker.progress.figures import answers, past_horizon

from .conftest import institution

TODAY = date(2024, 2, 29)
"""Early among the days of the random institutions, so that much of what they hold lies past the horizon."""


@pytest.fixture
def early(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application on that day."""
    clocks.pass_time(monkeypatch, datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC) - clock.now())
    return app


def test_the_rates_agree_with_the_naive_reading(early: Flask, tmp_path: Path) -> None:
    @seed(run_seed.value(300))
    @settings(max_examples=60)
    @given(institutions(TODAY).filter(asks_yearly), st.integers(0, 10**6))
    def example(facts: Facts, number: int) -> None:
        folders.load(facts, tmp_path / "folder", TODAY)
        reading = naive.Reading(facts)
        for day in days_past_horizon(facts, Random(number)):
            assert "".join(reports.lines("rates", day)) == naive.rates(reading, day), day
        db.session.close()

    example()


def asks_yearly(facts: Facts) -> bool:
    """Whether anything has a horizon."""
    return any(one.repeat and one.repeat.cycle for one in facts.requirements)


def days_past_horizon(facts: Facts, rnd: Random) -> list[date]:
    """A few days past the first horizon, most around what happens."""
    horizon = min(measure.horizon for measure in answers.live_measures(db.session()) if measure.rule)
    around = [day for day in interesting_days(facts) if day.toordinal() > horizon]
    far = date.fromordinal(horizon) + timedelta(days=rnd.randrange(1, 4_000))
    return [*rnd.sample(around, min(5, len(around))), far]


def test_only_whom_something_sets_apart_is_worked_out_one_by_one(early: Flask, tmp_path: Path) -> None:
    """Of eight people one is away, one excused, one comes late in the cycle; one was away in the cycle before."""
    day = date(2028, 6, 1)
    facts = institution()
    facts = replace(
        facts,
        leaves=[
            plain.Leave("0001", date(2028, 5, 1), date(2028, 5, 20)),
            plain.Leave("0002", date(2027, 5, 1), date(2027, 5, 20)),
        ],
        waivers=[plain.Waiver("0003", "CYCLE", "", date(2028, 1, 1), None, "Why", "Who")],
        appointments=[replace(one, start=day) if one.person_id == "0004" else one for one in facts.appointments],
    )
    folders.load(facts, tmp_path / "folder", TODAY)
    past = past_horizon.measures_past(answers.live_measures(db.session()), day)
    steps = list(past_horizon.numbers(db.session(), day, None, past))
    assert steps == [(0, 3)]
    assert "".join(reports.lines("rates", day)) == naive.rates(naive.Reading(facts), day)


def test_the_last_day_there_is_has_rates(early: Flask, tmp_path: Path) -> None:
    """A cycle of that day would be due in a year that does not exist."""
    repeat = plain.Repeat(cycle="12-31", due_by="12-30")
    yearly = plain.Requirement("CYCLE", "Yearly", ("M2",), "required", date(2024, 1, 1), due_days=0, repeat=repeat)
    folders.load(replace(institution(), requirements=[yearly]), tmp_path / "folder", TODAY)
    last, before = (list(reports.lines("rates", day)) for day in (date.max, date.max - timedelta(days=1)))
    assert len(last) == len(before) > 1
