"""Answering: with words, by granting or declining; what that changes; once, and never one's own."""

import re

import pytest
from sqlalchemy import delete, select

from tests.requests.conftest import (
    World,
    actor_of,
    ask_for_waiver,
    ask_to_dispute,
    completions_of,
    deeds,
    facts_of,
    id_of,
    ids_of,
    open_form,
    reference_of,
    statuses_of,
    stored,
)
from tests.support import make
from tests.support.pages import Pages
from tracker.accounts.models import Account
from tracker.core import clock
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.core.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.core.outbox import Letter, LetterKind
from tracker.core.words import NO_BREAK_SPACE, day
from tracker.progress.models import Waiver
from tracker.requests import commands
from tracker.requests.commands import Answer, Log, Verify
from tracker.requests.rules import State


def test_a_dispute_is_answered_with_words(world: World, pages: Pages) -> None:
    request_id = ask_to_dispute(pages, "I did the essay.")
    pages.sign_in(world.champion)
    page = pages.get("requests.request", request_id=request_id)
    assert page.h1 == "Dispute: Ada Asked"
    assert "I did the essay." in page.text
    assert facts_of(page)["Home"] == "Medicine"
    assert page.texts(".column-aside .todo a") == ["Essay", "Awareness"]
    why = pages.open(str(page.html.select(".column-aside .todo a")[0]["href"]))
    assert why.h1 == "Ada Asked: Essay"

    assert pages.submit(page, status=422).errors == ["Enter your answer"]
    done = pages.submit(page, answer="We found your essay.")
    assert done.messages == ["Answered: Ada Asked, Dispute."]
    assert "Nothing to answer" in done.text
    assert completions_of(world.ada) == []
    pages.sign_in(world.learner)
    told = pages.get("requests.request", request_id=request_id)
    assert told.texts(".lede p")[0].startswith("Answered on ")
    assert told.texts(".lede p")[0].endswith(" by Cara Champion.")
    assert "We found your essay." in told.text
    assert pages.get("requests.mine").texts(".lede p") == ["Nothing waits: everything was answered or withdrawn."]


def test_a_dispute_is_answered_by_verifying_the_claim(world: World, pages: Pages) -> None:
    make.completion(world.ada, "ESSAY", on=make.day(5), claimed=True)
    request_id = ask_to_dispute(pages)
    pages.sign_in(world.champion)
    page = pages.get("requests.request", request_id=request_id)
    verify, log, words = page.texts("main .choice label")
    assert verify.startswith("Verify the claim: Essay, finished on ")
    assert (log, words) == ("Log a completion for Ada Asked", "Answer with words alone")
    chosen = str(page.html.select("main .choice input")[0]["value"])
    done = pages.submit(page, deed=chosen)
    assert done.messages == ["Answered: Ada Asked, Dispute."]
    assert [row[2] for row in completions_of(world.ada)] == ["claimed", "verified"]
    assert deeds()[-2:] == ["completion.verified", "request.answered"]
    assert statuses_of(world.ada)["ESSAY"] == "satisfied"
    row = stored(request_id)
    assert (row.state, row.answer) == (State.ANSWERED, None)
    pages.sign_in(world.learner)
    told = pages.get("requests.request", request_id=request_id)
    assert told.texts(".lede p")[1] == "What was missing is on your record now."
    assert pages.open(told.link("See the record")).h1 == "Essay"
    pages.sign_in(world.champion)
    assert facts_of(pages.get("requests.request", request_id=request_id))["Recorded"].startswith("Finished on ")


@pytest.mark.parametrize(("who", "source"), [("champion", "roster"), ("office", "office")])
def test_a_dispute_is_answered_by_logging_what_was_missing(world: World, pages: Pages, who: str, source: str) -> None:
    request_id = ask_to_dispute(pages)
    aware = str(ids_of("YEARLY", "AWARE")[1])
    pages.sign_in(getattr(world, who))
    page = pages.get("requests.request", request_id=request_id)
    assert pages.submit(page, deed="log", status=422).errors == [
        "Select the module that you log",
        "Enter the day it was finished",
    ]
    late = pages.submit(page, deed="log", module_id=aware, completed_on=make.day(-1).isoformat(), status=422)
    assert late.errors == ["The day must be today or earlier"]
    values = {"deed": "log", "module_id": aware, "completed_on": make.day(40).isoformat()}
    pages.submit(page, answer="You were on the list.", **values)
    assert completions_of(world.ada) == [("AWARE", source, "verified", make.day(40))]
    assert statuses_of(world.ada)["AWARE"] == "satisfied"
    assert stored(request_id).made_completion_id is not None
    pages.sign_in(world.learner)
    told = pages.get("requests.request", request_id=request_id)
    assert "You were on the list." in told.text
    assert "In answer to a request." in pages.open(told.link("See the record")).text


def test_what_cannot_be_recorded_answers_nothing(world: World, pages: Pages) -> None:
    request_id = ask_to_dispute(pages)
    essay, aware = ids_of("YEARLY", "ESSAY")[1], ids_of("YEARLY", "AWARE")[1]
    make.completion(world.ada, "AWARE", on=make.day(40))
    other = make.completion(make.person("Bo", unit=world.unit), "ESSAY", claimed=True)
    cara = actor_of(world.champion)
    for deed, error in (
        (Log(aware, make.day(40)), Conflict),
        (Log(aware, make.day(-1)), Invalid),
        (Verify(other), Invalid),
        (Verify(10**6), NotFound),
    ):
        with pytest.raises(error):
            commands.answer(cara, request_id, Answer(State.ANSWERED, "Done.", deed=deed))
    assert stored(request_id).state == State.WAITING
    waiver = ask_for_waiver(pages)
    granted = Answer(State.GRANTED, None, make.day(0), None, Log(essay, make.day(1)))
    with pytest.raises(Invalid):
        commands.answer(actor_of(world.office), waiver, granted)
    assert len(completions_of(world.ada)) == 1


def test_of_a_record_only_its_claim_can_be_verified(world: World, pages: Pages) -> None:
    reference = reference_of(make.completion(world.ada, "ESSAY", on=make.day(5), claimed=True))
    request_id = id_of(pages.submit(open_form(pages, "dispute", reference=reference), words="It waits for too long."))
    pages.sign_in(world.champion)
    page = pages.get("requests.request", request_id=request_id)
    assert len(page.texts("main .choice label")) == 2
    assert not page.html.select("#completed_on, #module_id")


def test_a_dispute_of_a_record_leads_to_its_correction(world: World, pages: Pages) -> None:
    completion_id = make.completion(world.ada, "AWARE", on=make.day(5))
    reference = reference_of(completion_id)
    form = open_form(pages, "dispute", reference=reference)
    request_id = id_of(pages.submit(form, words="It was the day after."))
    pages.sign_in(world.office)
    page = pages.get("requests.request", request_id=request_id)
    assert page.link("correct it or strike it out") == f"/completions/{completion_id}/correct-record"
    assert page.link("The record in question") == f"/receipts/{reference}"
    corrected = pages.submit(
        pages.open(page.link("correct it or strike it out")), completed_on=make.day(4).isoformat(), note="As she says"
    )
    assert corrected.h1 == "Awareness"
    page = pages.get("requests.request", request_id=request_id)
    assert not page.link("correct it or strike it out").startswith(f"/completions/{completion_id}/")
    assert pages.submit(page, answer="Corrected.").messages
    pages.sign_in(world.champion)
    page = pages.get("requests.request", request_id=request_id)
    assert not page.html.select('a[href*="correct-record"], a[href^="/receipts"]')


def test_a_granted_waiver_changes_the_status(world: World, pages: Pages) -> None:
    assert statuses_of(world.ada) == {"ESSAY": "overdue", "AWARE": "overdue", "BOOK": "not_started"}
    request_id = ask_for_waiver(pages, ends_on=make.day(-10).isoformat())
    pages.sign_in(world.office)
    page = pages.get("requests.request", request_id=request_id)
    assert "I am abroad until autumn." in page.text
    done = pages.submit(page, outcome="granted", ends_on=make.day(-30).isoformat())
    assert done.messages == ["Granted: Ada Asked, Waiver."]

    requirement_id, _ = ids_of("YEARLY", "ESSAY")
    waiver = db.session.scalars(select(Waiver)).one()
    assert (waiver.person_id, waiver.requirement_id, waiver.module_id) == (world.ada.id, requirement_id, None)
    assert (waiver.starts_on, waiver.ends_on) == (make.day(0), make.day(-30))
    assert (waiver.reason, waiver.approved_by) == ("I am abroad until autumn.", "Olive Office")
    assert stored(request_id).made_waiver_id == waiver.id
    assert deeds()[-2:] == ["waiver.granted", "request.granted"]
    pages.sign_in(world.learner)
    assert statuses_of(world.ada) == {"ESSAY": "waived", "AWARE": "waived", "BOOK": "not_started"}
    told = pages.get("requests.request", request_id=request_id)
    assert told.texts(".lede p")[0].startswith("Granted on ")
    assert facts_of(told)["Waived"].startswith("from ")


def test_the_office_may_leave_the_end_of_a_waiver_open(world: World, pages: Pages) -> None:
    request_id = ask_for_waiver(pages, ends_on=make.day(-10).isoformat())
    office = make.account(Role.OFFICE)
    pages.sign_in(office)
    page = pages.get("requests.request", request_id=request_id)
    for values, message in (
        ({"outcome": "granted", "starts_on": ""}, "Enter the first day"),
        ({"outcome": "granted", "ends_on": make.day(9).isoformat()}, "The last day must not lie before the first"),
        ({}, "Select your decision"),
        ({"outcome": "declined"}, "Enter why it is declined"),
    ):
        assert pages.submit(page, status=422, **values).errors == [message]
    pages.submit(page, outcome="granted", ends_on="", answer="Travel safely.")
    waiver = db.session.scalars(select(Waiver)).one()
    assert (waiver.ends_on, waiver.approved_by) == (None, office.email)
    pages.sign_in(world.learner)
    told = pages.get("requests.request", request_id=request_id)
    assert facts_of(told)["Waived"].endswith("until further notice")
    assert "Travel safely." in told.text


def test_an_older_completion_that_is_granted_counts_on_its_day(world: World, pages: Pages) -> None:
    day = make.day(200)
    form = open_form(pages, "older", module="AWARE", on=day.isoformat(), how="workshop")
    request_id = id_of(pages.submit(form, words="In room 3"))
    pages.sign_in(world.office)
    page = pages.get("requests.request", request_id=request_id)
    assert page.texts(".column-aside h2")[0] == "If you grant it"
    assert "becomes" in page.texts(".change-line")[0]
    pages.submit(page, outcome="granted")
    assert completions_of(world.ada) == [("AWARE", "office", "verified", day)]
    assert stored(request_id).made_completion_id is not None
    pages.sign_in(world.learner)
    told = pages.get("requests.request", request_id=request_id)
    receipt = pages.open(told.link("See the record"))
    assert receipt.h1 == "Awareness"
    assert "In room 3" in receipt.text
    assert statuses_of(world.ada)["AWARE"] == "satisfied"


def test_a_course_that_is_granted_counts_as_the_module(world: World, pages: Pages) -> None:
    day = make.day(30)
    form = open_form(pages, "equivalence", module="ESSAY")
    sent = pages.submit(form, course="Bias 101", place="The other hospital", day=day.isoformat())
    pages.sign_in(world.office)
    page = pages.get("requests.request", request_id=id_of(sent))
    assert pages.submit(page, outcome="granted").messages == ["Granted: Ada Asked, Another course."]
    assert completions_of(world.ada) == [("ESSAY", "office", "verified", day)]
    pages.sign_in(world.learner)
    receipt = pages.open(pages.open(sent.path).link("See the record"))
    assert "Bias 101, The other hospital" in receipt.text
    assert statuses_of(world.ada)["ESSAY"] == "satisfied"


def test_what_is_declined_changes_nothing_and_says_why(world: World, pages: Pages) -> None:
    form = open_form(pages, "equivalence", module="AWARE")
    sent = pages.submit(form, course="Yoga", place="Online", day=make.day(3).isoformat())
    pages.sign_in(world.office)
    page = pages.get("requests.request", request_id=id_of(sent))
    assert pages.submit(page, outcome="declined", status=422).errors == ["Enter why it is declined"]
    pages.submit(page, outcome="declined", answer="It is about something else.")
    assert completions_of(world.ada) == []
    pages.sign_in(world.learner)
    told = pages.open(sent.path)
    assert told.texts(".lede p")[0].startswith("Declined on ")
    assert "It is about something else." in told.text


def test_reports_of_champions_and_ways_to_take_part_are_answered_with_words(world: World, pages: Pages) -> None:
    sent = [pages.submit(open_form(pages, "accommodation"), words="Captions")]
    pages.sign_in(world.champion)
    sent.append(pages.submit(open_form(pages, "not-ours", person=world.ada.id)))
    sent.append(pages.submit(open_form(pages, "missing"), name="Nora New"))
    pages.sign_in(world.office)
    for one in sent:
        page = pages.open(one.path)
        assert "outcome" not in {field.get("name") for field in page.html.select("input")}
        pages.submit(page, answer="It is seen to.")
        assert stored(id_of(one)).state == "answered"
    pages.sign_in(world.champion)
    assert pages.get("requests.mine").texts(".records .status") == ["Answered", "Answered"]


def test_who_comes_second_is_told_in_words(world: World, pages: Pages) -> None:
    disputed, waived = ask_to_dispute(pages), ask_for_waiver(pages)
    pages.sign_in(world.office)
    opened = pages.get("requests.request", request_id=disputed)
    waiver = pages.get("requests.request", request_id=waived)
    pages.sign_in(world.champion)
    pages.submit(pages.get("requests.request", request_id=disputed), answer="Seen to.")
    pages.sign_in(world.learner)
    pages.post("requests.withdraw", request_id=waived)
    pages.sign_in(world.office)
    token = {"csrf_token": pages.token()}
    late = pages.submit(opened, answer="Later", status=409, **token)
    assert "This request has been answered in the meantime. Nothing was changed by you." in late.text
    assert late.text.count("Nothing was changed") == 1
    late = pages.submit(waiver, outcome="granted", status=409, **token)
    assert "This request has been withdrawn in the meantime. Nothing was changed by you." in late.text
    for request_id in (disputed, waived):
        assert pages.get("requests.request", request_id=request_id).texts("main form") == []
    assert stored(disputed).answer == "Seen to."
    assert db.session.scalars(select(Waiver)).all() == []


def test_the_command_refuses_a_second_answer_and_leaves_nothing(world: World, pages: Pages) -> None:
    request_id = ask_for_waiver(pages)
    office = actor_of(world.office)
    granted = Answer(State.GRANTED, None, make.day(0), None)
    for wrong in (
        Answer(State.ANSWERED, "x"),
        Answer(State.WITHDRAWN, "x"),
        Answer(State.DECLINED),
        Answer(State.GRANTED),
        Answer(State.GRANTED, None, make.day(0), make.day(1)),
    ):
        with pytest.raises(Invalid):
            commands.answer(office, request_id, wrong)
    commands.answer(office, request_id, granted)
    with pytest.raises(Conflict):
        commands.answer(office, request_id, granted)
    with pytest.raises(Conflict):
        commands.withdraw(actor_of(world.learner), request_id)
    assert len(db.session.scalars(select(Waiver)).all()) == 1


def test_nobody_answers_her_own(world: World, pages: Pages) -> None:
    for account in (world.office, world.champion):
        pages.sign_in(account)
        request_id = ask_to_dispute(pages)
        page = pages.get("requests.queue")
        assert page.texts(".records a") == []
        assert "1 request of your own waits too: somebody else has to answer it." in page.text
        assert pages.get("requests.request", request_id=request_id).texts("main form button") == ["Withdraw it"]
        pages.post("requests.request", {"answer": "Yes"}, request_id=request_id, status=403)
        with pytest.raises(Forbidden):
            commands.answer(actor_of(account), request_id, Answer(State.ANSWERED, "Yes"))
        pages.post("requests.withdraw", request_id=request_id)


def test_whoever_asked_is_written_to_and_the_letter_says_nothing_of_it(world: World, pages: Pages) -> None:
    request_id = ask_for_waiver(pages)
    pages.sign_in(world.office)
    page = pages.get("requests.request", request_id=request_id)
    pages.submit(page, outcome="declined", answer="Not while you are here.")
    db.session.rollback()
    letter = db.session.scalars(select(Letter)).one()
    assert (letter.address, letter.kind) == (world.learner.email, LetterKind.ACCOUNT)
    assert letter.subject == f"Your request of {day(clock.today())} has an answer".replace(NO_BREAK_SPACE, " ")
    assert letter.body.startswith("Dear Ada Asked,\n")
    link = re.search(r"http://localhost(/requests/\d+)\n", letter.body)
    assert link is not None
    for word in ("waiver", "abroad", "course", "declined", "Not while", "Olive"):
        assert word.lower() not in f"{letter.subject} {letter.body}".lower()
    db.session.rollback()
    pages.sign_in(world.learner)
    assert "Not while you are here." in pages.open(link[1]).text


def test_no_letter_goes_where_nothing_is_answered_or_nobody_signs_in(world: World, pages: Pages) -> None:
    request_id = ask_to_dispute(pages)
    pages.submit(pages.get("requests.request", request_id=request_id), "Withdraw it")
    other = ask_to_dispute(pages)
    with make.transaction() as tx:
        tx.session.execute(delete(Account).where(Account.id == world.learner.id))
    pages.sign_in(world.champion)
    pages.submit(pages.get("requests.request", request_id=other), answer="We found it.")
    db.session.rollback()
    assert db.session.scalars(select(Letter)).all() == []


def test_the_disputed_day_stands_beside_today(world: World, pages: Pages) -> None:
    make.completion(world.ada, "ESSAY", on=make.day(3))
    request_id = ask_to_dispute(pages, days_ago=20)
    pages.sign_in(world.champion)
    page = pages.get("requests.request", request_id=request_id)
    on = day(make.day(20)).replace(NO_BREAK_SPACE, " ")
    assert page.texts(".column-aside h2")[:2] == [f"Where Ada Asked stood on {on}", "Where Ada Asked stands today"]
    then, now = page.html.select(".column-aside .todo")
    assert str(then.select("a")[0]["href"]).endswith(f"as_of={make.day(20)}")
    assert "Done on" not in then.get_text()
    assert "Done on" in now.get_text()
    assert pages.open(str(then.select("a")[0]["href"])).h1 == "Ada Asked: Essay"


def test_of_a_dispute_of_today_there_is_one_standing(world: World, pages: Pages) -> None:
    request_id = ask_to_dispute(pages)
    pages.sign_in(world.champion)
    assert "stood on" not in pages.get("requests.request", request_id=request_id).text
