"""Who got a message, as a file: what the page shows, with the message and the day."""

from collections.abc import Iterable, Iterator
from datetime import date

from tracker.core.spreadsheets import Table
from tracker.messages.queries import MessageView, RecipientView


def table(view: MessageView, recipients: Iterable[RecipientView], today: date, *, reads_all: bool) -> Table:
    """All that the file holds."""
    about = (
        *(("as_of", today), ("message", view.id), ("subject", view.subject), ("written_by", view.written_as)),
        ("written_at", view.written_at.isoformat(timespec="minutes")),
    )
    header = ("name", *(("identifier", "email") if reads_all else ()), "state", "at", "reason")
    return Table(f"Who got “{view.subject}”", about, header, _rows(recipients, reads_all=reads_all))


def _rows(recipients: Iterable[RecipientView], *, reads_all: bool) -> Iterator[tuple[object, ...]]:
    for one in recipients:
        who = (one.name, one.identifier, one.email) if reads_all else (one.name,)
        at = one.progress.at.isoformat(timespec="minutes") if one.progress.at else None
        yield (*who, one.progress.standing.value, at, one.progress.error)
