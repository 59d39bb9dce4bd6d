"""Work out everything at once, for facts that were just loaded: spans, counts of kept days, openings of gates."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import insert, select

from tracker.core.database import Transaction
from tracker.core.progress_bar import Step, progress
from tracker.core.statements import insert_rows, without_indexes
from tracker.people.models import Person
from tracker.progress.figures import counts, facts, gates, revisions
from tracker.progress.figures.rebuild import spans_of
from tracker.progress.figures.rulebook import Measure, measures
from tracker.progress.models import KeptDay, Stage
from tracker.progress.rules import Change, Span
from tracker.units.models import UnitPath

PEOPLE_AT_ONCE = 2_000
SPAN_COLUMNS = (
    *("person_id", "item_id", "starts_on", "ends_on", "unit_id", "status", "due_on", "satisfied_on", "expires_on"),
)
WIDTH = len(counts.COLUMNS)


def build(tx: Transaction, *, fresh: bool) -> None:
    """Make the live revisions of all rules and everything that follows. There are no derived rows yet; where the
    database is `fresh`, nobody reads it, and indexes are made at the end."""
    for revision in revisions.of_all_rules(tx):
        revision.stage = Stage.LIVE
    tx.session.flush()
    among = measures(tx.session, (Stage.LIVE,))
    days = [day for day in counts.days_to_keep(tx.today) if day.toordinal() <= revisions.common_horizon(among)]
    tx.session.execute(insert(KeptDay), [{"day": day, "is_ready": True} for day in days])
    collected = _Collected([day.toordinal() for day in days])
    person_ids = list(tx.session.scalars(select(Person.id).order_by(Person.id)))
    with progress("Working out the figures", len(person_ids)) as step:
        spans = _spans(tx, person_ids, among, collected, step)
        if fresh:
            with without_indexes(tx.session, "span"):
                insert_rows(tx.session, "span", SPAN_COLUMNS, spans)
        else:
            insert_rows(tx.session, "span", SPAN_COLUMNS, spans)
    insert_rows(tx.session, "unit_count", ("day", "unit_id", "item_id", *counts.COLUMNS), collected.counted())
    _open_gates(tx, among, collected)


def _spans(
    tx: Transaction, person_ids: Sequence[int], among: Sequence[Measure], collected: "_Collected", step: Step
) -> Iterator[tuple[Any, ...]]:
    """Every span as a row, in the order of the key; counts and gates are collected on the way."""
    ordered = sorted(among, key=lambda measure: measure.item_ids)
    for start in range(0, len(person_ids), PEOPLE_AT_ONCE):
        chunk = person_ids[start : start + PEOPLE_AT_ONCE]
        people = facts.of_people(tx.session, chunk)
        rows: list[tuple[Any, ...]] = []
        for person_id in chunk:
            for measure in ordered:
                for item_id, spans in spans_of(people[person_id], measure):
                    collected.add(item_id, spans, is_gate=measure.gate is not None)
                    rows.extend((person_id, item_id, *span) for span in spans)
        yield from rows
        step(len(chunk))


class _Collected:
    """Counts of kept days as differences from day to day, and the changes of gates, gathered span by span."""

    def __init__(self, days: Sequence[int]) -> None:
        self.days = days
        self.differences: dict[tuple[int, int], array[int]] = {}
        self.gates: dict[tuple[int, int, int], list[int]] = {}

    def add(self, item_id: int, spans: Sequence[Span], *, is_gate: bool) -> None:
        """Count a person's spans of an item in."""
        days = self.days
        for span in spans:
            first, behind = bisect_left(days, span[0]), bisect_right(days, span[1])
            if first < behind:
                key = (span[2], item_id)
                numbers = self.differences.get(key)
                if numbers is None:
                    numbers = self.differences[key] = array("l", [0]) * ((len(days) + 1) * WIDTH)
                numbers[first * WIDTH + span[3] - 1] += 1
                numbers[behind * WIDTH + span[3] - 1] -= 1
            if is_gate:
                for change in gates.of_span(span.first, span.last, span.unit, span.status):
                    pair = self.gates.setdefault((item_id, change.unit, change.day), [0, 0])
                    pair[0] += change.numerator
                    pair[1] += change.denominator

    def counted(self) -> Iterator[tuple[int, ...]]:
        """The rows of `unit_count`, in key order."""
        keys = sorted(self.differences)
        running = {key: [0] * WIDTH for key in keys}
        for index, day in enumerate(self.days):
            at = index * WIDTH
            for key in keys:
                numbers = running[key]
                moved = self.differences[key][at : at + WIDTH]
                for column, change in enumerate(moved):
                    if change:
                        numbers[column] += change
                if any(numbers):
                    yield (day, *key, *numbers)

    def changes(self, item_id: int) -> list[Change]:
        """How each home unit's numbers of a gate change."""
        return [Change(day, unit, *pair) for (item, unit, day), pair in self.gates.items() if item == item_id]


def _open_gates(tx: Transaction, among: Sequence[Measure], collected: _Collected) -> None:
    """Find every unit's opening from what was collected; the same function as after a single write."""
    rows = tx.session.execute(select(UnitPath.ancestor_id, UnitPath.unit_id, UnitPath.starts_on, UnitPath.ends_on))
    paths = [gates.Path(above, unit, first.toordinal(), last.toordinal()) for above, unit, first, last in rows]
    for measure in among:
        if measure.gate is not None:
            units = gates.units_of_kinds(tx.session, measure)
            wanted = [path for path in paths if path.ancestor in units]
            item_id = measure.item_ids[0]
            opened = gates.openings(wanted, collected.changes(item_id), measure, measure.gate_first)
            gates.write(tx, item_id, opened)
