"""transaction(): the only way to write. All of it or nothing, on both databases."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support import make
from tracker.core import audit
from tracker.core.audit import AuditEvent
from tracker.core.database import db, transaction
from tracker.core.errors import Conflict
from tracker.people import commands as people
from tracker.people.models import Person


def _count(model: type[Person] | type[AuditEvent]) -> int:
    db.session.close()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_nothing_stays_of_a_transaction_that_raised(app: Flask) -> None:
    def write_and_fail() -> None:
        with transaction(make.by()) as tx:
            audit.add(tx, "person.added", Person(identifier="1", name="Ada", email=""))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert (_count(Person), _count(AuditEvent)) == (0, 0)


def test_nothing_stays_after_a_broken_constraint(app: Flask) -> None:
    people.add_person(make.by(), "1", name="Ada", email="")
    before = _count(AuditEvent)

    def write_two() -> None:
        with transaction(make.by()) as tx:
            audit.add(tx, "person.added", Person(identifier="2", name="Grace", email=""))
            audit.add(tx, "person.added", Person(identifier="1", name="Ada again", email=""), conflict="Twice.")

    with pytest.raises(Conflict, match="Twice"):
        write_two()
    assert (_count(Person), _count(AuditEvent)) == (1, before)


def test_an_inner_transaction_joins_the_outer_one(app: Flask) -> None:
    def write_inside() -> None:
        with transaction(make.by()) as outer:
            people.add_person(make.by(), "1", name="Ada", email="")
            with transaction(make.by()) as inner:
                assert inner is outer
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_inside()
    assert _count(Person) == 0


def test_the_event_is_there_exactly_when_the_row_is(app: Flask) -> None:
    person_id = people.add_person(make.by(), "0012", name="Ada", email="ada@example.edu")
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "person.added")).one()
    assert event.subject == f"person:{person_id}"
    assert event.after == {"id": person_id, "identifier": True, "name": True, "email": True}


def test_a_change_writes_before_and_after_of_what_changed(app: Flask) -> None:
    person = make.person(unit=make.unit())
    leave_id = people.add_leave(make.by(), person.id, starts_on=make.day(10))
    people.change_leave(make.by(), leave_id, starts_on=make.day(10), ends_on=make.day(3))
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "leave.changed")).one()
    assert event.before == {"ends_on": None}
    assert event.after == {"ends_on": make.day(3).isoformat()}
