"""The worker: runs jobs that are due and sends letters that wait, until it is told to stop.

Each lane is a thread that does one thing after another. Letters have one of their own, so that a sign-in link waits for
no job; jobs have two, so that a long one leaves the way open for the others.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from typing import Any, cast

from flask import Flask, current_app
from sqlalchemy.exc import InterfaceError, OperationalError

from tracker.core import jobs, outbox
from tracker.core.config import Settings
from tracker.core.database import db
from tracker.core.outbox import MailServer
from tracker.serving.supervising import StopAsked

SECONDS_IDLE = 1.0
SECONDS_AFTER_TROUBLE = 5.0
LANES_FOR_JOBS = 2
log = logging.getLogger(__name__)

Step = Callable[[], int]
"""Does the next thing that waits; whether there was one."""


def work(settings: Settings) -> None:
    """Work until SIGINT or SIGTERM. A job at hand is then put back; a letter at hand is finished, so that none is sent
    twice."""
    server = None if settings.mail_url is None else MailServer(settings.mail_url, settings.mail_from)
    steps: list[Step] = [partial(outbox.send_waiting, server, 1), *[partial(jobs.run_due, 1)] * LANES_FOR_JOBS]
    app = cast(Any, current_app)._get_current_object()
    stop = StopAsked()
    with ThreadPoolExecutor(len(steps)) as threads:
        lanes = [threads.submit(_go_on, app, step, stop) for step in steps]
        while not stop.came and not any(lane.done() for lane in lanes):
            stop.pause(SECONDS_IDLE)
        stop.came = True
        while not all(lane.done() for lane in lanes):
            jobs.interrupt()
            wait(lanes, SECONDS_IDLE)
    for lane in lanes:
        lane.result()


def _go_on(app: Flask, step: Step, stop: StopAsked) -> None:
    """Take step after step until told to stop. What goes wrong is logged, and after a pause it goes on: a database that
    is away comes back, and of what else fails others know nothing."""
    with app.app_context():
        while not stop.came:
            try:
                if not step():
                    stop.pause(SECONDS_IDLE)
            except jobs.Interrupted:
                return
            except Exception as error:
                _tell(error)
                db.session.remove()
                stop.pause(SECONDS_AFTER_TROUBLE)


def _tell(error: Exception) -> None:
    """Log what went wrong: where the database does not answer, without a trace."""
    if isinstance(error, InterfaceError | OperationalError):
        log.error("the database does not answer: %s", type(error).__name__)
    else:
        log.error("something went wrong, and is tried again", exc_info=error)
