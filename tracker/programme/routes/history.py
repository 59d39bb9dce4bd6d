"""Former states of the curriculum: who changed what, look at one, put it back."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.errors import Conflict, Invalid
from tracker.programme.commands import proposing
from tracker.programme.queries import catalogue
from tracker.programme.queries import history as queries
from tracker.programme.routes import lines
from tracker.programme.routes.blueprint import bp, crumbs
from tracker.web.access import actor, needs
from tracker.web.pages import page


@bp.route("/curriculum/history")
@needs(Right.RECORDS_READ_ALL)
def history() -> ResponseReturnValue:
    """All changes of the curriculum, the latest first."""
    number = request.args.get("page", "1")
    found = queries.states(int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1)
    return page(
        "programme/history.html",
        crumbs=crumbs(("Changes", None)),
        found=found,
        coming=[(one, lines.comes(one)) for one in queries.coming_titles(actor().today)],
        rows=[(line, lines.how(line), [lines.said(told) for told in line.changes]) for line in found.items],
        page_url=lambda number: url_for(".history", page=number),
    )


@bp.route("/curriculum/history/<int:state_id>")
@needs(Right.RECORDS_READ_ALL)
def state(state_id: int) -> ResponseReturnValue:
    """The curriculum as it was after a change, whole, with what that change did."""
    who = actor()
    found = queries.state(state_id)
    names = catalogue.names_of(found.curriculum, who.today)
    return page(
        "programme/state.html",
        crumbs=crumbs(("Changes", url_for(".history")), ("A former state", None)),
        state=found,
        how=lines.how(found.line),
        changed=lines.changed([told.difference for told in found.line.changes], names),
        may_change=who.has(Right.CURRICULUM_WRITE),
    )


@bp.route("/curriculum/history/<int:state_id>/restore", methods=["POST"])
@needs(Right.CURRICULUM_WRITE)
def restore(state_id: int) -> ResponseReturnValue:
    """Propose to put a former state back, whole."""
    try:
        proposal_id = proposing.propose_state(actor(), state_id)
    except (Conflict, Invalid) as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".state", state_id=state_id), 303)
    return redirect(url_for(".proposal", proposal_id=proposal_id), 303)


@bp.route("/curriculum/changes/<int:change_id>/restore", methods=["POST"])
@needs(Right.CURRICULUM_WRITE)
def restore_before(change_id: int) -> ResponseReturnValue:
    """Propose to put one thing back as it was before a change."""
    try:
        proposal_id = proposing.propose_before(actor(), change_id)
    except (Conflict, Invalid) as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".history"), 303)
    return redirect(url_for(".proposal", proposal_id=proposal_id), 303)
