"""The facts of persons, read for the rules: five statements for one person or for ten thousand.

They are put together once: every write reads them, and building a statement takes longer than running it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, bindparam, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from tracker.core.database import Base
from tracker.core.days import NEVER_AFTER, number
from tracker.curriculum.models import Module, Requirement
from tracker.people.models import Appointment, Function, Leave
from tracker.progress.models import Completion, Waiver
from tracker.progress.rules import Done, Home, PersonFacts, State, Waived

Statements = Mapping[str, Select[Any]]


@cache
def not_replaced() -> ColumnElement[bool]:
    """That no other completion names this one in `corrects`."""
    later = aliased(Completion)
    return ~select(later.id).where(later.corrects_id == Completion.id).exists()


def _columns(model: type[Base]) -> ReadOnlyColumnCollection[str, Column[Any]]:
    """The bare columns of a table: cheaper to read than through the ORM."""
    return cast(Table, model.__table__).c


def _statements(among: Callable[[Column[Any]], ColumnElement[bool]]) -> Statements:
    """What is read of each kind of fact, the person first."""
    post, function, leave = _columns(Appointment), _columns(Function), _columns(Leave)
    waiver, requirement, module = _columns(Waiver), _columns(Requirement), _columns(Module)
    completion = _columns(Completion)
    return {
        "homes": select(post.person_id, post.starts_on, post.ends_on, post.unit_id, post.category, post.role).where(
            post.is_primary, among(post.person_id)
        ),
        "functions": select(function.person_id, function.function, function.starts_on, function.ends_on).where(
            among(function.person_id)
        ),
        "leaves": select(leave.person_id, leave.starts_on, leave.ends_on).where(among(leave.person_id)),
        "waivers": select(waiver.person_id, requirement.code, module.code, waiver.starts_on, waiver.ends_on)
        .outerjoin(Requirement.__table__, requirement.id == waiver.requirement_id)
        .outerjoin(Module.__table__, module.id == waiver.module_id)
        .where(among(waiver.person_id)),
        "completions": select(completion.person_id, completion.course, completion.completed_on, completion.state).where(
            among(completion.person_id), completion.state != State.REJECTED, not_replaced()
        ),
    }


OF_NEIGHBOURS = _statements(lambda column: column.between(bindparam("first"), bindparam("last")))
OF_SOME = _statements(lambda column: column.in_(bindparam("people", expanding=True)))


def _of_courses(statements: Statements) -> Statements:
    """The same, of completions only those of some courses."""
    course = _columns(Completion).course
    some = statements["completions"].where(course.in_(bindparam("courses", expanding=True)))
    return {**statements, "completions": some}


OF_NEIGHBOURS_BY_COURSE, OF_SOME_BY_COURSE = _of_courses(OF_NEIGHBOURS), _of_courses(OF_SOME)


def of_people(
    session: Session, person_ids: Sequence[int], courses: Collection[str] | None = None
) -> Mapping[int, PersonFacts]:
    """The facts of each of these persons: at most some thousands, unless they are neighbours by id. With `courses`,
    only completions of these: enough for rules that name no other."""
    if not person_ids:
        return {}
    connection = session.connection()
    first, last = min(person_ids), max(person_ids)
    values: dict[str, Any] = {"people": list(person_ids)}
    statements = OF_SOME if courses is None else OF_SOME_BY_COURSE
    if last - first + 1 == len(person_ids):
        statements, values = (
            OF_NEIGHBOURS if courses is None else OF_NEIGHBOURS_BY_COURSE,
            {"first": first, "last": last},
        )
    if courses is not None:
        values["courses"] = sorted(courses)
    found = {kind: _by_person(connection, query, values) for kind, query in statements.items()}
    return {person_id: _facts(*(found[kind].get(person_id, ()) for kind in found)) for person_id in person_ids}


def _facts(
    homes: Iterable[Any],
    functions: Iterable[Any],
    leaves: Iterable[Any],
    waivers: Iterable[Any],
    completions: Iterable[Any],
) -> PersonFacts:
    return PersonFacts(
        homes=sorted(
            Home(start.toordinal(), number(end, empty=NEVER_AFTER), unit, category, role)
            for _, start, end, unit, category, role in homes
        ),
        functions=[(name, start.toordinal(), number(end, empty=NEVER_AFTER)) for _, name, start, end in functions],
        leaves=sorted((start.toordinal(), number(end, empty=NEVER_AFTER)) for _, start, end in leaves),
        waivers=[
            Waived(requirement, module, start.toordinal(), number(end, empty=NEVER_AFTER))
            for _, requirement, module, start, end in waivers
        ],
        completions=[Done(course, day.toordinal(), state) for _, course, day, state in completions],
    )


def _by_person(connection: Connection, query: Select[Any], values: Mapping[str, Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in connection.execute(query, values):
        found.setdefault(row[0], []).append(row)
    return found
