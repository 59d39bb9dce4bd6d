"""Plain SQL for many rows at once, where the ORM's price per row would be felt. `?` marks a value on both databases."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from tracker.core.database import Base

ROWS_AT_ONCE = 20_000
MEMORY_FOR_INDEXES = "512MB"
Row = Sequence[Any]


def run_many(session: Session, sql: str, rows: Sequence[Row]) -> None:
    """Run one statement for each row of values."""
    if rows:
        session.connection().exec_driver_sql(marked(session, sql), [tuple(row) for row in rows])


def marked(session: Session, sql: str) -> str:
    """The statement with the marks that this database's driver wants."""
    return sql.replace("?", "%s") if session.get_bind().dialect.name == "postgresql" else sql


def insert_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Insert rows as the driver takes them (days as ISO text or numbers); how many. COPY on PostgreSQL."""
    connection = session.connection()
    names = ", ".join(columns)
    count = 0
    if connection.dialect.name == "postgresql":
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
                count += 1
        return count
    sql = f"INSERT INTO {table} ({names}) VALUES ({','.join('?' * len(columns))})"
    rows = iter(rows)
    while chunk := list(islice(rows, ROWS_AT_ONCE)):
        connection.exec_driver_sql(sql, chunk)
        count += len(chunk)
    return count


def empty_to_fill(session: Session, *tables: str) -> None:
    """Before `copy_text(frozen=True)` into tables that nobody reads yet: PostgreSQL wants them emptied by its hand."""
    session.connection().exec_driver_sql(f"TRUNCATE {', '.join(tables)}")


def copy_text(session: Session, table: str, columns: Sequence[str], lines: bytes, *, frozen: bool = False) -> None:
    """Insert rows that are written as PostgreSQL's COPY reads them: fields parted by tabs, \\N for none.

    `frozen` rows need no vacuum before an index alone can answer for them.
    """
    cursor = session.connection().connection.cursor()
    options = " WITH (FREEZE)" if frozen else ""
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN{options}") as copy:
        copy.write(lines)


def count_on_from_here(session: Session, *tables: str) -> None:
    """After rows with ids of their own: let PostgreSQL's sequences go on behind the largest."""
    if session.get_bind().dialect.name == "postgresql":
        for table in tables:
            largest = f"COALESCE((SELECT MAX(id) FROM {table}), 1)"
            session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {largest})"))


def take_stock(session: Session) -> None:
    """After many new rows: let the database look at its tables, without which it takes the wrong way through them."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA analysis_limit=1000")
    connection.exec_driver_sql("ANALYZE")


@contextmanager
def without_indexes(session: Session, *tables: str) -> Iterator[None]:
    """Drop the plain indexes of tables that are about to be filled, and make them at the end in one go."""
    connection = session.connection()
    dropped = []
    for name in tables:
        present = {index["name"] for index in inspect(connection).get_indexes(name)}
        for index in Base.metadata.tables[name].indexes:
            if index.name in present and not index.unique:
                index.drop(connection)
                dropped.append(index)
    yield
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
        connection.exec_driver_sql(f"SET LOCAL maintenance_work_mem = '{MEMORY_FOR_INDEXES}'")
    for index in dropped:
        index.create(connection)


@contextmanager
def without_key(session: Session, table: str) -> Iterator[None]:
    """The same for the primary key of a table that no other refers to, on PostgreSQL alone: SQLite's rows lie by it."""
    connection = session.connection()
    name = inspect(connection).get_pk_constraint(table)["name"]
    columns = ", ".join(column.name for column in Base.metadata.tables[table].primary_key)
    connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    connection.exec_driver_sql(f"SET LOCAL maintenance_work_mem = '{MEMORY_FOR_INDEXES}'")
    connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} PRIMARY KEY ({columns})")
