"""The sample institution, loaded once for the tests that need many people and units, on each database."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import DATABASES
from tests.support import apps
from tests.support.pages import Pages
from tracker.core import clock
from tracker.core.actor import system
from tracker.exchange.commands import load
from tracker.exchange.sample import write_sample


@pytest.fixture(scope="module", params=DATABASES)
def sample_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on the sample institution; nothing that shares it may change anything."""
    folder = tmp_path_factory.mktemp("sample")
    url = apps.new_database(request, request.param, folder, "sample")
    with apps.application(url, folder) as app, app.app_context():
        write_sample(folder / "facts", today=clock.today())
        load(system(clock.today()), folder / "facts")
        yield app


@pytest.fixture
def sample_pages(sample_app: Flask) -> Pages:
    """A browser without a screen on the sample institution."""
    return Pages(sample_app)
