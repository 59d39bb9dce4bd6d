"""Deeds on people, as whoever did them sees them: what each did, and what has become of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import aliased

from tracker.core import clock
from tracker.core.actor import Actor, Right
from tracker.core.database import db
from tracker.core.errors import Forbidden, NotFound
from tracker.people.models import Person
from tracker.progress.models import (
    BulkDeed,
    BulkDeedPart,
    BulkDeedRow,
    Completion,
    CompletionEntry,
    DeedKind,
    PassedOver,
)
from tracker.progress.policy import person_visible_to, unit_visible_to
from tracker.progress.rules import State
from tracker.units.models import Unit, UnitSpan
from tracker.units.queries import holds_on

TIME_TO_UNDO = timedelta(hours=24)
LATELY = timedelta(days=30)
MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Deed:
    """A deed: when (on the institution's clocks), in which unit, what, for how many, and until when it can be undone.
    No unit where the actor may not open it any more; `person` is the first it is about, where she may know her. For
    those `waiting` it is still to be done, or undone."""

    id: int
    kind: DeedKind
    course: str
    completed_on: date | None
    done_at: datetime
    undone_at: datetime | None
    unit_code: str | None
    unit_name: str | None
    done: int
    passed_over: int
    waiting: int
    person: str | None

    @property
    def only_person(self) -> str | None:
        """The person it is about, if it is about one whom the actor may know."""
        return self.person if self.done + self.passed_over + self.waiting == 1 else None

    @property
    def ends_at(self) -> datetime:
        """From when on it cannot be undone any more."""
        return self.done_at + TIME_TO_UNDO

    @property
    def can_be_undone(self) -> bool:
        """Whether it can be undone now."""
        return self.undone_at is None and not self.waiting and clock.now() < self.ends_at


@dataclass(frozen=True, slots=True)
class Touch:
    """What somebody has put in the place of what a deed recorded; `is_entered` where it was entered here, which only
    the office can do."""

    state: State
    completed_on: date
    is_entered: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has become of one of the people. No name where the actor may not know the person any more."""

    person_id: int
    name: str | None
    passed_over: PassedOver | None
    is_taken_back: bool
    touch: Touch | None


def recent(actor: Actor) -> list[Deed]:
    """What the actor did in the last weeks, the latest first: one statement."""
    since = clock.now() - LATELY
    rows = db.session.execute(
        _deeds(actor)
        .where(BulkDeed.done_by == actor.account_id, BulkDeed.done_at >= since)
        .order_by(BulkDeed.id.desc())
        .limit(MOST_LISTED)
    )
    return [_deed(row) for row in rows]


def deed(actor: Actor, deed_id: int) -> Deed:
    """One deed of the actor's own. Raises NotFound; Forbidden where she may know of it and it is somebody else's."""
    row = db.session.execute(_deeds(actor).add_columns(BulkDeed.done_by).where(BulkDeed.id == deed_id)).one_or_none()
    is_own = row is not None and row.done_by == actor.account_id
    if row is None or not (is_own or actor.has(Right.RECORDS_READ_ALL)):
        raise NotFound(f"deed {deed_id}")
    if not is_own:
        raise Forbidden("Only whoever did this can look at it and undo it.")
    return _deed(row)


def outcomes(actor: Actor, deed_id: int) -> list[Outcome]:
    """Everybody a deed was about, by name."""
    later = aliased(Completion)
    is_touch = and_(
        later.corrects_id == BulkDeedRow.completion_id, later.id.is_distinct_from(BulkDeedRow.taken_back_by_id)
    )
    rows = db.session.execute(
        select(
            Person.id,
            func.coalesce(func.nullif(Person.name, ""), Person.identifier),
            person_visible_to(actor),
            BulkDeedRow.passed_over,
            BulkDeedRow.taken_back_by_id.is_not(None),
            later.state,
            later.completed_on,
            CompletionEntry.entered_by.is_not(None),
        )
        .select_from(BulkDeedRow)
        .join(Person, Person.id == BulkDeedRow.person_id)
        .outerjoin(later, is_touch)
        .outerjoin(CompletionEntry, CompletionEntry.completion_id == later.id)
        .where(BulkDeedRow.deed_id == deed_id)
        .order_by(Person.name, Person.id, BulkDeedRow.id)
    )
    return [
        Outcome(
            *(id_, name if is_visible else None, passed_over, bool(is_taken_back)),
            None if state is None else Touch(state, completed_on, bool(is_entered)),
        )
        for id_, name, is_visible, passed_over, is_taken_back, state, completed_on, is_entered in rows
    ]


def deed_of_form(actor: Actor, form_key: str) -> int | None:
    """The deed that the actor did by sending this form before."""
    same = select(BulkDeed.id).where(BulkDeed.form_key == form_key, BulkDeed.done_by == actor.account_id)
    return db.session.scalar(same)


def under_way() -> tuple[int, int | None] | None:
    """The deed that is to be gone on with first, and by which account it was begun; none where nothing waits."""
    first = select(BulkDeed.id, BulkDeed.done_by).join(BulkDeedPart, BulkDeedPart.deed_id == BulkDeed.id)
    row = db.session.execute(first.order_by(BulkDeedPart.id).limit(1)).one_or_none()
    db.session.close()
    return None if row is None else (row.id, row.done_by)


def _deeds(actor: Actor) -> Select[*tuple[Any, ...]]:
    def number(is_counted: ColumnElement[bool]) -> ColumnElement[int]:
        rows = select(func.count()).select_from(BulkDeedRow)
        return rows.where(BulkDeedRow.deed_id == BulkDeed.id, is_counted).scalar_subquery()

    waiting = select(func.count()).select_from(BulkDeedPart).where(BulkDeedPart.deed_id == BulkDeed.id)
    first = (
        select(case((person_visible_to(actor), func.coalesce(func.nullif(Person.name, ""), Person.identifier))))
        .join(BulkDeedRow, BulkDeedRow.person_id == Person.id)
        .where(BulkDeedRow.deed_id == BulkDeed.id)
        .order_by(BulkDeedRow.id)
        .limit(1)
    )
    return (
        select(
            BulkDeed.id,
            BulkDeed.kind,
            BulkDeed.course,
            BulkDeed.completed_on,
            BulkDeed.done_at,
            BulkDeed.undone_at,
            unit_visible_to(actor, Unit.id.expression).label("is_visible"),
            Unit.code,
            UnitSpan.name,
            number(BulkDeedRow.completion_id.is_not(None)).label("done"),
            number(BulkDeedRow.passed_over.is_not(None)).label("passed_over"),
            waiting.scalar_subquery().label("waiting"),
            first.scalar_subquery().label("person"),
        )
        .outerjoin(Unit, Unit.id == BulkDeed.unit_id)
        .outerjoin(UnitSpan, (UnitSpan.unit_id == Unit.id) & holds_on(actor.today))
    )


def _deed(row: Any) -> Deed:
    zone = current_app.config["TIME_ZONE"]
    is_open = row.is_visible and row.name is not None
    return Deed(
        *(row.id, row.kind, row.course, row.completed_on),
        row.done_at.astimezone(zone),
        row.undone_at and row.undone_at.astimezone(zone),
        row.code if is_open else None,
        row.name if is_open else None,
        row.done,
        row.passed_over,
        row.waiting,
        row.person,
    )
