"""A worker with one job of forty steps, for tests that kill it: `python -m tests.serving.steps_worker URL FOLDER`.

Each step marks a row of its own in the transaction that also moves the job's place on, as every real job does.
"""

import sys
import time
from datetime import timedelta
from pathlib import Path

from tests.conftest import settings_for
from tracker.accounts.models import Attempt
from tracker.core import clock, jobs
from tracker.core.actor import system
from tracker.core.database import transaction
from tracker.core.jobs import Kind
from tracker.serving import worker
from tracker.wiring import create_app

NAME = "tests.steps"
PLACE = "place"
STEPS = 40
LEASE = timedelta(seconds=1)


def steps() -> None:
    """Go on from the place that was reached, to the end."""
    while True:
        with transaction(system(clock.today())) as tx:
            place = tx.session.get(Attempt, PLACE)
            if place is None:
                place = Attempt(key=PLACE, level=0, updated_at=tx.now)
                tx.session.add(place)
            if place.level == STEPS:
                return
            place.level += 1
            step = tx.session.get(Attempt, f"step {place.level:.0f}")
            if step is None:
                tx.session.add(Attempt(key=f"step {place.level:.0f}", level=1, updated_at=tx.now))
            else:
                step.level += 1
        time.sleep(0.01)


def main() -> None:
    """Work until told to stop."""
    url, folder = sys.argv[1:]
    jobs.LEASE = LEASE
    jobs.SECONDS_BETWEEN_BEATS = 0.3
    app = create_app(settings_for(url, Path(folder)))
    app.extensions["jobs"] = {NAME: Kind(NAME, steps, every=None)}
    with app.app_context():
        worker.work(app.config["SETTINGS"])


if __name__ == "__main__":
    main()
