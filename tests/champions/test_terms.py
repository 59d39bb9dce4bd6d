"""The office appoints champions and records what belongs to their terms."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.champions.conftest import Here, Trail, number_of, row, term_of
from tests.support import make
from tests.support.edits import assert_told, day_words
from tests.support.pages import Page, Pages
from tracker.accounts.queries import account
from tracker.champions import commands, queries
from tracker.champions.models import Champion, TermApproval, TermCertificate, TermTraining
from tracker.champions.rules import last_day
from tracker.core import clock
from tracker.core.actor import Actor, Right
from tracker.core.database import db
from tracker.core.errors import Conflict, Forbidden, Invalid, NotFound


def iso(days_ago: int) -> str:
    """A day as forms send it."""
    return make.day(days_ago).isoformat()


def actor_of(of: make.Account) -> Actor:
    """Somebody as she is signed in today."""
    found = account(of.id, clock.today())
    assert found is not None
    return found.actor


def search(pages: Pages, here: Here, words: str, **query: str) -> Page:
    """The page to appoint somebody for the department, after a search."""
    pages.sign_in(here.cast.office)
    page = pages.get("champions.appoint", code="MED", query=query)
    return pages.submit(page, "Find", q=words)


def test_the_office_finds_a_person_and_appoints_her(pages: Pages, here: Here, trail: Trail) -> None:
    somebody = make.person("Dana Ruiz", unit=here.cast.division)
    page = search(pages, here, "dana")
    assert page.texts(".choice label")[0] == "Dana Ruiz"
    assert page.texts(".choice .hint")[0] == "Cardiology, staff"
    done = pages.submit(page, "Appoint", person=somebody.id, kind="faculty", fte="0,2")
    assert done.h1 == "Dana Ruiz"
    assert done.messages[0].startswith("Dana Ruiz is champion of Medicine from")
    made = db.session.scalars(select(Champion).where(Champion.person_id == somebody.id)).one()
    assert (made.kind, made.fte, made.starts_on) == ("faculty", Decimal("0.2"), clock.today())
    assert made.ends_on == last_day(clock.today())
    event = trail("champion.appointed")[-1]
    assert event.subject == f"champion:{made.id}"
    assert event.after is not None
    assert event.after["fte"] == "0.2"


def test_people_are_found_by_identifier_and_address_too(pages: Pages, here: Here) -> None:
    somebody = make.person("Dana Ruiz", unit=here.cast.division, identifier="00417", email="dana@example.edu")
    for words in (somebody.identifier, "DANA@example.edu"):
        assert "Dana Ruiz" in search(pages, here, words).text
    for words in ("0041", "example.edu"):
        assert f"Nobody found by “{words}”" in search(pages, here, words).text


def test_a_search_says_when_there_are_more(pages: Pages, here: Here) -> None:
    for number in range(21):
        make.person(f"Sam {number:02}", unit=here.cast.division)
    page = search(pages, here, "Sam")
    assert "More than 20 people fit" in page.text
    assert len([text for text in page.texts(".choice label") if text.startswith("Sam")]) == 20


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"person": None}, "Select a person"),
        ({"kind": None}, "Select faculty or staff"),
        ({"starts_on": ""}, "Enter the first day"),
        ({"ends_on": "1999-01-01"}, "The last day must not lie before the first"),
        ({"fte": "2"}, "Enter a number from 0 to 1, such as 0.2"),
        ({"fte": "half"}, "Enter a number from 0 to 1, such as 0.2"),
        ({"fte": "nan"}, "Enter a number from 0 to 1, such as 0.2"),
    ],
)
def test_what_is_missing_is_said(pages: Pages, here: Here, sent: dict[str, str | None], error: str) -> None:
    somebody = make.person("Dana Ruiz", unit=here.cast.division)
    page = search(pages, here, "dana")
    values: dict[str, str | int | None] = {"person": somebody.id, "kind": "staff", **sent}
    assert pages.submit(page, "Appoint", status=422, **values).errors == [error]


def test_nobody_champions_a_unit_twice_on_a_day(pages: Pages, here: Here) -> None:
    page = search(pages, here, "Cara")
    assert here.cast.champion.person is not None
    again = pages.submit(page, "Appoint", status=422, person=here.cast.champion.person.id, kind="staff")
    assert again.errors == ["This person is champion of this unit on some of these days already."]
    ended = row(here.term).ends_on
    assert ended is not None
    after = date.fromordinal(ended.toordinal() + 1)
    commands.appoint(
        make.by(), here.cast.champion.person.id, here.cast.department.id, kind="staff", starts_on=after, ends_on=None
    )


def test_the_office_changes_a_term(pages: Pages, here: Here, trail: Trail) -> None:
    pages.sign_in(here.cast.office)
    page = pages.get("champions.change", champion_id=here.term)
    done = pages.submit(page, "Save", kind="faculty", ends_on=iso(-30), fte="0.10")
    assert done.messages == ["Changed the term of Cara Champion."]
    changed = row(here.term)
    assert (changed.kind, changed.ends_on, changed.fte) == ("faculty", make.day(-30), Decimal("0.10"))
    event = trail("champion.changed")[-1]
    assert event.before is not None
    assert event.after is not None
    assert event.before.keys() == event.after.keys() == {"kind", "ends_on", "fte"}


def test_the_office_ends_a_term_early(pages: Pages, here: Here, trail: Trail) -> None:
    pages.sign_in(here.cast.office)
    page = pages.get("champions.end", champion_id=here.term)
    assert pages.submit(page, "End the term", status=422, ends_on=iso(-9_000)).errors
    done = pages.submit(page, "End the term", ends_on=iso(1))
    assert "This term is over." in done.text
    assert len(trail("champion.ended")) == 1
    assert not actor_of(here.cast.champion).unit_ids


def test_a_term_that_has_not_begun_can_be_taken_back(pages: Pages, here: Here, trail: Trail) -> None:
    coming = make.champion(here.cast.department, name="Nora Next", starts_on=make.day(-10))
    champion_id = term_of(coming)
    commands.record_approval(
        make.by(), champion_id, "chair", approved_by="Dr Okafor", approved_on=make.day(1), note=None
    )
    pages.sign_in(here.cast.office)
    done = pages.submit(pages.get("champions.term", champion_id=champion_id), "Take it back")
    assert done.messages == ["Took back the term of Nora Next."]
    assert number_of(Champion) == 4
    assert [event.person_id for event in trail("approval.removed")] == [coming.person.id if coming.person else None]
    assert len(trail("champion.withdrawn")) == 1
    with pytest.raises(Conflict):
        commands.withdraw_term(make.by(), here.term)


def test_approvals_are_recorded_changed_and_removed(pages: Pages, here: Here, trail: Trail) -> None:
    pages.sign_in(here.cast.office)
    page = pages.get("champions.approval", champion_id=here.term, kind="chair")
    assert pages.submit(page, "Save", status=422, approved_by="", approved_on=iso(-1)).errors == [
        "Enter who approved it",
        "The day must be today or earlier",
    ]
    done = pages.submit(
        page, "Save", approved_by="Dr Okafor", approved_on=iso(3), note="https://example.edu/letters/12"
    )
    assert "Chair: Dr Okafor" in done.text
    assert done.link("The letter of the chair") == "https://example.edu/letters/12"
    again = pages.get("champions.approval", champion_id=here.term, kind="chair")
    pages.submit(again, "Save", note="Said so on the phone")
    event = trail("approval.changed")[-1]
    assert (event.before, event.after) == ({"note": True}, {"note": True})
    assert trail("approval.recorded")[-1].after == {
        "id": 1,
        "champion_id": here.term,
        "kind": "chair",
        "approved_by": True,
        "approved_on": iso(3),
        "note": True,
    }
    shown = pages.get("champions.term", champion_id=here.term)
    assert "Said so on the phone" in shown.text
    assert "Okafor" not in pages.submit(shown, "Remove the approval of the chair").text
    assert number_of(TermApproval) == 0
    pages.get("champions.approval", champion_id=here.term, kind="dean", status=404)


def test_a_note_that_is_no_address_is_no_link(pages: Pages, here: Here) -> None:
    for note in ("javascript:alert(1)", "https://a b"):
        commands.record_approval(
            make.by(), here.term, "chair", approved_by="Dr Okafor", approved_on=make.day(1), note=note
        )
        pages.sign_in(here.cast.office)
        assert note in pages.get("champions.term", champion_id=here.term).text


def test_training_and_certificates_are_recorded_and_removed(pages: Pages, here: Here, trail: Trail) -> None:
    module = make.module(title="1.0 Awareness")
    pages.sign_in(here.cast.office)
    page = pages.get("champions.training", champion_id=here.term)
    assert pages.submit(page, "Save", status=422, starts_on=iso(5), ends_on=iso(9)).errors
    pages.submit(page, "Save", starts_on=iso(9), ends_on=iso(5))
    assert pages.submit(page, "Save", status=422, starts_on=iso(9), ends_on=iso(5)).errors == [
        "Training that begins on this day is recorded already."
    ]
    pages.submit(page, "Save", starts_on=iso(90), ends_on=iso(90))
    page = pages.get("champions.certificate", champion_id=here.term)
    module_id = queries.modules_to_certify()[0][0]
    done = pages.submit(page, "Save", module=module_id, certified_on=iso(2))
    assert module.title in done.text
    assert pages.submit(page, "Save", status=422, module=module_id, certified_on=iso(2)).errors == [
        "A certificate for this module is recorded already."
    ]
    done = pages.submit(done, f"Remove the certificate for {module.title}")
    training = db.session.scalars(select(TermTraining).order_by(TermTraining.starts_on)).all()
    assert len(training) == 2
    pages.post("champions.remove_training", champion_id=here.term, training_id=training[0].id)
    assert number_of(TermTraining) == 1
    assert number_of(TermCertificate) == 0
    for verb in ("training.recorded", "training.removed", "certificate.recorded", "certificate.removed"):
        assert trail(verb), verb


def test_what_belongs_to_another_term_cannot_be_removed_by_way_of_this(here: Here) -> None:
    other = here.term_of(here.cast.champion_elsewhere)
    training = commands.add_training(make.by(), other, starts_on=make.day(9), ends_on=make.day(8))
    with pytest.raises(NotFound):
        commands.remove_training(make.by(), here.term, training)


def test_only_the_office_appoints_and_records(here: Here) -> None:
    champion = actor_of(here.cast.champion)
    assert Right.CHAMPIONS_APPOINT not in champion.rights
    day = clock.today()
    for deed in (
        lambda: commands.appoint(champion, 1, here.cast.department.id, kind="staff", starts_on=day, ends_on=None),
        lambda: commands.change_term(champion, here.term, kind="staff", starts_on=day, ends_on=None, fte=None),
        lambda: commands.end_term(champion, here.term, on=day),
        lambda: commands.withdraw_term(champion, here.term),
        lambda: commands.record_approval(champion, here.term, "chair", approved_by="me", approved_on=day, note=None),
        lambda: commands.remove_approval(champion, here.term, "chair"),
        lambda: commands.add_training(champion, here.term, starts_on=day, ends_on=day),
        lambda: commands.remove_training(champion, here.term, 1),
        lambda: commands.add_certificate(champion, here.term, module_id=1, certified_on=day),
        lambda: commands.remove_certificate(champion, here.term, 1),
    ):
        with pytest.raises(Forbidden):
            deed()


@pytest.mark.parametrize(
    "values", [{"kind": "dean"}, {"fte": Decimal("1.1")}, {"ends_on": date(2000, 1, 1)}, {"fte": Decimal("-1")}]
)
def test_commands_check_what_forms_checked(here: Here, values: dict[str, object]) -> None:
    said: dict[str, object] = {"kind": "staff", "starts_on": clock.today(), "ends_on": None, "fte": None, **values}
    with pytest.raises(Invalid):
        commands.change_term(make.by(), here.term, **said)  # type: ignore[arg-type]


def test_notes_are_for_office_and_auditors(pages: Pages, here: Here) -> None:
    commands.record_approval(
        make.by(), here.term, "chair", approved_by="Dr Okafor", approved_on=make.day(1), note="Said so on the phone"
    )
    for name, is_told in (("champion", False), ("champion_above", False), ("office", True), ("auditor", True)):
        pages.sign_in(here.cast.everybody()[name])
        page = pages.get("champions.term", champion_id=here.term)
        assert "Dr Okafor" in page.text
        assert ("on the phone" in page.text) is is_told, name
        assert ("Change the term" in page.text) is (name == "office"), name


def test_two_who_change_a_term(pages: Pages, here: Here) -> None:
    pages.sign_in(here.cast.office)
    form = pages.get("champions.change", champion_id=here.term)
    was = row(here.term)
    pages.submit(form, "Save", kind="faculty", fte="0.2")
    told = pages.submit(form, "Save", status=422, ends_on=iso(-30))
    assert was.ends_on is not None
    assert_told(told, "Faculty", day_words(was.ends_on), "0.2")
    now = row(here.term)
    assert (now.kind, now.ends_on, now.fte) == ("faculty", was.ends_on, Decimal("0.2"))
    pages.submit(told, "Save", kind="faculty")
    now = row(here.term)
    assert (now.kind, now.ends_on, now.fte) == ("faculty", make.day(-30), None)


def test_the_last_day_that_a_form_proposes_is_not_told_as_one_that_stands(pages: Pages, here: Here) -> None:
    term = row(here.term)
    said = {"kind": "staff", "starts_on": term.starts_on, "ends_on": None}
    commands.change_term(make.by(), here.term, fte=None, **said)
    pages.sign_in(here.cast.office)
    form = pages.get("champions.change", champion_id=here.term)
    assert form.one("#ends_on")["value"] == last_day(term.starts_on).isoformat()
    commands.change_term(make.by(), here.term, fte=Decimal("0.1"), **said)
    assert_told(pages.submit(form, "Save", status=422), "nothing", "0.1")


def test_two_who_record_an_approval(pages: Pages, here: Here) -> None:
    pages.sign_in(here.cast.office)
    form = pages.get("champions.approval", champion_id=here.term, kind="chair")
    pages.submit(form, "Save", approved_by="Dr Okafor", approved_on=iso(3))
    told = pages.submit(form, "Save", status=422, approved_by="Dr Ito", approved_on=iso(2), note="by phone")
    assert_told(told, "Dr Okafor", day_words(make.day(3)), "nothing")
    assert number_of(TermApproval) == 1
    assert db.session.scalars(select(TermApproval.approved_by)).one() == "Dr Okafor"
    commands.remove_approval(make.by(), here.term, "chair")
    told = pages.submit(told, "Save", status=422)
    assert_told(told, "nothing", "nothing", "nothing")
    assert number_of(TermApproval) == 0
    assert "Chair: Dr Ito" in pages.submit(told, "Save").text
