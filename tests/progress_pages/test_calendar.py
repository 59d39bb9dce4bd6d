"""A due day as an event for one's own calendar."""

from dataclasses import replace

from flask import Flask
from icalendar import Calendar, Event

from tests.progress_pages.conftest import World
from tests.support import make
from tests.support.pages import Pages


def event_at(pages: Pages, path: str) -> Event:
    """The only event of a download."""
    answer = pages.download(path)
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="due.ics"'
    [event] = Calendar.from_ical(answer.text).walk("VEVENT")
    return event


def test_the_due_day_is_an_event_of_that_day(world: World, pages: Pages) -> None:
    title = "Listening; well, \\ and long " + "ä" * 80
    make.requirement(make.module("LISTEN", title=title), title="The sequence", due={"date": make.day(-12)})
    home = pages.get("learner.home")
    path = home.link("Add the due day to my calendar")
    event = event_at(pages, path)
    assert event["SUMMARY"] == f"Due: {title}"
    assert event.decoded("DTSTART") == make.day(-12)
    assert event.decoded("DTEND") == make.day(-13)
    assert event["URL"] == "http://localhost/modules/LISTEN"
    assert event["TRANSP"] == "TRANSPARENT"
    raw = pages.download(path).data
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert b"Ada" not in raw
    assert world.ada.identifier.encode() not in raw


def test_fetched_again_it_is_the_same_event_and_everybody_has_her_own(world: World, pages: Pages) -> None:
    make.requirement(make.module(), due={"date": make.day(-12)})
    path = pages.get("learner.home").link("Add the due day to my calendar")
    first = event_at(pages, path)["UID"]
    assert event_at(pages, path)["UID"] == first
    pages.sign_in(make.learner(world.unit))
    assert event_at(pages, path)["UID"] != first


def test_what_lapses_is_called_so(world: World, pages: Pages) -> None:
    course = make.module(title="Yearly")
    make.requirement(course, repeat={"months": 12})
    make.completion(world.ada, course, on=make.day(300))
    home = pages.get("learner.home")
    event = event_at(pages, home.link("Add to my calendar: Yearly"))
    assert event["SUMMARY"] == "Lapses: Yearly"


def test_where_no_day_lies_ahead_none_is_offered(world: World, pages: Pages) -> None:
    make.requirement(make.module("LATE"), due={"date": make.day(40)})
    make.requirement(make.module("ANY"))
    assert "calendar" not in pages.get("learner.home").text
    pages.download("/why/2/2/due.ics", status=404)
    pages.download("/why/99/1/due.ics", status=404)


def test_below_a_path_the_address_names_it_once(world: World, pages: Pages, app: Flask) -> None:
    make.requirement(make.module("LISTEN"), due={"date": make.day(-12)})
    path = pages.get("learner.home").link("Add the due day to my calendar")
    public_url = "https://waymark.example.edu/tracker"
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], public_url=public_url)
    answer = pages._once("GET", path, environ_overrides={"SCRIPT_NAME": "/tracker"})
    [event] = Calendar.from_ical(answer.text).walk("VEVENT")
    assert event["URL"] == f"{public_url}/modules/LISTEN"
