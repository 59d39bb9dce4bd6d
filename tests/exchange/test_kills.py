"""`data load --replace` killed at any moment: facts are those before or those after, and figures agree with them."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from flask import Flask

from benchmarks.institution import write
from tests.support.folders import contents, dumped
from tests.support.seed import value
from tracker.core.actor import system
from tracker.core.clock import today
from tracker.core.database import db
from tracker.exchange import commands
from tracker.progress.figures.check import differences

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0


class Loading:
    """A load in a process of its own."""

    def __init__(self, url: str, instance: Path, folder: Path) -> None:
        command = [sys.executable, "-m", "tests.support.steps_load", url, str(instance), str(folder)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def wait_for(self, word: str) -> float:
        """Wait until the process says a word; how long that took."""
        started = time.monotonic()
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line == f"{word}\n":
                return time.monotonic() - started
        raise AssertionError(f"the load ended with {self.process.wait(PATIENCE)} before it said {word!r}")

    def kill(self) -> None:
        """End it without any warning."""
        self.process.kill()
        self.process.communicate(timeout=PATIENCE)


@pytest.fixture
def moments(app: Flask, database_url: str, tmp_path: Path) -> Iterator["Moments"]:
    """A database in which one of two institutions is loaded, again and again."""
    yield Moments(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path)
    shutil.rmtree(tmp_path / "dump", ignore_errors=True)


class Moments:
    """Loads one institution in the place of the other, kills that, and looks what is there."""

    def __init__(self, url: str, place: Path) -> None:
        self.url, self.place = url, place
        self.before_commit = self.commit = 0.0
        self.folders: list[Path] = []
        self.dumps: list[dict[str, bytes]] = []
        self.now = 0

    def prepare(self, people: int) -> None:
        """Load both once, undisturbed, and measure the second."""
        for number in (0, 1):
            folder = self.place / f"institution-{number}"
            write(folder, people, today() - timedelta(days=number), seed=number + 1)
            self.folders.append(folder)
            if number == 0:
                commands.load(system(today()), folder)
            else:
                loading = self.start(number)
                loading.wait_for("loading")
                self.before_commit = loading.wait_for("committing")
                self.commit = loading.wait_for("loaded")
                loading.kill()
            self.dumps.append(self.dump())
        self.now = 1
        assert self.dumps[0] != self.dumps[1]

    def start(self, number: int) -> Loading:
        """Begin to load one of the two."""
        return Loading(self.url, self.place, self.folders[number])

    def dump(self) -> dict[str, bytes]:
        """What is there."""
        shutil.rmtree(self.place / "dump", ignore_errors=True)
        found = dumped(self.place / "dump")
        db.session.close()
        return found

    def kill_at(self, word: str, seconds: float) -> None:
        """Kill so long after a word; whole or not at all is what was being loaded."""
        other = 1 - self.now
        loading = self.start(other)
        loading.wait_for(word)
        time.sleep(seconds)
        loading.kill()
        found = self.dump()
        assert found in self.dumps, (word, seconds)
        self.now = self.dumps.index(found)
        if word == "loaded":
            assert self.now == other, "what was said to be loaded is there"
        assert list(differences()) == [], (word, seconds)
        db.session.close()


def random_moments(moments: Moments, rnd: Random, how_many: int) -> list[tuple[str, float]]:
    """Moments before, during and just after the commit."""
    found = [("loading", moments.before_commit * rnd.random()) for _ in range(how_many // 2)]
    found += [("committing", 1.2 * moments.commit * rnd.random()) for _ in range(how_many - how_many // 2 - 2)]
    return [*found, ("committing", 0.0), ("loaded", 0.0)]


def test_a_load_killed_at_a_few_moments(moments: Moments) -> None:
    moments.prepare(people=150)
    for word, seconds in random_moments(moments, Random(value(5)), 5):
        moments.kill_at(word, seconds)


@pytest.mark.slow
def test_a_load_killed_at_twenty_moments(moments: Moments) -> None:
    """Large enough for the second process that works spans out."""
    moments.prepare(people=2_500)
    for word, seconds in random_moments(moments, Random(value(6)), 20):
        moments.kill_at(word, seconds)


@pytest.mark.slow
def test_a_first_load_killed_at_ten_moments(app: Flask, database_url: str, tmp_path: Path) -> None:
    moments = Moments(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path)
    write(tmp_path / "institution", 500, date(2026, 11, 22))
    moments.folders = [tmp_path / "institution"]
    empty, rnd = moments.dump(), Random(value(7))
    for _ in range(10):
        loading = moments.start(0)
        loading.wait_for("loading")
        time.sleep(rnd.random() * 0.5)
        loading.kill()
        found = moments.dump()
        if found != empty:
            assert found["people.csv"].count(b"\n") == 501
            break
    assert list(differences()) == []
    db.session.close()
    commands.load(system(today()), tmp_path / "institution", replace=True)
    assert moments.dump()["people.csv"] == contents(tmp_path / "institution")["people.csv"]
