"""Persons, and the dated facts about them that say where they are counted."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Dialect, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from tracker.core.database import Base, Word, one_of


class Called(StrEnum):
    """By what somebody can be found: each may have been another in earlier days."""

    NAME = "name"
    EMAIL = "email"
    IDENTIFIER = "identifier"


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal kept as the text of its digits, the same on both databases."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """The digits, without an exponent."""
        return None if value is None else format(Decimal(value), "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """The number, digit for digit."""
        return None if value is None else Decimal(value)


class Person(Base):
    """Somebody with a record here. The identifier is text: leading zeros are part of it."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_name", "name", "id"), Index("ix_person_email", "email"))

    id: Mapped[int] = mapped_column(primary_key=True)
    identifier: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str]


class FormerName(Base):
    """A name, an address or an identifier that somebody had until it was changed here, kept so that she is found."""

    __tablename__ = "former_name"
    __table_args__ = (CheckConstraint(one_of("kind", Called), "kind"), Index("ix_former_name_value", "value"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[Called] = mapped_column(Word(Called))
    value: Mapped[str]
    until: Mapped[datetime]


class Appointment(Base):
    """A post in a unit. The primary one of a day is the person's home that day; at most one is."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", "ends_after_start"),
        CheckConstraint("CAST(fte AS NUMERIC) BETWEEN 0 AND 1", "fte_is_a_share"),
        Index("ix_appointment_category_role", "category", "role"),
        Index(
            "ix_appointment_person_id",
            "person_id",
            postgresql_include=["unit_id", "is_primary", "starts_on", "ends_on"],
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    category: Mapped[str]
    role: Mapped[str]
    fte: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    is_primary: Mapped[bool]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class Function(Base):
    """A task beside the post: a committee, a search."""

    __tablename__ = "function"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", "ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    function: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class Leave(Base):
    """A period away; no reason is kept. Leaves of one person do not overlap."""

    __tablename__ = "leave"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", "ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
