"""Seal the figures of a month end: ordered on a page or due by schedule, worked out without anybody having to wait."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import delete, select, update

from tracker.core import audit, clock, jobs
from tracker.core.actor import Actor, Right
from tracker.core.database import Transaction, db, transaction
from tracker.core.errors import Conflict, Forbidden, Invalid
from tracker.core.spreadsheets import csv_line
from tracker.core.statements import insert_rows
from tracker.reporting.models import How, Seal, SealOrder
from tracker.reporting.queries.checking import SEALED
from tracker.reporting.queries.drawing import draw_up_to_keep
from tracker.reporting.rules import VERSION, Lines, Part, digest, fingerprint, is_past_month_end, subject
from tracker.units.queries import roots

JOB = "reporting.seal"
WAITING, WORKING = "waiting", "working"
Row = tuple[str, int, str, str, str]
"""A row of a report without its seal: part, place, subject, line and hash."""
COLUMNS = ("seal_id", "part", "position", "subject", "line", "hash")


def order_seal(actor: Actor, day: date) -> None:
    """Have a month end sealed by the worker. Raises Forbidden, Invalid for another day, Conflict for one sealed."""
    _check(actor, day)
    if not has_units(day):
        raise Invalid("day", "There was no unit on this day, so there is nothing to seal.")
    with transaction(actor) as tx:
        if tx.session.scalar(select(Seal.id).where(Seal.day == day)) is not None:
            raise Conflict("This month end has been sealed already.")
        order = SealOrder(day=day, asked_at=tx.now, step=WAITING, problem=None)
        audit.add(tx, "report.ordered", order, "This month end is being sealed already.")
        jobs.enqueue(tx, JOB)


def seal(actor: Actor, day: date, how: How) -> bool:
    """Seal a month end now; false where that has been done before. The figures are worked out first, so that nobody
    waits for them; then a short transaction writes them down. Raises Forbidden, Invalid for another day, and
    StillWorkedIn while a changed rule is worked in."""
    _check(actor, day)
    drawn = draw_up_to_keep(day)
    rows = [row for part in Part if part is not Part.ABOUT for row in _rows(part, drawn[part])]
    db.session.close()
    with transaction(actor) as tx:
        tx.session.execute(delete(SealOrder).where(SealOrder.day == day))
        if tx.session.scalar(select(Seal.id).where(Seal.day == day)) is not None:
            return False
        _write_down(tx, day, how, drawn, rows)
        return True


def _write_down(tx: Transaction, day: date, how: How, drawn: Lines, rows: Sequence[Row]) -> None:
    """Put what is to be kept into the tables, with what it is about, its hash, and the hash of the report before."""
    previous = tx.session.scalar(select(Seal.hash).order_by(Seal.id.desc()).limit(1)) or ""
    sealed_at = tx.now.replace(microsecond=0)
    told = {"version": VERSION, "day": day, "sealed_at": sealed_at.isoformat(), "how": how.value, "previous": previous}
    about = [csv_line(pair) for pair in told.items()]
    kept = [*_rows(Part.ABOUT, about), *rows]
    whole = digest({**drawn, Part.ABOUT: about})
    made = Seal(day=day, sealed_at=sealed_at, how=how, rows=len(kept), previous=previous, hash=whole)
    tx.session.add(made)
    tx.flush("Another month end has just been sealed. Please try again.")
    insert_rows(tx.session, "seal_row", COLUMNS, [(made.id, *row) for row in kept])
    after = {"day": day, "how": how.value, "rows": made.rows, "previous": previous, "hash": whole}
    audit.record(tx, SEALED, "seal", made.id, after=after)


def note_step(actor: Actor, day: date, step: str, problem: str | None = None) -> None:
    """Say how far an order is, and what went wrong. No deed of anybody's: the trail has the order and the seal."""
    with transaction(actor) as tx:
        tx.session.execute(update(SealOrder).where(SealOrder.day == day).values(step=step, problem=problem))


def waiting_orders() -> list[date]:
    """The month ends that are to be sealed, the earliest first."""
    found = list(db.session.scalars(select(SealOrder.day).order_by(SealOrder.day)))
    db.session.close()
    return found


def has_units(day: date) -> bool:
    """Whether there was anything to report of on a day."""
    found = bool(roots(day))
    db.session.close()
    return found


def _check(actor: Actor, day: date) -> None:
    if not actor.has(Right.REPORTS_MAKE):
        raise Forbidden("You cannot seal reports.")
    if not is_past_month_end(day, clock.today()):
        raise Invalid("day", "Only the end of a month that is over can be sealed.")


def _rows(part: Part, lines: Sequence[str]) -> Iterator[Row]:
    """The lines of a part with their places, subjects and hashes."""
    for position, line in enumerate(lines, 1):
        yield part.value, position, subject(part, line), line, fingerprint(part, position, line)
