"""A page does not wait for long work: it says so after a while, nothing is recorded, and other pages are read."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import settings_for
from tests.support import make, trail
from tests.support.make import Account
from tests.support.pages import Pages
from tests.support.threads import PATIENCE, at_once
from tracker.core import audit, database
from tracker.core.database import db, transaction
from tracker.core.errors import Busy
from tracker.progress.models import Completion
from tracker.wiring import create_app

SECONDS_TO_WAIT = 0.3
SECONDS_OF_LONG_WORK = 3.0


@pytest.fixture
def served(app: Flask, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application as a server has it, beside that of commands and the worker, and less patient than usual."""
    monkeypatch.setattr(database, "SECONDS_TO_WAIT", SECONDS_TO_WAIT)
    served = create_app(settings_for(database_url, tmp_path), is_served=True)
    served.testing = True
    yield served
    with served.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def learner(app: Flask) -> Account:
    """Somebody who has a module to do."""
    make.requirement(make.module("AWARE"))
    return make.learner(make.unit())


def completions() -> int:
    """How many are recorded."""
    db.session.close()
    found = db.session.scalar(select(func.count()).select_from(Completion)) or 0
    db.session.close()
    return found


@contextmanager
def long_work(app: Flask) -> Iterator[None]:
    """Facts are being taken in, by a thread of its own, until this ends."""
    begun, over = Event(), Event()

    def take_in() -> None:
        with app.app_context(), transaction(make.by(), is_long=True) as tx:
            tx.lock_shape()
            begun.set()
            over.wait(PATIENCE)

    db.session.close()
    thread = Thread(target=take_in)
    thread.start()
    assert begun.wait(PATIENCE)
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_nothing_is_recorded_meanwhile_and_pages_are_read(app: Flask, served: Flask, learner: Account) -> None:
    pages = Pages(served)
    pages.sign_in(learner)
    form = pages.get("learner.log", query={"module": "AWARE"})
    with long_work(app):
        page = pages.submit(form, status=503)
        assert page.h1 == "Nothing can be recorded at the moment"
        assert "Nothing of what you sent was recorded." in page.text
        assert page.headers["Retry-After"] == "60"
        assert pages.get("learner.home").path == "/"
    assert completions() == 0

    assert pages.submit(form).texts(".lede p")[0] == "Recorded. It counts at once."
    assert completions() == 1


def test_all_threads_of_a_server_are_soon_free_again(app: Flask, served: Flask, learner: Account) -> None:
    pages = [Pages(served) for _ in range(4)]
    for one in pages:
        one.sign_in(learner)
    forms = [one.get("learner.log", query={"module": "AWARE"}) for one in pages]
    with long_work(app), ThreadPoolExecutor(5) as threads:
        began = time.monotonic()
        sent = [threads.submit(one.submit, form, status=503) for one, form in zip(pages, forms, strict=True)]
        read = threads.submit(Pages(served).get, "accounts.sign_in")
        assert read.result(PATIENCE).h1 == "Sign in"
        assert {one.result(PATIENCE).status for one in sent} == {503}
        assert time.monotonic() - began < SECONDS_OF_LONG_WORK
    assert completions() == 0


def test_commands_and_the_worker_wait_to_the_end(app: Flask) -> None:
    person = make.person(unit=make.unit())

    def log() -> int:
        with app.app_context():
            return make.completion(person, make.module())

    with ThreadPoolExecutor(1) as threads:
        with long_work(app):
            waiting = threads.submit(log)
            with pytest.raises(TimeoutError):
                waiting.result(1.0)
        assert waiting.result(PATIENCE)
    assert completions() == 1


def test_no_page_waits_behind_long_work_however_close_it_comes(app: Flask, served: Flask) -> None:
    """Long work begins while pages write without a pause, and gets its turn; none of them waits for its end."""
    if db.engine.dialect.name == "postgresql":
        return  # there, each wait has its limit in the server
    over = Event()
    db.session.close()

    def write(number: int) -> tuple[int, float]:
        written, longest = 0, 0.0
        while not over.is_set():
            began = time.monotonic()
            try:
                with transaction(make.by()) as tx:
                    audit.record(tx, "test.done", "test", number)
                written += 1
            except Busy:
                pass
            longest = max(longest, time.monotonic() - began)
        return written, longest

    def take_in() -> tuple[int, float]:
        time.sleep(0.5)
        try:
            with app.app_context(), transaction(make.by(), is_long=True):
                time.sleep(SECONDS_OF_LONG_WORK)
            return 1, 0.0
        finally:
            over.set()

    found = at_once(served, [take_in, *(partial(write, number) for number in range(4))])
    db.session.close()
    _, *pages = [one for one in found if isinstance(one, tuple)]
    assert len(pages) == 4, found
    assert max(longest for _, longest in pages) < SECONDS_OF_LONG_WORK / 2
    assert all(written for written, _ in pages)
    assert [len(trail.verbs(f"test:{number}")) for number in range(4)] == [written for written, _ in pages]
