"""A recount of everything from the facts: names each span, count, opening and waiting claim that is not as they say."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.core.database import read_one_moment
from tracker.core.days import NEVER_AFTER, number
from tracker.core.progress_bar import progress
from tracker.curriculum.models import Gate, Module, Requirement
from tracker.people.models import Appointment, Leave, Person
from tracker.progress.figures import counts, facts, gates, waiting
from tracker.progress.figures.rebuild import kept_spans, spans_of
from tracker.progress.figures.rulebook import Measure, measures
from tracker.progress.models import (
    Completion,
    GateOpening,
    Item,
    KeptDay,
    Revision,
    Span,
    Stage,
    UnitCount,
    WaitingClaim,
)
from tracker.progress.rules import Change
from tracker.progress.rules import Span as Stretch
from tracker.units.models import Unit, UnitPath, UnitSpan
from tracker.units.queries import tree

PEOPLE_AT_ONCE = 1_000


def differences() -> Iterator[str]:
    """Each difference as a line; none when all is well. Reads only."""
    session = read_one_moment()
    names = _Names(session)
    yield from _facts_that_exclude_each_other(session, names)
    yield from _tree(session, names)
    yield from _waiting_claims(session)
    among = measures(session, (Stage.LIVE,))
    days = [day.toordinal() for day in session.scalars(select(KeptDay.day).where(KeptDay.is_ready))]
    recount = counts.Tally(sorted(days))
    changes: dict[int, list[Change]] = {}
    person_ids = list(session.scalars(select(Person.id).order_by(Person.id)))
    with progress("Recounting", len(person_ids)) as step:
        for start in range(0, len(person_ids), PEOPLE_AT_ONCE):
            chunk = person_ids[start : start + PEOPLE_AT_ONCE]
            yield from _spans(session, names, chunk, among, recount, changes)
            step(len(chunk))
    yield from _strays(session)
    yield from _counts(session, names, among, recount)
    for measure in among:
        if measure.gate is not None:
            yield from _openings(session, names, measure, changes.get(measure.item_ids[0], []))


class _Names:
    """Codes and identifiers, to name what differs as an operator knows it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.units: dict[int, str] = dict(session.execute(select(Unit.id, Unit.code)).all())
        rows = session.execute(
            select(Item.id, Requirement.code, Gate.code, Module.code)
            .join(Revision, Revision.id == Item.revision_id)
            .outerjoin(Requirement, Requirement.id == Revision.requirement_id)
            .outerjoin(Gate, Gate.id == Revision.gate_id)
            .outerjoin(Module, Module.id == Item.module_id)
        )
        self.items = {row[0]: f"{row[1]} {row[3] or '*'}" if row[1] else f"gate {row[2]}" for row in rows}

    def person(self, person_id: int) -> str:
        """A person's identifier."""
        return f"person {self.session.scalar(select(Person.identifier).where(Person.id == person_id))}"

    def unit(self, unit_id: int) -> str:
        """A unit's code."""
        return f"unit {self.units.get(unit_id, f'number {unit_id}')}"


def _facts_that_exclude_each_other(session: Session, names: _Names) -> Iterator[str]:
    """What spans rows, and so no constraint can hold."""
    homes = select(Appointment.person_id, Appointment.starts_on, Appointment.ends_on).where(Appointment.is_primary)
    leaves = select(Leave.person_id, Leave.starts_on, Leave.ends_on)
    for query, what in ((homes, "primary appointments"), (leaves, "leaves")):
        before: tuple[int, date, date | None] | None = None
        for row in session.execute(query.order_by("person_id", "starts_on")):
            if before and before[0] == row[0] and (before[2] is None or before[2] >= row[1]):
                yield f"{names.person(row[0])}: two {what} on {row[1]}"
            before = row


def _tree(session: Session, names: _Names) -> Iterator[str]:
    """The rows of units make a tree on every day, and the derived tables are that tree."""
    found = tree(session)
    if problem := found.problem():
        since = date.fromordinal(problem.row.first)
        yield f"{names.unit(problem.row.unit)}: its row from {since} {problem.column} {problem.why}"
        return
    appointed = select(Appointment.unit_id, Appointment.starts_on, Appointment.ends_on).distinct()
    for unit_id, start, end in session.execute(appointed):
        if not found.exists_throughout(unit_id, start.toordinal(), number(end, empty=NEVER_AFTER)):
            yield f"{names.unit(unit_id)}: does not exist on some day of an appointment from {start}"
    spans = set(
        session.execute(
            select(
                UnitSpan.unit_id, UnitSpan.starts_on, UnitSpan.ends_on, UnitSpan.name, UnitSpan.kind, UnitSpan.parent_id
            )
        )
    )
    wanted = {
        (row.unit, date.fromordinal(row.first), date.fromordinal(row.last), row.name, row.kind, row.parent)
        for rows in found.spans.values()
        for row in rows
    }
    paths = session.execute(
        select(UnitPath.ancestor_id, UnitPath.unit_id, UnitPath.starts_on, UnitPath.ends_on, UnitPath.depth)
    )
    kept = {(above, unit, first.toordinal(), last.toordinal(), depth) for above, unit, first, last, depth in paths}
    for unit_id in sorted({row[0] for row in spans ^ wanted} | {row[1] for row in kept ^ set(found.paths())}):
        yield f"{names.unit(unit_id)}: its place in the derived tree is not what its rows say"


def _waiting_claims(session: Session) -> Iterator[str]:
    """The claims that are kept as waiting against those that nothing has decided."""
    kept = set(session.scalars(select(WaitingClaim.completion_id)))
    waits = set(session.scalars(select(Completion.id).where(waiting.WAITS)))
    for completion_id in sorted(kept ^ waits):
        reference = session.scalar(select(Completion.reference).where(Completion.id == completion_id))
        is_, but = ("kept", "waits for no decision") if completion_id in kept else ("not kept", "waits for a decision")
        yield f"completion {reference}: is {is_} among the claims that wait, but {but}"


def _spans(
    session: Session,
    names: _Names,
    person_ids: Sequence[int],
    among: Sequence[Measure],
    recount: counts.Tally,
    changes: dict[int, list[Change]],
) -> Iterator[str]:
    """Each stored span against the timeline of the person's facts; counts and gates are recounted on the way."""
    kept = kept_spans(session, person_ids, [item for measure in among for item in measure.item_ids])
    people = facts.of_people(session, person_ids)
    for person_id in person_ids:
        for measure in among:
            for item_id, wanted in spans_of(people[person_id], measure):
                recount.add(item_id, wanted, +1)
                if measure.gate is not None:
                    for span in wanted:
                        changes.setdefault(item_id, []).extend(gates.of_span(*span[:4]))
                stored = kept.get((person_id, item_id), [])
                if stored != wanted:
                    what = f"{names.person(person_id)}, {names.items[item_id]}"
                    yield from (f"{what}: a span is missing: {_told(span)}" for span in wanted if span not in stored)
                    yield from (f"{what}: a span is wrong: {_told(span)}" for span in stored if span not in wanted)


def _told(span: Stretch) -> str:
    days = f"{date.fromordinal(span.first)} to {date.fromordinal(span.last)} {span.status.word}"
    due = f", due {date.fromordinal(span.due)}" if span.due else ""
    return days + due


def _strays(session: Session) -> Iterator[str]:
    """Spans of nobody, or of no item."""
    for column, known, what in ((Span.item_id, Item.id, "item"), (Span.person_id, Person.id, "person")):
        lost = session.scalar(select(func.count()).select_from(Span).where(column.not_in(select(known))))
        if lost:
            yield f"{lost} spans belong to no {what}"


def _counts(session: Session, names: _Names, among: Sequence[Measure], recount: counts.Tally) -> Iterator[str]:
    """Each kept count against the recount."""
    live = {item_id for measure in among for item_id in measure.item_ids}
    ready = set(recount.days)
    columns = [getattr(UnitCount, name) for name in counts.COLUMNS]
    rows = session.execute(select(UnitCount.unit_id, UnitCount.day, UnitCount.item_id, *columns))
    for unit_id, day, item_id, *stored in rows:
        key = (unit_id, day.toordinal(), item_id)
        if item_id in live and key[1] in ready:
            yield from _count_differences(names, key, stored, recount.changes.pop(key, [0] * len(stored)))
    for key, wanted in sorted(recount.changes.items()):
        yield from _count_differences(names, key, [0] * len(wanted), wanted)


def _count_differences(names: _Names, key: counts.Key, stored: Sequence[int], wanted: Sequence[int]) -> Iterator[str]:
    for column, is_, should_be in zip(counts.COLUMNS, stored, wanted, strict=True):
        if is_ != should_be:
            where = f"{names.unit(key[0])}, {names.items[key[2]]} on {date.fromordinal(key[1])}"
            yield f"{where}: the count {column} is {is_}, not {should_be}"


def _openings(session: Session, names: _Names, measure: Measure, changes: Sequence[Change]) -> Iterator[str]:
    item_id = measure.item_ids[0]
    units = gates.units_of_kinds(session, measure)
    paths = gates.paths_under(session, units)
    merged: Counter[tuple[int, int, str]] = Counter()
    for change in changes:
        merged[change.day, change.unit, "numerator"] += change.numerator
        merged[change.day, change.unit, "denominator"] += change.denominator
    summed = [
        Change(day, unit, merged[day, unit, "numerator"], merged[day, unit, "denominator"])
        for day, unit in sorted({key[:2] for key in merged})
    ]
    wanted: dict[int, Any] = {
        unit: date.fromordinal(day)
        for unit, day in gates.openings(paths, summed, measure, measure.gate_first).items()
        if unit in units
    }
    stored = select(GateOpening.unit_id, GateOpening.opened_on).where(GateOpening.item_id == item_id)
    kept = dict(session.execute(stored).all())
    for unit_id in sorted(wanted.keys() | kept.keys()):
        if wanted.get(unit_id) != kept.get(unit_id):
            told = f"opened on {kept.get(unit_id) or 'no day'}, not on {wanted.get(unit_id) or 'any'}"
            yield f"{names.unit(unit_id)}, {names.items[item_id]}: {told}"
