"""Whom ticks and a sign-in list mean, among the people at home in a unit; and the claims of many that wait."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.dashboards.sign_in_lists import Entry, spellings
from tracker.people.models import Appointment, Person
from tracker.people.queries import covers, people_at_home_in
from tracker.progress import policy
from tracker.progress.models import Completion, CompletionEntry
from tracker.units.models import UnitSpan
from tracker.units.queries import holds_on, lies_under


@dataclass(frozen=True, slots=True)
class Named:
    """A person by name; `detail` tells those of one name apart."""

    id: int
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unclear:
    """What stands on a list and may mean one of these: several share it, or only a name is alike."""

    words: str
    people: Sequence[Named]
    is_shared: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Whom ticks and a list mean: people at home in the unit today; what may mean somebody, to be chosen by hand; and
    what means nobody here. `gone` is how many were ticked and are at home here no more."""

    people: Sequence[Named]
    unclear: Sequence[Unclear]
    unknown: Sequence[str]
    gone: int


def people_meant(actor: Actor, unit_id: int, ids: Collection[int], entries: Sequence[Entry]) -> Found:
    """The people of a unit who were ticked, or whom a list names by identifier or e-mail address: one statement.

    A name alone means nobody: whoever bears it is only proposed.
    """
    rows = [_Row(*row) for row in db.session.execute(_candidates(actor, unit_id, ids, entries))]
    chosen = {row.id: row for row in rows if row.id in set(ids)}
    by_key = _by_key(rows)
    by_name: dict[str, list[_Row]] = {}
    for row in rows:
        by_name.setdefault(row.lower_name, []).append(row)
    unclear: list[Unclear] = []
    unknown: list[str] = []
    for entry in entries:
        meant = {row.id: row for key in _keys(entry) for row in by_key.get(key, ())}
        if len(meant) == 1:
            chosen |= meant
            continue
        named = meant or {row.id: row for name in spellings(entry.name) for row in by_name.get(name, ())}
        if not named:
            unknown.append(entry.words)
        elif not named.keys() & set(ids):
            unclear.append(Unclear(entry.words, [row.named for row in named.values()], is_shared=bool(meant)))
    people = [row.named for row in rows if row.id in chosen]
    return Found(people, unclear, unknown, gone=len(set(ids) - chosen.keys()))


@dataclass(frozen=True, slots=True)
class _Row:
    """A candidate, as the database compares; with where and as what she is at home."""

    id: int
    name: str
    identifier: str
    email: str
    lower_name: str
    unit: str
    category: str
    role: str

    @property
    def named(self) -> Named:
        """The person as pages name her."""
        return Named(self.id, self.name, f"{self.unit}, {self.category}, {self.role}")


def _candidates(actor: Actor, unit_id: int, ids: Collection[int], entries: Sequence[Entry]) -> Any:
    keys = {key for entry in entries for key in _keys(entry)}
    names = {name for entry in entries for name in spellings(entry.name)}
    lower_name = func.lower(Person.name)
    return (
        select(
            *(Person.id, _name(), Person.identifier, func.lower(Person.email), lower_name),
            *(UnitSpan.name, Appointment.category, Appointment.role),
        )
        .join(Appointment, and_(Appointment.person_id == Person.id, covers(actor.today)))
        .join(UnitSpan, and_(UnitSpan.unit_id == Appointment.unit_id, holds_on(actor.today)))
        .where(
            Appointment.unit_id.in_(lies_under([unit_id], actor.today)),
            or_(
                Person.id.in_(ids),
                Person.identifier.in_(keys),
                func.lower(Person.email).in_(keys),
                lower_name.in_(names | {_plain_lower(name) for name in names}),
            ),
        )
        .order_by(Person.name, Person.id)
    )


def _keys(entry: Entry) -> set[str]:
    """What of an entry means somebody for certain: identifiers as they are, addresses in lower case too."""
    given = {entry.identifier, entry.email} - {""}
    return given | {word.lower() for word in given if "@" in word}


def _by_key(rows: Iterable[_Row]) -> Mapping[str, Sequence[_Row]]:
    found: dict[str, list[_Row]] = {}
    for row in rows:
        for key in {row.identifier, row.email} - {""}:
            found.setdefault(key, []).append(row)
    return found


def _plain_lower(name: str) -> str:
    """A name as SQLite evens it out: plain letters only."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in name)


def _name() -> ColumnElement[str]:
    return func.coalesce(func.nullif(Person.name, ""), Person.identifier)


@dataclass(frozen=True, slots=True)
class WaitingClaim:
    """A claim that waits to be verified, by whose it is."""

    id: int
    person_id: int
    name: str
    course: str
    completed_on: date
    how: str | None
    note: str | None


def waiting_claims(
    actor: Actor, unit_id: int, courses: Collection[str], ids: Collection[int] | None, at_most: int
) -> list[WaitingClaim]:
    """The claims of these courses that wait, of people at home in the unit today (of all, or of some), by name."""
    query = (
        select(
            Completion.id,
            Completion.person_id,
            _name(),
            Completion.course,
            Completion.completed_on,
            CompletionEntry.how,
            CompletionEntry.note,
        )
        .join(Person, Person.id == Completion.person_id)
        .outerjoin(CompletionEntry, CompletionEntry.completion_id == Completion.id)
        .where(
            Completion.course.in_(sorted(courses)),
            Completion.person_id.in_(people_at_home_in([unit_id], actor.today)),
            policy.claim_known_to(actor),
            policy.waits_for_decision(),
        )
        .order_by(Person.name, Person.id, Completion.id)
        .limit(at_most)
    )
    if ids is not None:
        query = query.where(Completion.person_id.in_(ids))
    return [WaitingClaim(*row) for row in db.session.execute(query)]


def named(actor: Actor, person_ids: Collection[int]) -> dict[int, Named]:
    """These people by id, as far as the actor may know them."""
    rows = db.session.execute(
        select(Person.id, _name())
        .where(Person.id.in_(person_ids), policy.person_visible_to(actor))
        .order_by(Person.name, Person.id)
    )
    return {id_: Named(id_, name) for id_, name in rows}
