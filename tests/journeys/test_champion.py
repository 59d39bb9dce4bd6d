"""A champion sees his department, watches it move, decides claims, logs for many at once, says who is missing."""

import re

from tests.journeys.conftest import Arrive
from tests.journeys.steps import (
    CHAMPION,
    LEARNER,
    MANAGER,
    OFFICE,
    YEARLY_COURSE,
    counts,
    download,
    links,
    names,
    open_filters,
    open_links,
    strike_out,
    told,
    undo_latest,
    withdraw,
)
from tests.support.browser import Visitor, even

COURSE, NEEDS_VERIFYING = "Respect at work", "Fair selection for admissions"
ASKED, ASKED_OF = "Fair selection for the admissions committee", "Nadia Khoury"
DEPARTMENT, UNIT = "/units/MED", "/units/NEPH"
OUTSTANDING = f"{DEPARTMENT}/people?requirement=YEARLY"


def test_a_learner_logs_and_the_department_moves_by_one(visitor: Visitor, another: Arrive) -> None:
    his = visitor
    his.enter(CHAMPION)
    assert his.path == "/units"
    his.page.goto("/units/MED")
    assert his.heading == "Medicine"
    done, asked = counts(his, COURSE)
    his.page.goto(f"{OUTSTANDING}&q={LEARNER}")
    assert names(his) == [LEARNER]

    her = another()
    her.enter(LEARNER)
    her.follow("Log a completion")
    her.press("Log this completion")

    his.page.goto("/units/MED")
    assert counts(his, COURSE) == (done + 1, asked)
    his.page.goto(f"{OUTSTANDING}&q={LEARNER}")
    assert names(his) == []

    withdraw(her)
    his.page.goto("/units/MED")
    assert counts(his, COURSE) == (done, asked)


def test_a_claim_is_turned_down_handed_in_again_and_verified(visitor: Visitor, another: Arrive) -> None:
    his, her = visitor, another()
    his.enter(CHAMPION)
    his.page.goto(DEPARTMENT)
    done, asked = counts(his, ASKED)
    her.enter(ASKED_OF)
    receipt = hand_in(her)

    his.page.goto("/claims")
    claim = his.page.locator("main .card", has_text=NEEDS_VERIFYING).filter(has_text=ASKED_OF)
    waiting = his.page.locator("main .card").count()
    his.go(claim.locator("h2 a"))
    his.press("Turn it down")
    assert his.texts(".error-summary li") == ["Enter why it cannot be verified"]
    his.page.get_by_label("Why can it not be verified?").fill("Please add the certificate, and hand it in again.")
    his.press("Turn it down")
    assert his.page.locator("main .card").count() == waiting - 1
    his.page.goto(DEPARTMENT)
    assert counts(his, ASKED) == (done, asked)

    her.page.goto(receipt)
    assert "Please add the certificate, and hand it in again." in told(her)
    receipt = hand_in(her)
    his.page.goto("/claims")
    his.go(claim.get_by_role("button", name=re.compile("^Verify")))
    assert any(ASKED_OF in message for message in his.texts(".banner"))
    his.page.goto(DEPARTMENT)
    assert counts(his, ASKED) == (done + 1, asked)

    office = another()
    office.enter(OFFICE)
    strike_out(office, receipt)


def hand_in(her: Visitor) -> str:
    """Claim what needs verifying; where the receipt is."""
    her.page.goto("/log")
    her.page.get_by_label("Which module did you finish?").select_option(label=NEEDS_VERIFYING)
    her.press("Log this completion")
    return her.path


def test_he_logs_for_three_people_at_once(visitor: Visitor) -> None:
    his = visitor
    his.enter(CHAMPION)
    his.page.goto(DEPARTMENT)
    done, asked = counts(his, COURSE)
    his.page.goto(OUTSTANDING)
    three = names(his)[:3]
    assert len(three) == 3

    his.page.goto(DEPARTMENT)
    his.follow("Log a completion for many people")
    his.page.get_by_label("Which module was it?").select_option(label=YEARLY_COURSE)
    for name in three:
        his.page.get_by_label(name).check()
    his.press("Show who is meant")
    assert his.texts("h2:text-is('Will be recorded') + ul .name") == three
    his.press("Record for 3 people")
    assert his.heading == "Recorded for 3 people"
    his.page.go_back()
    assert his.texts("h2") == ["Passed over: recorded already"]
    his.page.reload()
    assert his.texts("h2") == ["Passed over: recorded already"]
    his.page.go_forward()
    assert his.heading == "Recorded for 3 people"
    assert his.texts("main ul.bullets li") == three

    his.page.goto(DEPARTMENT)
    assert counts(his, COURSE) == (done + 3, asked)
    his.page.goto(OUTSTANDING)
    assert not set(names(his)) & set(three)
    assert undo_latest(his) == "Undone for 3 of 3 people"
    his.page.goto(DEPARTMENT)
    assert counts(his, COURSE) == (done, asked)


def test_he_finds_people_logs_for_all_who_match_and_undoes_it(visitor: Visitor) -> None:
    his = visitor
    his.enter(CHAMPION)
    his.page.goto(DEPARTMENT)
    done, asked = counts(his, COURSE)
    his.page.goto(OUTSTANDING)
    wanted = names(his)[0]
    open_filters(his)
    search = his.page.get_by_label("Name, identifier or e-mail")
    if his.scripts:
        search.press_sequentially(wanted)
        his.page.wait_for_url(re.compile(r"[?&]q="))
        assert even(his.page.locator("[data-live-said]").inner_text()) == "1 person found"
        assert search.evaluate("field => field === document.activeElement")
    else:
        search.fill(wanted)
        his.go(his.page.get_by_role("button", name="Show the list", exact=True).first)
    assert names(his) == [wanted]

    his.page.get_by_label("All 1 that match").check()
    his.press("Log attendance")
    assert his.texts("h2") == ["For all 1 person who matches"]
    his.page.get_by_label("Which module was it?").select_option(label=YEARLY_COURSE)
    his.press("Show who is meant")
    his.press("Record for 1 person")
    assert his.heading == "Recorded for 1 person"
    his.page.goto(DEPARTMENT)
    assert counts(his, COURSE) == (done + 1, asked)

    assert undo_latest(his) == "Undone for 1 of 1 person"
    his.page.goto(DEPARTMENT)
    assert counts(his, COURSE) == (done, asked)


def test_he_reads_sign_in_lists(visitor: Visitor) -> None:
    his = visitor
    his.enter(CHAMPION)
    his.page.goto(OUTSTANDING)
    first = names(his)[0]
    his.page.goto(f"{DEPARTMENT}/log")
    his.page.get_by_label("Which module was it?").select_option(label="Reading circle")
    his.page.get_by_label("Identifiers or e-mail addresses").fill("linh.pham@example.edu\nolumide.adeyemi@example.edu")
    his.press("Show who is meant")
    assert set(his.texts("h2:text-is('Will be recorded') + ul .name")) == {LEARNER, MANAGER}

    his.page.goto(f"{DEPARTMENT}/log")
    his.page.get_by_label("Which module was it?").select_option(label=YEARLY_COURSE)
    content = f"Name (Original Name),User Email\n{first},\nNobody Known,\n"
    his.page.get_by_label("Or a file with the list").set_input_files(
        {"name": "participants.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    his.press("Show who is meant")
    assert his.texts("h2") == ["Who is meant?", "Not found here"]
    box = his.page.get_by_role("checkbox").first
    assert not box.is_checked()
    box.check()
    his.press("Show who is meant")
    assert his.texts("h2:text-is('Will be recorded') + ul .name") == [first]


def test_he_keeps_a_filter(visitor: Visitor) -> None:
    his = visitor
    his.enter(CHAMPION)
    his.page.goto(f"{DEPARTMENT}/people?requirement=YEARLY&status=overdue")
    his.page.get_by_text("Your filters", exact=True).click()
    his.page.get_by_label("Name of this filter").fill("Late ones")
    his.press("Keep this filter")
    his.page.goto(f"{DEPARTMENT}/people")
    his.page.get_by_text("Your filters", exact=True).click()
    his.follow("Late ones")
    assert "status=overdue" in his.path
    his.page.get_by_text("Your filters", exact=True).click()
    his.press("Remove")
    assert "The filter is removed." in his.texts(".banner")


def test_he_tells_the_office_who_is_missing_and_who_is_not_his(visitor: Visitor, another: Arrive) -> None:
    his, office = visitor, another()
    his.enter(CHAMPION)
    office.enter(OFFICE)
    his.page.goto(f"{UNIT}/people")
    his.follow("Tell the office that someone is missing")
    his.page.get_by_label("Who is missing?").fill("Amara Newcomer")
    his.press("Send")
    missing = his.path
    assert "Amara Newcomer" in told(his)
    his.page.goto(f"{UNIT}/people?requirement=&q=Olumide")
    his.follow(MANAGER)
    open_links(his, "Not one of ours?")
    his.page.get_by_label("Where does this person belong").fill("To Surgery, I believe.")
    his.press("Send")
    not_his = his.path

    for request, answer in ((missing, "She begins on Monday."), (not_his, "His post in Nephrology goes on.")):
        office.page.goto(request)
        office.look()
        office.page.get_by_label("Your answer").fill(answer)
        office.press("Send the answer")
        his.page.goto(request)
        assert answer in told(his)


def test_what_he_may_not_see_by_name_is_rounded_everywhere(visitor: Visitor) -> None:
    """Taking part in what is optional is private: no names, no counts, on the page, in the table and in its file."""
    his = visitor
    his.enter(CHAMPION)
    his.page.goto(f"{UNIT}/people?requirement=READING")
    assert names(his) == []
    assert "Names are not shown for this" in his.texts(".lede p")[0]
    assert his.page.get_by_role("link", name=re.compile("CSV")).count() == 0

    his.page.goto(f"{DEPARTMENT}/table?requirement=READING")
    told_of = his.texts("tbody td.number")
    assert told_of
    assert not any(re.search(r"\d of \d", cell) for cell in told_of)
    file = download(his, links(his.page.locator("main"), "Download this table as CSV"))
    assert not re.search(r"\d of \d", file.read_text(encoding="utf-8"))

    his.page.goto(f"{DEPARTMENT}/chair?readers=others")
    assert "readers who may not see names" in told(his)
    assert not re.search(r"\d of \d", told(his))
