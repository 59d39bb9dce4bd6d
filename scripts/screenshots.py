"""`make screenshots`: take the pictures of docs/images anew, from the sample institution in a real browser."""

import logging
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from shutil import which
from threading import Thread
from zoneinfo import ZoneInfo

from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from tracker.core.config import Settings
from tracker.core.database import db
from tracker.serving.preparing import load_sample
from tracker.wiring import create_app

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
BROWSER_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
MOST_BYTES = 150_000


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: its file, who looks at which page, and the size of the window."""

    name: str
    visitor: str
    path: str
    width: int
    height: int


SHOTS = (
    Shot("learner-home.png", "Nadia Khoury", "/", 360, 900),
    Shot("learner-log.png", "Nadia Khoury", "/log", 360, 900),
    Shot("champion-workspace.png", "Esteban Figueroa", "/units", 1280, 1000),
    Shot("champion-people.png", "Esteban Figueroa", "/units/MED/people", 1280, 1000),
    Shot("department.png", "Esteban Figueroa", "/units/MED", 1280, 1000),
    Shot("institution-table.png", "Marisol Rentería", "/units/SOM/table", 1280, 1000),
    Shot("trends.png", "Marisol Rentería", "/units/SOM/trends", 1280, 1000),
)


def main() -> None:
    """Serve the sample institution for as long as it takes, and write the pictures."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with _sample_institution() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=which("chromium"), args=BROWSER_OPTIONS)
        for shot in SHOTS:
            size = _take(browser, address, shot)
            sys.stdout.write(f"{shot.name}: {size:,} bytes\n")
            if size > MOST_BYTES:
                raise SystemExit(f"{shot.name} is larger than {MOST_BYTES:,} bytes.")
        browser.close()


def _take(browser: Browser, address: str, shot: Shot) -> int:
    """Sign in as somebody of the sample, open the page, and keep what the window shows; the size of the file."""
    context = browser.new_context(viewport={"width": shot.width, "height": shot.height}, color_scheme="light")
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.get_by_role("button", name=shot.visitor).click()
    answer = page.goto(f"{address}{shot.path}")
    if answer is None or answer.status != 200:
        raise SystemExit(f"{shot.path} cannot be opened by {shot.visitor}.")
    page.screenshot(path=IMAGES / shot.name)
    context.close()
    return (IMAGES / shot.name).stat().st_size


@contextmanager
def _sample_institution() -> Iterator[str]:
    """The application on a database of its own with the sample in it; the address at which it is served."""
    with tempfile.TemporaryDirectory() as name:
        app = _prepared(Path(name))
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.port}"
        finally:
            server.shutdown()
            thread.join()


def _prepared(instance: Path) -> Flask:
    settings = Settings(
        instance=instance,
        database_url=f"sqlite:///{instance / 'waymark.db'}",
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
        load_sample()
        db.engine.dispose()
    return app


if __name__ == "__main__":
    main()
