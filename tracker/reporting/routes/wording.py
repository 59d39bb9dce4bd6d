"""What the pages of reports say, in sentences and as lines of their tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from tracker.core import config
from tracker.core.days import month_end
from tracker.core.outbox import LetterState
from tracker.core.words import DASH, count, day, percent, plural
from tracker.reporting.commands.seals import WORKING
from tracker.reporting.models import Outcome, Shows
from tracker.reporting.queries.mailings import MailingView, SentView
from tracker.reporting.queries.seals import MONTHS_OFFERED, OrderView
from tracker.reporting.rules import EVERY, Difference, Report, until_worked_in
from tracker.terms.queries import say
from tracker.terms.rules import capital

PEOPLE = ("person", "people")


def crumbs(*steps: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """The way from the office to a page of reports."""
    return [
        (say("{Office}"), url_for("office.hub")),
        ("Reports", url_for("reporting.index") if steps else None),
        *steps,
    ]


def report_title(on: date) -> str:
    """What a sealed report is called."""
    return f"{day(on)}, as reported"


def month_ends(today: date) -> list[date]:
    """The month ends of the last years, the latest first."""
    return [month_end(today, -months) for months in range(1, MONTHS_OFFERED + 1)]


def step(order: OrderView, worked_in: Sequence[str]) -> str:
    """How far an order is, while the rules of these titles are being worked in."""
    if order.problem:
        return f"did not work ({order.problem}); it is tried again by itself"
    if order.step == WORKING:
        return "is being worked out"
    if worked_in:
        return f"waits until {until_worked_in(worked_in)}, so that its figures are complete"
    return "waits for its turn"


def due_waits(due: date | None, worked_in: Sequence[str]) -> str | None:
    """That a month end which is due by schedule waits for rules that are being worked in; none where none does."""
    if due is None or not worked_in:
        return None
    until = until_worked_in(worked_in)
    return f"{day(due)} is due to be sealed. It waits until {until}, so that its figures are complete."


def schedule() -> str:
    """When month ends are sealed by themselves."""
    settings = config.settings()
    if not settings.seal_days_after:
        return "Month ends are sealed by hand only."
    if settings.is_for_trying:
        return "On the sample institution month ends are sealed by hand only."
    days = plural(settings.seal_days_after, "day", "days")
    return f"Each month is sealed by itself {days} after its end, as far as that has not been done by hand."


# A report


@dataclass(frozen=True, slots=True)
class GateLine:
    """A gate before a unit, as it was reported."""

    is_open: bool
    title: str
    text: str


def gate_lines(report: Report, code: str) -> list[GateLine]:
    """The gates before a unit."""
    return [
        GateLine(
            opened is not None,
            f"{title}: open since {day(opened)}." if opened else f"{title}: not open yet.",
            "",
        )
        for title, unit, opened, _ in report.gates
        if unit == code
    ]


# What changed since


@dataclass(frozen=True, slots=True)
class RateChange:
    """A row of the rates that is another now: in words as reported and as now known."""

    unit: str
    what: str
    note: str | None
    reported: str
    known: str
    more: str


@dataclass(frozen=True, slots=True)
class GateChange:
    """A row of the gates that is another now."""

    unit: str
    gate: str
    reported: str
    known: str


def rate_change(one: Difference, words: Report) -> RateChange:
    """A changed row of the rates in words, with the names of then."""
    unit, requirement, module = one.key
    title = next((asked.title for asked in words.requirements if asked.code == requirement), requirement)
    return RateChange(
        _unit_name(unit, words),
        title if module == "*" else words.modules.get((requirement, module), module),
        None if module == "*" else f"A module of {title}",
        _rate(one.reported),
        _rate(one.known),
        ", ".join(_moves(one)) or DASH,
    )


def _unit_name(code: str, words: Report) -> str:
    return words.units[code].name if code in words.units else code


def _rate(row: Sequence[str] | None) -> str:
    if row is None:
        return "no such row"
    counted, done = int(row[6]), int(row[7])
    return f"{percent(done, counted)}, {count(done)} of {count(counted)}" if counted else "nobody counted"


def _moves(one: Difference) -> Iterator[str]:
    """What moved, as numbers."""
    for name, place in (("satisfied", 7), ("counted", 6), ("overdue", 10), ("waived", 4), ("on leave", 5)):
        before, after = (int(row[place] or 0) if row else 0 for row in (one.reported, one.known))
        if before != after:
            yield f"{after - before:+,} {name}"


def gate_change(one: Difference, words: Report) -> GateChange:
    """A changed row of the gates in words."""
    gate, unit = one.key
    return GateChange(_unit_name(unit, words), words.gate_titles.get(gate, gate), _gate(one.reported), _gate(one.known))


def _gate(row: Sequence[str] | None) -> str:
    if row is None:
        return "no such row"
    opened = f"open since {day(date.fromisoformat(row[2]))}" if row[2] else "not open"
    return f"{opened}, {count(int(row[3]))} of {plural(int(row[4]), *PEOPLE)}"


# What is sent regularly


def mailing_what(mailing: MailingView) -> str:
    """What a report that is sent shows."""
    units = "the units right below it" if mailing.shows is Shows.TABLE else "the unit"
    return f"{mailing.requirement or 'All that is asked'}: {units}"


def mailing_when(mailing: MailingView) -> str:
    """How often, and when next."""
    often = capital(EVERY[mailing.rhythm])
    return f"{often}; stopped" if mailing.is_stopped else f"{often}; next on {day(mailing.next_on)}"


STATES = {
    LetterState.WAITING: "waits to be sent",
    LetterState.SENDING: "is being sent",
    LetterState.UNSURE: "may have been sent",
    LetterState.LEFT: "may have been sent",
    LetterState.SENT: "sent",
    LetterState.REFUSED: "refused by the mail server",
    LetterState.STOPPED: "stopped",
}


def outcome(sent: SentView) -> str:
    """What became of a report for one reader."""
    if sent.outcome is Outcome.NO_RIGHT:
        return "not written: on its day the unit was not there, or not theirs to see"
    return STATES[sent.state] if sent.state else "written"
