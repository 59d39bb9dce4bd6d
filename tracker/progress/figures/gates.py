"""On which day a unit's gate opened: worked out from gate spans and the tree of each day, and kept for reading."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import Select, delete, select, text
from sqlalchemy.orm import Session

from tracker.core.database import Transaction
from tracker.core.days import NEVER_AFTER
from tracker.core.statements import run_many
from tracker.progress.figures.rulebook import Measure
from tracker.progress.models import GateOpening
from tracker.progress.rules import Change, Span, Status, gate_openings
from tracker.units.models import UnitPath, UnitSpan

GATE_LOCK = 7_302
"""The advisory lock of PostgreSQL under which a gate's openings are found. Taken after persons and counts."""

INSERT = "INSERT INTO gate_opening (item_id, unit_id, opened_on) VALUES (?,?,?)"


@dataclass(slots=True)
class Moved:
    """What changed in a gate's spans: the home units, and the first day that changed."""

    units: set[int] = field(default_factory=set)
    since: int = NEVER_AFTER

    def note(self, before: Sequence[Span], now: Sequence[Span]) -> None:
        """One person's spans before and after."""
        self.units.update(span.unit for span in {*before} ^ {*now})
        self.since = min(self.since, _first_difference(before, now))


def _first_difference(before: Sequence[Span], now: Sequence[Span]) -> int:
    """The first day on which two lists of spans differ."""
    for old, new in zip(before, now, strict=False):
        if old == new:
            continue
        if (old.first, old.unit, old.status) == (new.first, new.unit, new.status):
            return min(old.last, new.last) + 1
        return min(old.first, new.first)
    longer = before if len(before) > len(now) else now
    shorter = min(len(before), len(now))
    return longer[shorter].first if len(longer) > shorter else NEVER_AFTER


class Path(NamedTuple):
    """A period in which a unit lies at or below an ancestor."""

    ancestor: int
    unit: int
    first: int
    last: int


def refresh(tx: Transaction, measure: Measure, home_units: Iterable[int], since: int) -> None:
    """Find the openings again of the units above these homes that were not open before `since`.

    One writer at a time: of two who each finish somebody below the same unit, the second must see the first's spans.
    """
    item_id = measure.item_ids[0]
    if tx.is_postgresql:
        tx.session.execute(text("SELECT pg_advisory_xact_lock(:lock, :item)"), {"lock": GATE_LOCK, "item": item_id})
    above = select(UnitPath.ancestor_id).where(UnitPath.unit_id.in_(list(home_units)))
    opened = select(GateOpening.unit_id).where(GateOpening.item_id == item_id, GateOpening.opened_on < since)
    candidates = units_of_kinds(tx.session, measure, above) - set(tx.session.scalars(opened))
    if candidates:
        _find(tx, measure, sorted(candidates), max(since, measure.gate_first))


def refresh_all(tx: Transaction, measure: Measure) -> None:
    """Find the openings of all units, as after a change of the tree."""
    tx.session.execute(delete(GateOpening).where(GateOpening.item_id == measure.item_ids[0]))
    if candidates := units_of_kinds(tx.session, measure):
        _find(tx, measure, sorted(candidates), measure.gate_first)


def units_of_kinds(session: Session, measure: Measure, among: Select[int] | None = None) -> set[int]:
    """The units that are ever of the gate's kinds."""
    units = select(UnitSpan.unit_id).where(UnitSpan.kind.in_(measure.gate_kinds))
    return set(session.scalars(units if among is None else units.where(UnitSpan.unit_id.in_(among))))


def _find(tx: Transaction, measure: Measure, units: Sequence[int], since: int) -> None:
    item_id = measure.item_ids[0]
    paths = paths_under(tx.session, units)
    opened = openings(paths, _changes(tx.session, item_id, {path.unit for path in paths}, since), measure, since)
    tx.session.execute(delete(GateOpening).where(GateOpening.item_id == item_id, GateOpening.unit_id.in_(units)))
    write(tx, item_id, opened)


def paths_under(session: Session, units: Iterable[int]) -> list[Path]:
    """What lies at or below these units, and when."""
    rows = session.execute(
        select(UnitPath.ancestor_id, UnitPath.unit_id, UnitPath.starts_on, UnitPath.ends_on).where(
            UnitPath.ancestor_id.in_(list(units))
        )
    )
    return [Path(ancestor, unit, first.toordinal(), last.toordinal()) for ancestor, unit, first, last in rows]


def openings(paths: Sequence[Path], changes: Iterable[Change], measure: Measure, since: int) -> dict[int, int]:
    """The day each ancestor in the paths opened, looking from `since` on."""

    def ancestors_on(day: int) -> Mapping[int, Sequence[int]]:
        found: dict[int, list[int]] = {}
        for path in paths:
            if path.first <= day <= path.last:
                found.setdefault(path.unit, []).append(path.ancestor)
        return found

    days = {day for path in paths for day in (path.first, path.last + 1)}
    return gate_openings(changes, sorted(days), ancestors_on, measure.gate_percent, since)


def write(tx: Transaction, item_id: int, opened: Mapping[int, int]) -> None:
    """Keep openings."""
    run_many(tx.session, INSERT, [(item_id, unit, day) for unit, day in sorted(opened.items())])


def _changes(session: Session, item_id: int, units: Iterable[int], since: int) -> list[Change]:
    """How the two numbers of these home units change from day to day; all before `since` is summed up on it."""
    connection = session.connection()
    mark, later = ("%s", "GREATEST") if connection.dialect.name == "postgresql" else ("?", "MAX")
    changes: list[Change] = []
    for unit in sorted(units):
        rows = connection.exec_driver_sql(
            f"SELECT {later}(starts_on, {mark}), ends_on, status, COUNT(*) FROM span"
            f" WHERE item_id = {mark} AND unit_id = {mark} AND ends_on >= {mark} GROUP BY 1, 2, 3",
            (since, item_id, unit, since),
        )
        for first, last, status, count in rows:
            changes += of_span(first, last, unit, status, count)
    return changes


def of_span(first: int, last: int, unit: int, status: int, count: int = 1) -> list[Change]:
    """What spans of one period and status do to their unit's numbers: they enter, and leave after their last day."""
    if status == Status.ON_LEAVE:
        return []
    done = count if status == Status.SATISFIED else 0
    entered = Change(first, unit, done, count)
    return [entered] if last == NEVER_AFTER else [entered, Change(last + 1, unit, -done, -count)]


def opened_on(session: Session, item_id: int, unit_id: int) -> date | None:
    """The day a unit's gate opened by its share alone."""
    return session.scalar(
        select(GateOpening.opened_on).where(GateOpening.item_id == item_id, GateOpening.unit_id == unit_id)
    )
