"""What is an e-mail address: the same for a command, a form, a roster and a letter."""

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support import make
from tests.support.pages import Pages
from tracker.accounts.models import Account
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.core.texts import E_MAIL, is_email
from tracker.people.models import Person

ADDRESSES = ("ada@example.edu", "a.b+c@x.example.edu", "office@hospital", "o'neil@example.edu", "münchen@exämple.edu")
NONE = (
    "",
    "ada",
    "ada@",
    "@example.edu",
    "a@b@c.org",
    "a@b..c",
    "a@.b",
    "a@b.",
    "a b@c",
    "a@b,c",
    "a\u200b@b",
    "(a)@b",
)


@pytest.mark.parametrize("typed", ADDRESSES)
def test_what_can_be_written_to(typed: str) -> None:
    assert is_email(typed)


@pytest.mark.parametrize("typed", [*NONE, "a" * 250 + "@b.org"])
def test_what_cannot(typed: str) -> None:
    assert not is_email(typed)


def test_it_is_found_among_other_words() -> None:
    found = E_MAIL.search('"Ada Nwosu" <ada@example.edu>.')
    assert found is not None
    assert found[0] == "ada@example.edu"


@pytest.mark.parametrize("email", ADDRESSES)
def test_who_is_given_an_account_can_sign_in_with_it(app: Flask, pages: Pages, email: str) -> None:
    done = app.test_cli_runner().invoke(args=["accounts", "add", email, "--role", "office"])
    assert done.exit_code == 0, done.output
    page = pages.submit(pages.get("accounts.sign_in"), email=email, password="not the password", status=422)
    assert page.errors == ["The e-mail address and the password do not belong together. Please check both."]


@pytest.mark.parametrize("email", NONE[1:])
def test_what_is_none_is_refused_everywhere(app: Flask, pages: Pages, email: str) -> None:
    done = app.test_cli_runner().invoke(args=["accounts", "add", email, "--role", "office"])
    assert done.exit_code == 1
    assert db.session.scalars(select(Account.id)).all() == []
    pages.submit(pages.get("accounts.sign_in"), email=email, password="x", status=422)
    ada = make.person("Ada")
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.submit(pages.get("directory.change_person", person_id=ada.id), email=email, status=422)
    assert page.errors
    assert db.session.scalar(select(Person.email).where(Person.id == ada.id)) == ada.email
