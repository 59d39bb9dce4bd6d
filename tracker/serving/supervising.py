"""The server and the worker as children: both run, or neither does."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import FrameType

SECONDS_TO_STOP = 20.0
MOST_SERVERS = 2
THREADS_OF_A_SERVER = 2
"""More only take turns with each other inside one Python: pages and writes then come slower, eight at a time."""
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


class StopAsked:
    """Notes that SIGINT or SIGTERM came."""

    def __init__(self) -> None:
        self.came = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.came = True

    def pause(self, seconds: float) -> None:
        """Wait, but not on when asked to stop."""
        until = time.monotonic() + seconds
        while not self.came and time.monotonic() < until:
            time.sleep(min(0.1, seconds))


def server_command(address: str, port: int, root: Path) -> list[str]:
    """How the production server is started."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"),
        *("--host", address, "--port", str(port)),
        *("--workers", str(min(MOST_SERVERS, os.cpu_count() or 1))),
        *("--blocking-threads", str(THREADS_OF_A_SERVER)),
        *("--workers-kill-timeout", "10", "--log-level", "warning", "--no-access-log"),
        *("--working-dir", str(root), "app:app"),
    ]


def worker_command() -> list[str]:
    """How the worker is started."""
    return [sys.executable, "-m", "flask", "--app", "app", "worker"]


def run(commands: Mapping[str, Sequence[str]], root: Path, address: str, port: int, announce: str) -> str | None:
    """Run these commands until told to stop; the name of one that ended by itself, if one did.

    `announce` is printed once the port answers.
    """
    stop = StopAsked()
    children = {name: _start(command, root) for name, command in commands.items()}
    announced = False
    try:
        while not stop.came:
            ended = [name for name, child in children.items() if child.poll() is not None]
            if ended:
                return ended[0]
            if not announced and _answers(address, port):
                announced = True
                sys.stdout.write(announce)
                sys.stdout.flush()
            stop.pause(0.5 if announced else 0.1)
        return None
    finally:
        _stop(children.values())


def _start(command: Sequence[str], root: Path) -> subprocess.Popen[bytes]:
    """Start a child in a group of its own: Ctrl+C on a terminal comes to us alone, and we stop it in good order."""
    return subprocess.Popen(  # noqa: S603  our own commands
        list(command), cwd=root, process_group=0, preexec_fn=_die_with_parent
    )


def _stop(children: Iterable[subprocess.Popen[bytes]]) -> None:
    """Ask each to finish what it is at, and end those that take too long; what they did is safe either way."""
    running = [child for child in children if child.poll() is None]
    for child in running:
        child.terminate()
    until = time.monotonic() + SECONDS_TO_STOP
    for child in running:
        try:
            child.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _answers(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port), timeout=1):
            return True
    except OSError:
        return False


def _die_with_parent() -> None:
    """Let the kernel stop this child when its parent is killed."""
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)
