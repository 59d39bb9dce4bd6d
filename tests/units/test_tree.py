"""The dated tree: spans and paths, held against the naive reading's tree of each day."""

from datetime import date
from itertools import pairwise

from hypothesis import given, seed

from tests.naive import reading as naive
from tests.naive.facts import Facts, Unit
from tests.naive.institutions import institutions
from tests.naive.refusals import unit_refusals
from tests.support import seed as run_seed
from tests.support.compiled import Compiled
from tracker.core.days import NEVER_AFTER
from tracker.units.rules import Tree

TODAY = date(2026, 11, 22)


@seed(run_seed.value(8))
@given(institutions(TODAY))
def test_paths_say_who_lies_where_on_every_day(facts: Facts) -> None:
    world, reading = Compiled(facts), naive.Reading(facts)
    codes = {number: code for code, number in world.unit_ids.items()}
    paths = world.tree.paths()
    for day in [day for day in world.tree.days() if day < NEVER_AFTER]:
        when = date.fromordinal(day)
        expected = {
            (above, code, depth)
            for code in world.unit_ids
            for depth, above in enumerate(reading.unit_and_above(code, when))
        }
        covering = [path for path in paths if path[2] <= day <= path[3]]
        assert len(covering) == len(expected)
        assert {(codes[above], codes[unit], depth) for above, unit, _, _, depth in covering} == expected
        assert {codes[unit]: [codes[one] for one in chain] for unit, chain in world.tree.ancestors_on(day).items()} == {
            code: found for code in world.unit_ids if (found := reading.unit_and_above(code, when))
        }


@seed(run_seed.value(9))
@given(institutions(TODAY))
def test_paths_are_as_long_as_they_can_be(facts: Facts) -> None:
    paths = sorted(
        (above, unit, depth, first, last) for above, unit, first, last, depth in Compiled(facts).tree.paths()
    )
    for before, after in pairwise(paths):
        if before[:3] == after[:3]:
            assert before[4] + 1 < after[3]


@seed(run_seed.value(10))
@given(institutions(TODAY))
def test_within_is_the_union_of_paths(facts: Facts) -> None:
    world, reading = Compiled(facts), naive.Reading(facts)
    chosen = sorted(world.unit_ids)[:2]
    found = world.tree.within([world.unit_ids[code] for code in chosen])
    for day in [day for day in world.tree.days() if day < NEVER_AFTER]:
        for code, number in world.unit_ids.items():
            covering = [period for period in found.get(number, ()) if period[0] <= day <= period[1]]
            is_within = bool(set(chosen) & set(reading.unit_and_above(code, date.fromordinal(day))))
            assert len(covering) == is_within


@seed(run_seed.value(11))
@given(institutions(TODAY), institutions(TODAY))
def test_what_makes_no_tree_is_found(facts: Facts, other: Facts) -> None:
    """Rows of two institutions put together often make none."""
    rows: dict[tuple[str, date | None], Unit] = {(row.code, row.start): row for row in (*facts.units, *other.units)}
    units = list(rows.values())
    known = {row.code for row in units}
    if all(not row.parent or row.parent in known for row in units):
        tree: Tree = Compiled(Facts(units=units)).tree
        assert (tree.problem() is None) == (unit_refusals(units) == [])
