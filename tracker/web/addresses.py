"""What may stand in an address at all; anything else is no page. The day that many pages take from theirs, and the
address of a page as people reach it."""

import re
from collections.abc import Collection
from datetime import date
from typing import Any

from flask import Flask, Response, abort, current_app, request
from werkzeug.routing import BaseConverter, IntegerConverter, Map, ValidationError

from tracker.core import config
from tracker.core.config import is_loopback
from tracker.core.errors import Invalid
from tracker.web.errors import error_page
from tracker.web.forms import real_day

FIRST_YEAR, LAST_YEAR = 2000, 2100
LARGEST_ID = 2**31 - 1
NOT_PLAIN = re.compile(r"[^\w-]")
ESCAPED = re.compile(r"((?:~[0-9A-F]{2})+)")
PORT = re.compile(r":[0-9]+$")


def row_id(typed: str | int) -> int:
    """The id of a row, or the number of a page, as a form or an address gives it. Raises ValueError."""
    number = int(typed)
    if not 0 < number <= LARGEST_ID:
        raise ValueError("no row has such a number")
    return number


class RowId(IntegerConverter):
    """The id of a row: a number that a database's integer can hold."""

    def __init__(self, map: Map, *arguments: Any, **options: Any) -> None:
        options.setdefault("max", LARGEST_ID)
        super().__init__(map, *arguments, **options)


class Code(BaseConverter):
    """A code as one step of a path, whatever is in it: what a path cannot hold is written as ~2F or so."""

    def to_url(self, value: Any) -> str:
        """The code with everything but letters, digits, `_` and `-` escaped; a path's dots and slashes mean more."""
        return super().to_url(NOT_PLAIN.sub(_escaped, str(value)))

    def to_python(self, value: str) -> str:
        """The code that stands in an address."""
        parts = ESCAPED.split(value)
        try:
            code = "".join(_unescaped(part) if ESCAPED.fullmatch(part) else part for part in parts)
        except UnicodeDecodeError as error:
            raise ValidationError from error
        if "\0" in code:
            raise ValidationError
        return code


def _escaped(letter: re.Match[str]) -> str:
    return "".join(f"~{byte:02X}" for byte in letter[0].encode())


def _unescaped(part: str) -> str:
    return bytes.fromhex(part.replace("~", "")).decode()


def read_day(typed: str | None, today: date) -> date:
    """The day an address asks for; today without one. Raises Invalid."""
    if not typed:
        return today
    day = real_day(typed)
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Invalid("as_of", f"The day must be a real date from {FIRST_YEAR} to {LAST_YEAR}, such as 2026-11-21.")
    return day


def absolute_url(endpoint: str, **values: Any) -> str:
    """The address of a page as people reach it, for what is read elsewhere. A prefix of all paths is in it already,
    whether the proxy tells of it or not."""
    return config.settings().public_url + current_app.url_map.bind("").build(endpoint, values)


def init_app(app: Flask, names: Collection[str]) -> None:
    """Open pages by names of this machine and by these names of hosts alone, whatever name a page elsewhere has made
    lead here; 404 to ids beyond what a row can have, and 400 to a NUL, which no database takes; know codes."""

    @app.before_request
    def refuse_other_names() -> Response | None:
        if request.endpoint == "static" or not request.headers.get("Host"):  # open to all; and from no browser
            return None
        host = PORT.sub("", request.host).strip("[]").lower()
        return None if host in names or is_loopback(host) else error_page(400, template="elsewhere")

    app.url_map.converters["int"] = RowId
    app.url_map.converters["code"] = Code
    app.before_request(_refuse_nul)


def _refuse_nul() -> None:
    if "\0" in request.path or b"%00" in request.query_string:
        abort(400)
