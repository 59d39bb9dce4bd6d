"""What the tests of messages share: a mail server, noon, and how a message is written through the pages."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from tests.support import mail
from tests.support.clocks import pass_time
from tests.support.mail import Mailbox
from tests.support.make import Person
from tests.support.pages import Page, Pages, text_of
from tracker.core import clock, outbox
from tracker.core.database import db
from tracker.core.outbox import MailServer

LOOK = "Look at it before it is sent"
SENDER = "Waymark <waymark@example.edu>"
Wait = Callable[..., None]


@pytest.fixture
def mailbox(app: Flask) -> Iterator[Mailbox]:
    """A mail server that keeps what it is given, and that the application knows of."""
    with mail.server() as mailbox:
        app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_url=mailbox.url)
        yield mailbox


@pytest.fixture
def wait(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Wait:
    """It is noon, so that a day is not over before the test is; calling this lets time pass."""

    def pass_(**time: int) -> None:
        db.session.close()
        pass_time(monkeypatch, timedelta(**time))

    now = clock.local(clock.now())
    pass_time(monkeypatch, now.replace(hour=12, minute=0, second=0, microsecond=0) - now)
    return pass_


def look(pages: Pages, *people: Person, status: int = 200, **values: object) -> Page:
    """Choose people, write to them, and look at what would be sent."""
    page = pages.post("messages.write", {"person": [person.id for person in people]})
    fields = {"subject": "Thursday", "text": "Dear {name},\n\nplease come on Thursday."} | values
    return pages.submit(page, LOOK, status=status, **fields)


def send(pages: Pages, preview: Page) -> Page:
    """Send what a preview shows; the page of the message."""
    (button,) = [words for words in preview.texts("main button") if words.startswith("Send to ")]
    return pages.submit(preview, button)


def write(pages: Pages, *people: Person, **values: object) -> Page:
    """Write to people and send it; the page of the message."""
    return send(pages, look(pages, *people, **values))


def deliver(mailbox: Mailbox) -> int:
    """Send what is due."""
    sent = outbox.send_waiting(MailServer(mailbox.url, SENDER))
    db.session.close()
    return sent


def states(page: Page) -> dict[str, str]:
    """Where a message stands with each of those who get it, as its page says."""
    found = {}
    for row in page.html.select("tbody tr"):
        name, state = text_of(row.select("th")[0]), text_of(row.select("td")[0])
        for deed in row.select("button"):
            state = state.replace(text_of(deed), "").strip()
        found[name] = state
    return found
