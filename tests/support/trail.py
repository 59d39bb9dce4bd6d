"""Reads the trail as tests want it."""

from typing import Any

from sqlalchemy import select

from tracker.core.audit import AuditEvent
from tracker.core.database import db


def verbs(subject: str = "") -> list[str]:
    """What was done, oldest first; with a subject such as `account:3`, only with that."""
    query = select(AuditEvent.verb).order_by(AuditEvent.id)
    if subject:
        query = query.where(AuditEvent.subject == subject)
    return list(db.session.scalars(query))


def everything() -> list[dict[str, Any]]:
    """Every event with all that it holds."""
    columns = AuditEvent.__table__.columns
    return [dict(row._mapping) for row in db.session.execute(select(*columns).order_by(AuditEvent.id))]
