"""Random small institutions that are valid and nasty, for tests that hold two readings of the rules against each other.

Every fact comes from one whole number that Hypothesis draws, and 0 means that there is no such fact: a failing
institution shrinks by losing facts. What would be refused is not added.
"""

from collections.abc import Callable
from datetime import date
from random import Random

from hypothesis import strategies as st

from .awkward import Days, interesting_days
from .courses import make_completions, make_gates, make_modules, make_requirements
from .facts import Facts
from .makers import (
    Maker,
    make_appointments,
    make_champions,
    make_functions,
    make_leaves,
    make_people,
    make_units,
    make_waivers,
)
from .refusals import refusals

__all__ = ["institutions", "interesting_days"]

# Requirements before appointments and both before leaves, so that each crowds around the days of those before.
STEPS: list[Callable[[Maker, Facts], None]] = [
    make_units,
    make_people,
    make_modules,
    make_requirements,
    make_appointments,
    make_functions,
    make_completions,
    make_leaves,
    make_waivers,
    make_gates,
    make_champions,
]


@st.composite
def institutions(draw: st.DrawFn, today: date) -> Facts:
    """An institution that could be loaded on a given day; some facts, but no completions, lie after it."""
    maker = Maker(draw, today, Days(Random(draw(st.integers(0, 9999)))))
    facts = Facts()
    for step in STEPS:
        step(maker, facts)
    found = refusals(facts, today)
    assert not found, found
    return facts
