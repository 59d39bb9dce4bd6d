"""Applications on databases that several tests share, or that one test needs beside its own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from tests.conftest import settings_for
from tracker.core.database import db
from tracker.wiring import create_app


def new_database(request: pytest.FixtureRequest, kind: str, folder: Path, name: str) -> str:
    """The address of an empty, migrated database of this name."""
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / f"{name}.db")
        return f"sqlite:///{folder / name}.db"
    server: str = request.getfixturevalue("postgres_template")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template_waymark")
    return f"{server}/{name}"


@contextmanager
def application(url: str, folder: Path) -> Iterator[Flask]:
    """The application on a database; its connections are closed at the end."""
    app = create_app(settings_for(url, folder))
    app.testing = True
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
