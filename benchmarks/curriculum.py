"""Measures a change of the curriculum: its preview, and what learners wait for while the new rule is worked in.

python benchmarks/curriculum.py --people 100000 --database sqlite
"""

import argparse
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

# Started as a script: let the project be found, and nothing in this folder by its bare name.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from flask import Flask  # noqa: E402
from sqlalchemy import func, select  # noqa: E402

from benchmarks import client, institution, visitors  # noqa: E402
from benchmarks.measure import Wrong, postgresql, sqlite, tell  # noqa: E402
from benchmarks.processes import FLASK, ROOT, flask, served  # noqa: E402
from benchmarks.visitors import Cast  # noqa: E402
from tests.support import postgres  # noqa: E402
from tracker.core import clock, config  # noqa: E402
from tracker.core.actor import system  # noqa: E402
from tracker.core.database import db  # noqa: E402
from tracker.curriculum.queries import curriculum  # noqa: E402
from tracker.programme.commands import previewing, proposing  # noqa: E402
from tracker.programme.queries.proposals import proposal  # noqa: E402
from tracker.progress.models import Revision, Stage  # noqa: E402
from tracker.serving.supervising import server_command  # noqa: E402
from tracker.wiring import create_app  # noqa: E402

AT_A_TIME = 50
LONGEST = 0.2
"""Seconds that a learner's page or write may take while a rule is worked in."""


def main() -> None:
    """Measure what the command line asks for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--facts", type=Path, help="a folder to keep the made-up facts in, for further runs")
    given = parser.parse_args()
    opened = {"sqlite": sqlite, "postgresql": postgresql}[given.database]
    with TemporaryDirectory(prefix="waymark-bench-") as own, opened() as database:
        today = datetime.now(UTC).date()
        folder = (given.facts or Path(own)) / f"{given.people}-{today}"
        if not folder.exists():
            tell(f"Making up {given.people:,} people")
            institution.write(folder, given.people, today)
        port = postgres.free_port()
        environment = {
            **os.environ,
            "DATABASE_URL": database.url,
            "SECRET_KEY": secrets.token_urlsafe(32),
            "TIME_ZONE": "UTC",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "PUBLIC_URL": "",
        }
        flask(environment, "db", "upgrade")
        tell(f"Loading took {flask(environment, 'data', 'load', str(folder)).seconds:.0f} s")
        settings = config.from_environment(ROOT / "instance", environment)
        cast = visitors.make_cast(settings, Random(given.people))  # noqa: S311 - who asks is made up
        app = create_app(settings)
        number = _preview(app)
        _work_in(app, environment, port, cast, number)


def _preview(app: Flask) -> int:
    """Propose another due rule for every requirement in turn and time each preview; the last proposal."""
    number = 0
    with app.app_context():
        found = curriculum()
        for one in found.requirements:
            changed = replace(one, due={"days_after_start": 77}, level="required")
            others = tuple(changed if other is one else other for other in found.requirements)
            number = proposing.propose_file(system(clock.today()), replace(found, requirements=others))
            began = time.perf_counter()
            previewing.work_out(number)
            seconds = time.perf_counter() - began
            view = proposal(number)
            if view.preview is None:
                raise Wrong(f"there is no preview: {view.problem}")
            tell(f"Preview of {one.code}, {len(one.modules)} modules, {view.total:,} people: {seconds:.1f} s")
            db.session.close()
        db.engine.dispose()
    return number


def _work_in(app: Flask, environment: Mapping[str, str], port: int, cast: Cast, number: int) -> None:
    """Save a proposal, let the worker work it in, and ask as learners all the while."""
    with app.app_context():
        proposing.save(system(clock.today()), number)
    rng = Random(number)  # noqa: S311 - who asks is made up
    seconds: dict[str, list[float]] = {"a learner's page": [], "a learner's write": []}
    with served(environment, port, server_command("127.0.0.1", port, ROOT)), _worker(environment):
        client.play(port, [one.request for one in visitors.requests_for("learner home", cast, AT_A_TIME, rng)], 1)
        began = time.perf_counter()
        while _is_building(app):
            asked = visitors.requests_for("learner home", cast, AT_A_TIME, rng)
            answers = client.play(port, [one.request for one in asked], 1).answers
            for one, answer in zip(asked, answers, strict=True):
                seconds["a learner's write" if one.writes else "a learner's page"].append(answer.seconds)
        tell(f"Working it in took {time.perf_counter() - began:.0f} s")
    for what, took in seconds.items():
        _told(what, took)


def _told(what: str, seconds: Sequence[float]) -> None:
    ordered = sorted(seconds)
    p95 = ordered[int(len(ordered) * 0.95)]
    verdict = "reached" if ordered[-1] <= LONGEST else "missed"
    tell(
        f"Meanwhile {what}: {len(ordered):,} times, p95 {p95 * 1000:.1f} ms, longest {ordered[-1] * 1000:.0f} ms"
        f" (at most {LONGEST * 1000:.0f} ms): {verdict}"
    )


def _is_building(app: Flask) -> bool:
    with app.app_context():
        found = db.session.scalar(select(func.count()).where(Revision.stage != Stage.LIVE)) or 0
        db.session.close()
    return found > 0


@contextmanager
def _worker(environment: Mapping[str, str]) -> Iterator[None]:
    command = [*FLASK, "worker"]
    worker = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)  # noqa: S603 - our own
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(30)


if __name__ == "__main__":
    main()
