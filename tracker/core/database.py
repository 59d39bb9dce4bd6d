"""The database: its connection, its types, and `transaction(actor)`, the only way to write.

On SQLite a writing transaction takes the one writer's place at its start (BEGIN IMMEDIATE), and waits for it in the
kernel (flock) instead of polling, so that eight writers take turns. On PostgreSQL rows and one advisory lock do it.

A page does not wait for long work, which may take minutes, as a server has few threads: after some seconds it gives up
(Busy on SQLite, lock_timeout on PostgreSQL), and nothing is recorded. Commands and the worker wait to the end.

On SQLite a commit inside the turn does not wait for the disk (synchronous=NORMAL); `transaction` does so itself, just
after, so that the next writer works meanwhile and one wait of the disk serves several. It returns once all is safe.
"""

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Dialect, Engine, Insert, Integer, MetaData, String, event, select, text
from sqlalchemy.engine.url import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

from tracker.core import clock
from tracker.core.actor import Actor
from tracker.core.errors import Busy, Conflict

SHAPE_LOCK = 7_301
"""The advisory lock of PostgreSQL: shared by writes to a person, alone for what touches tree, rules or kept days."""

SECONDS_TO_WAIT = 3.0
"""For so long a page waits for others that write."""
SECONDS_BETWEEN_LOOKS = 0.05

POSTGRESQL_OPTIONS = "-c timezone=UTC -c jit=off -c max_parallel_workers_per_gather=0 -c random_page_cost=1.1"
"""For many short statements on a disk that has no arm: compiling one, starting processes for it, or reading a whole
index to spare a few jumps takes longer than running it."""


class UtcTime(TypeDecorator[datetime]):
    """A moment: stored in UTC, always handed out aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone; store it in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Hand out UTC, which SQLite does not keep."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class DayNumber(TypeDecorator[date]):
    """A day kept as its number (`date.toordinal`): small and quick in the derived tables."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> int | None:
        """The day's number."""
        return None if value is None else value.toordinal()

    def process_result_value(self, value: int | None, dialect: Dialect) -> date | None:
        """The day of a number."""
        return None if value is None else date.fromordinal(value)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """Numbers compare as numbers, days as days."""
        return Integer() if isinstance(value, int) else self


class Word(TypeDecorator[Any]):
    """One of the words of an enumeration, stored as text."""

    impl = String
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """The word itself; anything else is an error."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """The member of the enumeration."""
        return None if value is None else self.words(value)


class Base(DeclarativeBase):
    """Every table."""

    registry = registry(type_annotation_map={datetime: UtcTime()})
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


def one_of(column: str, words: Iterable[str]) -> str:
    """The text of a check that a column holds one of the words."""
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


def engine_options(url: str, *, is_served: bool = False) -> dict[str, Any]:
    """What the engine of a database address needs. Where it `is_served`, pages wait for locks only for a while."""
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 30}}
    options = f"{POSTGRESQL_OPTIONS} -c lock_timeout={SECONDS_TO_WAIT * 1000:.0f}" if is_served else POSTGRESQL_OPTIONS
    return {"pool_pre_ping": True, "connect_args": {"connect_timeout": 5, "options": options}}


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Leave BEGIN to us, keep foreign keys, and leave waiting for the disk to `transaction`."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    for pragma in (
        "foreign_keys=ON",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "busy_timeout=30000",
        "cache_size=-65536",
        "mmap_size=1073741824",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@dataclass(slots=True)
class Transaction:
    """An open writing transaction: one moment, one actor, and what it has touched so far."""

    actor: Actor
    now: datetime
    today: date
    session: Session
    touched: dict[str, set[int]] = field(default_factory=dict)
    locked: set[int] = field(default_factory=set)
    has_failed: bool = False

    @property
    def is_postgresql(self) -> bool:
        """Which of the two databases this is."""
        return self.session.get_bind().dialect.name == "postgresql"

    def lock_people(self, *person_ids: int) -> None:
        """Take these persons for this transaction, in id order, and have their figures rebuilt at its end."""
        wanted = sorted(set(person_ids) - self.locked)
        if wanted:
            if self.is_postgresql:
                self.session.execute(text("SELECT pg_advisory_xact_lock_shared(:lock)"), {"lock": SHAPE_LOCK})
                self.session.execute(
                    text("SELECT id FROM person WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE"), {"ids": wanted}
                )
            self.locked.update(wanted)
        self.touch("person", *person_ids)

    def lock_shape(self) -> None:
        """Be alone with the tree, the rules and the kept days. Taken before any person."""
        if self.is_postgresql:
            self.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": SHAPE_LOCK})

    def touch(self, kind: str, *ids: int) -> None:
        """Remember what changed, for those that bring derived tables up to date before the commit."""
        self.touched.setdefault(kind, set()).update(ids)

    def insert(self, statement: Insert, values: Mapping[str, Any], conflict: str) -> int:
        """Insert a row without the ORM's price; its key. A broken constraint raises Conflict with this message."""
        try:
            key = self.session.connection().execute(statement, values).inserted_primary_key
        except IntegrityError as error:
            raise Conflict(conflict) from error
        return int(key[0]) if key else 0

    def flush(self, conflict: str) -> None:
        """Send what was added to the database; a broken constraint raises Conflict with this message."""
        try:
            self.session.flush()
        except IntegrityError as error:
            raise Conflict(conflict) from error


_open: ContextVar[Transaction | None] = ContextVar("open_transaction", default=None)

BeforeCommit = Callable[[Transaction], None]


@contextmanager
def transaction(actor: Actor, *, is_long: bool = False) -> Iterator[Transaction]:
    """Write: the outermost commits once, inner ones join it. Nothing stays of one that raised, nor of one around it:
    whoever caught the error inside cannot know what had been written before. What returned survives a loss of power.

    What takes more than some seconds says that it `is_long`. Raises Busy where that keeps a page waiting.
    """
    if (outer := _open.get()) is not None:
        try:
            yield outer
        except BaseException:
            outer.has_failed = True
            raise
        return
    db.session.close()
    with turn_to_write(db.engine, is_long=is_long):
        db.session.connection(execution_options={"writes": True})
        tx = Transaction(actor, clock.now(), actor.today, db.session())
        token = _open.set(tx)
        try:
            yield tx
            if tx.has_failed:
                raise RuntimeError("a transaction inside this one raised, so nothing of it can stay")
            tx.session.flush()
            hooks: list[BeforeCommit] = current_app.extensions["before_commit"]
            for hook in hooks:
                hook(tx)
            tx.session.commit()
        except BaseException:
            tx.session.rollback()
            raise
        finally:
            _open.reset(token)
            db.session.close()
    _wait_for_the_disk(db.engine)


@contextmanager
def turn_to_write(engine: Engine, *, is_long: bool = False) -> Iterator[None]:
    """Wait for SQLite's one writer's place without polling; other databases need no such turn.

    No page waits behind long work, which says so by a lock: pages that come meanwhile look for a while whether it is
    over, and those that came before are let through first, by another lock that pages share. Raises Busy for a page.
    """
    if (path := _sqlite_file(engine)) is None:
        yield
        return
    with ExitStack() as locks:
        if is_long:
            locks.enter_context(_locked(f"{path}-long", fcntl.LOCK_EX))
            locks.enter_context(_locked(f"{path}-pages", fcntl.LOCK_EX))
        elif current_app.config["IS_SERVED"]:
            with _locked(f"{path}-long", fcntl.LOCK_SH, SECONDS_TO_WAIT):
                locks.enter_context(_locked(f"{path}-pages", fcntl.LOCK_SH))
        locks.enter_context(_locked(f"{path}-turn", fcntl.LOCK_EX))
        yield


@contextmanager
def _locked(file: str, kind: int, seconds: float | None = None) -> Iterator[None]:
    """Hold a lock on a file, shared or alone. It is waited for in the kernel; where that may take only so many seconds,
    by looking again and again. Raises Busy after these."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if seconds is None:
            fcntl.flock(handle, kind)
        else:
            _lock_within(handle, kind, seconds)
        yield
    finally:
        os.close(handle)


def _lock_within(handle: int, kind: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
            return
        if time.monotonic() > until:
            raise Busy
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _wait_for_the_disk(engine: Engine) -> None:
    """Return once the log of SQLite is on the disk as far as it is written. One that was moved into the database
    meanwhile, and so is shorter or gone, had to be safe for that; PostgreSQL's commit has waited already."""
    if (path := _sqlite_file(engine)) is not None:
        with suppress(FileNotFoundError):
            handle = os.open(f"{path}-wal", os.O_RDWR)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _sqlite_file(engine: Engine) -> str | None:
    path = make_url(engine.url).database
    return path if engine.dialect.name == "sqlite" and path != ":memory:" else None


def read_one_moment() -> Session:
    """Begin a reading transaction in which everything is as of one moment, however many statements follow."""
    db.session.close()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return db.session()


def is_reachable() -> bool:
    """Whether the database answers."""
    return db.session.scalar(select(1)) == 1
