"""`flask --app app serve` as an operator runs it: in a copy of the project, on a free port."""

import fcntl
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest

from tests.support.postgres import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT = ("app.py", "data", "migrations", "static", "templates", "tracker")
READY = "Stop it with Ctrl+C."
SECONDS_TO_START = 120.0
SHELLS_UMASK = 0o022
"""What files of an operator are by default: for everybody to read."""


@dataclass(frozen=True, slots=True)
class Project:
    """A copy of the project with an instance of its own."""

    folder: Path
    port: int

    def environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        """Almost nothing: no home, no locale."""
        return {"PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1", "PORT": str(self.port), **settings}

    def flask(self, *words: str, **settings: str) -> tuple[int, str]:
        """Run a command to its end: its exit code, and all that it says."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", *words],
            cwd=self.folder,
            env=self.environment(settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS_TO_START,
            check=False,
            umask=SHELLS_UMASK,
        )
        return done.returncode, done.stdout

    @contextmanager
    def serving(self, **settings: str) -> Iterator["Served"]:
        """The running server, once it says where it is."""
        log = self.folder / "log"
        with log.open("w") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "app", "serve"],
                cwd=self.folder,
                env=self.environment(settings),
                stdout=out,
                stderr=subprocess.STDOUT,
                process_group=0,
                umask=SHELLS_UMASK,
            )
            served = Served(process, log, f"http://127.0.0.1:{self.port}")
            try:
                served.wait_until(lambda: READY in served.said)
                yield served
            finally:
                process.terminate()
                process.wait(40)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What the instance's own database holds."""
        with sqlite3.connect(self.folder / "instance" / "waymark.db") as connection:
            found = connection.execute(query).fetchall()
        connection.close()
        return found


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs."""

    process: subprocess.Popen[bytes]
    log: Path
    url: str

    @property
    def said(self) -> str:
        """All it has said so far."""
        return self.log.read_text(encoding="utf-8")

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Wait for something, as long as the server lives."""
        until = time.monotonic() + SECONDS_TO_START
        while not holds():
            assert self.process.poll() is None, self.said
            assert time.monotonic() < until, self.said
            time.sleep(0.1)

    def children(self) -> list[int]:
        """The processes that the server has started."""
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy of the project; nothing has been started yet."""
    for name in PROJECT:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    (tmp_path / "instance").mkdir()
    return Project(tmp_path, free_port())


@pytest.fixture
def migrated(project: Project, sqlite_template: Path) -> dict[str, str]:
    """Settings with a database of one's own that has all its tables and nothing in them."""
    shutil.copy(sqlite_template, project.folder / "own.db")
    return {"DATABASE_URL": f"sqlite:///{project.folder}/own.db"}


def test_the_first_start_loads_the_sample_and_the_second_keeps_what_is_there(project: Project) -> None:
    with project.serving() as served:
        said = served.said
        assert f"Waymark is at http://127.0.0.1:{project.port}" in said
        assert "Nadia Khoury (Learner): " in said
        assert "(Administrator): " in said
        status, page = served.get("/sign-in")
        assert status == 200
        assert "Look around as somebody" in page
        sheet = re.search(r'href="(/static/waymark\.css\?v=\w+)"', page)
        assert sheet is not None
        assert served.get(sheet[1])[0] == 200
        assert served.get("/nowhere")[0] == 404
    assert served.process.returncode == 0
    assert served.said.endswith("Stopped.\n")
    assert "Traceback" not in served.said
    people = project.rows("SELECT COUNT(*) FROM person")
    assert people == [(2400,)]
    rows = project.rows("SELECT id, session_key FROM account ORDER BY id")

    with project.serving() as served:
        assert "loading" not in served.said
        assert "Nadia Khoury (Learner): " in served.said
        assert served.get("/sign-in")[0] == 200
    assert project.rows("SELECT id, session_key FROM account ORDER BY id") == rows
    assert not (project.folder / "instance" / "backups").exists()


def test_a_database_of_ones_own_gets_no_sample_and_outlives_a_kill(project: Project) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{project.folder}/instance/own.db"}
    with project.serving(**settings) as served:
        modes = {file.name: file.stat().st_mode & 0o077 for file in (project.folder / "instance").iterdir()}
        assert modes["own.db"] == modes["secret_key"] == 0
        assert "Nobody can sign in yet." in served.said
        assert "accounts add you@example.edu --role office" in served.said
        assert "Look around" not in served.get("/sign-in")[1]
        children = served.children()
        served.process.kill()
        served.process.wait()
        until = time.monotonic() + 30
        while any(Path(f"/proc/{child}").exists() for child in children):
            assert time.monotonic() < until, "something is left running"
            time.sleep(0.1)
    code, said = project.flask("accounts", "add", "you@example.edu", "--role", "office", **settings)
    assert code == 0
    link = re.search(rf"http://127\.0\.0\.1:{project.port}(/sign-in/\S+)", said)
    assert link is not None
    with project.serving(**settings) as served:
        assert "Nobody can sign in yet." not in served.said
        assert "Sign in as you@example.edu" in served.get(link[1])[1]


def test_on_postgresql(project: Project, postgres_url: str) -> None:
    with psycopg.connect(f"{postgres_url}/postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS serving WITH (FORCE)")
        connection.execute("CREATE DATABASE serving")
    with project.serving(DATABASE_URL=f"{postgres_url}/serving") as served:
        assert served.get("/sign-in")[0] == 200
    assert served.process.returncode == 0


def test_a_database_is_copied_aside_before_a_migration(project: Project, migrated: dict[str, str]) -> None:
    with sqlite3.connect(project.folder / "own.db") as connection:
        connection.execute(
            "INSERT INTO account (email, role, session_key, is_sample, created_at)"
            " VALUES ('you@example.edu', 'office', 'a key', 0, '2026-01-01 00:00:00')"
        )
    connection.close()
    head = max((project.folder / "migrations" / "versions").glob("*.py"))
    revision = re.search(r'^revision = "(\w+)"', head.read_text(), re.MULTILINE)
    assert revision is not None
    (project.folder / "migrations" / "versions" / "9999_later.py").write_text(
        f'revision = "9999_later"\ndown_revision = "{revision[1]}"\n\n'
        'from alembic import op\n\n\ndef upgrade():\n    op.execute("CREATE TABLE later (id INTEGER)")\n'
    )

    with project.serving(**migrated) as served:
        copies = list((project.folder / "instance" / "backups").iterdir())
        assert [copy.name.startswith(f"waymark-{revision[1]}-") for copy in copies] == [True]
        assert f"The database was copied to {copies[0]} before" in served.said
    with sqlite3.connect(copies[0]) as connection:
        assert connection.execute("SELECT email FROM account").fetchall() == [("you@example.edu",)]
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(revision[1],)]
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    with sqlite3.connect(project.folder / "own.db") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999_later",)]
    connection.close()

    with project.serving(**migrated):
        assert len(list((project.folder / "instance" / "backups").iterdir())) == 1
    (project.folder / "migrations" / "versions" / "9999_later.py").unlink()
    code, said = project.flask("serve", **migrated)
    assert (code, said) == (
        1,
        "Error: This database is of a later release (schema 9999_later). Start that release, or a newer one.\n",
    )


def test_when_one_process_ends_by_itself_the_other_does_not_go_on_alone(
    project: Project, migrated: dict[str, str]
) -> None:
    with project.serving(**migrated) as served:
        worker = next(
            child for child in served.children() if "worker" in Path(f"/proc/{child}/cmdline").read_text().split("\0")
        )
        os.kill(worker, signal.SIGKILL)
        assert served.process.wait(30) == 1
        assert "Error: The worker ended by itself, so everything was stopped." in served.said
        with pytest.raises(urllib.error.URLError):
            served.get("/sign-in")


def test_on_all_addresses_behind_https_until_control_c(project: Project, migrated: dict[str, str]) -> None:
    outside = {"HOST": "0.0.0.0", "PUBLIC_URL": "https://waymark.example.edu"}
    with project.serving(**outside, **migrated) as served:
        assert "Waymark is at https://waymark.example.edu" in served.said
        with urllib.request.urlopen(f"{served.url}/sign-in", timeout=20) as answer:
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
            assert "; Secure" in answer.headers["Set-Cookie"]
        os.killpg(served.process.pid, signal.SIGINT)
        assert served.process.wait(30) == 0
    assert served.said.endswith("\nStopped.\n")
    assert "Traceback" not in served.said


def test_a_setting_that_cannot_work_is_told_in_one_line(project: Project) -> None:
    line = "Error: PORT must be a number from 1 to 65535, not 'eighty'.\n"
    assert project.flask("serve", PORT="eighty") == (1, line)


def test_what_commands_make_is_for_nobody_else_to_read(project: Project) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{project.folder}/own.db"}
    assert project.flask("db", "upgrade", **settings)[0] == 0
    assert project.flask("report", "status", "--output", f"{project.folder}/status.csv", **settings)[0] == 0
    made = [project.folder / "own.db", project.folder / "status.csv", project.folder / "instance" / "secret_key"]
    assert [file.stat().st_mode & 0o077 for file in made] == [0, 0, 0]


def test_another_server_keeps_its_own_ways(project: Project) -> None:
    """What such a server makes for others, as the socket of its proxy, is not changed by what it serves."""
    done = subprocess.run(
        [sys.executable, "-c", "import os; from app import app; print(os.umask(0), app.config['IS_SERVED'])"],
        cwd=project.folder,
        env=project.environment({}),
        capture_output=True,
        text=True,
        umask=SHELLS_UMASK,
        check=True,
    )
    assert done.stdout == f"{SHELLS_UMASK} True\n"


def test_while_facts_are_taken_in_no_page_hangs(project: Project, migrated: dict[str, str]) -> None:
    with project.serving(**migrated) as served:
        visitors = [Visitor(served.url) for _ in range(6)]
        with long_work(project.folder / "own.db"), ThreadPoolExecutor(len(visitors)) as threads:
            began = time.monotonic()
            answers = [threads.submit(visitor.sign_in) for visitor in visitors]
            assert served.get("/sign-in")[0] == 200
            assert [answer.result(60) for answer in answers] == [503] * len(visitors)
            assert time.monotonic() - began < 15
            with sqlite3.connect(project.folder / "own.db") as connection:
                assert connection.execute("SELECT COUNT(*) FROM attempt").fetchall() == [(0,)]
            connection.close()
        assert visitors[0].sign_in() == 422


@contextmanager
def long_work(database: Path) -> Iterator[None]:
    """What `data load` holds, held by this process."""
    with ExitStack() as files:
        for name in ("long", "pages", "turn"):
            file = files.enter_context(open(f"{database}-{name}", "a"))
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Visitor:
    """Somebody with the form to sign in before her."""

    def __init__(self, url: str) -> None:
        self.url = f"{url}/sign-in"
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with self.browser.open(self.url, timeout=20) as page:
            token = re.search(r'name="csrf_token" value="([^"]+)"', page.read().decode())
        assert token is not None
        self.form = {"csrf_token": token[1], "email": "nobody@example.edu", "password": "not the password"}

    def sign_in(self) -> int:
        """Send it; the status of the answer."""
        try:
            with self.browser.open(self.url, urlencode(self.form).encode(), timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
