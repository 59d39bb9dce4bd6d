"""What could still happen: who has least left to do, of a requirement or for a gate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Subquery, and_, func, or_, select
from sqlalchemy.orm import aliased

from tracker.core.database import db
from tracker.curriculum.models import Equivalent, GateNeed, Module
from tracker.dashboards.queries.items import GateView, RequirementView
from tracker.dashboards.rules import OUTSTANDING
from tracker.people.models import Person
from tracker.progress.figures.facts import not_replaced
from tracker.progress.models import Completion, Span
from tracker.progress.rules import Evidence, State, Status
from tracker.units.models import UnitPath

MOST_NEAREST = 20


@dataclass(frozen=True, slots=True)
class Near:
    """Somebody with something left: which modules, and when the whole is due; nothing is ever due for a gate."""

    id: int
    name: str
    due_on: date | None
    left: Sequence[str]


def nearest(unit_id: int, requirement: RequirementView, today: date) -> list[Near]:
    """Those at home in the unit who have least left of a requirement, those due first among equals: two statements."""
    whole, module = aliased(Span), aliased(Span)
    modules = {item.id: item.title for item in requirement.modules or (requirement.whole,)}
    open_modules = and_(
        module.person_id == whole.person_id,
        module.item_id.in_(modules),
        module.starts_on <= today,
        module.ends_on >= today,
        module.status.not_in([int(Status.SATISFIED), int(Status.WAIVED)]),
    )
    left = func.count(module.item_id)
    people = db.session.execute(
        select(Person.id, func.coalesce(func.nullif(Person.name, ""), Person.identifier), whole.due_on)
        .select_from(UnitPath)
        .join(whole, whole.unit_id == UnitPath.unit_id)
        .join(Person, Person.id == whole.person_id)
        .join(module, open_modules)
        .where(
            UnitPath.ancestor_id == unit_id,
            UnitPath.starts_on <= today,
            UnitPath.ends_on >= today,
            whole.item_id == requirement.whole.id,
            whole.ends_on >= today,
            whole.starts_on <= today,
            whole.status.in_([int(status) for status in OUTSTANDING]),
        )
        .group_by(Person.id, whole.due_on)
        .order_by(left, whole.due_on.is_(None), whole.due_on, Person.name, Person.id)
        .limit(MOST_NEAREST)
    ).all()
    open_of: dict[int, list[str]] = {}
    for person_id, item_id in db.session.execute(
        select(module.person_id, module.item_id)
        .where(
            module.person_id.in_([row[0] for row in people]),
            module.item_id.in_(modules),
            module.starts_on <= today,
            module.ends_on >= today,
            module.status.not_in([int(Status.SATISFIED), int(Status.WAIVED)]),
        )
        .order_by(module.person_id, module.item_id)
    ):
        open_of.setdefault(person_id, []).append(modules[item_id])
    return [Near(person_id, name, due_on, open_of.get(person_id, ())) for person_id, name, due_on in people]


def nearest_to_gate(unit_id: int, gate: GateView, today: date) -> list[Near]:
    """Those at home in the unit who count for a gate, not yet in its numerator, with fewest of its modules left, by
    name among equals: three statements."""
    needed = db.session.execute(
        select(Module.id, Module.title)
        .join(GateNeed, GateNeed.module_id == Module.id)
        .where(GateNeed.gate_id == gate.id)
        .order_by(GateNeed.position)
    ).all()
    courses = _courses_of(gate.id)
    number_done = (
        select(func.count(courses.c.id.distinct()))
        .select_from(Completion)
        .join(courses, courses.c.code == Completion.course)
        .where(Completion.person_id == Span.person_id, _counts(courses, today))
        .correlate(Span)
        .scalar_subquery()
    )
    people = db.session.execute(
        select(Person.id, func.coalesce(func.nullif(Person.name, ""), Person.identifier))
        .select_from(UnitPath)
        .join(Span, Span.unit_id == UnitPath.unit_id)
        .join(Person, Person.id == Span.person_id)
        .where(
            UnitPath.ancestor_id == unit_id,
            UnitPath.starts_on <= today,
            UnitPath.ends_on >= today,
            Span.item_id == gate.item_id,
            Span.starts_on <= today,
            Span.ends_on >= today,
            Span.status == int(Status.NOT_STARTED),
        )
        .order_by(number_done.desc(), Person.name, Person.id)
        .limit(MOST_NEAREST)
    ).all()
    done = (
        select(Completion.person_id, courses.c.id)
        .join(courses, courses.c.code == Completion.course)
        .where(Completion.person_id.in_([person_id for person_id, _ in people]), _counts(courses, today))
    )
    has_done = {(person_id, module_id) for person_id, module_id in db.session.execute(done)}
    return [
        Near(person_id, name, None, [title for module_id, title in needed if (person_id, module_id) not in has_done])
        for person_id, name in people
    ]


def _courses_of(gate_id: int) -> Subquery:
    """What counts as the modules that a gate needs: the module's id, a course code, and the evidence it wants."""
    needed = GateNeed.gate_id == gate_id
    own = select(Module.id, Module.code, Module.evidence).join(GateNeed, GateNeed.module_id == Module.id).where(needed)
    others = (
        select(Module.id, Equivalent.code, Module.evidence)
        .join(GateNeed, GateNeed.module_id == Module.id)
        .join(Equivalent, Equivalent.module_id == Module.id)
        .where(needed)
    )
    return own.union_all(others).subquery()


def _counts(courses: Subquery, today: date) -> ColumnElement[bool]:
    """That a completion of one of these courses counts up to today, however long ago it was done."""
    return and_(
        Completion.completed_on <= today,
        or_(
            Completion.state == State.VERIFIED,
            and_(Completion.state == State.CLAIMED, courses.c.evidence == Evidence.ATTESTATION),
        ),
        not_replaced(),
    )
