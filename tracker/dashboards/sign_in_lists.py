"""Reads sign-in lists: typed, pasted, or a file from a spreadsheet, Zoom or Teams. Pure.

Of each line only what says who somebody is: an identifier, an e-mail address, a name. Of a line beside the table of a
file, all of it: whoever gave the list is told what was left out.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import StringIO

from tracker.core.spreadsheets import meant
from tracker.core.texts import E_MAIL

MOST_BYTES = 2_000_000
LONGEST_LINE = 5_000
"""Of a line of a list that has a header, more is not looked at."""
HEADER_WITHIN = 40
"""A header stands below at most so many lines about the meeting."""
MOST_SPELLINGS = 4
"""In so many ways a name is looked for: all names of a list are asked for in one statement."""
DELIMITERS = "\t,;|"
BETWEEN_PARTS = re.compile(r"[;\t]")
COMMA_WITHIN = re.compile(r",\S")
LINE_MARK = re.compile(r"^(?:[0-9]{1,4}[.)]\s+|[0-9]{1,3}\s+(?=[^\W\d])|[-*•\u2013]\s+)")
NAME_IN_BRACKETS = re.compile(r"\s*\([^)]*\)\s*$")
CANONICAL = ("Identifier", "E-mail", "Name", "Times listed")
BESIDE, ABOUT = "Beside the list", "About the meeting"
"""Two more columns of our own, for lines that stand above or below the table of a file."""
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
TITLES = frozenset({"dr", "prof", "professor", "mr", "mrs", "ms", "mx"})
DEGREES = frozenset(
    {
        *("MD", "DO", "MBBS", "MBChB", "RN", "NP", "PA", "PA-C", "DNP", "PhD", "DPhil", "ScD", "DrPH", "EdD", "PharmD"),
        *("DDS", "DMD", "JD", "MPH", "MHA", "MBA", "MSN", "BSN", "MSc", "BSc", "MS", "MA", "BS", "BA", "FACP", "FACS"),
    }
)


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
    list several times. `beside` is a whole line that stands above or below the table: whom it names for certain is
    meant too, anything else of it is left out."""

    entries: tuple[Entry, ...]
    times: int = 1
    beside: str = ""

    @property
    def words(self) -> str:
        """The row as it is told back."""
        return self.beside or ", ".join(dict.fromkeys(entry.words for entry in self.entries))


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
    """Everybody a list names, each row once, in order: by its header where it has one, else word for word. Where it has
    one, the lines beside its table come last."""
    lines = _lines(text)
    if (header := _header(lines)) is None:
        return _merged(Row(_words(line)) for line in lines)
    end = _end(header, lines)
    table = _merged(_below(header, lines[header.number + 1 : end]))
    return _merged([*table, *_beside([*lines[: header.number], "", *lines[end:]], table)])


def joined(typed: str, filed: str) -> str:
    """What was typed and what a file says as one list: what a page carries of a file, who is named and which lines
    stand beside its table."""
    texts = [text for text in (typed, filed) if text.strip()]
    if any(_header(_lines(text)) for text in texts):
        return canonical([row for text in texts for row in rows(text)])
    return "\n".join(line.strip() for text in texts for line in _lines(text) if line.strip())


def canonical(found: Sequence[Row]) -> str:
    """The same people as a list with our own header, which reads back alike; each word of a typed row by itself."""
    written = StringIO()
    writer = csv.writer(written, delimiter="\t", lineterminator="\n")
    writer.writerow([*CANONICAL, BESIDE, ABOUT] if any(row.beside for row in found) else CANONICAL)
    for row in found:
        times = str(row.times) if row.times > 1 else ""
        if row.beside:
            writer.writerow(["", "", "", times, *((row.beside,) if row.entries else ("", row.beside))])
            continue
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
    names_who = bool(lowered & (IDENTIFIERS | ADDRESSES | NAMES | LAST_NAMES))
    return names_who and not lowered & ABOUT_THE_MEETING and not any("@" in cell for cell in cells)


def _end(header: _Header, lines: Sequence[str]) -> int:
    """Where the table below a header ends: below a blank line, at one that has other columns, or is a header or title.
    What follows in such files is about something else."""
    fewest, is_after_blank = min(len(header.columns), 2), False
    for number in range(header.number + 1, len(lines)):
        cells = _cells(lines[number], header.delimiter)
        filled = sum(map(bool, cells))
        is_other = len(cells) != len(header.columns) or filled < fewest or _is_header(cells)
        if is_after_blank and filled and is_other:
            return number
        is_after_blank = not filled
    return len(lines)


def _below(header: _Header, lines: Sequence[str]) -> Iterator[Row]:
    """Everybody in the table below a header; and the lines in it that name nobody."""
    for line in lines:
        cells = _cells(line, header.delimiter)
        row = dict(zip(header.columns, cells, strict=False))
        times = _cell(row, TIMES)
        first, last = _cell(row, FIRST_NAMES), _cell(row, LAST_NAMES)
        name = _cell(row, NAMES) or f"{first} {last}".strip()
        entry = Entry(_cell(row, IDENTIFIERS), _cell(row, ADDRESSES), name)
        number = int(times) if NUMBER.fullmatch(times) else 1
        if about := row.get(ABOUT.casefold()):
            yield Row((), number, about)
        elif beside := row.get(BESIDE.casefold()):
            yield Row(_beside_words(beside), number, beside)
        elif entry.words:
            yield Row((entry,), number)
        elif words := ", ".join(filter(None, cells)):
            yield Row(_beside_words(words), number, words)


def _cell(row: dict[str, str], names: frozenset[str]) -> str:
    return next((value for name, value in row.items() if name in names and value), "")


def _beside(lines: Sequence[str], table: Sequence[Row]) -> Iterator[Row]:
    """The lines above and below a table, but for those that only say again who is in it. Nobody is meant by a line
    about the meeting itself, such as by the address of its host."""
    entries = [entry for row in table if not row.beside for entry in row.entries]
    said = {word.casefold() for one in entries for word in (one.identifier, one.email, one.name)}
    is_about = False
    for line in lines:
        cells = [cell for cell in _cells(line, _delimiter(line)) if cell]
        is_about = bool(cells) and (is_about or not ABOUT_THE_MEETING.isdisjoint(map(str.casefold, cells)))
        words = ", ".join(cells)
        row = Row(() if is_about else _beside_words(words), beside=words)
        if cells and not _is_said(row, said):
            yield row


def _beside_words(line: str) -> tuple[Entry, ...]:
    """Whom a line beside a table may name: by what it begins with, or by an address. A number further on in it is no
    identifier, but says how many came, or for how long."""
    first, _, rest = line.partition(", ")
    return tuple(dict.fromkeys([*_typed(first), *(entry for entry in _typed(rest) if entry.email)]))


def _is_said(row: Row, said: set[str]) -> bool:
    """Whether a line names only who is known already: all its addresses are, or without one its first word is."""
    addresses = {entry.email.casefold() for entry in row.entries if entry.email}
    first = {entry.name.casefold() for entry in row.entries[:1]}
    return bool(row.entries) and (addresses or first) <= said


# Without one


def _words(line: str) -> tuple[Entry, ...]:
    return tuple(dict.fromkeys(_typed(line)))


def _typed(line: str) -> Iterator[Entry]:
    """Who is meant by a typed line: addresses, identifiers, or a name such as "Nwosu, Ada" or "Ada Nwosu, MD"."""
    for part in map(str.strip, BETWEEN_PARTS.split(LINE_MARK.sub("", line.strip()))):
        if _is_one_name(part):
            yield Entry("", "", part)
            continue
        for word in filter(None, map(str.strip, part.split(","))):
            if (address := E_MAIL.search(word)) is None:
                yield Entry(word, "", word)
            else:
                yield Entry("", address[0], word.replace(address[0], "").strip(" <>\"'"))


def _is_one_name(part: str) -> bool:
    """Whether the commas of a part stand within one name: behind the last name, or before a degree."""
    bare = _bare(part)
    last, comma, first = bare.partition(",")
    is_turned = bool(comma and last and first.strip()) and "," not in first
    has_degree = not comma and bare != part.strip(" ,")
    has_letters_only = not any(letter.isdigit() or letter == "@" for letter in bare)
    return "," in part and not COMMA_WITHIN.search(part) and has_letters_only and (is_turned or has_degree)


# Names


def _merged(found: Iterable[Row]) -> list[Row]:
    """Each once: who comes twice with one address or identifier, or with only the same name, came back in."""
    seen: dict[tuple[str, ...], Row] = {}
    for row in found:
        key = ("", row.beside) if row.beside else tuple(filter(None, map(_key, row.entries)))
        if key:
            first = seen.get(key)
            seen[key] = replace(first, times=first.times + row.times) if first else row
    return list(seen.values())


def _key(entry: Entry) -> str:
    return entry.email.casefold() or entry.identifier or entry.name.casefold()


def spellings(name: str) -> set[str]:
    """How a name may stand among people, in lower case: as it is; without brackets, the number of its line, titles and
    degrees; turned round; and as it stands in the brackets."""
    plain = _bare(NAME_IN_BRACKETS.sub("", _bare(name)))
    inside = re.search(r"\(([^)]*)\)", name)
    found = [name, plain, *_turned_round(plain)[:1], inside[1] if inside else "", *_turned_round(plain)[1:]]
    lowered = dict.fromkeys(" ".join(one.lower().split()) for one in found)
    return set([one for one in lowered if one][:MOST_SPELLINGS])


def _bare(name: str) -> str:
    """A name without the number of its line, titles before it and degrees behind it."""
    words = LINE_MARK.sub("", name.strip()).replace(",", ", ").split()
    while len(words) > 1 and words[0].rstrip(".").casefold() in TITLES:
        del words[0]
    while len(words) > 1 and words[-1].replace(".", "").rstrip(",") in DEGREES:
        del words[-1]
    return " ".join(words).rstrip(" ,")


def _turned_round(name: str) -> list[str]:
    """A name with its comma resolved; without one, with its last word first, and with its first word last."""
    last, comma, first = name.partition(",")
    if comma:
        return [f"{first.strip()} {last.strip()}"]
    words = name.split()
    return [" ".join([words[-1], *words[:-1]]), " ".join([*words[1:], words[0]])] if len(words) > 1 else []
