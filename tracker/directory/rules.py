"""What becomes of a roster, which files it may have, and how what is on record meets what a file says. Pure."""

from collections.abc import Callable, Hashable, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, TypeVar

FILES = ("units.csv", "people.csv", "appointments.csv", "functions.csv", "leaves.csv")
"""What a roster is made of; the other plain files are no part of it."""
MOST_ENDING_PERCENT = 10
"""More than this share of the people here is not ended without a second yes."""


class RosterState(StrEnum):
    """Where a roster stands."""

    READING = "reading"
    READY = "ready"
    REFUSED = "refused"
    APPLYING = "applying"
    APPLIED = "applied"
    DISCARDED = "discarded"


OPEN = (RosterState.READING, RosterState.READY, RosterState.REFUSED, RosterState.APPLYING)
"""States in which its files are still kept."""
AT_WORK = (RosterState.READING, RosterState.APPLYING)


class Effect(StrEnum):
    """What a roster would do to a row; or, beside that, that the row deserves a second look."""

    ADDED = "added"
    CHANGED = "changed"
    ENDED = "ended"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    DOUBTFUL = "doubtful"


LISTED_FIRST = {Effect.REFUSED: 0, Effect.DOUBTFUL: 1}
"""What is kept before all else where there are too many lines to keep."""


class PostSaid(NamedTuple):
    """What an appointment says; days are numbers."""

    unit: str
    category: str
    role: str
    fte: Decimal | None
    is_primary: bool
    first: int
    last: int


class FunctionSaid(NamedTuple):
    """What a function says."""

    function: str
    first: int
    last: int


class LeaveSaid(NamedTuple):
    """What a leave says."""

    first: int
    last: int


class Says(Protocol):
    """Something that says something of somebody: a row on record, or a row of a file."""

    @property
    def said(self) -> Any:
        """What it says."""


Kept = TypeVar("Kept", bound=Says)
Given = TypeVar("Given", bound=Says)
Key = Callable[[Any], Hashable]
POST_KEYS: tuple[Key, ...] = (
    lambda said: said,
    lambda said: (said.unit, said.is_primary, said.first),
    lambda said: (said.unit, said.first),
    lambda said: (said.is_primary, said.first),
)
FUNCTION_KEYS: tuple[Key, ...] = (lambda said: said, lambda said: (said.function, said.first))
LEAVE_KEYS: tuple[Key, ...] = (lambda said: said, lambda said: said.first)


def meet(
    now: Sequence[Kept], wanted: Sequence[Given], keys: Sequence[Key], alike: Key
) -> tuple[list[tuple[Kept, Given]], list[Kept], list[Given]]:
    """Which row on record each row of a file speaks of, by ever looser keys, at last by overlapping days of what is
    alike: (pairs of both, rows on record that are left, rows of the file that are left)."""
    pairs: list[tuple[Kept, Given]] = []
    left, new = list(now), list(wanted)
    for key in keys:
        known: dict[Hashable, list[Kept]] = {}
        for row in left:
            known.setdefault(key(row.said), []).append(row)
        rest = []
        for one in new:
            if found := known.get(key(one.said)):
                pairs.append((found.pop(0), one))
            else:
                rest.append(one)
        left, new = [row for rows in known.values() for row in rows], rest
    rest = []
    for one in new:
        match = next((row for row in left if alike(row.said) == alike(one.said) and overlap(row.said, one.said)), None)
        if match is None:
            rest.append(one)
        else:
            left.remove(match)
            pairs.append((match, one))
    return pairs, left, rest


def overlap(one: Any, other: Any) -> bool:
    """Whether two periods share a day."""
    return bool(one.first <= other.last and other.first <= one.last)


def last_day_without(said: PostSaid, wanted: Sequence[PostSaid], today: int) -> int | None:
    """The last day of a post that runs and that a file no longer has: the day before the next primary one begins, for a
    primary one; else yesterday. None where it had not begun, so that it never was."""
    if said.first >= today:
        return None
    if said.is_primary:
        following = [one.first for one in wanted if one.is_primary and said.first < one.first <= said.last]
        if following:
            return min(following) - 1
    return today - 1


def is_many(ending: int, here: int) -> bool:
    """Whether so many of the people here would end that it looks like a mistake."""
    return ending * 100 > here * MOST_ENDING_PERCENT
