"""Targets, by the codes of unit and requirement: they outlast a load that puts other facts in the place of all."""

from datetime import date

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.database import Base


class Target(Base):
    """The share of a requirement that a unit means to reach from a day on (`SINCE_EVER`: at all times) until another
    (none: until further notice). Those of one unit and requirement do not overlap."""

    __tablename__ = "target"
    __table_args__ = (
        UniqueConstraint("unit_code", "requirement_code", "starts_on"),
        CheckConstraint("percent BETWEEN 1 AND 100", "percent_is_a_share"),
        CheckConstraint("ends_on >= starts_on", "ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_code: Mapped[str]
    requirement_code: Mapped[str]
    percent: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
