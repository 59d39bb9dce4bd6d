"""The story of a person as lines of its page: facts with their ways on, and one timeline of all that happened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from tracker.core import clock
from tracker.core.words import day, plural, sentence_list
from tracker.dashboards.queries.person import Asked
from tracker.directory.commands.undoing import undoable_until
from tracker.directory.queries.people import Found
from tracker.directory.queries.story import Dated, Event, PostView, Story
from tracker.directory.routes.wording import period, person_url, reason_kept, share, waived
from tracker.people.models import Called
from tracker.progress.queries.records import Deed, Outcome, Record
from tracker.progress.queries.records import Entry as RecordEntry
from tracker.requests.rules import Kind, State
from tracker.web.lines import PersonLine

FORMER_WORDS = {Called.NAME: "called", Called.EMAIL: "at", Called.IDENTIFIER: "identifier"}
KIND_WORDS = {
    Kind.DISPUTE: "a dispute",
    Kind.OLDER: "something finished longer ago",
    Kind.EQUIVALENCE: "another course",
    Kind.WAIVER: "a waiver",
    Kind.ACCOMMODATION: "another way to take part",
    Kind.NOT_OURS: "“not ours”",
    Kind.MISSING: "“someone is missing”",
}
STATE_WORDS = {
    State.WAITING: "waiting",
    State.ANSWERED: "answered",
    State.GRANTED: "granted",
    State.DECLINED: "declined",
    State.WITHDRAWN: "withdrawn",
}
OUTCOME_WORDS = {
    Outcome.COUNTS: "counts",
    Outcome.WAITING: "waits for a decision",
    Outcome.TURNED_DOWN: "not verified",
    Outcome.WITHDRAWN: "withdrawn",
    Outcome.STRUCK_OUT: "struck out",
}
DEED_WORDS = {
    Deed.LOGGED: "logged",
    Deed.CORRECTED: "corrected",
    Deed.VERIFIED: "verified",
    Deed.TURNED_DOWN: "not verified",
    Deed.WITHDRAWN: "withdrawn",
    Deed.STRUCK_OUT: "struck out",
    Deed.REOPENED: "decision taken back",
}
UNDO_WORDS = {
    "appointment.added": "The post was recorded.",
    "appointment.changed": "The post was changed.",
    "appointment.removed": "The post was taken back.",
    "function.added": "The function was recorded.",
    "function.changed": "The function was changed.",
    "function.removed": "The function was taken back.",
    "leave.added": "The leave was recorded.",
    "leave.changed": "The leave was changed.",
    "leave.removed": "The leave was taken back.",
    "waiver.granted": "The waiver was recorded.",
    "waiver.changed": "The waiver was changed.",
}


@dataclass(frozen=True, slots=True)
class FactLine:
    """A post, a function, a leave or a waiver: what it is, when, how it came here, and where it is changed."""

    title: str
    when: str
    detail: str
    is_over: bool
    urls: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class StatusLine:
    """Where she stands with something that is asked."""

    status: str
    title: str
    url: str
    when: str
    detail: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the timeline."""

    day: date | None
    text: str
    detail: str
    ahead: bool


@dataclass(frozen=True, slots=True)
class Undo:
    """What was just done, and where it is taken back."""

    text: str
    url: str


def found_line(one: Found) -> PersonLine:
    """Somebody who was found."""
    home = ", ".join(filter(None, (one.unit, one.category, one.role))) or "no post today"
    formerly = f"found by “{one.formerly}”, which is no longer hers or his" if one.formerly else None
    return PersonLine(one.id, one.name, person_url(one.id), " · ".join(filter(None, (one.identifier, home, formerly))))


def answer(story: Story, today: date) -> str:
    """Where she is, and what is left."""
    home = story.now.home
    if home is None:
        begins = [post.starts_on for post in story.posts if post.is_primary and post.starts_on > today]
        if begins:
            return f"Begins on {day(min(begins))}."
        left = story.now.left_on
        return f"Left on {day(left)}. Counted nowhere today." if left else "Has no primary post, so is counted nowhere."
    late = sum(one.status.word in ("overdue", "expired") for one in story.now.asked)
    owed = f"{plural(late, 'module is', 'modules are')} overdue" if late else "Nothing is overdue"
    return f"At home in {home.unit}, {home.category}, {home.role}. {owed}."


def facts(story: Story) -> list[tuple[str, object]]:
    """What she is called and found by."""
    former = [f"{FORMER_WORDS[one.kind]} {one.value} until {day(one.until)}" for one in story.former]
    return [
        ("Name", story.person.name),
        ("Identifier", story.person.identifier),
        ("E-mail", story.person.email),
        *([("Before", sentence_list(former))] if former else []),
    ]


def post_lines(story: Story, today: date) -> list[FactLine]:
    """Her posts, the latest first."""
    return [_post_line(story, one, today) for one in story.posts]


def _post_line(story: Story, one: PostView, today: date) -> FactLine:
    url = url_for("directory.change_post", person_id=story.person.id, appointment_id=one.id)
    kind = "primary" if one.is_primary else "beside the primary post, counted in no rate"
    about = ", ".join(filter(None, (one.category, one.role, share(one.fte), kind)))
    came = _came(story.entered("appointment", one.id))
    return FactLine(
        one.unit,
        period(one.starts_on, one.ends_on),
        f"{about} · {came}",
        _is_over(one.ends_on, today),
        [("Correct", url)],
    )


def dated_lines(story: Story, kind: str, rows: Sequence[Dated], today: date) -> list[FactLine]:
    """Her functions or leaves, the latest first."""
    return [
        FactLine(
            one.what,
            period(one.starts_on, one.ends_on),
            _came(story.entered(kind, one.id)),
            _is_over(one.ends_on, today),
            [("Correct", _correct_url(kind, story.person.id, one.id))],
        )
        for one in rows
    ]


def _correct_url(kind: str, person_id: int, row_id: int) -> str:
    if kind == "leave":
        return url_for("directory.change_leave", person_id=person_id, leave_id=row_id)
    return url_for("directory.change_function", person_id=person_id, function_id=row_id)


def waiver_lines(story: Story, today: date) -> list[FactLine]:
    """What was waived for her; why, only for whoever may read it, and else that it is kept."""
    return [
        FactLine(
            waived(one.requirement, one.module),
            period(one.starts_on, one.ends_on),
            " · ".join(
                filter(
                    None,
                    (
                        f"approved by {one.approved_by}" if one.approved_by else None,
                        reason_kept() if one.reason is None else one.reason,
                        _came(story.entered("waiver", one.id)),
                    ),
                )
            ),
            _is_over(one.ends_on, today),
            [("End or take back", url_for("directory.end_waiver", waiver_id=one.id))],
        )
        for one in story.waivers
    ]


def asked_lines(story: Story) -> list[StatusLine]:
    """What counts now: each module of each requirement that is asked of her today."""
    return [_asked_line(story.person.id, one) for one in story.now.asked]


def _asked_line(person_id: int, one: Asked) -> StatusLine:
    dates = (("done on", one.satisfied_on), ("expires on", one.expires_on), ("due on", one.due_on))
    told = [f"{word} {day(on)}" for word, on in dates if on is not None]
    url = url_for("dashboards.why", person_id=person_id, requirement_id=one.requirement_id, module_id=one.module_id)
    detail = f"{one.requirement} ({one.level})"
    return StatusLine(one.status.word, one.module, url, told[0][:1].upper() + told[0][1:] if told else "", detail)


# The timeline


def timeline(story: Story, today: date) -> list[Entry]:
    """All that happened and is to come, the latest first."""
    found = [*_employment(story), *_learning(story), *_beside(story)]
    told = [Entry(on, text, detail, on is not None and on > today) for on, text, detail in found]
    return sorted(told, key=lambda entry: entry.day or date.min, reverse=True)


def _employment(story: Story) -> Iterator[tuple[date, str, str]]:
    for post in story.posts:
        came = _came(story.entered("appointment", post.id))
        yield post.starts_on, f"Began in {post.unit} as {post.category}, {post.role}", came
        if post.ends_on:
            yield post.ends_on, f"Last day in {post.unit} as {post.category}, {post.role}", _changed(story, post.id)
    for kind, rows in (("function", story.functions), ("leave", story.leaves)):
        for one in rows:
            yield one.starts_on, f"{one.what} begins", _came(story.entered(kind, one.id))
            if one.ends_on:
                yield one.ends_on, f"{one.what} ends", ""
    for former in story.former:
        yield former.until, f"No longer {FORMER_WORDS[former.kind]} {former.value}", ""


def _learning(story: Story) -> Iterator[tuple[date, str, str]]:
    for record in story.records:
        yield record.now.completed_on, f"Finished {record.title}", _record_words(story, record)
    for one in story.waivers:
        what = waived(one.requirement, one.module)
        yield one.starts_on, f"Waived: {what}", _came(story.entered("waiver", one.id))
        if one.ends_on:
            yield one.ends_on, f"Waiver ends: {what}", ""


def _record_words(story: Story, record: Record) -> str:
    """What has become of a completion, and who did what to it."""
    entered = [f"{DEED_WORDS[entry.deed]} {_entered(story, entry)}" for entry in record.entries]
    return f"{OUTCOME_WORDS[record.outcome]}; {sentence_list(entered)}"


def _entered(story: Story, entry: RecordEntry) -> str:
    if entry.entered_at is None:
        return "in a file"
    events = story.events.get(f"completion:{entry.id}", ())
    return f"on {day(entry.entered_at)}" + (f" by {events[0].by}" if events else "")


def _beside(story: Story) -> Iterator[tuple[date, str, str]]:
    for term in story.terms:
        yield term.starts_on, f"{term.what} begins", _came(story.entered("champion", term.id))
        if term.ends_on:
            yield term.ends_on, f"{term.what} ends", ""
    for request in story.requests:
        who = "Asked for" if request.is_own else "Somebody reported"
        yield request.asked_at.date(), f"{who} {KIND_WORDS[request.kind]}", STATE_WORDS[request.state]
    for message in story.messages:
        yield message.written_at.date(), f"Message “{message.subject}”", "stopped" if message.was_stopped else ""


def _came(event: Event | None) -> str:
    return f"entered on {day(event.at)} by {event.by}" if event else "from a file"


def _changed(story: Story, appointment_id: int) -> str:
    events = [one for one in story.events.get(f"appointment:{appointment_id}", ()) if one.verb.endswith(".changed")]
    return f"changed on {day(events[-1].at)} by {events[-1].by}" if events else ""


def _is_over(ends_on: date | None, today: date) -> bool:
    return ends_on is not None and ends_on < today


def undo_of(story: Story, event_id: int | None) -> Undo | None:
    """The way back from a deed that was just done to her, while there is one."""
    for events in story.events.values():
        for event in events:
            if event.id == event_id and event.verb in UNDO_WORDS and clock.now() < undoable_until(event.at):
                url = url_for("directory.undo", person_id=story.person.id, event_id=event.id)
                return Undo(UNDO_WORDS[event.verb], url)
    return None
