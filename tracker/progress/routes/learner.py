"""One's own record: what is asked of me, by when and why; what I have done; log, correct and withdraw."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core import clock
from tracker.core.actor import Actor, Right
from tracker.core.errors import Forbidden, NotFound
from tracker.progress.commands import completions as commands
from tracker.progress.explain import Voice, explain
from tracker.progress.forms import HOW, DayFilter, EmptyForm, EntryForm, LogForm
from tracker.progress.queries import homes, records
from tracker.progress.queries.catalogue import Catalogue, catalogue, module_view
from tracker.progress.queries.changes import changed_by
from tracker.progress.queries.homes import HomeView
from tracker.progress.queries.records import Outcome, Record
from tracker.progress.queries.standing import Group, standing
from tracker.progress.routes import choices, lines, wording
from tracker.web.access import actor, needs, needs_account, needs_any, signed_in
from tracker.web.forms import real_day
from tracker.web.pages import page, start_url

bp = Blueprint("learner", __name__)

SENT_BEFORE = "This form had been sent before, so nothing new was recorded. Below is what it recorded then."


@dataclass(frozen=True, slots=True)
class AsOf:
    """What the day control in the head of a page needs."""

    day: date
    today: date
    action: str
    params: tuple[tuple[str, str], ...] = ()


@bp.route("/")
@needs_account
def home() -> ResponseReturnValue:
    """The start page of whoever has a record; all others begin elsewhere."""
    if not actor().has(Right.RECORDS_READ_OWN):
        return redirect(start_url(actor()), 303)
    who, person_id = _me()
    asked, at_home = standing(person_id, who.today), homes.home(person_id, who.today)
    kept = records.standing_completions(person_id)
    return page(
        "progress/learner/home.html",
        greeting=wording.greeting(clock.now().astimezone(current_app.config["TIME_ZONE"])),
        name=_my_name(),
        answer=wording.answer(asked, has_home=at_home is not None),
        lists=lines.home_lists(asked, kept, _deciders(at_home)),
        changing=asked.changing,
        home=at_home,
        kept=len(kept),
    )


@bp.route("/log", methods=["GET", "POST"])
@needs(Right.COMPLETIONS_LOG_OWN)
def log() -> ResponseReturnValue:
    """Log a completion of one's own."""
    who, person_id = _me()
    names = catalogue()
    is_sent = request.method == "POST"
    modules = choices.all_choices(names) if is_sent else choices.own_choices(standing(person_id, who.today), names)
    form = LogForm(courses=modules, today=who.today, **_given_in_address(who.today))
    with form.accept() as accepted:
        if accepted:
            return _to_receipt(commands.claim(who, form.statement), form)
    if is_sent:
        form.course.choices = choices.own_choices(standing(person_id, who.today), names)
    return page("progress/learner/log.html", form=form, today=who.today, status=form.status_code)


@bp.route("/receipts/<path:reference>")
@needs_any(Right.RECORDS_READ_OWN, Right.RECORDS_READ_ALL)
def receipt(reference: str) -> ResponseReturnValue:
    """What was recorded, what it changed, and what happens next."""
    who, names = actor(), catalogue()
    record = records.record_by_reference(who, reference, names)
    is_own = record.person_id == who.person_id
    return page(
        "progress/learner/receipt.html",
        record=record,
        is_own=is_own,
        owner=None if is_own else records.owner_of(record),
        told=wording.receipt(record, _deciders(homes.home(record.person_id, who.today)), is_own=is_own),
        state=wording.OUTCOMES[record.outcome],
        facts=wording.receipt_facts(record, is_own=is_own),
        changes=lines.change_lines(changed_by(who, record.person_id, record.now.done, names), who.today),
        history=lines.history(record, is_own=is_own),
        today=who.today,
        can_correct_any=who.has(Right.COMPLETIONS_LOG_ANY) and not is_own,
        log_again=_log_again(record) if is_own and record.outcome is Outcome.WITHDRAWN else None,
    )


@bp.route("/completions")
@needs(Right.RECORDS_READ_OWN)
def completions() -> ResponseReturnValue:
    """Everything I have done."""
    who, person_id = _me()
    found = records.records_of(who, person_id, catalogue())
    counting = sum(record.outcome is Outcome.COUNTS for record in found)
    waiting = sum(record.outcome is Outcome.WAITING for record in found)
    return page(
        "progress/learner/completions.html",
        counting=counting,
        waiting=waiting,
        rows=[lines.record_line(record) for record in found],
    )


@bp.route("/completions/<int:completion_id>/correct", methods=["GET", "POST"])
@needs(Right.COMPLETIONS_LOG_OWN)
def correct(completion_id: int) -> ResponseReturnValue:
    """Say one's own claim anew, until it is decided."""
    who, person_id = _me()
    names = catalogue()
    record = _own(who, person_id, completion_id, names)
    form = LogForm(courses=choices.all_choices(names, also=record.now.course), today=who.today, **_as_said(record))
    if not _is_open(record, completion_id):
        return _recorded_before(record, form) or _closed(record)
    with form.accept() as accepted:
        if accepted:
            return _to_receipt(commands.correct_claim(who, completion_id, form.statement), form, record.reference)
    return page("progress/learner/correct.html", form=form, record=record, today=who.today, status=form.status_code)


@bp.route("/completions/<int:completion_id>/withdraw", methods=["GET", "POST"])
@needs(Right.COMPLETIONS_LOG_OWN)
def withdraw(completion_id: int) -> ResponseReturnValue:
    """Take back one's own claim, until it is decided."""
    who, person_id = _me()
    record = _own(who, person_id, completion_id, catalogue())
    if not _is_open(record, completion_id):
        return _closed(record)
    form = EmptyForm()
    with form.accept() as accepted:
        if accepted:
            commands.withdraw(who, completion_id)
            return redirect(url_for(".receipt", reference=record.reference), 303)
    return page("progress/learner/withdraw.html", form=form, record=record, status=form.status_code)


@bp.route("/why/<int:requirement_id>/<int:module_id>")
@needs(Right.RECORDS_READ_OWN)
def why(requirement_id: int, module_id: int) -> ResponseReturnValue:
    """Why a module is asked of me, and where I stand with it, on any day."""
    who, person_id = _me()
    days = DayFilter()
    days.validate()
    day = days.as_of.value or who.today
    explanation = explain(who, person_id, requirement_id, module_id, day, voice=Voice.TO_THEM)
    task = next((one for one in standing(person_id, day).tasks if one.module_id == module_id), None)
    return page(
        "progress/learner/why.html",
        module=module_view(module_id),
        explanation=explanation,
        others=lines.other_reasons(task, requirement_id, day),
        as_of=AsOf(day, who.today, url_for(".why", requirement_id=requirement_id, module_id=module_id)),
        is_open=day == who.today and (task is None or task.group not in (Group.DONE, Group.WAITING)),
    )


@bp.route("/who-can-see")
@needs(Right.RECORDS_READ_OWN)
def privacy() -> ResponseReturnValue:
    """Who can see what about me, today."""
    who, person_id = _me()
    named, counted = lines.by_sight(standing(person_id, who.today))
    return page(
        "progress/learner/privacy.html",
        home=homes.home(person_id, who.today),
        named=named,
        counted=counted,
        today=who.today,
    )


# What they share


def _me() -> tuple[Actor, int]:
    """Who acts, and the person she is. Raises Forbidden for an account without a person."""
    who = actor()
    if who.person_id is None:
        raise Forbidden("This account has no record of its own.")
    return who, who.person_id


def _my_name() -> str:
    visitor = signed_in()
    return visitor.name if visitor else ""


def _deciders(at_home: HomeView | None) -> str:
    return lines.deciders(one.name for one in at_home.nearest_champions) if at_home else lines.deciders(())


def _own(who: Actor, person_id: int, completion_id: int, names: Catalogue) -> Record:
    """A record of the actor's own. Raises NotFound for everybody else's."""
    record = records.record_with(who, completion_id, names)
    if record.person_id != person_id:
        raise NotFound(f"completion {completion_id}")
    return record


def _is_open(record: Record, completion_id: int) -> bool:
    return record.is_open and record.now.id == completion_id


def _closed(record: Record) -> Response:
    """The record has been decided, corrected or withdrawn: nothing is changed."""
    return page("progress/learner/closed.html", record=record, state=wording.OUTCOMES[record.outcome], status=409)


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
    """The form, filled in with what was withdrawn."""
    said = record.said
    return url_for(".log", module=said.course, on=said.completed_on.isoformat(), how=said.how)
