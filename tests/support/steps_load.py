"""`data load` in a process of its own that says when it is about to commit, and when that is done.

python -m tests.support.steps_load DATABASE_URL INSTANCE FOLDER
"""

import sys
from pathlib import Path

from tests.conftest import settings_for
from tracker.wiring import create_app


def say(word: str) -> None:
    """Tell the test."""
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def main(url: str, instance: str, folder: str) -> None:
    """Load, in the place of whatever is there."""
    app = create_app(settings_for(url, Path(instance)))
    app.extensions["before_commit"].append(lambda _: say("committing"))
    say("loading")
    with app.app_context():
        app.cli.main(["data", "load", "--replace", "--yes", folder], standalone_mode=False)
    say("loaded")


if __name__ == "__main__":
    main(*sys.argv[1:])
