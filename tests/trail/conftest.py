"""A small institution in which something was done."""

from dataclasses import dataclass

import pytest
from flask import Flask

from tests.support import cast, make
from tests.support.cast import Cast
from tests.support.make import Module
from tracker.accounts.queries import account
from tracker.core import clock
from tracker.core.actor import Actor, Role
from tracker.progress.commands import completions
from tracker.progress.commands.completions import Statement


def actor_of(someone: make.Account) -> Actor:
    """Somebody as she acts today."""
    found = account(someone.id, clock.today())
    assert found is not None
    return found.actor


@dataclass(frozen=True, slots=True)
class Done:
    """The cast, the office by name, a module, and the claim that Lea made and the office verified."""

    cast: Cast
    office: make.Account
    module: Module
    claim: int
    verified: int


@pytest.fixture
def done(app: Flask) -> Done:
    """Lea claims Diversity 2.0, and Olive of the office verifies it."""
    people = cast.gather()
    office = make.account(Role.OFFICE, make.person("Olive Office", unit=people.elsewhere))
    module = make.module("DIV-2", title="Diversity 2.0", evidence="verification")
    claim = completions.claim(actor_of(people.learner), Statement("DIV-2", make.day(1)))
    verified = completions.verify(actor_of(office), claim)
    return Done(people, office, module, claim, verified)
