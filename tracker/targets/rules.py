"""How far a target is away, and which periods collide. Pure."""

from datetime import date

HIGHEST = 100
"""The largest target, in per cent."""


def people_to_target(done: int, counted: int, percent: int) -> int:
    """How many more people reach a share of at least `percent`; 0 once it is reached, or where nobody is counted."""
    return max(0, -(-percent * counted // 100) - done)


def overlap(first: tuple[date, date | None], second: tuple[date, date | None]) -> bool:
    """Whether two periods share a day; an end that is none is open."""
    return first[0] <= (second[1] or date.max) and second[0] <= (first[1] or date.max)
