"""A rate over days, worked out for drawing: places in hundredths of a field's width and height, from its top left.

Pure. `templates/components/chart.html` draws it; the words and numbers beside it are the page's.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, product
from typing import Protocol

from tracker.core.words import percent

NEAR_AN_EDGE = 8.0
"""Hundredths from an edge within which words stand on the inner side of their place."""
WORDS_WIDE, WORDS_HIGH = 12.0, 9.0
"""How many hundredths a share in words takes up, on a narrow screen."""


class Value(Protocol):
    """A rate on a day; where nobody is counted there is none, and the line is broken."""

    @property
    def day(self) -> date:
        """Which day."""

    @property
    def numerator(self) -> int:
        """Who has satisfied it."""

    @property
    def denominator(self) -> int:
        """Who is counted."""


@dataclass(frozen=True, slots=True)
class Level:
    """A share in whole per cent from a day to a day."""

    first: date
    last: date
    percent: int


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with words: `anchor` is the side of the words that stands there, `drop` how far below it they begin."""

    x: float
    y: float
    text: str = ""
    anchor: str = "middle"
    drop: str = "0"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A level line from `x` to `end`."""

    x: float
    end: float
    y: float


@dataclass(frozen=True, slots=True)
class LineChart:
    """A drawing. `past` and `ahead` are the data of paths; `now` is where coming days begin, if any are drawn; `due`
    and `anew` are the days by which all is due, and on which all begins anew."""

    first: date
    last: date
    now: float | None
    past: Sequence[str]
    ahead: Sequence[str]
    dots: Sequence[Spot]
    reported: Sequence[Spot]
    reported_lines: Sequence[str]
    targets: Sequence[Stretch]
    target_words: Sequence[Spot]
    due: Sequence[Spot]
    anew: Sequence[Spot]
    years: Sequence[Spot]


def line_chart(
    values: Sequence[Value],
    today: date,
    *,
    reported: Sequence[Value] = (),
    targets: Iterable[Level] = (),
    due_days: Iterable[date] = (),
    begins_anew: Iterable[date] = (),
    labelled: Collection[date] = (),
) -> LineChart | None:
    """The drawing of a line, with the values of the days in `labelled` written beside it; none of a single value.

    `values` and `reported` are in order of their days.
    """
    drawn = [value for value in values if value.denominator]
    if len(drawn) < 2:
        return None
    field = _Field(drawn[0].day, drawn[-1].day)
    past = [value for value in values if value.day <= today]
    ahead = [value for value in values if value.day > today]
    levels = [level for level in targets if level.first <= field.last and level.last >= field.first]
    sealed = [value for value in reported if value.denominator and field.first <= value.day <= field.last]
    return LineChart(
        field.first,
        field.last,
        now=field.x(max(today, field.first)) if drawn[-1].day > today else None,
        past=list(field.paths(past)),
        ahead=list(field.paths([*past[-1:], *ahead])),
        dots=[field.spot(value) for value in drawn if value.day in labelled],
        reported=[Spot(field.x(value.day), field.y(value)) for value in sealed],
        reported_lines=list(field.paths(sealed)),
        targets=[field.level(level) for level in levels],
        target_words=[field.words_of(level, [*drawn, *sealed]) for level in levels],
        due=[field.due(day) for day in due_days if field.first <= day <= field.last],
        anew=[Spot(field.x(day), 0) for day in begins_anew if field.first <= day <= field.last],
        years=list(field.years()),
    )


@dataclass(frozen=True, slots=True)
class _Field:
    """The days across, 100 % at the top and 0 at the foot."""

    first: date
    last: date

    def x(self, day: date) -> float:
        return round(100 * (day - self.first).days / (self.last - self.first).days, 2)

    def y(self, value: Value) -> float:
        return round(100 - 100 * value.numerator / value.denominator, 2)

    def paths(self, values: Sequence[Value]) -> Iterator[str]:
        """A path for each stretch of days on which somebody is counted; one day alone draws nothing."""
        for is_counted, stretch in groupby(values, lambda value: value.denominator > 0):
            places = [f"{self.x(value.day):g} {self.y(value):g}" for value in stretch] if is_counted else []
            if len(places) > 1:
                yield f"M{' L'.join(places)}"

    def spot(self, value: Value) -> Spot:
        """A value with its words above it, or below where it lies at the top."""
        y = self.y(value)
        words = percent(value.numerator, value.denominator)
        anchor = "start" if self.x(value.day) < NEAR_AN_EDGE else "end"
        return Spot(self.x(value.day), y, words, anchor, "1.4em" if y < NEAR_AN_EDGE else "-0.6em")

    def level(self, level: Level) -> Stretch:
        first, last = max(level.first, self.first), min(level.last, self.last)
        return Stretch(self.x(first), self.x(last), 100 - level.percent)

    def words_of(self, level: Level, values: Sequence[Value]) -> Spot:
        """What a target is: at its beginning or its end, above or below it, wherever the values are farthest away."""
        drawn = self.level(level)
        begins = (drawn.x, "start" if drawn.x < 100 - 2 * NEAR_AN_EDGE else "end")
        ends = (drawn.end, "end" if drawn.end > 2 * NEAR_AN_EDGE else "start")
        above, below = (-WORDS_HIGH / 2, "-0.4em"), (WORDS_HIGH / 2, "1.3em")
        sides = [below] if drawn.y < NEAR_AN_EDGE else [above] if drawn.y > 100 - NEAR_AN_EDGE else [above, below]

        def room(place: tuple[float, str], side: tuple[float, str]) -> float:
            """How far the nearest value is from the words in height."""
            (x, anchor), middle = place, drawn.y + side[0]
            left, right = (x, x + WORDS_WIDE) if anchor == "start" else (x - WORDS_WIDE, x)
            near = [value for value in values if left <= self.x(value.day) <= right]
            return min((abs(self.y(value) - middle) for value in near), default=100)

        (x, anchor), (_, drop) = max(product((begins, ends), sides), key=lambda spot: room(*spot))
        return Spot(x, drawn.y, percent(level.percent, 100), anchor, drop)

    def due(self, day: date) -> Spot:
        """A due day, said above."""
        return Spot(self.x(day), 0, "due", self.anchor(day), "-0.5em")

    def anchor(self, day: date) -> str:
        """Which side of words in the middle of a day stands there, so that they stay inside."""
        x = self.x(day)
        return "start" if x < NEAR_AN_EDGE / 2 else "end" if x > 100 - NEAR_AN_EDGE / 2 else "middle"

    def years(self) -> Iterator[Spot]:
        """Where each year begins."""
        for year in range(self.first.year + 1, self.last.year + 1):
            day = date(year, 1, 1)
            yield Spot(self.x(day), 100, str(year), self.anchor(day), "1.4em")
