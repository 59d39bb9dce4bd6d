"""Former states of the curriculum, and changes that wait to be looked at. What is named is named by code."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.database import Base, Word, one_of
from tracker.programme.rules import How, Kind


class CurriculumState(Base):
    """The curriculum as it was after a change: the whole of its file. States outlast a load of other facts."""

    __tablename__ = "curriculum_state"
    __table_args__ = (CheckConstraint(one_of("how", How), "how"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None]
    how: Mapped[How] = mapped_column(Word(How))
    text: Mapped[str]
    fingerprint: Mapped[str]


class CurriculumChange(Base):
    """What became of one thing with a state: its table of the file before and after, none where it was not there."""

    __tablename__ = "curriculum_change"
    __table_args__ = (
        CheckConstraint(one_of("kind", Kind), "kind"),
        CheckConstraint("before IS NOT NULL OR after IS NOT NULL", "before_or_after"),
        Index("ix_curriculum_change_kind_code", "kind", "code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state_id: Mapped[int] = mapped_column(ForeignKey("curriculum_state.id"), index=True)
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    code: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]


class Proposal(Base):
    """A change that somebody means to make: the file before and after, and what it would move.

    `done` of `total` people are worked out; then there is a `preview`, or a `problem` in words. `notes` are
    sentences on what of the wish was left out, and why.
    """

    __tablename__ = "proposal"
    __table_args__ = (CheckConstraint(one_of("how", How), "how"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    account_id: Mapped[int | None]
    how: Mapped[How] = mapped_column(Word(How))
    base: Mapped[str]
    wanted: Mapped[str]
    done: Mapped[int]
    total: Mapped[int]
    preview: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    problem: Mapped[str | None]
    applied_at: Mapped[datetime | None]
    notes: Mapped[list[str]] = mapped_column(JSON, server_default="[]")
