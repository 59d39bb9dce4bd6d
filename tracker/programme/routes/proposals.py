"""A change that somebody means to make: what differs, what it would move, save it or let it be."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.errors import Conflict, Invalid
from tracker.programme.commands import proposing
from tracker.programme.queries import catalogue, history, proposals
from tracker.programme.queries.catalogue import WorkingIn
from tracker.programme.queries.proposals import ProposalView
from tracker.programme.routes import lines
from tracker.programme.routes.blueprint import bp, crumbs, looking_again
from tracker.programme.rules import Deed, How, Kind, entries
from tracker.web.access import actor, needs
from tracker.web.pages import page


@bp.route("/curriculum/proposals/<int:proposal_id>")
@needs(Right.RECORDS_READ_ALL)
def proposal(proposal_id: int) -> ResponseReturnValue:
    """What a proposal changes and would move; asked for again by itself while anything of it is under way."""
    who = actor()
    found = proposals.proposal(proposal_id)
    names = catalogue.names_of(found.wanted, who.today)
    building = catalogue.working_in()
    answer = page(
        "programme/proposal.html",
        crumbs=crumbs((lines.heading(found), None)),
        heading=lines.heading(found),
        proposal=found,
        changed=lines.changed(found.changes, names),
        today=who.today,
        building=building,
        counts_ahead=_counts_ahead(found, building),
        edit_url=_edit_url(found),
        may_change=who.has(Right.CURRICULUM_WRITE),
        is_stale=_is_stale(found),
        coming=_coming(found),
        **_moved(found),
    )
    return looking_again(answer) if found.is_waiting or (found.saved_at and building.rules) else answer


def _coming(found: ProposalView) -> list[str]:
    """The coming titles of what a former state would put back, which stay."""
    if found.saved_at is not None or found.how is not How.RESTORED:
        return []
    there = entries(found.wanted)
    return [lines.comes(one) for one in history.coming_titles(actor().today) if (one.kind, one.code) in there]


def _is_stale(found: ProposalView) -> bool:
    """Whether the curriculum has become another since the proposal was made."""
    return found.saved_at is None and catalogue.mark_of(catalogue.curriculum()) != catalogue.mark_of(found.base)


def _counts_ahead(found: ProposalView, building: WorkingIn) -> bool:
    """Whether an unsaved preview stands beside a rule that other pages do not count by yet."""
    if found.saved_at or found.preview is None:
        return False
    moved = {(Kind.REQUIREMENT, one.code) for one in found.preview.requirements}
    moved |= {(Kind.GATE, one.code) for one in found.preview.gates}
    return any((one.kind, one.code) in moved for one in building.rules)


def _moved(found: ProposalView) -> dict[str, Any]:
    """The preview as the page shows it."""
    if (preview := found.preview) is None:
        return {"answer": [], "requirements": [], "gates": [], "warnings": []}
    today = actor().today
    titles = {module.code: module.title for module in found.wanted.modules}
    unit_ids = {unit.unit_id for one in preview.requirements for day in one.days for unit in day.units}
    unit_ids |= {unit for one in preview.gates for unit, _, _ in one.units}
    units = catalogue.names_of_units(unit_ids, today)
    late = {one.id: one for one in proposals.late_people([id_ for one in preview.requirements for id_ in one.late])}
    return {
        "answer": lines.answer(preview, found.changes),
        "requirements": [
            (
                one,
                [lines.day_lines(day, titles, units) for day in one.days],
                sorted((late[id_] for id_ in one.late if id_ in late), key=lambda person: person.name),
                lines.late_note(one),
            )
            for one in preview.requirements
        ],
        "gates": [(one, *lines.gate_rows(one, units, today)) for one in preview.gates],
        "warnings": preview.warnings,
    }


def _edit_url(found: ProposalView) -> str | None:
    """Where to go on with what is proposed, if it is about one thing that is there afterwards."""
    if len(found.changes) != 1 or found.changes[0].after is None:
        return None
    (one,) = found.changes
    if one.deed is Deed.ADDED:
        return url_for(".add", kind=one.kind.value, proposal=found.id)
    return url_for(".change", kind=one.kind.value, code=one.code, proposal=found.id)


@bp.route("/curriculum/proposals/<int:proposal_id>/save", methods=["POST"])
@needs(Right.CURRICULUM_WRITE)
def save(proposal_id: int) -> ResponseReturnValue:
    """Bring a proposal about."""
    try:
        if proposing.save(actor(), proposal_id):
            flash("Saved.", "success")
    except (Conflict, Invalid) as refusal:
        flash(refusal.message, "error")
    return redirect(url_for(".proposal", proposal_id=proposal_id), 303)


@bp.route("/curriculum/proposals/<int:proposal_id>/again", methods=["POST"])
@needs(Right.CURRICULUM_WRITE)
def preview_again(proposal_id: int) -> ResponseReturnValue:
    """Make the preview again, on what the curriculum has become meanwhile."""
    try:
        proposal_id = proposing.propose_again(actor(), proposal_id)
    except (Conflict, Invalid) as refusal:
        flash(refusal.message, "error")
    return redirect(url_for(".proposal", proposal_id=proposal_id), 303)


@bp.route("/curriculum/proposals/<int:proposal_id>/discard", methods=["POST"])
@needs(Right.CURRICULUM_WRITE)
def discard(proposal_id: int) -> ResponseReturnValue:
    """Let a proposal be."""
    found = proposals.proposal(proposal_id)
    proposing.discard(actor(), proposal_id)
    flash("Nothing was changed.", "success")
    one = found.changes[0] if len(found.changes) == 1 else None
    if one is None or one.before is None:
        return redirect(url_for(".index"), 303)
    return redirect(url_for(".thing", kind=Kind(one.kind).value, code=one.code), 303)
