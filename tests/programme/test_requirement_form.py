"""The forms of the curriculum: all that is wrong is named at once, at its field; and what Enter does."""

import pytest

from tests.programme.conftest import Small
from tests.support.pages import Page, Pages

PREVIEW = "Show what would change"


def at_fields(page: Page) -> dict[str, str]:
    """What the summary says, by the field it leads to."""
    return {str(link["href"]): link.get_text() for link in page.html.select(".error-summary a")}


def test_all_faults_are_named_at_once(office: Pages, small: Small) -> None:
    page = office.get("programme.change", kind="requirement", code="YEARLY")
    page = office.submit(
        page,
        PREVIEW,
        status=422,
        title="",
        module_2="ONE",
        reach="some",
        units="NOWHERE\nMED",
        first="2027-01-01",
        last="2026-01-01",
        due_days="-3",
        repeat="cycle",
        cycle="29 Feb",
    )
    assert at_fields(page) == {
        "#title": "Enter a title",
        "#module_1": "The list of modules names ONE twice",
        "#units": "“NOWHERE” is neither the code of a unit nor the name of one alone",
        "#last": "The last day lies before the first day",
        "#due_days": "The number of days must be a whole number of 0 or more",
        "#cycle": "The day the year begins must be a day that every year has, such as 1 Jul",
    }


def test_a_new_one_is_told_all_that_is_missing(office: Pages, small: Small) -> None:
    page = office.get("programme.add", kind="requirement")
    wrong = {"code": "YEARLY", "reach": "some", "repeat": "months", "units": "A\nB", "due_days": "9" * 5000}
    page = office.submit(page, PREVIEW, status=422, **wrong)
    assert at_fields(page) == {
        "#code": "There is a requirement with the code YEARLY already",
        "#title": "Enter a title",
        "#module_1": "Select a module",
        "#level-0": "Select how strongly it asks",
        "#units": "“A” and “B” are neither codes of units nor names of one alone",
        "#first": "Enter the first day",
        "#due_days": "The number of days must be 9 characters or fewer",
        "#months": "Enter after how many months it is asked again",
    }
    page = office.submit(page, PREVIEW, status=422, units="", repeat="cycle")
    assert at_fields(page)["#reach-0"] == "Fill in at least one part below, or choose everybody or nobody"
    assert at_fields(page)["#cycle"] == "Enter the day on which the year begins, such as 1 Jul"


def test_modules_and_gates_name_all_faults_too(office: Pages, small: Small) -> None:
    page = office.get("programme.change", kind="module", code="ONE")
    page = office.submit(page, PREVIEW, status=422, title="", minutes="x", equivalents="A\nA", links="Read ftp://a")
    assert set(at_fields(page)) == {"#title", "#minutes", "#equivalents", "#links"}
    page = office.get("programme.change", kind="gate", code="START")
    page = office.submit(page, PREVIEW, status=422, percent="100", first="", reach="some")
    assert set(at_fields(page)) == {"#percent", "#first", "#reach-0"}


@pytest.mark.parametrize("kind", ["module", "requirement", "gate"])
def test_enter_shows_what_would_change(office: Pages, small: Small, kind: str) -> None:
    """Browsers press the first button of a form: it sends nothing that asks for more places."""
    page = office.get("programme.add", kind=kind)
    first = page.html.select("form.form button")[0]
    assert first.get_text() == PREVIEW
    assert not first.get("name")
