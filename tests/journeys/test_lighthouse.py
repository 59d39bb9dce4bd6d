"""What Lighthouse says of home and the list of people where 100,000 people are loaded; and how heavy they are there."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Browser

from benchmarks import institution
from tests.support import browser as browsers
from tests.support import node
from tests.support.browser import MOST_BYTES, Installation, Visitor

pytestmark = pytest.mark.slow

PEOPLE = 100_000
SECONDS_TO_LOAD = 600.0
WHO = ("--role", "champion", "--person", "0000001")
LEAST = {"accessibility": 100, "best-practices": 100, "performance": 95}


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with 100,000 people."""
    folder = tmp_path_factory.mktemp("large")
    institution.write(folder / "facts", PEOPLE, date.today())  # noqa: DTZ011 - the day of the machine, as the server's
    address = f"sqlite:///{folder / 'large.db'}"
    with browsers.installation(folder, DATABASE_URL=address) as running:
        running.flask("data", "load", "--replace", "--yes", str(folder / "facts"), seconds=SECONDS_TO_LOAD)
        yield running


@pytest.fixture(scope="module")
def champion(chromium: Browser, large: Installation) -> Iterator[Visitor]:
    """The first of all people, who champions a department."""
    found = large.flask("accounts", "add", "first@bench.example", *WHO)
    visitor = Visitor(chromium, large.url)
    visitor.page.goto(browsers.link_in(found, large))
    visitor.press("Sign in as first@bench.example")
    yield visitor
    visitor.leave()


PAGES = ("/", "/units/D00/people")


def test_lighthouse_finds_nothing(champion: Visitor) -> None:
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in champion.context.cookies())
    said = node.lighthouse([{"url": f"{champion.url}{path}", "cookie": cookie} for path in PAGES])
    assert [answer["url"].removeprefix(champion.url) for answer in said] == list(PAGES)
    assert not (found := [answer for answer in said if falls_short(answer["scores"])]), found


def falls_short(scores: dict[str, Any]) -> bool:
    return any(scores[category] < least for category, least in LEAST.items())


@pytest.mark.parametrize("path", [*PAGES, "/units", "/units/D00", "/units/D00/table", "/units/D00/coverage"])
def test_no_page_is_too_heavy(champion: Visitor, path: str) -> None:
    answer = champion.context.request.get(path)
    assert answer.status == 200
    assert len(answer.body()) <= MOST_BYTES
