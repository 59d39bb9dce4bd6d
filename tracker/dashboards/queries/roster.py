"""Whom ticks and a sign-in list mean, among the people at home in a unit; and the claims of many that wait."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, select

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.dashboards.models import SignInList
from tracker.dashboards.sign_in_lists import Entry, Row, spellings
from tracker.people.models import Appointment, Person
from tracker.people.queries import covers, people_at_home_in
from tracker.progress import policy
from tracker.progress.models import Completion, CompletionEntry
from tracker.units.models import UnitSpan
from tracker.units.queries import holds_on, lies_under

NUMBER = re.compile(r"0*[1-9][0-9]{2,}")
"""What may be an identifier whose first zeros a spreadsheet has eaten."""


@dataclass(frozen=True, slots=True)
class Named:
    """A person by name; `detail` tells those of one name apart."""

    id: int
    name: str
    detail: str = ""


class Why(StrEnum):
    """Why what stands on a list means nobody for certain: several share it, only a name is alike, or only an identifier
    that has more zeros before it."""

    SHARED = "shared"
    NAME = "name"
    ZEROS = "zeros"


@dataclass(frozen=True, slots=True)
class Unclear:
    """What stands on a list and may mean one of these, and why that is not certain."""

    words: str
    people: Sequence[Named]
    why: Why


@dataclass(frozen=True, slots=True)
class Found:
    """Whom ticks and a list mean: people at home in the unit today; what may mean somebody, to be chosen by hand; and
    what means nobody here. Each row of the list is among one of these, or `left_out`: it stands beside the table of a
    file and means nobody. `twice` are those whom several rows mean; what is `beside` somebody who is found is taken as
    said of her; `gone` is how many were ticked and are at home here no more."""

    people: Sequence[Named]
    unclear: Sequence[Unclear]
    unknown: Sequence[str]
    left_out: Sequence[str]
    twice: Sequence[Named]
    beside: Sequence[str]
    gone: int


@dataclass(frozen=True, slots=True)
class KeptList:
    """A sign-in list that was given, and what has to be said of how its file was read."""

    text: str
    note: str | None


def kept_list(actor: Actor, list_id: int) -> KeptList | None:
    """A sign-in list that the actor gave; none where it is forgotten, or somebody else's."""
    own = select(SignInList.text, SignInList.note).where(
        SignInList.id == list_id, SignInList.account_id == actor.account_id
    )
    row = db.session.execute(own).one_or_none()
    return None if row is None else KeptList(*row)


def people_meant(actor: Actor, unit_id: int, ids: Collection[int], rows: Sequence[Row]) -> Found:
    """The people of a unit who were ticked, or whom a list names by identifier or e-mail address: one statement, and
    one more where numbers on the list mean nobody.

    A name alone means nobody: whoever bears it is only proposed, unless she is meant already. So is she whose
    identifier begins with zeros that a spreadsheet may have eaten.
    """
    here = _found_here(actor, unit_id, ids, [entry for row in rows for entry in row.entries])
    times: Counter[int] = Counter()
    left: list[_Open] = []
    for row in sorted(rows, key=lambda row: bool(row.beside)):
        meant, others = here.meaning(row)
        if row.beside and meant:
            times.update({person_id: 1 for person_id in meant if person_id not in times})
            continue
        times.update(dict.fromkeys(meant, row.times))
        left += others
    unclear: dict[tuple[frozenset[int], Why], list[str]] = {}
    beside: list[str] = []
    unknown: dict[bool, list[str]] = {False: [], True: []}
    for one in left:
        ways = one.people - times.keys()
        if one.is_beside:
            beside.append(one.words)
        elif not one.people:
            unknown[one.is_aside].append(one.words)
        elif one.people & set(ids):
            continue
        elif ways:
            unclear.setdefault((frozenset(ways), one.why), []).append(one.words)
        elif not one.is_aside:
            times.update(dict.fromkeys(one.people, one.times))
    return Found(
        here.named(set(ids) | times.keys()),
        [Unclear("; ".join(dict.fromkeys(words)), here.named(ways), why) for (ways, why), words in unclear.items()],
        list(dict.fromkeys(unknown[False])),
        list(dict.fromkeys(unknown[True])),
        here.named({person_id for person_id, number in times.items() if number > 1}),
        list(dict.fromkeys(beside)),
        gone=len(set(ids) - here.people.keys()),
    )


@dataclass(frozen=True, slots=True)
class _Candidate:
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


@dataclass(frozen=True, slots=True)
class _Open:
    """A row, or a word of one, that means nobody for certain: whom it may mean and why, and how often it stands there.
    A name beside the only one whom the rest of its row means is taken as hers. Aside is a row that stands beside the
    table of a file."""

    words: str
    people: set[int]
    why: Why
    times: int
    is_beside: bool = False
    is_aside: bool = False


class _Here:
    """The candidates of a list, by what may name them."""

    def __init__(self, candidates: Iterable[_Candidate]) -> None:
        self.people: dict[int, _Candidate] = {}
        self.by_key: dict[str, set[int]] = {}
        self.by_name: dict[str, set[int]] = {}
        self.by_number: dict[str, set[int]] = {}
        self.add(candidates)

    def add(self, candidates: Iterable[_Candidate]) -> None:
        """Take these in too."""
        for one in candidates:
            self.people[one.id] = one
            self.by_name.setdefault(one.lower_name, set()).add(one.id)
            self.by_number.setdefault(one.identifier.lstrip("0"), set()).add(one.id)
            for key in {one.identifier, one.email} - {""}:
                self.by_key.setdefault(key, set()).add(one.id)

    def named(self, ids: Collection[int]) -> list[Named]:
        """These of them, in their order."""
        return [one.named for one in self.people.values() if one.id in ids]

    def unknown_numbers(self, entries: Iterable[Entry]) -> set[str]:
        """The numbers among these entries that nobody has as an identifier, without zeros before them."""
        numbers = {one.identifier for one in entries if NUMBER.fullmatch(one.identifier)} - self.by_key.keys()
        return {number.lstrip("0") for number in numbers}

    def meaning(self, row: Row) -> tuple[set[int], list[_Open]]:
        """Whom a row means for certain, and what of it may mean somebody else: all of it where it means nobody so."""
        meant: set[int] = set()
        others: list[_Open] = []
        for entry in row.entries:
            keyed = {person_id for key in _keys(entry) for person_id in self.by_key.get(key, ())}
            if len(keyed) == 1:
                meant |= keyed
                continue
            ways, why = (keyed, Why.SHARED) if keyed else self._alike(entry)
            others.append(_Open(entry.words, ways, why, row.times))
        if not meant:
            everybody = {person_id for one in others for person_id in one.people}
            why = next((one.why for one in others if one.people and one.why is not Why.NAME), Why.NAME)
            return meant, [_Open(row.words, everybody, why, row.times, is_aside=bool(row.beside))]
        is_one = len(meant) == 1
        return meant, [replace(one, is_beside=is_one and _is_a_name(one)) for one in others if not one.people & meant]

    def _alike(self, entry: Entry) -> tuple[set[int], Why]:
        """Whose name is alike, or else whose identifier but for zeros before it."""
        alike = {person_id for name in spellings(entry.name) for person_id in self.by_name.get(name, ())}
        if alike or not NUMBER.fullmatch(entry.identifier):
            return alike, Why.NAME
        return self.by_number.get(entry.identifier.lstrip("0"), set()), Why.ZEROS


def _is_a_name(other: _Open) -> bool:
    """Whether a word is somebody's name. A single word that nobody here is called may be an identifier."""
    return other.why is Why.NAME and "@" not in other.words and (bool(other.people) or " " in other.words)


def _found_here(actor: Actor, unit_id: int, ids: Collection[int], entries: Sequence[Entry]) -> _Here:
    """All at home in the unit today whom ticks and entries may mean."""
    keys = {key for entry in entries for key in _keys(entry)}
    names = {name for entry in entries for name in spellings(entry.name)}
    lower_name = func.lower(Person.name)
    is_meant = or_(
        Person.id.in_(ids),
        Person.identifier.in_(keys),
        func.lower(Person.email).in_(keys),
        lower_name.in_(names | {_plain_lower(name) for name in names}),
    )
    here = _Here(_candidates(actor, unit_id, is_meant))
    if numbers := here.unknown_numbers(entries):
        here.add(_candidates(actor, unit_id, func.ltrim(Person.identifier, "0").in_(numbers)))
    return here


def _candidates(actor: Actor, unit_id: int, is_meant: ColumnElement[bool]) -> list[_Candidate]:
    """Who of those at home in the unit today is meant, by name."""
    rows = db.session.execute(
        select(
            *(Person.id, _name(), Person.identifier, func.lower(Person.email), func.lower(Person.name)),
            *(UnitSpan.name, Appointment.category, Appointment.role),
        )
        .join(Appointment, and_(Appointment.person_id == Person.id, covers(actor.today)))
        .join(UnitSpan, and_(UnitSpan.unit_id == Appointment.unit_id, holds_on(actor.today)))
        .where(Appointment.unit_id.in_(lies_under([unit_id], actor.today)), is_meant)
        .order_by(Person.name, Person.id)
    )
    return [_Candidate(*row) for row in rows]


def _keys(entry: Entry) -> set[str]:
    """What of an entry means somebody for certain: identifiers as they are, addresses in lower case too."""
    given = {entry.identifier, entry.email} - {""}
    return given | {word.lower() for word in given if "@" in word}


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
