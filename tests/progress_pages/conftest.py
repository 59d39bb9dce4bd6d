"""What the tests of these pages share: a department with a champion and a learner, and a counter of statements."""

import contextvars
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.support import make
from tests.support.make import Account, Person, Unit
from tests.support.pages import Page, Pages
from tracker.core import clock
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


def sent(pages: Pages, course: str, *, status: int = 200, **values: object) -> Page:
    """Log a completion with the form as it is, files too: values are what is filled in beside module and day. What is
    read in the test after it is read anew."""
    form = pages.get("learner.log", query={"module": course})
    key = form.one("input[name=form_key]")["value"]
    given = {"form_key": key, "course": course, "completed_on": clock.today().isoformat(), **values}
    page = pages.post("learner.log", given, status=status)
    db.session.rollback()
    return page


def answer(pages: Pages, method: str, path: str, **arguments: Any) -> TestResponse:
    """One request as whoever is signed in, in a context of its own; redirects are not followed."""
    found: TestResponse = contextvars.Context().run(pages.client.open, path, method=method, buffered=True, **arguments)
    return found
