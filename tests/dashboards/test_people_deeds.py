"""What is done from the list of people for those ticked, or for all who match; and undoing it."""

import csv
from datetime import timedelta
from io import StringIO

import pytest

from tests.support import make
from tests.support.clocks import pass_time
from tests.support.make import Account, Person, Unit
from tests.support.pages import Page, Pages
from tracker.core import jobs
from tracker.core.actor import Actor, Right, Role
from tracker.core.database import db
from tracker.core.words import day
from tracker.curriculum.rules import Module
from tracker.progress.commands import completions
from tracker.progress.commands.completions import Statement
from tracker.progress.models import Completion
from tracker.progress.rules import State

LOG, VERIFY, WRITE, SHOW = "Log attendance", "Verify their claims", "Write to them", "Show who is meant"
HOME = " Medicine, staff, nonclinical"


@pytest.fixture
def medicine() -> Unit:
    """A department."""
    return make.unit("Medicine", code="MED")


@pytest.fixture
def module() -> Module:
    """A required module."""
    made = make.module(code="AWARE", title="Awareness")
    make.requirement(made, code="R", title="Yearly")
    return made


@pytest.fixture
def essay() -> Module:
    """A required module that wants verification."""
    made = make.module(code="ESSAY", title="Essay", evidence="verification")
    make.requirement(made, code="E", title="Writing")
    return made


@pytest.fixture
def champion(pages: Pages, medicine: Unit) -> Account:
    """Its champion, signed in; she works elsewhere in the house, so that she is in none of its lists."""
    account = make.champion(medicine, name="Cara", home=make.unit())
    pages.sign_in(account)
    return account


def people(unit: Unit, number: int, **kind: str) -> list[Person]:
    """So many people at home in a unit."""
    return [make.person(f"Person {index:03}", unit=unit, **kind) for index in range(number)]


def listed(pages: Pages, **query: object) -> Page:
    """The list of the department."""
    return pages.get("dashboards.people", code="MED", query=query)


def recorded(state: State = State.VERIFIED) -> set[int]:
    """Who has a completion of that state that nothing replaces."""
    db.session.remove()
    replaced = db.session.query(Completion.corrects_id).where(Completion.corrects_id.is_not(None))
    rows = db.session.query(Completion.person_id).filter(Completion.state == state, Completion.id.not_in(replaced))
    return {person_id for (person_id,) in rows}


def named(page: Page) -> list[str]:
    """Who stands in the lists of a preview, without where they are at home."""
    return [words.removesuffix(HOME) for words in page.texts(".bullets li")]


def test_attendance_of_those_ticked_is_logged_and_undone(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    ada, bo, cleo = (make.person(name, unit=medicine) for name in ("Ada", "Bo", "Cleo"))
    choose = pages.submit(listed(pages), LOG, people=[ada.id, cleo.id])
    assert choose.h1 == "Log for many people of Medicine"
    assert choose.texts("h2") == ["For 2 people you ticked"]
    assert choose.texts(".bullets li") == ["Ada", "Cleo"]
    preview = pages.submit(choose, SHOW, course="AWARE")
    assert named(preview) == ["Ada", "Cleo"]
    done = pages.submit(preview, "Record for 2 people")
    assert recorded() == {ada.id, cleo.id}
    assert "You can undo this until" in done.text
    undone = pages.submit(done, "Undo")
    assert undone.h1 == "Undone for 2 of 2 people"
    assert undone.path == done.path
    assert recorded() == set()
    assert recorded(State.REJECTED) == {ada.id, cleo.id}
    assert bo.name in listed(pages).text


def test_all_that_match_are_meant_by_their_filter(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    faculty = people(medicine, 60, category="faculty")
    people(medicine, 3, category="staff")
    page = listed(pages, requirement="R", category="faculty")
    assert "All 60 that match" in page.text
    choose = pages.submit(page, LOG, scope="all", people=[])
    assert choose.texts("h2") == ["For all 60 people who match"]
    assert choose.texts(".facts dd") == ["Yearly", "something left to do", "faculty"]
    assert choose.one("select[name=course] option[selected]").get_text() == "Awareness"
    preview = pages.submit(choose, SHOW)
    assert "It will be recorded for 60 people." in preview.text
    newcomer = make.person("Newcomer", unit=medicine, category="faculty")
    make.completion(faculty[7], module, on=make.day(0))
    done = pages.submit(preview, "Record for 60 people")
    while jobs.run_due():
        pass
    done = pages.open(done.path)
    assert done.h1 == "Recorded for 59 people"
    assert "Something had changed since you looked" in done.text
    assert "Person 007: recorded for the same day meanwhile" in done.text
    assert recorded() == {one.id for one in faculty}
    assert newcomer.id not in recorded()


def test_when_nobody_is_left_the_preview_says_why(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    ada = make.person("Ada", unit=medicine)
    choose = pages.submit(listed(pages), LOG, people=[ada.id])
    preview = pages.submit(choose, SHOW, course="AWARE")
    make.completion(ada, module, on=make.day(0))
    again = pages.submit(preview, "Record for 1 person", status=422)
    assert again.errors == ["Nothing was done: nobody is left for whom this could be recorded."]
    assert again.texts("h2")[1:] == ["Passed over: recorded already"]


def test_claims_of_those_ticked_are_verified_and_given_back(
    pages: Pages, medicine: Unit, module: Module, essay: Module, champion: Account
) -> None:
    ada, bo, cleo = (make.person(name, unit=medicine) for name in ("Ada", "Bo", "Cleo"))
    for one in (ada, bo):
        make.completion(one, essay, claimed=True, note=f"By {one.name}")
    choose = pages.submit(listed(pages, requirement="E"), VERIFY, people=[ada.id, cleo.id])
    assert choose.h1 == "Verify for many people of Medicine"
    assert choose.texts("select[name=course] option") == ["Choose…", "Essay"]
    preview = pages.submit(choose, "Show the claims", course="ESSAY")
    assert "1 claim will be verified." in preview.text
    assert preview.texts(".todo-what") == ["AdaBy Ada"]
    done = pages.submit(preview, "Verify 1 claim")
    assert done.h1 == "Verified 1 claim"
    assert recorded() == {ada.id}
    undone = pages.submit(done, "Undo")
    assert "The claim waits for a decision again." in undone.text
    assert recorded(State.CLAIMED) == {ada.id, bo.id}
    assert len(pages.get("claims.waiting").html.select("main .card")) == 2


def test_previews_can_be_opened_again(
    pages: Pages, medicine: Unit, module: Module, essay: Module, champion: Account
) -> None:
    ada, bo = people(medicine, 2)
    make.completion(ada, essay, claimed=True)
    ticked = pages.submit(pages.submit(listed(pages), LOG, people=[ada.id, bo.id]), SHOW, course="AWARE")
    matching = pages.submit(pages.submit(listed(pages, requirement="R", q="Person 001"), LOG, scope="all"), SHOW)
    claims = pages.submit(pages.submit(listed(pages, requirement="E"), VERIFY, scope="all"), course="ESSAY")
    for page, names in ((ticked, [ada.name, bo.name]), (matching, [bo.name]), (claims, [ada.name])):
        assert page.path.partition("?")[0].endswith("/preview")
        shown = [words.removesuffix(HOME) for words in pages.open(page.path).texts(".bullets li, .todo-what")]
        assert shown == names
    again = pages.open(claims.link("Go back and change"))
    assert again.texts("h2") == ["Of all 2 people who match"]
    assert pages.submit(pages.open(claims.path), "Verify 1 claim").h1 == "Verified 1 claim"
    assert "No claims wait" in pages.open(claims.path).text
    assert pages.get("dashboards.verify_preview", code="MED").h1 == "Verify for many people of Medicine"


def test_of_very_many_ticked_a_filter_is_asked_for(
    pages: Pages, medicine: Unit, module: Module, essay: Module, champion: Account
) -> None:
    many = [str(number) for number in range(1, 1_002)]
    refused = pages.post("dashboards.write_to_many", {"people": many}, code="MED", status=422)
    assert "Tick 1,000 people at most" in refused.text
    query = {"course": "ESSAY", "scope": "ticked", "people": ",".join(many)}
    page = pages.get("dashboards.verify_preview", code="MED", query=query, status=422)
    assert "Tick 1,000 people at most" in page.errors[0]


def test_claims_of_everybody_here_and_of_all_who_match(
    pages: Pages, medicine: Unit, module: Module, essay: Module, champion: Account
) -> None:
    ada = make.person("Ada", unit=medicine, category="faculty")
    bo = make.person("Bo", unit=medicine)
    for one in (ada, bo):
        make.completion(one, essay, claimed=True)
    page = pages.get("dashboards.verify_many", code="MED")
    assert "Of everybody at home here today." in page.text
    assert "2 claims will be verified." in pages.submit(page, course="ESSAY").text
    matching = pages.submit(listed(pages, requirement="E", category="faculty"), VERIFY, scope="all")
    assert "1 claim will be verified." in pages.submit(matching, course="ESSAY").text
    nobody = pages.submit(listed(pages, requirement="R"), VERIFY, scope="all")
    assert pages.submit(nobody, course="ESSAY").text.count("will be verified") == 1
    pages.submit(nobody, status=422)


def test_where_nothing_is_verified_the_page_says_so(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    assert "Nothing to verify" in pages.get("dashboards.verify_many", code="MED").text


def test_people_without_names_cannot_be_meant(pages: Pages, medicine: Unit, module: Module, champion: Account) -> None:
    make.requirement(make.module(), code="READ", level="optional")
    people(medicine, 2)
    for endpoint in ("roster", "verify_many", "write_to_many"):
        address = pages.get("dashboards.people", code="MED").path.replace("people", endpoint.split("_")[0])
        address = address.replace("roster", "log") + "?requirement=READ"
        sent = {"csrf_token": pages.token(), "scope": "all", "deed": "choose"}
        assert pages.client.post(address, data=sent, follow_redirects=True).status_code == 403, address


def test_of_another_day_nothing_can_be_done(pages: Pages, medicine: Unit, module: Module, champion: Account) -> None:
    people(medicine, 2)
    page = listed(pages, as_of=make.day(3).isoformat())
    assert not page.html.select(".tick, .deeds")


def test_an_auditor_reads_only(pages: Pages, medicine: Unit, module: Module) -> None:
    people(medicine, 2)
    pages.sign_in(make.account(Role.AUDITOR))
    assert not listed(pages).html.select(".tick, .deeds")


def test_they_are_written_to(pages: Pages, medicine: Unit, module: Module, champion: Account) -> None:
    ada, bo = people(medicine, 2)
    stranger = make.person("Stranger", unit=make.unit())
    page = pages.submit(listed(pages), WRITE, people=[ada.id])
    assert page.h1 == "Write to 1 person"
    assert pages.open(page.path).h1 == "Write to 1 person"
    assert pages.submit(page, "Go on to the text").path == f"/messages/write?person={ada.id}"
    both = pages.submit(listed(pages), WRITE, scope="all")
    assert both.texts(".bullets li") == [ada.name, bo.name]
    assert "Nobody is chosen" in pages.submit(listed(pages), WRITE).text
    forged = pages.post("dashboards.write_to_many", {"people": stranger.id}, code="MED")
    assert forged.h1 == "Write to 0 people"
    pages.post("dashboards.write_to_many", {"people": "x"}, code="MED", status=422)


def test_recent_deeds_are_listed_with_their_way_back(
    pages: Pages, medicine: Unit, module: Module, champion: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Nothing yet" in pages.get("dashboards.deeds").text
    ada = make.person("Ada", unit=medicine)
    choose = pages.submit(listed(pages), LOG, people=[ada.id])
    done = pages.submit(pages.submit(choose, SHOW, course="AWARE"), "Record for 1 person")
    page = pages.open(done.link("What you did lately"))
    assert page.texts(".todo-what a") == ["Logged Awareness for Ada"]
    assert pages.open(page.link("Logged Awareness for Ada")).path == done.path
    pass_time(monkeypatch, timedelta(hours=25))
    late = pages.get("dashboards.deeds")
    assert "Undo" not in [button.get_text() for button in late.html.select("main button")]
    deed_id = int(done.path.rsplit("/", 1)[1])
    refused = pages.post("dashboards.undo", {}, deed_id=deed_id, status=409)
    assert "This can no longer be undone" in refused.text
    assert "This could be undone until" in pages.open(done.path).text


def test_undoing_twice_is_refused_in_words(pages: Pages, medicine: Unit, module: Module, champion: Account) -> None:
    ada = make.person("Ada", unit=medicine)
    choose = pages.submit(listed(pages), LOG, people=[ada.id])
    done = pages.submit(pages.submit(choose, SHOW, course="AWARE"), "Record for 1 person")
    pages.submit(done, "Undo")
    assert "This has been undone already." in pages.submit(done, "Undo", status=409).text


def test_a_deed_on_very_many_shows_how_far_it_is(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    many = people(medicine, 60)
    preview = pages.submit(pages.submit(listed(pages, requirement="R"), LOG, scope="all", people=[]), SHOW)
    page = pages.submit(preview, "Record for 60 people")
    assert page.h1 == "Being recorded: 25 of 60 people so far"
    assert page.headers["Refresh"] == f"3; url={page.path}"
    assert "You can leave this page" in page.text
    assert "undo" not in page.text.lower()
    assert "still to do for 35 people" in pages.get("dashboards.deeds").text
    while jobs.run_due():
        pass
    page = pages.open(page.path)
    assert page.h1 == "Recorded for 60 people"
    assert "Refresh" not in page.headers
    assert recorded() == {one.id for one in many}
    page = pages.submit(page, "Undo")
    assert page.h1 == "Being undone: 25 of 60 people so far"
    assert "still being undone" in pages.get("dashboards.deeds").text
    while jobs.run_due():
        pass
    assert pages.open(page.path).h1 == "Undone for 60 of 60 people"


def test_what_was_done_comes_as_a_file(pages: Pages, medicine: Unit, module: Module, champion: Account) -> None:
    ada, bo = make.person("Ada", unit=medicine), make.person("Bo", unit=medicine)
    preview = pages.submit(pages.submit(listed(pages), LOG, people=[ada.id, bo.id]), SHOW, course="AWARE")
    make.completion(bo, module, on=make.day(0))
    page = pages.submit(preview, "Record for 2 people")
    path = page.link("Download this list as CSV")
    rows = list(csv.DictReader(StringIO(pages.download(path).get_data(as_text=True))))
    assert [(row["name"], row["outcome"], row["why"]) for row in rows] == [
        ("Ada", "done", ""),
        ("Bo", "passed over", "recorded for the same day meanwhile"),
    ]
    assert (rows[0]["unit"], rows[0]["module"], rows[0]["undone_at"]) == ("MED", "AWARE", "")
    pages.submit(page, "Undo")
    rows = list(csv.DictReader(StringIO(pages.download(path).get_data(as_text=True))))
    assert rows[0]["outcome"] == "taken back"


def test_nobody_chosen_is_said_and_nothing_opened(
    pages: Pages, medicine: Unit, module: Module, essay: Module, champion: Account
) -> None:
    make.completion(make.person("Ada", unit=medicine), essay, claimed=True)
    page = listed(pages, q="Ada")
    for deed in (LOG, VERIFY):
        back = pages.submit(page, deed)
        assert back.h1 == "People of Medicine"
        assert back.messages == ["Nobody is chosen. Tick people in the list, or choose all that match."]
        assert "q=Ada" in back.path
    assert "Nobody is chosen" in pages.submit(page, WRITE).text


# Who is ticked stays so


def checked(page: Page) -> list[str]:
    """Who is ticked on the page, by name."""
    boxes = page.html.select(".people li:has(input[checked]) .person-name a")
    return [box.get_text() for box in boxes]


def sent_along(page: Page) -> list[str]:
    """Who is ticked and stands elsewhere."""
    return [str(box["value"]) for box in page.html.select("input[name=people][type=hidden]")]


def test_ticks_stay_while_one_searches_and_turns_pages(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    made = people(medicine, 120)
    second = pages.submit(listed(pages), "Next page", people=[made[3].id, made[4].id])
    assert second.texts(".people .person-name a")[0] == "Person 050"
    assert "2 people are ticked. Not on this page: Person 003 and Person 004." in second.text
    assert second.texts("[data-people-count]") == ["With the people ticked: 2"]
    assert sent_along(second) == [f"{made[3].id},{made[4].id}"]
    found = pages.submit(second, "Show the list", q="Person 00", people=[f"{made[3].id},{made[4].id}", made[60].id])
    assert checked(found) == ["Person 003", "Person 004"]
    assert "3 people are ticked. Not on this page: Person 060." in found.text
    alone = pages.submit(found, "Show the list", q="Person 111")
    assert "Not on this page: Person 003, Person 004 and Person 060." in alone.text
    choose = pages.submit(alone, LOG, people=[*sent_along(alone), made[111].id])
    assert choose.texts("h2") == ["For 4 people you ticked"]
    back = pages.open(choose.link("Cancel"))
    assert checked(back) == ["Person 111"]
    assert "4 people are ticked." in back.text
    unticked = pages.open(back.link("Untick all"))
    assert (checked(unticked), sent_along(unticked)) == ([], [])
    assert "q=Person+111" in unticked.path


def test_ticks_stay_when_the_list_is_sorted_or_narrowed_otherwise(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    ada, bo = make.person("Ada", unit=medicine), make.person("Bo", unit=medicine, category="faculty")
    page = pages.submit(listed(pages, requirement="R"), "Show the list", sort="status", people=[ada.id])
    assert checked(page) == ["Ada"]
    assert "sort=status" in page.path
    everybody = pages.open(page.link("Show everybody at home here"))
    assert checked(everybody) == ["Ada"]
    faculty = pages.submit(everybody, "Show the list", category="faculty")
    assert sent_along(faculty) == [str(ada.id)]
    nobody = pages.submit(faculty, "Show the list", q="nobody")
    assert "1 person is ticked. Not on this page: Ada." in nobody.text
    assert checked(pages.open(nobody.link("See everybody at home here"))) == ["Ada"]
    assert bo.name not in checked(everybody)


def test_so_many_stay_ticked_and_no_more(pages: Pages, medicine: Unit, module: Module, champion: Account) -> None:
    ada = make.person("Ada", unit=medicine)
    stranger = make.person("Stranger", unit=make.unit())
    few = listed(pages, ticked=f"{ada.id},{stranger.id}")
    assert "2 people are ticked. Not on this page: 1 other." in few.text
    many = listed(pages, ticked=",".join(map(str, range(1_000, 1_302))))
    assert "Up to 300 people stay ticked while you look on: 2 people are not ticked any more." in many.text
    assert "Not on this page: 300 others." in many.text
    assert len(many.source) < 150_000
    pages.get("dashboards.people", code="MED", query={"ticked": "x"}, status=422)
    assert "ticked" not in listed(pages, as_of=make.day(3).isoformat(), ticked=str(ada.id)).text


# Undone in part


def test_what_was_undone_in_part_is_said_so(pages: Pages, medicine: Unit, module: Module, champion: Account) -> None:
    ada, bo, cleo = (make.person(name, unit=medicine) for name in ("Ada", "Bo", "Cleo"))
    choose = pages.submit(listed(pages), LOG, people=[ada.id, bo.id, cleo.id])
    done = pages.submit(pages.submit(choose, SHOW, course="AWARE"), "Record for 3 people")
    of = {row.person_id: row.id for row in db.session.query(Completion)}
    db.session.remove()
    office = Actor(make.account(Role.OFFICE).id, None, frozenset(Right), frozenset(), make.day(0))
    completions.correct_for(office, of[bo.id], Statement("AWARE", make.day(3)))
    completions.correct_for(office, of[cleo.id], Statement("AWARE", make.day(0)), state=State.REJECTED)
    undone = pages.submit(done, "Undo")
    assert undone.h1 == "Undone for 1 of 3 people"
    assert "It counts no more for 1 of 3 people." in undone.text
    assert "none of them" not in undone.text
    on = " ".join(day(make.day(3)).split())
    assert undone.texts("main .bullets li") == [
        f"Bo: corrected by the office since, to {on}",
        "Cleo: struck out by the office since",
        "Ada",
    ]


def test_while_it_is_undone_those_are_named_for_whom_it_is_still_to_be(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    many = people(medicine, 30)
    choose = pages.submit(listed(pages), LOG, people=[one.id for one in many])
    done = pages.submit(pages.submit(choose, SHOW, course="AWARE"), "Record for 30 people")
    while jobs.run_due():
        pass
    page = pages.submit(pages.open(done.path), "Undo")
    assert page.h1 == "Being undone: 25 of 30 people so far"
    assert page.texts("h2") == ["Still to be undone for"]
    left = recorded()
    assert len(left) == 5
    assert page.texts("main .bullets li") == [one.name for one in many if one.id in left]
