"""What an address asks for of the pages that compare, over time or side by side; and what these have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from tracker.dashboards import policy
from tracker.dashboards.addresses import as_of, shown_day
from tracker.dashboards.queries import items as queries
from tracker.dashboards.queries import places
from tracker.dashboards.queries.items import ItemView, RequirementView
from tracker.dashboards.queries.standings import speaks_for
from tracker.dashboards.routes import items, lines
from tracker.progress.figures.answers import EVERYTHING
from tracker.units.queries import UnitView
from tracker.web.access import actor
from tracker.web.pages import page

NOTHING = "Nothing is asked of anybody."


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for, of all that there is."""

    all: Sequence[RequirementView]
    requirement: RequirementView
    item: ItemView

    @property
    def title(self) -> str:
        """What it is about, in words."""
        return items.title(self.requirement, self.item) or ""

    @property
    def kept(self) -> dict[str, Any]:
        """The same as addresses say it."""
        return items.in_address(self.requirement, self.item)


def found(code: str) -> tuple[UnitView, Asked | None]:
    """The unit, and what is looked at; none where nothing at all is asked of anybody. Raises NotFound and Invalid."""
    unit = policy.get_unit(actor(), code, shown_day())
    known = queries.requirements(actor())
    requirement = speaks_for(known)
    if requirement is None:
        return unit, None
    if wanted := request.args.get("requirement"):
        requirement = items.with_code(known, wanted)
    return unit, Asked(known, requirement, items.asked_of(requirement))


def plain_address(endpoint: str, unit: UnitView, asked: Asked) -> str:
    """The address that names the requirement and module which were chosen in one list."""
    kept: dict[str, Any] = {name: request.args[name] for name in ("years", "ahead") if name in request.args}
    return url_for(endpoint, code=unit.code, **kept, **items.chosen(asked.all))


def about(unit: UnitView, asked: Asked) -> list[tuple[str, object]]:
    """What a file is of."""
    module = asked.kept.get("module", EVERYTHING)
    what = (("requirement", asked.requirement.code), ("module", module), lines.note([asked.requirement]))
    return [("as_of", shown_day()), ("within", unit.code), *what]


def crumbs(unit: UnitView, here: str) -> list[tuple[str, str | None]]:
    """The way down to the unit, and to a page of it."""
    return lines.crumbs(places.path(actor(), unit.id, shown_day()), here)


def ways(unit: UnitView, asked: Asked, label: str, endpoint: str) -> list[tuple[str, str]]:
    """Where one can go on: to the other of these pages, to the people, to targets."""
    found = [(label, url_for(endpoint, code=unit.code, **asked.kept))]
    if asked.requirement.names_shown:
        found.append(("People", lines.people_url(unit, asked.requirement, asked.item)))
    return [*found, ("Targets", url_for(".targets", code=unit.code, as_of=None))]


def nothing(unit: UnitView, here: str) -> ResponseReturnValue:
    """The page where nothing is asked of anybody."""
    return page("dashboards/trends_nothing.html", as_of=as_of(), crumbs=crumbs(unit, here), unit=unit, here=here)
