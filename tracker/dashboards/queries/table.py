"""What lies right below a unit against what is asked, on one day or on two side by side, as the actor may see it."""

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from sqlalchemy import func, select

from tracker.champions.models import Champion
from tracker.champions.queries import is_in_term
from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.dashboards.queries import new_years, places
from tracker.dashboards.queries.counting import Step
from tracker.dashboards.queries.items import ItemView, RequirementView
from tracker.dashboards.queries.places import Place
from tracker.dashboards.queries.sight import Cell, Sight, surroundings_in_steps
from tracker.dashboards.queries.standings import Row, parts
from tracker.dashboards.rules import NOBODY
from tracker.people.models import Person
from tracker.units.models import UnitSpan
from tracker.units.queries import UnitView

NO_UNIT = "no such unit that day"
ELSEWHERE = "elsewhere that day"


class Sort(StrEnum):
    """By what the lines of a table are sorted; all but the tree's order look at one item."""

    TREE = "tree"
    RATE = "rate"
    TO_GO = "to_go"
    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Beside:
    """A champion of a unit, or somebody who stands in for one."""

    name: str
    kind: str
    stands_in: bool


@dataclass(frozen=True, slots=True)
class Change:
    """How a rate moved from the earlier day: in points between the rates as they are shown, and in people."""

    points: int
    people: int


@dataclass(frozen=True, slots=True)
class Line:
    """A unit, or people who belong to none that can be opened from here: figures by item, `then` those of the earlier
    day, if two are compared. `is_there` says whether the unit exists on the day itself."""

    name: str
    unit: UnitView | None
    has_children: bool
    is_there: bool
    now: Mapping[int, Cell]
    then: Mapping[int, Cell]
    champions: Sequence[Beside]

    def change(self, item: ItemView) -> Change | None:
        """How an item's rate moved; none unless there is a rate on both days that may be told."""
        then, now = self.then.get(item.id), self.now[item.id]
        if then is None or not then.denominator or not now.denominator:
            return None
        return Change(_shown(now) - _shown(then), now.numerator - then.numerator)


@dataclass(frozen=True, slots=True)
class Table:
    """A unit as a whole, and the lines that add up to it, in the order of the tree. `since` is the earlier day;
    `new_years` are the requirements that began anew between the two, with the day."""

    path: Sequence[Place]
    day: date
    since: date | None
    asked: Sequence[RequirementView]
    new_years: Sequence[tuple[RequirementView, date]]
    whole: Line
    parts: Sequence[Line]

    @property
    def unit(self) -> UnitView:
        """The unit itself."""
        return self.path[-1].unit


def table(
    actor: Actor,
    path: Sequence[Place],
    day: date,
    since: date | None,
    known: Sequence[RequirementView],
    wanted: Collection[str],
    *,
    with_modules: bool,
) -> Generator[Step, None, Table]:
    """The table of the unit at the end of a path: a fixed number of statements where the days are kept; else steps.

    `wanted` are the codes of the requirements to show; none stands for all that anybody here is asked on either day.
    """
    shown = [one for one in known if not wanted or one.code in wanted]
    chosen = [item for one in shown for item in (one.items if with_modules else (one.whole,))]
    unit = path[-1].unit
    now = yield from _side(actor, path, day, shown, chosen)
    then = None
    if since is not None and (earlier := places.path(actor, unit.id, since)):
        then = yield from _side(actor, earlier, since, shown, chosen)
    asked = [one for one in shown if wanted or now.asks(one) or (then is not None and then.asks(one))]
    champions = _champions([row.unit.id for row in now.lines if row.unit], day)
    lines = _Lines(now, then, shown, chosen, champions, _existing(now, then, day, since))
    begun = [] if since is None else new_years.between(asked, since, day)
    return Table(path, day, since, asked, begun, lines.line(now.whole), [lines.line(row) for row in lines.parts])


@dataclass(frozen=True, slots=True)
class _Side:
    """The table of one day."""

    whole: Row
    parts: Sequence[Row]
    sight: Sight

    @property
    def lines(self) -> Sequence[Row]:
        """All of it."""
        return [self.whole, *self.parts]

    def asks(self, requirement: RequirementView) -> bool:
        """Whether anybody in the unit is asked for a requirement, names shown or not."""
        around = self.sight.around
        return around.whole(around.path[-1].unit.id, requirement.whole.id).in_scope > 0

    def row(self, key: str) -> Row | None:
        """The line of a key, if the day has it."""
        return next((row for row in self.lines if row.key == key), None)

    def nobody(self, shown: Sequence[RequirementView], chosen: Sequence[ItemView]) -> Mapping[int, Cell]:
        """What is said of people of whom there are none."""
        return self.sight.cells(lambda _: NOBODY, [], shown, chosen)


def _side(
    actor: Actor, path: Sequence[Place], day: date, shown: Sequence[RequirementView], chosen: Sequence[ItemView]
) -> Generator[Step, None, _Side]:
    """One day: the figures of the parts, and as their sum that of the whole."""
    around = yield from surroundings_in_steps(actor, path, day, shown, chosen, {})
    sight = Sight(around, day, actor.today)
    place = path[-1]
    cells = sight.unit_cells(place.unit.id, shown, chosen)
    whole = Row(str(place.unit.id), place.unit.name, place.unit, place.has_children, cells)
    return _Side(whole, list(parts(around, sight, shown, chosen)), sight)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Puts the lines of two days together."""

    now: _Side
    then: _Side | None
    shown: Sequence[RequirementView]
    chosen: Sequence[ItemView]
    champions: Mapping[int, Sequence[Beside]]
    existing: "_Existing"

    @property
    def parts(self) -> Iterator[Row]:
        """The lines of the day, then the units that were here on the earlier one only, then those of no unit."""
        known = {row.key for row in self.now.parts}
        gone = [row for row in self.then.parts if row.key not in known] if self.then else []
        yield from (row for row in (*self.now.parts, *gone) if row.unit is not None)
        yield from (row for row in (*self.now.parts, *gone) if row.unit is None)

    def line(self, row: Row) -> Line:
        """A line with its figures of both days, and words where there are none."""
        now = self.now.row(row.key)
        unit_id = row.unit.id if row.unit else None
        return Line(
            row.name,
            row.unit,
            row.has_children,
            unit_id is None or unit_id in self.existing.now,
            now.cells if now else self._missing(self.now, unit_id, self.existing.now),
            self._then(row.key, unit_id),
            self.champions.get(unit_id, ()) if unit_id else (),
        )

    def _then(self, key: str, unit_id: int | None) -> Mapping[int, Cell]:
        if self.existing.then is None:
            return {}
        then = self.then.row(key) if self.then else None
        return then.cells if then else self._missing(self.then, unit_id, self.existing.then)

    def _missing(self, side: _Side | None, unit_id: int | None, existing: Collection[int]) -> Mapping[int, Cell]:
        """What stands in a line that a day does not have."""
        if unit_id is None and side is not None:
            return side.nobody(self.shown, self.chosen)
        words = ELSEWHERE if unit_id in existing else NO_UNIT
        return {item.id: Cell(NOBODY, NOBODY, words) for item in self.chosen}


@dataclass(frozen=True, slots=True)
class _Existing:
    """Which units of the table exist on its day, and on the earlier one, if two are compared."""

    now: Collection[int]
    then: Collection[int] | None


def _existing(now: _Side, then: _Side | None, day: date, since: date | None) -> _Existing:
    """One statement where two days are compared; else every unit of the table is there."""
    unit_ids = {row.unit.id for side in (now, then) if side is not None for row in side.lines if row.unit}
    if since is None:
        return _Existing(unit_ids, None)
    rows = db.session.execute(
        select(UnitSpan.unit_id, UnitSpan.starts_on, UnitSpan.ends_on).where(UnitSpan.unit_id.in_(unit_ids))
    ).all()

    def on(wanted: date) -> set[int]:
        return {row.unit_id for row in rows if row.starts_on <= wanted <= row.ends_on}

    return _Existing(on(day), on(since))


def _champions(unit_ids: Iterable[int], day: date) -> dict[int, list[Beside]]:
    """Who champions these very units on a day, or stands in there: one statement."""
    rows = db.session.execute(
        select(
            *(Champion.unit_id, func.coalesce(func.nullif(Person.name, ""), Person.identifier)),
            *(Champion.kind, Champion.substitute_for_id.is_not(None)),
        )
        .join(Person, Person.id == Champion.person_id)
        .where(Champion.unit_id.in_(list(unit_ids)), is_in_term(day))
        .order_by(Champion.unit_id, Champion.substitute_for_id.is_not(None), Champion.kind, Person.name, Person.id)
    )
    found: dict[int, list[Beside]] = {}
    for unit_id, name, kind, stands_in in rows:
        found.setdefault(unit_id, []).append(Beside(name, kind, bool(stands_in)))
    return found


# Order


def in_order(lines: Sequence[Line], by: Sort, item: ItemView | None, *, descending: bool) -> list[Line]:
    """The lines sorted by what they show. Equals stay in the order of the tree; so do, at the end, lines of no unit and
    those in which words stand in the place of a figure: where they stood would give it away."""
    if by is Sort.TREE or item is None:
        return list(lines)
    values = {index: _value(line, by, item) for index, line in enumerate(lines) if line.unit is not None}
    sign = -1 if descending else 1
    sortable = sorted((sign * value, index) for index, value in values.items() if value is not None)
    first = [index for _, index in sortable]
    return [lines[index] for index in (*first, *(index for index in range(len(lines)) if index not in set(first)))]


def _value(line: Line, by: Sort, item: ItemView) -> Fraction | int | None:
    cell = line.now[item.id]
    if cell.protected_text is not None:
        return None
    match by:
        case Sort.RATE:
            return cell.rate
        case Sort.CHANGE:
            then = line.then.get(item.id)
            return None if cell.rate is None or then is None or then.rate is None else cell.rate - then.rate
        case Sort.TO_GO:
            return cell.figure.to_go
        case Sort.OVERDUE:
            return cell.figure.overdue
        case _:
            return cell.figure.due_soon


def _shown(cell: Cell) -> int:
    """A rate in whole per cent, halves up, as it is shown."""
    counted = cell.denominator
    return (200 * cell.numerator + counted) // (2 * counted)
