"""Every page for everybody who may open it: nothing that axe finds, nothing on the console, nothing too wide or heavy,
no focus out of sight.

What only a deed leads to is in test_every_state.py.
"""

from collections.abc import Mapping

import pytest
from playwright.sync_api import Browser

from scripts import styleguide
from tests.journeys import walk
from tests.journeys.conftest import Arrive
from tests.support.browser import MOST_BYTES, NARROW, Installation, Visitor, faults


@pytest.fixture(scope="module")
def names(sample: Installation) -> Mapping[str, object]:
    """What the addresses of the table name."""
    return walk.names(sample)


@pytest.fixture(scope="module")
def sound() -> set[str]:
    """What was found to be sound under the head of a page, whoever looked."""
    return set()


@pytest.mark.parametrize("role", walk.WHO)
def test_every_page_is_sound(arrive: Arrive, names: Mapping[str, object], sound: set[str], role: str) -> None:
    visitor = arrive()
    problems: list[str] = []
    for address, answer in walk.walk(visitor, role, names):
        if (weight := len(answer.body())) > MOST_BYTES:
            problems.append(f"{address}: {weight:,} bytes")
        if (shown := walk.content(visitor)) not in sound:
            sound.add(shown)
            found = faults(visitor, in_the_dark=walk.FIRST[address] == role)
            problems += [f"{address}: {one}" for one in found]
    assert not problems, "\n".join(problems)


def test_the_page_of_components_is_sound(chromium: Browser) -> None:
    with styleguide.serving() as address:
        visitor = Visitor(chromium, address.removesuffix("/styleguide"))
        visitor.page.goto(address)
        assert not list(faults(visitor, in_the_dark=True))
        visitor.press("Claim a completion")
        assert not list(faults(visitor, in_the_dark=True))
        visitor.leave()


def test_a_fault_is_found(arrive: Arrive) -> None:
    """The instruments work: axe, the measures, and the ear at the console."""
    visitor = arrive()
    visitor.page.goto("/sign-in")
    visitor.page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    visitor.page.evaluate("document.querySelector('h1').style.minWidth = '2000px'")
    visitor.page.evaluate("document.querySelector('main a').style.outline = 'none'")
    visitor.page.evaluate("document.querySelector('main input:not([type=hidden])').tabIndex = 1")
    found = list(faults(visitor))
    assert any(one.startswith("image-alt") for one in found)
    assert any(one.startswith("narrow: ") and one.endswith(f"wider than a window of {NARROW}") for one in found)
    assert any(one.startswith("its focus is not seen: ") for one in found)
    assert any(one.startswith("comes out of turn: ") for one in found)

    with visitor.page.expect_console_message():
        visitor.page.evaluate(
            "document.body.append(Object.assign(document.createElement('img'), {src: 'https://x.invalid/'}))"
        )
    assert any("Content Security Policy" in problem for problem in visitor.watch.problems)
    visitor.watch.problems.clear()
