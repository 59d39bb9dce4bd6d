"""A worker with two jobs that take long: `python -m tests.serving.lanes_worker URL FOLDER MAIL_URL`."""

import sys
import time
from dataclasses import replace
from pathlib import Path

from tests.conftest import settings_for
from tracker.core.jobs import Kind
from tracker.serving import worker
from tracker.wiring import create_app

NAMES = ("tests.long", "tests.longer")
SECONDS = 120.0


def take_long() -> None:
    """Work for longer than any test waits."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        time.sleep(0.05)


def main() -> None:
    """Work until told to stop."""
    url, folder, mail_url = sys.argv[1:]
    worker.SECONDS_AFTER_TROUBLE = 0.2
    app = create_app(replace(settings_for(url, Path(folder)), mail_url=mail_url))
    app.extensions["jobs"] = {name: Kind(name, take_long, every=None) for name in NAMES}
    with app.app_context():
        worker.work(app.config["SETTINGS"])


if __name__ == "__main__":
    main()
