"""Signing in with a password, and out again."""

import statistics
import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.support import cast, make, trail
from tests.support.clocks import pass_time
from tests.support.make import PASSWORD
from tests.support.pages import Pages
from tracker.accounts import commands, passwords
from tracker.accounts.models import Account
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.core.errors import Invalid

NOT_TEXT = "Your e-mail address contains a character that cannot be shown. Please type it again"
WRONG = "The e-mail address and the password do not belong together. Please check both."


def test_with_the_right_password(pages: Pages) -> None:
    account = make.account(Role.ADMINISTRATOR, password=PASSWORD)

    page = pages.submit(pages.get("accounts.sign_in"), email=account.email, password=PASSWORD)

    assert page.h1 == "System"
    assert trail.verbs(f"account:{account.id}")[-1] == "account.signed-in"


@pytest.mark.parametrize("typed", ["{}", "  {} ", "upper"])
def test_the_address_is_taken_however_it_is_typed(pages: Pages, typed: str) -> None:
    account = make.account(Role.ADMINISTRATOR, password=PASSWORD)
    email = account.email.upper() if typed == "upper" else typed.format(account.email)

    page = pages.submit(pages.get("accounts.sign_in"), email=email, password=PASSWORD)

    assert page.h1 == "System"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(pages: Pages) -> None:
    account = make.account(Role.ADMINISTRATOR, password=PASSWORD)
    invited = make.account(Role.AUDITOR)
    for email, password in (
        (account.email, "not the password"),
        ("nobody@example.edu", PASSWORD),
        (invited.email, PASSWORD),
    ):
        page = pages.submit(pages.get("accounts.sign_in"), email=email, password=password, status=422)
        assert page.errors == [WRONG]
        assert pages.get("accounts.system").h1 == "Sign in"
    assert "account.signed-in" not in trail.verbs()


def test_they_take_the_same_time(app: Flask) -> None:
    make.account(Role.ADMINISTRATOR, password=PASSWORD)

    def seconds(email: str) -> float:
        begun = time.perf_counter()
        with pytest.raises(Invalid):
            commands.sign_in(email, "not the password", "192.0.2.1")
        return time.perf_counter() - begun

    known, unknown = make.account(Role.OFFICE, password=PASSWORD).email, "nobody@example.edu"
    seconds(unknown)
    times = [(seconds(known), seconds(unknown)) for _ in range(7)]

    ratio = statistics.median(one for one, _ in times) / statistics.median(other for _, other in times)
    assert 0.5 < ratio < 2


@pytest.mark.parametrize(
    ("email", "password", "errors"),
    [
        ("", "", ["Enter your e-mail address", "Enter your password"]),
        ("ada", "x", ["Enter an e-mail address such as name@example.org"]),
        ("ada@example.edu", "x" * 201, ["Your password must be 200 characters or fewer"]),
        (
            "a\x00da@example.edu",
            "x",
            [NOT_TEXT],
        ),
    ],
)
def test_what_is_missing_or_wrong_is_said(pages: Pages, email: str, password: str, errors: list[str]) -> None:
    page = pages.submit(pages.get("accounts.sign_in"), email=email, password=password, status=422)
    assert page.errors == errors


def test_ten_megabytes_in_a_field_get_the_fields_own_message(pages: Pages) -> None:
    page = pages.get("accounts.sign_in")
    page = pages.submit(page, email="x" * 10_000_000, password="x", status=422)
    assert page.errors == ["Your e-mail address must be 254 characters or fewer"]
    assert len(page.html.select_one("#email")["value"]) == 254


def test_the_password_is_never_shown_again(pages: Pages) -> None:
    page = pages.submit(pages.get("accounts.sign_in"), email="ada@example.edu", password="seventeen horses", status=422)
    assert "seventeen horses" not in str(page.html)


def test_after_signing_in_she_is_where_she_wanted_to_go(pages: Pages) -> None:
    account = make.account(Role.ADMINISTRATOR, password=PASSWORD)

    page = pages.get("accounts.password", query={"from": "menu"})
    assert (page.h1, page.path) == ("Sign in", "/sign-in?next=/password?from%3Dmenu")
    wrong = pages.submit(page, email=account.email, password="not the password", status=422)
    page = pages.submit(wrong, email=account.email, password=PASSWORD)

    assert page.path == "/password?from=menu"


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example"]
)
def test_she_is_never_sent_to_another_site(pages: Pages, target: str) -> None:
    account = make.account(Role.ADMINISTRATOR, password=PASSWORD)

    page = pages.get("accounts.sign_in", query={"next": target})
    page = pages.submit(page, email=account.email, password=PASSWORD, next=target)

    assert page.path == "/system"


def test_who_is_signed_in_goes_on_from_the_sign_in_page(pages: Pages) -> None:
    pages.sign_in(make.account(Role.ADMINISTRATOR))
    assert pages.get("accounts.sign_in").h1 == "System"
    assert pages.get("accounts.sign_in", query={"next": "/password"}).path == "/password"


@pytest.mark.parametrize(
    ("who", "start"),
    [
        ("learner", "learner.home"),
        ("leaver", "learner.home"),
        ("champion_before", "learner.home"),
        ("champion", "dashboards.start"),
        ("office", "dashboards.start"),
        ("auditor", "dashboards.start"),
        ("administrator", "accounts.system"),
    ],
)
def test_everybody_begins_at_her_own_start(app: Flask, pages: Pages, who: str, start: str) -> None:
    pages.sign_in(cast.gather().everybody()[who])
    with app.test_request_context():
        path = app.url_for(start)

    answer = pages._once("GET", "/sign-in")

    assert (answer.status_code, answer.headers["Location"]) == (303, path)


def test_signing_out(pages: Pages) -> None:
    pages.sign_in(make.account(Role.ADMINISTRATOR))

    page = pages.submit(pages.get("accounts.system"), "Sign out")

    assert (page.h1, page.messages) == ("Sign in", ["You are signed out."])
    assert pages.get("accounts.system").h1 == "Sign in"


def test_signing_out_takes_more_than_a_link(pages: Pages) -> None:
    pages.sign_in(make.account(Role.ADMINISTRATOR))
    pages.open("/sign-out", status=405)
    assert pages.get("accounts.system").h1 == "System"


def test_a_session_lasts_twelve_hours(app: Flask, pages: Pages) -> None:
    assert app.permanent_session_lifetime == timedelta(hours=12)
    account = make.account(Role.ADMINISTRATOR, password=PASSWORD)
    pages.submit(pages.get("accounts.sign_in"), email=account.email, password=PASSWORD)
    with pages.client.session_transaction() as session:
        assert session.permanent


def test_a_session_of_an_account_that_is_gone_is_nobodys(pages: Pages) -> None:
    account = make.account(Role.ADMINISTRATOR)
    pages.sign_in(account)
    with make.transaction() as tx:
        tx.session.execute(update(Account).where(Account.id == account.id).values(session_key="another"))
    assert pages.get("accounts.system").h1 == "Sign in"


@pytest.mark.parametrize("named", ["", "1", "x:y", "²:k", ":"])
def test_a_session_that_names_nonsense_is_nobodys(pages: Pages, named: str) -> None:
    make.account(Role.ADMINISTRATOR)
    with pages.client.session_transaction() as session:
        session["_user_id"] = named
    assert pages.get("accounts.system").h1 == "Sign in"


def test_a_new_session_keeps_nothing_of_the_old_one(pages: Pages) -> None:
    account = make.account(Role.ADMINISTRATOR, password=PASSWORD)
    page = pages.get("accounts.sign_in")
    with pages.client.session_transaction() as session:
        session["planted"] = "by somebody else"
        before = session["csrf_token"]
    pages.submit(page, email=account.email, password=PASSWORD)
    with pages.client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != before


def test_an_outdated_hash_is_made_anew(app: Flask) -> None:
    account = make.account(Role.ADMINISTRATOR)
    weak = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with make.transaction() as tx:
        tx.session.execute(update(Account).where(Account.id == account.id).values(password_hash=weak))

    commands.sign_in(account.email, PASSWORD, "192.0.2.1")

    kept = db.session.scalar(select(Account.password_hash).where(Account.id == account.id))
    assert kept != weak
    assert kept is not None
    assert not passwords.is_outdated(kept)
    assert passwords.matches(kept, PASSWORD)


def test_a_term_that_ends_takes_its_rights_along(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    unit = make.unit()
    champion = make.champion(unit, ends_on=make.day(0))
    pages.sign_in(champion)
    assert pages.get("accounts.password").texts(".account .quiet") == ["Equity Champion"]

    pass_time(monkeypatch, timedelta(days=1))

    assert pages.get("accounts.password").texts(".account .quiet") == ["Learner"]
