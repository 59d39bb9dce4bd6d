"""Lists in pages: which page is meant, and where it stands in the whole list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A page of a list of `total` items, at most `size` on each page; `number` counts from 1."""

    items: Sequence[Item]
    number: int
    total: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return pages_of(self.total, self.size)

    @property
    def first(self) -> int:
        """The place of its first item."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        """The place of its last item."""
        return self.first + len(self.items) - 1


def pages_of(total: int, size: int) -> int:
    """How many pages so many items take."""
    return max(1, -(-total // size))


def nearest(number: int, total: int, size: int) -> int:
    """The page of this number: one before the first is the first, one past the last is the last."""
    return min(max(1, number), pages_of(total, size))
