"""Answers that are files to keep."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile

from flask import Response, current_app, request, send_file

from tracker.core import clock, spreadsheets
from tracker.core.spreadsheets import Table
from tracker.core.words import PRODUCT_NAME

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""Whatever a file holds, it runs nothing and asks for nothing; the styles are the browser's own around a picture."""


def table_file(table: Table, name: str) -> Response:
    """A table as the kind of file that the address ends with, CSV or XLSX; it says where it comes from, and when."""
    table = replace(table, about=[*table.about, ("source", _source()), ("taken_at", _taken_at())])
    if not request.path.endswith(".xlsx"):
        return csv_file(spreadsheets.csv_lines(table), name)
    file = TemporaryFile()  # noqa: SIM115  closed with the answer
    spreadsheets.write_xlsx(table, file)
    file.seek(0)
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=f"waymark-{_plain(name)}.xlsx")


def csv_file(lines: Iterable[str], name: str) -> Response:
    """A CSV file, named after what it holds."""
    return named(Response("".join(lines), mimetype="text/csv"), f"waymark-{_plain(name)}.csv")


def named(answer: Response, name: str) -> Response:
    """An answer that is kept as a file of this name."""
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def somebodys_file(path: Path, media_type: str | None, name: str, *, is_shown: bool) -> Response:
    """A file that somebody has sent in, as it lies on the disk: `is_shown` in the browser, or to be kept."""
    answer = send_file(
        path, mimetype=media_type, as_attachment=not is_shown, download_name=name, conditional=False, etag=False
    )
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name)


def _source() -> str:
    """Whose figures these are, and the page they stand on."""
    page = request.full_path.removesuffix("?")
    return f"{PRODUCT_NAME}, {current_app.extensions['institution_name']()}: {page}"


def _taken_at() -> str:
    """When, by the institution's clocks."""
    return clock.local(clock.now()).isoformat(timespec="seconds")
