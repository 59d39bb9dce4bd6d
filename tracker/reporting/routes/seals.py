"""Sealed reports: the list, the order to seal a month end, a report as it was, and what is known now beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.errors import NotFound
from tracker.core.paging import Page, nearest
from tracker.core.words import percent
from tracker.reporting.commands.seals import order_seal
from tracker.reporting.forms import BoardForm, SealForm
from tracker.reporting.models import How
from tracker.reporting.queries import mailings as mailing_queries
from tracker.reporting.queries import seals as queries
from tracker.reporting.queries.drawing import being_worked_in
from tracker.reporting.queries.seals import OrderView
from tracker.reporting.routes import wording
from tracker.reporting.routes.blueprint import bp
from tracker.reporting.rules import Counted, Part, Report, ReportedRequirement, ReportedUnit
from tracker.web.access import actor, needs
from tracker.web.pages import page

SECONDS_TO_LOOK_AGAIN = 5
CHANGES_A_PAGE = 100
NOBODY = Counted(0, 0)


@dataclass(frozen=True, slots=True)
class RateCell:
    """A figure as tables draw it. Whoever opens these pages sees all."""

    numerator: int
    denominator: int
    protected_text: None = None

    @property
    def percent_text(self) -> str:
        """The rate in words."""
        return percent(self.numerator, self.denominator)


@bp.route("/office/reports")
@needs(Right.REPORTS_READ)
def index() -> ResponseReturnValue:
    """What has been sealed, what is being sealed, and what is sent regularly."""
    return _index(SealForm(queries.days_to_seal(actor())))


@bp.post("/office/reports/seal")
@needs(Right.REPORTS_MAKE)
def seal() -> ResponseReturnValue:
    """Have a month end sealed."""
    form = SealForm(queries.days_to_seal(actor()))
    with form.accept() as accepted:
        if accepted:
            order_seal(actor(), form.day.value)
            flash("The report is being sealed. This page says when it is done.")
            return redirect(url_for(".index"), 303)
    return _index(form)


def _index(form: SealForm) -> Response:
    who = actor()
    waiting, worked_in = queries.orders(who), being_worked_in()
    due = queries.due_by_itself(who.today)
    answer = page(
        "reporting/index.html",
        crumbs=wording.crumbs(),
        status=form.status_code,
        found=queries.seals(who, request.args.get("page", 1, type=int)),
        orders=[(one, wording.step(one, worked_in)) for one in waiting],
        due_waits=None if due in {one.day for one in waiting} else wording.due_waits(due, worked_in),
        schedule=wording.schedule(),
        how=HOW_WORDS,
        form=form,
        board_form=BoardForm([who.today, *wording.month_ends(who.today)]),
        mailings=[(one, wording.mailing_what(one), wording.mailing_when(one)) for one in mailing_queries.mailings(who)],
        may_make=who.has(Right.REPORTS_MAKE),
        page_url=lambda number: url_for(".index", page=number),
        csv_url=url_for(".index_csv"),
    )
    return _looks_again(answer, waiting)


def _looks_again(answer: Response, waiting: Sequence[OrderView]) -> Response:
    """Have the browser look again while something is being worked on, without a script."""
    if waiting and answer.status_code == 200:
        answer.headers["Refresh"] = f"{SECONDS_TO_LOOK_AGAIN}; url={url_for('.index')}"
    return answer


HOW_WORDS = {How.SCHEDULE: "by schedule", How.HAND: "by hand"}


# One report


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A requirement of a unit: as reported, as now known, and the target of then."""

    requirement: ReportedRequirement
    reported: RateCell
    known: RateCell
    target: str | None

    @property
    def is_other(self) -> bool:
        """Whether more is known now than was reported."""
        return self.reported != self.known


@bp.route("/office/reports/<day:day>")
@needs(Right.REPORTS_READ)
def report(day: date) -> ResponseReturnValue:
    """A report as it was sealed: a unit and those right below it; beside it the unit's figures as now known."""
    who = actor()
    seal = queries.seal_view(who, day)
    found, code = queries.page_of_report(who, day, request.args.get("unit"))
    if code is None:
        raise NotFound(f"unit {request.args.get('unit')} in the report of {day}")
    path, below = found.path(code), found.below(code)
    asked = found.asked([code])
    known = queries.known_now(who, day, [code])
    return page(
        "reporting/report.html",
        crumbs=_crumbs(day, path),
        seal=seal,
        how=HOW_WORDS[seal.how],
        unit=path[-1],
        lines=[_asked_line(found, code, one, known.get((code, one.code), NOBODY)) for one in asked],
        columns=asked,
        rows=[(one, [_cell(found.rates.get((one.code, item.code), NOBODY)) for item in asked]) for one in below],
        gates=wording.gate_lines(found, code),
        day=day,
    )


def _crumbs(day: date, path: Sequence[ReportedUnit]) -> list[tuple[str, str | None]]:
    """Reports, this report, and the way down the tree of then."""
    steps: list[tuple[str, str | None]] = [
        *wording.crumbs((wording.report_title(day), url_for(".report", day=day))),
        *((unit.name, url_for(".report", day=day, unit=unit.code)) for unit in path[1:]),
    ]
    return [*steps[:-1], (steps[-1][0], None)]


def _asked_line(found: Report, code: str, one: ReportedRequirement, known: Counted) -> AskedLine:
    target = found.targets.get((code, one.code))
    reported = found.rates.get((code, one.code), NOBODY)
    return AskedLine(one, _cell(reported), _cell(known), None if target is None else percent(target, 100))


def _cell(counted: Counted) -> RateCell:
    return RateCell(counted.satisfied, counted.denominator)


@bp.route("/office/reports/<day:day>/changes")
@needs(Right.REPORTS_READ)
def changes(day: date) -> ResponseReturnValue:
    """The rows of a report that are not what is known now: corrections stand here, never in the report."""
    who = actor()
    seal = queries.seal_view(who, day)
    found = queries.changes(who, day)
    words = queries.sealed_words(who, day)
    number = nearest(request.args.get("page", 1, type=int), len(found), CHANGES_A_PAGE)
    start = (number - 1) * CHANGES_A_PAGE
    shown = found[start : start + CHANGES_A_PAGE]
    return page(
        "reporting/changes.html",
        crumbs=wording.crumbs((wording.report_title(day), url_for(".report", day=day)), ("What is known now", None)),
        seal=seal,
        day=day,
        number=len(found),
        rates=[wording.rate_change(one, words) for one in shown if one.part is Part.RATES],
        gates=[wording.gate_change(one, words) for one in shown if one.part is Part.GATES],
        listed=Page(shown, number, len(found), CHANGES_A_PAGE),
        page_url=lambda number: url_for(".changes", day=day, page=number),
        csv_url=url_for(".changes_csv", day=day),
    )
