"""Writing to people: write, look, send; and the messages that were sent."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core import clock, config
from tracker.core.actor import Right
from tracker.core.errors import Conflict
from tracker.core.words import plural
from tracker.messages import commands, exports, queries, texts, wording
from tracker.messages.commands import Changed
from tracker.messages.forms import WriteForm, person_ids
from tracker.messages.models import Message
from tracker.messages.plan import Plan, plan
from tracker.messages.queries import RecipientView
from tracker.messages.rules import Standing
from tracker.web.access import actor, needs
from tracker.web.downloads import table_file
from tracker.web.pages import page

bp = Blueprint("messages", __name__)

DEEDS = ("preview", "change", "send")
TEXTS_SHOWN = 3
NAMES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class RecipientLine:
    """Somebody in the list of who gets a message."""

    person_id: int
    name: str
    url: str
    state: str
    detail: str | None
    can_be_stopped: bool
    is_unsure: bool


@bp.route("/messages")
@needs(Right.MESSAGES_READ)
def mine() -> ResponseReturnValue:
    """My messages, or everybody's."""
    who = actor()
    found = queries.messages(who, request.args.get("page", 1, type=int))
    return page(
        "messages/mine.html",
        found=found,
        rows=[(line, wording.counts(line.counts)) for line in found.items],
        reads_all=who.has(Right.RECORDS_READ_ALL),
        may_write=who.has(Right.PEOPLE_WRITE_TO),
        unsure=queries.unsure(who),
        number_unsure=queries.number_unsure(who),
        sends_mail=_sends_mail(),
        page_url=lambda number: url_for(".mine", page=number),
    )


@bp.route("/messages/write", methods=["GET", "POST"])
@needs(Right.PEOPLE_WRITE_TO)
def write() -> ResponseReturnValue:
    """Write to people who were chosen elsewhere (`person` ids); then look at what would be sent; then send it."""
    deed = request.form.get("deed")
    if deed not in DEEDS:
        return _write_page(WriteForm.first(person_ids(request.values.getlist("person"))))
    form = WriteForm()
    if deed == "change":
        return _write_page(form)
    if deed == "send" and (message_id := queries.sent_with(actor(), form.form_key.data or "")) is not None:
        return redirect(url_for(".message", message_id=message_id), 303)
    with form.accept() as accepted:
        if accepted:
            return _send(form) if deed == "send" else _preview_page(form)
    return _write_page(form)


@bp.route("/messages/<int:message_id>")
@needs(Right.MESSAGES_READ)
def message(message_id: int) -> ResponseReturnValue:
    """One message: what it says, and where it stands with each of those it goes to."""
    who, now = actor(), clock.local(clock.now())
    view = queries.message(who, message_id)
    found = queries.recipients(who, message_id, request.args.get("page", 1, type=int))
    may_decide = who.has(Right.PEOPLE_WRITE_TO)
    return page(
        "messages/message.html",
        view=view,
        counts=wording.counts(view.counts),
        found=found,
        rows=[_line(one, may_decide=may_decide) for one in found.items],
        stop_line=(
            wording.stop_line(view, now, sends_mail=_sends_mail())
            if may_decide and Standing.WAITING in view.counts
            else None
        ),
        unsure=view.counts.get(Standing.UNSURE, 0),
        may_decide=may_decide,
        unseen=view.total - found.total,
        sends_mail=_sends_mail(),
        page_url=lambda number: url_for(".message", message_id=message_id, page=number),
    )


@bp.route("/messages/<int:message_id>.csv")
@bp.route("/messages/<int:message_id>.xlsx", endpoint="message_xlsx")
@needs(Right.MESSAGES_READ)
def message_csv(message_id: int) -> ResponseReturnValue:
    """Who got a message, as a file. Identifiers and addresses only for who sees all."""
    who = actor()
    view = queries.message(who, message_id)
    reads_all = who.has(Right.RECORDS_READ_ALL)
    table = exports.table(view, queries.all_recipients(who, message_id), who.today, reads_all=reads_all)
    return table_file(table, f"message {message_id} {who.today.isoformat()}")


@bp.post("/messages/<int:message_id>/stop")
@needs(Right.PEOPLE_WRITE_TO)
def stop(message_id: int) -> ResponseReturnValue:
    """Stop all of it that has not left yet."""
    return _done(message_id, lambda: f"Stopped: {_letters(commands.stop(actor(), message_id))}.")


@bp.post("/messages/<int:message_id>/people/<int:person_id>/stop")
@needs(Right.PEOPLE_WRITE_TO)
def stop_one(message_id: int, person_id: int) -> ResponseReturnValue:
    """Stop it for one person."""
    return _done(message_id, lambda: f"Stopped: {_letters(commands.stop(actor(), message_id, person_id))}.")


@bp.post("/messages/<int:message_id>/people/<int:person_id>/send-again")
@needs(Right.PEOPLE_WRITE_TO)
def send_again(message_id: int, person_id: int) -> ResponseReturnValue:
    """Send a letter once more that may have been sent."""

    def deed() -> str:
        commands.send_again(actor(), message_id, person_id)
        return "It is sent again."

    return _done(message_id, deed)


@bp.post("/messages/<int:message_id>/people/<int:person_id>/leave")
@needs(Right.PEOPLE_WRITE_TO)
def leave(message_id: int, person_id: int) -> ResponseReturnValue:
    """Leave a letter as it is that may have been sent."""

    def deed() -> str:
        commands.leave(actor(), message_id, person_id)
        return "It is left at that."

    return _done(message_id, deed)


# What they share


def _write_page(form: WriteForm) -> Response:
    found = queries.addressees(actor(), form.person_ids)
    return page(
        "messages/write.html" if found.total else "messages/nobody.html",
        status=form.status_code,
        form=form,
        to=found,
        was_chosen=bool(form.person_ids),
        sends_mail=_sends_mail(),
    )


def _preview_page(form: WriteForm, *, has_changed: bool = False) -> Response:
    found = plan(actor(), form.draft, clock.now())
    form.fingerprint.data = found.fingerprint
    return page(
        "messages/preview.html",
        status=409 if has_changed else 200,
        form=form,
        found=found,
        lines=wording.plan_lines(found, sends_mail=_sends_mail()),
        samples=[(one.name, _as_read(form, found, one.text)) for one in found.recipients[:TEXTS_SHOWN]],
        left_out=wording.left_out(found),
        names_shown=NAMES_SHOWN,
        has_changed=has_changed,
        sends_mail=_sends_mail(),
    )


def _as_read(form: WriteForm, found: Plan, text: str) -> str:
    """The letter of one recipient, as it is if it holds nothing else."""
    alone = Message(subject=form.subject.value, reply_to=found.writer.reply_to)
    return texts.letter([(alone, text)], config.settings().public_url).body


def _send(form: WriteForm) -> ResponseReturnValue:
    try:
        message_id = commands.send(actor(), form.draft, form.form_key.value, form.fingerprint.value or "")
    except Changed:
        return _preview_page(form, has_changed=True)
    return redirect(url_for(".message", message_id=message_id), 303)


def _done(message_id: int, deed: Callable[[], str]) -> ResponseReturnValue:
    """Do something about a message and go back to it, saying what was done, or that somebody was first."""
    try:
        flash(deed())
    except Conflict as refusal:
        flash(refusal.message, "error")
    return redirect(url_for(".message", message_id=message_id), 303)


def _letters(number: int) -> str:
    return plural(number, "letter", "letters")


def _line(one: RecipientView, *, may_decide: bool) -> RecipientLine:
    state, detail = wording.standing(one.progress, clock.local(clock.now()), sends_mail=_sends_mail())
    return RecipientLine(
        one.person_id,
        one.name,
        url_for("dashboards.person", person_id=one.person_id),
        state,
        detail,
        may_decide and one.progress.can_be_stopped,
        may_decide and one.progress.standing is Standing.UNSURE,
    )


def _sends_mail() -> bool:
    return config.settings().mail_url is not None
