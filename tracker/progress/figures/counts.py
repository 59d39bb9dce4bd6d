"""Counts of kept days: which days those are, how a change of spans moves them, how a day is made."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import and_, delete, func, select
from sqlalchemy.orm import Session

from tracker.core.database import Transaction
from tracker.core.days import month_end
from tracker.core.statements import run_many
from tracker.progress import rules
from tracker.progress.models import KeptDay, Span, UnitCount
from tracker.progress.rules import Status
from tracker.units.models import Unit

MONTHS_BACK = 60
MONTHS_AHEAD = 24
COLUMNS = ("waived", "on_leave", "satisfied", "pending", "expired", "overdue", "due_soon", "not_started")
"""The columns of `unit_count`, in the order of the numbers of `Status`."""

Key = tuple[int, int, int]
"""A row of `unit_count`: home unit, day number, item."""
Numbers = list[int]
"""One number for each of COLUMNS."""

UPSERT = (
    f"INSERT INTO unit_count (unit_id, day, item_id, {', '.join(COLUMNS)}) VALUES (?,?,?,?,?,?,?,?,?,?,?)"
    f" ON CONFLICT (unit_id, day, item_id) DO UPDATE SET "
    + ", ".join(f"{name} = unit_count.{name} + excluded.{name}" for name in COLUMNS)
)


def days_to_keep(today: date) -> list[date]:
    """Today, tomorrow, and the month ends from five years back to two years ahead."""
    ends = {month_end(today, months) for months in range(-MONTHS_BACK, MONTHS_AHEAD + 1)}
    return sorted(ends | {today, today + timedelta(days=1)})


def kept_days(session: Session) -> list[int]:
    """The numbers of the days whose counts every rebuild moves, in order, ready or being made."""
    return [number for (number,) in session.connection().exec_driver_sql("SELECT day FROM kept_day ORDER BY day")]


class Tally:
    """Collects how many people more or fewer have each status, by kept day, home unit and item."""

    def __init__(self, days: Sequence[int]) -> None:
        self.days = days
        self.changes: dict[Key, Numbers] = {}

    def add(self, item_id: int, spans: Iterable[rules.Span], sign: int) -> None:
        """Count spans in (+1) or out (-1) on each kept day they cover."""
        days = self.days
        for span in spans:
            for day in days[bisect_left(days, span[0]) : bisect_right(days, span[1])]:
                key = (span[2], day, item_id)
                numbers = self.changes.get(key)
                if numbers is None:
                    numbers = self.changes[key] = [0] * len(COLUMNS)
                numbers[span[3] - 1] += sign

    def write(self, tx: Transaction) -> None:
        """Move the counts, in key order: unsorted, writers of one unit would wait for each other in a circle."""
        rows = [(*key, *numbers) for key, numbers in sorted(self.changes.items()) if any(numbers)]
        run_many(tx.session, UPSERT, rows)


def ready_day(session: Session, day: date) -> bool:
    """Whether counts can answer for a day."""
    return session.scalar(select(KeptDay.day).where(KeptDay.day == day, KeptDay.is_ready)) is not None


def make_day(tx: Transaction, day: date, unit_ids: Sequence[int]) -> None:
    """Count one day of some units from the spans, in place of what their rows said."""
    drop_day(tx, day, unit_ids)
    sums = ", ".join(f"SUM(CASE WHEN status = {int(status)} THEN 1 ELSE 0 END)" for status in Status)
    number = day.toordinal()
    run_many(
        tx.session,
        f"INSERT INTO unit_count (unit_id, day, item_id, {', '.join(COLUMNS)})"
        f" SELECT unit_id, ?, item_id, {sums} FROM span"
        " WHERE unit_id = ? AND item_id IN (SELECT id FROM item) AND ends_on >= ? AND starts_on <= ?"
        " GROUP BY unit_id, item_id",
        [(number, unit_id, number, number) for unit_id in unit_ids],
    )


def drop_day(tx: Transaction, day: date, unit_ids: Sequence[int]) -> None:
    """Delete the counts of one day of some units."""
    tx.session.execute(delete(UnitCount).where(UnitCount.unit_id.in_(unit_ids), UnitCount.day == day))


def kept(
    session: Session, day: date, unit_ids: Collection[int] | None, item_ids: Collection[int]
) -> dict[tuple[int, int], Numbers]:
    """The kept counts of a day by home unit and item; of some units or (none) of all."""
    columns = [getattr(UnitCount, name) for name in COLUMNS]
    units = select(Unit.id) if unit_ids is None else unit_ids
    rows = session.execute(
        select(UnitCount.unit_id, UnitCount.item_id, *columns).where(UnitCount.unit_id.in_(units), UnitCount.day == day)
    )
    return {(unit, item): list(numbers) for unit, item, *numbers in rows if item in item_ids}


def counted(
    session: Session, day: date, unit_ids: Collection[int] | None, item_ids: Collection[int]
) -> dict[tuple[int, int], Numbers]:
    """The same, counted from the spans."""
    covers = and_(Span.starts_on <= day, Span.ends_on >= day, Span.item_id.in_(item_ids))
    query = select(Span.unit_id, Span.item_id, Span.status, func.count()).where(covers)
    query = query.group_by(Span.unit_id, Span.item_id, Span.status)
    if unit_ids is not None:
        query = query.where(Span.unit_id.in_(unit_ids))
    found: dict[tuple[int, int], Numbers] = {}
    for unit, item, status, number in session.execute(query):
        found.setdefault((unit, item), [0] * len(COLUMNS))[status - 1] = number
    return found
