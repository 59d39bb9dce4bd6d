"""The facts of persons, read for the rules: a handful of statements for one person or for ten thousand."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, aliased

from tracker.core.days import NEVER_AFTER, number
from tracker.curriculum.models import Module, Requirement
from tracker.people.models import Appointment, Function, Leave
from tracker.progress.models import Completion, Waiver
from tracker.progress.rules import Done, Home, PersonFacts, State, Waived


def of_people(session: Session, person_ids: Sequence[int]) -> Mapping[int, PersonFacts]:
    """The facts of each of these persons, at most some thousands, unless they are neighbours by id."""
    if not person_ids:
        return {}
    first, last = min(person_ids), max(person_ids)
    if last - first + 1 == len(person_ids):
        return _read(session, lambda column: column.between(first, last), person_ids)
    return _read(session, lambda column: column.in_(person_ids), person_ids)


def _read(session: Session, among: Any, person_ids: Sequence[int]) -> Mapping[int, PersonFacts]:
    homes = _by_person(
        session,
        select(
            Appointment.person_id,
            Appointment.starts_on,
            Appointment.ends_on,
            Appointment.unit_id,
            Appointment.category,
            Appointment.role,
        ).where(Appointment.is_primary, among(Appointment.person_id)),
    )
    functions = _by_person(
        session,
        select(Function.person_id, Function.function, Function.starts_on, Function.ends_on).where(
            among(Function.person_id)
        ),
    )
    leaves = _by_person(
        session, select(Leave.person_id, Leave.starts_on, Leave.ends_on).where(among(Leave.person_id))
    )
    waivers = _by_person(
        session,
        select(Waiver.person_id, Requirement.code, Module.code, Waiver.starts_on, Waiver.ends_on)
        .outerjoin(Requirement, Requirement.id == Waiver.requirement_id)
        .outerjoin(Module, Module.id == Waiver.module_id)
        .where(among(Waiver.person_id)),
    )
    completions = _by_person(
        session,
        select(Completion.person_id, Completion.course, Completion.completed_on, Completion.state).where(
            among(Completion.person_id), Completion.state != State.REJECTED, not_replaced()
        ),
    )
    return {
        person_id: PersonFacts(
            homes=sorted(
                Home(start.toordinal(), number(end, empty=NEVER_AFTER), unit, category, role)
                for start, end, unit, category, role in homes.get(person_id, ())
            ),
            functions=[
                (name, start.toordinal(), number(end, empty=NEVER_AFTER))
                for name, start, end in functions.get(person_id, ())
            ],
            leaves=sorted(
                (start.toordinal(), number(end, empty=NEVER_AFTER)) for start, end in leaves.get(person_id, ())
            ),
            waivers=[
                Waived(requirement, module, start.toordinal(), number(end, empty=NEVER_AFTER))
                for requirement, module, start, end in waivers.get(person_id, ())
            ],
            completions=[Done(course, day.toordinal(), state) for course, day, state in completions.get(person_id, ())],
        )
        for person_id in person_ids
    }


def not_replaced() -> ColumnElement[bool]:
    """That no other completion names this one in `corrects`."""
    later = aliased(Completion)
    return ~select(later.id).where(later.corrects_id == Completion.id).exists()


def _by_person(session: Session, query: Select[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in session.execute(query):
        found.setdefault(row[0], []).append(row[1:])
    return found

