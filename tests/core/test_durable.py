"""What `transaction` returned from is on the disk: the log of SQLite is waited for after the commit, once a write."""

import os
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from tests.support import make
from tracker.core import audit
from tracker.core.database import db, transaction


@pytest.fixture
def waited(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The files that were waited for, each with the events that another connection saw committed by then."""
    seen = []
    wait = os.fsync

    def fsync(handle: int) -> None:
        with db.engine.connect() as connection:
            events = connection.scalar(text("SELECT COUNT(*) FROM audit_event")) or 0
        seen.append((Path(f"/proc/self/fd/{handle}").readlink().name, events))
        wait(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return seen


def test_a_write_is_waited_for_after_its_commit(app: Flask, waited: list[tuple[str, int]]) -> None:
    with transaction(make.by()) as tx:
        audit.record(tx, "test.done", "test", 1)
        assert waited == []
    log = [f"{Path(db.engine.url.database or '').name}-wal"]
    expected = log if db.engine.dialect.name == "sqlite" else []
    assert [name for name, _ in waited] == expected
    assert all(events == 1 for _, events in waited)


def test_a_write_that_failed_is_not_waited_for(app: Flask, waited: list[tuple[str, int]]) -> None:
    with pytest.raises(RuntimeError), transaction(make.by()):
        raise RuntimeError
    assert waited == []
