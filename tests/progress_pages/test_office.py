"""The office logs and corrects for everybody but itself, with a reason that stays with the record."""

import pytest

from tests.progress_pages.conftest import World, completions_of, reference_of
from tests.support import make, trail
from tests.support.make import Account
from tests.support.pages import Pages
from tracker.core.actor import Role


@pytest.fixture
def office(world: World, pages: Pages) -> Account:
    """Somebody of the office, who is a person too and signed in; two modules to log."""
    make.requirement(make.module("AWARE", title="Awareness", equivalents=["OLD-1"]), title="The sequence")
    make.module("ACT", title="Action")
    found = make.account(Role.OFFICE, make.person("Olive Office", unit=world.unit))
    pages.sign_in(found)
    return found


def test_the_office_logs_for_anybody(office: Account, world: World, pages: Pages) -> None:
    form = pages.get("claims.log_for", person_id=world.ada.id)
    assert form.h1 == "Log a completion for Ada Asked"
    day = make.day(5)
    receipt = pages.submit(form, course="AWARE", completed_on=day.isoformat(), note="Seen on the paper list")
    assert receipt.h1 == "Awareness"
    assert "Seen on the paper list" in receipt.text
    assert completions_of(world.ada) == [("AWARE", "verified", day)]
    assert trail.verbs()[-1] == "completion.logged"
    assert pages.submit(form, course="AWARE", note="again").path == receipt.path
    assert len(completions_of(world.ada)) == 1


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"note": ""}, "Enter why you are entering this"),
        ({"note": " \u200b "}, "Enter why you are entering this"),
        ({"note": "n" * 10 * 2**20}, "The reason must be 2,000 characters or fewer"),
        ({"course": "NO"}, "Select a module"),
        ({"completed_on": "1700-01-01"}, "The day must be from 1900 to 2100"),
    ],
)
def test_nonsense_is_told_and_changes_nothing(
    office: Account, world: World, pages: Pages, values: dict[str, str], message: str
) -> None:
    good = {"course": "AWARE", "completed_on": make.day(1).isoformat(), "note": "ok", "form_key": "a-key-of-16-letters"}
    page = pages.post("claims.log_for", {**good, **values}, person_id=world.ada.id, status=422)
    assert page.errors == [message]
    assert completions_of(world.ada) == []


def test_the_office_corrects_a_record_of_anybody(office: Account, world: World, pages: Pages) -> None:
    wrong = make.completion(world.ada, "AWARE", on=make.day(50))
    form = pages.get("claims.correct", completion_id=wrong)
    assert form.h1 == "Correct Ada Asked\N{RIGHT SINGLE QUOTATION MARK}s record"
    refused = pages.submit(form, course="ACT", status=422)
    assert refused.errors == ["Enter why you are doing this"]
    receipt = pages.submit(form, course="ACT", note="The list was misread")
    assert receipt.h1 == "Action"
    assert receipt.texts(".timeline li")[1].endswith("The list was misread")
    assert completions_of(world.ada)[1] == ("ACT", "verified", make.day(50))
    assert trail.verbs()[-1] == "completion.corrected"
    pages.sign_in(world.learner)
    assert "The list was misread" in pages.get("learner.receipt", reference=reference_of(wrong)).text


def test_the_office_strikes_a_record_out(office: Account, world: World, pages: Pages) -> None:
    wrong = make.completion(world.ada, "AWARE", on=make.day(50))
    form = pages.get("claims.correct", completion_id=wrong)
    receipt = pages.submit(form, deed="strike", course="ACT", note="Somebody of the same name")
    assert receipt.h1 == "Awareness"
    assert completions_of(world.ada)[1] == ("AWARE", "rejected", make.day(50))
    pages.sign_in(world.learner)
    assert "Struck out by the office" in pages.get("learner.receipt", reference=reference_of(wrong)).text
    assert pages.get("learner.home").texts(".lede p") == ["You have 1 thing to do."]


def test_a_record_struck_out_can_be_put_back(office: Account, world: World, pages: Pages) -> None:
    wrong = make.completion(world.ada, "OLD-1")
    receipt = pages.submit(pages.get("claims.correct", completion_id=wrong), deed="strike", note="In error")
    form = pages.open(receipt.link("Correct or strike out"))
    assert pages.submit(form, note="It was right after all").h1 == "Awareness"
    assert [row[:2] for row in completions_of(world.ada)] == [
        ("OLD-1", "verified"),
        ("OLD-1", "rejected"),
        ("OLD-1", "verified"),
    ]


def test_who_comes_second_is_told_and_one_form_is_taken_once(office: Account, world: World, pages: Pages) -> None:
    wrong = make.completion(world.ada, "AWARE")
    one, two = (pages.get("claims.correct", completion_id=wrong) for _ in range(2))
    receipt = pages.submit(one, deed="strike", note="In error")
    assert pages.submit(one, deed="strike", note="In error").path == receipt.path
    late = pages.submit(two, course="ACT", note="Misread", status=409)
    assert late.h1 == "This record has been corrected since"
    assert late.link("See the record") == receipt.path
    assert len(completions_of(world.ada)) == 2


def test_the_office_logs_its_own_as_everybody_does(office: Account, pages: Pages) -> None:
    assert office.person is not None
    own = make.completion(office.person, "AWARE", claimed=True)
    pages.get("claims.log_for", person_id=office.person.id, status=403)
    pages.get("claims.correct", completion_id=own, status=403)
    good = {"course": "AWARE", "completed_on": make.day(1).isoformat(), "note": "ok", "form_key": "a-key-of-16-letters"}
    pages.post("claims.log_for", good, person_id=office.person.id, status=403)
    pages.post("claims.correct", {**good, "deed": "correct"}, completion_id=own, status=403)
    assert len(completions_of(office.person)) == 1


def test_nobody_is_nobody(office: Account, pages: Pages) -> None:
    pages.get("claims.log_for", person_id=10**9, status=404)
    pages.get("claims.correct", completion_id=10**9, status=404)


def test_the_office_logs_a_module_once_a_day_too(office: Account, world: World, pages: Pages) -> None:
    there = make.completion(world.ada, "OLD-1", on=make.day(4), claimed=True)
    form = pages.get("claims.log_for", person_id=world.ada.id)
    page = pages.submit(form, course="AWARE", completed_on=make.day(4).isoformat(), note="From the list", status=422)
    assert page.errors == ["This module is on record for this day already, and counts"]
    assert page.one("main .banner a")["href"] == f"/receipts/{reference_of(there)}"
    assert len(completions_of(world.ada)) == 1


def test_what_comes_before_is_named_to_the_office_too(office: Account, world: World, pages: Pages) -> None:
    make.module("AFTER", title="Afterwards", after=["ACT"])
    form = pages.get("claims.log_for", person_id=world.ada.id)
    refused = pages.submit(form, course="AFTER", note="Seen on the paper list", status=422)
    assert refused.errors == ["“Action” comes before this one. Log it first."]
    assert completions_of(world.ada) == []
    make.completion(world.ada, "ACT", on=make.day(5))
    assert pages.submit(refused, course="AFTER", note="Seen on the paper list").h1 == "Afterwards"
