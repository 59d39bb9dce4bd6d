"""Reflections: for whoever wrote them and for nobody else, on no page, in no file, in no trail."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.guards import world as worlds
from tests.guards.test_routes import TABLE
from tests.progress_pages.conftest import World, answer, sent
from tests.support import make, trail
from tests.support.pages import Pages
from tracker.core import clock
from tracker.core.actor import Actor, Right
from tracker.core.audit import AuditEvent
from tracker.core.database import Base, db, transaction
from tracker.core.errors import Conflict
from tracker.exchange.commands.dump import dump
from tracker.progress.commands import completions as commands
from tracker.progress.commands.completions import Statement
from tracker.progress.commands.evidence import write_reflection
from tracker.progress.models import Completion, Reflection

WORDS = "I had not known how little I listen"


def test_it_is_written_with_the_form_changed_and_deleted(world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE", title="Awareness"))
    receipt = sent(pages, "AWARE", reflection=f"{WORDS}.\nAnd more.")
    assert receipt.texts("blockquote") == [f"{WORDS}. And more."]
    assert trail.verbs()[-1] == "reflection.written"

    changed = pages.submit(pages.open(receipt.link("Change or delete it")), reflection="Other words")
    assert changed.texts("blockquote") == ["Other words"]
    assert changed.messages == ["Your reflection is saved."]

    gone = pages.submit(pages.open(changed.link("Change or delete it")), reflection="")
    assert gone.texts("blockquote") == []
    assert gone.messages == ["Your reflection is deleted."]
    db.session.rollback()
    assert db.session.scalars(select(Reflection)).all() == []

    again = pages.submit(pages.open(gone.link("Write a reflection")), reflection="Once more")
    assert again.texts("blockquote") == ["Once more"]
    assert "With a reflection of yours" in pages.get("learner.record").text


def test_too_long_is_told(world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE"))
    page = sent(pages, "AWARE", status=422, reflection="r" * 10_001)
    assert page.errors == ["The reflection must be 10,000 characters or fewer"]
    assert page.html.select("details[open] #reflection")


def test_it_goes_along_with_corrections_and_decisions(world: World, pages: Pages) -> None:
    make.requirement(make.module("ESSAY", evidence="verification"))
    receipt = sent(pages, "ESSAY", reflection=WORDS)
    corrected = pages.submit(pages.open(receipt.link("Correct it")), completed_on=make.day(2).isoformat())
    assert WORDS in corrected.text
    last = db.session.scalars(select(Completion.id).order_by(Completion.id.desc())).first()
    assert last is not None
    commands.verify(make.by(), last)
    verified = pages.open(receipt.path)
    assert WORDS in verified.text
    after = pages.submit(pages.open(verified.link("Change or delete it")), reflection="Still mine")
    assert "Still mine" in after.text


def test_nobody_else_reads_it_anywhere(app: Flask, pages: Pages, tmp_path: Path) -> None:
    world = worlds.build()
    learner = world.visitors["learner"]
    pages.sign_in(learner)
    for receipt in (world.names["claim_receipt"], world.names["done_receipt"], world.names["private_receipt"]):
        form = pages.get("learner.reflection", reference=receipt)
        assert WORDS in pages.submit(form, reflection=WORDS).text

    looked_at = 0
    for name, visitor in world.visitors.items():
        if name == "learner":
            continue
        pages.sign_in(visitor)
        for line in TABLE:
            if line.method == "GET" and line.outcomes[name] in ("200", "409"):
                found = answer(pages, "GET", line.address.format(**world.names))
                assert WORDS not in everything_in(found.data), f"{name} reads it at {line.address}"
                looked_at += 1
    assert looked_at > 200

    for event in db.session.scalars(select(AuditEvent)):
        assert WORDS not in f"{event.before}{event.after}"
    dump(tmp_path / "dumped")
    assert not any(WORDS in path.read_text(encoding="utf-8") for path in (tmp_path / "dumped").iterdir())
    for table in Base.metadata.sorted_tables:
        if table.name != "reflection":
            assert WORDS not in repr(db.session.execute(select(table)).all()), table.name


def everything_in(content: bytes) -> str:
    """What an answer holds, an archive unpacked."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


def test_she_takes_it_along(world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE"))
    sent(pages, "AWARE", reflection=WORDS)
    with zipfile.ZipFile(io.BytesIO(pages.download("/my-data.zip").data)) as archive:
        told = json.loads(archive.read("my-data.json"))
    assert told["records"][0]["reflection"] == WORDS
    assert WORDS not in pages.download("/record.csv").text


def test_one_beside_a_record_that_is_just_being_corrected_waits_and_is_refused(app: Flask, world: World) -> None:
    course = make.module("AWARE")
    claim = make.completion(world.ada, course, claimed=True)
    herself = Actor(world.learner.id, world.ada.id, frozenset(Right), frozenset(), clock.today())

    def write() -> None:
        with app.app_context():
            write_reflection(herself, claim, WORDS)

    with ThreadPoolExecutor(1) as other:
        with transaction(herself):
            commands.correct_claim(herself, claim, Statement("AWARE", make.day(2)))
            writing = other.submit(write)
            wait([writing], 1)
        with pytest.raises(Conflict):
            writing.result()
    assert db.session.scalars(select(Reflection)).all() == []
