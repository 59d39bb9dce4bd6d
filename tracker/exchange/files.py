"""The plain interchange form: a folder of CSV files and curriculum.toml, read strictly; what is refused is named."""

import csv
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import tomli_w

from tracker.curriculum.rules import Curriculum, Refused, read, write

CURRICULUM = "curriculum.toml"
COLUMNS: dict[str, tuple[str, ...]] = {
    "units.csv": ("code", "from", "to", "name", "kind", "parent"),
    "people.csv": ("person_id", "name", "email"),
    "appointments.csv": ("person_id", "unit", "category", "role", "fte", "primary", "start", "end"),
    "functions.csv": ("person_id", "function", "start", "end"),
    "leaves.csv": ("person_id", "start", "end"),
    "waivers.csv": ("person_id", "requirement", "module", "start", "end", "reason", "approved_by"),
    "completions.csv": ("id", "person_id", "module", "completed_on", "source", "state", "minutes", "corrects"),
    "gate_overrides.csv": ("gate", "unit", "opened_on", "reason", "approved_by"),
    "champions.csv": ("person_id", "unit", "kind", "fte", "start", "end"),
}
NEEDED = ("units.csv", "people.csv", "appointments.csv", CURRICULUM)
LARGEST_FIELD = 1_000_000
OTHER_MARKS = {";": "semicolons", "\t": "tabs", "|": "upright bars"}
"""What other programs part the columns of a CSV by."""
TEXT_OR_COMMENT = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*",
    re.DOTALL,
)
"""What may hold brackets in a TOML file that open and close nothing."""


class FileRefused(Exception):
    """A value that cannot be taken in; the text is the one line an operator reads."""

    def __init__(self, file: str, line: int | None, column: str, value: object, why: str) -> None:
        place = file + (f", line {line}" if line else "") + (f", {column}" if column else "")
        shown = "" if value is None else f": {_shortened(value)}"
        super().__init__(_on_one_line(f"{place}{shown}: {why}"))
        self.file, self.line, self.column, self.value, self.why = file, line, column, value, why


def _on_one_line(text: str) -> str:
    return "".join(char if char.isprintable() else "\N{SYMBOL FOR SUBSTITUTE}" for char in text)


def _shortened(value: object) -> str:
    text = as_written(value)
    end = '"' if isinstance(value, str) else ""
    return text if len(text) <= 80 else f"{text[:77]}…{end}"


def as_written(value: object) -> str:
    """A value as one writes it on one line of a TOML file."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(as_written, value))}]"
    if isinstance(value, dict):
        inside = ", ".join(f"{key} = {as_written(one)}" for key, one in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return str(value)


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a file: its line, and its fields in the order of COLUMNS."""

    file: str
    line: int
    fields: Sequence[str]

    def refuse(self, column: str, why: str) -> FileRefused:
        """The error that names one of this row's fields."""
        value = self.fields[COLUMNS[self.file].index(column)] if column in COLUMNS[self.file] else None
        return FileRefused(self.file, self.line, column, value, why)


def check_folder(folder: Path) -> None:
    """Refuse a folder that lacks a file it must have."""
    if not folder.is_dir():
        raise FileRefused(str(folder), None, "", None, "is not a folder")
    for name in NEEDED:
        if not (folder / name).is_file():
            raise FileRefused(name, None, "", None, "is missing in the folder")


def strangers(folder: Path) -> list[str]:
    """For each file beside those of the folder that looks like one of them, a warning that it is not read."""
    names = sorted(path.name for path in folder.iterdir() if path.suffix.lower() in (".csv", ".toml"))
    told = ", ".join((*COLUMNS, CURRICULUM))
    return [
        _on_one_line(f"{name} is not read; the files of such a folder are {told}")
        for name in names
        if name not in (*COLUMNS, CURRICULUM)
    ]


def already_there(folder: Path) -> list[str]:
    """The files in a folder that a dump would write over."""
    return [name for name in (*COLUMNS, CURRICULUM) if (folder / name).exists()]


def records(folder: Path, name: str) -> Iterator[Record]:
    """The rows of one file, which may be missing. Raises FileRefused."""
    path = folder / name
    if not path.exists() and name not in NEEDED:
        return
    csv.field_size_limit(LARGEST_FIELD)
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(_parted_by_commas(name, _without_nulls(name, file)), strict=True)
            order = _order(name, next(reader, []))
            straight = order == list(range(len(order)))
            line = reader.line_num + 1
            for fields in reader:
                if fields:
                    if len(fields) != len(order):
                        raise FileRefused(name, line, "", None, f"has {len(fields)} fields, not {len(order)}")
                    yield Record(name, line, fields if straight else [fields[index] for index in order])
                line = reader.line_num + 1
    except UnicodeDecodeError:
        with path.open("rb") as lines:
            raise FileRefused(name, _line_not_utf8(lines), "", None, "is not UTF-8") from None
    except csv.Error as error:
        raise FileRefused(name, line, "", None, f"cannot be read as CSV: {error}") from None
    except OSError as error:
        raise FileRefused(name, None, "", None, f"cannot be read: {error.strerror}") from None


def _without_nulls(name: str, lines: Iterable[str]) -> Iterator[str]:
    """The lines as they are; a null character is refused, as no database keeps it."""
    for number, line in enumerate(lines, 1):
        if "\0" in line:
            raise FileRefused(name, number, "", None, "holds a null character")
        yield line


def _parted_by_commas(name: str, lines: Iterator[str]) -> Iterator[str]:
    """The lines as they are. A header that parts its columns by something else is refused in words: so spreadsheets
    write where a comma is a decimal point."""
    header = next(lines, "")
    for mark, words in OTHER_MARKS.items():
        names = {column.strip(' "\r\n') for column in header.split(mark)}
        if "," not in header and len(names) > 1 and names & set(COLUMNS[name]):
            raise FileRefused(name, 1, "", None, f"parts its columns by {words}; they have to be parted by commas")
    yield header
    yield from lines


def _order(name: str, header: Sequence[str]) -> list[int]:
    """Where each column stands in the header. Unknown, missing and double columns are refused by name."""
    wanted = COLUMNS[name]
    for column in header:
        if column not in wanted:
            raise FileRefused(name, 1, "", column, f"is not a column of this file; its columns are {', '.join(wanted)}")
        if header.count(column) > 1:
            raise FileRefused(name, 1, "", column, "stands twice in the header")
    for column in wanted:
        if column not in header:
            raise FileRefused(name, 1, column, None, "is missing in the header")
    return [header.index(column) for column in wanted]


def _line_not_utf8(lines: Iterable[bytes]) -> int:
    """The number of the first line that is not; 0 where all are."""
    for number, line in enumerate(lines, 1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            return number
    return 0


def curriculum(folder: Path) -> Curriculum:
    """The definitions in the curriculum.toml of a folder. Raises FileRefused."""
    try:
        return read_curriculum((folder / CURRICULUM).read_bytes())
    except OSError as error:
        raise FileRefused(CURRICULUM, None, "", None, f"cannot be read: {error.strerror}") from None


def read_curriculum(file: bytes) -> Curriculum:
    """The definitions in a curriculum.toml. Raises FileRefused."""
    try:
        text = file.decode("utf-8-sig")
        return read(tomllib.loads(text))
    except UnicodeDecodeError:
        raise FileRefused(CURRICULUM, _line_not_utf8(file.splitlines()), "", None, "is not UTF-8") from None
    except ValueError as error:  # a number of thousands of digits is no TOMLDecodeError
        why, _, place = str(error).partition(" (at line ")
        found = re.fullmatch(r"(\d+), (column \d+)\)", place)
        line, column = (int(found[1]), found[2]) if found else (None, "")
        raise FileRefused(CURRICULUM, line, column, None, f"cannot be read as TOML: {why}") from None
    except Refused as error:
        line = line_of(text, error.kind, error.index, error.key)
        raise FileRefused(CURRICULUM, line, error.key, error.value, error.why) from None


def written_curriculum(curriculum: Curriculum) -> str:
    """The definitions as the text of a curriculum.toml: what `data dump` writes and the office downloads."""
    return tomli_w.dumps(write(curriculum))


def line_of(text: str, kind: str, index: int, key: str) -> int | None:
    """The line on which a key of the index-th table of a kind stands; the table's own where the key is not found. The
    kind `curriculum` is for keys outside of all tables, and for tables that may not stand there."""
    outside = key if kind == "curriculum" else kind
    inside: list[str] = []
    table, at = -1, None
    for line, statement in _statements(text):
        said = tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            inside = _header(said)
            table += inside == [kind]
            if inside[0] == key and kind == "curriculum":
                return line
            if inside[0] == kind and table == index and _rest(key, inside) is not None:
                at = line
        elif not inside and outside in said:
            return line
        elif inside[:1] == [kind] and table == index and (rest := _rest(key, inside)) and rest[0] in said:
            at = line
            if _holds(said, rest):
                return line
    return at


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each header, and each key with its value, of a TOML file that can be read: its first line, and all of it."""
    lines = text.replace("\r\n", "\n").split("\n")
    # A text in which no bracket stands but those of lists, tables and headers, and one around each text.
    bare = TEXT_OR_COMMENT.sub(lambda found: "[" + "\n" * found[0].count("\n") + "]", "\n".join(lines))
    start, depth = 0, 0
    for number, line in enumerate(bare.split("\n"), 1):
        depth += line.count("[") + line.count("{") - line.count("]") - line.count("}")
        if not depth:
            if statement := "\n".join(lines[start:number]):
                yield start + 1, statement
            start = number


def _header(said: Mapping[str, Any]) -> list[str]:
    """The names in a header, as it is read by itself."""
    names = []
    inner: Any = said
    while inner:
        (name, inner), *_ = inner.items()
        inner = inner[0] if isinstance(inner, list) else inner
        names.append(name)
    return names


def _rest(key: str, inside: Sequence[str]) -> list[str] | None:
    """What of a key is left below a header; none where it does not stand there."""
    path, above = key.split("."), inside[1:]
    return path[len(above) :] if path[: len(above)] == above else None


def _holds(said: Mapping[str, Any], path: Sequence[str]) -> bool:
    """Whether all of a key stands in what a statement says, in a table or in any table of a list."""
    inner = said[path[0]]
    tables = inner if isinstance(inner, list) else [inner]
    return len(path) == 1 or any(isinstance(one, dict) and path[1] in one for one in tables)


@lru_cache(maxsize=100_000)
def day_of(text: str) -> date | None:
    """A day written YYYY-MM-DD; none where it is not one."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
