"""Figures for any day: from the kept counts where the day is kept, else from the spans, else (past a horizon) anew."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.statements import marked
from tracker.core.steps import at_once
from tracker.people.models import Person
from tracker.progress.figures import counts, past_horizon
from tracker.progress.figures.counts import Numbers
from tracker.progress.figures.past_horizon import PEOPLE_AT_ONCE
from tracker.progress.figures.rulebook import Measure, measures
from tracker.progress.models import Stage
from tracker.progress.rules import Level

EVERYTHING = "*"
"""The module of a row that counts people over all modules of a requirement."""


@dataclass(frozen=True, slots=True)
class LiveItem:
    """What figures are shown for: a module of a requirement, or all of it ("*")."""

    id: int
    requirement: str
    module: str
    level: Level
    is_only_module: bool


def live_measures(session: Session) -> list[Measure]:
    """The revisions that figures are shown for."""
    return measures(session, (Stage.LIVE,))


def live_items(among: Iterable[Measure]) -> dict[int, LiveItem]:
    """The items of requirements, by id."""
    found: dict[int, LiveItem] = {}
    for measure in among:
        if measure.rule is not None:
            codes = [module.code for module in measure.rule.modules]
            for item_id, code in zip(measure.item_ids, [*codes, EVERYTHING], strict=False):
                found[item_id] = LiveItem(item_id, measure.rule.code, code, measure.rule.level, len(codes) == 1)
    return found


def of_people(numbers: Sequence[int], level: Level) -> Numbers:
    """Counts of a requirement's only module as counts of people: the expired of a required one are overdue there."""
    waived, on_leave, satisfied, pending, expired, overdue, due_soon, not_started = numbers
    if level is Level.REQUIRED:
        return [waived, on_leave, satisfied, pending, 0, overdue + expired, due_soon, not_started]
    return list(numbers)


def unit_numbers(
    session: Session, day: date, unit_ids: Collection[int] | None, among: Sequence[Measure]
) -> dict[tuple[int, int], Numbers]:
    """The counts by status of each (home unit, item) on a day, for some home units or (none) for all."""
    wanted = {item_id for measure in among for item_id in measure.item_ids}
    if counts.ready_day(session, day):
        return counts.kept(session, day, unit_ids, wanted)
    past = past_horizon.measures_past(among, day)
    found = counts.counted(session, day, unit_ids, wanted - {item for measure, _ in past for item in measure.item_ids})
    return found | at_once(past_horizon.numbers(session, day, unit_ids, past))


def people_on(
    session: Session, day: date, unit_ids: Collection[int] | None, among: Sequence[Measure]
) -> Iterator[tuple[str, list[tuple[int, Sequence[Any]]]]]:
    """(identifier, [(item, span)]) of each person with anything in scope, by identifier in code point order.

    A span has the fields of `rules.Span`. Only persons at home in `unit_ids`, where given.
    """
    past = past_horizon.measures_past(among, day)
    stored = {item for measure in among for item in measure.item_ids} - {
        item for measure, _ in past for item in measure.item_ids
    }
    rows = session.execute(select(Person.identifier, Person.id))
    people = sorted(rows)
    for start in range(0, len(people), PEOPLE_AT_ONCE):
        chunk = people[start : start + PEOPLE_AT_ONCE]
        person_ids = [number for _, number in chunk]
        found: dict[int, list[tuple[int, Sequence[Any]]]] = {}
        for person_id, item_id, *span in _stored(session, person_ids, day):
            if item_id in stored and (unit_ids is None or span[2] in unit_ids):
                found.setdefault(person_id, []).append((item_id, span))
        for person_id, item_id, span in past_horizon.spans(session, person_ids, past, day) if past else ():
            if unit_ids is None or span.unit in unit_ids:
                found.setdefault(person_id, []).append((item_id, span))
        yield from ((identifier, found[number]) for identifier, number in chunk if number in found)


def _stored(session: Session, person_ids: Sequence[int], day: date) -> Sequence[Any]:
    """The stored spans of these persons that cover a day."""
    sql = (
        "SELECT person_id, item_id, starts_on, ends_on, unit_id, status, due_on, satisfied_on, expires_on FROM span"
        " WHERE starts_on <= ? AND ends_on >= ? AND person_id"
    )
    number = day.toordinal()
    first, last = min(person_ids), max(person_ids)
    values: tuple[int, ...] = (number, number, first, last)
    if last - first + 1 == len(person_ids):
        sql += " BETWEEN ? AND ?"
    else:
        sql += f" IN ({','.join('?' * len(person_ids))})"
        values = (number, number, *person_ids)
    return session.connection().exec_driver_sql(marked(session, sql), values).all()
