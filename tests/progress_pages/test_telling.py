"""Why a module is asked of me, and who can see what about me."""

import pytest
from flask import Flask

from tests.progress_pages.conftest import World
from tests.support import cast, make
from tests.support.pages import Pages
from tracker.core.database import db
from tracker.curriculum.models import Module, Requirement


def ids(requirement: str, module: str) -> dict[str, int]:
    """The numbers in the address of an explanation."""
    return {
        "requirement_id": db.session.scalars(db.select(Requirement.id).where(Requirement.code == requirement)).one(),
        "module_id": db.session.scalars(db.select(Module.id).where(Module.code == module)).one(),
    }


def test_why_is_told_with_its_sentences_and_what_it_is(world: World, pages: Pages) -> None:
    course = make.module("AWARE", title="Awareness")
    make.requirement(course, code="SEQ", title="The sequence", due={"date": make.day(-12)})
    make.requirement(course, title="The managers' sequence", level="expected")
    page = pages.open(str(pages.get("learner.home").html.select(".task .reasons a")[0]["href"]))
    assert page.h1 == "Awareness"
    assert "is due soon" in page.texts(".lede p")[0]
    assert any("“The sequence” is required" in line for line in page.texts(".bullets li"))
    assert page.link("Log a completion") == "/log?module=AWARE"
    other = pages.open(page.link("The managers' sequence"))
    assert any("“The managers' sequence” is expected" in line for line in other.texts(".bullets li"))


def test_any_day_can_be_asked_for_and_stays_in_the_address(world: World, pages: Pages) -> None:
    course = make.module("AWARE")
    make.requirement(course, code="SEQ", title="One")
    make.requirement(course, title="Two")
    day = make.day(40).isoformat()
    page = pages.get("learner.why", **ids("SEQ", "AWARE"), query={"as_of": day})
    assert page.texts(".other-day")
    assert f"as_of={day}" in page.link("Two")
    assert not page.html.select("main .button-primary")


@pytest.mark.parametrize("odd", ["abc", "2026-02-30", "x" * 10_000, "9999-01-01", "1999-12-31"])
def test_a_day_that_is_none_is_told_and_not_taken_for_today(world: World, pages: Pages, odd: str) -> None:
    make.requirement(make.module("AWARE"), code="SEQ")
    page = pages.get("learner.why", **ids("SEQ", "AWARE"), query={"as_of": odd}, status=422)
    assert "The day must be a real date from 2000 to 2100, such as 2026-11-21." in page.text
    assert "recorded" not in page.text
    assert pages.open(page.link("Open the page without it")).status == 200


def test_what_is_done_offers_nothing_to_log(world: World, pages: Pages) -> None:
    course = make.module("AWARE")
    make.requirement(course, code="SEQ")
    make.completion(world.ada, course)
    page = pages.get("learner.why", **ids("SEQ", "AWARE"))
    assert not page.html.select("main .button-primary")


def test_what_is_not_there_is_not_found(world: World, pages: Pages) -> None:
    make.module("LOOSE")
    make.requirement(make.module("AWARE"), code="SEQ")
    pages.get("learner.why", requirement_id=999, module_id=999, status=404)
    pages.get("learner.why", **ids("SEQ", "LOOSE"), status=404)


def test_who_can_see_names_the_champions_of_today(app: Flask, pages: Pages) -> None:
    people = cast.gather()
    make.requirement(title="Must", level="required")
    make.requirement(title="Marked", level="optional", champions_see_names=True)
    make.requirement(title="Counted", level="expected")
    pages.sign_in(make.learner(people.division, "Dora"))
    page = pages.get("learner.privacy")
    assert page.texts(".lede p")[0] == "2 champions, the office and the auditors. Nobody else."
    assert [row.split(" ")[0] for row in page.texts(".rows li")] == ["Cara", "Paula"]
    named, counted = page.texts("ul.bullets")
    assert "Must" in named
    assert "Marked" in named
    assert counted == "Counted"


def test_who_has_left_is_seen_by_no_champion(app: Flask, pages: Pages) -> None:
    people = cast.gather()
    make.requirement(title="Must")
    pages.sign_in(people.leaver)
    page = pages.get("learner.privacy")
    assert page.texts(".lede p")[0] == "The office and the auditors. Nobody else."
    assert "no champion sees anything about you" in page.text
    assert "Cara" not in page.text


def test_a_unit_without_champions_says_so(app: Flask, pages: Pages) -> None:
    pages.sign_in(make.learner(make.unit("Quiet Unit"), "Solo"))
    assert "Quiet Unit and the units above it have no champion today." in pages.get("learner.privacy").text
