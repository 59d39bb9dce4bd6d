"""The headers of every answer, cookies, and how long things are kept."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, request

from tests.conftest import settings_for
from tests.support import make
from tests.support.make import PASSWORD
from tests.support.pages import Pages
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.wiring import create_app


def test_a_page_may_do_only_what_it_needs(pages: Pages) -> None:
    headers = pages.get("accounts.sign_in").headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "manifest-src": "'self'",
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Permissions-Policy"].startswith("camera=()")
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/sign-out", 405), ("/system", 303)])
def test_refusals_carry_them_too(pages: Pages, path: str, status: int) -> None:
    answer = pages._once("GET", path)
    assert answer.status_code == status
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_static_files_are_kept_for_good_under_an_address_that_names_their_content(pages: Pages) -> None:
    sheet = pages.get("accounts.sign_in").one("link[rel=stylesheet]")
    path = str(sheet["href"])
    assert "?v=" in path
    assert pages.download(path).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert pages.download(path.split("?")[0]).headers["Cache-Control"] == "public, max-age=3600"
    assert pages.download("/static/nothing.css?v=1", status=404).headers["Cache-Control"] == "no-store"


def test_its_address_changes_with_the_content(app: Flask, tmp_path: Path) -> None:
    other = create_app(replace(app.config["SETTINGS"], secret_key="another"))
    other.static_folder = str(tmp_path)
    (tmp_path / "waymark.css").write_text("body { color: red }")
    addresses = []
    for one in (app, other):
        with one.test_request_context():
            addresses.append(one.url_for("static", filename="waymark.css"))
    assert addresses[0] != addresses[1]
    with other.app_context():
        db.engine.dispose()


def cookie(pages: Pages) -> str:
    """The session cookie that signing in sets."""
    account = make.account(Role.ADMINISTRATOR, password=PASSWORD)
    page = pages.get("accounts.sign_in")
    token = page.one("main form input[name=csrf_token]")["value"]
    data = {"csrf_token": token, "email": account.email, "password": PASSWORD}
    answer = pages._once("POST", "/sign-in", data=data)
    assert answer.status_code == 303
    (found,) = answer.headers.getlist("Set-Cookie")
    return found


def test_the_cookie_without_https(pages: Pages) -> None:
    found = cookie(pages)
    assert "; HttpOnly" in found
    assert "; SameSite=Lax" in found
    assert "; Secure" not in found


def test_what_caches_may_keep_carries_nobodys_cookie(pages: Pages) -> None:
    cookie(pages)
    sheet = str(pages.get("accounts.system").one("link[rel=stylesheet]")["href"])
    for path in (sheet, sheet.split("?")[0], "/system"):
        assert "Set-Cookie" not in pages._once("GET", path).headers


class TestBehindHttps:
    """An installation that people reach over https, through a proxy."""

    @pytest.fixture
    def app(self, database_url: str, tmp_path: Path) -> Iterator[Flask]:
        settings = replace(settings_for(database_url, tmp_path), public_url="https://waymark.example.edu")
        app = create_app(settings)
        app.testing = True
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()

    def test_the_cookie_is_secure(self, pages: Pages) -> None:
        assert "; Secure" in cookie(pages)

    def test_browsers_are_told_to_stay_with_https(self, pages: Pages) -> None:
        assert pages.get("accounts.sign_in").headers["Strict-Transport-Security"] == "max-age=31536000"

    def test_the_proxy_says_where_people_come_from(self, app: Flask, pages: Pages) -> None:
        seen = []
        app.before_request(lambda: seen.append(request.remote_addr))
        pages._once("GET", "/sign-in", environ_overrides={"HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.7"})
        assert seen == ["198.51.100.7"]


def test_without_a_proxy_nobody_can_say_that_she_comes_from_elsewhere(app: Flask, pages: Pages) -> None:
    seen = []
    app.before_request(lambda: seen.append(request.remote_addr))
    pages._once("GET", "/sign-in", environ_overrides={"HTTP_X_FORWARDED_FOR": "203.0.113.9"})
    assert seen == ["127.0.0.1"]


class TestBelowAPath:
    """An installation whose pages lie below a path, with a proxy that takes it off and tells of it; and one without."""

    @pytest.mark.parametrize(("public_path", "told"), [("/tracker", "/tracker"), ("", "")])
    def test_the_proxy_names_the_path_only_where_there_is_one(
        self, database_url: str, tmp_path: Path, public_path: str, told: str
    ) -> None:
        public_url = f"https://waymark.example.edu{public_path}"
        app = create_app(replace(settings_for(database_url, tmp_path), public_url=public_url))
        answer = Pages(app)._once("GET", "/system", environ_overrides={"HTTP_X_FORWARDED_PREFIX": "/tracker"})
        assert answer.headers["Location"].startswith(f"{told}/sign-in?")
        with app.app_context():
            db.engine.dispose()


class TestNames:
    """Pages answer to the names of this machine, and to the name in PUBLIC_URL; to no other that leads here."""

    OTHERS = ("evil.example", "waymark.example.edu.evil.example", "8.8.8.8", "[2001:db8::1]", "not a name")

    @pytest.mark.parametrize("name", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000", "127.9.9.9", ""])
    def test_of_this_machine(self, pages: Pages, name: str) -> None:
        answer = pages._once("GET", "/sign-in", environ_overrides={"HTTP_HOST": name})
        assert answer.status_code == 200

    @pytest.mark.parametrize("name", [*OTHERS, "waymark.example.edu"])
    def test_others_get_a_calm_page(self, pages: Pages, name: str) -> None:
        page = pages.open("/sign-in", status=400, environ_overrides={"HTTP_HOST": name})
        assert page.h1 == "Waymark is not at this address"
        assert "localhost" not in page.text
        sheet = str(page.one("link[rel=stylesheet]")["href"])
        assert pages._once("GET", sheet, environ_overrides={"HTTP_HOST": name}).status_code == 200

    def test_they_change_nothing(self, pages: Pages) -> None:
        pages.sign_in(make.account(Role.ADMINISTRATOR))
        data = {"csrf_token": pages.token()}
        other = {"HTTP_HOST": "evil.example"}
        assert pages._once("POST", "/sign-out", data=data, environ_overrides=other).status_code == 400
        assert pages.get("accounts.system").h1 == "System"

    @pytest.mark.parametrize(
        ("public_url", "name"),
        [
            ("https://x.example", "x.example"),
            ("https://x.example:8443/below", "X.example:8443"),
            ("https://müsli.example", "xn--msli-0ra.example"),
        ],
    )
    def test_of_the_public_address(self, database_url: str, tmp_path: Path, public_url: str, name: str) -> None:
        settings = replace(settings_for(database_url, tmp_path), host="192.0.2.7", public_url=public_url)
        app = create_app(settings)
        for own in (name, "localhost", "127.0.0.1:8000", "192.0.2.7:8000"):
            assert asked(app, HTTP_HOST=own) == 200, own
            assert asked(app, HTTP_X_FORWARDED_HOST=own) == 200, own
        for other in self.OTHERS:
            assert asked(app, HTTP_HOST=other) == 400, other
        assert asked(app, HTTP_HOST="localhost", HTTP_X_FORWARDED_HOST="evil.example") == 400
        with app.app_context():
            db.engine.dispose()


def asked(app: Flask, **headers: str) -> int:
    """The status of the sign-in page, asked for with these headers."""
    return Pages(app)._once("GET", "/sign-in", environ_overrides=headers).status_code
