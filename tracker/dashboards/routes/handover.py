"""What the next champion of a unit needs to know, made for print."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask.typing import ResponseReturnValue

from tracker.champions.rules import Term
from tracker.core.actor import Actor, Right
from tracker.core.words import count, day, plural
from tracker.dashboards import policy
from tracker.dashboards.addresses import as_of, shown_day
from tracker.dashboards.queries.handover import Handover
from tracker.dashboards.queries.handover import handover as handover_of
from tracker.dashboards.routes import lines
from tracker.dashboards.routes.blueprint import bp
from tracker.dashboards.routes.coverage import period
from tracker.progress.queries.claims import number_waiting_in
from tracker.requests import queries as requests
from tracker.terms.queries import say
from tracker.web.access import actor, needs
from tracker.web.pages import page


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do, in words, and where."""

    text: str
    action: tuple[str, str] | None


@bp.route("/units/<unit_code:code>/handover")
@needs(Right.UNITS_READ)
def handover(code: str) -> ResponseReturnValue:
    """A unit, for whoever takes it over."""
    who, on = actor(), shown_day()
    unit = policy.get_unit(who, code, on)
    found = handover_of(who, unit, on)
    claims = number_waiting_in(who, unit.id) if on == who.today else 0
    return page(
        "dashboards/handover.html",
        as_of=as_of(),
        crumbs=lines.crumbs(found.standing.path, "Hand-over"),
        unit=unit,
        answer=lines.answer(found.standing, on),
        still_to_go=lines.still_to_go(found.standing),
        terms=[(term, period(term), _state(term, on)) for term in found.terms],
        gates=list(lines.gate_lines(found.standing.gates, on)),
        changing=lines.changing(found.standing),
        asked=list(lines.asked_lines(found.standing)),
        rounded=lines.rounded(found.standing.asked),
        waiting=list(_waiting(who, found.standing.unit.id, claims, on)),
        steps=list(_steps(found, claims, on)),
        champions=lines.champion_lines(found.champions, found.standing.path),
        contacts=found.contacts,
    )


def _waiting(who: Actor, unit_id: int, claims: int, on: date) -> Iterator[Step]:
    """How much waits for a decision, never what or whose."""
    words = "completion waits" if claims == 1 else "completions wait"
    if claims:
        yield Step(f"{count(claims)} {words} to be verified here.", ("All claims", url_for("claims.waiting")))
    if on == who.today and (asked := requests.number_waiting_in(who, unit_id)):
        words = "request waits" if asked == 1 else "requests wait"
        text = f"{count(asked)} {words} for your answer here."
        yield Step(text, ("All requests", url_for("requests.queue")))


def _state(term: Term, on: date) -> str:
    """Whether a term runs, is over or is to come."""
    if term.covers(on):
        return "now"
    return "over" if term.is_over(on) else "to come"


def _steps(found: Handover, claims: int, on: date) -> Iterator[Step]:
    """What to do first, the most urgent first: decisions that people wait for, who is late, what is nearly reached."""
    for need in lines.needs(found.standing, claims):
        about = f" for “{need.detail}”" if need.detail else ""
        yield Step(f"{count(need.count)} {need.text}{about}.", need.action)
    for gate in found.standing.gates:
        if not gate.is_open and gate.still_needed:
            needed = plural(gate.still_needed, "more person opens", "more people open")
            yield Step(f"{needed} the way to “{gate.gate.title}”.", None)
    for warning in found.warnings:
        yield Step(warning.text, (say("See the {champions}"), url_for(".coverage", code=found.standing.unit.code)))
    people = url_for(".people", code=found.standing.unit.code)
    yield Step(
        say(f"Go through who is at home here on {day(on)}, and tell the {{office}} who is missing or has left."),
        ("People", people),
    )
