"""What the address of a table asks for: which columns, compared with which day, and the order of the lines."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from flask import request, url_for

from tracker.core.errors import Invalid
from tracker.dashboards.addresses import shown_day
from tracker.dashboards.queries import items, places
from tracker.dashboards.queries.items import ItemView, RequirementView
from tracker.dashboards.queries.places import Place
from tracker.dashboards.queries.table import Line, Sort, Table, in_order
from tracker.dashboards.routes import lines
from tracker.dashboards.table_forms import MODULE, PEOPLE, RATES, REQUIREMENT, TableForm
from tracker.web.access import actor

ASCENDING, DESCENDING = "ascending", "descending"
LEAST_FIRST = (Sort.RATE, Sort.TREE)
"""What is sorted with the least first, unless the address says otherwise; of all else the most comes first."""


@dataclass(frozen=True, slots=True)
class Column:
    """An item at the head of a column: its words, those above it (or none), and whether it is the first below those."""

    requirement: RequirementView
    item: ItemView
    title: str
    group: str
    starts: bool

    @property
    def is_whole(self) -> bool:
        """Whether it is the requirement as a whole."""
        return self.item is self.requirement.whole


@dataclass(frozen=True, slots=True)
class Address:
    """What the address asks for: requirements by their codes (none: all that is asked), whole or by module, what stands
    beside each rate, the other day, and by which column (a requirement's code, and a module's) the lines are sorted."""

    code: str
    requirements: tuple[str, ...]
    by: str
    beside: str
    since: date | None
    sort: Sort
    of: str | None
    of_module: str | None
    descending: bool

    def url(self, endpoint: str = ".table", code: str | None = None, **changes: Any) -> str:
        """The address of this table, or of that of another unit or of a file of it, with some of it changed."""
        kept: dict[str, Any] = {
            "requirement": list(self.requirements),
            "by": self.by,
            "beside": self.beside,
            "since": self.since and self.since.isoformat(),
            **self.order,
        }
        return url_for(endpoint, code=code or self.code, **(kept | changes))

    @property
    def order(self) -> Mapping[str, str | None]:
        """What the address says of the order; nothing for that of the tree."""
        if self.sort is Sort.TREE:
            return {}
        direction = DESCENDING if self.descending else ASCENDING
        return {"sort": self.sort.value, "of": self.of, "of_module": self.of_module, "order": direction}

    def sorts_by(self, column: Column, by: Sort) -> bool:
        """Whether the lines are sorted by this figure of a column."""
        return self.sort is by and (self.of, self.of_module) == names(column)


@dataclass(frozen=True, slots=True)
class Shown:
    """A table as its address has it: the requirements it names, the columns, and the lines in their order."""

    table: Table
    address: Address
    asked: Sequence[RequirementView]
    columns: Sequence[Column]

    @property
    def lines(self) -> Sequence[Line]:
        """The unit as a whole, then what lies below it, sorted; in the tree's order where no such figure is counted."""
        address = self.address
        column = next((one for one in self.columns if names(one) == (address.of, address.of_module)), None)
        is_counted = column and not (address.sort is Sort.DUE_SOON and column.requirement.is_of_several(column.item))
        item = column.item if column and is_counted else None
        return [
            self.table.whole,
            *in_order(self.table.parts, address.sort, item, descending=address.descending),
        ]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for, and of what there is."""

    address: Address
    form: TableForm
    path: Sequence[Place]
    known: Sequence[RequirementView]

    @property
    def chosen(self) -> list[RequirementView]:
        """The requirements that the address names."""
        return [one for one in self.known if one.code in self.address.requirements]


def read(code: str) -> Asked:
    """Read the address. Raises NotFound, and Invalid for an order that is none."""
    path = places.path_to(actor(), code, shown_day())
    known = items.requirements(actor())
    form = TableForm([(one.code, one.title) for one in known])
    form.validate()
    chosen = tuple(form.requirement.data)
    form.by.data = form.by.data or (MODULE if len(chosen) == 1 else REQUIREMENT)
    form.beside.data = form.beside.data or (PEOPLE if len(chosen) == 1 else RATES)
    sort, descending = _order()
    of = (request.args.get("of"), request.args.get("of_module") or None)
    address = Address(code, chosen, form.by.data, form.beside.data, form.since.value, sort, *of, descending)
    return Asked(address, form, path, known)


def _order() -> tuple[Sort, bool]:
    """By what the lines are sorted, and whether the most comes first. Raises Invalid."""
    by, order = request.args.get("sort") or Sort.TREE, request.args.get("order")
    if by not in list(Sort) or order not in (None, "", ASCENDING, DESCENDING):
        raise Invalid("sort", "There is no such order.")
    return Sort(by), order == DESCENDING if order else by not in LEAST_FIRST


# Columns


def columns_of(found: Table, address: Address) -> Sequence[Column]:
    """The columns of a table, whole requirements or modules, as the address wants them."""
    return list(_by_module(found.asked) if address.by == MODULE else _by_requirement(found.asked))


def _by_module(shown: Iterable[RequirementView]) -> Iterator[Column]:
    """A column for each module and one for all of them, below the title of their requirement."""
    for one in shown:
        for item in one.items:
            title = "All of it" if item is one.whole and not one.has_one_module else item.title
            yield Column(one, item, title, one.title, starts=item is one.items[0])


def _by_requirement(shown: Iterable[RequirementView]) -> Iterator[Column]:
    """A column for each requirement; where several side by side begin with the same words and a colon, these stand
    once above them."""
    is_parted = False
    for words, found in groupby(shown, lambda one: one.title.partition(": ")[0]):
        several = list(found)
        group = words if len(several) > 1 else ""
        for one in several:
            title = lines.capital(one.title.partition(": ")[2]) if group else ""
            starts = one is several[0] and bool(group or is_parted)
            yield Column(one, one.whole, title or one.title, group, starts)
        is_parted = bool(group)


def names(column: Column) -> tuple[str, str | None]:
    """What an address calls a column: its requirement, and its module, if it is one."""
    return column.requirement.code, None if column.is_whole else column.item.code
