"""Writes what was measured into the README beside this file: tables, and beside each promise whether it was kept."""

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.curriculum import RuleChange
from benchmarks.measure import Measured
from benchmarks.pages import Times
from benchmarks.reports import REPORTS, SEAL, STATUS, XLSX
from benchmarks.visitors import (
    BARE,
    BEYOND,
    DEPARTMENT,
    DEPARTMENT_THEN,
    HOME,
    LOG,
    OTHER_DAY,
    PEOPLE,
    PEOPLE_ASKED,
    PERSON,
    TABLE,
    TABLE_THEN,
    TABLE_TWO_DAYS,
    TREND,
    TWO_OTHER_DAYS,
    WORKSPACE,
)

README = Path(__file__).resolve().parent / "README.md"
MEBIBYTE = 2**20
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"

ON_SQLITE, ON_POSTGRESQL = ("SQLite", 100_000), ("PostgreSQL", 1_000_000)
KEPT_DAYS = (DEPARTMENT, DEPARTMENT_THEN, TABLE, TABLE_THEN, TABLE_TWO_DAYS, PEOPLE, PEOPLE_ASKED)
CHAMPIONS_OWN = (WORKSPACE, PERSON)
OTHER_DAYS = (OTHER_DAY, TWO_OTHER_DAYS, BEYOND)
GROWTH = "dashboard, to its cost at 10,000 people"


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised of something measured, on SQLite for 100,000 people and on PostgreSQL for 1,000,000; or on one
    of the two only."""

    name: str
    unit: str
    on_sqlite: float | None
    on_postgresql: float | None
    at_least: bool = False


PROMISES = (
    Promise("load", "s", 40, 360),
    Promise("load, memory", "MiB", 1024, 3072),
    *(Promise(f"{page}, p95", "ms", 25, 50) for page in KEPT_DAYS),
    *(Promise(f"{page}, p95", "ms", 25, None) for page in CHAMPIONS_OWN),
    *(Promise(f"{page}, p95", "s", 0.5, 5) for page in OTHER_DAYS),
    Promise(f"{TREND}, p95", "ms", 150, 400),
    Promise(f"{HOME}, to the bare page", "times", 3, None),
    Promise(f"{HOME}, p95", "ms", None, 50),
    Promise(f"{LOG}, p95", "ms", 20, 50),
    Promise(f"{LOG}, eight at a time", "a second", 250, None, at_least=True),
    Promise(GROWTH, "times", None, 2),
    Promise("preview of a changed requirement", "s", 5, 60),
    *(Promise(f"{what} while a rule is worked in, longest", "ms", 200, None) for what in (HOME, LOG)),
    Promise(STATUS, "s", 12, None),
    Promise(SEAL, "s", 10, 120),
    Promise(XLSX, "s", 15, 15),
)


def keep(name: str, section: str) -> None:
    """Put a section in place of the last one of the same name, between its two marks in the README."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    README.write_text(f"{before}{begin}\n\n{section}\n\n{end}{after}", encoding="utf-8")


def section(command: str, results: Sequence[Measured]) -> str:
    """All results as a part of the README."""
    return "\n".join(_lines(command, results)).strip()


def _lines(command: str, results: Sequence[Measured]) -> Iterator[str]:
    versions = sorted({f"{found.database} {found.version}" for found in results})
    yield f"`{command}`, {_today()}: {_machine()}, {', '.join(versions)}."
    yield ""
    yield from _loading(results)
    yield from _reports(results)
    yield from _rule_changes(results)
    for found in results:
        yield from _pages(found)
    yield from _promises(results)


def _today() -> str:
    now = datetime.now(UTC)
    return f"{now.day} {now:%b %Y}"


def _machine() -> str:
    """The machine in words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB of memory, Python {platform.python_version()}"


def _loading(results: Sequence[Measured]) -> Iterator[str]:
    yield "| People | Database | Load | Rows a second | Memory | Largest process | Server's memory | On disk |"
    yield "|---:|---|---:|---:|---:|---:|---:|---:|"
    for found in results:
        loaded = found.loaded
        yield _row(
            f"{found.people:,}",
            found.database,
            f"{loaded.seconds:,.1f} s",
            f"{loaded.rows / loaded.seconds:,.0f}",
            _size(loaded.memory),
            _size(loaded.largest_process),
            _size(loaded.database_memory) if loaded.database_memory else "none",
            _size(loaded.size_on_disk),
        )
    yield ""


def _size(size: int) -> str:
    return f"{size / MEBIBYTE:,.0f} MiB"


def _reports(results: Sequence[Measured]) -> Iterator[str]:
    """Seconds, rows and memory of each report."""
    if not any(found.reports for found in results):
        return
    yield _row("People", "Database", *REPORTS)
    yield f"|---:|---|{'---:|' * len(REPORTS)}"
    for found in results:
        reported = [found.reports[name] for name in REPORTS if found.reports]
        cells = [f"{one.seconds:.1f} s, {one.rows:,} rows, {_size(one.memory)}" for one in reported]
        yield _row(f"{found.people:,}", found.database, *cells)
    yield ""


def _rule_changes(results: Sequence[Measured]) -> Iterator[str]:
    """Previews, and what learners waited for while the rule was worked in."""
    changes = [(found, found.rule_change) for found in results if found.rule_change]
    if not changes:
        return
    yield (
        "| People | Database | Slowest preview | Worked in | Learner home meanwhile: p95 | longest "
        "| Logging meanwhile: p95 | longest |"
    )
    yield "|---:|---|---:|---:|---:|---:|---:|---:|"
    for found, change in changes:
        waited = [change.meanwhile[what] for what in (HOME, LOG)]
        cells = [cell for one in waited for cell in (_ms(one.times.p95), _ms(one.longest))]
        yield _row(f"{found.people:,}", found.database, _slowest(change), _worked_in(change), *cells)
    yield ""


def _slowest(change: RuleChange) -> str:
    return f"{change.changed}, {change.previews[change.changed]:.1f} s"


def _worked_in(change: RuleChange) -> str:
    part = "" if change.share == 1 else f", {change.share:.0%} of people"
    return f"{change.seconds:,.0f} s{part}"


def _pages(found: Measured) -> Iterator[str]:
    agreed = f": {found.agreed}." if found.agreed else "."
    yield f"{found.people:,} people on {found.database}{agreed}"
    yield ""
    if not found.pages:
        return
    yield "| Page | p50 | p95 | To bare page | p50 at 8 | p95 at 8 | To bare page | Requests a second at 8 |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    bare = found.pages[BARE]
    for name, page in found.pages.items():
        together = [*_times(page.together, bare.together), f"{page.per_second:,.0f}"]
        yield _row(name, *_times(page.alone, bare.alone), *(together if page.together else [""] * len(together)))
    yield ""


def _times(page: Times | None, bare: Times | None) -> Sequence[str]:
    if page is None or bare is None:
        return [""] * 3
    return _ms(page.p50), _ms(page.p95), f"{page.p50 / bare.p50:,.1f}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


# What was promised


def _promises(results: Sequence[Measured]) -> Iterator[str]:
    """Every promise that these results speak of, and whether it was kept."""
    rows = [row for found in results for row in _kept(found, _values(found, results))]
    if rows:
        yield "What was promised:"
        yield ""
        yield "| Promise | Limit | Measured | |"
        yield "|---|---:|---:|---|"
        yield from rows


def _kept(found: Measured, values: Mapping[str, float]) -> Iterator[str]:
    """Each promise of such an institution with its limit, what was measured, and `reached` or `missed`."""
    of = (found.database, found.people)
    for promise in PROMISES:
        limit = promise.on_sqlite if of == ON_SQLITE else promise.on_postgresql if of == ON_POSTGRESQL else None
        if limit is None or promise.name not in values:
            continue
        value = values[promise.name]
        is_reached = value >= limit if promise.at_least else value <= limit
        yield _row(
            f"{found.people:,} on {found.database}: {promise.name}",
            f"{'≥' if promise.at_least else '≤'} {_amount(limit, promise.unit)}",
            _amount(value, promise.unit),
            "reached" if is_reached else "**missed**",
        )


def _values(found: Measured, among: Sequence[Measured]) -> dict[str, float]:
    """What was measured, by the names of promises and in their units."""
    values = {"load": found.loaded.seconds, "load, memory": found.loaded.memory / MEBIBYTE}
    values |= {name: report.seconds for name, report in found.reports.items()}
    for name, page in found.pages.items():
        values[f"{name}, p95"] = page.alone.p95 * (1 if name in OTHER_DAYS else 1000)
        values[f"{name}, to the bare page"] = page.alone.p50 / found.pages[BARE].alone.p50
        values[f"{name}, eight at a time"] = page.per_second
    if change := found.rule_change:
        values["preview of a changed requirement"] = max(change.previews.values())
        for what, one in change.meanwhile.items():
            values[f"{what} while a rule is worked in, longest"] = one.longest * 1000
    for small in among:
        if (small.database, small.people) == (found.database, 10_000) and small.pages and found.pages:
            values[GROWTH] = found.pages[DEPARTMENT].alone.p50 / small.pages[DEPARTMENT].alone.p50
    return values


def _amount(value: float, unit: str) -> str:
    number = f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:,.1f}"
    return f"{number}{NO_BREAK_SPACE}{unit}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
