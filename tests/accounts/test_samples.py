"""The accounts of the sample institution: one click, and only where there is nothing to protect."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.conftest import settings_for
from tests.support import make, trail
from tests.support.pages import Pages
from tracker.accounts import commands
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.wiring import create_app


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An installation for trying things on."""
    app = create_app(replace(settings_for(database_url, tmp_path), own_database=False))
    app.testing = True
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def sample(role: Role = Role.ADMINISTRATOR) -> int:
    """A sample account."""
    account_id, _ = commands.add_account(make.by(), "sample@example.edu", role=role, sample_note="Runs the system")
    return account_id


def test_they_are_listed_and_entered_with_one_click(pages: Pages) -> None:
    account_id = sample()

    page = pages.get("accounts.sign_in")
    assert page.texts("h2") == ["Look around as somebody"]
    assert "sample@example.edu Administrator Runs the system" in page.text
    page = pages.submit(page, "Sign in as sample@example.edu")

    assert page.h1 == "System"
    assert trail.verbs(f"account:{account_id}")[-1] == "account.signed-in"


def test_next_is_kept(pages: Pages) -> None:
    sample()
    page = pages.submit(pages.get("accounts.password"), "Sign in as sample@example.edu")
    assert page.path == "/password"


def test_nothing_is_listed_without_them(pages: Pages) -> None:
    make.account(Role.OFFICE)
    assert pages.get("accounts.sign_in").texts("h2") == []


def test_no_other_account_can_be_entered_like_that(pages: Pages) -> None:
    sample()
    account = make.account(Role.ADMINISTRATOR)
    pages.post("accounts.sign_in_to_sample", {"account": account.id}, status=404)
    pages.post("accounts.sign_in_to_sample", {"account": 99}, status=404)
    for number in ("x", "", "-1", "²", "99999999999999999999"):
        pages.post("accounts.sign_in_to_sample", {"account": number}, status=400)
    assert pages.get("accounts.system").h1 == "Sign in"


@pytest.mark.parametrize(
    "settings",
    [
        {"own_database": True},
        {"host": "0.0.0.0", "public_url": "https://waymark.example.edu"},
        {"public_url": "https://waymark.example.edu"},
        {"host": "192.0.2.7"},
    ],
)
def test_never_on_an_installation_of_ones_own(app: Flask, pages: Pages, settings: dict[str, Any]) -> None:
    account_id = sample()
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], **settings)
    assert pages.get("accounts.sign_in").texts("h2") == []
    pages.post("accounts.sign_in_to_sample", {"account": account_id}, status=404)


def test_their_password_cannot_be_set(pages: Pages) -> None:
    sample()
    page = pages.submit(pages.get("accounts.password"), "Sign in as sample@example.edu")
    assert page.h1 == "Password and sessions"
    assert not page.html.select("main form")
    pages.post("accounts.password", {"password": "four words in a row", "again": "four words in a row"})
    pages.post("accounts.sign_out_everywhere", status=403)
    assert not {"account.password-set", "account.signed-out-everywhere"} & set(trail.verbs())
