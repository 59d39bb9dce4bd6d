"""Tables as files for people: CSV and XLSX, in which what a spreadsheet would take for a formula is made harmless."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import IO, Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
LONGEST_CELL = 32_767
"""A cell of XLSX holds no more characters."""
NARROWEST, WIDEST = 10, 40
XLSX_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class Rate(str):
    """A share with four decimals, as reports have it; empty where nobody is counted. A spreadsheet shows per cent."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds. `about` is what all of it is of, as pairs of name and value: day, unit, filters, source, time.

    In CSV each line carries all of that. Rows hold texts, numbers, days, moments, rates, or None for nothing.
    """

    title: str
    about: Sequence[tuple[str, object]]
    header: Sequence[str]
    rows: Iterable[Sequence[object]]


def csv_line(fields: Iterable[object]) -> str:
    """One line of CSV, as it is."""
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerow(fields)
    return text.getvalue()


def harmless(value: object) -> object:
    """A value that no spreadsheet takes for a formula: a text that would begin one gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and _would_be_a_formula(value) else value


def meant(text: str) -> str:
    """What stood in a cell before it was made harmless."""
    return text[1:] if text.startswith("'") and _would_be_a_formula(text[1:]) else text


def _would_be_a_formula(text: str) -> bool:
    """Whether a text begins a formula, apostrophes before it apart: so that each can be read back as it was."""
    return text.lstrip("'").lstrip(" ").startswith(STARTS_A_FORMULA)


def lines(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The lines of a CSV file for people, header first; None is empty."""
    yield csv_line(header)
    for row in rows:
        yield csv_line("" if value is None else harmless(written(value)) for value in row)


def written(value: object) -> object:
    """A value as files write it: a moment by ISO 8601, to the second, with what its clocks are from UTC."""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value


def csv_lines(table: Table) -> Iterator[str]:
    """A table as the lines of a CSV file, each with all that the table is about."""
    names, values = [name for name, _ in table.about], [value for _, value in table.about]
    return lines((*names, *table.header), ((*values, *row) for row in table.rows))


# XLSX


def write_xlsx(table: Table, file: IO[bytes]) -> None:
    """A table as a spreadsheet: a sheet of what it is about, and one of its rows with typed cells, the heading in sight
    and a filter on it. Row by row, so that it takes no more memory for many."""
    book = Workbook(file, XLSX_OPTIONS)
    styles = _Styles(book)
    sheet = book.add_worksheet("Figures")
    _write_about(book.add_worksheet("About"), table, styles)
    first = _write_head(sheet, table, styles)
    last = first
    for last, row in enumerate(table.rows, first + 1):
        for column, value in enumerate(row):
            _write(sheet, last, column, value, styles)
    sheet.freeze_panes(first + 1, 1)
    sheet.autofilter(first, 0, last, max(0, len(table.header) - 1))
    book.close()


class _Styles:
    """How cells of each kind look."""

    def __init__(self, book: Workbook) -> None:
        self.strong: Format = book.add_format({"bold": True})
        self.head: Format = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.day: Format = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.moment: Format = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
        self.rate: Format = book.add_format({"num_format": "0.00%"})


def _write_about(sheet: Worksheet, table: Table, styles: _Styles) -> None:
    sheet.set_column(0, 0, WIDEST // 2)
    sheet.set_column(1, 1, 2 * WIDEST)
    sheet.write_string(0, 0, table.title, styles.strong)
    for row, (name, value) in enumerate(table.about, 2):
        sheet.write_string(row, 0, label(name), styles.strong)
        _write(sheet, row, 1, written(value), styles)


def _write_head(sheet: Worksheet, table: Table, styles: _Styles) -> int:
    """The title, what the table is about in one line, and the heading; the number of the heading's row."""
    for column, name in enumerate(table.header):
        sheet.set_column(column, column, min(WIDEST, max(NARROWEST, len(name) + 4)))
    sheet.write_string(0, 0, _cell_text(table.title), styles.strong)
    told = "; ".join(f"{label(name)}: {written(value)}" for name, value in table.about if value not in (None, ""))
    sheet.write_string(1, 0, _cell_text(told))
    for column, name in enumerate(table.header):
        sheet.write_string(3, column, label(name), styles.head)
    return 3


def _write(sheet: Worksheet, row: int, column: int, value: Any, styles: _Styles) -> None:
    """One cell, with the type of its value."""
    if value is None or value == "":
        return
    if isinstance(value, Rate):
        sheet.write_number(row, column, float(value), styles.rate)
    elif isinstance(value, str):
        sheet.write_string(row, column, _cell_text(value))
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), styles.moment)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, styles.day)
    else:
        sheet.write_string(row, column, _cell_text(str(value)))


def _cell_text(text: str) -> str:
    return str(harmless(text))[:LONGEST_CELL]


def label(name: str) -> str:
    """The name of a column as a heading: as_of is As of."""
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]
