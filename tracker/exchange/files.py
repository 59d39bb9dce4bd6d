"""The plain interchange form: a folder of CSV files and curriculum.toml, read strictly; what is refused is named."""

import csv
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

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
    text = f'"{value}"'
    return text if len(text) <= 80 else text[:77] + '…"'


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


def records(folder: Path, name: str) -> Iterator[Record]:
    """The rows of one file, which may be missing. Raises FileRefused."""
    path = folder / name
    if not path.exists() and name not in NEEDED:
        return
    csv.field_size_limit(LARGEST_FIELD)
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(_without_nulls(name, file), strict=True)
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
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+)", str(error))
        line = int(found[1]) if found else None
        raise FileRefused(CURRICULUM, line, "", None, f"cannot be read as TOML: {error}") from None
    except Refused as error:
        line = line_of(text, error.kind, error.index, error.key)
        raise FileRefused(CURRICULUM, line, error.key, error.value, error.why) from None


def written_curriculum(curriculum: Curriculum) -> str:
    """The definitions as the text of a curriculum.toml: what `data dump` writes and the office downloads."""
    return tomli_w.dumps(write(curriculum))


def line_of(text: str, kind: str, index: int, key: str) -> int | None:
    """The line on which a key of the index-th table of a kind stands; the table's own where the key is not found."""
    first, _, last = key.partition(".")
    at = None
    table, inside = -1, ""
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[\[?\s*([\w-]+)(?:\.([\w-]+))?\s*\]\]?", line)
        if header:
            inside = header[2] or ""
            if header[1] == kind and not inside:
                table += 1
                at = number if table == index else at
        if kind == "curriculum" and re.match(rf"\s*\[*\s*{re.escape(key)}\b", line):
            return number
        if table != index:
            continue
        if header and header[1] == kind and inside == first:
            at = number
        wanted = last if inside and inside == first else first
        if not header and re.match(rf"\s*[\"']?{re.escape(wanted)}\b", line):
            return number
    return at


@lru_cache(maxsize=100_000)
def day_of(text: str) -> date | None:
    """A day written YYYY-MM-DD; none where it is not one."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
