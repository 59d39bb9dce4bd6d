"""One page about a unit for its chair, made for print: figures only, no names of learners."""

from datetime import date

from flask import request, url_for
from flask.typing import ResponseReturnValue

from tracker.champions.queries import champions_of
from tracker.core.actor import Right
from tracker.core.errors import Invalid
from tracker.core.words import NO_BREAK_SPACE, day, plural
from tracker.dashboards import policy, rules
from tracker.dashboards.addresses import as_of, shown_day
from tracker.dashboards.queries.chair import Line, Sheet, sheet
from tracker.dashboards.routes import lines
from tracker.dashboards.routes.blueprint import bp
from tracker.web.access import actor, needs
from tracker.web.pages import page

OTHERS = "others"
"""Says in the address that the page is for readers who may not see names."""


@bp.route("/units/<unit_code:code>/chair")
@needs(Right.UNITS_READ)
def chair(code: str) -> ResponseReturnValue:
    """Rates with their numbers and how they moved, gates, and champions."""
    who, on = actor(), shown_day()
    for_others = _for_others()
    unit = policy.get_unit(who, code, on)
    found = sheet(who, unit, on, for_others=for_others)
    return page(
        "dashboards/chair.html",
        as_of=as_of(),
        crumbs=lines.crumbs(found.standing.path, "One page for the chair"),
        unit=unit,
        sheet=found,
        for_others=for_others,
        has_targets=any(line.target is not None for line in found.lines),
        answer=answer(found, on),
        note=lambda line: line.requirement.level.capitalize(),
        to_target=to_target,
        points=points,
        gates=list(lines.gate_lines(found.gates, on)),
        changing=lines.changing(found.standing),
        champions=lines.champion_lines(champions_of(unit.id, on), found.standing.path),
        small_print=small_print(on, for_others=for_others),
        exact_url=url_for(".chair", code=code),
        rounded_url=url_for(".chair", code=code, readers=OTHERS),
    )


def _for_others() -> bool:
    """Whether the address asks for the page for others. Raises Invalid."""
    readers = request.args.get("readers", "")
    if readers not in ("", OTHERS):
        raise Invalid("readers", "There is no such kind of readers.")
    return readers == OTHERS


def answer(found: Sheet, on: date) -> str:
    """Where the unit stands, in one sentence, with no more than the table tells."""
    key = found.standing.key
    if key is None:
        return f"Nobody is asked for anything here on {day(on)}."
    cell = next(line.cell for line in found.lines if line.requirement is key)
    if cell.protected_text is not None:
        return f"“{key.title}”: {lines.without_names(cell, on)}"
    if not cell.denominator:
        return f"Nobody is counted for “{key.title}” on {day(on)}."
    return f"{lines.percent_have(cell)} completed “{key.title}”: {lines.of_people(cell)} on {day(on)}."


def to_target(line: Line) -> str | None:
    """How far the target is away."""
    if line.to_target is None:
        return None
    return f"{plural(line.to_target, 'person', 'people')} to go" if line.to_target else "reached"


def points(line: Line) -> str | None:
    """How the rate has moved since the last end of a month."""
    if line.points is None:
        return None
    if not line.points:
        return "unchanged"
    words = plural(abs(line.points), "point", "points")
    return f"{words} {'up' if line.points > 0 else 'down'}"


def small_print(on: date, *, for_others: bool) -> str:
    """What the figures are, for whoever holds the paper."""
    counted = (
        f"People are counted by their home unit on {day(on)}; who is waived or on leave that day is not counted. "
        f"Figures of fewer than {rules.SMALLEST_GROUP} people are not given"
    )
    if not for_others:
        return f"{counted}."
    return (
        f"{counted}, nor those from which they could be told. Rates are rounded to "
        f"{rules.STEP}{NO_BREAK_SPACE}%, and given for today and for ends of months."
    )
