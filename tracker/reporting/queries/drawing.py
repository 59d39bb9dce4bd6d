"""Draws up a report: what the three reports say of a day, with the names, targets and months that belong to it."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import aliased

from tracker.core import clock
from tracker.core.actor import system
from tracker.core.database import db, read_one_moment
from tracker.core.days import month_end
from tracker.core.errors import Conflict
from tracker.core.spreadsheets import csv_line
from tracker.curriculum.models import Gate, Module, Requirement, RequirementModule
from tracker.dashboards.queries import items
from tracker.dashboards.queries.counting import figures
from tracker.progress import reports
from tracker.progress.models import Revision, Stage
from tracker.reporting.rules import MONTHS_BACK, Lines, Part, until_worked_in
from tracker.targets.queries import targets_of
from tracker.units.models import Unit, UnitPath
from tracker.units.queries import UnitView, roots, views_on


class StillWorkedIn(Conflict):
    """What a report would rest on is being worked in, so that its figures are not complete yet: `titles` of what."""

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__(f"It waits until {until_worked_in(titles)}, so that its figures are complete.")
        self.titles = titles


def draw_up(day: date) -> Lines:
    """All that a report of a day holds but what it is about itself, as of one moment. Takes no writer's turn."""
    read_one_moment()
    return _lines(day)


def draw_up_to_keep(day: date) -> Lines:
    """The same, to be kept for good. Raises StillWorkedIn while a rule is: its figures are those of the rule before, or
    are missing where there was none."""
    read_one_moment()
    if titles := being_worked_in():
        raise StillWorkedIn(titles)
    return _lines(day)


def words_now(day: date) -> Lines:
    """What the units of a day, and requirements, modules and gates are called as is known now."""
    return {
        Part.UNITS: list(_units(_units_on(day))),
        Part.REQUIREMENTS: list(_requirements()),
        Part.MODULES: list(_modules()),
        Part.GATE_TITLES: list(_gate_titles()),
    }


def being_worked_in() -> list[str]:
    """The titles of the requirements and gates of which a new or another rule is being worked in. Spans that are only
    made to reach further follow the rule there is."""
    live = aliased(Revision)
    same = select(live.id).where(
        or_(live.requirement_id == Revision.requirement_id, live.gate_id == Revision.gate_id),
        live.stage == Stage.LIVE,
        cast(live.rule, String) == cast(Revision.rule, String),
    )
    query = (
        select(func.coalesce(Requirement.title, Gate.title, Gate.code))
        .select_from(Revision)
        .outerjoin(Requirement, Requirement.id == Revision.requirement_id)
        .outerjoin(Gate, Gate.id == Revision.gate_id)
        .where(Revision.stage == Stage.BUILDING, ~same.exists())
    )
    return list(db.session.scalars(query.order_by(Revision.id)))


def _lines(day: date) -> Lines:
    return {
        **words_now(day),
        Part.TARGETS: list(_targets(_units_on(day), day)),
        Part.TREND: list(_trend(day)),
        Part.RATES: report_lines("rates", day),
        Part.GATES: report_lines("gates", day),
    }


def _units_on(day: date) -> list[UnitView]:
    return [UnitView(*row) for row in db.session.execute(views_on(day).order_by(Unit.code))]


def report_lines(kind: str, day: date) -> list[str]:
    """The lines of one of the three reports, without its heading."""
    first, *others = reports.lines(kind, day)
    head = {"rates": reports.RATES, "gates": reports.GATES}[kind]
    return [line for line in (first.removeprefix(head), *others) if line]


def _units(units: Sequence[UnitView]) -> Iterator[str]:
    """The tree of the day: each unit above those below it, by name."""
    codes = {unit.id: unit.code for unit in units}
    below: dict[int | None, list[UnitView]] = {}
    for unit in sorted(units, key=lambda one: (one.name, one.code)):
        below.setdefault(unit.parent_id, []).append(unit)
    waiting = list(reversed(below.get(None, [])))
    while waiting:
        unit = waiting.pop()
        parent = codes[unit.parent_id] if unit.parent_id is not None else ""
        yield csv_line((unit.code, unit.name, unit.kind, parent))
        waiting.extend(reversed(below.get(unit.id, [])))


def _requirements() -> Iterator[str]:
    query = select(Requirement.code, Requirement.title, Requirement.level).order_by(Requirement.id)
    return map(csv_line, db.session.execute(query))


def _modules() -> Iterator[str]:
    query = (
        select(Requirement.code, Module.code, Module.title)
        .join(RequirementModule, RequirementModule.requirement_id == Requirement.id)
        .join(Module, Module.id == RequirementModule.module_id)
        .order_by(Requirement.id, RequirementModule.position)
    )
    return map(csv_line, db.session.execute(query))


def _gate_titles() -> Iterator[str]:
    query = select(Gate.code, Gate.title, Gate.percent).order_by(Gate.id)
    return (csv_line((code, title or code, percent)) for code, title, percent in db.session.execute(query))


def _targets(units: Sequence[UnitView], day: date) -> Iterator[str]:
    found = targets_of([unit.code for unit in units], day)
    return (csv_line((*codes, percent)) for codes, percent in sorted(found.items()))


def _trend(day: date) -> Iterator[str]:
    """Whole institutions at the ends of the months before: those that are at the top on the day itself."""
    asked = items.requirements(system(clock.today()))
    horizons = {one.whole.id: one.horizon for one in asked}
    tops = roots(day)
    for months in range(MONTHS_BACK, 0, -1):
        then = month_end(day, -months)
        found = figures(UnitPath.ancestor_id.in_([unit.id for unit in tops]), then, horizons)
        for unit in tops:
            for one in asked:
                figure = found.get((unit.id, one.whole.id))
                if figure is not None:
                    yield csv_line((then, unit.code, one.code, figure.denominator, figure.satisfied))
