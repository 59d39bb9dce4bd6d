"""Each case of the table is told in its whole words; the dates in them are those of the naive reading."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.explain.cases import CASES, Asked
from tests.explain.world import TODAY, institution
from tests.naive.progress import Reading
from tracker.core.actor import system
from tracker.core.database import db
from tracker.curriculum.queries import ids
from tracker.people.models import Person
from tracker.progress.explain import Explanation, Voice, explain
from tracker.progress.rules import Status

FACTS = institution({name: case.life for name, case in CASES.items()})


def _read(path: Path) -> dict[str, list[str]]:
    """The lines of each case: the status and its dates as in a report, the summary, the sentences."""
    blocks = path.read_text(encoding="utf-8").split("## ")[1:]
    return {block.splitlines()[0]: block.strip().splitlines()[1:] for block in blocks}


TOLD = _read(Path(__file__).with_name("told.txt"))


def told(name: str, voice: Voice) -> Explanation:
    """The explanation of a case."""
    case = CASES[name]
    person_id = db.session.scalars(select(Person.id).where(Person.identifier == name)).one()
    numbers = ids()
    module_id = None if case.module == "*" else numbers.modules[case.module]
    day = date.fromisoformat(case.on)
    return explain(system(TODAY), person_id, numbers.requirements[case.requirement], module_id, day, voice=voice)


def figures(found: Explanation) -> str:
    """The status and its dates in one line, "-" where there is none."""
    status = found.status.word if found.status else None
    return " ".join(str(one or "-") for one in (status, found.due_on, found.satisfied_on, found.expires_on))


def test_the_table_and_its_words_name_the_same_cases() -> None:
    assert list(TOLD) == list(CASES)


def test_every_status_is_told() -> None:
    assert {lines[0].split()[0] for lines in TOLD.values()} == {status.word for status in Status} | {"-"}


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_told_in_its_whole_words(told_app: Flask, name: str) -> None:
    found = told(name, Voice.TO_THEM)
    assert [figures(found), found.summary, *found.sentences] == TOLD[name]


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.module != "*"])
def test_the_table_says_what_the_naive_reading_says(name: str) -> None:
    assert TOLD[name][0] == _naive_figures(name, CASES[name])


def _naive_figures(name: str, case: Asked) -> str:
    reading, day = Reading(FACTS), date.fromisoformat(case.on)
    requirement = next(one for one in FACTS.requirements if one.code == case.requirement)
    if not reading.in_scope(requirement, name, day):
        return "- - - -"
    found = reading.assignment(requirement, name, reading.modules[case.module], day)
    return " ".join(str(one or "-") for one in (found.status, found.due_on, found.satisfied_on, found.expires_on))


@pytest.mark.parametrize("name", CASES)
def test_each_voice_keeps_to_itself_and_tells_no_reason(told_app: Flask, name: str) -> None:
    to_them, about = told(name, Voice.TO_THEM), told(name, Voice.ABOUT)
    theirs, others = (" ".join((found.summary, *found.sentences)) for found in (to_them, about))
    assert "Ada" not in theirs
    assert not {"you", "your"} & set(others.lower().replace(":", "").replace(",", "").split())
    assert len(to_them.sentences) == len(about.sentences)
    for words in (theirs, others):
        assert not any(secret in words for secret in ("None", "unwell", "doctor", "the dean"))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("another role", "It asks the role manager; Ada Berg\N{RIGHT SINGLE QUOTATION MARK}s role is clinical."),
        ("asked in its very unit", "Ada Berg is in the audience by unit (Medicine)."),
        ("never a home", "On 22 Nov 2026, “Awareness” is not asked of Ada Berg."),
        ("no home yet", "Ada Berg has no primary appointment on this day: the next one begins on 1 Jan 2027."),
        ("on leave", "On 22 Nov 2026, Ada Berg is on leave, so “Awareness” is not due."),
        ("pending", "The claim of 1 Feb 2026 waits to be verified (logged by Ada Berg)."),
    ],
)
def test_somebody_else_is_called_by_name(told_app: Flask, name: str, sentence: str) -> None:
    found = told(name, Voice.ABOUT)
    assert sentence in (found.summary, *found.sentences)
