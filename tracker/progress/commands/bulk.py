"""Deeds on many people at once: one function says for whom, the preview and the deed both; whoever did it can undo it.

Undoing appends a completion in the place of each: a rejected one for what was logged, and the claim again for what was
verified. What somebody has touched since, and who is no longer the doer's to see, is left alone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from tracker.core import audit
from tracker.core.actor import Actor, Right
from tracker.core.database import Transaction, db, transaction
from tracker.core.errors import Conflict, Forbidden, NotFound
from tracker.people.models import Person
from tracker.people.queries import people_at_home_in
from tracker.progress import policy
from tracker.progress.commands import completions
from tracker.progress.commands.completions import Statement
from tracker.progress.models import BulkDeed, BulkDeedRow, Completion, CompletionEntry, DeedKind, PassedOver
from tracker.progress.queries.bulk import TIME_TO_UNDO
from tracker.progress.rules import State
from tracker.terms.queries import say

MOST_AT_ONCE = 2_000
"""People in one deed: it is one transaction, for which other writers wait."""
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
    """For whom logging one module would record something, as things stand now."""
    ids = sorted(set(person_ids))
    near, recorded = _within_sight(actor, ids), _recorded_that_day(ids, said)

    def why(person_id: int) -> PassedOver | None:
        if person_id == actor.person_id:
            return PassedOver.ONESELF
        if person_id not in near:
            return PassedOver.AWAY
        return PassedOver.RECORDED if person_id in recorded else None

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
        tx.lock_people(*person_ids)
        plan = plan_log(actor, person_ids, said)
        _check_somebody_is_left(plan)
        recorded = completions.log_roster(actor, [step.person_id for step in plan.done], said)
        return _keep(tx, BulkDeed(kind=DeedKind.LOG, **_about(tx, unit_id, said)), plan, recorded)


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
        tx.lock_people(*(step.person_id for step in plan_verify(actor, claim_ids).done))
        plan = plan_verify(actor, claim_ids)
        _check_somebody_is_left(plan)
        verified = [completions.verify(actor, step.claim_id) for step in plan.done if step.claim_id is not None]
        about = {**_about(tx, unit_id, said), "completed_on": None}
        return _keep(tx, BulkDeed(kind=DeedKind.VERIFY, **about), plan, verified)


def undo(actor: Actor, deed_id: int) -> None:
    """Take back what a deed of one's own did, as far as nobody has touched it since.

    Raises NotFound, Forbidden for somebody else's, and Conflict when it was undone before or is too long ago.
    """
    with transaction(actor) as tx:
        deed = _own_deed(tx, actor, deed_id)
        done = {row.completion_id: row for row in _rows(tx, deed_id) if row.completion_id is not None}
        people = [row.person_id for row in done.values()]
        tx.lock_people(*people)
        near, touched = _within_sight(actor, people), _replaced(tx, list(done))
        ours = [key for key, row in done.items() if row.person_id in near and key not in touched]
        entries = _claims_behind(tx, ours) if deed.kind is DeedKind.VERIFY else {}
        state = State.CLAIMED if deed.kind is DeedKind.VERIFY else State.REJECTED
        for old in tx.session.scalars(select(Completion).where(Completion.id.in_(ours)).order_by(Completion.id)).all():
            entry = entries.get(old.id)
            how, note = (entry.how, entry.note) if entry else (None, None)
            said = Statement(old.course, old.completed_on, how, note)
            done[old.id].taken_back_by_id = completions.take_back(tx, old, said, state)
        audit.change(tx, "bulk_deed.undone", deed, undone_at=tx.now)


# What they share


def _check_number(ids: Collection[int]) -> None:
    if len(ids) > MOST_AT_ONCE:
        raise Conflict(f"This can be done for {MOST_AT_ONCE:,} people at most in one go.")


def _check_somebody_is_left(plan: Plan) -> None:
    if not plan.done:
        raise Conflict("Nothing was done: nobody is left for whom this could be recorded.")


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


def _about(tx: Transaction, unit_id: int, said: Statement) -> dict[str, object]:
    return {
        "unit_id": unit_id,
        "course": said.course,
        "completed_on": said.completed_on,
        "done_at": tx.now,
        "done_by": tx.actor.account_id,
        "form_key": said.form_key,
    }


def _keep(tx: Transaction, deed: BulkDeed, plan: Plan, completion_ids: Sequence[int]) -> int:
    """Keep what a deed did for whom, so that it can be told and undone; its id."""
    tx.session.add(deed)
    tx.flush(SENT_BEFORE)
    done = zip(plan.done, completion_ids, strict=True)
    tx.session.add_all(
        BulkDeedRow(deed_id=deed.id, person_id=step.person_id, completion_id=completion_id)
        for step, completion_id in done
    )
    tx.session.add_all(
        BulkDeedRow(deed_id=deed.id, person_id=step.person_id, passed_over=step.passed_over)
        for step in plan.passed_over
    )
    after = audit.values_of(deed) | {"done": len(plan.done), "passed_over": len(plan.passed_over)}
    audit.record(tx, "bulk_deed.done", "bulk_deed", deed.id, after=after)
    return deed.id


def _own_deed(tx: Transaction, actor: Actor, deed_id: int) -> BulkDeed:
    """A deed that the actor may undo now; two at once take turns."""
    deed = tx.session.scalar(select(BulkDeed).where(BulkDeed.id == deed_id).with_for_update())
    if deed is None or (deed.done_by != actor.account_id and not actor.has(Right.RECORDS_READ_ALL)):
        raise NotFound(f"deed {deed_id}")
    if deed.done_by != actor.account_id:
        raise Forbidden("Only whoever did this can undo it.")
    if deed.undone_at is not None:
        raise Conflict("This has been undone already.")
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
    """How the claims were entered that these completions verified."""
    rows = tx.session.execute(
        select(Completion.id, CompletionEntry)
        .join(CompletionEntry, CompletionEntry.completion_id == Completion.corrects_id)
        .where(Completion.id.in_(completion_ids))
    )
    return dict(rows.all())
