"""`make screenshots`: take the pictures of docs/images anew, from the sample institution in a real browser."""

import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import which

from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from scripts.instances import prepared, served
from tracker.core import clock
from tracker.core.actor import system
from tracker.core.database import db
from tracker.core.days import month_end
from tracker.programme.commands import proposing
from tracker.programme.queries import catalogue
from tracker.reporting.commands.seals import seal
from tracker.reporting.models import How

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
    Shot("learner-module.png", "Nadia Khoury", "/modules/RESPECT", 360, 900),
    Shot("learner-record.png", "Nadia Khoury", "/record", 360, 900),
    Shot("champion-workspace.png", "Esteban Figueroa", "/units", 1280, 1000),
    Shot("champion-people.png", "Esteban Figueroa", "/units/MED/people", 1280, 1000),
    Shot("champion-what-if.png", "Esteban Figueroa", "/units/MED/what-if", 1280, 1000),
    Shot("champion-coverage.png", "Esteban Figueroa", "/units/MED/coverage", 1280, 1000),
    Shot("department.png", "Esteban Figueroa", "/units/MED", 1280, 1000),
    Shot("institution-table.png", "Marisol Rentería", "/units/SOM/table", 1280, 800),
    Shot("office-who-is-counted.png", "Marisol Rentería", "/units/MED/figure?requirement=ADMISSIONS", 1280, 1000),
    Shot("trends.png", "Marisol Rentería", "/units/SOM/trends", 1280, 1000),
    Shot("office-champions.png", "Marisol Rentería", "/office/champions", 1280, 1000),
    Shot("office-units.png", "Marisol Rentería", "/office/units", 1280, 1000),
    Shot("office-merge.png", "Marisol Rentería", "/office/units/CARD/merge", 1280, 1000),
    Shot("office-roster.png", "Marisol Rentería", "/office/rosters/new", 1280, 1000),
    Shot("office-reports.png", "Marisol Rentería", "/office/reports", 1280, 1000),
    Shot("office-curriculum.png", "Marisol Rentería", "/office/curriculum", 1280, 900),
    Shot("office-preview.png", "Marisol Rentería", "/office/curriculum/proposals/1", 1280, 1000),
    Shot("office-trail.png", "Marisol Rentería", "/office/trail?topic=champions", 1280, 1000),
)


def main() -> None:
    """Serve the sample institution for as long as it takes, and write the pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        app = prepared(Path(folder), sample=True)
        _seal_months(app)
        _propose_a_change(app)
        with served(app) as address:
            _take_all(address)


def _seal_months(app: Flask) -> None:
    """Seal the last months, so that there are reports to look at, and lines of what was reported."""
    with app.app_context():
        actor = system(clock.today())
        for months in (-3, -2, -1):
            seal(actor, month_end(actor.today, months), How.HAND)
        db.engine.dispose()


def _propose_a_change(app: Flask) -> None:
    """Propose that the introductory sequence be required, so that there is a preview to look at."""
    with app.app_context():
        found = catalogue.curriculum()
        intro = next(one for one in found.requirements if one.code == "INTRO")
        proposing.propose_entry(system(clock.today()), replace(intro, level="required"), catalogue.mark_of(found))
        db.engine.dispose()


def _take_all(address: str) -> None:
    with sync_playwright() as playwright:
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


if __name__ == "__main__":
    main()
