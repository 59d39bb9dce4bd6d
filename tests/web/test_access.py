"""Closed by default: who may open a page, and where a visitor is sent."""

import pytest
from flask import Flask

from tests.support import make
from tests.support.pages import Pages
from tracker.core.actor import Right, Role
from tracker.core.errors import Forbidden
from tracker.web import access
from tracker.web.access import check_routes, needs, needs_account, needs_any, public, safe_next


def test_every_view_declares_who_may_open_it(app: Flask) -> None:
    undeclared = [
        name for name, view in app.view_functions.items() if name != "static" and not hasattr(view, "needed_rights")
    ]
    assert undeclared == []


def test_a_view_that_declares_nothing_does_not_start(app: Flask) -> None:
    app.view_functions["forgotten.rights"] = lambda: "open to all"
    with pytest.raises(RuntimeError, match=r"do not declare who may open them: forgotten\.rights"):
        check_routes(app)


def test_each_unsafe_route_takes_an_account_but_for_signing_in_and_out(app: Flask) -> None:
    open_to_all = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and getattr(app.view_functions[rule.endpoint], "needed_rights", None) is None
    }
    assert open_to_all == {
        "accounts.sign_in",
        "accounts.sign_in_to_sample",
        "accounts.link",
        "accounts.forgotten",
        "accounts.sign_out",
    }


def test_declarations() -> None:
    def view() -> str:
        return ""

    assert public(view).needed_rights is None  # type: ignore[attr-defined]
    assert needs_account(view).needed_rights == frozenset()  # type: ignore[attr-defined]
    assert needs(Right.UNITS_READ)(view).needed_rights == {Right.UNITS_READ}  # type: ignore[attr-defined]
    both = needs_any(Right.UNITS_READ, Right.SYSTEM_RUN)(view)
    assert both.needed_rights == {Right.UNITS_READ, Right.SYSTEM_RUN}  # type: ignore[attr-defined]


def test_who_is_not_signed_in_is_sent_to_sign_in_and_then_on(pages: Pages) -> None:
    answer = pages._once("GET", "/system?x=1&y=a%20b")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/system?x%3D1%26y%3Da%2520b")


def test_a_form_sent_after_the_session_ended_leads_to_signing_in_and_back_to_its_page(pages: Pages) -> None:
    answer = pages._once("POST", "/password")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/password")
    answer = pages._once("POST", "/sign-out-everywhere")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")


def test_the_start_page_needs_no_next(pages: Pages) -> None:
    assert pages._once("GET", "/").headers["Location"] == "/sign-in"


def test_who_lacks_the_right_is_told(pages: Pages) -> None:
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.get("accounts.system", status=403)
    assert page.h1 == "You cannot open this page"


def test_an_unknown_address_is_not_there_for_anybody(pages: Pages) -> None:
    assert pages.open("/no/such/page", status=404).h1 == "This page is not here"


@pytest.mark.parametrize("number", ["99999999999999999999", "2147483648", "-1", "x"])
def test_a_number_that_no_row_can_have_is_not_there(pages: Pages, number: str) -> None:
    pages.sign_in(make.account(Role.ADMINISTRATOR))
    data = {"csrf_token": pages.token()}
    assert pages._once("POST", f"/system/jobs/{number}/run-again", data=data).status_code == 404


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"])
def test_only_static_files_are_static(pages: Pages, path: str) -> None:
    pages.open(path, status=404)


@pytest.mark.parametrize("path", ["/sign-in?next=%00", "/sign-in/%00"])
def test_a_nul_is_refused(pages: Pages, path: str) -> None:
    pages.open(path, status=400)


def test_there_is_no_actor_without_an_account(app: Flask) -> None:
    with app.test_request_context("/"), pytest.raises(Forbidden):
        access.actor()


@pytest.mark.parametrize(
    ("target", "safe"),
    [
        ("/", "/"),
        ("/units/MED?as_of=2026-11-21", "/units/MED?as_of=2026-11-21"),
        ("/search?q=https://example.org", "/search?q=https://example.org"),
        ("/units/Grüße", "/units/Grüße"),
        (None, None),
        ("", None),
        ("system", None),
        ("//evil.example", None),
        ("///evil.example", None),
        ("/\\evil.example", None),
        ("\\\\evil.example", None),
        ("/\t/evil.example", None),
        ("/\n/evil.example", None),
        (" //evil.example", None),
        ("https://evil.example", None),
        ("https:evil.example", None),
        ("javascript:alert(1)", None),
        ("http://localhost/system", None),
        ("/x\x00y", None),
    ],
)
def test_only_paths_of_this_site_are_safe_to_go_on_to(target: str | None, safe: str | None) -> None:
    assert safe_next(target) == safe
