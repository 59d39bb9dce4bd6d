"""The list of people on a phone and on paper: people come first, deeds stay in reach, nothing dead is printed."""

import re

from tests.journeys.conftest import Arrive
from tests.journeys.steps import CHAMPION, LEARNER, names, open_filters, told
from tests.support.browser import PHONE, Visitor

PEOPLE = "/units/MED/people"
ENDS = "element => { const box = element.getBoundingClientRect(); return [box.top, box.bottom]; }"
ABOVE = """([element, bar]) => {
  element.focus();
  return element.getBoundingClientRect().bottom <= bar.getBoundingClientRect().top;
}"""


def test_the_first_person_and_the_deeds_are_in_sight(arrive: Arrive) -> None:
    his = arrive(width=PHONE)
    his.enter(CHAMPION)
    his.page.set_viewport_size({"width": PHONE, "height": 740})
    for address in (PEOPLE, f"{PEOPLE}?requirement=YEARLY"):
        his.page.goto(address)
        top, _ = his.page.locator("ul.people > li").first.evaluate(ENDS)
        assert top < 700, address


def test_deeds_are_in_reach(visitor: Visitor) -> None:
    his = visitor
    his.enter(CHAMPION)
    his.page.goto(PEOPLE)
    bar, boxes = his.page.locator(".deeds"), his.page.locator(".tick input")
    height = his.page.viewport_size["height"]
    if not his.is_wide:
        assert bar.evaluate(ENDS)[0] > height
        his.page.get_by_role("link", name="Go to what you can do for those you tick").click()
        assert bar.evaluate(ENDS)[0] < height
    boxes.first.check()
    top, bottom = bar.evaluate(ENDS)
    assert 0 < top < bottom <= height
    assert his.is_wide or bottom - top < 140
    last = boxes.nth(20).element_handle()
    assert his.page.evaluate(ABOVE, [last, bar.element_handle()])
    his.look("somebody is ticked")
    boxes.first.check()
    his.press("Log attendance")
    assert his.texts("h2")[0].startswith("For 1 person")


def test_the_filters_unfold_and_say_how_many_are_in_use(visitor: Visitor) -> None:
    his = visitor
    his.enter(CHAMPION)
    his.page.goto(PEOPLE)
    assert his.page.get_by_label("Asked for").is_visible() is his.is_wide
    open_filters(his)
    his.page.get_by_label("Asked for").select_option(index=1)
    his.go(his.page.get_by_role("button", name="Show the list", exact=True).first)
    assert "requirement=" in his.path
    if not his.is_wide:
        assert his.texts("details.filters > summary") == ["Filter: 1 in use"]
    assert his.page.get_by_label("Sorted by").is_visible() is his.is_wide
    his.follow("Show everybody at home here")
    assert his.path == PEOPLE


def test_print_has_everybody_and_nothing_dead(visitor: Visitor) -> None:
    his = visitor
    his.enter(CHAMPION)
    his.page.goto(f"{PEOPLE}?requirement=&category=staff")
    first = names(his)
    his.go(his.page.locator("main a", has_text="Print all"))
    assert names(his)[: len(first)] == first
    assert len(names(his)) > len(first)
    for address in (his.path, PEOPLE):
        his.page.goto(address)
        his.page.emulate_media(media="print")
        main = his.page.locator("main")
        assert not [one for one in main.locator("button, input, select, summary").all() if one.is_visible()]
        for words in ("Print all", "Show everybody", "Download", "Joint members", "Tell the office", "Filter"):
            assert words not in main.inner_text(), words
        assert "as of" in his.page.locator(".print-only").first.inner_text()
        his.page.emulate_media(media="screen")


def test_who_is_ticked_stays_so_while_he_looks_on(visitor: Visitor) -> None:
    his = visitor
    his.enter(CHAMPION)
    his.page.goto(PEOPLE)
    first = names(his)[0]
    his.page.locator(".tick input").first.check()
    his.press("Next page")
    second = names(his)[0]
    assert f"1 person is ticked. Not on this page: {first}." in told(his)
    his.page.locator(".tick input").first.check()
    his.look("somebody on another page is ticked")
    open_filters(his)
    search = his.page.get_by_label("Name, identifier or e-mail")
    if his.scripts:
        search.press_sequentially("linh.pham")
        his.page.wait_for_url(re.compile(r"[?&]q=linh\.pham"))
        his.page.locator("#people-list", has_text="Not on this page").wait_for()
    else:
        search.fill("linh.pham")
        his.go(his.page.get_by_role("button", name="Show the list", exact=True).first)
    assert names(his) == [LEARNER]
    assert "2 people are ticked." in told(his)
    his.page.locator(".tick input").first.check()
    his.press("Log attendance")
    assert his.texts("h2") == ["For 3 people you ticked"]
    assert set(his.texts("ul.names li")) == {first, second, LEARNER}
    his.follow("Cancel")
    assert his.page.locator(".tick input").first.is_checked()
    his.follow("Untick all")
    assert not his.page.locator(".tick input").first.is_checked()
    his.press("Log attendance")
    assert "Nobody is chosen. Tick people in the list, or choose all that match." in his.texts(".banner")
