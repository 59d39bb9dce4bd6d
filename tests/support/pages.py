"""`Pages`: opens pages by endpoint and sends the forms they really show; every page it sees is checked."""

import contextvars
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask, url_for
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from tests.support.checks import check_every_page
from tests.support.make import Account
from tracker.accounts import queries
from tracker.core import clock

Values = str | int | Sequence[str | int] | None
MOST_REDIRECTS = 5


@dataclass(frozen=True)
class Page:
    """An answer: its status, where it came from, and its HTML."""

    status: int
    path: str
    headers: Mapping[str, str]
    source: str = field(repr=False)

    @cached_property
    def html(self) -> BeautifulSoup:
        """Its HTML, parsed for whoever asks."""
        return BeautifulSoup(self.source, "lxml")

    @property
    def h1(self) -> str:
        """The heading, blanks evened out."""
        return text_of(self.one("h1"))

    @property
    def text(self) -> str:
        """All that can be read in the main part."""
        return text_of(self.one("main"))

    def one(self, selector: str) -> Tag:
        """The only element that fits. Anything else fails the test."""
        found = self.html.select(selector)
        assert len(found) == 1, f"{len(found)} elements fit {selector!r} on {self.path}"
        return found[0]

    def texts(self, selector: str) -> list[str]:
        """What the elements that fit say."""
        return [text_of(element) for element in self.html.select(selector)]

    @property
    def messages(self) -> list[str]:
        """What the page says after a deed."""
        return self.texts(".banner[role=status], .banner[role=alert]")

    @property
    def errors(self) -> list[str]:
        """What the summary of a form says is wrong."""
        return self.texts(".error-summary li")

    def link(self, words: str) -> str:
        """Where the only link with these words leads."""
        found = {str(a["href"]) for a in self.html.select("a[href]") if text_of(a) == words}
        assert len(found) == 1, f"{len(found)} links say {words!r} on {self.path}"
        return found.pop()

    def form(self, button: str | None = None) -> Tag:
        """The form with this button; without one, the only form in the main part (or the only one sent by POST)."""
        forms = self.html.select("form") if button else self.html.select("main form")
        if button is not None:
            forms = [form for form in forms if any(text_of(one) == button for one in form.select("button"))]
        elif len(forms) > 1:
            forms = [form for form in forms if form.get("method", "").lower() == "post"]
        assert len(forms) == 1, f"{len(forms)} forms fit {button!r} on {self.path}"
        return forms[0]


class Pages:
    """A browser without a screen: its own cookies, one visitor at a time."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self.site = "https://localhost" if app.config["SETTINGS"].is_public_https else "http://localhost"

    def sign_in(self, account: Account | None) -> None:
        """Be this account, without its password; None is nobody."""
        self.client = self.app.test_client()
        if account is None:
            return

        def enter() -> None:
            with self.app.app_context():
                visitor = queries.account(account.id, clock.today())
            assert visitor is not None
            with self.client.session_transaction(base_url=self.site) as session:
                session["_user_id"] = visitor.get_id()
                session.permanent = True

        contextvars.Context().run(enter)

    def get(self, endpoint: str, *, status: int = 200, query: Mapping[str, Any] | None = None, **values: Any) -> Page:
        """Open the page of an endpoint; the values are parts of its address, `query` is what follows the `?`."""
        return self.open(self._address(endpoint, {**values, **(query or {})}), status=status)

    def open(self, path: str, *, status: int = 200, **arguments: Any) -> Page:
        """Open a path, follow redirects, and demand a status."""
        return self._page(self._send("GET", path, **arguments), path, status)

    def post(self, endpoint: str, data: Mapping[str, Any] | None = None, *, status: int = 200, **values: Any) -> Page:
        """Send values to an endpoint with a token of this session, form or no form; for what no page offers."""
        data = {**(data or {}), "csrf_token": self.token()}
        path = self._address(endpoint, values)
        return self._page(self._send("POST", path, data=data), path, status)

    def submit(self, page: Page, button: str | None = None, *, status: int = 200, **values: Values) -> Page:
        """Send a form as the page shows it, with these values filled in; a field that is not there fails.

        `button` are the words on the button, where there is more than one form or button.
        """
        form = page.form(button)
        data = _filled_in(form, values)
        pressed = [one for one in form.select("button[name]") if button is None or text_of(one) == button]
        data.extend((str(one["name"]), str(one.get("value", ""))) for one in pressed[:1])
        elsewhere = [str(one["formaction"]) for one in form.select("button[formaction]") if text_of(one) == button]
        action = elsewhere[0] if elsewhere else str(form.get("action") or page.path)
        if str(form.get("method", "get")).lower() == "get":
            return self.open(action.split("?")[0], status=status, query_string=data)
        fields: dict[str, list[str]] = {}
        for name, value in data:
            fields.setdefault(name, []).append(value)
        return self._page(self._send("POST", action, data=fields), action, status)

    def download(self, path: str, *, status: int = 200) -> TestResponse:
        """Fetch something that is no page, such as a CSV."""
        answer = self._once("GET", path)
        assert answer.status_code == status, f"{answer.status_code} at {path}"
        return answer

    def token(self) -> str:
        """A token that this session's forms would carry."""

        def make() -> str:
            with self.client.session_transaction(base_url=self.site) as session:
                kept = session.setdefault("csrf_token", secrets.token_hex(20))
            return str(URLSafeTimedSerializer(self.app.secret_key, salt="wtf-csrf-token").dumps(kept))

        return contextvars.Context().run(make)

    def _address(self, endpoint: str, values: Mapping[str, Any]) -> str:
        def build() -> str:
            with self.app.test_request_context():
                return url_for(endpoint, **values)

        return contextvars.Context().run(build)

    def _send(self, method: str, path: str, **arguments: Any) -> TestResponse:
        """Send, and follow redirects within this site as a browser would."""
        answer = self._once(method, path, **arguments)
        for _ in range(MOST_REDIRECTS):
            if answer.status_code not in (301, 302, 303, 307, 308):
                return answer
            target = answer.headers["Location"]
            assert not urlsplit(target).netloc, f"{path} leads away to {target}"
            answer = self._once("GET", target)
        raise AssertionError(f"{path} redirects for ever")

    def _once(self, method: str, path: str, **arguments: Any) -> TestResponse:
        """One request in a context of its own, so that nothing of the test or of another request is there."""
        context = contextvars.Context()
        headers = {"Referer": f"{self.site}/"} if method == "POST" else {}
        answer: TestResponse = context.run(
            self.client.open, path, method=method, base_url=self.site, headers=headers, buffered=True, **arguments
        )
        return answer

    def _page(self, answer: TestResponse, path: str, status: int) -> Page:
        where = f"{answer.request.method} {answer.request.path} (from {path})"
        assert answer.status_code == status, f"{answer.status_code} instead of {status}: {where}\n{_gist(answer)}"
        assert answer.mimetype == "text/html", f"{answer.mimetype}: {where}"
        check_every_page(answer.text, answer.headers, where)
        address = answer.request.full_path.removesuffix("?")
        return Page(answer.status_code, address, dict(answer.headers), answer.text)


def text_of(element: Tag) -> str:
    """What an element says, blanks evened out (a no-break space is a blank)."""
    return re.sub(r"\s+", " ", element.get_text()).strip()


def _gist(answer: TestResponse) -> str:
    """The first words of an unexpected answer, for the message of a failing test."""
    main = BeautifulSoup(answer.text, "html.parser").find("main")
    return text_of(main)[:500] if isinstance(main, Tag) else answer.text[:500]


def _filled_in(form: Tag, values: Mapping[str, Values]) -> list[tuple[str, str]]:
    """What a browser would send: the form's own values, with those given in their place."""
    names = {str(control["name"]) for control in form.select("input[name], select[name], textarea[name]")}
    unknown = values.keys() - names
    assert not unknown, f"the form has no field {sorted(unknown)}, only {sorted(names)}"
    data: list[tuple[str, str]] = []
    for name in dict.fromkeys(str(one["name"]) for one in form.select("input[name], select[name], textarea[name]")):
        controls = [one for one in form.select("[name]") if one["name"] == name and one.name != "button"]
        given = _as_list(values[name]) if name in values else None
        sent = [value for control in controls for value in _value_of(control)] if given is None else given
        if given is not None:
            _check_offered(controls, given)
        data.extend((name, value) for value in sent)
    return data


def _as_list(value: Values) -> list[str]:
    if value is None:
        return []
    return [str(value)] if isinstance(value, str | int) else [str(one) for one in value]


def _value_of(control: Tag) -> list[str]:
    """What a control sends when nobody touches it."""
    if control.has_attr("disabled"):
        return []
    if control.name == "textarea":
        return [control.get_text().removeprefix("\n")]
    if control.name == "select":
        options = control.select("option[selected]") or control.select("option")[:1]
        return [str(option.get("value", option.get_text())) for option in options]
    if control.get("type") in ("checkbox", "radio"):
        return [str(control.get("value", "on"))] if control.has_attr("checked") else []
    return [] if control.get("type") in ("submit", "button", "file") else [str(control.get("value", ""))]


def _check_offered(controls: Sequence[Tag], given: Sequence[str]) -> None:
    """A value for boxes, buttons and lists must be one of those offered, as in a browser."""
    kinds = {str(control.get("type", control.name)) for control in controls}
    if kinds <= {"checkbox", "radio"}:
        offered = {str(control.get("value", "on")) for control in controls}
    elif kinds == {"select"}:
        offered = {str(one.get("value", one.get_text())) for control in controls for one in control.select("option")}
    else:
        return
    assert set(given) <= offered, f"the form offers {sorted(offered)}, not {sorted(set(given) - offered)}"
