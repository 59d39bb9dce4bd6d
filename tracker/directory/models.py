"""Rosters that were handed in, with their files and what they would do; names in them go once they are settled."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.database import Base, Word, one_of
from tracker.directory.rules import Effect, RosterState


class Roster(Base):
    """A roster: by which account, where it stands, what it does to how many rows. `counts` is by file and effect;
    `ending` is how many people would be at home nowhere any more, of `here` who are at home somewhere today."""

    __tablename__ = "roster"
    __table_args__ = (CheckConstraint(one_of("state", RosterState), "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[RosterState] = mapped_column(Word(RosterState), index=True)
    is_complete: Mapped[bool]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[int | None]
    confirmed_by: Mapped[int | None]
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    ending: Mapped[int]
    here: Mapped[int]
    fingerprint: Mapped[str | None]
    note: Mapped[str | None]
    settled_at: Mapped[datetime | None]


class RosterFile(Base):
    """A file of a roster, as it was handed in."""

    __tablename__ = "roster_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    roster_id: Mapped[int] = mapped_column(ForeignKey("roster.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    content: Mapped[bytes]


class RosterLine(Base):
    """What a roster would do to one row, or why it cannot: of which file and line, about whom, in words."""

    __tablename__ = "roster_line"
    __table_args__ = (
        CheckConstraint(one_of("effect", Effect), "effect"),
        Index("ix_roster_line_roster_id_effect", "roster_id", "effect", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    roster_id: Mapped[int] = mapped_column(ForeignKey("roster.id", ondelete="CASCADE"))
    effect: Mapped[Effect] = mapped_column(Word(Effect))
    file: Mapped[str]
    line: Mapped[int | None]
    who: Mapped[str]
    text: Mapped[str]
