"""Loading a roster: hand the files in, look at what they would do, apply them."""

from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from zipfile import ZIP_DEFLATED, ZipFile

from flask import Response, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.errors import Conflict, NotFound
from tracker.core.spreadsheets import Table
from tracker.core.words import count, plural
from tracker.directory.commands import rosters as commands
from tracker.directory.forms.rosters import ConfirmForm, RosterForm
from tracker.directory.queries import rosters as queries
from tracker.directory.queries.rosters import RosterView
from tracker.directory.routes.blueprint import bp
from tracker.directory.rules import FILES, MOST_ENDING_PERCENT, Effect, RosterState, is_many
from tracker.exchange.commands.dump import dump_some
from tracker.web.access import actor, needs
from tracker.web.downloads import table_file
from tracker.web.pages import page

SECONDS_BETWEEN_LOOKS = 3
STATE_WORDS = {
    RosterState.READING: "being read",
    RosterState.READY: "ready to be applied",
    RosterState.REFUSED: "refused",
    RosterState.APPLYING: "being applied",
    RosterState.APPLIED: "applied",
    RosterState.DISCARDED: "put aside",
}
EFFECT_WORDS = {
    Effect.REFUSED: "Refused",
    Effect.DOUBTFUL: "Worth a second look",
    Effect.ADDED: "Added",
    Effect.CHANGED: "Changed",
    Effect.ENDED: "Ended",
}
TO_PUT_RIGHT = (Effect.REFUSED, Effect.DOUBTFUL)
ROWS = ("row", "rows")


@bp.route("/office/rosters")
@needs(Right.DIRECTORY_READ)
def rosters() -> ResponseReturnValue:
    """The rosters of late."""
    found = queries.rosters()
    return page(
        "directory/rosters.html",
        crumbs=[("Office", url_for("office.hub")), ("Rosters", None)],
        rosters=found,
        state_words=STATE_WORDS,
        totals=_totals,
        open_one=next((one for one in found if one.is_open), None),
        may_edit=actor().has(Right.DIRECTORY_EDIT),
        may_hand_in=actor().has(Right.DIRECTORY_EDIT) and not any(one.is_in_the_way for one in found),
    )


@bp.route("/office/rosters/new", methods=["GET", "POST"])
@needs(Right.DIRECTORY_EDIT)
def new_roster() -> ResponseReturnValue:
    """Hand the files of a roster in."""
    form = RosterForm()
    with form.accept() as accepted:
        if accepted:
            roster_id = commands.hand_in(actor(), form.files, is_complete=form.is_complete.value)
            return redirect(url_for(".roster", roster_id=roster_id), 303)
    return page(
        "directory/new_roster.html",
        status=form.status_code,
        crumbs=[("Office", url_for("office.hub")), ("Rosters", url_for(".rosters")), ("New roster", None)],
        form=form,
    )


@bp.route("/office/rosters/files.zip")
@needs(Right.DIRECTORY_EDIT)
def roster_files() -> ResponseReturnValue:
    """The files of a roster as they would be today: handed in again, they change nothing."""
    packed = TemporaryFile()  # noqa: SIM115  closed with the answer
    with TemporaryDirectory() as folder:
        dump_some(Path(folder), FILES)
        with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
            for name in FILES:
                archive.write(Path(folder) / name, name)
    packed.seek(0)
    name = f"waymark-roster-{actor().today.isoformat()}.zip"
    return send_file(packed, mimetype="application/zip", as_attachment=True, download_name=name)


@bp.route("/office/rosters/<int:roster_id>")
@needs(Right.DIRECTORY_READ)
def roster(roster_id: int) -> ResponseReturnValue:
    """One roster: how far the work on it is, what it would do, or what it did."""
    found = queries.roster(roster_id)
    return _page(found, _confirm_form(found))


@bp.route("/office/rosters/<int:roster_id>/to-put-right.csv")
@needs(Right.DIRECTORY_READ)
def rows_to_put_right(roster_id: int) -> ResponseReturnValue:
    """What of a roster is refused or worth a second look, as CSV for whoever puts the files right; not once it is
    settled."""
    if not queries.roster(roster_id).is_open:
        raise NotFound(f"roster {roster_id}: its rows are gone")
    table = Table(
        "Rows to put right",
        about=[("roster", roster_id)],
        header=("file", "line", "what", "who", "why"),
        rows=(
            (line.file, line.line, EFFECT_WORDS[effect].lower(), line.who, line.text)
            for effect in TO_PUT_RIGHT
            for line in queries.all_lines(roster_id, effect)
        ),
    )
    return table_file(table, f"roster {roster_id} to put right")


@bp.route("/office/rosters/<int:roster_id>/apply", methods=["GET", "POST"])
@needs(Right.DIRECTORY_EDIT)
def apply_roster(roster_id: int) -> ResponseReturnValue:
    """Have a roster applied that was previewed."""
    found = queries.roster(roster_id)
    form = _confirm_form(found)
    with form.accept() as accepted:
        if accepted:
            commands.confirm(actor(), roster_id, allow_many=bool(form.allow_many.value))
            return redirect(url_for(".roster", roster_id=roster_id), 303)
    return _page(found, form)


def _confirm_form(found: RosterView) -> ConfirmForm:
    return ConfirmForm(ending=found.ending, needs_more=is_many(found.ending, found.here))


def _page(found: RosterView, form: ConfirmForm) -> Response:
    effect = _effect(found)
    answer = page(
        "directory/roster.html",
        status=form.status_code,
        crumbs=[("Office", url_for("office.hub")), ("Rosters", url_for(".rosters")), (f"Roster {found.id}", None)],
        roster=found,
        answer=_answer(found),
        form=form,
        most=MOST_ENDING_PERCENT,
        effects=[(one, words, found.total(one)) for one, words in EFFECT_WORDS.items() if found.total(one)],
        effect=effect,
        effect_words=EFFECT_WORDS,
        is_to_put_right=effect in TO_PUT_RIGHT,
        unchanged=found.total(Effect.UNCHANGED),
        lines=queries.lines(found.id, effect, request.args.get("page", 1, type=int)) if effect else None,
        page_url=lambda number: url_for(".roster", roster_id=found.id, rows=effect, page=number),
        may_edit=actor().has(Right.DIRECTORY_EDIT),
    )
    if found.is_at_work:
        answer.headers["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
    return answer


@bp.route("/office/rosters/<int:roster_id>/put-aside", methods=["POST"])
@needs(Right.DIRECTORY_EDIT)
def put_aside(roster_id: int) -> ResponseReturnValue:
    """Leave a roster unapplied."""
    try:
        commands.put_aside(actor(), roster_id)
        flash("The roster was put aside. Its files are gone; nothing of it was applied.")
    except Conflict as refusal:
        flash(refusal.message, "error")
    return redirect(url_for(".rosters"), 303)


def _effect(found: RosterView) -> Effect | None:
    """Which rows to show: those that the address asks for, or the first there are."""
    if not found.is_open:
        return None
    there = [one for one in EFFECT_WORDS if found.total(one)]
    asked = request.args.get("rows")
    return next((one for one in there if one == asked), there[0] if there else None)


def _answer(found: RosterView) -> str:
    """Where a roster stands, in a sentence."""
    match found.state:
        case RosterState.READING | RosterState.APPLYING:
            return f"It is {STATE_WORDS[found.state]}. This page looks again by itself."
        case RosterState.REFUSED:
            refused = plural(found.total(Effect.REFUSED), *ROWS)
            return f"{refused} cannot be taken in, so nothing of it can. Put the files right and hand them in again."
        case RosterState.READY:
            return f"Ready: {_totals(found)}. Nothing is written yet.{_doubts(found)}"
        case RosterState.APPLIED:
            return f"Applied: {_totals(found)}."
    return "Put aside: nothing of it was applied."


def _totals(found: RosterView) -> str:
    """What it does to how many rows."""
    done = [effect for effect in Effect if effect is not Effect.DOUBTFUL]
    return ", ".join(f"{count(found.total(effect))} {effect.value}" for effect in done)


def _doubts(found: RosterView) -> str:
    """That something is to be looked at again before it is applied."""
    number = found.total(Effect.DOUBTFUL)
    return f" {plural(number, 'thing is', 'things are')} worth a second look first." if number else ""
