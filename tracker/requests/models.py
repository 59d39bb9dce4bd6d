"""Requests: what somebody asked, and what was answered."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.database import Base, Word, one_of
from tracker.requests.rules import OUTCOMES, Kind, State


class Request(Base):
    """One request. Columns that do not belong to its kind are empty.

    `asker_id` is the person who asks, `person_id` the one it is about: mostly herself; somebody else for "not ours";
    nobody for "someone is missing". `day` is the day in question, or that of a completion.
    """

    __tablename__ = "request"
    __table_args__ = (
        CheckConstraint(one_of("kind", Kind), "kind"),
        CheckConstraint(one_of("state", State), "state"),
        CheckConstraint("ends_on >= starts_on", "ends_after_start"),
        CheckConstraint(f"(answered_at IS NULL) <> ({one_of('state', OUTCOMES)})", "answered"),
        Index("ix_request_state_asked_at", "state", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    state: Mapped[State] = mapped_column(Word(State))
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None]
    asker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    requirement_id: Mapped[int | None] = mapped_column(ForeignKey("requirement.id"))
    module_id: Mapped[int | None] = mapped_column(ForeignKey("module.id"))
    completion_id: Mapped[int | None] = mapped_column(ForeignKey("completion.id"))
    day: Mapped[date | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    how: Mapped[str | None]
    course: Mapped[str | None]
    place: Mapped[str | None]
    link: Mapped[str | None]
    name: Mapped[str | None]
    email: Mapped[str | None]
    words: Mapped[str | None]
    form_key: Mapped[str | None] = mapped_column(unique=True)
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None]
    made_waiver_id: Mapped[int | None] = mapped_column(ForeignKey("waiver.id"))
    made_completion_id: Mapped[int | None] = mapped_column(ForeignKey("completion.id"))
