"""Sealed reports with their rows, orders to seal, and what is sent regularly to whom.

A sealed report names units, requirements and modules by their codes and the words of its day, and nobody: it outlasts a
load that puts other facts in the place of all.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.database import Base, Word, one_of
from tracker.reporting.rules import Part, Rhythm


class How(StrEnum):
    """Why a month end was sealed."""

    SCHEDULE = "schedule"
    HAND = "hand"


class Seal(Base):
    """The figures of a month end as they were reported. Never changed or deleted; `previous` is the hash before it."""

    __tablename__ = "seal"
    __table_args__ = (CheckConstraint(one_of("how", How), "how"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(unique=True)
    sealed_at: Mapped[datetime]
    how: Mapped[How] = mapped_column(Word(How))
    rows: Mapped[int]
    previous: Mapped[str] = mapped_column(unique=True)
    hash: Mapped[str]


class SealRow(Base):
    """One line of a sealed report at its place, with its own hash. `subject` is its first columns, to find it by."""

    __tablename__ = "seal_row"
    __table_args__ = (
        CheckConstraint(one_of("part", Part), "part"),
        Index("ix_seal_row_subject_part", "subject", "part"),
    )

    seal_id: Mapped[int] = mapped_column(ForeignKey("seal.id"), primary_key=True)
    part: Mapped[Part] = mapped_column(Word(Part), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    line: Mapped[str]
    hash: Mapped[str]


class SealOrder(Base):
    """That somebody wants a month end sealed: the job does it, says how far it is, and takes the order away."""

    __tablename__ = "seal_order"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(unique=True)
    asked_at: Mapped[datetime]
    step: Mapped[str]
    problem: Mapped[str | None]


class Shows(StrEnum):
    """What a report that is sent tells."""

    UNIT = "unit"
    TABLE = "table"


class Mailing(Base):
    """Figures that are sent regularly: of a unit, by a requirement or (none) all, how often, and next on which day."""

    __tablename__ = "mailing"
    __table_args__ = (
        CheckConstraint(one_of("shows", Shows), "shows"),
        CheckConstraint(one_of("rhythm", Rhythm), "rhythm"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shows: Mapped[Shows] = mapped_column(Word(Shows))
    unit_code: Mapped[str]
    requirement_code: Mapped[str | None]
    rhythm: Mapped[Rhythm] = mapped_column(Word(Rhythm))
    next_on: Mapped[date]
    made_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]


class MailingReader(Base):
    """That an account gets a report."""

    __tablename__ = "mailing_reader"
    __table_args__ = (UniqueConstraint("mailing_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)


class Outcome(StrEnum):
    """What became of a report for one reader."""

    WRITTEN = "written"
    NO_RIGHT = "no_right"


class MailingSent(Base):
    """That a report was due for a reader on a day, with the figures of another, and what became of it."""

    __tablename__ = "mailing_sent"
    __table_args__ = (
        UniqueConstraint("mailing_id", "account_id", "due_on"),
        CheckConstraint(one_of("outcome", Outcome), "outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    due_on: Mapped[date]
    figures_on: Mapped[date]
    at: Mapped[datetime]
    outcome: Mapped[Outcome] = mapped_column(Word(Outcome))
    letter_id: Mapped[int | None]
