"""What is kept about a person beside her completions, for herself to take along; what features built on this
one keep, they tell themselves (`Told`)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from tracker.champions.models import Champion, TermApproval, TermCertificate, TermTraining
from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.curriculum.models import Module, Requirement
from tracker.people.models import Appointment, FormerName, Function, Leave, Person
from tracker.progress.models import Waiver
from tracker.units.models import Unit, UnitSpan

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What another feature keeps of somebody: as rows, and as files, if any, by their names in the download."""

    rows: list[Row]
    files: Mapping[str, Path] = field(default_factory=dict)


Tell = Callable[[Actor], Told]
"""How a feature says what it keeps of the actor; the application holds them as "own_data", by name."""


def about(person_id: int) -> Mapping[str, Any]:
    """Who she is and was, where she worked and as what, when she was away, what she championed, and what was waived."""
    person = db.session.get_one(Person, person_id)
    named = and_(UnitSpan.unit_id == Unit.id, UnitSpan.ends_on == _last_span())
    posts = (
        select(
            Unit.code.label("unit"),
            UnitSpan.name.label("unit_name"),
            Appointment.category,
            Appointment.role,
            Appointment.fte,
            Appointment.is_primary.label("primary"),
            Appointment.starts_on.label("start"),
            Appointment.ends_on.label("end"),
        )
        .join(Unit, Unit.id == Appointment.unit_id)
        .outerjoin(UnitSpan, named)
        .where(Appointment.person_id == person_id)
        .order_by(Appointment.starts_on, Appointment.id)
    )
    names = select(FormerName.kind, FormerName.value, FormerName.until).where(FormerName.person_id == person_id)
    functions = select(Function.function, Function.starts_on.label("start"), Function.ends_on.label("end"))
    leaves = select(Leave.starts_on.label("start"), Leave.ends_on.label("end"))
    terms = (
        select(
            Unit.code.label("unit"),
            Champion.kind,
            Champion.fte,
            Champion.starts_on.label("start"),
            Champion.ends_on.label("end"),
        )
        .join(Unit, Unit.id == Champion.unit_id)
        .where(Champion.person_id == person_id)
        .order_by(Champion.starts_on)
    )
    of_terms = {
        "champion_approvals": select(Unit.code.label("unit"), TermApproval.kind, TermApproval.approved_on)
        .join_from(TermApproval, Champion)
        .order_by(TermApproval.approved_on, TermApproval.id),
        "champion_trainings": select(
            Unit.code.label("unit"), TermTraining.starts_on.label("start"), TermTraining.ends_on.label("end")
        )
        .join_from(TermTraining, Champion)
        .order_by(TermTraining.starts_on, TermTraining.id),
        "champion_certificates": select(
            Unit.code.label("unit"), Module.code.label("module"), TermCertificate.certified_on
        )
        .join_from(TermCertificate, Champion)
        .join(Module, Module.id == TermCertificate.module_id)
        .order_by(TermCertificate.certified_on, TermCertificate.id),
    }
    waivers = (
        select(
            Requirement.code.label("requirement"),
            Module.code.label("module"),
            Waiver.starts_on.label("start"),
            Waiver.ends_on.label("end"),
        )
        .outerjoin(Requirement, Requirement.id == Waiver.requirement_id)
        .outerjoin(Module, Module.id == Waiver.module_id)
        .where(Waiver.person_id == person_id)
        .order_by(Waiver.starts_on)
    )
    return {
        "person": {"identifier": person.identifier, "name": person.name, "email": person.email},
        "former_names": rows_of(names.order_by(FormerName.id)),
        "appointments": rows_of(posts),
        "functions": rows_of(functions.where(Function.person_id == person_id).order_by(Function.starts_on)),
        "leaves": rows_of(leaves.where(Leave.person_id == person_id).order_by(Leave.starts_on)),
        "champion_terms": rows_of(terms),
        **{
            name: rows_of(query.join(Unit, Unit.id == Champion.unit_id).where(Champion.person_id == person_id))
            for name, query in of_terms.items()
        },
        "waivers": rows_of(waivers),
    }


def _last_span() -> Any:
    """The end of a unit's last name: what it is called now, or was called in the end."""
    later = aliased(UnitSpan)
    return select(func.max(later.ends_on)).where(later.unit_id == Unit.id).correlate(Unit).scalar_subquery()


def rows_of(query: Any) -> list[Row]:
    """What a query finds, each row by the names of its columns."""
    found: Iterable[Any] = db.session.execute(query).mappings()
    return [dict(row) for row in found]
