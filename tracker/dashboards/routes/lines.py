"""What the pages of units say, in sentences and as lines of their tables and lists."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask import url_for

from tracker.champions.queries import ChampionView
from tracker.core.words import count, day, percent, plural, sentence_list
from tracker.dashboards import rules
from tracker.dashboards.queries.items import ItemView, RequirementView
from tracker.dashboards.queries.places import Place
from tracker.dashboards.queries.sight import Cell
from tracker.dashboards.queries.standings import GateStanding, Row, Standing
from tracker.progress.queries.changing import NOTE, note_on
from tracker.progress.rules import Status
from tracker.terms.queries import say, word
from tracker.units.queries import UnitView

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
    """The list of people of a unit for an item; without statuses, of those who have something left to do."""
    module = None if item is requirement.whole else item.code
    return with_statuses(
        url_for("dashboards.people", code=unit.code, requirement=requirement.code, module=module), statuses
    )


def figure_url(unit: UnitView, requirement: RequirementView, item: ItemView) -> str:
    """The page that says who is counted for an item in a unit, and who is not and why."""
    module = None if item is requirement.whole else item.code
    return url_for("dashboards.figure", code=unit.code, requirement=requirement.code, module=module)


def with_statuses(list_url: str, statuses: Iterable[Status]) -> str:
    """The address of a list, narrowed to statuses."""
    return "".join([list_url, *(f"&status={status.word}" for status in statuses)])


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
    if (key := standing.key) is None or not key.names_shown:
        return "What is asked here is shown without names, so rates are rounded and small groups are left out."
    cell = standing.whole.cell(key.whole)
    if not cell.denominator:
        return f"Nobody is counted for “{key.title}” on {day(on)}."
    return f"{percent_have(cell)} completed “{key.title}”: {of_people(cell)} on {day(on)}."


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
    due_soon = 0 if key.is_of_several(key.whole) else figure.due_soon
    late = [
        f"{count(number)} {words}"
        for number, words in ((figure.overdue, "overdue"), (due_soon, "due within 30 days"))
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


def gate_lines(gates: Iterable[GateStanding], on: date) -> Iterator[GateLine]:
    """Whether a unit may begin, and with which numbers."""
    for one in gates:
        gate = one.gate
        if one.is_open and gate.opened_on is not None:
            how = say("opened by the {office} on") if gate.by_hand else "open since"
            title = f"{gate.title}: {how} {day(gate.opened_on)}."
        else:
            title = f"{gate.title}: not open yet."
        yield GateLine(one.is_open, title, _gate_text(one, on), gate.needs)


def _gate_text(one: GateStanding, on: date) -> str:
    """What opens a gate, and how near that is; no number where the reader may see none."""
    gate = one.gate
    needs = "its module" if len(gate.needs) == 1 else f"all {len(gate.needs)} modules it needs"
    opens = f"It opens when more than {percent(gate.percent, 100)} have completed {needs}{_gate_numbers(one, on)}."
    if one.is_open:
        return f"{opens} Once open, it stays open."
    if one.still_needed:
        return f"{plural(one.still_needed, 'more person is', 'more people are')} needed. {opens}"
    if gate.starts_on > on:
        return f"It cannot open before {day(gate.starts_on)}. {opens}"
    return opens


def _gate_numbers(one: GateStanding, on: date) -> str:
    if one.figure is None:
        return ""
    done, counted = one.figure.satisfied, one.figure.denominator
    if not counted:
        return f"; nobody here counts for it on {day(on)}"
    return f"; on {day(on)} that is {percent(done, counted)}: {count(done)} of {plural(counted, *PEOPLE)}"


def rounded(requirements: Iterable[RequirementView]) -> str | None:
    """Why some figures are only words: which requirements are shown without names."""
    hidden = list(dict.fromkeys(one for one in requirements if not one.names_shown))
    if not hidden:
        return None
    return (
        f"{titles(hidden)} {'is' if len(hidden) == 1 else 'are'} shown without names: rates are rounded to "
        f"{rules.STEP}{rules.NO_BREAK_SPACE}%, and left out for groups of fewer than {rules.SMALLEST_GROUP} people, "
        "for groups from which those could be told, and on all days but today and the ends of months."
    )


def without_names(cell: Cell, on: date) -> str:
    """What is said of a figure whose people may not be named."""
    match cell.protected_text:
        case rules.FEWER:
            return f"Fewer than {rules.SMALLEST_GROUP} people are counted here, so no rate is given."
        case rules.WITHHELD:
            return "No rate is given here: from it, one could tell that of a small group beside this one."
        case rules.OTHER_DAY:
            return "Rates without names are given only for today and for the ends of months."
        case words:
            return f"{capital(words)} of the people counted have completed it on {day(on)}."


# Lists


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for the reader; `count` says how many, 0 where its text is a sentence about one."""

    count: int
    text: str
    detail: str | None
    action: tuple[str, str]


def needs(standing: Standing, claims: int) -> Iterator[Need]:
    """What to look at first: claims to decide, then who is late, then who soon will be, each by requirement."""
    if claims:
        words = "completion waits to be verified" if claims == 1 else "completions wait to be verified"
        yield Need(claims, words, None, ("Review claims", url_for("claims.waiting")))
    for requirement in standing.asked:
        if number := standing.whole.cell(requirement.whole).figure.overdue:
            yield overdue_need(standing.unit, requirement, number, requirement.title)
    for requirement in standing.asked:
        if number := sum(standing.whole.cell(item).figure.due_soon for item in requirement.by_module):
            yield due_soon_need(standing.unit, requirement, number, requirement.title)


LATE = (Status.OVERDUE, Status.EXPIRED)
"""What counts as overdue where a requirement counts people."""


def overdue_need(unit: UnitView, requirement: RequirementView, number: int, detail: str) -> Need:
    """How many people are overdue, and the list of them."""
    url = people_url(unit, requirement, requirement.whole, LATE)
    return Need(number, f"{'person' if number == 1 else 'people'} overdue", detail, ("See them", url))


def due_soon_need(unit: UnitView, requirement: RequirementView, number: int, detail: str) -> Need:
    """How many people are due soon, and the list of them; of several modules the sum over them, and the page that has
    the count of each."""
    if requirement.has_one_module:
        url = people_url(unit, requirement, requirement.whole, (Status.DUE_SOON,))
        return Need(number, f"{'person' if number == 1 else 'people'} due within 30 days", detail, ("See them", url))
    url = figure_url(unit, requirement, requirement.whole)
    return Need(number, f"{'thing' if number == 1 else 'things'} due within 30 days", detail, ("Module by module", url))


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A requirement with its modules, or one of these, as a unit's page lists them.

    Where names are not shown, there are no numbers. Of several modules together nobody is counted as due soon or as
    expired: the rules count that by module. `counted` is asked, waived, on leave, counted.
    """

    title: str
    note: str | None
    url: str
    cell: Cell
    figure_url: str
    to_go: int | None
    to_go_url: str | None
    overdue: int | None
    overdue_url: str | None
    overdue_note: str | None
    due_soon: int | None
    due_soon_url: str | None
    counted: Sequence[int | None]
    modules: Sequence["AskedLine"] = ()


def asked_lines(standing: Standing) -> Iterator[AskedLine]:
    """Each requirement with its modules."""
    for requirement in standing.asked:
        modules = [_asked_line(standing, requirement, item) for item in requirement.modules]
        yield replace(_asked_line(standing, requirement, requirement.whole), modules=modules)


def _asked_line(standing: Standing, requirement: RequirementView, item: ItemView) -> AskedLine:
    is_whole = item is requirement.whole
    cell = standing.whole.cell(item)
    figure = cell.figure
    is_shown = cell.protected_text is None
    is_of_several = requirement.is_of_several(item)
    late = LATE if is_whole else (Status.OVERDUE,)

    list_url = people_url(standing.unit, requirement, item)

    def url(number: int, statuses: Iterable[Status]) -> str | None:
        return with_statuses(list_url, statuses) if number else None

    return AskedLine(
        title=requirement.title if is_whole else item.title,
        note=capital(requirement.level) if is_whole else None,
        url=list_url,
        cell=cell,
        figure_url=figure_url(standing.unit, requirement, item),
        to_go=figure.to_go if is_shown else None,
        to_go_url=url(figure.to_go, ()),
        overdue=figure.overdue if is_shown else None,
        overdue_url=url(figure.overdue, late),
        overdue_note=f"{count(figure.expired)} expired" if figure.expired and not is_of_several else None,
        due_soon=figure.due_soon if is_shown and not is_of_several else None,
        due_soon_url=None if is_of_several else url(figure.due_soon, (Status.DUE_SOON,)),
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
    of_unit = f" of {unit}" if unit else ""
    if one.stands_in_for:
        yield f"Stands in for {one.stands_in_for} as {one.kind} {word('champion')}{of_unit}"
    else:
        yield f"{one.kind.capitalize()} {word('champion')}{of_unit}"
    if one.ends_on is not None:
        yield f"until {day(one.ends_on)}"


def kind_of_parts(parts: Iterable[Row]) -> str:
    """What the units below a unit are, in one word."""
    return kind_of(row.unit for row in parts)


def kind_of(units: Iterable[UnitView | None]) -> str:
    """What units are, in one word."""
    kinds = {unit.kind for unit in units if unit is not None}
    return kinds.pop() if len(kinds) == 1 else "unit"


def changing(standing: Standing) -> list[str]:
    """The requirements asked here whose rule is being changed."""
    return [requirement.title for requirement in standing.asked if requirement.is_changing]


def note(requirements: Iterable[RequirementView]) -> tuple[str, str | None]:
    """The same for a file, which outlives the page: the name of its column and what stands there."""
    titles = dict.fromkeys(requirement.title for requirement in requirements if requirement.is_changing)
    return NOTE, note_on(list(titles))


def titles(requirements: Iterable[RequirementView]) -> str:
    """Requirements in a sentence."""
    return sentence_list([f"“{requirement.title}”" for requirement in requirements])


def new_years(begun: Iterable[tuple[RequirementView, date]], today: date) -> Iterator[str]:
    """Which requirements began anew, and on which day: a sentence for each day."""
    by_day: dict[date, list[RequirementView]] = {}
    for requirement, on in begun:
        by_day.setdefault(on, []).append(requirement)
    for on in sorted(by_day):
        began, then = ("began", "") if on <= today else ("begins", " then")
        lapses = f"what was completed before no longer counts{then}"
        yield f"A new year of {titles(by_day[on])} {began} on {day(on)}; {lapses}."


def capital(words: str | None) -> str:
    """Words as they begin a line."""
    return words[0].upper() + words[1:] if words else ""
