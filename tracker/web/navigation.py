"""What the layouts lead to: the main navigation, the account's menu, the office's hub, and where somebody begins."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from flask import Flask, current_app, g, request, url_for

from tracker.core.actor import Actor, Right

Count = Callable[[Actor], int]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the main navigation: for whom it is, and how the endpoints begin among which it is the current one."""

    label: str
    endpoint: str
    right: Right
    section: str | tuple[str, ...]


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
    Entry("{Office}", "office.hub", Right.RECORDS_READ_ALL, ("office.", "directory.", "trail.", "terms.", "jobs.")),
    Entry("System", "accounts.system", Right.SYSTEM_RUN, ("accounts.system", "jobs.")),
)
OFFICE_PATH = "/office"
"""Pages below it are the office's, whatever feature serves them."""
LABEL_FOR_ALL_UNITS = "Institution"
STARTS = (
    (Right.UNITS_READ, "dashboards.start"),
    (Right.RECORDS_READ_OWN, "learner.home"),
    (Right.SYSTEM_RUN, "accounts.system"),
)
"""Where each kind of visitor begins; the first that fits."""


@dataclass(frozen=True, slots=True)
class OfficeEntry:
    """A page that the hub of the office leads to: for whom, and what it is for in one sentence."""

    label: str
    endpoint: str
    right: Right
    sentence: str


OFFICE: tuple[tuple[str, tuple[OfficeEntry, ...]], ...] = (
    (
        "Figures and reports",
        (
            OfficeEntry(
                "Where the institution stands",
                "dashboards.start",
                Right.RECORDS_READ_ALL,
                "Every unit, every requirement, on any day.",
            ),
            OfficeEntry(
                "Trends",
                "dashboards.all_trends",
                Right.RECORDS_READ_ALL,
                "How a rate moved over five years, and how it goes on if nobody acts.",
            ),
            OfficeEntry(
                "Targets",
                "dashboards.all_targets",
                Right.RECORDS_READ_ALL,
                "What units mean to reach, until when, and how many people are still to go.",
            ),
            OfficeEntry(
                "Reports",
                "reporting.index",
                Right.REPORTS_READ,
                "Month ends as they were reported, a report for the board, and figures sent regularly.",
            ),
        ),
    ),
    (
        "The curriculum",
        (
            OfficeEntry(
                "Modules and requirements",
                "programme.index",
                Right.RECORDS_READ_ALL,
                "What is asked of whom; change it with a preview; who changed what.",
            ),
        ),
    ),
    (
        "Units and people",
        (
            OfficeEntry(
                "People",
                "directory.people",
                Right.DIRECTORY_READ,
                "Find anybody, read the whole story, correct what is wrong.",
            ),
            OfficeEntry(
                "Units",
                "directory.units",
                Right.DIRECTORY_READ,
                "The tree of any day; rename, move, merge, split and close from a day on.",
            ),
            OfficeEntry(
                "Rosters",
                "directory.rosters",
                Right.DIRECTORY_READ,
                "People and posts as files, with a preview.",
            ),
            OfficeEntry(
                "Waivers",
                "directory.waivers",
                Right.DIRECTORY_READ,
                "What is not asked of whom, and until when.",
            ),
            OfficeEntry(
                "Requests",
                "requests.queue",
                Right.RECORDS_READ_ALL,
                "What people dispute, ask for and report, and the answers.",
            ),
            OfficeEntry("Messages", "messages.mine", Right.RECORDS_READ_ALL, "Who was written to, and who got it."),
        ),
    ),
    (
        "{Champions}",
        (
            OfficeEntry(
                "{Champions} at a glance",
                "dashboards.champions_overview",
                Right.RECORDS_READ_ALL,
                "Who champions which unit, where one is missing, whose term ends; write to some or all.",
            ),
        ),
    ),
    (
        "Words and traces",
        (
            OfficeEntry(
                "Words",
                "terms.all_terms",
                Right.RECORDS_READ_ALL,
                "What your institution calls its {programme}, its {office}, {champions} and {learners}.",
            ),
            OfficeEntry(
                "Audit trail", "trail.events", Right.TRAIL_READ, "Who did what, and what was there before and after."
            ),
            OfficeEntry(
                "Background work", "jobs.overview", Right.JOBS_READ, "What runs, waits or was given up, and why."
            ),
        ),
    ),
)
"""The hub of the office, group by group: each feature adds its line. What is not there, or may not be opened, is left
out."""


def init_app(app: Flask, counts: Mapping[str, Count]) -> None:
    """Say how many things wait behind which entries' endpoints."""
    app.extensions["navigation_counts"] = counts


def lines(actor: Actor) -> list[NavigationItem]:
    """The main navigation for somebody: only what she may open and what there is."""
    return [
        NavigationItem(_label(entry, actor), url_for(entry.endpoint), _is_current(entry), _count(entry, actor))
        for entry in NAVIGATION
        if _may_open(entry, actor)
    ]


def office_groups(actor: Actor) -> list[tuple[str, list[OfficeEntry]]]:
    """The hub of the office for somebody: groups with what is there and she may open."""
    found = [(title, [one for one in entries if _may_open(one, actor)]) for title, entries in OFFICE]
    return [(title, entries) for title, entries in found if entries]


def _may_open(entry: Entry | OfficeEntry, actor: Actor) -> bool:
    return actor.has(entry.right) and entry.endpoint in current_app.view_functions


def _is_current(entry: Entry) -> bool:
    """Whether the page asked for belongs to an entry."""
    if f"{request.path}/".startswith(f"{OFFICE_PATH}/"):
        return entry.endpoint == "office.hub"
    return (request.endpoint or "").startswith(entry.section)


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
    return waiting_behind(entry.endpoint, actor) if entry.endpoint in counts else None


def waiting_behind(endpoint: str, actor: Actor) -> int:
    """How many things wait for somebody behind an entry of the navigation; asked once in a request, as the page it is
    on may say the same."""
    counts: Mapping[str, Count] = current_app.extensions["navigation_counts"]
    known: dict[tuple[str, int | None], int] = g.setdefault("waiting_behind", {})
    key = endpoint, actor.account_id
    if key not in known:
        known[key] = counts[endpoint](actor)
    return known[key]


def account_menu(actor: Actor) -> Iterator[tuple[str, str]]:
    """The lines of the account's menu."""
    if actor.has(Right.REQUESTS_ASK):
        yield "My requests", url_for("requests.mine")
    yield "Password and sessions", url_for("accounts.password")
