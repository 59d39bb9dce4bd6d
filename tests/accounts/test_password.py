"""One's own password, and all one's sessions."""

import pytest
from flask import Flask

from tests.support import make, trail
from tests.support.make import PASSWORD
from tests.support.pages import Pages
from tracker.accounts import commands, passwords, queries
from tracker.accounts.queries import SignedIn
from tracker.accounts.throttle import PRESENT_PASSWORD
from tracker.core import clock
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.core.errors import Conflict

NEW = "another four words"


@pytest.fixture
def signed_in(pages: Pages) -> Pages:
    """An administrator with a password."""
    pages.sign_in(make.account(Role.ADMINISTRATOR, password=PASSWORD))
    return pages


def test_it_is_changed_by_who_knows_it(signed_in: Pages) -> None:
    page = signed_in.get("accounts.password")
    assert page.h1 == "Password and sessions"
    assert page.texts("main label") == ["Your present password", "New password", "The same password again"]

    page = signed_in.submit(page, "Change the password", current=PASSWORD, password=NEW, again=NEW)

    assert page.messages == ["Your password is set. Other sessions of yours have ended."]
    assert signed_in.get("accounts.system").h1 == "System"
    assert trail.verbs()[-1] == "account.password-set"


def test_other_sessions_end_with_it(pages: Pages) -> None:
    account = make.account(Role.ADMINISTRATOR, password=PASSWORD)
    elsewhere = Pages(pages.app)
    for one in (pages, elsewhere):
        one.sign_in(account)
    page = pages.get("accounts.password")

    pages.submit(page, "Change the password", current=PASSWORD, password=NEW, again=NEW)

    assert pages.get("accounts.system").h1 == "System"
    assert elsewhere.get("accounts.system").h1 == "Sign in"


@pytest.mark.parametrize(
    ("current", "password", "again", "errors"),
    [
        ("", "", "", ["Enter your present password", "Enter a new password", "Enter the same password again"]),
        ("not the password", NEW, NEW, ["This is not your present password"]),
        (PASSWORD, NEW, "something else", ["The two passwords are not the same"]),
        (PASSWORD, NEW, "  " + NEW, ["The two passwords are not the same"]),
        (
            PASSWORD,
            "too short",
            "too short",
            ["The password must be 12 characters or more; a few words in a row are easy to remember"],
        ),
        (PASSWORD, "x" * 201, "x" * 201, ["The password must be 200 characters or fewer"]),
        (PASSWORD, "abcabcabcabcabc", "abcabcabcabcabc", ["The password must not be a few characters repeated"]),
    ],
)
def test_what_cannot_be_taken_is_said(
    signed_in: Pages, current: str, password: str, again: str, errors: list[str]
) -> None:
    page = signed_in.get("accounts.password")
    page = signed_in.submit(page, "Change the password", current=current, password=password, again=again, status=422)
    assert page.errors[: len(errors)] == errors
    assert trail.verbs().count("account.password-set") == 1


def test_signing_out_everywhere(pages: Pages) -> None:
    account = make.account(Role.ADMINISTRATOR, password=PASSWORD)
    elsewhere = Pages(pages.app)
    for one in (pages, elsewhere):
        one.sign_in(account)

    page = pages.submit(pages.get("accounts.password"), "Sign out everywhere")

    assert page.messages == ["You are signed out on all devices."]
    for one in (pages, elsewhere):
        assert one.get("accounts.system").h1 == "Sign in"
    assert trail.verbs()[-1] == "account.signed-out-everywhere"


def test_it_and_its_hash_are_not_in_the_trail(signed_in: Pages) -> None:
    page = signed_in.get("accounts.password")
    signed_in.submit(page, "Change the password", current=PASSWORD, password=NEW, again=NEW)
    told = str(trail.everything())
    assert NEW not in told
    assert "argon2" not in told
    assert "@" not in told


def test_it_takes_an_account(pages: Pages) -> None:
    assert pages.get("accounts.password").h1 == "Sign in"
    assert pages.post("accounts.sign_out_everywhere").h1 == "Sign in"


def test_the_present_password_cannot_be_guessed_on_and_on(signed_in: Pages) -> None:
    page = signed_in.get("accounts.password")
    for _ in range(PRESENT_PASSWORD.size):
        signed_in.submit(page, "Change the password", current="not it", password=NEW, again=NEW, status=422)

    page = signed_in.submit(page, "Change the password", current=PASSWORD, password=NEW, again=NEW, status=429)

    assert page.h1 == "Too many attempts"
    assert trail.verbs().count("account.password-set") == 1


def test_who_knows_it_is_never_kept_waiting(signed_in: Pages) -> None:
    present = PASSWORD
    for number in range(PRESENT_PASSWORD.size + 1):
        page, new = signed_in.get("accounts.password"), f"{NEW} {number}"
        signed_in.submit(page, "Change the password", current=present, password=new, again=new)
        present = new


def test_nobody_waits_to_write_while_it_is_hashed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    actor = somebody().actor
    held: list[bool] = []
    matches, hash_of = passwords.matches, passwords.hash_of

    def matches_then(kept: str | None, password: str) -> bool:
        held.append(db.session().in_transaction())
        return matches(kept, password)

    def hash_then(password: str) -> str:
        held.append(db.session().in_transaction())
        return hash_of(password)

    monkeypatch.setattr(passwords, "matches", matches_then)
    monkeypatch.setattr(passwords, "hash_of", hash_then)
    commands.set_password(actor, NEW, current=PASSWORD)
    assert held == [False, False]


def test_of_two_who_change_it_at_once_the_first_has_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor, hash_of = somebody(), passwords.hash_of

    def hash_after_another(password: str) -> str:
        monkeypatch.setattr(passwords, "hash_of", hash_of)
        commands.set_password(visitor.actor, NEW, current=PASSWORD)
        return hash_of(password)

    monkeypatch.setattr(passwords, "hash_of", hash_after_another)
    with pytest.raises(Conflict):
        commands.set_password(visitor.actor, "yet another password", current=PASSWORD)
    assert commands.sign_in(visitor.email, NEW, "192.0.2.1") == visitor.actor.account_id


def somebody() -> SignedIn:
    """An administrator with a password."""
    found = queries.account(make.account(Role.ADMINISTRATOR, password=PASSWORD).id, clock.today())
    assert found is not None
    return found
