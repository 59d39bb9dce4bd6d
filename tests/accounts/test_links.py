"""One-time links: opened as often as one likes, used once, for a limited time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support import make, trail
from tests.support.clocks import pass_time
from tests.support.make import PASSWORD
from tests.support.pages import Pages
from tracker.accounts import commands, jobs
from tracker.accounts.models import SignInLink
from tracker.accounts.rules import FORGOTTEN_LIVES, INVITATION_LIVES
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.core.errors import NotFound


def link_into(account_id: int, lives: timedelta = timedelta(days=7)) -> str:
    """The secret of a new link."""
    with make.transaction() as tx:
        return commands.make_link(tx, account_id, lives=lives)


def test_opening_it_changes_nothing_and_its_button_signs_in(pages: Pages) -> None:
    account = make.account(person=make.person("Ada Byron"))
    token = link_into(account.id)

    for _ in range(3):
        page = pages.get("accounts.link", token=token)
        assert page.h1 == "Sign in as Ada Byron"
    assert pages.get("accounts.password").h1 == "Sign in"
    page = pages.submit(page, "Sign in as Ada Byron")

    assert (page.h1, page.path) == ("Choose a password", "/password")
    assert page.texts(".account-name") == ["Ada Byron"]
    assert trail.verbs(f"account:{account.id}")[-1] == "account.signed-in-by-link"


def test_it_can_be_used_once(pages: Pages) -> None:
    token = link_into(make.account().id)
    page = pages.get("accounts.link", token=token)
    pages.submit(page)
    pages.sign_in(None)

    again = pages.post("accounts.link", token=token, status=410)

    assert again.h1 == "This link can no longer be used"
    pages.get("accounts.link", token=token, status=410)


def test_it_runs_out(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    token = link_into(make.account().id)
    pass_time(monkeypatch, timedelta(days=7, seconds=-10))
    pages.get("accounts.link", token=token)
    pass_time(monkeypatch, timedelta(seconds=20))
    pages.get("accounts.link", token=token, status=410)
    pages.post("accounts.link", token=token, status=410)


@pytest.mark.parametrize("token", ["x", "a" * 5000, "Grüße", "forgotten-not"])
def test_one_that_never_was_looks_like_one_that_is_gone(pages: Pages, token: str) -> None:
    assert pages.get("accounts.link", token=token, status=410).h1 == "This link can no longer be used"


def test_of_many_who_use_it_at_once_one_gets_in(app: Flask) -> None:
    token = link_into(make.account().id)

    def use(_: int) -> bool:
        with app.app_context():
            try:
                commands.use_link(token)
            except NotFound:
                return False
            return True

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(use, range(6))) == [False] * 5 + [True]


def test_setting_a_password_ends_the_other_links(pages: Pages) -> None:
    account = make.account()
    used, open_one = link_into(account.id), link_into(account.id)
    page = pages.submit(pages.get("accounts.link", token=used))

    page = pages.submit(page, password=PASSWORD, again=PASSWORD)

    assert page.messages == ["Your password is set. Other sessions of yours have ended."]
    pages.sign_in(None)
    pages.get("accounts.link", token=open_one, status=410)


def test_who_came_by_a_link_needs_no_present_password_but_later_does(pages: Pages) -> None:
    account = make.account(password=PASSWORD)
    page = pages.submit(pages.get("accounts.link", token=link_into(account.id)))
    assert page.h1 == "Choose a password"

    pages.submit(page, password="another four words", again="another four words")

    assert pages.get("accounts.password").texts("main label")[0] == "Your present password"


def test_its_secret_is_kept_nowhere(pages: Pages) -> None:
    token = link_into(make.account().id)
    pages.submit(pages.get("accounts.link", token=token))
    kept = [link.token_hash for link in db.session.scalars(select(SignInLink))]
    assert token not in str(kept) + str(trail.everything())


def test_links_that_ran_out_long_ago_are_cleared_away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    make.account()
    pass_time(monkeypatch, timedelta(days=36))
    jobs.tidy()
    assert len(db.session.scalars(select(SignInLink)).all()) == 1
    db.session.close()
    pass_time(monkeypatch, timedelta(days=2))
    jobs.tidy()
    assert db.session.scalars(select(SignInLink)).all() == []


def test_an_invitation_lives_for_a_week_and_a_forgotten_password_for_an_hour() -> None:
    assert (timedelta(days=7), timedelta(hours=1)) == (INVITATION_LIVES, FORGOTTEN_LIVES)


def test_another_visitors_session_is_replaced(pages: Pages) -> None:
    pages.sign_in(make.account(Role.ADMINISTRATOR))
    account = make.account(person=make.person("Ada Byron"))
    page = pages.submit(pages.get("accounts.link", token=link_into(account.id)))
    assert page.texts(".account-name") == ["Ada Byron"]
