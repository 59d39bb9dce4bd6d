"""Targets, by the codes of unit and requirement: they outlast a load that puts other facts in the place of all."""

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.database import Base


class Target(Base):
    """The share of a requirement that a unit means to reach."""

    __tablename__ = "target"
    __table_args__ = (
        UniqueConstraint("unit_code", "requirement_code"),
        CheckConstraint("percent BETWEEN 1 AND 100", "percent_is_a_share"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_code: Mapped[str]
    requirement_code: Mapped[str]
    percent: Mapped[int]
