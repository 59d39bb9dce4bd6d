"""The bytes of a report, the one that was changed, and the days on which things are due."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.days import month_end
from tracker.reporting.rules import (
    Part,
    Rhythm,
    column_at,
    differences,
    digest,
    due_by_schedule,
    edit_of,
    figures_day,
    fingerprint,
    is_past_month_end,
    next_sending,
    subject,
)

LINE = '"MED, old",YEARLY,*,12,0,0,12,6,,,6,,,0.5000\n'
days = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@given(st.data())
def test_any_changed_byte_is_named_with_what_was_there(data: st.DataObject) -> None:
    text = LINE.encode()
    offset = data.draw(st.integers(0, len(text) - 1))
    byte = data.draw(st.integers(0, 127).filter(lambda number: number != text[offset]))
    changed = (text[:offset] + bytes((byte,)) + text[offset + 1 :]).decode()
    edit = edit_of(Part.RATES, 7, changed, fingerprint(Part.RATES, 7, LINE))
    assert edit is not None
    assert edit.original == LINE


@given(st.data())
def test_any_byte_put_in_or_taken_out_is_found(data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(LINE) - 1))
    put_in, taken_out = LINE[:offset] + "7" + LINE[offset:], LINE[:offset] + LINE[offset + 1 :]
    for changed in (put_in, taken_out):
        edit = edit_of(Part.RATES, 1, changed, fingerprint(Part.RATES, 1, LINE))
        assert edit is not None
        assert edit.original == LINE


def test_more_than_one_byte_is_not_guessed_at() -> None:
    assert edit_of(Part.RATES, 1, LINE.replace("12", "99"), fingerprint(Part.RATES, 1, LINE)) is None


def test_the_same_row_at_another_place_has_another_hash() -> None:
    assert (
        len({fingerprint(Part.RATES, 1, LINE), fingerprint(Part.RATES, 2, LINE), fingerprint(Part.GATES, 1, LINE)}) == 3
    )


def test_a_byte_is_in_the_column_that_people_would_say() -> None:
    assert column_at(Part.RATES, LINE, 3) == "unit"
    assert column_at(Part.RATES, LINE, LINE.index("YEARLY")) == "requirement"
    assert column_at(Part.RATES, LINE, LINE.index("0.5000") + 2) == "rate"
    assert subject(Part.RATES, LINE) == '"MED, old",YEARLY,*'


@given(st.lists(st.text(max_size=8), max_size=5), st.lists(st.text(max_size=8), max_size=5))
def test_reports_of_other_lines_have_another_hash(one: list[str], other: list[str]) -> None:
    first, second = ([f"{line}\n" for line in found] for found in (one, other))
    assert (digest({Part.UNITS: first}) == digest({Part.UNITS: second})) == ("".join(first) == "".join(second))


def test_differences_are_those_rows_that_are_not_the_same() -> None:
    reported = ["A,R,*,1,0,0,1,0,,,,,,0.0000\n", "B,R,*,1,0,0,1,0,,,,,,0.0000\n"]
    known = ["A,R,*,1,0,0,1,1,,,,,,1.0000\n", "C,R,*,1,0,0,1,0,,,,,,0.0000\n"]
    found = differences(Part.RATES, reported, known)
    assert [one.key[0] for one in found] == ["A", "B", "C"]
    assert [(one.reported is None, one.known is None) for one in found] == [
        (False, False),
        (False, True),
        (True, False),
    ]


@given(days)
def test_only_ends_of_months_that_are_over_can_be_sealed(today: date) -> None:
    end = month_end(today)
    assert is_past_month_end(month_end(today, -1), today)
    assert not is_past_month_end(end, min(today, end))
    assert not is_past_month_end(today.replace(day=1), today)


@given(days, st.integers(1, 28))
def test_a_month_is_due_so_many_days_after_its_end_and_not_before(today: date, after: int) -> None:
    due = due_by_schedule(today, after)
    assert due == (month_end(today, -1) if today.day >= after else None)
    assert due_by_schedule(today, 0) is None


@given(days)
def test_reports_are_sent_on_mondays_and_on_the_first(today: date) -> None:
    week, month = next_sending(Rhythm.WEEKLY, today), next_sending(Rhythm.MONTHLY, today)
    assert (week.weekday(), month.day) == (0, 1)
    assert timedelta(0) < week - today <= timedelta(7)
    assert timedelta(0) < month - today <= timedelta(31)
    assert figures_day(Rhythm.WEEKLY, week) == week
    assert figures_day(Rhythm.MONTHLY, month) == month - timedelta(days=1)


@pytest.mark.parametrize("rhythm", Rhythm)
def test_next_is_always_later(rhythm: Rhythm) -> None:
    assert next_sending(rhythm, date(2026, 12, 31)) > date(2026, 12, 31)
