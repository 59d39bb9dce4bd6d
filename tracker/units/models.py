"""Units and the rows that date them; and, derived from those, the tree of any day."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.database import Base, DayNumber

SINCE_EVER = date.min
"""Stands for an empty `from`: the unit has been there since ever."""


class Unit(Base):
    """A school, department, division …, known by its code; everything else about it is dated."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)


class UnitRow(Base):
    """What a unit is from a day on, until its next row or its own end. Never updated: a later row moves or renames.

    A row that was wrong is put right by one that names it in `replaces_id`, and then counts on no day. One that is
    `is_taken_back` says only that: what it replaces never held.
    """

    __tablename__ = "unit_row"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", "ends_after_start"),
        CheckConstraint("parent_id <> unit_id", "not_its_own_parent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    name: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("unit_row.id"), unique=True)
    is_taken_back: Mapped[bool] = mapped_column(default=False, server_default=false())


class UnitSpan(Base):
    """Derived: a period in which a unit exists with one name, kind and parent."""

    __tablename__ = "unit_span"
    __table_args__ = {"sqlite_with_rowid": False}

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"), primary_key=True)
    starts_on: Mapped[date] = mapped_column(DayNumber, primary_key=True)
    ends_on: Mapped[date] = mapped_column(DayNumber)
    name: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(index=True)


class UnitPath(Base):
    """Derived: a period in which a unit lies at (depth 0) or below an ancestor."""

    __tablename__ = "unit_path"
    __table_args__ = (Index("ix_unit_path_unit_id", "unit_id", "ancestor_id"), {"sqlite_with_rowid": False})

    ancestor_id: Mapped[int] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"), primary_key=True)
    starts_on: Mapped[date] = mapped_column(DayNumber, primary_key=True)
    ends_on: Mapped[date] = mapped_column(DayNumber)
    depth: Mapped[int]
