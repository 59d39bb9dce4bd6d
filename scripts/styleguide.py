"""`make styleguide`: serve the page that shows every component in each of its states, until Ctrl+C is pressed."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

from scripts.instances import prepared, served
from tracker.web import styleguide


@contextmanager
def serving(port: int = 0) -> Iterator[str]:
    """The address of the page, for as long as it is served."""
    with tempfile.TemporaryDirectory() as folder:
        app = prepared(Path(folder), sample=False)
        app.register_blueprint(styleguide.bp)
        with served(app, port) as address:
            yield f"{address}/styleguide"


def main() -> None:
    """Say where it is, and wait."""
    with serving(int(os.environ.get("PORT", "8000"))) as address:
        sys.stdout.write(f"The components are at {address}\nStop it with Ctrl+C.\n")
        with suppress(KeyboardInterrupt):
            Event().wait()


if __name__ == "__main__":
    main()
