"""What if: how many more people until the target or the gate, who is nearest, and what comes if nobody acts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.days import month_end
from tracker.dashboards import policy
from tracker.dashboards.forms import WhatIfFilter
from tracker.dashboards.queries.items import RequirementView
from tracker.dashboards.queries.sight import Cell
from tracker.dashboards.queries.standings import standing
from tracker.dashboards.queries.what_if import Coming, forecast, nearest
from tracker.dashboards.routes import lines
from tracker.dashboards.routes.blueprint import bp
from tracker.dashboards.rules import NOBODY
from tracker.targets.queries import targets_of
from tracker.targets.rules import people_to_target
from tracker.web.access import actor, needs
from tracker.web.pages import page
from tracker.web.templating import count, day, percent, plural

MONTHS_AHEAD = 12


@dataclass(frozen=True, slots=True)
class Step:
    """A coming day: its figure, and how many more or fewer have it satisfied than today."""

    day: date
    cell: Cell
    change: str


@bp.route("/units/<unit_code:code>/what-if")
@needs(Right.UNITS_READ)
def what_if(code: str) -> ResponseReturnValue:
    """One requirement of a unit, seen from what could still happen."""
    who = actor()
    unit = policy.get_unit(who, code, who.today)
    found = standing(who, unit, who.today, with_gates=True)
    named = [one for one in found.asked if one.names_shown]
    form = WhatIfFilter([(one.code, one.title) for one in named])
    form.validate()
    chosen = next((one for one in named if one.code == form.requirement.value), named[0] if named else None)
    if chosen is None:
        return page("dashboards/what_if_nothing.html", crumbs=lines.crumbs(found.path, "What if?"), unit=unit)
    form.requirement.data = chosen.code
    cell = found.whole.cell(chosen.whole)
    return page(
        "dashboards/what_if.html",
        crumbs=lines.crumbs(found.path, "What if?"),
        unit=unit,
        today=who.today,
        form=form,
        requirement=chosen,
        cell=cell,
        now=f"{lines.percent_have(cell)} completed “{chosen.title}”: {lines.of_people(cell)} on {day(who.today)}.",
        targets=list(_targets(cell, targets_of([code]).get((code, chosen.code)), form.percent.value)),
        gates=list(lines.gate_lines(found.gates, who.today)),
        nearest=nearest(unit.id, chosen, who.today),
        steps=list(_steps(chosen, cell, forecast(unit.id, chosen, _days(who.today)))),
        people_url=lines.people_url(unit, chosen, chosen.whole),
    )


def _targets(cell: Cell, target: int | None, tried: int | None) -> Iterator[str]:
    """How far the unit's target is, and one to try."""
    for share, what in ((target, "The target"), (tried, "A target")):
        if share is None or not cell.denominator:
            continue
        missing = people_to_target(cell.numerator, cell.denominator, share)
        wanted = f"{count(cell.numerator + missing)} of {count(cell.denominator)}"
        if missing:
            yield f"{what} of {percent(share, 100)} is {plural(missing, 'more person', 'more people')} away: {wanted}."
        else:
            yield f"{what} of {percent(share, 100)} is reached."


def _days(today: date) -> Sequence[date]:
    """Tomorrow, and the ends of the coming months."""
    ends = (month_end(today, months) for months in range(MONTHS_AHEAD + 1))
    return sorted({today + timedelta(days=1), *(end for end in ends if end > today)})


def _steps(requirement: RequirementView, now: Cell, coming: Sequence[Coming]) -> Iterator[Step]:
    for one in coming:
        more = one.figure.satisfied - now.numerator
        change = "no change" if not more else f"{count(abs(more))} {'more' if more > 0 else 'fewer'}"
        yield Step(one.day, Cell(one.figure, NOBODY), change)
