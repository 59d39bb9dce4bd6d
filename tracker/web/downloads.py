"""Answers that are files to keep."""

from collections.abc import Iterable

from flask import Response


def csv_file(lines: Iterable[str], name: str) -> Response:
    """A CSV file, named after what it holds."""
    plain = "".join(letter if letter.isalnum() else "-" for letter in name)
    return named(Response("".join(lines), mimetype="text/csv"), f"waymark-{plain}.csv")


def named(answer: Response, name: str) -> Response:
    """An answer that is kept as a file of this name."""
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
