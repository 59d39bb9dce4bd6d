"""The blueprint of these pages: each first takes the day from its address, and each address keeps it."""

from flask import Blueprint, Response, request
from flask.sansio.blueprints import BlueprintSetupState

from tracker.core.errors import Invalid
from tracker.dashboards.addresses import as_of, keep_day, remember_day
from tracker.dashboards.policy import NotThatDay
from tracker.dashboards.queries.absence import absence
from tracker.web.access import actor
from tracker.web.addresses import Code
from tracker.web.pages import page

bp = Blueprint("dashboards", __name__)


@bp.record_once
def _know_unit_codes(state: BlueprintSetupState) -> None:
    """Before the routes: how a unit's code stands in an address."""
    state.app.url_map.converters["unit_code"] = Code


bp.app_url_defaults(keep_day)


@bp.before_request
def _take_day() -> None:
    remember_day(actor().today)


@bp.errorhandler(Invalid)
def _refuse(refusal: Invalid) -> Response:
    """An address that asks for what there is not."""
    again = request.script_root + request.path
    return page("dashboards/refused.html", status=422, message=refusal.message, again=again)


@bp.errorhandler(NotThatDay)
def _not_that_day(missing: NotThatDay) -> Response:
    """A unit that is there, but not on the day asked for."""
    why = absence(actor(), missing.code, missing.day)
    return page("dashboards/not_that_day.html", status=404, as_of=as_of(), why=why)
