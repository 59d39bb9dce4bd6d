"""What is on record, in words: which completion counts, which do not and why, what replaced what, what waits."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from tracker.progress.explanations.case import PAUSED, Case, Record
from tracker.progress.explanations.words import listed, on
from tracker.progress.rules import Cycle, Months, State, Status, cycle_on
from tracker.terms.queries import say

NOUNS = {State.CLAIMED: "claim", State.VERIFIED: "completion", State.REJECTED: "rejected record"}
VERBS = {
    (State.CLAIMED, State.CLAIMED): "was corrected",
    (State.CLAIMED, State.VERIFIED): "was verified",
    (State.CLAIMED, State.REJECTED): "was rejected",
    (State.VERIFIED, State.CLAIMED): "was put back to a claim",
    (State.VERIFIED, State.VERIFIED): "was corrected",
    (State.VERIFIED, State.REJECTED): "was struck out",
    (State.REJECTED, State.CLAIMED): "was taken up again, as a claim",
    (State.REJECTED, State.VERIFIED): "was taken up again, as verified",
    (State.REJECTED, State.REJECTED): "was corrected",
}


def counting(case: Case) -> list[Record]:
    """The completions that count, up to the day, in order."""
    enough = {State.VERIFIED} if case.module.needs_verification else {State.VERIFIED, State.CLAIMED}
    found = [one for one in _standing(case) if one.state in enough and _is_here(case, one)]
    return sorted((one for one in found if one.day <= case.day), key=lambda one: (one.day, one.id))


def deciding(case: Case) -> Record | None:
    """The completion that the status rests on: the earliest where one is enough for good, else the latest that can
    bear on the day."""
    found = counting(case)
    if not found:
        return None
    if case.rule.repeat is None:
        return found[0]
    latest = found[-1]
    return None if latest.day < _round_begins(case) else latest


def told(case: Case) -> list[str]:
    """What is on record and bears on the day, where nothing counts."""
    return [*_of_earlier_round(case), *of_others(case)] or ["Nothing is on record for it up to this day."]


def _standing(case: Case) -> list[Record]:
    """The completions that nothing replaces."""
    replaced = {one.corrects for one in case.records}
    return [one for one in case.records if one.id not in replaced]


def _is_here(case: Case, record: Record) -> bool:
    return record.course in case.module.courses


def _round_begins(case: Case) -> int:
    """The first day from which completions bear on the day."""
    return cycle_on(case.rule.repeat, case.day)[0] if isinstance(case.rule.repeat, Cycle) else 0


# The completion in use


def of_used(case: Case, used: Record, *, is_stale: bool = False) -> Iterator[str]:
    """The completion that the status rests on, and its history; a stale one is there, but looked at no more."""
    yield from _history(case, used)
    status = case.now.status if case.now else None
    if is_stale or status in PAUSED:
        verb = "is on record"
    else:
        verb = "counts" if status is Status.SATISFIED else "was the latest to count"
    yield f"The completion of {on(used.day)} {verb}: {_how(case, used)}."
    if used.course != case.module.code:
        yield f"It was of {case.names.course(used.course)}, which counts as this module."


def _how(case: Case, record: Record) -> str:
    state = "verified" if record.state is State.VERIFIED else "a claim, which is enough for this module"
    return f"it is {state} ({_source(case, record)})"


def _source(case: Case, record: Record) -> str:
    known = {
        "self": f"logged by {case.person.who}",
        "roster": "from a sign-in list",
        "office": say("logged by the {office}"),
        "import": "imported",
    }
    return known.get(record.source, f"source: {record.source or 'not given'}")


# What replaced what


def _chain(case: Case, record: Record) -> list[Record]:
    """A completion and those it replaced, the oldest first."""
    by_id = {one.id: one for one in case.records}
    chain = [record]
    while (old := by_id.get(chain[0].corrects or 0)) is not None:
        chain.insert(0, old)
    return chain


def _history(case: Case, record: Record) -> Iterator[str]:
    """Each step by which a completion came to be what it is."""
    chain = _chain(case, record)
    for old, new in pairwise(chain):
        yield f"{_step(case, old, new)}."


def _step(case: Case, old: Record, new: Record) -> str:
    when = "" if new.entered_on is None else f" on {on(new.entered_on)}"
    changes = []
    if new.day != old.day:
        changes.append(f"its day is now {on(new.day)}")
    if new.course != old.course:
        changes.append(f"it is now of {case.names.course(new.course)}")
    verb = "was withdrawn" if _is_withdrawn(case, old, new) else VERBS[old.state, new.state]
    words = f"The {NOUNS[old.state]} of {on(old.day)} {verb}{when}"
    return f"{words}; {listed(changes)}" if changes else words


def _is_withdrawn(case: Case, old: Record, new: Record) -> bool:
    """Nobody decides her own claim: who turned down what she entered took it back. A claim whose decision was undone is
    still that of whoever made it."""
    chain = _chain(case, old)
    claims = [chain[0], *(one for before, one in pairwise(chain) if before.state is State.CLAIMED)]
    owners = [one.entered_by for one in claims if one.state is State.CLAIMED]
    is_turned_down = (old.state, new.state) == (State.CLAIMED, State.REJECTED)
    return is_turned_down and new.entered_by is not None and new.entered_by in owners[-1:]


# What does not count


def of_others(case: Case) -> Iterator[str]:
    """Rejected records, records that became another course's, claims that wait, and what lies after the day."""
    begins = _round_begins(case)
    for record in sorted(_standing(case), key=lambda one: (one.day, one.id)):
        chain = _chain(case, record)
        if any(_is_here(case, one) and begins <= one.day <= case.day for one in chain):
            yield from _of_other(case, record, chain)
    if case.now and case.now.status is not Status.SATISFIED:
        yield from _of_later(case)


def _of_other(case: Case, record: Record, chain: Sequence[Record]) -> Iterator[str]:
    if record.state is State.REJECTED:
        yield from _rejected(case, chain)
    elif not _is_here(case, record):
        yield from _history(case, record)
        yield "It no longer counts as this module."
    elif record.day > case.day or record.day < _round_begins(case):
        yield from _history(case, record)
    elif record.state is State.CLAIMED and case.module.needs_verification:
        yield from _history(case, record)
        yield from _waiting(case, record)


def _rejected(case: Case, chain: Sequence[Record]) -> Iterator[str]:
    if len(chain) == 1:
        yield f"The record of {on(chain[0].day)} is marked as rejected, so it does not count."
        return
    *steps, last = [_step(case, old, new) for old, new in pairwise(chain)]
    yield from (f"{step}." for step in steps)
    yield f"{last}, so it does not count."


def _waiting(case: Case, record: Record) -> Iterator[str]:
    yield f"The claim of {on(record.day)} waits to be verified ({_source(case, record)})."
    if record.course != case.module.code:
        yield f"It is of {case.names.course(record.course)}, which counts as this module."
    status = case.now.status if case.now else None
    if status is Status.PENDING:
        yield "It counts only once it is verified."
    elif isinstance(case.rule.repeat, Months) and status not in (Status.SATISFIED, *PAUSED):
        yield "Even verified, it would not count any more."


def _of_later(case: Case) -> Iterator[str]:
    """The first completion after the day, where the day itself has none."""
    later = [one for one in _standing(case) if one.day > case.day and _is_here(case, one)]
    for record in sorted(later, key=lambda one: (one.day, one.id))[:1]:
        if record.state is not State.REJECTED:
            yield f"The {NOUNS[record.state]} of {on(record.day)} lies after this day, so it does not count yet."


def _of_earlier_round(case: Case) -> Iterator[str]:
    """The latest completion that counted for an earlier round."""
    if isinstance(case.rule.repeat, Cycle):
        yield from (f"The completion of {on(one.day)} counted for an earlier round." for one in counting(case)[-1:])
