"""What the pages of people say: a person in a list, and all that a reader may see of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from markupsafe import Markup, escape

from tracker.dashboards.queries.items import ItemView, RequirementView
from tracker.dashboards.queries.people import Listed
from tracker.dashboards.queries.person import Done, PersonView, Post
from tracker.dashboards.routes.lines import LATE, LEVEL_WORDS, STATUS_WORDS, capital
from tracker.dashboards.rules import OUTSTANDING
from tracker.progress.rules import Level, State, Status
from tracker.web.templating import ago, count, day, plural, sentence_list


def item_title(requirement: RequirementView | None, item: ItemView | None) -> str | None:
    """What a list is about; a module with the requirement that asks for it."""
    if requirement is None or item is None:
        return None
    return requirement.title if item is requirement.whole else f"{item.title} ({requirement.title})"


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person in a list: where she is at home, and where she stands."""

    id: int
    name: str
    url: str
    detail: str
    status: str | None
    status_text: str | None
    when: str | None


def person_line(person: Listed, modules: int, on: date, today: date) -> PersonLine:
    """A person as lists show her on a day; `modules` is how many the listed requirement has."""
    return PersonLine(
        person.id,
        person.shown_name,
        url_for("dashboards.person", person_id=person.id),
        _person_detail(person, modules),
        status=person.status.word if person.status else None,
        status_text=status_text(person.status, person.due_on, on, today) if person.status else None,
        when=when(person.status, person.due_on, person.satisfied_on, person.expires_on),
    )


def _person_detail(person: Listed, modules: int) -> str:
    home = ", ".join((person.home.unit, person.home.category, person.home.role)) if person.home else ""
    if not person.left:
        return home
    left = f"all {modules} modules" if len(person.left) == modules else sentence_list(person.left)
    return f"{home} · To do: {left}"


def status_text(status: Status, due_on: date | None, on: date, today: date) -> str:
    """A status in words; of today, how far off the day is."""
    if status is Status.DUE_SOON and due_on is not None and on == today:
        return f"Due {ago(due_on, on)}"
    return STATUS_WORDS[status]


def when(status: Status | None, due_on: date | None, satisfied_on: date | None, expires_on: date | None) -> str | None:
    """The day that matters with a status."""
    if status is Status.SATISFIED and satisfied_on is not None:
        until = f", counts until {day(expires_on)}" if expires_on is not None else ""
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
    left = [one for one in person.asked if one.status in OUTSTANDING and one.level is not Level.OPTIONAL]
    if not left:
        return (
            "Nothing is left to do of what you can see here." if person.asked else "Nothing is asked that you can see."
        )
    late = sum(one.status in LATE and one.level is Level.REQUIRED for one in left)
    words = f"{plural(len(left), 'module', 'modules')} left to do"
    if not late:
        return f"{words}, nothing overdue."
    return (
        f"{words}, {'all' if late == len(left) else count(late)} of them overdue."
        if len(left) > 1
        else f"{words}, and overdue."
    )


def person_facts(person: PersonView) -> list[tuple[str, object]]:
    """Who somebody is."""
    facts: list[tuple[str, object]] = []
    if person.home is not None:
        facts += [("Home unit", _unit_link(person.home)), ("Category and role", _post_words(person.home))]
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


@dataclass(frozen=True, slots=True)
class ItemLine:
    """Something asked of a person, or done by her."""

    status: str
    title: str
    url: str | None
    when: str
    detail: str | None
    state: str = ""
    links: Sequence[tuple[str, str]] = ()


def asked_of(person: PersonView, on: date, today: date) -> list[tuple[str, list[ItemLine]]]:
    """What is asked of a person by requirement: its title, and its modules with why they stand as they do."""
    groups: dict[str, list[ItemLine]] = {}
    for one in person.asked:
        groups.setdefault(f"{one.requirement} ({LEVEL_WORDS[one.level]})", []).append(
            ItemLine(
                one.status.word,
                one.module,
                url_for(
                    "dashboards.why",
                    person_id=person.id,
                    requirement_id=one.requirement_id,
                    module_id=one.module_id,
                ),
                capital(when(one.status, one.due_on, one.satisfied_on, one.expires_on)),
                detail=status_text(one.status, one.due_on, on, today),
            )
        )
    return list(groups.items())


STATE_WORDS = {State.VERIFIED: "Verified", State.CLAIMED: "Logged by the person"}
WAITS = "Waits to be verified"


def _state_of(one: Done) -> str:
    return WAITS if one.waits else STATE_WORDS[one.state]


def done_lines(person: PersonView, *, sees_all: bool, may_correct: bool) -> list[ItemLine]:
    """What is on record; for the office with the way to correct it."""
    return [
        ItemLine(
            status="pending" if one.waits else "satisfied",
            title=one.title,
            url=url_for("learner.receipt", reference=one.reference) if sees_all else None,
            when=day(one.completed_on),
            detail=None if sees_all else _state_of(one),
            state=_state_of(one),
            links=[("Correct", url_for("claims.correct", completion_id=one.id))] if may_correct else (),
        )
        for one in person.done
    ]


def title_of_asked(person: PersonView, requirement_id: int, module_id: int | None) -> str:
    """What an explanation is about, in the words of the list it was opened from."""
    for one in person.asked:
        if one.requirement_id == requirement_id and module_id in (None, one.module_id):
            return one.requirement if module_id is None else one.module
    return "What is asked"
