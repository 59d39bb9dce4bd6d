"""What is measured: an installation with a whole institution loaded into it, and whoever asks for its pages."""

import os
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from random import Random
from tempfile import TemporaryDirectory

import psycopg
from flask import Flask

from benchmarks.processes import ROOT, parent_of, served
from benchmarks.visitors import Cast, make_cast
from tests.support import postgres
from tracker.core import config
from tracker.serving.supervising import server_command
from tracker.wiring import create_app

POSTGRESQL = "-c shared_buffers=1GB -c max_wal_size=8GB"
"""What the README of the project asks of a server for a large institution."""


class Wrong(RuntimeError):
    """An answer or a figure that is not what it must be."""


@dataclass(frozen=True, slots=True)
class Database:
    """A database to measure on. `process` is the first process of its server, where it has one."""

    name: str
    version: str
    url: str
    process: int | None


@dataclass(frozen=True, slots=True)
class Subject:
    """A loaded installation: the settings of its processes as `environment`, and itself in this process as `app`."""

    people: int
    environment: Mapping[str, str]
    port: int
    app: Flask
    cast: Cast
    rng: Random

    def served(self) -> AbstractContextManager[int]:
        """The production server with the bare page beside the others; hands out its process id."""
        command = [*server_command("127.0.0.1", self.port, ROOT)[:-1], "benchmarks.bare_page:app"]
        return served(self.environment, self.port, command)


@contextmanager
def sqlite() -> Iterator[Database]:
    """An empty folder for an SQLite file."""
    with TemporaryDirectory(prefix="waymark-bench-") as folder:
        yield Database("SQLite", sqlite3.sqlite_version, f"sqlite:///{folder}/waymark.db", None)


@contextmanager
def postgresql() -> Iterator[Database]:
    """A new PostgreSQL server that keeps what it has confirmed, with the settings of README.md."""
    with postgres.server(durable=True, settings=POSTGRESQL) as address:
        with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE bench")
            backend, version = connection.info.backend_pid, connection.info.parameter_status("server_version")
            process = parent_of(backend)
        yield Database("PostgreSQL", str(version), f"{address}/bench", process)


def environment_of(database: Database) -> dict[str, str]:
    """The settings of every process that works with a database."""
    return {
        **os.environ,
        "DATABASE_URL": database.url,
        "SECRET_KEY": secrets.token_urlsafe(32),
        "HOST": "127.0.0.1",
        "PORT": str(postgres.free_port()),
        "PUBLIC_URL": "",
        "TIME_ZONE": "UTC",
    }


def subject_of(environment: Mapping[str, str], people: int) -> Subject:
    """A database that facts were loaded into, with accounts for those who ask."""
    app = create_app(config.from_environment(ROOT / "instance", environment))
    rng = Random(people)  # noqa: S311 - who asks is made up
    return Subject(people, environment, int(environment["PORT"]), app, make_cast(app, rng), rng)


def tell(text: str) -> None:
    """Say how far it is."""
    print(text, flush=True)  # noqa: T201 - a command that talks to whoever started it
