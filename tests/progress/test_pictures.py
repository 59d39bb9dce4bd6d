"""Pictures lose what was written beside them, and nothing of themselves."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.pictures import JPEG, PNG, chunk, exif, jpeg, png, segment
from tracker.progress.pictures import ORIENTATION, Unreadable, plain_jpeg, plain_png

SECRET = b"taken at 47.3769N 8.5417E by Ada"
XMP, IPTC, PREVIEWS = b"http://ns.adobe.com/xap/1.0/\0" + SECRET, b"Photoshop 3.0\0" + SECRET, b"MPF\0" + SECRET
JFIF, ADOBE, ICC = segment(0xE0, b"JFIF\0" + bytes(9)), segment(0xEE, b"Adobe" + bytes(7)), b"ICC_PROFILE\0\1\1colours"
TELLING = (
    *(exif(turned=1), segment(0xE1, XMP), segment(0xED, IPTC), segment(0xE2, PREVIEWS), segment(0xFE, SECRET)),
    *(segment(0xE0, b"JFXX\0" + SECRET), segment(0xE5, SECRET), segment(0xEF, SECRET)),
)
NEEDED = (JFIF, ADOBE, segment(0xE2, ICC))
TEXTS = tuple(chunk(name, SECRET) for name in (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"dSIG", b"prVt"))
COLOURS = tuple(chunk(name, b"kept") for name in (b"gAMA", b"cHRM", b"iCCP", b"sRGB", b"tRNS", b"pHYs"))
scans = st.lists(
    st.sampled_from([b"\xff\x00", b"\xff\xd3", b"\x00", b"\x7f", b"\xfe", b"\xd9\xd8"]), min_size=1, max_size=40
).map(b"".join)


def turned_to(picture: bytes) -> int | None:
    """How a photo says it is to be turned, read the way a viewer does; none where it says nothing."""
    place = picture.find(b"Exif\0\0")
    if place < 0:
        return None
    tiff = picture[place + 6 :]
    (first,) = struct.unpack_from(">I", tiff, 4)
    tag, _, _, value = struct.unpack_from(">HHIH", tiff, first + 2)
    assert (tiff[:4], tag) == (b"MM\0*", ORIENTATION)
    return int(value)


@given(st.lists(st.sampled_from(TELLING + NEEDED), max_size=8), scans)
def test_a_jpeg_keeps_what_a_decoder_reads_and_nothing_else(beside: list[bytes], scan: bytes) -> None:
    kept = [one for one in beside if one in NEEDED]
    assert plain_jpeg(jpeg(*beside, scan=scan)) == jpeg(*kept, scan=scan)


@given(st.lists(st.sampled_from(TEXTS + COLOURS), max_size=8))
def test_a_png_keeps_the_picture_and_its_colours(beside: list[bytes]) -> None:
    kept = [one for one in beside if one in COLOURS]
    assert plain_png(png(*beside)) == png(*kept)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("turned", range(1, 9))
def test_a_photo_keeps_how_it_is_turned(turned: int, order: str) -> None:
    photo = jpeg(JFIF, exif(turned=turned, order=order))
    plain = plain_jpeg(photo)
    assert turned_to(plain) == (None if turned == 1 else turned)
    assert b"47.3769N" in photo
    assert b"47.3769N" not in plain
    assert plain_jpeg(plain) == plain


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"Exif\0\0", b"Exif\0\0II*\0", b"Exif\0\0XX*\0\0\0\0\x08", b"Exif\0\0II*\0\xff\xff\xff\x7f"),
        *(b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + bytes(30), b"Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\x09\0\0"),
    ],
)
def test_what_a_phone_wrote_badly_is_left_out_too(body: bytes) -> None:
    assert plain_jpeg(jpeg(segment(0xE1, body))) == JPEG


def test_what_follows_a_picture_is_left_out() -> None:
    assert plain_jpeg(JPEG + b"a film of the ward") == JPEG
    assert plain_png(PNG + b"a note") == PNG


def test_a_jpeg_of_several_scans_keeps_them_all() -> None:
    between = segment(0xC4, b"\x11" * 9) + segment(0xDA, bytes(6)) + b"\x01\xff\x00\x02"
    assert plain_jpeg(jpeg(scan=b"\x01" + between)) == jpeg(scan=b"\x01" + between)


def test_a_scan_that_breaks_off_is_kept_as_far_as_it_goes() -> None:
    assert plain_jpeg(JPEG[:-2]) == JPEG


def test_markers_may_be_filled_up() -> None:
    filled = b"\xff\xd8" + b"\xff\xff" + segment(0xFE, SECRET) + b"\xff" + JPEG[2:]
    assert plain_jpeg(filled) == JPEG


@given(st.binary(max_size=200), st.integers(0, 200))
def test_nonsense_is_refused_and_never_breaks(noise: bytes, cut: int) -> None:
    for plain, start in ((plain_jpeg, JPEG), (plain_png, PNG)):
        for content in (start[:3] + noise, start[:cut] + noise, start[:cut]):
            try:
                assert plain(plain(content)) == plain(content)
            except Unreadable:
                continue


@pytest.mark.parametrize("content", [b"\xff\xd8", b"\xff\xd8\xff\xd9", JPEG[:40], b"\xff\xd8\xff\xe0" + bytes(100)])
def test_a_jpeg_without_a_picture_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        plain_jpeg(content)


@pytest.mark.parametrize("content", [PNG[:8], PNG[:-1], PNG[:8] + PNG[33:], PNG[:8] + bytes(100)])
def test_a_png_that_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        plain_png(content)
