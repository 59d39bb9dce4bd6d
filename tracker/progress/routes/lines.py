"""The lines of lists on the pages of one's own record: what they say, and where they lead."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import request, url_for

from tracker.core.words import day as shown_day
from tracker.core.words import plural, sentence_list
from tracker.progress.queries.catalogue import Catalogue
from tracker.progress.queries.changes import Change
from tracker.progress.queries.evidence import EvidenceView
from tracker.progress.queries.modules import blocked
from tracker.progress.queries.records import Kept, Outcome, Record
from tracker.progress.queries.standing import Group, Reason, Standing, Task
from tracker.progress.routes.wording import (
    OUTCOMES,
    builds_on,
    deed_text,
    how_text,
    open_detail,
    part_of,
    rule_text,
    satisfied_by,
    source_text,
    state_of,
    status_text,
    when_text,
)
from tracker.progress.rules import State
from tracker.terms.queries import say


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list: its shape, what it is about, the words at its end, and where it leads."""

    status: str
    title: str
    url: str
    when: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class AskedBy:
    """A requirement that asks for a module: since when and by which rule, in words; `why_url` tells the whole story."""

    requirement: str
    rule: str
    why_url: str


@dataclass(frozen=True, slots=True)
class Begin:
    """What to begin with where a module cannot be logged yet, where that is described, and why, in words.

    `after` names what has to be done first.
    """

    title: str
    url: str
    why: str
    after: str


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A module that is still open: where it stands, who asks for it and why, and what would satisfy that.

    `begin` is given where it cannot be logged yet; `calendar_url` is none where no day lies ahead, `module_id` is given
    where the line may be hidden.
    """

    status: str
    status_text: str
    title: str
    url: str
    when: str
    detail: str
    part_of: str
    log_url: str
    asked_by: tuple[AskedBy, ...]
    satisfied_by: str
    begin: Begin | None = None
    calendar_url: str | None = None
    module_id: int | None = None


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A completion on one's record: what it says, links (label and address), and what happened to it since."""

    status: str
    state: str
    title: str
    url: str
    when: str
    detail: str
    beside: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    history: tuple["Happened", ...]


@dataclass(frozen=True, slots=True)
class HomeLists:
    """Everything on the start page, part by part.

    `card` is the next step, `is_owed` whether it is required, `hidden` how much of what is optional is left out.
    """

    card: AskedLine | None
    is_owed: bool
    to_do: list[AskedLine]
    waiting: list[Line]
    expected: list[AskedLine]
    renew: list[AskedLine]
    optional: list[AskedLine]
    hidden: int
    paused: list[Line]
    done: list[Line]
    waived: list[Line]


def home_lists(
    asked: Standing,
    kept: Collection[Kept],
    names: Catalogue,
    decided_by: str,
    since: Mapping[int, date],
    hidden: Collection[int],
) -> HomeLists:
    """What is asked, sorted into the parts of the start page. What is required speaks first."""

    def open_lines(tasks: Iterable[Task]) -> list[AskedLine]:
        return [asked_line(task, asked.day, decided_by, since, beginning(task.code, names, kept)) for task in tasks]

    to_do, expected, done = asked.within(Group.TO_DO), asked.within(Group.EXPECTED), asked.within(Group.DONE)
    optional = asked.within(Group.OPTIONAL)
    first = open_lines((to_do or expected)[:1])
    return HomeLists(
        card=first[0] if first else None,
        is_owed=bool(to_do),
        to_do=open_lines(to_do[1:]),
        waiting=waiting_lines(asked.within(Group.WAITING), kept, decided_by),
        expected=open_lines(expected if to_do else expected[1:]),
        renew=open_lines(task for task in done if task.lapses_soon(asked.day)),
        optional=open_lines(task for task in optional if task.module_id not in hidden),
        hidden=sum(task.module_id in hidden for task in optional),
        paused=quiet_lines(asked.within(Group.PAUSED)),
        done=done_lines(task for task in done if not task.lapses_soon(asked.day)),
        waived=quiet_lines(asked.within(Group.WAIVED)),
    )


def log_url(task: Task) -> str:
    """Where a completion of this module is logged."""
    return url_for("learner.log", module=task.code)


def url_of_module(code: str) -> str:
    """Where a module is described."""
    return url_for("learner.module", code=code)


def beginning(code: str, names: Catalogue, kept: Collection[Kept]) -> Begin | None:
    """What to begin with before a module can be logged; none where nothing comes before it that is not done."""
    module, found = names.named(code), blocked(code, names, kept)
    if module is None or found is None:
        return None
    after = sentence_list([one.title for one in found.missing])
    return Begin(found.first.title, url_of_module(found.first.code), builds_on(module.title, found), after)


def asked_line(task: Task, today: date, decided_by: str, since: Mapping[int, date], begin: Begin | None) -> AskedLine:
    """A module with a next step: still open, or done and about to lapse."""
    lead = task.lead
    calendar_url = url_for("learner.due_day", requirement_id=lead.requirement_id, module_id=task.module_id)
    return AskedLine(
        "not_started" if task.group is Group.OPTIONAL else lead.says.status.word,
        status_text(lead.says, lead.level, today),
        task.title,
        url_of_module(task.code),
        _when(task, today),
        f"Done on {shown_day(lead.says.satisfied_on)}" if task.group is Group.DONE else open_detail(task),
        part_of(task),
        log_url(task),
        tuple(asked_by(reason, task.module_id, since) for reason in task.reasons),
        satisfied_by(task, today, decided_by),
        begin,
        calendar_url if lead.says.due_on and lead.says.due_on >= today else None,
        task.module_id if task.group is Group.OPTIONAL else None,
    )


def _when(task: Task, today: date) -> str:
    if task.group is Group.DONE:
        return f"lapses on {shown_day(task.lead.says.expires_on)}"
    return when_text(task.lead.says, today, is_owed=task.group is Group.TO_DO)


def asked_by(reason: Reason, module_id: int, since: Mapping[int, date]) -> AskedBy:
    """A requirement that asks for a module, since when, and by which rule."""
    rule = rule_text(reason.rule)
    begun = since.get(reason.item_id)
    return AskedBy(
        reason.requirement,
        f"asked of you since {shown_day(begun)}: {rule}" if begun else rule,
        url_for("learner.why", requirement_id=reason.requirement_id, module_id=module_id),
    )


def quiet_lines(tasks: Iterable[Task]) -> list[Line]:
    """What asks for nothing now: paused or waived."""
    return [Line(task.lead.says.status.word, task.title, url_of_module(task.code), "", part_of(task)) for task in tasks]


def done_lines(tasks: Iterable[Task]) -> list[Line]:
    """What is done, with its day, and until when that holds where it does not hold for good."""
    return [
        Line(
            "satisfied",
            task.title,
            url_of_module(task.code),
            shown_day(task.lead.says.satisfied_on),
            _holds_until(task),
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
        return Line("pending", task.title, url_of_module(task.code), f"waits for {deciders}")
    url = url_for("learner.receipt", reference=claim.reference)
    return Line(
        "pending", task.title, url, f"waits for {deciders}", f"You finished it on {shown_day(claim.completed_on)}"
    )


def _holds_until(task: Task) -> str | None:
    if expires := task.lead.says.expires_on:
        return f"Holds until {shown_day(expires - timedelta(days=1))}"
    if again := task.lead.asked_again_on:
        return f"Asked again from {shown_day(again)}"
    return None


def record_row(record: Record, given: EvidenceView | None, *, has_reflection: bool, over: str) -> RecordRow:
    """A completion on one's own record, with what may still be done to it; its history where there is more than one.
    `over`: what to say of one that counts no more."""
    shape, state = state_of(record, over)
    parts = [how_text(record.said.how), source_text(record.entries[0], is_own=True)]
    if record.is_equivalent and record.modules:
        parts.insert(0, f"through {record.now.course}")
    if record.now.minutes:
        parts.append(plural(record.now.minutes, "minute", "minutes"))
    links = (
        ("Correct", url_for("learner.correct", completion_id=record.now.id)),
        ("Withdraw", url_for("learner.withdraw", completion_id=record.now.id)),
    )
    words = ", ".join(part for part in parts if part)
    beside = (*(("With evidence",) if given else ()), *(("With a reflection of yours",) if has_reflection else ()))
    return RecordRow(
        shape,
        state,
        record.title,
        url_for("learner.receipt", reference=record.reference),
        shown_day(record.now.completed_on),
        words[:1].upper() + words[1:],
        beside,
        links if record.is_open else (),
        tuple(history(record, is_own=True)) if len(record.entries) > 1 else (),
    )


@dataclass(frozen=True, slots=True)
class Already:
    """What stands on record already of the module and the day that somebody means to log."""

    title: str
    day: date
    state: str
    url: str


def already(kept: Kept, names: Catalogue) -> Already:
    """The entry that is in the way, with its state in words, and where it is."""
    waits = kept.state is State.CLAIMED and any(one.needs_verification for one in names.modules_of(kept.course))
    _, state = OUTCOMES[Outcome.WAITING if waits else Outcome.COUNTS]
    url = url_for("learner.receipt", reference=kept.reference)
    return Already(names.title_of(kept.course, kept.completed_on), kept.completed_on, state, url)


def deciders(champions: Iterable[str]) -> str:
    """Who decides a claim: the nearest champions, or the office."""
    return " or ".join(champions) or say("the {office}")


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
