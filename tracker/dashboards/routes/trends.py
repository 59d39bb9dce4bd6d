"""How a rate moved, and how it will move if nobody acts: as a page and as a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.days import month_end
from tracker.core.errors import Invalid
from tracker.core.spreadsheets import Rate, Table
from tracker.core.words import NO_BREAK_SPACE, day, percent, sentence_list
from tracker.dashboards.addresses import as_of, shown_day
from tracker.dashboards.forms import MONTHS_AHEAD as MONTHS_AHEAD_OFFERED
from tracker.dashboards.forms import YEARS_BACK, TrendFilter
from tracker.dashboards.queries import places
from tracker.dashboards.queries import trends as queries
from tracker.dashboards.queries.sight import Cell
from tracker.dashboards.queries.trends import Point, Sealed, Trend, month_ends
from tracker.dashboards.routes import items, lines, targets
from tracker.dashboards.routes import trends_address as address
from tracker.dashboards.routes.blueprint import bp
from tracker.dashboards.routes.trends_address import Asked
from tracker.progress.reports import rate_text
from tracker.targets.rules import people_to_target
from tracker.units.queries import UnitView
from tracker.web.access import actor, needs
from tracker.web.charts import Level, LineChart, line_chart
from tracker.web.downloads import table_file
from tracker.web.pages import page

YEARS, MONTHS_AHEAD = 5, 12
"""How far a line goes back and ahead where the address does not say."""
MONTHS_IN_SIGHT = 12
"""Ends of months that the table shows at once; those before them wait until they are asked for."""

HEADER = (
    *("day", "in_scope", "waived", "on_leave", "denominator", "satisfied", "rate"),
    *("reported_denominator", "reported_satisfied", "reported_rate", "target", "to_target", "shown"),
)


@dataclass(frozen=True, slots=True)
class PointLine:
    """A day of the table; `marks` says what was due, or began anew, since the day before it."""

    day: date
    url: str
    cell: Cell
    reported: Sealed | None
    target: str | None
    to_go: str | None
    marks: str | None


@bp.route("/trends")
@needs(Right.UNITS_READ)
def all_trends() -> ResponseReturnValue:
    """The line of where one begins: of the whole institution, or of the first of one's units."""
    found = places.starting_points(actor(), shown_day())
    return redirect(url_for(".trends", code=found[0].unit.code) if found else url_for(".start"), 303)


@bp.route("/units/<unit_code:code>/trends")
@needs(Right.UNITS_READ)
def trends(code: str) -> ResponseReturnValue:
    """The rate of something asked in a unit, over years back and ahead."""
    unit, asked = address.found(code)
    if asked is None:
        return address.nothing(unit, "Trends")
    if "item" in request.args:
        return redirect(address.plain_address(".trends", unit, asked), 303)
    form = TrendFilter(list(items.choices(asked.all)))
    form.validate()
    found = _trend(unit, asked, form)
    points = list(_point_lines(found))
    since = month_end(actor().today, -MONTHS_IN_SIGHT)
    chosen = {**asked.kept, "years": form.years.data, "ahead": form.ahead.data}
    return page(
        "dashboards/trends.html",
        status=422 if form.errors else 200,
        as_of=as_of(),
        crumbs=address.crumbs(unit, "Trends"),
        unit=unit,
        asked=asked,
        form=form,
        chosen=_chosen(asked, form),
        answer=list(_answer(found, asked)),
        changing=[asked.requirement.title] if asked.requirement.is_changing else [],
        chart=_chart(found),
        caption=_caption(found, asked),
        recent=[one for one in reversed(points) if since <= one.day <= actor().today],
        earlier=[one for one in reversed(points) if one.day < since],
        coming=[one for one in points if one.day > actor().today],
        has_reported=bool(found.sealed),
        has_targets=any(point.target is not None for point in found.points),
        is_empty=not any(point.cell.protected_text or point.cell.figure.in_scope for point in found.points),
        unmade=found.unmade,
        new_years=list(_new_years(found)),
        rounded=lines.rounded([asked.requirement]),
        csv_url=url_for(".trends_csv", code=code, **chosen),
        link_url=url_for(".trends", code=code, **chosen, as_of=shown_day().isoformat()),
        ways=address.ways(unit, asked, "Side by side: categories, roles, years of joining", ".groups"),
    )


@bp.route("/units/<unit_code:code>/trends.csv")
@bp.route("/units/<unit_code:code>/trends.xlsx", endpoint="trends_xlsx")
@needs(Right.UNITS_READ)
def trends_csv(code: str) -> ResponseReturnValue:
    """The same as a file, a line for each day."""
    unit, asked = address.found(code)
    if asked is None:
        raise Invalid("requirement", address.NOTHING)
    form = TrendFilter(list(items.choices(asked.all)))
    form.validate()
    if form.messages:
        raise Invalid("years", form.messages[0][1])
    rows = _trend_rows(_trend(unit, asked, form))
    table = Table(f"{unit.name}: {asked.title}", address.about(unit, asked), HEADER, rows)
    return table_file(table, f"{code} trends {shown_day().isoformat()}")


# The line in words, as a drawing and as a table


def _trend(unit: UnitView, asked: Asked, form: TrendFilter) -> Trend:
    """The line over the time that the form says; what it does not say is filled in."""
    form.item.data = items.key(asked.requirement, asked.item)
    form.years.data = YEARS if form.years.value is None else form.years.value
    form.ahead.data = MONTHS_AHEAD if form.ahead.value is None else form.ahead.value
    ends = month_ends(actor().today, form.years.data, form.ahead.data)
    return queries.trend(actor(), unit, asked.requirement, asked.item, ends, shown_day())


def _chosen(asked: Asked, form: TrendFilter) -> str:
    """What is looked at and over which time, in one line."""
    ahead = f"{dict(MONTHS_AHEAD_OFFERED)[str(form.ahead.data)]} ahead" if form.ahead.data else "nothing ahead"
    times = (f"{dict(YEARS_BACK)[str(form.years.data)]} back", ahead)
    return " · ".join((asked.title, *(words.replace(" ", NO_BREAK_SPACE) for words in times)))


def _answer(found: Trend, asked: Asked) -> Iterator[str]:
    """Where it stands on the day, and how far the target is."""
    point = found.on(shown_day())
    if point is None or (not point.denominator and point.cell.protected_text is None):
        yield f"Nobody is counted for “{asked.title}” on {day(shown_day())}."
        return
    if point.cell.protected_text is not None:
        yield f"“{asked.title}”: {lines.without_names(point.cell, shown_day())}"
        return
    said = f"{lines.percent_have(point.cell)} completed “{asked.title}”"
    yield f"{said}: {lines.of_people(point.cell)} on {day(shown_day())}."
    if point.target is not None and (sentence := targets.sentence(point.cell, point.target)):
        yield sentence


def _caption(found: Trend, asked: Asked) -> str:
    """What the drawing shows, for those who cannot see it."""
    drawn = [point for point in found.points if point.denominator]
    if not drawn:
        return ""
    first, now = drawn[0], [point for point in drawn if point.day <= actor().today][-1:]
    said = [f"{percent(first.numerator, first.denominator)} on {day(first.day)}"]
    said += [f"{percent(one.numerator, one.denominator)} on {day(one.day)}" for one in now if one is not first]
    caption = f"“{asked.title}” in {found.unit.name}: {sentence_list(said)}."
    if drawn[-1].day > actor().today:
        last = drawn[-1]
        caption += f" If nobody acts, {percent(last.numerator, last.denominator)} on {day(last.day)}."
    return caption


def _chart(found: Trend) -> LineChart | None:
    """The drawing, as far as counts are kept: a day far away stands in the words and in the table alone."""
    today = actor().today
    shown = [point for point in found.points if point.day <= month_end(today, 24)]
    last = [point.day for point in shown if point.denominator][-1:]
    return line_chart(
        shown,
        today,
        reported=found.sealed,
        targets=[Level(one.starts_on or date.min, one.ends_on or date.max, one.percent) for one in found.targets],
        due_days=found.due_days,
        begins_anew=found.begins_anew,
        labelled={today, shown_day(), *last},
    )


def _point_lines(found: Trend) -> Iterator[PointLine]:
    """The days in order, each with what was due, or began anew, since the one before."""
    before = date.min
    for point in found.points:
        marks = [
            f"{words} {sentence_list([day(one) for one in days])}"
            for words, all_days in (("due", found.due_days), ("begins anew on", found.begins_anew))
            if (days := [one for one in all_days if before < one <= point.day])
        ]
        shown = point.target is not None and bool(point.denominator)
        yield PointLine(
            point.day,
            url_for(".unit", code=found.unit.code, as_of=None if point.day == actor().today else point.day.isoformat()),
            point.cell,
            Sealed(point.day, *point.reported) if point.reported is not None else None,
            None if point.target is None else percent(point.target, 100),
            targets.missing(point.cell.figure, point.target) if shown and point.target is not None else None,
            "; ".join(marks) or None,
        )
        before = point.day


def _new_years(found: Trend) -> Iterator[str]:
    """When it last began anew, and when it will next, as far as the line goes."""
    today = actor().today
    begun = [one for one in found.begins_anew if one <= today][-1:]
    coming = [one for one in found.begins_anew if one > today][:1]
    return lines.new_years(((found.requirement, one) for one in (*begun, *coming)), today)


def _trend_rows(found: Trend) -> Iterator[Sequence[object]]:
    for point in found.points:
        if point.cell.protected_text is not None:
            yield (point.day, *[None] * 9, point.target, None, point.cell.protected_text)
            continue
        figure, reported = point.cell.figure, point.reported
        yield (
            *(point.day, figure.in_scope, figure.waived, figure.on_leave, figure.denominator, figure.satisfied),
            Rate(rate_text(figure.satisfied, figure.denominator)),
            *((reported[1], reported[0], Rate(rate_text(*reported))) if reported else (None, None, None)),
            *(point.target, _to_target(point), point.cell.percent_text),
        )


def _to_target(point: Point) -> int | None:
    if point.target is None or not point.denominator:
        return None
    return people_to_target(point.numerator, point.denominator, point.target)
