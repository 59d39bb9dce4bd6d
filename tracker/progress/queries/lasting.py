"""Whether what was done still counts on a day: not for a cycle that is over, and not once it has expired."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from tracker.core.days import Period, add_months
from tracker.progress.queries.homes import home
from tracker.progress.queries.since import last_day_at_home
from tracker.progress.queries.standing import Reason, Standing, standing
from tracker.progress.rules import Cycle, Months, Status, cycle_on


def asked_lately(person_id: int, today: date) -> Standing:
    """What is asked of a person today; of whoever has left, what was asked on her last day, to be looked at today."""
    asked = standing(person_id, today)
    if asked.tasks or home(person_id, today) is not None:
        return asked
    last_day = last_day_at_home(person_id, today)
    return asked if last_day is None else replace(standing(person_id, last_day), day=today)


def asking_for(course: str, asked: Standing) -> list[Reason]:
    """Every reason why a module is asked that a course counts as."""
    return [reason for task in asked.tasks if course in task.courses for reason in task.reasons]


def counts_no_more(done: date, reasons: Collection[Reason], day: date) -> bool:
    """Whether a completion that counted for what is asked counts for none of it any more. What nothing asks for is
    kept, and counts."""
    return bool(reasons) and not any(_still_counts(done, reason, day) for reason in reasons)


def cycle_of(done: date, reasons: Collection[Reason]) -> Period | None:
    """The cycle that a completion counted for, where what asks for it comes in cycles and was in force then."""
    for rule in (reason.rule for reason in reasons):
        if isinstance(rule.repeat, Cycle):
            begins, ends = cycle_on(rule.repeat, done.toordinal())
            if rule.first <= ends:
                return begins, ends
    return None


def _still_counts(done: date, reason: Reason, day: date) -> bool:
    number, says = done.toordinal(), reason.says
    match reason.rule.repeat:
        case Cycle() as cycle:
            return cycle_on(cycle, number) == cycle_on(cycle, day.toordinal())
        case Months(months) if says.status in (Status.WAIVED, Status.ON_LEAVE):
            return add_months(number, months) > day.toordinal()  # nobody looks at it now, so leave has not moved it
        case Months() if says.status is Status.SATISFIED and says.satisfied_on == done:
            return says.expires_on is None or says.expires_on > day
        case Months():
            return False
    return True
