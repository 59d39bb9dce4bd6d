"""Reading what is sent regularly: the list, one of it with what was sent, and who can be chosen as a reader."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from tracker.accounts.models import Account
from tracker.accounts.queries import account
from tracker.accounts.rules import normal_email
from tracker.core import clock
from tracker.core.actor import Actor, Right
from tracker.core.database import db
from tracker.core.errors import Forbidden, NotFound
from tracker.core.outbox import Letter, LetterState
from tracker.core.paging import Page, nearest
from tracker.curriculum.models import Requirement
from tracker.dashboards.policy import get_unit
from tracker.people.models import Person
from tracker.reporting import policy
from tracker.reporting.models import Mailing, MailingReader, MailingSent, Outcome, Shows
from tracker.reporting.rules import Rhythm
from tracker.units.queries import UnitView, views_on

SENT_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class MailingView:
    """Figures that are sent regularly; `unit` and `requirement` are their names today, their codes where they have
    none any more."""

    id: int
    shows: Shows
    unit_code: str
    unit: str
    requirement_code: str | None
    requirement: str | None
    rhythm: Rhythm
    next_on: date
    is_stopped: bool
    readers: int


@dataclass(frozen=True, slots=True)
class ReaderView:
    """Somebody who gets a report: the name of the account."""

    account_id: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class SentView:
    """What became of a report for one reader: whether it was written, and where its letter stands."""

    reader: str
    due_on: date
    figures_on: date
    at: datetime
    outcome: Outcome
    state: LetterState | None


def mailings(actor: Actor) -> list[MailingView]:
    """All that is sent regularly, or was. Raises Forbidden."""
    if not actor.has(Right.REPORTS_READ):
        raise Forbidden("What is sent regularly is for the office and the auditor.")
    return _views(db.session.scalars(select(Mailing).order_by(Mailing.stopped_at.is_not(None), Mailing.id)).all())


def mailing(actor: Actor, mailing_id: int) -> MailingView:
    """One of them. Raises NotFound."""
    return _views([policy.get_mailing(actor, mailing_id)])[0]


def _views(rows: Sequence[Mailing]) -> list[MailingView]:
    ids = [row.id for row in rows]
    counted = select(MailingReader.mailing_id, func.count()).where(MailingReader.mailing_id.in_(ids))
    readers = dict(db.session.execute(counted.group_by(MailingReader.mailing_id)).all())
    places = views_on(clock.today()).subquery()
    units = dict(db.session.execute(select(places.c.code, places.c.name)).all()) if rows else {}
    titles = dict(db.session.execute(select(Requirement.code, Requirement.title)).all()) if rows else {}
    return [
        MailingView(
            row.id,
            row.shows,
            row.unit_code,
            units.get(row.unit_code, row.unit_code),
            row.requirement_code,
            row.requirement_code and titles.get(row.requirement_code, row.requirement_code),
            row.rhythm,
            row.next_on,
            row.stopped_at is not None,
            readers.get(row.id, 0),
        )
        for row in rows
    ]


def due(today: date) -> list[MailingView]:
    """What is to be sent today, or should have been before."""
    rows = db.session.scalars(
        select(Mailing).where(Mailing.stopped_at.is_(None), Mailing.next_on <= today).order_by(Mailing.id)
    ).all()
    return _views(rows)


def readers(mailing_id: int) -> list[ReaderView]:
    """Who gets a report, by name."""
    rows = db.session.execute(
        select(Account.id, func.coalesce(Person.name, Account.email).label("name"), Account.email)
        .join(MailingReader, MailingReader.account_id == Account.id)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(MailingReader.mailing_id == mailing_id)
        .order_by(func.coalesce(Person.name, Account.email), Account.id)
    )
    return [ReaderView(*row) for row in rows]


def sent(actor: Actor, mailing_id: int, number: int = 1) -> Page[SentView]:
    """What was sent to whom, the latest first. Raises NotFound."""
    policy.get_mailing(actor, mailing_id)
    of_mailing = MailingSent.mailing_id == mailing_id
    total = db.session.scalar(select(func.count()).select_from(MailingSent).where(of_mailing)) or 0
    number = nearest(number, total, SENT_A_PAGE)
    rows = db.session.execute(
        select(
            func.coalesce(Person.name, Account.email),
            *(MailingSent.due_on, MailingSent.figures_on, MailingSent.at, MailingSent.outcome, Letter.state),
        )
        .join(Account, Account.id == MailingSent.account_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .outerjoin(Letter, Letter.id == MailingSent.letter_id)
        .where(of_mailing)
        .order_by(MailingSent.due_on.desc(), MailingSent.id)
        .limit(SENT_A_PAGE)
        .offset((number - 1) * SENT_A_PAGE)
    )
    found = [SentView(name, due_on, on, clock.local(at), how, state) for name, due_on, on, at, how, state in rows]
    return Page(found, number, total, SENT_A_PAGE)


def unit_choices(today: date) -> list[tuple[str, str]]:
    """All units of today by code and name, each with those above it, so that two of one name can be told apart."""
    units = {unit.id: unit for unit in (UnitView(*row) for row in db.session.execute(views_on(today)))}

    def words(unit: UnitView) -> str:
        above = units.get(unit.parent_id or 0)
        return f"{words(above)} \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} {unit.name}" if above else unit.name

    return sorted(((unit.code, words(unit)) for unit in units.values()), key=lambda choice: choice[1])


@dataclass(frozen=True, slots=True)
class Named:
    """What became of typed addresses: the accounts they are, those that are nobody's, and those of accounts that may
    not see the unit."""

    account_ids: Sequence[int]
    unknown: Sequence[str]
    unfit: Sequence[str]


def accounts_of(addresses: Iterable[str], unit_code: str, today: date) -> Named:
    """The accounts with these e-mail addresses; `unfit` are those that may not see a unit today."""
    wanted = list(dict.fromkeys(map(normal_email, addresses)))
    there = dict(db.session.execute(select(Account.email, Account.id).where(Account.email.in_(wanted))).all())
    found = {email: there[email] for email in wanted if email in there}
    return Named(
        list(found.values()),
        unknown=[email for email in wanted if email not in there],
        unfit=[email for email, id_ in found.items() if not _sees_unit(id_, unit_code, today)],
    )


def _sees_unit(account_id: int, unit_code: str, today: date) -> bool:
    found = account(account_id, today)
    if found is None or not found.actor.has(Right.UNITS_READ):
        return False
    try:
        return bool(get_unit(found.actor, unit_code, today))
    except NotFound:
        return False
