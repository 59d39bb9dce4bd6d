"""Pictures without what cameras and programs write beside them: where and when they were taken, with what, by whom.

Nothing of the picture itself is touched: what a decoder reads goes over byte by byte, everything else is left out. Of
a photo's own data only how it is turned is kept, since phones store it lying. Pure.
"""

import re
import struct
from collections.abc import Iterator

START, END = b"\xff\xd8", b"\xff\xd9"
APP0, APP1, APP2, APP14, APP15, COMMENT, SCAN = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE, 0xDA
WITH_LENGTH = frozenset(range(0xC0, COMMENT + 1)) - frozenset(range(0xD0, 0xDA))
"""The markers of segments that say how long they are."""
COLOURS, EXIF = b"ICC_PROFILE\0", b"Exif\0\0"
MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends the data of a scan: a marker that neither stands for a byte of 255 nor for a restart."""
ORIENTATION = 0x0112
MOST_ENTRIES = 1_000
PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = frozenset(
    {
        *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"bKGD", b"sBIT", b"pHYs"),
        *(b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV", b"cLLI"),
        *(b"acTL", b"fcTL", b"fdAT"),
    }
)
"""The picture, its colours, its size on paper, and how it moves. Everything else may say something about somebody."""


class Unreadable(ValueError):
    """What calls itself a picture is none."""


def plain_jpeg(content: bytes) -> bytes:
    """A JPEG without EXIF (place, time, camera), XMP, IPTC, comments, previews and whatever follows the picture.
    Raises Unreadable."""
    kept = [START]
    turned = 1
    for marker, segment in _segments(content):
        if marker == APP1:
            turned = _orientation(segment[4:]) or turned
        if _is_needed(marker, segment[4:]):
            kept.append(segment)
    if turned != 1:
        kept.insert(1, _exif_of(turned))
    return b"".join([*kept, END])


def plain_png(content: bytes) -> bytes:
    """A PNG without texts, times, EXIF and whatever follows the picture. Raises Unreadable."""
    kept = [PNG_START]
    place = len(PNG_START)
    name = b""
    while name != b"IEND":
        if len(content) < place + 12:
            raise Unreadable("the PNG ends before its end")
        (length,) = struct.unpack_from(">I", content, place)
        name = content[place + 4 : place + 8]
        chunk = content[place : place + 12 + length]
        if len(chunk) < 12 + length or (len(kept) == 1 and name != b"IHDR"):
            raise Unreadable("the PNG is cut off, or does not begin with its size")
        if name in PNG_KEPT:
            kept.append(chunk)
        place += len(chunk)
    return b"".join(kept)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each segment of a JPEG with its marker; a scan with the data that follows it. One that breaks off in the middle
    of its last scan is shown as far as it goes, as browsers do."""
    place = len(START)
    has_scan = False
    while True:
        while content[place : place + 2] == b"\xff\xff":  # markers may be filled up
            place += 1
        if content[place : place + 2] == END or (has_scan and place >= len(content)):
            break
        if len(content) < place + 4 or content[place] != 0xFF or content[place + 1] not in WITH_LENGTH:
            raise Unreadable("the JPEG has something between its segments")
        marker = content[place + 1]
        (length,) = struct.unpack_from(">H", content, place + 2)
        end = place + 2 + length
        if length < 2 or end > len(content):
            raise Unreadable("the JPEG is cut off")
        if marker == SCAN:
            has_scan = True
            following = MARKER_IN_SCAN.search(content, end)
            end = following.start() if following else len(content)
        yield marker, content[place:end]
        place = end
    if not has_scan:
        raise Unreadable("the JPEG holds no picture")


def _is_needed(marker: int, body: bytes) -> bool:
    """Whether a decoder needs a segment: all but comments and what applications put in, of that only the colours."""
    if marker == COMMENT:
        return False
    if not APP0 <= marker <= APP15:
        return True
    return (
        (marker == APP0 and body.startswith(b"JFIF\0"))
        or (marker == APP2 and body.startswith(COLOURS))
        or (marker == APP14 and body.startswith(b"Adobe"))
    )


def _orientation(body: bytes) -> int | None:
    """How EXIF says that a photo is to be turned, 1 to 8; none where it does not say it readably."""
    if not body.startswith(EXIF):
        return None
    tiff = body[len(EXIF) :]
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return None
    try:
        (place,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, place)
        for number in range(min(entries, MOST_ENTRIES)):
            tag, kind, count, value = struct.unpack_from(f"{order}HHIH", tiff, place + 2 + 12 * number)
            if (tag, kind, count) == (ORIENTATION, 3, 1):
                return value if 1 <= value <= 8 else None
    except struct.error:
        return None
    return None


def _exif_of(turned: int) -> bytes:
    """EXIF that says how a photo is to be turned, and nothing else."""
    entry = struct.pack(">HHIHH", ORIENTATION, 3, 1, turned, 0)
    body = EXIF + b"MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    return struct.pack(">BBH", 0xFF, APP1, len(body) + 2) + body
