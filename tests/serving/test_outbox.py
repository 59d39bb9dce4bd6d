"""Letters leave through a real mail server, each once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support import mail, make
from tests.support.clocks import pass_time
from tests.support.mail import Mailbox
from tests.support.postgres import free_port
from tracker.core import outbox
from tracker.core.database import db
from tracker.core.errors import Conflict
from tracker.core.outbox import Letter, LetterState, MailServer


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server that keeps what it is given."""
    with mail.server() as mailbox:
        yield mailbox


def write(*addresses: str, subject: str = "Hello", body: str = "Grüße\n") -> None:
    """Put letters into the outbox."""
    with make.transaction() as tx:
        for address in addresses:
            outbox.write(tx, address, subject, body)


def send(mailbox: Mailbox) -> int:
    """Send what is due."""
    return outbox.send_waiting(MailServer(mailbox.url, "waymark@example.edu"))


def letters() -> list[Letter]:
    """The outbox, oldest first."""
    db.session.close()
    return list(db.session.scalars(select(Letter).order_by(Letter.id)))


def test_letters_are_sent_in_order_and_once(app: Flask, mailbox: Mailbox) -> None:
    write("ada@example.edu", "bob@example.edu")
    assert (send(mailbox), send(mailbox)) == (2, 0)
    assert [letter["To"] for letter in mailbox.letters] == ["ada@example.edu", "bob@example.edu"]
    assert mailbox.letters[0].get_content() == "Grüße\r\n"
    assert [(letter.state, letter.body) for letter in letters()] == [(LetterState.SENT, "")] * 2
    assert outbox.counts()[LetterState.SENT] == 2


def test_a_letter_leaves_with_its_deed_or_not_at_all(app: Flask, mailbox: Mailbox) -> None:
    def deed() -> None:
        with make.transaction() as tx:
            outbox.write(tx, "ada@example.edu", "Hello", "…")
            raise Conflict("somebody else was first")

    with pytest.raises(Conflict):
        deed()
    assert send(mailbox) == 0


def test_without_a_mail_server_letters_wait(app: Flask) -> None:
    write("ada@example.edu")
    assert outbox.send_waiting(None) == 0
    assert [letter.state for letter in letters()] == [LetterState.WAITING]


def test_an_address_that_is_refused_for_good_is_not_tried_again(app: Flask, mailbox: Mailbox) -> None:
    mailbox.refused.add("gone@example.edu")
    write("gone@example.edu", "ada@example.edu")
    assert send(mailbox) == 1
    gone, sent = letters()
    assert (gone.state, gone.error) == (LetterState.REFUSED, "The mail server refused the address: 550 no such mailbox")
    assert sent.state == LetterState.SENT


def test_a_busy_server_is_asked_again_later(app: Flask, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    mailbox.is_busy = True
    write("ada@example.edu")
    assert send(mailbox) == 0
    assert [letter.state for letter in letters()] == [LetterState.WAITING]
    mailbox.is_busy = False
    assert send(mailbox) == 0
    db.session.close()
    pass_time(monkeypatch, timedelta(minutes=2))
    assert send(mailbox) == 1


def test_a_server_that_is_away_is_asked_again_and_at_last_given_up(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    away = MailServer(f"smtp://127.0.0.1:{free_port()}", "waymark@example.edu")
    write("ada@example.edu")
    for _ in range(outbox.MOST_ATTEMPTS):
        assert outbox.send_waiting(away) == 0
        db.session.close()
        pass_time(monkeypatch, timedelta(days=1))
    (letter,) = letters()
    assert letter.state == LetterState.REFUSED
    assert letter.error == "Given up after 8 tries. The mail server could not be reached"


def test_one_that_was_on_its_way_when_the_worker_died_is_shown_and_never_doubled(
    app: Flask, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("ada@example.edu")
    assert outbox._take() is not None
    pass_time(monkeypatch, timedelta(days=30))
    assert send(mailbox) == 0
    assert outbox.counts()[LetterState.UNSURE] == 1


@pytest.mark.parametrize(
    ("address", "subject"),
    [("ada@example.edu\nBcc: all@example.edu", "Hello"), ("ada@example.edu", "Hello\r\nBcc: all@example.edu")],
)
def test_nobody_smuggles_in_a_header(app: Flask, mailbox: Mailbox, address: str, subject: str) -> None:
    write(address, subject=subject)
    write("bob@example.edu")
    assert send(mailbox) == 1
    assert [letter.state for letter in letters()] == [LetterState.REFUSED, LetterState.SENT]
    assert [letter["To"] for letter in mailbox.letters] == ["bob@example.edu"]
