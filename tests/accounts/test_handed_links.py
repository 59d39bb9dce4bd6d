"""A sign-in link that the office makes for somebody and hands over."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support import make, trail
from tests.support.make import PASSWORD
from tests.support.pages import Page, Pages
from tracker.accounts import commands, invitations
from tracker.accounts.models import Account
from tracker.accounts.queries import account
from tracker.core import clock
from tracker.core.actor import Actor, Right, Role
from tracker.core.database import db
from tracker.core.errors import Conflict, Forbidden, NotFound


@pytest.fixture
def office(pages: Pages) -> make.Account:
    """The office, signed in."""
    made = make.account(Role.OFFICE, make.person("Olive Office", unit=make.unit()))
    pages.sign_in(made)
    return made


def acting(whose: make.Account) -> Actor:
    """The holder of an account, as she acts today."""
    found = account(whose.id, clock.today())
    assert found is not None
    return found.actor


def link_on(page: Page) -> str:
    """The link that a page shows."""
    found = re.fullmatch(r"http://localhost(/sign-in/\S+)", page.one("main code").text)
    assert found is not None
    return found[1]


def make_link(pages: Pages, person: make.Person | None, **arguments: int) -> Page:
    """Press the button on the page that the person's page leads to."""
    assert person is not None
    page = pages.open(pages.get("directory.person", person_id=person.id).link("Sign-in link"))
    return pages.submit(page, "Make a sign-in link", **arguments)


def test_who_lost_her_link_gets_another_which_lets_in_once(app: Flask, pages: Pages, office: make.Account) -> None:
    ada = make.account(person=make.person("Ada Byron"))
    with make.transaction() as tx:
        lost = commands.make_link(tx, ada.id, lives=commands.INVITATION_LIVES)

    made = make_link(pages, ada.person)

    assert made.h1 == "Sign-in link for Ada Byron"
    event = trail.everything()[-1]
    assert (event["verb"], event["account_id"], event["subject"]) == (
        "account.link-made",
        office.id,
        f"account:{ada.id}",
    )
    token = link_on(made)
    assert token not in str(trail.everything())
    assert token not in pages.get("accounts.link_for", person_id=ada.person.id if ada.person else 0).text
    pages.sign_in(None)
    pages.get("accounts.link", token=lost, status=410)
    page = pages.submit(pages.open(token))
    assert page.texts(".account-name") == ["Ada Byron"]
    pages.submit(page, password=PASSWORD, again=PASSWORD)
    assert commands.sign_in(ada.email, PASSWORD, "127.0.0.1") == ada.id


def test_the_trail_says_it_in_a_sentence(pages: Pages, office: make.Account) -> None:
    make_link(pages, make.learner(make.unit(), "Ada Byron").person)
    assert "Olive Office made a sign-in link for Ada Byron" in pages.open("/office/trail").text


def test_who_has_no_account_gets_one(pages: Pages, office: make.Account) -> None:
    ada = make.person("Ada Byron", email="Ada@Example.edu ")
    made = make_link(pages, ada)
    kept = db.session.execute(select(Account.email, Account.role).where(Account.person_id == ada.id)).one()
    assert tuple(kept) == ("ada@example.edu", Role.LEARNER)
    assert trail.verbs()[-1] == "account.added"
    pages.sign_in(None)
    assert pages.open(link_on(made)).h1 == "Sign in as Ada Byron"


@pytest.mark.parametrize(
    ("email", "why"),
    [
        ("", "no e-mail address"),
        ("call me", "the e-mail address cannot be written to"),
        ("Two@Example.edu ", "the e-mail address is somebody else's too"),
        ("held@example.edu", "the e-mail address is somebody else's too"),
    ],
)
def test_where_no_account_can_be_made_the_page_says_why(
    pages: Pages, office: make.Account, email: str, why: str
) -> None:
    make.person(email="two@example.edu")
    commands.add_account(make.by(), "held@example.edu", role=Role.AUDITOR)
    ada = make.person("Ada Byron", email=email)

    page = pages.get("accounts.link_for", person_id=ada.id)

    assert f"Ada Byron has no account, and none can be made: {why}." in page.text
    assert not page.html.select("main form")
    refused = pages.post("accounts.link_for", person_id=ada.id, status=422)
    assert f"none can be made: {why}." in refused.text
    assert db.session.scalar(select(Account.id).where(Account.person_id == ada.id)) is None


def test_nobody_makes_a_link_for_herself(pages: Pages, office: make.Account) -> None:
    """Whoever sits down at a desk that is not hers would get past the present password."""
    assert office.person is not None
    own = pages.get("directory.person", person_id=office.person.id)
    assert "Sign-in link" not in own.texts("aside a")
    assert not pages.get("accounts.link_for", person_id=office.person.id).html.select("main form")
    pages.post("accounts.link_for", person_id=office.person.id, status=403)
    assert trail.verbs(f"account:{office.id}") == ["account.added"]


def test_no_way_is_made_into_an_account_that_may_do_more(app: Flask) -> None:
    office, administrator = make.account(Role.OFFICE), make.account(Role.ADMINISTRATOR)
    with pytest.raises(Forbidden):
        commands.replace_link(acting(office), administrator.id)
    with pytest.raises(Forbidden):
        commands.add_account(acting(office), "more@example.edu", role=Role.ADMINISTRATOR)
    for role in (Role.OFFICE, Role.AUDITOR):
        assert commands.replace_link(acting(office), make.account(role).id)
    assert commands.replace_link(make.by(), administrator.id)


@pytest.mark.parametrize("role", [Role.LEARNER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_it_takes_the_right_to(app: Flask, role: Role) -> None:
    unit = make.unit()
    ada = make.learner(unit)
    other = make.learner(unit) if role is Role.LEARNER else make.account(role)
    assert ada.person is not None
    with pytest.raises(Forbidden):
        invitations.hand_over(acting(other), ada.person.id)
    with pytest.raises(Forbidden):
        commands.replace_link(acting(other), ada.id)
    without = replace(make.by(), rights=frozenset(Right) - {Right.ACCOUNTS_INVITE})
    with pytest.raises(Forbidden):
        invitations.hand_over(without, make.person().id)


def test_a_sample_account_gets_no_link(pages: Pages, office: make.Account) -> None:
    ada = make.person("Ada Byron")
    commands.add_account(make.by(), "sample@example.edu", role=Role.LEARNER, person_id=ada.id, sample_note="Learns")
    page = pages.get("accounts.link_for", person_id=ada.id)
    assert "This is a sample account." in page.text
    assert not page.html.select("main form")
    with pytest.raises(Conflict):
        invitations.hand_over(make.by(), ada.id)


def test_there_must_be_such_a_person_and_account(app: Flask) -> None:
    with pytest.raises(NotFound):
        invitations.hand_over(make.by(), 999)
    with pytest.raises(NotFound):
        commands.replace_link(make.by(), 999)


def test_the_pages_name_who_can_make_a_link(app: Flask, pages: Pages) -> None:
    can = "The office that looks after Waymark at your institution, or whoever runs it, can make you a new one."
    assert can in pages.open("/sign-in/never-made", status=410).text
    assert "Ask the office" in pages.get("accounts.forgotten").text
