"""From a list of people to writing to them: whoever is ticked, or all who match, handed on to the messages."""

from typing import Any

from flask import abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Actor, Right
from tracker.core.errors import Invalid
from tracker.dashboards import policy
from tracker.dashboards.deed_forms import MOST_TICKED, TOO_MANY, TOO_MANY_TICKED, in_one_value, row_ids
from tracker.dashboards.people_forms import ALL
from tracker.dashboards.queries import places
from tracker.dashboards.queries import roster as queries
from tracker.dashboards.routes import lines
from tracker.dashboards.routes.blueprint import bp
from tracker.dashboards.routes.narrowing import kept_in_address, matching
from tracker.progress.commands.bulk import MOST_AT_ONCE
from tracker.web.access import actor, needs
from tracker.web.pages import page

WRITE = "messages.write"


def may_write(who: Actor) -> bool:
    """Whether the reader may write to people, and there is a page for it."""
    return WRITE in current_app.view_functions and who.has(Right.PEOPLE_WRITE_TO)


@bp.route("/units/<unit_code:code>/write", methods=["GET", "POST"])
@needs(Right.PEOPLE_WRITE_TO)
def write_to_many(code: str) -> ResponseReturnValue:
    """Say whom one is about to write to, and go on to what to write. A list sends whom it means, which then stands in
    the address, so that one can come back."""
    who = actor()
    unit = policy.get_unit(who, code, who.today)
    if not may_write(who):
        abort(404)
    if request.method == "POST":
        return redirect(url_for(".write_to_many", code=code, as_of=None, **kept_in_address(), **_sent()), 303)
    is_all = request.args.get("scope") == ALL
    ids = matching(code, who.today).ids if is_all else _ticked(request.args.getlist("people"))
    if len(ids) > MOST_AT_ONCE:
        raise Invalid("people", f"{TOO_MANY}: narrow the list first.")
    return page(
        "dashboards/write.html",
        crumbs=lines.crumbs(places.path(who, unit.id, who.today), "Write to them"),
        people=list(queries.named(who, ids).values()),
        write_url=url_for(WRITE),
        people_url=url_for(".people", code=code, as_of=None, **kept_in_address()),
    )


def _sent() -> dict[str, Any]:
    """Whom a list means, as an address says it. Raises Invalid."""
    if request.form.get("scope") == ALL:
        return {"scope": ALL}
    ids = _ticked(request.form.getlist("people"))
    if len(ids) > MOST_TICKED:
        raise Invalid("people", f"{TOO_MANY_TICKED}.")
    return {"people": in_one_value(ids)} if ids else {}


def _ticked(given: list[str]) -> list[int]:
    """Who is ticked. Raises Invalid."""
    try:
        return [person_id for typed in given for person_id in row_ids(typed)]
    except ValueError:
        raise Invalid("people", "Somebody among those ticked is not known here.") from None
