"""Letters leave through a real mail server, each once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from tests.support import mail, make
from tests.support.clocks import pass_time
from tests.support.mail import Mailbox
from tests.support.postgres import free_port
from tracker.core import outbox
from tracker.core.database import Transaction, db
from tracker.core.errors import Conflict
from tracker.core.mail_server import Answer, Became
from tracker.core.outbox import Letter, LetterKind, LetterState, MailServer


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


def test_one_that_another_worker_took_for_dead_is_sent_whole_the_next_time(
    app: Flask, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("ada@example.edu")
    slow = outbox._take()
    assert slow is not None
    outbox.note_cut_off(timedelta(0))
    outbox._settle(slow, Answer(Became.LATER, "The mail server could not be reached"))
    assert [(letter.state, letter.body) for letter in letters()] == [(LetterState.WAITING, "Grüße\n")]
    db.session.close()
    pass_time(monkeypatch, timedelta(minutes=2))
    assert send(mailbox) == 1
    assert mailbox.letters[0].get_content() == "Grüße\r\n"


def hold(*addresses: str) -> None:
    """Letters of the programme that were held overnight, and so are looked at once more."""
    with make.transaction() as tx:
        for address in addresses:
            letter = Letter(kind=LetterKind.PROGRAMME, address=address, subject="Hello", body="…", attempts=0)
            letter.state, letter.not_before = LetterState.WAITING, tx.now
            letter.written_at = tx.now - timedelta(days=2)
            tx.session.add(letter)


def test_one_whose_words_fail_is_set_aside_and_keeps_none_back(
    app: Flask, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    def look_again(_: Transaction, letter: Letter) -> bool:
        return letter.address == "bob@example.edu" or bool(1 / 0)

    app.extensions["look_again"] = look_again
    hold("ada@example.edu", "bob@example.edu")
    assert send(mailbox) == 1
    assert [letter["To"] for letter in mailbox.letters] == ["bob@example.edu"]
    ada, bob = letters()
    assert (ada.state, ada.body, ada.error) == (LetterState.REFUSED, "", outbox.WITHOUT_WORDS)
    assert bob.state == LetterState.SENT
    assert outbox.counts()[LetterState.REFUSED] == 1
    assert "ZeroDivisionError" in caplog.text
    assert "ada@example.edu" not in caplog.text


def test_trouble_with_the_database_sets_no_letter_aside(app: Flask, mailbox: Mailbox) -> None:
    def look_again(tx: Transaction, _: Letter) -> bool:
        raise OperationalError("SELECT 1", {}, ConnectionResetError())

    app.extensions["look_again"] = look_again
    hold("ada@example.edu")
    with pytest.raises(OperationalError):
        send(mailbox)
    assert [(letter.state, letter.attempts) for letter in letters()] == [(LetterState.WAITING, 0)]


def test_one_that_goes_wrong_on_its_way_may_have_been_sent(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    write("ada@example.edu", "bob@example.edu")
    assert outbox.send_waiting(MailServer("smtp://127.0.0.1:no", "waymark@example.edu")) == 0
    assert [(letter.state, letter.error) for letter in letters()] == [(LetterState.UNSURE, outbox.WENT_WRONG)] * 2
    assert "ValueError" in caplog.text
