"""The work that runs in the background, in words: what each kind is for, how often it runs, how far it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from tracker.core import clock, jobs
from tracker.core.database import db
from tracker.core.jobs import FailedJob, OpenJob
from tracker.core.words import NO_BREAK_SPACE, moment, plural
from tracker.people.models import Person
from tracker.progress.models import KeptDay, Revision, Stage

TITLES: Mapping[str, str] = {
    "accounts.tidy": "Forget sign-in links that were used",
    "dashboards.forget_lists": "Forget sign-in lists of more than a day ago",
    "messages.forget_texts": "Forget what single people were written",
    "programme.forget_proposals": "Forget changes of the curriculum that nobody saved",
    "programme.turn_titles": "Let titles whose day has come take the place of those before",
    "programme.preview": "Work out what a change of the curriculum would move",
    "progress.build_revisions": "Work changed rules into the figures",
    "progress.clear_uploads": "Remove files that belong to nothing",
    "progress.go_on_with_deeds": "Go on with what is done for many people",
    "progress.keep_days": "Keep the figures of today and of month ends at hand",
    "progress.renew_horizons": "Move on how far ahead the figures reach",
    "directory.forget_rosters": "Forget rosters that nobody applied",
    "directory.work_rosters": "Read and apply rosters",
    "reporting.seal": "Seal the figures of month ends",
    "reporting.send": "Write the letters with figures that are sent regularly",
}
"""What each kind of job does. Every job has a line here."""
LONGEST_SILENCE = timedelta(minutes=15)
"""A worker that keeps up is heard of more often: some work is due every ten minutes."""


@dataclass(frozen=True, slots=True)
class Work:
    """All that runs, waits, was given up, or is done from time to time: (title, how often, when last done)."""

    running: list[tuple[OpenJob, str, str | None]]
    waiting: list[tuple[OpenJob, str]]
    failed: list[tuple[FailedJob, str]]
    kinds: list[tuple[str, str, datetime | None]]
    heartbeat: str
    is_silent: bool


def overview() -> Work:
    """What the background work is doing."""
    seen_at = jobs.worker_seen_at()
    waiting = jobs.waiting()
    now = clock.local(clock.now())
    is_silent = _is_silent(seen_at, waiting, now)
    done = jobs.last_done()
    return Work(
        running=[(one, title(one.name), progress(one.name)) for one in jobs.running()],
        waiting=[(one, title(one.name)) for one in waiting],
        failed=[(one, title(one.name)) for one in jobs.failed()],
        kinds=[(title(kind.name), _pace(kind.every), done.get(kind.name)) for kind in jobs.kinds().values()],
        heartbeat=heartbeat(seen_at, now, is_silent=is_silent),
        is_silent=is_silent,
    )


def title(name: str) -> str:
    """What a kind of job does; its name where a newer version queued one that this does not know."""
    return TITLES.get(name, name)


def _is_silent(seen_at: datetime | None, waiting: list[OpenJob], now: datetime) -> bool:
    """Whether there is work that a worker should have taken, and none is heard of."""
    is_late = any(one.since < now - LONGEST_SILENCE for one in waiting)
    return is_late if seen_at is None else seen_at < now - LONGEST_SILENCE


def heartbeat(seen_at: datetime | None, now: datetime, *, is_silent: bool) -> str:
    """When a worker was last heard of, in a sentence."""
    if seen_at is None:
        return "No worker has been heard of yet." + (" Is it running?" if is_silent else "")
    if is_silent:
        return f"No worker has been heard of since {moment(seen_at)}. Is it running?"
    minutes = max(0, int((now - seen_at).total_seconds() // 60))
    return f"The worker was heard of {plural(minutes, 'minute', 'minutes')} ago." if minutes else "The worker is there."


def _pace(every: timedelta | None) -> str:
    """How often a kind of job runs."""
    if every is None:
        return "when it is needed"
    if every >= timedelta(days=1):
        return "once a day"
    hours, minutes = divmod(int(every.total_seconds()) // 60, 60)
    if hours:
        return "every hour" if hours == 1 else f"every {plural(hours, 'hour', 'hours')}"
    return f"every {plural(minutes, 'minute', 'minutes')}"


# How far


def progress(name: str) -> str | None:
    """How far a job that runs is; None where nothing tells."""
    measure = MEASURES.get(name)
    return measure() if measure else None


def _rules_built() -> str | None:
    """How much of the people a changed rule has been worked out for."""
    building = db.session.execute(
        select(func.count(), func.sum(Revision.built_to)).where(Revision.stage == Stage.BUILDING)
    ).one()
    last = db.session.scalar(select(func.max(Person.id)))
    if not building[0] or not last:
        return None
    share = int(100 * min(1, int(building[1] or 0) / (building[0] * last)))
    return f"{plural(building[0], 'rule', 'rules')}, about {share}{NO_BREAK_SPACE}% of the people"


def _days_missing() -> str | None:
    left = db.session.scalar(select(func.count()).where(~KeptDay.is_ready))
    return f"{plural(left, 'day', 'days')} to go" if left else None


MEASURES: Mapping[str, Callable[[], str | None]] = {
    "progress.build_revisions": _rules_built,
    "progress.keep_days": _days_missing,
}
