"""All that is on record about one person, for the office and the auditor: a fixed number of statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from tracker.accounts.models import Account
from tracker.champions.models import Champion
from tracker.core import clock
from tracker.core.actor import Actor
from tracker.core.audit import AuditEvent
from tracker.core.database import db
from tracker.curriculum.models import Module, Requirement
from tracker.dashboards.queries.person import PersonView, person_on
from tracker.directory import policy
from tracker.directory.queries.people import Former
from tracker.messages.models import Message, MessageRecipient
from tracker.people.models import Appointment, FormerName, Function, Leave, Person
from tracker.progress.models import Waiver
from tracker.progress.queries.catalogue import catalogue
from tracker.progress.queries.records import Record, records_of
from tracker.requests import policy as requests_policy
from tracker.requests.models import Request
from tracker.requests.rules import Kind, State
from tracker.terms.queries import word
from tracker.units.models import Unit, UnitSpan

MOST_EVENTS = 2_000


@dataclass(frozen=True, slots=True)
class PostView:
    """A post, in a unit as it is called today (or, where it is gone, as it was called last)."""

    id: int
    unit_code: str
    unit: str
    category: str
    role: str
    fte: Decimal | None
    is_primary: bool
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Dated:
    """A function or a leave: what it is, from when to when."""

    id: int
    what: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class WaiverView:
    """Something that is not asked for a while; `reason` is None for whoever may not read it."""

    id: int
    requirement: str | None
    module: str | None
    starts_on: date
    ends_on: date | None
    approved_by: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request that she made, or that is about her."""

    id: int
    kind: Kind
    state: State
    asked_at: datetime
    is_own: bool


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message that she was written."""

    id: int
    subject: str
    written_at: datetime
    was_stopped: bool


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was entered about her here: what, when and by whom."""

    id: int
    at: datetime
    verb: str
    subject: str
    by: str


@dataclass(frozen=True, slots=True)
class Story:
    """Everything about a person. `events` are by the row that they are about, the first first."""

    person: Person
    now: PersonView
    former: Sequence[Former]
    posts: Sequence[PostView]
    functions: Sequence[Dated]
    leaves: Sequence[Dated]
    waivers: Sequence[WaiverView]
    terms: Sequence[Dated]
    records: Sequence[Record]
    requests: Sequence[RequestLine]
    messages: Sequence[MessageLine]
    events: Mapping[str, Sequence[Event]]

    def entered(self, kind: str, row_id: int) -> Event | None:
        """How a row came to be here; none for what was loaded from files."""
        found = self.events.get(f"{kind}:{row_id}", ())
        return next((event for event in found if event.verb.endswith((".added", ".granted", ".appointed"))), None)


def story(actor: Actor, person_id: int) -> Story:
    """The whole story of a person, as of today. Raises NotFound."""
    names = catalogue()
    now = person_on(actor, person_id, actor.today, names)
    return Story(
        db.session.get_one(Person, person_id),
        now,
        former_names(person_id),
        posts_of(person_id, actor.today),
        _functions(person_id),
        _leaves(person_id),
        waivers_of(actor, person_id),
        _terms(person_id, actor.today),
        records_of(actor, person_id, names),
        _requests(actor, person_id),
        _messages(person_id),
        _events(person_id),
    )


def former_names(person_id: int) -> list[Former]:
    """What she was called before, the latest first."""
    rows = select(FormerName.kind, FormerName.value, FormerName.until).where(FormerName.person_id == person_id)
    found = db.session.execute(rows.order_by(FormerName.id.desc()))
    return [Former(kind, value, clock.local(until).date()) for kind, value, until in found]


def posts_of(person_id: int, day: date) -> list[PostView]:
    """Her posts, the latest first, in units as they are called on a day."""
    rows = db.session.execute(
        select(
            *(Appointment.id, Unit.id.label("unit_id"), Unit.code, Appointment.category, Appointment.role),
            *(Appointment.fte, Appointment.is_primary, Appointment.starts_on, Appointment.ends_on),
        )
        .join(Unit, Unit.id == Appointment.unit_id)
        .where(Appointment.person_id == person_id)
        .order_by(Appointment.starts_on.desc(), Appointment.is_primary.desc(), Appointment.id)
    ).all()
    called = _unit_names({row.unit_id for row in rows}, day)
    return [PostView(row.id, row.code, called.get(row.unit_id, row.code), *row[3:]) for row in rows]


def _unit_names(unit_ids: Iterable[int], day: date) -> dict[int, str]:
    """What units are called on a day, or were called last before it, or will be called first."""
    rows = select(UnitSpan.unit_id, UnitSpan.starts_on, UnitSpan.name).where(UnitSpan.unit_id.in_(unit_ids))
    found: dict[int, str] = {}
    for unit_id, starts_on, name in db.session.execute(rows.order_by(UnitSpan.starts_on)):
        if starts_on <= day or unit_id not in found:
            found[unit_id] = name
    return found


def _functions(person_id: int) -> list[Dated]:
    rows = select(Function.id, Function.function, Function.starts_on, Function.ends_on)
    found = db.session.execute(rows.where(Function.person_id == person_id).order_by(Function.starts_on.desc()))
    return [Dated(*row) for row in found]


def _leaves(person_id: int) -> list[Dated]:
    rows = select(Leave.id, Leave.starts_on, Leave.ends_on).where(Leave.person_id == person_id)
    found = db.session.execute(rows.order_by(Leave.starts_on.desc()))
    return [Dated(id_, "On leave", starts_on, ends_on) for id_, starts_on, ends_on in found]


def waivers_of(actor: Actor, person_id: int) -> list[WaiverView]:
    """What was waived for her, the latest first."""
    rows: Iterable[Any] = db.session.execute(
        select(
            *(Waiver.id, Requirement.title.label("requirement"), Module.title.label("module")),
            *(Waiver.starts_on, Waiver.ends_on, Waiver.approved_by, Waiver.reason),
        )
        .outerjoin(Requirement, Requirement.id == Waiver.requirement_id)
        .outerjoin(Module, Module.id == Waiver.module_id)
        .where(Waiver.person_id == person_id)
        .order_by(Waiver.starts_on.desc(), Waiver.id.desc())
    )
    found = [WaiverView(*row) for row in rows]
    return found if policy.reads_reasons(actor) else [replace(one, reason=None) for one in found]


def _terms(person_id: int, day: date) -> list[Dated]:
    rows = db.session.scalars(
        select(Champion).where(Champion.person_id == person_id).order_by(Champion.starts_on.desc())
    ).all()
    names = _unit_names({row.unit_id for row in rows}, day)
    return [
        Dated(
            row.id,
            _term_words(row, names[row.unit_id]),
            row.starts_on,
            row.ends_on,
        )
        for row in rows
    ]


def _term_words(row: Champion, unit: str) -> str:
    return f"{'Stands in as' if row.substitute_for_id else row.kind.capitalize()} {word('champion')} of {unit}"


def _requests(actor: Actor, person_id: int) -> list[RequestLine]:
    readable = or_(requests_policy.own(actor), requests_policy.of_others(actor))
    rows = db.session.execute(
        select(Request.id, Request.kind, Request.state, Request.asked_at, Request.asker_id)
        .where(or_(Request.asker_id == person_id, Request.person_id == person_id), readable)
        .order_by(Request.asked_at.desc())
    )
    return [
        RequestLine(row.id, row.kind, row.state, clock.local(row.asked_at), row.asker_id == person_id) for row in rows
    ]


def _messages(person_id: int) -> list[MessageLine]:
    rows = db.session.execute(
        select(Message.id, Message.subject, Message.written_at, MessageRecipient.stopped_at)
        .join(MessageRecipient, MessageRecipient.message_id == Message.id)
        .where(MessageRecipient.person_id == person_id)
        .order_by(Message.written_at.desc())
    )
    return [MessageLine(row.id, row.subject, clock.local(row.written_at), row.stopped_at is not None) for row in rows]


def _events(person_id: int) -> dict[str, list[Event]]:
    """What was entered about her here, by the row it is about."""
    whose = aliased(Person)
    rows = db.session.execute(
        select(
            *(AuditEvent.id, AuditEvent.at, AuditEvent.verb, AuditEvent.subject),
            *(AuditEvent.account_id, whose.name, Account.email),
        )
        .outerjoin(Account, Account.id == AuditEvent.account_id)
        .outerjoin(whose, whose.id == Account.person_id)
        .where(AuditEvent.person_id == person_id)
        .order_by(AuditEvent.at, AuditEvent.id)
        .limit(MOST_EVENTS)
    )
    found: dict[str, list[Event]] = {}
    for id_, at, verb, subject, account_id, name, email in rows:
        by = name or email or ("an account that is gone" if account_id else "the system")
        found.setdefault(subject, []).append(Event(id_, clock.local(at), verb, subject, by))
    return found


def latest_event(kind: str, row_id: int) -> int | None:
    """The last event about a row, for the way back."""
    query = select(AuditEvent.id).where(AuditEvent.subject == f"{kind}:{row_id}").order_by(AuditEvent.id.desc())
    return db.session.scalar(query.limit(1))
