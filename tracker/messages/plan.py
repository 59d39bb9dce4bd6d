"""Who would get a message, what each would read, when, and who is left out: for the preview and for sending alike."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import and_, exists, or_, select

from tracker.accounts.queries import account
from tracker.accounts.rules import normal_email
from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.core.errors import Forbidden
from tracker.core.texts import is_email
from tracker.messages import letters, policy, texts
from tracker.messages.letters import Slot
from tracker.messages.tasks import Task, left_to_do
from tracker.people.models import Appointment, Leave, Person
from tracker.people.queries import covers
from tracker.units.models import UnitSpan
from tracker.units.queries import holds_on

TIME_TO_STOP = timedelta(minutes=10)


class Why(StrEnum):
    """Why somebody who was chosen gets nothing."""

    NO_ADDRESS = "no_address"
    NO_POST = "no_post"
    ON_LEAVE = "on_leave"
    NOTHING_LEFT = "nothing_left"


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody means to send: to whom, in which words, and who of them is to be left out."""

    person_ids: tuple[int, ...]
    subject: str
    text: str
    has_tasks: bool
    skips_on_leave: bool
    skips_nothing_left: bool


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, as her readers see her: name and role, and where answers go."""

    written_as: str
    reply_to: str | None


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who gets the message: what she reads of it, and when it leaves."""

    person_id: int
    name: str
    address: str
    text: str
    slot: Slot


@dataclass(frozen=True, slots=True)
class Plan:
    """What sending a draft now would do. `unseen` of those chosen are not within the writer's sight, or not there."""

    writer: Writer
    recipients: Sequence[Recipient]
    left_out: Sequence[tuple[Why, str]]
    unseen: int

    @property
    def fingerprint(self) -> str:
        """The same for as long as the same people would read the same."""
        words = "\0".join(f"{one.person_id}\0{one.address}\0{one.text}" for one in self.recipients)
        return sha256(words.encode()).hexdigest()

    @property
    def joined(self) -> int:
        """How many get it in one letter with another message that waits."""
        return sum(one.slot.letter_id is not None and not one.slot.is_held for one in self.recipients)

    @property
    def held(self) -> int:
        """How many get it the next morning, as they have had a letter today."""
        return sum(one.slot.is_held for one in self.recipients)


def plan(actor: Actor, draft: Draft, now: datetime) -> Plan:
    """What sending the draft at this moment would do. Statements do not grow with the people."""
    writer = _writer(actor)
    rows = _people(actor, draft.person_ids)
    tasks = None
    if draft.has_tasks or draft.skips_nothing_left:
        tasks = left_to_do(actor, [row.id for row in rows], actor.today)
    left_out = [(why, row.shown_name) for row in rows if (why := _why_not(row, draft, tasks))]
    writable = [row for row in rows if _why_not(row, draft, tasks) is None]
    slots = letters.slots({normal_email(row.email) for row in writable}, now + TIME_TO_STOP, now)
    recipients = [
        Recipient(
            row.id,
            row.shown_name,
            normal_email(row.email),
            _text(actor, draft, writer, row, tasks),
            slots[normal_email(row.email)],
        )
        for row in writable
    ]
    return Plan(writer, recipients, left_out, len(set(draft.person_ids)) - len(rows))


def _writer(actor: Actor) -> Writer:
    found = None if actor.account_id is None else account(actor.account_id, actor.today)
    if found is None:
        raise Forbidden("Only somebody with an account can write to people.")
    email = found.person_email
    address = email if email and is_email(email) else found.email
    return Writer(f"{found.name}, {found.role_label}", address)


def _people(actor: Actor, person_ids: Collection[int]) -> Sequence[Any]:
    """Those chosen whom the actor may write to, by name, with the unit where each is at home today, if any."""
    today = actor.today
    is_on_leave = exists().where(
        Leave.person_id == Person.id,
        Leave.starts_on <= today,
        or_(Leave.ends_on.is_(None), Leave.ends_on >= today),
    )
    return db.session.execute(
        select(
            *(Person.id, Person.name, Person.email, policy.shown_name().label("shown_name")),
            *(UnitSpan.name.label("unit"), is_on_leave.label("is_on_leave")),
        )
        .outerjoin(Appointment, and_(Appointment.person_id == Person.id, covers(today)))
        .outerjoin(UnitSpan, and_(UnitSpan.unit_id == Appointment.unit_id, holds_on(today)))
        .where(Person.id.in_(person_ids), policy.may_be_written_to(actor))
        .order_by(Person.name, Person.id)
    ).all()


def _why_not(row: Any, draft: Draft, tasks: Any) -> Why | None:
    if row.unit is None:
        return Why.NO_POST
    if not is_email(normal_email(row.email)):
        return Why.NO_ADDRESS
    if draft.skips_on_leave and row.is_on_leave:
        return Why.ON_LEAVE
    if draft.skips_nothing_left and not tasks.get(row.id):
        return Why.NOTHING_LEFT
    return None


def _text(actor: Actor, draft: Draft, writer: Writer, row: Any, tasks: Any) -> str:
    of_hers: Sequence[Task] | None = tasks.get(row.id, []) if draft.has_tasks else None
    return texts.personal(draft.text, row.name, row.unit, writer.written_as, of_hers, actor.today)
