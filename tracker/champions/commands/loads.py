"""Keep what belongs to terms while a load puts other facts in the place of all: the files know the terms alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.orm import aliased

from tracker.champions.models import Champion, TermApproval, TermCertificate, TermTraining
from tracker.champions.policy import is_own_term
from tracker.core.database import Transaction
from tracker.curriculum.models import Module
from tracker.people.models import Person
from tracker.units.models import Unit

TermKey = tuple[str, str, str, date]
"""What a term is known by across a load: the person's identifier, the unit's code, the kind, the first day."""

_substitute = aliased(Champion)


class Term(NamedTuple):
    """A term as far as it is needed here."""

    id: int
    unit_id: int
    kind: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Held:
    """What belongs to terms: (term, kind, by, on, note), (term, first, last), (term, module's code, on), and of who
    stands in (term, identifier, first, last)."""

    approvals: Sequence[tuple[TermKey, str, str, date, str | None]]
    trainings: Sequence[tuple[TermKey, date, date]]
    certificates: Sequence[tuple[TermKey, str, date]]
    substitutes: Sequence[tuple[TermKey, str, date, date | None]]


def hold(tx: Transaction) -> Held:
    """All that belongs to terms, read before they go."""
    keys = {term.id: key for key, term in _terms(tx).items()}
    approvals = select(
        *(TermApproval.champion_id, TermApproval.kind, TermApproval.approved_by),
        *(TermApproval.approved_on, TermApproval.note),
    )
    trainings = select(TermTraining.champion_id, TermTraining.starts_on, TermTraining.ends_on)
    certificates = select(TermCertificate.champion_id, Module.code, TermCertificate.certified_on).join(
        Module, Module.id == TermCertificate.module_id
    )
    substitutes = (
        select(_substitute.substitute_for_id, Person.identifier, _substitute.starts_on, _substitute.ends_on)
        .join(Person, Person.id == _substitute.person_id)
        .where(_substitute.substitute_for_id.is_not(None))
    )
    run = tx.session.execute
    return Held(
        [(keys[id_], kind, by, on, note) for id_, kind, by, on, note in run(approvals) if id_ in keys],
        [(keys[id_], first, last) for id_, first, last in run(trainings) if id_ in keys],
        [(keys[id_], code, on) for id_, code, on in run(certificates) if id_ in keys],
        [(keys[id_], who, first, last) for id_, who, first, last in run(substitutes) if id_ in keys],
    )


def give_back(tx: Transaction, held: Held) -> None:
    """Record it again with the terms that are there again; what belonged to others has gone with them."""
    terms = _terms(tx)
    modules = dict(tx.session.execute(select(Module.code, Module.id)).all())
    for key, kind, approved_by, approved_on, note in held.approvals:
        if key in terms:
            said = {"kind": kind, "approved_by": approved_by, "approved_on": approved_on, "note": note}
            tx.session.execute(insert(TermApproval).values(champion_id=terms[key].id, **said))
    for key, starts_on, ends_on in held.trainings:
        if key in terms:
            days = {"starts_on": starts_on, "ends_on": ends_on}
            tx.session.execute(insert(TermTraining).values(champion_id=terms[key].id, **days))
    for key, code, certified_on in held.certificates:
        if key in terms and code in modules:
            certified = {"module_id": modules[code], "certified_on": certified_on}
            tx.session.execute(insert(TermCertificate).values(champion_id=terms[key].id, **certified))
    _give_back_substitutes(tx, held, terms)


def _give_back_substitutes(tx: Transaction, held: Held, terms: dict[TermKey, Term]) -> None:
    """Of the days of each, those that lie in the term as it is now."""
    wanted = {identifier for _, identifier, _, _ in held.substitutes}
    people = select(Person.identifier, Person.id).where(Person.identifier.in_(wanted))
    ids = dict(tx.session.execute(people).all())
    for key, identifier, starts_on, ends_on in held.substitutes:
        if (term := terms.get(key)) is None or identifier not in ids:
            continue
        last = min(day for day in (ends_on, term.ends_on) if day is not None)
        if starts_on <= last:
            row = {"person_id": ids[identifier], "unit_id": term.unit_id, "kind": term.kind}
            days = {"starts_on": starts_on, "ends_on": last}
            tx.session.execute(insert(Champion).values(substitute_for_id=term.id, **row, **days))


def _terms(tx: Transaction) -> dict[TermKey, Term]:
    """Every term by what it is known by; of two alike, the first."""
    rows = tx.session.execute(
        select(
            Person.identifier,
            Unit.code,
            Champion.id,
            Champion.unit_id,
            Champion.kind,
            Champion.starts_on,
            Champion.ends_on,
        )
        .join(Person, Person.id == Champion.person_id)
        .join(Unit, Unit.id == Champion.unit_id)
        .where(is_own_term())
        .order_by(Champion.id.desc())
    )
    return {
        (identifier, code, kind, starts_on): Term(id_, unit_id, kind, starts_on, ends_on)
        for identifier, code, id_, unit_id, kind, starts_on, ends_on in rows
    }
