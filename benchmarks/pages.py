"""Measures pages over HTTP, asked for by random people who are signed in, while others log completions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from benchmarks import client, visitors
from benchmarks.client import Answer
from benchmarks.subject import Subject, Wrong, tell
from benchmarks.visitors import LOG, PAGES, SLOW_PAGES, Asked

WARM_UP = 30
ONE_BY_ONE = 300
EIGHT_AT_ONCE = 600
SLOW, SLOW_SECONDS = 20, 20.0
"""A slow page is asked for so many times at most, and for no longer than this once it was asked for."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds within which half of the answers were there, and 19 of 20."""

    p50: float
    p95: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Times":
        """Of single answers."""
        return cls(*(sorted(seconds)[math.ceil(share * len(seconds)) - 1] for share in (0.5, 0.95)))


@dataclass(frozen=True, slots=True)
class PageTimes:
    """A page asked for one at a time, and (no slow one) eight at a time, with the requests of all kinds per second."""

    alone: Times
    together: Times | None = None
    per_second: float = 0.0


def measured(subject: Subject) -> dict[str, PageTimes]:
    """Ask for every page."""
    with subject.served():
        found = {page: _told(page, _page(subject, page)) for page in PAGES}
        return found | {page: _told(page, _slow_page(subject, page)) for page in SLOW_PAGES}


def _told(page: str, times: PageTimes) -> PageTimes:
    together = times.together
    eight = f"; at 8: {_ms(together)}, {times.per_second:.0f} per second" if together else ""
    tell(f"  {page}: {_ms(times.alone)}{eight}")
    return times


def _ms(times: Times) -> str:
    return f"p50 {times.p50 * 1000:.1f}, p95 {times.p95 * 1000:.1f} ms"


def _page(subject: Subject, page: str) -> PageTimes:
    """First to warm up, then one at a time, then eight at a time."""
    _play(subject, page, WARM_UP, 1)
    alone, _ = _play(subject, page, ONE_BY_ONE, 1)
    together, per_second = _play(subject, page, EIGHT_AT_ONCE, 8)
    return PageTimes(alone, together, per_second)


def _play(subject: Subject, page: str, number: int, at_once: int) -> tuple[Times, float]:
    """The times of the requests that are for the page itself, and all requests per second. Raises Wrong."""
    asked = visitors.requests_for(page, subject.cast, number, subject.rng)
    played = client.play(subject.port, [one.request for one in asked], at_once)
    for one, answer in zip(asked, played.answers, strict=True):
        check(page, one, answer)
    own = [answer.seconds for one, answer in zip(asked, played.answers, strict=True) if one.writes == (page == LOG)]
    return Times.of(own), len(asked) / played.seconds


def _slow_page(subject: Subject, page: str) -> PageTimes:
    """Once to warm up, then one at a time as long as there is time; at least once."""
    first, *asked = visitors.requests_for(page, subject.cast, SLOW + 1, subject.rng)
    check(page, first, client.ask(subject.port, first.request))
    until, seconds = monotonic() + SLOW_SECONDS, []
    for one in asked:
        answer = client.ask(subject.port, one.request)
        check(page, one, answer)
        if not one.writes:
            seconds.append(answer.seconds)
        if monotonic() > until:
            break
    return PageTimes(Times.of(seconds))


def check(page: str, asked: Asked, answer: Answer) -> None:
    """Raises Wrong for an answer that is not what was asked for, or a page that ends in the middle."""
    is_page = answer.body.startswith(b"<!doctype html>") and not asked.writes
    is_whole = not is_page or answer.body.rstrip().endswith(b"</html>")
    if answer.status != (303 if asked.writes else 200) or not is_whole:
        raise Wrong(f"{page}: {asked.request[:80]!r} was answered with {answer.status}: {answer.body[-500:]!r}")
