"""A person's own record: what was entered, corrected, decided and withdrawn, each story folded into one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, CompoundSelect, ScalarSelect, Select, bindparam, false, func, or_, select, true

from tracker.core.actor import Actor, Right
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.curriculum.models import Equivalent, Module
from tracker.people.models import Person
from tracker.progress.figures.facts import not_replaced
from tracker.progress.models import Completion, CompletionEntry
from tracker.progress.queries.catalogue import Catalogue, ModuleName
from tracker.progress.rules import Done, State


class Outcome(StrEnum):
    """What has become of a record."""

    COUNTS = "counts"
    WAITING = "waiting"
    TURNED_DOWN = "turned_down"
    WITHDRAWN = "withdrawn"
    STRUCK_OUT = "struck_out"


class Deed(StrEnum):
    """What an entry did."""

    LOGGED = "logged"
    CORRECTED = "corrected"
    VERIFIED = "verified"
    TURNED_DOWN = "turned_down"
    WITHDRAWN = "withdrawn"
    STRUCK_OUT = "struck_out"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a record: what it says, when it was entered (none for what was loaded), and what it did."""

    id: int
    reference: str
    course: str
    title: str
    completed_on: date
    source: str
    state: State
    minutes: int | None
    entered_at: datetime | None
    how: str | None
    note: str | None
    form_key: str | None
    deed: Deed

    @property
    def done(self) -> Done:
        """The entry as the rules see it."""
        return Done(self.course, self.completed_on.toordinal(), self.state)


@dataclass(frozen=True, slots=True)
class Record:
    """A completion with its story: the entries in order, the last of which holds."""

    person_id: int
    entries: tuple[Entry, ...]
    modules: tuple[ModuleName, ...]

    @property
    def title(self) -> str:
        """What was done, by the names of the modules it counts as."""
        return self.now.title

    @property
    def now(self) -> Entry:
        """The entry that holds."""
        return self.entries[-1]

    @property
    def said(self) -> Entry:
        """The last entry that says how it was done: a decision says nothing of that."""
        told = (entry for entry in reversed(self.entries) if entry.deed in (Deed.LOGGED, Deed.CORRECTED))
        return next(told, self.entries[0])

    @property
    def reference(self) -> str:
        """The number on the receipt: that of the first entry, whatever came later."""
        return self.entries[0].reference

    @property
    def is_equivalent(self) -> bool:
        """Whether another course stands in for the module."""
        return all(module.code != self.now.course for module in self.modules)

    @property
    def outcome(self) -> Outcome:
        """What has become of it."""
        if self.now.state is State.REJECTED:
            return Outcome(self.now.deed.value) if self.now.deed in _ENDINGS else Outcome.TURNED_DOWN
        if self.now.state is State.CLAIMED and any(module.needs_verification for module in self.modules):
            return Outcome.WAITING
        return Outcome.COUNTS

    @property
    def is_open(self) -> bool:
        """Whether its owner may still correct or withdraw it."""
        return self.now.state is State.CLAIMED


_ENDINGS = (Deed.TURNED_DOWN, Deed.WITHDRAWN, Deed.STRUCK_OUT)


def records_of(actor: Actor, person_id: int, names: Catalogue) -> list[Record]:
    """A person's whole record, the latest day first: one statement."""
    query = _entries().where(Completion.person_id == person_id, _is_own_or_open_to(actor))
    records = _folded(db.session.execute(query), names)
    return sorted(records, key=lambda record: (record.now.completed_on, record.now.id), reverse=True)


def record_by_reference(actor: Actor, reference: str, names: Catalogue) -> Record:
    """The record that one of its entries' references names. Raises NotFound."""
    person = select(Completion.person_id).where(Completion.reference == reference).scalar_subquery()
    return _one(actor, person, names, lambda entry: entry.reference == reference)


def record_with(actor: Actor, completion_id: int, names: Catalogue) -> Record:
    """The record that has this entry. Raises NotFound."""
    person = select(Completion.person_id).where(Completion.id == completion_id).scalar_subquery()
    return _one(actor, person, names, lambda entry: entry.id == completion_id)


ENTERED = (
    select(
        Completion.reference,
        Completion.course,
        Completion.completed_on,
        CompletionEntry.how,
        CompletionEntry.note,
    )
    .join(CompletionEntry, CompletionEntry.completion_id == Completion.id)
    .where(Completion.id == bindparam("completion_id"))
)


def entered(completion_id: int) -> Sequence[Any]:
    """(reference, course, day, how, note) of a completion that was entered here."""
    return db.session.execute(ENTERED, {"completion_id": completion_id}).one()


def owner_of(record: Record) -> str:
    """What the owner of a record is called."""
    name = func.coalesce(func.nullif(Person.name, ""), Person.identifier)
    return str(db.session.execute(select(name).where(Person.id == record.person_id)).scalar_one())


def _one(actor: Actor, person: ScalarSelect[int], names: Catalogue, is_it: Callable[[Entry], bool]) -> Record:
    query = _entries().where(Completion.person_id == person, _is_own_or_open_to(actor))
    for record in _folded(db.session.execute(query), names):
        if any(is_it(entry) for entry in record.entries):
            return record
    raise NotFound("no such record")


def _is_own_or_open_to(actor: Actor) -> ColumnElement[bool]:
    """Whole stories with their notes: one's own, and for the office and the auditor everybody's."""
    if actor.has(Right.RECORDS_READ_ALL):
        return true()
    return Completion.person_id == actor.person_id if actor.person_id is not None else false()


@dataclass(frozen=True, slots=True)
class Kept:
    """A completion that nothing replaces and that was not rejected, in short."""

    reference: str
    course: str
    completed_on: date
    state: State


def standing_completions(person_id: int) -> list[Kept]:
    """What a person's record holds now, the latest first, without its stories: one statement."""
    return [Kept(*row) for row in db.session.execute(_standing_completions(), {"person_id": person_id})]


@cache
def _standing_completions() -> Select[*tuple[Any, ...]]:
    """Those of `person_id`; put together once, since that takes longer than running it."""
    of_her = Completion.person_id == bindparam("person_id")
    return (
        select(Completion.reference, Completion.course, Completion.completed_on, Completion.state)
        .where(of_her, Completion.state != State.REJECTED, not_replaced())
        .order_by(Completion.completed_on.desc(), Completion.id.desc())
    )


def kept_that_day(person_id: int, course: str, day: date, *, but: int = 0) -> Kept | None:
    """What a person's record holds of a module, through whatever course, as finished on a day: one statement, and one
    more where she finished anything that day. `but` is the id of a completion that is not looked at."""
    rows = db.session.execute(_standing_that_day(), {"person_id": person_id, "day": day, "but": but}).all()
    same = {course, *db.session.scalars(_same_as(), {"course": course})} if rows else {course}
    return next((Kept(*row) for row in rows if row.course in same), None)


@cache
def _standing_that_day() -> Select[*tuple[Any, ...]]:
    return _standing_completions().where(Completion.completed_on == bindparam("day"), Completion.id != bindparam("but"))


@cache
def _same_as() -> CompoundSelect[str]:
    """The codes of the modules that `course` counts as, and of all that counts as these."""
    course: Any = bindparam("course")
    counting = select(Equivalent.module_id).where(Equivalent.code == course)
    modules = select(Module.id).where(or_(Module.code == course, Module.id.in_(counting))).correlate(None)
    equivalents = select(Equivalent.code).where(Equivalent.module_id.in_(modules))
    return select(Module.code).where(Module.id.in_(modules)).union(equivalents)


# Folding


def _entries() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Completion.id,
            Completion.person_id,
            Completion.reference,
            Completion.course,
            Completion.completed_on,
            Completion.source,
            Completion.state,
            Completion.minutes,
            Completion.corrects_id,
            CompletionEntry.entered_at,
            CompletionEntry.entered_by,
            CompletionEntry.how,
            CompletionEntry.note,
            CompletionEntry.form_key,
        )
        .outerjoin(CompletionEntry, CompletionEntry.completion_id == Completion.id)
        .order_by(Completion.id)
    )


def _folded(rows: Iterable[Any], names: Catalogue) -> Iterator[Record]:
    """The rows of one person as records: each begins with what corrects nothing and follows what corrects it."""
    found = list(rows)
    following = {row.corrects_id: row for row in found if row.corrects_id is not None}
    for first in found:
        if first.corrects_id is None:
            entries = tuple(_story(first, following, names))
            yield Record(first.person_id, entries, names.modules_of(entries[-1].course))


def _story(row: Any, following: dict[int, Any], names: Catalogue) -> Iterator[Entry]:
    before = owner = None
    while row is not None:
        is_owners = row.state is State.CLAIMED and (before is None or before.state is State.CLAIMED)
        owner = row.entered_by if is_owners else owner
        yield Entry(
            row.id,
            row.reference,
            row.course,
            names.title_of(row.course, row.completed_on),
            row.completed_on,
            row.source,
            row.state,
            row.minutes,
            row.entered_at and row.entered_at.astimezone(current_app.config["TIME_ZONE"]),
            row.how,
            row.note,
            row.form_key,
            _deed(before, row, owner),
        )
        before, row = row, following.get(row.id)


def _deed(before: Any, row: Any, owner: int | None) -> Deed:
    """What an entry did. Nobody decides her own claim, so a claim rejected by the account that made it is withdrawn;
    one whose decision was taken back is still that account's (`owner`)."""
    if before is None:
        return Deed.LOGGED
    was_claim = before.state is State.CLAIMED
    if row.state is State.REJECTED:
        by_owner = row.entered_by is not None and row.entered_by == owner
        return Deed.STRUCK_OUT if not was_claim else Deed.WITHDRAWN if by_owner else Deed.TURNED_DOWN
    says_the_same = before.course == row.course and before.completed_on == row.completed_on
    if row.state is State.CLAIMED and not was_claim and says_the_same:
        return Deed.REOPENED
    return Deed.VERIFIED if was_claim and row.state is State.VERIFIED and says_the_same else Deed.CORRECTED
