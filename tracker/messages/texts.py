"""What letters say: the words of a message as one person reads them, and letters that hold one message or several."""

import re
from collections.abc import Sequence
from datetime import date

from flask import render_template

from tracker.core.words import NO_BREAK_SPACE, day, sentence_list
from tracker.messages.letters import Content
from tracker.messages.models import Message
from tracker.messages.tasks import Task
from tracker.progress.rules import Level, Status

NAME = "{name}"
NAMELESS = "colleague"
IN_BRACES = re.compile(r"\{[^{}\n]*\}")


def placeholders(text: str) -> list[str]:
    """What stands in braces, each once."""
    return list(dict.fromkeys(IN_BRACES.findall(text)))


def unknown_placeholders(text: str) -> list[str]:
    """What stands in braces and means nothing here."""
    return [found for found in placeholders(text) if found != NAME]


def personal(text: str, name: str, unit: str, written_as: str, tasks: Sequence[Task] | None, today: date) -> str:
    """A message as one person reads it; `tasks` is what is left for her to do, or none where that is not added."""
    return _plain(
        render_template(
            "mail/message.txt",
            text=text.replace(NAME, name or NAMELESS).strip(),
            unit=unit,
            written_as=written_as,
            tasks=None if tasks is None else [task_line(task) for task in tasks],
            today=today,
        )
    )


def letter(parts: Sequence[tuple[Message, str]], site: str) -> Content:
    """One letter of one or several messages, each with what its reader reads of it."""
    subjects = [message.subject for message, _ in parts]
    answer_to = list(dict.fromkeys(message.reply_to for message, _ in parts))
    body = render_template(
        "mail/programme.txt",
        parts=[(message.subject, text) for message, text in parts],
        answer_to=sentence_list([address for address in answer_to if address]),
        site=site,
    )
    subject = subjects[0] if len(parts) == 1 else f"{len(parts)} messages for you: {sentence_list(subjects)}"
    return Content(subject, _plain(body), answer_to[0] if len(answer_to) == 1 else None)


def task_line(task: Task) -> str:
    """One thing left to do, and by when."""
    what = task.title if task.title == task.requirement else f"{task.title} ({task.requirement})"
    return f"{what}, {_when(task)}"


def _when(task: Task) -> str:
    if task.level is not Level.REQUIRED:
        return "expected of you, in your own time"
    if task.status is Status.EXPIRED and task.expires_on is not None:
        return f"done before, lapsed on {day(task.expires_on)}"
    if task.due_on is None:
        return "without a fixed day"
    return f"was due on {day(task.due_on)}" if task.status is Status.OVERDUE else f"by {day(task.due_on)}"


def _plain(text: str) -> str:
    """Mail programs break lines themselves, so its blanks may be broken at; one line end at the end."""
    return text.replace(NO_BREAK_SPACE, " ").strip() + "\n"
