"""Measures a changed requirement: its preview, and what learners wait for while the worker works the new rule in."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import monotonic, perf_counter, sleep

from sqlalchemy import select

from benchmarks import client, visitors
from benchmarks.pages import Times, check
from benchmarks.processes import working
from benchmarks.subject import Subject, Wrong, tell
from benchmarks.visitors import HOME, LOG
from tracker.core import clock
from tracker.core.actor import system
from tracker.core.database import db
from tracker.curriculum.queries import curriculum
from tracker.programme.commands import previewing, proposing
from tracker.programme.queries.proposals import proposal
from tracker.progress.models import Revision, Stage

AT_A_TIME = 50
PAUSE = 0.02
"""Seconds between an answer and the next request: learners come and go while a rule is worked in."""
MOST_SECONDS = 120.0
"""A rule that takes longer is left to itself then."""


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What learners waited for: how often, and seconds."""

    number: int
    times: Times
    longest: float


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A change of every requirement in turn: seconds of each preview; and of the one that took longest also those until
    the new rule held and the old one was cleared away, the `share` of people worked in by then, and what was asked for
    meanwhile."""

    previews: dict[str, float]
    changed: str
    seconds: float
    share: float
    meanwhile: dict[str, Meanwhile]


def measured(subject: Subject) -> RuleChange:
    """Preview every requirement with another due rule, and save the one that took longest."""
    with subject.app.app_context():
        previews = {code: (number, seconds) for code, number, seconds in _previews()}
        changed, (number, slowest) = max(previews.items(), key=lambda one: one[1][1])
        proposing.save(system(clock.today()), number)
        db.session.close()
        with subject.served():
            warm_up = visitors.requests_for(HOME, subject.cast, AT_A_TIME, subject.rng)
            client.play(subject.port, [asked.request for asked in warm_up], 1)
            with working(subject.environment):
                seconds, share, meanwhile = _asked_meanwhile(subject)
        db.engine.dispose()
    tell(f"  preview: {slowest:.1f} s; {changed} worked in: {share:.0%} in {seconds:.0f} s")
    for what, found in meanwhile.items():
        tell(f"  meanwhile {what}, {found.number:,} times: p95 {found.times.p95:.3f}, longest {found.longest:.3f} s")
    return RuleChange({code: one[1] for code, one in previews.items()}, changed, seconds, share, meanwhile)


def _previews() -> Iterator[tuple[str, int, float]]:
    """Propose another due rule for every requirement in turn: (code, proposal, seconds of its preview)."""
    found = curriculum()
    for one in found.requirements:
        changed = replace(one, due={"days_after_start": 77}, level="required")
        others = tuple(changed if other is one else other for other in found.requirements)
        number = proposing.propose_file(system(clock.today()), replace(found, requirements=others))
        began = perf_counter()
        previewing.work_out(number)
        seconds = perf_counter() - began
        if (view := proposal(number)).preview is None:
            raise Wrong(f"there is no preview: {view.problem}")
        db.session.close()
        yield one.code, number, seconds


def _asked_meanwhile(subject: Subject) -> tuple[float, float, dict[str, Meanwhile]]:
    """Ask as learners until a saved rule is worked in: (seconds, share of people worked in, what they waited for)."""
    seconds: dict[str, list[float]] = {HOME: [], LOG: []}
    began = monotonic()
    while (share := _worked_in(subject.people)) is not None and monotonic() - began < MOST_SECONDS:
        for asked in visitors.requests_for(HOME, subject.cast, AT_A_TIME, subject.rng):
            answer = client.ask(subject.port, asked.request)
            check(HOME, asked, answer)
            seconds[LOG if asked.writes else HOME].append(answer.seconds)
            sleep(PAUSE)
    took = monotonic() - began
    found = {what: Meanwhile(len(some), Times.of(some), max(some)) for what, some in seconds.items()}
    return took, 1.0 if share is None else share, found


def _worked_in(people: int) -> float | None:
    """The share of people that a changed rule is worked in for; none once nothing is left of the old one."""
    rows = db.session.execute(select(Revision.stage, Revision.built_to).where(Revision.stage != Stage.LIVE)).all()
    db.session.close()
    if not rows:
        return None
    return min((built_to / people for stage, built_to in rows if stage is Stage.BUILDING), default=1.0)
