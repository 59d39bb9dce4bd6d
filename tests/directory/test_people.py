"""Persons are found, added and corrected, with a way back; and one page tells the whole story of one."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.support import make
from tests.support.make import Account, Person, Unit
from tests.support.pages import Page, Pages
from tests.support.statements import asked_by
from tracker.accounts.queries import account
from tracker.core import clock
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.core.errors import Conflict, Invalid
from tracker.core.words import NO_BREAK_SPACE
from tracker.core.words import day as in_words
from tracker.directory.queries import people
from tracker.people import commands
from tracker.people.models import Appointment, FormerName, Leave
from tracker.people.queries import person_view
from tracker.requests import commands as requests
from tracker.requests.commands import Asked
from tracker.requests.rules import Kind


@pytest.fixture
def medicine() -> Unit:
    """A department, beside another."""
    make.unit("Surgery", code="SURG")
    return make.unit("Medicine", code="MED")


def story(pages: Pages, person: Person) -> Page:
    """The page of a person."""
    return pages.get("directory.person", person_id=person.id)


def test_anybody_is_found_by_what_she_is_and_was_called(app: object, medicine: Unit) -> None:
    ada = make.person("Ada Nwosu", unit=medicine, identifier="00417", email="ada@example.edu")
    gone = make.person("Leo Left", unit=medicine, ends_on=make.day(3))
    commands.change_person(make.by(), ada.id, name="Ada Okafor", email="okafor@example.edu", identifier="00999")
    for words in ("ada ok", "OKAFOR", "00999", "okafor@example.edu", "00417", "nwosu", "ada@example.edu"):
        assert [one.id for one in people.find(words, clock.today())] == [ada.id], words
    assert [one.id for one in people.find("left", clock.today())] == [gone.id]
    assert people.find("0041", clock.today()) == []
    assert people.find("nobody", clock.today()) == []
    assert people.find("", clock.today()) == []


def test_a_search_says_when_there_are_more(pages: Pages, medicine: Unit, office: Account) -> None:
    for number in range(51):
        make.person(f"Sam {number:02}", unit=medicine)
    page = pages.submit(pages.get("directory.people"), "Find", q="sam")
    assert "More than 50 people fit" in page.text
    assert len(page.texts(".person-name")) == 50
    nobody = pages.submit(page, "Find", q="zzz")
    assert "Nobody found by “zzz”" in nobody.text


def test_a_person_is_added_with_her_post(pages: Pages, medicine: Unit, office: Account) -> None:
    page = pages.get("directory.new_person", query={"name": "Dana Ruiz", "email": "dana@example.edu"})
    wrong = pages.submit(page, "Add this person", status=422)
    assert "Enter the identifier" in wrong.errors
    said = {"identifier": "00012", "unit": "MED", "category": "staff", "role": "clinical", "fte": "0,5"}
    done = pages.submit(page, "Add this person", **said)
    assert done.h1 == "Dana Ruiz"
    assert "At home in Medicine, staff, clinical" in done.text
    assert "00012" in done.text
    taken = pages.submit(page, "Add this person", status=422, **said)
    assert taken.errors == ["This is the identifier of Dana Ruiz already."]
    assert "This is the identifier" in taken.one(".field-error").text


def test_nothing_of_a_person_stays_when_her_post_is_refused(pages: Pages, medicine: Unit, office: Account) -> None:
    page = pages.get("directory.new_person")
    said = {"name": "Dana", "identifier": "00012", "unit": "MED", "category": "staff", "role": "clinical"}
    refused = pages.submit(page, "Add this person", status=422, fte="7", **said)
    assert refused.errors == ["Enter a number from 0 to 1, such as 0.2"]
    assert people.find("00012", clock.today()) == []


def test_a_changed_name_is_kept(pages: Pages, medicine: Unit, office: Account) -> None:
    ada = make.person("Ada Nwosu", unit=medicine)
    page = pages.get("directory.change_person", person_id=ada.id)
    done = pages.submit(page, "Save", name="Ada Okafor")
    assert done.h1 == "Ada Okafor"
    assert "called Ada Nwosu until" in done.text
    kept = db.session.scalars(select(FormerName).where(FormerName.person_id == ada.id)).all()
    assert [(one.kind, one.value) for one in kept] == [("name", "Ada Nwosu")]


def test_an_identifier_belongs_to_one(app: object, medicine: Unit) -> None:
    make.person(identifier="1")
    other = make.person(identifier="2")
    with pytest.raises(Invalid, match="already"):
        commands.change_person(make.by(), other.id, name="", email="", identifier="1")


def test_a_post_is_corrected_and_put_back(pages: Pages, medicine: Unit, office: Account) -> None:
    make.person(unit=medicine, role="manager")
    ada = make.person("Ada", unit=medicine)
    post = db.session.scalars(select(Appointment).where(Appointment.person_id == ada.id)).one()
    page = pages.get("directory.change_post", person_id=ada.id, appointment_id=post.id)
    done = pages.submit(page, "Save", unit="SURG", fte="0.5", role="manager")
    assert "At home in Surgery, staff, manager" in done.text
    assert "The post was changed." in done.text
    undone = pages.submit(done, "Undo")
    assert "At home in Medicine, staff, nonclinical" in undone.text
    assert undone.messages == ["It is as it was before."]


def test_a_post_that_was_changed_since_is_not_put_back(pages: Pages, medicine: Unit, office: Account) -> None:
    ada = make.person("Ada", unit=medicine)
    post = db.session.scalars(select(Appointment.id).where(Appointment.person_id == ada.id)).one()
    done = pages.submit(pages.get("directory.change_post", person_id=ada.id, appointment_id=post), "Save", unit="SURG")
    commands.change_appointment(make.by(), post, starts_on=make.day(5), ends_on=None)
    pages.submit(done, "Undo")
    pages.submit(done, "Undo", status=409)


def test_two_homes_are_refused_in_words(pages: Pages, medicine: Unit, office: Account) -> None:
    ada = make.person("Ada", unit=medicine)
    page = pages.get("directory.new_post", person_id=ada.id)
    said = {"unit": "SURG", "category": "staff", "role": "nonclinical"}
    refused = pages.submit(page, "Save", status=422, is_primary="yes", **said)
    assert refused.errors == ["This person has a primary appointment on some of these days already."]
    done = pages.submit(page, "Save", is_primary="no", **said)
    assert "beside the primary post" in done.text


def test_a_transfer_and_its_way_back(pages: Pages, medicine: Unit, office: Account) -> None:
    ada = make.person("Ada", unit=medicine)
    page = pages.get("directory.transfer", person_id=ada.id)
    done = pages.submit(page, "Save", unit="SURG")
    assert "At home in Surgery" in done.text
    undone = pages.submit(done, "Undo")
    assert "At home in Medicine" in undone.text
    posts = db.session.scalars(select(Appointment).where(Appointment.person_id == ada.id)).all()
    assert [post.ends_on for post in posts] == [None]


def test_a_post_taken_back_and_put_back(pages: Pages, medicine: Unit, office: Account) -> None:
    ada = make.person("Ada", unit=medicine)
    post = db.session.scalars(select(Appointment.id).where(Appointment.person_id == ada.id)).one()
    page = pages.get("directory.change_post", person_id=ada.id, appointment_id=post)
    gone = pages.submit(page, "Take it back")
    assert "counted nowhere" in gone.text
    assert "At home in Medicine" in pages.submit(gone, "Undo").text


def test_an_employment_ends_with_all_that_belongs_to_it(pages: Pages, medicine: Unit, office: Account) -> None:
    ada = make.person("Ada", unit=medicine)
    commands.add_function(make.by(), ada.id, "search", starts_on=make.day(10))
    page = pages.get("directory.leave_here", person_id=ada.id)
    early = pages.submit(page, "End it", status=422, on="")
    assert early.errors == ["Enter the last day"]
    done = pages.submit(page, "End it", on=make.day(1).isoformat())
    assert "Left on" in done.text
    assert person_view(ada.id, clock.today()).unit_id is None
    again = pages.submit(page, "End it", status=422, on=make.day(1).isoformat())
    assert again.errors == ["There is no post that runs beyond this day."]
    assert "At home in Medicine" in pages.submit(done, "Undo").text


def test_functions_and_leaves(pages: Pages, medicine: Unit, office: Account) -> None:
    ada = make.person("Ada", unit=medicine)
    done = pages.submit(pages.get("directory.new_function", person_id=ada.id), "Save", function="admissions")
    assert "The function was recorded." in done.text
    first = make.day(5).isoformat()
    pages.submit(pages.get("directory.new_leave", person_id=ada.id), "Save", starts_on=first)
    twice = pages.submit(pages.get("directory.new_leave", person_id=ada.id), "Save", status=422, starts_on=first)
    assert twice.errors[0].endswith("on already. Give that leave a last day first.")
    leave = db.session.scalars(select(Leave.id).where(Leave.person_id == ada.id)).one()
    changed = pages.submit(
        pages.get("directory.change_leave", person_id=ada.id, leave_id=leave), "Save", ends_on=make.day(1).isoformat()
    )
    assert "The leave was changed." in changed.text
    removed = pages.submit(pages.get("directory.change_leave", person_id=ada.id, leave_id=leave), "Take it back")
    assert "The leave was taken back." in removed.text
    db.session.rollback()
    assert db.session.scalar(select(Leave.id)) is None


def test_a_leave_that_overlaps_another_is_refused_at_its_day(pages: Pages, medicine: Unit, office: Account) -> None:
    ada = make.person("Ada", unit=medicine)
    first, last = make.day(20), make.day(10)
    commands.add_leave(make.by(), ada.id, starts_on=first, ends_on=last)
    away = f"This person is on leave from {words(first)} to {words(last)} already."
    form = pages.get("directory.new_leave", person_id=ada.id)
    for begins, ends, at, way_out in (
        (15, 5, "starts_on", "Choose a first day after that."),
        (25, 15, "ends_on", "Choose a last day before that."),
        (30, None, "ends_on", "Choose a last day before that."),
    ):
        said = {"starts_on": make.day(begins).isoformat(), "ends_on": make.day(ends).isoformat() if ends else ""}
        refused = pages.submit(form, "Save", status=422, **said)
        assert refused.errors == [f"{away} {way_out}"]
        assert refused.one(f"input[name={at}]")["aria-invalid"] == "true"
        assert refused.texts(".field-error")[0].endswith(way_out)
    later = commands.add_leave(make.by(), ada.id, starts_on=make.day(9))
    change = pages.get("directory.change_leave", person_id=ada.id, leave_id=later)
    refused = pages.submit(change, "Save", status=422, starts_on=make.day(12).isoformat())
    assert refused.errors == [f"{away} Choose a first day after that."]
    open_end = pages.submit(form, "Save", status=422, starts_on=make.day(3).isoformat())
    begun = words(make.day(9))
    assert open_end.errors == [f"This person is on leave from {begun} on already. Give that leave a last day first."]
    with pytest.raises(Conflict):
        commands.add_leave(make.by(), ada.id, starts_on=make.day(3))


def words(day: date) -> str:
    """A day as a page's text has it here."""
    return in_words(day).replace(NO_BREAK_SPACE, " ")


def test_rows_belong_to_their_person(pages: Pages, medicine: Unit, office: Account) -> None:
    ada, bo = make.person(unit=medicine), make.person(unit=medicine)
    post = db.session.scalars(select(Appointment.id).where(Appointment.person_id == ada.id)).one()
    pages.get("directory.change_post", status=404, person_id=bo.id, appointment_id=post)
    pages.get("directory.person", status=404, person_id=999_999)


def test_a_late_undo_is_refused(pages: Pages, medicine: Unit, office: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = make.person("Ada", unit=medicine)
    done = pages.submit(pages.get("directory.new_leave", person_id=ada.id), "Save")
    later = clock.now() + timedelta(hours=25)
    monkeypatch.setattr(clock, "now", lambda: later)
    pages.submit(done, "Undo", status=409)


def test_the_story_tells_everything(pages: Pages, medicine: Unit, office: Account) -> None:
    module = make.module(title="The course")
    make.requirement(module, title="Yearly")
    ada = make.person("Ada", unit=medicine)
    make.completion(ada, module)
    make.appoint(ada, medicine)
    commands.add_leave(make.by(), ada.id, starts_on=make.day(50), ends_on=make.day(40))
    page = story(pages, ada)
    for words in (
        *("Began in Medicine", "Finished The course", "On leave begins", "of Medicine begins"),
        *("by the system", "Done on"),
    ):
        assert words in page.text, words
    assert "entered on" in page.text


def test_the_story_of_much_asks_no_more_often(pages: Pages, medicine: Unit, office: Account) -> None:
    ada, bo = make.person(unit=medicine), make.person(unit=medicine)
    make.completion(ada, make.module())
    commands.add_function(make.by(), ada.id, "search", starts_on=make.day(1))
    for number in range(10):
        commands.add_function(make.by(), bo.id, f"search {number}", starts_on=make.day(number))
        make.completion(bo, make.module(), on=make.day(number + 1))
    assert asked_by(pages, f"/office/people/{ada.id}") == asked_by(pages, f"/office/people/{bo.id}")


def test_reports_of_champions_lead_to_the_forms(pages: Pages, medicine: Unit, office: Account) -> None:
    champion = make.champion(medicine, name="Cara")
    ada = make.person("Ada", unit=medicine)
    found = account(champion.id, clock.today())
    assert found is not None
    missing = Asked(Kind.MISSING, name="Dana Ruiz", email="dana@example.edu", unit_id=medicine.id)
    asked = requests.ask(found.actor, missing)
    page = pages.get("requests.request", request_id=asked.id)
    form = pages.open(page.link("add a new person"))
    assert form.one("input[name=name]")["value"] == "Dana Ruiz"
    assert "Nobody found" in pages.open(page.link("look whether Dana Ruiz is on record")).text
    told = requests.ask(found.actor, Asked(Kind.NOT_OURS, person_id=ada.id))
    page = pages.get("requests.request", request_id=told.id)
    assert pages.open(page.link("put the posts of Ada right")).h1 == "Ada"
    pages.submit(page, "Send the answer", answer="She has moved.")
    assert "Asked for" not in story(pages, ada).text
    assert "Somebody reported “not ours”" in story(pages, ada).text


def test_the_auditor_reads_the_story(pages: Pages, medicine: Unit) -> None:
    ada = make.person("Ada", unit=medicine)
    pages.sign_in(make.account(Role.AUDITOR))
    page = story(pages, ada)
    assert "Correct" not in page.text
    pages.get("directory.change_person", status=403, person_id=ada.id)


def test_a_conflict_of_posts_leaves_nothing(app: object, medicine: Unit) -> None:
    ada = make.person(unit=medicine)
    with pytest.raises(Conflict):
        make.appointment(ada, medicine)
    assert len(db.session.scalars(select(Appointment).where(Appointment.person_id == ada.id)).all()) == 1


def test_a_name_that_no_file_could_bring_back_is_refused(pages: Pages, medicine: Unit, office: Account) -> None:
    ada = make.person("Ada Nwosu", unit=medicine)
    page = pages.get("directory.change_person", person_id=ada.id)
    refused = pages.submit(page, "Save", status=422, name="Ada \N{RIGHT-TO-LEFT OVERRIDE}Nwosu")
    assert refused.errors == ["The name contains a character that cannot be shown. Please type it again"]


def test_what_is_wrong_is_told_in_the_order_of_the_page(pages: Pages, medicine: Unit, office: Account) -> None:
    page = pages.get("directory.new_person")
    refused = pages.submit(page, "Add this person", status=422, ends_on="never")
    assert refused.errors == [
        "Enter the name",
        "Enter the identifier",
        "Select the unit",
        "Enter the category",
        "Enter the role",
        "The last day must be a real date, such as 2026-11-21",
    ]
