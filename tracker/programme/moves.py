"""How figures move when a rule changes: counts before and after, kept with a proposal as JSON. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.programme.rules import Deed

Numbers = list[int]
"""How many have each status, in the order of `Status`."""
STATUSES = 8


@dataclass(frozen=True, slots=True)
class ItemMove:
    """The counts of a module, or of people over all modules ("*"), before and after."""

    module: str
    before: Numbers
    after: Numbers


@dataclass(frozen=True, slots=True)
class UnitMove:
    """The counts of people in a unit and all below it, before and after."""

    unit_id: int
    before: Numbers
    after: Numbers

    @property
    def size(self) -> int:
        """How much moves, to find the units that change most."""
        return sum(abs(after - before) for before, after in zip(self.before, self.after, strict=True))


@dataclass(frozen=True, slots=True)
class DayMove:
    """How the figures of a day (its number) move. `moves` are (status before, after, people), 0 for not asked."""

    day: int
    items: list[ItemMove]
    units: list[UnitMove]
    moves: list[tuple[int, int, int]]

    def people(self, before: Iterable[int] | None = None, after: Iterable[int] | None = None) -> int:
        """How many people have one of these statuses before and one of those after; none: any."""
        return sum(
            number
            for old, new, number in self.moves
            if (before is None or old in before) and (after is None or new in after)
        )


@dataclass(frozen=True, slots=True)
class RequirementMove:
    """What becomes of a requirement's figures. `late` are the first of `late_count` people who become overdue."""

    code: str
    title: str
    deed: Deed
    days: list[DayMove]
    late: list[int]
    late_count: int


@dataclass(frozen=True, slots=True)
class GateMove:
    """What becomes of a gate: for each unit whose day of opening moves, (unit, day before, day after), 0 for none.

    `open_before` and `open_after` are how many of its units are open today.
    """

    code: str
    title: str
    deed: Deed
    units: list[tuple[int, int, int]]
    open_before: int
    open_after: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a proposal would change, worked out for so many people. `rules` are the new rules as revisions keep them, by
    the code of their requirement; `revisions` is how many rules would be worked in anew."""

    people: int
    revisions: int
    requirements: list[RequirementMove]
    gates: list[GateMove]
    rules: Mapping[str, Any]
    warnings: list[str]


def preview_from_json(found: Mapping[str, Any]) -> Preview:
    """A preview as it was kept with `dataclasses.asdict`."""
    return Preview(
        found["people"],
        found["revisions"],
        [_requirement_move(one) for one in found["requirements"]],
        [
            GateMove(**{**one, "deed": Deed(one["deed"]), "units": [tuple(unit) for unit in one["units"]]})
            for one in found["gates"]
        ],
        found["rules"],
        found["warnings"],
    )


def _requirement_move(found: Mapping[str, Any]) -> RequirementMove:
    days = [
        DayMove(
            one["day"],
            [ItemMove(**item) for item in one["items"]],
            [UnitMove(**unit) for unit in one["units"]],
            [(before, after, people) for before, after, people in one["moves"]],
        )
        for one in found["days"]
    ]
    return RequirementMove(found["code"], found["title"], Deed(found["deed"]), days, found["late"], found["late_count"])


def in_scope(numbers: Sequence[int]) -> int:
    """How many are asked at all."""
    return sum(numbers)


def denominator(numbers: Sequence[int]) -> int:
    """How many count: without those waived and on leave."""
    return sum(numbers[2:])
