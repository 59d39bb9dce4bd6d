"""The start page: the answer first, the one next step, and everything else in its place."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.progress_pages.conftest import World
from tests.support import cast, make
from tests.support.pages import Page, Pages
from tests.support.statements import statements
from tracker.core import clock
from tracker.core.actor import Actor, Right, Role
from tracker.core.database import db
from tracker.core.words import day as shown
from tracker.people import commands as people
from tracker.progress.commands import waivers
from tracker.progress.commands.completions import withdraw
from tracker.progress.models import Completion, Revision, Stage
from tracker.progress.routes.wording import greeting
from tracker.requests import commands as requests
from tracker.requests.commands import Asked
from tracker.requests.rules import Kind


def lede(page: Page) -> list[str]:
    """The answer, and the quieter lines below it."""
    return page.texts(".lede p")


def text(day: date) -> str:
    """A day as pages show it, with plain blanks."""
    return shown(day).replace("\N{NO-BREAK SPACE}", " ")


def sections(page: Page) -> list[str]:
    """The parts of the page, in order, without what stands beside them."""
    return page.texts(".column-main > h2")


def test_the_answer_names_how_much_and_the_next_day(world: World, pages: Pages) -> None:
    soon, later = make.day(-12), make.day(-200)
    first, second = make.module("M1", title="Awareness"), make.module("M2", title="Action")
    make.requirement(second, title="The rest", due={"date": later})
    make.requirement(first, title="The sequence", due={"date": soon})

    page = pages.get("learner.home")
    assert page.h1.endswith("Ada Asked")
    assert lede(page) == [f"You have 2 things to do. The next is due on {text(soon)}."]
    assert page.texts(".task .task-status") == ["Due in 12 days"]
    assert page.texts(".task .task-title") == ["Awareness"]
    assert page.texts(".task > .quiet") == ["Part of The sequence · 60 minutes"]
    assert page.link("Action") == "/modules/M2"
    assert f"by {text(later)}" in page.text


def test_one_thing_is_spoken_of_in_the_singular(world: World, pages: Pages) -> None:
    make.requirement(due={"date": make.day(-12)})
    assert lede(pages.get("learner.home")) == [f"You have 1 thing to do. It is due on {text(make.day(-12))}."]


def test_what_is_overdue_is_told_calmly(world: World, pages: Pages) -> None:
    make.requirement(make.module(title="Late"), due={"date": make.day(40)})
    page = pages.get("learner.home")
    assert lede(page) == [f"You have 1 thing to do. It was due on {text(make.day(40))}."]
    assert page.texts(".task-status") == [f"Overdue since {text(make.day(40))}"]


def test_a_lapsed_one_is_to_be_renewed(world: World, pages: Pages) -> None:
    course = make.module(title="Fair selection")
    make.requirement(course, repeat={"months": 12})
    make.completion(world.ada, course, on=make.day(500))
    page = pages.get("learner.home")
    assert lede(page)[0].startswith("You have 1 thing to do. It lapsed on ")
    assert page.texts(".task-status")[0].startswith("Lapsed on ")


def test_what_lapses_within_90_days_stands_apart_from_what_is_done(world: World, pages: Pages) -> None:
    near, far = make.module(title="Nearly over"), make.module(title="Fresh")
    make.requirement(near, far, repeat={"months": 12})
    make.completion(world.ada, near, on=make.day(300))
    make.completion(world.ada, far, on=make.day(10))
    page = pages.get("learner.home")
    assert lede(page) == ["You are up to date."]
    assert sections(page) == ["To renew within 90 days", "Done"]
    renew, done = page.html.select(".column-main ul.rows")
    assert "Nearly over" in renew.text
    assert "lapses on" in renew.text
    assert "Fresh" in done.text
    assert "Holds until" in done.text


def test_a_yearly_course_says_when_it_is_asked_again(world: World, pages: Pages) -> None:
    today = clock.today()
    start = today - timedelta(days=20)
    course = make.module(title="Yearly")
    make.requirement(course, repeat={"cycle": f"{start:%m-%d}"})
    make.completion(world.ada, course, on=make.day(5))
    again = start.replace(year=start.year + 1)
    assert f"Asked again from {text(again)}" in pages.get("learner.home").text


def test_expected_and_optional_are_asked_gently_and_apart(world: World, pages: Pages) -> None:
    make.requirement(make.module(title="Hoped for"), level="expected", due={"date": make.day(400)})
    make.requirement(make.module(title="Book circle"), level="optional", due={"date": make.day(400)})
    page = pages.get("learner.home")
    assert lede(page) == ["Nothing is due. 1 thing is expected of you, in your own time."]
    assert page.texts(".task-status") == ["Expected, not started"]
    assert sections(page) == ["If you like"]
    for word in ("Overdue", "Due soon", "was due", text(make.day(400))):
        assert word not in page.text
    assert "2 things" not in page.text


def test_expected_follows_what_is_required(world: World, pages: Pages) -> None:
    make.requirement(make.module(title="Must"))
    make.requirement(make.module(title="May be"), level="expected")
    page = pages.get("learner.home")
    assert lede(page) == ["You have 1 thing to do.", "1 more thing is expected of you, in your own time."]
    assert page.texts(".task-title") == ["Must"]
    assert sections(page) == ["Also expected of you"]


def test_a_module_asked_twice_stands_once_with_both_reasons(world: World, pages: Pages) -> None:
    course = make.module(title="Awareness")
    make.requirement(course, title="For all", level="expected")
    make.requirement(course, title="For managers", due={"date": make.day(-10)})
    page = pages.get("learner.home")
    assert page.texts(".column-main :is(.task-title, .todo-what)") == ["Awareness"]
    assert page.texts(".task > .quiet") == ["Part of For managers and For all · 60 minutes"]
    assert page.texts(".task-status") == ["Due in 10 days"]


def test_a_claim_says_who_decides_it_and_leads_to_its_receipt(world: World, pages: Pages) -> None:
    essay = make.module(title="Essay", evidence="verification")
    make.requirement(essay)
    make.completion(world.ada, essay, claimed=True)
    page = pages.get("learner.home")
    assert lede(page) == ["There is nothing left for you to do.", "1 thing waits for a decision."]
    assert sections(page) == ["Waits for a decision"]
    assert "waits for Cara Champion" in page.text
    assert page.link("Essay").startswith("/receipts/")


def test_a_champion_s_own_claim_waits_for_somebody_else(world: World, pages: Pages) -> None:
    essay = make.module(title="Essay", evidence="verification")
    make.requirement(essay)
    assert world.champion.person is not None
    make.completion(world.champion.person, essay, claimed=True)
    pages.sign_in(world.champion)
    assert "waits for the office" in pages.get("learner.home").text


def test_on_leave_nothing_is_due(world: World, pages: Pages) -> None:
    make.requirement(make.module(title="Late"), due={"date": make.day(40)})
    make.requirement(make.module(title="Circle"), level="optional")
    people.add_leave(make.by(), world.ada.id, starts_on=make.day(5), ends_on=make.day(-30))
    page = pages.get("learner.home")
    assert lede(page)[0] == "You are on leave, so nothing is due."
    assert sections(page) == ["Paused while you are on leave", "If you like"]
    assert "Overdue" not in page.text


def test_what_is_waived_is_not_asked(world: World, pages: Pages) -> None:
    make.requirement(make.module(title="Waived one"), due={"date": make.day(40)})
    waivers.waive(
        make.by(),
        world.ada.id,
        requirement_id=None,
        module_id=None,
        starts_on=make.day(50),
        ends_on=None,
        reason="agreed",
        approved_by="the dean",
    )
    page = pages.get("learner.home")
    assert lede(page) == ["Everything asked of you is waived for now."]
    assert sections(page) == ["Waived for now"]


def test_nothing_asked_is_said(world: World, pages: Pages) -> None:
    assert lede(pages.get("learner.home")) == ["Nothing is asked of you today."]


def test_who_has_left_keeps_her_record(world: World, pages: Pages) -> None:
    course = make.module(title="Awareness")
    make.requirement(course)
    gone = make.person("Leo Left", unit=world.unit, ends_on=make.day(1))
    make.completion(gone, course, on=make.day(30))
    pages.sign_in(make.account(Role.LEARNER, gone))
    page = pages.get("learner.home")
    assert lede(page)[0] == f"Your appointment ended on {text(make.day(1))}, so nothing is asked of you any more."
    assert "1 completion is kept in your record" in page.text
    assert "Awareness" in pages.get("learner.record").text


def test_the_nearest_champions_are_named_with_their_addresses(app: Flask, pages: Pages) -> None:
    people_here = cast.gather()
    pages.sign_in(make.learner(people_here.division, "Dora"))
    page = pages.get("learner.home")
    assert people_here.champion.person is not None
    assert page.link("Cara Champion") == f"mailto:{people_here.champion.email}"
    for other in ("Paula Parent", "Ella Elsewhere", "Bo Before"):
        assert other not in page.text


def test_a_rule_that_is_being_changed_is_announced(world: World, pages: Pages) -> None:
    make.requirement(title="The sequence")
    assert "being changed" not in pages.get("learner.home").text
    live = db.session.execute(db.select(Revision).where(Revision.stage == Stage.LIVE)).scalar_one()
    db.session.add(
        Revision(
            requirement_id=live.requirement_id,
            key="following",
            stage=Stage.BUILDING,
            rule=live.rule,
            horizon=live.horizon,
            built_to=0,
        )
    )
    db.session.commit()
    assert "what stands here about The sequence follows the rule before" in pages.get("learner.home").text


def test_a_day_that_the_spans_do_not_reach_is_worked_out(world: World, pages: Pages) -> None:
    course = make.module(title="Yearly")
    make.requirement(course, repeat={"cycle": "01-01"})
    before = pages.get("learner.home").texts(".lede p, .task-status, .rows li")
    db.session.execute(update(Revision).values(horizon=make.day(1)))
    db.session.commit()
    assert pages.get("learner.home").texts(".lede p, .task-status, .rows li") == before


def test_the_start_page_takes_as_many_statements_for_fifty_as_for_one(world: World, pages: Pages) -> None:
    make.requirement(make.module())
    pages.get("learner.home")
    with statements() as few:
        pages.get("learner.home")
    modules = [make.module(evidence="verification") for _ in range(8)]
    for _ in range(6):
        make.requirement(*modules)
    for module in modules:
        make.completion(world.ada, module, claimed=True)
    pages.get("learner.home")
    with statements() as many:
        pages.get("learner.home")
    assert len(many) == len(few) <= 11


def test_whoever_has_no_record_begins_elsewhere(app: Flask, pages: Pages) -> None:
    pages.sign_in(make.account(Role.ADMINISTRATOR))
    assert pages.get("learner.home").path == "/system"


@pytest.mark.parametrize(
    ("hour", "words"), [(3, "Hello"), (8, "Good morning"), (13, "Good afternoon"), (21, "Good evening")]
)
def test_the_greeting_follows_the_time_of_day(hour: int, words: str) -> None:
    assert greeting(clock.now().replace(hour=hour)) == words


def test_what_has_to_come_first_is_offered_in_its_place(world: World, pages: Pages) -> None:
    make.module("ONE", title="The first")
    make.module("TWO", title="The second", after=["ONE"])
    third, fourth = (make.module(f"M-{number}", title=f"Part {number}", after=["TWO"]) for number in (3, 4))
    make.requirement(third, fourth, title="The sequence", due={"date": make.day(-12)})
    page = pages.get("learner.home")
    assert page.texts(".task-title") == ["Part 3"]
    assert "Part 3 builds on The second, so it can be logged once that is done." in page.text
    assert page.link("Begin with The first") == "/modules/ONE"
    assert "Comes after The second: begin with The first." in page.text
    assert not page.html.select("main a[href^='/log?']")

    make.completion(world.ada, "ONE", on=make.day(5))
    assert pages.get("learner.home").link("Begin with The second") == "/modules/TWO"
    make.completion(world.ada, "TWO", on=make.day(4), claimed=True)
    page = pages.get("learner.home")
    assert page.link("Log a completion") == "/log?module=M-3"
    assert "builds on" not in page.text


def test_what_she_asked_for_and_waits_is_told_in_a_line(world: World, pages: Pages) -> None:
    assert "for an answer" not in pages.get("learner.home").text
    herself = Actor(world.learner.id, world.ada.id, frozenset(Right), frozenset(), clock.today())
    for words in ("I am abroad.", "I am ill."):
        requests.ask(herself, Asked(Kind.ACCOMMODATION, words))
        page = pages.get("learner.home")
    assert "2 requests of yours wait for an answer. See them" in page.text
    assert pages.open(page.link("See them")).path == "/requests/mine"


def test_who_left_is_offered_to_log_as_long_as_her_days_can_be_logged(world: World, pages: Pages) -> None:
    course = make.module("AWARE", title="Awareness")
    make.requirement(course)
    for days, offered in ((15, True), (16, False)):
        gone = make.person(unit=world.unit, ends_on=make.day(days))
        claim = make.completion(gone, course, on=make.day(40), claimed=True)
        visitor = make.account(Role.LEARNER, gone)
        pages.sign_in(visitor)
        withdraw(Actor(visitor.id, gone.id, frozenset(Right), frozenset(), clock.today()), claim)
        receipt = db.session.scalars(select(Completion.reference).where(Completion.id == claim)).one()
        for page in (
            pages.get("learner.home"),
            pages.get("learner.record"),
            pages.get("learner.module", code="AWARE"),
            pages.get("learner.receipt", reference=receipt),
        ):
            assert bool(page.html.select("main a[href^='/log']")) is offered, page.path
