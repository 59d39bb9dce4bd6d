"""Reading the trail: events from the latest on, a page at a time, and what the things in them are called now."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    true,
    tuple_,
    union_all,
)

from tracker.accounts.models import Account
from tracker.core.actor import Actor, Right
from tracker.core.audit import AuditEvent
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.curriculum.models import Equivalent, Gate, Module, Requirement
from tracker.people.models import Person
from tracker.progress.models import Completion
from tracker.trail.sentences import OWN_DEEDS_OF_ACCOUNTS, SET, UnitDeed, unit_deed
from tracker.units.models import Unit, UnitRow, UnitSpan

EVENTS_A_PAGE = 50
EVENTS_A_STEP = 1_000
MOST_MEANT = 20
"""How many accounts, persons or units a typed name may mean."""


@dataclass(frozen=True, slots=True)
class Event:
    """One deed as it was recorded."""

    id: int
    at: datetime
    account_id: int | None
    verb: str
    subject: str
    person_id: int | None
    unit_id: int | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def kind(self) -> str:
        """What kind of row it is about."""
        return self.subject.partition(":")[0]

    @property
    def subject_id(self) -> int:
        """Which row it is about."""
        return int(self.subject.partition(":")[2])

    @property
    def values(self) -> Mapping[str, Any]:
        """All that it holds, what came after before what was there before."""
        return {**(self.before or {}), **(self.after or {})}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: by whom (accounts; empty for nobody who fits), by the system, which verbs, about whom or what, from
    which day to which. None is all; of new rows of units `unit_deeds` names what they did, beside their verb."""

    account_ids: frozenset[int] | None = None
    by_system: bool = False
    verbs: frozenset[str] | None = None
    unit_deeds: frozenset[UnitDeed | None] | None = None
    person_ids: frozenset[int] | None = None
    unit_ids: frozenset[int] | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of events, the latest first, and whether there are earlier ones."""

    events: Sequence[Event]
    has_earlier: bool


LATEST: tuple[ColumnElement[Any], ...] = (AuditEvent.at.desc(), AuditEvent.id.desc())
_COLUMNS = tuple(getattr(AuditEvent, name) for name in Event.__dataclass_fields__)


def events(actor: Actor, wanted: Wanted, before_id: int | None = None, size: int = EVENTS_A_PAGE) -> Found:
    """The latest events that are wanted, before one of them if it is given. Raises NotFound.

    Each way in is an index that already stands in the order of time, so a page costs the same however many there are:
    where several persons, units, accounts or verbs are meant, the latest of each are taken and put together.
    """
    _check_may_read(actor)
    narrowed = and_(true(), *_conditions(wanted, before_id))
    ways = list(_ways(wanted))
    if len(ways) == 1:
        rows = db.session.execute(select(*_COLUMNS).where(narrowed, ways[0]).order_by(*LATEST).limit(size + 1)).all()
    elif not ways:
        rows = []
    else:
        each = [_latest(narrowed, way, size + 1) for way in ways]
        ids = select(union_all(*each).subquery().c.id)
        found = select(*_COLUMNS).where(AuditEvent.id.in_(ids)).order_by(*LATEST).limit(size + 1)
        rows = db.session.execute(found).all()
    return Found([Event(*row) for row in rows[:size]], len(rows) > size)


def all_events(actor: Actor, wanted: Wanted, most: int) -> Iterator[Sequence[Event]]:
    """The latest events that are wanted, some at a time, at most so many."""
    before_id, left = None, most
    while left > 0:
        found = events(actor, wanted, before_id, min(EVENTS_A_STEP, left))
        if found.events:
            yield found.events
        if not found.has_earlier:
            return
        before_id, left = found.events[-1].id, left - len(found.events)


def event(actor: Actor, event_id: int) -> Event:
    """One event. Raises NotFound."""
    _check_may_read(actor)
    row = db.session.execute(select(*_COLUMNS).where(AuditEvent.id == event_id)).one_or_none()
    if row is None:
        raise NotFound(f"event {event_id}")
    return Event(*row)


def _check_may_read(actor: Actor) -> None:
    """The trail names everybody: who may not know everybody finds none."""
    if not (actor.has(Right.TRAIL_READ) and actor.has(Right.RECORDS_READ_ALL)):
        raise NotFound("the trail")


def _latest(narrowed: ColumnElement[bool], way: ColumnElement[bool], size: int) -> Select[int]:
    """The ids of the latest events on one way in."""
    inner = select(AuditEvent.id).where(narrowed, way).order_by(*LATEST)
    return select(inner.limit(size).subquery().c.id)


def _ways(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """By which indexes to go, the most telling first; none where nobody fits."""
    if wanted.person_ids is not None or wanted.unit_ids is not None:
        yield from (AuditEvent.person_id == one for one in sorted(wanted.person_ids or ()))
        yield from (AuditEvent.unit_id == one for one in sorted(wanted.unit_ids or ()))
    elif wanted.account_ids is not None:
        yield from (AuditEvent.account_id == one for one in sorted(wanted.account_ids))
        yield from (AuditEvent.subject == f"account:{one}" for one in sorted(wanted.account_ids))
    elif wanted.by_system:
        yield AuditEvent.account_id.is_(None)
    elif wanted.verbs is not None:
        yield from (AuditEvent.verb == one for one in sorted(wanted.verbs))
    else:
        yield AuditEvent.id.is_not(None)


def _conditions(wanted: Wanted, before_id: int | None) -> Iterator[ColumnElement[bool]]:
    if wanted.account_ids is not None:
        of_themselves = AuditEvent.subject.in_([f"account:{one}" for one in sorted(wanted.account_ids)])
        yield or_(AuditEvent.account_id.in_(sorted(wanted.account_ids)), and_(_before_signing_in(), of_themselves))
    if wanted.by_system:
        yield and_(AuditEvent.account_id.is_(None), ~_before_signing_in())
    if wanted.verbs is not None:
        yield AuditEvent.verb.in_(sorted(wanted.verbs))
    if wanted.unit_deeds is not None:
        yield or_(AuditEvent.verb != SET, AuditEvent.id.in_(_written_out(_rows_that(wanted.unit_deeds))))
    if wanted.first is not None:
        yield AuditEvent.at >= _midnight(wanted.first)
    if wanted.last is not None:
        yield AuditEvent.at < _midnight(wanted.last + timedelta(days=1))
    if before_id is not None:
        at = db.session.scalar(select(AuditEvent.at).where(AuditEvent.id == before_id))
        if at is None:
            raise NotFound(f"event {before_id}")
        yield tuple_(AuditEvent.at, AuditEvent.id) < tuple_(at, before_id)


def _rows_that(deeds: frozenset[UnitDeed | None]) -> list[int]:
    """The events of new rows of units that did one of these: what one did shows only beside the row before."""
    replaced = _last_replacement()
    found = [Event(*row) for row in db.session.execute(select(*_COLUMNS).where(AuditEvent.verb == SET))]
    recent = [one for one in found if replaced is None or one.id > replaced.id]
    rows: Mapping[int, tuple[UnitRow | None, UnitRow | None]] = _unit_rows(recent)
    gone = (None, None)
    did = {one.id: unit_deed(*rows.get(one.subject_id, gone)) for one in recent}
    return [one.id for one in found if did.get(one.id) in deeds]


def _written_out(ids: Sequence[int]) -> BindParameter[Any]:
    """Numbers that stand in the statement itself: there may be more of them than a database takes as values."""
    return bindparam("written_out", ids, Integer, unique=True, expanding=True, literal_execute=True)


def _before_signing_in() -> ColumnElement[bool]:
    """What the holder of an account did with it before anybody was signed in: the event names her as its subject."""
    return and_(AuditEvent.account_id.is_(None), AuditEvent.verb.in_(sorted(OWN_DEEDS_OF_ACCOUNTS)))


def _midnight(day: date) -> datetime:
    """When a day begins by the institution's clocks."""
    return datetime.combine(day, time.min, current_app.config["TIME_ZONE"])


# Whom and what a typed name means


def accounts_meant(words: str) -> frozenset[int]:
    """The accounts whose address, or whose holder's name, holds the words; some of them where there are many."""
    query = (
        select(Account.id)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(or_(Account.email.icontains(words, autoescape=True), Person.name.icontains(words, autoescape=True)))
    )
    return frozenset(db.session.scalars(query.order_by(Account.id).limit(MOST_MEANT)))


def people_meant(words: str) -> frozenset[int]:
    """The persons whose name holds the words, or whose identifier or address they are; some where there are many."""
    fits = or_(
        Person.name.icontains(words, autoescape=True),
        Person.identifier == words,
        func.lower(Person.email) == words.lower(),
    )
    return frozenset(db.session.scalars(select(Person.id).where(fits).order_by(Person.id).limit(MOST_MEANT)))


def units_meant(words: str) -> frozenset[int]:
    """The units that have this code, or have ever had a name that holds the words."""
    query = select(Unit.id).join(UnitSpan, UnitSpan.unit_id == Unit.id).distinct().order_by(Unit.id)
    fits = or_(UnitSpan.name.icontains(words, autoescape=True), Unit.code == words)
    return frozenset(db.session.scalars(query.where(fits).limit(MOST_MEANT)))


# What things are called now


@dataclass(frozen=True, slots=True)
class Names:
    """What the accounts, persons, units and so on of some events are called now, by id or code; who or what is not in
    it has been erased.

    Units have all the names they ever had, each from its day on. `unit_rows` are the rows of units that events
    wrote, each with the one it followed; None where it was the first. `replaced` is the event before which ids meant
    other rows, since all facts were replaced then.
    """

    accounts: Mapping[int, str] = field(default_factory=dict)
    accounts_made_at: Mapping[int, datetime] = field(default_factory=dict)
    holders: Mapping[int, int] = field(default_factory=dict)
    people: Mapping[int, str] = field(default_factory=dict)
    units: Mapping[int | str, Sequence[tuple[date, str]]] = field(default_factory=dict)
    unit_rows: Mapping[int, tuple[UnitRow, UnitRow | None]] = field(default_factory=dict)
    modules: Mapping[int | str, str] = field(default_factory=dict)
    requirements: Mapping[int, str] = field(default_factory=dict)
    gates: Mapping[int, str] = field(default_factory=dict)
    completions: Mapping[int, tuple[int, str]] = field(default_factory=dict)
    replaced: Event | None = None

    def unit(self, key: int | str, on: date) -> str | None:
        """What a unit was called on a day; before it was there, by its first name; None for one that is gone."""
        given = self.units.get(key, ())
        begun = [name for first, name in given if first <= on] or [name for _, name in given[:1]]
        return begun[-1] if begun else None


ACCOUNT_KEYS = ("account_id", "asked_by", "answered_by", "done_by", "entered_by", "written_by", "made_by")
PERSON_KEYS = ("person_id", "asker_id")
UNIT_KEYS = ("unit_id", "parent_id", "into_id", "from_id")


def names_in(found: Sequence[Event]) -> Names:
    """What all in these events is called now: ten statements, however many they are."""
    replaced = _last_replacement()
    recent = [one for one in found if replaced is None or one.id > replaced.id]
    values = [one.values for one in recent]
    accounts = {one.account_id for one in found} | {one.subject_id for one in found if one.kind == "account"}
    accounts |= _held([one.values for one in found], ACCOUNT_KEYS)
    completions = _completions(
        _held(values, ("completion_id",)) | {one.subject_id for one in recent if one.kind == "completion"}
    )
    holders = _holders(accounts)
    people = {one.person_id for one in recent} | _held(values, PERSON_KEYS) | {who for who, _ in completions.values()}
    units = {one.unit_id for one in recent} | _held(values, UNIT_KEYS)
    return Names(
        accounts={account_id: name for account_id, (_, name, _) in holders.items()},
        accounts_made_at={account_id: made_at for account_id, (_, _, made_at) in holders.items()},
        holders={account_id: person_id for account_id, (person_id, _, _) in holders.items() if person_id is not None},
        people=_people(people),
        units=_units(units, {str(one["unit_code"]) for one in values if one.get("unit_code")}),
        unit_rows=_unit_rows([one for one in recent if one.verb == SET]),
        modules=_modules(),
        requirements=_titles(Requirement, _held(values, ("requirement_id",))),
        gates=_titles(Gate, _held(values, ("gate_id",))),
        completions=completions,
        replaced=replaced,
    )


def _held(values: Iterable[Mapping[str, Any]], keys: Sequence[str]) -> set[int]:
    return {one[key] for one in values for key in keys if isinstance(one.get(key), int)}


def _last_replacement() -> Event | None:
    """When all facts were last replaced: ids of events before then mean rows that are gone."""
    query = select(*_COLUMNS).where(AuditEvent.subject == "facts:0", AuditEvent.verb == "facts.replaced")
    row = db.session.execute(query.order_by(AuditEvent.id.desc()).limit(1)).one_or_none()
    return None if row is None else Event(*row)


def _shown_name() -> ColumnElement[str]:
    return func.coalesce(func.nullif(Person.name, ""), Person.identifier)


def _holders(account_ids: Iterable[int | None]) -> dict[int, tuple[int | None, str, datetime]]:
    """Person and name of accounts, and when each was made; who has no name is called by the address."""
    name = func.coalesce(func.nullif(Person.name, ""), Account.email)
    query = select(Account.id, Account.person_id, name, Account.created_at)
    query = query.outerjoin(Person, Person.id == Account.person_id).where(Account.id.in_(_ids(account_ids)))
    return {id_: (person_id, name, made_at) for id_, person_id, name, made_at in db.session.execute(query)}


def _people(person_ids: Iterable[int | None]) -> dict[int, str]:
    query = select(Person.id, _shown_name()).where(Person.id.in_(_ids(person_ids)))
    return {id_: name for id_, name in db.session.execute(query) if name}


def _units(unit_ids: Iterable[int | None], codes: Iterable[str]) -> dict[int | str, list[tuple[date, str]]]:
    """The names of each unit, each from its day on, by its id and by its code."""
    meant = or_(Unit.id.in_(_ids(unit_ids)), Unit.code.in_(sorted(codes)))
    query = select(Unit.id, Unit.code, UnitSpan.starts_on, UnitSpan.name).join(UnitSpan, UnitSpan.unit_id == Unit.id)
    found: dict[int | str, list[tuple[date, str]]] = {}
    for id_, code, first, name in db.session.execute(query.where(meant).order_by(UnitSpan.starts_on)):
        found.setdefault(id_, []).append((first, name))
        found[code] = found[id_]
    return found


def _unit_rows(found: Sequence[Event]) -> dict[int, tuple[UnitRow, UnitRow | None]]:
    """The rows of units that these events wrote, each with the one that it followed."""
    rows: dict[int, list[UnitRow]] = {}
    query = select(UnitRow).where(UnitRow.unit_id.in_(_ids(one.unit_id for one in found)))
    for row in db.session.scalars(query.order_by(UnitRow.starts_on)):
        rows.setdefault(row.unit_id, []).append(row)
    wanted = {one.subject_id for one in found}
    return {row.id: (row, _followed(row, of_unit)) for of_unit in rows.values() for row in of_unit if row.id in wanted}


def _followed(row: UnitRow, of_unit: Sequence[UnitRow]) -> UnitRow | None:
    """The row that one followed: the latest before its day, but for those that were put right or taken back by then."""
    known = [one for one in of_unit if one.id < row.id]
    gone = {one.replaces_id for one in known} | {one.id for one in known if one.is_taken_back}
    before = [one for one in known if one.starts_on < row.starts_on and one.id not in gone]
    return before[-1] if before else None


def _modules() -> dict[int | str, str]:
    """The title of each module, by its id, its code and the codes that count as it: there are few."""
    rows = db.session.execute(
        select(Module.id, Module.code, Module.title, Equivalent.code).outerjoin(
            Equivalent, Equivalent.module_id == Module.id
        )
    )
    found: dict[int | str, str] = {}
    for id_, code, title, other in rows:
        found |= {id_: title, code: title}
        if other is not None:
            found.setdefault(other, f"{other}, for {title}")
    return found


def _titles(model: type[Requirement] | type[Gate], ids: Iterable[int]) -> dict[int, str]:
    rows = db.session.execute(select(model.id, model.title).where(model.id.in_(_ids(ids))))
    return {id_: title or "" for id_, title in rows}


def _completions(ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    """Whose a completion is, and of which course."""
    query = select(Completion.id, Completion.person_id, Completion.course).where(Completion.id.in_(_ids(ids)))
    return {id_: (person_id, course) for id_, person_id, course in db.session.execute(query)}


def _ids(ids: Iterable[int | None]) -> list[int]:
    return sorted({one for one in ids if one is not None})
