"""Equity Champions: who may see and help a unit, and for how long."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.database import Base, one_of
from tracker.people.models import ExactDecimal

KINDS = ("faculty", "staff")


class Champion(Base):
    """A term in which a person champions a unit and everything below it."""

    __tablename__ = "champion"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", "ends_after_start"),
        CheckConstraint("CAST(fte AS NUMERIC) BETWEEN 0 AND 1", "fte_is_a_share"),
        CheckConstraint(one_of("kind", KINDS), "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[str]
    fte: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
