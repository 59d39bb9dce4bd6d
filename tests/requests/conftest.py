"""What these tests share: a department with a champion, a learner, the office, and what is asked of them."""

from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support import make, trail
from tests.support.make import Account, Person, Unit
from tests.support.pages import Page, Pages
from tracker.accounts.queries import account
from tracker.core import clock
from tracker.core.actor import Actor, Role
from tracker.core.database import db
from tracker.curriculum.models import Module, Requirement
from tracker.progress.models import Completion
from tracker.progress.queries.standing import standing
from tracker.requests.models import Request


@dataclass(frozen=True, slots=True)
class World:
    """A department with its champion and a learner at home there, who is signed in; and somebody of the office."""

    unit: Unit
    champion: Account
    learner: Account
    office: Account

    @property
    def ada(self) -> Person:
        """The learner as a person."""
        assert self.learner.person is not None
        return self.learner.person


@pytest.fixture
def world(app: Flask, pages: Pages) -> World:
    """Medicine, Cara Champion, Olive Office, and Ada Asked, who is signed in; a required course of two modules, and an
    optional book."""
    unit = make.unit("Medicine", code="MED")
    found = World(
        unit,
        make.champion(unit, name="Cara Champion"),
        make.learner(unit, "Ada Asked"),
        make.account(Role.OFFICE, make.person("Olive Office", unit=make.unit("Central"))),
    )
    make.requirement(
        make.module("ESSAY", title="Essay", evidence="verification"),
        make.module("AWARE", title="Awareness"),
        code="YEARLY",
        title="The course",
        due={"days_after_start": 10},
    )
    make.requirement(make.module("BOOK", title="A book"), code="READING", title="Reading circle", level="optional")
    pages.sign_in(found.learner)
    return found


def open_form(pages: Pages, kind: str, **named: object) -> Page:
    """The form of a kind, as its address fills it in."""
    return pages.get("requests.ask", query={"kind": kind, **named})


def ask_to_dispute(
    pages: Pages, words: str = "I did it in May.", requirement: str = "YEARLY", *, days_ago: int = 0
) -> int:
    """A dispute of a status by whoever is signed in; its id."""
    on = make.day(days_ago).isoformat()
    return id_of(pages.submit(open_form(pages, "dispute", requirement=requirement, on=on), words=words))


def ask_for_waiver(pages: Pages, **values: str) -> int:
    """A waiver of the course asked for by whoever is signed in; its id."""
    form = open_form(pages, "waiver", requirement="YEARLY")
    return id_of(pages.submit(form, words="I am abroad until autumn.", **values))


def id_of(page: Page) -> int:
    """The id of the request whose page this is."""
    return int(page.path.split("?")[0].rsplit("/", 1)[1])


def facts_of(page: Page) -> dict[str, str]:
    """The facts that stand first on a page."""
    return dict(zip(page.texts(".facts dt"), page.texts(".facts dd"), strict=True))


def stored(request_id: int) -> Request:
    """A request as it is kept, read anew."""
    db.session.rollback()
    found = db.session.get_one(Request, request_id)
    db.session.expunge(found)
    db.session.rollback()
    return found


def completions_of(person: Person) -> list[tuple[str, str, str, object]]:
    """(course, source, state, day) of everything on record now, in order; leaves nothing open behind."""
    db.session.rollback()
    query = select(Completion.course, Completion.source, Completion.state, Completion.completed_on)
    rows = db.session.execute(query.where(Completion.person_id == person.id).order_by(Completion.id)).all()
    db.session.rollback()
    return [(course, source, state.value, day) for course, source, state, day in rows]


def statuses_of(person: Person) -> dict[str, str]:
    """Where somebody stands today with each module that is asked of her, by its code."""
    db.session.rollback()
    found = {task.code: task.lead.says.status.word for task in standing(person.id, clock.today()).tasks}
    db.session.rollback()
    return found


def reference_of(completion_id: int) -> str:
    """The reference by which a receipt is opened."""
    found = db.session.scalars(select(Completion.reference).where(Completion.id == completion_id)).one()
    db.session.rollback()
    return found


def deeds() -> list[str]:
    """What was done so far, oldest first, read anew."""
    db.session.rollback()
    return trail.verbs()


def actor_of(found: Account) -> Actor:
    """An account as it acts today."""
    visitor = account(found.id, clock.today())
    assert visitor is not None
    db.session.rollback()
    return visitor.actor


def ids_of(requirement: str, module: str) -> tuple[int, int]:
    """The ids behind a requirement's and a module's code."""
    found = (
        db.session.scalars(select(Requirement.id).where(Requirement.code == requirement)).one(),
        db.session.scalars(select(Module.id).where(Module.code == module)).one(),
    )
    db.session.rollback()
    return found
