"""The people of a unit, on the page and as CSV."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice

from tracker.core.actor import Right
from tracker.core.errors import Forbidden, Invalid
from tracker.dashboards import exports, policy, rules
from tracker.dashboards.addresses import as_of, shown_day
from tracker.dashboards.forms import PeopleFilter
from tracker.dashboards.queries import people as people_queries
from tracker.dashboards.queries.items import ItemView, RequirementView
from tracker.dashboards.queries.people import Listed, Wanted
from tracker.dashboards.queries.standings import Standing, standing
from tracker.dashboards.routes import lines, person_lines
from tracker.dashboards.routes.blueprint import bp
from tracker.dashboards.routes.tables import csv_response
from tracker.progress.rules import Level, Status
from tracker.web.access import actor, needs
from tracker.web.pages import page
from tracker.web.templating import day, sentence_list

STATUSES = {status.word: status for status in rules.URGENCY}
KEPT = ("requirement", "module", "status", "q", "sort")
"""What an address may say of a list."""
EVERYBODY = ""
"""The requirement of an address that asks for everybody at home, whatever is asked of them."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What an address asks for: something that is asked here, or (none) everybody; with which statuses."""

    requirement: RequirementView | None
    item: ItemView | None
    statuses: tuple[Status, ...]


@bp.route("/units/<unit_code:code>/people")
@needs(Right.UNITS_READ)
def people(code: str) -> ResponseReturnValue:
    """Who has something left to do, or whoever else is looked for."""
    found = _standing(code)
    if "item" in request.args:
        return redirect(_plain_address(found), 303)
    choice = _choice(found)
    form = _form(found, choice)
    if choice.requirement is not None and not choice.requirement.names_shown:
        cell = found.whole.cells.get(choice.item.id) if choice.item else None
        said = lines.without_names(cell, shown_day()) if cell else None
        return page("dashboards/people_hidden.html", without_names=said, **_frame(found, choice, form))
    wanted = _wanted(found, choice, form)
    listed = people_queries.people_page(actor(), wanted, _page_number(), _known_total(found, choice, wanted))
    modules = len(choice.requirement.modules) if choice.requirement else 0
    return page(
        "dashboards/people.html",
        status=422 if form.errors else 200,
        listed=listed,
        search=wanted.search,
        empty=_empty(found, choice, wanted),
        page_url=_page_url(found),
        csv_url=url_for(".people_csv", code=code, **_kept_in_address()),
        some_are_hidden=not people_queries.is_everybody_known(actor(), shown_day()),
        rows=person_lines.person_lines(listed.people, modules, shown_day(), actor().today),
        **_frame(found, choice, form),
    )


@bp.route("/units/<unit_code:code>/people.csv")
@needs(Right.UNITS_READ)
def people_csv(code: str) -> ResponseReturnValue:
    """The whole list as CSV. Identifiers and addresses only for who sees all."""
    found = _standing(code)
    choice = _choice(found)
    form = _form(found, choice)
    if form.messages:
        raise Invalid("q", form.messages[0][1])
    if choice.requirement is not None and not choice.requirement.names_shown:
        raise Forbidden("Names are not shown for this.")
    wanted = _wanted(found, choice, form)
    listed = people_queries.all_people(actor(), wanted)
    name = f"{code} people {shown_day().isoformat()}"
    return csv_response(exports.lines(_csv_header(), _csv_rows(found, choice, wanted, listed)), name)


def _standing(code: str) -> Standing:
    return standing(actor(), policy.get_unit(actor(), code, shown_day()), shown_day())


# The address


def _choice(found: Standing) -> Choice:
    """What the address asks for; the first required one where it says nothing. Raises Invalid."""
    code, module = request.args.get("requirement"), request.args.get("module") or None
    statuses = _statuses()
    if code == EVERYBODY:
        return Choice(None, None, statuses)
    requirement = _first_required(found) if code is None else _by_code(found, code)
    if requirement is None:
        return Choice(None, None, statuses)
    if module is None:
        return Choice(requirement, requirement.whole, statuses)
    item = next((item for item in requirement.items if item.code == module), None)
    if item is None:
        raise Invalid("module", f"“{requirement.title}” has no such module.")
    return Choice(requirement, item, statuses)


def _first_required(found: Standing) -> RequirementView | None:
    shown = [one for one in found.asked if one.names_shown]
    return next((one for one in shown if one.level is Level.REQUIRED), shown[0] if shown else None)


def _by_code(found: Standing, code: str) -> RequirementView:
    for requirement in (*found.asked, *found.not_asked):
        if requirement.code == code:
            return requirement
    raise Invalid("requirement", "There is no such requirement.")


def _statuses() -> tuple[Status, ...]:
    """The statuses asked for, in order of urgency; those of who has something left to do if none is. Raises Invalid."""
    words = set(request.args.getlist("status"))
    if not words:
        return rules.OUTSTANDING
    if words - STATUSES.keys():
        raise Invalid("status", "There is no such status.")
    return tuple(status for word, status in STATUSES.items() if word in words)


def _page_number() -> int:
    typed = request.args.get("page", "1")
    if not typed.isascii() or not typed.isdigit() or int(typed[:9]) < 1:
        raise Invalid("page", "The page must be a number, from 1 on.")
    return int(typed[:9])


def _plain_address(found: Standing) -> str:
    """The address that names the requirement and module which were chosen in one list."""
    kept = _kept_in_address(("q",)) | {"requirement": [EVERYBODY]}
    for requirement in found.asked:
        for item in requirement.items:
            if request.args["item"] == _item_key(requirement, item):
                kept |= _kept_in_address(("status", "sort"))
                kept["requirement"] = [requirement.code]
                kept["module"] = [] if item is requirement.whole else [item.code]
    return url_for(".people", code=found.unit.code, **kept)


def _kept_in_address(names: Iterable[str] = KEPT) -> dict[str, Any]:
    """What this address says of the list, without the page and the day."""
    return {name: request.args.getlist(name) for name in names if name in request.args}


def _page_url(found: Standing) -> Callable[[int], str]:
    """Gives the address of another page of the same list."""
    return lambda number: url_for(".people", code=found.unit.code, **_kept_in_address(), page=number)


def _item_key(requirement: RequirementView, item: ItemView) -> str:
    return f"{requirement.id}" if item is requirement.whole else f"{requirement.id}-{item.module_id}"


# The list


def _wanted(found: Standing, choice: Choice, form: PeopleFilter) -> Wanted:
    search, sort = form.q.value or "", _sort(choice, form)
    return Wanted(found.unit.id, shown_day(), choice.requirement, choice.item, choice.statuses, search, sort)


def _known_total(found: Standing, choice: Choice, wanted: Wanted) -> int | None:
    """How many people are wanted, where the figures say it; counting spares nothing where they do not."""
    if choice.item is None or wanted.search or not people_queries.is_everybody_known(actor(), shown_day()):
        return None
    cell = found.whole.cells.get(choice.item.id)
    return cell.by_status.having(choice.statuses) if cell else 0


def _form(found: Standing, choice: Choice) -> PeopleFilter:
    """The form as the address fills it in."""
    statuses = [(word, lines.STATUS_WORDS[status]) for word, status in STATUSES.items()]
    form = PeopleFilter(list(_item_choices(found)), statuses, has_statuses=choice.item is not None)
    form.validate()
    form.item.data = _item_key(choice.requirement, choice.item) if choice.requirement and choice.item else ""
    form.sort.data = _sort(choice, form)
    if choice.item is not None:
        form.status.data = [status.word for status in choice.statuses]
    return form


def _sort(choice: Choice, form: PeopleFilter) -> str:
    asked: str | None = form.sort.value
    return asked or ("due" if choice.item else "name")


def _item_choices(found: Standing) -> Iterator[SelectChoice]:
    """Everything that is asked here: a requirement of several modules with these below it."""
    for requirement in found.asked:
        for item in (requirement.whole, *requirement.modules):
            yield SelectChoice(
                value=_item_key(requirement, item),
                label=requirement.title if item is requirement.whole else item.title,
                optgroup=None if requirement.has_one_module else requirement.title,
            )


def _csv_header() -> Sequence[str]:
    who = ("name", "identifier", "email") if policy.sees_all(actor()) else ("name",)
    return (
        *("as_of", "within", "requirement", "module", "search", *who, "unit", "category", "role"),
        *("status", "due_on", "satisfied_on", "expires_on"),
    )


def _csv_rows(found: Standing, choice: Choice, wanted: Wanted, listed: Iterable[Listed]) -> Iterator[Sequence[object]]:
    is_whole = choice.requirement is None or choice.item is choice.requirement.whole
    about = (
        *(shown_day().isoformat(), found.unit.code),
        *(choice.requirement.code if choice.requirement else "", "*" if is_whole else choice.item and choice.item.code),
        wanted.search,
    )
    for one in listed:
        who = (one.name, one.identifier, one.email) if policy.sees_all(actor()) else (one.shown_name,)
        home = (one.home.unit, one.home.category, one.home.role) if one.home else ("", "", "")
        days = (on and on.isoformat() for on in (one.due_on, one.satisfied_on, one.expires_on))
        yield (*about, *who, *home, one.status.word if one.status else "", *days)


def _empty(found: Standing, choice: Choice, wanted: Wanted) -> tuple[str, str]:
    """What is said where nobody is listed: a heading and a sentence."""
    cell = found.whole.cells.get(choice.item.id) if choice.item else None
    if cell and not wanted.search and choice.statuses == rules.OUTSTANDING and not cell.figure.to_go:
        return "Nothing is left to do", f"Everybody who is counted here has completed it on {day(shown_day())}."
    narrowed = [words for words, is_used in (("words", wanted.search), ("statuses", choice.item)) if is_used]
    having = f"With these {sentence_list(narrowed)} nobody" if narrowed else "Nobody"
    return "Nobody is listed", f"{having} is at home here on {day(shown_day())}."


@dataclass(frozen=True, slots=True)
class StatusLink:
    """A status, or several, to narrow the list to, with how many people have it."""

    status: str | None
    label: str
    count: int
    url: str
    is_current: bool


def _status_links(found: Standing, choice: Choice) -> Iterator[StatusLink]:
    """What the list can be narrowed to at a click; only what somebody has."""
    if choice.requirement is None or choice.item is None or (cell := found.whole.cells.get(choice.item.id)) is None:
        return
    sets: list[tuple[str | None, str, tuple[Status, ...]]] = [
        (None, "Something left to do", rules.OUTSTANDING),
        *((status.word, lines.STATUS_WORDS[status], (status,)) for status in rules.URGENCY),
        (None, "Everybody asked", rules.URGENCY),
    ]
    kept = _kept_in_address(("requirement", "module", "q", "sort"))
    for word, label, statuses in sets:
        if number := cell.by_status.having(statuses):
            url = url_for(".people", code=found.unit.code, **kept, status=[status.word for status in statuses])
            yield StatusLink(word, label, number, url, is_current=set(statuses) == set(choice.statuses))


def _frame(found: Standing, choice: Choice, form: PeopleFilter) -> dict[str, Any]:
    """What the page shows around the list."""
    about = choice.requirement
    return {
        "as_of": as_of(),
        "crumbs": lines.crumbs(found.path, "People"),
        "unit": found.unit,
        "form": form,
        "item_title": person_lines.item_title(choice.requirement, choice.item),
        "cell": found.whole.cells.get(choice.item.id) if choice.item else None,
        "status_links": list(_status_links(found, choice)),
        "is_changing": about is not None and about.is_changing,
        "everybody_url": url_for(".people", code=found.unit.code, requirement=EVERYBODY),
    }
