"""`page(...)`: a template with everything that the layouts need, for every view."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask, Response, current_app, flash, make_response, render_template, stream_template

from tracker.core import clock
from tracker.core.words import PRODUCT_NAME
from tracker.web import access, navigation

KEEP_NAME = timedelta(minutes=1)
UNDO = "undo "
"""How the category of a flashed message begins that comes with a way back; the address follows."""

InstitutionName = Callable[[date], str]


@dataclass(slots=True)
class _RememberedName:
    """The institution's name, asked for at most once a minute by each process."""

    ask: InstitutionName
    name: str = ""
    asked_at: datetime | None = None

    def __call__(self) -> str:
        now = clock.now()
        if self.asked_at is None or not timedelta(0) <= now - self.asked_at < KEEP_NAME:
            self.name, self.asked_at = self.ask(clock.today()), now
        return self.name


def init_app(app: Flask, *, institution_name: InstitutionName) -> None:
    """Say where pages get the institution's name from."""
    app.extensions["institution_name"] = _RememberedName(institution_name)


def page(template: str, *, status: int = 200, **context: Any) -> Response:
    """Render a page for whoever is signed in, with what the layouts need besides the view's own context."""
    return make_response(render_template(template, **_frame(), **context), status)


def streamed_page(template: str, *, status: int = 200, **context: Any) -> Response:
    """The same, sent while it is rendered: what takes long can be told while it lasts."""
    return make_response(stream_template(template, **_frame(), **context), status)


def flash_with_undo(message: str, url: str) -> None:
    """Say on the next page what was done, with the button that takes it back by a POST to `url`."""
    flash(message, f"{UNDO}{url}")


def _frame() -> dict[str, Any]:
    """What the layouts need."""
    visitor = access.signed_in()
    return {
        "product_name": PRODUCT_NAME,
        "institution_name": current_app.extensions["institution_name"](),
        "navigation": navigation.lines(visitor.actor) if visitor else [],
        "current_account": visitor,
        "account_menu": list(navigation.account_menu(visitor.actor)) if visitor else [],
    }
