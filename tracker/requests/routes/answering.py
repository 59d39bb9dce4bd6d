"""Answering: the queue, one request as its asker and those who answer it see it, and taking it back."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Actor, Right
from tracker.core.clock import local
from tracker.core.errors import Conflict, Forbidden, NotFound
from tracker.core.spreadsheets import Table
from tracker.core.words import day as shown_day
from tracker.progress import uploads
from tracker.progress.queries import records
from tracker.progress.queries.catalogue import Catalogue, catalogue
from tracker.progress.queries.changes import changed_by_verifying
from tracker.progress.queries.standing import Reason, Task
from tracker.progress.rules import Done
from tracker.progress.rules import State as Recorded
from tracker.requests import commands, queries
from tracker.requests.forms import AnswerForm, GrantForm, GrantWaiverForm, QueueFilter, SettleForm
from tracker.requests.queries import RequestView
from tracker.requests.routes import wording
from tracker.requests.routes.blueprint import bp
from tracker.requests.routes.wording import ChangeLine
from tracker.requests.rules import MAKES_COMPLETION, Kind, State, outcomes_of
from tracker.web.access import actor, needs, needs_any
from tracker.web.downloads import somebodys_file, table_file
from tracker.web.pages import page

QUEUE_HEADER = (
    *("request", "kind", "state", "asked_at", "asked_by", "home", "about", "module", "requirement", "course"),
    *("name", "words"),
)
OUTCOMES = {
    State.GRANTED: ("Grant it", "It takes effect at once."),
    State.DECLINED: ("Decline it", "Nothing changes; the person who asked reads why."),
}
Standing = Sequence[tuple[Task, Reason]]
"""Where the asker stands today with what a request is about."""
DONE = {State.ANSWERED: "Answered", State.GRANTED: "Granted", State.DECLINED: "Declined"}


@bp.route("/requests")
@needs(Right.REQUESTS_READ)
def queue() -> ResponseReturnValue:
    """What others ask, the one that waits longest first, and after that what is settled, where that is asked for."""
    who = actor()
    form, kind, state = _narrowed()
    found = queries.queue(who, kind=kind, state=state, number=request.args.get("page", 1, type=int))
    may_answer = who.has(Right.REQUESTS_ANSWER)
    return page(
        "requests/queue.html",
        form=form,
        found=found,
        answer=wording.queue_answer(found, state, who.today, may_answer=may_answer),
        groups=list(wording.queue_groups(found, state, who.today, may_answer=may_answer)),
        nothing=wording.nothing_in_queue(state, kind),
        is_narrowed=kind is not None or state is not State.WAITING,
        own=queries.own_waiting(who),
        sees_all=who.has(Right.RECORDS_READ_ALL),
        may_ask=who.has(Right.REQUESTS_ASK),
        page_url=lambda number: url_for(".queue", kind=kind, state=state or "", page=number),
        csv_url=url_for(".queue_csv", kind=kind, state=state or ""),
    )


@bp.route("/requests.csv")
@bp.route("/requests.xlsx", endpoint="queue_xlsx")
@needs(Right.REQUESTS_READ)
def queue_csv() -> ResponseReturnValue:
    """The same as a file, all of it."""
    who = actor()
    _, kind, state = _narrowed()
    about = (("as_of", who.today), ("filter_kind", kind or ""), ("filter_state", state or ""))
    rows = (
        (
            *(one.id, one.kind.value, one.state.value, local(one.asked_at), one.asker, one.home, one.person),
            *(one.module, one.requirement, one.course, one.name, one.words),
        )
        for one in queries.whole_queue(who, kind=kind, state=state)
    )
    return table_file(Table("Requests", about, QUEUE_HEADER, rows), f"requests {who.today}")


def _narrowed() -> tuple[QueueFilter, Kind | None, State | None]:
    """What the address asks for of the queue: what waits, unless it says otherwise."""
    form = QueueFilter(
        [(kind, words.name) for kind, words in wording.KINDS.items()],
        [(state, word) for state, (_, word) in wording.STATES.items()],
    )
    form.validate()
    return form, form.kind.value, State.WAITING if form.state.errors else form.state.value


@bp.route("/requests/<int:request_id>", methods=["GET", "POST"], endpoint="request")
@needs_any(Right.REQUESTS_ASK, Right.REQUESTS_READ)
def one_request(request_id: int) -> ResponseReturnValue:
    """A request, with the answer or the form for one; to whoever asked it, what has become of it."""
    who = actor()
    view = queries.request_view(who, request_id)
    if view.line.asker_id == who.person_id:
        return _own(view)
    if request.method == "POST":
        _check_may_be_answered(who, view)
    names, standing = catalogue(), list(queries.reasons(who, view, who.today))
    form = _answer_form(who, view, names, standing)
    with form.accept() as accepted:
        if accepted:
            commands.answer(who, request_id, form.given)
            flash(f"{DONE[form.given.outcome]}: {view.line.asker}, {wording.KINDS[view.line.kind].name}.")
            return redirect(url_for(".queue"), 303)
    return page(
        "requests/answer.html",
        view=view,
        words=wording.KINDS[view.line.kind],
        state=wording.STATES[view.line.state],
        facts=wording.facts(view, with_asker=True),
        made=wording.made_facts(view, with_receipt=who.has(Right.RECORDS_READ_ALL)),
        form=form,
        may_answer=view.line.is_waiting and who.has(Right.REQUESTS_ANSWER),
        status=form.status_code,
        **_beside(who, view, names, standing),
    )


@bp.route("/requests/<int:request_id>/file")
@needs_any(Right.REQUESTS_ASK, Right.REQUESTS_READ)
def file(request_id: int) -> ResponseReturnValue:
    """The file that was given with a request, to whoever asked and to those who may answer."""
    found = queries.file_of(actor(), request_id)
    if not (path := uploads.path_of(found.stored_as or "")).is_file():
        raise NotFound(f"file of request {request_id}")
    return somebodys_file(path, found.media_type, found.download_name, is_shown=found.is_shown_by_browsers)


@bp.route("/requests/<int:request_id>/withdraw", methods=["POST"])
@needs(Right.REQUESTS_ASK)
def withdraw(request_id: int) -> ResponseReturnValue:
    """Take back a request of one's own while it waits."""
    try:
        commands.withdraw(actor(), request_id)
    except Conflict as refusal:
        flash(f"{refusal.message} Nothing was changed by you.", "error")
    return redirect(url_for(".request", request_id=request_id), 303)


def _own(view: RequestView) -> ResponseReturnValue:
    """One's own request, which others answer."""
    if request.method == "POST":
        raise Forbidden("Nobody answers her own request.")
    return page(
        "requests/own.html",
        view=view,
        words=wording.KINDS[view.line.kind],
        state=wording.STATES[view.line.state],
        told=wording.told(view),
        facts=wording.facts(view, with_asker=False),
        made=wording.made_facts(view, with_receipt=True),
    )


def _check_may_be_answered(who: Actor, view: RequestView) -> None:
    """Before the form is looked at. Raises Forbidden or Conflict."""
    if not who.has(Right.REQUESTS_ANSWER):
        raise Forbidden("This takes the right to answer requests.")
    if not view.line.is_waiting:
        raise Conflict(f"{commands.SETTLED[view.line.state]} Nothing was changed by you.")


def _answer_form(
    who: Actor, view: RequestView, names: Catalogue, standing: Standing
) -> AnswerForm | SettleForm | GrantForm:
    """The form by which a kind is answered."""
    if view.line.kind is Kind.DISPUTE and view.line.is_waiting and who.has(Right.REQUESTS_ANSWER):
        return _settle_form(who, view, names, standing)
    if State.GRANTED not in outcomes_of(view.line.kind):
        return AnswerForm()
    choices = [(outcome, *words) for outcome, words in OUTCOMES.items()]
    if view.line.kind is Kind.WAIVER:
        return GrantWaiverForm(choices, starts_on=view.starts_on, ends_on=view.ends_on)
    return GrantForm(choices)


def _settle_form(who: Actor, view: RequestView, names: Catalogue, standing: Standing) -> AnswerForm | SettleForm:
    """The form by which a dispute is answered: with what can be put right from here, if anything can."""
    codes = {task.code for task, _ in standing} | {one.code for one in names.modules if one.id == view.module_id}
    courses = {course for code in codes for course in names.codes_counting_as(code)}
    claims = [
        (one.id, f"{names.title_of(one.course)}, finished on {shown_day(one.completed_on)}")
        for one in queries.open_claims(who, view.line.asker_id, courses)
    ]
    may_log = view.completion_id is None and who.has(Right.COMPLETIONS_LOG_UNIT)
    modules = [(one.id, one.title) for one in names.modules if may_log and one.code in codes]
    return SettleForm(view.line.asker, claims, modules, who.today) if claims or modules else AnswerForm()


def _beside(who: Actor, view: RequestView, names: Catalogue, standing: Standing) -> dict[str, Any]:
    """What helps to answer: where the asker stands, and stood on the day that is disputed; the record in question; and
    what granting would change."""
    is_status = view.line.kind is Kind.DISPUTE and view.completion_id is None
    stood_on = view.day if is_status and view.day != who.today else None
    stood: Standing = list(queries.reasons(who, view, stood_on)) if stood_on else []
    record = None
    if view.completion_id is not None and who.has(Right.RECORDS_READ_ALL):
        record = records.record_with(who, view.completion_id, names)
    return {
        "standing": wording.standing_lines(view.line.asker_id, standing),
        "stood_on": stood_on,
        "stood": wording.standing_lines(view.line.asker_id, stood, stood_on),
        "record": record,
        "may_correct": record is not None and who.has(Right.COMPLETIONS_LOG_ANY),
        "changes": _changes(who, view, names),
        "would_record": view.line.is_waiting and view.line.kind in MAKES_COMPLETION,
    }


def _changes(who: Actor, view: RequestView, names: Catalogue) -> list[ChangeLine]:
    """What the completion that is asked for would change today."""
    if not (view.line.is_waiting and view.line.kind in MAKES_COMPLETION and view.module_code and view.day):
        return []
    done = Done(view.module_code, view.day.toordinal(), Recorded.CLAIMED)
    return wording.change_lines(changed_by_verifying(who, view.line.asker_id, done, names))
