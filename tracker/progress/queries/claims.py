"""Claims that wait for a decision, as those who may decide them see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from flask import current_app
from sqlalchemy import Date, Select, and_, func, select, type_coerce
from sqlalchemy.orm import aliased

from tracker.core.actor import Actor, Right
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.core.paging import Page, nearest
from tracker.curriculum.models import Requirement
from tracker.people.models import Appointment, Person
from tracker.people.queries import covers, is_at_home_in
from tracker.progress import policy
from tracker.progress.figures.facts import not_replaced
from tracker.progress.models import Completion, CompletionEntry, Item, Revision, Span, Stage
from tracker.progress.queries.catalogue import Catalogue
from tracker.progress.rules import Done, State, Status
from tracker.units.models import UnitSpan

ROWS_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim with whose it is, and since when it waits. No unit for somebody without a home today."""

    id: int
    person_id: int
    person: str
    unit: str | None
    category: str | None
    course: str
    title: str
    completed_on: date
    entered_at: datetime | None
    how: str | None
    note: str | None
    is_decided: bool

    @property
    def done(self) -> Done:
        """The claim as the rules see it."""
        return Done(self.course, self.completed_on.toordinal(), State.CLAIMED)

    @property
    def waits_since(self) -> date:
        """The day it was entered; of claims that were loaded only the day of the completion is known."""
        return self.entered_at.date() if self.entered_at else self.completed_on


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another completion of the same module by the same person."""

    course: str
    title: str
    completed_on: date
    state: State


class Claimed(Protocol):
    """What has to be known of a claim to say whether it is still needed."""

    @property
    def id(self) -> int:
        """The number of the completion."""

    @property
    def person_id(self) -> int:
        """Whose it is."""

    @property
    def course(self) -> str:
        """The code that was claimed."""

    @property
    def completed_on(self) -> date:
        """The day that was claimed."""


def waiting(actor: Actor, number: int, names: Catalogue) -> Page[Claim]:
    """The claims that wait for this actor, never her own: two statements. A page past the last is the last."""
    total = db.session.scalar(_number(actor)) or 0
    number = nearest(number, total, ROWS_A_PAGE)
    rows = db.session.execute(_waiting(actor).limit(ROWS_A_PAGE).offset((number - 1) * ROWS_A_PAGE))
    return Page([_claim(row, names) for row in rows], number, total, ROWS_A_PAGE)


def all_waiting(actor: Actor, names: Catalogue) -> list[Claim]:
    """All of them, for a file: one statement."""
    return [_claim(row, names) for row in db.session.execute(_waiting(actor))]


def _waiting(actor: Actor) -> Select[*tuple[Any, ...]]:
    """What waits for an actor, what has waited longest first."""
    since = func.coalesce(func.date(CompletionEntry.entered_at, type_=Date), Completion.completed_on)
    return _claims(actor).where(policy.waits_for(actor)).order_by(since, Completion.id)


def waiting_in_short(actor: Actor) -> Select[int, date | None]:
    """What waits for this actor, as one row for a statement that asks for more: the `number` of claims, and `since`
    when the first of them waits."""
    since = func.min(func.coalesce(func.date(CompletionEntry.entered_at, type_=Date), Completion.completed_on))
    return (
        select(func.count().label("number"), type_coerce(since, Date).label("since"))
        .select_from(Completion)
        .outerjoin(CompletionEntry, CompletionEntry.completion_id == Completion.id)
        .where(policy.waits_for(actor))
    )


def number_waiting_in(actor: Actor, unit_id: int) -> int:
    """How many claims wait for this actor of people at home in a unit today: one statement, for who decides any."""
    if not actor.has(Right.CLAIMS_DECIDE):
        return 0
    at_home = is_at_home_in(Completion.person_id.expression, [unit_id], actor.today)
    return db.session.scalar(_number(actor).where(at_home)) or 0


def own_waiting(actor: Actor) -> int:
    """How many claims of the actor's own wait for somebody else."""
    own = select(func.count()).select_from(Completion)
    return db.session.scalar(own.where(Completion.person_id == actor.person_id, policy.waits_for_decision())) or 0


def claim(actor: Actor, completion_id: int, names: Catalogue) -> Claim:
    """A claim that waits, or was decided, for an actor who may decide it. Raises NotFound."""
    row = db.session.execute(
        _claims(actor).where(Completion.id == completion_id, policy.claim_known_to(actor))
    ).one_or_none()
    if row is None:
        raise NotFound(f"claim {completion_id}")
    return _claim(row, names)


def counting_since(actor: Actor, about: Sequence[Claimed], names: Catalogue) -> dict[int, date]:
    """Which of these claims change nothing today, by number: since when all that asks for their module, as far as this
    actor may see it, has been done without them. One statement for all of them."""
    modules = {one.id: {module.id for module in names.modules_of(one.course)} for one in about}
    rows = db.session.execute(
        select(Span.person_id, Item.module_id, Span.status, Span.satisfied_on, Span.expires_on)
        .join(Item, Item.id == Span.item_id)
        .join(Revision, and_(Revision.id == Item.revision_id, Revision.stage == Stage.LIVE))
        .join(Requirement, Requirement.id == Revision.requirement_id)
        .where(
            Span.person_id.in_({one.person_id for one in about}),
            Span.starts_on <= actor.today,
            Span.ends_on >= actor.today,
            Item.module_id.in_({module_id for found in modules.values() for module_id in found}),
            policy.names_shown_to(actor),
        )
    )
    spans: dict[tuple[int, int], list[Any]] = {}
    for row in rows:
        spans.setdefault((row.person_id, row.module_id), []).append(row)
    found = {one.id: [span for key in modules[one.id] for span in spans.get((one.person_id, key), ())] for one in about}
    return {
        one.id: min(span.satisfied_on for span in found[one.id])
        for one in about
        if found[one.id] and all(_is_done_without(one, span) for span in found[one.id])
    }


def _is_done_without(claim: Claimed, span: Any) -> bool:
    """Whether what a span is about is done, and would not last longer with a claim."""
    is_done = span.status == Status.SATISFIED
    return is_done and (span.expires_on is None or claim.completed_on <= span.satisfied_on)


def own_decision(actor: Actor, completion_id: int) -> State | None:
    """How this actor has decided a claim, if it was she who did and that still stands; none otherwise."""
    return db.session.scalar(
        select(Completion.state)
        .join(CompletionEntry, CompletionEntry.completion_id == Completion.id)
        .where(
            Completion.corrects_id == completion_id,
            CompletionEntry.entered_by == actor.account_id,
            not_replaced(),
        )
    )


def earlier(actor: Actor, about: Claim, names: Catalogue) -> list[Earlier]:
    """What else the person's record says of the module, as far as this actor may see it, the latest first."""
    rows = db.session.execute(
        select(Completion.course, Completion.completed_on, Completion.state)
        .where(
            Completion.person_id == about.person_id,
            Completion.id != about.id,
            Completion.course.in_(sorted(names.codes_counting_as(about.course))),
            policy.completion_visible_to(actor),
            not_replaced(),
        )
        .order_by(Completion.completed_on.desc(), Completion.id.desc())
    )
    return [Earlier(course, names.title_of(course), day, state) for course, day, state in rows]


def _number(actor: Actor) -> Select[int]:
    return select(func.count()).select_from(Completion).where(policy.waits_for(actor))


def _claims(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Claims with whose they are and where she is at home today."""
    today = actor.today
    at_home = and_(Appointment.person_id == Person.id, covers(today))
    named = and_(UnitSpan.unit_id == Appointment.unit_id, UnitSpan.starts_on <= today, UnitSpan.ends_on >= today)
    later = aliased(Completion)
    return (
        select(
            Completion.id,
            Completion.person_id,
            func.coalesce(func.nullif(Person.name, ""), Person.identifier).label("person"),
            UnitSpan.name.label("unit"),
            Appointment.category,
            Completion.course,
            Completion.completed_on,
            CompletionEntry.entered_at,
            CompletionEntry.how,
            CompletionEntry.note,
            select(later.id).where(later.corrects_id == Completion.id).exists().label("is_decided"),
        )
        .join(Person, Person.id == Completion.person_id)
        .outerjoin(CompletionEntry, CompletionEntry.completion_id == Completion.id)
        .outerjoin(Appointment, at_home)
        .outerjoin(UnitSpan, named)
    )


def _claim(row: Any, names: Catalogue) -> Claim:
    return Claim(
        row.id,
        row.person_id,
        row.person,
        row.unit,
        row.category,
        row.course,
        names.title_of(row.course),
        row.completed_on,
        row.entered_at and row.entered_at.astimezone(current_app.config["TIME_ZONE"]),
        row.how,
        row.note,
        bool(row.is_decided),
    )
