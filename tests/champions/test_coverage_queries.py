"""What units lack, in words, and in a fixed number of statements."""

from collections.abc import Collection, Sequence
from datetime import date

import pytest
from flask import Flask

from tests.champions.conftest import Here
from tests.support import make
from tests.support.make import Unit
from tests.support.statements import statements
from tracker.champions import commands
from tracker.champions.queries import CoverageWarning, coverage_warnings, terms_ending
from tracker.champions.rules import Lack
from tracker.core import clock
from tracker.core.words import NO_BREAK_SPACE, day
from tracker.units.queries import unit_views


def in_words(days_ago: int) -> str:
    """A day as pages write it, with plain blanks."""
    return day(make.day(days_ago)).replace(NO_BREAK_SPACE, " ")


def lacking(unit_ids: Collection[int], today: date) -> Sequence[CoverageWarning]:
    """What these units lack."""
    return coverage_warnings(unit_views(unit_ids, today), today)


def texts(*units: Unit) -> list[str]:
    """What is lacking, with plain blanks."""
    found = lacking([unit.id for unit in units], clock.today())
    return [warning.text.replace(NO_BREAK_SPACE, " ") for warning in found]


def test_it_says_since_when(here: Here) -> None:
    found = texts(here.cast.department)
    assert found[0] == "No faculty champion yet."
    commands.end_term(make.by(), here.term, on=make.day(11))
    assert f"No staff champion since {in_words(0)}." in texts(here.cast.department)
    make.champion(here.cast.department, name="Nora Next", starts_on=make.day(-10))
    assert f"No staff champion since {in_words(0)}; the next begins on {in_words(-10)}." in texts(here.cast.department)


def test_it_says_what_is_not_settled(here: Here) -> None:
    assert texts(here.cast.department)[1:] == [
        "The approval of the chair and the supervisor is not recorded for the term of Cara Champion.",
        "No FTE is agreed for Cara Champion.",
        "No champion of this unit is certified for a module yet.",
    ]
    commands.record_approval(make.by(), here.term, "chair", approved_by="x", approved_on=make.day(1), note=None)
    assert "The approval of the supervisor is not recorded for the term of Cara Champion." in texts(
        here.cast.department
    )


def test_a_term_that_ends_soon(here: Here) -> None:
    commands.end_term(make.by(), here.term, on=make.day(-30))
    (term,) = terms_ending([here.cast.department.id], clock.today())
    assert (term.id, term.name) == (here.term, "Cara Champion")
    assert terms_ending([here.cast.department.id], clock.today(), within=29) == []
    assert terms_ending([here.cast.elsewhere.id], clock.today()) == []
    assert f"The term of Cara Champion as staff champion ends on {in_words(-30)}, and nobody follows yet." in texts(
        here.cast.department
    )


def test_a_warning_names_its_unit(here: Here) -> None:
    warning = lacking([here.cast.elsewhere.id], clock.today())[0]
    assert (warning.unit_code, warning.unit_name, warning.lack) == ("SURG", "Surgery", Lack.CHAMPION)


@pytest.mark.parametrize("ask", [lacking, terms_ending])
def test_it_asks_as_often_for_many_units_as_for_one(app: Flask, here: Here, ask: object) -> None:
    assert callable(ask)
    units = [here.cast.department]
    ask([unit.id for unit in units], clock.today())  # the words for things are read once
    counts = []
    for _ in range(2):
        with statements() as found:
            assert ask([unit.id for unit in units], clock.today()) is not None
        counts.append(len(found))
        for number in range(20):
            unit = make.unit(parent=here.cast.school)
            make.champion(unit, kind="faculty" if number % 2 else "staff", ends_on=make.day(-20))
            units.append(unit)
    assert counts[0] == counts[1] <= 3
