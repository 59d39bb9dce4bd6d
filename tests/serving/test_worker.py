"""The worker as a process: it stops when told to, and loses nothing when it is killed."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from tests.serving.steps_worker import NAME, PLACE, STEPS
from tests.support import make
from tracker.accounts.models import Attempt
from tracker.core import jobs
from tracker.core.database import db
from tracker.core.jobs import Job, JobState

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 60.0


@contextmanager
def running(url: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that knows the job of forty steps."""
    command = [sys.executable, "-m", "tests.serving.steps_worker", url, str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def place() -> float:
    """How far the job has come."""
    found = db.session.scalar(select(Attempt.level).where(Attempt.key == PLACE))
    db.session.close()
    return found or 0


def wait_for(level: float) -> None:
    """Wait until the job has come so far."""
    until = time.monotonic() + SECONDS
    while place() < level:
        assert time.monotonic() < until, f"step {level} did not come"
        time.sleep(0.02)


def wait_until_done() -> None:
    """Wait until the job is settled."""
    until = time.monotonic() + SECONDS
    while jobs.counts()[JobState.DONE] == 0:
        db.session.close()
        assert time.monotonic() < until, "the job did not end"
        time.sleep(0.02)
    db.session.close()


def queue() -> None:
    """Queue the job of forty steps."""
    with make.transaction() as tx:
        jobs.enqueue(tx, NAME)


def check_each_step_was_done_once() -> None:
    """Nothing lost, nothing doubled."""
    done = db.session.execute(select(Attempt.key, Attempt.level).where(Attempt.key != PLACE)).all()
    assert sorted(done) == sorted((f"step {number}", 1.0) for number in range(1, STEPS + 1))


def test_killed_in_the_middle_of_a_job_nothing_is_lost_and_nothing_done_twice(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    queue()
    chance = random.Random(7)
    for reached in (4, 15, 27):
        with running(database_url, tmp_path) as worker:
            wait_for(reached)
            time.sleep(chance.random() * 0.02)
            worker.kill()
            worker.wait()
    with running(database_url, tmp_path):
        wait_until_done()
    check_each_step_was_done_once()
    assert [(job.state, job.attempts) for job in db.session.scalars(select(Job))] == [(JobState.DONE, 4)]


def test_told_to_stop_it_puts_the_job_back_at_once(app: Flask, database_url: str, tmp_path: Path) -> None:
    queue()
    with running(database_url, tmp_path) as worker:
        wait_for(5)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(10) == 0
    assert [(job.state, job.attempts) for job in db.session.scalars(select(Job))] == [(JobState.QUEUED, 0)]
    db.session.close()
    with running(database_url, tmp_path):
        wait_until_done()
    check_each_step_was_done_once()


def test_told_to_stop_while_idle_it_stops(app: Flask, database_url: str, tmp_path: Path) -> None:
    queue()
    with running(database_url, tmp_path) as worker:
        wait_until_done()
        worker.send_signal(signal.SIGINT)
        assert worker.wait(10) == 0


def test_two_workers_share_the_work(app: Flask, database_url: str, tmp_path: Path) -> None:
    with running(database_url, tmp_path), running(database_url, tmp_path):
        queue()
        wait_until_done()
    check_each_step_was_done_once()
