"""One person as somebody else may see her."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select, true

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.core.days import day_or_none
from tracker.curriculum.models import Module, Requirement
from tracker.dashboards.policy import sees_all
from tracker.dashboards.queries.counting import beyond
from tracker.people.models import Appointment
from tracker.progress import policy
from tracker.progress.figures.facts import not_replaced
from tracker.progress.models import Completion, Item, Revision, Span, Stage
from tracker.progress.queries.catalogue import Catalogue
from tracker.progress.rules import Level, State, Status
from tracker.units.models import Unit, UnitSpan
from tracker.units.queries import holds_on


@dataclass(frozen=True, slots=True)
class Post:
    """An appointment: where, as what, from when to when; `code` only where the actor may open the unit."""

    unit_id: int
    unit: str
    code: str | None
    category: str
    role: str
    is_primary: bool
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Where the person stands with a module of a requirement on a day."""

    requirement_id: int
    requirement: str
    level: Level
    module_id: int
    module: str
    module_code: str
    status: Status
    due_on: date | None
    satisfied_on: date | None
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Done:
    """A completion on record; `waits` for somebody to verify it."""

    id: int
    reference: str
    title: str
    completed_on: date
    state: State
    waits: bool


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person with what the actor may see of her; `identifier` and `email` are None for who may not see them."""

    id: int
    name: str
    identifier: str | None
    email: str | None
    home: Post | None
    others: Sequence[Post]
    left_on: date | None
    """The last day of who is at home nowhere on the day, and was before."""
    asked: Sequence[Asked]
    done: Sequence[Done]


def person_on(actor: Actor, person_id: int, day: date, names: Catalogue) -> PersonView:
    """A person on a day: a fixed number of statements. Raises NotFound: hidden looks like absent."""
    person = policy.get_person(actor, person_id)
    posts = _posts(actor, person_id, day)
    current = [post for post in posts if _covers(post, day)]
    home = next((post for post in current if post.is_primary), None)
    ended = [post.ends_on for post in posts if post.is_primary and post.ends_on is not None and post.ends_on < day]
    is_open = sees_all(actor)
    return PersonView(
        person.id,
        person.name or person.identifier,
        person.identifier if is_open else None,
        person.email if is_open else None,
        home,
        [post for post in current if not post.is_primary],
        max(ended, default=None) if home is None else None,
        _asked(actor, person_id, day),
        _done(actor, person_id, names),
    )


def _covers(post: Post, day: date) -> bool:
    return post.starts_on <= day and (post.ends_on is None or post.ends_on >= day)


def _posts(actor: Actor, person_id: int, day: date) -> list[Post]:
    """All appointments; each unit by its name on the day, or where it is gone by its code."""
    rows = db.session.execute(
        select(
            Appointment.unit_id,
            UnitSpan.name,
            Unit.code,
            policy.unit_visible_to(actor, Unit.id.expression).label("is_visible"),
            Appointment.category,
            Appointment.role,
            Appointment.is_primary,
            Appointment.starts_on,
            Appointment.ends_on,
        )
        .join(Unit, Unit.id == Appointment.unit_id)
        .outerjoin(UnitSpan, and_(UnitSpan.unit_id == Unit.id, holds_on(day)))
        .where(Appointment.person_id == person_id)
        .order_by(Appointment.starts_on.desc(), Appointment.id)
    )
    return [
        Post(
            row.unit_id,
            row.name or row.code,
            row.code if row.name and row.is_visible else None,
            row.category,
            row.role,
            row.is_primary,
            row.starts_on,
            row.ends_on,
        )
        for row in rows
    ]


def _asked(actor: Actor, person_id: int, day: date) -> list[Asked]:
    """The modules asked of her on the day whose names the actor may see, in the curriculum's order."""
    rows = db.session.execute(_items(actor, person_id, day)).all()
    past = [row.item_id for row in rows if row.horizon < day]
    worked_out = (
        {item_id: (span.status, *map(day_or_none, span[4:])) for _, item_id, span in beyond([person_id], day, past)}
        if past
        else {}
    )
    return [_one(row, said) for row in rows if (said := _said(row, day, worked_out)) is not None]


def _items(actor: Actor, person_id: int, day: date) -> Select[*tuple[Any, ...]]:
    mine = and_(Span.person_id == person_id, Span.item_id == Item.id, Span.starts_on <= day, Span.ends_on >= day)
    shown: ColumnElement[bool] = true() if actor.person_id == person_id else policy.names_shown_to(actor)
    return (
        select(
            Requirement.id.label("requirement_id"),
            Requirement.title.label("requirement"),
            Requirement.level,
            Module.id.label("module_id"),
            Module.title.label("module"),
            Module.code.label("module_code"),
            Item.id.label("item_id"),
            Revision.horizon,
            Span.status,
            Span.due_on,
            Span.satisfied_on,
            Span.expires_on,
        )
        .join(Revision, Revision.requirement_id == Requirement.id)
        .join(Item, Item.revision_id == Revision.id)
        .join(Module, Module.id == Item.module_id)
        .outerjoin(Span, mine)
        .where(Revision.stage == Stage.LIVE, shown)
        .order_by(Requirement.id, Item.position)
    )


Said = tuple[Any, ...]


def _said(row: Any, day: date, worked_out: Mapping[int, Said]) -> Said | None:
    """Status, due day, satisfied on, expires on; none where nothing is asked."""
    if row.horizon < day:
        return worked_out.get(row.item_id)
    return None if row.status is None else (Status(row.status), row.due_on, row.satisfied_on, row.expires_on)


def _one(row: Any, said: Said) -> Asked:
    return Asked(
        row.requirement_id,
        row.requirement,
        Level(row.level),
        row.module_id,
        row.module,
        row.module_code,
        *said,
    )


def _done(actor: Actor, person_id: int, names: Catalogue) -> list[Done]:
    """What is on record and holds, as far as the actor may see it, the latest first."""
    rows = db.session.execute(
        select(Completion.id, Completion.reference, Completion.course, Completion.completed_on, Completion.state)
        .where(
            Completion.person_id == person_id,
            Completion.state != State.REJECTED,
            policy.completion_visible_to(actor),
            not_replaced(),
        )
        .order_by(Completion.completed_on.desc(), Completion.id.desc())
    )
    return [
        Done(
            row.id,
            row.reference,
            names.title_of(row.course),
            row.completed_on,
            row.state,
            waits=row.state is State.CLAIMED
            and any(module.needs_verification for module in names.modules_of(row.course)),
        )
        for row in rows
    ]
