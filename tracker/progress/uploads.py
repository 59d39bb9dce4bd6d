"""The files that learners add to what they log: known by their content, kept beside the database, out of the web root.

Of pictures only the picture is kept: where and when a photo was taken is nobody's business.

A file is written whole, under a name nobody can guess, before the transaction that records it; if that fails, it is
removed again. What no row names in the end, a job clears away. Several servers must share the folder.
"""

import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from flask import current_app, g, request

from tracker.core import clock, config
from tracker.core.errors import Invalid
from tracker.progress.pictures import Unreadable, plain_jpeg, plain_png

PDF, JPEG, PNG, HEIC = "application/pdf", "image/jpeg", "image/png", "image/heic"
ENDINGS = {PDF: "pdf", JPEG: "jpg", PNG: "png", HEIC: "heic"}
WORDS = {PDF: "PDF", JPEG: "Photo", PNG: "Picture", HEIC: "Photo"}
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"})
LONGEST_NAME = 120
MEGABYTE = 2**20
TIMES_TOO_LARGE = 4
"""How large a file is still taken in, to be refused in words."""
GRACE_SECONDS = 3600
"""How long a file may lie there without a row: longer than any transaction takes."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as somebody sent it: what it calls itself, and what is in it."""

    file_name: str
    content: bytes

    @property
    def media_type(self) -> str | None:
        """What it is, by its first bytes, whatever its name says; none for what is not taken."""
        return media_type_of(self.content)


def media_type_of(content: bytes) -> str | None:
    """The type of a PDF, JPEG, PNG or HEIC; none for all else. HEIC is known so that it can be refused in words."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return HEIC
    return None


def largest() -> int:
    """How many bytes a file may have."""
    return config.settings().evidence_megabytes * MEGABYTE


def largest_in_words() -> str:
    """The same for people."""
    return f"{largest() // MEGABYTE:,}\N{NO-BREAK SPACE}MB"


def too_large_in_words() -> str:
    """What is said of a file that has more."""
    return f"The file must have {largest_in_words()} or less"


def make_room() -> None:
    """Take in a good deal more than a file may have, so that one which is too large is told at its field and what else
    was filled in stays; and keep the words for what is larger still."""
    usual: int = current_app.config["MAX_CONTENT_LENGTH"]
    request.max_content_length = max(usual, TIMES_TOO_LARGE * largest())
    g.too_large = f"{too_large_in_words()}."


def problem_with(upload: Upload) -> str:
    """Why a file cannot be taken; empty when it can."""
    if not upload.content:
        return "The file is empty"
    if len(upload.content) > largest():
        return too_large_in_words()
    if upload.media_type == HEIC:
        return "A HEIC photo may hold where it was taken, so please send it as JPEG"
    if upload.media_type is None:
        return "The file must be a PDF, or a photo as JPEG or PNG"
    try:
        _plain(upload)
    except Unreadable:
        return "The picture is damaged and cannot be read"
    return ""


def _plain(upload: Upload) -> bytes:
    """What is kept of a file: a picture without what was written beside it, anything else as it is."""
    plain = {JPEG: plain_jpeg, PNG: plain_png}.get(upload.media_type or "")
    return plain(upload.content) if plain else upload.content


def shown_name(file_name: str) -> str:
    """A file's own name without folders, ending and what no page can show."""
    last = file_name.replace("\\", "/").rpartition("/")[2].rpartition(".")
    letters = "".join(letter for letter in (last[0] or last[2]) if letter.isprintable())
    return letters.strip()[:LONGEST_NAME]


@dataclass(slots=True)
class Stored:
    """A file in its place, with its size in bytes; it stays if a row came to name it."""

    name: str
    size: int
    is_named: bool = False


@contextmanager
def stored(upload: Upload | None) -> Iterator[Stored | None]:
    """Put a file in its place for the transaction inside, and take it away again if nothing came of that. Raises
    Invalid for a file that cannot be taken."""
    if upload is None:
        yield None
        return
    if problem := problem_with(upload):
        raise Invalid("evidence_file", problem)
    kept = _plain(upload)
    place = Stored(_write(kept), len(kept))
    try:
        yield place
    except BaseException:
        _remove(place.name)
        raise
    if not place.is_named:
        _remove(place.name)


def path_of(name: str) -> Path:
    """Where a stored file lies."""
    return _folder() / name


def clear_away(named: Collection[str]) -> int:
    """Remove what no row names and what was left half written, once it is old enough; how many that were."""
    before = clock.now().timestamp() - GRACE_SECONDS
    old = [path for path in _folder().iterdir() if path.name not in named and path.stat().st_mtime < before]
    for path in old:
        _remove(path.name)
    return len(old)


def _folder() -> Path:
    folder = config.settings().instance / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _write(content: bytes) -> str:
    """Write a file that is there whole or not at all, also after a loss of power; its name."""
    folder, name = _folder(), secrets.token_hex(16)
    half = folder / f"{name}.part"
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(folder / name)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return name


def _remove(name: str) -> None:
    with suppress(FileNotFoundError):
        path_of(name).unlink()
