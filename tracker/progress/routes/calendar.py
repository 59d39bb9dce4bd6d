"""Due days for a calendar of one's own."""

import hashlib
from datetime import date, timedelta

from flask import Response, current_app
from flask.typing import ResponseReturnValue
from icalendar import Calendar, Event

from tracker.core import clock
from tracker.core.actor import Right
from tracker.core.errors import NotFound
from tracker.core.words import PRODUCT_NAME
from tracker.progress.queries.standing import Group, Reason, Task, standing
from tracker.progress.routes.blueprint import bp, me
from tracker.progress.routes.wording import part_of
from tracker.web.access import needs
from tracker.web.addresses import absolute_url


@bp.route("/why/<int:requirement_id>/<int:module_id>/due.ics")
@needs(Right.RECORDS_READ_OWN)
def due_day(requirement_id: int, module_id: int) -> ResponseReturnValue:
    """The day on which a module is due for me, or lapses, as an event of that day."""
    who, person_id = me()
    for task in standing(person_id, who.today).tasks:
        for reason in task.reasons:
            if (reason.requirement_id, task.module_id) == (requirement_id, module_id) and reason.says.due_on:
                return _download(_calendar(task, reason, person_id, reason.says.due_on))
    raise NotFound(f"due day of {requirement_id}/{module_id}")


def _calendar(task: Task, reason: Reason, person_id: int, due_on: date) -> bytes:
    page = absolute_url("learner.module", code=task.code)
    lapses = reason.group is Group.DONE
    event = Event()
    event.add("uid", _uid(person_id, reason.requirement_id, task.module_id, due_on))
    event.add("dtstamp", clock.now())
    event.add("dtstart", due_on)
    event.add("dtend", due_on + timedelta(days=1))
    event.add("summary", f"{'Lapses' if lapses else 'Due'}: {task.title}")
    event.add("description", f"{part_of(task)}\n{page}")
    event.add("url", page)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    calendar = Calendar()
    calendar.add("prodid", f"-//{PRODUCT_NAME}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _uid(person_id: int, requirement_id: int, module_id: int, due_on: date) -> str:
    """Names the event for good: fetched again it takes the place of the first. Each year's has its own."""
    key = f"{current_app.secret_key!r}:{person_id}:{requirement_id}:{module_id}:{due_on.year}"
    return f"{hashlib.sha256(key.encode()).hexdigest()[:32]}@{PRODUCT_NAME.lower()}"


def _download(content: bytes) -> Response:
    answer = Response(content, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'attachment; filename="due.ics"'
    return answer
