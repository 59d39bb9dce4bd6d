"""A person's transcript as a tagged PDF (PDF/UA-1), for print and for keeping."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import typst

TEMPLATE = Path(__file__).with_suffix(".typ")
OWN_FONTS = TEMPLATE.parents[2] / "static" / "vendor" / "source-sans-3" / "print"
PLAIN_LETTERS = (range(0x20, 0x7F), range(0xA0, 0x180), range(0x1EA0, 0x1EFA), range(0x2010, 0x2027))
"""What our own letters surely hold; others are drawn with what the machine has installed."""
STAND_IN = "\N{WHITE SQUARE}"
NOTE_ON_LETTERS = f"A letter that this page cannot draw stands as {STAND_IN}."

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
    """The transcript. A name in letters that nobody here can draw is told with stand-ins rather than not at all."""
    text = json.dumps(_as_json(told), ensure_ascii=False)
    try:
        return _compiled(text)
    except typst.TypstError:
        drawn = "".join(letter if _is_plain(letter) else STAND_IN for letter in text)
        return _compiled(
            drawn.replace('"closing": ""', json.dumps({"closing": NOTE_ON_LETTERS}, ensure_ascii=False)[1:-1])
        )


def _is_plain(letter: str) -> bool:
    return letter == "\n" or any(ord(letter) in letters for letters in PLAIN_LETTERS)


def _as_json(told: Transcript) -> dict[str, object]:
    return {
        "title": f"Transcript of {told.person}",
        "institution": told.institution,
        "about": list(told.about),
        "day": [told.day.year, told.day.month, told.day.day],
        "as_of": told.as_of,
        "parts": [{"title": part.title, "note": part.note, "rows": list(part.rows)} for part in told.parts],
        "total": told.total,
        "closing": "",
    }


def _compiled(data: str) -> bytes:
    """The template filled in. Raises TypstError where a letter has no shape, which a tagged PDF may not leave out."""
    made = typst.compile(TEMPLATE, sys_inputs={"data": data}, font_paths=_fonts(), pdf_standards=["ua-1"])
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> typst.Fonts:
    """Our own letters, then those of the machine; looked through once."""
    return typst.Fonts(font_paths=[OWN_FONTS])
