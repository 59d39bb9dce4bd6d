"""A champion's units on one page: what needs her, where they stand, and what changed since she last looked."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Actor, Right
from tracker.core.errors import NotFound
from tracker.core.spreadsheets import Rate, Table
from tracker.core.words import count, day, percent, plural
from tracker.dashboards.commands import mark_seen
from tracker.dashboards.forms import SeenForm
from tracker.dashboards.queries.workspace import Asked, OwnUnit, Workspace, workspace
from tracker.dashboards.routes import lines
from tracker.dashboards.routes.blueprint import bp
from tracker.dashboards.routes.lines import Need
from tracker.progress.reports import rate_text
from tracker.progress.rules import Level, Status
from tracker.web.access import actor, needs
from tracker.web.downloads import table_file
from tracker.web.navigation import waiting_behind
from tracker.web.pages import page


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A requirement in a unit, in words: how far the target is, and what changed."""

    asked: Asked
    url: str
    target: str | None
    to_target: str | None
    change: str


def workspace_page(who: Actor) -> Response:
    """The page itself, which is where a champion begins."""
    found = workspace(who)
    return page(
        "dashboards/workspace.html",
        today=who.today,
        workspace=found,
        answer=_answer(found),
        needs=list(_needs(who, found)),
        sections=[(own, [_asked_line(own, one) for one in own.asked]) for own in found.units],
        gates={own.place.unit.id: list(lines.gate_lines(own.gates, who.today)) for own in found.units},
        people=_people_words(found),
        completed=list(_completed(found)),
        seen=json.dumps(found.seen),
    )


@bp.route("/units.csv")
@bp.route("/units.xlsx", endpoint="workspace_xlsx")
@needs(Right.UNITS_READ)
def workspace_csv() -> ResponseReturnValue:
    """Where the units stand, as a file; for whoever has units of her own."""
    who = actor()
    if not who.unit_ids:
        raise NotFound("a workspace")
    found = workspace(who)
    table = Table(
        "My units",
        about=[
            *(("as_of", who.today), ("changes_since", found.since)),
            lines.note(one.requirement for own in found.units for one in own.asked),
        ],
        header=(
            *("unit", "unit_name", "requirement", "requirement_title", "satisfied", "denominator", "rate"),
            *("overdue", "due_soon", "target_percent", "satisfied_before", "denominator_before"),
        ),
        rows=[_file_row(own, one) for own in found.units for one in own.asked],
    )
    return table_file(table, f"my units {who.today.isoformat()}")


def _file_row(own: OwnUnit, one: Asked) -> tuple[object, ...]:
    unit, figure, before = own.place.unit, one.cell.figure, one.before or (None, None)
    rate = Rate(rate_text(figure.satisfied, figure.denominator))
    due_soon = one.due_soon if one.requirement.has_one_module else None
    return (
        *(unit.code, unit.name, one.requirement.code, one.requirement.title),
        *(figure.satisfied, figure.denominator, rate, figure.overdue, due_soon, one.target, *before),
    )


@bp.route("/units/seen", methods=["POST"])
@needs(Right.UNITS_READ)
def seen() -> ResponseReturnValue:
    """Say that one has seen where the units stand: changes are told from here on."""
    who = actor()
    form = SeenForm()
    with form.accept() as accepted:
        if accepted:
            own = {place.place.unit.code for place in workspace(who).units}
            mark_seen(who, {code: figures for code, figures in form.seen.value.items() if code in own})
            flash("Changes are told from today on.", "success")
    return redirect(url_for(".start"), 303)


# Words


def _answer(found: Workspace) -> str:
    """How all units stand, in one sentence."""
    late = sum(
        one.cell.figure.overdue for own in found.units for one in own.asked if one.requirement.level is Level.REQUIRED
    )
    if not late:
        return "Nobody is overdue with anything that is required."
    return f"{plural(late, 'thing is', 'things are')} overdue among the people of your {_units(found)}."


def _units(found: Workspace) -> str:
    return "unit" if len(found.units) == 1 else f"{count(len(found.units))} units"


def _needs(who: Actor, found: Workspace) -> Iterator[Need]:
    """What waits for the champion, the most urgent first."""
    numbers = found.numbers
    if numbers.claims:
        words = "completion waits to be verified" if numbers.claims == 1 else "completions wait to be verified"
        since = f"The first since {day(numbers.claims_since)}" if numbers.claims_since else None
        yield Need(numbers.claims, words, since, ("Review claims", url_for("claims.waiting")))
    if asked := waiting_behind("requests.queue", who):
        words = "request waits for an answer" if asked == 1 else "requests wait for an answer"
        yield Need(asked, words, None, ("Answer", url_for("requests.queue")))
    if numbers.unsure:
        words = "letter may have been sent" if numbers.unsure == 1 else "letters may have been sent"
        detail = "Sending was cut short; you decide whether they go again."
        yield Need(numbers.unsure, words, detail, ("Decide", url_for("messages.mine")))
    all_asked = [(own, one) for own in found.units for one in own.asked]
    for own, one in all_asked:
        if late := one.cell.figure.overdue:
            yield lines.overdue_need(own.place.unit, one.requirement, late, _named(found, own, one))
    for own, one in all_asked:
        if one.due_soon:
            yield lines.due_soon_need(own.place.unit, one.requirement, one.due_soon, _named(found, own, one))
    if numbers.joined and len(found.units) == 1:
        words = f"{'person' if numbers.joined == 1 else 'people'} joined since {day(found.since)}"
        url = url_for(
            ".people",
            code=found.units[0].place.unit.code,
            requirement="",
            joined=(found.since + timedelta(days=1)).isoformat(),
        )
        yield Need(numbers.joined, words, None, ("See them", url))
    for gap in found.lacking:
        yield Need(0, gap.text, None, ("Settle it", url_for(".coverage", code=gap.unit_code)))


def _named(found: Workspace, own: OwnUnit, one: Asked) -> str:
    """What is asked, and where, if there are several units."""
    return f"{one.requirement.title}, {own.place.unit.name}" if len(found.units) > 1 else one.requirement.title


def _asked_line(own: OwnUnit, one: Asked) -> AskedLine:
    to_target = one.to_target
    return AskedLine(
        one,
        lines.people_url(own.place.unit, one.requirement, one.requirement.whole),
        None if one.target is None else percent(one.target, 100),
        None if to_target is None else "reached" if not to_target else f"{plural(to_target, *lines.PEOPLE)} to go",
        _change(one),
    )


def _change(one: Asked) -> str:
    """What became of a figure since it was last seen."""
    if one.before is None:
        return "not seen before"
    done, counted = one.before
    if (done, counted) == (one.cell.numerator, one.cell.denominator):
        return "no change"
    more = one.cell.numerator - done
    was = f"was {percent(done, counted)}, {count(done)} of {count(counted)}" if counted else "was nobody"
    return f"{count(abs(more))} {'more' if more > 0 else 'fewer'}: {was}" if more else was


def _people_words(found: Workspace) -> str | None:
    """Who came and went, as numbers."""
    parts: Sequence[str] = [
        f"{plural(number, *lines.PEOPLE)} {words}"
        for number, words in ((found.numbers.joined, "joined"), (found.numbers.left, "left"))
        if number
    ]
    return f"{' and '.join(parts)} since {day(found.since)}." if parts else None


@dataclass(frozen=True, slots=True)
class CompletedLine:
    """A requirement that more or fewer people have completed than at the last look, and the list of all who have."""

    title: str
    url: str
    words: str


def _completed(found: Workspace) -> Iterator[CompletedLine]:
    """What was completed since the last look, in the order of the page."""
    for own in found.units:
        for one in own.asked:
            more = one.cell.numerator - one.before[0] if one.before else 0
            if more:
                url = lines.people_url(own.place.unit, one.requirement, one.requirement.whole, (Status.SATISFIED,))
                words = f"{plural(abs(more), *lines.PEOPLE)} {'more' if more > 0 else 'fewer'}"
                yield CompletedLine(_named(found, own, one), url, words)
