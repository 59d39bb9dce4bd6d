"""The worker has a lane for letters and two for jobs: none waits for what another does, and none ends it."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.serving.lanes_worker import NAMES
from tests.support import mail, make
from tests.support.mail import Mailbox
from tracker.core import jobs, outbox
from tracker.core.database import db
from tracker.core.jobs import Job, JobState
from tracker.core.outbox import Letter, LetterState

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 60.0


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server that keeps what it is given."""
    with mail.server() as mailbox:
        yield mailbox


@contextmanager
def running(url: str, folder: Path, mailbox: Mailbox) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that knows the two long jobs. What it logs is in the folder."""
    command = [sys.executable, "-m", "tests.serving.lanes_worker", url, str(folder), mailbox.url]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for something."""
    until = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < until, "it did not come in time"
        time.sleep(0.05)


def write(address: str) -> None:
    """Put a letter into the outbox."""
    with make.transaction() as tx:
        outbox.write(tx, address, "Hello", "Your link\n")


def job_states() -> list[tuple[JobState, int]]:
    """State and attempts of each job."""
    found = [(state, attempts) for state, attempts in db.session.execute(select(Job.state, Job.attempts))]
    db.session.close()
    return found


def letters() -> list[tuple[LetterState, str]]:
    """State and text of each letter, oldest first."""
    query = select(Letter.state, Letter.body).order_by(Letter.id)
    found = [(state, body) for state, body in db.session.execute(query)]
    db.session.close()
    return found


def test_a_letter_leaves_at_once_however_long_the_jobs_take(
    app: Flask, database_url: str, tmp_path: Path, mailbox: Mailbox
) -> None:
    with make.transaction() as tx:
        for name in NAMES:
            jobs.enqueue(tx, name)
    with running(database_url, tmp_path, mailbox) as worker:
        wait_until(lambda: job_states() == [(JobState.RUNNING, 1)] * 2)
        write("ada@example.edu")
        wait_until(lambda: letters() == [(LetterState.SENT, "")])
        assert job_states() == [(JobState.RUNNING, 1)] * 2
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(15) == 0
    assert job_states() == [(JobState.QUEUED, 0)] * 2
    assert [letter["To"] for letter in mailbox.letters] == ["ada@example.edu"]


def test_a_worker_that_starts_leaves_alone_what_another_is_sending(
    app: Flask, database_url: str, tmp_path: Path, mailbox: Mailbox
) -> None:
    write("ada@example.edu")
    assert outbox._take() is not None
    write("bob@example.edu")
    with running(database_url, tmp_path, mailbox):
        wait_until(lambda: bool(mailbox.letters))
        wait_until(lambda: letters() == [(LetterState.SENDING, "Your link\n"), (LetterState.SENT, "")])


@contextmanager
def hidden(*tables: str) -> Iterator[None]:
    """These tables are not to be found meanwhile."""
    rename((name, f"{name}_hidden") for name in tables)
    try:
        yield
    finally:
        rename((f"{name}_hidden", name) for name in tables)


def rename(names: Iterable[tuple[str, str]]) -> None:
    """Call tables otherwise."""
    with make.transaction() as tx:
        for before, after in names:
            tx.session.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))


def test_trouble_ends_no_lane(app: Flask, database_url: str, tmp_path: Path, mailbox: Mailbox) -> None:
    def troubles() -> int:
        said = (tmp_path / "log").read_text()
        return said.count("the database does not answer") + said.count("something went wrong")

    with running(database_url, tmp_path, mailbox) as worker:
        write("ada@example.edu")
        wait_until(lambda: letters() == [(LetterState.SENT, "")])
        assert troubles() == 0
        with hidden("job", "letter"):
            wait_until(lambda: troubles() >= 6)
        write("bob@example.edu")
        with make.transaction() as tx:
            for name in NAMES:
                jobs.enqueue(tx, name)
        wait_until(lambda: letters() == [(LetterState.SENT, "")] * 2)
        wait_until(lambda: job_states() == [(JobState.RUNNING, 1)] * 2)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(15) == 0
