"""Who sees which requests, and what of them."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import DATABASES
from tests.requests.conftest import actor_of, ask_for_waiver, ask_to_dispute, id_of, open_form
from tests.support import apps, cast, make
from tests.support.cast import Cast
from tests.support.pages import Pages
from tracker.core.database import db
from tracker.progress.models import Completion
from tracker.requests import queries


@dataclass(frozen=True, slots=True)
class Asked:
    """Everybody, and what the learner asked: each request by what it is about."""

    people: Cast
    ids: dict[str, int]


@pytest.fixture(scope="module", params=DATABASES)
def asked_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application in which everything was asked once; nothing that shares it may change anything."""
    folder = tmp_path_factory.mktemp("asked")
    with apps.application(apps.new_database(request, request.param, folder, "asked"), folder) as app, app.app_context():
        yield app


@pytest.fixture(scope="module")
def asked(asked_app: Flask) -> Asked:
    """What was asked there."""
    return ask_everything(Pages(asked_app))


@pytest.fixture
def readers(asked_app: Flask) -> Pages:
    """A browser for those who only read it."""
    return Pages(asked_app)


def ask_everything(pages: Pages) -> Asked:
    """A learner of the department who has asked for one of each; and two reports of its champion."""
    people = cast.gather()
    assert people.learner.person is not None
    make.requirement(make.module("ESSAY", title="Essay"), code="YEARLY", title="The course")
    make.requirement(make.module("BOOK", title="A book"), code="READING", title="Reading", level="optional")
    make.requirement(
        make.module("WALK", title="A walk"), code="OPEN", title="Walks", level="optional", champions_see_names=True
    )
    make.requirement(make.module("OLD", title="An old one"), code="ALSO", title="Also")
    make.completion(people.learner.person, "BOOK")
    make.completion(people.learner.person, "ESSAY")
    book, essay = db.session.scalars(select(Completion.reference).order_by(Completion.id)).all()
    db.session.rollback()
    pages.sign_in(people.learner)
    ids = {
        "required": ask_to_dispute(pages),
        "optional": ask_to_dispute(pages, requirement="READING"),
        "opened": ask_to_dispute(pages, requirement="OPEN"),
        "optional module": id_of(pages.submit(open_form(pages, "dispute", module="BOOK"), words="Private words")),
        "required module": id_of(pages.submit(open_form(pages, "dispute", module="ESSAY"), words="x")),
        "optional record": id_of(pages.submit(open_form(pages, "dispute", reference=book), words="Private words")),
        "required record": id_of(pages.submit(open_form(pages, "dispute", reference=essay), words="x")),
        "older": id_of(pages.submit(open_form(pages, "older", module="OLD", on=make.day(300).isoformat()), words="x")),
        "equivalence": id_of(
            pages.submit(
                open_form(pages, "equivalence", module="OLD"), course="C", place="P", day=make.day(3).isoformat()
            )
        ),
        "waiver": ask_for_waiver(pages),
        "accommodation": id_of(pages.submit(open_form(pages, "accommodation"), words="A reason to keep")),
    }
    pages.sign_in(people.champion)
    ids["not-ours"] = id_of(pages.submit(open_form(pages, "not-ours", person=people.learner.person.id)))
    ids["missing"] = id_of(pages.submit(open_form(pages, "missing"), name="Nora New"))
    return Asked(people, ids)


REPORTS = {"not-ours", "missing"}
HELPED = {"required", "opened", "required module", "required record"}
SEEN = {
    "learner": {"required", "optional", "opened", "optional module", "required module", "optional record"}
    | {"required record", "older", "equivalence", "waiver", "accommodation"},
    "champion": HELPED | REPORTS,
    "champion_above": HELPED,
    "champion_elsewhere": set(),
    "champion_before": set(),
    "leaver": set(),
}
SEEN["office"] = SEEN["auditor"] = SEEN["learner"] | REPORTS


@pytest.mark.parametrize("who", list(SEEN))
def test_everybody_sees_what_is_hers_to_see(asked: Asked, readers: Pages, who: str) -> None:
    readers.sign_in(asked.people.everybody()[who])
    for name, request_id in asked.ids.items():
        readers.get("requests.request", request_id=request_id, status=200 if name in SEEN[who] else 404)


@pytest.mark.parametrize(
    ("who", "listed"),
    [
        ("champion", HELPED),
        ("champion_above", HELPED),
        ("champion_elsewhere", set()),
        ("office", SEEN["office"]),
        ("auditor", SEEN["office"]),
    ],
)
def test_the_queue_has_what_may_be_seen(asked: Asked, readers: Pages, who: str, listed: set[str]) -> None:
    readers.sign_in(asked.people.everybody()[who])
    page = readers.get("requests.queue")
    assert {str(a["href"]) for a in page.html.select(".records a")} == {f"/requests/{asked.ids[one]}" for one in listed}
    count = len(listed) if who != "auditor" else 0
    assert page.texts(".nav-count") == ([str(count)] if count else [])


@pytest.mark.parametrize("who", ["learner", "champion_before", "leaver", "administrator"])
def test_all_others_have_no_queue(asked: Asked, readers: Pages, who: str) -> None:
    readers.sign_in(asked.people.everybody()[who])
    page = readers.get("requests.queue", status=403)
    assert page.texts(".main-nav") == []
    assert "Requests" not in readers.get("accounts.password").texts(".main-nav a")


def test_the_administrator_sees_nothing_of_it(asked: Asked, readers: Pages) -> None:
    readers.sign_in(asked.people.administrator)
    for endpoint in ("requests.queue", "requests.mine", "requests.ask"):
        readers.get(endpoint, status=403)
    for request_id in asked.ids.values():
        readers.get("requests.request", request_id=request_id, status=403)
    assert "My requests" not in readers.get("accounts.password").texts(".account a")


def test_the_auditor_reads_and_changes_nothing(asked: Asked, readers: Pages) -> None:
    readers.sign_in(asked.people.auditor)
    for request_id in asked.ids.values():
        assert readers.get("requests.request", request_id=request_id).texts("main form") == []
        readers.post("requests.request", {"answer": "x", "outcome": "granted"}, request_id=request_id, status=403)
        readers.post("requests.withdraw", request_id=request_id, status=403)
    readers.get("requests.ask", status=403)
    readers.get("requests.mine", status=403)


def test_reasons_are_for_the_office_alone(asked: Asked, readers: Pages) -> None:
    for name, words in (("waiver", "I am abroad until autumn."), ("accommodation", "A reason to keep")):
        for who, seen in (("office", True), ("learner", True), ("auditor", False)):
            readers.sign_in(asked.people.everybody()[who])
            assert (words in readers.get("requests.request", request_id=asked.ids[name]).text) is seen
            if who != "learner":
                assert (words in readers.get("requests.queue").text) is seen


def test_what_is_taken_back_is_ones_own_again(pages: Pages) -> None:
    asked = ask_everything(pages)
    pages.sign_in(asked.people.learner)
    pages.post("requests.withdraw", request_id=asked.ids["required"])
    assert "I did it in May." in pages.get("requests.request", request_id=asked.ids["required"]).text
    for who in ("champion", "office", "auditor"):
        pages.sign_in(asked.people.everybody()[who])
        page = pages.get("requests.request", request_id=asked.ids["required"])
        assert "I did it in May." not in page.text
        assert "I did it in May." not in pages.get("requests.queue", query={"state": "withdrawn"}).text


def test_a_champion_is_shown_no_standing_but_what_has_names(pages: Pages) -> None:
    asked = ask_everything(pages)
    make.requirement(make.module("EXTRA"), code="SECRET", title="A private matter", level="optional")
    both = make.module("ESSAY", title="Essay")
    make.requirement(both, code="MORE", title="Another private matter", level="optional")
    for who, seen in (("champion", False), ("office", True)):
        pages.sign_in(asked.people.everybody()[who])
        page = pages.get("requests.request", request_id=asked.ids["required module"])
        assert ("Another private matter" in page.text) is seen
        assert "The course" in page.text


def test_what_other_features_are_told(asked: Asked) -> None:
    people = asked.people
    champion, office, auditor = map(actor_of, (people.champion, people.office, people.auditor))
    waiting = queries.waiting_for(champion)
    assert {one.id for one in waiting} == {asked.ids[name] for name in HELPED}
    assert [one.id for one in waiting] == sorted(one.id for one in waiting)
    assert {one.asker for one in waiting} == {"Lea Learner"}
    assert [one.id for one in queries.waiting_for(champion, limit=2)] == [one.id for one in waiting[:2]]
    assert queries.number_waiting(champion) == len(HELPED)
    assert queries.own_waiting(champion) == 2
    assert queries.number_waiting(office) == len(asked.ids)
    assert (queries.number_waiting(auditor), queries.waiting_for(auditor), queries.own_waiting(auditor)) == (0, [], 0)
    assert queries.own_waiting(actor_of(people.learner)) == len(asked.ids) - 2
    assert queries.number_waiting(actor_of(people.learner)) == 0
