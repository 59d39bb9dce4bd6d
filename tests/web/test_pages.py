"""What every page has around its content."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from tests.support import cast, make
from tests.support.clocks import pass_time
from tests.support.pages import Pages
from tracker.accounts import queries
from tracker.core import clock
from tracker.core.actor import Role
from tracker.core.database import db


@pytest.mark.parametrize(
    ("who", "entries"),
    [
        ("learner", ["Home"]),
        ("leaver", ["Home"]),
        ("champion_before", ["Home"]),
        ("champion", ["Home", "My units", "Claims", "Requests", "Messages"]),
        ("champion_above", ["Home", "My units", "Claims", "Requests", "Messages"]),
        ("office", ["Institution", "Claims", "Requests", "Messages", "Office"]),
        ("auditor", ["Institution", "Requests", "Messages", "Office"]),
        ("administrator", ["System"]),
    ],
)
def test_the_navigation_shows_what_one_may_open(pages: Pages, who: str, entries: list[str]) -> None:
    pages.sign_in(cast.gather().everybody()[who])
    page = pages.get("accounts.password")
    assert page.texts(".main-nav a") == entries
    assert page.texts(".main-nav a[aria-current]") == []


def test_nobody_sees_no_navigation(pages: Pages) -> None:
    page = pages.get("accounts.sign_in")
    assert page.texts(".main-nav a") == []
    assert page.texts(".account") == []


def test_the_account_is_named_with_what_it_is(pages: Pages) -> None:
    gathered = cast.gather()
    pages.sign_in(gathered.champion)
    page = pages.get("accounts.password")
    assert page.texts(".account-name") == ["Cara Champion"]
    assert page.texts(".account .quiet") == ["Equity Champion"]
    assert page.link("Password and sessions") == "/password"
    pages.sign_in(gathered.office)
    assert pages.get("accounts.password").texts(".account-name") == [gathered.office.email]


def test_the_institution_is_named_by_the_top_of_its_tree(pages: Pages) -> None:
    make.unit("Larkwater School of Medicine", kind="school")
    assert pages.get("accounts.sign_in").texts(".page-foot p") == ["Waymark · Larkwater School of Medicine"]


def test_an_institution_without_units_is_said_to_be_empty(pages: Pages) -> None:
    assert pages.get("accounts.sign_in").texts(".page-foot p") == ["Waymark · no institution loaded yet"]


def test_a_new_name_shows_within_a_minute(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    pages.get("accounts.sign_in")
    make.unit("School of Medicine", kind="school")
    pass_time(monkeypatch, timedelta(seconds=61))
    assert pages.get("accounts.sign_in").texts(".page-foot p") == ["Waymark · School of Medicine"]


@pytest.mark.parametrize("terms", [1, 30])
def test_knowing_who_is_there_takes_one_statement_and_counting_one(app: Flask, pages: Pages, terms: int) -> None:
    units = [make.unit() for _ in range(terms)]
    pages.sign_in(make.champion(*units))
    pages.get("accounts.password")
    seen: list[str] = []

    @event.listens_for(db.engine, "before_cursor_execute")
    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    pages.get("accounts.password")

    assert len([one for one in seen if one.startswith("SELECT")]) == 2, seen


def test_an_actor_has_the_units_of_her_terms_today(app: Flask, pages: Pages) -> None:
    here, there, before = make.unit(), make.unit(), make.unit()
    champion = make.champion(here, there)
    assert champion.person is not None
    make.appoint(champion.person, before, starts_on=make.day(900), ends_on=make.day(1))
    make.appoint(champion.person, make.unit(), starts_on=make.day(-1))

    visitor = queries.account(champion.id, clock.today())

    assert visitor is not None
    assert visitor.actor.unit_ids == {here.id, there.id}
    assert visitor.actor.person_id == champion.person.id
    assert visitor.actor.today == clock.today()


def test_an_auditor_with_a_term_champions_nothing(app: Flask) -> None:
    unit = make.unit()
    person = make.person(unit=unit)
    make.appoint(person, unit)
    account = make.account(Role.AUDITOR, person)

    visitor = queries.account(account.id, clock.today())

    assert visitor is not None
    assert visitor.actor.unit_ids == frozenset()
