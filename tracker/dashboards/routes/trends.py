"""How a rate moved and will move if nobody acts, and who stands where side by side: as pages and as CSV."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice

from tracker.core.actor import Right
from tracker.core.days import month_end
from tracker.core.errors import Invalid
from tracker.core.spreadsheets import Rate, Table
from tracker.core.words import NO_BREAK_SPACE, day, percent, sentence_list
from tracker.dashboards import policy
from tracker.dashboards.addresses import as_of, page_number, shown_day
from tracker.dashboards.forms import MONTHS_AHEAD as MONTHS_AHEAD_OFFERED
from tracker.dashboards.forms import YEARS_BACK, ItemFilter, TrendFilter
from tracker.dashboards.queries import cohorts, items, places
from tracker.dashboards.queries import trends as queries
from tracker.dashboards.queries.cohorts import Group, SideBySide
from tracker.dashboards.queries.items import ItemView, RequirementView
from tracker.dashboards.queries.people import is_everybody_known
from tracker.dashboards.queries.sight import Cell
from tracker.dashboards.queries.standings import speaks_for
from tracker.dashboards.queries.trends import Point, Sealed, Trend, month_ends
from tracker.dashboards.routes import lines, targets
from tracker.dashboards.routes.blueprint import bp
from tracker.dashboards.routes.narrowing import item_key
from tracker.dashboards.routes.person_lines import item_title, person_lines
from tracker.progress.figures.answers import EVERYTHING
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

NOTHING = "Nothing is asked of anybody."

TREND_HEADER = (
    *("day", "in_scope", "waived", "on_leave", "denominator", "satisfied", "rate"),
    *("reported_denominator", "reported_satisfied", "reported_rate", "target", "to_target", "shown"),
)
GROUP_HEADER = (
    *("by", "group", "in_scope", "waived", "on_leave", "denominator", "satisfied", "overdue", "to_go", "rate"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for, of all that there is."""

    all: Sequence[RequirementView]
    requirement: RequirementView
    item: ItemView

    @property
    def module(self) -> str | None:
        """The module as addresses name it; none for a requirement as a whole."""
        return None if self.item is self.requirement.whole else self.item.code

    @property
    def title(self) -> str:
        """What it is about, in words."""
        return item_title(self.requirement, self.item) or ""


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
    unit, asked = _found(code)
    if asked is None:
        return _nothing(unit, "Trends")
    if "item" in request.args:
        return redirect(_plain_address(".trends", unit, asked.all), 303)
    form = TrendFilter(list(_item_choices(asked.all)))
    form.validate()
    found = _trend(unit, asked, form)
    points = list(_point_lines(found))
    since = month_end(actor().today, -MONTHS_IN_SIGHT)
    chosen = {**_kept(asked), "years": form.years.data, "ahead": form.ahead.data}
    return page(
        "dashboards/trends.html",
        status=422 if form.errors else 200,
        as_of=as_of(),
        crumbs=_crumbs(unit, "Trends"),
        unit=unit,
        asked=asked,
        form=form,
        chosen=_chosen(asked, form),
        kept=_kept(asked),
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
        ways=_ways(unit, asked, ("Side by side: categories, roles, years of joining", ".groups")),
    )


@bp.route("/units/<unit_code:code>/trends.csv")
@bp.route("/units/<unit_code:code>/trends.xlsx", endpoint="trends_xlsx")
@needs(Right.UNITS_READ)
def trends_csv(code: str) -> ResponseReturnValue:
    """The same as a file, a line for each day."""
    unit, asked = _found(code)
    if asked is None:
        raise Invalid("requirement", NOTHING)
    form = TrendFilter(list(_item_choices(asked.all)))
    form.validate()
    if form.messages:
        raise Invalid("years", form.messages[0][1])
    rows = _trend_rows(_trend(unit, asked, form))
    table = Table(f"{unit.name}: {asked.title}", _about(unit, asked), TREND_HEADER, rows)
    return table_file(table, f"{code} trends {shown_day().isoformat()}")


@bp.route("/units/<unit_code:code>/groups")
@needs(Right.UNITS_READ)
def groups(code: str) -> ResponseReturnValue:
    """Categories, roles and years of joining side by side on a day."""
    unit, asked = _found(code)
    if asked is None:
        return _nothing(unit, "Side by side")
    if "item" in request.args:
        return redirect(_plain_address(".groups", unit, asked.all), 303)
    form = ItemFilter(list(_item_choices(asked.all)))
    form.item.data = item_key(asked.requirement, asked.item)
    found = cohorts.side_by_side(unit.id, asked.requirement, asked.item, shown_day())
    return page(
        "dashboards/trends_groups.html",
        as_of=as_of(),
        crumbs=_crumbs(unit, "Side by side"),
        unit=unit,
        asked=asked,
        form=form,
        found=found,
        tables=list(_tables(found, unit, asked)) if found else [],
        csv_url=url_for(".groups_csv", code=code, **_kept(asked)),
        link_url=url_for(".groups", code=code, **_kept(asked), as_of=shown_day().isoformat()),
        ways=_ways(unit, asked, ("How it moved over the years", ".trends")),
    )


@bp.route("/units/<unit_code:code>/groups.csv")
@bp.route("/units/<unit_code:code>/groups.xlsx", endpoint="groups_xlsx")
@needs(Right.UNITS_READ)
def groups_csv(code: str) -> ResponseReturnValue:
    """The same as a file, a line for each group; none where names are not shown."""
    unit, asked = _found(code)
    if asked is None:
        raise Invalid("requirement", NOTHING)
    found = cohorts.side_by_side(unit.id, asked.requirement, asked.item, shown_day())
    rows = _group_rows(found) if found else []
    table = Table(f"{unit.name}, side by side: {asked.title}", _about(unit, asked), GROUP_HEADER, rows)
    return table_file(table, f"{code} groups {shown_day().isoformat()}")


@bp.route("/units/<unit_code:code>/groups/<int:year>")
@needs(Right.UNITS_READ)
def cohort(code: str, year: int) -> ResponseReturnValue:
    """Who joined in a year, by name."""
    unit, asked = _found(code)
    if asked is None:
        return _nothing(unit, "Side by side")
    of_year = (unit.id, asked.requirement, asked.item, shown_day(), year)
    listed = cohorts.cohort(actor(), *of_year, page_number())
    back = url_for(".groups", code=code, **_kept(asked))
    return page(
        "dashboards/trends_cohort.html",
        as_of=as_of(),
        crumbs=[*_crumbs(unit, "Side by side")[:-1], ("Side by side", back), (f"Joined in {year}", None)],
        unit=unit,
        asked=asked,
        year=year,
        listed=listed,
        rows=person_lines(listed.items, len(asked.requirement.modules), shown_day(), actor().today),
        page_url=lambda number: url_for(".cohort", code=code, year=year, **_kept(asked), page=number),
        some_are_hidden=not is_everybody_known(actor(), shown_day()),
    )


# What the address asks for


def _found(code: str) -> tuple[UnitView, Asked | None]:
    """The unit, and what is looked at; none where nothing at all is asked of anybody. Raises NotFound and Invalid."""
    unit = policy.get_unit(actor(), code, shown_day())
    known = items.requirements(actor())
    requirement = speaks_for(known)
    if requirement is None:
        return unit, None
    if wanted := request.args.get("requirement"):
        requirement = next((one for one in known if one.code == wanted), None)
    if requirement is None:
        raise Invalid("requirement", "There is no such requirement.")
    module = request.args.get("module")
    item = next((one for one in requirement.modules if one.code == module), None) if module else requirement.whole
    if item is None:
        raise Invalid("module", f"“{requirement.title}” has no such module.")
    return unit, Asked(known, requirement, item)


def _trend(unit: UnitView, asked: Asked, form: TrendFilter) -> Trend:
    """The line over the time that the form says; what it does not say is filled in."""
    form.item.data = item_key(asked.requirement, asked.item)
    form.years.data = YEARS if form.years.value is None else form.years.value
    form.ahead.data = MONTHS_AHEAD if form.ahead.value is None else form.ahead.value
    ends = month_ends(actor().today, form.years.data, form.ahead.data)
    return queries.trend(actor(), unit, asked.requirement, asked.item, ends, shown_day())


def _chosen(asked: Asked, form: TrendFilter) -> str:
    """What is looked at and over which time, in one line."""
    ahead = f"{dict(MONTHS_AHEAD_OFFERED)[str(form.ahead.data)]} ahead" if form.ahead.data else "nothing ahead"
    times = (f"{dict(YEARS_BACK)[str(form.years.data)]} back", ahead)
    return " · ".join((asked.title, *(words.replace(" ", NO_BREAK_SPACE) for words in times)))


def _item_choices(known: Iterable[RequirementView]) -> Iterator[SelectChoice]:
    """Everything there is: a requirement of several modules with these below it."""
    for requirement in known:
        for item in (requirement.whole, *requirement.modules):
            yield SelectChoice(
                value=item_key(requirement, item),
                label=requirement.title if item is requirement.whole else item.title,
                optgroup=None if requirement.has_one_module else requirement.title,
            )


def _plain_address(endpoint: str, unit: UnitView, known: Iterable[RequirementView]) -> str:
    """The address that names the requirement and module which were chosen in one list."""
    kept: dict[str, Any] = {name: request.args[name] for name in ("years", "ahead") if name in request.args}
    for requirement in known:
        for item in requirement.items:
            if request.args["item"] == item_key(requirement, item):
                kept["requirement"] = requirement.code
                kept |= {} if item is requirement.whole else {"module": item.code}
    return url_for(endpoint, code=unit.code, **kept)


def _kept(asked: Asked) -> dict[str, Any]:
    """What is looked at, as addresses say it."""
    module = {"module": asked.module} if asked.module else {}
    return {"requirement": asked.requirement.code, **module}


def _about(unit: UnitView, asked: Asked) -> list[tuple[str, object]]:
    """What a file is of."""
    module = asked.module or EVERYTHING
    what = (("requirement", asked.requirement.code), ("module", module), lines.note([asked.requirement]))
    return [("as_of", shown_day()), ("within", unit.code), *what]


def _crumbs(unit: UnitView, here: str) -> list[tuple[str, str | None]]:
    return lines.crumbs(places.path(actor(), unit.id, shown_day()), here)


def _ways(unit: UnitView, asked: Asked, other: tuple[str, str]) -> list[tuple[str, str]]:
    """Where one can go on."""
    label, endpoint = other
    ways = [(label, url_for(endpoint, code=unit.code, **_kept(asked)))]
    if asked.requirement.names_shown:
        ways.append(("People", lines.people_url(unit, asked.requirement, asked.item)))
    return [*ways, ("Targets", url_for(".targets", code=unit.code, as_of=None))]


def _nothing(unit: UnitView, here: str) -> ResponseReturnValue:
    return page("dashboards/trends_nothing.html", as_of=as_of(), crumbs=_crumbs(unit, here), unit=unit, here=here)


# The line in words, as a drawing and as a table


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


# Side by side


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group in a table; `url` leads to its people."""

    name: str
    url: str | None
    cell: Cell


@dataclass(frozen=True, slots=True)
class GroupTable:
    """Groups of one kind, whose people add up to those of the unit."""

    title: str
    head: str
    lines: Sequence[GroupLine]


def _tables(found: SideBySide, unit: UnitView, asked: Asked) -> Iterator[GroupTable]:
    """The three tables; each group leads on to its people."""

    def narrowed(groups: Iterable[Group], by: str) -> list[GroupLine]:
        kept = _kept(asked) | {"code": unit.code}
        return [GroupLine(one.name, url_for(".people", **kept | {by: one.name}), one.cell) for one in groups]

    def of_years(groups: Iterable[Group]) -> list[GroupLine]:
        kept = _kept(asked) | {"code": unit.code}
        is_listed = shown_day() <= asked.requirement.horizon
        return [
            GroupLine(one.name, url_for(".cohort", **kept, year=int(one.name)) if is_listed else None, one.cell)
            for one in groups
        ]

    yield GroupTable("By category", "Category", narrowed(found.categories, "category"))
    yield GroupTable("By role", "Role", narrowed(found.roles, "role"))
    yield GroupTable("By year of joining", "Joined in", of_years(found.cohorts))


def _group_rows(found: SideBySide) -> Iterator[Sequence[object]]:
    whole = [Group("", found.whole)]
    kinds = (("", whole), ("category", found.categories), ("role", found.roles), ("joined", found.cohorts))
    for kind, several in kinds:
        for group in several:
            figure = group.cell.figure
            yield (
                *(kind, group.name, figure.in_scope, figure.waived, figure.on_leave, figure.denominator),
                *(figure.satisfied, figure.overdue, figure.to_go),
                Rate(rate_text(figure.satisfied, figure.denominator)),
            )
