"""The targets of a unit: whoever sees the unit sees them, the office sets, changes and ends them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.errors import Invalid
from tracker.core.spreadsheets import Rate, Table
from tracker.core.words import count, day, percent, plural
from tracker.dashboards import policy
from tracker.dashboards.addresses import as_of, page_number, shown_day
from tracker.dashboards.forms import HIGHEST_PERCENT, TargetForm, TargetsFilter
from tracker.dashboards.queries import items, places
from tracker.dashboards.queries.aims import Aim, Order, Wanted, When, aims, all_aims
from tracker.dashboards.queries.items import RequirementView
from tracker.dashboards.queries.sight import Cell
from tracker.dashboards.queries.standings import Standing, standing
from tracker.dashboards.routes import lines
from tracker.dashboards.routes.blueprint import bp
from tracker.dashboards.rules import Figure
from tracker.progress.reports import rate_text
from tracker.targets import commands, queries
from tracker.targets.queries import TargetView
from tracker.targets.rules import people_to_target
from tracker.terms.queries import say
from tracker.units.queries import UnitView
from tracker.web.access import actor, needs
from tracker.web.downloads import table_file
from tracker.web.pages import page

FILE_HEADER = (
    *("unit", "unit_name", "requirement", "requirement_title", "percent", "starts_on", "ends_on"),
    *("denominator", "satisfied", "rate", "to_go"),
)
TITLES = {
    When.RUNNING: "Targets that hold",
    When.COMING: "Targets to come",
    When.ENDED: "Targets that have ended",
}
VERBS = {
    When.RUNNING: ("holds", "hold"),
    When.COMING: ("begins after", "begin after"),
    When.ENDED: ("ended before", "ended before"),
}
ORDERS = {Order.MOST: "descending", Order.FEWEST: "ascending"}
"""How the people to go are sorted, as their heading says it; by unit they are not."""


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target as the list shows it; `to_go` says how far it is away where it holds on the day and may be told."""

    title: str
    share: str
    period: str
    to_go: str | None
    change_url: str


@bp.route("/targets")
@needs(Right.UNITS_READ)
def all_targets() -> ResponseReturnValue:
    """What all units mean to reach, and how far each is from it on the day."""
    known, form, wanted = _wanted()
    listed = aims(actor(), wanted, known, page_number())
    order = ORDERS.get(wanted.order)
    return page(
        "dashboards/targets_of_all.html",
        status=422 if form.errors else 200,
        as_of=as_of(),
        crumbs=_crumbs(),
        form=form,
        kept=[*as_of().kept, *([("sort", wanted.order.value)] if order else [])],
        said=_said(wanted, listed.total),
        listed=listed,
        period=period,
        away=away,
        order=order,
        unit_url=_url(wanted, sort=None) if order else None,
        to_go_url=_url(wanted, sort=Order.FEWEST if wanted.order is Order.MOST else Order.MOST),
        page_url=lambda number: _url(wanted, page=number),
        csv_url=_url(wanted, ".all_targets_csv"),
        link_url=_url(wanted, as_of=wanted.day.isoformat()),
    )


@bp.route("/targets.csv")
@bp.route("/targets.xlsx", endpoint="all_targets_xlsx")
@needs(Right.UNITS_READ)
def all_targets_csv() -> ResponseReturnValue:
    """The same as a file, all of it."""
    known, form, wanted = _wanted()
    for _, message in form.messages:
        raise Invalid("targets", message)
    about = (("as_of", wanted.day), ("show", wanted.when.value), ("requirement", wanted.requirement))
    rows = (_file_row(one) for one in all_aims(actor(), wanted, known))
    return table_file(Table(TITLES[wanted.when], about, FILE_HEADER, rows), f"targets {wanted.day.isoformat()}")


def _crumbs() -> list[tuple[str, str | None]]:
    """The way to the list, for whoever has an office to come from."""
    if not actor().has(Right.RECORDS_READ_ALL):
        return []
    return [(say("{Office}"), url_for("office.hub")), ("Targets", None)]


def _wanted() -> tuple[Sequence[RequirementView], TargetsFilter, Wanted]:
    """What the address asks for, and of which requirements. Raises Invalid for an order that is none."""
    known = items.requirements(actor())
    form = TargetsFilter([(one.code, one.title) for one in known], [(one.value, TITLES[one]) for one in When])
    form.validate()
    form.show.data = form.show.value or When.RUNNING.value
    try:
        order = Order(request.args.get("sort") or Order.UNIT)
    except ValueError:
        raise Invalid("sort", "There is no such order.") from None
    return known, form, Wanted(shown_day(), When(form.show.data), form.requirement.value, order)


def _url(wanted: Wanted, endpoint: str = ".all_targets", **changes: Any) -> str:
    """The address of this list or of its files, with some of it changed; what goes without saying is left out."""
    kept = {
        "show": None if wanted.when is When.RUNNING else wanted.when.value,
        "requirement": wanted.requirement,
        "sort": None if wanted.order is Order.UNIT else wanted.order.value,
    }
    return url_for(endpoint, **(kept | changes))


def _said(wanted: Wanted, number: int) -> str:
    """How many targets there are, in words: "12 targets hold today", "No target begins after 31 Dec 2026"."""
    one, many = VERBS[wanted.when]
    on = "today" if wanted.day == actor().today else f"{'on ' if wanted.when is When.RUNNING else ''}{day(wanted.day)}"
    return f"{plural(number, 'target', 'targets') if number else 'No target'} {many if number > 1 else one} {on}"


def _file_row(aim: Aim) -> Sequence[object]:
    """A target as a line of a file; without figures where they may not be seen."""
    target = aim.target
    about = (aim.unit.code, aim.unit.name, target.requirement_code, aim.requirement and aim.requirement.title)
    held = (target.percent, target.starts_on, target.ends_on)
    if aim.cell is None:
        return (*about, *held, None, None, None, None)
    done, counted = aim.cell.numerator, aim.cell.denominator
    return (*about, *held, counted, done, Rate(rate_text(done, counted)), aim.to_go)


@bp.route("/units/<unit_code:code>/targets")
@needs(Right.UNITS_READ)
def targets(code: str) -> ResponseReturnValue:
    """What a unit means to reach, on the day and at other times."""
    who = actor()
    found = standing(who, policy.get_unit(who, code, shown_day()), shown_day())
    return page(
        "dashboards/targets.html",
        as_of=as_of(),
        crumbs=lines.crumbs(found.path, "Targets"),
        unit=found.unit,
        lines=list(_lines(found, shown_day())),
        may_set=who.has(Right.TARGETS_SET),
    )


@bp.route("/units/<unit_code:code>/targets/new", methods=["GET", "POST"])
@needs(Right.TARGETS_SET)
def set_target(code: str) -> ResponseReturnValue:
    """Give a unit a target for a requirement."""
    who = actor()
    unit = policy.get_unit(who, code, who.today)
    asked = items.requirements(who)
    chosen = request.args.get("requirement")
    choices = [(one.code, one.title) for one in asked]
    form = TargetForm(requirements=choices, requirement=chosen, starts_on=who.today)
    with form.accept() as accepted:
        if accepted:
            commands.set_target(
                who,
                code,
                form.requirement.value,
                form.share,
                starts_on=form.starts_on.value,
                ends_on=form.ends_on.value,
            )
            return _done(code, f"The target is set: {percent(form.share, HIGHEST_PERCENT)} of {unit.name}.")
    return _form_page("dashboards/target_set.html", unit, form, "Set a target")


@bp.route("/units/<unit_code:code>/targets/<int:target_id>", methods=["GET", "POST"])
@needs(Right.TARGETS_SET)
def change_target(code: str, target_id: int) -> ResponseReturnValue:
    """Give a target another share or other days, or end it."""
    who = actor()
    unit = policy.get_unit(who, code, who.today)
    mark, found = queries.mark_of_target(target_id), queries.target(code, target_id)
    form = TargetForm(mark=mark, percent=str(found.percent), starts_on=found.starts_on, ends_on=found.ends_on)
    with form.accept() as accepted:
        if accepted:
            values = {"starts_on": form.starts_on.value, "ends_on": form.ends_on.value}
            commands.change_target(who, code, target_id, form.share, seen=form.was_shown, **values)
            return _done(code, "The target is changed.")
    title = _title(items.requirements(who), found)
    return _form_page("dashboards/target_change.html", unit, form, title, target=found, title=title)


@bp.route("/units/<unit_code:code>/targets/<int:target_id>/remove", methods=["POST"])
@needs(Right.TARGETS_SET)
def remove_target(code: str, target_id: int) -> ResponseReturnValue:
    """Take away a target that was set by mistake."""
    who = actor()
    found = queries.target(code, target_id)
    commands.remove_target(who, code, target_id)
    share = percent(found.percent, HIGHEST_PERCENT)
    return _done(code, f"The target of {share} {period(found)} is removed. If that was a mistake, set it again.")


def _done(code: str, message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for(".targets", code=code), 303)


def _form_page(template: str, unit: UnitView, form: TargetForm, here: str, **context: Any) -> Response:
    who = actor()
    crumbs = lines.crumbs(places.path(who, unit.id, who.today), "Targets")[:-1]
    crumbs += [("Targets", url_for(".targets", code=unit.code)), (here, None)]
    return page(template, status=form.status_code, crumbs=crumbs, unit=unit, form=form, **context)


def _lines(found: Standing, on: date) -> Iterator[TargetLine]:
    """All targets, in the order of the curriculum; those of requirements that are gone come last."""
    asked = [*found.asked, *found.not_asked]
    order = {one.code: number for number, one in enumerate(asked)}
    for one in sorted(queries.target_periods(found.unit.code), key=lambda one: order.get(one.requirement_code, 10**6)):
        yield TargetLine(
            _title(asked, one),
            percent(one.percent, HIGHEST_PERCENT),
            period(one),
            _to_go(found, one) if one.holds_on(on) else None,
            url_for(".change_target", code=found.unit.code, target_id=one.id),
        )


def _title(asked: Sequence[RequirementView], one: TargetView) -> str:
    return next((known.title for known in asked if known.code == one.requirement_code), one.requirement_code)


def _to_go(found: Standing, one: TargetView) -> str | None:
    requirement = next((known for known in found.asked if known.code == one.requirement_code), None)
    return None if requirement is None else to_go(found.whole.cell(requirement.whole), one.percent)


# Words, for all pages that speak of targets


def period(one: TargetView) -> str:
    """When a target holds: "from 1 Jan 2026 until 31 Dec 2026", "until further notice"."""
    last = day(one.ends_on) if one.ends_on else "further notice"
    return f"from {day(one.starts_on)} until {last}" if one.starts_on else f"until {last}"


def to_go(cell: Cell, share: int) -> str | None:
    """How far a target is away as a short figure; none where that is not to be told."""
    if not cell.denominator:
        return None
    return missing(cell.figure, share)


def missing(figure: Figure, share: int) -> str:
    """The same of a figure: "12 people to go", "reached"."""
    return away(people_to_target(figure.satisfied, figure.denominator, share))


def away(left: int) -> str:
    """The same of the number of people who are missing."""
    return f"{plural(left, *lines.PEOPLE)} to go" if left else "reached"


def sentence(cell: Cell, share: int, what: str = "The target") -> str | None:
    """How far a target is away, as a sentence; none where that is not to be told."""
    if not cell.denominator:
        return None
    left = people_to_target(cell.numerator, cell.denominator, share)
    if not left:
        return f"{what} of {percent(share, HIGHEST_PERCENT)} is reached."
    wanted = f"{count(cell.numerator + left)} of {count(cell.denominator)}"
    more = plural(left, "more person", "more people")
    return f"{what} of {percent(share, HIGHEST_PERCENT)} is {more} away: {wanted}."
