"""Puts an explanation together: a summary in one line, and the sentences behind it."""

from collections.abc import Iterator, Sequence

from tracker.core.days import NEVER_AFTER
from tracker.progress.explanations import dates, outlook, records, scope
from tracker.progress.explanations.case import PAUSED, Case, Record
from tracker.progress.explanations.words import STATUSES, on, quoted, sentence
from tracker.progress.rules import Cycle, Months, Span, Status, Waived, cycle_on


def summary(case: Case) -> str:
    """Where the module stands on the day, in one line that begins with the day."""
    return f"On {on(case.day)}, {standing(case)}."


def sentences(case: Case) -> tuple[str, ...]:
    """Why it stands there: scope, start, waiver and leave, dates, records, and what comes next."""
    start = case.start
    if start is None:
        return tuple(scope.not_asked(case))
    return (
        *scope.asked(case),
        *scope.start(case, start),
        *(_pause(case) if _is_paused(case) else _dates_and_records(case, start)),
        *outlook.next_of(case),
    )


def standing(case: Case) -> str:
    """Where the module stands, inside a sentence."""
    now = case.now
    if now is None:
        return f"{case.title} is not asked of {case.person.who}"
    due = "" if now.due is None else on(now.due)
    match now.status:
        case Status.WAIVED:
            return f"{case.title} is waived"
        case Status.ON_LEAVE:
            return f"{case.person.who_is} on leave, so {case.title} is not due"
        case Status.SATISFIED:
            return _satisfied(case, now)
        case Status.PENDING:
            return f"{case.title} is pending: a claim waits to be verified"
        case Status.EXPIRED:
            return f"{case.title} has expired: what was done counted until {on((now.expires_on or 0) - 1)}"
        case Status.OVERDUE:
            return f"{case.title} is overdue: it was due on {due}"
        case Status.DUE_SOON:
            return f"{case.title} is due soon, on {due}"
        case Status.NOT_STARTED:
            return f"{case.title} is not started; {_when_due(case, now)}"


def _when_due(case: Case, now: Span) -> str:
    if now.due is None:
        return "it has no due day"
    return f"it is due on {on(now.due)}" if now.due >= case.day else f"its due day was {on(now.due)}"


def _satisfied(case: Case, now: Span) -> str:
    words = f"{case.title} is satisfied by a completion on {on(now.satisfied_on or 0)}"
    if now.expires_on is not None:
        return f"{words}, until it expires on {on(now.expires_on)}"
    if isinstance(case.rule.repeat, Cycle):
        return f"{words}, for the round that ends on {on(cycle_on(case.rule.repeat, case.day)[1])}"
    return words


# Waived or on leave


def _is_paused(case: Case) -> bool:
    return case.now is not None and case.now.status in PAUSED


def _pause(case: Case) -> Iterator[str]:
    """The waiver or the leave, by its days alone: reasons are nobody's business here."""
    if case.now and case.now.status is Status.WAIVED:
        yield from (_waiver(case, waiver) for waiver in _waivers(case))
    else:
        first, last = next(leave for leave in case.facts.leaves if leave[0] <= case.day <= leave[1])
        leave = f"from {on(first)} to {on(last)}" if last < NEVER_AFTER else f"since {on(first)}, which has no end yet,"
        yield f"The leave {leave} covers this day: while it lasts, nothing is due."
    if (used := records.deciding(case)) is not None:
        yield from records.of_used(case, used)
    yield from records.of_others(case)


def _waivers(case: Case) -> list[Waived]:
    """The waivers that cover the day, the requirement and the module."""
    return [
        one
        for one in case.facts.waivers
        if one.first <= case.day <= one.last
        and one.requirement in (None, case.rule.code)
        and one.module in (None, case.module.code)
    ]


def _waiver(case: Case, waiver: Waived) -> str:
    module = None if waiver.module is None else case.title
    requirement = None if waiver.requirement is None else quoted(case.names.requirement)
    if module and requirement:
        covered = f"{module} as part of {requirement}"
    elif module:
        covered = f"{module} wherever it is asked"
    else:
        covered = f"all of {requirement}" if requirement else "everything that is asked"
    until = " on" if waiver.last == NEVER_AFTER else f" to {on(waiver.last)}"
    return f"A waiver was approved from {on(waiver.first)}{until}, for {covered}."


# Dates and records


def _dates_and_records(case: Case, start: int) -> Iterator[str]:
    used = records.deciding(case)
    if isinstance(case.rule.repeat, Months) and used is not None:
        yield from _lasting(case, used, case.rule.repeat.months, start)
        return
    yield from dates.due(case, start)
    if used is None:
        yield from records.told(case)
        return
    yield from records.of_used(case, used)
    if isinstance(case.rule.repeat, Cycle):
        yield f"It counts until this round ends, on {on(cycle_on(case.rule.repeat, case.day)[1])}."
    elif used.day < start:
        yield "It came before the start and counts all the same."
    yield from records.of_others(case)


def _lasting(case: Case, used: Record, months: int, start: int) -> Iterator[str]:
    """A completion that lasts some months: its expiry day is the due day, unless it came before the start."""
    expiry, how = dates.expiry(case, used.day, months)
    is_stale = expiry <= start
    if is_stale:
        yield from dates.due(case, start)
    yield from records.of_used(case, used, is_stale=is_stale)
    yield from how
    if is_stale:
        yield "That is not after the start, so it is as if this completion were not there: nobody begins expired."
    else:
        yield "The expiry day is also the due day of the next completion."
    yield from records.of_others(case)


# All modules together


def summary_of_all(cases: Sequence[Case], now: Span | None) -> str:
    """Where all of a requirement stands on the day, in one line that begins with the day."""
    one = cases[0]
    title = quoted(one.names.requirement)
    if now is None:
        return f"On {on(one.day)}, {title} is not asked of {one.person.who}."
    due = "" if now.due is None else f"; the earliest due day is {on(now.due)}"
    return f"On {on(one.day)}, {title} as a whole is {STATUSES[now.status]}{due}."


def sentences_of_all(cases: Sequence[Case], now: Span | None) -> tuple[str, ...]:
    """Why all of a requirement stands where it does: scope, start, how modules add up, and each module's line."""
    one = cases[0]
    if now is None or one.start is None:
        return tuple(scope.not_asked(one))
    return (
        *scope.asked(one),
        *scope.start(one, one.start),
        _REASONS[now.status],
        *(sentence(f"{standing(case)}.") for case in cases),
    )


_REASONS = {
    Status.WAIVED: "As a whole it is waived, because every module is.",
    Status.ON_LEAVE: "As a whole it is on leave: the leave covers every module that is not waived.",
    Status.SATISFIED: "As a whole it is satisfied, because every module that is not waived is.",
    Status.PENDING: "As a whole it is pending: every module that is not waived is satisfied or waits.",
    Status.EXPIRED: "As a whole it is expired, because a module is and none is nearer to being late.",
    Status.OVERDUE: "As a whole it is overdue, because a module is, or has expired while it is required.",
    Status.DUE_SOON: "As a whole it is due soon, because a module is and none is overdue.",
    Status.NOT_STARTED: "As a whole it is not started: a module is not, and none is nearer to being late.",
}
