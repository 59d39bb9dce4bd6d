"""`page(...)`: a template with everything that the layouts need, for every view."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask, Response, current_app, make_response, render_template, request, url_for

from tracker.core import clock
from tracker.core.actor import Actor, Right
from tracker.web import access

PRODUCT_NAME = "Waymark"
KEEP_NAME = timedelta(minutes=1)

InstitutionName = Callable[[date], str]
Count = Callable[[Actor], int]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the main navigation: for whom it is, and the endpoints among which it is the current one."""

    label: str
    endpoint: str
    right: Right
    section: str


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """A line as the layouts show it."""

    label: str
    url: str
    current: bool
    count: int | None = None


NAVIGATION = (
    Entry("Home", "learner.home", Right.RECORDS_READ_OWN, "learner."),
    Entry("My units", "dashboards.start", Right.UNITS_READ, "dashboards."),
    Entry("Claims", "claims.waiting", Right.CLAIMS_DECIDE, "claims."),
    Entry("Requests", "requests.queue", Right.REQUESTS_READ, "requests."),
    Entry("Messages", "messages.mine", Right.MESSAGES_READ, "messages."),
    Entry("System", "accounts.system", Right.SYSTEM_RUN, "accounts.system"),
)
LABEL_FOR_ALL_UNITS = "Institution"
STARTS = (
    (Right.UNITS_READ, "dashboards.start"),
    (Right.RECORDS_READ_OWN, "learner.home"),
    (Right.SYSTEM_RUN, "accounts.system"),
)
"""Where each kind of visitor begins; the first that fits."""


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


def init_app(app: Flask, *, institution_name: InstitutionName, counts: Mapping[str, Count]) -> None:
    """Say where pages get the institution's name from, and how many things wait behind which entries' endpoints."""
    app.extensions["institution_name"] = _RememberedName(institution_name)
    app.extensions["navigation_counts"] = counts


def page(template: str, *, status: int = 200, **context: Any) -> Response:
    """Render a page for whoever is signed in, with what the layouts need besides the view's own context."""
    visitor = access.signed_in()
    frame = {
        "product_name": PRODUCT_NAME,
        "institution_name": current_app.extensions["institution_name"](),
        "navigation": navigation(visitor.actor) if visitor else [],
        "current_account": visitor,
        "account_menu": list(_account_menu(visitor.actor)) if visitor else [],
    }
    return make_response(render_template(template, **frame, **context), status)


def navigation(actor: Actor) -> list[NavigationItem]:
    """The main navigation for somebody: only what she may open and what there is."""
    here = request.endpoint or ""
    return [
        NavigationItem(
            _label(entry, actor), url_for(entry.endpoint), here.startswith(entry.section), _count(entry, actor)
        )
        for entry in NAVIGATION
        if actor.has(entry.right) and entry.endpoint in current_app.view_functions
    ]


def start_url(actor: Actor) -> str:
    """Where somebody begins after signing in."""
    for right, endpoint in STARTS:
        if actor.has(right) and endpoint in current_app.view_functions:
            return url_for(endpoint)
    return url_for("accounts.password")


def _label(entry: Entry, actor: Actor) -> str:
    if entry.right is Right.UNITS_READ and actor.has(Right.RECORDS_READ_ALL):
        return LABEL_FOR_ALL_UNITS
    return entry.label


def _count(entry: Entry, actor: Actor) -> int | None:
    """What waits there for somebody, where anybody counts it."""
    counts: Mapping[str, Count] = current_app.extensions["navigation_counts"]
    return counts[entry.endpoint](actor) if entry.endpoint in counts else None


def _account_menu(actor: Actor) -> Iterator[tuple[str, str]]:
    if actor.has(Right.REQUESTS_ASK):
        yield "My requests", url_for("requests.mine")
    yield "Password and sessions", url_for("accounts.password")
