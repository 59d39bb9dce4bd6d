"""What a preview says is what comes: random institutions and changes, each previewed, saved, worked in and compared."""

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.naive.facts import Facts
from tests.naive.institutions import institutions
from tests.programme.conftest import Small
from tests.support import folders, make
from tests.support import seed as run_seed
from tests.support.pages import Pages
from tests.support.settle import figures as settle_figures
from tracker.core import clock
from tracker.core.database import db
from tracker.core.jobs import run_due
from tracker.curriculum import commands as curriculum_commands
from tracker.curriculum.queries import curriculum
from tracker.curriculum.rules import Curriculum, Requirement
from tracker.exchange.files import written_curriculum
from tracker.people.models import Person
from tracker.programme.commands import previewing, proposing
from tracker.programme.models import CurriculumState, Proposal
from tracker.programme.moves import ItemMove, Preview, RequirementMove, in_scope
from tracker.programme.queries.proposals import proposal
from tracker.progress import reports
from tracker.progress.figures import answers
from tracker.progress.models import Revision, Span, Stage
from tracker.progress.rules import Status

EXAMPLES = 12

CHANGES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "level": st.sampled_from(["required", "expected", "optional"]),
        "due": st.one_of(
            st.none(),
            st.fixed_dictionaries({"days_after_start": st.integers(0, 900)}),
            st.just({"date": date(2026, 3, 1)}),
        ),
        "repeat": st.one_of(
            st.none(),
            st.fixed_dictionaries({"months": st.integers(1, 40)}),
            st.just({"cycle": "07-01", "due_by": "12-31"}),
        ),
        "audience": st.one_of(st.none(), st.just({"roles": []}), st.just({"categories": ["staff", "faculty"]})),
        "first": st.sampled_from([date(2020, 1, 1), date(2026, 9, 1), date(2027, 1, 15)]),
    },
)


def changed(before: Curriculum, changes: dict[str, Any], percent: int) -> Curriculum:
    """The curriculum with every requirement and gate changed alike."""
    requirements = tuple(
        replace(one, **{**changes, "last": None if "first" in changes else one.last}) for one in before.requirements
    )
    return replace(
        before, requirements=requirements, gates=tuple(replace(one, percent=percent) for one in before.gates)
    )


def preview_of(wanted: Curriculum) -> tuple[int, Preview]:
    """A proposal of it, and its preview."""
    number = proposing.propose_file(make.by(), wanted)
    found = proposal(number)
    assert found.problem is None
    assert found.preview is not None
    return number, found.preview


def figures(code: str, day: date) -> dict[str, list[int]]:
    """The counts of a requirement by module, and of people, as pages show them."""
    found: dict[str, list[int]] = {}
    live = [one for one in answers.live_measures(db.session()) if one.rule and one.rule.code == code]
    items = answers.live_items(live)
    for (_, item_id), numbers in answers.unit_numbers(db.session(), day, None, live).items():
        item = items[item_id]
        sides = {item.module: numbers}
        if item.is_only_module:
            sides[answers.EVERYTHING] = answers.of_people(numbers, item.level)
        for module, counted in sides.items():
            kept = found.setdefault(module, [0] * len(Status))
            found[module] = [left + right for left, right in zip(kept, counted, strict=True)]
    db.session.close()
    return {module: numbers for module, numbers in found.items() if any(numbers)}


def told(items: list[ItemMove], side: str) -> dict[str, list[int]]:
    return {item.module: getattr(item, side) for item in items if any(getattr(item, side))}


def opened(day: date) -> dict[str, int]:
    """How many units each gate is open for, by its report."""
    rows = list(csv.reader(io.StringIO("".join(reports.lines("gates", day)))))[1:]
    db.session.close()
    return {code: sum(row[0] == code and row[2] != "" for row in rows) for code in {row[0] for row in rows}}


@seed(run_seed.value(32))
@settings(
    max_examples=EXAMPLES,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(institutions(date(2026, 11, 22)), CHANGES, st.integers(0, 99))
def test_what_a_preview_says_is_what_comes(
    app: Flask, tmp_path: Path, facts: Facts, changes: dict[str, Any], percent: int
) -> None:
    today = clock.today()
    folders.load(facts, tmp_path, today)
    wanted = changed(curriculum(), changes, percent)
    if written_curriculum(wanted) == written_curriculum(curriculum()):
        return
    before = {one.code: figures(one.code, today) for one in wanted.requirements}
    open_before = opened(today)

    number, found = preview_of(wanted)
    base = curriculum()
    db.session.close()
    assert proposing.save(make.by(), number)
    _, back = preview_of(base)
    assert said_backwards(back) == said(found)
    settle_figures()

    for move in found.requirements:
        for of_day in move.days:
            day = date.fromordinal(of_day.day)
            assert told(of_day.items, "after") == figures(move.code, day)
            whole = next(item for item in of_day.items if item.module == answers.EVERYTHING)
            assert of_day.people(after=range(1, 9)) == in_scope(whole.after)
            assert of_day.people(before=range(1, 9)) == in_scope(whole.before)
            assert of_day.people(after=[Status.OVERDUE]) == whole.after[Status.OVERDUE - 1]
        assert told(move.days[0].items, "before") == before[move.code]
        assert move.late_count == move.days[0].people(
            [0, *(one for one in Status if one != Status.OVERDUE)], [Status.OVERDUE]
        )
    for gate in found.gates:
        assert gate.open_before == open_before.get(gate.code, 0)
        assert gate.open_after == opened(today).get(gate.code, 0)


Said = dict[str, tuple[Any, ...]]


def said(preview: Preview) -> Said:
    """What a preview says of today, each side in its place."""
    requirements: Said = {
        one.code: (
            {item.module: (item.before, item.after) for item in one.days[0].items},
            {unit.unit_id: (unit.before, unit.after) for unit in one.days[0].units},
            sorted(one.days[0].moves),
        )
        for one in preview.requirements
    }
    return requirements | {one.code: (one.open_before, one.open_after, one.units) for one in preview.gates}


def said_backwards(preview: Preview) -> Said:
    """The same of the way back, each side in the place of the other."""
    requirements: Said = {
        one.code: (
            {item.module: (item.after, item.before) for item in one.days[0].items},
            {unit.unit_id: (unit.after, unit.before) for unit in one.days[0].units},
            sorted((after, before, people) for before, after, people in one.days[0].moves),
        )
        for one in preview.requirements
    }
    return requirements | {
        one.code: (one.open_after, one.open_before, [(unit, after, before) for unit, before, after in one.units])
        for one in preview.gates
    }


def test_the_way_back_is_true_while_a_rule_is_worked_in(office: Pages, small: Small) -> None:
    """Pages still show the rule before; the preview stands beside the rule that was saved, and says so."""
    page = office.get("programme.change", kind="requirement", code="YEARLY")
    day = make.day(10).isoformat()
    page = office.submit(page, "Show what would change", level="required", due_date=day)
    assert "4 people would become overdue." in page.text
    assert "still being worked in" not in page.text
    office.submit(page, "Save this change")

    page = office.get("programme.change", kind="requirement", code="YEARLY")
    page = office.submit(page, "Show what would change", level="expected", due_date="")
    assert "4 people would no longer be overdue." in page.text
    assert "An earlier change is still being worked in" in page.text
    address = page.link("Five years of one person under The yearly course")
    sample = office.open(f"{address}&q={small.people[2].identifier}")
    assert [cell.split(",")[0] for cell in sample.texts(".lane tbody td")] == ["Overdue", "Not started"]


def test_nothing_of_a_preview_stays(small: Small) -> None:
    before = rows()
    text = written_curriculum(curriculum())
    wanted = curriculum()
    wanted = replace(wanted, requirements=tuple(replace(one, level="required") for one in wanted.requirements))
    preview_of(wanted)
    assert rows() == before
    assert written_curriculum(curriculum()) == text


def rows() -> list[int]:
    """How many rows the tables have that a change of a rule would touch."""
    tables = (Revision, Span, CurriculumState)
    found = [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]
    db.session.close()
    return [*found, db.session.query(Revision).filter_by(stage=Stage.BUILDING).count()]


def test_who_becomes_overdue_is_known_by_name(small: Small) -> None:
    wanted = curriculum()
    strict = replace(wanted.requirements[0], level="required", due={"date": make.day(10)})
    _, found = preview_of(replace(wanted, requirements=(strict,)))
    (move,) = found.requirements
    assert move.late == [one.id for one in small.people[2:]]
    assert (move.late_count, found.revisions, found.people) == (4, 1, len(everybody()))
    (today,) = move.days
    assert [unit.unit_id for unit in today.units] == [small.medicine.id, small.surgery.id]


def everybody() -> list[int]:
    return list(db.session.scalars(select(Person.id)))


def test_a_rule_that_begins_later_is_shown_for_that_day_too(small: Small) -> None:
    wanted = curriculum()
    later = replace(wanted.requirements[0], first=make.day(-40))
    _, found = preview_of(replace(wanted, requirements=(later,)))
    (move,) = found.requirements
    assert [date.fromordinal(one.day) for one in move.days] == [clock.today(), make.day(-40)]
    assert move.days[0].people(after=[0]) == 6
    assert move.days[1].people(after=range(1, 9)) == 6


def test_a_new_requirement_is_shown_from_nothing(small: Small) -> None:
    wanted = curriculum()
    new = Requirement("NEW", "New", ("TWO",), "required", make.day(10), due={"days_after_start": 0})
    _, found = preview_of(replace(wanted, requirements=(*wanted.requirements, new)))
    (move,) = found.requirements
    assert isinstance(move, RequirementMove)
    assert move.late_count == 6
    assert move.days[0].people(before=[0]) == 6


def test_a_change_that_is_still_worked_in_is_not_told_again(small: Small) -> None:
    wanted = curriculum()
    strict = replace(wanted.requirements[0], level="required")
    curriculum_commands.set_requirement(make.by(), strict)
    _, found = preview_of(replace(wanted, requirements=(strict,), gates=(replace(wanted.gates[0], percent=49),)))
    assert (found.revisions, found.requirements, len(found.gates)) == (1, [], 1)


def test_a_lower_gate_opens(small: Small) -> None:
    wanted = curriculum()
    _, found = preview_of(replace(wanted, gates=(replace(wanted.gates[0], percent=49),)))
    (move,) = found.gates
    assert (move.open_before, move.open_after) == (0, 1)
    assert [(unit, before) for unit, before, _ in move.units] == [(small.medicine.id, 0)]


def test_a_large_institution_waits_for_the_worker(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing, "AT_ONCE", 3)
    monkeypatch.setattr(previewing, "SECONDS_BETWEEN_NOTES", 0)
    monkeypatch.setattr(previewing, "PEOPLE_AT_ONCE", 2)
    wanted = curriculum()
    changed_ = replace(wanted.requirements[0], level="required")
    number = proposing.propose_file(make.by(), replace(wanted, requirements=(changed_,)))
    assert proposal(number).is_waiting
    run_due()
    found = proposal(number)
    assert found.preview is not None
    assert found.done == found.total
    run_due()
    assert db.session.query(Proposal).count() == 1
