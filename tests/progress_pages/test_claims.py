"""Claims that wait: seen by who may decide them, decided once, never one's own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.progress_pages.conftest import World, completions_of, reference_of
from tests.support import cast, make, trail
from tests.support.cast import Cast
from tests.support.clocks import pass_time
from tests.support.make import Account, Person
from tests.support.pages import Page, Pages
from tests.support.statements import statements
from tracker.core import clock
from tracker.core.actor import Actor, Right, Role
from tracker.core.database import db
from tracker.core.words import day as in_words
from tracker.progress.commands import completions as commands
from tracker.progress.commands.completions import Statement
from tracker.progress.figures.check import differences
from tracker.progress.models import Completion

VERIFY = "Verify the claim of Ada Asked: Essay"


@pytest.fixture
def claim(world: World, pages: Pages) -> int:
    """Ada's claim of an essay that has to be verified, with a note; Cara is signed in."""
    essay = make.module("ESSAY", title="Essay", evidence="verification")
    make.requirement(essay, title="Writing")
    found = make.completion(world.ada, essay, on=make.day(9), claimed=True, note="It is on the ward's board.")
    pages.sign_in(world.champion)
    return found


def as_actor(account: Account) -> Actor:
    """An account that may do everything with its own record."""
    assert account.person is not None
    return Actor(account.id, account.person.id, frozenset(Right), frozenset(), clock.today())


def test_waiting_claims_say_what_there_is_to_decide(claim: int, pages: Pages) -> None:
    page = pages.get("claims.waiting")
    assert page.texts(".lede p") == ["1 claim waits for you, the oldest since today."]
    words = page.text
    for part in ("Ada Asked", "Medicine, staff", "Essay", "It is on the ward's board.", "Waiting since today"):
        assert part in words


def test_one_press_verifies(claim: int, world: World, pages: Pages) -> None:
    done = pages.submit(pages.get("claims.waiting"), VERIFY)
    assert done.messages == ["Verified: Ada Asked, Essay. Undo"]
    assert "Nothing to decide" in done.text
    assert [row[1] for row in completions_of(world.ada)] == ["claimed", "verified"]
    assert trail.verbs()[-1] == "completion.verified"
    pages.sign_in(world.learner)
    assert pages.get("learner.home").texts(".lede p") == ["You are up to date."]


def test_a_claim_is_shown_with_what_it_would_change(claim: int, world: World, pages: Pages) -> None:
    make.completion(world.ada, "ESSAY", on=make.day(800))
    page = pages.get("claims.decide", completion_id=claim)
    assert page.h1 == "Decide Ada Asked\N{RIGHT SINGLE QUOTATION MARK}s claim"
    facts = dict(zip(page.texts(".facts dt"), page.texts(".facts dd"), strict=True))
    assert facts["Home"] == "Medicine, staff"
    assert facts["Waiting"] == "since today"
    assert "Writing" in page.text
    assert page.texts(".change-line")[0].startswith("Done on ")
    assert "Verified" in page.texts(".column-aside .rows")[1]


def test_a_reason_is_needed_to_turn_a_claim_down(claim: int, world: World, pages: Pages) -> None:
    page = pages.get("claims.decide", completion_id=claim)
    refused = pages.submit(page, "Turn it down", status=422)
    assert refused.errors == ["Enter why it cannot be verified"]
    long = pages.submit(page, "Turn it down", note="n" * 2_001, status=422)
    assert long.errors == ["The reason must be 2,000 characters or fewer"]
    assert (
        pages.post("claims.decide", {"note": "n" * 10 * 2**20}, completion_id=claim, status=422).errors == long.errors
    )
    assert len(completions_of(world.ada)) == 1

    done = pages.submit(page, "Turn it down", note="Which ward?")
    assert done.messages == ["Not verified: Ada Asked, Essay. The reason is on the record. Undo"]
    assert trail.verbs()[-1] == "completion.rejected"
    pages.sign_in(world.learner)
    assert "Which ward?" in pages.get("learner.receipt", reference=reference_of(claim)).text


def test_a_decision_is_undone_at_once(claim: int, world: World, pages: Pages) -> None:
    done = pages.submit(pages.get("claims.waiting"), VERIFY)
    back = pages.submit(done, "Undo")
    assert back.messages == ["Undone. It waits for a decision again."]
    assert back.texts(".card h2") == ["Ada Asked"]
    assert "It is on the ward's board." in back.text
    assert [row[1] for row in completions_of(world.ada)] == ["claimed", "verified", "claimed"]
    assert trail.verbs()[-2:] == ["completion.undone", "bulk_deed.undone"]
    assert list(differences()) == []
    again = pages.submit(done, "Undo")
    assert again.messages == ["This has been undone already."]
    refused = pages.submit(pages.open(back.link("Ada Asked")), "Turn it down", note="Which ward?")
    assert refused.messages[0].startswith("Not verified: ")
    pages.sign_in(world.learner)
    story = pages.get("learner.receipt", reference=reference_of(claim))
    assert "Not verified" in story.text
    assert "The decision was taken back" in story.text
    assert "withdrew" not in story.text


def test_what_was_turned_down_can_be_taken_up_again(claim: int, world: World, pages: Pages) -> None:
    opened = pages.get("claims.decide", completion_id=claim)
    done = pages.submit(opened, "Turn it down", note="Which ward?")
    listed = pages.get("dashboards.deeds")
    assert listed.texts(".todo-what a") == ["Turned down Essay for Ada Asked"]
    told = pages.open(listed.link("Turned down Essay for Ada Asked"))
    assert told.h1 == "Turned down 1 claim"
    assert pages.submit(told, "Undo").h1 == "Undone for 1 of 1 person"
    assert pages.get("claims.waiting").texts(".card h2") == ["Ada Asked"]
    assert done.path == "/claims"


def test_what_somebody_touched_since_is_not_undone(claim: int, world: World, pages: Pages) -> None:
    done = pages.submit(pages.get("claims.waiting"), VERIFY)
    verified = max(made_of(world.ada))
    commands.correct_for(make.by(), verified, Statement("ESSAY", make.day(3)))
    told = pages.submit(done, "Undo")
    assert told.h1 == "Undone for 0 of 1 person"
    assert "changed since" in told.text
    assert [row[1] for row in completions_of(world.ada)] == ["claimed", "verified", "verified"]


def test_a_decision_is_undone_within_a_day_and_by_its_doer(
    claim: int, world: World, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = pages.submit(pages.get("claims.waiting"), VERIFY)
    path = str(done.form("Undo")["action"])
    deed_id = int(path.split("/")[-2])
    pages.sign_in(make.champion(world.unit))
    pages.post("claims.undo", deed_id=deed_id, status=404)
    pages.sign_in(make.account(Role.OFFICE))
    pages.post("claims.undo", deed_id=deed_id, status=403)
    pass_time(monkeypatch, timedelta(hours=24))
    pages.sign_in(world.champion)
    assert "more than 24 hours ago" in pages.post("claims.undo", deed_id=deed_id).messages[0]
    assert [row[1] for row in completions_of(world.ada)] == ["claimed", "verified"]


def test_a_claim_of_somebody_without_a_home_is_decided_and_undone_too(world: World, pages: Pages) -> None:
    make.requirement(make.module("ESSAY", title="Essay", evidence="verification"))
    gone = make.person("Leo Left", unit=world.unit, ends_on=make.day(1))
    make.completion(gone, "ESSAY", claimed=True)
    pages.sign_in(make.account(Role.OFFICE))
    done = pages.submit(pages.get("claims.waiting"), "Verify the claim of Leo Left: Essay")
    assert pages.get("dashboards.deeds").texts(".todo-what a") == ["Verified Essay for Leo Left"]
    pages.submit(done, "Undo")
    assert [row[1] for row in completions_of(gone)] == ["claimed", "verified", "claimed"]


def made_of(person: Person) -> list[int]:
    """The ids of what is on record, in order."""
    db.session.rollback()
    found = list(db.session.scalars(select(Completion.id).where(Completion.person_id == person.id)))
    db.session.rollback()
    return found


@pytest.mark.parametrize("level", ["required", "optional"])
def test_who_comes_second_is_told(world: World, pages: Pages, level: str) -> None:
    essay = make.module("ESSAY", title="Essay", evidence="verification")
    make.requirement(essay, level=level)
    claim = make.completion(world.ada, essay, claimed=True)
    pages.sign_in(world.champion)
    listed, opened = pages.get("claims.waiting"), pages.get("claims.decide", completion_id=claim)
    commands.verify(make.by(), claim)
    before = completions_of(world.ada)

    for page in (
        pages.submit(listed, VERIFY, status=409),
        pages.submit(opened, "Turn it down", note="No", status=409),
        pages.get("claims.decide", completion_id=claim, status=409),
    ):
        assert page.h1 == "Somebody was first"
        assert page.link("See the claims that wait") == "/claims"
    assert completions_of(world.ada) == before


def test_pressed_twice_it_is_verified_once_and_said_calmly(claim: int, world: World, pages: Pages) -> None:
    listed, opened = pages.get("claims.waiting"), pages.get("claims.decide", completion_id=claim)
    pages.submit(listed, VERIFY)
    before = completions_of(world.ada)
    again = pages.submit(listed, VERIFY)
    assert again.h1 == "Claims"
    assert again.messages == ["You have verified it already: Ada Asked, Essay."]
    assert not again.html.select(".banner-error")
    for page in (
        pages.submit(opened, "Turn it down", note="No", status=409),
        pages.get("claims.decide", completion_id=claim, status=409),
    ):
        assert page.h1 == "You have verified it already"
        assert page.texts(".lede p")[0] == "Ada Asked, Essay: your decision stands."
        assert page.link("What you did lately") == "/deeds"
    assert completions_of(world.ada) == before


def test_turned_down_twice_is_said_calmly_too(claim: int, world: World, pages: Pages) -> None:
    opened = pages.get("claims.decide", completion_id=claim)
    pages.submit(opened, "Turn it down", note="Which ward?")
    again = pages.submit(opened, "Turn it down", note="Which ward?")
    assert again.messages == ["You have turned it down already: Ada Asked, Essay."]
    assert [row[1] for row in completions_of(world.ada)] == ["claimed", "rejected"]


def test_two_presses_at_the_same_moment_verify_once(app: Flask, claim: int, world: World, pages: Pages) -> None:
    token = pages.get("claims.waiting").one("main input[name=csrf_token]")["value"]
    cookie = pages.client.get_cookie("waymark")
    assert cookie is not None

    def send(_: int) -> int:
        client = app.test_client()
        client.set_cookie("waymark", cookie.value)
        return client.post(f"/claims/{claim}/verify", data={"csrf_token": token}).status_code

    with ThreadPoolExecutor(4) as crowd:
        assert set(crowd.map(send, range(4))) == {303}
    assert [row[1] for row in completions_of(world.ada)] == ["claimed", "verified"]


def test_a_claim_withdrawn_meanwhile_is_told_too(claim: int, world: World, pages: Pages) -> None:
    listed = pages.get("claims.waiting")
    commands.withdraw(as_actor(world.learner), claim)
    assert pages.submit(listed, VERIFY, status=409).h1 == "Somebody was first"


def test_nobody_decides_her_own(world: World, pages: Pages) -> None:
    essay = make.module("ESSAY", title="Essay", evidence="verification")
    make.requirement(essay)
    assert world.champion.person is not None
    own = make.completion(world.champion.person, essay, claimed=True)
    pages.sign_in(world.champion)
    page = pages.get("claims.waiting")
    assert page.texts(".lede p") == [
        "No claims are waiting for you.",
        "1 claim of your own waits too: somebody else has to decide it.",
    ]
    for page in (
        pages.get("claims.decide", completion_id=own, status=403),
        pages.post("claims.decide", {"note": "No"}, completion_id=own, status=403),
        pages.post("claims.verify", completion_id=own, status=403),
    ):
        assert page.h1 == "Somebody else has to decide this"
    assert len(completions_of(world.champion.person)) == 1


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast.gather()


def essay_of(person: Person, **said: date) -> int:
    """A claim of the essay."""
    return make.completion(person, "ESSAY", claimed=True, on=said.get("on"))


@pytest.fixture
def claims(people: Cast) -> dict[str, int]:
    """A claim in the department, one in its division, one elsewhere, and one of somebody who left."""
    make.requirement(make.module("ESSAY", title="Essay", evidence="verification"), level="optional")
    below = make.person("Dora Division", unit=people.division)
    other = make.person("Otto Other", unit=people.elsewhere)
    assert people.learner.person is not None
    assert people.leaver.person is not None
    return {
        "Lea Learner": essay_of(people.learner.person),
        "Dora Division": essay_of(below),
        "Otto Other": essay_of(other),
        "Leo Left": essay_of(people.leaver.person),
    }


SEEN = {
    "champion": {"Lea Learner", "Dora Division"},
    "champion_above": {"Lea Learner", "Dora Division", "Otto Other"},
    "champion_elsewhere": {"Otto Other"},
    "office": {"Lea Learner", "Dora Division", "Otto Other", "Leo Left"},
}


@pytest.mark.parametrize("who", ["champion", "champion_above", "champion_elsewhere", "office"])
def test_everybody_sees_the_claims_in_her_sight_and_no_others(
    people: Cast, claims: dict[str, int], pages: Pages, who: str
) -> None:
    pages.sign_in(people.everybody()[who])
    assert set(pages.get("claims.waiting").texts(".card h2")) == SEEN[who]
    for name, claim in claims.items():
        seen = name in SEEN[who]
        pages.get("claims.decide", completion_id=claim, status=200 if seen else 404)
        if not seen:
            pages.post("claims.verify", completion_id=claim, status=404)
            pages.post("claims.decide", {"note": "No"}, completion_id=claim, status=404)


@pytest.mark.parametrize("who", ["learner", "champion_before", "leaver", "auditor", "administrator", "nobody"])
def test_all_others_decide_nothing(people: Cast, claims: dict[str, int], pages: Pages, who: str) -> None:
    account = people.everybody()[who]
    pages.sign_in(account)
    claim = claims["Dora Division"]
    if account is None:
        assert pages.get("claims.waiting").path.startswith("/sign-in")
        assert pages.post("claims.verify", completion_id=claim).path.startswith("/sign-in")
        return
    pages.get("claims.waiting", status=403)
    pages.get("claims.decide", completion_id=claim, status=403)
    pages.post("claims.decide", {"note": "No"}, completion_id=claim, status=403)
    pages.post("claims.verify", completion_id=claim, status=403)


def test_what_counts_at_once_waits_for_nobody(world: World, pages: Pages) -> None:
    course = make.module("AWARE")
    make.requirement(course)
    claim = make.completion(world.ada, course, claimed=True)
    pages.sign_in(world.champion)
    assert "Nothing to decide" in pages.get("claims.waiting").text
    pages.get("claims.decide", completion_id=claim, status=404)
    pages.post("claims.verify", completion_id=claim, status=404)


def test_a_champion_learns_nothing_of_requirements_without_names(world: World, pages: Pages) -> None:
    essay = make.module("ESSAY", title="Essay", evidence="verification")
    make.requirement(essay, title="A private matter", level="optional")
    make.completion(world.ada, essay, on=make.day(100))
    claim = make.completion(world.ada, essay, claimed=True)
    pages.sign_in(world.champion)
    page = pages.get("claims.decide", completion_id=claim)
    assert "A private matter" not in page.text
    assert "Nothing else is on record for this module." in page.text
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.get("claims.decide", completion_id=claim)
    assert "A private matter" in page.text
    assert page.texts(".column-aside .rows")[1].startswith("Essay")


def test_claims_come_oldest_first_and_in_pages(world: World, pages: Pages) -> None:
    make.requirement(make.module("ESSAY", title="Essay", evidence="verification"))
    for number in range(27):
        make.completion(make.person(f"Person {number:02}", unit=world.unit), "ESSAY", claimed=True)
    pages.sign_in(world.champion)
    first, second = pages.get("claims.waiting"), pages.get("claims.waiting", query={"page": 2})
    assert first.texts(".card h2") == [f"Person {number:02}" for number in range(25)]
    assert "1 to 25 of 27 claims" in first.text
    assert second.texts(".card h2") == ["Person 25", "Person 26"]
    assert "26 to 27 of 27 claims" in second.text
    for odd in ("99", "0", "-1", "x", "9" * 40):
        assert pages.get("claims.waiting", query={"page": odd}).texts(".card h2")


def test_the_list_takes_as_many_statements_for_fifty_as_for_one(world: World, pages: Pages) -> None:
    make.requirement(make.module("ESSAY", title="Essay", evidence="verification"))
    claim = make.completion(world.ada, "ESSAY", claimed=True)
    pages.sign_in(world.champion)

    def count() -> tuple[int, int]:
        pages.get("claims.waiting")
        with statements() as listed:
            pages.get("claims.waiting")
        with statements() as opened:
            pages.get("claims.decide", completion_id=claim)
        return len(listed), len(opened)

    few = count()
    for number in range(50):
        make.completion(make.person(unit=world.unit), "ESSAY", claimed=True)
        make.completion(world.ada, "ESSAY", on=make.day(number + 2), claimed=True)
    assert count() == few


def test_claims_are_one_number_wherever_they_are_counted(claim: int, world: World, pages: Pages) -> None:
    """Also where somebody claimed twice, or has it from a record too; never one's own."""
    assert world.champion.person is not None
    make.completion(world.ada, "ESSAY", on=make.day(8), claimed=True)
    make.completion(world.ada, "ESSAY", on=make.day(3))
    make.completion(world.champion.person, "ESSAY", claimed=True)
    make.module("ELECTIVE", title="Elective", evidence="verification")
    make.completion(make.person("Bo", unit=make.unit(parent=world.unit)), "ELECTIVE", claimed=True)
    waits = "3 completions wait to be verified"
    assert pages.get("claims.waiting").texts(".lede p")[0].startswith("3 claims wait for you")
    assert pages.get("dashboards.start").texts(".needs li")[0].startswith(waits)
    assert pages.get("dashboards.unit", code="MED").texts(".needs li")[0].startswith(waits)
    assert f"{waits} here." in pages.get("dashboards.handover", code="MED").text
    many = [pages.get("dashboards.verify_preview", code="MED", query={"course": one}) for one in ("ESSAY", "ELECTIVE")]
    assert [one.texts(".lede p") for one in many] == [["2 claims will be verified."], ["1 claim will be verified."]]
    pages.sign_in(make.account(Role.OFFICE))
    assert pages.get("dashboards.unit", code="MED").texts(".needs li")[0].startswith("4 completions wait")


def test_a_claim_that_changes_nothing_any_more_says_so_where_it_is_offered(
    claim: int, world: World, pages: Pages
) -> None:
    def offered() -> list[str]:
        preview = pages.get("dashboards.verify_preview", code="MED", query={"course": "ESSAY"})
        return [page.text for page in (pages.get("claims.waiting"), opened(), preview)]

    def opened() -> Page:
        return pages.get("claims.decide", completion_id=claim)

    assert not any("already counts" in text for text in offered())
    make.completion(world.ada, "ESSAY", on=make.day(3))
    since = in_words(make.day(3)).replace("\N{NO-BREAK SPACE}", " ")
    counts = f"The module already counts since {since}, without this claim"
    assert [counts in text for text in offered()] == [True] * 3


@pytest.mark.parametrize(("record", "is_told"), [(12, False), (3, True), (400, False)])
def test_a_claim_that_lasts_longer_than_the_record_is_still_needed(
    world: World, pages: Pages, record: int, is_told: bool
) -> None:
    make.requirement(make.module("ESSAY", title="Essay", evidence="verification"), repeat={"months": 12})
    make.completion(world.ada, "ESSAY", on=make.day(9), claimed=True)
    make.completion(world.ada, "ESSAY", on=make.day(record))
    pages.sign_in(world.champion)
    assert ("already counts" in pages.get("claims.waiting").text) is is_told


def test_a_champion_is_not_told_what_counts_for_a_requirement_without_names(world: World, pages: Pages) -> None:
    essay = make.module("ESSAY", title="Essay", evidence="verification")
    make.requirement(essay, level="optional")
    make.completion(world.ada, essay, on=make.day(9), claimed=True)
    make.completion(world.ada, essay, on=make.day(10))
    for account, is_told in ((world.champion, False), (make.account(Role.OFFICE), True)):
        pages.sign_in(account)
        assert ("already counts" in pages.get("claims.waiting").text) is is_told
