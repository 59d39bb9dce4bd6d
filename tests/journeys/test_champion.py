"""A champion sees her department, watches it move, decides claims, and logs for many people at once."""

import re

from tests.journeys.conftest import Arrive
from tests.support.browser import Visitor, even

CHAMPION, LEARNER = "Esteban Figueroa", "Linh Phạm"
COURSE, NEEDS_VERIFYING = "Respect at work", "A change in our clinic"
KEPT_FOR_OTHERS = "Nadia Khoury"
"""Whose claim goes on waiting, for the tests that look at it."""
DEPARTMENT, UNIT = "/units/MED", "/units/NEPH"
OUTSTANDING = f"{UNIT}/people?requirement=YEARLY"


def counts(visitor: Visitor, title: str) -> tuple[int, int]:
    """The two numbers of a rate in the tables of what is asked, of the line with this title; opens the modules."""
    table = visitor.page.locator("table", has=visitor.page.locator("caption", has_text="What is asked here"))
    row = table.locator("tr:has(td)", has=visitor.page.locator("th", has_text=title)).first
    if not row.is_visible():
        visitor.page.get_by_text("Module by module", exact=True).click()
    found = re.search(r"([\d,]+) of ([\d,]+)", even(row.inner_text()))
    assert found is not None, f"no figure in the line {title!r}"
    numerator, denominator = (int(number.replace(",", "")) for number in found.groups())
    return numerator, denominator


def names(visitor: Visitor) -> list[str]:
    """The people on a list of people."""
    return visitor.texts("ul.people .person-name a")


def test_a_learner_logs_and_the_department_moves_by_one(wide_browser: Visitor, arrive: Arrive) -> None:
    his = wide_browser
    his.enter(CHAMPION)
    assert his.path == "/units"
    his.page.goto("/units/MED")
    assert his.heading == "Medicine"
    done, asked = counts(his, COURSE)
    his.page.goto("/units/MED/people?requirement=YEARLY&q=Linh")
    assert names(his) == [LEARNER]

    her = arrive(scripts=False, width=360)
    her.enter(LEARNER)
    her.follow("Log a completion")
    her.press("Log this completion")

    his.page.goto("/units/MED")
    assert counts(his, COURSE) == (done + 1, asked)
    his.page.goto("/units/MED/people?requirement=YEARLY&q=Linh")
    assert names(his) == []

    her.follow("Withdraw it")
    her.press("Withdraw it")
    his.page.goto("/units/MED")
    assert counts(his, COURSE) == (done, asked)


def test_he_verifies_one_claim_and_turns_one_down(wide_browser: Visitor) -> None:
    his = wide_browser
    his.enter(CHAMPION)
    his.page.goto("/units/MED")
    done, asked = counts(his, NEEDS_VERIFYING)
    his.follow("Claims")
    claims = his.page.locator("main .card", has_text=NEEDS_VERIFYING).filter(has_not_text=KEPT_FOR_OTHERS)
    waiting = his.page.locator("main .card").count()
    whose = even(claims.first.locator("h2").inner_text())

    his.go(claims.first.get_by_role("button", name=re.compile("^Verify")))
    assert any(whose in message for message in his.texts(".banner"))
    assert his.page.locator("main .card").count() == waiting - 1
    his.page.goto("/units/MED")
    assert counts(his, NEEDS_VERIFYING) == (done + 1, asked)

    his.follow("Claims")
    his.go(claims.first.locator("h2 a"))
    his.press("Turn it down")
    assert his.texts(".error-summary li") == ["Enter why it cannot be verified"]
    his.page.get_by_label("Why can it not be verified?").fill("Please add what was changed, and hand it in again.")
    his.press("Turn it down")
    assert his.page.locator("main .card").count() == waiting - 2
    his.page.goto("/units/MED")
    assert counts(his, NEEDS_VERIFYING) == (done + 1, asked)


def test_he_logs_for_three_people_at_once(wide_browser: Visitor) -> None:
    his = wide_browser
    his.enter(CHAMPION)
    his.page.goto(UNIT)
    done, asked = counts(his, COURSE)
    his.page.goto(OUTSTANDING)
    three, others = names(his)[:3], names(his)[3:]
    assert len(three) == 3

    his.page.goto(UNIT)
    his.follow("Log a completion for many people")
    his.page.get_by_label("Which module was it?").select_option(label="Respect at work: the yearly course")
    for name in three:
        his.page.get_by_label(name).check()
    his.press("Show who is meant")
    assert his.texts("h2:text-is('Will be recorded') + ul li") == three
    his.press("Record for 3 people")
    assert his.heading == "Recorded for 3 people"
    assert his.texts("main ul.bullets li") == three

    his.page.goto(UNIT)
    assert counts(his, COURSE) == (done + 3, asked)
    his.page.goto(OUTSTANDING)
    assert names(his) == others


def test_he_finds_people_logs_for_all_who_match_and_undoes_it(wide_browser: Visitor) -> None:
    his = wide_browser
    his.enter(CHAMPION)
    his.page.goto(DEPARTMENT)
    done, asked = counts(his, COURSE)
    his.page.goto(f"{DEPARTMENT}/people?requirement=YEARLY")
    wanted = names(his)[0]
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
    his.page.get_by_label("Which module was it?").select_option(label="Respect at work: the yearly course")
    his.press("Show who is meant")
    his.press("Record for 1 person")
    assert his.heading == "Recorded for 1 person"
    his.page.goto(DEPARTMENT)
    assert counts(his, COURSE) == (done + 1, asked)

    his.page.goto("/deeds")
    his.go(his.page.get_by_role("button", name="Undo").first)
    assert his.heading == "Undone for 1 of 1 person"
    his.page.goto(DEPARTMENT)
    assert counts(his, COURSE) == (done, asked)


def test_he_reads_a_sign_in_list_and_keeps_a_filter(wide_browser: Visitor) -> None:
    his = wide_browser
    his.enter(CHAMPION)
    his.page.goto(f"{DEPARTMENT}/people?requirement=YEARLY")
    first = names(his)[0]
    his.page.goto(f"{DEPARTMENT}/log")
    his.page.get_by_label("Which module was it?").select_option(label="Respect at work: the yearly course")
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
    assert his.texts("h2:text-is('Will be recorded') + ul li") == [first]

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
