"""Accounts and what signing in needs."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.actor import Role
from tracker.core.database import Base, Word, one_of


class Account(Base):
    """A way to sign in, by e-mail address in lower case. `session_key` changes to end all its sessions."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint(one_of("role", Role), "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    role: Mapped[Role] = mapped_column(Word(Role))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    password_hash: Mapped[str | None]
    session_key: Mapped[str]
    is_sample: Mapped[bool] = mapped_column(default=False)
    sample_note: Mapped[str | None]
    created_at: Mapped[datetime]

    @property
    def session_name(self) -> str:
        """What a session cookie names: the account and its session key."""
        return session_name(self.id, self.session_key)


def session_name(account_id: int, session_key: str) -> str:
    """What the session cookie of an account names."""
    return f"{account_id}:{session_key}"


class SignInLink(Base):
    """A link that signs in once, kept as a hash of its secret."""

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Attempt(Base):
    """How often something was tried lately: a bucket that fills with each try and empties with time."""

    __tablename__ = "attempt"

    key: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[float]
    updated_at: Mapped[datetime]
