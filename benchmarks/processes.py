"""Runs the project's own commands and its server, and measures what they take: seconds, and memory by /proc."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
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
    began = time.perf_counter()
    command = subprocess.Popen(  # noqa: S603 - our own command
        [*FLASK, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    with _watched(command.pid) as peak, _watched(database) as database_peak:
        assert command.stdout is not None
        said = command.stdout.read()
        _, status, usage = os.wait4(command.pid, 0)
        seconds = time.perf_counter() - began
    command.returncode = os.waitstatus_to_exitcode(status)
    if command.returncode:
        raise CommandFailed(f"flask {' '.join(arguments)} ended with {command.returncode}:\n{said}")
    return Ran(seconds, peak(), usage.ru_maxrss * 1024, database_peak(), said)


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
def _watched(root: int | None) -> Iterator[Callable[[], int]]:
    """Look at a process and all below it a few times a second; hands out what tells the most they held, in bytes."""
    peak, is_over = 0, Event()

    def look() -> None:
        nonlocal peak
        while root is not None:
            peak = max(peak, sum(map(_memory, _tree(root))))
            if is_over.wait(SECONDS_BETWEEN_LOOKS):
                return

    watcher = Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield lambda: peak
    finally:
        is_over.set()
        watcher.join()


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


def _memory(process: int) -> int:
    """What a process holds, in bytes: of what it shares with others, its share only, so that sums are true."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8")
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:"))
