"""The table of what lies below a unit, by requirement or by module, on the page and as CSV."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import request, url_for
from flask.typing import ResponseReturnValue

from tracker.core import spreadsheets
from tracker.core.actor import Right
from tracker.core.errors import Invalid
from tracker.dashboards import policy
from tracker.dashboards.addresses import as_of, shown_day
from tracker.dashboards.forms import TableFilter
from tracker.dashboards.queries.items import ItemView, RequirementView
from tracker.dashboards.queries.standings import Row, Standing, standing
from tracker.dashboards.routes import lines
from tracker.dashboards.routes.blueprint import bp
from tracker.progress.reports import rate_text
from tracker.web.access import actor, needs
from tracker.web.downloads import csv_file
from tracker.web.pages import page

CSV_HEADER = (
    *("as_of", "within", "unit", "unit_name", "requirement", "module"),
    *("in_scope", "waived", "on_leave", "denominator", "satisfied", "overdue", "due_soon", "to_go", "rate", "shown"),
)


@dataclass(frozen=True, slots=True)
class Column:
    """An item at the head of a column: its words, those above it (or none), and whether it is the first below those."""

    requirement: RequirementView
    item: ItemView
    title: str
    group: str
    starts: bool

    @property
    def is_whole(self) -> bool:
        """Whether it is the requirement as a whole."""
        return self.item is self.requirement.whole


@dataclass(frozen=True, slots=True)
class Choice:
    """What the table shows: by requirement or by module, of one requirement or (none) of all."""

    by: str
    requirement: RequirementView | None
    columns: Sequence[Column]

    @property
    def groups(self) -> list[tuple[str, int]]:
        """The words above the columns, each with how many stand below them; none where no column has any."""
        found = [(words, len(list(columns))) for words, columns in groupby(self.columns, lambda one: one.group)]
        return found if any(words for words, _ in found) else []


@bp.route("/units/<unit_code:code>/table")
@needs(Right.UNITS_READ)
def table(code: str) -> ResponseReturnValue:
    """The units right below a unit against what is asked."""
    found, choice = _found(code)
    form = TableFilter([(one.code, one.title) for one in found.asked])
    form.by.data, form.requirement.data = choice.by, choice.requirement and choice.requirement.code
    return page(
        "dashboards/table.html",
        as_of=as_of(),
        crumbs=lines.crumbs(found.path, "Table"),
        standing=found,
        form=form,
        choice=choice,
        rows=[found.whole, *found.parts],
        row_url=lines.row_url,
        changing=lines.changing(found),
        rounded=lines.rounded(one.requirement for one in choice.columns),
        kind_of_parts=lines.kind_of_parts(found.parts),
        csv_url=url_for(".table_csv", code=code, by=choice.by, requirement=form.requirement.data),
    )


@bp.route("/units/<unit_code:code>/table.csv")
@needs(Right.UNITS_READ)
def table_csv(code: str) -> ResponseReturnValue:
    """The same as CSV, a line for each cell."""
    found, choice = _found(code)
    name = f"{code} {shown_day().isoformat()}"
    return csv_file(spreadsheets.lines(CSV_HEADER, _csv_rows(found, choice, shown_day())), name)


def _found(code: str) -> tuple[Standing, Choice]:
    """The unit and its parts, with the columns that the address asks for."""
    unit = policy.get_unit(actor(), code, shown_day())
    found = standing(actor(), unit, shown_day(), lambda asked: [column.item for column in _choice(asked).columns])
    return found, _choice(found.asked)


def _choice(asked: Sequence[RequirementView]) -> Choice:
    """What the address asks for. Raises Invalid for what nobody here is asked, and for other columns."""
    by, code = request.args.get("by"), request.args.get("requirement")
    chosen = next((one for one in asked if one.code == code), None)
    if code and chosen is None:
        raise Invalid("requirement", "Nobody here is asked for such a requirement on this day.")
    if by not in (None, "", "requirement", "module"):
        raise Invalid("by", "The columns are requirements or modules.")
    kind = by or ("module" if chosen else "requirement")
    shown = [chosen] if chosen else asked
    return Choice(kind, chosen, list(_by_module(shown) if kind == "module" else _by_requirement(shown)))


def _by_module(shown: Iterable[RequirementView]) -> Iterator[Column]:
    """A column for each module and one for all of them, below the title of their requirement."""
    for one in shown:
        for item in one.items:
            title = "All of it" if item is one.whole and not one.has_one_module else item.title
            yield Column(one, item, title, one.title, starts=item is one.items[0])


def _by_requirement(shown: Iterable[RequirementView]) -> Iterator[Column]:
    """A column for each requirement; where several side by side begin with the same words and a colon, these stand
    once above them."""
    is_parted = False
    for words, found in groupby(shown, lambda one: one.title.partition(": ")[0]):
        several = list(found)
        group = words if len(several) > 1 else ""
        for one in several:
            title = lines.capital(one.title.partition(": ")[2]) if group else ""
            starts = one is several[0] and bool(group or is_parted)
            yield Column(one, one.whole, title or one.title, group, starts)
        is_parted = bool(group)


def _csv_rows(found: Standing, choice: Choice, day: date) -> Iterator[Sequence[object]]:
    for row in (found.whole, *found.parts):
        for column in choice.columns:
            yield (
                *(day.isoformat(), found.unit.code, row.unit.code if row.unit else "", row.name),
                *(column.requirement.code, "*" if column.is_whole else column.item.code),
                *_csv_numbers(row, column),
            )


def _csv_numbers(row: Row, column: Column) -> Sequence[object]:
    """The numbers of a cell; where names are not shown, only the words in their place."""
    cell = row.cell(column.item)
    if cell.protected_text is not None:
        return (*[None] * 9, cell.protected_text)
    figure = cell.figure
    return (
        *(figure.in_scope, figure.waived, figure.on_leave, figure.denominator, figure.satisfied),
        *(figure.overdue, figure.due_soon, figure.to_go, rate_text(figure.satisfied, figure.denominator)),
        cell.percent_text,
    )
