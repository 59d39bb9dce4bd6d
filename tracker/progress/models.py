"""Completions, waivers and overrides: facts. Revisions, items, spans and counts: what follows from them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.database import Base, DayNumber, Word, one_of
from tracker.progress.rules import State


class DeedKind(StrEnum):
    """What can be done for people and undone: the first two for many at once."""

    LOG = "log"
    VERIFY = "verify"
    REJECT = "reject"


class PassedOver(StrEnum):
    """Why a deed on many did nothing for one of them."""

    ONESELF = "oneself"
    AWAY = "away"
    RECORDED = "recorded"
    DECIDED = "decided"
    HELD_BACK = "held_back"


class Completion(Base):
    """That a person finished a module or an equivalent course on a day. Never changed: a later one corrects it."""

    __tablename__ = "completion"
    __table_args__ = (
        CheckConstraint("minutes >= 0", "minutes_not_negative"),
        CheckConstraint("corrects_id <> id", "not_its_own_correction"),
        CheckConstraint(one_of("state", State), "state"),
        Index("ix_completion_state_course", "state", "course"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    course: Mapped[str]
    completed_on: Mapped[date]
    source: Mapped[str]
    state: Mapped[State] = mapped_column(Word(State))
    minutes: Mapped[int | None]
    corrects_id: Mapped[int | None] = mapped_column(
        ForeignKey("completion.id", deferrable=True, initially="DEFERRED"), unique=True
    )


class CompletionEntry(Base):
    """How a completion was entered here: when, by which account, how it was done, a note, and the form it came from."""

    __tablename__ = "completion_entry"

    completion_id: Mapped[int] = mapped_column(
        ForeignKey("completion.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    entered_at: Mapped[datetime]
    entered_by: Mapped[int | None]
    how: Mapped[str | None]
    note: Mapped[str | None]
    form_key: Mapped[str | None] = mapped_column(unique=True)


class WaitingClaim(Base):
    """Derived: that a completion is a claim that waits for a decision. Nothing about a completion itself tells those
    that wait from the many that are decided, which a later one corrects."""

    __tablename__ = "waiting_claim"

    completion_id: Mapped[int] = mapped_column(ForeignKey("completion.id"), primary_key=True, autoincrement=False)


class EvidenceItem(Base):
    """What a learner gave to show that she did it, with a completion or with a request: a file that is kept beside the
    database, a link, or both.

    With a completion it goes along when an entry is replaced, so it is always found with the entry that holds.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("link IS NOT NULL OR stored_as IS NOT NULL", "link_or_file"),
        CheckConstraint("(stored_as IS NULL) = (media_type IS NULL)", "file_has_a_type"),
        CheckConstraint("(completion_id IS NULL) <> (request_id IS NULL)", "of_a_completion_or_a_request"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    completion_id: Mapped[int | None] = mapped_column(ForeignKey("completion.id"), unique=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("request.id"), unique=True)
    link: Mapped[str | None]
    stored_as: Mapped[str | None] = mapped_column(unique=True)
    file_name: Mapped[str | None]
    media_type: Mapped[str | None]
    size: Mapped[int | None]


class Reflection(Base):
    """What a learner wrote for herself about a completion. Only she ever reads it; it goes along like evidence."""

    __tablename__ = "reflection"

    id: Mapped[int] = mapped_column(primary_key=True)
    completion_id: Mapped[int] = mapped_column(ForeignKey("completion.id"), unique=True)
    text: Mapped[str]


class Replacing(Base):
    """Holds a row only while other facts are put in the place of all of these: the triggers look here."""

    __tablename__ = "replacing"

    id: Mapped[int] = mapped_column(primary_key=True)


class Waiver(Base):
    """That something is not asked of a person for a while; an empty requirement or module stands for all."""

    __tablename__ = "waiver"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", "ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    requirement_id: Mapped[int | None] = mapped_column(ForeignKey("requirement.id"))
    module_id: Mapped[int | None] = mapped_column(ForeignKey("module.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    reason: Mapped[str]
    approved_by: Mapped[str]


class GateOverride(Base):
    """That a gate was opened for a unit by hand."""

    __tablename__ = "gate_override"

    id: Mapped[int] = mapped_column(primary_key=True)
    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    opened_on: Mapped[date]
    reason: Mapped[str]
    approved_by: Mapped[str]


class Stage(StrEnum):
    """Where a revision stands."""

    BUILDING = "building"
    LIVE = "live"
    RETIRED = "retired"


class Revision(Base):
    """A requirement or gate as figures are worked out with: its rule, frozen. Pages show the live one.

    While the next one is being built, person by person, writes keep both; then one short transaction swaps them.
    `horizon` is the last day its spans reach; `built_to` the last person, by id, that it covers; `key` is of this
    revision alone, whatever the database, so that a process may remember its rule.
    """

    __tablename__ = "revision"
    __table_args__ = (
        CheckConstraint("(requirement_id IS NULL) <> (gate_id IS NULL)", "requirement_or_gate"),
        CheckConstraint(one_of("stage", Stage), "stage"),
        Index(
            "uq_revision_live_requirement",
            "requirement_id",
            unique=True,
            sqlite_where=text("stage = 'live'"),
            postgresql_where=text("stage = 'live'"),
        ),
        Index(
            "uq_revision_live_gate",
            "gate_id",
            unique=True,
            sqlite_where=text("stage = 'live'"),
            postgresql_where=text("stage = 'live'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    requirement_id: Mapped[int | None] = mapped_column(ForeignKey("requirement.id"))
    gate_id: Mapped[int | None] = mapped_column(ForeignKey("gate.id"))
    key: Mapped[str] = mapped_column(unique=True)
    stage: Mapped[Stage] = mapped_column(Word(Stage))
    rule: Mapped[dict[str, Any]] = mapped_column(JSON)
    horizon: Mapped[date] = mapped_column(DayNumber)
    built_to: Mapped[int]


class Item(Base):
    """What spans and counts are about: a module of a revision, or all of it (no module), or a gate (no module)."""

    __tablename__ = "item"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), index=True)
    module_id: Mapped[int | None] = mapped_column(ForeignKey("module.id"))
    position: Mapped[int]


class Span(Base):
    """Derived: a person's status with an item, unchanged from `starts_on` to `ends_on`."""

    __tablename__ = "span"
    __table_args__ = (
        Index(
            *("ix_span_unit_item", "unit_id", "item_id", "ends_on", "starts_on", "status", "due_on"),
            postgresql_include=["person_id"],  # which SQLite's index, of a table without rowid, holds anyway
        ),
        {"sqlite_with_rowid": False},
    )

    person_id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(primary_key=True)
    starts_on: Mapped[date] = mapped_column(DayNumber, primary_key=True)
    ends_on: Mapped[date] = mapped_column(DayNumber)
    unit_id: Mapped[int]
    status: Mapped[int] = mapped_column(SmallInteger)
    due_on: Mapped[date | None] = mapped_column(DayNumber)
    satisfied_on: Mapped[date | None] = mapped_column(DayNumber)
    expires_on: Mapped[date | None] = mapped_column(DayNumber)


class KeptDay(Base):
    """A day for which counts are kept; read only once it is ready."""

    __tablename__ = "kept_day"

    day: Mapped[date] = mapped_column(DayNumber, primary_key=True, autoincrement=False)
    is_ready: Mapped[bool]


class UnitCount(Base):
    """Derived: how many people of a home unit have each status with an item on a kept day.

    The unit comes first in the key: a write moves many days of one unit, which so lie on a few pages.
    """

    __tablename__ = "unit_count"
    __table_args__ = {"sqlite_with_rowid": False, "postgresql_with": {"fillfactor": 60}}

    unit_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(DayNumber, primary_key=True)
    item_id: Mapped[int] = mapped_column(primary_key=True)
    waived: Mapped[int]
    on_leave: Mapped[int]
    satisfied: Mapped[int]
    pending: Mapped[int]
    expired: Mapped[int]
    overdue: Mapped[int]
    due_soon: Mapped[int]
    not_started: Mapped[int]


class GateOpening(Base):
    """Derived: the first day a unit's share lay above the gate's percentage; overrides come on top."""

    __tablename__ = "gate_opening"
    __table_args__ = {"sqlite_with_rowid": False}

    item_id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    opened_on: Mapped[date] = mapped_column(DayNumber)


class BulkDeed(Base):
    """A deed on many people at once, or a decision on the claim of one: by which account, when, and whether it was
    undone since. No unit where that one is at home nowhere."""

    __tablename__ = "bulk_deed"
    __table_args__ = (CheckConstraint(one_of("kind", DeedKind), "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[DeedKind] = mapped_column(Word(DeedKind))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    course: Mapped[str]
    completed_on: Mapped[date | None]
    done_at: Mapped[datetime]
    done_by: Mapped[int | None] = mapped_column(index=True)
    form_key: Mapped[str | None] = mapped_column(unique=True)
    undone_at: Mapped[datetime | None]


class BulkDeedPart(Base):
    """Somebody for whom a deed on many, or its undoing, is still to be done: the claim to verify or the completion to
    take back, if it is about one. It goes once that has been done."""

    __tablename__ = "bulk_deed_part"

    id: Mapped[int] = mapped_column(primary_key=True)
    deed_id: Mapped[int] = mapped_column(ForeignKey("bulk_deed.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    completion_id: Mapped[int | None] = mapped_column(ForeignKey("completion.id"))


class BulkDeedRow(Base):
    """What a deed on many did for one of them: the completion it appended and the one that took that back, or why it
    passed the person over."""

    __tablename__ = "bulk_deed_row"
    __table_args__ = (
        CheckConstraint(one_of("passed_over", PassedOver), "passed_over"),
        CheckConstraint("(completion_id IS NULL) <> (passed_over IS NULL)", "done_or_passed_over"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    deed_id: Mapped[int] = mapped_column(ForeignKey("bulk_deed.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    completion_id: Mapped[int | None] = mapped_column(ForeignKey("completion.id"), unique=True)
    passed_over: Mapped[PassedOver | None] = mapped_column(Word(PassedOver))
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("completion.id"), unique=True)
