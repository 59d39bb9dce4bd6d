"""Facts in, figures out: random institutions and random deeds, the reports held against the naive reading.

Each example is an institution, loaded by `data load`, whose reports are compared on a few days; then up to six deeds
by the commands, each refused exactly where the plain facts would be; and the reports compared again. The seed stands in
the header of the run.
"""

from datetime import date, timedelta
from pathlib import Path
from random import Random

import psycopg
import pytest
from flask import Flask
from hypothesis import Phase, given, note, seed, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from tests.naive import reading as naive
from tests.naive.facts import Facts
from tests.naive.institutions import institutions, interesting_days
from tests.support import seed as run_seed
from tracker.core.database import db
from tracker.progress import reports
from tracker.progress.figures import counts, revisions
from tracker.progress.figures.check import differences
from tracker.progress.models import Revision, Stage, WaitingClaim

from .deeds import people, records, shape
from .deeds.world import World

EXAMPLES = 2_000
"""For each database, in `make verify`."""
EXAMPLES_OF_A_TEST = {"sqlite": 400, "postgresql": 200}
"""The most that `make test` has time for: each statement costs PostgreSQL a round trip."""
SHARDS = 4
TODAYS = [date(2026, 11, 22), date(2026, 6, 15), date(2024, 2, 29), date(2025, 12, 31)]
REPORTS = {"status": naive.status, "rates": naive.rates, "gates": naive.gates}
DEEDS = [
    *(people.join, people.transfer, people.transfer, people.end_appointment, people.leave, people.leave),
    *(people.function, records.complete, records.complete, records.roster, records.decide, records.decide),
    *(records.correct, records.correct, records.waive, records.open_gate),
    *(shape.set_unit, shape.set_unit, shape.set_requirement, shape.set_module, shape.set_gate),
]


@pytest.fixture
def quick(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application, in a hurry: no waiting for the disk, and none between the steps of a job."""
    monkeypatch.setattr(revisions, "SECONDS_AT_WORK", 0)

    @event.listens_for(db.engine, "connect")
    def _hurry(connection: object, _record: object) -> None:
        if db.engine.dialect.name == "sqlite":
            connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]

    db.engine.dispose()
    return app


def shards(first: int) -> list[pytest.ParameterSet]:
    """The numbers of the parts, each for whichever worker is free."""
    numbers = range(first, first + SHARDS)
    return [pytest.param(number, marks=pytest.mark.xdist_group(f"agreement {number}")) for number in numbers]


@pytest.mark.parametrize("shard", shards(0))
def test_reports_agree_with_the_naive_reading(quick: Flask, tmp_path: Path, shard: int) -> None:
    agree(tmp_path, shard, EXAMPLES_OF_A_TEST[db.engine.dialect.name] // SHARDS)


@pytest.mark.slow
@pytest.mark.parametrize("shard", shards(SHARDS))
def test_reports_agree_with_the_naive_reading_at_length(quick: Flask, tmp_path: Path, shard: int) -> None:
    agree(tmp_path, shard, EXAMPLES // SHARDS)


def agree(place: Path, shard: int, examples: int) -> None:
    """Try a part of the examples, with a seed of its own."""
    vacuum = _Vacuum(db.engine.url.render_as_string(hide_password=False))

    @seed(run_seed.value(100 + shard))
    @settings(
        max_examples=examples,
        print_blob=True,
        phases=(Phase.generate, Phase.shrink),
    )
    @given(
        st.sampled_from(TODAYS).flatmap(lambda today: st.tuples(st.just(today), institutions(today))),
        st.lists(st.integers(1, 10**6), max_size=6),
        st.integers(0, 10**6),
    )
    def example(loaded: tuple[date, Facts], deeds: list[int], number: int) -> None:
        vacuum.now_and_then()
        today, facts = loaded
        world, rnd = World(facts, today, place / "folder"), Random(number)
        around = interesting_days(facts)
        compare(world, around, rnd, 1 if deeds else 3)
        for one in deeds:
            do_something(world, Random(one))
        if deeds:
            compare(world, around, rnd, 2)
        if number % 5 == 0:
            assert list(differences()) == []

    example()


def do_something(world: World, rnd: Random) -> None:
    """One deed, if there is anything to do it to."""
    deed = rnd.choice(DEEDS)(world, rnd)
    if deed is not None:
        note(deed.name)
        world.perform(deed)


def compare(world: World, around: list[date], rnd: Random, how_many: int) -> None:
    """The claims that wait, and all reports on some days, whole and of one unit, once changed rules are worked in."""
    if db.session.scalar(select(Revision.id).where(Revision.stage == Stage.BUILDING).limit(1)) is not None:
        revisions.build_begun()
    kept = set(db.session.scalars(select(WaitingClaim.completion_id)))
    assert kept == {world.completions[one] for one in waiting(world.facts)}
    facts = naive.Reading(world.facts)
    for day in days_to_ask(world, around, rnd, how_many):
        for kind, expected in REPORTS.items():
            found = "".join(reports.lines(kind, day))
            assert found == expected(facts, day), (kind, day)
        unit = rnd.choice(sorted(world.units))
        if facts.unit_row(unit, day):
            kind = rnd.choice(sorted(REPORTS))
            assert "".join(reports.lines(kind, day, world.units[unit])) == REPORTS[kind](facts, day, unit), (
                kind,
                day,
                unit,
            )
    db.session.close()


def waiting(facts: Facts) -> set[str]:
    """The claims that nothing replaces, of what has to be verified."""
    modules = [one for one in facts.modules if one.evidence == "verification"]
    to_verify = {code for one in modules for code in (one.code, *one.equivalents)}
    replaced = {one.corrects for one in facts.completions}
    claims = (one for one in facts.completions if one.state == "claimed" and one.module in to_verify)
    return {one.id for one in claims} - replaced


def days_to_ask(world: World, around: list[date], rnd: Random, how_many: int) -> list[date]:
    """Days around what happens, days that a deed has just named, kept days, and any day at all."""
    kept = counts.days_to_keep(world.today)
    named = [day for day in facts_days(world.facts) if date(2000, 1, 1) <= day]
    near = rnd.choice(named) + timedelta(days=rnd.choice([-31, -30, -1, 0, 1, 30, 31]))
    any_day = date(2000, 1, 1) + timedelta(days=rnd.randrange(36_890))
    chosen = [rnd.choice(around), rnd.choice(around), near, rnd.choice(kept), rnd.choice([*kept[-4:], any_day])]
    return rnd.sample(chosen, how_many)


def facts_days(facts: Facts) -> list[date]:
    """The days that people's facts name, in the order in which they were added."""
    dated = [*facts.appointments, *facts.functions, *facts.leaves, *facts.waivers]
    found = [day for one in dated for day in (one.start, one.end) if day]
    return [*found, *(one.completed_on for one in facts.completions), *(one.start for one in facts.requirements)]


class _Vacuum:
    """Clears away what so many replaced institutions leave behind in PostgreSQL's tables."""

    def __init__(self, url: str) -> None:
        self.url = url.replace("postgresql+psycopg", "postgresql") if url.startswith("postgresql") else None
        self.calls = 0

    def now_and_then(self) -> None:
        """Every twentieth time."""
        self.calls += 1
        if self.url and self.calls % 20 == 0:
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute("VACUUM")
