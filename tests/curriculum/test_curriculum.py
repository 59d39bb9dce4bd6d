"""Modules, requirements and gates: what is written into the database, or into a file, is read back the same."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from flask import Flask
from hypothesis import HealthCheck, given, seed, settings
from sqlalchemy import select

from tests.naive.facts import Facts
from tests.naive.institutions import institutions
from tests.naive.reading import write_folder
from tests.support import make
from tests.support import seed as run_seed
from tests.support.trail import verbs
from tracker.core.database import db
from tracker.core.errors import Invalid
from tracker.curriculum import commands, rules
from tracker.curriculum.models import Module
from tracker.curriculum.queries import curriculum
from tracker.exchange import files

TODAY = date(2026, 11, 22)
EVERYTHING: dict[str, Any] = {
    "module": [
        {
            "code": "M1",
            "title": "One",
            "minutes": 0,
            "evidence": "verification",
            "equivalents": ["OLD", "M2"],
            "summary": "Why",
            "objectives": ["Know", "Do"],
            "links": [{"title": "Page", "url": "https://example.edu/"}],
            "after": ["M2"],
            "ideally_after": ["M2"],
        },
        {"code": "M2", "title": "Two"},
    ],
    "requirement": [
        {
            "code": "R1",
            "title": "Asked",
            "modules": ["M2", "M1"],
            "level": "expected",
            "from": date(2025, 1, 1),
            "to": date(2026, 1, 1),
            "audience": {"categories": [], "roles": ["a"], "units": [], "functions": ["b", "c"]},
            "due": {"date": date(2025, 6, 30), "days_after_start": 0},
            "repeat": {"cycle": "02-28", "due_by": "02-28"},
            "summary": "For whom",
            "champions_see_names": True,
        },
        {
            "code": "R2",
            "title": "Asked",
            "modules": ["M1"],
            "level": "optional",
            "from": date(2025, 1, 1),
            "audience": {},
            "repeat": {"months": 1},
        },
    ],
    "gate": [
        {
            "code": "G1",
            "unit_kinds": ["department", "division"],
            "needs": ["M2"],
            "percent": 0,
            "from": date(2025, 1, 1),
            "audience": {"roles": []},
            "title": "Gate",
            "summary": "What for",
        }
    ],
}


def test_everything_that_can_be_said_is_kept(app: Flask) -> None:
    found = rules.read(EVERYTHING)
    assert rules.write(found) == EVERYTHING
    for module in reversed(found.modules):
        commands.set_module(make.by(), module)
    for requirement in found.requirements:
        commands.set_requirement(make.by(), requirement)
    for gate in found.gates:
        commands.set_gate(make.by(), gate)
    kept = curriculum()
    assert sorted(kept.modules, key=lambda one: one.code) == sorted(found.modules, key=lambda one: one.code)
    assert (kept.requirements, kept.gates) == (found.requirements, found.gates)


@seed(run_seed.value(12))
@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(institutions(TODAY))
def test_a_file_is_read_back_the_same(tmp_path: Path, facts: Facts) -> None:
    write_folder(facts, tmp_path)
    found = files.curriculum(tmp_path)
    (tmp_path / "curriculum.toml").write_text(tomli_w.dumps(rules.write(found)), encoding="utf-8")
    assert files.curriculum(tmp_path) == found


def test_an_unknown_module_is_refused_and_nothing_is_written(app: Flask) -> None:
    found = rules.read(EVERYTHING)
    before = verbs()
    with pytest.raises(Invalid, match="There is no module M2"):
        commands.set_requirement(make.by(), found.requirements[0])
    with pytest.raises(Invalid, match="There is no module M2"):
        commands.set_gate(make.by(), found.gates[0])
    assert verbs() == before
    assert curriculum() == rules.Curriculum()


def test_a_module_written_again_is_changed_and_told(app: Flask) -> None:
    make.module(code="M1", title="One", equivalents=["OLD"])
    changed = rules.Module("M1", "Uno", minutes=5, equivalents=("NEW",))
    commands.set_module(make.by(), changed)
    assert curriculum().modules == (changed,)
    number = db.session.scalar(select(Module.id))
    assert verbs(f"module:{number}") == ["module.set", "module.set"]
