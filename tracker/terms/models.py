"""The words that the office gives things, each from a day on."""

from datetime import date

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.database import Base, Word, one_of
from tracker.terms.rules import Term


class DisplayTerm(Base):
    """What something is called from a day on, until a later row calls it otherwise."""

    __tablename__ = "display_term"
    __table_args__ = (UniqueConstraint("key", "starts_on"), CheckConstraint(one_of("key", Term), "key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[Term] = mapped_column(Word(Term))
    starts_on: Mapped[date]
    full_name: Mapped[str]
    singular: Mapped[str]
    plural: Mapped[str]
