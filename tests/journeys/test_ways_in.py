"""In by a link, by mail and by password; and out again."""

import time
from collections.abc import Iterator
from email.message import EmailMessage
from itertools import count

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import Arrive, Kind
from tests.journeys.steps import OFFICE, told
from tests.support import browser as browsers
from tests.support import mail
from tests.support.browser import Installation, Visitor, even, link_in
from tests.support.mail import Mailbox

FIRST, SECOND = "a first set of words", "a second set of words"
SECONDS_FOR_A_LETTER = 20.0
NUMBERS = count(1)
"""What tells apart whom several kinds of browser let in."""


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with mail.server() as server:
        yield server


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox) -> Iterator[Installation]:
    """An installation on a database of its own, empty, that sends mail."""
    folder = tmp_path_factory.mktemp("own")
    address = f"sqlite:///{folder / 'own.db'}"
    with browsers.installation(folder, DATABASE_URL=address, MAIL_URL=mailbox.url) as running:
        yield running


def test_a_forgotten_password_is_replaced_by_mail(
    chromium: Browser, own: Installation, mailbox: Mailbox, kind: Kind
) -> None:
    email = f"office-{kind.scripts}-{kind.width}@example.edu".lower()
    their = Visitor(chromium, own.url, scripts=kind.scripts, width=kind.width)
    their.page.goto(link_in(own.flask("accounts", "add", email, "--role", "office"), own))
    their.look()
    their.press(f"Sign in as {email}")
    their.look()
    set_password(their, FIRST)
    sign_out(their)

    their.follow("Forgotten your password?")
    their.page.get_by_label("E-mail").fill(email)
    their.press("Send me a link")
    their.look()
    letter = letter_to(mailbox, email)
    link = link_in(letter.get_content(), own)
    assert their.texts("main a[href*='/sign-in/']:not([href$='forgotten'])") == []

    their.page.goto(link)
    their.press(f"Sign in as {email}")
    set_password(their, SECOND)
    sign_out(their)
    their.page.goto(link)
    assert their.page.locator("form").count() == 0, "the link lets in twice"

    sign_in(their, email, FIRST)
    assert their.texts(".error-summary li") != []
    sign_in(their, email, SECOND)
    assert their.path == "/units"
    their.page.goto("/password")
    their.press("Change the password")
    their.look()
    their.leave()


def test_a_link_that_the_office_hands_over_lets_in_once(visitor: Visitor, another: Arrive) -> None:
    their, number = visitor, next(NUMBERS)
    name = f"Imani Newcomer {number}"
    their.enter(OFFICE)
    their.page.goto(f"/office/people/new?name={name}&email=imani{number}@example.edu&unit=LIBRARY")
    their.page.get_by_label("Identifier").fill(f"9600{number}")
    their.page.get_by_label("Category").fill("staff")
    their.page.get_by_label("Role").fill("nonclinical")
    their.press("Add this person")
    their.follow("Sign-in link")
    page = their.path
    assert f"{name} has no account." in told(their)
    their.look("no account yet")
    their.press("Make a sign-in link")
    their.look("the link, shown once")
    link = even(their.page.locator("main code").inner_text())

    her = another()
    her.page.goto(link)
    her.look("before she is in")
    her.press(f"Sign in as {name}")
    set_password(her, FIRST)
    sign_out(her)
    her.page.goto(link)
    assert her.page.locator("form").count() == 0, "the link lets in twice"
    sign_in(her, f"imani{number}@example.edu", FIRST)
    assert her.path == "/"

    their.page.goto(page)
    assert link not in told(their)
    assert f"{name} signs in as imani{number}@example.edu, with a password." in told(their)
    their.look("a way in there is")


def test_who_signs_out_is_out(visitor: Visitor) -> None:
    her = visitor
    her.enter("Nadia Khoury")
    sign_out(her)
    assert her.texts(".banner") == ["You are signed out."]
    her.page.goto("/record")
    assert her.heading == "Sign in"
    her.press("Sign in as Nadia Khoury")
    assert her.path == "/record"


def sign_in(visitor: Visitor, email: str, password: str) -> None:
    visitor.page.goto("/sign-in")
    visitor.page.get_by_label("E-mail").fill(email)
    visitor.page.get_by_label("Password", exact=True).fill(password)
    visitor.press("Sign in")


def set_password(visitor: Visitor, password: str) -> None:
    visitor.page.get_by_label("New password").fill(password)
    visitor.page.get_by_label("The same password again").fill(password)
    visitor.press("Set the password")
    assert visitor.texts(".banner") == ["Your password is set. Other sessions of yours have ended."]


def sign_out(visitor: Visitor) -> None:
    """By the menu of the page's head; on a phone that is inside another."""
    for menu in (".menu-switch summary", "details.account summary"):
        if visitor.page.locator(menu).is_visible():
            visitor.page.locator(menu).click()
    visitor.press("Sign out")
    assert visitor.path == "/sign-in"


def letter_to(mailbox: Mailbox, email: str) -> EmailMessage:
    """The letter that the worker sends to an address, as soon as it is there."""
    until = time.monotonic() + SECONDS_FOR_A_LETTER
    while time.monotonic() < until:
        for letter in mailbox.letters:
            if letter["To"] == email:
                return letter
        time.sleep(0.1)
    raise AssertionError(f"no letter to {email}, only to {[letter['To'] for letter in mailbox.letters]}")
