"""The jobs of progress: changed rules, the days that counts are kept for, horizons, and files that nothing names."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, func, select, update

from tracker.core import clock
from tracker.core.actor import system
from tracker.core.database import transaction
from tracker.core.jobs import Kind
from tracker.progress import uploads
from tracker.progress.figures import counts, revisions
from tracker.progress.figures.answers import live_measures
from tracker.progress.models import KeptDay
from tracker.progress.queries import evidence
from tracker.units.models import Unit

UNITS_AT_ONCE = 25


def keep_days() -> None:
    """Make the kept days that are missing, a few units at a time, and drop those no longer kept. Fit to run again."""
    today = clock.today()
    with transaction(system(today)) as tx:
        horizon = revisions.common_horizon(live_measures(tx.session))
        wanted = [day for day in counts.days_to_keep(today) if day.toordinal() <= horizon]
        there = {row.day: row.is_ready for row in tx.session.scalars(select(KeptDay))}
        unit_ids = list(tx.session.scalars(select(Unit.id).order_by(Unit.id)))
    for day in wanted:
        if not there.get(day, False):
            _make(day, unit_ids)
    for day in sorted(there.keys() - set(wanted)):
        _drop(day, unit_ids)


def _drop(day: date, unit_ids: Sequence[int]) -> None:
    """No longer read from the first step on, the day's counts go a few units at a time, and with the last those that
    writes have moved since."""
    with transaction(system(clock.today())) as tx:
        tx.lock_shape()
        tx.session.execute(update(KeptDay).where(KeptDay.day == day).values(is_ready=False))
    for start in range(0, len(unit_ids), UNITS_AT_ONCE):
        with transaction(system(clock.today())) as tx:
            tx.lock_shape()
            counts.drop_day(tx, day, unit_ids[start : start + UNITS_AT_ONCE])
    with transaction(system(clock.today())) as tx:
        tx.lock_shape()
        tx.session.execute(delete(KeptDay).where(KeptDay.day == day))
        counts.drop_day(tx, day, list(tx.session.scalars(select(Unit.id))))


def _make(day: date, unit_ids: Sequence[int]) -> None:
    """From the first step on, writes move the day's counts too; each step then counts some units truly."""
    with transaction(system(clock.today())) as tx:
        tx.lock_shape()
        if tx.session.get(KeptDay, day) is None:
            tx.session.add(KeptDay(day=day, is_ready=False))
    for start in range(0, len(unit_ids), UNITS_AT_ONCE):
        with transaction(system(clock.today())) as tx:
            tx.lock_shape()
            counts.make_day(tx, day, unit_ids[start : start + UNITS_AT_ONCE])
    with transaction(system(clock.today())) as tx:
        tx.lock_shape()
        all_made = tx.session.scalar(select(func.count()).select_from(Unit)) == len(unit_ids)
        if all_made:
            tx.session.execute(update(KeptDay).where(KeptDay.day == day).values(is_ready=True))


def renew_horizons() -> None:
    """Begin the revisions that move horizons on; the next job builds them."""
    with transaction(system(clock.today())) as tx:
        tx.lock_shape()
        revisions.renew_horizons(tx)


def clear_uploads() -> None:
    """Remove the files that were taken back, and those that a killed process left behind."""
    uploads.clear_away(evidence.files_named())


JOBS = [
    Kind(revisions.BUILD_JOB, revisions.build_revisions, every=None),
    Kind("progress.keep_days", keep_days, every=timedelta(minutes=10)),
    Kind("progress.renew_horizons", renew_horizons, every=timedelta(hours=6)),
    Kind("progress.clear_uploads", clear_uploads, every=timedelta(hours=1)),
]
