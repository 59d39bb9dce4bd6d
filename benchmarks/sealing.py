"""Seals the end of the last month in a process of its own, so that what it takes can be seen.

python -m benchmarks.sealing
"""

from tracker.core import clock
from tracker.core.actor import system
from tracker.core.days import month_end
from tracker.reporting.commands import seals
from tracker.reporting.models import How
from tracker.wiring import create_app


def main() -> None:
    """Seal it."""
    with create_app().app_context():
        today = clock.today()
        seals.seal(system(today), month_end(today, -1), How.HAND)


if __name__ == "__main__":
    main()
