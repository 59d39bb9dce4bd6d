"""`check figures` names each figure that is not what the facts say, and each pair of facts that exclude each other."""

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import text

from tracker.core.actor import system
from tracker.core.database import db, transaction
from tracker.people.models import Person
from tracker.progress.commands import completions
from tracker.progress.commands.completions import Statement
from tracker.progress.models import Completion

from .conftest import TODAY


def check(app: Flask) -> tuple[int, list[str]]:
    """The exit code and the lines of the command."""
    result = app.test_cli_runner().invoke(args=["check", "figures"])
    return result.exit_code, result.stdout.splitlines()


def alter(sql: str, **values: object) -> None:
    """Change the database behind the commands' back, in one row at least."""
    with transaction(system(TODAY)) as tx:
        assert tx.session.execute(text(sql), values).rowcount > 0  # type: ignore[attr-defined]


@pytest.fixture
def opened(small: Flask) -> Flask:
    """The institution with a gate that opened: five of eight have done what it needs."""
    for person in db.session.query(Person).order_by(Person.id).limit(5).all():
        completions.log_for(system(TODAY), person.id, Statement("M1", date(2026, 3, 1)))
    assert check(small) == (0, ["All figures agree with the facts."])
    return small


def item(code: str, module: str | None) -> str:
    """SQL for the live item of a module of a requirement."""
    of_module = f"module_id = (SELECT id FROM module WHERE code = '{module}')" if module else "module_id IS NULL"
    return (
        "(SELECT item.id FROM item JOIN revision ON revision.id = item.revision_id"
        f" JOIN requirement ON requirement.id = revision.requirement_id WHERE requirement.code = '{code}'"
        f" AND {of_module} AND revision.stage = 'live')"
    )


OF_NOBODY = "person_id = (SELECT id FROM person WHERE identifier = '0007')"


def test_a_span_that_is_gone_is_named(opened: Flask) -> None:
    alter(f"DELETE FROM span WHERE {OF_NOBODY} AND item_id = {item('ONCE', 'M1')} AND status = 6")
    line = "person 0007, ONCE M1: a span is missing: 2025-04-02 to 9999-12-31 overdue, due 2025-04-01"
    assert check(opened) == (1, [line])


def test_a_span_that_is_a_day_off_is_named(opened: Flask) -> None:
    alter(f"UPDATE span SET ends_on = ends_on - 1 WHERE {OF_NOBODY} AND item_id = {item('ONCE', 'M1')} AND status = 7")
    what = "person 0007, ONCE M1: a span is"
    assert check(opened) == (
        1,
        [
            f"{what} missing: 2025-03-02 to 2025-04-01 due_soon, due 2025-04-01",
            f"{what} wrong: 2025-03-02 to 2025-03-31 due_soon, due 2025-04-01",
        ],
    )


@pytest.mark.parametrize("column", ["unit_id", "status", "due_on"])
def test_a_span_with_another_value_is_named(opened: Flask, column: str) -> None:
    alter(f"UPDATE span SET {column} = 1 WHERE {OF_NOBODY} AND item_id = {item('ONCE', None)} AND status = 6")
    code, lines = check(opened)
    assert code == 1
    assert all(line.startswith("person 0007, ONCE *: a span is ") for line in lines)
    assert len(lines) == 2


def test_a_count_that_is_off_is_named(opened: Flask) -> None:
    alter(
        "UPDATE unit_count SET overdue = overdue + 1 WHERE day = :day AND item_id = "
        f"{item('ONCE', 'M2')} AND unit_id = (SELECT id FROM unit WHERE code = 'EAR')",
        day=TODAY.toordinal(),
    )
    assert check(opened) == (1, ["unit EAR, ONCE M2 on 2026-11-22: the count overdue is 3, not 2"])


def test_a_count_that_is_gone_is_named(opened: Flask) -> None:
    alter(
        f"DELETE FROM unit_count WHERE day = :day AND item_id = {item('MONTHS', 'M1')}"
        " AND unit_id = (SELECT id FROM unit WHERE code = 'EYE')",
        day=date(2026, 1, 31).toordinal(),
    )
    assert check(opened) == (1, ["unit EYE, MONTHS M1 on 2026-01-31: the count not_started is 0, not 2"])


def test_an_opening_that_is_off_or_gone_is_named(opened: Flask) -> None:
    alter("UPDATE gate_opening SET opened_on = opened_on + 1")
    assert check(opened) == (1, ["unit MED, gate GATE: opened on 2026-03-02, not on 2026-03-01"])
    alter("DELETE FROM gate_opening")
    assert check(opened) == (1, ["unit MED, gate GATE: opened on no day, not on 2026-03-01"])


def test_two_homes_are_named(opened: Flask) -> None:
    alter(
        "INSERT INTO appointment (person_id, unit_id, category, role, is_primary, starts_on)"
        " SELECT person_id, unit_id, category, role, is_primary, DATE '2026-01-01' FROM appointment"
        f" WHERE {OF_NOBODY}"
        if db.engine.dialect.name == "postgresql"
        else "INSERT INTO appointment (person_id, unit_id, category, role, is_primary, starts_on)"
        f" SELECT person_id, unit_id, category, role, is_primary, '2026-01-01' FROM appointment WHERE {OF_NOBODY}"
    )
    code, lines = check(opened)
    assert code == 1
    assert lines[0] == "person 0007: two primary appointments on 2026-01-01"


def test_overlapping_leaves_are_named(opened: Flask) -> None:
    for first in ("2030-01-01", "2030-01-31"):
        alter(
            "INSERT INTO leave (person_id, starts_on, ends_on) SELECT id, CAST(:first AS DATE), CAST(:last AS DATE)"
            " FROM person WHERE identifier = '0007'"
            if db.engine.dialect.name == "postgresql"
            else "INSERT INTO leave (person_id, starts_on, ends_on) SELECT id, :first, :last"
            " FROM person WHERE identifier = '0007'",
            first=first,
            last="2030-01-31" if first == "2030-01-01" else "2030-02-28",
        )
    code, lines = check(opened)
    assert code == 1
    assert lines[0] == "person 0007: two leaves on 2030-01-31"


def test_a_circle_of_units_is_named(opened: Flask) -> None:
    since = "DATE '2026-01-01'" if db.engine.dialect.name == "postgresql" else "'2026-01-01'"
    alter(
        f"INSERT INTO unit_row (unit_id, starts_on, name, kind, parent_id) SELECT id, {since}, 'Medicine',"
        " 'department', (SELECT id FROM unit WHERE code = 'EAR') FROM unit WHERE code = 'MED'"
    )
    assert check(opened) == (1, ["unit MED: its row from 2026-01-01 parent would lie below itself"])


def test_a_derived_tree_that_is_off_is_named(opened: Flask) -> None:
    alter("UPDATE unit_path SET depth = depth + 1 WHERE unit_id = (SELECT id FROM unit WHERE code = 'EAR')")
    assert check(opened) == (1, ["unit EAR: its place in the derived tree is not what its rows say"])


def test_spans_of_nobody_are_counted(opened: Flask) -> None:
    alter(
        "INSERT INTO span (person_id, item_id, starts_on, ends_on, unit_id, status)"
        " SELECT 999999, MIN(item_id), 1, 2, MIN(unit_id), 8 FROM span"
    )
    assert check(opened) == (1, ["1 spans belong to no person"])


@pytest.fixture
def claim(opened: Flask) -> str:
    """The reference of a claim that waits."""
    person = db.session.query(Person).order_by(Person.id).first()
    assert person is not None
    claimant = replace(system(TODAY), person_id=person.id)
    claim_id = completions.claim(claimant, Statement("OLD", date(2026, 5, 1)))
    assert check(opened) == (0, ["All figures agree with the facts."])
    return db.session.get_one(Completion, claim_id).reference


def test_a_claim_that_waits_and_is_not_kept_is_named(opened: Flask, claim: str) -> None:
    alter("DELETE FROM waiting_claim")
    line = f"completion {claim}: is not kept among the claims that wait, but waits for a decision"
    assert check(opened) == (1, [line])


def test_a_claim_that_is_kept_and_does_not_wait_is_named(opened: Flask, claim: str) -> None:
    alter("INSERT INTO waiting_claim (completion_id) SELECT MIN(id) FROM completion WHERE state = 'verified'")
    first = db.session.query(Completion).order_by(Completion.id).first()
    assert first is not None
    line = f"completion {first.reference}: is kept among the claims that wait, but waits for no decision"
    assert check(opened) == (1, [line])
