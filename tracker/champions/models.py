"""Equity Champions: who may see and help a unit, for how long, and what belongs to such a term."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.champions.rules import APPROVERS, KINDS
from tracker.core.database import Base, one_of
from tracker.people.models import ExactDecimal


class Champion(Base):
    """A term in which a person champions a unit and everything below it.

    A substitute is such a row too, with the term she stands in for: she sees and does what that champion may, on the
    days of her own row, which lie within the term.
    """

    __tablename__ = "champion"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", "ends_after_start"),
        CheckConstraint("CAST(fte AS NUMERIC) BETWEEN 0 AND 1", "fte_is_a_share"),
        CheckConstraint(one_of("kind", KINDS), "kind"),
        CheckConstraint("substitute_for_id IS NULL OR ends_on IS NOT NULL", "substitute_ends"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[str]
    fte: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    substitute_for_id: Mapped[int | None] = mapped_column(ForeignKey("champion.id"), index=True)


class TermApproval(Base):
    """Who agreed to a term as chair or as supervisor, and on which day; with a link to the letter, or a note."""

    __tablename__ = "term_approval"
    __table_args__ = (UniqueConstraint("champion_id", "kind"), CheckConstraint(one_of("kind", APPROVERS), "kind"))

    id: Mapped[int] = mapped_column(primary_key=True)
    champion_id: Mapped[int] = mapped_column(ForeignKey("champion.id"))
    kind: Mapped[str]
    approved_by: Mapped[str]
    approved_on: Mapped[date]
    note: Mapped[str | None]


class TermTraining(Base):
    """Days on which a champion was trained as a facilitator."""

    __tablename__ = "term_training"
    __table_args__ = (
        UniqueConstraint("champion_id", "starts_on"),
        CheckConstraint("ends_on >= starts_on", "ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    champion_id: Mapped[int] = mapped_column(ForeignKey("champion.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class TermCertificate(Base):
    """A module that a champion is certified to teach, and since which day."""

    __tablename__ = "term_certificate"
    __table_args__ = (UniqueConstraint("champion_id", "module_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    champion_id: Mapped[int] = mapped_column(ForeignKey("champion.id"))
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"), index=True)
    certified_on: Mapped[date]
