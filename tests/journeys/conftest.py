"""One browser and one installation of the sample institution for all journeys of a test run."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support import browser as browsers
from tests.support.browser import Installation, Visitor

Arrive = Callable[..., Visitor]

HERE = Path(__file__).resolve().parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Give all journeys to one worker of `pytest -n`, so that one server and one browser do."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("journeys"))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The sample institution, served by the project's own command from a folder of its own."""
    with browsers.installation(tmp_path_factory.mktemp("sample")) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browsers.chromium() as browser:
        yield browser


@pytest.fixture
def arrive(chromium: Browser, sample: Installation) -> Iterator[Arrive]:
    """Open a browser on the sample institution; what goes wrong in it unseen fails the test at its end."""
    visitors = []

    def open_browser(*, scripts: bool = True, width: int = 1280) -> Visitor:
        visitors.append(Visitor(chromium, sample.url, scripts=scripts, width=width))
        return visitors[-1]

    yield open_browser
    for visitor in visitors:
        visitor.leave()


@pytest.fixture(params=[(True, 1280), (True, 360), (False, 360)], ids=["wide", "phone", "phone-without-scripts"])
def learner_browser(request: pytest.FixtureRequest, arrive: Arrive) -> Visitor:
    """Browsers a learner comes with."""
    scripts, width = request.param
    return arrive(scripts=scripts, width=width)


@pytest.fixture(params=[True, False], ids=["with-scripts", "without-scripts"])
def wide_browser(request: pytest.FixtureRequest, arrive: Arrive) -> Visitor:
    """Browsers that champions and the office come with."""
    return arrive(scripts=request.param, width=1280)


@pytest.fixture(
    params=[(True, 1280), (True, 360), (False, 1280), (False, 360)],
    ids=["wide", "phone", "wide-without-scripts", "phone-without-scripts"],
)
def any_browser(request: pytest.FixtureRequest, arrive: Arrive) -> Visitor:
    """Every kind of browser that somebody may come with."""
    scripts, width = request.param
    return arrive(scripts=scripts, width=width)
