"""What differs between two curricula, and in which words."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings

from tests.naive.facts import Facts
from tests.naive.institutions import institutions
from tests.naive.reading import write_folder
from tests.support import seed as run_seed
from tracker.curriculum.rules import Curriculum, Module, Requirement, write
from tracker.exchange import files
from tracker.programme import rules, words
from tracker.programme.forms import links_of, month_day
from tracker.programme.rules import Deed, Kind, Reach
from tracker.programme.words import Names

TODAY = date(2026, 11, 22)
NAMES = Names({"M1": "Listening well"}, {"MED": "Medicine"})
ASKED = Requirement("R1", "Asked", ("M1",), "required", date(2025, 1, 1))


@pytest.mark.parametrize(
    ("audience", "reach", "told"),
    [
        (None, Reach.EVERYBODY, "everybody"),
        ({}, Reach.EVERYBODY, "everybody"),
        ({"roles": []}, Reach.NOBODY, "nobody"),
        ({"roles": ["manager"], "categories": []}, Reach.NOBODY, "nobody"),
        ({"categories": ["staff", "faculty"], "units": ["MED"]}, Reach.SOME, "staff or faculty; in Medicine (MED)"),
        ({"functions": ["ADMISSIONS"]}, Reach.SOME, "with the function ADMISSIONS"),
    ],
)
def test_an_audience_is_everybody_somebody_or_nobody(audience: Any, reach: Reach, told: str) -> None:
    assert rules.reach_of(audience) is reach
    assert words.audience_words(audience, NAMES) == told


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("due", None, "no due day"),
        ("due", {"date": date(2027, 6, 30)}, "on 30 Jun 2027"),
        ("due", {"days_after_start": 1}, "1 day after the start"),
        (
            *("due", {"date": date(2027, 6, 30), "days_after_start": 90}),
            "on 30 Jun 2027, or 90 days after the start where that is later",
        ),
        ("repeat", None, "once"),
        ("repeat", {"months": 12}, "again every 12 months"),
        ("repeat", {"cycle": "07-01", "due_by": "12-31"}, "each year from 1 Jul, by 31 Dec"),
        ("modules", ("M1", "M2"), "Listening well (M1), M2"),
        ("percent", 50, "50 %"),
        ("champions_see_names", True, "yes"),
        ("links", (), "\N{EN DASH}"),
        ("last", None, "\N{EN DASH}"),
    ],
)
def test_fields_are_told_in_words(field: str, value: Any, told: str) -> None:
    assert words.in_words(field, value, NAMES).replace("\N{NO-BREAK SPACE}", " ") == told


@pytest.mark.parametrize(
    ("due", "cycle", "told"),
    [
        (None, {"due_by": "12-31"}, "each year on 31 Dec, or 30 days after the start where that is later"),
        (None, {}, "each year on the day before 1 Jul, or 30 days after the start where that is later"),
        (
            *({"days_after_start": 60}, {"due_by": "12-31"}),
            "each year on 31 Dec, or 60 days after the start where that is later",
        ),
        (
            *({"date": date(2027, 6, 30)}, {"due_by": "12-31"}),
            "each year on 31 Dec, or on 30 Jun 2027 or 30 days after the start where that is later",
        ),
    ],
)
def test_a_yearly_round_has_its_own_due_day(due: Any, cycle: dict[str, str], told: str) -> None:
    yearly = replace(ASKED, due=due, repeat={"cycle": "07-01", **cycle})
    assert words.words_of(yearly, "due", NAMES).replace("\N{NO-BREAK SPACE}", " ") == told


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("07-01", "07-01"), ("1 Jul", "07-01"), ("1 July", "07-01"), ("July 1", "07-01"), ("x", None)],
)
def test_a_day_of_the_year_is_read_as_people_write_it(typed: str, kept: str | None) -> None:
    assert month_day(typed) == kept


def test_a_link_is_a_title_and_an_address() -> None:
    assert links_of("Reading list https://example.edu/a\nhttps://example.edu/b") == [
        {"title": "Reading list", "url": "https://example.edu/a"},
        {"title": "https://example.edu/b", "url": "https://example.edu/b"},
    ]


def test_what_differs_is_named_thing_by_thing() -> None:
    before = Curriculum((Module("M1", "One"), Module("M2", "Two")), (ASKED,))
    after = Curriculum((Module("M3", "Three"), Module("M1", "Uno")), (ASKED,))
    found = rules.differences(before, after)
    assert [(one.kind, one.code, one.deed) for one in found] == [
        (Kind.MODULE, "M1", Deed.CHANGED),
        (Kind.MODULE, "M2", Deed.REMOVED),
        (Kind.MODULE, "M3", Deed.ADDED),
    ]
    (change,) = words.field_changes(found[0], NAMES)
    assert (change.label, change.before, change.after) == ("Title", "One", "Uno")
    assert rules.in_order_of(before, after).modules == (Module("M1", "Uno"), Module("M3", "Three"))


@seed(run_seed.value(31))
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(institutions(TODAY), institutions(TODAY))
def test_differences_lead_from_one_curriculum_to_the_other(tmp_path: Path, one: Facts, other: Facts) -> None:
    """Whatever two curricula are: what differs, put into the first, gives the second."""
    found = []
    for facts in (one, other):
        write_folder(facts, tmp_path)
        found.append(files.curriculum(tmp_path))
    before, after = found
    assert rules.differences(before, before) == []
    reached = before
    for change in rules.differences(before, after):
        reached = rules.with_former(reached, change.kind, change.code, change.after)
    assert rules.differences(reached, after) == []
    for change in rules.differences(before, after):
        for entry in filter(None, (change.before, change.after)):
            alone = rules.made_of([entry])
            assert list(write(alone)) == [change.kind.value]


def test_one_thing_can_be_put_back_or_taken_out() -> None:
    before = Curriculum((Module("M1", "One"),))
    assert rules.with_former(before, Kind.MODULE, "M1", None) == Curriculum()
    changed = replace(before.modules[0], title="Uno")
    assert rules.with_former(before, Kind.MODULE, "M1", changed).modules == (changed,)
