"""Titles from a day on."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.errors import Conflict, NotFound
from tracker.programme.commands import titles as commands
from tracker.programme.forms import RenameForm
from tracker.programme.queries import catalogue
from tracker.programme.routes.blueprint import bp, crumbs, kind_of
from tracker.programme.rules import Kind
from tracker.web.access import actor, needs
from tracker.web.pages import page


@bp.route("/curriculum/<kind>/<code:code>/rename", methods=["GET", "POST"])
@needs(Right.CURRICULUM_WRITE)
def rename(kind: str, code: str) -> ResponseReturnValue:
    """Call a module or requirement by another title from a day on."""
    what = kind_of(kind)
    if what is Kind.GATE:
        raise NotFound("a dated title of a gate")
    entry = catalogue.entry(catalogue.curriculum(), what, code)
    form = RenameForm(data={"title": entry.title})
    back = url_for(".thing", kind=kind, code=code)
    with form.accept() as accepted:
        if accepted:
            commands.rename(actor(), what, code, title=form.title.value, starts_on=form.starts_on.value)
            flash("Saved.", "success")
            return redirect(back, 303)
    return page(
        "programme/rename.html",
        status=form.status_code,
        crumbs=crumbs((entry.title or code, back), ("Another title", None)),
        form=form,
        title=entry.title or code,
        back=back,
    )


@bp.route("/curriculum/titles/<int:title_id>/take-back", methods=["POST"])
@needs(Right.CURRICULUM_WRITE)
def take_back_title(title_id: int) -> ResponseReturnValue:
    """Take a coming title back."""
    try:
        kind, code = commands.take_back(actor(), title_id)
    except Conflict as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".index"), 303)
    flash("The coming title was taken back.", "success")
    return redirect(url_for(".thing", kind=kind.value, code=code), 303)
