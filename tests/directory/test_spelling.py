"""Words that nobody has yet, and addresses that somebody else has, are asked about once before they are kept."""

import pytest

from tests.support import make
from tests.support.make import Account, Unit
from tests.support.pages import Pages
from tracker.core import clock
from tracker.core.actor import Role
from tracker.directory.queries import people
from tracker.directory.queries.spelling import Vocabulary, near, question
from tracker.people import commands

ASKED = "yet, and no rule names it. Is it spelt as in the records?"
SAID = {"name": "Dana", "identifier": "00012", "unit": "MED", "category": "faculty", "role": "clinical"}


@pytest.fixture
def medicine() -> Unit:
    """A department in which somebody works."""
    unit = make.unit("Medicine", code="MED")
    make.person("Ada", unit=unit, category="faculty", role="clinical", email="ada@example.edu")
    return unit


def test_a_new_word_is_asked_about_once(pages: Pages, medicine: Unit, office: Account) -> None:
    said = SAID | {"category": "faculti", "role": "clinicall"}
    asked = pages.submit(pages.get("directory.new_person"), "Add this person", status=422, **said)
    assert asked.errors == [
        f"Nobody has the category “faculti” {ASKED} There is “faculty”.",
        f"Nobody has the role “clinicall” {ASKED} There is “clinical”.",
    ]
    assert people.find("00012", clock.today()) == []
    assert "Yes, “faculti” is a new category" in asked.text
    half = pages.submit(asked, "Add this person", status=422, **{"category-meant": "faculti"})
    assert half.errors == [f"Nobody has the role “clinicall” {ASKED} There is “clinical”."]
    assert half.one("#category-meant").has_attr("checked")
    other = pages.submit(half, "Add this person", status=422, category="facult", role="clinical")
    assert other.errors == [f"Nobody has the category “facult” {ASKED} There is “faculty”."]
    done = pages.submit(other, "Add this person", **{"category-meant": "facult"})
    assert "At home in Medicine, facult, clinical" in done.text


def test_what_somebody_has_or_a_rule_names_is_not_asked_about(pages: Pages, medicine: Unit, office: Account) -> None:
    make.requirement(make.module(), audience={"categories": ["resident"]})
    done = pages.submit(pages.get("directory.new_person"), "Add this person", **(SAID | {"category": "resident"}))
    assert "At home in Medicine, resident, clinical" in done.text


def test_the_first_words_are_not_asked_about(pages: Pages, office: Account) -> None:
    make.unit("Medicine", code="MED")
    done = pages.submit(pages.get("directory.new_person"), "Add this person", **(SAID | {"category": "anything"}))
    assert "At home in Medicine, anything, clinical" in done.text


def test_posts_transfers_and_functions_ask_too(pages: Pages, medicine: Unit, office: Account) -> None:
    ada = make.person("Ada", unit=medicine, category="faculty", role="clinical")
    commands.add_function(make.by(), ada.id, "search-committee", starts_on=clock.today())
    post = pages.get("directory.new_post", person_id=ada.id)
    said = {"unit": "MED", "category": "Faculty", "role": "clinical"}
    asked = pages.submit(post, "Save", status=422, **said)
    assert asked.errors == [f"Nobody has the category “Faculty” {ASKED} There is “faculty”."]
    moved = pages.submit(pages.get("directory.transfer", person_id=ada.id), "Save", status=422, unit="MED", role="x")
    assert moved.errors == [f"Nobody has the role “x” {ASKED}"]
    page = pages.get("directory.new_function", person_id=ada.id)
    asked = pages.submit(page, "Save", status=422, function="search-comittee")
    assert asked.errors == [f"Nobody has the function “search-comittee” {ASKED} There is “search-committee”."]
    done = pages.submit(asked, "Save", **{"function-meant": "search-comittee"})
    assert "search-comittee" in done.text


def test_an_address_of_somebody_else_is_asked_about(pages: Pages, medicine: Unit, office: Account) -> None:
    form = pages.get("directory.new_person", query={"email": "Ada@Example.edu"})
    asked = pages.submit(form, "Add this person", status=422, **SAID)
    (told,) = asked.errors
    assert told.startswith("This is also the address of Ada. While two people share it")
    done = pages.submit(asked, "Add this person", **{"email-meant": "Ada@Example.edu"})
    assert done.h1 == "Dana"
    change = done.link("Name and address")
    kept = pages.submit(pages.open(change), "Save", name="Dana Ruiz")
    assert kept.h1 == "Dana Ruiz"
    held = pages.submit(pages.open(change), "Save", status=422, email=office.email)
    assert held.errors[0].startswith("There is an account with this address already.")


def test_ones_own_account_is_no_question(pages: Pages, medicine: Unit, office: Account) -> None:
    leo = make.person("Leo", unit=medicine)
    learner = make.account(Role.LEARNER, person=leo)
    commands.change_person(make.by(), leo.id, name="Leo", email="")
    page = pages.get("directory.change_person", person_id=leo.id)
    assert pages.submit(page, "Save", email=learner.email).h1 == "Leo"


def test_a_new_kind_of_unit_is_asked_about_in_the_preview(pages: Pages, medicine: Unit, office: Account) -> None:
    page = pages.get("directory.new_unit")
    said = {"name": "Cardiology", "code": "CARD", "kind": "departmant", "parent": "MED"}
    shown = pages.submit(page, "Preview", **said)
    assert f"No unit has the kind “departmant” {ASKED} There is “department”." in shown.text
    assert ASKED not in pages.submit(page, "Preview", **(said | {"kind": "department"})).text


def test_near_words(app: object) -> None:
    assert near("STAFF", {"staff", "faculty"}) == "staff"
    assert near("dean", {"staff", "faculty"}) is None
    assert question(Vocabulary.ROLES, "x", ()) == ""
