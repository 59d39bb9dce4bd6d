"""A rule is changed, and the worker that works it in is killed: the figures come out exact all the same."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from tests.support import make
from tracker.core import jobs
from tracker.core.database import db
from tracker.core.jobs import JobState
from tracker.curriculum import commands as curriculum
from tracker.progress.figures import check
from tracker.progress.models import Revision, Stage

ROOT = Path(__file__).resolve().parent.parent.parent
SHORT_LEASE = """
import sys
from datetime import timedelta
from pathlib import Path
from tests.conftest import settings_for
from tracker.core import jobs
from tracker.serving import worker
from tracker.wiring import create_app
jobs.LEASE, jobs.SECONDS_BETWEEN_BEATS = timedelta(seconds=1), 0.3
app = create_app(settings_for(sys.argv[1], Path(sys.argv[2])))
with app.app_context():
    worker.work(app.config["SETTINGS"])
"""


def start(url: str, folder: Path) -> subprocess.Popen[bytes]:
    """The real worker, with a lease of a second."""
    command = [sys.executable, "-c", SHORT_LEASE, url, str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)


def building() -> int:
    """How many revisions are not yet worked in."""
    query = select(func.count()).select_from(Revision).where(Revision.stage == Stage.BUILDING)
    found = db.session.scalar(query) or 0
    db.session.close()
    return found


def reached() -> int:
    """Up to which person the revision has been built."""
    found = db.session.scalar(select(Revision.built_to).where(Revision.stage == Stage.BUILDING)) or 0
    db.session.close()
    return found


def test_the_worker_is_killed_while_it_works_a_rule_in(app: Flask, database_url: str, tmp_path: Path) -> None:
    unit = make.unit()
    module = make.module()
    requirement = make.requirement(module)
    for number in range(60):
        person = make.person(unit=unit)
        if number % 2:
            make.completion(person, module)
    changed = make.Requirement(
        code=requirement.code,
        title=requirement.title,
        modules=requirement.modules,
        level="required",
        first=requirement.first,
        due={"days_after_start": 30},
    )
    curriculum.set_requirement(make.by(), changed)
    assert building() == 1

    worker = start(database_url, tmp_path)
    until = time.monotonic() + 60
    while building() and not reached():
        assert time.monotonic() < until
        time.sleep(0.005)
    worker.kill()
    worker.wait()
    worker = start(database_url, tmp_path)
    while building() or jobs.counts()[JobState.QUEUED] + jobs.counts()[JobState.RUNNING]:
        db.session.close()
        assert time.monotonic() < until
        time.sleep(0.1)
    worker.send_signal(signal.SIGTERM)

    assert worker.wait(20) == 0
    db.session.close()
    assert list(check.differences()) == []
    assert jobs.failed() == []
