"""One's whole record: as a page, as CSV, as a transcript and as everything in one download; leavers have it too."""

import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask

from tests.progress_pages.conftest import World, answer, reference_of, sent
from tests.support import cast, make
from tests.support.pages import Pages
from tests.support.pictures import PNG
from tests.support.statements import statements
from tracker.champions.commands import add_certificate, add_training, record_approval
from tracker.core import clock
from tracker.core.actor import Actor, Right, Role
from tracker.core.words import day as shown
from tracker.dashboards.commands import keep_filter
from tracker.people import commands as people
from tracker.progress.commands import completions as commands
from tracker.progress.commands import waivers
from tracker.progress.queries.catalogue import catalogue
from tracker.progress.queries.records import records_of
from tracker.progress.routes.record import parts_of


def csv_rows(pages: Pages) -> list[dict[str, str]]:
    """The lines of the record."""
    found = pages.download("/record.csv")
    assert found.mimetype == "text/csv"
    assert found.headers["Content-Disposition"] == f"attachment; filename=my-record-{clock.today()}.csv"
    return list(csv.DictReader(io.StringIO(found.text)))


def test_it_tells_each_story_with_its_source_and_state(world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE", title="Awareness", minutes=90), make.module("ACT", title="Action"))
    receipt = sent(pages, "AWARE", note="=1+1")
    pages.submit(pages.open(receipt.link("Correct it")), course="ACT", completed_on=make.day(2).isoformat())
    make.completion(world.ada, "AWARE", on=make.day(60))
    page = pages.get("learner.record")
    assert page.texts(".lede p") == ["2 completions count.", "In all 2.5 hours."]
    first, second = page.html.select("main .records > li")
    assert first.select(".timeline p")[0].get_text().startswith("Awareness, done on")
    assert "Entered by the office" in second.get_text()
    assert not second.select(".timeline")

    rows = csv_rows(pages)
    assert [row["course"] for row in rows] == ["AWARE", "ACT", "AWARE"]
    assert [row["counts"] for row in rows] == ["no", "yes", "yes"]
    assert [row["what_happened"] for row in rows] == ["recorded", "corrected", "recorded"]
    assert rows[0]["replaced_by"] == rows[1]["number"]
    assert rows[0]["note"] == "'=1+1"
    assert rows[2]["source"] == "office"
    assert rows[2]["minutes"] == "90"


@pytest.mark.parametrize(
    "name", ["Ada Asked", "Linh Phạm", "Ελένη", "李小龍", "محمد", "नेहा", "\U0001f600", '#x "$" \\ *y*']
)
def test_the_transcript_is_a_tagged_pdf_whatever_the_name(app: Flask, pages: Pages, name: str) -> None:
    unit = make.unit("Medicine")
    learner = make.learner(unit, name)
    pages.sign_in(learner)
    assert learner.person is not None
    make.completion(learner.person, make.module("AWARE", title="Awareness"))
    make.completion(learner.person, make.module("ACT", title="Action"), claimed=True)
    found = pages.download("/record.pdf")
    assert found.mimetype == "application/pdf"
    assert found.headers["Content-Disposition"].startswith("attachment")
    pdf = found.data
    assert pdf.startswith(b"%PDF-")
    assert b"pdfuaid:part>1<" in pdf.replace(b" ", b"") or b"<pdfuaid:part>1" in pdf
    assert re.search(rb"/Lang\s*\(en", pdf)
    assert b"/StructTreeRoot" in pdf
    assert b"/MarkInfo" in pdf


def test_the_transcript_parts_what_is_verified_from_what_is_not(world: World, pages: Pages) -> None:
    essay = make.module("ESSAY", title="Essay", evidence="verification")
    make.completion(world.ada, make.module("AWARE", title="Awareness", equivalents=["WEB"]), on=make.day(9))
    make.completion(world.ada, "WEB", on=make.day(8), claimed=True)
    make.completion(world.ada, essay, claimed=True)
    withdrawn = make.completion(world.ada, make.module("GONE"), claimed=True)
    commands.withdraw(_herself(world), withdrawn)
    verified, own_word, waiting = parts_of(records_of(_herself(world), world.ada.id, catalogue()))
    assert [row[0] for row in verified.rows] == ["Awareness"]
    assert own_word.rows == [("Awareness (through WEB)", shown(make.day(8)), "1", "logged by the person")]
    assert [row[0] for row in waiting.rows] == ["Essay"]


def test_all_that_is_kept_comes_in_one_download(world: World, pages: Pages) -> None:
    make.requirement(make.module("AWARE", title="Awareness"), title="The sequence")
    people.add_leave(make.by(), world.ada.id, starts_on=make.day(90), ends_on=make.day(80))
    waivers.waive(
        make.by(),
        world.ada.id,
        requirement_id=None,
        module_id=None,
        starts_on=make.day(50),
        ends_on=make.day(40),
        reason="a private reason",
        approved_by="the dean",
    )
    sent(pages, "AWARE", note="My note", evidence_file=(io.BytesIO(PNG), "ward.png"), reflection="For me")
    with zipfile.ZipFile(io.BytesIO(pages.download("/my-data.zip").data)) as archive:
        told = json.loads(archive.read("my-data.json"))
        [picture] = [name for name in archive.namelist() if name.startswith("evidence/")]
        assert archive.read(picture) == PNG
        assert archive.read("my-record.csv").decode() == pages.download("/record.csv").text
    assert told["person"]["name"] == "Ada Asked"
    assert told["former_names"] == []
    assert told["appointments"][0]["unit_name"] == "Medicine"
    assert told["leaves"] == [{"start": make.day(90).isoformat(), "end": make.day(80).isoformat()}]
    assert told["waivers"][0]["start"] == make.day(50).isoformat()
    assert told["asked_today"][0]["status"] == "satisfied"
    record = told["records"][0]
    assert record["entries"][0]["note"] == "My note"
    assert record["reflection"] == "For me"
    assert record["evidence"] == {"link": None, "file": picture}
    assert "a private reason" not in json.dumps(told)


def test_with_her_account_her_former_names_and_the_filters_she_keeps(world: World, pages: Pages) -> None:
    herself = _herself(world)
    people.change_person(make.by(), world.ada.id, name="Ada Answered", email=world.ada.email)
    keep_filter(herself, "My list", "MED", "requirement=AWARE")
    keep_filter(replace(herself, account_id=world.champion.id), "Not hers", "MED", "")
    with zipfile.ZipFile(io.BytesIO(pages.download("/my-data.zip").data)) as archive:
        told = json.loads(archive.read("my-data.json"))
    assert [(one["kind"], one["value"]) for one in told["former_names"]] == [("name", "Ada Asked")]
    [account] = told["account"]
    assert (account["email"], account["role"], account["has_password"]) == (world.learner.email, "learner", False)
    assert told["saved_filters"] == [{"name": "My list", "unit": "MED", "query": "requirement=AWARE"}]
    assert told["messages"] == []


def test_a_champion_s_terms_come_with_what_belongs_to_them(world: World, pages: Pages) -> None:
    term, by = make.appoint(world.ada, world.unit), make.by()
    make.module("AWARE")
    record_approval(by, term, "chair", approved_by="Prof. Private", approved_on=make.day(5), note="In confidence")
    add_training(by, term, starts_on=make.day(9), ends_on=make.day(8))
    add_certificate(by, term, module_id=catalogue().modules[0].id, certified_on=make.day(3))
    with zipfile.ZipFile(io.BytesIO(pages.download("/my-data.zip").data)) as archive:
        told = json.loads(archive.read("my-data.json"))
    [agreed], [trained], [certified] = (told[f"champion_{name}"] for name in ("approvals", "trainings", "certificates"))
    assert agreed == {"unit": "MED", "kind": "chair", "approved_on": make.day(5).isoformat()}
    assert trained == {"unit": "MED", "start": make.day(9).isoformat(), "end": make.day(8).isoformat()}
    assert certified == {"unit": "MED", "module": "AWARE", "certified_on": make.day(3).isoformat()}


def test_somebody_who_left_has_it_all(app: Flask, pages: Pages) -> None:
    people_here = cast.gather()
    course = make.module("AWARE", title="Awareness")
    make.requirement(course)
    assert people_here.leaver.person is not None
    make.completion(people_here.leaver.person, course, on=make.day(30))
    pages.sign_in(people_here.leaver)
    assert "Awareness" in pages.get("learner.record").text
    assert [row["module"] for row in csv_rows(pages)] == ["Awareness"]
    assert pages.download("/record.pdf").data.startswith(b"%PDF-")
    assert pages.download("/my-data.zip").status_code == 200
    assert pages.get("learner.module", code="AWARE").status == 200


def test_an_empty_record_can_be_downloaded_too(world: World, pages: Pages) -> None:
    assert csv_rows(pages) == []
    assert pages.download("/record.pdf").data.startswith(b"%PDF-")
    assert "Nothing is recorded yet" in pages.get("learner.record").text


def test_the_office_s_own_record_is_its_own(world: World, pages: Pages) -> None:
    make.completion(world.ada, make.module("AWARE", title="Awareness"))
    pages.sign_in(make.account(Role.OFFICE, make.person("Olive Office", unit=world.unit)))
    assert "Awareness" not in pages.get("learner.record").text
    assert csv_rows(pages) == []


def test_it_takes_as_many_statements_for_fifty_as_for_one(world: World, pages: Pages) -> None:
    make.completion(world.ada, make.module("AWARE"), on=make.day(1))

    def count() -> list[int]:
        found = []
        for path in ("/record", "/record.csv", "/record.pdf", "/my-data.zip"):
            answer(pages, "GET", path)
            with statements() as ran:
                assert answer(pages, "GET", path).status_code == 200
            found.append(len(ran))
        return found

    few = count()
    for number in range(2, 40):
        make.completion(world.ada, "AWARE", on=make.day(number))
    assert count() == few


def _herself(world: World) -> Actor:
    return Actor(world.learner.id, world.ada.id, frozenset(Right), frozenset(), clock.today())


def test_what_counted_for_a_time_that_is_over_says_so(world: World, pages: Pages) -> None:
    today = clock.today()
    yearly, lasting, both = (make.module(code, title=code.title()) for code in ("YEARLY", "LASTING", "BOTH"))
    begins = today.replace(day=1)
    make.requirement(yearly, both, repeat={"cycle": f"{begins:%m-%d}"}, first=make.day(900))
    make.requirement(lasting, repeat={"months": 12})
    make.requirement(both, level="expected")
    last_year = begins - timedelta(days=10)
    for module in (yearly, both):
        make.completion(world.ada, module, on=last_year)
    make.completion(world.ada, yearly, on=begins)
    make.completion(world.ada, lasting, on=make.day(500))
    unasked = make.completion(world.ada, make.module("FREE", title="Free"), on=make.day(800))
    page = pages.get("learner.record")
    assert page.texts(".lede p")[0] == "3 completions count; 2 counted for a time that is over."
    states = dict(zip(page.texts(".own-record .todo-what > a"), page.texts(".own-record .status"), strict=True))
    said = {title.split(",")[0]: state for title, state in states.items() if plain(last_year) not in title}
    assert said == {"Yearly": "Counts", "Lasting": "Counts no more", "Free": "Counts"}
    first = last_year.year if begins.month == 1 else last_year.year - 1
    years = f"{first}" if (begins.month, begins.day) == (1, 1) else f"{first}\N{EN DASH}{(first + 1) % 100:02}"
    before = {title.split(",")[0]: state for title, state in states.items() if plain(last_year) in title}
    assert before == {"Yearly": f"Counted for {years}", "Both": "Counts"}
    assert pages.get("learner.receipt", reference=reference_of(unasked)).texts(".facts .status") == ["Counts"]
    [old] = [link["href"] for link in page.html.select(".own-record .todo-what > a") if "Lasting" in link.text]
    receipt = pages.open(str(old))
    assert receipt.texts(".lede p") == ["Recorded. Counts no more."]
    assert receipt.texts(".facts .status") == ["Counts no more"]


def plain(day: date) -> str:
    """A day as pages show it, with plain blanks."""
    return shown(day).replace("\N{NO-BREAK SPACE}", " ")


def test_what_counted_for_a_time_that_is_over_says_so_to_whoever_left_too(app: Flask, pages: Pages) -> None:
    today, unit = clock.today(), make.unit()
    begins = today.replace(day=1)
    yearly, lasting, once = (make.module(code, title=code.title()) for code in ("YEARLY", "LASTING", "ONCE"))
    make.requirement(yearly, repeat={"cycle": f"{begins:%m-%d}"}, first=make.day(2_000))
    make.requirement(lasting, repeat={"months": 12})
    make.requirement(once)
    ida = make.person("Ida Gone", unit=unit, starts_on=make.day(1_500), ends_on=make.day(500))
    for module in (yearly, lasting, once):
        make.completion(ida, module, on=make.day(510))
    pages.sign_in(make.account(Role.LEARNER, ida))
    page = pages.get("learner.record")
    assert page.texts(".lede p")[0] == "1 completion counts; 2 counted for a time that is over."
    said = {row["module"]: (row["counts"], row["counted"]) for row in csv_rows(pages)}
    assert said["Once"] == ("yes", "")
    assert said["Lasting"] == ("no", "Counts no more")
    counts, years = said["Yearly"]
    assert counts == "no"
    assert years.startswith("Counted for ")
