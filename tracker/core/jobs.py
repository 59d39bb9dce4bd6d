"""Work that outlives a request: rows of a table, taken one by one by the worker, safe to be killed at any moment.

A job is queued in the transaction that needs it. The worker takes it with a lease; when a worker dies, the lease runs
out and the job is taken again, so every job must be fit to run twice.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flask import current_app
from sqlalchemy import CheckConstraint, String, delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core import clock
from tracker.core.actor import system
from tracker.core.database import Base, Transaction, Word, db, one_of, transaction

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 5
KEEP_DONE = timedelta(days=30)
log = logging.getLogger(__name__)


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """One piece of work. While it is queued or running, no second one with its key can be."""

    __tablename__ = "job"
    __table_args__ = (CheckConstraint(one_of("state", JobState), "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    key: Mapped[str | None] = mapped_column(String, unique=True)
    state: Mapped[JobState] = mapped_column(Word(JobState), index=True)
    not_before: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    finished_at: Mapped[datetime | None]


Work = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job; with `every`, the worker queues it by itself at that pace."""

    name: str
    work: Work
    every: timedelta | None


def enqueue(tx: Transaction, name: str) -> None:
    """Queue a job in this transaction, unless the same is waiting already."""
    waiting = select(Job.id).where(Job.key == name, Job.state == JobState.QUEUED)
    if tx.session.scalar(waiting) is None:
        tx.session.add(Job(name=name, key=None, state=JobState.QUEUED, not_before=tx.now, attempts=0))


def run_due(limit: int = 100) -> int:
    """Run the jobs that are due, oldest first; how many ran. A job that fails is tried again later, then set aside."""
    ran = 0
    _queue_periodic()
    while ran < limit and (taken := _take()) is not None:
        job_id, name = taken
        try:
            kinds()[name].work()
        except Exception as error:  # any failure of a job is the job's own: it is written down and tried again
            log.exception("job %s failed", name)
            _put_back(job_id, f"{type(error).__name__}: {error}"[:500])
        else:
            _finish(job_id)
        ran += 1
    return ran


def kinds() -> dict[str, Kind]:
    """The jobs this application knows, by name."""
    known: dict[str, Kind] = current_app.extensions["jobs"]
    return known


def _queue_periodic() -> None:
    """Queue each periodic job once for each slot of time, however many workers there are."""
    now = clock.now()
    for kind in kinds().values():
        if kind.every is None:
            continue
        key = f"{kind.name}@{int(now.timestamp() // kind.every.total_seconds())}"
        if db.session.scalar(select(Job.id).where(Job.key == key)) is None:
            try:
                with transaction(system(clock.today())) as tx:
                    tx.session.add(Job(name=kind.name, key=key, state=JobState.QUEUED, not_before=now, attempts=0))
            except IntegrityError:
                continue
    db.session.close()


def _take() -> tuple[int, str] | None:
    """Take the oldest job that is due, by one conditional update."""
    now = clock.now()
    due = (
        select(Job.id)
        .where(
            or_(
                (Job.state == JobState.QUEUED) & (Job.not_before <= now),
                (Job.state == JobState.RUNNING) & (Job.lease_until < now),
            )
        )
        .order_by(Job.id)
        .limit(1)
    )
    if db.session.scalar(due) is None:
        db.session.close()
        return None
    with transaction(system(clock.today())) as tx:
        claim = (
            update(Job)
            .where(Job.id == due.with_for_update(skip_locked=True).scalar_subquery())
            .values(state=JobState.RUNNING, lease_until=now + LEASE, attempts=Job.attempts + 1)
            .returning(Job.id, Job.name)
        )
        row = tx.session.execute(claim).one_or_none()
        return None if row is None else (row.id, row.name)


def extend_lease(name: str) -> None:
    """Say that a long job is alive."""
    with transaction(system(clock.today())) as tx:
        running = update(Job).where(Job.name == name, Job.state == JobState.RUNNING)
        tx.session.execute(running.values(lease_until=tx.now + LEASE))


def _finish(job_id: int) -> None:
    with transaction(system(clock.today())) as tx:
        done = update(Job).where(Job.id == job_id)
        tx.session.execute(done.values(state=JobState.DONE, finished_at=tx.now, lease_until=None))
        tx.session.execute(delete(Job).where(Job.state == JobState.DONE, Job.finished_at < tx.now - KEEP_DONE))


def _put_back(job_id: int, error: str) -> None:
    with transaction(system(clock.today())) as tx:
        job = tx.session.get_one(Job, job_id)
        job.error = error
        job.state = JobState.FAILED if job.attempts >= MOST_ATTEMPTS else JobState.QUEUED
        job.not_before = tx.now + timedelta(seconds=10 * 2**job.attempts)
