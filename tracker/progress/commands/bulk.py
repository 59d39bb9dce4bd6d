"""Deeds on many people at once: one function says for whom, the preview and the deed both; whoever did it can undo it.

A deed is done for a few people in each transaction, so that others write in between: for the first of them at once, for
the rest by a job. Each is judged as things stand when it is her turn.

Undoing appends a completion in the place of each: a rejected one for what was logged, and the claim again for what was
decided. What somebody has touched since, and who is no longer the doer's to see, is left alone.

A decision on a single claim is such a deed too, so that it is told and undone like all others.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select

from tracker.core import audit, jobs
from tracker.core.actor import Actor, Right
from tracker.core.database import Transaction, db, transaction
from tracker.core.errors import Conflict, Forbidden, NotFound
from tracker.people.models import Appointment, Person
from tracker.people.queries import covers, people_at_home_in
from tracker.progress import policy
from tracker.progress.commands import completions
from tracker.progress.commands.completions import Statement
from tracker.progress.models import (
    BulkDeed,
    BulkDeedPart,
    BulkDeedRow,
    Completion,
    CompletionEntry,
    DeedKind,
    PassedOver,
)
from tracker.progress.queries.bulk import TIME_TO_UNDO
from tracker.progress.rules import State
from tracker.terms.queries import say

MOST_AT_ONCE = 5_000
"""People in one deed."""
PEOPLE_A_PART = 25
"""People in one transaction of a deed: others wait for it no longer than for any other write."""
JOB = "progress.go_on_with_deeds"
HOW = "workshop"
"""How what is logged for many was done."""
SENT_BEFORE = "This form has been sent already."


@dataclass(frozen=True, slots=True)
class Step:
    """What a deed would do for a person; of a claim, with its id. `passed_over` says why it does nothing."""

    person_id: int
    claim_id: int | None = None
    passed_over: PassedOver | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """For whom a deed will do something, and for whom not."""

    steps: Sequence[Step]

    @property
    def done(self) -> list[Step]:
        """Those for whom it does something."""
        return [step for step in self.steps if step.passed_over is None]

    @property
    def passed_over(self) -> list[Step]:
        """Those for whom it does nothing."""
        return [step for step in self.steps if step.passed_over is not None]


def plan_log(actor: Actor, person_ids: Collection[int], said: Statement) -> Plan:
    """For whom logging one module would record something, as things stand now. Raises Invalid where there is no such
    module."""
    ids = sorted(set(person_ids))
    near, recorded = _within_sight(actor, ids), _recorded_that_day(ids, said)
    held_back = completions.lacking(ids, said)

    def why(person_id: int) -> PassedOver | None:
        if person_id == actor.person_id:
            return PassedOver.ONESELF
        if person_id not in near:
            return PassedOver.AWAY
        if person_id in recorded:
            return PassedOver.RECORDED
        return PassedOver.HELD_BACK if person_id in held_back else None

    return Plan([Step(person_id, None, why(person_id)) for person_id in ids])


def plan_verify(actor: Actor, claim_ids: Collection[int]) -> Plan:
    """Which claims can be verified, as things stand now."""
    claims = db.session.execute(
        select(Completion.id, Completion.person_id).where(Completion.id.in_(claim_ids)).order_by(Completion.id)
    ).all()
    among = Completion.id.in_(claim_ids)
    near = set(db.session.scalars(select(Completion.id).where(among, policy.claim_known_to(actor))))
    waiting = set(db.session.scalars(select(Completion.id).where(among, policy.waits_for_decision())))

    def why(claim_id: int, person_id: int) -> PassedOver | None:
        if person_id == actor.person_id:
            return PassedOver.ONESELF
        if claim_id not in near:
            return PassedOver.AWAY
        return None if claim_id in waiting else PassedOver.DECIDED

    return Plan([Step(person_id, claim_id, why(claim_id, person_id)) for claim_id, person_id in claims])


def log(actor: Actor, unit_id: int, person_ids: Collection[int], said: Statement) -> int:
    """Log one module for many people of a unit, verified; the deed's id. Sent twice, it is done once.

    Whoever cannot be recorded any more is passed over. Raises Forbidden, Invalid, or Conflict where nobody is left.
    """
    if not actor.has(Right.COMPLETIONS_LOG_UNIT):
        raise Forbidden("You cannot log completions for others.")
    _check_number(person_ids)
    with transaction(actor) as tx:
        if (before := _done_by_form(tx, said.form_key)) is not None:
            return before
        deed = BulkDeed(kind=DeedKind.LOG, **_about(tx, unit_id, said))
        return _begin(tx, deed, lambda: plan_log(actor, person_ids, said))


def verify(actor: Actor, unit_id: int, claim_ids: Collection[int], said: Statement) -> int:
    """Verify many claims of a module; the deed's id. Sent twice, it is done once.

    What was decided or withdrawn meanwhile is passed over. Raises Forbidden, or Conflict where no claim is left.
    """
    if not actor.has(Right.CLAIMS_DECIDE):
        raise Forbidden("You cannot decide claims.")
    _check_number(claim_ids)
    with transaction(actor) as tx:
        if (before := _done_by_form(tx, said.form_key)) is not None:
            return before
        about = {**_about(tx, unit_id, said), "completed_on": None}
        return _begin(tx, BulkDeed(kind=DeedKind.VERIFY, **about), lambda: plan_verify(actor, claim_ids))


def decide(actor: Actor, claim_id: int, state: State, *, note: str | None = None) -> int:
    """Verify or turn down one claim; the deed's id. Raises NotFound, Forbidden for one's own, or Conflict."""
    is_verified = state is State.VERIFIED
    with transaction(actor) as tx:
        claim = policy.get_for_decision(actor, claim_id)
        if is_verified:
            decided = completions.verify(actor, claim_id, note=note)
        else:
            decided = completions.reject(actor, claim_id, note=note)
        said = Statement(claim.course, claim.completed_on)
        kind = DeedKind.VERIFY if is_verified else DeedKind.REJECT
        deed = BulkDeed(kind=kind, **_about(tx, _home_of(tx, claim.person_id), said))
        tx.session.add(deed)
        tx.session.flush()
        _keep(tx, deed, Plan([Step(claim.person_id, claim_id)]), [decided])
        return deed.id


def undo(actor: Actor, deed_id: int) -> None:
    """Take back what a deed of one's own did, as far as nobody has touched it since.

    Raises NotFound, Forbidden for somebody else's, and Conflict when it is still being done, was undone before or is
    too long ago.
    """
    with transaction(actor) as tx:
        deed = _own_deed(tx, actor, deed_id)
        deed.undone_at = tx.now
        done = [row for row in _rows(tx, deed_id) if row.completion_id is not None]
        _put_up(tx, deed, [(row.person_id, row.completion_id) for row in done])
        _go_on(tx, deed)


def go_on(actor: Actor, deed_id: int) -> None:
    """Do the next part of a deed that has begun, or of its undoing, for whoever began it: `actor` is she, today."""
    with transaction(actor) as tx:
        deed = tx.session.scalar(select(BulkDeed).where(BulkDeed.id == deed_id).with_for_update())
        if deed is not None:
            _go_on(tx, deed)


# In parts


def _begin(tx: Transaction, deed: BulkDeed, plan_now: Callable[[], Plan]) -> int:
    """Begin a deed, and do it for the first few; its id."""
    tx.lock_people(*(step.person_id for step in plan_now().steps[:PEOPLE_A_PART]))
    plan = plan_now()
    if not plan.done:
        raise Conflict("Nothing was done: nobody is left for whom this could be recorded.")
    tx.session.add(deed)
    tx.flush(SENT_BEFORE)
    _put_up(tx, deed, [(step.person_id, step.claim_id) for step in plan.steps])
    _go_on(tx, deed)
    return deed.id


def _put_up(tx: Transaction, deed: BulkDeed, about: Sequence[tuple[int, int | None]]) -> None:
    """Write down for whom something is to be done, and have the job do what is more than a part."""
    rows = [{"deed_id": deed.id, "person_id": person_id, "completion_id": found} for person_id, found in about]
    if rows:
        tx.session.execute(insert(BulkDeedPart), rows)
    if len(rows) > PEOPLE_A_PART:
        jobs.enqueue(tx, JOB)


def _go_on(tx: Transaction, deed: BulkDeed) -> None:
    """Do the next part; with the last, the deed is done."""
    left = select(BulkDeedPart).where(BulkDeedPart.deed_id == deed.id).order_by(BulkDeedPart.id)
    parts = tx.session.scalars(left.limit(PEOPLE_A_PART + 1)).all()
    now, is_last = parts[:PEOPLE_A_PART], len(parts) <= PEOPLE_A_PART
    tx.lock_people(*(part.person_id for part in now))
    if deed.undone_at is not None:
        _take_back(tx, deed, [part.completion_id for part in now if part.completion_id is not None])
    elif deed.kind is DeedKind.LOG:
        _log(tx, deed, [part.person_id for part in now])
    else:
        _verify(tx, deed, [part.completion_id for part in now if part.completion_id is not None])
    tx.session.execute(delete(BulkDeedPart).where(BulkDeedPart.id.in_([part.id for part in now])))
    if is_last:
        _note_end(tx, deed)


def _log(tx: Transaction, deed: BulkDeed, person_ids: Sequence[int]) -> None:
    said = Statement(deed.course, deed.completed_on or tx.today, HOW)
    plan = plan_log(tx.actor, person_ids, said)
    people = [step.person_id for step in plan.done]
    _keep(tx, deed, plan, completions.log_roster(tx.actor, people, said) if people else [])


def _verify(tx: Transaction, deed: BulkDeed, claim_ids: Sequence[int]) -> None:
    plan = plan_verify(tx.actor, claim_ids)
    claims = [step.claim_id for step in plan.done if step.claim_id is not None]
    _keep(tx, deed, plan, [completions.verify(tx.actor, claim_id) for claim_id in claims])


def _take_back(tx: Transaction, deed: BulkDeed, completion_ids: Sequence[int]) -> None:
    rows = select(BulkDeedRow).where(BulkDeedRow.completion_id.in_(completion_ids))
    done = {row.completion_id: row for row in tx.session.scalars(rows)}
    near = _within_sight(tx.actor, [row.person_id for row in done.values()])
    touched = _replaced(tx, completion_ids)
    ours = [key for key in completion_ids if done[key].person_id in near and key not in touched]
    entries = {} if deed.kind is DeedKind.LOG else _claims_behind(tx, ours)
    state = State.REJECTED if deed.kind is DeedKind.LOG else State.CLAIMED
    for old in tx.session.scalars(select(Completion).where(Completion.id.in_(ours)).order_by(Completion.id)).all():
        entry = entries.get(old.id)
        how, note = (entry.how, entry.note) if entry else (None, None)
        said = Statement(old.course, old.completed_on, how, note)
        done[old.id].taken_back_by_id = completions.take_back(tx, old, said, state)


def _keep(tx: Transaction, deed: BulkDeed, plan: Plan, completion_ids: Sequence[int]) -> None:
    """Keep what a deed did for whom, so that it can be told and undone."""
    done = zip(plan.done, completion_ids, strict=True)
    tx.session.add_all(
        BulkDeedRow(deed_id=deed.id, person_id=step.person_id, completion_id=completion_id)
        for step, completion_id in done
    )
    tx.session.add_all(
        BulkDeedRow(deed_id=deed.id, person_id=step.person_id, passed_over=step.passed_over)
        for step in plan.passed_over
    )
    tx.session.flush()


def _note_end(tx: Transaction, deed: BulkDeed) -> None:
    """Write into the trail that a deed is done, or undone, and for how many."""
    taken_back = func.count(BulkDeedRow.taken_back_by_id)
    numbers = select(func.count(BulkDeedRow.completion_id), func.count(BulkDeedRow.passed_over), taken_back)
    tx.session.flush()
    done, passed_over, undone = tx.session.execute(numbers.where(BulkDeedRow.deed_id == deed.id)).one()
    about = audit.values_of(deed)
    if deed.undone_at is None:
        after = about | {"done": done, "passed_over": passed_over}
        audit.record(tx, "bulk_deed.done", "bulk_deed", deed.id, after=after)
    else:
        before, after = {"undone_at": None}, {"undone_at": deed.undone_at, "undone": undone}
        audit.record(tx, "bulk_deed.undone", "bulk_deed", deed.id, before=before, after=after, about=about)


# What they share


def _check_number(ids: Collection[int]) -> None:
    if len(ids) > MOST_AT_ONCE:
        raise Conflict(f"This can be done for {MOST_AT_ONCE:,} people at most in one go.")


def _within_sight(actor: Actor, person_ids: Collection[int]) -> set[int]:
    """Who of these is the actor's to record for: at home today in her units, anybody for the office."""
    if actor.has(Right.COMPLETIONS_LOG_ANY):
        return set(db.session.scalars(select(Person.id).where(Person.id.in_(person_ids))))
    at_home = people_at_home_in(actor.unit_ids, actor.today)
    return set(db.session.scalars(select(Person.id).where(Person.id.in_(person_ids), Person.id.in_(at_home))))


def _recorded_that_day(person_ids: Collection[int], said: Statement) -> set[int]:
    same = select(Completion.person_id).where(
        Completion.person_id.in_(person_ids),
        Completion.course == said.course,
        Completion.completed_on == said.completed_on,
        Completion.state == State.VERIFIED,
    )
    replaced = select(Completion.corrects_id).where(
        Completion.person_id.in_(person_ids), Completion.corrects_id.is_not(None)
    )
    return set(db.session.scalars(same.where(Completion.id.not_in(replaced))))


def _done_by_form(tx: Transaction, form_key: str | None) -> int | None:
    """The deed that a form which was sent before did."""
    if form_key is None:
        return None
    same = select(BulkDeed.id).where(BulkDeed.form_key == form_key, BulkDeed.done_by == tx.actor.account_id)
    return tx.session.scalar(same)


def _about(tx: Transaction, unit_id: int | None, said: Statement) -> dict[str, object]:
    return {
        "unit_id": unit_id,
        "course": said.course,
        "completed_on": said.completed_on,
        "done_at": tx.now,
        "done_by": tx.actor.account_id,
        "form_key": said.form_key,
    }


def _home_of(tx: Transaction, person_id: int) -> int | None:
    """Where somebody is at home today, if anywhere."""
    return tx.session.scalar(select(Appointment.unit_id).where(Appointment.person_id == person_id, covers(tx.today)))


def _own_deed(tx: Transaction, actor: Actor, deed_id: int) -> BulkDeed:
    """A deed that the actor may undo now; two at once take turns."""
    deed = tx.session.scalar(select(BulkDeed).where(BulkDeed.id == deed_id).with_for_update())
    if deed is None or (deed.done_by != actor.account_id and not actor.has(Right.RECORDS_READ_ALL)):
        raise NotFound(f"deed {deed_id}")
    if deed.done_by != actor.account_id:
        raise Forbidden("Only whoever did this can undo it.")
    if deed.undone_at is not None:
        raise Conflict("This has been undone already.")
    if tx.session.scalar(select(BulkDeedPart.id).where(BulkDeedPart.deed_id == deed_id).limit(1)) is not None:
        raise Conflict("This is still being done. You can undo it as soon as it is.")
    if tx.now >= deed.done_at + TIME_TO_UNDO:
        too_late = "This can no longer be undone: it was done more than 24 hours ago. The {office} can correct it."
        raise Conflict(say(too_late))
    return deed


def _rows(tx: Transaction, deed_id: int) -> Sequence[BulkDeedRow]:
    return tx.session.scalars(select(BulkDeedRow).where(BulkDeedRow.deed_id == deed_id)).all()


def _replaced(tx: Transaction, completion_ids: Sequence[int]) -> set[int]:
    """Which of these something stands in the place of."""
    found = tx.session.scalars(select(Completion.corrects_id).where(Completion.corrects_id.in_(completion_ids)))
    return {completion_id for completion_id in found if completion_id is not None}


def _claims_behind(tx: Transaction, completion_ids: Sequence[int]) -> Mapping[int, CompletionEntry]:
    """How the claims were entered that these completions decided."""
    rows = tx.session.execute(
        select(Completion.id, CompletionEntry)
        .join(CompletionEntry, CompletionEntry.completion_id == Completion.corrects_id)
        .where(Completion.id.in_(completion_ids))
    )
    return dict(rows.all())
