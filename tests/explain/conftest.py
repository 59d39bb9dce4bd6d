"""The institution of explanations, loaded once on each database."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from tests.conftest import DATABASES, settings_for
from tests.explain.cases import CASES
from tests.explain.world import TODAY, institution
from tests.naive.folder import write_folder
from tracker.core.actor import system
from tracker.core.database import db
from tracker.exchange import commands
from tracker.wiring import create_app


@pytest.fixture(scope="session", params=DATABASES)
def told_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application with everybody of the table of cases; tests only read it."""
    folder = tmp_path_factory.mktemp("told")
    app = create_app(settings_for(_empty_database(request, folder), folder))
    write_folder(institution({name: case.life for name, case in CASES.items()}), folder / "facts")
    with app.app_context():
        commands.load(system(TODAY), folder / "facts")
        yield app
        db.session.remove()
        db.engine.dispose()


def _empty_database(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "sqlite":
        path = folder / "waymark.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    server = request.getfixturevalue("postgres_template")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE told TEMPLATE template_waymark")
    return f"{server}/told"
