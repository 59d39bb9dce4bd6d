"""Reading sealed reports: the list, a report as it was, and its figures beside those that are known now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select

from tracker.core import clock, config
from tracker.core.actor import Actor, Right
from tracker.core.database import db
from tracker.core.days import month_end
from tracker.core.errors import Forbidden
from tracker.core.paging import Page, nearest
from tracker.core.spreadsheets import csv_line
from tracker.dashboards.queries import items
from tracker.dashboards.queries.counting import figures
from tracker.reporting import policy
from tracker.reporting.models import How, Seal, SealOrder, SealRow
from tracker.reporting.queries.drawing import report_lines, words_now
from tracker.reporting.rules import (
    Counted,
    Difference,
    Lines,
    Part,
    Report,
    cells,
    differences,
    due_by_schedule,
    report_of,
)
from tracker.units.models import Unit, UnitPath
from tracker.units.queries import roots

MONTHS_OFFERED = 60
SEALS_A_PAGE = 24


@dataclass(frozen=True, slots=True)
class SealView:
    """A sealed report in a list."""

    day: date
    sealed_at: datetime
    how: How
    rows: int
    hash: str
    previous: str


@dataclass(frozen=True, slots=True)
class OrderView:
    """A month end that is being sealed: how far that is, and what went wrong the last time, if anything did."""

    day: date
    asked_at: datetime
    step: str
    problem: str | None


def seals(actor: Actor, number: int = 1) -> Page[SealView]:
    """The sealed reports, the latest month first. Raises Forbidden."""
    _check(actor)
    total = db.session.scalar(select(func.count()).select_from(Seal)) or 0
    number = nearest(number, total, SEALS_A_PAGE)
    rows = db.session.scalars(
        select(Seal).order_by(Seal.day.desc()).limit(SEALS_A_PAGE).offset((number - 1) * SEALS_A_PAGE)
    )
    return Page([_view(row) for row in rows], number, total, SEALS_A_PAGE)


def all_seals(actor: Actor) -> list[SealView]:
    """All of them, for a file. Raises Forbidden."""
    _check(actor)
    return [_view(row) for row in db.session.scalars(select(Seal).order_by(Seal.day.desc()))]


def orders(actor: Actor) -> list[OrderView]:
    """What is being sealed. Raises Forbidden."""
    _check(actor)
    rows = db.session.scalars(select(SealOrder).order_by(SealOrder.day))
    return [OrderView(one.day, clock.local(one.asked_at), one.step, one.problem) for one in rows]


def days_to_seal(actor: Actor) -> list[date]:
    """The month ends of the last years that can still be sealed, the latest first."""
    days = [month_end(actor.today, -months) for months in range(1, MONTHS_OFFERED + 1)]
    there = set(db.session.scalars(select(Seal.day).where(Seal.day.in_(days))))
    asked = set(db.session.scalars(select(SealOrder.day).where(SealOrder.day.in_(days))))
    return [day for day in days if day not in there | asked]


def due_by_itself(today: date) -> date | None:
    """The month end that is due to be sealed by schedule, and is not sealed yet; none on an institution for trying."""
    settings = config.settings()
    due = due_by_schedule(today, settings.seal_days_after)
    if due is None or settings.is_for_trying:
        return None
    is_sealed = db.session.scalar(select(Seal.id).where(Seal.day == due)) is not None
    return due if not is_sealed and roots(due) else None


def seal_view(actor: Actor, day: date) -> SealView:
    """One sealed report. Raises NotFound."""
    return _view(policy.get_seal(actor, day))


def _view(row: Seal) -> SealView:
    return SealView(row.day, clock.local(row.sealed_at), row.how, row.rows, row.hash, row.previous)


def _check(actor: Actor) -> None:
    if not actor.has(Right.REPORTS_READ):
        raise Forbidden("Sealed reports are for the office and the auditor.")


# What a report says


def sealed_lines(actor: Actor, day: date, parts: Iterable[Part] = tuple(Part)) -> Lines:
    """The stored lines of a sealed report, by part and in their places. Raises NotFound."""
    return stored_lines(policy.get_seal(actor, day).id, parts)


def stored_lines(seal_id: int, parts: Iterable[Part] = tuple(Part)) -> dict[Part, list[str]]:
    """The same of a seal's id."""
    wanted = list(parts)
    query = select(SealRow.part, SealRow.line).where(SealRow.seal_id == seal_id, SealRow.part.in_(wanted))
    found: dict[Part, list[str]] = {part: [] for part in Part if part in wanted}
    for part, line in db.session.execute(query.order_by(SealRow.part, SealRow.position)):
        found[part].append(line)
    return found


def sealed_report(actor: Actor, day: date) -> Report:
    """A sealed report as figures. Raises NotFound."""
    return report_of(day, sealed_lines(actor, day))


def sealed_words(actor: Actor, day: date) -> Report:
    """What units, requirements, modules and gates are called beside a sealed report, without figures: as they were
    called in it, and as they are now where it has no name of them. Raises NotFound."""
    now = report_of(day, words_now(day))
    then = report_of(day, sealed_lines(actor, day, (Part.UNITS, Part.REQUIREMENTS, Part.MODULES, Part.GATE_TITLES)))
    there = {one.code for one in then.requirements}
    return replace(
        then,
        units={**now.units, **then.units},
        requirements=[*then.requirements, *(one for one in now.requirements if one.code not in there)],
        modules={**now.modules, **then.modules},
        gate_titles={**now.gate_titles, **then.gate_titles},
    )


def page_of_report(actor: Actor, day: date, unit_code: str | None) -> tuple[Report, str | None]:
    """What a page of a sealed report shows: its words, and the figures of a unit and of those right below it; and the
    unit, which is the first at the top unless another is asked for. None where the report knows no such unit."""
    seal_id = policy.get_seal(actor, day).id
    words = (Part.UNITS, Part.REQUIREMENTS, Part.GATE_TITLES, Part.TARGETS)
    lines = stored_lines(seal_id, words)
    report = report_of(day, lines)
    code = unit_code or next((unit.code for unit in report.roots), None)
    if code is None or code not in report.units:
        return report, None
    wanted = [code, *(unit.code for unit in report.below(code))]
    subjects = [csv_line((unit, one.code, "*"))[:-1] for unit in wanted for one in report.requirements]
    rates = select(SealRow.line).where(
        SealRow.seal_id == seal_id, SealRow.part == Part.RATES, SealRow.subject.in_(subjects)
    )
    gates = select(SealRow.line).where(
        SealRow.seal_id == seal_id,
        SealRow.part == Part.GATES,
        SealRow.subject.in_([csv_line((cells(line)[0], code))[:-1] for line in lines[Part.GATE_TITLES]]),
    )
    found = {
        **lines,
        Part.RATES: list(db.session.scalars(rates)),
        Part.GATES: list(db.session.scalars(gates.order_by(SealRow.position))),
    }
    return report_of(day, found), code


def known_now(actor: Actor, day: date, unit_codes: Sequence[str]) -> dict[tuple[str, str], Counted]:
    """The figures of whole requirements on a day as they are known now, by the codes of unit and requirement."""
    asked = items.requirements(actor)
    ids = dict(db.session.execute(select(Unit.id, Unit.code).where(Unit.code.in_(unit_codes))).all())
    codes = {one.whole.id: one.code for one in asked}
    found = figures(UnitPath.ancestor_id.in_(list(ids)), day, {one.whole.id: one.horizon for one in asked})
    return {
        (ids[unit_id], codes[item_id]): Counted(figure.denominator, figure.satisfied)
        for (unit_id, item_id), figure in found.items()
    }


def changes(actor: Actor, day: date) -> list[Difference]:
    """The rows of a sealed report that are not what is known now, rates before gates. Raises NotFound."""
    reported = sealed_lines(actor, day, (Part.RATES, Part.GATES))
    return [
        *differences(Part.RATES, reported[Part.RATES], report_lines("rates", day)),
        *differences(Part.GATES, reported[Part.GATES], report_lines("gates", day)),
    ]


def figures_as_reported(
    unit_code: str, requirement_code: str, module_code: str | None, days: Sequence[date]
) -> dict[date, tuple[int, int]]:
    """How many had satisfied a requirement (or one of its modules) and how many were counted in a unit, as reported on
    those of these days that are sealed: one statement, for the lines of trends."""
    about = csv_line((unit_code, requirement_code, module_code or "*"))[:-1]
    rows = db.session.execute(
        select(Seal.day, SealRow.line)
        .join(Seal, Seal.id == SealRow.seal_id)
        .where(SealRow.subject == about, SealRow.part == Part.RATES, Seal.day.in_(days))
    )
    return {day: (int(row[7]), int(row[6])) for day, row in ((day, cells(line)) for day, line in rows)}


@dataclass(frozen=True, slots=True)
class Reported:
    """What a sealed report says of units and whole requirements, by their codes, and on which day it was sealed."""

    sealed_on: date
    figures: Mapping[tuple[str, str], Counted]

    def figure(self, unit_code: str, requirement_code: str) -> Counted:
        """A figure as it was reported; where the report has no such row, nobody was counted."""
        return self.figures.get((unit_code, requirement_code), Counted(0, 0))


def reported_of(day: date, unit_codes: Sequence[str], requirement_codes: Sequence[str]) -> Reported | None:
    """What was reported of a day; none where it is not sealed. For whoever may see the names behind these figures."""
    seal = db.session.scalar(select(Seal).where(Seal.day == day))
    if seal is None:
        return None
    about = [csv_line((unit, code, "*"))[:-1] for unit in unit_codes for code in requirement_codes]
    found = db.session.scalars(
        select(SealRow.line).where(SealRow.seal_id == seal.id, SealRow.part == Part.RATES, SealRow.subject.in_(about))
    )
    figures = {(row[0], row[1]): Counted(int(row[6]), int(row[7])) for row in map(cells, found)}
    return Reported(clock.local(seal.sealed_at).date(), figures)
