"""The migrations make the schema that the models describe, on both databases, and lose nothing on the way."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy.exc import DatabaseError

from tests.support import make
from tracker.core.database import Base, db, transaction
from tracker.progress.commands import completions
from tracker.progress.models import Completion, WaitingClaim

ROOT = Path(__file__).resolve().parents[2]
KEPT = ("completion", "unit_row", "audit_event")


def test_the_migrated_schema_is_that_of_the_models(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_down_and_up_again_with_rows(app: Flask) -> None:
    _completion()
    db.session.remove()
    downgrade(revision="base")
    assert set(sa.inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert "completion" in sa.inspect(db.engine).get_table_names()


def test_claims_that_wait_are_kept_from_the_upgrade_on(app: Flask) -> None:
    person = make.person(unit=make.unit())
    make.module("ESSAY", evidence="verification", equivalents=["OLD"])
    make.module("AWARE")
    waiting = [make.completion(person, one, on=make.day(day), claimed=True) for one, day in (("ESSAY", 1), ("OLD", 2))]
    completions.verify(make.by(), make.completion(person, "ESSAY", on=make.day(3), claimed=True))
    make.completion(person, "AWARE", on=make.day(4), claimed=True)
    db.session.remove()
    downgrade(revision="0019_held_back")
    assert "waiting_claim" not in sa.inspect(db.engine).get_table_names()
    upgrade()
    assert db.session.scalars(sa.select(WaitingClaim.completion_id).order_by("completion_id")).all() == waiting


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize("deed", ["UPDATE {} SET id = id + 1000", "DELETE FROM {}"])
def test_rows_that_are_written_once_are_neither_changed_nor_deleted(app: Flask, table: str, deed: str) -> None:
    _completion()
    with pytest.raises(DatabaseError, match=f"rows of {table} are never"), transaction(make.by()) as tx:
        tx.session.execute(sa.text(deed.format(table)))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Base.metadata.tables[table]))


def test_a_rebuilt_table_keeps_its_children(app: Flask) -> None:
    """On SQLite a batch step drops the parent; with foreign keys on, rows that cascade would go with it."""
    _completion()
    db.session.remove()
    before = _rows()
    with db.engine.connect() as connection:
        if db.engine.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        with connection.begin():
            steps = Operations(MigrationContext.configure(connection, opts={"render_as_batch": True}))
            with steps.batch_alter_table("module", recreate="auto") as table:
                table.add_column(sa.Column("later", sa.String(), nullable=True))
    assert _rows() == before


def _rows() -> dict[str, int]:
    tables = ("person", "completion", "module", "requirement_module", "unit_path")
    with db.engine.connect() as connection:
        return {
            name: connection.scalar(sa.select(sa.func.count()).select_from(Base.metadata.tables[name])) or 0
            for name in tables
        }


def test_three_upgrades_at_once(postgres_url: str) -> None:
    """Processes that start together wait for each other instead of failing."""
    with psycopg.connect(f"{postgres_url}/postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS together")
        connection.execute("CREATE DATABASE together")
    environment = {"DATABASE_URL": f"{postgres_url}/together", "SECRET_KEY": "not a secret in tests", "PATH": ""}
    command = [sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"]
    started = [subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE) for _ in range(3)]
    ended = [(process.communicate(timeout=120)[1], process.returncode) for process in started]
    assert [code for _, code in ended] == [0, 0, 0], ended


def test_a_completion_is_corrected_at_most_once(app: Flask) -> None:
    row = db.session.get_one(Completion, _completion())
    values = {
        name: getattr(row, name) for name in ("person_id", "course", "completed_on", "source", "state", "minutes")
    }
    twice = [Completion(reference=reference, corrects_id=row.id, **values) for reference in ("a", "b")]
    with pytest.raises(DatabaseError, match="corrects_id"), transaction(make.by()) as tx:
        tx.session.add_all(twice)


def _completion() -> int:
    return make.completion(make.person(unit=make.unit()), make.module())
