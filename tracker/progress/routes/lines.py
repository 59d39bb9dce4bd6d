"""The lines of lists on the pages of one's own record: what they say, and where they lead."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import request, url_for

from tracker.progress.queries.changes import Change
from tracker.progress.queries.records import Kept, Record
from tracker.progress.queries.standing import Group, Standing, Task
from tracker.progress.routes.wording import (
    OUTCOMES,
    deed_text,
    how_text,
    open_detail,
    part_of,
    source_text,
    status_text,
    when_text,
)
from tracker.progress.rules import State
from tracker.web.templating import day as shown_day


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list: its shape, what it is about, the words at its end, and where it leads."""

    status: str
    title: str
    url: str
    when: str
    detail: str | None = None
    log_url: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """The next step. Links are pairs of label and address."""

    status: str
    status_text: str
    title: str
    detail: str
    action: tuple[str, str]
    why: tuple[str, str]


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A line of one's record."""

    status: str
    state: str
    title: str
    url: str
    when: str
    detail: str | None
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HomeLists:
    """Everything on the start page, part by part; `card` is the next step, `is_owed` whether it is required."""

    card: Card | None
    is_owed: bool
    to_do: list[Line]
    waiting: list[Line]
    expected: list[Line]
    renew: list[Line]
    optional: list[Line]
    paused: list[Line]
    done: list[Line]
    waived: list[Line]


def home_lists(asked: Standing, kept: Iterable[Kept], decided_by: str) -> HomeLists:
    """What is asked, sorted into the parts of the start page. What is required speaks first."""
    today = asked.day
    to_do, expected, done = asked.within(Group.TO_DO), asked.within(Group.EXPECTED), asked.within(Group.DONE)
    first = (to_do or expected)[:1]
    return HomeLists(
        card=card(first[0], today) if first else None,
        is_owed=bool(to_do),
        to_do=open_lines(to_do[1:], today),
        waiting=waiting_lines(asked.within(Group.WAITING), kept, decided_by),
        expected=open_lines(expected if to_do else expected[1:], today),
        renew=renew_lines(task for task in done if task.lapses_soon(today)),
        optional=open_lines(asked.within(Group.OPTIONAL), today),
        paused=quiet_lines(asked.within(Group.PAUSED)),
        done=done_lines(task for task in done if not task.lapses_soon(today)),
        waived=quiet_lines(asked.within(Group.WAIVED)),
    )


def log_url(task: Task) -> str:
    """Where a completion of this module is logged."""
    return url_for("learner.log", module=task.code)


def why_url(task: Task) -> str:
    """Where it is told why the module is asked."""
    return url_for("learner.why", requirement_id=task.lead.requirement_id, module_id=task.module_id)


def card(task: Task, today: date) -> Card:
    """The next step."""
    return Card(
        task.lead.says.status.word,
        status_text(task.lead.says, task.lead.level, today),
        task.title,
        part_of(task),
        ("Log a completion", log_url(task)),
        ("Why is this asked of me?", why_url(task)),
    )


def open_lines(tasks: Iterable[Task], today: date) -> list[Line]:
    """What is still open, with a link to log each."""
    return [
        Line(
            "not_started" if task.group is Group.OPTIONAL else task.lead.says.status.word,
            task.title,
            why_url(task),
            when_text(task.lead.says, today, is_owed=task.group is Group.TO_DO),
            open_detail(task),
            log_url(task),
        )
        for task in tasks
    ]


def quiet_lines(tasks: Iterable[Task]) -> list[Line]:
    """What asks for nothing now: paused or waived."""
    return [Line(task.lead.says.status.word, task.title, why_url(task), "", part_of(task)) for task in tasks]


def done_lines(tasks: Iterable[Task]) -> list[Line]:
    """What is done, with its day, and until when that holds where it does not hold for good."""
    return [
        Line("satisfied", task.title, why_url(task), shown_day(task.lead.says.satisfied_on), _holds_until(task))
        for task in tasks
    ]


def renew_lines(tasks: Iterable[Task]) -> list[Line]:
    """What is done and lapses soon."""
    return [
        Line(
            "satisfied",
            task.title,
            why_url(task),
            f"lapses on {shown_day(task.lead.says.expires_on)}",
            f"Done on {shown_day(task.lead.says.satisfied_on)}",
            log_url(task),
        )
        for task in tasks
    ]


def waiting_lines(tasks: Iterable[Task], kept: Iterable[Kept], deciders: str) -> list[Line]:
    """What waits for a decision: with the claim, and who decides it."""
    claims = [one for one in kept if one.state is State.CLAIMED]
    return [
        _waiting(task, next((one for one in claims if one.course in task.courses), None), deciders) for task in tasks
    ]


def _waiting(task: Task, claim: Kept | None, deciders: str) -> Line:
    if claim is None:
        return Line("pending", task.title, why_url(task), f"waits for {deciders}")
    url = url_for("learner.receipt", reference=claim.reference)
    return Line(
        "pending", task.title, url, f"waits for {deciders}", f"You finished it on {shown_day(claim.completed_on)}"
    )


def _holds_until(task: Task) -> str | None:
    if expires := task.lead.says.expires_on:
        return f"Holds until {shown_day(expires)}"
    if again := task.lead.asked_again_on:
        return f"Asked again from {shown_day(again)}"
    return None


def record_line(record: Record) -> RecordLine:
    """A line of one's own record, with what may still be done to it."""
    shape, state = OUTCOMES[record.outcome]
    parts = [how_text(record.said.how), source_text(record.said, is_own=True)]
    if record.is_equivalent and record.modules:
        parts.insert(0, f"through {record.now.course}")
    links = (
        ("Correct", url_for("learner.correct", completion_id=record.now.id)),
        ("Withdraw", url_for("learner.withdraw", completion_id=record.now.id)),
    )
    words = ", ".join(part for part in parts if part)
    return RecordLine(
        shape,
        state,
        record.title,
        url_for("learner.receipt", reference=record.reference),
        shown_day(record.now.completed_on),
        words[:1].upper() + words[1:],
        links if record.is_open else (),
    )


def deciders(champions: Iterable[str]) -> str:
    """Who decides a claim: the nearest champions, or the office."""
    return " or ".join(champions) or "the office"


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """What a completion changed for one requirement: two statuses in words, or that nothing changed."""

    requirement: str
    before: tuple[str, str]
    after: tuple[str, str]
    is_change: bool
    why_url: str


def change_lines(changes: Iterable[Change], today: date) -> list[ChangeLine]:
    """What a completion changed, or would change. A status is a pair of its word and what is said beside its shape."""
    return [
        ChangeLine(
            one.requirement,
            (one.before.status.word, status_text(one.before, one.level, today)),
            (one.after.status.word, status_text(one.after, one.level, today)),
            one.is_change,
            url_for("learner.why", requirement_id=one.requirement_id, module_id=one.module_id),
        )
        for one in changes
    ]


@dataclass(frozen=True, slots=True)
class Happened:
    """A line of a record's history."""

    day: date | None
    text: str
    detail: str | None


def history(record: Record, *, is_own: bool) -> list[Happened]:
    """Everything that was entered, corrected and decided, in order; a note that stays the same stands once.

    Loaded entries have no day of their own.
    """
    notes = [None, *(entry.note for entry in record.entries)]
    return [
        Happened(
            entry.entered_at.date() if entry.entered_at else None,
            deed_text(entry, is_own=is_own),
            entry.note if entry.note != before else None,
        )
        for entry, before in zip(record.entries, notes, strict=False)
    ]


@dataclass(frozen=True, slots=True)
class OtherReason:
    """Another requirement that asks for the same module."""

    status: str
    title: str
    url: str
    when: str


def other_reasons(task: Task | None, requirement_id: int, day: date) -> list[OtherReason]:
    """Why else the module is asked."""
    if task is None:
        return []
    return [
        OtherReason(
            reason.says.status.word,
            reason.requirement,
            url_for(
                "learner.why",
                requirement_id=reason.requirement_id,
                module_id=task.module_id,
                as_of=request.args.get("as_of"),
            ),
            status_text(reason.says, reason.level, day),
        )
        for reason in task.reasons
        if reason.requirement_id != requirement_id
    ]


def by_sight(asked: Standing) -> tuple[list[str], list[str]]:
    """The requirements asked of somebody: those that champions see with her name, and those they see as counts."""
    reasons = {reason.requirement: reason for task in asked.tasks for reason in task.reasons}
    named = [title for title, reason in reasons.items() if reason.names_shown]
    return named, [title for title in reasons if title not in named]
