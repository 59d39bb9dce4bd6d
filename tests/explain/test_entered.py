"""Records entered here, not loaded: explanations say on which of the institution's days each step was taken."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from tests.explain.world import TODAY, Life, institution
from tests.naive.folder import write_folder
from tracker.core import clock
from tracker.core.actor import Actor, Right, system
from tracker.core.database import db
from tracker.curriculum.queries import ids
from tracker.exchange import commands
from tracker.people.models import Person
from tracker.progress.commands import completions
from tracker.progress.commands.completions import Statement
from tracker.progress.explain import Voice, explain
from tracker.progress.rules import State

SPRING, LATER = date(2026, 3, 1), date(2026, 3, 3)
At = Callable[[str], None]


@pytest.fixture
def learner(app: Flask, tmp_path: Path) -> Actor:
    """Ada, signed in to an institution in Chicago."""
    app.config["TIME_ZONE"] = ZoneInfo("America/Chicago")
    write_folder(institution({"ada": Life()}), tmp_path / "facts")
    commands.load(system(TODAY), tmp_path / "facts")
    person_id = db.session.scalars(select(Person.id)).one()
    return Actor(7, person_id, frozenset({Right.COMPLETIONS_LOG_OWN, Right.RECORDS_READ_OWN}), frozenset(), TODAY)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Sets the clock to a moment in UTC."""

    def set_to(moment: str) -> None:
        monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat(moment).replace(tzinfo=UTC))

    return set_to


def told(learner: Actor, module: str, requirement: str) -> tuple[str, ...]:
    """What Ada is told of her records and of what comes next."""
    numbers = ids()
    asked = (numbers.requirements[requirement], numbers.modules[module])
    found = explain(learner, learner.person_id or 0, *asked, TODAY, voice=Voice.TO_THEM)
    return found.sentences[5:]


def test_a_claim_corrected_and_then_verified(learner: Actor, at: At) -> None:
    at("2026-03-02T12:00")
    claim = completions.claim(learner, Statement("ACT", SPRING))
    at("2026-03-04T12:00")
    corrected = completions.correct_claim(learner, claim, Statement("OLD-2", LATER))
    at("2026-03-06T03:00")
    completions.verify(system(TODAY), corrected)
    assert told(learner, "ACT", "CHECKED") == (
        "The claim of 1 Mar 2026 was corrected on 4 Mar 2026; its day is now 3 Mar 2026 and it is now of the course"
        " OLD-2.",
        "The claim of 3 Mar 2026 was verified on 5 Mar 2026.",
        "The completion of 3 Mar 2026 counts: it is verified (logged by you).",
        "It was of the course OLD-2, which counts as this module.",
        "The completion counts for good: nothing more is asked.",
    )


def test_a_claim_withdrawn_by_its_owner(learner: Actor, at: At) -> None:
    at("2026-03-02T12:00")
    claim = completions.claim(learner, Statement("AWARE", SPRING))
    at("2026-03-04T12:00")
    completions.withdraw(learner, claim)
    assert told(learner, "AWARE", "ONCE") == (
        "The claim of 1 Mar 2026 was withdrawn on 4 Mar 2026, so it does not count.",
        "A completion will set this right from its day on.",
    )


def test_a_claim_rejected_by_somebody_else(learner: Actor, at: At) -> None:
    at("2026-03-02T12:00")
    claim = completions.claim(learner, Statement("ACT", SPRING))
    at("2026-03-04T12:00")
    completions.reject(system(TODAY), claim, note="No certificate")
    assert told(learner, "ACT", "CHECKED") == (
        "The claim of 1 Mar 2026 was rejected on 4 Mar 2026, so it does not count.",
        "A completion will set this right from its day on, once it is verified.",
    )


def test_a_completion_that_the_office_struck_out_and_took_up_again(learner: Actor, at: At) -> None:
    at("2026-03-02T12:00")
    logged = completions.log_for(system(TODAY), learner.person_id or 0, Statement("AWARE", SPRING))
    at("2026-03-04T12:00")
    struck = completions.correct_for(system(TODAY), logged, Statement("AWARE", SPRING), state=State.REJECTED)
    assert told(learner, "AWARE", "ONCE")[0] == (
        "The completion of 1 Mar 2026 was struck out on 4 Mar 2026, so it does not count."
    )
    at("2026-03-05T12:00")
    completions.correct_for(system(TODAY), struck, Statement("AWARE", SPRING))
    assert told(learner, "AWARE", "ONCE") == (
        "The completion of 1 Mar 2026 was struck out on 4 Mar 2026.",
        "The rejected record of 1 Mar 2026 was taken up again, as verified on 5 Mar 2026.",
        "The completion of 1 Mar 2026 counts: it is verified (logged by the office).",
        "The completion counts for good: nothing more is asked.",
    )
