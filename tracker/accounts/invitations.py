"""Ways in: accounts for everybody at home somewhere who can be written to and has none, and new links for who has not
come in; and a link for one person, to be handed over."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Select, select

from tracker.accounts import letters
from tracker.accounts.commands import add_account, end_links, make_link, new_session_key, replace_link
from tracker.accounts.models import Account
from tracker.accounts.queries import way_in_of
from tracker.accounts.rules import INVITATION_LIVES, address_problem, normal_email
from tracker.core import audit
from tracker.core.actor import Actor, Right, Role
from tracker.core.database import Transaction, db, transaction
from tracker.core.errors import Conflict, Forbidden
from tracker.people.models import Appointment, Person
from tracker.people.queries import covers, people_at_home_in

AT_ONCE = 500
INVITED = (Role.LEARNER, Role.CHAMPION)
"""Accounts of these roles get new links by the hundred; all others one at a time."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody without an account; or with one that she has not come into, `account_id`."""

    person_id: int
    identifier: str
    name: str
    email: str
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who has just been given an account, or a new link into hers; and that one-time link."""

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


def plan(actor: Actor, unit_id: int | None, *, again: bool = False) -> Plan:
    """Who is at home today at or below the unit (none: anywhere) and has no account yet; with `again` also who was
    invited and has no password yet. Raises Forbidden."""
    if not actor.has(Right.ACCOUNTS_INVITE):
        raise Forbidden("You cannot invite people.")
    holders = Counter(normal_email(email) for email in db.session.scalars(select(Person.email)))
    taken = set(db.session.scalars(select(Account.email)))
    invited, left_out = [], []
    for row in db.session.execute(_without_account(actor, unit_id)):
        one = Candidate(*row)
        email = normal_email(one.email)
        if why := address_problem(email, is_shared=holders[email] > 1 or email in taken):
            left_out.append(LeftOut(one.identifier, one.name, why))
        else:
            invited.append(replace(one, email=email))
    if again:
        invited += [Candidate(*row) for row in db.session.execute(_without_password(actor, unit_id))]
    db.session.close()
    return Plan(invited, left_out)


def invite(
    actor: Actor, people: Sequence[Candidate], *, by_mail: bool, before_commit: Callable[[list[Invited]], None]
) -> Iterator[int]:
    """Make their accounts where they have none, and a new link for each, which ends those before it; some hundred in
    each transaction, with a letter each if wanted. Yields how many are done.

    What `before_commit` is handed is only true once the transaction ends; if it raises, that part is not done.
    """
    for start in range(0, len(people), AT_ONCE):
        part = people[start : start + AT_ONCE]
        with transaction(actor) as tx:
            before_commit(_make(tx, part, by_mail=by_mail))
        yield len(part)


def hand_over(actor: Actor, person_id: int) -> str:
    """The address of a new one-time link for a person, to be handed to her: into her account, or into one that is made
    for her. Raises NotFound, Forbidden or Conflict."""
    way = way_in_of(person_id)
    if way.problem:
        raise Conflict(f"No account can be made for {way.name}: {way.problem}.")
    with transaction(actor):
        if way.account_id is None:
            _, token = add_account(actor, way.email, role=Role.LEARNER, person_id=person_id)
        else:
            token = replace_link(actor, way.account_id)
    return letters.link_url(token)


def _make(tx: Transaction, people: Sequence[Candidate], *, by_mail: bool) -> list[Invited]:
    end_links(tx, [one.account_id for one in people if one.account_id is not None])
    made = []
    for one, account_id in zip(people, _accounts_of(tx, people), strict=True):
        token = make_link(tx, account_id, lives=INVITATION_LIVES)
        if by_mail:
            letters.write(tx, one.email, "invitation", name=one.name or one.email, link=letters.link_url(token))
        audit.record(tx, "account.invited", "account", account_id, after={"person_id": one.person_id})
        made.append(Invited(one.identifier, one.name, one.email, letters.link_url(token)))
    return made


def _accounts_of(tx: Transaction, people: Sequence[Candidate]) -> list[int]:
    """The accounts of some people, made for those who have none."""
    new = {
        one.person_id: Account(
            email=one.email,
            role=Role.LEARNER,
            person_id=one.person_id,
            password_hash=None,
            session_key=new_session_key(),
            is_sample=False,
            created_at=tx.now,
        )
        for one in people
        if one.account_id is None
    }
    tx.session.add_all(new.values())
    tx.flush("Somebody else is making accounts at this moment. Run this again.")
    return [one.account_id or new[one.person_id].id for one in people]


def _without_account(actor: Actor, unit_id: int | None) -> Select[int, str, str, str]:
    query = (
        select(Person.id, Person.identifier, Person.name, Person.email)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(_is_at_home(actor, unit_id), Account.id.is_(None))
    )
    return query.order_by(Person.identifier)


def _without_password(actor: Actor, unit_id: int | None) -> Select[int, str, str, str, int]:
    query = (
        select(Person.id, Person.identifier, Person.name, Account.email, Account.id)
        .join(Account, Account.person_id == Person.id)
        .where(_is_at_home(actor, unit_id), Account.password_hash.is_(None), ~Account.is_sample)
        .where(Account.role.in_(INVITED))
    )
    return query.order_by(Person.identifier)


def _is_at_home(actor: Actor, unit_id: int | None) -> ColumnElement[bool]:
    """That a person is at home today at or below the unit; anywhere, if there is none."""
    anywhere = select(Appointment.person_id).where(covers(actor.today))
    return Person.id.in_(anywhere if unit_id is None else people_at_home_in([unit_id], actor.today))
