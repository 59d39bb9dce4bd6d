"""The table of a unit as its template takes it: headings that sort, lines that lead on, and words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from urllib.parse import urlencode

from flask import url_for

from tracker.core.words import day, plural
from tracker.dashboards import table_forms
from tracker.dashboards.queries.items import ItemView, RequirementView
from tracker.dashboards.queries.places import Place
from tracker.dashboards.queries.table import Beside, Line, Sort, Table
from tracker.dashboards.routes import items, lines
from tracker.dashboards.routes.table_address import (
    ASCENDING,
    DESCENDING,
    LEAST_FIRST,
    Address,
    Column,
    Shown,
    names,
)
from tracker.dashboards.table_forms import PEOPLE, REQUIREMENT
from tracker.progress.rules import Status
from tracker.web.access import actor


class What(StrEnum):
    """What a column of figures shows of its item."""

    THEN = "then"
    NOW = "now"
    CHANGE = "change"
    TO_GO = "to_go"
    OVERDUE = "overdue"
    DUE_SOON = "due_soon"


IN_PEOPLE = {
    What.TO_GO: ("To go", ()),
    What.OVERDUE: ("Overdue", lines.LATE),
    What.DUE_SOON: ("Due soon", (Status.DUE_SOON,)),
}
"""The columns that count people: their words, and the statuses of those (none: of all with something left to do)."""
RATES = (What.NOW, What.THEN)
"""The columns that show a rate."""
SORTED_BY = {What.NOW: Sort.RATE} | {what: Sort(what) for what in (What.CHANGE, *IN_PEOPLE)}


MOST_LINKED, MOST_SHOWN = 550, 1_500
"""Of how many figures each can be a link, and how many are shown at all, so that a page stays light."""


@dataclass(frozen=True, slots=True)
class Head:
    """A column of figures: what it shows, its words and those above it; where its heading leads, and how it is sorted.

    `about` tells its links from those of other columns; `figure_query` and `people_query` end the addresses of what is
    behind a figure.
    """

    column: Column
    what: What
    label: str
    group: str
    starts: bool
    url: str | None
    order: str | None
    about: str
    figure_query: str
    people_query: str


@dataclass(frozen=True, slots=True)
class LineView:
    """A line with where it leads: to the next level; and, ended by a column's query, to why a figure is what it is, and
    to people."""

    line: Line
    is_sum: bool
    url: str | None
    figure_url: str | None
    people_url: str | None
    champions: str


@dataclass(frozen=True, slots=True)
class View:
    """The table as its template takes it. `groups` are the words above the columns, each with how many it spans.

    `is_linked` says whether each figure leads on; `left_out` are the requirements that a page has no room for, each
    with its own table; `lighter_url` is the same table with rates alone, where there is more in it; `new_years` says
    which requirements began anew between its days.
    """

    table: Table
    heads: Sequence[Head]
    groups: Sequence[tuple[str, int]]
    lines: Sequence[LineView]
    kind: str
    tree_url: str | None
    has_bars: bool
    changing: Sequence[str]
    rounded: str | None
    is_linked: bool
    left_out: Sequence[tuple[str, str]]
    lighter_url: str | None
    new_years: Sequence[str]


def view_of(shown: Shown) -> View:
    """Everything that the template needs of a table."""
    found, address = shown.table, shown.address
    all_heads, height = list(_heads(shown)), 1 + len(found.parts)
    heads = _fitting(all_heads, max(1, MOST_SHOWN // height))
    left_out = dict.fromkeys(head.column.requirement for head in all_heads[len(heads) :])
    groups = [(words, len(list(below))) for words, below in groupby(heads, lambda one: one.group)]
    return View(
        found,
        heads,
        groups if any(words for words, _ in groups) else [],
        [_line_view(line, address, is_sum=line is found.whole) for line in shown.lines],
        lines.kind_of(line.unit for line in found.parts),
        None if address.sort is Sort.TREE else address.url(sort=None, of=None, of_module=None, order=None),
        has_bars=len(address.requirements) == 1 and found.since is None,
        changing=[one.title for one in found.asked if one.is_changing],
        rounded=lines.rounded(one.requirement for one in shown.columns),
        is_linked=len(heads) * height <= MOST_LINKED,
        left_out=[(one.title, address.url(requirement=[one.code])) for one in left_out],
        lighter_url=address.url(beside=table_forms.RATES) if address.beside == PEOPLE else None,
        new_years=list(lines.new_years(found.new_years, actor().today)),
    )


def _fitting(heads: Sequence[Head], room: int) -> Sequence[Head]:
    """The first columns, as many as there is room for: whole requirements, but of the first one as many as fit."""
    kept: list[Head] = []
    for _, of_one in groupby(heads, lambda one: one.column.requirement.id):
        several = list(of_one)
        if kept and len(kept) + len(several) > room:
            break
        kept += several[:room]
    return kept


def _heads(shown: Shown) -> Iterator[Head]:
    """The columns: a rate for each item, or one for each day and the change; and people beside whole requirements."""
    address, since = shown.address, shown.table.since
    group_before = None
    for column in shown.columns:
        with_people = address.beside == PEOPLE and column.is_whole
        whats = [What.THEN, What.NOW, What.CHANGE] if since else [What.NOW]
        is_parted = since is not None or (with_people and address.by == REQUIREMENT)
        title = items.title(column.requirement, column.item) or column.title
        for what in (*whats, *(_in_people(column) if with_people else ())):
            group = title if is_parted else "People" if what in IN_PEOPLE else column.group
            starts = (bool(group) and group != group_before) or (what is What.NOW and column.starts)
            group_before = group
            yield _head(shown, column, what, group, title, starts=starts, is_parted=is_parted)


def _in_people(column: Column) -> Iterator[What]:
    """The columns that count people beside a requirement; of several modules nobody is counted as due soon."""
    is_of_several = column.requirement.is_of_several(column.item)
    return (what for what in IN_PEOPLE if not (what is What.DUE_SOON and is_of_several))


def _head(shown: Shown, column: Column, what: What, group: str, title: str, *, starts: bool, is_parted: bool) -> Head:
    address, found = shown.address, shown.table
    on = found.since if what is What.THEN and found.since else found.day
    labels = {
        What.THEN: day(on),
        What.NOW: column.title if not is_parted else day(on) if found.since else "Completed",
        What.CHANGE: "Change",
    }
    by = SORTED_BY.get(what)
    is_current = by is not None and address.sorts_by(column, by)
    order = (DESCENDING if address.descending else ASCENDING) if is_current else None
    statuses = [status.word for status in IN_PEOPLE[what][1]] if what in IN_PEOPLE else []
    return Head(
        column,
        what,
        labels[what] if what in labels else IN_PEOPLE[what][0],
        group,
        starts,
        _sorting_url(address, column, by) if by else None,
        order,
        f"{title}, {day(on)}" if found.since else title,
        _query(column, on),
        _query(column, on, statuses),
    )


def _sorting_url(address: Address, column: Column, by: Sort) -> str:
    """Where the heading of a column leads: to the lines sorted by it, and once they are, the other way round."""
    descending = not address.descending if address.sorts_by(column, by) else by not in LEAST_FIRST
    of, of_module = names(column)
    return address.url(sort=by.value, of=of, of_module=of_module, order=DESCENDING if descending else ASCENDING)


def _query(column: Column, on: date, statuses: Iterable[str] = ()) -> str:
    """What ends the addresses of what is behind a column's figures of a day."""
    of, of_module = names(column)
    query = [("requirement", of), *([("module", of_module)] if of_module else ())]
    query += [("status", status) for status in statuses]
    return f"?{urlencode([*query, *([('as_of', on.isoformat())] if on != actor().today else ())])}"


def _line_view(line: Line, address: Address, *, is_sum: bool) -> LineView:
    if line.unit is None or not line.is_there:
        return LineView(line, is_sum, None, None, None, "")
    people_url, champions = url_for(".people", code=line.unit.code, as_of=None), _champions(line.champions)
    figure_url = url_for(".figure", code=line.unit.code, as_of=None)
    if is_sum:
        return LineView(line, is_sum, None, figure_url, people_url, champions)
    chosen = address.requirements[0] if len(address.requirements) == 1 else None
    level = address.url(code=line.unit.code)
    url = level if line.has_children else url_for(".people", code=line.unit.code, requirement=chosen)
    return LineView(line, is_sum, url, figure_url, people_url, champions)


def _champions(found: Sequence[Beside]) -> str:
    return ", ".join(champion_words(one) for one in found) or "none of its own"


def champion_words(one: Beside) -> str:
    return f"{one.name} (stands in)" if one.stands_in else f"{one.name} ({one.kind})"


def changed(line: Line, item: ItemView) -> tuple[str, str | None]:
    """How a rate moved, in points and in people."""
    change = line.change(item)
    if change is None:
        return "no comparison", None
    points = plural(abs(change.points), "point", "points")
    people = plural(abs(change.people), *lines.PEOPLE)
    return (
        f"{points} {'up' if change.points > 0 else 'down'}" if change.points else "same rate",
        f"{people} {'more' if change.people > 0 else 'fewer'}" if change.people else "as many people",
    )


def crumbs(path: Sequence[Place], address: Address) -> list[tuple[str, str | None]]:
    """The way down to the table: through the tables of the units above, and the unit itself."""
    above = [(place.unit.name, address.url(code=place.unit.code) if place.is_visible else None) for place in path[:-1]]
    unit = path[-1].unit
    return [*above, (unit.name, url_for(".unit", code=unit.code)), ("Table", None)]


def about(chosen: Sequence[RequirementView]) -> str:
    """What the table is about, as its heading says it."""
    if not chosen:
        return "all that is asked"
    return chosen[0].title if len(chosen) == 1 else plural(len(chosen), "requirement", "requirements")
