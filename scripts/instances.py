"""Applications on a database that lasts as long as a script runs, served on loopback for it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_urlsafe
from threading import Thread
from zoneinfo import ZoneInfo

from flask import Flask
from flask_migrate import upgrade
from werkzeug.serving import make_server

from tracker.core.config import Settings
from tracker.core.database import db
from tracker.serving.preparing import load_sample
from tracker.wiring import create_app


def prepared(folder: Path, *, sample: bool) -> Flask:
    """The application on a SQLite database of its own in this folder, with the sample institution or empty."""
    settings = Settings(
        instance=folder,
        database_url=f"sqlite:///{folder / 'waymark.db'}",
        own_database=False,
        host="127.0.0.1",
        port=8000,
        public_url="http://127.0.0.1:8000",
        time_zone=ZoneInfo("UTC"),
        secret_key=token_urlsafe(),
        mail_url=None,
        mail_from="waymark@example.edu",
    )
    app = create_app(settings)
    with app.app_context():
        upgrade()
        if sample:
            load_sample()
        db.engine.dispose()
    return app


@contextmanager
def served(app: Flask, port: int = 0) -> Iterator[str]:
    """Serve it on this port, or on one that is free; the address at which it is served."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
