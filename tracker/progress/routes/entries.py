"""Log a completion of one's own, correct and withdraw it; the receipt of every record, and the reflection beside it."""

from datetime import date
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Actor, Right
from tracker.core.errors import NotFound
from tracker.progress import uploads
from tracker.progress.commands import completions as commands
from tracker.progress.commands.evidence import write_reflection
from tracker.progress.forms import HOW, CorrectForm, EntryForm, LogForm, OwnForm, ReflectionForm
from tracker.progress.queries import evidence, homes, records, since
from tracker.progress.queries.catalogue import Catalogue, catalogue
from tracker.progress.queries.changes import changed_by
from tracker.progress.queries.lasting import asked_lately
from tracker.progress.queries.records import Outcome, Record
from tracker.progress.queries.standing import standing
from tracker.progress.routes import choices, lines, wording
from tracker.progress.routes.blueprint import (
    already_on_record,
    ask_url,
    bp,
    deciders,
    dispute_url,
    may_log,
    me,
)
from tracker.web.access import actor, needs, needs_any
from tracker.web.forms import EmptyForm, real_day
from tracker.web.pages import page

WITH_A_FILE = frozenset({"learner.log", "learner.correct"})
AGAIN = (Outcome.WITHDRAWN, Outcome.TURNED_DOWN)
"""What may be logged anew, as it was said."""
SENT_BEFORE = "This form had been sent before, so nothing new was recorded. Below is what it recorded then."


@bp.url_value_preprocessor
def make_room(endpoint: str | None, _: Any) -> None:
    """For a file, where one can be sent."""
    if endpoint in WITH_A_FILE:
        uploads.make_room()


@bp.route("/log", methods=["GET", "POST"])
@needs(Right.COMPLETIONS_LOG_OWN)
def log() -> ResponseReturnValue:
    """Log a completion of one's own."""
    who, person_id = me()
    names = catalogue()
    is_sent = request.method == "POST"
    modules = choices.all_choices(names) if is_sent else choices.own_choices(standing(person_id, who.today), names)
    first_day = since.first_day_to_log(who.today)
    form = LogForm(courses=modules, today=who.today, not_before=first_day, **_given_in_address(who.today))
    with form.accept() as accepted:
        if accepted:
            return _to_receipt(commands.claim(who, form.statement, not_before=first_day), form)
    if is_sent:
        form.course.choices = choices.own_choices(standing(person_id, who.today), names)
    return page(
        "progress/learner/log.html",
        form=form,
        today=who.today,
        first_day=first_day,
        wants_evidence=choices.wants_evidence(form.course.value, names),
        ask=_ask_about(form),
        already=already_on_record(person_id, form, names),
        status=form.status_code,
    )


@bp.route("/receipts/<path:reference>")
@needs_any(Right.RECORDS_READ_OWN, Right.RECORDS_READ_ALL)
def receipt(reference: str) -> ResponseReturnValue:
    """What was recorded, what it changed, and what happens next."""
    who, names = actor(), catalogue()
    record = records.record_by_reference(who, reference, names)
    is_own = record.person_id == who.person_id
    at_home = homes.home(record.person_id, who.today)
    over = wording.counted(record, asked_lately(record.person_id, who.today))
    logs_again = is_own and record.outcome in AGAIN and may_log(record.person_id, at_home, who.today)
    return page(
        "progress/learner/receipt.html",
        record=record,
        is_own=is_own,
        owner=None if is_own else records.owner_of(record),
        told=wording.receipt(record, deciders(at_home), is_own=is_own, over=over),
        state=wording.state_of(record, over),
        facts=wording.receipt_facts(record, is_own=is_own),
        evidence=evidence.evidence_of(who, record.now.id),
        reflection=evidence.own_reflection(record.person_id, record.now.id) if is_own else None,
        changes=lines.change_lines(changed_by(who, record.person_id, record.now.done, names), who.today),
        history=lines.history(record, is_own=is_own),
        today=who.today,
        can_correct_any=who.has(Right.COMPLETIONS_LOG_ANY) and not is_own,
        log_again=_log_again(record) if logs_again else None,
        ask=dispute_url(record, who.today) if is_own else None,
    )


@bp.route("/receipts/<path:reference>/reflection", methods=["GET", "POST"])
@needs(Right.RECORDS_READ_OWN)
def reflection(reference: str) -> ResponseReturnValue:
    """Write, change or delete what I keep for myself beside a record."""
    who, person_id = me()
    record = _own_by_reference(who, person_id, reference)
    form = ReflectionForm(reflection=evidence.own_reflection(person_id, record.now.id))
    with form.accept() as accepted:
        if accepted:
            write_reflection(who, record.now.id, form.reflection.value)
            flash("Your reflection is saved." if form.reflection.value else "Your reflection is deleted.")
            return redirect(url_for(".receipt", reference=record.reference), 303)
    return page("progress/learner/reflection.html", form=form, record=record, status=form.status_code)


@bp.route("/completions/<int:completion_id>/correct", methods=["GET", "POST"])
@needs(Right.COMPLETIONS_LOG_OWN)
def correct(completion_id: int) -> ResponseReturnValue:
    """Say one's own claim anew, until it is decided."""
    who, person_id = me()
    names = catalogue()
    record = _own(who, person_id, completion_id, names)
    first_day = since.first_day_to_log(who.today)
    form = CorrectForm(
        courses=choices.all_choices(names, also=record.now.course),
        today=who.today,
        not_before=first_day,
        stays=record.now.completed_on,
        **_as_said(record),
    )
    if not _is_open(record, completion_id):
        return _recorded_before(record, form) or _closed(record)
    with form.accept() as accepted:
        if accepted:
            corrected = commands.correct_claim(who, completion_id, form.statement, not_before=first_day)
            return _to_receipt(corrected, form, record.reference)
    return page(
        "progress/learner/correct.html",
        form=form,
        record=record,
        evidence=evidence.evidence_of(who, completion_id),
        today=who.today,
        ask=_ask_about(form),
        already=already_on_record(person_id, form, names, but=completion_id),
        status=form.status_code,
    )


@bp.route("/completions/<int:completion_id>/withdraw", methods=["GET", "POST"])
@needs(Right.COMPLETIONS_LOG_OWN)
def withdraw(completion_id: int) -> ResponseReturnValue:
    """Take back one's own claim, until it is decided."""
    who, person_id = me()
    record = _own(who, person_id, completion_id, catalogue())
    if not _is_open(record, completion_id):
        return _closed(record)
    form = EmptyForm()
    with form.accept() as accepted:
        if accepted:
            commands.withdraw(who, completion_id)
            return redirect(url_for(".receipt", reference=record.reference), 303)
    given = evidence.evidence_of(who, completion_id)
    return page("progress/learner/withdraw.html", form=form, record=record, evidence=given, status=form.status_code)


# What they share


def _own(who: Actor, person_id: int, completion_id: int, names: Catalogue) -> Record:
    """A record of the actor's own. Raises NotFound for everybody else's."""
    record = records.record_with(who, completion_id, names)
    if record.person_id != person_id:
        raise NotFound(f"completion {completion_id}")
    return record


def _own_by_reference(who: Actor, person_id: int, reference: str) -> Record:
    """The same, by the number on its receipt."""
    record = records.record_by_reference(who, reference, catalogue())
    if record.person_id != person_id:
        raise NotFound(f"record {reference}")
    return record


def _is_open(record: Record, completion_id: int) -> bool:
    return record.is_open and record.now.id == completion_id


def _closed(record: Record) -> Response:
    """The record has been decided, corrected or withdrawn: nothing is changed."""
    return page(
        "progress/learner/closed.html",
        record=record,
        state=wording.OUTCOMES[record.outcome],
        ask=dispute_url(record, actor().today),
        status=409,
    )


def _recorded_before(record: Record, form: EntryForm) -> ResponseReturnValue | None:
    """The receipt, where this very form has been sent before."""
    if form.is_submitted() and form.form_key.value in {entry.form_key for entry in record.entries if entry.form_key}:
        return redirect(url_for(".receipt", reference=record.reference), 303)
    return None


def _to_receipt(completion_id: int, form: EntryForm, of_record: str | None = None) -> ResponseReturnValue:
    """On to the receipt of an entry or the record it belongs to; a form sent before with other words is told so."""
    reference, *recorded = records.entered(completion_id)
    said = form.statement
    if recorded != [said.course, said.completed_on, said.how, said.note or None]:
        flash(SENT_BEFORE, "error")
    return redirect(url_for(".receipt", reference=of_record or reference), 303)


def _ask_about(form: OwnForm) -> str | None:
    """Where to ask for a day that lies too far back, once such a day was sent."""
    if not form.is_too_old or not form.is_submitted():
        return None
    return ask_url(kind="older", module=form.course.value, on=form.completed_on.value.isoformat())


def _given_in_address(today: date) -> dict[str, Any]:
    """What a link to the form has filled in already."""
    how = request.args.get("how")
    return {
        "course": request.args.get("module"),
        "completed_on": real_day(request.args.get("on", "")) or today,
        "how": how if how in dict(HOW) else None,
    }


def _as_said(record: Record) -> dict[str, Any]:
    now = record.now
    return {"course": now.course, "completed_on": now.completed_on, "how": now.how, "note": now.note}


def _log_again(record: Record) -> str:
    """The form, filled in with what was withdrawn or turned down."""
    said = record.said
    return url_for(".log", module=said.course, on=said.completed_on.isoformat(), how=said.how)
