"""A forgotten password: a letter with a link, and the same answer for everybody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import settings_for
from tests.support import mail, make, trail
from tests.support.clocks import pass_time
from tests.support.mail import Mailbox
from tests.support.make import PASSWORD
from tests.support.pages import Page, Pages
from tracker.accounts import commands
from tracker.accounts.throttle import LETTERS
from tracker.core import outbox
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.core.outbox import Letter, MailServer
from tracker.wiring import create_app


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An installation that sends mail."""
    settings = replace(
        settings_for(database_url, tmp_path),
        mail_url="smtp://127.0.0.1:1",
        public_url="https://waymark.example.edu/tracker",
    )
    app = create_app(settings)
    app.testing = True
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server that keeps what it is given."""
    with mail.server() as mailbox:
        yield mailbox


def ask(pages: Pages, email: str, status: int = 200) -> Page:
    """Fill in the form."""
    return pages.submit(pages.get("accounts.forgotten"), email=email, status=status)


def test_the_letter_lets_in_once(pages: Pages, mailbox: Mailbox) -> None:
    account = make.account(person=make.person("Ada Byron", email="Ada@Example.edu"), password=PASSWORD)

    page = ask(pages, " ADA@example.edu")
    sent = outbox.send_waiting(MailServer(mailbox.url, "waymark@example.edu"))

    assert (page.h1, sent) == ("Look into your mailbox", 1)
    letter = mailbox.letters[0]
    assert (letter["To"], letter["From"]) == ("ada@example.edu", "waymark@example.edu")
    assert letter["Subject"] == "Your sign-in link for Waymark"
    text = letter.get_content().replace("\r\n", "\n")
    assert text.startswith("Dear Ada Byron,\n")
    link = next(line for line in text.splitlines() if "/sign-in/" in line)
    assert link.startswith("https://waymark.example.edu/tracker/sign-in/")
    page = pages.submit(pages.open(link.removeprefix("https://waymark.example.edu/tracker")))
    assert page.h1 == "Choose a password"
    assert trail.verbs(f"account:{account.id}")[-2:] == ["account.link-sent", "account.signed-in-by-link"]


def test_the_text_of_a_letter_is_blanked_once_it_is_sent(pages: Pages, mailbox: Mailbox) -> None:
    ask(pages, make.account(Role.OFFICE).email)
    outbox.send_waiting(MailServer(mailbox.url, "waymark@example.edu"))
    assert [letter.body for letter in db.session.scalars(select(Letter))] == [""]


def test_the_link_runs_out_after_an_hour(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(pages, make.account(Role.OFFICE).email)
    body = db.session.scalar(select(Letter.body)) or ""
    path = next(line for line in body.splitlines() if "/sign-in/" in line).partition("/tracker")[2]
    db.session.close()
    pages.open(path)
    pass_time(monkeypatch, timedelta(hours=1))
    pages.open(path, status=410)


def test_an_unknown_address_gets_the_same_answer_and_no_letter(pages: Pages) -> None:
    known = make.account(Role.OFFICE).email
    answers = [ask(pages, email).text.replace(email, "…") for email in (known, "nobody@example.edu")]
    assert answers[0] == answers[1]
    assert [letter.address for letter in db.session.scalars(select(Letter))] == [known]


def test_a_sample_account_gets_no_letter(pages: Pages) -> None:
    commands.add_account(make.by(), "sample@example.edu", role=Role.OFFICE, sample_note="Sees all")
    ask(pages, "sample@example.edu")
    assert db.session.scalars(select(Letter)).all() == []


@pytest.mark.parametrize("is_known", [True, False])
def test_a_mailbox_is_not_flooded(pages: Pages, is_known: bool) -> None:
    email = make.account(Role.OFFICE).email if is_known else "nobody@example.edu"
    for _ in range(LETTERS.size):
        ask(pages, email)
    page = ask(pages, email, status=429)
    assert page.h1 == "Too many attempts"
    assert "Please try again in 20 minutes." in page.text


@pytest.mark.parametrize("typed", ["", "ada", "ada@", "a@b@c.org"])
def test_what_is_no_address_is_said(pages: Pages, typed: str) -> None:
    page = ask(pages, typed, status=422)
    assert page.errors == ["Enter an e-mail address such as name@example.org" if typed else "Enter your e-mail address"]


def test_without_a_mail_server_the_page_says_whom_to_ask(app: Flask, pages: Pages) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_url=None)
    page = pages.get("accounts.forgotten")
    assert "This installation does not send mail." in page.text
    assert not page.html.select("main form")
    pages.post("accounts.forgotten", {"email": make.account(Role.OFFICE).email})
    assert db.session.scalars(select(Letter)).all() == []
