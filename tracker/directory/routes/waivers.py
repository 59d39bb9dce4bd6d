"""Waivers: those that run, a new one for one person or for many, and the end of one."""

from collections.abc import Callable, Collection
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.errors import Forbidden
from tracker.core.spreadsheets import Table
from tracker.core.words import day, plural
from tracker.dashboards.queries import narrowing
from tracker.directory import policy
from tracker.directory.forms.waivers import EndWaiverForm, GrantForm, GrantManyForm
from tracker.directory.queries import people as people_queries
from tracker.directory.queries import units
from tracker.directory.queries import waivers as queries
from tracker.directory.queries.waivers import Chosen, WaiverLine
from tracker.directory.routes.blueprint import bp
from tracker.directory.routes.wording import period, person_url, reason_kept, waived
from tracker.progress.commands import waivers as commands
from tracker.progress.commands.waivers import Plan, Skipped
from tracker.web.access import actor, needs
from tracker.web.downloads import table_file
from tracker.web.pages import page

SKIPPED_WORDS = {
    Skipped.ONESELF: "that is you; somebody else must grant it",
    Skipped.WAIVED: "waived on all of these days already",
    Skipped.NOT_ASKED: "not asked on any of these days",
}
NAMES_SHOWN = 200


@bp.route("/office/waivers")
@needs(Right.DIRECTORY_READ)
def waivers() -> ResponseReturnValue:
    """The waivers that hold today or later."""
    who = actor()
    found = queries.running(who, request.args.get("page", 1, type=int))
    return page(
        "directory/waivers.html",
        crumbs=[("Office", url_for("office.hub")), ("Waivers", None)],
        found=found,
        lines=[
            (one, waived(one.requirement, one.module), period(one.starts_on, one.ends_on), person_url(one.person_id))
            for one in found.items
        ],
        page_url=lambda number: url_for(".waivers", page=number),
        may_grant=who.has(Right.WAIVERS_GRANT),
    )


@bp.route("/office/waivers.csv")
@needs(Right.DIRECTORY_READ)
def waivers_csv() -> ResponseReturnValue:
    """All of them as CSV."""
    return _file()


@bp.route("/office/waivers.xlsx")
@needs(Right.DIRECTORY_READ)
def waivers_xlsx() -> ResponseReturnValue:
    """The same as a spreadsheet."""
    return _file()


def _file() -> ResponseReturnValue:
    """All that hold today or later; why, only for whoever may read it, and else that it is kept."""
    who = actor()
    table = Table(
        "Waivers",
        about=[("as_of", who.today), *([] if policy.reads_reasons(who) else [("note", reason_kept())])],
        header=("person_id", "person", "requirement", "module", "starts_on", "ends_on", "approved_by", "reason"),
        rows=(
            (one.identifier, one.person, one.requirement, one.module, one.starts_on, one.ends_on, *_last(one))
            for one in queries.all_running(who)
        ),
    )
    return table_file(table, f"waivers {who.today.isoformat()}")


def _last(one: WaiverLine) -> tuple[str, str | None]:
    return one.approved_by, one.reason


@bp.route("/office/waivers/new", methods=["GET", "POST"])
@needs(Right.WAIVERS_GRANT)
def waive_many() -> ResponseReturnValue:
    """Waive something for everybody whom a filter means."""
    who = actor()
    kinds = narrowing.kinds()
    form = GrantManyForm(
        things=queries.things_to_waive(),
        units=units.choices(who.today),
        categories=kinds.categories,
        roles=kinds.roles,
        starts_on=who.today,
    )

    def chosen() -> Collection[int]:
        unit_id = units.known_id(form.unit.value)
        by = Chosen(unit_id, form.starts_on.value, form.category.value or "", form.role.value or "")
        return queries.people_chosen(by)

    fields = ("unit", "category", "role", "thing", "starts_on", "ends_on", "reason", "approved_by")
    return _grant(form, chosen, "Waive something for many", fields, url_for(".waivers"), [("Waive", None)])


@bp.route("/office/people/<int:person_id>/waive", methods=["GET", "POST"])
@needs(Right.WAIVERS_GRANT)
def waive_one(person_id: int) -> ResponseReturnValue:
    """Waive something for one person."""
    who = actor()
    found = people_queries.person(person_id)
    if who.person_id == person_id:
        raise Forbidden("Nobody waives anything for herself.")
    name = found.name or found.identifier
    form = GrantForm(things=queries.things_to_waive(), starts_on=who.today)
    fields = ("thing", "starts_on", "ends_on", "reason", "approved_by")
    crumbs = [(name, person_url(person_id)), ("Waive", None)]
    return _grant(form, lambda: [person_id], f"Waive something for {name}", fields, person_url(person_id), crumbs)


@bp.route("/office/waivers/<int:waiver_id>/end", methods=["GET", "POST"])
@needs(Right.WAIVERS_GRANT)
def end_waiver(waiver_id: int) -> ResponseReturnValue:
    """Let a waiver end on a day."""
    who = actor()
    mark, found = queries.mark_of_waiver(waiver_id), queries.waiver(who, waiver_id)
    form = EndWaiverForm(mark=mark, starts_on=found.starts_on, ends_on=found.ends_on)
    if not form.is_submitted():
        form.ends_on.data = found.ends_on or who.today
    with form.accept() as accepted:
        if accepted:
            days = {"starts_on": found.starts_on, "ends_on": form.ends_on.value}
            commands.change_waiver(who, waiver_id, seen=form.was_shown, **days)
            flash(f"The waiver of {found.person} ends on {day(form.ends_on.value)}.")
            return redirect(url_for(".waivers"), 303)
    return page(
        "directory/end_waiver.html",
        status=form.status_code,
        crumbs=[("Office", url_for("office.hub")), ("Waivers", url_for(".waivers")), ("End", None)],
        waiver=found,
        what=waived(found.requirement, found.module),
        when=period(found.starts_on, found.ends_on),
        form=form,
    )


@bp.route("/office/waivers/<int:waiver_id>/take-back", methods=["POST"])
@needs(Right.WAIVERS_GRANT)
def take_back_waiver(waiver_id: int) -> ResponseReturnValue:
    """Take back a waiver that should never have been."""
    found = queries.waiver(actor(), waiver_id)
    commands.take_back(actor(), waiver_id)
    flash(f"The waiver of {found.person} was taken back: it counts on no day.")
    return redirect(url_for(".waivers"), 303)


def _grant(
    form: Any,
    chosen: Callable[[], Collection[int]],
    heading: str,
    fields: Collection[str],
    back: str,
    crumbs: list[tuple[str, str | None]],
) -> ResponseReturnValue:
    """The page of a new waiver: the form, then whom it touches, then the deed."""
    who = actor()
    shown: Plan | None = None
    with form.accept() as accepted:
        if accepted and form.is_confirmed:
            done = commands.waive_many(who, chosen(), form.grant)
            flash(f"Waived for {plural(len(done.person_ids), 'person', 'people')}.")
            return redirect(back, 303)
        if accepted:
            shown = commands.plan(who, chosen(), form.grant)
            form.remember_preview()
    return page(
        "directory/waive.html",
        status=form.status_code,
        crumbs=[("Office", url_for("office.hub")), ("Waivers", url_for(".waivers")), *crumbs],
        heading=heading,
        form=form,
        fields=[form[name] for name in fields],
        plan=shown,
        people=queries.names_of(shown.person_ids, NAMES_SHOWN) if shown else (),
        skipped=_skipped(shown) if shown else (),
        names_shown=NAMES_SHOWN,
        cancel_url=back,
    )


def _skipped(plan: Plan) -> list[tuple[str, int, list[str]]]:
    """Why somebody is skipped, how many for that reason, and the first of them by name."""
    found = []
    for reason, words in SKIPPED_WORDS.items():
        ids = [person_id for person_id, why in plan.skipped.items() if why is reason]
        if ids:
            found.append((words, len(ids), [name for _, name in queries.names_of(ids[:5_000], NAMES_SHOWN)]))
    return found
