"""Who got a message, as CSV: what the page shows, with the message and the day on every line."""

from collections.abc import Iterable, Iterator
from datetime import date

from tracker.messages.queries import MessageView, RecipientView
from tracker.progress.reports import csv_line

HEADER = ("as_of", "message", "subject", "written_by", "written_at")
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def lines(view: MessageView, recipients: Iterable[RecipientView], today: date, *, reads_all: bool) -> Iterator[str]:
    """The lines of the file, header first."""
    yield csv_line((*HEADER, "name", *(("identifier", "email") if reads_all else ()), "state", "at", "reason"))
    about = (today.isoformat(), view.id, view.subject, view.written_as, view.written_at.isoformat(timespec="minutes"))
    for one in recipients:
        who = (one.name, one.identifier, one.email) if reads_all else (one.name,)
        at = one.progress.at.isoformat(timespec="minutes") if one.progress.at else ""
        row = (*about, *who, one.progress.standing.value, at, one.progress.error or "")
        yield csv_line(_harmless(value) for value in row)


def _harmless(value: object) -> object:
    """A value that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(STARTS_A_FORMULA) else value
