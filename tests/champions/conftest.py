"""A department with its champion, and what the audit holds of deeds on terms."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support import cast
from tests.support.cast import Cast
from tests.support.make import Account
from tracker.champions.models import Champion
from tracker.core.audit import AuditEvent
from tracker.core.database import Base, db

Trail = Callable[[str], list[AuditEvent]]


@dataclass(frozen=True, slots=True)
class Here:
    """The cast, and the term of the champion of the department."""

    cast: Cast
    term: int

    def term_of(self, account: Account) -> int:
        """The only term of somebody."""
        return term_of(account)


def term_of(account: Account) -> int:
    """The only row of somebody: her term, or her days of standing in."""
    assert account.person is not None
    db.session.close()
    return db.session.scalars(select(Champion.id).where(Champion.person_id == account.person.id)).one()


def row(champion_id: int) -> Champion:
    """A row as it is now, whatever was read before."""
    db.session.close()
    return db.session.get_one(Champion, champion_id)


def number_of(model: type[Base]) -> int:
    """How many rows there are now."""
    db.session.close()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def here(app: Flask) -> Here:
    people = cast.gather()
    return Here(people, term_of(people.champion))


@pytest.fixture
def trail(app: Flask) -> Trail:
    """The events of a verb, in order."""

    def events(verb: str) -> list[AuditEvent]:
        db.session.close()
        return list(db.session.scalars(select(AuditEvent).where(AuditEvent.verb == verb).order_by(AuditEvent.id)))

    return events
