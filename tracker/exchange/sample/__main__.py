"""`python -m tracker.exchange.sample OUT [--today D]`: write the sample institution, for developers and evaluators."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from . import sample_accounts, write_sample


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the files, and say who can sign in."""
    parser = argparse.ArgumentParser(
        prog="python -m tracker.exchange.sample",
        description="Write the sample institution as a folder of plain files.",
    )
    parser.add_argument("out", type=Path, help="the folder to write")
    today = datetime.now(UTC).astimezone().date()
    parser.add_argument("--today", type=date.fromisoformat, default=today, help="the day it stands on, YYYY-MM-DD")
    given = parser.parse_args(arguments)
    write_sample(given.out, today=given.today)
    for account in sample_accounts(given.out):
        sys.stdout.write(f"{account.email:38}{account.role:15}{account.description}\n")


if __name__ == "__main__":
    main()
