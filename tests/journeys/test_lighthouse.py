"""What Lighthouse says of home and the list of people where 100,000 people are loaded; and how heavy they are there."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from benchmarks import institution
from tests.support import apps, node
from tests.support import browser as browsers
from tests.support.browser import MOST_BYTES, Installation, Visitor
from tracker.core import clock
from tracker.core.actor import system
from tracker.exchange import commands

pytestmark = pytest.mark.slow

PEOPLE = 100_000
WHO = ("--role", "champion", "--person", "0000001")
LEAST = {"accessibility": 100, "best-practices": 100, "performance": 95}


@pytest.fixture(scope="module")
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with 100,000 people."""
    folder = tmp_path_factory.mktemp("large")
    address = apps.new_database(request, "sqlite", folder, "large")
    with apps.application(address, folder) as app, app.app_context():
        institution.write(folder / "facts", PEOPLE, clock.today())
        commands.load(system(clock.today()), folder / "facts")
    with browsers.installation(folder, DATABASE_URL=address) as running:
        yield running


@pytest.fixture(scope="module")
def champion(chromium: Browser, large: Installation) -> Iterator[Visitor]:
    """The first of all people, who champions a department."""
    found = large.flask("accounts", "add", "first@bench.example", *WHO)
    visitor = Visitor(chromium, large.url)
    visitor.page.goto(browsers.link_in(found, large))
    visitor.go(visitor.page.get_by_role("button", name=re.compile("^Sign in as ")))
    yield visitor
    visitor.leave()


PAGES = ("/", "/units/D00/people")


def test_lighthouse_finds_nothing(champion: Visitor) -> None:
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in champion.context.cookies())
    said = node.lighthouse([{"url": f"{champion.url}{path}", "cookie": cookie} for path in PAGES])
    assert [answer["url"].removeprefix(champion.url) for answer in said] == list(PAGES)
    found = [
        f"{answer['url']} {answer['scores']}: {answer['short']}" for answer in said if falls_short(answer["scores"])
    ]
    assert not found, "\n".join(found)


def falls_short(scores: dict[str, Any]) -> bool:
    return any(scores[category] < least for category, least in LEAST.items())


@pytest.mark.parametrize("path", [*PAGES, "/units", "/units/D00", "/units/D00/table", "/units/D00/coverage"])
def test_no_page_is_too_heavy(champion: Visitor, path: str) -> None:
    answer = champion.context.request.get(path)
    assert answer.status == 200
    assert len(answer.body()) <= MOST_BYTES
