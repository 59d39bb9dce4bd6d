"""What comes next if nothing is logged, in words: when it is due, lapses, begins anew, or is no longer asked."""

from collections.abc import Iterator

from tracker.core.days import NEVER_AFTER
from tracker.progress.explanations.case import PAUSED, Case
from tracker.progress.explanations.words import STATUSES, on
from tracker.progress.rules import Cycle, Span, Status, cycle_on

PAUSES = {Status.WAIVED: "A waiver", Status.ON_LEAVE: "A leave"}


def next_of(case: Case) -> Iterator[str]:
    """The next thing that will happen by itself, as things stand on the day."""
    now = case.now
    if now is None:
        return
    round_ends = _round_ends(case, now)
    asked_until = next(last for first, last in case.runs if first <= case.day <= last)
    change = _first_change(case, now, min(asked_until, round_ends))
    if change is not None:
        yield _change(now, change)
    elif asked_until < min(round_ends, case.ahead_to):
        yield f"As things stand, it is asked until {on(asked_until)}."
    elif round_ends < case.ahead_to:
        yield f"The next round begins on {on(round_ends + 1)}; it will be asked anew then."
    elif now.status is Status.SATISFIED and case.rule.repeat is None:
        yield "The completion counts for good: nothing more is asked."
    if now.status in (Status.EXPIRED, Status.OVERDUE):
        once_verified = ", once it is verified" if case.module.needs_verification else ""
        yield f"A completion will set this right from its day on{once_verified}."


def _round_ends(case: Case, now: Span) -> int:
    """The last day of the round that holds the day; waivers and leaves outlast rounds."""
    if isinstance(case.rule.repeat, Cycle) and now.status not in PAUSED:
        return cycle_on(case.rule.repeat, case.day)[1]
    return NEVER_AFTER


def _first_change(case: Case, now: Span, last: int) -> Span | None:
    """The next span, begun by a last day, with another status; "due soon" is left out where the due day was told."""
    passed_over = {now.status} if now.status in PAUSED else {now.status, Status.DUE_SOON}
    return next((span for span in case.spans if span.first <= last and span.status not in passed_over), None)


def _change(now: Span, then: Span) -> str:
    day = on(then.first)
    if now.status in PAUSED:
        has_due = then.due is not None and then.status not in (Status.SATISFIED, Status.EXPIRED)
        due = f"; its due day is {on(then.due or 0)}" if has_due else ""
        return f"As things stand, it will be {STATUSES[then.status]} from {day} on{due}."
    if then.status in PAUSED:
        return f"{PAUSES[then.status]} begins on {day}; while it lasts, nothing is due."
    if then.status is Status.OVERDUE:
        return f"It will become overdue on {day} if nothing is logged."
    if now.status is Status.SATISFIED:
        return f"It will lapse on {day} if nothing is logged before."
    return f"It will be {STATUSES[then.status]} from {day} on if nothing is logged."
