"""Accounts for many at once: for everybody at home somewhere who can be written to and has none."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select

from tracker.accounts import letters
from tracker.accounts.commands import make_link, new_session_key
from tracker.accounts.models import Account
from tracker.accounts.rules import E_MAIL, INVITATION_LIVES, normal_email
from tracker.core import audit
from tracker.core.actor import Actor, Right, Role
from tracker.core.database import Transaction, db, transaction
from tracker.core.errors import Forbidden
from tracker.people.models import Appointment, Person
from tracker.people.queries import covers
from tracker.units.queries import lies_under

AT_ONCE = 500
NO_ADDRESS = "no e-mail address"
NOT_AN_ADDRESS = "the e-mail address cannot be written to"
SHARED = "the e-mail address is somebody else's too"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody without an account."""

    person_id: int
    identifier: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who has just been given an account, and her one-time link."""

    identifier: str
    name: str
    email: str
    link: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody who could not be given an account, and why."""

    identifier: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom to invite and whom not."""

    invited: Sequence[Candidate]
    left_out: Sequence[LeftOut]


def plan(actor: Actor, unit_id: int | None) -> Plan:
    """Who is at home today at or below the unit (none: anywhere) and has no account yet. Raises Forbidden."""
    if not actor.has(Right.ACCOUNTS_INVITE):
        raise Forbidden("You cannot invite people.")
    holders = Counter(normal_email(email) for email in db.session.scalars(select(Person.email)))
    taken = set(db.session.scalars(select(Account.email)))
    invited, left_out = [], []
    for row in db.session.execute(_without_account(actor, unit_id)):
        one = Candidate(*row)
        email = normal_email(one.email)
        if why := _obstacle(email, is_shared=holders[email] > 1 or email in taken):
            left_out.append(LeftOut(one.identifier, one.name, why))
        else:
            invited.append(Candidate(one.person_id, one.identifier, one.name, email))
    db.session.close()
    return Plan(invited, left_out)


def invite(
    actor: Actor, people: Sequence[Candidate], *, by_mail: bool, before_commit: Callable[[list[Invited]], None]
) -> Iterator[int]:
    """Make their accounts, some hundred in each transaction, with a letter each if wanted; yields how many were made.

    What `before_commit` is handed is only true once the transaction ends; if it raises, that part is not done.
    """
    for start in range(0, len(people), AT_ONCE):
        part = people[start : start + AT_ONCE]
        with transaction(actor) as tx:
            before_commit(_make(tx, part, by_mail=by_mail))
        yield len(part)


def _make(tx: Transaction, people: Sequence[Candidate], *, by_mail: bool) -> list[Invited]:
    accounts = [
        Account(
            email=one.email,
            role=Role.LEARNER,
            person_id=one.person_id,
            password_hash=None,
            session_key=new_session_key(),
            is_sample=False,
            created_at=tx.now,
        )
        for one in people
    ]
    tx.session.add_all(accounts)
    tx.flush("Somebody else is making accounts at this moment. Run this again.")
    made = []
    for one, account in zip(people, accounts, strict=True):
        token = make_link(tx, account.id, lives=INVITATION_LIVES)
        if by_mail:
            letters.write(tx, one.email, "invitation", name=one.name or one.email, link=letters.link_url(token))
        audit.record(tx, "account.invited", "account", account.id, after={"person_id": one.person_id})
        made.append(Invited(one.identifier, one.name, one.email, letters.link_url(token)))
    return made


def _without_account(actor: Actor, unit_id: int | None) -> Select[int, str, str, str]:
    query = (
        select(Person.id, Person.identifier, Person.name, Person.email)
        .join(Appointment, Appointment.person_id == Person.id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(covers(actor.today), Account.id.is_(None))
        .order_by(Person.identifier)
    )
    return query if unit_id is None else query.where(Appointment.unit_id.in_(lies_under([unit_id], actor.today)))


def _obstacle(email: str, *, is_shared: bool) -> str:
    if not email:
        return NO_ADDRESS
    if not E_MAIL.fullmatch(email):
        return NOT_AN_ADDRESS
    return SHARED if is_shared else ""
