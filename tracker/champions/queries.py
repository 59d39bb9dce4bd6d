"""Reading who champions what, what belongs to a term, and what units lack."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from tracker.champions import policy, rules
from tracker.champions.models import Champion, TermApproval, TermCertificate, TermTraining
from tracker.champions.policy import is_own_term
from tracker.champions.rules import (
    ENDS_SOON_DAYS,
    Approval,
    Certificate,
    Gap,
    Lack,
    Substitute,
    Term,
    Training,
)
from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.core.seen import mark_of
from tracker.core.words import day as in_words
from tracker.core.words import sentence_list
from tracker.curriculum.models import Module
from tracker.people.models import Appointment, Person
from tracker.people.queries import covers, people_at_home_in
from tracker.terms.queries import word
from tracker.units.models import UnitPath, UnitSpan
from tracker.units.queries import UnitView, holds_on

MOST_FOUND = 20
"""How many people a search offers to choose from."""

_principal, _stood_in_for = aliased(Champion), aliased(Person)
Extra = TypeVar("Extra")


@dataclass(frozen=True, slots=True)
class ChampionView:
    """A champion as others see her; `stands_in_for` names the champion in whose place a substitute is there."""

    person_id: int
    name: str
    email: str
    unit_id: int
    kind: str
    ends_on: date | None
    stands_in_for: str | None = None


@dataclass(frozen=True, slots=True)
class CoverageWarning:
    """Something a unit lacks, in words; of which kind of champion and about which term (`champion_id`), if any."""

    unit_id: int
    unit_code: str
    unit_name: str
    lack: Lack
    text: str
    kind: str | None = None
    champion_id: int | None = None


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """A person to choose, told from others of the same name by where she is at home, and as what."""

    id: int
    name: str
    unit: str
    category: str


def is_in_term(day: date) -> ColumnElement[bool]:
    """That a row covers a day: a champion's term, or the days of somebody who stands in."""
    return and_(Champion.starts_on <= day, or_(Champion.ends_on.is_(None), Champion.ends_on >= day))


def units_championed(person_id: int, day: date) -> frozenset[int]:
    """The units a person champions on a day in terms of her own."""
    mine = select(Champion.unit_id).where(Champion.person_id == person_id, is_own_term(), is_in_term(day))
    return frozenset(db.session.scalars(mine))


def champions_of(unit_id: int, day: date) -> list[ChampionView]:
    """Who champions a unit or one above it on a day, or stands in there, the nearest first."""
    query = (
        select(
            *(Person.id, Person.name, Person.email, Champion.unit_id, Champion.kind, Champion.ends_on),
            func.coalesce(func.nullif(_stood_in_for.name, ""), _stood_in_for.identifier),
        )
        .join(Person, Person.id == Champion.person_id)
        .join(UnitPath, UnitPath.ancestor_id == Champion.unit_id)
        .outerjoin(_principal, _principal.id == Champion.substitute_for_id)
        .outerjoin(_stood_in_for, _stood_in_for.id == _principal.person_id)
        .where(UnitPath.unit_id == unit_id, UnitPath.starts_on <= day, UnitPath.ends_on >= day, is_in_term(day))
        .order_by(UnitPath.depth, Champion.kind, Person.name)
    )
    return [ChampionView(*row) for row in db.session.execute(query)]


# Terms


def term(actor: Actor, champion_id: int) -> Term:
    """One term with all that belongs to it, if the actor may see it. Raises NotFound."""
    policy.get_term(actor, champion_id)
    return _terms(Champion.id == champion_id)[0]


def mark_of_term(champion_id: int) -> str:
    """The mark of a term itself, for the form that changes it."""
    return mark_of(db.session.get(Champion, champion_id))


def mark_of_approval(champion_id: int, kind: str) -> str:
    """The mark of an approval of a term, recorded or not, for the form that records it."""
    row = select(TermApproval).where(TermApproval.champion_id == champion_id, TermApproval.kind == kind)
    return mark_of(db.session.scalar(row))


def terms_in(unit_ids: Collection[int]) -> list[Term]:
    """All terms of these very units, whenever they are, with all that belongs to them: the earliest first.

    Five statements, whatever the number of units. Who asks has found out that the actor may see the units.
    """
    return _terms(Champion.unit_id.in_(unit_ids)) if unit_ids else []


def _terms(wanted: ColumnElement[bool]) -> list[Term]:
    heads = _heads(wanted)
    ids = [term.id for term in heads]
    if not ids:
        return []
    approvals, trainings = _approvals(ids), _trainings(ids)
    certificates, substitutes = _certificates(ids), _substitutes(ids)
    return [
        replace(
            term,
            approvals=approvals.get(term.id, ()),
            trainings=trainings.get(term.id, ()),
            certificates=certificates.get(term.id, ()),
            substitutes=substitutes.get(term.id, ()),
        )
        for term in heads
    ]


def _heads(wanted: ColumnElement[bool]) -> list[Term]:
    return [Term(*row) for row in db.session.execute(_heads_of(wanted))]


def _heads_of(wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The columns of terms themselves, without what belongs to them."""
    return (
        select(
            *(Champion.id, Person.id, _name(), Person.email, Champion.unit_id),
            *(Champion.kind, Champion.fte, Champion.starts_on, Champion.ends_on),
        )
        .join(Person, Person.id == Champion.person_id)
        .where(wanted, is_own_term())
        .order_by(Champion.kind, Champion.starts_on, Champion.id)
    )


def _approvals(ids: Sequence[int]) -> dict[int, list[Approval]]:
    rows = db.session.execute(
        select(
            TermApproval.champion_id,
            *(TermApproval.kind, TermApproval.approved_by, TermApproval.approved_on, TermApproval.note),
        )
        .where(TermApproval.champion_id.in_(ids))
        .order_by(TermApproval.kind)
    )
    return _by_term(rows, Approval)


def _trainings(ids: Sequence[int]) -> dict[int, list[Training]]:
    rows = db.session.execute(
        select(TermTraining.champion_id, TermTraining.id, TermTraining.starts_on, TermTraining.ends_on)
        .where(TermTraining.champion_id.in_(ids))
        .order_by(TermTraining.starts_on)
    )
    return _by_term(rows, Training)


def _certificates(ids: Sequence[int]) -> dict[int, list[Certificate]]:
    rows = db.session.execute(
        select(TermCertificate.champion_id, TermCertificate.id, Module.title, TermCertificate.certified_on)
        .join(Module, Module.id == TermCertificate.module_id)
        .where(TermCertificate.champion_id.in_(ids))
        .order_by(Module.id)
    )
    return _by_term(rows, Certificate)


def _substitutes(ids: Sequence[int]) -> dict[int, list[Substitute]]:
    rows = db.session.execute(
        select(Champion.substitute_for_id, Champion.id, Person.id, _name(), Champion.starts_on, Champion.ends_on)
        .join(Person, Person.id == Champion.person_id)
        .where(Champion.substitute_for_id.in_(ids))
        .order_by(Champion.starts_on)
    )
    return _by_term(rows, Substitute)


def _by_term(rows: Iterable[Row[*tuple[Any, ...]]], make: Callable[..., Extra]) -> dict[int, list[Extra]]:
    """Rows whose first column is the term, as things by term."""
    found: dict[int, list[Extra]] = {}
    for term_id, *values in rows:
        found.setdefault(term_id, []).append(make(*values))
    return found


def _name() -> ColumnElement[str]:
    return func.coalesce(func.nullif(Person.name, ""), Person.identifier)


# What is lacking


def coverage_warnings(units: Sequence[UnitView], today: date) -> list[CoverageWarning]:
    """What these very units lack on a day, in their order, the most urgent first: two statements, whatever their
    number. Who asks has found out that the actor may see them."""
    return warnings_of(units, _terms_in_short([unit.id for unit in units]), today)


def _terms_in_short(unit_ids: Collection[int]) -> list[Term]:
    """All terms of these units with what a lack shows by, approvals and certificates: one statement."""
    rows = db.session.execute(
        _heads_of(Champion.unit_id.in_(unit_ids))
        .add_columns(TermApproval.kind, TermApproval.approved_by, TermApproval.approved_on, TermApproval.note)
        .add_columns(TermCertificate.id, Module.title, TermCertificate.certified_on)
        .outerjoin(TermApproval, TermApproval.champion_id == Champion.id)
        .outerjoin(TermCertificate, TermCertificate.champion_id == Champion.id)
        .outerjoin(Module, Module.id == TermCertificate.module_id)
    )
    found: dict[int, Term] = {}
    approvals: dict[int, dict[str, Approval]] = {}
    certificates: dict[int, dict[int, Certificate]] = {}
    for *head, kind, by, on, note, certificate_id, title, certified_on in rows:
        term = found.setdefault(head[0], Term(*head))
        if kind is not None:
            approvals.setdefault(term.id, {})[kind] = Approval(kind, by, on, note)
        if certificate_id is not None:
            certificates.setdefault(term.id, {})[certificate_id] = Certificate(certificate_id, title, certified_on)
    return [
        replace(
            term,
            approvals=list(approvals.get(term.id, {}).values()),
            certificates=list(certificates.get(term.id, {}).values()),
        )
        for term in found.values()
    ]


def warnings_of(units: Sequence[UnitView], terms: Iterable[Term], day: date) -> list[CoverageWarning]:
    """The same for units whose terms are at hand; one statement."""
    by_id = {unit.id: unit for unit in units}
    found = rules.gaps({unit.id: unit.kind for unit in units}, terms, _championed_from_above(list(by_id), day), day)
    return [
        CoverageWarning(
            gap.unit_id,
            by_id[gap.unit_id].code,
            by_id[gap.unit_id].name,
            gap.lack,
            _words(gap, day),
            gap.kind,
            gap.term.id if gap.term else None,
        )
        for gap in found
    ]


def terms_ending(unit_ids: Collection[int], today: date, within: int = ENDS_SOON_DAYS) -> Sequence[Term]:
    """The terms in these very units that end within so many days, with nobody to follow; the first to end first.
    One statement; approvals and the like are left out."""
    return rules.ending(_heads(Champion.unit_id.in_(unit_ids)), today, within)


def terms_without_unit(day: date) -> list[tuple[Term, str]]:
    """The terms that go on after their unit closed, each with what it was called last; by that name."""
    gone = (
        select(UnitSpan.unit_id, func.max(UnitSpan.ends_on).label("last"))
        .group_by(UnitSpan.unit_id)
        .having(func.max(UnitSpan.ends_on) < day)
        .subquery()
    )
    last = select(UnitSpan.unit_id, UnitSpan.name).join(
        gone, and_(gone.c.unit_id == UnitSpan.unit_id, gone.c.last == UnitSpan.ends_on)
    )
    names = dict(db.session.execute(last).all())
    runs_on = or_(Champion.ends_on.is_(None), Champion.ends_on >= day)
    found = [(term, names[term.unit_id]) for term in _heads(and_(Champion.unit_id.in_(names), runs_on))]
    return sorted(found, key=lambda one: (one[1], one[0].name))


def _championed_from_above(unit_ids: Sequence[int], day: date) -> list[tuple[int, str]]:
    """A pair of unit and kind for each champion that one of these units has above it."""
    rows = db.session.execute(
        select(UnitPath.unit_id, Champion.kind)
        .join(Champion, Champion.unit_id == UnitPath.ancestor_id)
        .where(UnitPath.unit_id.in_(unit_ids), UnitPath.depth > 0, UnitPath.starts_on <= day, UnitPath.ends_on >= day)
        .where(is_own_term(), is_in_term(day))
        .distinct()
    )
    return [(unit_id, kind) for unit_id, kind in rows]


def _words(gap: Gap, day: date) -> str:
    """What is lacking, as a calm sentence."""
    name, champion = gap.term.name if gap.term else "", word("champion", day)
    match gap.lack:
        case Lack.CHAMPION:
            since = f"since {in_words(gap.since)}" if gap.since else "yet"
            then = f"; the next begins on {in_words(gap.next_on)}" if gap.next_on else ""
            return f"No {gap.kind} {champion} {since}{then}."
        case Lack.FOLLOWER:
            ends_on = gap.term.ends_on if gap.term else None
            return f"The term of {name} as {gap.kind} {champion} ends on {in_words(ends_on)}, and nobody follows yet."
        case Lack.APPROVAL:
            missing = sentence_list([f"the {kind}" for kind in gap.term.missing_approvals] if gap.term else [])
            return f"The approval of {missing} is not recorded for the term of {name}."
        case Lack.FTE:
            return f"No FTE is agreed for {name}."
        case Lack.CERTIFICATE:
            return f"No {champion} of this unit is certified for a module yet."


# People to choose


def people_to_choose(words: str, day: date, unit_id: int | None = None) -> list[FoundPerson]:
    """People at home somewhere on a day (in or below a unit, where one is given) whose name holds the words, or whose
    identifier or address they are; by name, one more than MOST_FOUND when there are more."""
    if not words:
        return []
    fits = or_(
        Person.name.icontains(words, autoescape=True),
        Person.identifier == words,
        func.lower(Person.email) == words.lower(),
    )
    query = (
        select(Person.id, _name(), UnitSpan.name, Appointment.category)
        .join(Appointment, and_(Appointment.person_id == Person.id, covers(day)))
        .join(UnitSpan, and_(UnitSpan.unit_id == Appointment.unit_id, holds_on(day)))
        .where(fits)
        .order_by(Person.name, Person.id)
        .limit(MOST_FOUND + 1)
    )
    if unit_id is not None:
        query = query.where(Person.id.in_(people_at_home_in([unit_id], day)))
    return [FoundPerson(*row) for row in db.session.execute(query)]


def modules_to_certify() -> list[tuple[int, str]]:
    """Every module with its title, in the curriculum's order."""
    return [(id_, title) for id_, title in db.session.execute(select(Module.id, Module.title).order_by(Module.id))]
