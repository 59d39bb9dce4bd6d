"""From a list of people to writing to them: whoever is ticked, or all who match, handed on to the messages."""

from flask import abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Actor, Right
from tracker.core.errors import Invalid
from tracker.dashboards import policy
from tracker.dashboards.forms import row_id
from tracker.dashboards.people_forms import ALL, TOO_MANY
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


@bp.route("/units/<unit_code:code>/write", methods=["POST"])
@needs(Right.PEOPLE_WRITE_TO)
def write_to_many(code: str) -> ResponseReturnValue:
    """Say whom one is about to write to, and go on to what to write."""
    who = actor()
    unit = policy.get_unit(who, code, who.today)
    if not may_write(who):
        abort(404)
    ids = matching(code, who.today).ids if request.form.get("scope") == ALL else _ticked()
    if len(ids) > MOST_AT_ONCE:
        raise Invalid("people", f"{TOO_MANY}: narrow the list first.")
    return page(
        "dashboards/write.html",
        crumbs=lines.crumbs(places.path(who, unit.id, who.today), "Write to them"),
        people=list(queries.named(who, ids).values()),
        write_url=url_for(WRITE),
        people_url=url_for(".people", code=code, as_of=None, **kept_in_address()),
    )


def _ticked() -> list[int]:
    """Who is ticked. Raises Invalid."""
    try:
        return [row_id(typed) for typed in request.form.getlist("people")]
    except ValueError:
        raise Invalid("people", "Somebody among those ticked is not known here.") from None
