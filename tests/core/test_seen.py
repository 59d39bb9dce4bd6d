"""What a form showed of a row: nobody overwrites unseen what somebody else changed, also at the same moment."""

from functools import partial

import pytest
from flask import Flask

from tests.support import make
from tests.support.threads import at_once
from tracker.core.database import db
from tracker.core.seen import ChangedSince, check_unchanged, mark_of
from tracker.people import commands as people
from tracker.people.models import Leave


def leave(leave_id: int) -> Leave:
    """A leave as it is now."""
    db.session.close()
    return db.session.get_one(Leave, leave_id)


@pytest.fixture
def away(app: Flask) -> int:
    """A leave without an end."""
    return people.add_leave(make.by(), make.person(unit=make.unit()).id, starts_on=make.day(20))


def test_a_mark_is_that_of_what_rows_say(away: int) -> None:
    before = mark_of(leave(away))
    assert before == mark_of(leave(away)) != mark_of(None) != mark_of()
    check_unchanged(before, leave(away))
    people.change_leave(make.by(), away, starts_on=make.day(20), ends_on=make.day(3))
    assert mark_of(leave(away)) != before
    with pytest.raises(ChangedSince):
        check_unchanged(before, leave(away))
    with pytest.raises(ChangedSince):
        check_unchanged(before, None)
    check_unchanged(None, leave(away))


def test_of_two_changes_at_once_one_is_told(app: Flask, away: int) -> None:
    seen = mark_of(leave(away))
    deeds = [
        partial(people.change_leave, make.by(), away, starts_on=make.day(first), ends_on=make.day(first - 5), seen=seen)
        for first in (19, 18)
    ]
    found = at_once(app, deeds)
    assert [isinstance(one, ChangedSince) for one in found].count(True) == found.count(None) == 1
    changed = leave(away)
    assert (changed.starts_on, changed.ends_on) == (
        (make.day(19), make.day(14)) if found[0] is None else (make.day(18), make.day(13))
    )
