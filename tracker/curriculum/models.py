"""Modules, requirements and gates as the office wrote them. What figures are worked out with is a revision of these."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.database import Base, one_of

LEVELS = ("required", "expected", "optional")
EVIDENCE = ("attestation", "verification")


class Module(Base):
    """Something to be completed. `descriptive` holds the keys of curriculum.toml that never change a figure."""

    __tablename__ = "module"
    __table_args__ = (
        CheckConstraint("minutes >= 0", "minutes_not_negative"),
        CheckConstraint(one_of("evidence", EVIDENCE), "evidence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    minutes: Mapped[int | None]
    evidence: Mapped[str]
    descriptive: Mapped[dict[str, Any]] = mapped_column(JSON)


class Equivalent(Base):
    """Another course code that counts as a module."""

    __tablename__ = "equivalent"
    __table_args__ = (UniqueConstraint("module_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(index=True)


class Requirement(Base):
    """Modules asked of an audience. `audience`, `due` and `repeat` hold the tables of curriculum.toml as JSON."""

    __tablename__ = "requirement"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", "ends_after_start"),
        CheckConstraint(one_of("level", LEVELS), "level"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    level: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    audience: Mapped[dict[str, list[str]] | None] = mapped_column(JSON(none_as_null=True))
    due: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    repeat: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    summary: Mapped[str | None]
    champions_see_names: Mapped[bool]


class RequirementModule(Base):
    """That a requirement asks for a module, and at which place in its list."""

    __tablename__ = "requirement_module"
    __table_args__ = (UniqueConstraint("requirement_id", "module_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    requirement_id: Mapped[int] = mapped_column(ForeignKey("requirement.id", ondelete="CASCADE"))
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    position: Mapped[int]


class DatedTitle(Base):
    """What a module or requirement is called from a day on, by its code; `title` there is what it is called today.

    What was never renamed has no rows; otherwise the first row is since ever.
    """

    __tablename__ = "dated_title"
    __table_args__ = (
        UniqueConstraint("kind", "code", "starts_on"),
        CheckConstraint(one_of("kind", ("module", "requirement")), "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    code: Mapped[str]
    starts_on: Mapped[date]
    title: Mapped[str]


class Gate(Base):
    """What share of a unit must have done which modules before the unit may begin a curriculum."""

    __tablename__ = "gate"
    __table_args__ = (CheckConstraint("percent BETWEEN 0 AND 99", "percent"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str | None]
    summary: Mapped[str | None]
    unit_kinds: Mapped[list[str]] = mapped_column(JSON)
    percent: Mapped[int]
    starts_on: Mapped[date]
    audience: Mapped[dict[str, list[str]] | None] = mapped_column(JSON(none_as_null=True))


class GateNeed(Base):
    """That a gate counts a module."""

    __tablename__ = "gate_need"
    __table_args__ = (UniqueConstraint("gate_id", "module_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id", ondelete="CASCADE"))
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    position: Mapped[int]
