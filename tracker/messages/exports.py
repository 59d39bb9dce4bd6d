"""Who got a message, as CSV: what the page shows, with the message and the day on every line."""

from collections.abc import Iterable, Iterator
from datetime import date

from tracker.core import spreadsheets
from tracker.messages.queries import MessageView, RecipientView

HEADER = ("as_of", "message", "subject", "written_by", "written_at")


def lines(view: MessageView, recipients: Iterable[RecipientView], today: date, *, reads_all: bool) -> Iterator[str]:
    """The lines of the file, header first."""
    header = (*HEADER, "name", *(("identifier", "email") if reads_all else ()), "state", "at", "reason")
    return spreadsheets.lines(header, _rows(view, recipients, today, reads_all=reads_all))


def _rows(
    view: MessageView, recipients: Iterable[RecipientView], today: date, *, reads_all: bool
) -> Iterator[tuple[object, ...]]:
    about = (today.isoformat(), view.id, view.subject, view.written_as, view.written_at.isoformat(timespec="minutes"))
    for one in recipients:
        who = (one.name, one.identifier, one.email) if reads_all else (one.name,)
        at = one.progress.at.isoformat(timespec="minutes") if one.progress.at else None
        yield (*about, *who, one.progress.standing.value, at, one.progress.error)
