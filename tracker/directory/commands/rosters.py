"""Take a roster in: hand it over, read it for a preview, confirm it, apply it whole or not at all, or put it aside."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import delete, select

from tracker.accounts.queries import account
from tracker.core import audit, clock, jobs
from tracker.core.actor import Actor, Right, system
from tracker.core.database import Transaction, db, transaction
from tracker.core.errors import Conflict, Invalid, NotFound
from tracker.core.statements import insert_rows
from tracker.core.words import plural
from tracker.directory import progress_note
from tracker.directory.commands.applying import apply_plan
from tracker.directory.models import Roster, RosterFile, RosterLine
from tracker.directory.policy import check_may_edit
from tracker.directory.queries.roster import plan as plans
from tracker.directory.queries.roster.plan import Plan
from tracker.directory.rules import AT_WORK, FILES, LISTED_FIRST, OPEN, RosterState, is_many

JOB = "directory.work_rosters"
KEPT_OPEN = timedelta(days=7)
LINES_KEPT = 20_000
NOTHING = "Select people.csv with appointments.csv, or a zip file that has them."
CHANGED_SINCE = "Something has changed since the preview. Nothing was applied; this is the preview of now."
NOT_ANY_MORE = "Whoever confirmed this may not load rosters any more. Nothing was applied."


def hand_in(actor: Actor, files: Mapping[str, bytes], *, is_complete: bool) -> int:
    """Keep the files of a roster and have them read; its id. One that was refused steps aside.

    Raises Forbidden, Invalid, or Conflict with another.
    """
    check_may_edit(actor)
    known = {name: content for name, content in files.items() if name in FILES}
    if not known:
        raise Invalid("archive", NOTHING)
    if is_complete and not {"people.csv", "appointments.csv"} <= known.keys():
        raise Invalid("is_complete", "A complete roster has people.csv and appointments.csv.")
    with transaction(actor) as tx:
        there = tx.session.scalars(select(Roster).where(Roster.state.in_(OPEN)).with_for_update()).all()
        for refused in [row for row in there if row.state is RosterState.REFUSED]:
            _settle(tx, refused, RosterState.DISCARDED)
        if any(row.state is not RosterState.DISCARDED for row in there):
            raise Conflict("Another roster is open. Apply it or put it aside first.")
        row = Roster(
            state=RosterState.READING,
            is_complete=is_complete,
            uploaded_at=tx.now,
            uploaded_by=actor.account_id,
            counts={},
            ending=0,
            here=0,
        )
        audit.add(tx, "roster.handed_in", row)
        tx.session.add_all(RosterFile(roster_id=row.id, name=name, content=known[name]) for name in sorted(known))
        jobs.enqueue(tx, JOB)
        return row.id


def confirm(actor: Actor, roster_id: int, *, allow_many: bool = False) -> None:
    """Have a roster applied that was previewed. Raises Forbidden, NotFound, Conflict, or Invalid where it would end so
    many that this needs a yes of its own."""
    check_may_edit(actor)
    with transaction(actor) as tx:
        row = _get(tx, roster_id)
        if row.state is not RosterState.READY:
            raise Conflict("This roster cannot be applied: it is not previewed, or was settled in the meantime.")
        if is_many(row.ending, row.here) and not allow_many:
            raise Invalid("allow_many", "Confirm that so many are to end.")
        audit.change(tx, "roster.confirmed", row, state=RosterState.APPLYING, confirmed_by=actor.account_id)
        jobs.enqueue(tx, JOB)


def put_aside(actor: Actor, roster_id: int) -> None:
    """Leave a roster unapplied and forget its files. Raises Forbidden, NotFound or Conflict."""
    check_may_edit(actor)
    with transaction(actor) as tx:
        row = _get(tx, roster_id)
        if row.state not in OPEN or row.state is RosterState.APPLYING:
            raise Conflict("This roster is being applied, or was settled in the meantime.")
        _settle(tx, row, RosterState.DISCARDED)


# Jobs


def work() -> None:
    """Read and apply what waits. Fit to run again: what was not finished is begun anew."""
    for roster_id, state in db.session.execute(
        select(Roster.id, Roster.state).where(Roster.state.in_(AT_WORK)).order_by(Roster.id)
    ).all():
        if state is RosterState.READING:
            read(roster_id)
        else:
            apply(roster_id)
        progress_note.clear(roster_id)


def read(roster_id: int) -> None:
    """Make the preview of a roster: what it would do is worked out by reading alone, and then kept."""
    roster = db.session.get_one(Roster, roster_id)
    with _folder(roster_id) as folder:
        found = plans.make(folder, clock.today(), is_complete=roster.is_complete, step=_noting(roster_id))
    with transaction(system(clock.today())) as tx:
        row = _get(tx, roster_id)
        if row.state is RosterState.READING:
            _keep(tx, row, found, _too_much(found))


def apply(roster_id: int) -> None:
    """Apply a roster that was confirmed, in one transaction. Where it would no longer do what its preview said, nothing
    is written but a new preview."""
    today = clock.today()
    confirmed_by = db.session.scalars(select(Roster.confirmed_by).where(Roster.id == roster_id)).one()
    actor = _actor(confirmed_by)
    if actor is None:
        _back_to_preview(roster_id, NOT_ANY_MORE)
        return
    try:
        with transaction(actor, is_long=True) as tx, _folder(roster_id) as folder:
            tx.lock_shape()
            row = _get(tx, roster_id)
            if row.state is not RosterState.APPLYING:
                return
            found = plans.make(folder, today, is_complete=row.is_complete, step=lambda done, total: None)
            if found.is_refused or found.fingerprint != row.fingerprint:
                _keep(tx, row, found, CHANGED_SINCE)
                return
            apply_plan(tx, found, _noting(roster_id))
            _settle(tx, row, RosterState.APPLIED)
    except (Conflict, Invalid) as refusal:
        _back_to_preview(roster_id, f"Nothing was applied. {refusal.message}")


def forget_old() -> None:
    """Put aside what was left open for long, and forget files of what is settled. Fit to run again."""
    with transaction(system(clock.today())) as tx:
        old = select(Roster).where(Roster.state.in_(OPEN), Roster.uploaded_at < tx.now - KEPT_OPEN)
        for row in tx.session.scalars(old.where(Roster.state.not_in(AT_WORK))):
            _settle(tx, row, RosterState.DISCARDED)


def _actor(account_id: int | None) -> Actor | None:
    """Who confirmed, with today's rights; none where she may not any more. The system is nobody's account."""
    if account_id is None:
        return system(clock.today())
    found = account(account_id, clock.today())
    return found.actor if found is not None and found.actor.has(Right.DIRECTORY_EDIT) else None


def _back_to_preview(roster_id: int, note: str) -> None:
    with transaction(system(clock.today())) as tx:
        row = _get(tx, roster_id)
        audit.change(tx, "roster.not_applied", row, state=RosterState.READY, note=note)


def _too_much(found: Plan) -> str | None:
    """That more is wrong than is named, where so much is."""
    if not found.left_out:
        return None
    return f"{plural(found.left_out, 'more fault is', 'more faults are')} there than are named. Put these right first."


def _keep(tx: Transaction, row: Roster, found: Plan, note: str | None) -> None:
    """Keep what a roster would do, for its preview: what is refused or doubtful first, as not all lines of a large one
    are kept."""
    state = RosterState.REFUSED if found.is_refused else RosterState.READY
    audit.change(
        tx,
        "roster.read",
        row,
        state=state,
        counts=found.counts,
        ending=found.ending,
        here=found.here,
        fingerprint=found.fingerprint,
        note=note,
    )
    tx.session.execute(delete(RosterLine).where(RosterLine.roster_id == row.id))
    lines = sorted(found.lines, key=lambda one: LISTED_FIRST.get(one.effect, len(LISTED_FIRST)))[:LINES_KEPT]
    insert_rows(
        tx.session,
        "roster_line",
        ("roster_id", "effect", "file", "line", "who", "text"),
        [(row.id, one.effect.value, one.file, one.line, one.who, one.text) for one in lines],
    )


def _settle(tx: Transaction, row: Roster, state: RosterState) -> None:
    """End the story of a roster: what it did stays as counts, names and files go."""
    audit.change(tx, f"roster.{state.value}", row, state=state, settled_at=tx.now)
    tx.session.execute(delete(RosterLine).where(RosterLine.roster_id == row.id))
    tx.session.execute(delete(RosterFile).where(RosterFile.roster_id == row.id))


def _noting(roster_id: int) -> plans.Step:
    return lambda done, total: progress_note.write(roster_id, done, total)


@contextmanager
def _folder(roster_id: int) -> Iterator[Path]:
    """The files of a roster in a folder, for as long as they are read."""
    files = select(RosterFile.name, RosterFile.content).where(RosterFile.roster_id == roster_id)
    with TemporaryDirectory() as name:
        for file, content in db.session.execute(files):
            (Path(name) / file).write_bytes(content)
        yield Path(name)


def _get(tx: Transaction, roster_id: int) -> Roster:
    row = tx.session.scalar(select(Roster).where(Roster.id == roster_id).with_for_update())
    if row is None:
        raise NotFound(f"roster {roster_id}")
    return row
