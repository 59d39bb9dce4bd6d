"""Figures as pages show them, and how much of them whoever may not see names gets to see. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.core.days import month_end
from tracker.progress.rules import Status

SMALLEST_GROUP = 10
"""Figures of fewer people than this are kept back from whoever may not see names."""
STEP = 5
"""Rates without names are rounded to so many per cent."""
LOWEST, HIGHEST = 10, 90
"""Below and above these, a rounded rate says no more: else "0 %" and "100 %" would speak of each single person."""

FEWER = f"fewer than {SMALLEST_GROUP}"
WITHHELD = "not shown"
OTHER_DAY = "not on this day"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"

OUTSTANDING = (Status.OVERDUE, Status.EXPIRED, Status.DUE_SOON, Status.NOT_STARTED, Status.PENDING)
"""Who has something left to do, most urgent first."""
URGENCY = (*OUTSTANDING, Status.SATISFIED, Status.ON_LEAVE, Status.WAIVED)
"""All statuses in the order in which lists show them."""


@dataclass(frozen=True, slots=True)
class Figure:
    """How many people have each status; the fields are in the order of the numbers of `Status`."""

    waived: int = 0
    on_leave: int = 0
    satisfied: int = 0
    pending: int = 0
    expired: int = 0
    overdue: int = 0
    due_soon: int = 0
    not_started: int = 0

    @property
    def numbers(self) -> tuple[int, ...]:
        """One number for each status, in order."""
        return (
            *(self.waived, self.on_leave, self.satisfied, self.pending),
            *(self.expired, self.overdue, self.due_soon, self.not_started),
        )

    @property
    def in_scope(self) -> int:
        """Everybody it is asked of."""
        return self.waived + self.on_leave + self.denominator

    @property
    def denominator(self) -> int:
        """Everybody who is counted: neither waived nor on leave."""
        return self.satisfied + self.to_go

    @property
    def to_go(self) -> int:
        """Who is counted and has not satisfied it."""
        return self.pending + self.expired + self.overdue + self.due_soon + self.not_started

    def having(self, statuses: Iterable[Status]) -> int:
        """How many have one of these statuses."""
        return sum(self.numbers[status - 1] for status in statuses)


NOBODY = Figure()


def total(figures: Iterable[Figure]) -> Figure:
    """Several groups without a person in common as one."""
    rows = [figure.numbers for figure in figures]
    return Figure(*map(sum, zip(*rows, strict=True))) if rows else NOBODY


# Without names


@dataclass(frozen=True, slots=True)
class Group:
    """People who are counted together, and, as far as anybody may ask for them, the groups that they fall into."""

    key: str
    counted: int
    parts: Sequence["Group"] = ()


def kept_back(top: Group) -> frozenset[str]:
    """The groups whose figures stay hidden, so that nothing about a few people can be seen or worked out.

    Hidden are groups of a few; and, where what a whole and its shown parts leave over would be a few people, the next
    smallest parts too; and everything below what is hidden. `top` is where somebody's sight begins, so that all her
    pages hide the same.
    """
    hidden: set[str] = set()
    if top.counted < SMALLEST_GROUP:
        _hide(top, hidden)
    else:
        _look_below(top, hidden)
    return frozenset(hidden)


def _look_below(whole: Group, hidden: set[str]) -> None:
    by_size = sorted(whole.parts, key=lambda part: (part.counted, part.key))
    left_over = 0
    for part in by_size:
        if part.counted < SMALLEST_GROUP or 0 < left_over < SMALLEST_GROUP:
            left_over += part.counted
            _hide(part, hidden)
        else:
            _look_below(part, hidden)


def _hide(group: Group, hidden: set[str]) -> None:
    hidden.add(group.key)
    for part in group.parts:
        _hide(part, hidden)


def about(numerator: int, denominator: int) -> str:
    """A rate rounded to STEP per cent, halves up; at the ends only which end it is."""
    percent = rounded_percent(numerator, denominator)
    if percent < LOWEST:
        return f"under {LOWEST}{NO_BREAK_SPACE}%"
    if percent > HIGHEST:
        return f"over {HIGHEST}{NO_BREAK_SPACE}%"
    return f"about {percent}{NO_BREAK_SPACE}%"


def rounded_percent(numerator: int, denominator: int) -> int:
    """The same as a number, for a bar or a line; one step beyond the ends stands for all that lies there."""
    steps = 100 // STEP
    percent = STEP * ((2 * steps * numerator + denominator) // (2 * denominator))
    return min(max(percent, LOWEST - STEP), HIGHEST + STEP)


def is_day_without_names(day: date, today: date) -> bool:
    """Whether figures without names are given for a day: today and month ends, so that no single day can be told."""
    return day in (today, month_end(day))


def words_without_names(figure: Figure, day: date, today: date, *, is_kept_back: bool) -> str:
    """What stands in the place of a figure."""
    if not is_day_without_names(day, today):
        return OTHER_DAY
    if figure.denominator < SMALLEST_GROUP:
        return FEWER
    if is_kept_back:
        return WITHHELD
    return about(figure.satisfied, figure.denominator)
