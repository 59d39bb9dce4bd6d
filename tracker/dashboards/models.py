"""What somebody keeps for herself on the pages of units."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.database import Base

Seen = dict[str, dict[str, list[int]]]
"""By the codes of unit and requirement: how many had satisfied it, and how many were counted."""


class SavedFilter(Base):
    """A list of people that an account comes back to: a unit, and the address' query without search words and day."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("account_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    name: Mapped[str]
    unit_code: Mapped[str]
    query: Mapped[str]


class LastLook(Base):
    """The figures an account was shown when it last said that it has seen them."""

    __tablename__ = "last_look"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    looked_on: Mapped[date]
    seen: Mapped[Seen] = mapped_column(JSON)


class SignInList(Base):
    """A sign-in list that an account gave, so that its preview has an address: for a day, then it is forgotten.

    `note` is what has to be said of how its file was read.
    """

    __tablename__ = "sign_in_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    given_at: Mapped[datetime]
    text: Mapped[str]
    note: Mapped[str | None]
