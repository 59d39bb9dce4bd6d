"""The blueprint of one's own record, and what its pages share."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, current_app, url_for

from tracker.core.actor import Actor
from tracker.core.config import Settings
from tracker.core.errors import Forbidden
from tracker.progress.queries.homes import HomeView
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


def first_day_to_log(today: date) -> date:
    """The earliest day of which a learner may still log something."""
    settings: Settings = current_app.config["SETTINGS"]
    return today - timedelta(days=settings.claim_window_days)


def ask_url(**about: Any) -> str | None:
    """Where to ask for what a page here cannot do; none where nobody takes such questions."""
    return url_for(ASK, **about) if ASK in current_app.view_functions else None
