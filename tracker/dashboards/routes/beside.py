"""Who belongs to a unit without being counted in it: joint members, and those who have left; as pages and as CSV."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Actor, Right
from tracker.core.spreadsheets import Table
from tracker.core.words import day, plural
from tracker.dashboards import policy
from tracker.dashboards.addresses import as_of, shown_day
from tracker.dashboards.queries import beside as queries
from tracker.dashboards.queries import places
from tracker.dashboards.queries.beside import Beside, BesideList
from tracker.dashboards.routes import lines
from tracker.dashboards.routes.blueprint import bp
from tracker.web.access import actor, needs
from tracker.web.downloads import table_file
from tracker.web.pages import page

NOWHERE = "no unit"
NAMES_SHOWN = 300
"""Names on a page; a whole institution has thousands of leavers, and the file has all."""


@bp.route("/units/<unit_code:code>/people/joint")
@needs(Right.UNITS_READ)
def joint_members(code: str) -> ResponseReturnValue:
    """Who has a further post here and is counted elsewhere."""
    return _page(code, queries.joint_members, "Joint members", "dashboards/joint_members.html", ".joint_members_csv")


@bp.route("/units/<unit_code:code>/people/joint.csv")
@bp.route("/units/<unit_code:code>/people/joint.xlsx", endpoint="joint_members_xlsx")
@needs(Right.UNITS_READ)
def joint_members_csv(code: str) -> ResponseReturnValue:
    """The same as a file; of those who may not be named, their number by the unit that counts them."""
    return _file(code, queries.joint_members, "joint members")


@bp.route("/units/<unit_code:code>/people/left")
@needs(Right.UNITS_READ)
def leavers(code: str) -> ResponseReturnValue:
    """Who has left in the last twelve months."""
    return _page(code, queries.leavers, "Who has left", "dashboards/leavers.html", ".leavers_csv")


@bp.route("/units/<unit_code:code>/people/left.csv")
@bp.route("/units/<unit_code:code>/people/left.xlsx", endpoint="leavers_xlsx")
@needs(Right.UNITS_READ)
def leavers_csv(code: str) -> ResponseReturnValue:
    """The same as a file; of those who may not be named, only how many left on which day."""
    return _file(code, queries.leavers, "leavers")


Found = Callable[[Actor, int, date], BesideList]


@dataclass(frozen=True, slots=True)
class BesideLine:
    """Somebody in such a list."""

    id: int
    name: str
    url: str
    detail: str
    status: None = None


def _page(code: str, query: Found, here: str, template: str, csv_endpoint: str) -> ResponseReturnValue:
    unit = policy.get_unit(actor(), code, shown_day())
    found = query(actor(), unit.id, shown_day())
    return page(
        template,
        as_of=as_of(),
        crumbs=[
            *lines.crumbs(places.path(actor(), unit.id, shown_day()), "People")[:-1],
            ("People", url_for(".people", code=code)),
            (here, None),
        ],
        unit=unit,
        found=found,
        total=plural(found.total, "person", "people"),
        rows=[_line(one) for one in found.people[:NAMES_SHOWN]],
        more=max(0, len(found.people) - NAMES_SHOWN),
        unnamed=[
            (counted_in or NOWHERE, plural(number, "person", "people"))
            for counted_in, number in sorted(found.unnamed.items(), key=lambda item: item[0] or "")
        ],
        unnamed_total=found.total - len(found.people),
        unnamed_left=[
            (plural(number, "person", "people"), last_day)
            for last_day, number in sorted(found.unnamed_left.items(), reverse=True)
        ],
        csv_url=url_for(csv_endpoint, code=code),
    )


def _line(one: Beside) -> BesideLine:
    counted = f"counted in {one.counted_in}" if one.counted_in else f"counted in {NOWHERE}"
    left = f"left on {day(one.last_day)}" if one.last_day else ""
    words = ", ".join(filter(None, (f"{one.category}, {one.role}", left, counted)))
    return BesideLine(one.id, one.name, url_for(".person", person_id=one.id), words)


def _file(code: str, query: Found, what: str) -> ResponseReturnValue:
    unit = policy.get_unit(actor(), code, shown_day())
    found = query(actor(), unit.id, shown_day())
    about = (("as_of", shown_day()), ("within", code))
    header = ("name", "category", "role", "counted_in", "last_day", "people")
    table = Table(f"{unit.name}: {what}", about, header, _rows(found))
    return table_file(table, f"{code} {what} {shown_day().isoformat()}")


def _rows(found: BesideList) -> Iterator[Sequence[object]]:
    for one in found.people:
        yield (one.name, one.category, one.role, one.counted_in, one.last_day, 1)
    for counted_in, number in found.unnamed.items():
        yield ("", "", "", counted_in, "", number)
    for last_day, number in sorted(found.unnamed_left.items()):
        yield ("", "", "", "", last_day, number)
