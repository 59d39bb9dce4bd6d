"""Since when something is asked of a person, from which day on she may log, and when what is known of her came in."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, func, select, type_coerce

from tracker.core import clock, config
from tracker.core.audit import AuditEvent
from tracker.core.database import db
from tracker.people.models import Appointment
from tracker.progress.models import Span

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


def first_day_to_log(today: date) -> date:
    """The earliest day of which a learner may still log something."""
    return today - timedelta(days=config.settings().claim_window_days)


def last_day_at_home(person_id: int, day: date) -> date | None:
    """The last day of the last primary appointment that ended before a day; none where there was none."""
    ended = select(func.max(Appointment.ends_on)).where(
        Appointment.person_id == person_id, Appointment.is_primary, Appointment.ends_on < day
    )
    return db.session.scalar(ended)
