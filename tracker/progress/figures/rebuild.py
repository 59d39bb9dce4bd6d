"""Spans follow facts: before each commit, the figures of the persons it touched are worked out anew.

Only the difference is written, to spans, to the counts of the kept days, and to the openings of gates.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from tracker.core.database import Transaction
from tracker.core.days import NEVER_BEFORE
from tracker.core.statements import run_many
from tracker.progress.figures import counts, facts, gates
from tracker.progress.figures.rulebook import Measure, measures
from tracker.progress.rules import PersonFacts, Span, Status, gate_timeline, timeline

INSERT = (
    "INSERT INTO span (person_id, item_id, starts_on, ends_on, unit_id, status, due_on, satisfied_on, expires_on)"
    " VALUES (?,?,?,?,?,?,?,?,?)"
)
DELETE = "DELETE FROM span WHERE person_id = ? AND item_id = ? AND starts_on = ?"


def before_commit(tx: Transaction) -> None:
    """The hook of every transaction: rebuild whom it touched."""
    if people := tx.touched.get("person"):
        rebuild(tx, sorted(people), measures(tx.session))


def spans_of(person: PersonFacts, measure: Measure) -> list[tuple[int, list[Span]]]:
    """(item id, spans) for each item of a measure, as the rules have it, up to its horizon."""
    if measure.gate is not None:
        return [(measure.item_ids[0], gate_timeline(person, measure.gate))]
    if measure.rule is None:
        raise ValueError(f"revision {measure.revision_id} has neither rule nor gate")
    return list(zip(measure.item_ids, timeline(person, measure.rule, NEVER_BEFORE, measure.horizon), strict=True))


def rebuild(tx: Transaction, person_ids: Sequence[int], among: Sequence[Measure]) -> None:
    """Bring these persons' spans of these measures in line with their facts, and counts and gates with the spans."""
    kept = kept_spans(tx.session, person_ids, [item for measure in among for item in measure.item_ids])
    people = facts.of_people(tx.session, person_ids)
    tally = counts.Tally(counts.kept_days(tx.session))
    gone: list[tuple[int, int, int]] = []
    come: list[tuple[int | None, ...]] = []
    gates_moved: list[tuple[Measure, gates.Moved]] = []
    for measure in among:
        moved = gates.Moved()
        for person_id in person_ids:
            for item_id, now in spans_of(people[person_id], measure):
                before = kept.get((person_id, item_id), [])
                if before == now:
                    continue
                out, into = _difference(before, now)
                gone.extend((person_id, item_id, span.first) for span in out)
                come.extend((person_id, item_id, *span) for span in into)
                tally.add(item_id, out, -1)
                tally.add(item_id, into, +1)
                moved.note(before, now)
        if measure.gate is not None and moved.units:
            gates_moved.append((measure, moved))
    run_many(tx.session, DELETE, gone)
    run_many(tx.session, INSERT, come)
    tally.write(tx)
    for measure, moved in gates_moved:
        gates.refresh(tx, measure, moved.units, moved.since)


def _difference(before: Sequence[Span], now: Sequence[Span]) -> tuple[list[Span], list[Span]]:
    """The spans that go and those that come."""
    old, new = set(before), set(now)
    return [span for span in before if span not in new], [span for span in now if span not in old]


def kept_spans(
    session: Session, person_ids: Sequence[int], item_ids: Iterable[int]
) -> dict[tuple[int, int], list[Span]]:
    """The spans as they are stored, by person and item, in order."""
    wanted = set(item_ids)
    found: dict[tuple[int, int], list[Span]] = {}
    connection = session.connection()
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    sql = (
        "SELECT person_id, item_id, starts_on, ends_on, unit_id, status, due_on, satisfied_on, expires_on FROM span"
        f" WHERE person_id BETWEEN {mark} AND {mark} ORDER BY person_id, item_id, starts_on"
    )
    people = set(person_ids)
    for first, last in _stretches(person_ids):
        rows = connection.exec_driver_sql(sql, (first, last)).all()
        for person_id, item_id, start, end, unit, status, *days in rows:
            if person_id in people and item_id in wanted:
                found.setdefault((person_id, item_id), []).append(Span(start, end, unit, Status(status), *days))
    return found


def _stretches(ids: Sequence[int]) -> list[tuple[int, int]]:
    """Sorted ids as runs of neighbours."""
    runs: list[tuple[int, int]] = []
    for number in sorted(ids):
        if runs and runs[-1][1] + 1 == number:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
