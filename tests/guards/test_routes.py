"""Who may open what: every address against everybody who might come, from one table (rights.txt)."""

import contextvars
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.conftest import DATABASES, settings_for
from tests.guards import world as worlds
from tests.guards.world import World
from tests.support.make import Account
from tests.support.pages import Pages
from tracker.accounts.queries import account
from tracker.core import clock
from tracker.core.actor import Right
from tracker.core.database import db
from tracker.wiring import create_app

HERE = Path(__file__).resolve().parent
MAY, TO_SIGN_IN = "may", "in"
PUBLIC = {
    *("accounts.sign_in", "accounts.sign_in_to_sample", "accounts.link", "accounts.forgotten", "accounts.sign_out"),
}
KEBAB = re.compile(
    r"(?:[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:csv|ics|pdf|toml|txt|xlsx|zip))?|<[a-z_:]+>|<[a-z_:]+>\.(?:csv|xlsx))"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: a method, an address with {words} in it, and what each visitor gets."""

    method: str
    address: str
    outcomes: dict[str, str]


def read_table() -> list[Line]:
    """The table; its first line that is no comment names the visitors."""
    lines = [line.split() for line in (HERE / "rights.txt").read_text(encoding="utf-8").splitlines()]
    lines = [words for words in lines if words and words[0] != "#"]
    visitors, rows = lines[0], lines[1:]
    return [Line(words[0], words[1], dict(zip(visitors, words[2:], strict=True))) for words in rows]


TABLE = read_table()


@pytest.fixture(scope="module", params=DATABASES)
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application for all of this file, since nothing here changes anything."""
    folder = tmp_path_factory.mktemp("rights")
    app = create_app(settings_for(_empty_database(request, folder), folder))
    app.testing = True
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def _empty_database(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "waymark.db")
        return f"sqlite:///{folder / 'waymark.db'}"
    server = request.getfixturevalue("postgres_template")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE rights TEMPLATE template_waymark")
    return f"{server}/rights"


@pytest.fixture(scope="module")
def world(app: Flask) -> World:
    return worlds.build()


@pytest.fixture(scope="module")
def visitors(app: Flask, world: World) -> dict[str, Pages]:
    """A browser without a screen for each of them, signed in."""
    found = {name: Pages(app) for name in world.visitors}
    for name, visitor in world.visitors.items():
        found[name].sign_in(visitor)
    return found


def test_everybody_gets_what_the_table_says(world: World, visitors: dict[str, Pages]) -> None:
    wrong = []
    for line in TABLE:
        path = line.address.format(**world.names)
        for name, expected in line.outcomes.items():
            if expected == MAY:
                continue
            data = {"csrf_token": visitors[name].token()} if line.method == "POST" else None
            got = outcome(send(visitors[name], line.method, path, data))
            if got != expected:
                wrong.append(f"{line.method} {line.address}: {name} gets {got}, not {expected}")
    assert not wrong, "\n".join(wrong)


def test_nothing_is_taken_without_a_token(app: Flask, world: World, visitors: dict[str, Pages]) -> None:
    """Who lacks the right hears that first; everybody else is asked to open the form anew, whatever it is about."""
    wrong = []
    for line in (line for line in TABLE if line.method == "POST"):
        path = line.address.format(**world.names)
        for name, in_table in line.outcomes.items():
            expected = in_table if in_table == TO_SIGN_IN or lacks_right(app, path, world.visitors[name]) else "400"
            got = outcome(send(visitors[name], "POST", path))
            if got != expected:
                wrong.append(f"{line.address}: {name} gets {got}, not {expected}")
    assert not wrong, "\n".join(wrong)


def test_what_is_only_sent_cannot_be_opened(app: Flask, world: World, visitors: dict[str, Pages]) -> None:
    only_sent = {rule.endpoint for rule in our_rules(app) if methods_of(rule) == ["POST"]}
    only_sent.discard("accounts.sign_in_to_sample")  # its address is also that of a link named "sample", which is none
    only_sent.discard("dashboards.seen")  # and this one's that of a unit with the code "seen", which is none
    for line in (line for line in TABLE if line.method == "POST"):
        path = line.address.format(**world.names)
        if rule_of(app, path, "POST").endpoint in only_sent:
            for name in ("office", "nobody"):
                answer = send(visitors[name], "GET", path)
                assert answer.status_code == 405, line.address
                assert "GET" not in answer.headers["Allow"], line.address


def test_every_route_has_its_lines_in_the_table(app: Flask, world: World) -> None:
    told = {(line.method, rule_of(app, line.address.format(**world.names), line.method).rule) for line in TABLE}
    there = {(method, rule.rule) for rule in our_rules(app) for method in methods_of(rule)}
    assert not there - told, f"rights.txt says nothing of {sorted(there - told)}"
    assert not told - there, f"rights.txt speaks of what is not there: {sorted(told - there)}"


def test_every_line_speaks_of_everybody(world: World) -> None:
    for line in TABLE:
        assert set(line.outcomes) == set(world.visitors), line.address
        assert set(line.outcomes.values()) <= {"200", "403", "404", "409", "410", "to", TO_SIGN_IN, MAY}, line.address


def test_every_view_declares_who_may_open_it(app: Flask) -> None:
    """By the name of a right that somebody has; open to all are the ways in and out alone."""
    public = set()
    for rule in our_rules(app):
        rights = rights_of(app, rule.endpoint)
        if rights is None:
            public.add(rule.endpoint)
        else:
            assert rights <= set(Right), rule.endpoint
    assert public == PUBLIC


def test_no_route_comes_goes_or_moves_by_accident(app: Flask) -> None:
    """Addresses are kept in bookmarks and letters: what changes here is to be said in the change log."""
    kept = json.loads((HERE / "routes.json").read_text(encoding="utf-8"))
    assert {rule.rule: f"{rule.endpoint} {' '.join(methods_of(rule))}" for rule in our_rules(app)} == kept


def test_addresses_are_in_kebab_case(app: Flask) -> None:
    for rule in our_rules(app):
        steps = rule.rule.strip("/").split("/") if rule.rule != "/" else []
        assert all(KEBAB.fullmatch(step) for step in steps), rule.rule


# What the tests share


def send(pages: Pages, method: str, path: str, data: Mapping[str, str] | None = None) -> TestResponse:
    """One request as one visitor, in a context of its own; redirects are not followed."""
    answer: TestResponse = contextvars.Context().run(pages.client.open, path, method=method, data=data, buffered=True)
    return answer


def outcome(answer: TestResponse) -> str:
    """What the table calls an answer."""
    if answer.status_code != 303:
        return str(answer.status_code)
    return TO_SIGN_IN if answer.headers["Location"].startswith("/sign-in") else "to"


def our_rules(app: Flask) -> list[Rule]:
    """All routes but that of static files, which is Flask's."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def methods_of(rule: Rule) -> list[str]:
    """GET, POST or both."""
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def rule_of(app: Flask, path: str, method: str) -> Rule:
    """Which route an address takes."""
    rule, _ = app.url_map.bind("localhost").match(path.partition("?")[0], method=method, return_rule=True)
    return rule


def rights_of(app: Flask, endpoint: str) -> frozenset[Right] | None:
    """What a view declares: one of these rights, or (empty) being signed in; None is open to all."""
    view: Any = app.view_functions[endpoint]
    rights: frozenset[Right] | None = view.needed_rights
    return rights


def lacks_right(app: Flask, path: str, visitor: Account | None) -> bool:
    """Whether what the view declares shuts a visitor out, whatever the address is about."""
    rights = rights_of(app, rule_of(app, path, "POST").endpoint)
    if not rights or visitor is None:
        return False
    found = account(visitor.id, clock.today())
    return found is not None and not rights & found.actor.rights
