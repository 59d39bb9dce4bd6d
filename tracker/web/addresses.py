"""What may stand in an address at all; anything else is no page."""

from typing import Any

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1


class RowId(IntegerConverter):
    """The id of a row: a number that a database's integer can hold."""

    def __init__(self, map: Map, *arguments: Any, **options: Any) -> None:
        options.setdefault("max", LARGEST_ID)
        super().__init__(map, *arguments, **options)


def init_app(app: Flask) -> None:
    """Answer 404 to ids beyond what a row can have, and 400 to a NUL, which no database takes."""
    app.url_map.converters["int"] = RowId
    app.before_request(_refuse_nul)


def _refuse_nul() -> None:
    if "\0" in request.path or b"%00" in request.query_string:
        abort(400)
