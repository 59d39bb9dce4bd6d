"""Transactions inside others: what one of them wrote before it raised does not slip in with the outer one's commit."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support import make
from tracker.core.audit import AuditEvent
from tracker.core.database import db, transaction
from tracker.core.errors import Conflict, WaymarkError
from tracker.people import commands as people
from tracker.people.models import Leave, Person


def counts() -> list[int | None]:
    """How many persons, leaves and events there are."""
    db.session.close()
    return [db.session.scalar(select(func.count()).select_from(model)) for model in (Person, Leave, AuditEvent)]


def test_an_error_that_is_caught_inside_undoes_all(app: Flask) -> None:
    person = make.person(unit=make.unit())
    people.add_leave(make.by(), person.id, starts_on=make.day(20), ends_on=make.day(10))
    before = counts()

    def write() -> None:
        with transaction(make.by()):
            people.add_person(make.by(), "another", name="", email="")
            with pytest.raises(Conflict):
                people.add_leave(make.by(), person.id, starts_on=make.day(15))

    with pytest.raises(RuntimeError, match="inside this one raised"):
        write()
    assert counts() == before
    people.add_leave(make.by(), person.id, starts_on=make.day(5))


def test_a_broken_constraint_that_is_caught_inside_undoes_all(app: Flask) -> None:
    people.add_person(make.by(), "known", name="", email="")
    before = counts()

    def write() -> None:
        with transaction(make.by()):
            people.add_person(make.by(), "another", name="", email="")
            with pytest.raises(WaymarkError):
                people.add_person(make.by(), "known", name="", email="")

    with pytest.raises(RuntimeError, match="inside this one raised"):
        write()
    assert counts() == before
    people.add_person(make.by(), "another", name="", email="")


def test_a_hook_that_raises_undoes_all(app: Flask) -> None:
    before = counts()

    def refuse(_: object) -> None:
        raise Conflict("Not now.")

    app.extensions["before_commit"].append(refuse)
    with pytest.raises(Conflict):
        people.add_person(make.by(), "another", name="", email="")
    app.extensions["before_commit"].remove(refuse)
    assert counts() == before
