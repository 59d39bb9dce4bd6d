"""Work in steps: a generator that says before each part how far it is, and returns what was found at its end."""

from collections.abc import Generator
from typing import Any, TypeVar

Found = TypeVar("Found")


def at_once(steps: Generator[Any, None, Found]) -> Found:
    """What comes of it, for who is not told of the steps."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: Found = end.value
            return found
