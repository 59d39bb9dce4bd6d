"""A mail server on loopback that kills the worker which speaks to it, at the moment that matters."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.mail import Mailbox
from tests.support.postgres import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 60.0


@dataclass
class DeadlyMailbox(Mailbox):
    """Kills `victim`, if any: when it has heard the 250 (`after_answer`), or when its text is in and not answered."""

    victim: int | None = None
    after_answer: bool = True
    breaks_off: bool = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the letter; then perhaps kill, or break the line, instead of answering."""
        answer = await super().handle_DATA(server, session, envelope)
        if not self.after_answer:
            self._kill()
        if self.breaks_off:
            assert server.transport is not None
            server.transport.close()
            await asyncio.sleep(0.05)
        return answer

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The worker has read the 250, as it says good-bye; it writes down what it read only after that."""
        if self.after_answer:
            self._kill()
        return "221 Bye"

    def _kill(self) -> None:
        if self.victim is not None:
            os.kill(self.victim, signal.SIGKILL)


@contextmanager
def deadly_server() -> Iterator[DeadlyMailbox]:
    """A running server; its address is `mailbox.url`."""
    mailbox = DeadlyMailbox()
    port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    mailbox.url = f"smtp://127.0.0.1:{port}"
    try:
        yield mailbox
    finally:
        controller.stop()


@contextmanager
def worker(database_url: str, mail_url: str) -> Iterator[subprocess.Popen[bytes]]:
    """The project's own worker, as operators start it."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "DATABASE_URL": database_url,
        "MAIL_URL": mail_url,
        "MAIL_FROM": "waymark@example.edu",
        "PUBLIC_URL": "http://localhost",
        "SECRET_KEY": "not a secret in tests",
    }
    command = [sys.executable, "-m", "flask", "--app", "app", "worker"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(is_so: object, what: str) -> None:
    """Wait until a question that is asked again and again is answered with yes."""
    assert callable(is_so)
    until = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < until, f"{what}: not in time"
        time.sleep(0.05)
