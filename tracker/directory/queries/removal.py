"""Whether somebody was added by mistake: what would go with her record, and what stands in the way of that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select

from tracker.accounts.models import Account, SignInLink
from tracker.champions.models import Champion
from tracker.core.audit import AuditEvent
from tracker.core.database import Base, db
from tracker.core.words import day as in_words
from tracker.core.words import plural, sentence_list
from tracker.directory.queries.story import PostView, posts_of
from tracker.messages.models import MessageRecipient
from tracker.people.models import Appointment, FormerName, Function, Leave
from tracker.progress.models import BulkDeedPart, BulkDeedRow, Completion, Waiver
from tracker.requests.models import Request
from tracker.terms.queries import say

ADDED = "person.added"
SEALED = "report.sealed"
"""What the trail has of a month end that was sealed; its day is in the event."""


@dataclass(frozen=True, slots=True)
class Goes:
    """What goes with a person's record: what the office's forms write about her, and an account that nobody used."""

    posts: Sequence[PostView]
    functions: int
    leaves: int
    former: int
    has_account: bool


def what_goes(person_id: int, today: date) -> Goes:
    """What belongs to a person's record and would go with it."""
    return Goes(
        posts_of(person_id, today),
        _count(Function, Function.person_id == person_id),
        _count(Leave, Leave.person_id == person_id),
        _count(FormerName, FormerName.person_id == person_id),
        account_of(person_id) is not None,
    )


def account_of(person_id: int) -> Account | None:
    """Her account, if she has one."""
    return db.session.scalar(select(Account).where(Account.person_id == person_id))


def what_stands_in_the_way(person_id: int) -> list[str]:
    """What somebody has done with a person's record since it was added, in words; nothing where it can go."""
    added = _added(person_id)
    loaded = ["the record was not entered here but loaded from files"] if added is None else []
    sealed = _sealed_with(person_id, added) if added is not None else ()
    return [*loaded, *_traces(person_id), *_account_in_use(person_id), *sealed]


def _added(person_id: int) -> int | None:
    """The event that added her here; none for whom a load brought."""
    replaced = select(func.max(AuditEvent.id)).where(AuditEvent.verb == "facts.replaced").scalar_subquery()
    return db.session.scalar(
        select(func.max(AuditEvent.id)).where(
            AuditEvent.subject == f"person:{person_id}",
            AuditEvent.verb == ADDED,
            AuditEvent.id > func.coalesce(replaced, 0),
        )
    )


def _traces(person_id: int) -> Iterator[str]:
    """Rows that name her and that no form on persons wrote."""
    asked = or_(Request.person_id == person_id, Request.asker_id == person_id)
    traces: Sequence[tuple[type[Base], ColumnElement[bool], str, str]] = (
        (Completion, Completion.person_id == person_id, "completion is on record", "completions are on record"),
        (Waiver, Waiver.person_id == person_id, "waiver is on record", "waivers are on record"),
        (
            Champion,
            Champion.person_id == person_id,
            "term as {champion} is on record",
            "terms as {champion} are on record",
        ),
        (Request, asked, "request names this person", "requests name this person"),
        (
            MessageRecipient,
            MessageRecipient.person_id == person_id,
            "message was written to this person",
            "messages were written to this person",
        ),
    )
    for model, condition, one, many in traces:
        if number := _count(model, condition):
            yield say(plural(number, one, many))
    of_many = _count(BulkDeedRow, BulkDeedRow.person_id == person_id)
    if of_many or _count(BulkDeedPart, BulkDeedPart.person_id == person_id):
        yield "something that was done for many people at once names this person"


def _account_in_use(person_id: int) -> Iterator[str]:
    account = account_of(person_id)
    if account is None:
        return
    was_opened = _count(SignInLink, SignInLink.account_id == account.id, SignInLink.used_at.is_not(None))
    has_done = _count(AuditEvent, AuditEvent.account_id == account.id)
    if account.password_hash or account.is_sample or was_opened or has_done:
        yield "this person has an account that was used"


def _sealed_with(person_id: int, added: int) -> Iterator[str]:
    """The month ends that were sealed since, and on which she was at home somewhere: a report of then counts her."""
    sealed = select(AuditEvent.after).where(AuditEvent.verb == SEALED, AuditEvent.id > added)
    homes = select(Appointment.starts_on, Appointment.ends_on).where(
        Appointment.person_id == person_id, Appointment.is_primary
    )
    periods = [(first, last or date.max) for first, last in db.session.execute(homes)]
    days = [date.fromisoformat((after or {})["day"]) for after in db.session.scalars(sealed)]
    counted = sorted(one for one in days if any(first <= one <= last for first, last in periods))
    if counted:
        reports = "the sealed report of" if len(counted) == 1 else "the sealed reports of"
        counts = "counts" if len(counted) == 1 else "count"
        yield f"{reports} {sentence_list([in_words(one) for one in counted])} {counts} this person"


def _count(model: type[Base], *conditions: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0
