"""Lines of CSV for people: texts that a spreadsheet would take for a formula are made harmless."""

from collections.abc import Iterable, Iterator

from tracker.progress.reports import csv_line

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(value: object) -> object:
    """A value that no spreadsheet takes for a formula: a text that would begin one gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(STARTS_A_FORMULA) else value


def lines(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The lines of a CSV file, header first; None is empty."""
    yield csv_line(header)
    for row in rows:
        yield csv_line("" if value is None else harmless(value) for value in row)
