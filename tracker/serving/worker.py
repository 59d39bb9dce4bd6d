"""The worker: runs jobs that are due and sends letters that wait, until it is told to stop."""

import logging
import signal
from datetime import timedelta
from types import FrameType

from sqlalchemy.exc import DBAPIError

from tracker.core import jobs, outbox
from tracker.core.config import Settings
from tracker.core.database import db
from tracker.core.outbox import MailServer
from tracker.serving.supervising import StopAsked

SECONDS_IDLE = 1.0
SECONDS_WITHOUT_DATABASE = 5.0
JOBS_AT_ONCE = 20
LETTERS_AT_ONCE = 5
log = logging.getLogger(__name__)


class _StopWorking(StopAsked):
    """Also ends the job at hand, which is put back; a letter at hand is finished, so that none is sent twice."""

    def _note(self, number: int, frame: FrameType | None) -> None:
        super()._note(number, frame)
        if jobs.is_at_work():
            raise jobs.Interrupted(signal.Signals(number).name)


def work(settings: Settings) -> None:
    """Work until SIGINT or SIGTERM. A database that is away for a while is waited for."""
    server = None if settings.mail_url is None else MailServer(settings.mail_url, settings.mail_from)
    stop = _StopWorking()
    is_new = True
    while not stop.came:
        try:
            if is_new:  # what is on its way now was with a worker before this one, which has ended
                outbox.note_cut_off(timedelta(0))
                is_new = False
            if not jobs.run_due(JOBS_AT_ONCE) + outbox.send_waiting(server, LETTERS_AT_ONCE):
                stop.pause(SECONDS_IDLE)
        except jobs.Interrupted:
            return
        except DBAPIError as error:
            log.error("the database does not answer: %s", type(error).__name__)
            db.session.remove()
            stop.pause(SECONDS_WITHOUT_DATABASE)
