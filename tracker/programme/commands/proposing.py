"""Propose a change of the curriculum, look at what it moves, save it or let it be; put a former state back."""

from collections.abc import Sequence

from sqlalchemy import func, select

from tracker.core import audit, jobs
from tracker.core.actor import Actor, Right
from tracker.core.database import Transaction, db, transaction
from tracker.core.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.curriculum import queries as curriculum_queries
from tracker.curriculum import rules as definitions
from tracker.curriculum.rules import Curriculum
from tracker.exchange.files import read_curriculum, written_curriculum
from tracker.people.models import Person
from tracker.programme.commands import keeping
from tracker.programme.commands.editing import Refusal, bring_about, refusals
from tracker.programme.commands.previewing import check_base, work_out
from tracker.programme.commands.restoring import restorable
from tracker.programme.models import CurriculumChange, CurriculumState, Proposal
from tracker.programme.rules import (
    Entry,
    How,
    Kind,
    differences,
    entry_of,
    fingerprint,
    in_order_of,
    with_entry,
    with_former,
    without,
)

PREVIEW_JOB = "programme.preview"
AT_ONCE = 3_000
"""For so many people a preview is worked out while its page is waited for; for more, by a job."""
NOTHING_CHANGES = "Nothing would change: this is how the curriculum stands."
MEANWHILE = "The curriculum was changed meanwhile. Check what stands here, then go on."


class NotPossible(Invalid):
    """A curriculum that may not be brought about, with every reason."""

    def __init__(self, found: list[Refusal]) -> None:
        super().__init__(found[0].key, " ".join(refusal.why for refusal in found))
        self.refusals = found


def propose_entry(actor: Actor, entry: Entry, seen: str, notes: Sequence[str] = ()) -> int:
    """Propose to write one thing; `seen` is the mark of the curriculum that its writer had before her, `notes` say what
    of her wish was left out. The proposal's id. Raises Conflict, and NotPossible."""
    with transaction(actor) as tx:
        current = _current(tx)
        if fingerprint(written_curriculum(current)) != seen:
            raise Conflict(MEANWHILE)
        proposal_id = _add(tx, with_entry(current, entry), How.FORM, notes)
    return _ready(proposal_id)


def propose_removal(actor: Actor, kind: Kind, code: str) -> int:
    """Propose to remove one thing. Raises NotFound, Conflict where others need it, and NotPossible."""
    with transaction(actor) as tx:
        current = _current(tx)
        wanted = without(current, kind, code)
        if wanted == current:
            raise NotFound(f"{kind} {code}")
        if kind is Kind.MODULE and (users := _users(current, code)):
            raise Conflict(f"It cannot be removed while these name it: {', '.join(users)}.")
        proposal_id = _add(tx, wanted, How.FORM)
    return _ready(proposal_id)


def propose_file(actor: Actor, wanted: Curriculum) -> int:
    """Propose to put a whole curriculum in the place of the one there is. Raises Conflict, and NotPossible."""
    with transaction(actor) as tx:
        proposal_id = _add(tx, wanted, How.FILE)
    return _ready(proposal_id)


def propose_state(actor: Actor, state_id: int) -> int:
    """Propose to put a former state back, whole but for what was added since and has to stay. Raises NotFound,
    Conflict, and NotPossible."""
    with transaction(actor) as tx:
        if (state := tx.session.get(CurriculumState, state_id)) is None:
            raise NotFound(f"state {state_id}")
        proposal_id = _add_former(tx, read_curriculum(state.text.encode()))
    return _ready(proposal_id)


def propose_before(actor: Actor, change_id: int) -> int:
    """Propose to put one thing back as it was before a change. Raises NotFound, Conflict, and NotPossible."""
    with transaction(actor) as tx:
        if (change := tx.session.get(CurriculumChange, change_id)) is None:
            raise NotFound(f"change {change_id}")
        former = None if change.before is None else entry_of(change.kind, change.before)
        wanted = with_former(_current(tx), change.kind, change.code, former)
        proposal_id = _add_former(tx, wanted)
    return _ready(proposal_id)


def propose_again(actor: Actor, proposal_id: int) -> int:
    """Put the same change on top of what the curriculum has become meanwhile, as a new proposal."""
    with transaction(actor) as tx:
        proposal = _locked(tx, proposal_id)
        wanted = _current(tx)
        for change in differences(read_curriculum(proposal.base.encode()), read_curriculum(proposal.wanted.encode())):
            wanted = with_former(wanted, change.kind, change.code, change.after)
        new_id = _add(tx, wanted, proposal.how, proposal.notes)
        tx.session.delete(proposal)
    return _ready(new_id)


def save(actor: Actor, proposal_id: int) -> bool:
    """Bring a proposal about, whole or not at all; false where that was done before. Raises NotFound, and Conflict
    where the curriculum has changed since, or the preview is not there yet."""
    with transaction(actor) as tx:
        tx.lock_shape()
        proposal = _locked(tx, proposal_id)
        if proposal.applied_at is not None:
            return False
        if proposal.preview is None:
            raise Conflict("The preview is not there yet.")
        check_base(tx, proposal.base)
        keeping.keep_first(tx)
        bring_about(actor, read_curriculum(proposal.base.encode()), read_curriculum(proposal.wanted.encode()))
        keeping.keep(tx, proposal.how)
        proposal.applied_at = tx.now
        audit.record(tx, "proposal.saved", "proposal", proposal.id)
        return True


def discard(actor: Actor, proposal_id: int) -> None:
    """Let a proposal be. Raises NotFound, and Conflict for one that was saved."""
    with transaction(actor) as tx:
        proposal = _locked(tx, proposal_id)
        if proposal.applied_at is not None:
            raise Conflict("This change was saved already.")
        audit.record(tx, "proposal.discarded", "proposal", proposal.id)
        tx.session.delete(proposal)


def _current(tx: Transaction) -> Curriculum:
    """The curriculum as it is, for somebody who may change it. Raises Forbidden."""
    if not tx.actor.has(Right.CURRICULUM_WRITE):
        raise Forbidden("You cannot change the curriculum.")
    return curriculum_queries.curriculum(tx.session)


def _locked(tx: Transaction, proposal_id: int) -> Proposal:
    _current(tx)
    proposal = tx.session.scalar(select(Proposal).where(Proposal.id == proposal_id).with_for_update())
    if proposal is None:
        raise NotFound(f"proposal {proposal_id}")
    return proposal


def _add_former(tx: Transaction, wanted: Curriculum) -> int:
    """A proposal of what was before, as far as it can be put back; its id."""
    found = restorable(tx.session, _current(tx), wanted, tx.today)
    return _add(tx, found.curriculum, How.RESTORED, found.notes)


def _add(tx: Transaction, wanted: Curriculum, how: How, notes: Sequence[str] = ()) -> int:
    """A proposal of what may be brought about; its id."""
    current = _current(tx)
    base, text = written_curriculum(current), written_curriculum(in_order_of(current, wanted))
    if base == text:
        raise Conflict(" ".join([NOTHING_CHANGES, *notes]))
    _check_fits_together(wanted)
    if found := list(refusals(tx.session, current, wanted)):
        raise NotPossible(found)
    people = tx.session.scalar(select(func.count()).select_from(Person)) or 0
    proposal = Proposal(
        made_at=tx.now,
        account_id=tx.actor.account_id,
        how=how,
        base=base,
        wanted=text,
        done=0,
        total=people,
        notes=list(notes),
    )
    tx.session.add(proposal)
    tx.session.flush()
    audit.record(tx, "proposal.made", "proposal", proposal.id)
    if people > AT_ONCE:
        jobs.enqueue(tx, PREVIEW_JOB)
    return proposal.id


def _check_fits_together(wanted: Curriculum) -> None:
    """Raises Invalid where a thing names a module that would not be there."""
    try:
        definitions.read(definitions.write(wanted))
    except definitions.Refused as refusal:
        kinds: dict[str, Sequence[Entry]] = {
            "module": wanted.modules,
            "requirement": wanted.requirements,
            "gate": wanted.gates,
        }
        why = f"{kinds[refusal.kind][refusal.index].code} would name {refusal.value}, which {refusal.why}."
        raise Invalid(refusal.key, why) from None


def _users(curriculum: Curriculum, code: str) -> list[str]:
    """What names a module, by code."""
    asked = [one.code for one in curriculum.requirements if code in one.modules]
    counted = [one.code for one in curriculum.gates if code in one.needs]
    return asked + counted + [one.code for one in curriculum.modules if code in (*one.after, *one.ideally_after)]


def _ready(proposal_id: int) -> int:
    """Work a preview for few people out at once; those of many wait for the worker."""
    if (db.session.scalar(select(Proposal.total).where(Proposal.id == proposal_id)) or 0) <= AT_ONCE:
        work_out(proposal_id)
    return proposal_id
