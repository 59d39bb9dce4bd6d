"""A sign-in list is recorded for others: whoever sends it is not on it, whatever page or script sends it."""

import pytest
from flask import Flask

from tests.support import make
from tracker.core.actor import Actor, Right
from tracker.core.clock import today
from tracker.core.database import db
from tracker.core.errors import Forbidden
from tracker.progress.commands import completions
from tracker.progress.models import Completion


def test_nobody_verifies_her_own_attendance(app: Flask) -> None:
    unit, module = make.unit(), make.module()
    own, other = make.person(unit=unit), make.person(unit=unit)
    champion = Actor(None, own.id, frozenset({Right.COMPLETIONS_LOG_UNIT}), frozenset({unit.id}), today())
    said = completions.Statement(module.code, today())
    with pytest.raises(Forbidden):
        completions.log_roster(champion, [other.id, own.id], said)
    assert db.session.query(Completion).count() == 0
    assert len(completions.log_roster(champion, [other.id], said)) == 1
