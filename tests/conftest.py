"""Fixtures of all tests: the application on a migrated database, once on SQLite and once on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from flask import Flask
from flask_migrate import upgrade

from tests.support import postgres
from tests.support.pages import Pages
from tracker.core.config import Settings
from tracker.core.database import db
from tracker.wiring import create_app

pytest_plugins = ["tests.support.seed"]

DATABASES = ("sqlite", "postgresql")


def settings_for(url: str, instance: Path) -> Settings:
    """Settings of a test: nothing from the environment."""
    return Settings(
        instance=instance,
        database_url=url.replace("postgresql://", "postgresql+psycopg://"),
        own_database=True,
        host="127.0.0.1",
        port=8000,
        public_url="http://localhost",
        time_zone=ZoneInfo("UTC"),
        secret_key="not a secret in tests",
        mail_url=None,
        mail_from="waymark@example.edu",
    )


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this test process, without the name of a database."""
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with the migrated schema, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    path = folder / "waymark.db"
    _migrate(f"sqlite:///{path}", folder)
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a server that has an empty migrated database named `template`."""
    with psycopg.connect(f"{postgres_url}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE template_waymark")
    _migrate(f"{postgres_url}/template_waymark", tmp_path_factory.mktemp("template"))
    return postgres_url


def _migrate(url: str, folder: Path) -> None:
    app = create_app(settings_for(url, folder))
    with app.app_context():
        upgrade()
        db.engine.dispose()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty, migrated database of the test's own."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "waymark.db")
        yield f"sqlite:///{tmp_path / 'waymark.db'}"
        return
    server = request.getfixturevalue("postgres_template")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS test WITH (FORCE)")
        connection.execute("CREATE DATABASE test TEMPLATE template_waymark")
    yield f"{server}/test"


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on that database, with its context pushed."""
    app = create_app(settings_for(database_url, tmp_path))
    app.testing = True
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def pages(app: Flask) -> Pages:
    """A browser without a screen, nobody signed in."""
    return Pages(app)
