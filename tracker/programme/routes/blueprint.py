"""The blueprint of these pages, the way to each, and what their addresses name."""

from flask import Blueprint, Response, url_for

from tracker.core.errors import NotFound
from tracker.programme.rules import Kind

bp = Blueprint("programme", __name__, url_prefix="/office")

Crumbs = list[tuple[str, str | None]]
SECONDS_BETWEEN_LOOKS = 3


def kind_of(word: str) -> Kind:
    """The kind of thing that an address names. Raises NotFound."""
    try:
        return Kind(word)
    except ValueError:
        raise NotFound(f"kind {word}") from None


def crumbs(*steps: tuple[str, str | None]) -> Crumbs:
    """The way to a page, from the office on."""
    return [("Office", url_for("office.hub")), ("Modules and requirements", url_for("programme.index")), *steps]


def looking_again(answer: Response) -> Response:
    """A page on something that goes on: browsers ask for it again after some seconds, without a script."""
    answer.headers["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
    return answer
