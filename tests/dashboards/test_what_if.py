"""What if: how far target and gate are, who is nearest, and what comes if nobody acts."""

import csv
from datetime import date
from io import StringIO

import pytest

from tests.support import make
from tests.support.make import Module, Unit
from tests.support.pages import Page, Pages
from tracker.core.actor import Role
from tracker.core.words import day as in_words
from tracker.progress import jobs, reports
from tracker.targets.commands import set_target


@pytest.fixture
def medicine(pages: Pages) -> Unit:
    """A department that the office looks at."""
    pages.sign_in(make.account(Role.OFFICE))
    return make.unit("Medicine", code="MED")


@pytest.fixture
def sequence(medicine: Unit) -> list[Module]:
    """Two modules, due in forty days."""
    modules = [make.module(title="First"), make.module(title="Second")]
    make.requirement(*modules, code="INTRO", title="Sequence", due={"date": make.day(-40)})
    return modules


def open_page(pages: Pages, **query: object) -> Page:
    """The page."""
    return pages.get("dashboards.what_if", code="MED", query=query)


def nearest(page: Page) -> list[list[str]]:
    """The first table, line by line."""
    table = page.html.select("table")[0]
    return [[" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")] for row in table.select("tbody tr")]


def test_who_has_least_left_comes_first(pages: Pages, medicine: Unit, sequence: list[Module]) -> None:
    make.person("Nothing yet", unit=medicine)
    make.completion(make.person("Half way", unit=medicine), sequence[0])
    done = make.person("Done", unit=medicine)
    for module in sequence:
        make.completion(done, module)
    found = nearest(open_page(pages))
    assert [line[0] for line in found] == ["Half way", "Nothing yet"]
    assert found[0][1] == "Second"
    assert found[1][1] == "First, Second"


def test_it_reckons_with_the_target_and_with_one_to_try(pages: Pages, medicine: Unit, sequence: list[Module]) -> None:
    for number in range(5):
        make.person(f"Person {number}", unit=medicine)
    set_target(make.by(), "MED", "INTRO", 80)
    lede = open_page(pages, percent="50").texts(".lede p")
    assert lede[1] == "The target of 80 % is 4 more people away: 4 of 5."
    assert lede[2] == "A target of 50 % is 3 more people away: 3 of 5."
    assert "Enter a whole number" in open_page(pages, percent="lots").text


def test_it_says_how_many_the_gate_needs(pages: Pages, medicine: Unit, sequence: list[Module]) -> None:
    make.gate(*sequence, unit_kinds=["department"], percent=50)
    for number in range(4):
        make.person(f"Person {number}", unit=medicine)
    assert "3 more people are needed" in open_page(pages).text


def test_coming_days_are_those_of_the_report(pages: Pages, medicine: Unit) -> None:
    module = make.module(title="Lapses")
    make.requirement(module, code="LAPSES", title="Lapses", repeat={"months": 2})
    for number in range(3):
        make.completion(make.person(f"Person {number}", unit=medicine), module, on=make.day(20 * number))
    make.person("Leaves", unit=medicine, ends_on=make.day(-70))
    jobs.keep_days()
    table = open_page(pages).html.select("table")[-1]
    days = [date.fromisoformat(str(link["href"]).split("as_of=")[1]) for link in table.select("th a")]
    shown = [cell.get_text().replace(",", "") for cell in table.select(".rate-counts")]
    assert len(days) >= 12
    assert shown == [reported(day) for day in days]
    assert len(set(shown)) > 3


def reported(day: date) -> str:
    """What the report says of the department on a day."""
    for row in csv.DictReader(StringIO("".join(reports.lines("rates", day)))):
        if (row["unit"], row["requirement"], row["module"]) == ("MED", "LAPSES", "*"):
            return f"{row['satisfied']} of {row['denominator']}"
    raise AssertionError(day)


def test_where_nothing_is_asked_by_name_it_says_so(pages: Pages, medicine: Unit) -> None:
    make.person(unit=medicine)
    assert "Nothing is asked here by name" in open_page(pages).text


def test_any_coming_day_can_be_looked_at(pages: Pages, medicine: Unit, sequence: list[Module]) -> None:
    make.person("Stays", unit=medicine)
    for module in sequence:
        make.completion(make.person("Leaves soon", unit=medicine, ends_on=make.day(-3)), module)
    jobs.keep_days()
    chosen = make.day(-5)
    page = open_page(pages, on=chosen.isoformat())
    lines = [line for line in page.texts("tbody tr") if "(the day you chose)" in line]
    assert len(lines) == 1
    assert lines[0].startswith(in_words(chosen).replace("\N{NO-BREAK SPACE}", " "))


@pytest.mark.parametrize("typed", ["2020-01-01", "2026-02-30", "soon"])
def test_a_day_that_does_not_lie_ahead_is_refused(
    pages: Pages, medicine: Unit, sequence: list[Module], typed: str
) -> None:
    make.person("Stays", unit=medicine)
    page = open_page(pages, on=typed)
    assert page.texts(".field-error") != []
    assert "(the day you chose)" not in page.text


def test_who_is_nearest_for_a_gate_goes_by_the_gate_s_own_modules(
    pages: Pages, medicine: Unit, sequence: list[Module]
) -> None:
    """Whoever has done most of the requirement may be far from the gate, and the other way round."""
    other = make.module(title="Third", equivalents=["OLD-3"], evidence="verification")
    make.requirement(other, code="APART", title="Apart", audience={"categories": ["faculty"]})
    make.gate(sequence[0], other, title="The next part", unit_kinds=["department"])
    far, near, away = (make.person(name, unit=medicine) for name in ("Far", "Near", "Away"))
    make.completion(far, sequence[1])
    make.completion(away, "OLD-3", claimed=True)
    make.completion(near, "OLD-3")
    done = make.person("Done", unit=medicine)
    for module in (sequence[0], other):
        make.completion(done, module)
    page = open_page(pages)
    assert "Who is nearest for the gate “The next part”" in page.texts("h2")
    table = page.html.select("table")[1]
    assert [[cell.get_text().strip() for cell in row.select("th, td")] for row in table.select("tbody tr")] == [
        ["Near", "First"],
        ["Away", "First, Third"],
        ["Far", "First, Third"],
    ]


def test_of_a_gate_that_is_open_nobody_is_nearest(pages: Pages, medicine: Unit, sequence: list[Module]) -> None:
    make.gate(sequence[0], title="The next part", unit_kinds=["department"])
    make.completion(make.person("Done", unit=medicine), sequence[0])
    assert "Who is nearest for" not in open_page(pages).text
