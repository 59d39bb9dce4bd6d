"""Who reads which message, and whom of its readers by name. (Every address against everybody: tests/guards.)"""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.messages.conftest import states, write
from tests.support import make
from tests.support.make import Account, Person, Unit
from tests.support.pages import Page, Pages
from tracker.accounts.queries import account
from tracker.core import clock
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.messages import queries
from tracker.people import commands as people
from tracker.people.models import Appointment

pytestmark = pytest.mark.usefixtures("wait")


@pytest.fixture
def medicine(app: Flask) -> Unit:
    """A department."""
    return make.unit("Medicine")


@pytest.fixture
def champion(medicine: Unit) -> Account:
    """Its champion."""
    return make.champion(medicine, name="Cara Champion")


@pytest.fixture
def gone(medicine: Unit) -> Person:
    """Somebody who gets the message, and then leaves the department."""
    return make.person("Gus Gone", unit=medicine)


@pytest.fixture
def message(pages: Pages, champion: Account, medicine: Unit, gone: Person) -> Page:
    """What she wrote to two people of whom one has left since."""
    pages.sign_in(champion)
    page = write(pages, make.person("=Ada", unit=medicine), gone)
    move(gone, make.unit("Surgery"))
    return page


def move(person: Person, unit: Unit) -> None:
    """To another unit, as of today."""
    post = db.session.scalars(select(Appointment).where(Appointment.person_id == person.id)).one()
    starts_on, post_id = post.starts_on, post.id
    people.change_appointment(make.by(), post_id, starts_on=starts_on, ends_on=clock.today() - timedelta(days=1))
    make.appointment(person, unit, starts_on=clock.today())


def test_a_champion_knows_by_name_who_is_hers_today(pages: Pages, message: Page) -> None:
    page = pages.open(message.path)
    assert list(states(page)) == ["=Ada"]
    assert "Written to 2 people" in page.text
    assert "1 person who got it is not in your units today, and is not named." in page.text
    lines = pages.download(f"{message.path}.csv").text.splitlines()
    assert lines[0] == "as_of,message,subject,written_by,written_at,source,taken_at,name,state,at,reason"
    assert len(lines) == 2
    assert ",'=Ada,waiting," in lines[1]


def test_she_does_nothing_about_who_is_not_hers(pages: Pages, message: Page, gone: Person) -> None:
    number = int(message.path.rsplit("/", 1)[1])
    for deed in ("stop_one", "send_again", "leave"):
        pages.post(f"messages.{deed}", message_id=number, person_id=gone.id, status=404)


def test_another_champion_reads_nothing_of_it(pages: Pages, message: Page, medicine: Unit) -> None:
    pages.sign_in(make.champion(medicine, name="Second Champion"))
    pages.open(message.path, status=404)
    assert "No message yet" in pages.get("messages.mine").text


@pytest.mark.parametrize("role", [Role.OFFICE, Role.AUDITOR])
def test_office_and_auditor_read_all(pages: Pages, message: Page, role: Role) -> None:
    pages.sign_in(make.account(role))
    page = pages.get("messages.mine")
    assert "1 message written to people." in page.text
    assert "Cara Champion, Equity Champion" in page.text
    page = pages.open(message.path)
    assert list(states(page)) == ["=Ada", "Gus Gone"]
    assert ("Stop sending" in page.texts("main button")) is (role is Role.OFFICE)
    assert "identifier,email" in pages.download(f"{message.path}.csv").text


def test_the_auditor_sends_and_stops_nothing(pages: Pages, message: Page) -> None:
    pages.sign_in(make.account(Role.AUDITOR))
    pages.post("messages.write", status=403)
    pages.post("messages.stop", message_id=int(message.path.rsplit("/", 1)[1]), status=403)


def test_only_who_may_decide_is_asked_to(pages: Pages, message: Page, champion: Account) -> None:
    for other in (make.account(Role.AUDITOR), make.learner(make.unit())):
        found = account(other.id, clock.today())
        assert found is not None
        assert (queries.number_unsure(found.actor), queries.unsure(found.actor)) == (0, [])
