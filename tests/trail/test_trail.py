"""The trail: read in sentences, narrowed, opened, taken along; names are looked up when it is read."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.guards import world as worlds
from tests.support import make
from tests.support.pages import Page, Pages
from tests.support.statements import statements
from tests.trail.conftest import Done, actor_of
from tracker.champions import commands as champions
from tracker.core import audit, clock
from tracker.core.actor import Actor, Role
from tracker.core.audit import AuditEvent
from tracker.core.database import db, transaction
from tracker.core.errors import NotFound
from tracker.core.words import NO_BREAK_SPACE
from tracker.core.words import day as in_words
from tracker.curriculum import commands as curriculum_commands
from tracker.directory.commands import units
from tracker.directory.commands.units import NewUnit
from tracker.directory.queries.changes import latest_change
from tracker.people.models import Appointment, Person
from tracker.terms.commands import set_words
from tracker.terms.rules import Term, Words
from tracker.trail import queries, wording
from tracker.trail.queries import Wanted
from tracker.units.models import Unit

S = "\N{RIGHT SINGLE QUOTATION MARK}s"
SAID = f"Olive Office verified Lea Learner{S} Diversity 2.0"
WROTE_SURGERY = "The system placed Surgery below School of Medicine since ever"


def said(page: Page) -> list[str]:
    """The sentences of a page, without what opens beneath them."""
    for panel in page.html.select(".events details"):
        panel.extract()
    return page.texts(".event-what")


def test_a_deed_is_told_in_a_sentence(pages: Pages, done: Done) -> None:
    pages.sign_in(done.cast.auditor)
    lines = said(pages.get("trail.events"))
    assert lines[0] == SAID
    assert lines[1] == "Lea Learner logged Diversity 2.0"
    assert "The system added Olive Office" in lines


def test_it_opens_to_before_and_after(pages: Pages, done: Done) -> None:
    pages.sign_in(done.cast.auditor)
    event_id = db.session.scalars(select(AuditEvent.id).where(AuditEvent.verb == "completion.verified")).one()
    page = pages.get("trail.event", event_id=event_id)
    assert page.h1 == SAID
    rows = {
        cells[0]: cells[1:] for cells in ([*map(str.strip, row.stripped_strings)] for row in page.html.select("tr"))
    }
    assert rows["State"] == ["claimed", "verified"]
    assert rows["Module"] == ["Diversity 2.0", "Diversity 2.0"]
    assert rows["Person"] == ["Lea Learner", "Lea Learner"]
    pages.get("trail.event", event_id=9999, status=404)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ({"who": "olive"}, SAID),
        (
            {"who": "system", "topic": "units"},
            WROTE_SURGERY,
        ),
        ({"about": "Lea"}, SAID),
        (
            {"about": "SURG", "topic": "units"},
            WROTE_SURGERY,
        ),
        ({"topic": "completions", "words": "logged"}, "Lea Learner logged Diversity 2.0"),
        ({"who": "nobody at all"}, None),
        ({"words": "no such deed"}, None),
        ({"last": "2020-01-01"}, None),
    ],
)
def test_it_is_narrowed(pages: Pages, done: Done, query: dict[str, str], first: str | None) -> None:
    pages.sign_in(done.office)
    page = pages.get("trail.events", query=query)
    assert said(page)[:1] == ([first] if first else [])
    assert ("No event fits" in page.text) == (first is None)


def test_days_are_those_of_the_institution_and_both_count(pages: Pages, done: Done) -> None:
    pages.sign_in(done.office)
    today = clock.today()
    assert said(pages.get("trail.events", query={"first": today, "last": today}))[0] == SAID
    assert not said(pages.get("trail.events", query={"last": today - timedelta(days=1)}))
    wrong = pages.get("trail.events", query={"first": "2026-02-31"})
    assert wrong.errors == ["The first day must be a real date, such as 2026-11-21"]


def test_it_goes_on_page_by_page_without_a_gap(pages: Pages, done: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    pages.sign_in(done.office)
    whole = [one.id for one in queries.events(actor_of(done.office), Wanted(), size=1_000).events]
    monkeypatch.setattr(queries, "EVENTS_A_PAGE", 5)
    page = pages.get("trail.events", query={"topic": ""})
    first = queries.events(actor_of(done.office), Wanted(), size=5)
    second = queries.events(actor_of(done.office), Wanted(), first.events[-1].id, size=5)
    assert [one.id for one in (*first.events, *second.events)] == whole[:10] == sorted(whole, reverse=True)[:10]
    assert said(page)[0] == SAID


def test_it_is_taken_along(pages: Pages, done: Done) -> None:
    pages.sign_in(done.cast.auditor)
    page = pages.get("trail.events", query={"about": "Lea Learner"})
    answer = pages.download(page.link("as CSV"))
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert rows[0]["what"] == SAID
    assert rows[0]["verb"] == "completion.verified"
    assert {row["about"] for row in rows} == {"Lea Learner"}
    assert "claimed" in rows[0]["before"]
    assert pages.download(page.link("as XLSX")).data[:2] == b"PK"


def test_names_are_those_of_now(pages: Pages, done: Done) -> None:
    assert done.cast.learner.person is not None
    with transaction(make.by()) as tx:
        tx.session.execute(update(Person).where(Person.name == "Lea Learner").values(name="Lea Newname"))
    pages.sign_in(done.office)
    assert said(pages.get("trail.events"))[0] == f"Olive Office verified Lea Newname{S} Diversity 2.0"
    with transaction(make.by()) as tx:
        tx.session.execute(update(Person).where(Person.name == "Lea Newname").values(name="", identifier=""))
    lines = said(pages.get("trail.events"))
    assert lines[0] == "Olive Office verified the Diversity 2.0 (somebody whose record was erased)"


def test_numbers_of_facts_that_were_replaced_name_nobody(pages: Pages, done: Done) -> None:
    with transaction(make.by()) as tx:
        audit.record(tx, "facts.replaced", "facts", 0, after={"people.csv": 3})
    pages.sign_in(done.office)
    lines = said(pages.get("trail.events"))
    assert lines[0] == "The system put the facts of files in the place of all that were there"
    assert lines[1] == "Olive Office verified the Diversity 2.0 (somebody among the records before)"


def test_a_former_word_finds_what_is_called_otherwise_now(pages: Pages, done: Done) -> None:
    office = actor_of(done.office)
    set_words(office, Term.CHAMPION, clock.today(), Words("Equity Guide", "guide", "guides"))
    pages.sign_in(done.office)
    present = said(pages.get("trail.events", query={"words": "guide"}))
    assert present == said(pages.get("trail.events", query={"words": "Equity Champion"}))
    assert "The system appointed Cara Champion as staff guide of Medicine" in present


def test_every_event_of_a_busy_day_is_told(app: Flask) -> None:
    """What the builders and the cast of the table of rights did, and the deeds on terms."""
    world = worlds.build()
    office = world.visitors["office"]
    assert office is not None
    term = int(str(world.names["term"]))
    who = actor_of(office)
    champions.add_training(who, term, starts_on=make.day(9), ends_on=make.day(8))
    champions.end_term(who, term, on=clock.today())
    found = queries.events(who, Wanted(), size=1_000).events
    names = queries.names_in(found)
    for one in found:
        line = wording.line(one, names)
        assert "{" not in line.sentence
        assert "  " not in line.sentence
        assert not line.sentence.endswith(" ")
        assert all(change.label for change in line.changes)
    told = [wording.sentence(one, names) for one in found]
    assert f"Olive Office recorded Cara Champion{S} training as champion" in told


def _change_units(office: Actor) -> None:
    """One deed of each kind on units, all from days ahead on."""
    day, closed = make.day(-40), make.day(-60)
    units.create(office, NewUnit("LUNG", "Lung", "department", "SOM"), on=make.day(-30))
    units.rename(office, "LUNG", name="Thorax", kind="department", on=day)
    units.move(office, "SURG", parent="MED", on=day)
    units.split(office, "SURG", NewUnit("HAND", "Hand", "division", "MED"), person_ids=[surgeon()], on=make.day(-50))
    units.merge(office, "HAND", into="SURG", on=closed)
    units.rename(office, "MED", name="Medicine", kind="section", on=day)
    units.close(office, "LUNG", on=closed)


def test_each_deed_on_a_unit_has_its_own_sentence(pages: Pages, done: Done) -> None:
    closed, on = make.day(-60), f"from {words(make.day(-40))} on"
    _change_units(actor_of(done.office))
    pages.sign_in(done.office)
    pages.sign_in(done.office)
    lines = [line.removeprefix("Olive Office ") for line in said(pages.get("trail.events", query={"topic": "units"}))]
    assert lines[:10] == [
        f"closed Thorax from {words(closed)} on",
        f"gave Medicine the kind “section” {on}",
        "merged Hand into Surgery",
        f"closed Hand from {words(closed)} on",
        "split Hand off Surgery",
        f"placed Hand below Medicine from {words(make.day(-50))} on",
        "created Hand",
        f"moved Surgery below Medicine {on}",
        f"renamed Lung to Thorax {on}",
        f"placed Lung below School of Medicine from {words(make.day(-30))} on",
    ]


@pytest.mark.parametrize(
    ("topic", "told"),
    [
        ("created", ["created Hand", "created Lung"]),
        ("placed", ["placed Hand", "placed Lung"]),
        ("renamed", ["renamed Lung to Thorax"]),
        ("moved", ["moved Surgery"]),
        ("given-another-kind", ["gave Medicine the kind “section”"]),
        ("merged", ["merged Hand into Surgery"]),
        ("split", ["split Hand off Surgery"]),
        ("closed", ["closed Thorax", "closed Hand"]),
        ("put-right", ["put right what was recorded of Medicine"]),
        ("taken-back", ["took back the latest change of Lung"]),
    ],
)
def test_deeds_on_units_are_narrowed_one_by_one(pages: Pages, done: Done, topic: str, told: list[str]) -> None:
    office = actor_of(done.office)
    _change_units(office)
    units.correct(office, "MED", name="Medicine", kind="section", parent="SOM", on=make.day(-41))
    latest = latest_change("LUNG")
    assert latest is not None
    units.take_back(office, "LUNG", latest.row_id)
    pages.sign_in(done.office)
    page = pages.get("trail.events", query={"topic": topic, "who": "olive"})
    found = [line.removeprefix("Olive Office ") for line in said(page)]
    assert len(found) == len(told)
    assert all(line.startswith(start) for line, start in zip(found, told, strict=True)), found
    rows = list(csv.DictReader(io.StringIO(pages.download(page.link("as CSV")).text)))
    whats = [row["what"].removeprefix("Olive Office ") for row in rows]
    assert [what.replace(NO_BREAK_SPACE, " ") for what in whats] == found


def test_words_find_the_deed_that_says_them(pages: Pages, done: Done) -> None:
    _change_units(actor_of(done.office))
    pages.sign_in(done.office)
    found = said(pages.get("trail.events", query={"words": "renamed"}))
    assert [line.split(" from ")[0] for line in found] == ["Olive Office renamed Lung to Thorax"]
    assert said(pages.get("trail.events", query={"words": "renamed", "topic": "moved"})) == []
    assert said(pages.get("trail.events", query={"topic": "no-such-deed"}))[0].startswith("Olive Office closed")


def test_rows_that_were_replaced_are_of_no_deed(pages: Pages, done: Done) -> None:
    _change_units(actor_of(done.office))
    with transaction(make.by()) as tx:
        audit.record(tx, "facts.replaced", "facts", 0, after={"people.csv": 3})
    pages.sign_in(done.office)
    assert said(pages.get("trail.events", query={"topic": "renamed"})) == []
    told = said(pages.get("trail.events", query={"topic": "units", "words": "said what"}))
    assert told[0].startswith("Olive Office said what a unit is called")


def test_a_unit_is_called_as_on_the_day_of_the_deed(pages: Pages, done: Done) -> None:
    units.rename(actor_of(done.office), "MED", name="Internal Medicine", kind="department", on=make.day(-9))
    pages.sign_in(done.office)
    lines = said(pages.get("trail.events"))
    assert lines[0] == f"Olive Office renamed Medicine to Internal Medicine from {words(make.day(-9))} on"
    assert "The system appointed Cara Champion as staff champion of Medicine" in lines
    assert said(pages.get("trail.events", query={"words": "renamed"}))[0] == lines[0]


def test_an_address_is_told_as_it_is_written(pages: Pages, done: Done) -> None:
    auditor = make.account(Role.AUDITOR)
    with transaction(actor_of(auditor)) as tx:
        audit.record(tx, "figures.seen", "account", auditor.id)
    pages.sign_in(done.office)
    rows = list(csv.DictReader(io.StringIO(pages.download("/office/trail.csv").text)))
    assert rows[0]["by"] == auditor.email
    assert auditor.email.startswith("auditor")


def test_of_what_is_written_over_only_what_differs_is_told(pages: Pages, done: Done) -> None:
    """In the institution's words of the day."""
    set_words(actor_of(done.office), Term.CHAMPION, clock.today(), Words("Equity Guide", "guide", "guides"))
    module = make.module("READ", title="Reading")
    reading = make.requirement(module, code="READING", title="Reading", level="required")
    curriculum_commands.set_requirement(make.by(), replace(reading, level="optional", champions_see_names=True))
    pages.sign_in(done.office)
    changed, added, *_ = pages.get("trail.events", query={"topic": "curriculum"}).html.select(".event-what dl")
    assert [" ".join(row.get_text(" ").split()) for row in changed.select("div")] == [
        "Level required → became optional",
        "Guides see names no → became yes",
    ]
    assert len(added.select("div")) > 2


def words(day: date) -> str:
    """A day as a page's text has it here."""
    return in_words(day).replace(NO_BREAK_SPACE, " ")


def surgeon() -> int:
    """Somebody at home in Surgery."""
    return (
        db.session.scalars(
            select(Appointment.person_id).join(Unit, Unit.id == Appointment.unit_id).where(Unit.code == "SURG")
        ).first()
        or 0
    )


def test_who_may_not_read_it_finds_nothing(app: Flask, done: Done) -> None:
    for who in (done.cast.learner, done.cast.champion, done.cast.administrator):
        with pytest.raises(NotFound):
            queries.events(actor_of(who), Wanted())


def test_a_page_asks_as_often_for_many_as_for_few(done: Done) -> None:
    who, counted = actor_of(done.office), []
    for size in (2, 50):
        with statements() as found:
            queries.names_in(queries.events(who, Wanted(), size=size).events)
        counted.append(len(found))
    assert counted[0] == counted[1] <= 10
