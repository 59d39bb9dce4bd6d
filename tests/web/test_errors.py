"""Every error is a page: its status, calm words, and a way on."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, abort
from sqlalchemy import text

from tests.conftest import settings_for
from tests.support import make
from tests.support.pages import Pages
from tests.support.postgres import free_port
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.core.errors import Busy, Conflict, Forbidden, Invalid, NotFound
from tracker.web.access import public
from tracker.wiring import create_app

RAISED = {
    "not-found": (NotFound("unit MED"), 404, "This page is not here"),
    "forbidden": (Forbidden("takes units:read"), 403, "You cannot open this page"),
    "conflict": (Conflict("This claim has already been decided."), 409, "That has changed in the meantime"),
    "busy": (Busy("the turn"), 503, "This page has to wait for a moment"),
    "invalid": (
        Invalid("day", "The day must not lie ahead."),
        422,
        "This address asks for something that is not there",
    ),
}


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application with views that fail, set as in production."""
    app = create_app(settings_for(database_url, tmp_path))
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @public
    def fail(how: str) -> str:
        if how in RAISED:
            raise RAISED[how][0]
        if how.isdigit():
            abort(int(how))
        if how == "sql":
            db.session.execute(text("SELECT 1 FROM nowhere"))
        raise ZeroDivisionError("the innermost secret")

    app.add_url_rule("/fail/<how>", "fail", fail)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("how", RAISED)
def test_what_commands_refuse(pages: Pages, how: str) -> None:
    error, status, heading = RAISED[how]
    page = pages.open(f"/fail/{how}", status=status)
    assert page.h1 == heading
    if isinstance(error, Conflict | Invalid):
        assert error.message in page.text
    else:
        assert str(error) not in page.text


@pytest.mark.parametrize(
    ("status", "heading"),
    [
        (400, "This request could not be understood"),
        (403, "You cannot open this page"),
        (404, "This page is not here"),
        (405, "This page cannot be opened like that"),
        (413, "That is too much to send at once"),
        (429, "Too many attempts"),
        (418, "This request could not be understood"),
        (501, "Something went wrong here"),
    ],
)
def test_what_the_server_refuses(pages: Pages, status: int, heading: str) -> None:
    page = pages.open(f"/fail/{status}", status=status)
    assert page.h1 == heading
    assert page.texts(".page-foot p") == ["Waymark"]
    assert page.html.select("main a")


def test_a_fault_of_ours_is_told_without_a_trace_and_kept_in_the_log(
    pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        page = pages.open("/fail/x", status=500)
    assert page.h1 == "Something went wrong here"
    assert "secret" not in str(page.html)
    assert page.link("Try again") == "/fail/x"
    assert "the innermost secret" in caplog.text


def test_a_wrong_method_says_which_are_right(pages: Pages) -> None:
    page = pages.open("/sign-out", status=405)
    assert set(page.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


def test_a_form_without_its_token(pages: Pages) -> None:
    answer = pages._once("POST", "/sign-in", data={"email": "a@example.edu", "password": "x"})
    assert answer.status_code == 400
    assert "This page was open too long" in answer.text
    assert 'href="/sign-in"' in answer.text


def test_a_form_with_anothers_token(pages: Pages) -> None:
    other = Pages(pages.app)
    data = {"email": "a@example.edu", "password": "x", "csrf_token": other.token()}
    pages.get("accounts.sign_in")
    assert pages._once("POST", "/sign-in", data=data).status_code == 400


def test_a_request_may_be_large_and_not_larger(pages: Pages) -> None:
    page = pages.get("accounts.sign_in")
    pages.submit(page, email="x" * 15_000_000, password="x", status=422)
    page = pages.submit(page, email="x" * 17_000_000, password="x", status=413)
    assert page.h1 == "That is too much to send at once"


@pytest.mark.parametrize("url", ["postgresql+psycopg://nobody@127.0.0.1:{port}/waymark", "sqlite:///{folder}/no/w.db"])
def test_without_a_database(tmp_path: Path, url: str, caplog: pytest.LogCaptureFixture) -> None:
    settings = settings_for("sqlite://", tmp_path)
    app = create_app(replace(settings, database_url=url.format(port=free_port(), folder=tmp_path)))
    pages = Pages(app)

    with caplog.at_level(logging.CRITICAL, logger="sqlalchemy"):
        page = pages.get("accounts.sign_in", status=503)
        with pages.client.session_transaction() as session:
            session["_user_id"] = "1:key"
        again = pages.open("/system", status=503)

    assert page.h1 == again.h1 == "We cannot reach the records right now"
    assert page.headers["Retry-After"] == "30"
    assert "Error" not in page.text
    assert pages.open("/nowhere", status=404).h1 == "This page is not here"
    with app.app_context():
        db.engine.dispose()


def test_a_fault_in_sql_is_no_outage(pages: Pages) -> None:
    pages.open("/fail/sql", status=500)


def test_the_way_back_stays_on_this_site(pages: Pages) -> None:
    answer = pages._once("GET", "//evil.example/x")
    assert "evil.example" not in answer.text


def test_who_is_signed_in_stays_so(pages: Pages) -> None:
    pages.sign_in(make.account(Role.ADMINISTRATOR))
    pages.open("/fail/x", status=500)
    assert pages.get("accounts.system").h1 == "System"
