"""The worker is killed between the mail server's answer and its own commit: shown, never doubled, a click decides."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.messages.conftest import deliver, states, write
from tests.messages.deadly_server import DeadlyMailbox, deadly_server, wait_until, worker
from tests.support import make
from tests.support.clocks import pass_time
from tests.support.pages import Page, Pages
from tracker.accounts import commands as accounts
from tracker.accounts.queries import account
from tracker.core import clock, outbox
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.core.outbox import Letter, LetterState
from tracker.messages import queries


@pytest.fixture
def server() -> Iterator[DeadlyMailbox]:
    """A mail server that may kill."""
    with deadly_server() as mailbox:
        yield mailbox


def written_a_while_ago(pages: Pages, name: str = "Ada") -> Page:
    """A message of a champion's to one person, whose ten minutes are over."""
    unit = make.unit("Medicine")
    pages.sign_in(make.champion(unit, name="Cara Champion"))
    with pytest.MonkeyPatch.context() as patch:
        pass_time(patch, timedelta(minutes=-11))
        return write(pages, make.person(name, unit=unit))


def letter_states() -> list[LetterState]:
    """Where the letters stand now."""
    found = list(db.session.scalars(select(Letter.state).order_by(Letter.id)))
    db.session.close()
    return found


def kill_while_sending(server: DeadlyMailbox, database_url: str) -> None:
    """Start a worker and let the mail server kill it; five minutes later another sees what was cut off."""
    with worker(database_url, server.url) as first:
        server.victim = first.pid
        first.wait(60)
    assert first.returncode == -9
    server.victim = None
    assert letter_states() == [LetterState.SENDING]
    with make.transaction() as tx:
        tx.session.execute(update(Letter).values(taken_at=tx.now - outbox.STALE))
    with worker(database_url, server.url):
        wait_until(lambda: letter_states() == [LetterState.UNSURE], "the new worker notes it")


@pytest.mark.parametrize("after_answer", [True, False], ids=["after the 250", "before the 250"])
def test_it_may_have_been_sent_and_is_never_sent_again_by_itself(
    pages: Pages, database_url: str, server: DeadlyMailbox, after_answer: bool
) -> None:
    page = written_a_while_ago(pages)
    server.after_answer = after_answer
    kill_while_sending(server, database_url)
    assert len(server.letters) == 1

    page = pages.open(page.path)
    assert states(page)["Ada"].startswith("May have been sent")
    assert "1 letter may have been sent" in page.text
    assert "Nothing is sent again by itself." in page.text
    assert "1 letter may have been sent, and nobody knows. Please decide." in pages.get("messages.mine").text
    assert deliver(server) == 0
    assert len(server.letters) == 1


def test_one_click_sends_it_again(pages: Pages, database_url: str, server: DeadlyMailbox) -> None:
    page = written_a_while_ago(pages)
    kill_while_sending(server, database_url)
    page = pages.submit(pages.open(page.path), "Send again to Ada")
    assert page.messages == ["It is sent again."]
    with worker(database_url, server.url):
        wait_until(lambda: letter_states() == [LetterState.SENT], "it is sent again")
    first, second = server.letters
    assert first.get_content() == second.get_content()
    assert first["Message-ID"] == second["Message-ID"]  # by which mail programs know the double
    assert states(pages.open(page.path))["Ada"].startswith("Sent")


def test_one_click_leaves_it(pages: Pages, database_url: str, server: DeadlyMailbox) -> None:
    page = written_a_while_ago(pages)
    kill_while_sending(server, database_url)
    pages.sign_in(make.account(Role.OFFICE))  # the office may decide too
    before = pages.open(page.path)
    page = pages.submit(before, "Leave it at that for Ada")
    assert states(page)["Ada"].startswith("May have been sent, left at that")
    assert pages.submit(before, "Send again to Ada").messages == ["This has been decided already."]
    assert deliver(server) == 0
    assert (len(server.letters), letter_states()) == (1, [LetterState.LEFT])


def test_a_line_that_breaks_after_the_text_leaves_it_open(pages: Pages, server: DeadlyMailbox) -> None:
    page = written_a_while_ago(pages)
    server.breaks_off = True
    assert deliver(server) == 0
    assert len(server.letters) == 1
    assert "The connection broke before the mail server had answered." in states(pages.open(page.path))["Ada"]
    server.breaks_off = False
    assert deliver(server) == 0
    assert len(server.letters) == 1


def test_one_that_is_long_on_its_way_is_noted_by_any_worker(
    pages: Pages, server: DeadlyMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    written_a_while_ago(pages)
    assert outbox._take() is not None
    assert deliver(server) == 0
    assert letter_states() == [LetterState.SENDING]
    pass_time(monkeypatch, outbox.STALE)
    assert deliver(server) == 0
    assert letter_states() == [LetterState.UNSURE]


def test_a_worker_that_was_only_slow_says_what_is_true(pages: Pages, server: DeadlyMailbox) -> None:
    written_a_while_ago(pages)
    letter = outbox._take()
    assert letter is not None
    outbox.note_cut_off(timedelta(0))
    assert letter_states() == [LetterState.UNSURE]
    outbox._settle(letter, outbox.Answer(outbox.Became.TAKEN))
    assert letter_states() == [LetterState.SENT]


def test_what_waits_for_a_decision_is_told_to_its_writer_and_the_office(
    app: Flask, pages: Pages, server: DeadlyMailbox
) -> None:
    written_a_while_ago(pages)
    outbox._take()
    outbox.note_cut_off(timedelta(0))
    other = make.champion(make.unit())
    office = make.account(Role.OFFICE)
    numbers = []
    for one in (other, office):
        found = account(one.id, clock.today())
        assert found is not None
        numbers.append((queries.number_unsure(found.actor), [line.name for line in queries.unsure(found.actor)]))
    assert numbers == [(0, []), (1, ["Ada"])]


def test_the_link_in_a_letter_of_an_account_is_forgotten_with_it(app: Flask, server: DeadlyMailbox) -> None:
    ada = make.account(person=make.person("Ada"))
    accounts.forgot_password(ada.email, "192.0.2.1")
    assert outbox._take() is not None
    outbox.note_cut_off(timedelta(0))
    (letter,) = db.session.scalars(select(Letter)).all()
    assert (letter.state, letter.body) == (LetterState.UNSURE, "")
