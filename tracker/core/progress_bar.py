"""How long work shows that it goes on: a bar on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

SECONDS_BETWEEN_LINES = 5.0


Step = Callable[[int], None]
"""Says that so many more are done."""


@contextmanager
def progress(label: str, length: int) -> Iterator[Step]:
    """Show on standard error how many of `length` are done, by calls of the step handed out."""
    if sys.stderr.isatty():
        with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
            yield lambda count: bar.update(count)
        return
    yield _Lines(label, length).step


class _Lines:
    """A plain line now and then, for a log."""

    def __init__(self, label: str, length: int) -> None:
        self.label, self.length = label, length
        self.done, self.told = 0, time.monotonic()

    def step(self, count: int) -> None:
        self.done += count
        if time.monotonic() - self.told >= SECONDS_BETWEEN_LINES:
            self.told = time.monotonic()
            click.echo(f"{self.label}: {self.done:,} of {self.length:,}", err=True)
