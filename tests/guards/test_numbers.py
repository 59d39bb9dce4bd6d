"""A number that no row has, or that is none, is answered like anything else that is not there: never with a fault."""

from urllib.parse import urlencode

import pytest
from flask import Flask

from tests.guards import world as worlds
from tests.support.pages import Pages

NUMBERS = ("²", "99999999999999999999", "9" * 5_000, "-1", "")
IN_ADDRESSES = [
    ("office", "/office/trail", "before"),
    ("office", "/office/curriculum/history", "page"),
    ("office", "/office/curriculum/new/requirement", "proposal"),
    ("office", "/office/curriculum/requirement/YEARLY/change", "proposal"),
    ("office", "/office/curriculum/proposals/{proposal}/sample", "person"),
    ("office", "/office/people/{person}", "done"),
    ("office", "/office/rosters/{roster}", "page"),
    ("office", "/office/waivers", "page"),
    ("office", "/office/reports", "page"),
    ("office", "/office/reports/{sealed}/changes", "page"),
    ("office", "/office/reports/regular/{mailing}", "page"),
    ("office", "/office/champions", "page"),
    ("champion", "/claims", "page"),
    ("champion", "/requests", "page"),
    ("champion", "/requests/mine", "page"),
    ("champion", "/requests/new?kind=not-ours", "person"),
    ("champion", "/requests/new?kind=missing", "unit"),
    ("champion", "/requests/new?kind=older", "module"),
    ("champion", "/requests/new?kind=waiver", "requirement"),
    ("champion", "/messages", "page"),
    ("champion", "/messages/{message}", "page"),
    ("champion", "/messages/write", "person"),
    ("champion", "/units/MED/trends", "years"),
    ("champion", "/units/MED/trends", "ahead"),
    ("champion", "/units/CARD/people", "page"),
    ("champion", "/units/CARD/write", "people"),
    ("champion", "/units/CARD/log", "list"),
    ("champion", "/units/CARD/log", "people"),
    ("champion", "/units/CARD/log/preview?course={module_code}", "people"),
]
IN_FORMS = [
    ("learner", "/hide", "module"),
    ("office", "/office/units/MED/take-back", "change"),
    ("office", "/office/units/MED/split", "people"),
    ("office", "/units/MED/targets/new", "percent"),
    ("office", "/messages/write", "person"),
]
CALM = {200, 303, 400, 404, 422}


@pytest.fixture
def world(app: Flask) -> worlds.World:
    """Somebody and something of each kind."""
    return worlds.build()


@pytest.fixture
def visitors(app: Flask, world: worlds.World) -> dict[str, Pages]:
    """Their browsers."""
    found = {name: Pages(app) for name in ("learner", "champion", "office")}
    for name, pages in found.items():
        pages.sign_in(world.visitors[name])
    return found


def test_in_addresses(world: worlds.World, visitors: dict[str, Pages]) -> None:
    for who, address, name in IN_ADDRESSES:
        path = address.format(**world.names)
        for number in NUMBERS:
            query = urlencode({name: number})
            answer = visitors[who]._once("GET", f"{path}{'&' if '?' in path else '?'}{query}")
            assert answer.status_code in CALM, f"{answer.status_code} at {path} with {query[:80]}"


def test_in_forms(world: worlds.World, visitors: dict[str, Pages]) -> None:
    for who, path, name in IN_FORMS:
        for number in NUMBERS:
            data = {name: number, "csrf_token": visitors[who].token()}
            answer = visitors[who]._once("POST", path, data=data)
            assert answer.status_code in CALM, f"{answer.status_code} at {path} with {name}={number[:30]}"


def test_in_the_names_of_fields(visitors: dict[str, Pages]) -> None:
    """A form with as many places as are asked for finds them by the numbers in their names."""
    office = visitors["office"]
    for number in (*NUMBERS, "0", "99"):
        data = {f"module_{number}": "COURSE", "more": "1", "csrf_token": office.token()}
        answer = office._once("POST", "/office/curriculum/new/requirement", data=data)
        assert answer.status_code in CALM, f"{answer.status_code} with module_{number[:30]}"
