"""Somebody who was added by mistake goes whole, figures and all; of anybody else it is said what stands in the way."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.support import make, settle, trail
from tests.support.make import Account, Person, Unit
from tests.support.pages import Pages
from tracker.accounts import invitations
from tracker.accounts.commands import use_link
from tracker.accounts.models import Account as AccountRow
from tracker.accounts.models import SignInLink
from tracker.core import audit, clock
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.core.days import month_end
from tracker.core.errors import Conflict, Forbidden, NotFound
from tracker.curriculum import commands as curriculum
from tracker.curriculum.rules import Requirement
from tracker.directory.commands import rosters
from tracker.directory.commands.removing import remove_person
from tracker.directory.queries.removal import what_stands_in_the_way
from tracker.people import commands as people
from tracker.people import models
from tracker.progress import reports
from tracker.progress.commands import waivers
from tracker.progress.commands.waivers import Grant
from tracker.progress.figures import check, revisions
from tracker.progress.jobs import keep_days
from tracker.progress.models import Span
from tracker.requests import commands as requests
from tracker.requests.commands import Asked
from tracker.requests.rules import Kind

REMOVE = "Remove this person"
MODELS = (models.Person, models.Appointment, models.Function, models.Leave, models.FormerName)


@pytest.fixture
def medicine(app: Flask) -> Unit:
    """A department with a gate before it, in which one person has done what is asked."""
    unit = make.unit("Medicine", code="MED")
    module = make.module("M")
    make.requirement(module, code="ONCE")
    make.gate(module)
    make.completion(make.person("Bo", unit=unit), module)
    keep_days()
    return unit


def numbers() -> list[int]:
    """How many rows there are of each kind that a person's record is made of."""
    db.session.close()
    return [db.session.scalar(select(func.count()).select_from(model)) or 0 for model in MODELS]


def rates() -> str:
    """The figures of all units today."""
    return "".join(reports.lines("rates", clock.today()))


def test_it_is_as_if_she_had_never_been_there(pages: Pages, medicine: Unit, office: Account) -> None:
    before, figures = numbers(), rates()
    said = {"name": "Ada Okafor", "identifier": "00012", "email": "ada@example.edu", "unit": "MED"}
    said |= {"category": "staff", "role": "nonclinical"}
    added = pages.submit(pages.get("directory.new_person"), "Add this person", **said)
    changed = pages.submit(pages.open(added.link("Name and address")), "Save", name="Ada Nwosu")
    pages.submit(pages.open(changed.link("New function")), "Save", function="admissions")
    pages.submit(pages.open(changed.link("New leave")), "Save", starts_on=make.day(3).isoformat())
    pages.submit(pages.open(changed.link("Sign-in link")), "Make a sign-in link")
    assert numbers() != before
    page = pages.open(changed.link("This person was added by mistake"))
    assert page.h1 == "Was Ada Nwosu added by mistake?"
    for words in ("identifier 00012", "The post in Medicine, from", "1 function", "1 leave", "1 former name"):
        assert words in page.text, words
    assert "An account that nobody has used" in page.text
    done = pages.submit(page, REMOVE)
    assert done.messages == ["Ada Nwosu was removed, and is counted on no day."]
    assert numbers() == before
    assert rates() == figures
    assert list(check.differences()) == []
    assert db.session.scalar(select(func.count()).select_from(SignInLink)) == 1, "the office's own"
    pages.open(added.path, status=404)


def test_the_trail_keeps_that_it_was_done_and_no_name(pages: Pages, medicine: Unit, office: Account) -> None:
    ada = make.person("Ada Okafor", unit=medicine, identifier="00012", email="ada@example.edu")
    invitations.hand_over(make.by(), ada.id)
    remove_person(make.by(), ada.id)
    assert trail.verbs()[-3:] == ["account.removed", "appointment.removed", "person.removed"]
    kept = str(trail.everything())
    for words in ("Okafor", "00012", "ada@example.edu"):
        assert words not in kept
    told = pages.get("trail.events").texts(".event-what")
    assert told[0].startswith("The system removed the record of somebody who had been added by mistake")
    assert any(line.startswith("The system added somebody whose record was erased") for line in told)


def test_nobody_gets_the_number_of_somebody_who_is_gone(pages: Pages, medicine: Unit, office: Account) -> None:
    ada = make.person("Ada", unit=medicine)
    invitations.hand_over(make.by(), ada.id)
    remove_person(make.by(), ada.id)
    bea = make.person("Bea", unit=medicine)
    invitations.hand_over(make.by(), bea.id)
    assert bea.id != ada.id
    remove_person(make.by(), bea.id)
    files = {"people.csv": b"person_id,name,email\n00077,Cleo,\n00078,Dan,\n"}
    rosters.confirm(make.by(), _read(files))
    rosters.work()
    by_name = dict(db.session.execute(select(models.Person.name, models.Person.id)).all())
    assert not {by_name["Cleo"], by_name["Dan"]} & {ada.id, bea.id}
    later = make.account(Role.LEARNER, make.person("Eve", unit=medicine))
    assert later.person is not None
    told = pages.get("trail.events").texts(".event-what")
    assert sum("made an account for Eve" in line for line in told) == 1
    assert sum("made an account for somebody whose record was erased" in line for line in told) == 2


def _read(files: dict[str, bytes]) -> int:
    roster_id = rosters.hand_in(make.by(), files, is_complete=False)
    rosters.work()
    return roster_id


def test_it_leaves_nothing_to_rules_that_come_or_go(medicine: Unit) -> None:
    once = Requirement(code="ONCE", title="Once", modules=("M",), level="required", first=make.day(900))
    ada = make.person("Ada", unit=medicine)
    curriculum.set_requirement(make.by(), replace(once, due={"date": make.day(9)}))
    remove_person(make.by(), ada.id)
    settle.figures()
    assert list(check.differences()) == []
    bea = make.person("Bea", unit=medicine)
    curriculum.set_requirement(make.by(), replace(once, due={"date": make.day(5)}))
    revisions.build_begun()
    remove_person(make.by(), bea.id)
    assert list(check.differences()) == []
    lost = select(func.count()).select_from(Span).where(Span.person_id.in_([ada.id, bea.id]))
    assert db.session.scalar(lost) == 0
    revisions.clear_retired()
    assert list(check.differences()) == []


# What stands in the way


def completed(ada: Person, unit: Unit) -> None:
    make.completion(ada, "M")


def waived(ada: Person, unit: Unit) -> None:
    waivers.waive_many(make.by(), [ada.id], Grant(None, None, clock.today(), None, "abroad", "the dean"))


def champions(ada: Person, unit: Unit) -> None:
    make.appoint(ada, unit)


def reported(ada: Person, unit: Unit) -> None:
    champion = make.champion(unit)
    assert champion.person is not None
    actor = replace(make.by(), person_id=champion.person.id, unit_ids=frozenset({unit.id}))
    requests.ask(actor, Asked(Kind.NOT_OURS, person_id=ada.id))


def signed_in(ada: Person, unit: Unit) -> None:
    use_link(invitations.hand_over(make.by(), ada.id).rpartition("/")[2])


def sealed(ada: Person, unit: Unit) -> None:
    with make.transaction() as tx:
        audit.record(tx, "report.sealed", "seal", 1, after={"day": month_end(clock.today(), -1), "hash": "…"})


def loaded(ada: Person, unit: Unit) -> None:
    with make.transaction() as tx:
        audit.record(tx, "facts.replaced", "facts", 0, after={"people.csv": 2})


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        (completed, "1 completion is on record"),
        (waived, "1 waiver is on record"),
        (champions, "1 term as champion is on record"),
        (reported, "1 request names this person"),
        (signed_in, "This person has an account that was used"),
        (sealed, "counts this person"),
        (loaded, "The record was not entered here but loaded from files"),
    ],
)
def test_what_has_come_of_a_record_stands_in_the_way(
    pages: Pages, medicine: Unit, office: Account, deed: Callable[[Person, Unit], None], words: str
) -> None:
    ada = make.person("Ada", unit=medicine)
    assert what_stands_in_the_way(ada.id) == []
    open_form = pages.get("directory.remove_person", person_id=ada.id)
    deed(ada, medicine)
    there = numbers()
    refused = pages.submit(open_form, REMOVE, status=422)
    for page in (refused, pages.get("directory.remove_person", person_id=ada.id)):
        assert "This record cannot be removed" in page.text
        assert words in page.text
        assert REMOVE not in page.texts("button")
    with pytest.raises(Conflict, match="cannot be removed"):
        remove_person(make.by(), ada.id)
    assert numbers() == there
    assert list(check.differences()) == []


def test_a_month_that_was_sealed_without_her_stands_in_nobodys_way(medicine: Unit) -> None:
    sealed(make.person("Bea", unit=medicine), medicine)
    ada = make.person("Ada", unit=medicine)
    later = make.person("Cleo", unit=medicine, starts_on=clock.today())
    assert what_stands_in_the_way(ada.id) == []
    sealed(ada, medicine)
    assert "counts this person" in what_stands_in_the_way(ada.id)[0]
    assert what_stands_in_the_way(later.id) == []


def test_only_the_office_does_it(pages: Pages, medicine: Unit) -> None:
    ada = make.person("Ada", unit=medicine)
    pages.sign_in(make.account(Role.AUDITOR))
    assert "added by mistake" not in pages.get("directory.person", person_id=ada.id).text
    pages.get("directory.remove_person", person_id=ada.id, status=403)
    with pytest.raises(Forbidden):
        remove_person(replace(make.by(), rights=frozenset()), ada.id)
    with pytest.raises(NotFound):
        remove_person(make.by(), 999_999)


def test_an_account_of_the_sample_stands_in_the_way(medicine: Unit) -> None:
    ada = make.person("Ada", unit=medicine)
    invitations.hand_over(make.by(), ada.id)
    assert what_stands_in_the_way(ada.id) == []
    with make.transaction() as tx:
        tx.session.execute(update(AccountRow).where(AccountRow.person_id == ada.id).values(is_sample=True))
    assert what_stands_in_the_way(ada.id) == ["this person has an account that was used"]


def test_the_last_post_and_a_correction_are_no_obstacle(medicine: Unit) -> None:
    ada = make.person("Ada", unit=medicine)
    people.end_employment(make.by(), ada.id, on=make.day(1))
    remove_person(make.by(), ada.id)
    assert list(check.differences()) == []
