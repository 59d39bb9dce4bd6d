"""A file or a link with a request: taken by its content, for its asker and who may answer, gone when withdrawn."""

import contextvars
import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from tests.requests.conftest import World, actor_of, deeds, facts_of, id_of, ids_of, open_form, stored
from tests.support import cast, make, trail
from tests.support.make import Account
from tests.support.pages import Page, Pages
from tests.support.pictures import JPEG, PNG, exif, jpeg
from tracker.core import clock
from tracker.core.database import db
from tracker.core.errors import Invalid
from tracker.exchange.commands.dump import dump
from tracker.exchange.commands.load import load
from tracker.progress import jobs
from tracker.progress.models import EvidenceItem
from tracker.progress.uploads import Upload
from tracker.requests import commands
from tracker.requests.commands import Asked
from tracker.requests.rules import Kind

PDF = b"%PDF-1.7\n" + bytes(100)
LINK = "https://certificates.example.org/1"


def asked_with(
    pages: Pages, content: bytes, name: str = "list.png", *, kind: str = "dispute", status: int = 200, **values: object
) -> Page:
    """Ask with a file, as a browser sends it."""
    form = open_form(pages, kind, requirement="YEARLY")
    given = {
        "form_key": str(form.one("input[name=form_key]")["value"]),
        "requirement_id": ids_of("YEARLY", "ESSAY")[0],
        "day": clock.today().isoformat(),
        "words": "I was there.",
        "evidence_file": (io.BytesIO(content), name),
    }
    page = pages.post("requests.ask", {**given, **values}, kind=kind, status=status)
    db.session.rollback()
    return page


def files(app: Flask) -> list[Path]:
    """The files that lie there."""
    folder = Path(app.instance_path) / "uploads"
    return sorted(folder.iterdir()) if folder.exists() else []


def file_url(page: Page) -> str:
    """Where the file on a request's page is handed out."""
    return str(page.one("main a[href$='/file']")["href"])


def test_a_file_and_a_link_go_with_a_dispute(app: Flask, world: World, pages: Pages) -> None:
    page = asked_with(pages, PDF, "Sign-in list.exe", link=LINK)
    facts = facts_of(page)
    assert facts["File"].startswith("Sign-in list.pdf, PDF, ")
    assert facts["Link"] == LINK
    assert "Its file is deleted then." in page.texts(".lede p")[1]
    handed_out = pages.download(file_url(page))
    assert handed_out.data == PDF
    assert handed_out.headers["Content-Disposition"].startswith("attachment")
    assert handed_out.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert deeds()[-2:] == ["request.made", "request.file-added"]
    assert "Sign-in" not in str([one for one in trail.everything() if one["verb"].startswith("request.")])
    pages.sign_in(world.champion)
    seen = pages.get("requests.request", request_id=id_of(page))
    assert pages.download(file_url(seen)).data == PDF


def test_where_a_photo_was_taken_is_not_kept(app: Flask, world: World, pages: Pages) -> None:
    page = asked_with(pages, jpeg(exif(turned=1)), "ward.jpg")
    handed_out = pages.download(file_url(page))
    assert handed_out.data == JPEG
    assert handed_out.headers["Content-Disposition"].startswith("inline")
    [path] = files(app)
    assert path.read_bytes() == JPEG
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<!doctype html>", "The file must be a PDF, or a photo as JPEG or PNG"),
        (PNG[:-1], "The picture is damaged and cannot be read"),
        (b"", "The file is empty"),
    ],
)
def test_other_files_are_refused_at_their_field(
    app: Flask, world: World, pages: Pages, content: bytes, message: str
) -> None:
    page = asked_with(pages, content, status=422)
    assert page.errors == [message]
    assert page.html.select("details[open] #evidence_file-error")
    assert files(app) == []
    assert "You have asked for nothing yet" in pages.get("requests.mine").text


def test_a_file_that_is_too_large_is_told_at_its_field(app: Flask, world: World, pages: Pages) -> None:
    object.__setattr__(app.config["SETTINGS"], "evidence_megabytes", 6)
    app.config["MAX_CONTENT_LENGTH"] = 8 * 2**20
    values = {
        "csrf_token": pages.token(),
        "form_key": "k" * 20,
        "words": "I was there.",
        "evidence_file": FileStorage(io.BytesIO(PDF.ljust(20 * 2**20, b"\0")), "large.pdf"),
    }
    body, length, boundary = stream_encode_multipart(values, use_tempfile=False)
    found = contextvars.Context().run(
        pages.client.post,
        "/requests/new?kind=dispute&requirement=YEARLY",
        input_stream=body,
        content_length=length,
        content_type=f"multipart/form-data; boundary={boundary}",
        buffered=True,
    )
    assert found.status_code == 422
    text = found.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "The file must have 6 MB or less" in text
    assert "I was there." in text


def test_only_links_of_the_web_are_taken(world: World, pages: Pages) -> None:
    form = open_form(pages, "dispute", requirement="YEARLY")
    refused = pages.submit(form, words="x", link="javascript:alert(1)", status=422)
    assert refused.errors == ["The link must begin with https:// or http://"]
    asked = Asked(Kind.DISPUTE, "x", module_id=ids_of("YEARLY", "ESSAY")[1], day=make.day(0), link="ftp://x")
    with pytest.raises(Invalid):
        commands.ask(actor_of(world.learner), asked)


@pytest.mark.parametrize("kind", ["waiver", "accommodation"])
def test_what_would_speak_of_health_takes_no_file(app: Flask, world: World, pages: Pages, kind: str) -> None:
    assert not open_form(pages, kind).html.select("#evidence_file, #link")
    asked = Asked(Kind(kind), "x", requirement_id=ids_of("YEARLY", "ESSAY")[0], starts_on=make.day(0))
    with pytest.raises(Invalid):
        commands.ask(actor_of(world.learner), asked, Upload("note.png", PNG))
    assert files(app) == []


@pytest.mark.parametrize("kind", ["older", "equivalence"])
def test_what_asks_for_a_completion_takes_one_too(world: World, pages: Pages, kind: str) -> None:
    essay = ids_of("YEARLY", "ESSAY")[1]
    long_ago = make.day(40).isoformat()
    page = asked_with(pages, PNG, kind=kind, module_id=essay, course="Bias 101", place="Elsewhere", day=long_ago)
    assert facts_of(page)["File"].startswith("list.png, Picture, ")
    pages.sign_in(world.champion)
    assert pages.download(f"/requests/{id_of(page)}/file", status=404)
    pages.sign_in(world.office)
    assert pages.download(file_url(pages.open(page.path))).data == PNG


def test_a_form_sent_twice_keeps_one_file_and_says_what_it_left_out(app: Flask, world: World, pages: Pages) -> None:
    key = "k" * 20
    first = asked_with(pages, PNG, form_key=key)
    again = asked_with(pages, PNG, form_key=key)
    assert (again.path, again.messages) == (first.path, [])
    other = asked_with(pages, PDF, "other.pdf", form_key=key)
    assert other.path == first.path
    assert other.messages[0].startswith("This form had been sent before")
    assert len(files(app)) == 1


def test_withdrawing_deletes_the_file(app: Flask, world: World, pages: Pages) -> None:
    page = asked_with(pages, PNG, link=LINK)
    url = file_url(page)
    page = pages.submit(page, "Withdraw it")
    assert "File" not in facts_of(page)
    assert deeds()[-2:] == ["request.withdrawn", "request.file-removed"]
    assert pages.download(url, status=404)
    pages.sign_in(world.office)
    assert LINK not in pages.open(page.path).text
    before = clock.now().timestamp() - 7200
    for path in files(app):
        os.utime(path, (before, before))
    jobs.clear_uploads()
    assert files(app) == []


def test_what_a_request_names_is_not_cleared_away(app: Flask, world: World, pages: Pages) -> None:
    asked_with(pages, PNG)
    [path] = files(app)
    before = clock.now().timestamp() - 7200
    os.utime(path, (before, before))
    jobs.clear_uploads()
    assert files(app) == [path]


def test_it_is_in_the_download_of_ones_own_data(world: World, pages: Pages) -> None:
    asked_with(pages, PNG, link=LINK)
    with zipfile.ZipFile(io.BytesIO(pages.download("/my-data.zip").data)) as archive:
        [told] = json.loads(archive.read("my-data.json"))["requests"]
        assert archive.read(told["file"]) == PNG
    assert (told["kind"], told["state"], told["words"], told["link"]) == ("dispute", "waiting", "I was there.", LINK)
    pages.sign_in(world.champion)
    with zipfile.ZipFile(io.BytesIO(pages.download("/my-data.zip").data)) as archive:
        assert json.loads(archive.read("my-data.json"))["requests"] == []


def test_it_is_for_the_asker_and_for_who_may_answer(app: Flask, pages: Pages) -> None:
    people = cast.gather()
    make.requirement(make.module("ESSAY", title="Essay"), code="YEARLY", title="The course")
    pages.sign_in(people.learner)
    page = asked_with(pages, PNG, link=LINK)
    request_id = id_of(page)

    def seen() -> set[str]:
        return {name for name, account in people.everybody().items() if is_seen_by(pages, account, request_id)}

    assert seen() == {"learner", "champion", "champion_above", "office"}
    pages.sign_in(people.auditor)
    assert LINK not in pages.open(page.path).text
    pages.sign_in(people.champion_above)
    pages.submit(pages.open(page.path), answer="We found it.")
    assert seen() == {"learner", "office"}
    assert stored(request_id).link == LINK


def is_seen_by(pages: Pages, account: Account | None, request_id: int) -> bool:
    """Whether somebody gets the file."""
    pages.sign_in(account)
    path = f"/requests/{request_id}/file"
    found = contextvars.Context().run(pages.client.get, path, base_url=pages.site, buffered=True)
    assert found.status_code in (200, 303, 403, 404)
    return bool(found.status_code == 200)


def test_a_load_takes_it_away_with_the_request(app: Flask, world: World, pages: Pages, tmp_path: Path) -> None:
    asked_with(pages, PNG)
    dump(tmp_path / "out")
    load(make.by(), tmp_path / "out", replace=True)
    assert db.session.scalar(select(func.count()).select_from(EvidenceItem)) == 0
