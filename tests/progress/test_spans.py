"""The rules by themselves: what any timeline is, whatever the facts."""

from datetime import date
from itertools import pairwise
from random import Random

from hypothesis import given, seed, settings
from hypothesis import strategies as st

from tests.naive import reading as naive
from tests.naive.facts import Facts
from tests.naive.institutions import institutions, interesting_days
from tests.support import seed as run_seed
from tests.support.compiled import Compiled
from tracker.core.days import NEVER_AFTER, NEVER_BEFORE
from tracker.progress.rules import Span, Status, timeline

TODAY = date(2026, 11, 22)
FIRST, LAST = date(2015, 1, 1).toordinal(), date(2032, 12, 31).toordinal()


def all_timelines(compiled: Compiled, first: int, last: int) -> dict[tuple[str, str], list[list[Span]]]:
    """The timelines of everybody in every requirement."""
    return {
        (person, rule.code): timeline(facts, rule, first, last)
        for person, facts in compiled.people.items()
        for rule in compiled.rules
    }


@seed(run_seed.value(1))
@settings(max_examples=150)
@given(institutions(TODAY))
def test_spans_do_not_overlap_and_neighbours_differ(facts: Facts) -> None:
    for modules in all_timelines(Compiled(facts), NEVER_BEFORE, LAST).values():
        for spans in modules:
            for span in spans:
                assert span.first <= span.last
            for before, after in pairwise(spans):
                assert before.last < after.first
                assert before.last + 1 < after.first or before[2:] != after[2:]


@seed(run_seed.value(2))
@settings(max_examples=100)
@given(institutions(TODAY), st.integers(0, 10**6))
def test_spans_cover_just_the_days_in_scope(facts: Facts, number: int) -> None:
    compiled, reading = Compiled(facts), naive.Reading(facts)
    rnd = Random(number)
    days = [day for day in interesting_days(facts) if FIRST <= day.toordinal() <= LAST]
    found = all_timelines(compiled, FIRST, LAST)
    for day in rnd.sample(days, min(8, len(days))):
        for requirement in facts.requirements:
            for person in facts.people:
                is_asked = reading.in_scope(requirement, person.person_id, day)
                for spans in found[person.person_id, requirement.code]:
                    covering = [span for span in spans if span.first <= day.toordinal() <= span.last]
                    assert len(covering) == is_asked, (person, requirement, day)


@seed(run_seed.value(3))
@settings(max_examples=150)
@given(institutions(TODAY), st.integers(FIRST, LAST), st.integers(0, 800))
def test_a_window_is_a_cut_of_the_whole(facts: Facts, first: int, length: int) -> None:
    """So neither the horizon nor the day asked for changes what is said of any day."""
    compiled, last = Compiled(facts), first + length
    whole, window = all_timelines(compiled, NEVER_BEFORE, LAST + 900), all_timelines(compiled, first, last)
    for key, modules in whole.items():
        for spans, part in zip(modules, window[key], strict=True):
            cut = [
                span._replace(first=max(span.first, first), last=min(span.last, last))
                for span in spans
                if span.first <= last and span.last >= first
            ]
            assert part == cut, key


@seed(run_seed.value(4))
@settings(max_examples=150)
@given(institutions(TODAY))
def test_dates_are_shown_where_they_belong(facts: Facts) -> None:
    compiled = Compiled(facts)
    levels = {rule.code: rule.level for rule in compiled.rules}
    for (_, code), modules in all_timelines(compiled, NEVER_BEFORE, LAST).items():
        for span in (span for spans in modules for span in spans):
            if span.status in (Status.WAIVED, Status.ON_LEAVE):
                assert (span.due, span.satisfied_on, span.expires_on) == (None, None, None)
            if span.satisfied_on is not None:
                assert span.status is Status.SATISFIED
                assert span.satisfied_on <= span.first
            if span.status in (Status.OVERDUE, Status.DUE_SOON):
                assert levels[code] == "required"
            assert span.due is None or span.due <= NEVER_AFTER
