"""Logging one module for many people of a unit at once."""

from datetime import timedelta
from io import BytesIO

import pytest
from bs4 import Tag

from tests.support import make, trail
from tests.support.clocks import pass_time
from tests.support.make import Account, Person, Unit
from tests.support.pages import Page, Pages
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.curriculum.rules import Module
from tracker.dashboards.jobs import forget_lists
from tracker.dashboards.models import SignInList
from tracker.people.models import Appointment
from tracker.progress.models import Completion
from tracker.progress.rules import State

SHOW = "Show who is meant"


@pytest.fixture
def medicine() -> Unit:
    """A department."""
    return make.unit("Medicine", code="MED")


@pytest.fixture
def module() -> Module:
    """A required module."""
    made = make.module(code="AWARE", title="Awareness")
    make.requirement(made)
    return made


@pytest.fixture
def champion(pages: Pages, medicine: Unit) -> Account:
    """Its champion, signed in."""
    account = make.champion(medicine, name="Cara Champion")
    pages.sign_in(account)
    return account


def people(unit: Unit, *names: str) -> list[Person]:
    """People at home in a unit."""
    return [make.person(name, unit=unit) for name in names]


def recorded() -> list[tuple[int, str, State, str]]:
    """Every completion: whose, of what, its state and source."""
    db.session.remove()
    rows = db.session.query(Completion).order_by(Completion.person_id)
    return [(row.person_id, row.course, row.state, row.source) for row in rows]


def names(page: Page) -> list[str]:
    """Who can be ticked."""
    return page.texts(".people .person-name a")


HOME = " Medicine, staff, nonclinical"


def named(page: Page) -> list[str]:
    """Who stands in the lists of a preview, without where they are at home."""
    return [words.removesuffix(HOME) for words in page.texts(".bullets li")]


def test_a_champion_logs_for_many(pages: Pages, medicine: Unit, module: Module, champion: Account) -> None:
    ada, bo, cleo = people(medicine, "Ada", "Bo", "Cleo")
    page = pages.get("dashboards.roster", code="MED")
    assert page.h1 == "Log for many people of Medicine"
    preview = pages.submit(page, SHOW, course="AWARE", people=[ada.id, bo.id], listed=cleo.email.upper())
    assert preview.h1.startswith("Awareness, ")
    assert named(preview) == ["Ada", "Bo", "Cleo"]
    assert recorded() == []
    done = pages.submit(preview, "Record for 3 people")
    assert done.h1 == "Recorded for 3 people"
    assert "counts from now on for each of them" in done.text
    assert done.texts("main .bullets li") == ["Ada", "Bo", "Cleo"]
    assert recorded() == [(one.id, "AWARE", State.VERIFIED, "roster") for one in (ada, bo, cleo)]
    assert trail.verbs().count("completion.rostered") == 3
    unit = pages.get("dashboards.unit", code="MED")
    assert "75 % have completed" in unit.text


def test_sent_twice_it_is_recorded_once(pages: Pages, medicine: Unit, module: Module, champion: Account) -> None:
    ada, bo = people(medicine, "Ada", "Bo")
    preview = pages.submit(pages.get("dashboards.roster", code="MED"), SHOW, course="AWARE", people=[ada.id, bo.id])
    for _ in range(2):
        done = pages.submit(preview, "Record for 2 people")
        assert done.h1 == "Recorded for 2 people"
    assert len(recorded()) == 2


def test_whoever_is_recorded_already_is_passed_over(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    ada, bo = people(medicine, "Ada", "Bo")
    make.completion(ada, module, on=make.day(2))
    page = pages.get("dashboards.roster", code="MED")
    preview = pages.submit(page, SHOW, course="AWARE", completed_on=make.day(2).isoformat(), people=[ada.id, bo.id])
    assert preview.texts("h2") == ["Will be recorded", "Passed over: recorded already"]
    assert named(preview)[0] == "Bo"
    pages.submit(preview, "Record for 1 person")
    assert [row[0] for row in recorded()] == [ada.id, bo.id]


def test_one_s_own_is_left_to_somebody_else(pages: Pages, medicine: Unit, module: Module, champion: Account) -> None:
    assert champion.person is not None
    page = pages.get("dashboards.roster", code="MED")
    assert "Cara Champion" not in names(page)
    preview = pages.submit(page, SHOW, course="AWARE", listed=champion.person.identifier)
    assert "Somebody else must record your own completion." in preview.text
    assert "Record for" not in preview.text
    pages.submit(preview, "Go back and change")
    assert recorded() == []


def test_nobody_else_s_people_can_be_meant(pages: Pages, medicine: Unit, module: Module, champion: Account) -> None:
    (stranger,) = people(make.unit("Surgery"), "Stranger")
    gone = make.person("Gone", unit=medicine, ends_on=make.day(1))
    page = pages.get("dashboards.roster", code="MED")
    preview = pages.submit(
        page, SHOW, course="AWARE", listed=f"{stranger.identifier}\n{gone.email}\n nobody@example.edu ;;"
    )
    assert preview.texts("h2") == ["Not found here"]
    assert preview.texts(".bullets li") == [stranger.identifier, gone.email, "nobody@example.edu"]
    forged = {"people": stranger.id, "form_key": "k" * 20, "deed": "record"}
    about = {"course": "AWARE", "completed_on": make.day(1).isoformat(), "people": stranger.id}
    answer = pages.post("dashboards.roster_preview", forged, code="MED", **about, status=422)
    assert answer.errors == ["Nothing was done: nobody is left for whom this could be recorded."]
    assert "nobody it could be recorded for" in answer.text
    assert recorded() == []


def test_an_address_that_several_share_is_asked_about(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    make.person("Ada", unit=medicine, email="desk@example.edu")
    make.person("Bo", unit=medicine, email="DESK@example.edu")
    preview = pages.submit(pages.get("dashboards.roster", code="MED"), SHOW, course="AWARE", listed="Desk@example.edu")
    assert preview.texts("h2") == ["Who is meant?"]
    assert preview.texts("legend") == ["Desk@example.edu: several people share this"]
    assert preview.texts(".choice label") == ["Ada Medicine, staff, nonclinical", "Bo Medicine, staff, nonclinical"]
    boxes = preview.html.select(".choice input")
    chosen = pages.submit(preview, "Show who is meant", people=[str(boxes[1]["value"])])
    assert chosen.texts("h2") == ["Will be recorded"]
    assert named(chosen) == ["Bo"]


def test_ticks_stay_while_one_searches_and_turns_pages(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    made = people(medicine, *(f"Person {number:03}" for number in range(70)))
    page = pages.get("dashboards.roster", code="MED")
    second = pages.submit(page, "Next page", people=[made[3].id], course="AWARE", listed=made[5].identifier)
    assert "1 person is ticked on other pages" in second.text
    assert names(second)[-1] == "Person 069"
    found = pages.submit(second, "Search", people=[made[60].id], find="Person 01")
    assert names(found)[0] == "Person 010"
    back = pages.submit(found, "Search", find="")
    assert names(back)[0] == "Person 000"
    preview = pages.submit(back, SHOW)
    assert set(named(preview)) >= {"Person 005", "Person 060"}
    again = pages.submit(preview, "Go back and change")
    assert ticked(again) >= {str(made[60].id)}


def ticked(page: Page) -> set[str]:
    """Who is ticked, seen or not."""
    boxes: list[Tag] = page.html.select("input[name=people][type=hidden], input[name=people][checked]")
    return {str(box["value"]) for box in boxes}


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({}, "Select a module"),
        ({"course": "AWARE"}, "Tick somebody, or list identifiers or e-mail addresses"),
        ({"course": "AWARE", "completed_on": ""}, "Enter the day they finished it"),
        ({"course": "AWARE", "completed_on": "never"}, "The day must be a real date, such as 2026-11-21"),
        ({"course": "AWARE", "completed_on": "2099-01-01"}, "The day must be today or earlier"),
        ({"course": "AWARE", "completed_on": "1899-01-01"}, "The day must be from 1900 to 2100"),
        ({"course": "AWARE", "listed": "x" * 60_001}, "The list must be 60,000 characters or fewer"),
        ({"course": "AWARE", "listed": "\n".join(map(str, range(5_001)))}, "Choose 5,000 people at most in one go"),
        ({"course": "AWARE", "listed": "a\x02b"}, "The list contains a character that cannot be shown"),
        ({"course": "NOTHING", "listed": "a"}, "Select a module"),
        ({"course": "AWARE", "people": "x"}, "Select one of the choices under “People”"),
        ({"course": "AWARE", "people": str(2**40)}, "Select one of the choices under “People”"),
        ({"course": "AWARE", "listed": "a", "find": "x" * 101}, "The search must be 100 characters or fewer"),
    ],
)
def test_nonsense_is_told_and_nothing_recorded(
    pages: Pages, medicine: Unit, module: Module, champion: Account, sent: dict[str, str], message: str
) -> None:
    page = pages.get("dashboards.roster", code="MED")
    form = {
        str(one["name"]): str(one.get("value", ""))
        for one in page.html.select("main input[type=hidden], main input[type=date]")
    }
    answer = pages.post("dashboards.roster", form | sent, code="MED", status=422)
    assert any(message in error for error in answer.errors), answer.errors
    assert recorded() == []


def test_an_unknown_deed_shows_the_form(pages: Pages, medicine: Unit, module: Module, champion: Account) -> None:
    pages.post("dashboards.roster", {"deed": "dance"}, code="MED")


def test_whoever_is_gone_since_is_counted_as_such(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    ada, bo = people(medicine, "Ada", "Bo")
    page = pages.get("dashboards.roster", code="MED")
    with make.transaction() as tx:
        tx.session.query(Appointment).filter_by(person_id=bo.id).one().ends_on = make.day(1)
        tx.lock_people(bo.id)
    preview = pages.submit(page, SHOW, course="AWARE", people=[ada.id, bo.id])
    assert preview.texts("h2") == ["Will be recorded", "Passed over: no longer at home here"]
    assert "1 person you chose is not at home here today." in preview.text


# What is sent stands in the address


def test_each_step_can_be_opened_again(pages: Pages, medicine: Unit, module: Module, champion: Account) -> None:
    ada, bo, cleo = people(medicine, "Ada", "Bo", "Cleo")
    page = pages.get("dashboards.roster", code="MED")
    preview = pages.submit(page, SHOW, course="AWARE", people=[ada.id], listed=f"{bo.identifier}\n{cleo.name}")
    assert bo.identifier not in preview.path
    assert cleo.name not in preview.path
    again = pages.open(preview.path)
    assert again.texts("h2") == preview.texts("h2") == ["Will be recorded", "Who is meant?"]
    done = pages.submit(again, "Record for 2 people and those ticked")
    assert done.h1 == "Recorded for 2 people"
    after = pages.open(preview.path)
    assert after.texts("h2") == ["Passed over: recorded already", "Who is meant?"]
    choosing = pages.submit(after, "Go back and change")
    assert pages.open(choosing.path).one("textarea").get_text().strip() == f"{bo.identifier}\n{cleo.name}"
    assert ticked(choosing) == {str(ada.id)}


def test_the_same_list_is_kept_once_and_for_a_day(
    pages: Pages, medicine: Unit, module: Module, champion: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    (ada,) = people(medicine, "Ada")
    for _ in range(2):
        page = pages.get("dashboards.roster", code="MED")
        preview = pages.submit(page, SHOW, course="AWARE", listed=ada.identifier)
    assert db.session.query(SignInList).count() == 1
    db.session.remove()
    pages.sign_in(make.champion(medicine))
    assert pages.open(preview.path).messages == ["A sign-in list is kept for a day. Please give it again."]
    pages.sign_in(champion)
    pass_time(monkeypatch, timedelta(hours=23))
    forget_lists()
    pages.sign_in(champion)
    assert named(pages.open(preview.path)) == ["Ada"]
    pass_time(monkeypatch, timedelta(hours=2))
    forget_lists()
    pages.sign_in(champion)
    gone = pages.open(preview.path)
    assert gone.h1 == "Log for many people of Medicine"
    assert gone.messages == ["A sign-in list is kept for a day. Please give it again."]


def test_an_address_that_says_nonsense_shows_the_form(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    (ada,) = people(medicine, "Ada")
    assert pages.get("dashboards.roster_preview", code="MED").h1 == "Log for many people of Medicine"
    for said in ({"people": ada.id}, {"course": "AWARE"}, {"course": "AWARE", "people": "x"}):
        query = {"course": "", "completed_on": make.day(1).isoformat(), **said}
        page = pages.get("dashboards.roster_preview", code="MED", query=query, status=422)
        assert page.errors, said
    many = ",".join(map(str, range(1, 1_002)))
    page = pages.get("dashboards.roster_preview", code="MED", query={"course": "AWARE", "people": many}, status=422)
    assert "Tick 1,000 people at most" in page.errors[0]
    for sent in ({"form_key": "short"}, {"form_key": ""}, {"chosen": "x"}):
        query = {"course": "AWARE", "people": ada.id}
        data = {"deed": "record", "form_key": "k" * 20, "chosen": ada.id, **sent}
        page = pages.post("dashboards.roster_preview", data, code="MED", **query, status=422)
        assert page.errors == ["This page had been open for too long. Please send it again."]
    assert recorded() == []


# Whom a list means


def test_whoever_is_ticked_on_the_preview_is_recorded(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    ada, bo, _ = people(medicine, "Ada Nwosu", "Bo Ek", "Cleo Ruiz")
    page = pages.get("dashboards.roster", code="MED")
    preview = pages.submit(page, SHOW, course="AWARE", listed=f"{ada.email}\nBo Ek\nCleo Ruiz")
    assert "It will be recorded for 1 person, and for whoever you tick below." in preview.text
    assert preview.texts("main button")[0] == "Record for 1 person and those ticked"
    done = pages.submit(preview, "Record for 1 person and those ticked", people=[bo.id])
    assert done.texts("main .bullets li") == ["Ada Nwosu", "Bo Ek"]
    assert [row[0] for row in recorded()] == [ada.id, bo.id]


def test_who_is_only_proposed_has_to_be_ticked(pages: Pages, medicine: Unit, module: Module, champion: Account) -> None:
    (ada,) = people(medicine, "Ada Nwosu")
    page = pages.get("dashboards.roster", code="MED")
    preview = pages.submit(page, SHOW, course="AWARE", listed="Ada Nwosu")
    assert "It will be recorded for whoever you tick below." in preview.text
    refused = pages.submit(preview, "Record for those ticked", status=422)
    assert refused.errors == ["Tick whoever you know to have been there"]
    assert refused.texts("legend") == preview.texts("legend")
    assert pages.submit(refused, "Record for those ticked", people=[ada.id]).h1 == "Recorded for 1 person"


def test_a_proposal_that_could_not_be_recorded_cannot_be_ticked(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    (ada,) = people(medicine, "Ada Nwosu")
    make.completion(ada, module, on=make.day(2))
    page = pages.get("dashboards.roster", code="MED")
    on = make.day(2).isoformat()
    preview = pages.submit(page, SHOW, course="AWARE", completed_on=on, listed="Ada Nwosu\nCara Champion")
    assert not preview.html.select(".choice")
    assert "Ada Nwosu: recorded already" in preview.text
    assert "Cara Champion: you; somebody else must record it" in preview.text
    assert "Record" not in " ".join(preview.texts("main button"))


@pytest.mark.parametrize("between", [", ", "\t", ";"])
def test_a_row_with_identifier_and_name_is_about_one_person(
    pages: Pages, medicine: Unit, module: Module, champion: Account, between: str
) -> None:
    ada, other, bo = people(medicine, "Ada Nwosu", "Ada Nwosu", "Bo Ek")
    page = pages.get("dashboards.roster", code="MED")
    listed = f"{ada.identifier}{between}Ada Nwosu\n{bo.email}{between}B. Ek{between}{bo.identifier}"
    preview = pages.submit(page, SHOW, course="AWARE", listed=listed)
    assert preview.texts("h2") == ["Will be recorded"]
    assert named(preview) == ["Ada Nwosu", "Bo Ek"]
    assert "Names on the same line as somebody who is found are taken as theirs (B. Ek)." in preview.text
    assert "more than once" not in preview.text
    pages.submit(preview, "Record for 2 people")
    assert [row[0] for row in recorded()] == [ada.id, bo.id]
    assert other.id not in {ada.id, bo.id}


def test_whoever_is_on_the_list_twice_is_recorded_once(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    ada, bo = people(medicine, "Ada Nwosu", "Bo Ek")
    page = pages.get("dashboards.roster", code="MED")
    listed = f"{ada.identifier}\n{ada.email}\nAda Nwosu\n{bo.identifier}\n{bo.identifier}"
    preview = pages.submit(page, SHOW, course="AWARE", listed=listed)
    assert preview.texts("h2") == ["Will be recorded"]
    assert "Ada Nwosu and Bo Ek stand on the list more than once, and are each recorded once." in preview.text
    pages.submit(preview, "Record for 2 people")
    assert [row[0] for row in recorded()] == [ada.id, bo.id]


def test_of_many_on_the_list_twice_some_are_named(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    made = people(medicine, *(f"Person {number}" for number in range(7)))
    page = pages.get("dashboards.roster", code="MED")
    listed = "\n".join(one.identifier for one in made * 2)
    preview = pages.submit(page, SHOW, course="AWARE", listed=listed)
    assert "Person 3, Person 4 and 2 others stand on the list more than once" in preview.text


def test_a_row_is_told_in_one_place(pages: Pages, medicine: Unit, module: Module, champion: Account) -> None:
    ada, bo = people(medicine, "Ada Nwosu", "Bo Ek")
    page = pages.get("dashboards.roster", code="MED")
    listed = f"X77, Ada Nwosu\n{bo.identifier}, X78\nX79, X80"
    preview = pages.submit(page, SHOW, course="AWARE", listed=listed)
    assert preview.texts("h2") == ["Will be recorded", "Who is meant?", "Not found here"]
    assert preview.texts("legend") == ["X77, Ada Nwosu: found by the name alone"]
    assert named(preview) == ["Bo Ek", "X78", "X79, X80"]
    assert ada.name in preview.texts(".choice label")[0]


# Sign-in lists


def upload(pages: Pages, content: bytes, name: str = "list.csv", **sent: str) -> Page:
    """Send a file with the form."""
    form = {"course": "AWARE", "completed_on": make.day(1).isoformat(), "scope": "open"}
    data = form | sent | {"file": (BytesIO(content), name)}
    status = 422 if sent.get("status") == "422" else 200
    return pages.post("dashboards.roster", data, code="MED", status=status)


def test_a_list_of_participants_is_read_and_its_people_recorded(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    ada, bo, cleo = people(medicine, "Ada Nwosu", "Bo Ek", "Cleo Ruiz")
    zoom = (
        "Meeting ID,Topic,Start Time,User Email\n123,Awareness,01/02/2026,host@example.edu\n\n"
        "Name (Original Name),User Email,Total Duration (Minutes),Guest\n"
        f"Ada N.,{ada.email.upper()},60,No\nBo Ek (Bo),,60,Yes\nAda N.,{ada.email},5,No\n"
        f"Cleo Ruiz,someone@else.example,60,Yes\nNobody Known,,60,Yes\n"
    )
    preview = upload(pages, zoom.encode())
    assert preview.texts("h2") == ["Will be recorded", "Who is meant?", "Not found here", "Left out"]
    assert named(preview)[0] == "Ada Nwosu"
    assert preview.texts("legend") == [
        "Bo Ek (Bo): found by the name alone",
        "Cleo Ruiz, someone@else.example: found by the name alone",
    ]
    assert not preview.html.select(".choice input[checked]")
    assert preview.texts(".bullets")[-2] == "Nobody Known"
    assert "123, Awareness, 01/02/2026, host@example.edu" in preview.texts(".bullets li")[-1]
    boxes = [str(box["value"]) for box in preview.html.select(".choice input")]
    assert boxes == [str(bo.id), str(cleo.id)]
    chosen = pages.submit(preview, "Show who is meant", people=boxes[:1])
    assert chosen.texts("legend") == [preview.texts("legend")[1]]
    assert "Ada Nwosu stands on the list more than once, and is recorded once." in chosen.text
    done = pages.submit(chosen, "Record for 2 people and those ticked")
    assert done.texts("main .bullets li") == ["Ada Nwosu", "Bo Ek"]
    assert [row[0] for row in recorded()] == [ada.id, bo.id]


def test_a_file_goes_along_when_one_goes_back(pages: Pages, medicine: Unit, module: Module, champion: Account) -> None:
    ada, bo = people(medicine, "Ada", "Bo")
    preview = upload(pages, f"e-mail;name\n{ada.email};Ada\n".encode(), listed=bo.identifier)
    assert named(preview) == ["Ada", "Bo"]
    again = pages.submit(preview, "Go back and change")
    assert ada.email in again.one("textarea").get_text()
    assert named(pages.submit(again, SHOW)) == ["Ada", "Bo"]


def test_how_a_file_had_to_be_read_is_said(pages: Pages, medicine: Unit, module: Module, champion: Account) -> None:
    people(medicine, "Zoë")
    preview = upload(pages, "Name\nZoë".encode("cp1252"))
    assert "The file is not in UTF-8" in preview.text
    assert preview.texts("legend")[0].startswith("Zoë")
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert "not in UTF-8" not in upload(pages, "Name\nZoë".encode(encoding)).text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04rest", "This file is no text"),
        (b"\x00\x01\x02", "This file is no text"),
        (b"", "Nobody is named in this file"),
        (b"Name,E-mail\n", "Nobody is named in this file"),
        (b"\n".join(b"%06d" % number for number in range(9_000)), "The list is too long"),
    ],
)
def test_a_file_that_is_no_list_is_refused(
    pages: Pages, medicine: Unit, module: Module, champion: Account, content: bytes, message: str
) -> None:
    page = upload(pages, content, status="422")
    assert any(message in error for error in page.errors), page.errors
    assert recorded() == []


def test_what_was_done_is_its_doer_s(pages: Pages, medicine: Unit, module: Module, champion: Account) -> None:
    (ada,) = people(medicine, "Ada")
    preview = pages.submit(pages.get("dashboards.roster", code="MED"), SHOW, course="AWARE", people=[ada.id])
    done = pages.submit(preview, "Record for 1 person")
    assert pages.open(done.path).h1 == "Recorded for 1 person"
    pages.sign_in(make.champion(medicine))
    pages.open(done.path, status=404)
    pages.sign_in(make.account(Role.OFFICE))
    pages.open(done.path, status=403)
    pages.get("dashboards.deed", deed_id=999, status=404)


def test_the_office_logs_for_any_unit_and_the_auditor_for_none(pages: Pages, medicine: Unit, module: Module) -> None:
    (ada,) = people(medicine, "Ada")
    pages.sign_in(make.account(Role.OFFICE))
    preview = pages.submit(pages.get("dashboards.roster", code="MED"), SHOW, course="AWARE", people=[ada.id])
    assert pages.submit(preview, "Record for 1 person").h1 == "Recorded for 1 person"
    pages.sign_in(make.account(Role.AUDITOR))
    pages.get("dashboards.roster", code="MED", status=403)


def test_a_unit_without_people_says_so(pages: Pages, module: Module) -> None:
    make.unit(code="EMPTY")
    pages.sign_in(make.account(Role.OFFICE))
    assert "Nobody here fits" in pages.get("dashboards.roster", code="EMPTY").text


def test_who_has_something_else_to_do_first_is_passed_over(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    ada, bo = people(medicine, "Ada", "Bo")
    make.module("THEN", title="And then", after=["AWARE"])
    make.completion(ada, module, on=make.day(2))
    page = pages.get("dashboards.roster", code="MED")
    preview = pages.submit(page, SHOW, course="THEN", people=[ada.id, bo.id])
    assert preview.texts("h2") == ["Will be recorded", "Passed over: something comes before it"]
    assert "Awareness has to be done before it." in preview.text
    assert named(preview) == ["Ada", "Bo"]
    pages.submit(preview, "Record for 1 person")
    assert [row[0] for row in recorded() if row[1] == "THEN"] == [ada.id]


@pytest.mark.parametrize("above", [True, False])
def test_no_line_of_a_list_is_dropped_without_a_word(
    pages: Pages, medicine: Unit, module: Module, champion: Account, above: bool
) -> None:
    ada, bo, cleo = people(medicine, "Ada Nwosu", "Bo Ek", "Cleo Ruiz")
    beside = [ada.identifier, bo.email, "Somebody Else", "Cleo Ruiz"]
    table = ["Name,E-mail,Seat", f"Dana Done,{people(medicine, 'Dana Done')[0].email},7"]
    lines = [*beside, *table] if above else [*table, "", *beside]
    preview = pages.submit(pages.get("dashboards.roster", code="MED"), SHOW, course="AWARE", listed="\n".join(lines))
    assert preview.texts("h2") == ["Will be recorded", "Who is meant?", "Left out"]
    assert named(preview) == ["Ada Nwosu", "Bo Ek", "Dana Done", "Somebody Else"]
    assert preview.texts("legend") == ["Cleo Ruiz: found by the name alone"]
    file = upload(pages, "\n".join(lines).encode())
    assert named(file) == named(preview)
    assert file.texts("h2") == preview.texts("h2")
    assert named(pages.submit(pages.submit(file, "Go back and change"), SHOW)) == named(preview)
    assert cleo.name not in named(preview)


def test_a_header_s_word_at_the_end_of_a_list_refuses_nobody(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    people(medicine, "Ada Nwosu")
    assert upload(pages, b"Ada Nwosu\nEmail").texts("legend") == ["Ada Nwosu: found by the name alone"]


def test_what_is_said_of_a_meeting_means_nobody(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    """The host of a meeting and how many came are about the meeting, whoever they may look like."""
    ada, host = people(medicine, "Ada Nwosu", "Hana Host")
    number = make.person("Nils Number", unit=medicine, identifier="123")
    text = (
        f"Meeting ID,Topic,User Email\n1,Talk,{host.email}\n\nAttended participants,123\nName,User Email\n,{ada.email}"
    )
    preview = upload(pages, text.encode())
    assert named(preview)[0] == "Ada Nwosu"
    assert "It will be recorded for 1 person." in preview.text
    assert f"1, Talk, {host.email}" in preview.texts(".bullets li")
    assert number.name not in preview.text


@pytest.mark.parametrize(
    "written", ["Nadia Khoury, MD", "1. Nadia Khoury", "Khoury Nadia", "Khoury, Nadia; staff", "Dr. Nadia Khoury"]
)
def test_a_name_is_proposed_however_it_is_written(
    pages: Pages, medicine: Unit, module: Module, champion: Account, written: str
) -> None:
    (nadia,) = people(medicine, "Nadia Khoury")
    preview = pages.submit(pages.get("dashboards.roster", code="MED"), SHOW, course="AWARE", listed=written)
    assert preview.texts("h2") == ["Who is meant?"]
    assert [box["value"] for box in preview.html.select(".choice input:not([checked])")] == [str(nadia.id)]


def test_an_identifier_without_its_zeros_is_proposed(
    pages: Pages, medicine: Unit, module: Module, champion: Account
) -> None:
    ada = make.person("Ada Nwosu", unit=medicine, identifier="00024652")
    make.person("Bo Ek", unit=medicine, identifier="24653")
    make.person("Stranger", unit=make.unit("Surgery"), identifier="00024654")
    page = pages.get("dashboards.roster", code="MED")
    preview = pages.submit(page, SHOW, course="AWARE", listed="24652\n24653\n24654")
    assert preview.texts("h2") == ["Will be recorded", "Who is meant?", "Not found here"]
    assert preview.texts("legend") == ["24652: an identifier is the same but for its first zeros"]
    assert named(preview) == ["Bo Ek", "24654"]
    done = pages.submit(preview, "Record for 1 person and those ticked", people=[ada.id])
    assert done.h1 == "Recorded for 2 people"


def test_namesakes_are_told_apart(pages: Pages, medicine: Unit, module: Module, champion: Account) -> None:
    heart = make.unit("Cardiology", parent=medicine)
    one, other = make.person("Ada Nwosu", unit=medicine), make.person("Ada Nwosu", unit=heart)
    page = pages.get("dashboards.roster", code="MED")
    preview = pages.submit(page, SHOW, course="AWARE", people=[one.id, other.id])
    assert set(preview.texts(".names li")) == {
        f"Ada Nwosu {unit}, staff, nonclinical" for unit in ("Medicine", "Cardiology")
    }
