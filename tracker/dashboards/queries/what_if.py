"""What could still happen: who has least left to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from tracker.core.database import db
from tracker.dashboards.queries.items import RequirementView
from tracker.dashboards.rules import OUTSTANDING
from tracker.people.models import Person
from tracker.progress.models import Span
from tracker.progress.rules import Status
from tracker.units.models import UnitPath

MOST_NEAREST = 20


@dataclass(frozen=True, slots=True)
class Near:
    """Somebody with something left: which modules, and when the whole is due."""

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
