"""The queue: oldest first, narrowed by its address, in pages; and what it asks of the database."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.requests.conftest import (
    World,
    actor_of,
    ask_for_waiver,
    ask_to_dispute,
    ids_of,
    open_form,
)
from tests.support import make
from tests.support.pages import Pages
from tests.support.statements import statements
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.exchange.commands.dump import dump
from tracker.exchange.commands.load import load
from tracker.requests import commands
from tracker.requests.commands import Asked
from tracker.requests.models import Request
from tracker.requests.rules import Kind


def dispute_by(world: World, number: int) -> None:
    """Disputes of the course by so many people of the unit."""
    requirement_id, _ = ids_of("YEARLY", "ESSAY")
    for count in range(number):
        asker = actor_of(make.learner(world.unit, f"Person {count:02}"))
        commands.ask(asker, Asked(Kind.DISPUTE, "words", requirement_id=requirement_id, day=make.day(0)))


def test_it_says_who_asks_what_and_since_when(world: World, pages: Pages) -> None:
    ask_to_dispute(pages, "n" * 100 + " " + "m" * 100)
    pages.sign_in(world.champion)
    page = pages.get("requests.queue")
    assert page.texts(".lede p") == ["1 request waits for you, the oldest since today."]
    assert page.texts(".records a")[0].startswith("Ada Asked: Dispute")
    note = page.texts(".records .todo-what .row-note")[0]
    assert note.startswith("The course · Medicine · nnn")
    assert note.endswith("n …")
    assert page.texts(".main-nav a[aria-current]") == ["Requests 1"]


def test_it_is_narrowed_by_kind_and_state(world: World, pages: Pages) -> None:
    disputed, waived = ask_to_dispute(pages), ask_for_waiver(pages)
    pages.sign_in(world.office)
    page = pages.get("requests.queue")
    assert [str(a["href"]) for a in page.html.select(".records a")] == [f"/requests/{disputed}", f"/requests/{waived}"]
    narrowed = pages.submit(page, "Show", kind="waiver")
    assert [str(a["href"]) for a in narrowed.html.select(".records a")] == [f"/requests/{waived}"]
    assert "Nothing fits" in pages.submit(page, "Show", kind="waiver", state="granted").text
    pages.submit(pages.get("requests.request", request_id=waived), outcome="granted")
    granted = pages.get("requests.queue", query={"state": "granted"})
    assert granted.texts(".lede p") == ["1 request granted."]
    assert granted.texts(".records .status") == ["Granted"]
    assert pages.get("requests.queue", query={"kind": "odd", "state": "odd"}).errors


def test_what_one_can_answer_comes_first_where_everything_is_shown(world: World, pages: Pages) -> None:
    answered, taken_back = ask_to_dispute(pages), ask_to_dispute(pages, days_ago=1)
    pages.submit(pages.get("requests.request", request_id=taken_back), "Withdraw it")
    first, second = ask_for_waiver(pages), ask_to_dispute(pages, days_ago=2)
    pages.sign_in(world.office)
    pages.submit(pages.get("requests.request", request_id=answered), answer="We found it.")
    page = pages.submit(pages.get("requests.queue"), "Show", state="")
    assert page.texts(".lede p") == ["4 requests, what waits for you first."]
    assert page.texts(".column-main h2") == ["Waits for you", "Settled"]
    order = [int(str(a["href"]).rsplit("/", 1)[1]) for a in page.html.select(".records a")]
    assert order == [first, second, taken_back, answered]
    assert page.texts(".records .status") == ["Waiting", "Waiting", "Withdrawn", "Answered"]
    pages.sign_in(make.account(Role.AUDITOR))
    assert pages.get("requests.queue", query={"state": ""}).texts(".column-main h2")[0] == "Waits for an answer"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"state": "declined"}, "No request was declined."),
        ({"state": "granted", "kind": "waiver"}, "No request of this kind was granted."),
        ({"kind": "waiver"}, "No request of this kind waits."),
        ({"state": ""}, "No request has come in yet."),
    ],
)
def test_an_empty_queue_says_what_there_is_none_of(
    world: World, pages: Pages, query: dict[str, str], words: str
) -> None:
    pages.sign_in(world.office)
    page = pages.get("requests.queue", query=query)
    assert words in page.text
    assert page.link("See what waits") == "/requests"


def test_it_comes_oldest_first_and_in_pages(world: World, pages: Pages) -> None:
    dispute_by(world, 27)
    pages.sign_in(world.champion)
    first, second = pages.get("requests.queue"), pages.get("requests.queue", query={"page": 2})
    assert [name[:9] for name in first.texts(".records a")] == [f"Person {number:02}" for number in range(25)]
    assert "1 to 25 of 27 requests" in first.text
    assert len(second.texts(".records a")) == 2
    for odd in ("99", "0", "-1", "x", "9" * 40):
        assert pages.get("requests.queue", query={"page": odd}).texts(".records a")


@pytest.mark.parametrize("role", [Role.CHAMPION, Role.OFFICE])
def test_pages_ask_as_often_for_many_as_for_one(world: World, pages: Pages, role: Role) -> None:
    own = ask_to_dispute(pages)
    pages.sign_in(world.champion if role is Role.CHAMPION else world.office)
    mine = ask_to_dispute(pages)

    def count() -> list[int]:
        found = []
        for path in (
            "/requests",
            f"/requests/{own}",
            "/requests/mine",
            f"/requests/{mine}",
            "/requests/new?kind=waiver",
        ):
            pages.open(path)
            with statements() as ran:
                pages.open(path)
            found.append(len(ran))
        return found

    few = count()
    dispute_by(world, 20)
    for number in range(5):
        ask_to_dispute(pages, days_ago=number + 1)
        make.module()
    assert count() == few


def test_the_navigation_counts_in_one_statement(world: World, pages: Pages) -> None:
    for account, number in ((world.learner, 1), (world.champion, 2), (world.office, 2)):
        pages.sign_in(account)
        pages.get("accounts.password")
        with statements() as ran:
            pages.get("accounts.password")
        assert len(ran) == number, ran


def test_requests_go_with_the_facts_they_are_about(world: World, pages: Pages, tmp_path: Path) -> None:
    request_id = ask_for_waiver(pages)
    pages.submit(open_form(pages, "older", module="AWARE", on=make.day(100).isoformat()))
    pages.sign_in(world.office)
    pages.submit(pages.get("requests.request", request_id=request_id), outcome="granted")
    db.session.rollback()
    dump(tmp_path / "out")
    load(make.by(), tmp_path / "out", replace=True)
    assert db.session.scalar(select(func.count()).select_from(Request)) == 0


def test_a_hand_over_counts_what_waits_in_that_unit_alone(world: World, pages: Pages) -> None:
    ask_to_dispute(pages)
    surgery = make.unit("Surgery", code="SURG")
    theatre = make.unit("Theatre", parent=surgery)
    pages.sign_in(make.learner(theatre))
    ask_to_dispute(pages)
    both = make.champion(world.unit, surgery, home=make.unit("Away"))
    pages.sign_in(both)
    actor = actor_of(both)
    commands.ask(actor, Asked(Kind.MISSING, name="Mia Missing", unit_id=surgery.id))
    for code in ("MED", "SURG"):
        assert "1 request waits for your answer here." in pages.get("dashboards.handover", code=code).text
    pages.sign_in(world.office)
    assert "1 request waits for your answer here." in pages.get("dashboards.handover", code="MED").text
    assert "2 requests wait for your answer here." in pages.get("dashboards.handover", code="SURG").text
