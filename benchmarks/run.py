"""Measures whole institutions: `make bench` and `make bench-large`. What is measured stands in README.md beside this.

python benchmarks/run.py --sizes 10000,100000        both databases
python benchmarks/run.py --large                     1,000,000 people (and 10,000) on PostgreSQL
"""

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

# Started as a script: let the project be found, and nothing in this folder by its bare name.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from benchmarks import institution, readme  # noqa: E402
from benchmarks.measure import PARTS, Measured, measure  # noqa: E402
from benchmarks.subject import Database, postgresql, sqlite, tell  # noqa: E402

SMALL, LARGE = 10_000, 1_000_000
Open = Callable[[], AbstractContextManager[Database]]


def main() -> None:
    """Measure what the command line asks for, and keep the results."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))  # so that servers and folders go with it
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=_sizes, default=[SMALL, 100_000], help="numbers of people, parted by commas")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="only this one")
    parser.add_argument("--large", action="store_true", help=f"{LARGE:,} people, and {SMALL:,}, on PostgreSQL")
    parser.add_argument(
        "--only", type=_parts, default=PARTS, help=f"some of {','.join(PARTS)}; leaves the README alone"
    )
    parser.add_argument("--facts", type=Path, help="a folder to keep the made-up facts in, for further runs")
    parser.add_argument("--print-only", action="store_true", help="leave the README as it is")
    given = parser.parse_args()
    sizes: Sequence[int] = [SMALL, LARGE] if given.large else given.sizes
    databases = _databases("postgresql" if given.large else given.database)
    with TemporaryDirectory(prefix="waymark-bench-") as own:
        results = _measure_all(sizes, databases, given.only, given.facts or Path(own))
    name = "bench-large" if given.large else "bench"
    section = readme.section(f"make {name}", results)
    tell(f"\n{section}\n")
    if not given.print_only and set(given.only) == set(PARTS):
        readme.keep(name, section)
        tell(f"Kept in {readme.README}.")


def _parts(text: str) -> list[str]:
    if unknown := set(text.split(",")) - set(PARTS):
        raise argparse.ArgumentTypeError(f"there is no part {', '.join(sorted(unknown))}")
    return text.split(",")


def _sizes(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def _databases(only: str | None) -> list[Open]:
    return [found for name, found in (("sqlite", sqlite), ("postgresql", postgresql)) if only in (None, name)]


def _measure_all(sizes: Sequence[int], databases: Sequence[Open], parts: Sequence[str], facts: Path) -> list[Measured]:
    today = datetime.now(UTC).date()
    results = []
    for people in sizes:
        folder = facts / f"{people}-{today}"
        if not folder.exists():
            tell(f"Making up {people:,} people")
            institution.write(folder, people, today)
        for opened in databases:
            with opened() as database:
                results.append(measure(database, folder, people, parts))
    return results


if __name__ == "__main__":
    main()
