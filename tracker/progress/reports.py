"""The three reports of docs/rules.md as lines of CSV, for pages, command line and API alike, on any day."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.core.database import db
from tracker.core.spreadsheets import csv_line
from tracker.curriculum.models import Gate
from tracker.progress.figures import answers
from tracker.progress.figures.answers import EVERYTHING, LiveItem
from tracker.progress.figures.counts import Numbers
from tracker.progress.figures.rulebook import Measure
from tracker.progress.models import GateOpening, GateOverride
from tracker.progress.rules import Status
from tracker.units.models import Unit, UnitPath, UnitSpan
from tracker.units.queries import holds_on, lies_under

STATUS = "person_id,requirement,module,unit,level,status,due_on,satisfied_on,expires_on\n"
RATES = (
    "unit,requirement,module,in_scope,waived,on_leave,denominator,satisfied,"
    "pending,expired,overdue,due_soon,not_started,rate\n"
)
GATES = "gate,unit,opened_on,numerator,denominator\n"
KINDS = ("status", "rates", "gates")


def lines(kind: str, day: date, unit_id: int | None = None) -> Iterator[str]:
    """A report, header first, each line ended. `kind` is one of KINDS; with a unit, its own subtree only."""
    session = db.session()
    below = None if unit_id is None else set(session.scalars(lies_under([unit_id], day)))
    match kind:
        case "status":
            header, found = STATUS, _status_lines(session, day, below)
        case "rates":
            header, found = RATES, map(csv_line, _rates_rows(session, day, below))
        case "gates":
            header, found = GATES, map(csv_line, _gates_rows(session, day, below))
        case _:
            raise ValueError(kind)
    first = next(found, "")  # what cannot be worked out fails here, before anything is printed
    yield header + first
    yield from found


def rate_text(numerator: int, denominator: int) -> str:
    """A rate with four decimals, halves up, worked out exactly; empty without a denominator."""
    if not denominator:
        return ""
    ten_thousandths = (2 * numerator * 10_000 + denominator) // (2 * denominator)
    return f"{ten_thousandths // 10_000}.{ten_thousandths % 10_000:04d}"


# Status


def _status_lines(session: Session, day: date, below: Collection[int] | None) -> Iterator[str]:
    """Every field that may need quoting is written once, not once a row: a large institution has a million rows."""
    among = answers.live_measures(session)
    items = [item for item in answers.live_items(among).values() if item.module != EVERYTHING]
    items.sort(key=lambda item: (item.requirement, item.module))
    rank = {item.id: index for index, item in enumerate(items)}
    named = [_quoted(item.requirement, item.module) for item in items]
    units = {number: _quoted(code) for number, code in session.execute(select(Unit.id, Unit.code))}
    words = {int(status): status.word for status in Status}
    dates = _Dates()
    for identifier, spans in answers.people_on(session, day, below, among):
        person = _quoted(identifier)
        for index, span in sorted((rank[item_id], span) for item_id, span in spans if item_id in rank):
            _, _, unit, status, due, satisfied_on, expires_on = span
            yield (
                f"{person},{named[index]},{units[unit]},{items[index].level},{words[status]},"
                f"{dates[due]},{dates[satisfied_on]},{dates[expires_on]}\n"
            )


def _quoted(*fields: str) -> str:
    return csv_line(fields)[:-1]


class _Dates(dict[int | None, str]):
    """Day numbers as text, each worked out once."""

    def __missing__(self, number: int | None) -> str:
        text = "" if number is None else date.fromordinal(number).isoformat()
        self[number] = text
        return text


# Rates


def _rates_rows(session: Session, day: date, below: Collection[int] | None) -> list[tuple[str, ...]]:
    among = [measure for measure in answers.live_measures(session) if measure.rule]
    items = answers.live_items(among)
    codes = _codes(session)
    rows: list[tuple[str, ...]] = []
    for (unit, item_id), numbers in _summed(session, day, below, among).items():
        item = items[item_id]
        rows.append(_rate_row(codes[unit], item, item.module, numbers))
        if item.is_only_module:
            rows.append(_rate_row(codes[unit], item, EVERYTHING, answers.of_people(numbers, item.level)))
    return sorted(rows)


def _rate_row(unit: str, item: LiveItem, module: str, numbers: Sequence[int]) -> tuple[str, ...]:
    waived, on_leave, satisfied, *others = numbers
    in_scope = sum(numbers)
    denominator = in_scope - waived - on_leave
    shown = [str(number) for number in others]
    if module == EVERYTHING:
        shown = ["", "", shown[Status.OVERDUE - Status.PENDING], "", ""]
    return (
        *(unit, item.requirement, module, str(in_scope), str(waived), str(on_leave), str(denominator)),
        *(str(satisfied), *shown, rate_text(satisfied, denominator)),
    )


def _codes(session: Session) -> Mapping[int, str]:
    return dict(session.execute(select(Unit.id, Unit.code)).all())


def _summed(
    session: Session, day: date, below: Collection[int] | None, among: Sequence[Measure]
) -> dict[tuple[int, int], Numbers]:
    """Counts of (unit, item) with everything below the unit in the tree of the day; units with nobody are left out."""
    paths = select(UnitPath.unit_id, UnitPath.ancestor_id).where(UnitPath.starts_on <= day, UnitPath.ends_on >= day)
    above: dict[int, list[int]] = {}
    for unit, ancestor in session.execute(paths):
        if below is None or ancestor in below:
            above.setdefault(unit, []).append(ancestor)
    sums: dict[tuple[int, int], Numbers] = {}
    for (home, item_id), numbers in answers.unit_numbers(session, day, below, among).items():
        if any(numbers):
            for unit in above.get(home, ()):
                total = sums.setdefault((unit, item_id), [0] * len(numbers))
                total[:] = map(int.__add__, total, numbers)
    return sums


# Gates


def _gates_rows(session: Session, day: date, below: Collection[int] | None) -> list[tuple[str, ...]]:
    among = [measure for measure in answers.live_measures(session) if measure.gate]
    sums = _summed(session, day, below, among)
    codes = _codes(session)
    rows: list[tuple[str, ...]] = []
    for measure in among:
        gate = session.get_one(Gate, measure.gate_id)
        item_id = measure.item_ids[0]
        opened = openings(session, gate.id, item_id)
        of_kinds = select(UnitSpan.unit_id).where(holds_on(day), UnitSpan.kind.in_(measure.gate_kinds))
        for unit in session.scalars(of_kinds):
            if below is None or unit in below:
                numbers = sums.get((unit, item_id), [0] * len(Status))
                opened_on = opened.get(unit)
                shown = opened_on.isoformat() if opened_on and opened_on <= day else ""
                denominator = sum(numbers) - numbers[Status.ON_LEAVE - 1]
                numerator = numbers[Status.SATISFIED - 1]
                rows.append((gate.code, codes[unit], shown, str(numerator), str(denominator)))
    return sorted(rows)


def openings(session: Session, gate_id: int, item_id: int) -> dict[int, date]:
    """The day each unit's gate opened or will open: by its share, or by an override if that was earlier."""
    shares = session.execute(select(GateOpening.unit_id, GateOpening.opened_on).where(GateOpening.item_id == item_id))
    opened = dict(shares.all())
    by_hand = select(GateOverride.unit_id, func.min(GateOverride.opened_on)).where(GateOverride.gate_id == gate_id)
    for unit, day in session.execute(by_hand.group_by(GateOverride.unit_id)):
        opened[unit] = min(day, opened.get(unit, day))
    return opened
