"""What if: how many more people until the target or the gate, who is nearest, and what comes if nobody acts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask.typing import ResponseReturnValue

from tracker.core.actor import Actor, Right
from tracker.core.days import month_end
from tracker.core.words import count, day
from tracker.dashboards import policy
from tracker.dashboards.forms import WhatIfFilter
from tracker.dashboards.queries.items import RequirementView
from tracker.dashboards.queries.over_days import over_days
from tracker.dashboards.queries.sight import Cell
from tracker.dashboards.queries.standings import GateStanding, standing
from tracker.dashboards.queries.what_if import Near, nearest, nearest_to_gate
from tracker.dashboards.routes import lines
from tracker.dashboards.routes.blueprint import bp
from tracker.dashboards.routes.targets import sentence
from tracker.dashboards.rules import NOBODY
from tracker.targets.queries import targets_of
from tracker.units.queries import UnitView
from tracker.web.access import actor, needs
from tracker.web.pages import page

MONTHS_AHEAD = 12


@dataclass(frozen=True, slots=True)
class Step:
    """A coming day: its figure, and how many more or fewer have it satisfied than today."""

    day: date
    cell: Cell
    change: str


@dataclass(frozen=True, slots=True)
class NearGate:
    """A gate that is shut, and who is nearest for it."""

    title: str
    people: Sequence[Near]


@bp.route("/units/<unit_code:code>/what-if")
@needs(Right.UNITS_READ)
def what_if(code: str) -> ResponseReturnValue:
    """One requirement of a unit, seen from what could still happen."""
    who = actor()
    unit = policy.get_unit(who, code, who.today)
    found = standing(who, unit, who.today, with_gates=True)
    named = [one for one in found.asked if one.names_shown]
    form = WhatIfFilter([(one.code, one.title) for one in named], who.today)
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
        targets=list(_targets(cell, targets_of([code], who.today).get((code, chosen.code)), form.percent.value)),
        gates=list(lines.gate_lines(found.gates, who.today)),
        nearest=nearest(unit.id, chosen, who.today),
        nearest_to_gates=list(_nearest_to_gates(unit, found.gates, who.today)),
        steps=list(_steps(cell, _coming(who, unit, chosen, form.on.value))),
        chosen_day=form.on.value,
        people_url=lines.people_url(unit, chosen, chosen.whole),
    )


def _targets(cell: Cell, target: int | None, tried: int | None) -> Iterator[str]:
    """How far the unit's target is, and one to try."""
    for share, what in ((target, "The target"), (tried, "A target")):
        if share is not None and (said := sentence(cell, share, what)):
            yield said


def _nearest_to_gates(unit: UnitView, gates: Iterable[GateStanding], today: date) -> Iterator[NearGate]:
    """Who is nearest for each gate that is shut, by the gate's own audience and modules, where that may be seen."""
    shut = [one.gate for one in gates if not one.is_open and one.figure is not None and one.figure.denominator]
    for gate in shut:
        if people := nearest_to_gate(unit.id, gate, today):
            yield NearGate(gate.title, people)


def _coming(actor: Actor, unit: UnitView, requirement: RequirementView, chosen: date | None) -> Mapping[date, Cell]:
    """The figures of coming days, in order: of those that counts are kept for, and of one that is asked for."""
    found = over_days(actor, unit.id, requirement, requirement.whole, _days(actor.today))
    if chosen is not None and chosen not in found:
        then = standing(actor, policy.get_unit(actor, unit.code, chosen), chosen)
        found[chosen] = then.whole.cells.get(requirement.whole.id, Cell(NOBODY, NOBODY))
    return dict(sorted(found.items()))


def _days(today: date) -> Sequence[date]:
    """Tomorrow, and the ends of the coming months."""
    ends = (month_end(today, months) for months in range(MONTHS_AHEAD + 1))
    return sorted({today + timedelta(days=1), *(end for end in ends if end > today)})


def _steps(now: Cell, coming: Mapping[date, Cell]) -> Iterator[Step]:
    for on, cell in coming.items():
        more = cell.numerator - now.numerator
        change = "no change" if not more else f"{count(abs(more))} {'more' if more > 0 else 'fewer'}"
        yield Step(on, cell, change)
