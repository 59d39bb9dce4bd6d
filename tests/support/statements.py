"""What is asked of the database meanwhile: pages must not ask more often where there is more."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from tests.support.pages import Pages
from tracker.core.database import db


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements that run meanwhile, without the opening and closing of transactions."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def asked_by(pages: Pages, path: str) -> int:
    """How many statements a page takes once the process has seen it."""
    pages.download(path)
    with statements() as found:
        pages.download(path)
    return len(found)
