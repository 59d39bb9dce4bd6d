"""Who changed what of the curriculum: its kept states, and what became of each thing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select, true

from tracker.accounts.models import Account
from tracker.core import clock
from tracker.core.audit import AuditEvent
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.core.paging import Page, nearest
from tracker.curriculum.models import DatedTitle
from tracker.curriculum.rules import Curriculum
from tracker.exchange.files import read_curriculum
from tracker.people.models import Person
from tracker.programme.models import CurriculumChange, CurriculumState
from tracker.programme.rules import Difference, How, Kind, entry_of

ON_A_PAGE = 25
CHANGES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Told:
    """A change as it is told: of what, and how it was before and after. `id` is the change's own."""

    id: int
    state_id: int
    difference: Difference


@dataclass(frozen=True, slots=True)
class StateLine:
    """A state of the curriculum: when it came, by whom (none: the system), how, and what it changed."""

    id: int
    at: datetime
    who: str | None
    how: How
    changes: Sequence[Told]


@dataclass(frozen=True, slots=True)
class State:
    """A state, whole. `is_latest` says that it is how the curriculum stands."""

    line: StateLine
    text: str
    curriculum: Curriculum
    is_latest: bool


@dataclass(frozen=True, slots=True)
class ComingTitle:
    """A title that something will have from a coming day on: when it was set, where that is known, and by whom (none:
    the system)."""

    kind: Kind
    code: str
    title: str
    starts_on: date
    at: datetime | None
    who: str | None


def coming_titles(today: date) -> list[ComingTitle]:
    """What will be called otherwise, the next first."""
    rows = db.session.scalars(
        select(DatedTitle).where(DatedTitle.starts_on > today).order_by(DatedTitle.starts_on, DatedTitle.code)
    ).all()
    subjects = [f"{DatedTitle.__tablename__}:{row.id}" for row in rows]
    events = db.session.execute(
        select(AuditEvent.subject, AuditEvent.at, AuditEvent.account_id)
        .where(AuditEvent.subject.in_(subjects), AuditEvent.verb == "title.dated")
        .order_by(AuditEvent.id)
    ).all()
    set_at = {one.subject: clock.local(one.at) for one in events}
    names = account_names({one.account_id for one in events if one.account_id is not None})
    set_by = {one.subject: names.get(one.account_id or 0) for one in events}
    return [
        ComingTitle(Kind(row.kind), row.code, row.title, row.starts_on, set_at.get(subject), set_by.get(subject))
        for row, subject in zip(rows, subjects, strict=True)
    ]


def states(number: int) -> Page[StateLine]:
    """All states, the latest first."""
    total = db.session.scalar(select(func.count()).select_from(CurriculumState)) or 0
    number = nearest(number, total, ON_A_PAGE)
    found = _lines(true(), limit=ON_A_PAGE, offset=(number - 1) * ON_A_PAGE)
    return Page(found, number, total, ON_A_PAGE)


def of_thing(kind: Kind, code: str) -> list[StateLine]:
    """The latest states that changed one thing, each with what became of it alone."""
    about = select(CurriculumChange.state_id).where(CurriculumChange.kind == kind, CurriculumChange.code == code)
    found = _lines(CurriculumState.id.in_(about), limit=CHANGES_SHOWN, offset=0)
    return [
        StateLine(
            *(line.id, line.at, line.who, line.how),
            [told for told in line.changes if (told.difference.kind, told.difference.code) == (kind, code)],
        )
        for line in found
    ]


def state(state_id: int) -> State:
    """One state. Raises NotFound."""
    row = db.session.execute(
        select(CurriculumState.text, select(func.max(CurriculumState.id)).scalar_subquery()).where(
            CurriculumState.id == state_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound(f"state {state_id}")
    text, latest = row
    (line,) = _lines(CurriculumState.id == state_id, limit=1, offset=0)
    return State(line, text, read_curriculum(text.encode()), state_id == latest)


def _lines(where: ColumnElement[bool], *, limit: int, offset: int) -> list[StateLine]:
    rows = db.session.execute(
        select(CurriculumState.id, CurriculumState.at, CurriculumState.account_id, CurriculumState.how)
        .where(where)
        .order_by(CurriculumState.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    changes: dict[int, list[Told]] = {}
    query = select(CurriculumChange).where(CurriculumChange.state_id.in_([row.id for row in rows]))
    for one in db.session.scalars(query.order_by(CurriculumChange.id)):
        before, after = (None if side is None else entry_of(one.kind, side) for side in (one.before, one.after))
        told = Told(one.id, one.state_id, Difference(one.kind, one.code, before, after))
        changes.setdefault(one.state_id, []).append(told)
    names = account_names({row.account_id for row in rows if row.account_id is not None})
    return [
        StateLine(row.id, clock.local(row.at), names.get(row.account_id), row.how, changes.get(row.id, []))
        for row in rows
    ]


def account_names(account_ids: Collection[int]) -> Mapping[int, str]:
    """Whose accounts these are: the person's name, else the account's address."""
    rows = db.session.execute(
        select(Account.id, func.coalesce(func.nullif(Person.name, ""), Account.email))
        .outerjoin(Person, Person.id == Account.person_id)
        .where(Account.id.in_(account_ids))
    )
    return dict(rows.all())
