"""Jobs: queued with the deed that needs them, run once, tried again, given up, never two of a kind at a time."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from tests.support import make
from tests.support.clocks import pass_time, stop_time
from tracker.core import clock, jobs
from tracker.core.database import db
from tracker.core.errors import Conflict
from tracker.core.jobs import Interrupted, Job, JobState, Kind

NAME = "tests.work"


def register(app: Flask, work: Callable[[], None], every: timedelta | None = None) -> None:
    """Let this be the only job there is."""
    app.extensions["jobs"] = {NAME: Kind(NAME, work, every)}


def enqueue() -> None:
    """Queue it."""
    with make.transaction() as tx:
        jobs.enqueue(tx, NAME)


def states() -> list[tuple[str, int]]:
    """State and attempts of every job, oldest first."""
    found = [(job.state.value, job.attempts) for job in db.session.scalars(select(Job).order_by(Job.id))]
    db.session.close()
    return found


def test_a_job_runs_once(app: Flask) -> None:
    runs: list[int] = []
    register(app, lambda: runs.append(1))
    enqueue()
    assert (jobs.run_due(), jobs.run_due()) == (1, 0)
    assert (runs, states()) == ([1], [("done", 1)])


def test_of_a_kind_one_waits_however_often_it_is_queued(app: Flask) -> None:
    register(app, lambda: None)
    enqueue()
    enqueue()
    assert states() == [("queued", 0)]


def test_a_job_is_queued_with_the_deed_or_not_at_all(app: Flask) -> None:
    def deed() -> None:
        with make.transaction() as tx:
            jobs.enqueue(tx, NAME)
            raise Conflict("somebody else was first")

    with pytest.raises(Conflict):
        deed()
    assert states() == []


def test_one_queued_while_it_runs_runs_again(app: Flask) -> None:
    runs: list[int] = []

    def work() -> None:
        runs.append(1)
        if len(runs) == 1:
            enqueue()

    register(app, work)
    enqueue()
    assert jobs.run_due() == 2
    assert states() == [("done", 1), ("done", 1)]


def test_one_that_fails_is_tried_later_and_later_and_then_given_up(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("the disk is full")

    register(app, fail)
    enqueue()
    for attempt in range(1, jobs.MOST_ATTEMPTS):
        assert jobs.run_due() == 1
        assert jobs.run_due() == 0
        assert states() == [("queued", attempt)]
        pass_time(monkeypatch, timedelta(seconds=10 * 2**attempt))
    assert jobs.run_due() == 1
    assert states() == [("failed", jobs.MOST_ATTEMPTS)]
    pass_time(monkeypatch, timedelta(hours=1))
    assert jobs.run_due() == 0
    assert [job.error for job in jobs.failed()] == ["RuntimeError: the disk is full"]


def test_one_of_an_unknown_kind_is_given_up_like_any_other(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_ATTEMPTS", 1)
    enqueue()
    app.extensions["jobs"] = {}
    jobs.run_due()
    assert states() == [("failed", 1)]


def test_one_whose_worker_died_is_taken_again_when_its_lease_is_over(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(app, lambda: None)
    enqueue()
    assert jobs._take() is not None
    assert jobs.run_due() == 0
    pass_time(monkeypatch, jobs.LEASE + timedelta(seconds=1))
    assert jobs.run_due() == 1
    assert states() == [("done", 2)]


def test_one_that_kills_its_worker_again_and_again_is_given_up(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    register(app, lambda: None)
    enqueue()
    for _ in range(jobs.MOST_ATTEMPTS):
        assert jobs._take() is not None
        pass_time(monkeypatch, jobs.LEASE + timedelta(seconds=1))
    assert jobs.run_due() == 0
    assert [job.error for job in jobs.failed()] == ["The worker stopped in the middle of it, several times."]


def test_a_worker_that_lost_its_lease_settles_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    register(app, lambda: None)
    enqueue()
    late = jobs._take()
    assert late is not None
    pass_time(monkeypatch, jobs.LEASE + timedelta(seconds=1))
    assert jobs._take() is not None

    jobs._settle(late, state=JobState.DONE, finished_at=clock.now())
    jobs._put_back(late, "too late")

    assert states() == [("running", 2)]


def test_a_long_job_keeps_its_lease(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "SECONDS_BETWEEN_BEATS", 0.05)
    leases = []

    def work() -> None:
        for _ in range(2):
            leases.append(db.session.scalar(select(Job.lease_until)))
            db.session.close()
            threading.Event().wait(0.4)

    register(app, work)
    enqueue()
    jobs.run_due()
    assert leases[0] is not None
    assert leases[1] is not None
    assert leases[1] > leases[0]
    assert states() == [("done", 1)]


def test_one_that_is_interrupted_is_put_back_as_if_it_had_not_begun(app: Flask) -> None:
    def work() -> None:
        jobs.interrupt()
        threading.Event().wait(30)
        raise AssertionError("it went on")

    register(app, work)
    enqueue()
    with pytest.raises(Interrupted):
        jobs.run_due()
    jobs.interrupt()  # which is of no concern to whoever does something else
    assert states() == [("queued", 0)]


def test_one_in_another_thread_is_interrupted_too(app: Flask) -> None:
    begun = threading.Event()

    def work() -> None:
        begun.set()
        while True:
            time.sleep(0.01)

    def lane() -> None:
        with app.app_context(), pytest.raises(Interrupted):
            jobs.run_due()

    register(app, work)
    enqueue()
    with ThreadPoolExecutor(1) as threads:
        going_on = threads.submit(lane)
        assert begun.wait(30)
        jobs.interrupt()
        going_on.result(30)
    assert states() == [("queued", 0)]


def test_two_of_a_kind_never_run_at_the_same_time(app: Flask) -> None:
    at_work, most = [], []
    lock = threading.Lock()

    def work() -> None:
        with lock:
            at_work.append(1)
            most.append(len(at_work))
        threading.Event().wait(0.05)
        with lock:
            at_work.pop()

    register(app, work)
    with make.transaction() as tx:
        for number in range(8):
            tx.session.add(Job(name=NAME, key=f"{number}", state=JobState.QUEUED, not_before=tx.now, attempts=0))

    def worker(_: int) -> None:
        with app.app_context():
            while states().count(("done", 1)) < 8:
                jobs.run_due()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(worker, range(4)))

    assert max(most) == 1
    assert states() == [("done", 1)] * 8


def test_a_periodic_job_runs_once_in_each_slot_of_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    stop_time(monkeypatch)
    runs: list[int] = []
    register(app, lambda: runs.append(1), every=timedelta(minutes=10))

    def worker(_: int) -> None:
        with app.app_context():
            for _ in range(3):
                jobs.run_due()

    for expected in (1, 2):
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(worker, range(4)))
        assert len(runs) == expected
        pass_time(monkeypatch, timedelta(minutes=10))


def test_jobs_that_ended_long_ago_are_forgotten(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    register(app, lambda: None)
    enqueue()
    jobs.run_due()
    pass_time(monkeypatch, jobs.KEEP + timedelta(days=1))
    enqueue()
    jobs.run_due()
    assert states() == [("done", 1)]


def test_two_running_jobs_of_a_kind_cannot_even_be_written(app: Flask) -> None:
    with make.transaction() as tx:
        for _ in range(2):
            tx.session.add(Job(name=NAME, key=None, state=JobState.QUEUED, not_before=tx.now, attempts=0))

    def run_both() -> None:
        with make.transaction() as tx:
            tx.session.execute(update(Job).values(state=JobState.RUNNING))

    with pytest.raises(IntegrityError):
        run_both()
    assert db.session.scalar(select(func.count()).where(Job.state == JobState.RUNNING)) == 0


def test_every_job_of_the_application_may_run_twice(app: Flask) -> None:
    make.person(unit=make.unit())
    make.requirement()
    for _ in range(2):
        with make.transaction() as tx:
            for name in jobs.kinds():
                jobs.enqueue(tx, name)
            tx.session.execute(update(Job).values(not_before=tx.now))
        while jobs.run_due():
            pass
    assert jobs.failed() == []
