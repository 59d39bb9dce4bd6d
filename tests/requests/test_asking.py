"""Asking: each kind by its form, what an address fills in, each refusal, and one form once."""

from datetime import date, timedelta

import pytest
from flask import Flask

from tests.requests.conftest import (
    World,
    actor_of,
    ask_for_waiver,
    ask_to_dispute,
    deeds,
    facts_of,
    id_of,
    ids_of,
    open_form,
    reference_of,
    stored,
)
from tests.support import make, trail
from tests.support.clocks import pass_time
from tests.support.pages import Page, Pages
from tracker.core.config import Settings
from tracker.core.database import db
from tracker.core.errors import Forbidden, Invalid, NotFound
from tracker.core.words import day as in_words
from tracker.progress.commands.evidence import link_problem
from tracker.requests import commands
from tracker.requests.commands import Asked
from tracker.requests.rules import Kind


def test_first_one_says_what_it_is_about(world: World, pages: Pages) -> None:
    page = pages.get("requests.ask", query={"module": "ESSAY"})
    assert page.h1 == "Something is wrong"
    assert page.texts(".choice label") == [
        "A status or a record of mine is wrong",
        "I finished something longer ago",
        "Another course should count",
        "Something should not be asked of me for a while",
        "I need another way to take part",
    ]
    form = pages.submit(page, kind="older")
    assert form.h1 == "I finished something longer ago"
    assert form.one("select[name=module_id] option[selected]").get_text() == "Essay"


@pytest.mark.parametrize("kind", ["", "nonsense", "not-ours", "missing"])
def test_a_kind_that_is_not_offered_is_asked_for_again(world: World, pages: Pages, kind: str) -> None:
    page = pages.get("requests.ask", query={"kind": kind})
    assert page.errors == ["Select what it is about"]
    assert pages.post("requests.ask", {"words": "x"}, status=422).h1 == "Something is wrong"


def test_a_status_is_disputed(world: World, pages: Pages) -> None:
    requirement_id, module_id = ids_of("YEARLY", "ESSAY")
    form = open_form(pages, "dispute", requirement=requirement_id, module="ESSAY")
    page = pages.submit(form, words="I did it\nin May.")
    assert page.h1 == "Dispute"
    assert page.texts(".lede p")[0] == "Sent. It waits for the office or a champion of yours."
    assert "I did it" in page.text
    facts = facts_of(page)
    assert (facts["Module"], facts["Requirement"], facts["State"]) == ("Essay", "The course", "Waiting")
    row = stored(id_of(page))
    assert (row.kind, row.state, row.asker_id, row.person_id) == (Kind.DISPUTE, "waiting", world.ada.id, world.ada.id)
    assert (row.asked_by, row.requirement_id, row.module_id) == (world.learner.id, requirement_id, module_id)
    assert row.day == make.day(0)


def test_a_record_is_disputed_from_its_receipt(world: World, pages: Pages) -> None:
    reference = reference_of(make.completion(world.ada, "AWARE", on=make.day(400)))
    form = open_form(pages, "dispute", reference=reference)
    assert facts_of(form)["Record"].startswith("Awareness, finished on ")
    page = pages.submit(form, words="That was somebody of my name.")
    assert facts_of(page)["Module"] == "Awareness"
    assert facts_of(page)["Record"].startswith("Finished on ")
    row = stored(id_of(page))
    assert row.day == make.day(0)  # entered today, though it says that it was done long ago
    assert row.completion_id is not None


def test_what_is_too_long_ago_cannot_be_disputed(world: World, pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    form = open_form(pages, "dispute", module="ESSAY")
    pages.submit(form, words="x", day=make.day(90).isoformat())
    form = open_form(pages, "dispute", module="ESSAY")
    refused = pages.submit(form, words="x", day=make.day(91).isoformat(), status=422)
    assert len(refused.errors) == 1
    assert refused.errors[0].startswith("What can be disputed today goes back to ")
    assert "x" in refused.one("textarea").get_text()
    assert refused.link("I finished something longer ago").startswith("/requests/new?kind=older")

    reference = reference_of(make.completion(world.ada, "AWARE"))
    pass_time(monkeypatch, timedelta(days=91))
    pages.sign_in(world.learner)
    page = pages.get("requests.ask", query={"kind": "dispute", "reference": reference}, status=409)
    assert page.h1 == "This record can no longer be disputed"


def test_the_window_is_a_setting(app: Flask, world: World, pages: Pages) -> None:
    settings: Settings = app.config["SETTINGS"]
    object.__setattr__(settings, "dispute_window_days", 5)
    form = open_form(pages, "dispute", module="ESSAY")
    pages.submit(form, words="x", day=make.day(6).isoformat(), status=422)
    pages.submit(form, words="x", day=make.day(5).isoformat())


def test_something_finished_longer_ago_is_asked_for(world: World, pages: Pages) -> None:
    form = open_form(pages, "older", module="AWARE", on=make.day(200).isoformat(), how="workshop")
    page = pages.submit(form, words="Room 3, with Dr. Osei")
    facts = facts_of(page)
    assert (facts["Module"], facts["How"]) == ("Awareness", "In a workshop or session")
    row = stored(id_of(page))
    assert (row.kind, row.day, row.how) == (Kind.OLDER, make.day(200), "workshop")


def test_another_course_is_asked_to_count(world: World, pages: Pages) -> None:
    page = pages.submit(
        open_form(pages, "equivalence"),
        module_id=str(ids_of("YEARLY", "AWARE")[1]),
        course="Bias 101",
        place="The other hospital",
        day=make.day(30).isoformat(),
        link="https://other.example.edu/bias",
    )
    facts = facts_of(page)
    assert (facts["Course"], facts["Where"], facts["Module"]) == ("Bias 101", "The other hospital", "Awareness")
    assert page.link("https://other.example.edu/bias") == "https://other.example.edu/bias"


def test_a_waiver_is_asked_for(world: World, pages: Pages) -> None:
    request_id = ask_for_waiver(pages, ends_on=make.day(-100).isoformat())
    row = stored(request_id)
    assert (row.starts_on, row.ends_on, row.words) == (make.day(0), make.day(-100), "I am abroad until autumn.")


def test_another_way_to_take_part_is_asked_for(world: World, pages: Pages) -> None:
    page = pages.submit(open_form(pages, "accommodation"), words="Captions.")
    assert page.texts(".lede p")[0] == "Sent. It waits for the office."
    assert stored(id_of(page)).requirement_id is None


def test_people_are_told_to_write_nothing_about_health(world: World, pages: Pages) -> None:
    for kind in ("dispute", "older", "equivalence", "waiver", "accommodation"):
        assert "Please write nothing about health." in open_form(pages, kind).text


@pytest.mark.parametrize(
    ("kind", "values", "messages"),
    [
        ("dispute", {"words": "x"}, ["Select a requirement, a module, or both"]),
        ("dispute", {"module": True}, ["Enter what is wrong"]),
        ("dispute", {"module": True, "words": " \u200b "}, ["Enter what is wrong"]),
        ("dispute", {"module": True, "words": "n" * 2_001}, ["The answer must be 2,000 characters or fewer"]),
        ("dispute", {"module": True, "words": "x", "day": "later"}, ["The day must be today or earlier"]),
        ("dispute", {"module": True, "words": "x", "day": ""}, ["Enter the day on which it was wrong"]),
        ("older", {}, ["Select a module", "Enter the day you finished it"]),
        ("older", {"module": True, "day": "later"}, ["The day must be today or earlier"]),
        (
            "equivalence",
            {"module": True},
            ["Enter the course you took", "Enter where you took it", "Enter the day you finished it"],
        ),
        (
            "equivalence",
            {"module": True, "course": "c", "place": "p", "day": "later"},
            ["The day must be today or earlier"],
        ),
        (
            "equivalence",
            {"module": True, "course": "c", "place": "p", "day": "today", "link": "javascript:alert(1)"},
            ["The link must begin with https:// or http://"],
        ),
        ("waiver", {"words": "x"}, ["Select a requirement, a module, or both"]),
        ("waiver", {"module": True}, ["Enter why"]),
        ("waiver", {"module": True, "words": "x", "starts_on": ""}, ["Enter the first day"]),
        (
            "waiver",
            {"module": True, "words": "x", "ends_on": "yesterday"},
            ["The last day must not lie before the first"],
        ),
        ("accommodation", {}, ["Enter what would help you"]),
    ],
)
def test_nonsense_is_told_and_nothing_is_sent(
    world: World, pages: Pages, kind: str, values: dict[str, object], messages: list[str]
) -> None:
    days = {"later": make.day(-1), "today": make.day(0), "yesterday": make.day(1)}
    filled = {name: _typed(value, days) for name, value in values.items() if name != "module"}
    form = open_form(pages, kind, module="ESSAY") if "module" in values else open_form(pages, kind)
    assert pages.submit(form, status=422, **filled).errors == messages
    assert "You have asked for nothing yet" in pages.get("requests.mine").text


def _typed(value: object, days: dict[str, date]) -> str:
    return days[str(value)].isoformat() if value in days else str(value)


def test_the_command_checks_again(world: World) -> None:
    ada, cara = actor_of(world.learner), actor_of(world.champion)
    essay = ids_of("YEARLY", "ESSAY")[1]
    day = make.day(1)
    refused: list[tuple[Asked, type[Exception]]] = [
        (Asked(Kind.DISPUTE, "x", day=day), Invalid),
        (Asked(Kind.DISPUTE, "", module_id=essay, day=day), Invalid),
        (Asked(Kind.DISPUTE, "x", module_id=essay), Invalid),
        (Asked(Kind.DISPUTE, "x", module_id=essay, day=make.day(-1)), Invalid),
        (Asked(Kind.DISPUTE, "x", module_id=essay, day=make.day(91)), Invalid),
        (Asked(Kind.DISPUTE, "x", completion_id=10**6), NotFound),
        (Asked(Kind.OLDER, day=day), Invalid),
        (Asked(Kind.EQUIVALENCE, module_id=essay, day=day), Invalid),
        (Asked(Kind.EQUIVALENCE, module_id=essay, day=day, course="c", place="p", link="ftp://x"), Invalid),
        (Asked(Kind.WAIVER, "x", module_id=essay), Invalid),
        (Asked(Kind.WAIVER, "x", module_id=essay, starts_on=day, ends_on=make.day(2)), Invalid),
        (Asked(Kind.ACCOMMODATION), Invalid),
        (Asked(Kind.MISSING, name="x", unit_id=world.unit.id), Forbidden),
    ]
    for asked, error in refused:
        with pytest.raises(error):
            commands.ask(ada, asked)
    for asked, error in (
        (Asked(Kind.MISSING, unit_id=world.unit.id), Invalid),
        (Asked(Kind.MISSING, name="x", unit_id=10**6), Invalid),
        (Asked(Kind.NOT_OURS), NotFound),
    ):
        with pytest.raises(error):
            commands.ask(cara, asked)
    with pytest.raises(Forbidden):
        commands.ask(actor_of(make.account("administrator")), Asked(Kind.ACCOMMODATION, "x"))
    assert "request.made" not in deeds()


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("https://example.edu/a?b=c", True),
        ("http://example.edu", True),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("//example.edu", False),
        ("https://exa mple.edu", False),
        ("https://[::1", False),
    ],
)
def test_what_a_link_is(text: str, good: bool) -> None:
    assert (link_problem(text) == "") is good


def test_one_form_is_taken_once(world: World, pages: Pages) -> None:
    form = open_form(pages, "dispute", module="ESSAY")
    first = pages.submit(form, words="Once")
    again = pages.submit(form, words="Once")
    assert again.path == first.path
    assert again.messages == []
    other = pages.submit(form, words="Twice")
    assert other.path == first.path
    assert other.messages == [
        "This form had been sent before, so nothing new was recorded. Below is what it said then."
    ]
    assert "Once" in other.text
    assert deeds().count("request.made") == 1
    pages.sign_in(world.champion)
    assert pages.submit(form, words="Once", status=400)  # the token is hers alone


def test_a_form_without_its_key_is_out_of_date(world: World, pages: Pages) -> None:
    for key in ("", "short", "no key of ours!!!!!!!!"):
        page = pages.submit(open_form(pages, "accommodation"), words="x", form_key=key, status=422)
        assert page.errors == ["This page had been open for too long. Please send it again."]


def test_what_is_ones_own_is_listed_with_its_state(world: World, pages: Pages) -> None:
    assert "You have asked for nothing yet" in pages.get("requests.mine").text
    first, second = ask_to_dispute(pages), ask_for_waiver(pages)
    page = pages.get("requests.mine")
    assert page.texts(".lede p") == ["2 requests wait for an answer."]
    assert [str(a["href"]) for a in page.html.select(".records a")] == [f"/requests/{second}", f"/requests/{first}"]
    assert page.texts(".records .status") == ["Waiting", "Waiting"]
    assert page.html.select('.account a[href="/requests/mine"]')


def test_one_takes_it_back_while_it_waits(world: World, pages: Pages) -> None:
    request_id = ask_to_dispute(pages)
    page = pages.submit(pages.get("requests.request", request_id=request_id), "Withdraw it")
    assert page.texts(".lede p")[0] == "You withdrew it."
    assert page.texts("main form") == []
    assert stored(request_id).state == "withdrawn"
    assert deeds()[-1] == "request.withdrawn"
    again = pages.post("requests.withdraw", request_id=request_id)
    assert again.messages == ["This request has been withdrawn in the meantime. Nothing was changed by you."]
    assert deeds().count("request.withdrawn") == 1


def test_nobody_takes_back_what_is_not_hers(world: World, pages: Pages) -> None:
    request_id = ask_to_dispute(pages)
    for account in (world.champion, world.office):
        pages.sign_in(account)
        pages.post("requests.withdraw", request_id=request_id, status=404)


def test_records_and_people_of_others_are_not_there_to_ask_about(world: World, pages: Pages) -> None:
    other = make.person("Otto Other", unit=make.unit("Surgery"))
    reference = reference_of(make.completion(other, "AWARE"))
    pages.get("requests.ask", query={"kind": "dispute", "reference": reference}, status=404)
    pages.get("requests.ask", query={"kind": "dispute", "reference": "never"}, status=404)
    pages.sign_in(world.champion)
    for person in (other.id, 10**9, 10**30, "x", ""):
        pages.get("requests.ask", query={"kind": "not-ours", "person": person}, status=404)


def test_a_leaver_still_asks_about_her_own_record(world: World, pages: Pages) -> None:
    leaver = make.account("learner", make.person("Leo Left", unit=world.unit, ends_on=make.day(1)))
    pages.sign_in(leaver)
    request_id = ask_to_dispute(pages)
    pages.sign_in(world.office)
    page = pages.get("requests.request", request_id=request_id)
    assert facts_of(page)["Home"] == "no current appointment"
    pages.sign_in(world.champion)
    pages.get("requests.request", request_id=request_id, status=404)


def test_a_champion_says_who_is_not_ours(world: World, pages: Pages) -> None:
    pages.sign_in(world.champion)
    form = open_form(pages, "not-ours", person=world.ada.id)
    assert facts_of(form) == {"Person": "Ada Asked", "Listed in": "Medicine"}
    page = pages.submit(form, words="She moved to Surgery.")
    assert facts_of(page)["About"] == "Ada Asked"
    row = stored(id_of(page))
    assert (row.kind, row.person_id, row.unit_id) == (Kind.NOT_OURS, world.ada.id, world.unit.id)
    pages.sign_in(world.learner)
    pages.get("requests.request", request_id=row.id, status=404)


def test_a_champion_says_who_is_missing(world: World, pages: Pages) -> None:
    pages.sign_in(world.champion)
    chosen = pages.submit(pages.get("requests.ask"), kind="missing")
    refused = pages.submit(chosen, email="nonsense", status=422)
    assert refused.errors == ["Enter the name", "Enter an e-mail address such as name@example.org"]
    page = pages.submit(chosen, name="Nora New", email="nora@example.edu", words="Since Monday.")
    facts = facts_of(page)
    assert (facts["Who"], facts["E-mail"], facts["Unit"]) == ("Nora New", "nora@example.edu", "Medicine")
    assert stored(id_of(page)).person_id is None


def test_a_champion_no_more_keeps_what_she_sent_without_the_name(
    world: World, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages.sign_in(world.champion)
    page = pages.submit(open_form(pages, "not-ours", person=world.ada.id))
    assert "Ada Asked" in pages.get("requests.mine").text
    pass_time(monkeypatch, timedelta(days=3_000))
    pages.sign_in(world.champion)
    assert "Ada Asked" not in pages.get("requests.mine").text
    assert "Ada Asked" not in pages.open(page.path).text


def test_what_people_write_is_not_in_the_trail(world: World, pages: Pages) -> None:
    secret = "Zanzibar"
    pages.submit(
        open_form(pages, "equivalence", module="AWARE"),
        course=secret,
        place=secret,
        day=make.day(3).isoformat(),
        link=f"https://{secret}.example",
        words=secret,
    )
    request_id = ask_to_dispute(pages, secret)
    pages.sign_in(world.champion)
    pages.submit(open_form(pages, "missing"), name=secret, email=f"{secret}@example.edu", words=secret)
    pages.submit(pages.get("requests.request", request_id=request_id), answer=secret)
    db.session.rollback()
    events = [one for one in trail.everything() if one["verb"].startswith("request.")]
    assert len(events) == 4
    assert secret not in str(events)
    assert events[-1]["before"] == {"state": "waiting"}
    assert events[-1]["after"] == {"state": "answered"}


def test_other_pages_lead_here(world: World, pages: Pages) -> None:
    requirement_id, module_id = ids_of("YEARLY", "ESSAY")
    why = pages.get("learner.why", requirement_id=requirement_id, module_id=module_id, as_of=make.day(20).isoformat())
    form = pages.open(why.link("Something is wrong"))
    assert form.texts("select option[selected]") == ["The course", "Essay"]
    assert form.one("input[name=day]")["value"] == make.day(20).isoformat()
    ahead = pages.get("learner.why", requirement_id=requirement_id, module_id=module_id, as_of=make.day(-9).isoformat())
    assert "Something is wrong" not in ahead.texts("main a")
    pages.sign_in(world.champion)
    person = pages.get("dashboards.person", person_id=world.ada.id)
    assert facts_of(pages.open(person.link("Not one of ours? Tell the office")))["Person"] == "Ada Asked"
    pages.sign_in(world.office)
    assert "Not one of ours" not in pages.get("dashboards.person", person_id=world.ada.id).text


def options(page: Page, name: str) -> list[str]:
    """What a list offers, without the empty choice."""
    return page.texts(f"select[name={name}] option")[1:]


def test_lists_offer_what_is_asked_of_oneself(world: World, pages: Pages) -> None:
    make.requirement(make.module("RESIDENT", title="For residents"), audience={"categories": ["resident"]})
    for kind in ("dispute", "waiver", "accommodation"):
        form = open_form(pages, kind)
        assert options(form, "module_id") == ["Essay", "Awareness", "A book"]
        assert options(form, "requirement_id") == ["The course", "Reading circle"]
        assert not form.html.select("optgroup")
    for kind in ("older", "equivalence"):
        form = open_form(pages, kind)
        assert options(form, "module_id") == ["Essay", "Awareness", "A book", "For residents"]
        assert [str(group["label"]) for group in form.html.select("optgroup")] == ["Asked of me", "Other modules"]
    named = open_form(pages, "dispute", module="RESIDENT")
    assert options(named, "module_id")[-1] == "For residents"
    assert named.one("select[name=module_id] option[selected]").get_text() == "For residents"


def test_who_is_asked_nothing_is_offered_everything(world: World, pages: Pages) -> None:
    pages.sign_in(make.account("learner", make.person("Nora Nowhere")))
    assert options(open_form(pages, "dispute"), "module_id") == ["Essay", "Awareness", "A book"]
    assert not open_form(pages, "older").html.select("optgroup")


def test_a_record_of_ones_own_is_chosen_from_the_form(world: World, pages: Pages) -> None:
    assert "Is one record wrong?" not in open_form(pages, "dispute").text
    make.completion(world.ada, "AWARE", on=make.day(5))
    assert world.champion.person is not None
    make.completion(world.champion.person, "BOOK", on=make.day(5))
    form = open_form(pages, "dispute")
    entry = next(words for words in form.texts(".column-aside a") if words.startswith("Awareness, "))
    assert "A book" not in form.one(".column-aside").get_text()
    chosen = pages.open(form.link(entry))
    assert facts_of(chosen)["Record"].startswith("Awareness, finished on ")
    assert "Is one record wrong?" not in chosen.text
    assert "Is one record wrong?" not in open_form(pages, "waiver").text


def test_a_module_that_a_requirement_does_not_have_is_refused(world: World, pages: Pages) -> None:
    requirement_id, module_id = ids_of("YEARLY", "BOOK")
    for kind in ("dispute", "waiver"):
        form = open_form(pages, kind)
        refused = pages.submit(
            form, requirement_id=str(requirement_id), module_id=str(module_id), words="x", status=422
        )
        assert refused.errors == ["“The course” has no such module. Select one of its own, or only one of the two."]
        assert refused.one("#module_id-error")
    assert "You have asked for nothing yet" in pages.get("requests.mine").text


@pytest.mark.parametrize("kind", ["dispute", "older"])
def test_the_same_is_asked_once_while_it_waits(world: World, pages: Pages, kind: str) -> None:
    day = make.day(30).isoformat()
    first = pages.submit(open_form(pages, kind, module="ESSAY", on=day), words="I did it.")
    refused = pages.submit(open_form(pages, kind, module="ESSAY", on=day), words="I did it!", status=422)
    today = in_words(make.day(0)).replace("\N{NO-BREAK SPACE}", " ")
    assert refused.errors == [f"You asked this already on {today}, and it waits for an answer."]
    assert "I did it!" in refused.one("textarea").get_text()
    waiting = pages.open(refused.link("See what you asked"))
    assert waiting.path == first.path
    pages.submit(waiting, "Withdraw it")
    assert pages.submit(open_form(pages, kind, module="ESSAY", on=day), words="I did it!").path != first.path


def test_the_same_record_is_disputed_once_while_it_waits(world: World, pages: Pages) -> None:
    reference = reference_of(make.completion(world.ada, "AWARE", on=make.day(40)))
    first = pages.submit(open_form(pages, "dispute", reference=reference), words="Not me.")
    refused = pages.submit(open_form(pages, "dispute", reference=reference), words="Not me!", status=422)
    assert refused.link("See what you asked") == first.path


def test_what_can_be_logged_is_not_asked_for(world: World, pages: Pages) -> None:
    form = open_form(pages, "older", module="AWARE")
    refused = pages.submit(form, day=make.day(15).isoformat(), how="online", status=422)
    first = in_words(make.day(15)).replace("\N{NO-BREAK SPACE}", " ")
    assert refused.errors == [f"You can log yourself what you finished on {first} or later."]
    log = pages.open(refused.link("log it yourself"))
    assert log.h1 == "Log a completion"
    assert log.one("select[name=course] option[selected]")["value"] == "AWARE"
    assert log.one("input[type=date]")["value"] == make.day(15).isoformat()
    assert log.one("input[type=radio][checked]")["value"] == "online"
    pages.submit(form, day=make.day(16).isoformat())


def test_an_older_receipt_leads_to_what_can_still_be_asked(
    world: World, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = reference_of(make.completion(world.ada, "AWARE"))
    receipt = pages.get("learner.receipt", reference=reference)
    assert pages.open(receipt.link("Something is wrong")).h1 == "A status or a record of mine is wrong"
    pass_time(monkeypatch, timedelta(days=91))
    pages.sign_in(world.learner)
    receipt = pages.get("learner.receipt", reference=reference)
    chosen = pages.open(receipt.link("Something is wrong"))
    assert chosen.h1 == "Something is wrong"
    assert pages.submit(chosen, kind="older").one("select[name=module_id] option[selected]").get_text() == "Awareness"
