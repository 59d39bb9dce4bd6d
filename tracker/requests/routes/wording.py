"""How requests read on pages: kinds, states, facts and lists. Pure words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from flask import url_for
from markupsafe import Markup

from tracker.core.paging import Page
from tracker.core.words import day as shown_day
from tracker.core.words import moment, plural
from tracker.progress.forms import HOW
from tracker.progress.queries.changes import Change
from tracker.progress.queries.standing import Reason, Says, Task
from tracker.progress.rules import Status
from tracker.requests.queries import RequestLine, RequestView
from tracker.requests.rules import CHAMPIONS_ANSWER, Kind, State
from tracker.terms.queries import say

EXCERPT = 140


@dataclass(frozen=True, slots=True)
class KindWords:
    """A kind as people read it: in a list, as a choice with its hint, and as the heading and lede of its form."""

    name: str
    choice: str
    hint: str
    lede: str


KINDS = {
    Kind.DISPUTE: KindWords(
        "Dispute",
        "A status or a record of mine is wrong",
        "Overdue though I did it, a wrong day, a course of somebody else.",
        "Say what is wrong. Nothing changes until it is answered.",
    ),
    Kind.OLDER: KindWords(
        "Finished longer ago",
        "I finished something longer ago",
        "Too long ago to log it myself.",
        "If the {office} finds that it was so, it records the completion for the day you give.",
    ),
    Kind.EQUIVALENCE: KindWords(
        "Another course",
        "Another course should count",
        "One that I took elsewhere.",
        "If the {office} finds that it covers the module, it counts from the day you finished it.",
    ),
    Kind.WAIVER: KindWords(
        "Waiver",
        "Something should not be asked of me for a while",
        "A waiver, from one day to another.",
        "While something is waived, nothing of it is due and nobody counts it as missing.",
    ),
    Kind.ACCOMMODATION: KindWords(
        "Another way to take part",
        "I need another way to take part",
        "An accommodation. What you do then counts like any other way.",
        "The {office} looks for a way with you.",
    ),
    Kind.NOT_OURS: KindWords(
        "Not ours",
        "Somebody listed is not ours",
        "",
        "The {office} looks it up, and has it corrected where the roster comes from. Until then nothing changes.",
    ),
    Kind.MISSING: KindWords(
        "Someone is missing",
        "Someone is missing from my people",
        "For {champions}: a colleague who should be listed.",
        "The {office} looks it up, and has it corrected where the roster comes from. Until then nothing changes.",
    ),
}
STATES = {
    State.WAITING: ("pending", "Waiting"),
    State.ANSWERED: ("satisfied", "Answered"),
    State.GRANTED: ("satisfied", "Granted"),
    State.DECLINED: ("waived", "Declined"),
    State.WITHDRAWN: ("waived", "Withdrawn"),
}
"""A shape and a word for each state."""


@dataclass(frozen=True, slots=True)
class Row:
    """A request in a list; its title leads to its page."""

    status: str
    state: str
    title: str
    url: str
    when: str
    detail: str | None
    links: tuple[tuple[str, str], ...] = ()


def own_row(line: RequestLine) -> Row:
    """A request in the list of one's own."""
    return _row(line, KINDS[line.kind].name, [_about(line)])


def queue_row(line: RequestLine, today: date) -> Row:
    """A request in the queue: who asks, and how long it has waited."""
    parts = [_about(line), line.home, _excerpt(line.words)]
    when = waits(line, today) if line.is_waiting else None
    return _row(line, f"{line.asker}: {KINDS[line.kind].name}", parts, when)


def _row(line: RequestLine, title: str, parts: Iterable[str | None], when: str | None = None) -> Row:
    return Row(
        *STATES[line.state],
        title,
        url_for("requests.request", request_id=line.id),
        when or shown_day(line.asked_at.date()),
        " · ".join(filter(None, parts)) or None,
    )


def _about(line: RequestLine) -> str | None:
    """What a request is about, in short; whom a champion reports only where she may still see her."""
    if line.kind is Kind.NOT_OURS:
        return line.person
    if line.kind is Kind.MISSING:
        return line.name
    asked = f"{line.module} ({line.requirement})" if line.module and line.requirement else None
    asked = asked or line.module or line.requirement
    return f"{line.course} for {asked}" if line.course else asked


def _excerpt(words: str | None) -> str | None:
    if words is None or len(words) <= EXCERPT:
        return words
    return f"{words[:EXCERPT].rsplit(maxsplit=1)[0]} …"


def waits(line: RequestLine, today: date) -> str:
    """How long a request has waited."""
    days = (today - line.asked_at.date()).days
    return f"for {plural(days, 'day', 'days')}" if days > 0 else "since today"


def queue_groups(
    found: Page[RequestLine], state: State | None, today: date, *, may_answer: bool
) -> Iterator[tuple[str | None, list[Row]]]:
    """The lines of the queue: where it holds several states, what waits under a heading of its own, and all else."""
    if state is not None:
        yield None, [queue_row(line, today) for line in found.items]
        return
    waiting = [queue_row(line, today) for line in found.items if line.is_waiting]
    settled = [queue_row(line, today) for line in found.items if not line.is_waiting]
    if waiting:
        yield "Waits for you" if may_answer else "Waits for an answer", waiting
    if settled:
        yield "Settled", settled


def nothing_in_queue(state: State | None, kind: Kind | None) -> str:
    """That nothing is found, in a sentence."""
    if state is State.WAITING:
        return "No request of this kind waits." if kind else "No request waits."
    about = " of this kind" if kind else ""
    became = "has come in yet" if state is None else f"was {STATES[state][1].lower()}"
    return f"No request{about} {became}."


def queue_answer(found: Page[RequestLine], state: State | None, today: date, *, may_answer: bool) -> str:
    """What the queue holds, in a sentence."""
    whom = " for you" if may_answer else ""
    if state is None and not found.total:
        return nothing_in_queue(None, None)
    if state is None:
        return f"{plural(found.total, 'request', 'requests')}, what waits{whom} first."
    if state is not State.WAITING:
        return f"{plural(found.total, 'request', 'requests')} {STATES[state][1].lower()}."
    if not found.total:
        return f"No requests are waiting{whom}."
    number = plural(found.total, "request waits", "requests wait")
    oldest = f", the oldest {waits(found.items[0], today)}" if found.number == 1 else ""
    return f"{number}{whom}{oldest}."


def mine_answer(found: Page[RequestLine], waiting: int) -> str:
    """What has become of what one asked, in a sentence."""
    if waiting:
        return f"{plural(waiting, 'request waits', 'requests wait')} for an answer."
    return "Nothing waits: everything was answered or withdrawn." if found.total else ""


def told(view: RequestView) -> list[str]:
    """What has become of a request of one's own, and what happens next: a sentence, and quieter ones."""
    line = view.line
    on = f" on {shown_day(view.answered_at.date())}" if view.answered_at else ""
    by = f" by {view.answered_by}" if view.answered_by else say(" by the {office}")
    match line.state:
        case State.WAITING:
            reader = say("the {office} or {a champion} of yours" if line.kind in CHAMPIONS_ANSWER else "the {office}")
            with_file = " Its file is deleted then." if view.file else ""
            return [f"Sent. It waits for {reader}.", f"You can withdraw it until it is answered.{with_file}"]
        case State.WITHDRAWN:
            return ["You withdrew it.", "You can ask again at any time."]
        case State.GRANTED:
            return [f"Granted{on}{by}."]
        case State.DECLINED:
            return [f"Declined{on}{by}."]
    put_right = ["What was missing is on your record now."] if view.made_reference else []
    return [f"Answered{on}{by}.", *put_right]


def facts(view: RequestView, *, with_asker: bool) -> list[tuple[str, object]]:
    """What a request says, without its words."""
    line = view.line
    found: list[tuple[str, object]] = [("Asked", moment(line.asked_at))]
    if with_asker:
        found = [("Person", line.asker), ("Home", line.home or "no current appointment"), *found]
    labelled = (
        ("About", line.person if line.kind is Kind.NOT_OURS else None),
        ("Who", line.name),
        ("E-mail", view.email),
        ("Unit", view.unit),
        ("Course", line.course),
        ("Where", view.place),
        ("Module", line.module),
        ("Requirement", line.requirement),
        ("Record", f"Finished on {shown_day(view.completed_on)}" if view.completed_on else None),
        ("Day" if line.kind is Kind.DISPUTE else "Finished on", None if view.completion_id else view.day),
        ("How", dict(HOW).get(view.how or "")),
        ("From", view.starts_on),
        ("To", view.ends_on or "not said" if view.starts_on else None),
    )
    found += [(label, value) for label, value in labelled if value]
    if view.file:
        url = url_for("requests.file", request_id=line.id)
        words = Markup('<a href="{}">{}</a>, {}').format(url, view.file.download_name, view.file.file_words)
        found.append(("File", words))
    if view.link:
        found.append(("Link", Markup('<a href="{}" rel="noreferrer">{}</a>').format(view.link, view.link)))
    return found


def evidence_readers(kind: Kind) -> str:
    """Who sees a file or a link that is added to a request of a kind."""
    champions = ", and your {champions} for as long as they may answer this" if kind in CHAMPIONS_ANSWER else ""
    return f"You and the {{office}} can see it{champions}."


def made_facts(view: RequestView, *, with_receipt: bool) -> list[tuple[str, object]]:
    """What an answer made."""
    found: list[tuple[str, object]] = []
    if view.waived_from:
        until = f"to {shown_day(view.waived_to)}" if view.waived_to else "until further notice"
        found.append(("Waived", f"from {shown_day(view.waived_from)} {until}"))
    if view.made_on and not with_receipt:
        found.append(("Recorded", f"Finished on {shown_day(view.made_on)}"))
    if view.made_reference and with_receipt:
        url = url_for("learner.receipt", reference=view.made_reference)
        found.append(("Recorded", Markup('<a href="{}">See the record</a>').format(url)))
    return found


@dataclass(frozen=True, slots=True)
class StandingLine:
    """Where the asker stands with a module of a requirement; its title leads to the reasons."""

    status: str
    title: str
    url: str
    when: str
    detail: str


def standing_lines(person_id: int, found: Iterable[tuple[Task, Reason]], on: date | None = None) -> list[StandingLine]:
    """Where somebody stands today, or stood on a day, with the way to why."""
    return [
        StandingLine(
            reason.says.status.word,
            task.title,
            url_for(
                "dashboards.why",
                person_id=person_id,
                requirement_id=reason.requirement_id,
                module_id=task.module_id,
                as_of=on.isoformat() if on else None,
            ),
            _when(reason.says),
            reason.requirement,
        )
        for task, reason in found
    ]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """What granting changes for one requirement: two statuses in words, or that nothing changes."""

    requirement: str
    before: tuple[str, str]
    after: tuple[str, str]
    is_change: bool


def change_lines(found: Iterable[Change]) -> list[ChangeLine]:
    """What granting would change. A status is a pair of its word and what is said beside its shape."""
    return [
        ChangeLine(
            one.requirement,
            (one.before.status.word, _when(one.before)),
            (one.after.status.word, _when(one.after)),
            one.is_change,
        )
        for one in found
    ]


def _when(said: Says) -> str:
    """The day that matters with a status."""
    match said.status:
        case Status.SATISFIED:
            return f"Done on {shown_day(said.satisfied_on)}"
        case Status.EXPIRED:
            return f"Lapsed on {shown_day(said.expires_on)}"
        case Status.OVERDUE:
            return f"Overdue since {shown_day(said.due_on)}"
        case Status.PENDING:
            return "Waits for a decision"
        case Status.WAIVED:
            return "Waived"
        case Status.ON_LEAVE:
            return "On leave"
    return f"Due by {shown_day(said.due_on)}" if said.due_on else "Not started"
