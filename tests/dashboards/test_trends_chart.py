"""A line over days is drawn where its values are: to scale, broken where nobody is counted, inside its field."""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tracker.web.charts import Level, LineChart, line_chart

FIRST = date(2024, 11, 30)


@dataclass(frozen=True, slots=True)
class Value:
    """A rate on a day."""

    day: date
    numerator: int
    denominator: int


def after(days: int) -> date:
    """A day of the drawing."""
    return FIRST + timedelta(days)


def values(*rates: tuple[int, int]) -> list[Value]:
    """A value every hundred days."""
    return [Value(after(100 * number), *rate) for number, rate in enumerate(rates)]


def drawn(rates: list[Value], today: date, **more: object) -> LineChart:
    """A drawing that there is."""
    chart = line_chart(rates, today, **more)  # type: ignore[arg-type]
    assert chart is not None
    return chart


def test_values_lie_to_scale() -> None:
    chart = drawn(values((0, 4), (1, 4), (4, 4)), after(200))
    assert chart.past == ["M0 100 L50 75 L100 0"]
    assert chart.now is None
    assert not chart.ahead


def test_what_comes_goes_on_from_the_last_day_that_has_come() -> None:
    chart = drawn(values((1, 4), (2, 4), (3, 4)), after(150))
    assert chart.past == ["M0 75 L50 50"]
    assert chart.ahead == ["M50 50 L100 25"]
    assert chart.now == 75


def test_the_line_is_broken_where_nobody_is_counted() -> None:
    chart = drawn(values((1, 2), (1, 2), (0, 0), (1, 2), (1, 2)), after(400))
    assert chart.past == ["M0 50 L25 50", "M75 50 L100 50"]


def test_a_single_value_is_no_line() -> None:
    assert line_chart(values((1, 2)), FIRST) is None
    assert line_chart(values((1, 2), (0, 0)), FIRST) is None
    assert line_chart([], FIRST) is None


def test_only_days_of_the_field_are_marked() -> None:
    levels = [Level(date.min, after(50), 80), Level(after(51), date.max, 90), Level(after(300), date.max, 10)]
    chart = drawn(values((1, 4), (2, 4), (3, 4)), after(200), targets=levels, due_days=[after(-1), after(100)])
    assert [(line.x, line.end, line.y) for line in chart.targets] == [(0, 25, 20), (25.5, 100, 10)]
    assert [spot.text for spot in chart.target_words] == ["80\N{NO-BREAK SPACE}%", "90\N{NO-BREAK SPACE}%"]
    assert [spot.x for spot in chart.due] == [50]
    assert [spot.text for spot in chart.years] == ["2025"]


def test_what_a_target_is_stands_away_from_the_line() -> None:
    """The line begins just above the target and ends far below it: the words stand at the end."""
    level = Level(date.min, date.max, 60)
    chart = drawn(values((65, 100), (40, 100), (20, 100)), after(200), targets=[level])
    assert [(spot.x, spot.anchor) for spot in chart.target_words] == [(100, "end")]
    chart = drawn(values((62, 100), (62, 100), (62, 100)), after(200), targets=[level])
    assert [(spot.x, spot.drop) for spot in chart.target_words] == [(0, "1.3em")]


def test_days_asked_for_have_their_values_written() -> None:
    chart = drawn(values((1, 4), (2, 4), (3, 4)), after(100), labelled={after(100), after(101)})
    assert [(spot.text, spot.x) for spot in chart.dots] == [("50\N{NO-BREAK SPACE}%", 50)]


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda one: one[0] <= one[1]), max_size=12),
    st.integers(-50, 1300),
)
def test_everything_lies_inside(rates: list[tuple[int, int]], day: int) -> None:
    found = values(*rates)
    levels = [Level(after(day), after(day + 200), 70)]
    chart = line_chart(found, after(day), reported=found, targets=levels, due_days=[after(day)], labelled={after(100)})
    if chart is None:
        assert sum(1 for _, counted in rates if counted) < 2
        return
    marks = [*chart.dots, *chart.reported, *chart.target_words, *chart.due, *chart.years]
    places = [(spot.x, spot.y) for spot in marks] + [(line.x, line.y) for line in chart.targets]
    for path in (*chart.past, *chart.ahead, *chart.reported_lines):
        places += [(float(x), float(y)) for x, y in (place.split() for place in path[1:].split(" L"))]
    assert all(0 <= x <= 100 and 0 <= y <= 100 for x, y in places)
    assert chart.now is None or 0 <= chart.now <= 100
