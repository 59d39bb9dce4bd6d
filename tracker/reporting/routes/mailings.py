"""Reports that are sent regularly: make one, see what was sent, stop it and take it up again."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.errors import Conflict, Invalid
from tracker.core.words import sentence_list
from tracker.dashboards.queries import items
from tracker.reporting.commands import mailings as commands
from tracker.reporting.commands.mailings import Wanted
from tracker.reporting.forms import MailingForm
from tracker.reporting.queries import mailings as queries
from tracker.reporting.routes import wording
from tracker.reporting.routes.blueprint import bp
from tracker.web.access import actor, needs
from tracker.web.pages import page


@bp.route("/office/reports/regular/new", methods=["GET", "POST"])
@needs(Right.REPORTS_MAKE)
def new_mailing() -> ResponseReturnValue:
    """Have figures sent regularly."""
    form = _form()
    with form.accept() as accepted:
        if accepted:
            mailing_id = commands.make_mailing(actor(), _wanted(form))
            flash("It will be sent.")
            return redirect(url_for(".mailing", mailing_id=mailing_id), 303)
    return page(
        "reporting/new_mailing.html",
        status=form.status_code,
        form=form,
        crumbs=wording.crumbs(("Send figures regularly", None)),
    )


def _form() -> MailingForm:
    who = actor()
    asked = [(one.code, one.title) for one in items.requirements(who)]
    return MailingForm(queries.unit_choices(who.today), asked)


def _wanted(form: MailingForm) -> Wanted:
    """What the form says. Raises Invalid for readers who are nobody's account, or may not see the unit: for all of them
    at once, so that the list is put right once."""
    found = queries.accounts_of(form.addresses, form.unit.value, actor().today)
    wrong = []
    if found.unknown:
        wrong.append(f"There is no account with the address {sentence_list(found.unknown)}")
    if found.unfit:
        wrong.append(f"{sentence_list(found.unfit)} may not see this unit today")
    if wrong:
        raise Invalid("readers", ". ".join(wrong))
    return Wanted(
        form.shows.value, form.unit.value, form.requirement.value, form.rhythm.value, tuple(found.account_ids)
    )


@bp.route("/office/reports/regular/<int:mailing_id>")
@needs(Right.REPORTS_READ)
def mailing(mailing_id: int) -> ResponseReturnValue:
    """What is sent, to whom, and what was sent."""
    who = actor()
    found = queries.mailing(who, mailing_id)
    sent = queries.sent(who, mailing_id, request.args.get("page", 1, type=int))
    return page(
        "reporting/mailing.html",
        crumbs=wording.crumbs((found.unit, None)),
        mailing=found,
        what=wording.mailing_what(found),
        when=wording.mailing_when(found),
        readers=queries.readers(mailing_id),
        sent=sent,
        rows=[(one, wording.outcome(one)) for one in sent.items],
        may_make=who.has(Right.REPORTS_MAKE),
        page_url=lambda number: url_for(".mailing", mailing_id=mailing_id, page=number),
    )


@bp.post("/office/reports/regular/<int:mailing_id>/stop")
@needs(Right.REPORTS_MAKE)
def stop_mailing(mailing_id: int) -> ResponseReturnValue:
    """Send it no longer."""
    return _done(mailing_id, lambda: commands.stop_mailing(actor(), mailing_id), "It is no longer sent.")


@bp.post("/office/reports/regular/<int:mailing_id>/resume")
@needs(Right.REPORTS_MAKE)
def resume_mailing(mailing_id: int) -> ResponseReturnValue:
    """Send it again."""
    return _done(mailing_id, lambda: commands.resume_mailing(actor(), mailing_id), "It is sent again.")


def _done(mailing_id: int, deed: Callable[[], None], words: str) -> ResponseReturnValue:
    """Do something about it and go back, saying what was done, or that somebody was first."""
    try:
        deed()
        flash(words, "success")
    except Conflict as refusal:
        flash(refusal.message, "error")
    return redirect(url_for(".mailing", mailing_id=mailing_id), 303)
