"""Who may open a page: every view declares what it takes, and one that declares nothing is never served."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker.core.actor import Actor, Right
from tracker.core.errors import Forbidden

View = TypeVar("View", bound=Callable[..., Any])

SIGN_IN = "accounts.sign_in"
UNDECLARED_BY_US = frozenset({"static"})
"""Flask's own endpoint for styles and scripts: open to all."""


class SignedIn(Protocol):
    """What the web layer knows of whoever is signed in; made once per request by the feature `accounts`."""

    @property
    def actor(self) -> Actor:
        """Who acts, with the rights of today."""

    @property
    def name(self) -> str:
        """How to address her."""

    @property
    def role_label(self) -> str:
        """What she is here, in words."""


def public(view: View) -> View:
    """Anybody may open this, signed in or not."""
    return _declare(view, None)


def needs_account(view: View) -> View:
    """Anybody who is signed in may open this."""
    return _declare(view, frozenset())


def needs(right: Right) -> Callable[[View], View]:
    """Only who has the right may open this."""
    return needs_any(right)


def needs_any(*rights: Right) -> Callable[[View], View]:
    """Only who has at least one of the rights may open this."""
    return lambda view: _declare(view, frozenset(rights))


def _declare(view: View, rights: frozenset[Right] | None) -> View:
    cast(Any, view).needed_rights = rights
    return view


def signed_in() -> SignedIn | None:
    """Whoever is signed in, if anybody is."""
    return cast(SignedIn, current_user._get_current_object()) if current_user.is_authenticated else None


def actor() -> Actor:
    """Who acts in this request; for views that are not public. Raises Forbidden when nobody is signed in."""
    if (visitor := signed_in()) is None:
        raise Forbidden("Nobody is signed in.")
    return visitor.actor


def init_app(app: Flask) -> None:
    """Check each request before its view runs."""
    app.before_request(_check)


def check_routes(app: Flask) -> None:
    """Refuse to start with a view that does not say who may open it."""
    undeclared = sorted(
        name
        for name, view in app.view_functions.items()
        if name not in UNDECLARED_BY_US and not hasattr(view, "needed_rights")
    )
    if undeclared:
        raise RuntimeError(f"These views do not declare who may open them: {', '.join(undeclared)}")


def _check() -> ResponseReturnValue | None:
    """Let the request through, send it to sign in, or raise Forbidden; unknown addresses go on to their 404."""
    if request.endpoint is None or request.endpoint in UNDECLARED_BY_US:
        return None
    view: Any = current_app.view_functions[request.endpoint]
    rights: frozenset[Right] | None = view.needed_rights
    if rights is None:
        return None
    if (visitor := signed_in()) is None:
        return redirect(url_for(SIGN_IN, next=_way_back()), 303)
    if rights and not any(visitor.actor.has(right) for right in rights):
        raise Forbidden(f"This takes one of {sorted(rights)}.")
    return None


def _way_back() -> str | None:
    """Where to go on after signing in: this page, if it can be opened at all; none for the start page."""
    methods = request.url_rule.methods if request.url_rule else None
    if "GET" not in (methods or ()) or request.full_path == "/?":
        return None
    return request.full_path.removesuffix("?")


def safe_next(target: str | None) -> str | None:
    """The target if it is a path on this very site, else none: no other host, no scheme, no trick of slashes."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or any(ord(letter) <= 32 or ord(letter) == 127 for letter in target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return target if not parts.scheme and not parts.netloc else None
