"""Why a figure is what it is: who is in it, who is not and why; and, apart from that, what has been completed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Actor, Right
from tracker.core.days import month_later
from tracker.core.errors import Forbidden, Invalid, NotFound
from tracker.core.spreadsheets import Table
from tracker.core.words import count, day, plural, sentence_list
from tracker.dashboards import policy, rules
from tracker.dashboards.addresses import as_of, page_number, shown_day
from tracker.dashboards.queries import denominator as queries
from tracker.dashboards.queries import people as people_queries
from tracker.dashboards.queries.denominator import AskedOf, Completed, Denominator, NotAsked, Part
from tracker.dashboards.queries.items import ItemView, RequirementView
from tracker.dashboards.queries.sight import Cell
from tracker.dashboards.queries.standings import Standing, standing
from tracker.dashboards.routes import items, lines
from tracker.dashboards.routes.blueprint import bp
from tracker.dashboards.rules import NOBODY
from tracker.dashboards.table_forms import SinceForm
from tracker.progress.rules import Rule, Status
from tracker.units.queries import UnitView
from tracker.web.access import actor, needs
from tracker.web.downloads import table_file
from tracker.web.lines import PersonLine
from tracker.web.pages import page

MONTHS_BACK = 12
"""How far back completions are counted, unless the address says otherwise."""
MINUTES_AN_HOUR = 60
WHO = {
    Part.PERIOD: "Not asked of anybody on this day",
    Part.CATEGORY: "Of a category that is not asked",
    Part.ROLE: "In a role that is not asked",
    Part.UNIT: "At home in a unit that is not asked",
    Part.FUNCTION: "Without the function that is asked",
    Part.HOME: "At home in no unit",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A line on the way from everybody to those counted: how many, of whom, why; and the list of them."""

    who: str
    number: int
    why: str | None
    url: str | None
    depth: int = 0
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request asks for: an item in a unit on a day, and its figure as the reader may see it."""

    found: Standing
    requirement: RequirementView
    item: ItemView
    cell: Cell
    rule: Rule

    @property
    def unit(self) -> UnitView:
        """The unit."""
        return self.found.unit

    @property
    def module(self) -> str | None:
        """The module's code, if the item is one."""
        return None if self.item is self.requirement.whole else self.item.code


@bp.route("/units/<unit_code:code>/figure")
@needs(Right.UNITS_READ)
def figure(code: str) -> ResponseReturnValue:
    """Who is behind the figure of a requirement or module in a unit."""
    who, on, asked = actor(), shown_day(), _asked(code)
    requirement, named = asked.requirement, asked.requirement.names_shown
    form = SinceForm(on)
    form.validate()
    since = form.since.value or month_later(on.year, on.month, on.day, -MONTHS_BACK) + timedelta(days=1)
    form.since.data = since
    return page(
        "dashboards/denominator.html",
        status=422 if form.errors else 200,
        as_of=as_of(),
        crumbs=lines.crumbs(asked.found.path, "Who is counted"),
        unit=asked.unit,
        title=items.title(requirement, asked.item),
        answer=_answer(asked, on),
        is_changing=requirement.is_changing,
        steps=list(_steps(asked, _denominator(who, asked, on), on)) if named else [],
        stands=list(_stands(asked)) if named else [],
        modules=_by_module(asked) if named else None,
        rule=list(_rule_facts(requirement, queries.asked_of(requirement, asked.rule, on))),
        completed=list(_completed_facts(_completed(asked, on, since))) if named else [],
        since=since,
        form=form,
        kept=[("requirement", requirement.code), *([("module", asked.module)] if asked.module else []), *as_of().kept],
        some_are_hidden=named and not people_queries.is_everybody_known(who, on),
        rounded=lines.rounded([requirement]),
        ways=list(_ways(code)),
        link_url=_figure_url(asked, since=form.since.data, as_of=on),
    )


@bp.route("/units/<unit_code:code>/figure/people")
@needs(Right.UNITS_READ)
def figure_people(code: str) -> ResponseReturnValue:
    """The people behind a figure who are not asked, for one reason."""
    asked = _asked(code)
    part = _part(asked)
    found = queries.people_out(actor(), asked.unit.id, asked.rule, shown_day(), part, page_number())
    figure_url = _figure_url(asked)
    return page(
        "dashboards/denominator_people.html",
        as_of=as_of(),
        crumbs=[
            *lines.crumbs(asked.found.path, "Who is counted")[:-1],
            ("Who is counted", figure_url),
            (WHO[part], None),
        ],
        unit=asked.unit,
        title=items.title(asked.requirement, asked.item),
        who=WHO[part],
        why=_why(part, queries.asked_of(asked.requirement, asked.rule, shown_day())),
        listed=found,
        rows=[_person_line(one) for one in found.items],
        page_url=lambda number: _people_url(asked, part, page=number),
        csv_url=_people_url(asked, part, endpoint=".figure_people_csv"),
        figure_url=figure_url,
        some_are_hidden=not people_queries.is_everybody_known(actor(), shown_day()),
    )


@bp.route("/units/<unit_code:code>/figure/people.csv")
@bp.route("/units/<unit_code:code>/figure/people.xlsx", endpoint="figure_people_xlsx")
@needs(Right.UNITS_READ)
def figure_people_csv(code: str) -> ResponseReturnValue:
    """The same as a file. Identifiers and addresses only for who sees all."""
    asked, on = _asked(code), shown_day()
    part = _part(asked)
    who = ("name", "identifier", "email") if policy.sees_all(actor()) else ("name",)
    about = (
        *(("as_of", on), ("within", code)),
        *(("requirement", asked.requirement.code), ("module", asked.module or "*"), ("not_asked_for", part.value)),
        lines.note([asked.requirement]),
    )
    rows = _rows(queries.all_out(actor(), asked.unit.id, asked.rule, on, part), sees_all=len(who) > 1)
    table = Table(f"{asked.unit.name}: {WHO[part]}", about, (*who, "unit", "category", "role"), rows)
    return table_file(table, f"{code} not asked {on.isoformat()}")


def _rows(found: Iterable[NotAsked], *, sees_all: bool) -> Iterator[Sequence[object]]:
    for one in found:
        who = (one.name, one.identifier, one.email) if sees_all else (one.shown_name,)
        yield (*who, one.unit, one.category, one.role)


# What the address asks for


def _asked(code: str) -> _Asked:
    """Read the address. Raises NotFound, and Invalid for a requirement or module that is none."""
    unit = policy.get_unit(actor(), code, shown_day())
    found = standing(actor(), unit, shown_day())
    requirement = items.with_code((*found.asked, *found.not_asked), request.args.get("requirement"))
    item = items.asked_of(requirement)
    return _Asked(found, requirement, item, _cell(found, requirement, item), queries.live_rule(requirement))


def _cell(found: Standing, requirement: RequirementView, item: ItemView) -> Cell:
    """The figure; of nobody where nobody is asked."""
    if (cell := found.whole.cells.get(item.id)) is not None:
        return cell
    words = rules.words_without_names(NOBODY, shown_day(), actor().today, is_kept_back=False)
    return Cell(NOBODY, NOBODY, None if requirement.names_shown else words)


def _part(asked: _Asked) -> Part:
    """The reason that the address names. Raises Invalid; Forbidden where names are not shown, and NotFound for those
    without a home, whom only somebody who sees all may list."""
    word = request.args.get("part")
    if word not in list(Part):
        raise Invalid("part", "There is no such reason.")
    if not asked.requirement.names_shown:
        raise Forbidden("Names are not shown for this.")
    if word == Part.HOME and not _is_all(actor(), asked.found):
        raise NotFound("people without a home")
    return Part(word)


def _is_all(who: Actor, found: Standing) -> bool:
    """Whether somebody who sees all looks at the top of the tree, where those belong who are at home nowhere."""
    return policy.sees_all(who) and len(found.path) == 1


def _figure_url(asked: _Asked, **days: date) -> str:
    told: dict[str, Any] = {name: one.isoformat() for name, one in days.items()}
    return url_for(".figure", code=asked.unit.code, requirement=asked.requirement.code, module=asked.module, **told)


def _people_url(asked: _Asked, part: Part, endpoint: str = ".figure_people", page: int | None = None) -> str:
    return url_for(
        endpoint,
        code=asked.unit.code,
        requirement=asked.requirement.code,
        module=asked.module,
        part=part.value,
        page=page,
    )


# Words


def _answer(asked: _Asked, on: date) -> str:
    """The figure in a sentence."""
    cell = asked.cell
    if cell.protected_text is not None:
        return lines.without_names(cell, on)
    if not cell.figure.in_scope:
        return f"Nobody at home here is asked for it on {day(on)}."
    if not cell.denominator:
        return f"Everybody who is asked for it is waived or on leave on {day(on)}."
    return f"{lines.percent_have(cell)} completed it: {lines.of_people(cell)} on {day(on)}."


def _denominator(who: Actor, asked: _Asked, on: date) -> Denominator:
    with_nowhere = _is_all(who, asked.found)
    return queries.denominator(asked.unit.id, asked.rule, on, asked.cell.figure.in_scope, with_nowhere=with_nowhere)


def _steps(asked: _Asked, found: Denominator, on: date) -> Iterator[Step]:
    """From everybody at home to those who are counted, in the order in which they are taken off."""
    figures, of = asked.cell.figure, queries.asked_of(asked.requirement, asked.rule, on)
    everybody = url_for(".people", code=asked.unit.code, requirement="")
    if found.nowhere:
        why = "Whoever has no primary appointment on the day is counted nowhere."
        yield Step(WHO[Part.HOME], found.nowhere, why, _people_url(asked, Part.HOME))
    yield Step(f"At home in {asked.unit.name}", found.at_home, "By the primary appointment of the day.", everybody)
    for part, number in found.out.items():
        yield Step(WHO[part], number, _why(part, of), _people_url(asked, part), depth=1)
    yield Step("Asked", figures.in_scope, "They fit each part of the rule.", _list(asked, rules.URGENCY), is_sum=True)
    if figures.waived:
        why = "It is not asked of them for a while."
        yield Step("Waived", figures.waived, why, _list(asked, [Status.WAIVED]), depth=1)
    if figures.on_leave:
        why = "Their clock stands still until they are back."
        yield Step("On leave", figures.on_leave, why, _list(asked, [Status.ON_LEAVE]), depth=1)
    counted = (*rules.OUTSTANDING, Status.SATISFIED)
    yield Step("Counted", figures.denominator, "What the rate is of.", _list(asked, counted), is_sum=True)


def _stands(asked: _Asked) -> Iterator[Step]:
    """Where those who are counted stand, by status; what nobody has is left out. Of several modules together only what
    the rules count of people: who has satisfied all, who has not, and who of these is overdue."""
    if asked.requirement.is_of_several(asked.item):
        yield from _stands_with_several(asked)
        return
    for status in (Status.SATISFIED, *rules.OUTSTANDING):
        if number := asked.cell.by_status.having([status]):
            yield Step(lines.STATUS_WORDS[status], number, None, _list(asked, [status]))


def _stands_with_several(asked: _Asked) -> Iterator[Step]:
    figures = asked.cell.figure
    if figures.satisfied:
        yield Step("All of it satisfied", figures.satisfied, None, _list(asked, [Status.SATISFIED]))
    if figures.to_go:
        yield Step("To go", figures.to_go, None, _list(asked, rules.OUTSTANDING))
    if figures.overdue:
        yield Step("Overdue", figures.overdue, None, _list(asked, lines.LATE), depth=1)


@dataclass(frozen=True, slots=True)
class _Modules:
    """Where those who are counted for each module stand: the words of the columns, and a line of steps for each."""

    heads: Sequence[str]
    lines: Sequence[tuple[str, Sequence[Step]]]


def _by_module(asked: _Asked) -> _Modules | None:
    """Each module of several with its own counts; no column for what nobody has. None where there are not several."""
    requirement, cells = asked.requirement, asked.found.whole.cells
    shown = [one for one in requirement.modules if one.id in cells and cells[one.id].figure.denominator]
    if not requirement.is_of_several(asked.item) or not shown:
        return None
    statuses = [
        status
        for status in (Status.SATISFIED, *rules.OUTSTANDING)
        if any(cells[one.id].figure.having([status]) for one in shown)
    ]
    sets: list[tuple[str, Sequence[Status]]] = [("Counted", (*rules.OUTSTANDING, Status.SATISFIED))]
    sets += [(lines.STATUS_WORDS[status], [status]) for status in statuses]
    return _Modules(
        [words for words, _ in sets],
        [
            (
                one.title,
                [
                    Step(
                        *(words, cells[one.id].figure.having(wanted), None),
                        lines.people_url(asked.unit, requirement, one, wanted),
                    )
                    for words, wanted in sets
                ],
            )
            for one in shown
        ],
    )


def _list(asked: _Asked, statuses: Iterable[Status]) -> str:
    """The people of these statuses, by name."""
    return lines.people_url(asked.unit, asked.requirement, asked.item, statuses)


def _why(part: Part, of: AskedOf) -> str:
    """What the rule wants that does not fit."""
    match part:
        case Part.PERIOD:
            return f"It is asked {_period(of)}."
        case Part.CATEGORY:
            return f"Asked are the categories {_any_of(of.categories)}."
        case Part.ROLE:
            return f"Asked are the roles {_any_of(of.roles)}."
        case Part.UNIT:
            return f"Asked are those at home in {_any_of(of.units)}."
        case Part.FUNCTION:
            return f"Asked are those with the function {_any_of(of.functions, 'or')}."
        case Part.HOME:
            return "Whoever has no primary appointment on the day is counted nowhere."


def _period(of: AskedOf) -> str:
    until = f" until {day(of.last)}" if of.last else " on"
    return f"from {day(of.first)}{until}"


def _any_of(words: Sequence[str] | None, last: str = "and") -> str:
    """Values of a part of the rule, in a sentence."""
    if not words:
        return "none"
    return sentence_list(words) if last == "and" else f" {last} ".join(words)


def _rule_facts(requirement: RequirementView, of: AskedOf) -> Iterator[tuple[str, str]]:
    """Whom a requirement asks, line by line."""
    yield "Asked", f"{_period(of)}, as {requirement.level}"
    parts = (("Categories", of.categories), ("Roles", of.roles), ("Units", of.units), ("Functions", of.functions))
    for label, words in parts:
        yield label, "all" if words is None else sentence_list(words) or "none"


def _completed(asked: _Asked, on: date, since: date) -> Completed:
    modules = [one for one in asked.rule.modules if asked.module in (None, one.code)]
    return queries.completed(asked.unit.id, modules, on, since)


def _completed_facts(found: Completed) -> Iterator[tuple[str, str]]:
    """People, completions and hours, apart."""
    yield "People with at least one", count(found.people)
    yield "Completions", count(found.completions)
    hours, minutes = divmod(found.minutes, MINUTES_AN_HOUR)
    yield "Time", f"{plural(hours, 'hour', 'hours')}{f' {minutes} minutes' if minutes else ''}"
    if found.without_minutes:
        yield "Without a length, so not in the time", count(found.without_minutes)


def _ways(code: str) -> Iterator[tuple[str, str]]:
    """Who is beside the figure, counted elsewhere or nowhere."""
    yield "Joint members, counted elsewhere", url_for(".joint_members", code=code)
    yield "Who has left in the last 12 months", url_for(".leavers", code=code)


def _person_line(one: NotAsked) -> PersonLine:
    home = ", ".join(words for words in (one.unit, one.category, one.role) if words)
    return PersonLine(one.id, one.shown_name, url_for(".person", person_id=one.id), home or "at home in no unit")
