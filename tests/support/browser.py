"""A real Chromium, and the real server on the sample institution for it to visit; all on loopback."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    sync_playwright,
)

from tests.support.postgres import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT = ("app.py", "data", "migrations", "static", "templates", "tracker")
SECONDS_TO_START = 90.0
READY = "Stop it with Ctrl+C."
CHROMIUM = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
AXE_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
LOOK = Path(__file__).with_name("look.js").read_text(encoding="utf-8")
WIDE, PHONE = 1280, 360
NARROW = 320
"""The width of a window on a small phone, and of one of 1,280 pixels at 400 %."""
MOST_BYTES = 150_000
"""What a page may weigh, beside the shared assets and before it is compressed."""


@dataclass(frozen=True, slots=True)
class Installation:
    """A running installation of its own: `url` is its address, `folder` a copy of the project with its instance."""

    url: str
    folder: Path
    environment: Mapping[str, str]

    def flask(self, *words: str) -> str:
        """What a command of the command line prints, beside the running server."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", *words],
            cwd=self.folder,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout


@contextmanager
def installation(folder: Path, **settings: str) -> Iterator[Installation]:
    """Copy the project into a folder, start it with its own command, and stop it at the end.

    Without settings it is the sample institution, whose accounts can be entered without a password.
    """
    for name in PROJECT:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    (folder / "instance").mkdir()
    port = free_port()
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "PYTHONUTF8": "1",
        "PORT": str(port),
    } | settings
    log = folder / "serve.log"
    with log.open("w", encoding="utf-8") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "app", "serve"],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_ready(server, log)
            yield Installation(f"http://127.0.0.1:{port}", folder, environment)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)


def _wait_until_ready(server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while READY not in (said := log.read_text(encoding="utf-8")):
        assert server.poll() is None, f"the server ended by itself:\n{said}"
        assert time.monotonic() < until, f"the server did not start in time:\n{said}"
        time.sleep(0.1)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The distribution's Chromium, without a screen."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watch:
    """What goes wrong in a browser while nobody looks: errors on the console, requests to elsewhere, failed answers.

    The browser's own note on a page that came with an error's status is no error of the page.
    """

    url: str
    problems: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Listen to all pages of a context."""
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"script failed: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.url}/", "data:")):
            self.problems.append(f"a request leads away: {request.url}")

    def _response(self, response: Response) -> None:
        is_page = response.request.is_navigation_request()
        if response.status >= 500 or (response.status >= 400 and not is_page):
            self.problems.append(f"{response.status}: {response.url}")


_SIGNED_IN: dict[tuple[str, str], tuple[list[Any], str]] = {}


class Visitor:
    """Somebody at a browser: one page, watched from the first click to the last."""

    def __init__(self, browser: Browser, url: str, *, scripts: bool = True, width: int = WIDE) -> None:
        self.url, self.scripts, self.width = url, scripts, width
        self.watch = Watch(url)
        self.context = browser.new_context(
            base_url=url,
            java_script_enabled=scripts,
            viewport={"width": width, "height": 800},
            service_workers="block",
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(10_000)
        self.watch.over(self.context)
        self.page: Page = self.context.new_page()

    def enter(self, name: str) -> None:
        """Sign in as somebody of the sample institution, by the button on the sign-in page.

        Whoever did so before comes back with the same cookies to the page that signing in leads to.
        """
        cookies, first_page = _SIGNED_IN.get((self.url, name), ([], "/sign-in"))
        self.context.add_cookies(cookies)
        self.page.goto(first_page)
        if self.path == "/sign-in":
            self.press(f"Sign in as {name}")
            _SIGNED_IN[self.url, name] = [*self.context.cookies()], self.path

    def press(self, words: str) -> None:
        """Press the button with these words."""
        self.go(self.page.get_by_role("button", name=words, exact=True))

    def follow(self, words: str) -> None:
        """Follow the link with these words."""
        self.go(self.page.get_by_role("link", name=words, exact=True))

    def go(self, to_click: Locator) -> None:
        """Click, and wait until the page it leads to is there."""
        with self.page.expect_navigation():
            to_click.click()

    @property
    def heading(self) -> str:
        """What the page is about."""
        return even(self.page.locator("h1").inner_text())

    @property
    def path(self) -> str:
        """Where the visitor is, without the server's name."""
        return self.page.url.removeprefix(self.url)

    def texts(self, selector: str) -> list[str]:
        """What the elements that fit say, blanks evened out."""
        return [even(text) for text in self.page.locator(selector).all_inner_texts()]

    def look(self, state: str = "") -> None:
        """Note what is wrong with the page as it stands; that fails the test as soon as the browser is left.

        Each kind of browser must show it no wider than its window; a wide one with scripts tries the other widths,
        and the dark, for all of them.
        """
        found = faults(self, in_the_dark=True) if self.is_wide and self.scripts else too_wide(self.page)
        self.watch.problems += [f"{self.path} {state}: {one}" for one in found]

    @property
    def is_wide(self) -> bool:
        """Whether it is the window of a desk, not of a phone."""
        return self.width >= WIDE

    def leave(self) -> None:
        """Close the browser; whatever went wrong unseen fails the test."""
        self.context.close()
        assert not self.watch.problems, "\n".join(self.watch.problems)


def link_in(text: str, site: Installation) -> str:
    """The one-time link in a text."""
    found = re.findall(rf"{re.escape(site.url)}/sign-in/\S+", text)
    assert len(found) == 1, text
    return str(found[0])


def even(text: str) -> str:
    """A text with every run of blanks, no-break ones too, as a single blank."""
    return re.sub(r"\s+", " ", text).strip()


def too_wide(page: Page) -> list[str]:
    """By how much a page is wider than its window."""
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{wider} pixels wider than the window"] if wider > 0 else []


def violations(page: Page) -> list[str]:
    """What axe finds on a page, a line for each kind, with the first places.

    The window is as high as the page meanwhile, so that where it happens to be scrolled to makes no difference: a
    bar that stays at the foot of the window would cover this box one day and that one the next.
    """
    window = page.viewport_size
    assert window is not None
    height = max(window["height"], page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": window["width"], "height": height})
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations'], preload: false})", list(AXE_RULES)
    )
    page.set_viewport_size(window)
    return [
        f"{one['id']} ({one['help']}): {'; '.join(str(node['target']) for node in one['nodes'][:3])}"
        for one in found["violations"]
    ]


def faults(visitor: Visitor, *, in_the_dark: bool = False) -> Iterator[str]:
    """What is wrong with the page that a visitor has before her: wide and in light, narrow, and in dark if wanted.

    What stands in panels is looked at too.
    """
    page, before = visitor.page, visitor.page.viewport_size
    page.evaluate("for (const panel of document.querySelectorAll('main details')) panel.open = true")
    page.keyboard.press("Tab")
    yield from page.evaluate(LOOK)
    yield from violations(page)
    page.set_viewport_size({"width": NARROW, "height": 740})
    yield from (f"narrow: {found}" for found in page.evaluate(LOOK))
    if in_the_dark:
        page.emulate_media(color_scheme="dark")
        yield from (f"dark and narrow: {found}" for found in violations(page))
        page.emulate_media(color_scheme="light")
    if before is not None:
        page.set_viewport_size(before)
