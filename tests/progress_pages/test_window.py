"""The days that a learner may log: of what lies further back she asks; the office and sign-in lists are free."""

from datetime import date

import pytest
from flask import Flask

from tests.progress_pages.conftest import World, completions_of, sent
from tests.support import make
from tests.support.pages import Pages
from tracker.core import clock
from tracker.core.actor import Actor, Right, Role
from tracker.core.config import SettingError, from_environment
from tracker.core.errors import Invalid
from tracker.core.words import day as shown
from tracker.progress.commands import completions as commands
from tracker.progress.commands.completions import Statement


def plain(day: date) -> str:
    """A day as pages show it, with plain blanks."""
    return shown(day).replace("\N{NO-BREAK SPACE}", " ")


def test_the_last_day_within_is_taken_the_next_is_refused(world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE"))
    sent(pages, "AWARE", completed_on=make.day(15).isoformat())
    page = sent(pages, "AWARE", status=422, completed_on=make.day(16).isoformat())
    assert page.errors == [f"The day must be {plain(make.day(15))} or later"]
    assert [row[2] for row in completions_of(world.ada)] == [make.day(15)]
    assert page.one("input[type=date]")["min"] == make.day(15).isoformat()


def test_it_offers_the_way_to_have_it_recorded_all_the_same(world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE"))
    page = sent(pages, "AWARE", status=422, completed_on=make.day(40).isoformat())
    link = page.one("main .banner a")["href"]
    assert link == f"/requests/new?kind=older&module=AWARE&on={make.day(40)}"
    assert pages.open(str(link)).status == 200
    assert not pages.get("learner.log").html.select("main .banner")


@pytest.mark.parametrize("day", ["1800-01-01", "0001-01-01"])
def test_a_day_of_another_century_is_too_long_ago_like_any_other(world: World, pages: Pages, day: str) -> None:
    make.requirement(make.module("AWARE"))
    page = sent(pages, "AWARE", status=422, completed_on=day)
    assert page.errors == [f"The day must be {plain(make.day(15))} or later"]
    assert "Longer ago?" in page.text
    assert pages.open(str(page.one("main .banner a")["href"])).status == 200


def test_a_correction_may_leave_an_older_day_as_it_is(world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE"), make.module("ACT"))
    claim = make.completion(world.ada, "AWARE", on=make.day(100), claimed=True)
    form = pages.get("learner.correct", completion_id=claim)
    receipt = pages.submit(form, course="ACT")
    assert completions_of(world.ada)[-1][0] == "ACT"
    form = pages.open(receipt.link("Correct it"))
    page = pages.submit(form, completed_on=make.day(99).isoformat(), status=422)
    assert page.errors == [f"The day must be {plain(make.day(15))} or later"]


def test_the_command_refuses_it_too(world: World) -> None:
    make.requirement(make.module("AWARE"))
    with pytest.raises(Invalid, match="too long ago"):
        commands.claim(_herself(world), Statement("AWARE", make.day(16)), not_before=make.day(15))
    assert completions_of(world.ada) == []


def test_the_office_is_not_bound_by_it(world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE"))
    pages.sign_in(make.account(Role.OFFICE))
    form = pages.get("claims.log_for", person_id=world.ada.id)
    pages.submit(form, course="AWARE", completed_on=make.day(400).isoformat(), note="From the paper list.")
    assert [row[2] for row in completions_of(world.ada)] == [make.day(400)]


def test_the_number_of_days_is_a_setting(app: Flask, world: World) -> None:
    settings = from_environment(app.config["SETTINGS"].instance, {"CLAIM_WINDOW_DAYS": "90"})
    assert settings.claim_window_days == 90
    for wrong in ("-1", "many", "1.5"):
        with pytest.raises(SettingError, match="CLAIM_WINDOW_DAYS must be a whole number"):
            from_environment(settings.instance, {"CLAIM_WINDOW_DAYS": wrong})
    assert from_environment(settings.instance, {}).claim_window_days == 15


def _herself(world: World) -> Actor:
    return Actor(world.learner.id, world.ada.id, frozenset(Right), frozenset(), clock.today())
