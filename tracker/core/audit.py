"""The trail: one event for every deed, written in the same commit, holding internal ids and never a name or address."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import JSON, Index, insert, inspect
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.database import Base, Transaction

PRIVATE = frozenset(
    {
        *("identifier", "name", "email", "address", "reply_to", "value", "who", "written_as"),
        *("reason", "approved_by", "note", "sample_note", "text", "words", "answer", "subject", "body", "place"),
        *("link", "file_name", "stored_as", "preview", "error"),
        *("password_hash", "token_hash", "session_key"),
    }
)
"""Columns whose values identify somebody, are free text or let somebody in: the trail says that they changed, not what
they hold. What else holds text is listed in tests/guards/test_private.py, with every table."""


class AuditEvent(Base):
    """One deed: who (an account, or the system), when, what, to which row, and the row before and after; and, where
    the row belongs to a person or a unit, to which, so that all about her, or it, can be found."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_at_id", "at", "id"),
        Index("ix_audit_event_account_id_at_id", "account_id", "at", "id"),
        Index("ix_audit_event_person_id_at_id", "person_id", "at", "id"),
        Index("ix_audit_event_unit_id_at_id", "unit_id", "at", "id"),
        Index("ix_audit_event_verb_at_id", "verb", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None]
    verb: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    person_id: Mapped[int | None]
    unit_id: Mapped[int | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


Values = Mapping[str, Any]
INSERT = insert(AuditEvent)


def record(
    tx: Transaction,
    verb: str,
    kind: str,
    subject_id: int,
    *,
    before: Values | None = None,
    after: Values | None = None,
    about: Values | None = None,
) -> None:
    """Write an event: a verb such as `completion.verified` about a row such as `completion:7`.

    Whom and which unit it is about is read from the row, or from `about` (`person_id`, `unit_id`) where the row says it
    by way of another.
    """
    known = {**(before or {}), **(after or {}), **(about or {}), f"{kind}_id": subject_id}
    event = {
        "at": tx.now,
        "account_id": tx.actor.account_id,
        "verb": verb,
        "subject": f"{kind}:{subject_id}",
        "person_id": known.get("person_id"),
        "unit_id": known.get("unit_id"),
        "before": _plain(before),
        "after": _plain(after),
    }
    tx.session.connection().execute(INSERT, event)


def add(
    tx: Transaction, verb: str, row: Any, conflict: str = "This is already recorded.", about: Values | None = None
) -> None:
    """Add a row and record it; a broken constraint raises Conflict with the message."""
    tx.session.add(row)
    tx.flush(conflict)
    record(tx, verb, row.__tablename__, row.id, after=values_of(row), about=about)


def change(
    tx: Transaction,
    verb: str,
    row: Any,
    conflict: str = "This is already recorded.",
    about: Values | None = None,
    **values: Any,
) -> None:
    """Set columns of a row and record what they were and are."""
    state = values_of(row)
    for name, value in values.items():
        setattr(row, name, value)
    tx.flush(conflict)
    after = values_of(row)
    changed = {name for name in after if after[name] != state[name]}
    if changed:
        before = {name: state[name] for name in changed}
        changes = {name: after[name] for name in changed}
        record(tx, verb, row.__tablename__, row.id, before=before, after=changes, about=about or after)


def remove(tx: Transaction, verb: str, row: Any, about: Values | None = None) -> None:
    """Delete a row and record what it was."""
    record(tx, verb, row.__tablename__, row.id, before=values_of(row), about=about)
    tx.session.delete(row)
    tx.session.flush()


def values_of(row: Any) -> dict[str, Any]:
    """A row as a mapping from column to value."""
    return {attribute.key: getattr(row, attribute.key) for attribute in inspect(row).mapper.column_attrs}


def _plain(values: Values | None) -> dict[str, Any] | None:
    """Values as JSON can hold them; private ones only as whether they are given."""
    if values is None:
        return None
    return {name: bool(value) if name in PRIVATE else _json(value) for name, value in values.items()}


def _json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    return value
