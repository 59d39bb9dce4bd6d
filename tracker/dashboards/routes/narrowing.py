"""What an address asks for of a list of people: what is asked of them, their statuses, and what else narrows it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import request, url_for

from tracker.core.errors import Forbidden, Invalid
from tracker.core.words import day, sentence_list
from tracker.dashboards import rules
from tracker.dashboards.addresses import shown_day
from tracker.dashboards.people_forms import SORTS_OF_EVERYBODY, PeopleFilter
from tracker.dashboards.queries import narrowing as queries
from tracker.dashboards.queries import people as people_queries
from tracker.dashboards.queries.items import ItemView, RequirementView
from tracker.dashboards.queries.narrowing import Below, Here, Kinds
from tracker.dashboards.queries.people import Wanted
from tracker.dashboards.queries.sight import Cell
from tracker.dashboards.routes import items, lines
from tracker.progress.commands.bulk import MOST_AT_ONCE
from tracker.progress.rules import Level, Status
from tracker.units.queries import UnitView
from tracker.web.access import actor

STATUSES = {status.word: status for status in rules.URGENCY}
KEPT = ("requirement", "module", "status", "division", "category", "role", "joined", "sort", "q")
"""What an address may say of a list."""
TICKS = "ticked"
"""Whom an address says to be ticked in a list, while one looks on: their numbers, parted by commas."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What an address asks for: something that is asked here, or (none) everybody at home; with which statuses."""

    requirement: RequirementView | None
    item: ItemView | None
    statuses: tuple[Status, ...]

    @property
    def names_shown(self) -> bool:
        """Whether the people behind it may be named."""
        return self.requirement is None or self.requirement.names_shown

    def word(self, status: Status) -> str:
        """A status by which the list is narrowed; whoever has done a part of several modules has something not started,
        but is not said not to have started."""
        is_of_several = self.requirement and self.item and self.requirement.is_of_several(self.item)
        return "Something not started" if is_of_several and status is Status.NOT_STARTED else lines.STATUS_WORDS[status]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A list as its address has it: of which unit, what is asked for, the form as filled in, and whom that wants."""

    found: Here
    choice: Choice
    form: PeopleFilter
    division: UnitView | None
    wanted: Wanted

    @property
    def cell(self) -> Cell | None:
        """The figure of what is asked for; none for everybody, and where names are not shown."""
        requirement, item = self.choice.requirement, self.choice.item
        return self.found.cell(requirement, item) if requirement and item else None


def narrowed(code: str, on: date | None = None) -> Narrowed:
    """The list that the address of this request asks for, on its day or another. Raises NotFound and Invalid."""
    on = on or shown_day()
    found = queries.here(actor(), code, on)
    choice = _choice(found)
    below = queries.units_below(actor(), found.path[-1], on)
    wanted_code = request.args.get("division")
    division = below.division(wanted_code) if wanted_code else None
    kinds = queries.kinds()
    form = _form(found, choice, below, division, kinds)
    wanted = _wanted(found, below, choice, form, division, on)
    return Narrowed(found, choice, form, division, replace(wanted, persons=kinds.persons))


def kept_in_address(names: Iterable[str] = KEPT) -> dict[str, Any]:
    """What this address says of the list, without the page and the day; nothing that is empty but the requirement."""
    found = {name: request.args.getlist(name) for name in names if name in request.args}
    return {name: given for name, given in found.items() if any(given) or name == "requirement"}


@dataclass(frozen=True, slots=True)
class Matching:
    """All who fit a list's filters today: a deed is for them."""

    ids: Sequence[int]
    words: Sequence[tuple[str, str]]
    course: str | None


def matching(code: str, today: date) -> Matching:
    """Whom a deed for "all that match" is for. Raises Invalid, and Forbidden where names are not shown."""
    given = narrowed(code, today)
    refuse_nonsense(given.form)
    if not given.choice.names_shown:
        raise Forbidden("Names are not shown for this.")
    ids = people_queries.all_ids(actor(), given.wanted, MOST_AT_ONCE + 1)
    return Matching(ids, list(in_words(given)), chosen_course(given.choice))


def chosen_course(choice: Choice) -> str | None:
    """The module that a list is about, where it is about a single one."""
    return choice.item.code if choice.item is not None and choice.item.module_id is not None else None


def refuse_nonsense(form: PeopleFilter) -> None:
    """Raise Invalid for what is wrong in the address, where there is no form to show it in."""
    if form.messages:
        raise Invalid("q", form.messages[0][1])


def in_words(given: Narrowed) -> Iterator[tuple[str, str]]:
    """What narrows a list, as pairs of label and words; the unit is not among them."""
    choice, wanted = given.choice, given.wanted
    if (title := items.title(choice.requirement, choice.item)) is not None:
        yield "Asked for", title
        yield "Status", _status_words(choice)
    if given.division is not None:
        yield "Unit below", given.division.name
    if wanted.category:
        yield "Category", wanted.category
    if wanted.role:
        yield "Role", wanted.role
    if wanted.joined_since:
        yield "Joined since", day(wanted.joined_since)
    if wanted.search:
        yield "Search", f"“{wanted.search}”"


def filters_in_use(given: Narrowed) -> int:
    """How many filters narrow a list; that of something asked it shows who has it left to do is none of its own."""
    is_open = given.choice.statuses == rules.OUTSTANDING
    return sum(label != "Status" or not is_open for label, _ in in_words(given))


def _status_words(choice: Choice) -> str:
    if choice.statuses == rules.OUTSTANDING:
        return "something left to do"
    if choice.statuses == rules.URGENCY:
        return "any"
    return sentence_list([choice.word(status).lower() for status in choice.statuses])


# What stands in the address


def _choice(found: Here) -> Choice:
    """What the address asks for: everybody where it says nothing. Raises Invalid."""
    code = request.args.get("requirement")
    statuses = _statuses()
    if code is None and _is_about_something():
        requirement = _first_required(found)
    else:
        requirement = items.with_code((*found.asked, *found.not_asked), code) if code else None
    if requirement is None:
        return Choice(None, None, statuses)
    return Choice(requirement, items.asked_of(requirement), statuses)


def _is_about_something() -> bool:
    """Whether an address says what only a list of something asked has: it then means the first thing required."""
    is_sorted_so = request.args.get("sort") not in (None, *(sort for sort, _ in SORTS_OF_EVERYBODY))
    return is_sorted_so or any(request.args.get(name) for name in ("status", "module"))


def assumed(choice: Choice) -> str | None:
    """What to say where an address does not name what it is about, and something had to be taken for it."""
    if choice.requirement is None or request.args.get("requirement") is not None:
        return None
    return f"This address does not say what is asked for, so it is taken for “{choice.requirement.title}”."


def _first_required(found: Here) -> RequirementView | None:
    shown = [one for one in found.asked if one.names_shown]
    return next((one for one in shown if one.level is Level.REQUIRED), shown[0] if shown else None)


def _statuses() -> tuple[Status, ...]:
    """The statuses asked for, in order of urgency; those of who has something left to do if none is. Raises Invalid."""
    words = set(request.args.getlist("status"))
    if not words:
        return rules.OUTSTANDING
    if words - STATUSES.keys():
        raise Invalid("status", "There is no such status.")
    return tuple(status for word, status in STATUSES.items() if word in words)


def plain_address(found: Here) -> str:
    """The address that names the requirement and module which were chosen in one list."""
    kept = kept_in_address(("q", "division", "category", "role", "joined", "page", TICKS))
    if request.args.get("sort") in dict(SORTS_OF_EVERYBODY):
        kept |= kept_in_address(("sort",))
    chosen = items.chosen(found.asked)
    if chosen:
        kept |= kept_in_address(("status", "sort"))
    return url_for(".people", code=found.unit.code, **kept, **chosen)


def left_out() -> str | None:
    """What to say where the form sent what a list of all that is required does not have."""
    if request.args.get("item"):
        return None
    is_sorted_so = request.args.get("sort", "") not in ("", *dict(SORTS_OF_EVERYBODY))
    if any(request.args.getlist("status")):
        return "The status was left out: choose one thing that is asked for to narrow its list by status."
    return "The order was left out: choose one thing that is asked for to sort its list so." if is_sorted_so else None


# The form, and whom it wants


def _form(found: Here, choice: Choice, below: Below, division: UnitView | None, kinds: Kinds) -> PeopleFilter:
    """The form as the address fills it in."""
    statuses = [(word, choice.word(status)) for word, status in STATUSES.items()]
    choices = {unit.code: unit.name for unit in (*below.divisions, *([division] if division else ()))}
    form = PeopleFilter(
        list(items.choices(found.asked)),
        statuses,
        list(choices.items()),
        (kinds.categories, kinds.roles),
        has_statuses=choice.item is not None,
    )
    form.validate()
    form.item.data = items.key(choice.requirement, choice.item) if choice.requirement and choice.item else ""
    form.sort.data = _sort(choice, form)
    if choice.item is not None:
        form.status.data = [status.word for status in choice.statuses]
    return form


def _wanted(
    found: Here, below: Below, choice: Choice, form: PeopleFilter, division: UnitView | None, on: date
) -> Wanted:
    unit_id = (division or below.unit).id
    return Wanted(
        unit_id,
        on,
        choice.requirement,
        choice.item,
        choice.statuses,
        search=form.q.value or "",
        sort=_sort(choice, form),
        category=form.category.value or "",
        role=form.role.value or "",
        joined_since=form.joined.value,
        units=below.ids_under(unit_id),
        required=[] if choice.item else [one for one in found.asked if one.names_shown and one.level is Level.REQUIRED],
    )


def _sort(choice: Choice, form: PeopleFilter) -> str:
    asked: str | None = form.sort.value
    return asked or ("due" if choice.item else "name")
