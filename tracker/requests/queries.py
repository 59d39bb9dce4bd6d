"""Reading requests: what waits for somebody, what she asked herself, and one request with all that answers it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from tracker.accounts.models import Account
from tracker.core import config
from tracker.core.actor import Actor, Right
from tracker.core.clock import local
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.core.paging import Page, nearest
from tracker.curriculum.models import Module, Requirement, RequirementModule
from tracker.people.models import Appointment, Person
from tracker.progress import uploads
from tracker.progress.figures.facts import not_replaced
from tracker.progress.models import Completion, CompletionEntry, EvidenceItem, Item, Revision, Span, Stage, Waiver
from tracker.progress.policy import completion_visible_to, person_visible_to, waits_for_decision
from tracker.progress.queries.evidence import EvidenceView
from tracker.progress.queries.own_data import Row, Told
from tracker.progress.queries.standing import Reason, Task, standing
from tracker.progress.rules import State as Recorded
from tracker.requests import policy
from tracker.requests.models import Request
from tracker.requests.rules import Kind, State, first_disputable
from tracker.units.models import Unit, UnitSpan
from tracker.units.queries import UnitView, lies_under, views_on

ROWS_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request in a list. What the reader may not see of it is None: the words, or whom it is about."""

    id: int
    kind: Kind
    state: State
    asked_at: datetime
    asker_id: int
    asker: str
    home: str | None
    person: str | None
    module: str | None
    requirement: str | None
    course: str | None
    name: str | None
    words: str | None

    @property
    def is_waiting(self) -> bool:
        """Whether it can still be answered or withdrawn."""
        return self.state is State.WAITING


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request with everything that was asked and answered. `person` and `unit` are those of a champion's report;
    `reference` and what follows it say which record is in question, `made_…` and `waived_…` what the answer made.
    `link` and `file` are None for who may not look at them."""

    line: RequestLine
    person_id: int | None
    module_id: int | None
    requirement_id: int | None
    module_code: str | None
    unit: str | None
    completion_id: int | None
    reference: str | None
    completed_on: date | None
    day: date | None
    starts_on: date | None
    ends_on: date | None
    how: str | None
    place: str | None
    link: str | None
    email: str | None
    answer: str | None
    answered_at: datetime | None
    answered_by: str | None
    waived_from: date | None
    waived_to: date | None
    made_reference: str | None
    made_on: date | None
    file: EvidenceView | None


def waiting_for(actor: Actor, *, limit: int | None = None) -> Sequence[RequestLine]:
    """What waits for this actor, never her own, oldest first: one statement."""
    if not actor.has(Right.REQUESTS_ANSWER):
        return []
    query = _lines(actor).where(policy.waits_for(actor)).order_by(Request.asked_at, Request.id).limit(limit)
    return [_line(row) for row in db.session.execute(query)]


def number_waiting(actor: Actor) -> int:
    """How many requests wait for this actor: one statement, or none for who answers nothing."""
    return _count(policy.waits_for(actor)) if actor.has(Right.REQUESTS_ANSWER) else 0


def number_waiting_in(actor: Actor, unit_id: int) -> int:
    """How many of them come from people at home in a unit today, or report something about it."""
    if not actor.has(Right.REQUESTS_ANSWER):
        return 0
    return _count(and_(policy.waits_for(actor), policy.concerns_unit(unit_id, actor.today)))


def own_waiting(actor: Actor) -> int:
    """How many requests of the actor's own wait for somebody else."""
    return _count(and_(policy.own(actor), Request.state == State.WAITING))


def mine(actor: Actor, number: int) -> Page[RequestLine]:
    """What the actor asked herself, the latest first: two statements. A page past the last is the last."""
    return _page(actor, policy.own(actor), number, (Request.asked_at.desc(), Request.id.desc()))


def queue(actor: Actor, *, kind: Kind | None, state: State | None, number: int) -> Page[RequestLine]:
    """What others asked, as far as the actor may read it: what waits first and the oldest of it first, then all else,
    the latest first."""
    return _page(actor, _asked_by_others(actor, kind, state), number, _waiting_first())


def whole_queue(actor: Actor, *, kind: Kind | None, state: State | None) -> list[RequestLine]:
    """The same without pages, for a file: one statement."""
    query = _lines(actor).where(_asked_by_others(actor, kind, state)).order_by(*_waiting_first())
    return [_line(row) for row in db.session.execute(query)]


def request_view(actor: Actor, request_id: int) -> RequestView:
    """One request the actor may see: one statement. Raises NotFound."""
    seen = or_(policy.own(actor), policy.of_others(actor))
    if (row := db.session.execute(_views(actor).where(Request.id == request_id, seen)).one_or_none()) is None:
        raise NotFound(f"request {request_id}")
    return _view(row)


def reasons(actor: Actor, about: RequestView, day: date) -> Iterator[tuple[Task, Reason]]:
    """Where the asker stands on a day with what a request is about, as far as the actor may see it."""
    if about.module_id is None and about.requirement_id is None:
        return
    sees_all = actor.has(Right.RECORDS_READ_ALL) or actor.person_id == about.line.asker_id
    for task in standing(about.line.asker_id, day).tasks:
        for reason in task.reasons:
            if (
                about.module_id in (None, task.module_id)
                and about.requirement_id in (None, reason.requirement_id)
                and (sees_all or reason.names_shown)
            ):
                yield task, reason


def file_of(actor: Actor, request_id: int) -> EvidenceView:
    """The file given with a request, for who may look at it: one statement. Raises NotFound."""
    if (found := request_view(actor, request_id).file) is None:
        raise NotFound(f"file of request {request_id}")
    return found


def own_data(actor: Actor) -> Told:
    """All that the actor has asked, with what became of it, for herself to take along: one statement."""
    views = [_view(row) for row in db.session.execute(_views(actor).where(policy.own(actor)).order_by(Request.id))]
    files = {_name_in_download(one.file): uploads.path_of(one.file.stored_as or "") for one in views if one.file}
    return Told([_own_row(one) for one in views], files)


def _own_row(view: RequestView) -> Row:
    line = view.line
    return {
        "kind": line.kind.value,
        "state": line.state.value,
        "asked_at": line.asked_at,
        "requirement": line.requirement,
        "module": view.module_code,
        "record": view.reference,
        "person": line.person,
        "unit": view.unit,
        "day": view.day,
        "start": view.starts_on,
        "end": view.ends_on,
        "how": view.how,
        "course": line.course,
        "place": view.place,
        "name": line.name,
        "email": view.email,
        "words": line.words,
        "link": view.link,
        "file": _name_in_download(view.file) if view.file else None,
        "answer": view.answer,
        "answered_at": view.answered_at,
        "recorded": view.made_reference,
    }


def _name_in_download(file: EvidenceView) -> str:
    return f"requests/{file.id}-{file.download_name}"


@dataclass(frozen=True, slots=True)
class AskedOf:
    """What is asked of somebody: ids of requirements, and of modules."""

    requirement_ids: frozenset[int]
    module_ids: frozenset[int]


def asked_since(person_id: int | None, first: date) -> AskedOf:
    """What is asked of somebody on any day from the first on, as far as it is known ahead: one statement."""
    rows = db.session.execute(
        select(Revision.requirement_id, Item.module_id)
        .join(Item, Item.revision_id == Revision.id)
        .join(Span, Span.item_id == Item.id)
        .where(Revision.stage == Stage.LIVE, Revision.requirement_id.is_not(None))
        .where(Span.person_id == person_id, Span.ends_on >= first)
        .distinct()
    ).all()
    requirements = frozenset(row.requirement_id for row in rows if row.requirement_id is not None)
    return AskedOf(requirements, frozenset(row.module_id for row in rows if row.module_id is not None))


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """A claim that waits for a decision."""

    id: int
    course: str
    completed_on: date


def open_claims(actor: Actor, person_id: int, courses: Collection[str]) -> list[OpenClaim]:
    """The claims of somebody that wait, of these courses, as far as the actor may decide them: one statement."""
    if not actor.has(Right.CLAIMS_DECIDE) or person_id == actor.person_id:
        return []
    rows = db.session.execute(
        select(Completion.id, Completion.course, Completion.completed_on)
        .where(Completion.person_id == person_id, Completion.course.in_(sorted(courses)))
        .where(completion_visible_to(actor), waits_for_decision())
        .order_by(Completion.completed_on, Completion.id)
    )
    return [OpenClaim(*row) for row in rows]


def first_disputable_day(today: date) -> date:
    """The earliest day that can be disputed today."""
    return first_disputable(today, config.settings().dispute_window_days)


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """A completion of somebody's own that she may dispute: `day` is the later of its own and that of its entering."""

    id: int
    reference: str
    course: str
    completed_on: date
    day: date


def own_record(actor: Actor, reference: str) -> OwnRecord:
    """The completion of the actor's own with a reference. Raises NotFound."""
    return _own_record(actor, Completion.reference == reference)


def own_record_with(actor: Actor, completion_id: int) -> OwnRecord:
    """The completion of the actor's own with an id. Raises NotFound."""
    return _own_record(actor, Completion.id == completion_id)


def own_records(actor: Actor, first: date) -> list[OwnRecord]:
    """What holds on the actor's own record and was done or entered on the first day or later, the latest first."""
    query = _own_records(actor).where(Completion.state != Recorded.REJECTED, not_replaced())
    rows = db.session.execute(query.order_by(Completion.completed_on.desc(), Completion.id.desc()))
    return [one for one in map(_own, rows) if one.day >= first]


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """A request that was made before, and on which day."""

    id: int
    day: date


def waiting_like(
    actor: Actor,
    kind: Kind,
    *,
    requirement_id: int | None,
    module_id: int | None,
    completion_id: int | None,
    day: date | None,
) -> AskedBefore | None:
    """The request of the actor's own that waits and is about just this, if there is one: one statement."""
    row = db.session.execute(
        select(Request.id, Request.asked_at)
        .where(policy.own(actor), Request.state == State.WAITING, Request.kind == kind)
        .where(
            Request.requirement_id.is_not_distinct_from(requirement_id),
            Request.module_id.is_not_distinct_from(module_id),
            Request.completion_id.is_not_distinct_from(completion_id),
            Request.day.is_not_distinct_from(day),
        )
        .order_by(Request.id)
    ).first()
    return AskedBefore(row.id, local(row.asked_at).date()) if row else None


def requirement_without(requirement_id: int | None, module_id: int | None) -> str | None:
    """The title of a requirement that has no such module; none where it has, or only one of the two is given: one
    statement."""
    if requirement_id is None or module_id is None:
        return None
    among = select(RequirementModule.id).where(
        RequirementModule.requirement_id == requirement_id, RequirementModule.module_id == module_id
    )
    return db.session.scalar(select(Requirement.title).where(Requirement.id == requirement_id, ~among.exists()))


def requirements() -> list[tuple[int, str, str]]:
    """Id, code and title of all requirements, in the order of the curriculum."""
    rows = db.session.execute(select(Requirement.id, Requirement.code, Requirement.title).order_by(Requirement.id))
    return [(id_, code, title) for id_, code, title in rows]


def units_championed(actor: Actor) -> list[UnitView]:
    """The units that the actor champions today, and all below them, by name."""
    here = Unit.id.in_(lies_under(actor.unit_ids, actor.today))
    query = views_on(actor.today).where(here).order_by(UnitSpan.name, Unit.code)
    return [UnitView(*row) for row in db.session.execute(query)]


# What they share


def _asked_by_others(actor: Actor, kind: Kind | None, state: State | None) -> ColumnElement[bool]:
    wanted = [policy.of_others(actor)]
    if kind is not None:
        wanted.append(Request.kind == kind)
    if state is not None:
        wanted.append(Request.state == state)
    return and_(*wanted)


def _own_record(actor: Actor, wanted: ColumnElement[bool]) -> OwnRecord:
    row = db.session.execute(_own_records(actor).where(wanted)).one_or_none()
    if row is None or actor.person_id is None:
        raise NotFound("no such record")
    return _own(row)


def _own_records(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(
            *(Completion.id, Completion.reference, Completion.course, Completion.completed_on),
            CompletionEntry.entered_at,
        )
        .outerjoin(CompletionEntry, CompletionEntry.completion_id == Completion.id)
        .where(Completion.person_id == actor.person_id)
    )


def _own(row: Any) -> OwnRecord:
    entered_on = local(row.entered_at).date() if row.entered_at else row.completed_on
    return OwnRecord(row.id, row.reference, row.course, row.completed_on, max(row.completed_on, entered_on))


def _count(wanted: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(Request).where(wanted)) or 0


def _waiting_first() -> Sequence[ColumnElement[Any]]:
    is_waiting = Request.state == State.WAITING
    oldest_first = (case((is_waiting, Request.asked_at)), case((is_waiting, Request.id)))
    return (case((is_waiting, 0), else_=1), *oldest_first, Request.asked_at.desc(), Request.id.desc())


def _page(
    actor: Actor, wanted: ColumnElement[bool], number: int, order: Sequence[ColumnElement[Any]]
) -> Page[RequestLine]:
    total = _count(wanted)
    number = nearest(number, total, ROWS_A_PAGE)
    query = _lines(actor).where(wanted).order_by(*order).limit(ROWS_A_PAGE).offset((number - 1) * ROWS_A_PAGE)
    return Page([_line(row) for row in db.session.execute(query)], number, total, ROWS_A_PAGE)


Asker, Answerer = aliased(Person), aliased(Person)
Home, Reported = aliased(UnitSpan), aliased(UnitSpan)
Post, Asked, AskedBy = aliased(Appointment), aliased(Module), aliased(Requirement)
Named, Made = aliased(Completion), aliased(Completion)
"""Under names of their own, so that the conditions of policies stay apart from what is read beside a request."""


def _name_of(person: Any) -> ColumnElement[str]:
    return func.coalesce(func.nullif(person.name, ""), person.identifier)


def _lines(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Requests with who asks, where she is at home today, and what it is about."""
    today = actor.today
    ends_later = or_(Post.ends_on.is_(None), Post.ends_on >= today)
    at_home = and_(Post.person_id == Asker.id, Post.is_primary, Post.starts_on <= today, ends_later)
    home = and_(Home.unit_id == Post.unit_id, Home.starts_on <= today, Home.ends_on >= today)
    return (
        select(
            *(Request.id, Request.kind, Request.state, Request.asked_at, Request.asker_id),
            _name_of(Asker).label("asker"),
            Home.name.label("home"),
            case((person_visible_to(actor), _name_of(Person))).label("person"),
            Asked.title.label("module"),
            AskedBy.title.label("requirement"),
            *(Request.course, Request.name),
            case((policy.words_shown_to(actor), Request.words)).label("words"),
        )
        .join(Asker, Asker.id == Request.asker_id)
        .outerjoin(Person, Person.id == Request.person_id)
        .outerjoin(Asked, Asked.id == Request.module_id)
        .outerjoin(AskedBy, AskedBy.id == Request.requirement_id)
        .outerjoin(Post, at_home)
        .outerjoin(Home, home)
    )


def _views(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The same, with everything else that was asked and answered."""
    today = actor.today
    reported = and_(Reported.unit_id == Request.unit_id, Reported.starts_on <= today, Reported.ends_on >= today)
    return (
        _lines(actor)
        .add_columns(
            *(Request.person_id, Request.module_id, Request.requirement_id, Asked.code.label("module_code")),
            *(Reported.name.label("unit"), Request.completion_id, Named.reference, Named.completed_on),
            *(Request.day, Request.starts_on, Request.ends_on, Request.how, Request.place, Request.email),
            case((policy.evidence_shown_to(actor), Request.link)).label("link"),
            *(Request.answer, Request.answered_at, _name_of(Answerer).label("answered_by")),
            *(Waiver.starts_on.label("waived_from"), Waiver.ends_on.label("waived_to")),
            *(Made.reference.label("made_reference"), Made.completed_on.label("made_on")),
            *(EvidenceItem.id.label("file_id"), EvidenceItem.stored_as, EvidenceItem.file_name),
            *(EvidenceItem.media_type, EvidenceItem.size),
        )
        .outerjoin(Reported, reported)
        .outerjoin(Named, Named.id == Request.completion_id)
        .outerjoin(Account, Account.id == Request.answered_by)
        .outerjoin(Answerer, Answerer.id == Account.person_id)
        .outerjoin(Waiver, Waiver.id == Request.made_waiver_id)
        .outerjoin(Made, Made.id == Request.made_completion_id)
        .outerjoin(EvidenceItem, and_(EvidenceItem.request_id == Request.id, policy.evidence_shown_to(actor)))
    )


def _line(row: Any) -> RequestLine:
    """The columns are called as the fields are."""
    values = {name: getattr(row, name) for name in RequestLine.__dataclass_fields__}
    return RequestLine(**values | {"asked_at": local(row.asked_at)})


def _view(row: Any) -> RequestView:
    values = {name: getattr(row, name) for name in RequestView.__dataclass_fields__ if name not in ("line", "file")}
    kept = (row.stored_as, row.file_name, row.media_type, row.size)
    file = EvidenceView(row.file_id, None, None, *kept) if row.file_id is not None else None
    answered_at = row.answered_at and local(row.answered_at)
    return RequestView(_line(row), file=file, **values | {"answered_at": answered_at})
