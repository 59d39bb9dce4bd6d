"""Small pictures for tests, put together byte by byte."""

import struct
import zlib


def chunk(name: bytes, data: bytes = b"") -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(*beside: bytes) -> bytes:
    """A PNG of one white point, with these parts beside the picture."""
    size = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + size + b"".join(beside) + chunk(b"IDAT", zlib.compress(b"\0\xff")) + chunk(b"IEND")


def segment(marker: int, body: bytes) -> bytes:
    """A part of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg(*beside: bytes, scan: bytes = b"\x12\xff\x00\x34\xff\xd0\x56") -> bytes:
    """A JPEG with these parts before its tables and its scan; what is scanned means nothing."""
    tables = segment(0xDB, bytes(65)) + segment(0xC0, bytes(15)) + segment(0xC4, bytes(20))
    return b"\xff\xd8" + b"".join(beside) + tables + segment(0xDA, bytes(6)) + scan + b"\xff\xd9"


def exif(*, turned: int, order: str = "<", place: bytes = b"47.3769N 8.5417E") -> bytes:
    """What a phone writes into a photo: how it is turned, and where it was taken."""
    entries = struct.pack(f"{order}HHII", 0x010F, 2, len(place), 38)
    entries += struct.pack(f"{order}HHIHH", 0x0112, 3, 1, turned, 0)
    directory = struct.pack(f"{order}H", 2) + entries + struct.pack(f"{order}I", 0)
    start = b"II*\0" if order == "<" else b"MM\0*"
    return segment(0xE1, b"Exif\0\0" + start + struct.pack(f"{order}I", 8) + directory + place)


PNG, JPEG = png(), jpeg()
