"""How many people have each status: from the kept counts where the day is kept, else from spans, else worked out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select

from tracker.core.database import db
from tracker.dashboards.rules import Figure
from tracker.people.models import Appointment
from tracker.people.queries import covers
from tracker.progress import rules
from tracker.progress.figures import answers, counts
from tracker.progress.models import Span, UnitCount
from tracker.progress.rules import Status
from tracker.units.models import UnitPath

Figures = dict[tuple[int, int], Figure]
"""By unit and item; of nobody there is no entry."""


def figures(groups: ColumnElement[bool], day: date, horizons: Mapping[int, date]) -> Figures:
    """The figures of each ancestor among these paths of the day: of everybody at home in the units they lead to.

    `groups` narrows `UnitPath`; `horizons` names the items wanted, each with the last day its spans reach. Two
    statements, whatever the number of people and units; more for a day beyond a horizon.
    """
    on_that_day = and_(groups, UnitPath.starts_on <= day, UnitPath.ends_on >= day)
    if counts.ready_day(db.session(), day):
        return _kept(on_that_day, day, list(horizons))
    past = {item for item, horizon in horizons.items() if horizon < day}
    found = _counted(on_that_day, day, [item for item in horizons if item not in past])
    if past:
        found.update(_worked_out(on_that_day, day, past))
    return found


def _kept(groups: ColumnElement[bool], day: date, wanted: Sequence[int]) -> Figures:
    sums = [func.sum(getattr(UnitCount, name)) for name in counts.COLUMNS]
    rows = db.session.execute(
        select(UnitPath.ancestor_id, UnitCount.item_id, *sums)
        .join(UnitCount, and_(UnitCount.unit_id == UnitPath.unit_id, UnitCount.day == day))
        .where(groups, UnitCount.item_id.in_(wanted))
        .group_by(UnitPath.ancestor_id, UnitCount.item_id)
    )
    return {(unit, item): Figure(*map(int, numbers)) for unit, item, *numbers in rows if any(numbers)}


def _counted(groups: ColumnElement[bool], day: date, wanted: Sequence[int]) -> Figures:
    rows = db.session.execute(
        select(UnitPath.ancestor_id, Span.item_id, Span.status, func.count())
        .join(Span, Span.unit_id == UnitPath.unit_id)
        .where(groups, Span.item_id.in_(wanted), Span.ends_on >= day, Span.starts_on <= day)
        .group_by(UnitPath.ancestor_id, Span.item_id, Span.status)
    )
    numbers: dict[tuple[int, int], list[int]] = {}
    for unit, item, status, count in rows:
        numbers.setdefault((unit, item), [0] * len(Status))[status - 1] = count
    return {key: Figure(*found) for key, found in numbers.items()}


def _worked_out(groups: ColumnElement[bool], day: date, wanted: Collection[int]) -> Figures:
    """The same by the rules, person by person, for those at home below these units on the day."""
    above: dict[int, list[int]] = {}
    for unit, ancestor in db.session.execute(select(UnitPath.unit_id, UnitPath.ancestor_id).where(groups)):
        above.setdefault(unit, []).append(ancestor)
    at_home = select(Appointment.person_id).where(covers(day), Appointment.unit_id.in_(above))
    numbers: dict[tuple[int, int], list[int]] = {}
    for _, item, span in beyond(sorted(db.session.scalars(at_home)), day, wanted):
        for ancestor in above.get(span.unit, ()):
            numbers.setdefault((ancestor, item), [0] * len(Status))[span.status - 1] += 1
    return {key: Figure(*found) for key, found in numbers.items()}


def beyond(person_ids: Sequence[int], day: date, wanted: Collection[int]) -> Iterator[tuple[int, int, rules.Span]]:
    """(person, item, span) for items whose stored spans do not reach a day, as the rules have it."""
    session = db.session()
    measures = [
        (measure, measure.rule)
        for measure in answers.live_measures(session)
        if measure.rule is not None and any(item in wanted for item in measure.item_ids)
    ]
    for start in range(0, len(person_ids), answers.PEOPLE_AT_ONCE):
        chunk = person_ids[start : start + answers.PEOPLE_AT_ONCE]
        yield from answers.spans_beyond(session, chunk, measures, day)
