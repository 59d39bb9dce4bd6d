"""Figures of a day past a horizon, which the spans do not reach.

Only what is asked every year has a horizon, and nobody has completed anything of a year to come. So whoever has been
there for long, and is neither away nor excused, stands where all others do: they are counted at once. Those whom
something sets apart are worked out one by one.
"""

from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, CompoundSelect, and_, false, func, not_, or_, select, union
from sqlalchemy.orm import Session

from tracker.core import clock
from tracker.core.days import NEVER_AFTER, NEVER_BEFORE
from tracker.people.models import Appointment, Leave
from tracker.people.queries import covers
from tracker.progress import rules
from tracker.progress.figures import facts
from tracker.progress.figures.counts import Numbers
from tracker.progress.figures.rulebook import Measure
from tracker.progress.models import Waiver
from tracker.progress.rules import Audience, Cycle, Home, PersonFacts, Rule, Span, Status

PEOPLE_AT_ONCE = 1_000
Past = tuple[Measure, Rule]
"""A measure whose spans do not reach the day, and its rule."""


def measures_past(among: Iterable[Measure], day: date) -> list[Past]:
    """Those of the measures whose spans do not reach a day."""
    return [(measure, measure.rule) for measure in among if measure.rule and measure.horizon < day.toordinal()]


def spans(
    session: Session, person_ids: Sequence[int], past: Iterable[Past], day: date
) -> Iterator[tuple[int, int, Span]]:
    """(person, item, span) of each of these persons on the day, by the function that makes the stored ones."""
    number = day.toordinal()
    for person_id, person in facts.of_people(session, person_ids).items():
        for measure, rule in past:
            for item_id, found in zip(measure.item_ids, rules.timeline(person, rule, number, number), strict=True):
                yield from ((person_id, item_id, span) for span in found)


def numbers(
    session: Session, day: date, unit_ids: Collection[int] | None, past: Iterable[Past]
) -> Generator[tuple[int, int], None, dict[tuple[int, int], Numbers]]:
    """The counts by status of each (home unit, item) on the day, for some home units or (none) for all.

    Before each part of those who are worked out one by one it yields how many are done, and of how many.
    """
    found: dict[tuple[int, int], Numbers] = {}

    def count(unit: int, item_id: int, status: Status, people: int) -> None:
        found.setdefault((unit, item_id), [0] * len(Status))[status - 1] += people

    for measure, rule in past:
        crowd = _Crowd.of(rule, day, unit_ids)
        for unit, people in crowd.alike_by_unit(session).items():
            for item_id, status in zip(measure.item_ids, _status_of_all(rule, day), strict=True):
                count(unit, item_id, status, people)
        person_ids = crowd.set_apart(session)
        for start in range(0, len(person_ids), PEOPLE_AT_ONCE):
            yield start, len(person_ids)
            chunk = person_ids[start : start + PEOPLE_AT_ONCE]
            for _, item_id, span in spans(session, chunk, [(measure, rule)], day):
                count(span.unit, item_id, span.status, 1)
    return found


@dataclass(frozen=True, slots=True)
class _Crowd:
    """Whom a requirement asks on a day, as conditions on their homes: all who are `asked`, those among them who are
    `settled`, so that the day they began moves no due day, and those with a leave or a waiver that may matter, who are
    `apart`."""

    asked: ColumnElement[bool]
    settled: ColumnElement[bool]
    apart: ColumnElement[bool]

    @classmethod
    def of(cls, rule: Rule, day: date, unit_ids: Collection[int] | None) -> "_Crowd":
        """The crowd at home in some units, or (none) in any."""
        audience, number = rule.audience, day.toordinal()
        conditions = [covers(day)]
        if not rule.first <= number <= rule.last:
            conditions.append(false())
        if unit_ids is not None:
            conditions.append(Appointment.unit_id.in_(unit_ids))
        if audience.categories is not None:
            conditions.append(Appointment.category.in_(audience.categories))
        if audience.roles is not None:
            conditions.append(Appointment.role.in_(audience.roles))
        since = {}
        if audience.units is not None:
            since = {
                unit: first
                for unit, periods in audience.units.items()
                for first, last in periods
                if first <= number <= last
            }
            conditions.append(Appointment.unit_id.in_(since))
        asked = and_(*conditions)
        begins = rules.cycle_on(rule.repeat, number)[0] if isinstance(rule.repeat, Cycle) else NEVER_BEFORE
        if begins <= clock.today().toordinal() or audience.functions is not None:
            return cls(asked, false(), false())
        due, _ = rules.due_before_leave(rule, rule.first, number)
        latest = (due or NEVER_BEFORE) - rule.days_in_cycle
        settled = Appointment.starts_on <= date.fromordinal(min(max(latest, NEVER_BEFORE), NEVER_AFTER))
        if late := [unit for unit, first in since.items() if first > latest]:
            settled = and_(settled, Appointment.unit_id.not_in(late))
        return cls(asked, settled, Appointment.person_id.in_(_away_or_excused(date.fromordinal(begins), day)))

    def alike_by_unit(self, session: Session) -> dict[int, int]:
        """How many people of each home unit nothing sets apart."""
        by_unit = select(Appointment.unit_id, func.count()).group_by(Appointment.unit_id)
        by_unit = by_unit.where(self.asked, self.settled)
        found: dict[int, int] = dict(session.execute(by_unit).all())
        for unit, people in session.execute(by_unit.where(self.apart)):
            found[unit] -= people
        return found

    def set_apart(self, session: Session) -> list[int]:
        """The ids of all others who are asked, in order."""
        ids = select(Appointment.person_id).where(self.asked)
        return sorted(session.scalars(union(ids.where(self.apart), ids.where(not_(self.settled)))))


def _away_or_excused(begins: date, day: date) -> CompoundSelect[int]:
    """The ids of persons with a leave that is not over before a cycle begins, or with a waiver on a day."""
    away = select(Leave.person_id).where(or_(Leave.ends_on.is_(None), Leave.ends_on >= begins))
    not_over = or_(Waiver.ends_on.is_(None), Waiver.ends_on >= day)
    return union(away, select(Waiver.person_id).where(Waiver.starts_on <= day, not_over))


def _status_of_all(rule: Rule, day: date) -> list[Status]:
    """Where everybody stands, for each item, whom nothing sets apart: as somebody who has always been there."""
    always = PersonFacts(homes=[Home(NEVER_BEFORE, NEVER_AFTER, 0, "", "")])
    number = day.toordinal()
    return [span.status for [span] in rules.timeline(always, replace(rule, audience=Audience()), number, number)]
