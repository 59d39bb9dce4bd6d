"""The dated tree: from the rows of units to the spans in which they exist and the paths between them. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tracker.core.days import Period, union


class Row(NamedTuple):
    """A unit's row: what it is from a day number on, to `last` (or until its next row, if that comes first)."""

    unit: int
    first: int
    last: int
    name: str
    kind: str
    parent: int | None


class Problem(NamedTuple):
    """Why the rows make no tree: the row at fault, the column, and the reason."""

    row: Row
    column: str
    why: str


class Tree:
    """The tree of every day. Raises nothing: `problem` says what is wrong with the rows, if anything."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.spans: dict[int, list[Row]] = {}
        for row in sorted(rows, key=lambda row: (row.unit, row.first)):
            spans = self.spans.setdefault(row.unit, [])
            if spans and spans[-1].last >= row.first:
                spans[-1] = spans[-1]._replace(last=row.first - 1)
            spans.append(row)

    def days(self) -> list[int]:
        """The days on which the tree may change, in order."""
        return sorted({day for spans in self.spans.values() for row in spans for day in (row.first, row.last + 1)})

    def row_on(self, unit: int, day: int) -> Row | None:
        """What the unit is on a day; none when it does not exist."""
        for row in self.spans.get(unit, ()):
            if row.first <= day <= row.last:
                return row
        return None

    def exists_throughout(self, unit: int, first: int, last: int) -> bool:
        """Whether the unit exists on every day of a period."""
        for row in self.spans.get(unit, ()):
            if row.last < first:
                continue
            if row.first > first:
                return False
            if row.last >= last:
                return True
            first = row.last + 1
        return False

    def problem(self) -> Problem | None:
        """The first row that has a parent which does not exist on some day of it, or that closes a circle."""
        for spans in self.spans.values():
            for row in spans:
                if row.parent is not None and not self.exists_throughout(row.parent, row.first, row.last):
                    return Problem(row, "parent", "does not exist on some day of this row")
        days = self.days()
        for spans in self.spans.values():
            for row in spans:
                if self._lies_in_circle(row, days):
                    return Problem(row, "parent", "would lie below itself")
        return None

    def _lies_in_circle(self, row: Row, days: Sequence[int]) -> bool:
        within = days[bisect_right(days, row.first) : bisect_right(days, row.last)]
        return any(self._climbs_to(row.unit, row.parent, day) for day in (row.first, *within))

    def _climbs_to(self, unit: int, parent: int | None, day: int) -> bool:
        seen: set[int] = set()
        while parent is not None and parent not in seen:
            if parent == unit:
                return True
            seen.add(parent)
            above = self.row_on(parent, day)
            parent = above.parent if above else None
        return False

    def ancestors_on(self, day: int) -> dict[int, list[int]]:
        """For each unit that exists on a day, itself and everything above it, from below."""
        parents = {unit: row.parent for unit in self.spans if (row := self.row_on(unit, day))}
        chains: dict[int, list[int]] = {}
        for unit in parents:
            chain = [unit]
            while (above := parents.get(chain[-1])) is not None:
                chain.append(above)
            chains[unit] = chain
        return chains

    def paths(self) -> list[tuple[int, int, int, int, int]]:
        """(ancestor, unit, first, last, depth) for each longest period in which the unit lies at or below it."""
        found: list[tuple[int, int, int, int, int]] = []
        for spans in self.spans.values():
            for row in spans:
                found.extend(self._climb(row.unit, row.unit, row.first, row.last, 0))
        return _merged(found)

    def _climb(self, unit: int, at: int, first: int, last: int, depth: int) -> Iterable[tuple[int, int, int, int, int]]:
        for row in self.spans.get(at, ()):
            low, high = max(first, row.first), min(last, row.last)
            if low <= high:
                yield at, unit, low, high, depth
                if row.parent is not None:
                    yield from self._climb(unit, row.parent, low, high, depth + 1)

    def within(self, units: Sequence[int]) -> Mapping[int, list[Period]]:
        """For each unit that ever lies at or below one of these, the periods in which it does."""
        wanted = set(units)
        periods: dict[int, list[Period]] = {}
        for ancestor, unit, first, last, _ in self.paths():
            if ancestor in wanted:
                periods.setdefault(unit, []).append((first, last))
        return {unit: union(found) for unit, found in periods.items()}


def _merged(paths: Iterable[tuple[int, int, int, int, int]]) -> list[tuple[int, int, int, int, int]]:
    merged: list[tuple[int, int, int, int, int]] = []
    for path in sorted(paths):
        if merged and merged[-1][:2] == path[:2] and merged[-1][4] == path[4] and merged[-1][3] + 1 >= path[2]:
            merged[-1] = (*merged[-1][:3], max(merged[-1][3], path[3]), path[4])
        else:
            merged.append(path)
    return merged
