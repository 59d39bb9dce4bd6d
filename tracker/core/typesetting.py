"""Sets tagged PDFs (PDF/UA-1) with Typst, in our own letters: the same data gives the same bytes."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

OWN_FONTS = Path(__file__).parents[2] / "static" / "vendor" / "source-sans-3" / "print"
PLAIN_LETTERS = (range(0x20, 0x7F), range(0xA0, 0x180), range(0x1EA0, 0x1EFA), range(0x2010, 0x2027))
"""What our own letters surely hold; others are drawn with what the machine has installed."""
STAND_IN = "\N{WHITE SQUARE}"
NOTE_ON_LETTERS = f"A letter that this page cannot draw stands as {STAND_IN}."


def tagged_pdf(template: Path, data: Mapping[str, Any]) -> bytes:
    """A template filled in with data, which it reads as JSON from `sys.inputs.data`; `data.closing` is for a last line.

    Words in letters that nobody here can draw are told with stand-ins rather than not at all.
    """
    try:
        return _compiled(template, _text({**data, "closing": ""}))
    except typst.TypstError:
        drawn = "".join(letter if _is_plain(letter) else STAND_IN for letter in _text({**data, "closing": ""}))
        return _compiled(template, _text({**json.loads(drawn), "closing": NOTE_ON_LETTERS}))


def _text(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False)


def _is_plain(letter: str) -> bool:
    return letter == "\n" or any(ord(letter) in letters for letters in PLAIN_LETTERS)


def _compiled(template: Path, data: str) -> bytes:
    """The template filled in. Raises TypstError where a letter has no shape, which a tagged PDF may not leave out."""
    made = typst.compile(template, sys_inputs={"data": data}, font_paths=_fonts(), pdf_standards=["ua-1"])
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> typst.Fonts:
    """Our own letters, then those of the machine; looked through once."""
    return typst.Fonts(font_paths=[OWN_FONTS])
