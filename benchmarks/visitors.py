"""Who asks in a benchmark, and for what: accounts of random people, their sessions, and requests made beforehand."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from benchmarks import client
from benchmarks.institution import MODULES
from tracker.accounts.commands import add_account
from tracker.accounts.models import Account
from tracker.champions.models import Champion
from tracker.core import clock
from tracker.core.actor import Role, system
from tracker.core.audit import AuditEvent
from tracker.core.database import db, transaction
from tracker.core.days import month_end
from tracker.people.models import Appointment, Person
from tracker.people.queries import covers
from tracker.progress.models import Completion
from tracker.units.models import Unit, UnitPath, UnitSpan
from tracker.units.queries import holds_on

LEARNERS = 300
WRITE_EVERY = 10
"""Each so-manieth request is a learner who logs a completion."""

EVENTS = 100_000
"""In the trail before anybody asks."""
SIDE_BY_SIDE = 12
"""Months between the two days of a table that compares them."""
FURTHEST = timedelta(days=5 * 365)
"""From today to a day that no stored span of a yearly requirement reaches."""

BARE, HOME, LOG = "bare page", "learner home", "logging a completion"
DEPARTMENT, TABLE, PEOPLE = "department dashboard", "institution table", "people list"
DEPARTMENT_THEN, TABLE_THEN = "department, a month end", "institution table, a month end"
TABLE_TWO_DAYS = "institution table, two kept days"
PEOPLE_ASKED = "people list, one requirement"
WORKSPACE, PERSON, TREND = "champion's workspace", "a person's page", "five-year trend"
COUNTED, TRAIL = "who is counted, a department", "audit trail"
PAGES = (
    *(BARE, HOME, LOG, DEPARTMENT, DEPARTMENT_THEN, TABLE, TABLE_THEN, TABLE_TWO_DAYS),
    *(PEOPLE, PEOPLE_ASKED, WORKSPACE, PERSON, TREND, COUNTED, TRAIL),
)
OTHER_DAY, TWO_OTHER_DAYS = "institution table, any other day", "institution table, two other days"
BEYOND = "institution table, beyond the horizon"
COUNTED_OF_ALL, TRAIL_FILE = "who is counted, the institution", "audit trail as CSV"
SLOW_PAGES = (OTHER_DAY, TWO_OTHER_DAYS, BEYOND, COUNTED_OF_ALL, TRAIL_FILE)
"""Asked for a few times only, one at a time."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a session. `unit` is the code of the department she champions, if any; `person` somebody there."""

    cookie: str
    token: str
    unit: str | None = None
    person: int | None = None


@dataclass(frozen=True, slots=True)
class ToLog:
    """A completion that a learner has not logged yet."""

    learner: Visitor
    course: str
    day: date


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody who asks. `root` is the code of the unit above all, `people` how many there are."""

    learners: Sequence[Visitor]
    champions: Sequence[Visitor]
    office: Visitor
    root: str
    people: int
    today: date
    unlogged: Iterator[ToLog]
    """In any order, and each once: a module is recorded once a day."""


def make_cast(app: Flask, rng: Random) -> Cast:
    """Make the accounts in a loaded database, and a session for each as the application itself signs it."""
    with app.app_context():
        today = clock.today()
        departments = _champions(today)
        at_home = _at_home(today)
        others = select(Person.id).where(Person.id.not_in([person_id for person_id, _ in departments]))
        person_ids = db.session.scalars(others).all()
        learners = rng.sample(person_ids, min(LEARNERS, len(person_ids)))
        root = db.session.scalar(
            select(Unit.code)
            .join(UnitSpan, UnitSpan.unit_id == Unit.id)
            .where(holds_on(today), UnitSpan.parent_id.is_(None))
        )
        people = db.session.scalar(select(func.count()).select_from(Person)) or 0
        logged = _logged(learners, today)
        db.session.close()
        with transaction(system(today)) as tx:
            office = _account(Role.OFFICE, None)
            own = [_account(Role.LEARNER, person_id) for person_id in learners]
            champions = [(_account(Role.CHAMPION, person_id), unit) for person_id, unit in departments]
            _fill_trail(tx.session)
        db.engine.dispose()
    visitors = [_visitor(app, name) for name in own]
    unlogged = [
        ToLog(visitor, course, day)
        for person_id, visitor in zip(learners, visitors, strict=True)
        for course in MODULES
        for day in _days_to_log(today)
        if (person_id, course, day) not in logged
    ]
    rng.shuffle(unlogged)
    return Cast(
        learners=visitors,
        champions=[_visitor(app, name, unit, at_home[unit]) for name, unit in champions],
        office=_visitor(app, office),
        root=str(root),
        people=people,
        today=today,
        unlogged=iter(unlogged),
    )


def _logged(learners: Sequence[int], today: date) -> set[tuple[int, str, date]]:
    """What these people have on record of the days that can be logged: (person, course, day)."""
    query = select(Completion.person_id, Completion.course, Completion.completed_on).where(
        Completion.person_id.in_(learners), Completion.completed_on.in_(_days_to_log(today))
    )
    return {(person_id, course, day) for person_id, course, day in db.session.execute(query)}


def _days_to_log(today: date) -> list[date]:
    """The days that a learner may log."""
    return [today - timedelta(days=days) for days in range(15)]


def _champions(today: date) -> list[tuple[int, str]]:
    """A champion of each department: (person, code)."""
    query = (
        select(func.min(Champion.person_id), Unit.code)
        .join(Unit, Unit.id == Champion.unit_id)
        .join(UnitSpan, UnitSpan.unit_id == Unit.id)
        .where(UnitSpan.kind == "department", holds_on(today))
        .group_by(Unit.code)
        .order_by(Unit.code)
    )
    return [(person_id, code) for person_id, code in db.session.execute(query)]


def _at_home(today: date) -> dict[str, int]:
    """Somebody at home in each department, by its code."""
    query = (
        select(Unit.code, func.max(Appointment.person_id))
        .join(UnitPath, UnitPath.ancestor_id == Unit.id)
        .join(Appointment, Appointment.unit_id == UnitPath.unit_id)
        .where(covers(today), UnitPath.starts_on <= today, UnitPath.ends_on >= today)
        .group_by(Unit.code)
    )
    return dict(db.session.execute(query).all())


def _account(role: Role, person_id: int | None) -> str:
    """Make an account; what a session of it names."""
    email = f"{secrets.token_hex(8)}@bench.example"
    account_id, _ = add_account(system(clock.today()), email, role=role, person_id=person_id)
    return db.session.get_one(Account, account_id).session_name


def _fill_trail(session: Session) -> None:
    """Copy the events there are until the trail is as long as that of an institution in use."""
    names = [column.name for column in AuditEvent.__table__.columns if column.name != "id"]
    copied = select(*(getattr(AuditEvent, name) for name in names))
    while (missing := EVENTS - (session.scalar(select(func.count()).select_from(AuditEvent)) or 0)) > 0:
        session.execute(insert(AuditEvent).from_select(names, copied.order_by(AuditEvent.id).limit(missing)))


def _visitor(app: Flask, session_name: str, unit: str | None = None, person: int | None = None) -> Visitor:
    """The session that signing in would have begun."""
    with app.test_request_context():
        session.permanent = True
        session["_user_id"] = session_name
        token = generate_csrf()
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        cookie = f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(dict(session))}"
    return Visitor(cookie, token, unit, person)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and whether it writes."""

    request: bytes
    writes: bool


def requests_for(page: str, cast: Cast, number: int, rng: Random) -> list[Asked]:
    """So many requests for a page by random people, every tenth of them a completion that is logged."""
    reads = _reads(page, cast, rng)
    return [
        Asked(_log(next(cast.unlogged)), writes=True)
        if page == LOG or index % WRITE_EVERY == WRITE_EVERY - 1
        else Asked(next(reads), writes=False)
        for index in range(number)
    ]


def _reads(page: str, cast: Cast, rng: Random) -> Iterator[bytes]:
    root, office = cast.root, cast.office
    while True:
        learner, champion = rng.choice(cast.learners), rng.choice(cast.champions)
        month, other = _month_end(cast, rng), _other_day(cast, rng)
        paths: Mapping[str, tuple[str, Visitor]] = {
            BARE: (f"/bare?from={rng.randrange(1, cast.people - 50)}", learner),
            HOME: ("/", learner),
            DEPARTMENT: (f"/units/{champion.unit}", champion),
            DEPARTMENT_THEN: (f"/units/{champion.unit}?as_of={month}", champion),
            TABLE: (f"/units/{root}/table", office),
            TABLE_THEN: (f"/units/{root}/table?as_of={month}", office),
            TABLE_TWO_DAYS: (f"/units/{root}/table?as_of={month}&since={month_end(month, -SIDE_BY_SIDE)}", office),
            PEOPLE: (f"/units/{champion.unit}/people", champion),
            PEOPLE_ASKED: (f"/units/{champion.unit}/people?requirement=INTRO", champion),
            WORKSPACE: ("/units", champion),
            PERSON: (f"/people/{champion.person}", champion),
            TREND: (f"/units/{root}/trends?years=5&ahead=0", office),
            COUNTED: (f"/units/{champion.unit}/figure?requirement=INTRO", champion),
            TRAIL: (f"/office/trail?before={rng.randrange(EVENTS // 2, EVENTS)}", office),
            OTHER_DAY: (f"/units/{root}/table?as_of={other}", office),
            TWO_OTHER_DAYS: (f"/units/{root}/table?as_of={other}&since={_other_day(cast, rng)}", office),
            BEYOND: (f"/units/{root}/table?as_of={cast.today + FURTHEST}", office),
            COUNTED_OF_ALL: (f"/units/{root}/figure?requirement=INTRO", office),
            TRAIL_FILE: ("/office/trail.csv", office),
        }
        path, visitor = paths[page]
        yield client.get(path, visitor.cookie)


def _month_end(cast: Cast, rng: Random) -> date:
    """The end of a month that is over; counts are kept for it and for that of the year before."""
    return month_end(cast.today, -rng.randrange(1, 60 - SIDE_BY_SIDE))


def _other_day(cast: Cast, rng: Random) -> date:
    """A day that is over and no end of a month: counted from the spans."""
    return month_end(cast.today, -rng.randrange(1, 48)) - timedelta(days=rng.randrange(1, 27))


def _log(what: ToLog) -> bytes:
    """A learner sends the form, with its token and a name of its own for this rendering."""
    form = {
        "csrf_token": what.learner.token,
        "form_key": secrets.token_urlsafe(18),
        "course": what.course,
        "completed_on": f"{what.day}",
        "how": "online",
        "note": "",
    }
    return client.post("/log", what.learner.cookie, form)
