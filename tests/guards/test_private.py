"""The trail is never rewritten: what it may tell of a row is decided when a column is made, not when it has leaked."""

from collections.abc import Iterator

from flask import Flask
from sqlalchemy import JSON, String

from tracker.core.audit import PRIVATE
from tracker.core.database import Base

TOLD = {
    "appointment": "category role",
    "attempt": "key",
    "audit_event": "verb before after",
    "bulk_deed": "course form_key",
    "champion": "kind",
    "completion": "reference course source",
    "completion_entry": "how form_key",
    "curriculum_change": "code before after",
    "curriculum_state": "fingerprint",
    "dated_title": "kind code title",
    "display_term": "full_name singular plural",
    "equivalent": "code",
    "evidence": "media_type",
    "function": "function",
    "gate": "code title summary unit_kinds audience",
    "job": "key",
    "last_look": "seen",
    "mailing": "unit_code requirement_code",
    "message": "form_key",
    "module": "code title evidence descriptive",
    "proposal": "base wanted problem notes",
    "request": "how course form_key",
    "requirement": "code title level audience due repeat summary",
    "revision": "key rule",
    "roster": "counts fingerprint",
    "roster_line": "file",
    "saved_filter": "unit_code query",
    "seal": "previous hash",
    "seal_order": "step problem",
    "seal_row": "line hash",
    "target": "unit_code requirement_code",
    "term_approval": "kind",
    "unit": "code",
    "unit_row": "kind",
    "unit_span": "kind",
}
"""By table, the columns of text that may stand in the trail word for word: codes, kinds, the curriculum, and words that
the institution or this program has for things. Nothing that is about one person and that somebody typed."""


def test_every_column_of_text_is_private_or_may_be_told(app: Flask) -> None:
    told = {f"{table}.{column}" for table, columns in TOLD.items() for column in columns.split()}
    there = set(columns_of_text())
    assert not there - told, f"may the trail tell what is in {sorted(there - told)}? Say so here, or in audit.PRIVATE"
    assert not told - there, f"{sorted(told - there)} are not there, or private"


def columns_of_text() -> Iterator[str]:
    """All that can hold any text and is not private by its name. A word of an enumeration holds no other."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, String | JSON) and column.name not in PRIVATE:
                yield f"{table.name}.{column.name}"
