"""The table of what lies below a unit, by requirement or by module, on one day or two, on the page and as a file.

A table of days that counts are kept for comes at once. Any other day is counted while the page is on its way: it says
how far the counting has come, and ends in the table.
"""

from collections.abc import Generator, Iterator, Sequence

from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.errors import Invalid
from tracker.core.spreadsheets import Rate, Table
from tracker.core.steps import at_once
from tracker.core.words import count, day
from tracker.dashboards.addresses import as_of, shown_day
from tracker.dashboards.queries.counting import Step
from tracker.dashboards.queries.table import Line
from tracker.dashboards.queries.table import Table as UnitTable
from tracker.dashboards.queries.table import table as table_of
from tracker.dashboards.routes import lines, table_view
from tracker.dashboards.routes.blueprint import bp
from tracker.dashboards.routes.table_address import Asked, Column, Shown, columns_of, read
from tracker.dashboards.table_forms import MODULE
from tracker.progress.reports import rate_text
from tracker.web.access import actor, needs
from tracker.web.downloads import table_file
from tracker.web.pages import page, streamed_page

HEADER = (
    *("unit", "unit_name", "requirement", "module"),
    *("in_scope", "waived", "on_leave", "denominator", "satisfied", "overdue", "due_soon", "to_go", "rate", "shown"),
    *("since_denominator", "since_satisfied", "since_rate", "since_shown", "change_points", "change_people"),
    "champions",
)
"""The columns of the table as a file, a line for each cell."""


@bp.route("/units/<unit_code:code>/table")
@needs(Right.UNITS_READ)
def table(code: str) -> ResponseReturnValue:
    """The units right below a unit against what is asked."""
    asked = read(code)
    counting = Counting(_steps(asked))
    answer = page if counting.is_done else streamed_page
    return answer(
        "dashboards/table.html",
        status=422 if asked.form.errors else 200,
        as_of=as_of(),
        crumbs=table_view.crumbs(asked.path, asked.address),
        unit=asked.path[-1].unit,
        about=table_view.about(asked.chosen),
        has_below=asked.path[-1].has_children,
        form=asked.form,
        kept=[*as_of().kept, *((name, value) for name, value in asked.address.order.items() if value)],
        counting=counting,
        shown=lambda: table_view.view_of(_shown(counting.table, asked)),
        changed=table_view.changed,
        rates=table_view.RATES,
        csv_url=asked.address.url(".table_csv"),
        link_url=asked.address.url(as_of=shown_day().isoformat()),
    )


@bp.route("/units/<unit_code:code>/table.csv")
@bp.route("/units/<unit_code:code>/table.xlsx", endpoint="table_xlsx")
@needs(Right.UNITS_READ)
def table_csv(code: str) -> ResponseReturnValue:
    """The same as a file, a line for each cell."""
    shown = read_table(code)
    found = shown.table
    about = (("as_of", found.day), ("since", found.since), ("within", found.unit.code), lines.note(found.asked))
    title = f"{found.unit.name}: {table_view.about(shown.asked)}"
    return table_file(Table(title, about, HEADER, table_rows(shown)), f"{code} {found.day.isoformat()}")


def read_table(code: str) -> Shown:
    """The table that the address of this request asks for. Raises NotFound, and Invalid for what no table shows."""
    asked = read(code)
    for _, message in asked.form.messages:
        raise Invalid("table", message)
    return _shown(at_once(_steps(asked)), asked)


def table_rows(shown: Shown) -> Iterator[Sequence[object]]:
    """The table as the rows of a file, in the order of HEADER: one for each cell; what is told in words is words."""
    for line in shown.lines:
        champions = "; ".join(table_view.champion_words(one) for one in line.champions)
        for column in shown.columns:
            yield (
                *(line.unit.code if line.unit else "", line.name),
                *(column.requirement.code, "*" if column.is_whole else column.item.code),
                *_numbers(line, column),
                *_numbers_then(line, column),
                champions,
            )


def _numbers(line: Line, column: Column) -> Sequence[object]:
    """The numbers of a cell; where names are not shown, only the words in their place."""
    cell = line.now[column.item.id]
    if cell.protected_text is not None:
        return (*[None] * 9, cell.protected_text)
    figure = cell.figure
    due_soon = None if column.requirement.is_of_several(column.item) else figure.due_soon
    return (
        *(figure.in_scope, figure.waived, figure.on_leave, figure.denominator, figure.satisfied),
        *(figure.overdue, due_soon, figure.to_go, Rate(rate_text(figure.satisfied, figure.denominator))),
        cell.percent_text,
    )


def _numbers_then(line: Line, column: Column) -> Sequence[object]:
    """The numbers of the other day, and how far they moved."""
    cell = line.then.get(column.item.id)
    if cell is None:
        return [None] * 6
    if cell.protected_text is not None:
        return (*[None] * 3, cell.protected_text, None, None)
    change = line.change(column.item)
    return (
        *(cell.denominator, cell.numerator, Rate(rate_text(cell.numerator, cell.denominator)), cell.percent_text),
        *((change.points, change.people) if change else (None, None)),
    )


def _steps(asked: Asked) -> Generator[Step, None, UnitTable]:
    address = asked.address
    return table_of(
        *(actor(), asked.path, shown_day(), address.since, asked.known, address.requirements),
        with_modules=address.by == MODULE,
    )


def _shown(found: UnitTable, asked: Asked) -> Shown:
    return Shown(found, asked.address, asked.chosen, columns_of(found, asked.address))


class Counting:
    """A table that is being counted: how far that has come, step by step, and at the end the table itself."""

    def __init__(self, steps: Generator[Step, None, UnitTable]) -> None:
        self._steps = steps
        self._table: UnitTable | None = None
        self._step = self._next()

    def __iter__(self) -> Iterator[str]:
        """What is said before each step is taken."""
        while self._step is not None:
            yield _step_words(self._step)
            self._step = self._next()

    @property
    def is_done(self) -> bool:
        """Whether the table is there."""
        return self._table is not None

    @property
    def table(self) -> UnitTable:
        """The table, once all steps are taken."""
        assert self._table is not None, "the steps come before the table"
        return self._table

    def _next(self) -> Step | None:
        try:
            return next(self._steps)
        except StopIteration as end:
            self._table = end.value
            return None


def _step_words(step: Step) -> str:
    return f"Counting {day(step.day)}: {count(step.done)} of {count(step.total)}"
