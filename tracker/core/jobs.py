"""Work that outlives a request: rows of a table, taken one by one by the worker, safe to be killed at any moment.

A job is queued in the transaction that needs it. The worker takes it with a lease, which it renews while it works; when
a worker dies, the lease runs out and the job is taken again, so every job must be fit to run twice. Of one kind, never
two run at the same time.
"""

import ctypes
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from flask import Flask, current_app
from sqlalchemy import CheckConstraint, ColumnElement, Index, String, and_, delete, func, or_, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, aliased, mapped_column

from tracker.core import audit, clock
from tracker.core.actor import Actor, system
from tracker.core.database import Base, Transaction, Word, db, one_of, transaction
from tracker.core.errors import Conflict, NotFound

LEASE = timedelta(minutes=2)
SECONDS_BETWEEN_BEATS = 30.0
MOST_ATTEMPTS = 5
KEEP = timedelta(days=30)
LONGEST_WAIT = timedelta(minutes=5)
log = logging.getLogger(__name__)


class Interrupted(BaseException):
    """The worker has been told to stop; the job at hand is put back and will be taken again."""


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """One piece of work. Its key, if any, is given once: a periodic job has one for each slot of time."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(one_of("state", JobState), "state"),
        Index(
            "uq_job_running",
            "name",
            unique=True,
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    key: Mapped[str | None] = mapped_column(String, unique=True)
    state: Mapped[JobState] = mapped_column(Word(JobState), index=True)
    not_before: Mapped[datetime]
    started_at: Mapped[datetime | None]
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


@dataclass(frozen=True, slots=True)
class _Taken:
    """A job that this worker holds, by the attempt that is its own: another worker's would be a later one."""

    id: int
    name: str
    attempt: int

    @property
    def is_mine(self) -> ColumnElement[bool]:
        return and_(Job.id == self.id, Job.attempts == self.attempt, Job.state == JobState.RUNNING)


def enqueue(tx: Transaction, name: str) -> None:
    """Queue a job in this transaction, unless one of its kind is waiting already."""
    waiting = select(Job.id).where(Job.name == name, Job.state == JobState.QUEUED, Job.key.is_(None)).limit(1)
    if tx.session.scalar(waiting) is None:
        tx.session.add(Job(name=name, key=None, state=JobState.QUEUED, not_before=tx.now, attempts=0))


def run_due(limit: int = 100) -> int:
    """Run the jobs that are due, oldest first; how many ran. A job that fails is tried again later, then set aside."""
    ran = 0
    _queue_periodic()
    while ran < limit and (taken := _take()) is not None:
        _run(taken)
        ran += 1
    return ran


def _run(taken: _Taken) -> None:
    try:
        with _kept_alive(taken), _at_work():
            kinds()[taken.name].work()
    except Interrupted:
        _settle(taken, state=JobState.QUEUED, attempts=taken.attempt - 1)
        raise
    except Exception as error:  # any failure of a job is the job's own: it is written down and tried again
        log.exception("job %s failed", taken.name)
        _put_back(taken, f"{type(error).__name__}: {error}"[:500])
    else:
        _settle(taken, state=JobState.DONE, finished_at=clock.now(), error=None)


def kinds() -> dict[str, Kind]:
    """The jobs this application knows, by name."""
    known: dict[str, Kind] = current_app.extensions["jobs"]
    return known


_at_work_in: set[int] = set()
_changing = threading.Lock()


def interrupt() -> None:
    """Raise Interrupted in each thread of this process that is in the middle of a job, as soon as it runs again."""
    with _changing:
        for thread in _at_work_in:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(Interrupted))


@contextmanager
def _at_work() -> Iterator[None]:
    """What is done here may be interrupted."""
    thread = threading.get_ident()
    try:
        with _changing:
            _at_work_in.add(thread)
        yield
    finally:
        with _changing:
            _at_work_in.discard(thread)


@contextmanager
def _kept_alive(taken: _Taken) -> Iterator[None]:
    """Renew the lease from a thread of its own for as long as the job goes on."""
    app = cast(Any, current_app)._get_current_object()
    over = threading.Event()
    beating = threading.Thread(target=_beat, args=(app, taken, over), daemon=True)
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join()


def _beat(app: Flask, taken: _Taken, over: threading.Event) -> None:
    while not over.wait(SECONDS_BETWEEN_BEATS):
        with app.app_context():
            try:
                with transaction(system(clock.today())) as tx:
                    tx.session.execute(update(Job).where(taken.is_mine).values(lease_until=tx.now + LEASE))
            except Exception:  # the job itself will say what is wrong; here it is tried again
                log.exception("the lease of job %s could not be renewed", taken.name)


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


def _due(now: datetime) -> ColumnElement[bool]:
    """Jobs that wait and are due, but for those of a kind at work; and those whose worker has died."""
    other = aliased(Job)
    is_alone = ~select(other.id).where(other.name == Job.name, other.state == JobState.RUNNING).exists()
    waiting = and_(Job.state == JobState.QUEUED, Job.not_before <= now, is_alone)
    return or_(waiting, and_(Job.state == JobState.RUNNING, Job.lease_until < now))


def _take() -> _Taken | None:
    """Take the oldest job that is due, by one conditional update. Of two workers, one gets it."""
    now = clock.now()
    due = select(Job.id).where(_due(now)).order_by(Job.id).limit(1)
    if db.session.scalar(due) is None:
        db.session.close()
        return None
    try:
        with transaction(system(clock.today())) as tx:
            _set_aside(tx, now)
            claim = (
                update(Job)
                .where(Job.id == due.with_for_update(skip_locked=True).scalar_subquery())
                .values(state=JobState.RUNNING, started_at=now, lease_until=now + LEASE, attempts=Job.attempts + 1)
                .returning(Job.id, Job.name, Job.attempts)
            )
            row = tx.session.execute(claim).one_or_none()
            return None if row is None else _Taken(row.id, row.name, row.attempts)
    except IntegrityError:  # another worker has just taken a job of the same kind
        return None


def _set_aside(tx: Transaction, now: datetime) -> None:
    """Give up on jobs whose workers died again and again; and forget what ended long ago."""
    dead = and_(Job.state == JobState.RUNNING, Job.lease_until < now, Job.attempts >= MOST_ATTEMPTS)
    why = "The worker stopped in the middle of it, several times."
    tx.session.execute(
        update(Job).where(dead).values(state=JobState.FAILED, error=why, finished_at=now, lease_until=None)
    )
    tx.session.execute(delete(Job).where(Job.finished_at < now - KEEP))


def _settle(taken: _Taken, **values: Any) -> None:
    """Write how a job ended, unless its lease was lost to another worker."""
    with transaction(system(clock.today())) as tx:
        tx.session.execute(update(Job).where(taken.is_mine).values(lease_until=None, **values))


def _put_back(taken: _Taken, error: str) -> None:
    now = clock.now()
    if taken.attempt >= MOST_ATTEMPTS:
        _settle(taken, state=JobState.FAILED, error=error, finished_at=now)
    else:
        later = now + timedelta(seconds=10 * 2**taken.attempt)
        _settle(taken, state=JobState.QUEUED, error=error, not_before=later)


# For whoever looks after the system


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that was given up, and why."""

    id: int
    name: str
    error: str
    given_up_at: datetime


@dataclass(frozen=True, slots=True)
class OpenJob:
    """A job that runs or waits. `since` is when it was begun, or from when it may be; `seen_at` is when its worker was
    last heard of; `error` is why the try before failed."""

    id: int
    name: str
    since: datetime
    seen_at: datetime | None
    attempts: int
    error: str | None


def running() -> list[OpenJob]:
    """The jobs at work."""
    return _open(JobState.RUNNING)


def waiting() -> list[OpenJob]:
    """The jobs that wait, or are to be tried again, the first to come first."""
    return _open(JobState.QUEUED)


def _open(state: JobState) -> list[OpenJob]:
    columns = (Job.id, Job.name, Job.started_at, Job.not_before, Job.lease_until, Job.attempts, Job.error)
    rows = db.session.execute(select(*columns).where(Job.state == state).order_by(Job.not_before, Job.id).limit(100))
    return [
        OpenJob(
            row.id,
            row.name,
            clock.local(row.started_at if state is JobState.RUNNING and row.started_at else row.not_before),
            clock.local(row.lease_until - LEASE) if row.lease_until else None,
            row.attempts,
            row.error,
        )
        for row in rows
    ]


def last_done() -> dict[str, datetime]:
    """When each kind of job was last done, of the last 30 days."""
    rows = db.session.execute(
        select(Job.name, func.max(Job.finished_at)).where(Job.state == JobState.DONE).group_by(Job.name)
    )
    return {name: clock.local(at) for name, at in rows if at is not None}


def worker_seen_at() -> datetime | None:
    """When a worker was last heard of: as it ended a job, or renewed its hold on one. None if never."""
    ended, held = db.session.execute(select(func.max(Job.finished_at), func.max(Job.lease_until))).one()
    heard = [at for at in (ended, held and held - LEASE) if at is not None]
    return clock.local(max(heard)) if heard else None


def counts() -> dict[JobState, int]:
    """How many jobs stand where."""
    found: dict[JobState, int] = {}
    for state, number in db.session.execute(select(Job.state, func.count()).group_by(Job.state)):
        found[state] = number
    return {state: found.get(state, 0) for state in JobState}


def waiting_since() -> datetime | None:
    """When the oldest job fell due that should long have been taken; none while the worker keeps up."""
    overdue = select(func.min(Job.not_before)).where(
        Job.state == JobState.QUEUED, Job.not_before < clock.now() - LONGEST_WAIT
    )
    at = db.session.scalar(overdue)
    return None if at is None else clock.local(at)


def failed() -> list[FailedJob]:
    """The jobs that were given up, the latest first."""
    rows = db.session.execute(
        select(Job.id, Job.name, Job.error, Job.finished_at)
        .where(Job.state == JobState.FAILED)
        .order_by(Job.id.desc())
        .limit(100)
    )
    return [FailedJob(id_, name, error or "", clock.local(at or clock.now())) for id_, name, error, at in rows]


def run_again(actor: Actor, job_id: int) -> None:
    """Queue a job that was given up once more. Raises NotFound, or Conflict when it is under way already."""
    with transaction(actor) as tx:
        again = update(Job).where(Job.id == job_id, Job.state == JobState.FAILED)
        again = again.values(state=JobState.QUEUED, attempts=0, not_before=tx.now, error=None, finished_at=None)
        if tx.session.scalar(again.returning(Job.id)) is None:
            if tx.session.get(Job, job_id) is None:
                raise NotFound(f"job {job_id}")
            raise Conflict("This job is no longer set aside: it waits, runs or is done.")
        audit.record(tx, "job.queued-again", "job", job_id)
