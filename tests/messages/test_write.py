"""Write to people: whom it reaches, what each reads, and that nothing else is sent than what was looked at."""

from datetime import date
from email.utils import parsedate_to_datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.messages.conftest import LOOK, Wait, deliver, look, send, write
from tests.support import make
from tests.support.mail import Mailbox
from tests.support.make import Account, Person, Unit
from tests.support.pages import Pages
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.core.outbox import Letter
from tracker.messages.models import Message, MessageRecipient
from tracker.people import commands as people

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


def office(pages: Pages) -> None:
    """Be the office from now on."""
    pages.sign_in(make.account(Role.OFFICE, make.person("Olive Office", unit=make.unit())))


def away(person: Person) -> None:
    """On leave since a week ago."""
    people.add_leave(make.by(), person.id, starts_on=make.day(7), ends_on=None)


def test_what_was_looked_at_is_what_is_sent(
    pages: Pages, champion: Account, medicine: Unit, mailbox: Mailbox, wait: Wait
) -> None:
    course = make.module(title="Listening well")
    make.requirement(course, title="The yearly course", due={"date": date(2035, 6, 30)})
    ada, bob, cleo = (make.person(name, unit=medicine) for name in ("Ada", "Bob", "Cleo"))
    make.completion(bob, course)

    preview = look(pages, ada, bob, cleo, has_tasks="y")
    assert "It goes to 3 people." in preview.text
    assert preview.texts("main h3") == ["Ada", "Bob", "Cleo"]
    assert "Dear Ada, please come on Thursday." in preview.texts(".letter")[0]
    assert "Listening well (The yearly course), by 30 Jun 2035" in preview.texts(".letter")[0]
    assert "nothing that is asked of you is left to do" in preview.texts(".letter")[1]

    page = send(pages, preview)
    assert page.h1 == "Thursday"
    assert "Written to 3 people: 3 waiting." in page.text
    wait(minutes=10)
    assert deliver(mailbox) == 3
    sent = [" ".join(letter.get_content().split()) for letter in mailbox.letters]
    assert sent == preview.texts(".letter")
    assert "Cara Champion, Equity Champion" in sent[0]
    assert "because your appointment is in Medicine" in sent[0]
    assert "http://localhost/" in sent[0]


def test_its_head_says_who_wrote_and_where_answers_go(
    pages: Pages, champion: Account, medicine: Unit, mailbox: Mailbox, wait: Wait
) -> None:
    ada = make.person("Ada", unit=medicine, email="Ada@Example.edu")
    write(pages, ada)
    wait(minutes=10)
    deliver(mailbox)
    (letter,) = mailbox.letters
    assert (letter["To"], letter["Subject"]) == ("ada@example.edu", "Thursday")
    assert letter["Reply-To"] == champion.email
    assert letter["List-Id"] == "<programme.example.edu>"
    assert letter["Message-ID"].endswith("@example.edu>")
    assert parsedate_to_datetime(letter["Date"]).tzinfo is not None
    assert letter["Auto-Submitted"] is None


def test_who_is_left_out_and_why(pages: Pages, medicine: Unit) -> None:
    office(pages)
    course = make.module()
    make.requirement(course)
    ada, bob = make.person("Ada", unit=medicine), make.person("Bob", unit=medicine)
    make.completion(bob, course)
    mute = make.person("Mute", unit=medicine, email="")
    two = make.person("Two", unit=medicine, email="a@example.edu, b@example.edu")
    gone = make.person("Gone", unit=medicine, ends_on=make.day(1))
    off = make.person("Off", unit=medicine)
    away(off)

    preview = look(pages, ada, bob, mute, two, gone, off, skips_nothing_left="y")
    assert "It goes to 1 person." in preview.text
    assert preview.texts("main h3") == [
        "Ada",
        "No e-mail address that can be written to: 2 people",
        "No appointment here today: 1 person",
        "On leave today: 1 person",
        "Nothing of this left to do: 1 person",
    ]
    assert preview.texts("main ul.bullets li") == ["Mute", "Two", "Gone", "Off", "Bob"]
    assert "It goes to 2 people." in look(pages, ada, off, skips_on_leave=None).text


def test_a_champion_writes_to_her_own_people_alone(pages: Pages, champion: Account, medicine: Unit) -> None:
    ada, other = make.person("Ada", unit=medicine), make.person("Otto Other", unit=make.unit("Surgery"))
    left = make.person("Lea Left", unit=medicine, ends_on=make.day(1))
    preview = look(pages, ada, other, left)
    assert "It goes to 1 person." in preview.text
    assert "2 people of those chosen are not yours to write to, or no longer there." in preview.text
    assert "Otto" not in preview.text
    assert "Lea" not in preview.text
    page = pages.post("messages.write", {"person": [other.id]})
    assert "Nobody of those chosen is yours to write to" in page.text


def test_a_letter_reminds_of_what_is_required_and_never_of_what_is_optional(
    pages: Pages, champion: Account, medicine: Unit
) -> None:
    must, should, open_, may = (make.module(title=title) for title in ("Must", "Should", "Open", "May"))
    make.requirement(must)
    make.requirement(should, level="expected")
    make.requirement(open_, level="expected", champions_see_names=True)
    make.requirement(may, level="optional", champions_see_names=True)
    ada = make.person("Ada", unit=medicine)

    def reminders() -> list[str]:
        (text,) = look(pages, ada, has_tasks="y").texts(".letter")
        return [title for title in ("Must", "Should", "Open", "May") if f"- {title} (" in text]

    assert reminders() == ["Must", "Open"]  # the champion reads it, and may not know of what is not hers to see
    office(pages)
    assert reminders() == ["Must", "Should", "Open"]


def test_a_module_asked_for_twice_stands_once_by_its_nearer_day(pages: Pages, medicine: Unit) -> None:
    office(pages)
    course = make.module(title="Listening")
    make.requirement(course, title="Later", due={"date": date(2035, 6, 30)})
    make.requirement(course, title="Sooner", due={"date": date(2034, 6, 30)})
    (text,) = look(pages, make.person("Ada", unit=medicine), has_tasks="y").texts(".letter")
    assert text.count("Listening") == 1
    assert "Listening (Sooner), by 30 Jun 2034" in text


def test_nothing_is_sent_that_was_not_looked_at(pages: Pages, champion: Account, medicine: Unit) -> None:
    course = make.module(title="Listening")
    make.requirement(course)
    ada, bob = make.person("Ada", unit=medicine), make.person("Bob", unit=medicine)
    preview = look(pages, ada, bob, has_tasks="y")
    make.completion(ada, course)

    again = pages.submit(preview, "Send to 2 people", status=409)
    assert "Something has changed since you looked" in again.text
    assert db.session.scalar(select(func.count()).select_from(Message)) == 0
    assert "Written to 2 people" in send(pages, again).text


def test_a_double_click_sends_once(pages: Pages, champion: Account, medicine: Unit) -> None:
    preview = look(pages, make.person(unit=medicine))
    first, second = send(pages, preview), send(pages, preview)
    assert first.path == second.path
    for table in (Message, MessageRecipient, Letter):
        assert db.session.scalar(select(func.count()).select_from(table)) == 1


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"subject": ""}, "Enter a subject"),
        ({"subject": "Hello\nBcc: all@example.edu"}, "contains a character that cannot be shown"),
        ({"text": ""}, "Enter what you want to write"),
        ({"text": "Dear {name}, by {date}"}, "{date} means nothing here"),
        ({"subject": "News for {name}"}, "{name} is not filled in here: the subject is the same for everybody"),
    ],
)
def test_what_cannot_be_sent_is_said_at_the_form(
    pages: Pages, champion: Account, medicine: Unit, values: dict[str, str], error: str
) -> None:
    page = look(pages, make.person(unit=medicine), status=422, **values)
    assert error in page.errors[0]
    assert pages.submit(page, LOOK, subject="Hello", text="Dear {name}").h1 == "Hello"


def test_going_back_keeps_what_was_written(pages: Pages, champion: Account, medicine: Unit) -> None:
    preview = look(pages, make.person(unit=medicine), text="One.\n\nTwo & <three>.", has_tasks="y")
    page = pages.submit(preview, "Go back and change")
    assert page.one("textarea").get_text().strip() == "One.\n\nTwo & <three>."
    assert [one["name"] for one in page.html.select("input[checked]")] == ["has_tasks", "skips_on_leave"]


def test_nobody_chosen(pages: Pages, champion: Account, medicine: Unit) -> None:
    assert "Nobody is chosen yet" in pages.get("messages.write").text
    ada = make.person("Ada", unit=medicine)
    page = pages.get("messages.write", query={"person": ada.id})
    assert page.h1 == "Write to 1 person"
    assert "To Ada." in page.text
    page = pages.submit(page, LOOK, subject="Hello", text="Dear {name}")
    preview = look(pages, make.person(unit=medicine, email=""))
    assert "Nobody would get it." in preview.text
    assert not [words for words in preview.texts("main button") if words.startswith("Send")]


def test_no_more_than_five_thousand_and_only_ids(pages: Pages, champion: Account) -> None:
    pages.post("messages.write", {"person": range(1, 5_002)}, status=422)
    pages.post("messages.write", {"person": ["Ada"]}, status=422)
    pages.post("messages.write", {"person": [2**40]}, status=422)


def test_without_a_mail_server_every_page_says_so(pages: Pages, champion: Account, medicine: Unit) -> None:
    ada = make.person("Ada", unit=medicine)
    words = "No mail server is set"
    assert words in pages.post("messages.write", {"person": [ada.id]}).text
    preview = look(pages, ada)
    assert words in preview.text
    assert words in send(pages, preview).text
    assert words in pages.get("messages.mine").text
    pages.sign_in(make.account(Role.ADMINISTRATOR))
    page = pages.get("accounts.system")
    assert words in page.text
    facts = dict(zip(page.texts("dt"), page.texts("dd"), strict=True))
    assert facts["Letters waiting"] == "1"
