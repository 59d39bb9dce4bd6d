"""Since when something is asked of a person, what was completed since a moment, and how old what is known is."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, func, select, type_coerce

from tracker.core import clock
from tracker.core.audit import AuditEvent
from tracker.core.database import db
from tracker.curriculum.models import Equivalent, Module
from tracker.people.models import Appointment
from tracker.people.queries import covers
from tracker.progress import policy
from tracker.progress.figures.facts import not_replaced
from tracker.progress.models import Completion, CompletionEntry, Span
from tracker.progress.rules import State
from tracker.units.models import UnitPath

LOADS = ("facts.loaded", "facts.replaced")


def asked_since(person_id: int, day: date) -> Mapping[int, date]:
    """The first day of the unbroken run of days on which each item is asked of a person: one statement.

    Spans lie side by side as long as something is asked, so a run begins where none ends the day before.
    """
    starts: dict[int, int] = {}
    number = day.toordinal()
    for item_id, first, last in db.session.execute(_spans(), {"person_id": person_id, "number": number}):
        if last >= number or starts.get(item_id) == last + 1:
            starts[item_id] = first
    return {item_id: date.fromordinal(first) for item_id, first in starts.items()}


@cache
def _spans() -> Select[*tuple[Any, ...]]:
    """The spans of `person_id` up to the day `number`, as numbers, the latest first. Put together once: that takes
    longer than running it."""
    first, last = type_coerce(Span.starts_on, Integer), type_coerce(Span.ends_on, Integer)
    return (
        select(Span.item_id, first, last)
        .where(Span.person_id == bindparam("person_id"), first <= bindparam("number"))
        .order_by(Span.item_id, first.desc())
    )


def roster_day() -> date | None:
    """The day on which units, people and their posts were last taken in; none where they never were: one statement."""
    moment = db.session.scalar(_last_load())
    return None if moment is None else clock.local(moment).date()


@cache
def _last_load() -> Select[*tuple[Any, ...]]:
    return select(func.max(AuditEvent.at)).where(AuditEvent.subject == "facts:0", AuditEvent.verb.in_(LOADS))


def last_day_at_home(person_id: int, day: date) -> date | None:
    """The last day of the last primary appointment that ended before a day; none where there was none."""
    ended = select(func.max(Appointment.ends_on)).where(
        Appointment.person_id == person_id, Appointment.is_primary, Appointment.ends_on < day
    )
    return db.session.scalar(ended)


def completed_since(
    moment: datetime, unit_ids: Collection[int], module_ids: Collection[int], day: date
) -> Mapping[tuple[int, int], int]:
    """How many people at home at or below each unit on a day completed each module, as was entered or verified after a
    moment and counts: by (unit, module), in one statement. Of what was loaded it is not known when that was done."""
    recent = (
        select(Completion.person_id, Completion.course)
        .join(CompletionEntry, CompletionEntry.completion_id == Completion.id)
        .where(
            CompletionEntry.entered_at > moment,
            Completion.state != State.REJECTED,
            ~policy.submitted_for_decision(),
            not_replaced(),
        )
        .cte("recent")
        .prefix_with("MATERIALIZED")
    )
    own = select(Module.id.label("module_id"), Module.code.label("code")).where(Module.id.in_(module_ids))
    others = select(Equivalent.module_id, Equivalent.code).where(Equivalent.module_id.in_(module_ids))
    counts_as = own.union(others).subquery()
    above = and_(
        # `+ 0`: whoever is recent is looked up, few as they are, and not everybody of a large unit
        UnitPath.unit_id == Appointment.unit_id + 0,
        UnitPath.ancestor_id.in_(unit_ids),
        UnitPath.starts_on <= day,
        UnitPath.ends_on >= day,
    )
    rows = db.session.execute(
        select(UnitPath.ancestor_id, counts_as.c.module_id, func.count(recent.c.person_id.distinct()))
        .select_from(recent)
        .join(counts_as, counts_as.c.code == recent.c.course)
        .join(Appointment, and_(Appointment.person_id == recent.c.person_id, covers(day)))
        .join(UnitPath, above)
        .group_by(UnitPath.ancestor_id, counts_as.c.module_id)
    )
    return {(unit_id, module_id): number for unit_id, module_id, number in rows}
