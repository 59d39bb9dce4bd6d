"""Reading accounts: who a session belongs to, whose a link is, whom a sample has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, func, literal_column, or_, select, text

from tracker.accounts.models import Account, SignInLink, session_name
from tracker.accounts.rules import MAY_CHAMPION, address_problem, label_of, normal_email, rights_of
from tracker.champions.models import Champion
from tracker.champions.queries import is_in_term
from tracker.core import jobs, outbox
from tracker.core.actor import Actor, Role
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.core.jobs import JobState
from tracker.core.outbox import LetterState
from tracker.people.models import Person
from tracker.progress.queries.own_data import Told, rows_of
from tracker.terms.queries import say


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whoever is signed in, as sessions and pages know her. `session` is what her cookie names, `person_email` the
    address of the person behind the account, if any."""

    actor: Actor
    session: str
    name: str
    email: str
    person_email: str | None
    role_label: str
    has_password: bool
    is_sample: bool

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What flask-login puts into the session."""
        return self.session


@dataclass(frozen=True, slots=True)
class LinkView:
    """A sign-in link that can still be used."""

    name: str


@dataclass(frozen=True, slots=True)
class WayIn:
    """How a person signs in: by the account `account_id`. Without one it is none, `email` is the person's own, and
    `problem` is why no account can be made for her (empty where one can)."""

    person_id: int
    name: str
    email: str
    account_id: int | None
    has_password: bool
    is_sample: bool
    problem: str


@dataclass(frozen=True, slots=True)
class SampleView:
    """An account of the sample institution, as the sign-in page offers it."""

    id: int
    name: str
    role_label: str
    note: str


def signed_in(session: str, today: date) -> SignedIn | None:
    """The account that a session names, with its person and the units it champions today: one statement."""
    account_id, _, key = session.partition(":")
    if not account_id.isascii() or not account_id.isdigit():
        return None
    return _visitor(_visitors_by_session(), today, account_id=int(account_id), key=key)


def account(account_id: int, today: date) -> SignedIn | None:
    """An account as it is once signed in."""
    return _visitor(_visitors(), today, account_id=account_id)


@cache
def _visitors() -> Select[*tuple[Any, ...]]:
    """The account `account_id`, with its person and what she champions on the day `today`. Put together once: every
    request asks, and putting it together takes longer than running it."""
    today: Any = bindparam("today")
    return (
        select(
            *(Account.id, Account.person_id, Account.session_key, Account.role, Account.email),
            *(Account.is_sample, Account.password_hash, Person.name, Champion.unit_id),
            Person.email.label("person_email"),
        )
        .outerjoin(Person, Person.id == Account.person_id)
        .outerjoin(Champion, and_(Champion.person_id == Account.person_id, is_in_term(today)))
        .where(Account.id == bindparam("account_id"))
    )


@cache
def _visitors_by_session() -> Select[*tuple[Any, ...]]:
    """The same, while the key of the account's sessions is still `key`."""
    return _visitors().where(Account.session_key == bindparam("key"))


def _visitor(query: Select[*tuple[Any, ...]], today: date, **values: object) -> SignedIn | None:
    rows = db.session.execute(query, {"today": today, **values}).all()
    if not rows:
        return None
    found = rows[0]
    units = frozenset(row.unit_id for row in rows if row.unit_id is not None and found.role in MAY_CHAMPION)
    rights = rights_of(found.role, has_person=found.person_id is not None, is_in_term=bool(units))
    return SignedIn(
        actor=Actor(found.id, found.person_id, rights, units, today),
        session=session_name(found.id, found.session_key),
        name=found.name or found.email,
        email=found.email,
        person_email=found.person_email,
        role_label=say(label_of(found.role, is_in_term=bool(units))),
        has_password=found.password_hash is not None,
        is_sample=found.is_sample,
    )


def usable_link(token: str, now: datetime) -> LinkView | None:
    """Whose link it is, while it can be used; links used, run out and never made look alike."""
    query = (
        select(func.coalesce(Person.name, Account.email))
        .select_from(SignInLink)
        .join(Account, Account.id == SignInLink.account_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(SignInLink.token_hash == token_hash(token), SignInLink.used_at.is_(None), SignInLink.expires_at > now)
    )
    name = db.session.scalar(query)
    return None if name is None else LinkView(name)


def way_in_of(person_id: int) -> WayIn:
    """How a person signs in, or why she cannot. Raises NotFound."""
    query = select(Person, Account).outerjoin(Account, Account.person_id == Person.id).where(Person.id == person_id)
    if (row := db.session.execute(query).one_or_none()) is None:
        raise NotFound(f"person {person_id}")
    person, held = row[0], row[1]
    name = person.name or person.identifier
    if held is None:
        email = normal_email(person.email)
        problem = address_problem(email, is_shared=_is_of_others(email, person_id))
        return WayIn(person_id, name, email, None, has_password=False, is_sample=False, problem=problem)
    has_password = held.password_hash is not None
    return WayIn(person_id, name, held.email, held.id, has_password, held.is_sample, problem="")


def _is_of_others(email: str, person_id: int) -> bool:
    """Whether an address is that of an account, or of anybody but this person."""
    others = select(Person.id).where(func.lower(func.trim(Person.email)) == email, Person.id != person_id)
    return bool(db.session.scalar(select(or_(others.exists(), exists().where(Account.email == email)))))


def account_with(email: str) -> int | None:
    """The account that has an address, if there is one."""
    return db.session.scalar(select(Account.id).where(Account.email == normal_email(email)))


def address_held(email: str, person_id: int | None) -> str | None:
    """The address of the account that has this address, or else of the one that is this person's."""
    email = normal_email(email)
    if account_with(email) is not None:
        return email
    return None if person_id is None else db.session.scalar(select(Account.email).where(Account.person_id == person_id))


def token_hash(token: str) -> str:
    """What is kept of a link's secret."""
    return sha256(token.encode()).hexdigest()


def sample_accounts() -> Sequence[SampleView]:
    """The accounts of the sample institution, in the order in which they were made; none on any other database."""
    query = (
        select(Account.id, func.coalesce(Person.name, Account.email), Account.role, Account.sample_note)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(Account.is_sample)
        .order_by(Account.id)
    )
    return [
        SampleView(id_, name, say(label_of(role, is_in_term=role is Role.CHAMPION)), note or "")
        for id_, name, role, note in db.session.execute(query)
    ]


def person_id_of(identifier: str) -> int:
    """The person with an identifier. Raises NotFound."""
    person_id = db.session.scalar(select(Person.id).where(Person.identifier == identifier))
    if person_id is None:
        raise NotFound(f"person {identifier}")
    return person_id


@dataclass(frozen=True, slots=True)
class SystemView:
    """How the installation is doing. Nothing of anybody's training."""

    database: str
    schema: str
    jobs: dict[JobState, int]
    waiting_since: datetime | None
    letters: dict[LetterState, int]
    accounts: dict[Role, int]


def system_view() -> SystemView:
    """What the administrator looks after."""
    version = db.session.scalar(select(literal_column("version_num")).select_from(text("alembic_version")))
    return SystemView(
        database="PostgreSQL" if db.engine.dialect.name == "postgresql" else "SQLite",
        schema=str(version),
        jobs=jobs.counts(),
        waiting_since=jobs.waiting_since(),
        letters=outbox.counts(),
        accounts=accounts_by_role(),
    )


def accounts_by_role() -> dict[Role, int]:
    """How many accounts there are of each role."""
    rows = db.session.execute(select(Account.role, func.count()).group_by(Account.role))
    found = dict(rows.all())
    return {role: found.get(role, 0) for role in Role}


def own_data(actor: Actor) -> Told:
    """The account that the actor signs in with, for herself to take along: one statement."""
    has_password = Account.password_hash.is_not(None).label("has_password")
    query = select(Account.email, Account.role, has_password, Account.created_at.label("made_at"))
    return Told(rows_of(query.where(Account.id == actor.account_id)))
