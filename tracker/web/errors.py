"""One place where errors become pages: each with its status, calm words, and what to do next."""

import logging
import sqlite3

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException

from tracker.core.database import db
from tracker.core.errors import Busy, Conflict, Forbidden, Invalid, NotFound
from tracker.core.words import PRODUCT_NAME

MEGABYTE = 2**20
LOCK_NOT_AVAILABLE = "55P03"
"""What PostgreSQL says where a lock was not to be had in the time that a page waits for it."""
WITH_A_PAGE = frozenset({400, 403, 404, 405, 413, 429})
log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Turn every error into a page."""
    app.register_error_handler(NotFound, lambda _: error_page(404))
    app.register_error_handler(Forbidden, lambda _: error_page(403))
    app.register_error_handler(Conflict, lambda error: error_page(409, message=error.message))
    app.register_error_handler(Invalid, lambda error: error_page(422, message=error.message))
    app.register_error_handler(Busy, lambda _: _busy())
    app.register_error_handler(CSRFError, lambda _: error_page(400, template="stale"))
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(InterfaceError, _database)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def error_page(status: int, *, template: str = "", **context: object) -> Response:
    """An error's page. It asks nothing of the database, which may be what is wrong."""
    frame = {"product_name": PRODUCT_NAME, "institution_name": "", "way_back": _way_back()}
    return make_response(render_template(f"errors/{template or status}.html", **frame, **context), status)


def _way_back() -> str:
    """The page itself if it can be opened again, else the start page."""
    methods = request.url_rule.methods if request.url_rule else None
    return f"{request.script_root}{request.path if 'GET' in (methods or ()) else '/'}"


def _http(error: HTTPException) -> Response:
    """What Flask and Werkzeug refuse by themselves; their headers (such as Allow) stay."""
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response(request.environ))
    page = status if status in WITH_A_PAGE else 400 if status < 500 else 500
    response = _too_large() if page == 413 else error_page(page)
    response.status_code = status
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _too_large() -> Response:
    """How much may be sent, in megabytes; in other words where a feature has put them into `g.too_large`."""
    most = (request.max_content_length or 0) // MEGABYTE
    return error_page(413, most=most, words=g.get("too_large", ""))


def _database(error: OperationalError | InterfaceError) -> Response:
    """The database does not answer, or not in time. SQLite calls a fault in SQL by the same name, which is ours."""
    if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
        return _unforeseen(error)
    if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
        db.session.remove()
        return _busy()
    log.error("the database did not answer %s %s: %s", request.method, request.endpoint, error.orig)
    db.session.remove()
    response = error_page(503)
    response.headers["Retry-After"] = "30"
    return response


def _busy() -> Response:
    """Others are writing for long, and a page does not wait for that."""
    response = error_page(503, template="busy")
    response.headers["Retry-After"] = "60"
    return response


def _unforeseen(error: Exception) -> Response:
    """A fault of ours: kept in the log, told without a trace; tests and the debugger want to see it."""
    if current_app.testing or current_app.debug:
        raise error
    log.exception("%s %s failed", request.method, request.endpoint)
    return error_page(500)
