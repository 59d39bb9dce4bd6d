"""Writing the sample institution as a folder of plain files."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from random import Random

from .duties import make_champions, make_functions, make_overrides, make_waivers
from .facts import (
    AppointmentRow,
    ChampionRow,
    CompletionRow,
    FunctionRow,
    LeaveRow,
    OverrideRow,
    PersonRow,
    WaiverRow,
)
from .files import write_rows
from .learning import Learning
from .people import Job, Member, make_people
from .plan import UnitRow, load_plan

SEED = "Larkwater"


def write_sample(folder: Path, *, today: date) -> None:
    """Write the sample institution as it stands on a day into a folder, which is made if need be.

    The same day always gives the same bytes. Nothing in completions.csv is later than the day.
    """
    plan = load_plan(today)
    people = make_people(plan, _stream("people"))
    functions = make_functions(plan, _stream("functions"), people)
    champions = make_champions(plan, _stream("champions"), people)
    busy = {row.person_id for row in functions} | {row.person_id for row in champions}
    waivers = make_waivers(plan, _stream("waivers"), people, busy)
    completions = Learning(plan, _stream("learning"), people, functions, champions).rows()
    folder.mkdir(parents=True, exist_ok=True)
    write_rows(folder / "units.csv", UnitRow, plan.unit_rows)
    write_rows(folder / "people.csv", PersonRow, [PersonRow(one.person_id, one.name, one.email) for one in people])
    write_rows(folder / "appointments.csv", AppointmentRow, _appointments(people))
    write_rows(folder / "functions.csv", FunctionRow, functions)
    write_rows(folder / "leaves.csv", LeaveRow, _leaves(people))
    write_rows(folder / "waivers.csv", WaiverRow, waivers)
    write_rows(folder / "completions.csv", CompletionRow, completions)
    write_rows(folder / "gate_overrides.csv", OverrideRow, make_overrides(plan))
    write_rows(folder / "champions.csv", ChampionRow, champions)
    (folder / "curriculum.toml").write_text(plan.curriculum, encoding="utf-8")


def _stream(part: str) -> Random:
    """Random numbers of its own for each part, so that a change in one part leaves the others as they are."""
    return Random(f"{SEED}: {part}")  # noqa: S311 - an invented school, not a secret


def _appointments(people: Sequence[Member]) -> Iterator[AppointmentRow]:
    for member in people:
        for job in member.jobs:
            yield _appointment(member, job, primary=True)
        if member.second:
            yield _appointment(member, member.second, primary=False)


def _appointment(member: Member, job: Job, *, primary: bool) -> AppointmentRow:
    return AppointmentRow(member.person_id, job.unit, job.category, job.role, job.fte, primary, job.start, job.end)


def _leaves(people: Sequence[Member]) -> Iterator[LeaveRow]:
    for member in people:
        for leave in member.leaves:
            yield LeaveRow(member.person_id, leave.start, leave.end)
