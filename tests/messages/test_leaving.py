"""When letters leave: after ten minutes in which they can be stopped, one a day at most, tried again, or given up."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.messages.conftest import Wait, deliver, look, send, states, write
from tests.support import make
from tests.support.mail import Mailbox
from tests.support.make import Account, Person, Unit
from tests.support.pages import Page, Pages
from tracker.accounts import commands as accounts
from tracker.core import clock, outbox
from tracker.core.actor import Role
from tracker.core.audit import AuditEvent
from tracker.core.database import db
from tracker.core.outbox import Letter, LetterState
from tracker.core.words import day
from tracker.exchange.commands.dump import dump
from tracker.exchange.commands.load import load
from tracker.messages import jobs
from tracker.messages.models import MessageRecipient

pytestmark = pytest.mark.usefixtures("wait")


@pytest.fixture
def medicine(app: Flask) -> Unit:
    """A department."""
    return make.unit("Medicine")


@pytest.fixture
def champion(pages: Pages, medicine: Unit) -> Account:
    """Its champion, signed in."""
    account = make.champion(medicine, name="Cara Champion")
    pages.sign_in(account)
    return account


def verbs() -> list[str]:
    """What the trail says of messages and letters."""
    kinds = AuditEvent.subject.like("message:%") | AuditEvent.subject.like("letter:%")
    return list(db.session.scalars(select(AuditEvent.verb).where(kinds).order_by(AuditEvent.id)))


def test_it_waits_ten_minutes_and_says_when_it_was_sent(
    app: Flask, pages: Pages, champion: Account, medicine: Unit, mailbox: Mailbox, wait: Wait
) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_url=None)
    preview = look(pages, make.person("Ada", unit=medicine))
    assert "Nothing goes out until a mail server is set." in preview.text
    assert "ten minutes" not in preview.text
    page = send(pages, preview)
    assert states(page)["Ada"] == "Waits for a mail server"
    assert "It waits for a mail server. Nothing goes out until then." in page.text
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_url=mailbox.url)
    page = pages.open(page.path)
    assert states(page)["Ada"] == "Waiting until 12:10"
    assert "It waits: leaves at 12:10, in 10 minutes." in page.text
    assert "No mail server" not in page.text
    wait(minutes=9)
    assert deliver(mailbox) == 0
    assert "in 1 minute." in pages.open(page.path).text
    wait(minutes=1)
    assert deliver(mailbox) == 1
    page = pages.open(page.path)
    assert states(page)["Ada"] == f"Sent {day(clock.today())} 12:10".replace("\N{NO-BREAK SPACE}", " ")
    assert not page.texts("main button")
    assert deliver(mailbox) == 0


def test_all_of_it_can_be_stopped_until_it_leaves(
    pages: Pages, champion: Account, medicine: Unit, mailbox: Mailbox, wait: Wait
) -> None:
    page = write(pages, *(make.person(unit=medicine) for _ in range(3)))
    page = pages.submit(page, "Stop sending")
    assert page.messages == ["Stopped: 3 letters."]
    assert set(states(page).values()) == {"Stopped"}
    wait(minutes=30)
    assert deliver(mailbox) == 0
    assert set(db.session.scalars(select(Letter.body))) == {""}
    assert verbs() == ["message.sent", "message.stopped"]


def test_it_can_be_stopped_for_one(
    pages: Pages, champion: Account, medicine: Unit, mailbox: Mailbox, wait: Wait
) -> None:
    page = write(pages, make.person("Ada", unit=medicine), make.person("Bob", unit=medicine))
    page = pages.submit(page, "Stop the letter to Bob")
    assert states(page) == {"Ada": "Waiting until 12:10", "Bob": "Stopped"}
    wait(minutes=10)
    assert deliver(mailbox) == 1
    assert "1 sent and 1 stopped" in pages.open(page.path).text
    assert pages.submit(page, "Stop sending").messages == [
        "There is nothing left to stop: it has gone, or was stopped already."
    ]


def test_messages_that_wait_for_somebody_go_in_one_letter(
    pages: Pages, champion: Account, medicine: Unit, mailbox: Mailbox, wait: Wait
) -> None:
    ada, bob = make.person("Ada", unit=medicine), make.person("Bob", unit=medicine)
    first = write(pages, ada, subject="First", text="One for {name}.")
    wait(minutes=5)
    preview = look(pages, ada, bob, subject="Second", text="Two for {name}.")
    assert "1 person has another letter waiting: both messages go in one." in preview.text
    second = send(pages, preview)
    assert states(pages.open(first.path))["Ada"] == "Waiting until 12:15"
    wait(minutes=5)
    assert deliver(mailbox) == 0
    wait(minutes=5)
    assert deliver(mailbox) == 2
    digest = mailbox.letters[0]
    assert digest["Subject"] == "2 messages for you: First and Second"
    assert digest["Reply-To"] == champion.email
    text = digest.get_content()
    assert text.index("== First ==") < text.index("One for Ada.") < text.index("== Second ==") < text.index("Two for")
    assert mailbox.letters[1]["Subject"] == "Second"
    assert states(pages.open(second.path))["Ada"].startswith("Sent")


def test_stopping_one_message_leaves_the_other_in_the_letter(
    pages: Pages, champion: Account, medicine: Unit, mailbox: Mailbox, wait: Wait
) -> None:
    ada = make.person("Ada", unit=medicine)
    first = write(pages, ada, subject="First", text="One.")
    second = write(pages, ada, subject="Second", text="Two.")
    pages.submit(first, "Stop sending")
    wait(minutes=10)
    assert deliver(mailbox) == 1
    assert mailbox.letters[0]["Subject"] == "Second"
    assert "One." not in mailbox.letters[0].get_content()
    assert states(pages.open(first.path))["Ada"] == "Stopped"
    assert states(pages.open(second.path))["Ada"].startswith("Sent")


def test_who_had_a_letter_today_gets_the_next_one_tomorrow_morning(
    pages: Pages, champion: Account, medicine: Unit, mailbox: Mailbox, wait: Wait
) -> None:
    ada, bob = make.person("Ada", unit=medicine), make.person("Bob", unit=medicine)
    write(pages, ada)
    wait(minutes=10)
    assert deliver(mailbox) == 1
    preview = look(pages, ada, bob, subject="Second", text="Two.")
    assert "1 person has had a letter today, and gets one a day at most" in preview.text
    second = send(pages, preview)
    tomorrow = day(clock.today() + timedelta(days=1)).replace("\N{NO-BREAK SPACE}", " ")
    assert states(second)["Ada"].startswith(f"Held until {tomorrow}, 07:00")
    third = write(pages, ada, subject="Third", text="Three.")
    wait(hours=1)
    assert deliver(mailbox) == 1  # to Bob
    wait(hours=17, minutes=49)  # 06:59 the next morning
    assert deliver(mailbox) == 0
    wait(minutes=1)
    assert deliver(mailbox) == 1
    assert mailbox.letters[-1]["Subject"] == "2 messages for you: Second and Third"
    assert states(pages.open(third.path))["Ada"].startswith("Sent")


def test_held_letters_can_be_stopped(
    pages: Pages, champion: Account, medicine: Unit, mailbox: Mailbox, wait: Wait
) -> None:
    ada = make.person("Ada", unit=medicine)
    write(pages, ada)
    wait(minutes=10)
    deliver(mailbox)
    page = write(pages, ada, subject="Second")
    pages.submit(page, "Stop sending")
    wait(days=1)
    assert deliver(mailbox) == 0


def hold(pages: Pages, mailbox: Mailbox, wait: Wait, *people: Person, **values: object) -> Page:
    """Write to people who have had a letter today, so that this one is held until the morning; its page."""
    write(pages, *people)
    wait(minutes=10)
    deliver(mailbox)
    mailbox.letters.clear()
    return write(pages, *people, subject="Second", **values)


def test_who_has_left_overnight_gets_nothing(
    pages: Pages, champion: Account, medicine: Unit, mailbox: Mailbox, wait: Wait
) -> None:
    ada = make.person("Ada", unit=medicine)
    lea, max_ = make.person("Lea"), make.person("Max")
    make.appointment(lea, medicine, ends_on=make.day(0))
    make.appointment(max_, medicine, ends_on=make.day(0))
    make.appointment(max_, make.unit("Surgery"), starts_on=make.day(-1))
    page = hold(pages, mailbox, wait, ada, lea, max_)
    wait(days=1)
    assert deliver(mailbox) == 1
    assert [letter["To"] for letter in mailbox.letters] == [ada.email]
    assert verbs()[-2:] == ["message.dropped", "message.dropped"]
    pages.sign_in(make.account(Role.OFFICE))
    found = states(pages.open(page.path))
    assert (found["Lea"], found["Max"]) == ("Stopped", "Stopped")
    assert found["Ada"].startswith("Sent")


def test_a_letter_that_was_held_says_what_is_left_in_the_morning(
    pages: Pages, champion: Account, medicine: Unit, mailbox: Mailbox, wait: Wait
) -> None:
    module = make.module(title="Listening")
    make.requirement(module, make.module(title="Speaking"), title="Both")
    ada = make.person("Ada", unit=medicine)
    hold(pages, mailbox, wait, ada, has_tasks="y")
    make.completion(ada, module)
    wait(days=1)
    assert deliver(mailbox) == 1
    text = mailbox.letters[0].get_content()
    assert f"As of {day(clock.today())}".replace("\N{NO-BREAK SPACE}", " ") in text
    assert "Speaking" in text
    assert "Listening" not in text


def test_a_writer_whose_term_has_ended_sends_nothing_in_the_morning(
    pages: Pages, medicine: Unit, mailbox: Mailbox, wait: Wait
) -> None:
    pages.sign_in(make.champion(medicine, ends_on=make.day(0), home=make.unit("Away")))
    hold(pages, mailbox, wait, make.person("Ada", unit=medicine))
    wait(days=1)
    assert deliver(mailbox) == 0
    assert db.session.scalars(select(Letter.state).order_by(Letter.id.desc())).first() is LetterState.STOPPED


def test_of_two_messages_in_a_letter_the_one_that_holds_still_goes(
    pages: Pages, champion: Account, medicine: Unit, mailbox: Mailbox, wait: Wait
) -> None:
    ada = make.person("Ada", unit=medicine)
    hold(pages, mailbox, wait, ada)
    pages.sign_in(make.champion(medicine, ends_on=make.day(0), home=make.unit("Away")))
    write(pages, ada, subject="Third", text="Three.")
    wait(days=1)
    assert deliver(mailbox) == 1
    assert mailbox.letters[0]["Subject"] == "Second"
    assert "Three." not in mailbox.letters[0].get_content()


def test_a_sign_in_link_is_never_held_back_nor_put_behind(
    pages: Pages, champion: Account, medicine: Unit, mailbox: Mailbox, wait: Wait
) -> None:
    ada = make.account(person=make.person("Ada", unit=medicine))
    assert ada.person is not None
    write(pages, ada.person)
    wait(minutes=10)
    deliver(mailbox)
    write(pages, ada.person, make.person(unit=medicine), subject="Second")
    wait(minutes=10)
    accounts.forgot_password(ada.email, "192.0.2.1")
    assert deliver(mailbox) == 2
    link = mailbox.letters[1]
    assert (link["To"], link["Subject"]) == (ada.email, "Your sign-in link for Waymark")
    assert link["Auto-Submitted"] == "auto-generated"
    assert link["List-Id"] is None


def test_two_letters_that_come_to_wait_for_somebody_go_on_two_days(
    pages: Pages, champion: Account, medicine: Unit, mailbox: Mailbox, wait: Wait
) -> None:
    """One was on its way when the other was written, and came back: no address gets two letters on one day."""
    ada = make.person("Ada", unit=medicine)
    write(pages, ada)
    wait(minutes=10)
    taken = outbox._take()
    assert taken is not None
    second = write(pages, ada, subject="Second")
    outbox._settle(taken, outbox.Answer(outbox.Became.LATER, "The mail server could not be reached"))
    db.session.close()
    with make.transaction() as tx:
        for letter in tx.session.scalars(select(Letter)):
            letter.not_before = tx.now
    assert deliver(mailbox) == 1
    assert states(pages.open(second.path))["Ada"].startswith("Held until ")
    wait(days=1)
    assert deliver(mailbox) == 1


def test_what_the_server_says_is_shown(
    pages: Pages, champion: Account, medicine: Unit, mailbox: Mailbox, wait: Wait
) -> None:
    ada, bob = make.person("Ada", unit=medicine), make.person("Bob", unit=medicine)
    mailbox.refused.add(bob.email)
    page = write(pages, ada, bob)
    wait(minutes=10)
    mailbox.is_busy = True
    assert deliver(mailbox) == 0
    page = pages.open(page.path)
    assert "The mail server refused the address: 451 busy" in states(page)["Ada"]
    mailbox.is_busy = False
    wait(minutes=3)
    assert deliver(mailbox) == 1
    page = pages.open(page.path)
    assert list(states(page)) == ["Bob", "Ada"]  # what needs somebody comes first
    assert states(page)["Bob"] == "Not sent The mail server refused the address: 550 no such mailbox"
    assert "1 sent and 1 not sent" in page.text


def test_what_single_people_read_is_forgotten_once_it_has_gone(
    pages: Pages, champion: Account, medicine: Unit, mailbox: Mailbox, wait: Wait
) -> None:
    page = write(pages, make.person("Ada", unit=medicine), text="Come on Thursday.")
    jobs.forget_texts()
    assert "Come on Thursday." in "".join(db.session.scalars(select(MessageRecipient.text)))
    wait(minutes=10)
    deliver(mailbox)
    for _ in range(2):
        jobs.forget_texts()
    assert list(db.session.scalars(select(MessageRecipient.text))) == [""]
    assert [(letter.state, letter.body) for letter in db.session.scalars(select(Letter))] == [(LetterState.SENT, "")]
    db.session.close()
    assert "Come on Thursday." in pages.open(page.path).text


def test_messages_go_with_the_people_whom_other_facts_replace(
    pages: Pages, champion: Account, medicine: Unit, mailbox: Mailbox, wait: Wait, tmp_path: Path
) -> None:
    ada = make.person("Ada", unit=medicine)
    write(pages, ada)
    accounts.forgot_password(champion.email, "192.0.2.1")
    dump(tmp_path / "facts")
    load(make.by(), tmp_path / "facts", replace=True)
    wait(minutes=10)
    assert deliver(mailbox) == 1
    assert mailbox.letters[0]["Subject"] == "Your sign-in link for Waymark"
    assert "No message yet" in pages.get("messages.mine").text


def test_whoever_it_went_to_has_it_in_the_download_of_her_data(
    pages: Pages, champion: Account, medicine: Unit, mailbox: Mailbox, wait: Wait
) -> None:
    ada = make.learner(medicine, "Ada")
    assert ada.person is not None
    write(pages, ada.person, subject="Tuesday")
    pages.submit(write(pages, ada.person), "Stop sending")
    wait(minutes=10)
    pages.sign_in(ada)
    assert [one["subject"] for one in own_messages(pages)] == []
    deliver(mailbox)
    [told] = own_messages(pages)
    assert (told["written_by"], told["subject"]) == ("Cara Champion, Equity Champion", "Tuesday")
    pages.sign_in(champion)
    assert own_messages(pages) == []


def own_messages(pages: Pages) -> list[dict[str, str]]:
    """What the download of one's own data says of messages."""
    with zipfile.ZipFile(io.BytesIO(pages.download("/my-data.zip").data)) as archive:
        found: list[dict[str, str]] = json.loads(archive.read("my-data.json"))["messages"]
    return found
