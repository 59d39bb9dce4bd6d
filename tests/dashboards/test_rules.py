"""What is shown of figures without names: nothing about a few people can be seen or worked out."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.dashboards.rules import (
    FEWER,
    NOBODY,
    OTHER_DAY,
    OUTSTANDING,
    SMALLEST_GROUP,
    URGENCY,
    WITHHELD,
    Figure,
    Group,
    about,
    is_day_without_names,
    kept_back,
    total,
    words_without_names,
)
from tracker.progress.rules import Status

TODAY = date(2026, 11, 21)
FIGURES = st.lists(st.integers(0, 50), min_size=8, max_size=8).map(lambda numbers: Figure(*numbers))


@given(FIGURES)
def test_who_is_counted_is_done_or_has_something_left(figure: Figure) -> None:
    assert figure.denominator == figure.in_scope - figure.waived - figure.on_leave
    assert figure.to_go == figure.having(OUTSTANDING)
    assert figure.having(URGENCY) == figure.in_scope
    assert figure.having([Status.OVERDUE, Status.DUE_SOON]) == figure.overdue + figure.due_soon


@given(st.lists(FIGURES, max_size=5))
def test_groups_add_up(figures: list[Figure]) -> None:
    assert total(figures).in_scope == sum(figure.in_scope for figure in figures)
    assert total(figures).satisfied == sum(figure.satisfied for figure in figures)


@pytest.mark.parametrize(
    ("numerator", "denominator", "words"),
    [
        (131, 212, "about 60 %"),
        (1, 8 * 5, "under 10 %"),
        (0, 40, "under 10 %"),
        (74, 1000, "under 10 %"),
        (75, 1000, "about 10 %"),
        (924, 1000, "about 90 %"),
        (925, 1000, "over 90 %"),
        (40, 40, "over 90 %"),
        (25, 40, "about 65 %"),
    ],
)
def test_rates_are_rounded_and_their_ends_left_open(numerator: int, denominator: int, words: str) -> None:
    assert about(numerator, denominator).replace("\N{NO-BREAK SPACE}", " ") == words


@given(st.integers(SMALLEST_GROUP, 5_000), st.data())
def test_a_rounded_rate_is_true(denominator: int, data: st.DataObject) -> None:
    numerator = data.draw(st.integers(0, denominator))
    words, percent = about(numerator, denominator).split(), Fraction(100 * numerator, denominator)
    shown = int(words[1].split("\N{NO-BREAK SPACE}")[0])
    match words[0]:
        case "under":
            assert percent < shown
        case "over":
            assert percent > shown
        case _:
            assert abs(percent - shown) <= Fraction(5, 2)
            assert 10 <= shown <= 90


@pytest.mark.parametrize(
    ("day", "is_given"),
    [
        (TODAY, True),
        (date(2026, 10, 31), True),
        (date(2028, 2, 29), True),
        (date(2100, 12, 31), True),
        (date(2026, 11, 20), False),
        (date(2028, 2, 28), False),
    ],
)
def test_they_are_given_for_today_and_ends_of_months(day: date, is_given: bool) -> None:
    assert is_day_without_names(day, TODAY) is is_given


def test_words_stand_in_the_place_of_figures() -> None:
    figure = Figure(satisfied=12, not_started=8)
    assert words_without_names(figure, TODAY, TODAY, is_kept_back=False).startswith("about 60")
    assert words_without_names(figure, TODAY, TODAY, is_kept_back=True) == WITHHELD
    assert words_without_names(figure, date(2026, 11, 3), TODAY, is_kept_back=False) == OTHER_DAY
    few = Figure(satisfied=9, waived=30)
    assert words_without_names(few, TODAY, TODAY, is_kept_back=False) == FEWER
    assert words_without_names(NOBODY, TODAY, TODAY, is_kept_back=True) == FEWER


def test_a_small_part_takes_the_next_smallest_with_it() -> None:
    parts = [Group("a", 30), Group("b", 12), Group("c", 4), Group("d", 60)]
    assert kept_back(Group("whole", 106, parts)) == {"b", "c"}


def test_parts_without_anybody_take_nothing_with_them() -> None:
    assert kept_back(Group("whole", 40, [Group("a", 40), Group("b", 0)])) == {"b"}


def test_what_lies_below_something_hidden_is_hidden() -> None:
    inner = Group("b", 25, [Group("b1", 12), Group("b2", 13)])
    assert kept_back(Group("whole", 69, [Group("a", 4), inner, Group("c", 40)])) == {"a", "b", "b1", "b2"}


def trees(depth: int = 2) -> st.SearchStrategy[Group]:
    """Trees of groups whose parts add up, each key unique after `named`."""
    leaf = st.integers(0, 25).map(lambda counted: Group("", counted))
    return st.recursive(leaf, lambda parts: st.lists(parts, min_size=1, max_size=4).map(_whole), max_leaves=12)


def _whole(parts: list[Group]) -> Group:
    return Group("", sum(part.counted for part in parts), parts)


def named(group: Group, key: str = "0") -> Group:
    """The same tree with a key for each group."""
    parts = [named(part, f"{key}.{index}") for index, part in enumerate(group.parts)]
    return Group(key, group.counted, parts)


def everything(group: Group) -> Iterator[Group]:
    """The group and all below it."""
    yield group
    for part in group.parts:
        yield from everything(part)


def leaves_of(group: Group) -> set[str]:
    """The keys of the groups that nothing is below."""
    return {one.key for one in everything(group) if not one.parts}


def can_be_told(known: list[list[Fraction]], wanted: list[Fraction]) -> bool:
    """Whether sums that are known give away another one: whether it is a combination of them."""
    rows = [list(row) for row in known]
    for column in range(len(wanted)):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            if wanted[column]:
                return False
            continue
        rows.remove(pivot)
        for row in [*rows, wanted]:
            factor = row[column] / pivot[column]
            row[:] = [value - factor * other for value, other in zip(row, pivot, strict=True)]
    return not any(wanted)


@given(trees().map(named))
def test_nothing_about_a_few_people_can_be_worked_out(top: Group) -> None:
    """Even if every shown rate were exact: no group of one to nine people follows from the shown ones."""
    hidden = kept_back(top)
    groups = list(everything(top))
    people = sorted(leaf for leaf in leaves_of(top) if next(one for one in groups if one.key == leaf).counted)

    def as_row(group: Group) -> list[Fraction]:
        own = leaves_of(group)
        return [Fraction(leaf in own) for leaf in people]

    known = [as_row(group) for group in groups if group.key not in hidden]
    for group in groups:
        if 0 < group.counted < SMALLEST_GROUP:
            assert group.key in hidden
            assert not can_be_told(known, as_row(group)), f"{group.key} of {group.counted} can be told"


@given(trees().map(named))
def test_no_more_is_hidden_than_there_is_to_hide(top: Group) -> None:
    """Where no group is small, all is shown."""
    if all(group.counted >= SMALLEST_GROUP or group.counted == 0 for group in everything(top)):
        assert all(group.counted == 0 or group.key not in kept_back(top) for group in everything(top))
