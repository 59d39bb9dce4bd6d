"""What the pages of units say, in sentences and as lines of their tables and lists."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from markupsafe import Markup, escape

from tracker.champions.queries import ChampionView
from tracker.dashboards.queries.items import ItemView, RequirementView
from tracker.dashboards.queries.people import Listed
from tracker.dashboards.queries.person import PersonView, Post
from tracker.dashboards.queries.places import Place
from tracker.dashboards.queries.standings import Cell, GateStanding, Row, Standing
from tracker.dashboards.rules import OUTSTANDING
from tracker.progress.rules import Level, State, Status
from tracker.units.queries import UnitView
from tracker.web.templating import ago, count, day, percent, plural, sentence_list

LEVEL_WORDS = {Level.REQUIRED: "required", Level.EXPECTED: "expected", Level.OPTIONAL: "optional"}
STATUS_WORDS = {
    Status.OVERDUE: "Overdue",
    Status.EXPIRED: "Expired",
    Status.DUE_SOON: "Due soon",
    Status.NOT_STARTED: "Not started",
    Status.PENDING: "Pending",
    Status.SATISFIED: "Satisfied",
    Status.ON_LEAVE: "On leave",
    Status.WAIVED: "Waived",
}
PEOPLE = ("person", "people")


def people_url(unit: UnitView, requirement: RequirementView, item: ItemView, statuses: Iterable[Status] = ()) -> str:
    """The list of people of a unit for an item; without statuses, those outstanding."""
    module = None if item is requirement.whole else item.code
    words = [status.word for status in statuses] or None
    return url_for("dashboards.people", code=unit.code, requirement=requirement.code, module=module, status=words)


def row_url(row: Row) -> str | None:
    """Where a line of a table of units leads: down the tree, and at its end to the people."""
    if row.unit is None:
        return None
    endpoint = "dashboards.unit" if row.has_children else "dashboards.people"
    return url_for(endpoint, code=row.unit.code)


def crumbs(path: Sequence[Place], here: str | None = None) -> list[tuple[str, str | None]]:
    """The way down to a unit; `here` names a page of the unit that is not its first."""
    steps = [
        (place.unit.name, url_for("dashboards.unit", code=place.unit.code) if place.is_visible else None)
        for place in path
    ]
    return [*steps, (here, None)] if here else [*steps[:-1], (steps[-1][0], None)]


# Sentences


def answer(standing: Standing, on: date) -> str:
    """Where a unit stands, in one sentence."""
    if not standing.asked:
        return f"Nobody is asked for anything here on {day(on)}."
    if (key := standing.key) is None:
        return "What is asked here is shown without names, so rates are rounded and small groups are left out."
    cell = standing.whole.cell(key.whole)
    if not cell.denominator:
        return f"Nobody is counted for “{key.title}” on {day(on)}."
    return f"{percent_have(cell)} completed “{key.title}”: {of_people(cell)}."


def percent_have(cell: Cell) -> str:
    """A rate as the beginning of a sentence about people."""
    return f"{cell.percent_text} {'has' if cell.denominator == 1 else 'have'}"


def of_people(cell: Cell) -> str:
    """The two numbers of a rate: 131 of 212 people."""
    return f"{count(cell.numerator)} of {plural(cell.denominator, *PEOPLE)}"


def still_to_go(standing: Standing) -> str | None:
    """Who is left of those the answer speaks of."""
    if (key := standing.key) is None or not standing.whole.cell(key.whole).denominator:
        return None
    figure = standing.whole.cell(key.whole).figure
    if not figure.to_go:
        return "Everybody who is counted has completed it."
    late = [
        f"{count(number)} {words}"
        for number, words in ((figure.overdue, "overdue"), (figure.due_soon, "due within 30 days"))
        if number
    ]
    return f"{plural(figure.to_go, *PEOPLE)} to go{': ' + ' and '.join(late) if late else ''}."


@dataclass(frozen=True, slots=True)
class GateLine:
    """A gate before a unit in words."""

    is_open: bool
    title: str
    text: str
    needs: Sequence[str]


def gate_lines(standing: Standing, on: date) -> Iterator[GateLine]:
    """Whether the unit may begin, and with which numbers."""
    for one in standing.gates:
        gate = one.gate
        if one.is_open and gate.opened_on is not None:
            how = "opened by the office" if gate.by_hand else "open"
            title = f"{gate.title}: {how} since {day(gate.opened_on)}."
        else:
            title = f"{gate.title}: not open yet."
        yield GateLine(one.is_open, title, " ".join(_gate_text(one, on)), gate.needs)


def _gate_text(one: GateStanding, on: date) -> Iterator[str]:
    gate = one.gate
    what = "the module" if len(gate.needs) == 1 else f"all {len(gate.needs)} modules"
    if not one.is_open and one.still_needed:
        needed = (
            "1 more person is needed" if one.still_needed == 1 else f"{count(one.still_needed)} more people are needed"
        )
        yield f"{needed}."
    elif not one.is_open and gate.starts_on > on:
        yield f"It cannot open before {day(gate.starts_on)}."
    if one.figure is not None:
        done, counted = one.figure.satisfied, one.figure.denominator
        if counted:
            yield (
                f"{percent(done, counted)} had completed {what} it needs on {day(on)}: "
                f"{count(done)} of {plural(counted, *PEOPLE)}."
            )
        else:
            yield f"Nobody here counted for it on {day(on)}."
    yield f"It opens above {percent(gate.percent, 100)}."


# Lists


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for the reader."""

    count: int
    text: str
    detail: str | None
    action: tuple[str, str]


def needs(standing: Standing, claims: int) -> Iterator[Need]:
    """What to look at first: claims to decide, then who is late or soon will be, by requirement."""
    if claims:
        words = "claim to decide" if claims == 1 else "claims to decide"
        yield Need(claims, words, None, ("Review claims", url_for("claims.waiting")))
    for requirement in standing.asked:
        cell = standing.whole.cell(requirement.whole)
        for statuses, words in ((LATE, "overdue"), ((Status.DUE_SOON,), "due within 30 days")):
            if requirement.level is Level.REQUIRED and (number := cell.figure.having(statuses)):
                text = f"{'person' if number == 1 else 'people'} {words}"
                url = people_url(standing.unit, requirement, requirement.whole, statuses)
                yield Need(number, text, requirement.title, ("See them", url))


LATE = (Status.OVERDUE, Status.EXPIRED)
"""What counts as overdue where a requirement counts people."""


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A requirement or one of its modules in the table of a unit's page; no numbers where names are not shown.

    `counted` is asked, waived, on leave, counted.
    """

    title: str
    note: str | None
    depth: int
    url: str
    cell: Cell
    to_go: int | None
    to_go_url: str | None
    overdue: int | None
    overdue_url: str | None
    overdue_note: str | None
    due_soon: int | None
    due_soon_url: str | None
    counted: Sequence[int | None]


def asked_lines(standing: Standing) -> Iterator[AskedLine]:
    """Each requirement, and below it its modules."""
    for requirement in standing.asked:
        for item in (requirement.whole, *requirement.modules):
            yield _asked_line(standing, requirement, item)


def _asked_line(standing: Standing, requirement: RequirementView, item: ItemView) -> AskedLine:
    is_whole = item is requirement.whole
    cell = standing.whole.cell(item)
    figure = cell.figure
    is_shown = cell.protected_text is None
    late = LATE if is_whole else (Status.OVERDUE,)

    def url(number: int, statuses: Iterable[Status]) -> str | None:
        return people_url(standing.unit, requirement, item, statuses) if number else None

    return AskedLine(
        title=requirement.title if is_whole else item.title,
        note=LEVEL_WORDS[requirement.level] if is_whole else None,
        depth=0 if is_whole else 1,
        url=people_url(standing.unit, requirement, item),
        cell=cell,
        to_go=figure.to_go if is_shown else None,
        to_go_url=url(figure.to_go, OUTSTANDING),
        overdue=figure.overdue if is_shown else None,
        overdue_url=url(figure.overdue, late),
        overdue_note=f"{count(figure.expired)} expired" if figure.expired else None,
        due_soon=figure.due_soon if is_shown else None,
        due_soon_url=url(figure.due_soon, (Status.DUE_SOON,)),
        counted=[figure.in_scope, figure.waived, figure.on_leave, figure.denominator] if is_shown else [None] * 4,
    )


@dataclass(frozen=True, slots=True)
class ChampionLine:
    """A champion in a list of people."""

    id: int
    name: str
    url: str | None
    detail: str
    status: None = None


def champion_lines(champions: Iterable[ChampionView], path: Sequence[Place]) -> list[ChampionLine]:
    """Who champions the unit or one above it."""
    names = {place.unit.id: place.unit.name for place in path}
    here = path[-1].unit.id
    return [
        ChampionLine(
            one.person_id,
            one.name or one.email,
            f"mailto:{one.email}" if one.email else None,
            ", ".join(_champion_words(one, None if one.unit_id == here else names.get(one.unit_id))),
        )
        for one in champions
    ]


def _champion_words(one: ChampionView, unit: str | None) -> Iterator[str]:
    yield f"{one.kind.capitalize()} champion{f' of {unit}' if unit else ''}"
    if one.ends_on is not None:
        yield f"until {day(one.ends_on)}"


def kind_of_parts(parts: Iterable[Row]) -> str:
    """What the units below a unit are, in one word."""
    kinds = {row.unit.kind for row in parts if row.unit is not None}
    return kinds.pop() if len(kinds) == 1 else "unit"


def changing(standing: Standing) -> list[str]:
    """The requirements asked here whose rule is being changed."""
    return [requirement.title for requirement in standing.asked if requirement.is_changing]


def titles(requirements: Iterable[RequirementView]) -> str:
    """Requirements in a sentence."""
    return sentence_list([f"“{requirement.title}”" for requirement in requirements])


def item_title(requirement: RequirementView | None, item: ItemView | None) -> str | None:
    """What a list is about; a module with the requirement that asks for it."""
    if requirement is None or item is None:
        return None
    return requirement.title if item is requirement.whole else f"{item.title} ({requirement.title})"


# People


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


def person_line(person: Listed, on: date, today: date) -> PersonLine:
    """A person as lists show her on a day."""
    return PersonLine(
        person.id,
        person.shown_name,
        url_for("dashboards.person", person_id=person.id),
        _person_detail(person),
        status=person.status.word if person.status else None,
        status_text=status_text(person.status, person.due_on, on, today) if person.status else None,
        when=when(person.status, person.due_on, person.satisfied_on, person.expires_on),
    )


def _person_detail(person: Listed) -> str:
    home = ", ".join((person.home.unit, person.home.category, person.home.role)) if person.home else ""
    return f"{home} · To do: {', '.join(person.left)}" if person.left else home


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


# One person


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
    return f"{words}, {count(late)} of them overdue." if late else f"{words}, none of them overdue."


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
                _capital(when(one.status, one.due_on, one.satisfied_on, one.expires_on)),
                detail=status_text(one.status, one.due_on, on, today),
            )
        )
    return list(groups.items())


def _capital(words: str | None) -> str:
    return words[0].upper() + words[1:] if words else ""


STATE_WORDS = {State.VERIFIED: "Verified", State.CLAIMED: "Logged by the person"}


def done_lines(person: PersonView, *, sees_all: bool, may_correct: bool) -> list[ItemLine]:
    """What is on record; for the office with the way to correct it."""
    return [
        ItemLine(
            status="satisfied",
            title=one.title,
            url=url_for("learner.receipt", reference=one.reference) if sees_all else None,
            when=day(one.completed_on),
            detail=STATE_WORDS[one.state],
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
