"""The pages that only a deed leads to: mistakes, previews, receipts, refusals. As sound as those one can open."""

from collections.abc import Callable, Iterator

import pytest

from tests.journeys.conftest import Arrive
from tests.support.browser import Visitor, faults

Way = Callable[[Visitor], Iterator[str]]
"""Leads a visitor from state to state, and says the name of each where she stands in it."""


def strangers_states(her: Visitor) -> Iterator[str]:
    her.page.goto("/sign-in")
    her.press("Sign in")
    yield "sign-in: nothing filled in"
    her.page.get_by_label("E-mail").fill("nobody@example.edu")
    her.page.get_by_label("Password", exact=True).fill("not the password of anybody")
    her.press("Sign in")
    yield "sign-in: turned away"
    her.page.goto("/no-such-page")
    yield "not found"
    her.page.goto("/sign-out")
    yield "not to be opened"


def learners_states(her: Visitor) -> Iterator[str]:
    her.enter("Brendan Tierney")
    her.page.goto("/claims")
    yield "not allowed"
    her.page.goto("/log")
    her.press("Log this completion")
    yield "log: nothing chosen"
    her.page.get_by_label("Which module did you finish?").select_option(label="Reading circle")
    her.page.get_by_label("Note (optional)").fill("A note.\nWith two lines.")
    her.press("Log this completion")
    receipt = her.path
    yield "receipt: just logged"
    her.follow("Correct it")
    yield "correct"
    her.page.locator("input[type=date]").fill("1901-01-01")
    her.press("Save the correction")
    yield "receipt: corrected, or why not"
    her.page.goto(receipt)
    her.follow("Withdraw it")
    yield "withdraw"
    her.press("Withdraw it")
    yield "receipt: withdrawn"
    her.page.goto("/completions")
    yield "completions with one withdrawn"
    her.page.goto("/log")
    her.page.locator("main input[name=csrf_token]").evaluate("input => { input.value = 'stale' }")
    her.press("Log this completion")
    yield "a form that is too old"


def champions_states(her: Visitor) -> Iterator[str]:
    her.enter("Yoon-a Kang")
    her.page.goto("/units/PEDS?as_of=1999-01-01")
    yield "a day that is refused"
    her.page.goto("/units/PEDS?as_of=2027-12-31")
    yield "a day to come"
    her.page.goto("/units/PEDS/table?by=module&as_of=2026-03-31")
    yield "table by module on a day past"
    her.page.goto("/units/PEDS/people?requirement=&q=nobody+is+called+this")
    yield "nobody found"
    her.page.goto("/units/PEDS/people?requirement=READING")
    yield "names are not shown"
    her.page.goto("/units/PEDS/log")
    her.press("Show who is meant")
    yield "roster: nothing filled in"
    her.page.get_by_label("Which module was it?").select_option(label="Reading circle")
    her.page.get_by_label("Identifiers or e-mail addresses").fill("nobody@example.edu")
    her.page.locator("main input[type=checkbox]").first.check()
    her.press("Show who is meant")
    yield "roster: whom it concerns"
    her.press("Record for 1 person")
    yield "roster: recorded"
    her.page.goto("/claims")
    first = her.page.locator("main .card h2 a").first
    if first.count():
        claim = str(first.get_attribute("href"))
        her.page.goto(claim)
        her.press("Turn it down")
        yield "claim: no reason given"
        her.press("Verify")
        yield "claims after one is decided"
        her.page.goto(claim)
        yield "a claim decided already"


def offices_states(her: Visitor) -> Iterator[str]:
    her.enter("Marisol Rentería")
    her.page.goto("/units/ORTHO/people?requirement=&q=Kent")
    her.follow("Kent Wainscott")
    her.follow("Log a completion")
    yield "log for somebody"
    her.press("Log this completion")
    yield "log for somebody: nothing filled in"
    her.page.locator("select[name=course]").select_option(label="Reading circle")
    her.page.get_by_label("Why are you entering this?").fill("From the sign-in list.")
    her.press("Log this completion")
    yield "receipt of somebody else"
    her.follow("Correct or strike out")
    yield "correct for somebody"
    her.page.get_by_label("Strike the record out").check()
    her.press("Save")
    yield "correct for somebody: no reason given"


@pytest.mark.parametrize("way", [strangers_states, learners_states, champions_states, offices_states])
def test_every_state_is_sound(arrive: Arrive, way: Way) -> None:
    visitor = arrive()
    problems = [f"{state}: {found}" for state in way(visitor) for found in faults(visitor)]
    assert not problems, "\n".join(problems)
