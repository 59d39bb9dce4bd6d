"""What a line of text may not hold, wherever it comes from: a form, a file or a command."""

import re

UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
"""Characters that break a line, turn the direction of what follows, or are not there for a reader at all."""
IN_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""The same for a text of several lines, which may be pasted from anywhere: only what nobody types on purpose."""


def unseen(value: str) -> str | None:
    """Why a name, a title or a code may not be so: it holds a character that nobody sees. None where it does not."""
    found = None if value.isprintable() else UNSEEN.search(value)
    return f"must not contain the character U+{ord(found[0]):04X}, which cannot be seen" if found else None
