"""Reports as files: the sealed bytes, tables for spreadsheets, and the report for the board."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from flask import Response
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.errors import Invalid
from tracker.core.spreadsheets import Rate, Table
from tracker.core.words import day as shown_day
from tracker.core.words import moment
from tracker.progress.queries.changing import gates_changing, note_on, requirements_changing
from tracker.reporting import board as board_report
from tracker.reporting.forms import BoardForm
from tracker.reporting.queries import seals as queries
from tracker.reporting.queries.drawing import draw_up
from tracker.reporting.routes import wording
from tracker.reporting.routes.blueprint import bp
from tracker.reporting.rules import COLUMNS, KEYS, Part, cells, header, report_of, text_of
from tracker.web.access import actor, needs
from tracker.web.downloads import csv_file, named, table_file

DAYS = frozenset({"opened_on", "day"})


@bp.route("/office/reports.csv")
@bp.route("/office/reports.xlsx", endpoint="index_xlsx")
@needs(Right.REPORTS_READ)
def index_csv() -> ResponseReturnValue:
    """The list of sealed reports."""
    rows = [
        (one.day, one.sealed_at, one.how.value, one.rows, one.hash, one.previous) for one in queries.all_seals(actor())
    ]
    header = ("day", "sealed_at", "how", "rows", "hash", "previous")
    table = Table("Sealed reports", (("as_of", actor().today),), header, rows)
    return table_file(table, f"sealed reports {actor().today}")


@bp.route("/office/reports/<day:day>/sealed.txt")
@needs(Right.REPORTS_READ)
def sealed(day: date) -> ResponseReturnValue:
    """The sealed bytes: the hash of this file is that of the report."""
    text = "".join(text_of(queries.sealed_lines(actor(), day)))
    return named(Response(text, mimetype="text/plain"), f"waymark-sealed-{day}.txt")


@bp.route("/office/reports/<day:day>/rates.csv")
@needs(Right.REPORTS_READ)
def rates_csv(day: date) -> ResponseReturnValue:
    """The rates as they were reported, byte by byte."""
    return _csv(day, Part.RATES)


@bp.route("/office/reports/<day:day>/gates.csv")
@needs(Right.REPORTS_READ)
def gates_csv(day: date) -> ResponseReturnValue:
    """The gates as they were reported, byte by byte."""
    return _csv(day, Part.GATES)


def _csv(day: date, part: Part) -> Response:
    found = queries.sealed_lines(actor(), day, (part,))
    return csv_file([header(part), *found[part]], f"report {part} {day}")


@bp.route("/office/reports/<day:day>/rates.xlsx")
@needs(Right.REPORTS_READ)
def rates_xlsx(day: date) -> ResponseReturnValue:
    """The rates as they were reported, for a spreadsheet."""
    return _xlsx(day, Part.RATES)


@bp.route("/office/reports/<day:day>/gates.xlsx")
@needs(Right.REPORTS_READ)
def gates_xlsx(day: date) -> ResponseReturnValue:
    """The gates as they were reported, for a spreadsheet."""
    return _xlsx(day, Part.GATES)


def _xlsx(day: date, part: Part) -> Response:
    seal = queries.seal_view(actor(), day)
    found = queries.sealed_lines(actor(), day, (part,))
    about = (("as_of", day), ("sealed_at", seal.sealed_at), ("hash", seal.hash))
    table = Table(
        f"{part.capitalize()} of {shown_day(day)}, as reported", about, COLUMNS[part], _typed(part, found[part])
    )
    return table_file(table, f"report {part} {day}")


def _typed(part: Part, lines: Iterable[str]) -> Iterator[Sequence[object]]:
    """Stored cells as numbers, days and rates."""
    for line in lines:
        yield [
            _value(name, text, is_key=place < KEYS[part])
            for place, (name, text) in enumerate(zip(COLUMNS[part], cells(line), strict=True))
        ]


def _value(name: str, text: str, *, is_key: bool) -> object:
    if not text or is_key:
        return text or None
    if name == "rate":
        return Rate(text)
    return date.fromisoformat(text) if name in DAYS else int(text)


@bp.route("/office/reports/<day:day>/changes.csv")
@bp.route("/office/reports/<day:day>/changes.xlsx", endpoint="changes_xlsx")
@needs(Right.REPORTS_READ)
def changes_csv(day: date) -> ResponseReturnValue:
    """The rows that differ, as reported and as now known, one below the other."""
    seal = queries.seal_view(actor(), day)
    about = (("as_of", day), ("sealed_at", seal.sealed_at), ("hash", seal.hash))
    header = ("report", "state", *COLUMNS[Part.RATES], "gate", "opened_on", "numerator")
    table = Table(f"{shown_day(day)}: what is known now", about, header, _change_rows(day))
    return table_file(table, f"changes since {day}")


def _change_rows(day: date) -> Iterator[Sequence[object]]:
    for one in queries.changes(actor(), day):
        for state, row in (("as reported", one.reported), ("as now known", one.known)):
            if row is None:
                continue
            values = [
                _value(name, text, is_key=place < KEYS[one.part])
                for place, (name, text) in enumerate(zip(COLUMNS[one.part], row, strict=True))
            ]
            if one.part is Part.RATES:
                yield ("rates", state, *values, None, None, None)
            else:
                gate, unit, opened_on, numerator, denominator = values
                blank = [None] * (len(COLUMNS[Part.RATES]) - 7)
                yield ("gates", state, unit, *[None] * 5, denominator, *blank, gate, opened_on, numerator)


# For the board


@bp.route("/office/reports/<day:day>/board.pdf")
@needs(Right.REPORTS_READ)
def sealed_board(day: date) -> ResponseReturnValue:
    """The report for the board from a sealed report: the same bytes each time."""
    seal = queries.seal_view(actor(), day)
    source = f"From the report that was sealed on {moment(seal.sealed_at)} with the hash {seal.hash}."
    return _pdf(board_report.pdf(queries.sealed_report(actor(), day), source), day)


@bp.route("/office/reports/board.pdf")
@needs(Right.REPORTS_READ)
def board() -> ResponseReturnValue:
    """The same of today or a month end, as it is known now. Raises Invalid for other days."""
    who = actor()
    form = BoardForm([who.today, *wording.month_ends(who.today)])
    if not form.validate():
        raise Invalid("as_of", "The report for the board is made for today and for ends of months.")
    day = form.as_of.value or who.today
    report = report_of(day, draw_up(day))
    source = f"As known on {shown_day(who.today)}; this is no sealed report."
    if note := note_on([*requirements_changing(), *gates_changing()]):
        source = f"{source} {note}"
    return _pdf(board_report.pdf(report, source), day)


def _pdf(content: bytes, day: date) -> Response:
    return named(Response(content, mimetype="application/pdf"), f"waymark-board-{day}.pdf")
