"""How many people have each status: from the kept counts where the day is kept, else from spans, else worked out."""

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select, true

from tracker.core.database import db
from tracker.core.steps import Found, at_once
from tracker.dashboards.rules import Figure
from tracker.progress import rules
from tracker.progress.figures import answers, counts, past_horizon
from tracker.progress.figures.rulebook import Measure
from tracker.progress.models import Span, UnitCount
from tracker.progress.rules import Rule, Status
from tracker.units.models import UnitPath

PARTS = 8
"""In how many parts the spans of a day are counted where somebody waits and is told how far it is."""

Figures = dict[tuple[int, int], Figure]
"""By unit and item; of nobody there is no entry."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far the counting of a day has come: so many parts, or people, of all."""

    day: date
    done: int
    total: int


def figures(groups: ColumnElement[bool], day: date, horizons: Mapping[int, date]) -> Figures:
    """The figures of each ancestor among these paths of the day: of everybody at home in the units they lead to.

    `groups` narrows `UnitPath`; `horizons` names the items wanted, each with the last day its spans reach. Two
    statements, whatever the number of people and units; more for a day beyond a horizon.
    """
    return at_once(figures_in_steps(groups, day, horizons, parts=1))


def figures_in_steps(
    groups: ColumnElement[bool], day: date, horizons: Mapping[int, date], parts: int = PARTS
) -> Generator[Step, None, Figures]:
    """The same, and before each part of the counting how far it has come; a day that counts are kept for has none."""
    on_that_day = and_(groups, UnitPath.starts_on <= day, UnitPath.ends_on >= day)
    if counts.ready_day(db.session(), day):
        return _kept(on_that_day, day, list(horizons))
    past = {item for item, horizon in horizons.items() if horizon < day}
    found: Figures = {}
    if stored := [item for item in horizons if item not in past]:
        found |= yield from _counted(on_that_day, day, stored, parts)
    if past:
        found |= yield from _worked_out(on_that_day, day, past)
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


def _counted(
    groups: ColumnElement[bool], day: date, wanted: Sequence[int], parts: int
) -> Generator[Step, None, Figures]:
    """The same from the spans, some of the units at a time: one statement for each part.

    Each home unit is counted first, in the order of the index of spans, and then added up: nothing has to be sorted.
    """
    numbers: dict[tuple[int, int], list[int]] = {}
    for part in range(parts):
        yield Step(day, part, parts)
        paths = and_(groups, UnitPath.unit_id % parts == part if parts > 1 else true())
        homes = (
            select(
                *(Span.unit_id, Span.item_id),
                *(func.count().filter(Span.status == status).label(status.name) for status in Status),
            )
            .where(Span.unit_id.in_(select(UnitPath.unit_id).where(paths)), Span.item_id.in_(wanted))
            .where(Span.ends_on >= day, Span.starts_on <= day)
            .group_by(Span.unit_id, Span.item_id)
            .subquery()
        )
        rows = db.session.execute(
            select(UnitPath.ancestor_id, homes.c.item_id, *(func.sum(homes.c[status.name]) for status in Status))
            .join(homes, homes.c.unit_id == UnitPath.unit_id)
            .where(paths)
            .group_by(UnitPath.ancestor_id, homes.c.item_id)
        )
        for unit, item, *found in rows:
            sums = numbers.get((unit, item), [0] * len(Status))
            numbers[unit, item] = [one + int(other) for one, other in zip(sums, found, strict=True)]
    return {key: Figure(*found) for key, found in numbers.items()}


def _worked_out(groups: ColumnElement[bool], day: date, wanted: Collection[int]) -> Generator[Step, None, Figures]:
    """The same by the rules, for those at home below these units on the day."""
    above: dict[int, list[int]] = {}
    for unit, ancestor in db.session.execute(select(UnitPath.unit_id, UnitPath.ancestor_id).where(groups)):
        above.setdefault(unit, []).append(ancestor)
    of_homes = yield from _told_of(day, past_horizon.numbers(db.session(), day, above, _measures(wanted)))
    numbers: dict[tuple[int, int], list[int]] = {}
    for (unit, item), found in of_homes.items():
        for ancestor in above[unit]:
            sums = numbers.get((ancestor, item), [0] * len(Status))
            numbers[ancestor, item] = [one + other for one, other in zip(sums, found, strict=True)]
    return {key: Figure(*found) for key, found in numbers.items()}


def _told_of(day: date, counting: Generator[tuple[int, int], None, Found]) -> Generator[Step, None, Found]:
    """The same counting, its steps with the day that they are of."""
    while True:
        try:
            done, total = next(counting)
        except StopIteration as end:
            found: Found = end.value
            return found
        yield Step(day, done, total)


def _measures(wanted: Collection[int]) -> list[tuple[Measure, Rule]]:
    """The live rules behind these items."""
    return [
        (measure, measure.rule)
        for measure in answers.live_measures(db.session())
        if measure.rule is not None and any(item in wanted for item in measure.item_ids)
    ]


def beyond(person_ids: Sequence[int], day: date, wanted: Collection[int]) -> Iterator[tuple[int, int, rules.Span]]:
    """(person, item, span) for items whose stored spans do not reach a day, as the rules have it."""
    measures = _measures(wanted)
    for start in range(0, len(person_ids), past_horizon.PEOPLE_AT_ONCE):
        chunk = person_ids[start : start + past_horizon.PEOPLE_AT_ONCE]
        yield from past_horizon.spans(db.session(), chunk, measures, day)
