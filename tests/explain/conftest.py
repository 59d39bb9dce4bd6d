"""The institution of explanations, loaded once on each database."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import DATABASES
from tests.explain.cases import CASES
from tests.explain.world import TODAY, institution
from tests.naive.folder import write_folder
from tests.support import apps
from tracker.core.actor import system
from tracker.exchange import commands


@pytest.fixture(scope="session", params=DATABASES)
def told_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application with everybody of the table of cases; tests only read it."""
    folder = tmp_path_factory.mktemp("told")
    write_folder(institution({name: case.life for name, case in CASES.items()}), folder / "facts")
    with apps.application(apps.new_database(request, request.param, folder, "told"), folder) as app, app.app_context():
        commands.load(system(TODAY), folder / "facts")
        yield app
