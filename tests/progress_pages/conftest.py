"""What the tests of these pages share: a department with a champion and a learner, and a counter of statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import event, select

from tests.support import make
from tests.support.make import Account, Person, Unit
from tests.support.pages import Pages
from tracker.core.database import db
from tracker.progress.models import Completion


@dataclass(frozen=True, slots=True)
class World:
    """A department with its champion and a learner at home there, signed in."""

    unit: Unit
    champion: Account
    learner: Account

    @property
    def ada(self) -> Person:
        """The learner as a person."""
        assert self.learner.person is not None
        return self.learner.person


@pytest.fixture
def world(app: Flask, pages: Pages) -> World:
    """Medicine, Cara Champion, and Ada Asked, who is signed in."""
    unit = make.unit("Medicine", code="MED")
    found = World(unit, make.champion(unit, name="Cara Champion"), make.learner(unit, "Ada Asked"))
    pages.sign_in(found.learner)
    return found


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements that run meanwhile, without the opening and closing of transactions."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def reference_of(completion_id: int) -> str:
    """The reference by which a receipt is opened."""
    return db.session.scalars(select(Completion.reference).where(Completion.id == completion_id)).one()


def completions_of(person: Person) -> list[tuple[str, str, object]]:
    """(course, state, day) of everything on record now, in order; reads anew, and leaves nothing open behind."""
    db.session.rollback()
    query = select(Completion.course, Completion.state, Completion.completed_on)
    rows = db.session.execute(query.where(Completion.person_id == person.id).order_by(Completion.id)).all()
    db.session.rollback()
    return [(course, state.value, day) for course, state, day in rows]
