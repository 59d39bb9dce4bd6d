"""The blueprint of one's own record, and what its pages share."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, current_app, url_for

from tracker.core import config
from tracker.core.actor import Actor
from tracker.core.errors import Forbidden
from tracker.progress.forms import EntryForm
from tracker.progress.queries import records, since
from tracker.progress.queries.catalogue import Catalogue
from tracker.progress.queries.homes import HomeView
from tracker.progress.queries.records import Record
from tracker.progress.routes import lines
from tracker.web.access import actor

bp = Blueprint("learner", __name__)

ASK = "requests.ask"
"""Where something wrong is told to the office; a page of another feature, which may not be there."""


def me() -> tuple[Actor, int]:
    """Who acts, and the person she is. Raises Forbidden for an account without a person."""
    who = actor()
    if who.person_id is None:
        raise Forbidden("This account has no record of its own.")
    return who, who.person_id


def deciders(at_home: HomeView | None) -> str:
    """Who decides a claim of somebody at home there."""
    return lines.deciders(one.name for one in at_home.nearest_champions) if at_home else lines.deciders(())


def may_log(person_id: int, at_home: HomeView | None, today: date) -> bool:
    """Whether somebody is offered to log: who works here today, or did on a day that can still be logged."""
    if at_home is not None:
        return True
    last_day = since.last_day_at_home(person_id, today)
    return last_day is not None and last_day >= since.first_day_to_log(today)


def already_on_record(person_id: int, form: EntryForm, names: Catalogue, *, but: int = 0) -> lines.Already | None:
    """What stands on somebody's record of the module and day that were sent, once that day was refused."""
    day = form.completed_on.value if form.completed_on.errors and not form.course.errors else None
    kept = records.kept_that_day(person_id, form.course.value, day, but=but) if day else None
    return lines.already(kept, names) if kept else None


def dispute_url(record: Record, today: date) -> str | None:
    """Where to say that a record of one's own is wrong; in general where it is too long ago to be disputed."""
    first = record.entries[0]
    entered_on = first.entered_at.date() if first.entered_at else first.completed_on
    if max(first.completed_on, entered_on) < today - timedelta(days=config.settings().dispute_window_days):
        return ask_url(module=record.now.course)
    return ask_url(kind="dispute", reference=record.reference)


def ask_url(**about: Any) -> str | None:
    """Where to ask for what a page here cannot do; none where nobody takes such questions."""
    return url_for(ASK, **about) if ASK in current_app.view_functions else None
