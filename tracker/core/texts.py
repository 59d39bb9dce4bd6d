"""What a line of text may not hold, wherever it comes from: a form, a file or a command. And what an address is."""

import re

UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
"""Characters that break a line, turn the direction of what follows, or are not there for a reader at all."""
IN_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""The same for a text of several lines, which may be pasted from anywhere: only what nobody types on purpose."""
NOT_IN_A_CODE = re.compile(r"[\s/\\]")
"""What a new code may not hold, so that it can stand in an address and in a list; files may bring older ones."""
E_MAIL = re.compile(r"[^\s@<>,;\"()]+@[^\s@<>,;\".()]+(\.[^\s@<>,;\".()]+)*")
"""An e-mail address, on a server of the institution (`office@hospital`) too; it is also found among other words."""
LONGEST_E_MAIL = 254


def unseen(value: str) -> str | None:
    """Why a name, a title or a code may not be so: it holds a character that nobody sees. None where it does not."""
    found = None if value.isprintable() else UNSEEN.search(value)
    return f"must not contain the character U+{ord(found[0]):04X}, which cannot be seen" if found else None


def is_email(value: str) -> bool:
    """Whether something can be written to at all, and be signed in with; whether anybody reads it, a letter shows."""
    return len(value) <= LONGEST_E_MAIL and E_MAIL.fullmatch(value) is not None and unseen(value) is None
