"""Measures reports: on the command line, sealed for good, and as a spreadsheet from a page."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from benchmarks import client
from benchmarks.institution import LONGEST_AGO, SHORTEST_AGO
from benchmarks.processes import Ran, flask, memory_of, ran, watched
from benchmarks.subject import Subject, Wrong, tell

SPREADSHEET_ROWS = 100_000
ROWS_ABOVE = 3
"""Of a spreadsheet: its title, what it is about, and the heading."""

STATUS, RATES, SEAL, VERIFY, XLSX = (
    *("`report status`", "`report rates`", "sealed month", "`report verify` of it", "people as XLSX"),
)
REPORTS = (STATUS, RATES, SEAL, VERIFY, XLSX)


@dataclass(frozen=True, slots=True)
class Reported:
    """How a report went. `memory`: bytes that the command held at most, or by which the server's processes grew."""

    seconds: float
    rows: int
    memory: int


def measured(subject: Subject) -> dict[str, Reported]:
    """Make every report once."""
    found = {}
    for name, reported in _all(subject):
        tell(f"  {name}: {reported.seconds:.1f} s, {reported.rows:,} rows, {reported.memory >> 20} MiB")
        found[name] = reported
    return found


def _all(subject: Subject) -> Iterator[tuple[str, Reported]]:
    yield STATUS, _written(subject, "status")
    yield RATES, _written(subject, "rates")
    sealing = ran(subject.environment, [sys.executable, "-m", "benchmarks.sealing"])
    verifying = flask(subject.environment, "report", "verify")
    rows = _rows_sealed(verifying)
    yield SEAL, Reported(sealing.seconds, rows, sealing.largest)
    yield VERIFY, Reported(verifying.seconds, rows, verifying.largest)
    yield XLSX, _spreadsheet(subject)


def _written(subject: Subject, kind: str) -> Reported:
    with TemporaryDirectory(prefix="waymark-bench-") as folder:
        path = Path(folder) / "report.csv"
        command = flask(subject.environment, "report", kind, "--output", str(path))
        return Reported(command.seconds, rows_of(path), command.largest)


def rows_of(path: Path) -> int:
    """The rows of a CSV file, without its heading."""
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")) - 1


def _rows_sealed(verifying: Ran) -> int:
    """From what the command says: `2026-10-31: 7,200 rows, <hash>: as sealed.`"""
    said = verifying.said.strip().splitlines()[-1]
    if not said.endswith("as sealed."):
        raise Wrong(f"report verify said {said!r}")
    return int(said.split()[1].replace(",", ""))


def _spreadsheet(subject: Subject) -> Reported:
    """The list of people of the whole institution; of a larger one those who joined last, about as many."""
    cast = subject.cast
    joined = ""
    if subject.people > SPREADSHEET_ROWS:
        days = (LONGEST_AGO - SHORTEST_AGO) * SPREADSHEET_ROWS // subject.people + SHORTEST_AGO
        joined = f"{cast.today - timedelta(days=days)}"
    request = client.get(f"/units/{cast.root}/people.xlsx?requirement=&joined={joined}", cast.office.cookie)
    small = client.get(f"/units/{cast.champions[0].unit}/people/joint.xlsx", cast.office.cookie)
    with subject.served() as server:
        for _ in range(10):  # so that every process has what it needs for spreadsheets
            client.ask(subject.port, small)
        before = memory_of(server)
        with watched(server) as peak:
            answer = client.ask(subject.port, request)
        if answer.status != 200:
            raise Wrong(f"a spreadsheet was answered with {answer.status}")
    with ZipFile(BytesIO(answer.body)) as file:
        rows = file.read("xl/worksheets/sheet1.xml").count(b"<row ") - ROWS_ABOVE
    return Reported(answer.seconds, rows, peak.together - before)
