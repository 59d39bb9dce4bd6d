"""Categories, roles and years of joining side by side on a day: as a page and as a file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.errors import Invalid
from tracker.core.spreadsheets import Rate, Table
from tracker.dashboards.addresses import as_of, page_number, shown_day
from tracker.dashboards.forms import ItemFilter
from tracker.dashboards.queries import cohorts
from tracker.dashboards.queries.cohorts import Group, SideBySide
from tracker.dashboards.queries.people import is_everybody_known
from tracker.dashboards.queries.sight import Cell
from tracker.dashboards.routes import items
from tracker.dashboards.routes import trends_address as address
from tracker.dashboards.routes.blueprint import bp
from tracker.dashboards.routes.person_lines import person_lines
from tracker.dashboards.routes.trends_address import Asked
from tracker.progress.reports import rate_text
from tracker.units.queries import UnitView
from tracker.web.access import actor, needs
from tracker.web.downloads import table_file
from tracker.web.pages import page

HEADER = (*("by", "group", "in_scope", "waived", "on_leave", "denominator", "satisfied", "overdue", "to_go", "rate"),)


@bp.route("/units/<unit_code:code>/groups")
@needs(Right.UNITS_READ)
def groups(code: str) -> ResponseReturnValue:
    """Categories, roles and years of joining side by side on a day."""
    unit, asked = address.found(code)
    if asked is None:
        return address.nothing(unit, "Side by side")
    if "item" in request.args:
        return redirect(address.plain_address(".groups", unit, asked), 303)
    form = ItemFilter(list(items.choices(asked.all)))
    form.item.data = items.key(asked.requirement, asked.item)
    found = cohorts.side_by_side(unit.id, asked.requirement, asked.item, shown_day())
    return page(
        "dashboards/cohorts.html",
        as_of=as_of(),
        crumbs=address.crumbs(unit, "Side by side"),
        unit=unit,
        asked=asked,
        form=form,
        found=found,
        tables=list(_tables(found, unit, asked)) if found else [],
        csv_url=url_for(".groups_csv", code=code, **asked.kept),
        link_url=url_for(".groups", code=code, **asked.kept, as_of=shown_day().isoformat()),
        ways=address.ways(unit, asked, "How it moved over the years", ".trends"),
    )


@bp.route("/units/<unit_code:code>/groups.csv")
@bp.route("/units/<unit_code:code>/groups.xlsx", endpoint="groups_xlsx")
@needs(Right.UNITS_READ)
def groups_csv(code: str) -> ResponseReturnValue:
    """The same as a file, a line for each group; none where names are not shown."""
    unit, asked = address.found(code)
    if asked is None:
        raise Invalid("requirement", address.NOTHING)
    found = cohorts.side_by_side(unit.id, asked.requirement, asked.item, shown_day())
    rows = _group_rows(found) if found else []
    table = Table(f"{unit.name}, side by side: {asked.title}", address.about(unit, asked), HEADER, rows)
    return table_file(table, f"{code} groups {shown_day().isoformat()}")


@bp.route("/units/<unit_code:code>/groups/<int:year>")
@needs(Right.UNITS_READ)
def cohort(code: str, year: int) -> ResponseReturnValue:
    """Who joined in a year, by name."""
    unit, asked = address.found(code)
    if asked is None:
        return address.nothing(unit, "Side by side")
    of_year = (unit.id, asked.requirement, asked.item, shown_day(), year)
    listed = cohorts.cohort(actor(), *of_year, page_number())
    back = url_for(".groups", code=code, **asked.kept)
    return page(
        "dashboards/cohorts_people.html",
        as_of=as_of(),
        crumbs=[*address.crumbs(unit, "Side by side")[:-1], ("Side by side", back), (f"Joined in {year}", None)],
        unit=unit,
        asked=asked,
        year=year,
        listed=listed,
        rows=person_lines(listed.items, len(asked.requirement.modules), shown_day(), actor().today),
        page_url=lambda number: url_for(".cohort", code=code, year=year, **asked.kept, page=number),
        some_are_hidden=not is_everybody_known(actor(), shown_day()),
    )


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
        kept = asked.kept | {"code": unit.code}
        return [GroupLine(one.name, url_for(".people", **kept | {by: one.name}), one.cell) for one in groups]

    def of_years(groups: Iterable[Group]) -> list[GroupLine]:
        kept = asked.kept | {"code": unit.code}
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
