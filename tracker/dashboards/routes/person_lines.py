"""What the pages of people say: a person in a list, and all that a reader may see of one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import url_for
from markupsafe import Markup, escape

from tracker.core.words import ago, count, day, plural, sentence_list
from tracker.dashboards.queries.people import Listed
from tracker.dashboards.queries.person import Asked, Done, PersonView, Post
from tracker.dashboards.routes.lines import LATE, STATUS_WORDS, capital
from tracker.dashboards.rules import URGENCY
from tracker.progress.rules import Level, State, Status
from tracker.web.lines import PersonLine

ONE_DAY = timedelta(days=1)
OVERALL_WORDS = {Status.NOT_STARTED: "Something left to do", Status.SATISFIED: "Nothing left to do"}
"""What the status that speaks for all that is required of somebody is called, where it has no word of its own."""


def person_line(person: Listed, modules: int, on: date, today: date) -> PersonLine:
    """A person as lists show her on a day; `modules` is how many the listed requirement has."""
    return PersonLine(
        person.id,
        person.shown_name,
        url_for("dashboards.person", person_id=person.id),
        _person_detail(person, modules),
        status=person.status.word if person.status else None,
        status_text=_status_text(person, on, today),
        when=when(person.status, person.due_on, person.satisfied_on, person.expires_on),
    )


def person_lines(people: Sequence[Listed], modules: int, on: date, today: date) -> list[PersonLine]:
    """The people of a list."""
    return [person_line(one, modules, on, today) for one in people]


def _person_detail(person: Listed, modules: int) -> str:
    home = ", ".join((person.home.unit, person.home.category, person.home.role)) if person.home else ""
    if not person.left:
        return home
    left = f"all {modules} modules" if len(person.left) == modules else sentence_list(person.left)
    return f"{home} · To do: {left}"


def _status_text(person: Listed, on: date, today: date) -> str | None:
    """Where a person stands. Whoever has done a part has begun, though her status, which is that of the whole, has no
    word of its own for it."""
    if person.is_overall and person.status in OVERALL_WORDS:
        return OVERALL_WORDS[person.status]
    if person.status is Status.NOT_STARTED and person.done:
        return f"{count(person.done)} of {count(person.done + len(person.left))} done"
    return status_text(person.status, person.due_on, on, today) if person.status else None


def status_text(status: Status, due_on: date | None, on: date, today: date) -> str:
    """A status in words; of today, how far off the day is."""
    if status is Status.DUE_SOON and due_on is not None and on == today:
        return f"Due {ago(due_on, on)}"
    return STATUS_WORDS[status]


def when(status: Status | None, due_on: date | None, satisfied_on: date | None, expires_on: date | None) -> str | None:
    """The day that matters with a status; the expiry day is the first on which a completion no longer counts."""
    if status is Status.SATISFIED and satisfied_on is not None:
        until = f", counts until {day(expires_on - ONE_DAY)}" if expires_on is not None else ""
        return f"on {day(satisfied_on)}{until}"
    if status is Status.EXPIRED and expires_on is not None:
        return f"since {day(expires_on)}"
    if due_on is None:
        return None
    return f"was due on {day(due_on)}" if status is Status.OVERDUE else f"by {day(due_on)}"


def person_answer(person: PersonView, on: date, today: date) -> str:
    """Where a person stands, in one sentence, as far as the reader may see it."""
    if person.home is None:
        if person.left_on is not None:
            return f"At home in no unit on {day(on)}; the last day was {day(person.left_on)}."
        return f"At home in no unit on {day(on)}."
    if not person.asked:
        return "Nothing is asked that you can see."
    leads = [reasons[0] for reasons in _by_module(person)]
    left = [one for one in leads if _part(one) == LEFT]
    waiting = sum(_part(one) == WAITS for one in leads)
    said = _left_words(left) if left else "Nothing is left to do of what you can see here."
    return f"{said} {plural(waiting, 'module waits', 'modules wait')} to be verified." if waiting else said


def _left_words(left: Sequence[Asked]) -> str:
    """How many modules are left to do, and how many of them are late."""
    late = sum(one.status in LATE and one.level is Level.REQUIRED for one in left)
    words = f"{plural(len(left), 'module', 'modules')} left to do"
    if not late:
        return f"{words}, nothing overdue."
    if len(left) == 1:
        return f"{words}, and overdue."
    return f"{words}, {'all' if late == len(left) else count(late)} of them overdue."


def person_facts(person: PersonView) -> list[tuple[str, object]]:
    """Who somebody is."""
    facts: list[tuple[str, object]] = []
    if person.home is not None:
        facts += [("Home unit", _unit_link(person.home)), ("Category and role", capital(_post_words(person.home)))]
    if person.left_on is not None:
        facts.append(("Last day", person.left_on))
    for post in person.others:
        facts.append(("Also", Markup("{}, {}").format(_unit_link(post), _post_words(post))))
    if person.identifier is not None:
        facts += [("Identifier", person.identifier), ("E-mail", person.email)]
    return facts


def _unit_link(post: Post) -> Markup:
    """A unit by name, leading to its page where the reader may open it."""
    if post.code is None:
        return escape(post.unit)
    return Markup('<a href="{}">{}</a>').format(url_for("dashboards.unit", code=post.code), post.unit)


def _post_words(post: Post) -> str:
    return f"{post.category}, {post.role}"


LEFT, WAITS, PAUSED = "Left to do", "Waits to be verified", "Paused while on leave"
DONE, WAIVED, OPTIONAL = "Done", "Waived", "Optional"
PARTS = (LEFT, WAITS, PAUSED, DONE, WAIVED, OPTIONAL)
"""The parts of what is asked of a person, open things first."""
LEVELS = (Level.REQUIRED, Level.EXPECTED, Level.OPTIONAL)


def _part(one: Asked) -> str:
    """Where a module of a requirement belongs on the page. What is optional is never owed, and pauses for nobody."""
    match one.status:
        case Status.PENDING:
            return WAITS
        case Status.SATISFIED:
            return DONE
        case Status.WAIVED:
            return WAIVED
        case Status.ON_LEAVE if one.level is not Level.OPTIONAL:
            return PAUSED
    return OPTIONAL if one.level is Level.OPTIONAL else LEFT


def _by_module(person: PersonView) -> list[list[Asked]]:
    """What is asked, each module once with all requirements that ask for it, the most pressing first in both."""
    modules: dict[int, list[Asked]] = {}
    for one in sorted(person.asked, key=_urgency):
        modules.setdefault(one.module_id, []).append(one)
    return list(modules.values())


def _urgency(one: Asked) -> tuple[int, int, int, date]:
    return PARTS.index(_part(one)), LEVELS.index(one.level), URGENCY.index(one.status), one.due_on or date.max


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """A requirement that asks for a module too: its words, what it says where that is something else, and why."""

    title: str
    said: str | None
    url: str


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A module asked of a person; the most pressing of the requirements that ask for it speaks for it."""

    status: str
    title: str
    url: str
    when: str
    said: str | None
    asked_by: str
    others: Sequence[ReasonLine]


def asked_of(person: PersonView, on: date, today: date) -> list[tuple[str, list[AskedLine]]]:
    """What is asked of a person, part by part: each module once, what has to be done before what is done.

    Where the heading of its part says how a module stands, its line does not say it again.
    """
    parts: dict[str, list[AskedLine]] = {}
    for reasons in _by_module(person):
        parts.setdefault(_part(reasons[0]), []).append(_asked_line(person.id, reasons, on, today))
    return list(parts.items())


def _asked_line(person_id: int, reasons: Sequence[Asked], on: date, today: date) -> AskedLine:
    lead = reasons[0]
    return AskedLine(
        lead.status.word,
        lead.module,
        _why_url(person_id, lead),
        capital(_when(lead)),
        said=status_text(lead.status, lead.due_on, on, today) if _part(lead) in (LEFT, OPTIONAL) else None,
        asked_by=_asked_by(lead),
        others=[
            ReasonLine(_asked_by(one), _otherwise(one, lead), _why_url(person_id, one))
            for one in reasons
            if one is not lead
        ],
    )


def _when(one: Asked) -> str | None:
    return when(one.status, one.due_on, one.satisfied_on, one.expires_on)


def _asked_by(one: Asked) -> str:
    return f"{one.requirement} ({one.level})"


def _otherwise(one: Asked, lead: Asked) -> str | None:
    """What a requirement says of a module, where that is not what the most pressing one says."""
    if (one.status, _when(one)) == (lead.status, _when(lead)):
        return None
    return " ".join(filter(None, (STATUS_WORDS[one.status].lower(), _when(one))))


def _why_url(person_id: int, one: Asked) -> str:
    return url_for("dashboards.why", person_id=person_id, requirement_id=one.requirement_id, module_id=one.module_id)


@dataclass(frozen=True, slots=True)
class DoneLine:
    """A completion on record."""

    status: str
    title: str
    url: str | None
    when: str
    detail: str | None
    state: str
    links: Sequence[tuple[str, str]]


STATE_WORDS = {State.VERIFIED: "Verified", State.CLAIMED: "Logged by the person"}


def _state_of(one: Done) -> str:
    return WAITS if one.waits else STATE_WORDS[one.state]


def done_lines(person: PersonView, *, sees_all: bool, may_correct: bool, may_decide: bool) -> list[DoneLine]:
    """What is on record; with the way to decide a claim that waits, and for the office to correct a record."""
    found = []
    for one in person.done:
        decide_url = url_for("claims.decide", completion_id=one.id) if one.waits and may_decide else None
        links = [("Decide", decide_url)] if decide_url and sees_all else []
        if may_correct:
            links.append(("Correct", url_for("claims.correct", completion_id=one.id)))
        found.append(
            DoneLine(
                status="pending" if one.waits else "satisfied",
                title=one.title,
                url=url_for("learner.receipt", reference=one.reference) if sees_all else decide_url,
                when=day(one.completed_on),
                detail=None if sees_all else _state_of(one),
                state=_state_of(one),
                links=links,
            )
        )
    return found


def title_of_asked(person: PersonView, requirement_id: int, module_id: int | None) -> str:
    """What an explanation is about, in the words of the list it was opened from."""
    for one in person.asked:
        if one.requirement_id == requirement_id and module_id in (None, one.module_id):
            return one.requirement if module_id is None else one.module
    return "What is asked"


def file_rows(person: PersonView) -> Iterator[Sequence[object]]:
    """What is asked of a person, and what is on record, as lines of a file."""
    for one in person.asked:
        days = (one.due_on, one.satisfied_on, one.expires_on)
        yield "asked", one.module, one.requirement, one.level.value, one.status.word, *days
    for done in person.done:
        yield "on record", done.title, None, None, _state_of(done), None, done.completed_on, None
