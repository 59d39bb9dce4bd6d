"""The pages of units: where one begins, where a unit stands, and the table of what lies below it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from tracker.champions.queries import champions_of
from tracker.core.actor import Actor, Right
from tracker.dashboards import policy
from tracker.dashboards.addresses import as_of, shown_day
from tracker.dashboards.queries.items import ItemView, RequirementView
from tracker.dashboards.queries.standings import Standing, speaks_for, standing
from tracker.dashboards.queries.standings import lines as starting_lines
from tracker.dashboards.routes import lines, targets
from tracker.dashboards.routes.blueprint import bp
from tracker.dashboards.routes.workspace import workspace_page
from tracker.progress.queries.claims import number_waiting_in
from tracker.targets.queries import targets_of
from tracker.web.access import actor, needs
from tracker.web.pages import page


@bp.route("/units")
@needs(Right.UNITS_READ)
def start() -> ResponseReturnValue:
    """A champion's workspace; for who sees all, and on other days, a line a unit: a single one opens at once."""
    if not policy.sees_all(actor()) and shown_day() == actor().today:
        return workspace_page(actor())
    found = starting_lines(actor(), shown_day())
    if len(found) == 1:
        return redirect(url_for(".unit", code=found[0][0].unit.code), 303)
    return page("dashboards/start.html", as_of=as_of(), rows=found, sees_all=policy.sees_all(actor()))


@bp.route("/units/<unit_code:code>")
@needs(Right.UNITS_READ)
def unit(code: str) -> ResponseReturnValue:
    """Where a unit stands on a day."""
    who, on = actor(), shown_day()
    found = standing(who, policy.get_unit(who, code, on), on, _of_parts, with_gates=True)
    claims = number_waiting_in(who, found.unit.id) if on == who.today else 0
    return page(
        "dashboards/unit.html",
        as_of=as_of(),
        crumbs=lines.crumbs(found.path),
        standing=found,
        answer=lines.answer(found, on),
        still_to_go=lines.still_to_go(found),
        target=_target(found, on),
        gates=list(lines.gate_lines(found.gates, on)),
        changing=lines.changing(found),
        needs=list(lines.needs(found, claims)),
        asked=list(lines.asked_lines(found)),
        rounded=lines.rounded(found.asked),
        not_asked=lines.titles(found.not_asked),
        champions=lines.champion_lines(champions_of(found.unit.id, on), found.path),
        kind_of_parts=lines.kind_of_parts(found.parts),
        row_url=lines.row_url,
        figure_url=lines.figure_url,
        ways=list(_ways(who, found)),
        key=found.key,
        may_log=who.has(Right.COMPLETIONS_LOG_UNIT),
    )


def _of_parts(asked: Sequence[RequirementView]) -> Iterable[ItemView]:
    """What is shown of the units below: the requirement that speaks for the unit."""
    key = speaks_for(asked)
    return [key.whole] if key else []


def _target(found: Standing, on: date) -> str | None:
    """How far the target of the day is, for what speaks for the unit."""
    if (key := found.key) is None:
        return None
    share = targets_of([found.unit.code], on).get((found.unit.code, key.code))
    return None if share is None else targets.sentence(found.whole.cell(key.whole), share)


def _ways(who: Actor, found: Standing) -> Iterator[tuple[str, str]]:
    """Where one can go on from a unit."""
    code = found.unit.code
    yield "People", url_for(".people", code=code)
    if found.path[-1].has_children:
        yield f"Table of {lines.kind_of_parts(found.parts)}s", url_for(".table", code=code)
    if (key := found.key) is not None:
        yield "Trends", url_for(".trends", code=code, requirement=key.code)
        yield "Categories, roles and years of joining", url_for(".groups", code=code, requirement=key.code)
        yield "What if?", url_for(".what_if", code=code)
    yield "Targets", url_for(".targets", code=code)
    if who.has(Right.COMPLETIONS_LOG_UNIT):
        yield "Log a completion for many people", url_for(".roster", code=code)
    yield "Champions", url_for(".coverage", code=code)
    yield "Hand-over", url_for(".handover", code=code)
    yield "One page for the chair", url_for(".chair", code=code)
