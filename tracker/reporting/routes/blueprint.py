"""The blueprint of these pages, and how a day stands in their addresses."""

from datetime import date

from flask import Blueprint
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter, ValidationError

from tracker.web.forms import real_day

bp = Blueprint("reporting", __name__)


class Day(BaseConverter):
    """A day as one step of a path: 2026-10-31."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """The day; what is none is no page."""
        if (found := real_day(value)) is None:
            raise ValidationError
        return found

    def to_url(self, value: date) -> str:
        """The day as it stands in an address."""
        return value.isoformat()


@bp.record_once
def _know_days(state: BlueprintSetupState) -> None:
    """Before the routes."""
    state.app.url_map.converters["day"] = Day
