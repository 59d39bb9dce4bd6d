"""Databases of this folder's own: one for all refused folders, and empty ones."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import DATABASES
from tests.support import apps
from tracker.core.actor import system
from tracker.core.clock import today
from tracker.exchange import commands

from . import folder


@pytest.fixture(scope="module", params=DATABASES)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application with the small folder loaded; its tests must leave it as it is."""
    place = tmp_path_factory.mktemp("filled")
    url = apps.new_database(request, request.param, place, "filled")
    with apps.application(url, place) as app, app.app_context():
        commands.load(system(today()), folder.write(place / "facts"))
        yield app
