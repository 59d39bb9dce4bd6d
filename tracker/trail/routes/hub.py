"""Where the office begins: every page that is its own, group by group."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.web.access import actor, needs
from tracker.web.navigation import office_groups
from tracker.web.pages import page

bp = Blueprint("office", __name__)


@bp.route("/office")
@needs(Right.RECORDS_READ_ALL)
def hub() -> ResponseReturnValue:
    """The pages of the office that the reader may open."""
    return page("office/hub.html", groups=office_groups(actor()))
