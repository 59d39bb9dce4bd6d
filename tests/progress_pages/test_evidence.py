"""Evidence: taken by what is in it, kept out of sight, shown to whoever may decide, gone when it is taken back."""

import os
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, stream_encode_multipart

from tests.progress_pages.conftest import World, answer, completions_of, sent
from tests.support import make, trail
from tests.support.make import Account
from tests.support.pages import Page, Pages
from tests.support.pictures import JPEG, PNG, chunk, exif, jpeg, png, segment
from tracker.core import clock
from tracker.core.actor import Role
from tracker.core.audit import AuditEvent
from tracker.core.database import db
from tracker.progress import jobs, uploads
from tracker.progress.commands import completions as commands
from tracker.progress.models import EvidenceItem

PDF = b"%PDF-1.7\n" + bytes(100)
HEIC = b"\x00\x00\x00\x18ftypheic" + bytes(100)
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.fixture
def essay(world: World) -> World:
    """A module that is verified, asked of everybody."""
    make.requirement(make.module("ESSAY", title="Essay", evidence="verification"))
    return world


def stored(app: Flask) -> list[Path]:
    """The files that lie there."""
    folder = Path(app.instance_path) / "uploads"
    return sorted(folder.iterdir()) if folder.exists() else []


def evidence_url(page: Page) -> str:
    """Where the file on a page is handed out."""
    return str(page.one("main a[href^='/evidence/']")["href"])


def file(content: bytes, name: str = "scan.png") -> tuple[BytesIO, str]:
    """A file as a browser sends it."""
    return BytesIO(content), name


@pytest.mark.parametrize(
    ("content", "name", "kept_as", "media_type", "is_download"),
    [
        (PNG, "Ward 4.png", "Ward 4.png", "image/png", False),
        (JPEG, "IMG_0001.JPEG", "IMG_0001.jpg", "image/jpeg", False),
        (PDF, "certificate.exe", "certificate.pdf", "application/pdf", True),
        (JPEG, "C:\\photos\\IMG.jpg", "IMG.jpg", "image/jpeg", False),
        (PDF, "../../etc/passwd", "passwd.pdf", "application/pdf", True),
        (PDF, "Zeugnis für Ada \u202e.pdf", "Zeugnis für Ada.pdf", "application/pdf", True),
    ],
)
def test_a_file_is_known_by_its_content(
    app: Flask, essay: World, pages: Pages, content: bytes, name: str, kept_as: str, media_type: str, is_download: bool
) -> None:
    receipt = sent(pages, "ESSAY", evidence_file=file(content, name))
    assert kept_as in receipt.text
    handed_out = pages.download(evidence_url(receipt))
    assert handed_out.data == content
    assert handed_out.mimetype == media_type
    assert handed_out.headers["X-Content-Type-Options"] == "nosniff"
    assert handed_out.headers["Cache-Control"] == "no-store"
    assert handed_out.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert handed_out.headers["Content-Disposition"].startswith("attachment" if is_download else "inline")
    [path] = stored(app)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert len(path.name) == 32
    assert "evidence.added" in trail.verbs()


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (jpeg(exif(turned=1), segment(0xFE, b"Ward 4"), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0Ward 4")), JPEG),
        (png(chunk(b"tEXt", b"Comment\0Ward 4"), chunk(b"eXIf", b"II*\0")), PNG),
    ],
)
def test_where_a_photo_was_taken_is_not_kept(
    app: Flask, essay: World, pages: Pages, content: bytes, kept: bytes
) -> None:
    receipt = sent(pages, "ESSAY", evidence_file=file(content))
    assert pages.download(evidence_url(receipt)).data == kept
    [path] = stored(app)
    assert path.read_bytes() == kept
    assert db.session.scalar(select(EvidenceItem.size)) == len(kept)


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (HTML, "page.png", "The file must be a PDF, or a photo as JPEG or PNG"),
        (HEIC, "IMG.HEIC", "A HEIC photo may hold where it was taken, so please send it as JPEG"),
        (PNG[:-1], "half.png", "The picture is damaged and cannot be read"),
        (b"", "empty.pdf", "The file is empty"),
    ],
)
def test_other_files_are_refused_at_their_field(
    app: Flask, essay: World, pages: Pages, content: bytes, name: str, message: str
) -> None:
    page = sent(pages, "ESSAY", status=422, evidence_file=file(content, name), note="kept words")
    assert page.errors == [message]
    assert page.one("#evidence_file-error").text.endswith(message)
    assert page.one("#note").text.strip() == "kept words"
    assert completions_of(essay.ada) == []
    assert stored(app) == []


def test_a_file_may_have_ten_megabytes_and_no_more(app: Flask, essay: World, pages: Pages) -> None:
    for length, status in ((10 * 2**20, 303), (10 * 2**20 + 1, 422)):
        form = pages.get("learner.log", query={"module": "ESSAY"})
        values = {
            "csrf_token": pages.token(),
            "form_key": str(form.one("input[name=form_key]")["value"]),
            "course": "ESSAY",
            "completed_on": clock.today().isoformat(),
            "evidence_file": FileStorage(BytesIO(PDF.ljust(length, b"\0")), "large.pdf"),
        }
        body, size, boundary = stream_encode_multipart(values, use_tempfile=False)
        kind = f"multipart/form-data; boundary={boundary}"
        found = answer(pages, "POST", "/log", input_stream=body, content_length=size, content_type=kind)
        assert found.status_code == status
    text = found.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "The file must have 10 MB or less" in text
    assert "At most 10 MB." in text
    assert [path.stat().st_size for path in stored(app)] == [10 * 2**20]


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org/a",
        "https://",
        "//example.org",
        "example.org",
        "https://exa mple.org",
        "file:///etc/passwd",
    ],
)
def test_only_links_of_the_web_are_taken(essay: World, pages: Pages, link: str) -> None:
    page = sent(pages, "ESSAY", status=422, evidence_link=link)
    assert page.errors == ["The link must begin with https:// or http://"]
    assert completions_of(essay.ada) == []


def test_a_link_leads_away_without_saying_from_where(essay: World, pages: Pages) -> None:
    receipt = sent(pages, "ESSAY", evidence_link="https://certificates.example.org/1?a=1&b=2")
    link = receipt.one("main a[href^='https://certificates']")
    assert link["href"] == "https://certificates.example.org/1?a=1&b=2"
    assert "noreferrer" in link["rel"]


def test_only_who_may_decide_sees_it_and_only_while_it_waits(app: Flask, essay: World, pages: Pages) -> None:
    url = evidence_url(sent(pages, "ESSAY", evidence_file=file(PNG)))
    claim = db.session.scalars(select(EvidenceItem.completion_id)).one()
    elsewhere = make.champion(make.unit("Surgery"))
    colleague = make.learner(essay.unit)
    office, auditor = make.account(Role.OFFICE), make.account(Role.AUDITOR)
    administrator = make.account(Role.ADMINISTRATOR)

    def seen_by(visitor: Account | None) -> int:
        pages.sign_in(visitor)
        return answer(pages, "GET", url).status_code

    def seen() -> list[int]:
        return [seen_by(one) for one in (essay.learner, essay.champion, elsewhere, colleague, office, auditor)]

    assert seen() == [200, 200, 404, 404, 200, 200]
    assert seen_by(administrator) == 403
    assert seen_by(None) == 303

    pages.sign_in(essay.champion)
    page = pages.get("claims.decide", completion_id=claim)
    assert evidence_url(page) == url

    commands.verify(make.by(), claim)
    assert seen() == [200, 404, 404, 404, 200, 200]


def test_of_what_counts_at_once_a_champion_sees_no_evidence(world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE"))
    url = evidence_url(sent(pages, "AWARE", evidence_file=file(PNG)))
    pages.sign_in(world.champion)
    assert answer(pages, "GET", url).status_code == 404


def test_it_stays_through_a_correction_and_can_be_replaced_or_removed(app: Flask, essay: World, pages: Pages) -> None:
    receipt = sent(pages, "ESSAY", evidence_file=file(PNG, "first.png"))
    corrected = pages.submit(pages.open(receipt.link("Correct it")), completed_on=make.day(5).isoformat())
    assert "first.png" in corrected.text

    form = pages.open(corrected.link("Correct it"))
    values = {"form_key": form.one("input[name=form_key]")["value"], "course": "ESSAY"}
    day = make.day(5).isoformat()
    path = form.path
    sent_on = answer(
        pages,
        "POST",
        path,
        data={**values, "completed_on": day, "evidence_file": file(PDF, "second.pdf"), "csrf_token": pages.token()},
    )
    assert sent_on.status_code == 303
    replaced = pages.open(sent_on.headers["Location"])
    assert "second.pdf" in replaced.text
    assert "first.png" not in replaced.text

    removed = pages.submit(pages.open(replaced.link("Correct it")), drop_evidence="y")
    assert "second.pdf" not in removed.text
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(EvidenceItem)) == 0


def test_withdrawing_deletes_it(app: Flask, essay: World, pages: Pages) -> None:
    receipt = sent(pages, "ESSAY", evidence_file=file(PNG))
    form = pages.open(receipt.link("Withdraw it"))
    assert "Its evidence is deleted." in form.text
    pages.submit(form)
    assert db.session.scalar(select(func.count()).select_from(EvidenceItem)) == 0
    assert "evidence.removed" in trail.verbs()
    _age(stored(app))
    jobs.clear_uploads()
    jobs.clear_uploads()
    assert stored(app) == []


def test_a_form_sent_twice_keeps_one_file(app: Flask, essay: World, pages: Pages) -> None:
    form = pages.get("learner.log", query={"module": "ESSAY"})
    values = {"form_key": form.one("input[name=form_key]")["value"], "course": "ESSAY"}
    for _ in range(2):
        pages.post("learner.log", {**values, "completed_on": clock.today().isoformat(), "evidence_file": file(PNG)})
    assert len(completions_of(essay.ada)) == len(stored(app)) == 1


def test_nothing_is_left_of_a_file_when_the_command_refuses(app: Flask, essay: World, pages: Pages) -> None:
    make.module("FIRST", title="The first")
    make.requirement(make.module("SECOND", after=["FIRST"]))
    page = sent(pages, "SECOND", status=422, evidence_file=file(PNG))
    assert page.errors == ["“The first” comes before this one. Log it first."]
    assert stored(app) == []


def test_only_what_nothing_names_is_cleared_away_and_not_at_once(app: Flask, essay: World, pages: Pages) -> None:
    sent(pages, "ESSAY", evidence_file=file(PNG))
    [named] = stored(app)
    forgotten, fresh = named.with_name("a" * 32), named.with_name("b" * 32 + ".part")
    forgotten.write_bytes(PNG)
    fresh.write_bytes(PNG)
    _age([named, forgotten])
    jobs.clear_uploads()
    assert stored(app) == sorted([named, fresh])


def test_a_file_that_was_lost_is_no_page(app: Flask, essay: World, pages: Pages) -> None:
    url = evidence_url(sent(pages, "ESSAY", evidence_file=file(PNG)))
    stored(app)[0].unlink()
    assert answer(pages, "GET", url).status_code == 404


def test_the_trail_does_not_say_what_is_in_it(essay: World, pages: Pages) -> None:
    sent(pages, "ESSAY", evidence_file=file(PNG, "my secret.png"), evidence_link="https://example.org/secret")
    events = db.session.scalars(select(AuditEvent)).all()
    assert not any("secret" in f"{one.before}{one.after}" for one in events)


def test_the_form_opens_the_part_for_a_module_that_is_verified(essay: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE"))
    assert pages.get("learner.log", query={"module": "ESSAY"}).html.select("details[open] #evidence_file")
    plain = pages.get("learner.log", query={"module": "AWARE"})
    assert not plain.html.select("details[open]")
    assert plain.one("#evidence_file")["accept"] == "application/pdf,image/jpeg,image/png"


def test_types_are_told_by_their_first_bytes() -> None:
    found = [uploads.media_type_of(content) for content in (PDF, JPEG, PNG, HEIC, HTML, b"", b"GIF89a", b"\x00" * 40)]
    assert found == [uploads.PDF, uploads.JPEG, uploads.PNG, uploads.HEIC, None, None, None, None]


def _age(paths: list[Path]) -> None:
    """Let files be two hours old."""
    before = clock.now().timestamp() - 7200
    for path in paths:
        os.utime(path, (before, before))


def upload(pages: Pages, size: int) -> TestResponse:
    """Send the form with a file of so many bytes, a note and a reflection."""
    form = pages.get("learner.log", query={"module": "ESSAY"})
    values = {
        "csrf_token": pages.token(),
        "form_key": str(form.one("input[name=form_key]")["value"]),
        "course": "ESSAY",
        "completed_on": clock.today().isoformat(),
        "note": "kept words",
        "reflection": "kept for myself",
        "evidence_file": FileStorage(BytesIO(PDF.ljust(size, b"\0")), "large.pdf"),
    }
    body, length, boundary = stream_encode_multipart(values, use_tempfile=False)
    kind = f"multipart/form-data; boundary={boundary}"
    return answer(pages, "POST", "/log", input_stream=body, content_length=length, content_type=kind)


def test_a_file_far_too_large_leaves_the_form_filled_in(app: Flask, essay: World, pages: Pages) -> None:
    found = upload(pages, 39 * 2**20)
    assert found.status_code == 422
    assert "kept words" in found.text
    assert "kept for myself" in found.text
    assert "The file must have 10\N{NO-BREAK SPACE}MB or less" in found.text
    assert stored(app) == []
    assert completions_of(essay.ada) == []


def test_beyond_all_measure_it_is_told_how_large_a_file_may_be(essay: World, pages: Pages) -> None:
    found = upload(pages, 40 * 2**20)
    assert found.status_code == 413
    assert "The file must have 10\N{NO-BREAK SPACE}MB or less. Nothing was changed." in found.text
    assert 'href="/log"' in found.text


def test_the_browser_is_told_how_large_a_file_may_be(essay: World, pages: Pages) -> None:
    field = pages.get("learner.log").one("#evidence_file")
    assert field["data-largest"] == str(10 * 2**20)
    assert field["data-too-large"] == "The file must have 10\N{NO-BREAK SPACE}MB or less"
