"""Writers beside each other: no wrong row, no deadlock, and figures that agree with the facts at the end."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from tests.naive import reading as naive
from tests.support import folders
from tests.support.seed import value
from tests.support.threads import at_once
from tracker.core.actor import system
from tracker.core.database import Transaction, db, transaction
from tracker.core.errors import Conflict, Invalid
from tracker.curriculum import commands as curriculum
from tracker.curriculum.queries import curriculum as definitions
from tracker.people import commands as people
from tracker.people.models import Appointment, Leave, Person
from tracker.progress import reports
from tracker.progress.commands import completions
from tracker.progress.commands.completions import Statement
from tracker.progress.figures import revisions
from tracker.progress.figures.check import differences
from tracker.progress.models import Completion, GateOpening, Revision, Stage, WaitingClaim
from tracker.units import commands as units
from tracker.units.models import Unit

from .conftest import TODAY, institution

ACTOR = system(TODAY)


def ids(model: type[Person] | type[Unit], code: str) -> dict[str, int]:
    """Numbers by identifier or code; what was true while they were read is forgotten."""
    found = dict(db.session.execute(select(getattr(model, code), model.id)).all())
    db.session.close()
    return found


def assert_exact(tmp_path: Path) -> None:
    """Nothing differs from a recount, and the reports are those of the naive reading of what is dumped."""
    assert list(differences()) == []
    db.session.close()
    folders.dumped(tmp_path / "dump")
    text = (tmp_path / "dump" / "completions.csv").read_text().replace(",,\n", ",0,\n")
    (tmp_path / "dump" / "completions.csv").write_text(text)
    reading = naive.Reading(naive.read_folder(tmp_path / "dump"))
    for kind, expected in (("status", naive.status), ("rates", naive.rates), ("gates", naive.gates)):
        for day in (TODAY, TODAY + timedelta(days=200), date(2026, 5, 31)):
            assert "".join(reports.lines(kind, day)) == expected(reading, day), (kind, day)
    db.session.close()


def settled(found: list[object]) -> list[object]:
    """What came out of the deeds, all of which must have been done or refused with a Conflict."""
    failed = [one for one in found if isinstance(one, Exception) and not isinstance(one, Conflict)]
    assert failed == []
    return found


def test_of_two_homes_at_once_one_is_refused(small: Flask, tmp_path: Path) -> None:
    units_by_code = ids(Unit, "code")
    person = people.add_person(ACTOR, "new", name="New", email="")
    deeds = [
        partial(
            people.add_appointment,
            ACTOR,
            person,
            units_by_code[code],
            category="staff",
            role="clinical",
            starts_on=date(2026, 1, 1),
        )
        for code in ("EYE", "EAR")
    ]
    found = settled(at_once(small, deeds))
    assert [isinstance(one, Conflict) for one in found].count(True) == 1
    mine = select(func.count()).select_from(Appointment).where(Appointment.person_id == person)
    assert db.session.scalar(mine) == 1
    assert_exact(tmp_path)


def test_of_two_leaves_at_once_one_is_refused(small: Flask, tmp_path: Path) -> None:
    person = ids(Person, "identifier")["0001"]
    deeds = [
        partial(people.add_leave, ACTOR, person, starts_on=date(2026, 1, first), ends_on=date(2026, 3, 1))
        for first in (1, 31)
    ]
    found = settled(at_once(small, deeds))
    assert [isinstance(one, Conflict) for one in found].count(True) == 1
    assert db.session.scalar(select(func.count()).select_from(Leave).where(Leave.person_id == person)) == 1
    assert_exact(tmp_path)


def test_of_two_decisions_on_a_claim_one_holds(small: Flask, tmp_path: Path) -> None:
    person = ids(Person, "identifier")["0001"]
    claimant = system(TODAY).__class__(None, person, ACTOR.rights, frozenset(), TODAY)
    claim = completions.claim(claimant, Statement("M2", date(2026, 5, 1)))
    deeds: list[Callable[[], int]] = [
        partial(completions.verify, ACTOR, claim),
        partial(completions.reject, ACTOR, claim),
        partial(completions.withdraw, claimant, claim),
    ]
    found = settled(at_once(small, deeds))
    assert [isinstance(one, Conflict) for one in found].count(True) == 2
    corrections = select(func.count()).select_from(Completion).where(Completion.corrects_id == claim)
    assert db.session.scalar(corrections) == 1
    assert_exact(tmp_path)


def test_two_writers_on_one_person_miss_nothing(small: Flask, tmp_path: Path) -> None:
    person = ids(Person, "identifier")["0001"]
    for month in range(1, 11):
        deeds: list[Callable[[], int]] = [
            partial(completions.log_for, ACTOR, person, Statement("M1", date(2026, month, 15))),
            partial(people.add_leave, ACTOR, person, starts_on=date(2026, month, 1), ends_on=date(2026, month, 9)),
        ]
        assert not [one for one in at_once(small, deeds) if isinstance(one, Exception)]
    assert_exact(tmp_path)


def test_eight_writers_on_one_unit_miss_nothing(small: Flask, tmp_path: Path) -> None:
    persons, units_by_code = ids(Person, "identifier"), ids(Unit, "code")

    def work(number: int) -> None:
        rnd = Random(value(number))
        for step in range(8):
            person = persons[f"{rnd.randrange(8):04}"]
            day = date(2026, 1, 1) + timedelta(days=rnd.randrange(300))
            deeds: list[Callable[[], object]] = [
                partial(completions.log_for, ACTOR, person, Statement(rnd.choice(["M1", "M2", "OLD"]), day)),
                partial(completions.log_roster, ACTOR, rnd.sample(sorted(persons.values()), 4), Statement("M1", day)),
                partial(people.transfer, ACTOR, person, units_by_code[rnd.choice(["EYE", "EAR"])], on=day),
                partial(people.add_leave, ACTOR, person, starts_on=day, ends_on=day + timedelta(days=step)),
            ]
            try:
                rnd.choice(deeds)()
            except (Conflict, Invalid):
                continue

    assert settled(at_once(small, [partial(work, number) for number in range(8)])) == [None] * 8
    assert_exact(tmp_path)


def test_a_gate_opens_by_people_of_two_divisions_at_once(small: Flask, tmp_path: Path) -> None:
    persons = ids(Person, "identifier")
    for number in range(3):
        completions.log_for(ACTOR, persons[f"{number:04}"], Statement("M1", date(2026, 2, 1)))
    assert db.session.scalar(select(func.count()).select_from(GateOpening)) == 0
    db.session.close()
    together = threading.Barrier(2)

    def before_commit(_: Transaction) -> None:
        """Both have found the openings before either commits, if nothing keeps them from it."""
        with suppress(threading.BrokenBarrierError):
            together.wait(1.0)

    small.extensions["before_commit"].append(before_commit)
    deeds = [
        partial(completions.log_for, ACTOR, persons[person], Statement("M1", date(2026, 2, 1)))
        for person in ("0003", "0004")
    ]
    assert not [one for one in at_once(small, deeds) if isinstance(one, Exception)]
    assert db.session.scalars(select(GateOpening.opened_on)).all() == [date(2026, 2, 1)]
    assert_exact(tmp_path)


def test_writers_and_a_revision_being_built(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revisions, "PEOPLE_AT_LEAST", 1)
    monkeypatch.setattr(revisions, "PEOPLE_AT_MOST", 2)
    monkeypatch.setattr(revisions, "SECONDS_AT_WORK", 0.002)
    folders.load(institution(people=24), tmp_path / "facts", TODAY)
    persons = sorted(ids(Person, "identifier").values())
    found = definitions()
    stricter = [one for one in found.requirements if one.code in ("ONCE", "CYCLE")]
    gate = found.gates[0]
    over = threading.Event()

    def change_rules() -> None:
        try:
            for days in (10, 200):
                for one in stricter:
                    due = {"days_after_start": days}
                    curriculum.set_requirement(ACTOR, one.__class__(**{**_fields(one), "due": due}))
                curriculum.set_gate(ACTOR, gate.__class__(**{**_fields(gate), "percent": days // 10}))
                revisions.build_revisions()
        finally:
            over.set()

    def write(number: int) -> int:
        rnd, done = Random(value(number)), 0
        while (not over.is_set() and done < 25) or done < 5:
            day = date(2026, 1, 1) + timedelta(days=rnd.randrange(300))
            completions.log_for(ACTOR, rnd.choice(persons), Statement(rnd.choice(["M1", "M2"]), day))
            if rnd.random() < 0.2:
                joined = people.add_person(ACTOR, f"new-{number}-{done}", name="New", email="")
                people.add_appointment(
                    ACTOR, joined, 3 + rnd.randrange(4), category="staff", role="clinical", starts_on=day
                )
            if rnd.random() < 0.1:
                units.set_unit(ACTOR, "EAR", name=f"Ear {number} {done}", kind="division", parent="MED", starts_on=day)
            done += 1
        return done

    found_now = at_once(app, [change_rules, partial(write, 1), partial(write, 2), partial(write, 3)])
    refusals = (Conflict, Invalid)
    assert not [one for one in found_now if isinstance(one, Exception) and not isinstance(one, refusals)], found_now
    revisions.build_revisions()
    assert set(db.session.scalars(select(Revision.stage))) == {Stage.LIVE}
    assert_exact(tmp_path)


def test_claims_of_a_module_that_has_to_be_verified_and_then_not(small: Flask, tmp_path: Path) -> None:
    persons = sorted(ids(Person, "identifier").values())
    module = next(one for one in definitions().modules if one.code == "M1")
    over = threading.Event()

    def change() -> None:
        try:
            for evidence in ("verification", "attestation", "verification", "attestation", "verification"):
                curriculum.set_module(ACTOR, replace(module, evidence=evidence))
                over.wait(0.1)
        finally:
            over.set()

    def write(number: int) -> None:
        rnd, done = Random(value(number)), 0
        while (not over.is_set() and done < 50) or done < 5:
            claimant = replace(ACTOR, person_id=rnd.choice(persons))
            said = Statement("M1", date(2026, 1, 1) + timedelta(days=rnd.randrange(300)))
            with suppress(Conflict, Invalid):
                claim = completions.claim(claimant, said)
                if rnd.random() < 0.5:
                    completions.withdraw(claimant, claim)
            done += 1

    assert at_once(small, [change, partial(write, 1), partial(write, 2), partial(write, 3)]) == [None] * 4
    revisions.build_revisions()
    assert_exact(tmp_path)
    assert db.session.scalar(select(WaitingClaim.completion_id).limit(1)) is not None


def _fields(one: object) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__slots__}  # type: ignore[attr-defined]


def test_a_rule_changed_back_while_the_job_waits_is_not_put_in_force(small: Flask, tmp_path: Path) -> None:
    if db.engine.dialect.name == "sqlite":
        return  # there, the one writer's place is taken before anything is read
    one = next(one for one in definitions().requirements if one.code == "ONCE")
    curriculum.set_requirement(ACTOR, one.__class__(**{**_fields(one), "level": "optional"}))
    last = max(ids(Person, "identifier").values())
    with transaction(ACTOR) as tx:
        tx.session.scalars(select(Revision).where(Revision.stage == Stage.BUILDING)).one().built_to = last

    def build() -> None:
        with small.app_context():
            revisions.build_revisions()
            db.session.remove()

    job = threading.Thread(target=build)
    with transaction(ACTOR) as tx:
        tx.lock_shape()
        job.start()
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        while not tx.session.scalar(waiting):
            pass
        curriculum.set_requirement(ACTOR, one)
    job.join()
    assert set(db.session.scalars(select(Revision.stage))) == {Stage.LIVE}
    assert_exact(tmp_path)


def test_a_dump_beside_writers_fits_together(small: Flask, tmp_path: Path) -> None:
    over = threading.Event()

    def join_and_log() -> None:
        for number in range(60):
            with transaction(ACTOR):
                person = people.add_person(ACTOR, f"n{number}", name="", email="")
                people.add_appointment(ACTOR, person, 3, category="a", role="b", starts_on=date(2026, 1, 1))
                completions.log_for(ACTOR, person, Statement("M1", date(2026, 3, 1)))
        over.set()

    def dump() -> None:
        while not over.is_set():
            folders.dumped(tmp_path / "dump")
            db.session.close()
            known = {line.split(",")[0] for line in (tmp_path / "dump" / "people.csv").read_text().splitlines()}
            for name, column in (("appointments.csv", 0), ("completions.csv", 1)):
                lines = (tmp_path / "dump" / name).read_text().splitlines()
                assert {line.split(",")[column] for line in lines} <= known
                assert len(lines) - 1 in (len(known) - 1, len(known) - 1 - 8)
            assert list(differences()) == []
            db.session.close()

    assert at_once(small, [join_and_log, dump]) == [None, None]
