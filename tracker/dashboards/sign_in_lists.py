"""Reads sign-in lists: typed, pasted, or a file from a spreadsheet, Zoom or Teams. Pure.

Of each line only what says who somebody is: an identifier, an e-mail address, a name.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import StringIO

from tracker.core.spreadsheets import meant

MOST_BYTES = 2_000_000
LONGEST_LINE = 5_000
"""Of a line below a header, more is not looked at."""
HEADER_WITHIN = 40
"""A header stands below at most so many lines about the meeting."""
DELIMITERS = "\t,;|"
BETWEEN_WORDS = re.compile(r"[,;\t]")
ADDRESS = re.compile(r"[^\s@<>,;\"()]+@[^\s@<>,;\"()]+")
NAME_IN_BRACKETS = re.compile(r"\s*\([^)]*\)\s*$")
CANONICAL = ("Identifier", "E-mail", "Name", "Times listed")
TIMES = frozenset({CANONICAL[-1].casefold()})
NUMBER = re.compile(r"[1-9][0-9]{0,3}")
IDENTIFIERS = frozenset(
    {
        *("identifier", "id", "person id", "person_id", "employee id", "employee number", "staff number", "staff id"),
        *("student id", "netid", "net id", "username", "user name", "user id", "login"),
    }
)
ADDRESSES = frozenset(
    {*("e-mail", "email", "mail", "user email", "email address", "e-mail address", "participant id (upn)", "upn")}
)
NAMES = frozenset({*("name", "full name", "name (original name)", "participant", "participant name", "display name")})
ABOUT_THE_MEETING = frozenset({"meeting id", "topic"})
FIRST_NAMES, LAST_NAMES = frozenset({"first name", "firstname"}), frozenset({"last name", "lastname", "surname"})


class Unreadable(ValueError):
    """A list that cannot be read; the message says why, for whoever gave it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a line says of somebody. A single typed word may be an identifier or a name: it stands as both."""

    identifier: str = ""
    email: str = ""
    name: str = ""

    @property
    def words(self) -> str:
        """The entry as it is told back."""
        return ", ".join(dict.fromkeys(filter(None, (self.name, self.email, self.identifier))))


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list: one entry below a header; typed, one for each word of the line. The very same may stand on the
    list several times."""

    entries: tuple[Entry, ...]
    times: int = 1

    @property
    def words(self) -> str:
        """The row as it is told back."""
        return ", ".join(dict.fromkeys(entry.words for entry in self.entries))


def decoded(content: bytes) -> tuple[str, str | None]:
    """The text of a file, and a note where its encoding had to be guessed. Raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable(f"The file must be {MOST_BYTES // 1_000_000} MB or smaller")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise Unreadable("This file is no text. Save the list as CSV, or copy it into the field above")
    try:
        text, note = _by_mark(content), None
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
        note = "The file is not in UTF-8, so it was read as Windows-1252. Check the names with accents."
    if "\0" in text:
        raise Unreadable("This file is no text. Save the list as CSV, or copy it into the field above")
    return text, note


def _by_mark(content: bytes) -> str:
    """The text in the encoding that its first bytes name, else in UTF-8. Raises UnicodeDecodeError."""
    is_utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return content.decode("utf-16" if is_utf_16 else "utf-8-sig")


def rows(text: str) -> list[Row]:
    """Everybody a list names, each row once, in order: by its header where it has one, else word for word."""
    lines = _lines(text)
    if (header := _header(lines)) is not None:
        return _merged(_below(header, lines[header.number + 1 :]))
    return _merged(Row(tuple(dict.fromkeys(_typed(line)))) for line in lines)


def joined(typed: str, filed: str) -> str:
    """What was typed and what a file says as one list: what a page carries of a file, who is named and nothing else."""
    texts = [text for text in (typed, filed) if text.strip()]
    if any(_header(_lines(text)) for text in texts):
        return canonical([row for text in texts for row in rows(text)])
    return "\n".join(line.strip() for text in texts for line in _lines(text) if line.strip())


def canonical(found: Sequence[Row]) -> str:
    """The same people as a list with our own header, which reads back alike; each word of a typed row by itself."""
    written = StringIO()
    writer = csv.writer(written, delimiter="\t", lineterminator="\n")
    writer.writerow(CANONICAL)
    for row in found:
        times = str(row.times) if row.times > 1 else ""
        for entry in row.entries:
            cells = (entry.identifier, entry.email, entry.name)
            writer.writerow([*(" ".join(cell.split()) for cell in cells), times])
    return written.getvalue()


# With a header


@dataclass(frozen=True, slots=True)
class _Header:
    """The line that names the columns: which one it is, what they are called, and what parts them."""

    number: int
    columns: Sequence[str]
    delimiter: str


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").split("\n")


def _header(lines: Sequence[str]) -> _Header | None:
    for number, line in enumerate(lines[:HEADER_WITHIN]):
        cells = _cells(line, delimiter := _delimiter(line))
        if _is_header(cells):
            return _Header(number, [cell.casefold() for cell in cells], delimiter)
    return None


def _delimiter(line: str) -> str:
    return max(DELIMITERS, key=line.count)


def _cells(line: str, delimiter: str) -> list[str]:
    row = next(csv.reader([line[:LONGEST_LINE]], delimiter=delimiter), [])
    return [meant(" ".join(cell.split())) for cell in row]


def _is_header(cells: Sequence[str]) -> bool:
    """Whether a line names columns that say who somebody is. Zoom's lines about the meeting name its host's address."""
    lowered = {cell.casefold() for cell in cells}
    return bool(lowered & (IDENTIFIERS | ADDRESSES | NAMES | LAST_NAMES)) and not lowered & ABOUT_THE_MEETING


def _below(header: _Header, lines: Sequence[str]) -> Iterator[Row]:
    """Everybody on the lines below a header, up to a blank line: what follows in such files is about something else."""
    for line in lines:
        cells = _cells(line, header.delimiter)
        if not any(cells):
            return
        row = dict(zip(header.columns, cells, strict=False))
        first, last = _cell(row, FIRST_NAMES), _cell(row, LAST_NAMES)
        name = _cell(row, NAMES) or f"{first} {last}".strip()
        times = _cell(row, TIMES)
        entry = Entry(_cell(row, IDENTIFIERS), _cell(row, ADDRESSES), name)
        yield Row((entry,), int(times) if NUMBER.fullmatch(times) else 1)


def _cell(row: dict[str, str], names: frozenset[str]) -> str:
    return next((value for name, value in row.items() if name in names and value), "")


# Without one


def _typed(line: str) -> Iterator[Entry]:
    """Who is meant by a typed line: addresses, identifiers, or a name such as "Nwosu, Ada"."""
    line = line.strip()
    if _is_name_turned_round(line):
        yield Entry("", "", line)
        return
    for word in map(str.strip, BETWEEN_WORDS.split(line)):
        if (address := ADDRESS.search(word)) is None:
            if word:
                yield Entry(word, "", word)
        else:
            yield Entry("", address[0], word.replace(address[0], "").strip(" <>\"'"))


def _is_name_turned_round(line: str) -> bool:
    last, comma, first = line.partition(",")
    letters = [part for part in (last, first) if part.strip() and not any(c.isdigit() or c in "@,;\t" for c in part)]
    return bool(comma) and len(letters) == 2 and first.startswith(" ")


# Names


def _merged(found: Iterable[Row]) -> list[Row]:
    """Each once: who comes twice with one address or identifier, or with only the same name, came back in."""
    seen: dict[tuple[str, ...], Row] = {}
    for row in found:
        if key := tuple(filter(None, map(_key, row.entries))):
            first = seen.get(key)
            seen[key] = replace(first, times=first.times + row.times) if first else row
    return list(seen.values())


def _key(entry: Entry) -> str:
    return entry.email.casefold() or entry.identifier or entry.name.casefold()


def spellings(name: str) -> set[str]:
    """How a name may stand among people, in lower case: as it is, without brackets, with its comma resolved."""
    plain = NAME_IN_BRACKETS.sub("", name)
    found = {name, plain}
    for one in (name, plain):
        last, comma, first = one.partition(",")
        if comma:
            found.add(f"{first.strip()} {last.strip()}")
    inside = re.search(r"\(([^)]*)\)", name)
    if inside:
        found.add(inside[1])
    return {" ".join(one.lower().split()) for one in found if one.strip()}
