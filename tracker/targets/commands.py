"""Setting, changing and removing targets."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import Select, select

from tracker.core import audit
from tracker.core.actor import Actor, Right
from tracker.core.database import Transaction, transaction
from tracker.core.errors import Forbidden, Invalid, NotFound
from tracker.core.seen import check_unchanged
from tracker.core.words import day, percent
from tracker.curriculum.models import Requirement
from tracker.targets.models import Target
from tracker.targets.rules import HIGHEST, overlap
from tracker.units.models import SINCE_EVER, Unit

AGAIN = "Somebody else has just set a target for this. Look at it first."


def set_target(
    actor: Actor,
    unit_code: str,
    requirement_code: str,
    share: int,
    *,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> int:
    """Give a unit a target in per cent for a requirement, from a day on (none: since ever) until another (none: until
    further notice); its id. One before it that has no end ends the day before it begins.

    Raises Forbidden, NotFound for the unit, and Invalid for a requirement that is not there, a share outside 1 to 100,
    an end before the start and days that have a target already.
    """
    _refuse_others(actor)
    with transaction(actor) as tx:
        _lock_unit(tx, unit_code)
        if tx.session.scalar(select(Requirement.id).where(Requirement.code == requirement_code)) is None:
            raise Invalid("requirement", "There is no such requirement.")
        start = starts_on or SINCE_EVER
        others = list(tx.session.scalars(_all_of(unit_code, requirement_code)))
        for open_one in (one for one in others if one.ends_on is None and one.starts_on < start):
            audit.change(tx, "target.ended", open_one, ends_on=start - timedelta(days=1))
        _check(share, start, ends_on, others)
        row = Target(
            unit_code=unit_code, requirement_code=requirement_code, percent=share, starts_on=start, ends_on=ends_on
        )
        audit.add(tx, "target.set", row, AGAIN)
        return row.id


def change_target(
    actor: Actor,
    unit_code: str,
    target_id: int,
    share: int,
    *,
    starts_on: date | None,
    ends_on: date | None,
    seen: str | None = None,
) -> None:
    """Give a target another share or other days; with a last day it ends. Raises like `set_target`, and ChangedSince
    where a form had `seen` another mark."""
    _refuse_others(actor)
    with transaction(actor) as tx:
        row = _target(tx, unit_code, target_id)
        check_unchanged(seen, row)
        start = starts_on or SINCE_EVER
        others = tx.session.scalars(_all_of(unit_code, row.requirement_code).where(Target.id != target_id))
        _check(share, start, ends_on, others)
        audit.change(tx, "target.changed", row, AGAIN, percent=share, starts_on=start, ends_on=ends_on)


def remove_target(actor: Actor, unit_code: str, target_id: int) -> None:
    """Take a target away, as if it had never been set; the trail keeps it. Raises Forbidden and NotFound."""
    _refuse_others(actor)
    with transaction(actor) as tx:
        audit.remove(tx, "target.removed", _target(tx, unit_code, target_id))


def _refuse_others(actor: Actor) -> None:
    if not actor.has(Right.TARGETS_SET):
        raise Forbidden("You cannot set targets.")


def _lock_unit(tx: Transaction, unit_code: str) -> None:
    """Take the unit, so that two targets for the same days cannot be set side by side. Raises NotFound."""
    query = select(Unit.id).where(Unit.code == unit_code).with_for_update(key_share=True)
    if tx.session.scalar(query) is None:
        raise NotFound(f"unit {unit_code}")


def _target(tx: Transaction, unit_code: str, target_id: int) -> Target:
    _lock_unit(tx, unit_code)
    row = tx.session.scalar(select(Target).where(Target.id == target_id, Target.unit_code == unit_code))
    if row is None:
        raise NotFound(f"target {target_id}")
    return row


def _all_of(unit_code: str, requirement_code: str) -> Select[Target]:
    """The targets of a unit for a requirement, by their first day."""
    of_both = (Target.unit_code == unit_code, Target.requirement_code == requirement_code)
    return select(Target).where(*of_both).order_by(Target.starts_on)


def _check(share: int, starts_on: date, ends_on: date | None, others: Iterable[Target]) -> None:
    """Raise Invalid at the field that is wrong."""
    if not 1 <= share <= HIGHEST:
        raise Invalid("percent", f"A target is a whole number from 1 to {HIGHEST} per cent.")
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("ends_on", "The last day must not lie before the first.")
    for one in others:
        if overlap((starts_on, ends_on), (one.starts_on, one.ends_on)):
            raise Invalid("starts_on", f"There is a target of {percent(one.percent, HIGHEST)} {_period(one)} already.")


def _period(one: Target) -> str:
    first = "" if one.starts_on == SINCE_EVER else f"from {day(one.starts_on)} "
    return f"{first}until {day(one.ends_on) if one.ends_on else 'further notice'}"
