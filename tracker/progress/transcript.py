"""A person's transcript as a tagged PDF, for print and for keeping."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tracker.core.typesetting import tagged_pdf

TEMPLATE = Path(__file__).with_suffix(".typ")

Row = tuple[str, str, str, str]
"""What was done, on which day, in how many hours, and where that is known from."""


@dataclass(frozen=True, slots=True)
class Part:
    """Completions that belong together: a heading, what to know of them, and the rows."""

    title: str
    note: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a transcript says: whose it is and where, of which day, and what was done."""

    institution: str
    person: str
    about: Sequence[str]
    day: date
    as_of: str
    parts: Sequence[Part]
    total: str


def pdf(told: Transcript) -> bytes:
    """The transcript."""
    return tagged_pdf(
        TEMPLATE,
        {
            "title": f"Transcript of {told.person}",
            "institution": told.institution,
            "about": list(told.about),
            "day": [told.day.year, told.day.month, told.day.day],
            "as_of": told.as_of,
            "parts": [{"title": part.title, "note": part.note, "rows": list(part.rows)} for part in told.parts],
            "total": told.total,
        },
    )
