"""Writes what was measured into the README beside this file: tables, and beside each target whether it was reached."""

import os
import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measure import Measured, PageTimes
from benchmarks.visitors import BARE, LOG, PAGES, TREND

README = Path(__file__).resolve().parent / "README.md"
MEBIBYTE = 2**20
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Target:
    """A promise about a number of people on a database. `value` is None where it was not measured."""

    database: str
    people: int
    name: str
    unit: str
    limit: float
    value: Callable[[Measured, Sequence[Measured]], float | None]
    at_least: bool = False


def _page_p95(page: str) -> Callable[[Measured, Sequence[Measured]], float]:
    return lambda found, _: found.pages[page].p95 * 1000


def _dashboard_growth(found: Measured, among: Sequence[Measured]) -> float | None:
    small = [one for one in among if one.database == found.database and one.people == 10_000]
    return found.pages["department dashboard"].p50 / small[0].pages["department dashboard"].p50 if small else None


def _targets() -> Iterator[Target]:
    for database, people, seconds, memory, page_limit, trend_limit in (
        ("SQLite", 100_000, 40, 1024, 25, 150),
        ("PostgreSQL", 1_000_000, 360, 3072, 50, 400),
    ):
        yield Target(database, people, "load", "s", seconds, lambda found, _: found.loaded.seconds)
        yield Target(database, people, "load, memory", "MiB", memory, lambda found, _: found.loaded.memory / MEBIBYTE)
        for page in ("department dashboard", "institution table", "people list"):
            yield Target(database, people, f"{page}, p95", "ms", page_limit, _page_p95(page))
        yield Target(database, people, f"{TREND}, p95", "ms", trend_limit, _page_p95(TREND))
    yield Target(
        *("SQLite", 100_000, "learner home, to the bare page", "times", 3),
        lambda found, _: found.pages["learner home"].p50 / found.pages[BARE].p50,
    )
    for page in ("champion's workspace", "a person's page"):
        yield Target("SQLite", 100_000, f"{page}, p95", "ms", 25, _page_p95(page))
    yield Target("SQLite", 100_000, f"{LOG}, p95", "ms", 20, _page_p95(LOG))
    yield Target(
        *("SQLite", 100_000, f"{LOG}, eight at a time", "a second", 250),
        lambda found, _: found.pages[LOG].per_second,
        at_least=True,
    )
    yield Target(
        *("SQLite", 100_000, "report status", "s", 12),
        lambda found, _: found.reports["status"].seconds,
    )
    for page in ("learner home", LOG):
        yield Target("PostgreSQL", 1_000_000, f"{page}, p95", "ms", 50, _page_p95(page))
    yield Target(
        *("PostgreSQL", 1_000_000, "dashboard, to its cost at 10,000 people", "times", 2),
        _dashboard_growth,
    )


def keep(name: str, command: str, results: Sequence[Measured]) -> None:
    """Put the results in place of the last ones of the same name, between its two marks in the README."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    body = "\n".join(_section(command, results))
    README.write_text(f"{before}{begin}\n\n{body}\n\n{end}{after}", encoding="utf-8")


def _section(command: str, results: Sequence[Measured]) -> Iterator[str]:
    versions = sorted({f"{found.database} {found.version}" for found in results})
    yield f"`{command}`, {_today()}: {_machine()}, {', '.join(versions)}."
    yield ""
    yield from _loading(results)
    yield ""
    for found in results:
        yield from _pages(found)
        yield ""
    yield from _promises(results)


def _today() -> str:
    now = datetime.now(UTC)
    return f"{now.day} {now:%b %Y}"


def _machine() -> str:
    """The machine in words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB of memory, Python {platform.python_version()}"


def _loading(results: Sequence[Measured]) -> Iterator[str]:
    yield (
        "| People | Database | Load | Rows a second | Memory | Largest process | Server's memory | On disk | "
        "`report status` | `report rates` |"
    )
    yield "|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for found in results:
        loaded = found.loaded
        cells = (
            f"{found.people:,}",
            found.database,
            f"{loaded.seconds:,.1f} s",
            f"{loaded.rows / loaded.seconds:,.0f}",
            _size(loaded.memory),
            _size(loaded.largest_process),
            _size(loaded.database_memory) if loaded.database_memory else "none",
            _size(loaded.size_on_disk),
            *(
                f"{found.reports[kind].seconds:.1f} s, {found.reports[kind].rows:,} rows"
                for kind in ("status", "rates")
            ),
        )
        yield _row(cells)


def _size(size: int) -> str:
    return f"{size / MEBIBYTE:,.0f} MiB"


def _pages(found: Measured) -> Iterator[str]:
    yield f"{found.people:,} people on {found.database}: {found.agreed}."
    yield ""
    yield "| Page | p50 | p95 | To bare page | p50 at 8 | p95 at 8 | To bare page | Requests a second at 8 |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    bare = found.pages[BARE]
    for page in PAGES:
        yield _row((page, *_times(found.pages[page], bare)))


def _times(page: PageTimes, bare: PageTimes) -> Iterator[str]:
    yield from (f"{page.p50 * 1000:.1f} ms", f"{page.p95 * 1000:.1f} ms", f"{page.p50 / bare.p50:.1f}")
    yield from (f"{page.p50_of_eight * 1000:.1f} ms", f"{page.p95_of_eight * 1000:.1f} ms")
    yield from (f"{page.p50_of_eight / bare.p50_of_eight:.1f}", f"{page.per_second:,.0f}")


def _promises(results: Sequence[Measured]) -> Iterator[str]:
    """Every target that these results speak of, and whether it was reached."""
    lines = list(promises(results))
    if lines:
        yield "| Target | Limit | Measured | |"
        yield "|---|---:|---:|---|"
        yield from (_row(line) for line in lines)


def promises(results: Sequence[Measured]) -> Iterator[tuple[str, str, str, str]]:
    """Each target with its limit, what was measured, and `reached` or `missed`."""
    for target in _targets():
        for found in results:
            if (found.database, found.people) != (target.database, target.people):
                continue
            if (value := target.value(found, results)) is None:
                continue
            is_reached = value >= target.limit if target.at_least else value <= target.limit
            sign = "≥" if target.at_least else "≤"
            yield (
                f"{found.people:,} on {found.database}: {target.name}",
                f"{sign} {_amount(target.limit, target.unit)}",
                _amount(value, target.unit),
                "reached" if is_reached else "**missed**",
            )


def _amount(value: float, unit: str) -> str:
    number = f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:,.1f}"
    return f"{number}{NO_BREAK_SPACE}{unit}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
