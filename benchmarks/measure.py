"""Measures one institution on one database: loading it, its reports, its pages over HTTP, and whether figures agree."""

import csv
import math
import os
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import psycopg

from benchmarks import client, visitors
from benchmarks.processes import ROOT, flask, parent_of, served
from benchmarks.visitors import LOG, PAGES, Asked, Cast
from tests.support import postgres
from tracker.core import config
from tracker.serving.supervising import server_command

WARM_UP = 30
ONE_BY_ONE = 300
EIGHT_AT_ONCE = 600
POSTGRESQL = "-c shared_buffers=1GB -c max_wal_size=8GB"
"""What the README of the project asks of a server for a large institution."""
RECOUNTED_UP_TO = 100_000
"""People: a larger institution is not recounted from its facts, which takes as long as loading it."""


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
class Loaded:
    """How loading went: bytes of memory of the command with its children, and of the database's own processes."""

    seconds: float
    rows: int
    memory: int
    largest_process: int
    database_memory: int
    size_on_disk: int


@dataclass(frozen=True, slots=True)
class Reported:
    """How a report went."""

    seconds: float
    rows: int


@dataclass(frozen=True, slots=True)
class PageTimes:
    """Seconds of a page, asked for one at a time and eight at a time; requests of all kinds per second at eight."""

    p50: float
    p95: float
    p50_of_eight: float
    p95_of_eight: float
    per_second: float


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything about one institution on one database."""

    database: str
    version: str
    people: int
    loaded: Loaded
    reports: Mapping[str, Reported]
    pages: Mapping[str, PageTimes]
    agreed: str


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


def measure(database: Database, folder: Path, people: int) -> Measured:
    """Load a folder of facts, and measure everything. Raises CommandFailed or Wrong."""
    environment = {
        **os.environ,
        "DATABASE_URL": database.url,
        "SECRET_KEY": secrets.token_urlsafe(32),
        "HOST": "127.0.0.1",
        "PORT": str(postgres.free_port()),
        "PUBLIC_URL": "",
        "TIME_ZONE": "UTC",
    }
    tell(f"{people:,} people on {database.name}")
    loaded = _load(database, environment, folder)
    reports = {kind: _report(environment, kind) for kind in ("status", "rates")}
    rng = Random(people)  # noqa: S311 - who asks is made up
    cast = visitors.make_cast(config.from_environment(ROOT / "instance", environment), rng)
    port = int(environment["PORT"])
    command = [*server_command("127.0.0.1", port, ROOT)[:-1], "benchmarks.bare_page:app"]
    with served(environment, port, command):
        pages = {page: _page(port, page, cast, rng) for page in PAGES}
        agreed = _compare(environment, port, cast)
    if people <= RECOUNTED_UP_TO:
        took = flask(environment, "check", "figures").seconds
        agreed += f"; `check figures` found no difference ({took:.0f} s)"
        tell(f"  check figures: no difference, {took:.1f} s")
    return Measured(database.name, database.version, people, loaded, reports, pages, agreed)


def tell(text: str) -> None:
    """Say how far it is."""
    print(text, flush=True)  # noqa: T201 - a command that talks to whoever started it


# Loading and reports


def _load(database: Database, environment: Mapping[str, str], folder: Path) -> Loaded:
    flask(environment, "db", "upgrade")
    rows = sum(_rows(path) for path in folder.glob("*.csv"))
    ran = flask(environment, "data", "load", str(folder), database=database.process)
    size = _size_on_disk(database)
    tell(f"  data load: {ran.seconds:.1f} s, {rows:,} rows, {ran.peak >> 20} MiB of memory, {size >> 20} MiB on disk")
    return Loaded(ran.seconds, rows, ran.peak, ran.largest, ran.database_peak, size)


def _rows(path: Path) -> int:
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")) - 1


def _size_on_disk(database: Database) -> int:
    if database.process is None:
        path = Path(database.url.removeprefix("sqlite:///"))
        return sum(one.stat().st_size for one in path.parent.glob(f"{path.name}*"))
    with psycopg.connect(database.url) as connection:
        found = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        return int(found[0]) if found else 0


def _report(environment: Mapping[str, str], kind: str) -> Reported:
    with TemporaryDirectory(prefix="waymark-bench-") as folder:
        path = Path(folder) / "report.csv"
        ran = flask(environment, "report", kind, "--output", str(path))
        rows = _rows(path)
    tell(f"  report {kind}: {ran.seconds:.1f} s, {rows:,} rows")
    return Reported(ran.seconds, rows)


# Pages


def _page(port: int, page: str, cast: Cast, rng: Random) -> PageTimes:
    """Ask for a page by random people: first to warm up, then one at a time, then eight at a time."""
    _play(port, visitors.requests_for(page, cast, WARM_UP, rng), 1, page)
    alone, _ = _play(port, visitors.requests_for(page, cast, ONE_BY_ONE, rng), 1, page)
    together, per_second = _play(port, visitors.requests_for(page, cast, EIGHT_AT_ONCE, rng), 8, page)
    times = PageTimes(
        _share(alone, 0.5), _share(alone, 0.95), _share(together, 0.5), _share(together, 0.95), per_second
    )
    tell(
        f"  {page}: p50 {times.p50 * 1000:.1f}, p95 {times.p95 * 1000:.1f} ms; "
        f"at 8: {times.p50_of_eight * 1000:.1f}, {times.p95_of_eight * 1000:.1f} ms, {per_second:.0f} per second"
    )
    return times


def _play(port: int, asked: Sequence[Asked], at_once: int, page: str) -> tuple[list[float], float]:
    """The seconds of the requests that are for the page itself, and all requests per second. Raises Wrong."""
    played = client.play(port, [one.request for one in asked], at_once)
    for one, answer in zip(asked, played.answers, strict=True):
        if answer.status != (303 if one.writes else 200):
            raise Wrong(f"{page}: {one.request[:80]!r} was answered with {answer.status}: {answer.body[:500]!r}")
    own = [answer.seconds for one, answer in zip(asked, played.answers, strict=True) if one.writes == (page == LOG)]
    return own, len(asked) / played.seconds


def _share(seconds: Sequence[float], share: float) -> float:
    """The time within which such a share of the requests was answered."""
    return sorted(seconds)[math.ceil(share * len(seconds)) - 1]


# Agreement


def _compare(environment: Mapping[str, str], port: int, cast: Cast) -> str:
    """Read the tables of all units after all that was written, and the report; what was found. Raises Wrong."""
    with TemporaryDirectory(prefix="waymark-bench-") as folder:
        path = Path(folder) / "rates.csv"
        flask(environment, "report", "rates", "--output", str(path))
        with path.open(encoding="utf-8", newline="") as file:
            reported = {_item(row): _counts(row) for row in csv.DictReader(file)}
    compared = 0
    for unit in (cast.root, *(str(champion.unit) for champion in cast.champions)):
        answer = client.ask(port, client.get(f"/units/{unit}/table.csv?by=module", cast.office.cookie))
        for row in csv.DictReader(StringIO(answer.body.decode())):
            if row["unit"] and _counts(row) != reported.get(_item(row), ("0", "0", "0")):
                raise Wrong(f"a page shows {row}, the report says {reported.get(_item(row))}")
            compared += 1
    if not compared:
        raise Wrong("no page shows a figure to compare with the report")
    tell(f"  {compared:,} figures of pages are those of the report")
    return f"{compared:,} figures of pages, read after all writes, are those of `report rates`"


def _item(row: Mapping[str, str]) -> tuple[str, str, str]:
    return row["unit"], row["requirement"], row["module"]


def _counts(row: Mapping[str, str]) -> tuple[str, str, str]:
    return row["in_scope"], row["denominator"], row["satisfied"]
