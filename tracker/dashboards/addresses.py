"""What the addresses of these pages are made of: the code of a unit, and the day the figures are of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import g, request

from tracker.core.days import month_end
from tracker.core.errors import Invalid
from tracker.core.texts import unseen
from tracker.web.addresses import read_day as read_day


@dataclass(frozen=True, slots=True)
class AsOf:
    """What the day control in the head of a page needs; `params` are what the address keeps besides the day."""

    day: date
    today: date
    action: str
    params: Sequence[tuple[str, str]]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a form on the page sends along to stay on the day."""
        return [] if self.day == self.today else [("as_of", self.day.isoformat())]

    @property
    def shortcuts(self) -> list[tuple[str, str]]:
        """Days that are often asked for: the ends of months."""
        ends = (
            ("A year ago", month_end(self.today, -12)),
            ("End of last month", month_end(self.today, -1)),
            ("End of this month", month_end(self.today)),
        )
        return [(label, self._address(day)) for label, day in ends if day != self.day]

    def _address(self, day: date) -> str:
        return f"{self.action}?{urlencode([*self.params, ('as_of', day.isoformat())])}"


def remember_day(today: date) -> None:
    """Take the day from the address of this request. Raises Invalid."""
    g.dashboards_today = today
    g.dashboards_day = read_day(request.args.get("as_of"), today)


def shown_day() -> date:
    """The day that the figures of this request are of."""
    day: date = g.dashboards_day
    return day


def as_of() -> AsOf:
    """The day control of this request's page."""
    params = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if name not in ("as_of", "page") and not unseen(name + value)
    ]
    return AsOf(shown_day(), g.dashboards_today, request.script_root + request.path, params)


def keep_day(endpoint: str, values: dict[str, Any]) -> None:
    """Give addresses of these pages the day of the page they stand on, unless it is today or another is given."""
    day = g.get("dashboards_day")
    if endpoint.startswith("dashboards.") and day is not None and day != g.dashboards_today:
        values.setdefault("as_of", day.isoformat())


def page_number() -> int:
    """The page of a list that the address asks for. Raises Invalid."""
    typed = request.args.get("page", "1")
    if not typed.isascii() or not typed.isdigit() or int(typed[:9]) < 1:
        raise Invalid("page", "The page must be a number, from 1 on.")
    return int(typed[:9])
