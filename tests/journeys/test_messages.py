"""A champion writes to two of his people, looks at what they would read, sends it, and stops it again."""

from tests.journeys.steps import CHAMPION
from tests.support.browser import Visitor


def test_he_writes_looks_sends_and_stops(visitor: Visitor) -> None:
    his = visitor
    his.enter(CHAMPION)
    his.page.goto("/units/MED/people?requirement=YEARLY")
    ids = [box.get_attribute("value") for box in his.page.locator("ul.people input[type=checkbox]").all()[:2]]
    his.page.goto(f"/messages/write?person={ids[0]}&person={ids[1]}")
    assert his.heading == "Write to 2 people"
    his.press("Look at it before it is sent")
    assert his.texts(".error-summary li") == ["Enter a subject"]
    his.look("nothing filled in")
    his.page.get_by_label("Subject").fill("Session on Thursday")
    his.page.get_by_label("Text", exact=True).fill("Dear {name},\n\nplease come on Thursday.")
    his.page.get_by_label("Add what is left to do and by when").check()
    his.press("Look at it before it is sent")
    assert his.heading == "Session on Thursday"
    assert "please come on Thursday." in his.texts(".letter")[0]
    his.look("what they would read")
    his.press("Send to 2 people")
    assert his.texts(".undo-line span") == ["2 letters wait for a mail server. Nothing goes out until then."]
    his.look("on its way")
    his.press("Stop sending")
    assert his.texts(".banner[role=status]") == ["Stopped: 2 letters."]
    assert his.texts("tbody td") == ["Stopped", "Stopped"]
    his.look("stopped")
    his.page.goto("/messages")
    assert "2 stopped" in his.texts("tbody td")[-1]
