"""Setting targets."""

from collections.abc import Mapping

from sqlalchemy import Select, select

from tracker.core import audit
from tracker.core.actor import Actor, Right
from tracker.core.database import transaction
from tracker.core.errors import Forbidden, Invalid, NotFound
from tracker.curriculum.models import Requirement
from tracker.targets.models import Target
from tracker.units.models import Unit

HIGHEST = 100


def set_targets(actor: Actor, unit_code: str, wanted: Mapping[str, int | None]) -> int:
    """Give a unit a target for each requirement named, in per cent, or none; how many changed.

    Requirements that are not named keep theirs. Raises Forbidden, NotFound for the unit, Invalid for a requirement
    that is not there and for a share outside 1 to 100.
    """
    if not actor.has(Right.TARGETS_SET):
        raise Forbidden("You cannot set targets.")
    with transaction(actor) as tx:
        if tx.session.scalar(select(Unit.id).where(Unit.code == unit_code)) is None:
            raise NotFound(f"unit {unit_code}")
        known = set(tx.session.scalars(select(Requirement.code).where(Requirement.code.in_(wanted))))
        there = {one.requirement_code: one for one in tx.session.scalars(_of(unit_code))}
        changed = 0
        for code, percent in sorted(wanted.items()):
            if code not in known:
                raise Invalid(code, "There is no such requirement.")
            if percent is not None and not 1 <= percent <= HIGHEST:
                raise Invalid(code, f"A target is a whole number from 1 to {HIGHEST} per cent.")
            target = there.get(code)
            if percent == (target.percent if target else None):
                continue
            changed += 1
            if target is None:
                row = Target(unit_code=unit_code, requirement_code=code, percent=percent)
                audit.add(tx, "target.set", row, "Somebody else has just set this target.")
            elif percent is None:
                audit.remove(tx, "target.removed", target)
            else:
                audit.change(tx, "target.set", target, percent=percent)
        return changed


def _of(unit_code: str) -> Select[Target]:
    return select(Target).where(Target.unit_code == unit_code).with_for_update()
