"""How a due or expiry day came about, in words: fixed days, days after the start, cycles, months, and leave."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tracker.core.days import add_months
from tracker.progress.explanations.case import Case
from tracker.progress.explanations.words import count, on
from tracker.progress.rules import (
    DAYS_AFTER_LEAVE,
    DAYS_AFTER_START_IN_CYCLE,
    Cycle,
    Level,
    Move,
    Rule,
    Status,
    cycle_on,
    due_before_leave,
    moves_by_leave,
)


def due(case: Case, start: int) -> Iterator[str]:
    """How the due day of "once", of the first time, or of this round came about."""
    if isinstance(case.rule.repeat, Cycle):
        begins, ends = cycle_on(case.rule.repeat, case.day)
        yield f"It is asked anew each year; this round runs from {on(begins)} to {on(ends)}."
    before, since = due_before_leave(case.rule, start, case.day)
    if before is None:
        yield "It has no due day."
        return
    moves = moves_by_leave(before, since, case.finished_leaves())
    begin = "Without leave the due day would be" if moves else "The due day is"
    yield f"{begin} {on(before)}: {_why_due(case, start, before)}."
    yield from _moved("due day", before, moves, since)
    day = moves[-1].to if moves else before
    now = case.now
    if now and now.status is Status.NOT_STARTED and case.rule.level is not Level.REQUIRED and case.day > day:
        yield f"It is {case.rule.level} and not required, so it never becomes overdue."


def _why_due(case: Case, start: int, due_day: int) -> str:
    if isinstance(case.rule.repeat, Cycle):
        return _why_due_in_cycle(case, case.rule.repeat, start, due_day)
    fixed, days = case.rule.due_date, case.rule.days_after_start
    after = None if days is None else _after_start(days)
    if fixed is None:
        return str(after)
    if days is None:
        return "a fixed day"
    return f"the later of the fixed day, {on(fixed)}, and {on(start + days)}, {after}"


def _after_start(days: int) -> str:
    return f"{count(days, 'day')} after the start" if days else "the day of the start"


def _why_due_in_cycle(case: Case, cycle: Cycle, start: int, due_day: int) -> str:
    begins, ends = cycle_on(cycle, case.day)
    of_round, _ = due_before_leave(_only_its_cycle(case.rule), begins, case.day)
    own = "the last day of the round" if cycle.due_by is None else "the day set for each round"
    if due_day == of_round:
        return own
    later = f"which is later than {own}, {on(of_round or ends)}"
    if due_day == case.rule.due_date:
        return f"a fixed day, {later}"
    days = DAYS_AFTER_START_IN_CYCLE if case.rule.days_after_start is None else case.rule.days_after_start
    return f"{_after_start(days)}, {later}"


def _only_its_cycle(rule: Rule) -> Rule:
    """The rule without what may make a round's due day later."""
    return replace(rule, due_date=None, days_after_start=0)


def expiry(case: Case, done: int, months: int) -> tuple[int, list[str]]:
    """The expiry day of a completion that counted, and how it came about."""
    before = add_months(done, months)
    moves = moves_by_leave(before, done, case.finished_leaves())
    lasts = f"A completion lasts {count(months, 'month')}"
    begin = "without leave the expiry day of this one would be" if moves else "the expiry day of this one is"
    words = [f"{lasts}: {begin} {on(before)}.", *_moved("expiry day", before, moves, done)]
    return moves[-1].to if moves else before, words


def _moved(noun: str, day: int, moves: Iterable[Move], since: int) -> Iterator[str]:
    """Each finished leave that moved a day, and by how much."""
    for move in moves:
        part = f" (those from {on(since)} on)" if move.first < since else ""
        leave = f"The leave from {on(move.first)} to {on(move.last)}"
        moved = f"{leave} moved the {noun} later by {count(move.days, 'day')}{part}"
        if move.to - day > move.days:
            yield f"{moved}, and then on to {on(move.to)}: at least {DAYS_AFTER_LEAVE} days are given after a leave."
        else:
            yield f"{moved}, to {on(move.to)}."
        day = move.to
