"""The report for the board as a tagged PDF: figures only, no names of people, and none of a few people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tracker.core.days import month_end
from tracker.core.typesetting import tagged_pdf
from tracker.core.words import NO_BREAK_SPACE, count, day, percent, plural, sentence_list
from tracker.dashboards.rules import (
    HIGHEST,
    LOWEST,
    SMALLEST_GROUP,
    STEP,
    Figure,
    Group,
    kept_back,
    rounded_percent,
    words_without_names,
)
from tracker.reporting.rules import MONTHS_BACK, Counted, Report, ReportedRequirement, ReportedUnit

TEMPLATE = Path(__file__).with_suffix(".typ")
NOBODY = Counted(0, 0)
DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as anybody may see it: words, how many are counted where that is told, and the length of its bar."""

    words: str
    counted: int | None
    bar: int | None


def pdf(report: Report, source: str) -> bytes:
    """The report of a day; `source` says whether it was sealed, and with which hash."""
    return tagged_pdf(TEMPLATE, as_data(report, source))


def as_data(report: Report, source: str) -> dict[str, Any]:
    """All that the report says, as its template takes it."""
    sights = {one.code: _Sight(report, one.code) for one in report.requirements}
    asked = report.asked(unit.code for unit in report.roots)
    name = sentence_list([unit.name for unit in report.roots])
    return {
        "title": f"Where {name} stands",
        "institution": name,
        "day": [report.day.year, report.day.month, report.day.day],
        "as_of": day(report.day),
        "source": source,
        "overview": [_line(report, sights[one.code], root, one) for one in asked for root in report.roots],
        "sections": [_section(report, sights[one.code], one) for one in asked],
        "trends": [trend for one in asked for root in report.roots if (trend := _trend(report, root, one))],
        "gates": list(_gates(report)),
        "method": list(_method(report, asked)),
    }


class _Sight:
    """What anybody may see of a requirement, decided from the top of the tree down, as on every page."""

    def __init__(self, report: Report, requirement: str) -> None:
        self.report, self.requirement = report, requirement
        self.below: dict[str, list[ReportedUnit]] = {}
        for unit in report.units.values():
            self.below.setdefault(unit.parent, []).append(unit)
        self.hidden = frozenset(key for root in report.roots for key in kept_back(self._group(root.code)))

    def shown(self, code: str) -> Shown:
        """The figure of a unit."""
        return _shown(self._counted(code), self.report.day, is_kept_back=code in self.hidden)

    def _counted(self, code: str) -> Counted:
        return self.report.rates.get((code, self.requirement), NOBODY)

    def _group(self, code: str) -> Group:
        whole = self._counted(code).denominator
        parts = [self._group(unit.code) for unit in self.below.get(code, ())]
        if parts:
            parts.append(Group(f"{code} itself", whole - sum(part.counted for part in parts)))
        return Group(code, whole, parts)


def _shown(counted: Counted, on: date, *, is_kept_back: bool) -> Shown:
    figure = Figure(satisfied=counted.satisfied, not_started=counted.denominator - counted.satisfied)
    words = words_without_names(figure, on, on, is_kept_back=is_kept_back)
    if is_kept_back or counted.denominator < SMALLEST_GROUP:
        return Shown(words, None, None)
    return Shown(words, counted.denominator, rounded_percent(counted.satisfied, counted.denominator))


def _line(report: Report, sight: _Sight, root: ReportedUnit, one: ReportedRequirement) -> dict[str, Any]:
    shown = sight.shown(root.code)
    title = one.title if len(report.roots) == 1 else f"{one.title}: {root.name}"
    target = report.targets.get((root.code, one.code))
    return {"title": title, "note": one.level.capitalize(), **_cells(shown), **_target(target)}


def _section(report: Report, sight: _Sight, one: ReportedRequirement) -> dict[str, Any]:
    """A requirement with the whole and its departments, in the tree's order."""
    rows = [
        {
            "title": unit.name,
            "depth": depth,
            **_cells(sight.shown(unit.code)),
            **_target(report.targets.get((unit.code, one.code))),
        }
        for unit, depth in departments(report)
        if (unit.code, one.code) in report.rates
    ]
    return {"title": one.title, "note": one.level.capitalize(), "rows": rows}


def departments(report: Report) -> Iterator[tuple[ReportedUnit, int]]:
    """The units that the report names, each with its depth: departments and all above them; where there are none, the
    units at the top and those right below."""
    wanted = {
        above.code for unit in report.units.values() if unit.kind == DEPARTMENT for above in report.path(unit.code)
    }
    for unit in report.units.values():
        depth = len(report.path(unit.code)) - 1
        if unit.code in wanted or (not wanted and depth <= 1):
            yield unit, depth


def _cells(shown: Shown) -> dict[str, Any]:
    return {
        "words": shown.words,
        "counted": "" if shown.counted is None else count(shown.counted),
        "bar": shown.bar,
    }


def _target(target: int | None) -> dict[str, Any]:
    return {"target": "" if target is None else percent(target, 100), "mark": target}


def _trend(report: Report, root: ReportedUnit, one: ReportedRequirement) -> dict[str, Any] | None:
    """The ends of the months before and the day itself; none where fewer than two of them can be shown."""
    days = [month_end(report.day, -months) for months in range(MONTHS_BACK, 0, -1)]
    counted = {then: report.trend.get((then, root.code, one.code), NOBODY) for then in days}
    counted[report.day] = report.rates.get((root.code, one.code), NOBODY)
    points = [(then, _shown(found, then, is_kept_back=False)) for then, found in counted.items()]
    told = [(then, shown) for then, shown in points if shown.bar is not None]
    if len(told) < 2:
        return None
    (first, begins), (last, ends) = told[0], told[-1]
    title = one.title if len(report.roots) == 1 else f"{one.title}: {root.name}"
    return {
        "title": title,
        "alt": f"{title}: {begins.words} on {day(first)}, {ends.words} on {day(last)}.",
        "points": [[(then - first).days / (last - first).days, shown.bar] for then, shown in told],
        "rows": [[day(then), shown.words, count(shown.counted or 0)] for then, shown in told],
        "first": day(first),
        "last": day(last),
        "target": report.targets.get((root.code, one.code)),
    }


def _gates(report: Report) -> Iterator[dict[str, Any]]:
    """How far each gate has opened, and where; nothing of units in which a few people count for it."""
    by_title: dict[str, list[tuple[str, date | None]]] = {}
    for title, code, opened_on, counted in report.gates:
        if counted >= SMALLEST_GROUP:
            by_title.setdefault(title, []).append((code, opened_on))
    for title, found in by_title.items():
        opened = sorted((on, report.units[code].name) for code, on in found if on and code in report.units)
        units = f"{plural(len(found), 'unit', 'units')} in which {SMALLEST_GROUP} people or more count"
        yield {
            "title": title,
            "answer": f"Open in {count(len(opened))} of {units}.",
            "rows": [[name, day(on)] for on, name in opened],
        }


def _method(report: Report, asked: Sequence[ReportedRequirement]) -> Iterator[str]:
    on = day(report.day)
    yield (
        f"People are counted by their home unit on {on}. Who is waived or on leave that day is not counted. A person "
        "has completed a requirement once every module of it is satisfied."
    )
    yield "How many people are counted: " + "; ".join(_denominators(report, asked)) + "."
    yield (
        f"Rates are rounded to {STEP}{NO_BREAK_SPACE}%; below {LOWEST} and above {HIGHEST}{NO_BREAK_SPACE}% only that "
        f"is said. Figures of fewer than {SMALLEST_GROUP} people are not given, nor any from which they could be told."
    )
    yield "Trends are as known on the day this report was drawn up."


def _denominators(report: Report, asked: Sequence[ReportedRequirement]) -> Iterator[str]:
    for one in asked:
        counted = sum(report.rates.get((root.code, one.code), NOBODY).denominator for root in report.roots)
        told = count(counted) if counted >= SMALLEST_GROUP else f"fewer than {SMALLEST_GROUP}"
        yield f"{one.title}, {told}"
