"""Measures one institution on one database: loading it, then the parts that are wanted of what one does with it."""

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from benchmarks import client, curriculum, pages, reports
from benchmarks.curriculum import RuleChange
from benchmarks.pages import PageTimes
from benchmarks.processes import flask
from benchmarks.reports import Reported, rows_of
from benchmarks.subject import Database, Subject, Wrong, environment_of, subject_of, tell

RECOUNTED_UP_TO = 100_000
"""People: a larger institution is not recounted from its facts, which takes as long as loading it."""

PARTS = ("pages", "curriculum", "reports", "agreement")


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
class Measured:
    """Everything about one institution on one database; what was not wanted is empty."""

    database: str
    version: str
    people: int
    loaded: Loaded
    pages: Mapping[str, PageTimes] = field(default_factory=dict)
    rule_change: RuleChange | None = None
    reports: Mapping[str, Reported] = field(default_factory=dict)
    agreed: str | None = None


def measure(database: Database, folder: Path, people: int, parts: Collection[str]) -> Measured:
    """Load a folder of facts, and measure these parts. Raises CommandFailed or Wrong."""
    tell(f"{people:,} people on {database.name}")
    environment = environment_of(database)
    loaded = _load(database, environment, folder)
    subject = subject_of(environment, people)
    return Measured(
        database.name,
        database.version,
        people,
        loaded,
        pages=pages.measured(subject) if "pages" in parts else {},
        reports=reports.measured(subject) if "reports" in parts else {},  # a month waits for a rule before it is sealed
        rule_change=curriculum.measured(subject) if "curriculum" in parts else None,
        agreed=_agreed(subject) if "agreement" in parts else None,
    )


# Loading


def _load(database: Database, environment: Mapping[str, str], folder: Path) -> Loaded:
    flask(environment, "db", "upgrade")
    rows = sum(rows_of(path) for path in folder.glob("*.csv"))
    ran = flask(environment, "data", "load", str(folder), database=database.process)
    size = _size_on_disk(database)
    tell(f"  data load: {ran.seconds:.1f} s, {rows:,} rows, {ran.peak >> 20} MiB of memory, {size >> 20} MiB on disk")
    return Loaded(ran.seconds, rows, ran.peak, ran.largest, ran.database_peak, size)


def _size_on_disk(database: Database) -> int:
    if database.process is None:
        path = Path(database.url.removeprefix("sqlite:///"))
        return sum(one.stat().st_size for one in path.parent.glob(f"{path.name}*"))
    with psycopg.connect(database.url) as connection:
        found = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        return int(found[0]) if found else 0


# Agreement


def _agreed(subject: Subject) -> str:
    """Compare pages with a report, and figures with facts, after all that was done; what was found. Raises Wrong."""
    with subject.served():
        agreed = _compare(subject)
    if subject.people <= RECOUNTED_UP_TO:
        took = flask(subject.environment, "check", "figures").seconds
        agreed += f"; `check figures` found no difference ({took:.0f} s)"
    tell(f"  {agreed}")
    return agreed


def _compare(subject: Subject) -> str:
    """Read the tables of all units, and the report; what was found. Raises Wrong."""
    with TemporaryDirectory(prefix="waymark-bench-") as folder:
        path = Path(folder) / "rates.csv"
        flask(subject.environment, "report", "rates", "--output", str(path))
        with path.open(encoding="utf-8", newline="") as file:
            reported = {_item(row): _counts(row) for row in csv.DictReader(file)}
    compared, cast = 0, subject.cast
    for unit in (cast.root, *(str(champion.unit) for champion in cast.champions)):
        answer = client.ask(subject.port, client.get(f"/units/{unit}/table.csv?by=module", cast.office.cookie))
        for row in csv.DictReader(StringIO(answer.body.decode())):
            if row["unit"] and _counts(row) != reported.get(_item(row), ("0", "0", "0")):
                raise Wrong(f"a page shows {row}, the report says {reported.get(_item(row))}")
            compared += 1
    if not compared:
        raise Wrong("no page shows a figure to compare with the report")
    return f"{compared:,} figures of pages, read after all writes, are those of `report rates`"


def _item(row: Mapping[str, str]) -> tuple[str, str, str]:
    return row["unit"], row["requirement"], row["module"]


def _counts(row: Mapping[str, str]) -> tuple[str, str, str]:
    return row["in_scope"], row["denominator"], row["satisfied"]
