"""Claims that wait for a decision; and what the office logs and corrects for others."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.errors import Conflict, Forbidden
from tracker.core.spreadsheets import Table
from tracker.people.queries import person_view
from tracker.progress import policy
from tracker.progress.commands import bulk
from tracker.progress.commands import completions as commands
from tracker.progress.forms import CorrectForForm, LogForForm, RejectForm
from tracker.progress.queries import bulk as deeds
from tracker.progress.queries import claims, evidence, records
from tracker.progress.queries.catalogue import catalogue
from tracker.progress.queries.changes import changed_by_verifying
from tracker.progress.queries.claims import Claim
from tracker.progress.routes import choices, claim_lines, lines, wording
from tracker.progress.routes.blueprint import already_on_record
from tracker.progress.rules import State
from tracker.web.access import actor, needs
from tracker.web.downloads import table_file
from tracker.web.pages import flash_with_undo, page

bp = Blueprint("claims", __name__)
ALREADY = {State.VERIFIED: "You have verified it already", State.REJECTED: "You have turned it down already"}
CSV_HEADER = ("name", "unit", "category", "course", "module", "completed_on", "waits_since", "how")


@bp.route("/claims")
@needs(Right.CLAIMS_DECIDE)
def waiting() -> ResponseReturnValue:
    """The claims that wait for me, the one that waits longest first."""
    who = actor()
    names = catalogue()
    found = claims.waiting(who, request.args.get("page", 1, type=int), names)
    since = claims.counting_since(who, found.items, names)
    return page(
        "progress/claims/waiting.html",
        found=found,
        rows=[claim_lines.claim_card(claim, who.today, since.get(claim.id)) for claim in found.items],
        answer=wording.waiting(found, who.today),
        own=claims.own_waiting(who),
        page_url=lambda number: url_for(".waiting", page=number),
        csv_url=url_for(".waiting_csv"),
    )


@bp.route("/claims.csv")
@bp.route("/claims.xlsx", endpoint="waiting_xlsx")
@needs(Right.CLAIMS_DECIDE)
def waiting_csv() -> ResponseReturnValue:
    """The same as a file, all of it."""
    who = actor()
    rows = (
        (one.person, one.unit, one.category, one.course, one.title, one.completed_on, one.waits_since, one.how)
        for one in claims.all_waiting(who, catalogue())
    )
    return table_file(Table("Claims that wait", (("as_of", who.today),), CSV_HEADER, rows), f"claims {who.today}")


@bp.route("/claims/<int:completion_id>", methods=["GET", "POST"])
@needs(Right.CLAIMS_DECIDE)
def decide(completion_id: int) -> ResponseReturnValue:
    """One claim with what else is on record; sending the form turns it down."""
    who, names = actor(), catalogue()
    claim = claims.claim(who, completion_id, names)
    is_sent = request.method == "POST"
    if refusal := _refusal(claim, State.REJECTED if is_sent else None):
        return refusal
    form = RejectForm()
    with form.accept() as accepted:
        if accepted:
            deed_id = bulk.decide(who, completion_id, State.REJECTED, note=form.note.value)
            said = f"Not verified: {claim.person}, {claim.title}. The reason is on the record."
            flash_with_undo(said, url_for(".undo", deed_id=deed_id))
            return redirect(url_for(".waiting"), 303)
    return page(
        "progress/claims/decide.html",
        form=form,
        claim=claim,
        facts=wording.claim_facts(claim, who.today),
        already=claim_lines.already_counts(claims.counting_since(who, [claim], names).get(claim.id)),
        evidence=evidence.evidence_of(who, completion_id),
        changes=lines.change_lines(changed_by_verifying(who, claim.person_id, claim.done, names), who.today),
        earlier=[claim_lines.earlier_line(one) for one in claims.earlier(who, claim, names)],
        status=form.status_code,
    )


@bp.route("/claims/<int:completion_id>/verify", methods=["POST"])
@needs(Right.CLAIMS_DECIDE)
def verify(completion_id: int) -> ResponseReturnValue:
    """Verify a claim at one press."""
    who = actor()
    claim = claims.claim(who, completion_id, catalogue())
    if refusal := _refusal(claim, State.VERIFIED):
        return refusal
    try:
        deed_id = bulk.decide(who, completion_id, State.VERIFIED)
    except Conflict:
        return _decided(claim, State.VERIFIED)
    flash_with_undo(f"Verified: {claim.person}, {claim.title}.", url_for(".undo", deed_id=deed_id))
    return redirect(url_for(".waiting"), 303)


@bp.route("/claims/decisions/<int:deed_id>/undo", methods=["POST"])
@needs(Right.CLAIMS_DECIDE)
def undo(deed_id: int) -> ResponseReturnValue:
    """Take a decision of one's own back, within a day; where that could not be done, its own page says why."""
    who = actor()
    try:
        bulk.undo(who, deed_id)
    except Conflict as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".waiting"), 303)
    if any(not one.is_taken_back for one in deeds.outcomes(who, deed_id)):
        return redirect(url_for("dashboards.deed", deed_id=deed_id), 303)
    flash("Undone. It waits for a decision again.")
    return redirect(url_for(".waiting"), 303)


@bp.route("/people/<int:person_id>/log", methods=["GET", "POST"])
@needs(Right.COMPLETIONS_LOG_ANY)
def log_for(person_id: int) -> ResponseReturnValue:
    """The office logs a completion for somebody; it counts at once."""
    who, names = actor(), catalogue()
    policy.get_person(who, person_id)
    _check_is_somebody_else(person_id)
    person = person_view(person_id, who.today)
    form = LogForForm(courses=choices.all_choices(names), today=who.today, course=request.args.get("module"))
    with form.accept() as accepted:
        if accepted:
            record = records.record_with(who, commands.log_for(who, person_id, form.statement), names)
            return redirect(url_for("learner.receipt", reference=record.reference), 303)
    return page(
        "progress/claims/log_for.html",
        form=form,
        person=person,
        today=who.today,
        already=already_on_record(person_id, form, names),
        status=form.status_code,
    )


@bp.route("/completions/<int:completion_id>/correct-record", methods=["GET", "POST"])
@needs(Right.COMPLETIONS_LOG_ANY)
def correct(completion_id: int) -> ResponseReturnValue:
    """The office corrects somebody's record, or strikes it out."""
    who, names = actor(), catalogue()
    record = records.record_with(who, completion_id, names)
    _check_is_somebody_else(record.person_id)
    now = record.now
    form = CorrectForForm(
        courses=choices.all_choices(names, also=now.course),
        today=who.today,
        course=now.course,
        completed_on=now.completed_on,
        how=record.said.how,
        deed="correct",
    )
    receipt = redirect(url_for("learner.receipt", reference=record.reference), 303)
    if now.id != completion_id:
        if form.is_submitted() and form.form_key.value in {entry.form_key for entry in record.entries}:
            return receipt
        return page("progress/claims/replaced.html", record=record, status=409)
    with form.accept() as accepted:
        if accepted:
            state = State.REJECTED if form.deed.value == "strike" else State.VERIFIED
            commands.correct_for(who, completion_id, form.said_of(now), state=state)
            return receipt
    return page(
        "progress/claims/correct.html",
        form=form,
        record=record,
        owner=records.owner_of(record),
        state=wording.OUTCOMES[record.outcome],
        today=who.today,
        status=form.status_code,
    )


def _refusal(claim: Claim, wanted: State | None) -> ResponseReturnValue | None:
    """The answer for a claim that this reader cannot decide: her own, or one that is decided already."""
    if claim.person_id == actor().person_id:
        return page("progress/claims/own.html", claim=claim, status=403)
    return _decided(claim, wanted) if claim.is_decided else None


def _decided(claim: Claim, wanted: State | None) -> ResponseReturnValue:
    """Who pressed twice has what she wanted; all others are told that nothing was changed now."""
    state = claims.own_decision(actor(), claim.id)
    if state is not None and state is wanted:
        flash(f"{ALREADY[state]}: {claim.person}, {claim.title}.")
        return redirect(url_for(".waiting"), 303)
    heading = ALREADY[state] if state is not None else None
    return page("progress/claims/decided.html", claim=claim, heading=heading, status=409)


def _check_is_somebody_else(person_id: int) -> None:
    """The office logs what it did itself as everybody does."""
    if person_id == actor().person_id:
        raise Forbidden("Somebody else must record this.")
