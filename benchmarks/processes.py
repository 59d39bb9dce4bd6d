"""Runs the project's own commands and its server, and measures what they take: seconds, and memory by /proc."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

ROOT = Path(__file__).resolve().parent.parent
FLASK = (sys.executable, "-m", "flask", "--app", "app")
SECONDS_BETWEEN_LOOKS = 0.4
SECONDS_TO_START = 30.0


class CommandFailed(RuntimeError):
    """A command of the project that did not end well; the text is what it said."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command went. Bytes: the most that it and its children held at once, and the largest of them alone;
    and the most that the database's own processes held at once, where they were to be watched."""

    seconds: float
    peak: int
    largest: int
    database_peak: int
    said: str


def flask(environment: Mapping[str, str], *arguments: str, database: int | None = None) -> Ran:
    """Run a command of the application. `database`: the first process of its server. Raises CommandFailed."""
    return ran(environment, [*FLASK, *arguments], database)


def ran(environment: Mapping[str, str], command: Sequence[str], database: int | None = None) -> Ran:
    """Run any command of ours. Raises CommandFailed."""
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    with watched(process.pid) as peak, watched(database) as database_peak:
        assert process.stdout is not None
        said = process.stdout.read()
        process.wait()
        seconds = time.perf_counter() - began
    if process.returncode:
        raise CommandFailed(f"{' '.join(command)} ended with {process.returncode}:\n{said}")
    return Ran(seconds, peak.together, peak.largest, database_peak.together, said)


@dataclass(slots=True)
class Peak:
    """The most that processes held so far, in bytes: all together, and the largest of them alone."""

    together: int = 0
    largest: int = 0


@contextmanager
def served(environment: Mapping[str, str], port: int, command: Sequence[str]) -> Iterator[int]:
    """The production server, until the block ends; hands out its process id."""
    server = subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(server, port)
        yield server.pid
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(server: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise CommandFailed("The server did not start.")


@contextmanager
def working(environment: Mapping[str, str]) -> Iterator[None]:
    """The worker, until the block ends."""
    worker = subprocess.Popen([*FLASK, "worker"], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)  # noqa: S603 - ours
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(30)


@contextmanager
def watched(root: int | None) -> Iterator[Peak]:
    """Look at a process and all below it a few times a second."""
    peak, is_over = Peak(), Event()

    def look() -> None:
        while root is not None:
            peak.together = max(peak.together, memory_of(root))
            peak.largest = max(peak.largest, *(_in_kibibytes(one, "status", "VmHWM:") for one in _tree(root)))
            if is_over.wait(SECONDS_BETWEEN_LOOKS):
                return

    watcher = Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        is_over.set()
        watcher.join()


def memory_of(root: int) -> int:
    """What a process and all below it hold, in bytes; of what is shared each its share only, so that sums are true."""
    return sum(_in_kibibytes(one, "smaps_rollup", "Pss:") for one in _tree(root))


def _tree(process: int) -> Iterator[int]:
    """A process and all below it that are still there."""
    yield process
    with suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            for child in (thread / "children").read_text(encoding="ascii").split():
                yield from _tree(int(child))


def parent_of(process: int) -> int:
    """Who started a process."""
    status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    return int(status.rpartition(")")[2].split()[1])


def _in_kibibytes(process: int, file: str, name: str) -> int:
    """A number that the system tells of a process, in bytes; 0 of one that has ended."""
    try:
        text = Path(f"/proc/{process}/{file}").read_text(encoding="utf-8")
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith(name))
