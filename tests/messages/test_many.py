"""Messages to many: as many statements as to few, on small pages."""

import pytest
from flask import Flask

from tests.messages.conftest import Wait, deliver, look, send, write
from tests.support import make
from tests.support.mail import Mailbox
from tests.support.make import Account, Person, Unit
from tests.support.pages import Pages
from tests.support.statements import asked_by, statements
from tracker.accounts.queries import account
from tracker.core import clock
from tracker.core.statements import insert_rows
from tracker.messages import commands
from tracker.messages.plan import Draft, plan

pytestmark = pytest.mark.usefixtures("wait")
MANY = 1_000
LARGEST_PAGE = 150_000


@pytest.fixture
def medicine(app: Flask) -> Unit:
    """A department with something to do."""
    make.requirement(make.module(), make.module())
    return make.unit("Medicine")


@pytest.fixture
def champion(pages: Pages, medicine: Unit) -> Account:
    """Its champion, signed in."""
    account = make.champion(medicine, name="Cara Champion")
    pages.sign_in(account)
    return account


def crowd(unit: Unit, size: int) -> list[Person]:
    """So many people at home in a unit, put there at once."""
    since = make.day(100).isoformat()
    with make.transaction() as tx:
        tx.lock_shape()
        ids = range(5_001, 5_001 + size)
        people = [(number, f"m{number}", f"Member {number}", f"m{number}@example.edu") for number in ids]
        insert_rows(tx.session, "person", ("id", "identifier", "name", "email"), people)
        posts = [(number, unit.id, "staff", "nonclinical", True, since) for number in ids]
        columns = ("person_id", "unit_id", "category", "role", "is_primary", "starts_on")
        insert_rows(tx.session, "appointment", columns, posts)
        tx.touch("person", *ids)
    return [Person(*row) for row in people]


def test_sending_asks_as_often_for_many_as_for_few(app: Flask, champion: Account, medicine: Unit) -> None:
    found = account(champion.id, clock.today())
    assert found is not None

    def asked(people: list[Person], key: str) -> int:
        draft = Draft(tuple(one.id for one in people), "Hello", "Dear {name}", True, True, False)
        with statements() as said:
            seen = plan(found.actor, draft, clock.now())
            commands.send(found.actor, draft, key, seen.fingerprint)
            commands.send(found.actor, draft, f"{key}-again", plan(found.actor, draft, clock.now()).fingerprint)
        return len(said)

    few = [make.person(unit=medicine) for _ in range(2)]
    asked(few[:1], "warm")
    assert asked(few[1:], "one") == asked([make.person(unit=medicine) for _ in range(40)], "forty") <= 45


def test_pages_ask_as_often_for_many_as_for_few(pages: Pages, champion: Account, medicine: Unit) -> None:
    paths = ["/messages", "/messages/write?person=1", "/messages/1", "/messages/1.csv"]
    write(pages, make.person(unit=medicine))
    before = {path: asked_by(pages, path) for path in paths}
    write(pages, *(make.person(unit=medicine) for _ in range(60)))
    paths = [path.replace("/messages/1", "/messages/2") for path in paths]
    assert [asked_by(pages, path) for path in paths] == list(before.values())
    assert max(before.values()) <= 12


def test_a_thousand_people_are_written_to_in_few_statements(
    pages: Pages, champion: Account, medicine: Unit, mailbox: Mailbox, wait: Wait
) -> None:
    people = crowd(medicine, MANY)
    with statements() as ran:
        preview = look(pages, *people, has_tasks="y")
        assert "It goes to 1,000 people." in preview.text
        page = send(pages, preview)
    assert "Written to 1,000 people: 1,000 waiting." in page.text
    assert len(ran) < MANY / 10
    assert max(len(str(one.html)) for one in (preview, page)) < LARGEST_PAGE
    wait(minutes=10)
    assert deliver(mailbox) == 200  # as many as are asked for at once
    assert len({letter["To"] for letter in mailbox.letters}) == 200
