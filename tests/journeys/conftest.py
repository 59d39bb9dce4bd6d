"""One browser and one installation of the sample institution for all journeys of a test run."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support import browser as browsers
from tests.support.browser import PHONE, WIDE, Installation, Visitor

Arrive = Callable[..., Visitor]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of browser: whether scripts run in it, and how wide its window is."""

    scripts: bool
    width: int


KINDS = (
    pytest.param(Kind(scripts=True, width=WIDE), id="wide"),
    pytest.param(Kind(scripts=False, width=PHONE), id="phone-without-scripts"),
    pytest.param(Kind(scripts=True, width=PHONE), id="phone", marks=pytest.mark.slow),
    pytest.param(Kind(scripts=False, width=WIDE), id="wide-without-scripts", marks=pytest.mark.slow),
)
"""What people come with. The first two differ in all and run each time; the others run with what is slow."""

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

    def open_browser(*, scripts: bool = True, width: int = WIDE) -> Visitor:
        visitors.append(Visitor(chromium, sample.url, scripts=scripts, width=width))
        return visitors[-1]

    yield open_browser
    for visitor in visitors:
        visitor.leave()


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    """A kind of browser; a journey runs in each."""
    found: Kind = request.param
    return found


@pytest.fixture
def another(arrive: Arrive, kind: Kind) -> Arrive:
    """Open one more browser of the same kind, for the second person of a journey."""
    return lambda: arrive(scripts=kind.scripts, width=kind.width)


@pytest.fixture
def visitor(another: Arrive) -> Visitor:
    """Somebody at a browser of each kind."""
    return another()
