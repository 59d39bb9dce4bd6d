"""On random institutions, explanations give the status and the dates of the naive reading, whatever is asked."""

from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from flask import Flask
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.naive.facts import Facts, Requirement
from tests.naive.folder import write_folder
from tests.naive.institutions import institutions, interesting_days
from tests.naive.progress import Assignment, Reading
from tracker.core.actor import system
from tracker.core.database import db
from tracker.curriculum.queries import ids
from tracker.exchange import commands
from tracker.people.models import Person
from tracker.progress.explain import Explanation, Voice, explain
from tracker.progress.explanations.words import on

TODAY = date(2026, 11, 22)
QUESTIONS = 25
OF_PEOPLE = {"waived", "on_leave", "satisfied", "overdue"}


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(institutions(TODAY), st.randoms(use_true_random=False))
def test_an_explanation_agrees_with_the_naive_reading(app: Flask, facts: Facts, rnd: Random) -> None:
    with TemporaryDirectory() as folder:
        write_folder(facts, Path(folder))
        commands.load(system(TODAY), Path(folder), replace=True)
    reading, days = Reading(facts), interesting_days(facts)
    people = {row.identifier: row.id for row in db.session.execute(select(Person.identifier, Person.id))}
    numbers = ids()
    for _ in range(QUESTIONS):
        person, requirement, day = rnd.choice(facts.people).person_id, rnd.choice(facts.requirements), rnd.choice(days)
        voice = rnd.choice(list(Voice))
        note(f"{person} {requirement.code} {day}")
        asked = (system(TODAY), people[person], numbers.requirements[requirement.code])
        assignments = _naive(reading, requirement, person, day)
        for code in requirement.modules:
            found = explain(*asked, numbers.modules[code], day, voice=voice)
            _check_words(found, day)
            one = assignments.get(code)
            assert _figures(found) == (one and (one.status, one.due_on, one.satisfied_on, one.expires_on))
        whole = explain(*asked, None, day, voice=voice)
        _check_words(whole, day)
        _check_whole(whole, list(assignments.values()))


def _naive(reading: Reading, requirement: Requirement, person: str, day: date) -> dict[str, Assignment]:
    """The assignments of one person and requirement on a day, by module; none out of scope."""
    if not reading.in_scope(requirement, person, day):
        return {}
    return {code: reading.assignment(requirement, person, reading.modules[code], day) for code in requirement.modules}


def _figures(found: Explanation) -> tuple[str, date | None, date | None, date | None] | None:
    if found.status is None:
        return None
    return found.status.word, found.due_on, found.satisfied_on, found.expires_on


def _check_words(found: Explanation, day: date) -> None:
    """The words give the day and every date of the figures, say at least one reason, and never say nothing at all."""
    assert found.summary.startswith(f"On {on(day.toordinal())}, ")
    assert found.sentences
    words = " ".join((found.summary, *found.sentences))
    for sentence in (found.summary, *found.sentences):
        assert "None" not in sentence
        assert sentence.endswith(".")
        assert "  " not in sentence
    for one in (found.due_on, found.satisfied_on, found.expires_on):
        assert one is None or on(one.toordinal()) in words


def _check_whole(found: Explanation, assignments: list[Assignment]) -> None:
    if not assignments:
        assert found.status is None
        return
    assert found.status is not None
    wanted = _status_of_person(assignments)
    assert found.status.word == wanted if wanted else found.status.word not in OF_PEOPLE


def _status_of_person(mine: list[Assignment]) -> str:
    """The status that the row of people counts, if it counts any."""
    statuses = {one.status for one in mine}
    if statuses == {"waived"}:
        return "waived"
    if "on_leave" in statuses:
        return "on_leave"
    if statuses - {"waived"} == {"satisfied"}:
        return "satisfied"
    late = any(one.status == "overdue" or (one.status == "expired" and one.level == "required") for one in mine)
    return "overdue" if late else ""
