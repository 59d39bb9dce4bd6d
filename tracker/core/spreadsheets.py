"""CSV for people: what a spreadsheet would take for a formula is made harmless."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_line(fields: Iterable[object]) -> str:
    """One line of CSV, as it is."""
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerow(fields)
    return text.getvalue()


def harmless(value: object) -> object:
    """A value that no spreadsheet takes for a formula: a text that would begin one gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(STARTS_A_FORMULA) else value


def lines(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The lines of a CSV file for people, header first; None is empty."""
    yield csv_line(header)
    for row in rows:
        yield csv_line("" if value is None else harmless(value) for value in row)
