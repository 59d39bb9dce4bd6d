"""Runs the migrations: one at a time on PostgreSQL, and on SQLite without losing the children of a rebuilt table."""

from alembic import context
from flask import current_app
from sqlalchemy import text

from tracker.core.database import turn_to_write

MIGRATION_LOCK = 7_300


def run() -> None:
    """Apply what is missing, in one transaction."""
    database = current_app.extensions["migrate"].db
    engine = database.engine
    sqlite = engine.dialect.name == "sqlite"
    with turn_to_write(engine, is_long=True), engine.connect().execution_options(writes=True) as connection:
        if sqlite:
            # Inside a transaction this would do nothing; with it on, a rebuilt table's children are deleted.
            connection.connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            if not sqlite:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
            context.run_migrations()
            if sqlite and (orphans := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
                raise RuntimeError(f"the migration left rows without their parents: {orphans[:5]}")
        if sqlite:
            connection.connection.execute("PRAGMA foreign_keys=ON")


run()
