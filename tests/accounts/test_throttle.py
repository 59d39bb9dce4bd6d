"""Nobody can guess on and on, and nobody who guesses keeps another out: buckets by address, of mail and of network."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support import make
from tests.support.clocks import pass_time
from tests.support.make import PASSWORD
from tests.support.pages import Pages
from tracker.accounts import commands, jobs, throttle
from tracker.accounts.models import Attempt
from tracker.accounts.throttle import (
    LETTERS,
    LETTERS_BY_EMAIL,
    SIGN_IN,
    SIGN_IN_BY_ADDRESS,
    SIGN_IN_BY_EMAIL,
    Bucket,
    Throttled,
    network_of,
)
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.core.errors import Invalid

EMAIL = "somebody@example.edu"


def guess(email: str = EMAIL, address: str = "192.0.2.1") -> None:
    """Sign in with a wrong password."""
    with pytest.raises(Invalid):
        commands.sign_in(email, "not the password", address)


@pytest.mark.parametrize("is_known", [True, False])
def test_after_ten_wrong_passwords_one_has_to_wait(pages: Pages, is_known: bool) -> None:
    email = make.account(Role.ADMINISTRATOR, password=PASSWORD).email if is_known else EMAIL
    page = pages.get("accounts.sign_in")
    for _ in range(SIGN_IN.size):
        pages.submit(page, email=email, password="not the password", status=422)

    page = pages.submit(page, email=email, password=PASSWORD, status=429)

    assert page.h1 == "Too many attempts"
    assert "Please try again in a minute." in page.text
    assert 0 < int(page.headers["Retry-After"]) <= 60


def test_others_are_not_kept_waiting(app: Flask) -> None:
    account = make.account(Role.ADMINISTRATOR, password=PASSWORD)
    for _ in range(SIGN_IN.size):
        guess()
    assert commands.sign_in(account.email, PASSWORD, "192.0.2.1") == account.id


def test_with_time_one_may_try_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(SIGN_IN.size):
        guess()
    with pytest.raises(Throttled) as refusal:
        commands.sign_in(EMAIL, PASSWORD, "192.0.2.1")
    assert refusal.value.minutes == 1

    pass_time(monkeypatch, SIGN_IN.drains_in)

    guess()
    with pytest.raises(Throttled):
        commands.sign_in(EMAIL, PASSWORD, "192.0.2.1")


def test_one_network_address_cannot_try_many_accounts(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "SIGN_IN_BY_ADDRESS", Bucket("small", 3, timedelta(minutes=1)))
    for number in range(3):
        guess(email=f"person{number}@example.edu")
    with pytest.raises(Throttled):
        commands.sign_in("person4@example.edu", "not the password", "192.0.2.1")
    guess(email="person4@example.edu", address="192.0.2.2")


def test_who_signs_in_rightly_is_never_throttled(app: Flask) -> None:
    account = make.account(Role.ADMINISTRATOR, password=PASSWORD)
    for _ in range(2 * SIGN_IN.size):
        commands.sign_in(account.email, PASSWORD, "192.0.2.1")


def test_a_refused_try_fills_no_bucket(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(SIGN_IN.size):
        guess()
    for _ in range(20):
        with pytest.raises(Throttled):
            commands.sign_in(EMAIL, "not the password", "192.0.2.1")
    pass_time(monkeypatch, SIGN_IN.drains_in)
    guess()


def test_many_at_once_get_no_more_tries_than_one_after_the_other(app: Flask) -> None:
    def attempt(number: int) -> str:
        with app.app_context():
            try:
                commands.sign_in(EMAIL, "not the password", "192.0.2.1")
            except Throttled:
                return "throttled"
            except Invalid:
                return "wrong"
            return "in"

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(attempt, range(24)))

    assert answers.count("wrong") == SIGN_IN.size
    assert answers.count("throttled") == 24 - SIGN_IN.size


def test_the_buckets_name_nobody(app: Flask) -> None:
    guess()
    assert not [key for key in db.session.scalars(select(Attempt.key)) if "@" in key or "192" in key]


def test_empty_buckets_are_forgotten(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    guess()
    jobs.tidy()
    assert len(db.session.scalars(select(Attempt.key)).all()) == 3
    db.session.close()
    pass_time(monkeypatch, timedelta(days=2))
    jobs.tidy()
    jobs.tidy()
    assert db.session.scalars(select(Attempt.key)).all() == []


def test_a_whole_building_can_sign_in_from_one_address() -> None:
    assert SIGN_IN_BY_ADDRESS.size >= 100


def test_a_stranger_who_guesses_keeps_nobody_out(app: Flask) -> None:
    account = make.account(Role.ADMINISTRATOR, password=PASSWORD)
    for _ in range(SIGN_IN.size):
        guess(account.email, "198.51.100.1")
    with pytest.raises(Throttled):
        commands.sign_in(account.email, PASSWORD, "198.51.100.1")
    assert commands.sign_in(account.email, PASSWORD, "192.0.2.1") == account.id


def test_who_guesses_from_many_networks_has_to_wait_too(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "SIGN_IN_BY_EMAIL", Bucket("small", 5, timedelta(seconds=15)))
    for number in range(5):
        guess(address=f"198.51.100.{number}")
    with pytest.raises(Throttled):
        commands.sign_in(EMAIL, "not the password", "192.0.2.1")


@pytest.mark.parametrize(("narrow", "wide"), [(SIGN_IN, SIGN_IN_BY_EMAIL), (LETTERS, LETTERS_BY_EMAIL)])
def test_one_network_never_fills_what_counts_from_anywhere(narrow: Bucket, wide: Bucket) -> None:
    assert wide.size > narrow.size
    assert wide.drains_in < narrow.drains_in


def test_one_who_asks_for_letters_keeps_nobody_from_asking(app: Flask) -> None:
    for _ in range(LETTERS.size):
        commands.forgot_password(EMAIL, "198.51.100.1")
    with pytest.raises(Throttled):
        commands.forgot_password(EMAIL, "198.51.100.1")
    commands.forgot_password(EMAIL, "192.0.2.1")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"),
        ("2001:DB8:0:1:ffff::", "2001:db8:0:1::/64"),
        ("unknown", "unknown"),
    ],
)
def test_addresses_of_one_household_count_as_one(address: str, network: str) -> None:
    assert network_of(address) == network
