"""Logging a completion of one's own: two presses from the start page, once however often it is sent."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from tests.progress_pages.conftest import World, completions_of, sent
from tests.support import make, trail
from tests.support.pages import Page, Pages
from tracker.core import clock
from tracker.core.database import db
from tracker.core.words import day as shown
from tracker.progress.commands import completions as commands
from tracker.progress.commands.completions import Statement
from tracker.progress.models import Completion

TEN_MEGABYTES = 10 * 2**20


def test_two_presses_from_home_and_the_page_moves(world: World, pages: Pages) -> None:
    course = make.module("AWARE", title="Awareness")
    make.requirement(course, title="The sequence", due={"date": make.day(-12)})

    form = pages.open(pages.get("learner.home").link("Log a completion"))
    receipt = pages.submit(form)

    assert receipt.h1 == "Awareness"
    assert receipt.texts(".lede p")[0] == "Recorded. It counts at once."
    assert completions_of(world.ada) == [("AWARE", "claimed", clock.today())]
    assert pages.get("learner.home").texts(".lede p") == ["You are up to date."]
    assert trail.verbs()[-1] == "completion.logged"


def test_the_receipt_says_what_was_recorded_and_what_it_changes(world: World, pages: Pages) -> None:
    course = make.module("AWARE", title="Awareness")
    make.requirement(course, title="The sequence", due={"date": make.day(-12)})
    make.requirement(course, title="The managers' sequence", level="expected")

    form = pages.get("learner.log", query={"module": "AWARE"})
    day = make.day(3)
    receipt = pages.submit(form, completed_on=day.isoformat(), how="workshop", note="With my team.\nIn room 4.")

    facts = dict(zip(receipt.texts(".facts dt"), receipt.texts(".facts dd"), strict=True))
    assert facts["Module"] == "Awareness"
    assert facts["How"] == "in a workshop or session"
    assert facts["Recorded"].endswith("logged by you")
    assert facts["Number"].startswith("W-")
    assert facts["State"] == "Counts"
    assert receipt.texts("blockquote") == ["With my team. In room 4."]
    changes = receipt.texts(".change-line")
    assert len(changes) == 2
    assert changes[0].startswith("Expected, not started becomes Done on ") or changes[0].startswith("Due in 12 days")
    assert receipt.link("Correct it")
    assert receipt.link("Withdraw it")


def test_a_module_that_wants_verification_says_who_decides(world: World, pages: Pages) -> None:
    make.requirement(make.module("ESSAY", title="Essay", evidence="verification"))
    receipt = pages.submit(pages.get("learner.log", query={"module": "ESSAY"}))
    assert receipt.texts(".lede p") == [
        "Recorded. It counts once Cara Champion has verified it.",
        "You can correct or withdraw it until then.",
    ]
    assert receipt.texts(".change-line") == ["Not started becomes Waits for a decision"]


def test_what_is_not_asked_is_kept_all_the_same(world: World, pages: Pages) -> None:
    make.module("FREE", title="Free")
    receipt = pages.submit(pages.get("learner.log", query={"module": "FREE"}))
    assert "This module is not asked of you today." in receipt.text


def test_what_changes_nothing_says_so(world: World, pages: Pages) -> None:
    course = make.module("AWARE")
    make.requirement(course)
    make.completion(world.ada, course, on=make.day(9))
    receipt = pages.submit(pages.get("learner.log", query={"module": "AWARE"}))
    assert receipt.texts(".change-line")[0].endswith("as before")


def test_sent_twice_it_is_recorded_once(world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE"))
    form = pages.get("learner.log", query={"module": "AWARE"})
    first = pages.submit(form)
    again = pages.submit(form)
    assert again.path == first.path
    assert again.messages == []
    assert len(completions_of(world.ada)) == 1


def test_sent_twice_with_other_words_says_what_was_recorded(world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE"))
    form = pages.get("learner.log", query={"module": "AWARE"})
    first = pages.submit(form)
    again = pages.submit(form, completed_on=make.day(4).isoformat())
    assert again.path == first.path
    assert again.messages == [
        "This form had been sent before, so nothing new was recorded. Below is what it recorded then."
    ]
    assert len(completions_of(world.ada)) == 1


def test_two_clicks_at_the_same_moment_record_once(app: Flask, world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE"))
    form = pages.get("learner.log", query={"module": "AWARE"})
    values = {str(field["name"]): str(field.get("value", "")) for field in form.form().select("input[type=hidden]")}
    data = {**values, "course": "AWARE", "completed_on": clock.today().isoformat()}
    cookie = pages.client.get_cookie("waymark")
    assert cookie is not None

    def send(_: int) -> tuple[int, str]:
        client = app.test_client()
        client.set_cookie("waymark", cookie.value)
        answer = client.post("/log", data=data)
        return answer.status_code, answer.headers.get("Location", "")

    with ThreadPoolExecutor(4) as crowd:
        answers = set(crowd.map(send, range(4)))
    assert len(answers) == 1, answers
    assert answers.pop()[0] == 303
    assert len(completions_of(world.ada)) == 1


def test_modules_of_one_s_own_come_first(world: World, pages: Pages) -> None:
    make.module("OTHER", title="Other")
    make.requirement(make.module("MINE", title="Mine"))
    make.requirement(make.module("HOPED", title="Hoped for"), level="expected")
    form = pages.get("learner.log")
    groups = [
        (str(one["label"]), [option.text for option in one.select("option")]) for one in form.html.select("optgroup")
    ]
    assert groups == [("To do", ["Mine"]), ("Expected of me", ["Hoped for"]), ("Other modules", ["Other"])]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"course": ""}, "Select a module"),
        ({"course": "NO-SUCH"}, "Select a module"),
        ({"course": "\x00"}, "Select a module"),
        ({"completed_on": ""}, "Enter the day you finished it"),
        ({"completed_on": "yesterday"}, "The day must be a real date, such as 2026-11-21"),
        ({"completed_on": "2026-02-30"}, "The day must be a real date, such as 2026-11-21"),
        ({"completed_on": "9999-12-31"}, "The day must be today or earlier"),
        ({"completed_on": "2099-01-01"}, "The day must be today or earlier"),
        ({"how": "by magic"}, "Select how you did it"),
        ({"note": "n" * 2_001}, "The note must be 2,000 characters or fewer"),
        ({"note": "n" * TEN_MEGABYTES}, "The note must be 2,000 characters or fewer"),
        ({"note": "a\x00b"}, "The note contains a character that cannot be shown. Please type it again"),
        ({"form_key": "short"}, "This page had been open for too long. Please send it again."),
        ({"form_key": ""}, "This page had been open for too long. Please send it again."),
        ({"form_key": "k" * TEN_MEGABYTES}, "This page had been open for too long. Please send it again."),
    ],
)
def test_nonsense_is_told_at_its_field_and_changes_nothing(
    world: World, pages: Pages, values: dict[str, str], message: str
) -> None:
    make.requirement(make.module("AWARE"))
    good = {
        "course": "AWARE",
        "completed_on": clock.today().isoformat(),
        "how": "online",
        "note": "kept words",
        "form_key": "a-key-of-16-letters",
    }
    page = pages.post("learner.log", {**good, **values}, status=422)
    assert page.errors == [message]
    field = next(iter(values))
    if field != "form_key":
        assert page.one(f"#{field}-error").text.endswith(message)
    if field != "note":
        assert page.one("#note").text.strip() == "kept words"
    assert completions_of(world.ada) == []


def test_what_comes_before_is_named(world: World, pages: Pages) -> None:
    make.module("ONE", title="The first")
    make.requirement(make.module("TWO", title="The second", after=["ONE"]))
    page = pages.submit(pages.get("learner.log", query={"module": "TWO"}), status=422)
    assert page.errors == ["“The first” comes before this one. Log it first."]
    assert completions_of(world.ada) == []


def test_a_day_and_a_way_in_the_address_are_filled_in(world: World, pages: Pages) -> None:
    make.module("AWARE")
    page = pages.get("learner.log", query={"module": "AWARE", "on": "2024-03-01", "how": "online"})
    assert page.one("input[type=date]")["value"] == "2024-03-01"
    assert page.one("input[type=radio][checked]")["value"] == "online"
    odd = pages.get("learner.log", query={"module": "NO", "on": "never", "how": "magic"})
    assert odd.one("input[type=date]")["value"] == clock.today().isoformat()
    assert not odd.html.select("input[checked]")


def test_the_day_offered_ends_today(world: World, pages: Pages) -> None:
    page: Page = pages.get("learner.log")
    assert page.one("input[type=date]")["max"] == clock.today().isoformat()


def test_a_module_is_logged_once_a_day(world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE", title="Awareness"))
    first = sent(pages, "AWARE")
    page = sent(pages, "AWARE", status=422, note="kept words")
    assert page.errors == ["This module is on record for this day already, and counts"]
    assert page.one("#completed_on-error").text.endswith(page.errors[0])
    assert page.one("#note").text.strip() == "kept words"
    day = shown(clock.today()).replace("\N{NO-BREAK SPACE}", " ")
    assert page.texts("main .banner p")[1].startswith(f"Awareness, finished on {day}: counts.")
    assert pages.open(str(page.one("main .banner a")["href"])).path == first.path
    assert len(completions_of(world.ada)) == 1
    sent(pages, "AWARE", completed_on=make.day(1).isoformat())
    assert len(completions_of(world.ada)) == 2


def test_what_waits_or_came_by_another_course_is_in_the_way_too(world: World, pages: Pages) -> None:
    make.requirement(make.module("ESSAY", title="Essay", evidence="verification", equivalents=["TALK"]))
    make.completion(world.ada, "TALK", on=make.day(2), claimed=True)
    page = sent(pages, "ESSAY", status=422, completed_on=make.day(2).isoformat())
    assert page.errors == ["This module is on record for this day already, and waits to be verified"]
    assert "waits for a decision" in page.texts("main .banner")[0]
    assert len(completions_of(world.ada)) == 1


def test_what_was_turned_down_or_withdrawn_is_in_nobodys_way(world: World, pages: Pages) -> None:
    make.requirement(make.module("ESSAY", title="Essay", evidence="verification"))
    commands.reject(make.by(), make.completion(world.ada, "ESSAY", on=clock.today(), claimed=True), note="Which ward?")
    receipt = sent(pages, "ESSAY")
    pages.submit(pages.open(receipt.link("Withdraw it")))
    sent(pages, "ESSAY")
    assert [row[1] for row in completions_of(world.ada)] == ["claimed", "rejected", "claimed", "rejected", "claimed"]


def test_two_tabs_at_the_same_moment_log_once(app: Flask, world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE"))
    token = pages.token()
    cookie, today = pages.client.get_cookie("waymark"), clock.today().isoformat()
    assert cookie is not None

    def send(tab: int) -> int:
        client = app.test_client()
        client.set_cookie("waymark", cookie.value)
        key = f"a-key-of-tab-number-{tab}"
        said = {"csrf_token": token, "form_key": key, "course": "AWARE", "completed_on": today}
        return client.post("/log", data=said).status_code

    with ThreadPoolExecutor(4) as crowd:
        answers = sorted(crowd.map(send, range(4)))
    assert answers == [303, 422, 422, 422]
    assert len(completions_of(world.ada)) == 1


def test_a_correction_does_not_lead_to_a_day_that_is_taken(world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE", title="Awareness"))
    first = sent(pages, "AWARE")
    other = sent(pages, "AWARE", completed_on=make.day(3).isoformat())
    form = pages.open(other.link("Correct it"))
    page = pages.submit(form, completed_on=clock.today().isoformat(), status=422)
    assert page.errors == ["This module is on record for this day already, and counts"]
    assert pages.open(str(page.one("main .banner a")["href"])).path == first.path
    assert pages.submit(form, how="online").path == other.path
    assert len(completions_of(world.ada)) == 3


def test_of_two_that_are_there_already_each_can_be_corrected(world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE"))
    make.completion(world.ada, "AWARE", on=make.day(2), claimed=True)
    moved = make.completion(world.ada, "AWARE", on=make.day(3))
    commands.correct_for(make.by(), moved, Statement("AWARE", make.day(2), note="the day was wrong"))
    claim = db.session.scalars(db.select(Completion.id).order_by(Completion.id)).first()
    receipt = pages.submit(pages.get("learner.correct", completion_id=claim), how="online")
    assert "online, self-paced" in receipt.text
