"""Fixtures of all tests: the application on a migrated database, once on SQLite and once on PostgreSQL."""

import shutil
from collections.abc import Iterator, Sequence
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

pytest_plugins = ["tests.support.seed", "tests.support.compiled_once", "tests.support.in_memory"]

HERE = Path(__file__).resolve().parent
DATABASES = ("sqlite", "postgresql")


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Let one worker of `pytest -n` run all of a file, so that what the file prepares is prepared once."""
    for item in items:
        if not any(item.iter_markers("xdist_group")):
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(HERE))))


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
    """The address of a server that has an empty migrated database named `template_waymark`."""
    with psycopg.connect(f"{postgres_url}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE template_waymark")
    _migrate(f"{postgres_url}/template_waymark", tmp_path_factory.mktemp("template"))
    return postgres_url


@pytest.fixture(scope="session")
def postgres_reused(postgres_template: str) -> postgres.Reused:
    """A database of that server that is emptied for each test."""
    return postgres.Reused(postgres_template, "template_waymark")


def _migrate(url: str, folder: Path) -> None:
    app = create_app(settings_for(url, folder))
    with app.app_context():
        upgrade()
        db.engine.dispose()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a migrated database that is empty and of no concern to other tests."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "waymark.db")
        return f"sqlite:///{tmp_path / 'waymark.db'}"
    reused: postgres.Reused = request.getfixturevalue("postgres_reused")
    return reused.emptied()


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
