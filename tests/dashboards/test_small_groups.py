"""Whoever may not see names: no page and no file gives a figure of a few people, nor lets one be worked out.

One scene of small and large units in which everything asked is shown without names; all addresses that show a unit are
opened as its champions, in every way their queries can be put.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from tests.dashboards.test_rules import can_be_told
from tests.support import make
from tests.support.make import Account
from tests.support.pages import Pages
from tracker.core.actor import system
from tracker.core.database import db
from tracker.core.days import month_end
from tracker.curriculum.rules import Module
from tracker.dashboards.queries.counting import figures
from tracker.dashboards.queries.items import requirements
from tracker.dashboards.rules import FEWER, OTHER_DAY, SMALLEST_GROUP, WITHHELD
from tracker.people import commands as facts
from tracker.progress import jobs
from tracker.progress.commands import waivers
from tracker.units import commands as units
from tracker.units.models import Unit as UnitCode
from tracker.units.models import UnitPath

SIZES = {"TINY": 4, "FEW": 7, "SOME": 13, "MANY": 24, "MOST": 31}
"""People in each division; each has done the book but every third."""
IN_WORDS = re.compile(r"(about|under|over|than|to)\s$", re.IGNORECASE)
RATE = re.compile(r"\d+(?:\.\d+)?\s%")
COUNTS = re.compile(r"(?<! to )(?<!Page )\b\d+ of \d")
"""One count out of another; not the place in a list of a page of it, such as 1 to 50 of 81, page 1 of 2."""
SHOWN = re.compile(r"(about|under|over)\s\d+\s%")
QUERIES = (
    "",
    "requirement=CIRCLE",
    "requirement=PAIR&module=ONE",
    "requirement=PAIR&by=module&beside=people",
    "requirement=CIRCLE&requirement=PAIR&since={then}",
    "requirement=CIRCLE&sort=rate&of=CIRCLE",
    "requirement=CIRCLE&sort=change&of=CIRCLE&since={then}&as_of={earlier}",
    "requirement=CIRCLE&as_of={then}",
    "requirement=CIRCLE&as_of={other}&since={then}",
    "requirement=CIRCLE&as_of={coming}",
    "requirement=CIRCLE&readers=others",
    "requirement=CIRCLE&status=satisfied&category=staff&q=a&joined={then}",
    "requirement=CIRCLE&part=role&division=TINY",
)
LOOKED_AT = ("MED", "TINY")
PLACES = ("MED", "TINY", "FEW", "SOME", "MANY", "MOST")


@dataclass(frozen=True, slots=True)
class Scene:
    """A department with its divisions, and who looks at it."""

    viewers: dict[str, Account]
    modules: list[Module]


@pytest.fixture
def scene(app: Flask) -> Scene:
    """A department of twelve with five divisions; an invitation of one module, and one of two, both without names.

    A division changes its place in the tree, and some people are waived, on leave or come later: figures of days differ
    by a few people.
    """
    school = make.unit("School", kind="school", code="SOM")
    department = make.unit("Medicine", parent=school, code="MED")
    elsewhere = make.unit("Surgery", parent=make.unit("College", kind="school", code="COL"), code="SURG")
    book, one, two = make.module(code="BOOK"), make.module(code="ONE"), make.module(code="TWO")
    make.requirement(book, code="CIRCLE", title="Reading circle", level="optional")
    make.requirement(one, two, code="PAIR", title="Two talks", level="expected", audience={"categories": ["staff"]})
    divisions = {code: make.unit(code.capitalize(), kind="division", parent=department, code=code) for code in SIZES}
    for unit, people in ((department, 9), *((divisions[code], size) for code, size in SIZES.items())):
        for number in range(people):
            person = make.person(unit=unit)
            if number % 3:
                make.completion(person, book, on=make.day(90 if number % 2 else 2))
                make.completion(person, one, on=make.day(70))
            if number == 5:
                waive(person.id)
            if number == 7:
                facts.add_leave(make.by(), person.id, starts_on=make.day(3), ends_on=None)
    units.set_unit(make.by(), "FEW", name="Few", kind="division", parent="SURG", starts_on=make.day(1))
    jobs.keep_days()
    db.session.remove()
    viewers = {
        "champion": make.champion(department, name="Cara", home=elsewhere),
        "above": make.champion(school, name="Paula", home=elsewhere),
        "of a few": make.champion(divisions["TINY"], name="Tina", home=elsewhere),
        "of some": make.champion(divisions["SOME"], name="Sam", home=elsewhere),
        "elsewhere": make.champion(elsewhere, name="Ella"),
    }
    return Scene(viewers, [book, one, two])


def waive(person_id: int) -> None:
    """Waive everything from four days ago on."""
    waivers.waive(
        make.by(),
        person_id,
        requirement_id=None,
        module_id=None,
        starts_on=make.day(4),
        ends_on=None,
        reason="new",
        approved_by="office",
    )


def days() -> dict[str, str]:
    """The days that the queries name."""
    today = make.day(0)
    then = month_end(today, -1)
    return {
        "then": then.isoformat(),
        "earlier": month_end(today, -2).isoformat(),
        "other": then.replace(day=13).isoformat(),
        "coming": month_end(today, 2).isoformat(),
    }


def addresses(app: Flask) -> Iterator[str]:
    """Every address that can be opened of a unit or of nothing in particular, with every query."""
    on = days()
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or not rule.arguments <= {"code"} or rule.endpoint == "static":
            continue
        if rule.arguments and not rule.rule.startswith("/units/"):
            continue
        for code in LOOKED_AT if rule.arguments else ("",):
            path = re.sub(r"<[^>]+>", code, rule.rule)
            yield from (f"{path}?{query.format(**on)}".removesuffix("?") for query in QUERIES)


def readings(answer_type: str, data: bytes) -> str:
    """What can be read in a page or file."""
    if answer_type == "text/html":
        html = BeautifulSoup(data, "html.parser")
        for of_no_figure in html.select("main input, main select, .counting"):
            of_no_figure.decompose()
        main = html.find("main")
        return re.sub(r"\s+", " ", main.get_text(" ")) if main else ""
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return " ".join(packed.read(name).decode(errors="replace") for name in packed.namelist())
    return data.decode(errors="replace") if answer_type.startswith("text/") else ""


def exact(text: str) -> list[str]:
    """The figures in a text that are more than words: counts out of counts, and rates that are not rounded."""
    found = [text[max(0, one.start() - 40) : one.end() + 20] for one in COUNTS.finditer(text)]
    for one in RATE.finditer(text):
        if not IN_WORDS.search(text[: one.start()]):
            found.append(text[max(0, one.start() - 40) : one.end() + 20])
    return found


def test_no_address_gives_an_exact_figure(app: Flask, pages: Pages, scene: Scene) -> None:
    wrong, read = [], 0
    pages.sign_in(scene.viewers["champion"])
    for path in addresses(app):
        answer = pages.client.get(path, buffered=True)
        if answer.status_code == 200:
            read += 1
            wrong += [f"{path}: {one}" for one in exact(readings(answer.mimetype or "", answer.data))]
    assert read > len(QUERIES) * len(LOOKED_AT)
    assert not wrong, "\n".join(sorted(set(wrong))[:40])


# What can be worked out


def published(pages: Pages, code: str, query: str) -> dict[tuple[str, str, str], str]:
    """What the file of a table says, by unit (or words for those of none), requirement and module."""
    text = pages.download(f"/units/{code}/table.csv?by=module&{query}").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text)))
    told = ("in_scope", "waived", "on_leave", "denominator", "satisfied", "overdue", "due_soon", "to_go", "rate")
    compared = ("since_denominator", "since_satisfied", "since_rate", "change_points", "change_people")
    for row in rows:
        assert not any(row[name] for name in (*told, *compared)), row
    found = {}
    for row in rows:
        where = row["unit"] or (code if row["unit_name"].startswith("In Medicine") else "elsewhere")
        key = where if row["unit"] else f"{where} itself"
        found[key, row["requirement"], row["module"]] = row["shown"].replace("\N{NO-BREAK SPACE}", " ")
        if row["since"]:
            assert row["since_shown"], row
    return found


def homes(day: date, item_id: int) -> dict[int, int]:
    """How many are counted for an item in each home unit."""
    own = figures(UnitPath.depth == 0, day, {item_id: date.max})
    return {unit: figure.denominator for (unit, _), figure in own.items() if figure.denominator}


def below(code: str, day: date) -> set[int]:
    """The home units of a unit on a day."""
    path = select(UnitPath.unit_id).join(UnitCode, UnitCode.id == UnitPath.ancestor_id)
    return set(
        db.session.scalars(path.where(UnitCode.code == code, UnitPath.starts_on <= day, UnitPath.ends_on >= day))
    )


@pytest.mark.parametrize("name", ["champion", "above", "of some"])
@pytest.mark.parametrize("when", ["today", "then"])
def test_nothing_about_a_few_can_be_worked_out(app: Flask, pages: Pages, scene: Scene, name: str, when: str) -> None:
    """From all tables somebody may open, were every rounded rate in them exact: neither a few people of a unit, nor
    those whom a unit has and its parts do not show."""
    day = make.day(0) if when == "today" else month_end(make.day(0), -1)
    pages.sign_in(scene.viewers[name])
    shown: dict[tuple[str, str, str], str] = {}
    for code in ("SOM", *PLACES):
        if pages.client.get(f"/units/{code}/table.csv").status_code == 200:
            for key, words in published(pages, code, f"as_of={day}").items():
                assert shown.setdefault(key, words) == words, f"{key} is told twice, and not alike"
    assert shown
    codes = {code: set(below(code, day)) for code in ("SOM", "SURG", *PLACES)}
    ids = {code: id_ for id_, code in db.session.execute(select(UnitCode.id, UnitCode.code))}
    for requirement, module, item_id in items_of():
        counted = homes(day, item_id)
        leaves = sorted(counted)

        def row(units_of: set[int], leaves: list[int] = leaves) -> list[Fraction]:
            return [Fraction(leaf in units_of) for leaf in leaves]

        groups = {code: units_of for code, units_of in codes.items() if units_of}
        groups |= {f"{code} itself": {ids[code]} for code in codes}
        told = {group: words for (group, of, part), words in shown.items() if (of, part) == (requirement, module)}
        assert set(told.values()) <= {FEWER, WITHHELD} | {words for words in told.values() if SHOWN.fullmatch(words)}
        known = [row(groups[group]) for group, words in told.items() if SHOWN.fullmatch(words)]
        for group, units_of in groups.items():
            size = sum(counted.get(unit, 0) for unit in units_of)
            if 0 < size < SMALLEST_GROUP:
                assert told.get(group) in (None, FEWER, WITHHELD), group
                assert not can_be_told(known, row(units_of)), f"{group} of {size} can be told from {told}"


def items_of() -> list[tuple[str, str, int]]:
    """Requirement, module and item of everything that is counted."""
    every = requirements(system(make.day(0)))
    return [(one.code, "*" if item is one.whole else item.code, item.id) for one in every for item in one.items]


def test_two_days_beside_each_other_tell_no_more_than_each(pages: Pages, scene: Scene) -> None:
    pages.sign_in(scene.viewers["champion"])
    on = days()
    for since, words in ((on["then"], None), (on["other"], OTHER_DAY)):
        both = pages.download(f"/units/MED/table.csv?by=module&since={since}").get_data(as_text=True)
        rows = [row for row in csv.DictReader(io.StringIO(both)) if row["unit"]]
        alone = published(pages, "MED", f"as_of={since}")
        for row in rows:
            then = row["since_shown"].replace("\N{NO-BREAK SPACE}", " ")
            key = (row["unit"], row["requirement"], row["module"])
            assert then == (words or alone.get(key, then))
    page = pages.get("dashboards.table", code="MED", query={"requirement": "CIRCLE", "since": on["then"]})
    assert not re.search(r"points?|people (more|fewer)", " ".join(page.texts("tbody td")))


def test_the_order_gives_nothing_away(pages: Pages, scene: Scene) -> None:
    pages.sign_in(scene.viewers["champion"])
    plain = pages.get("dashboards.table", code="MED").texts("tbody th")
    for by in ("rate", "to_go", "overdue", "due_soon", "change"):
        query = {"sort": by, "of": "CIRCLE", "since": days()["then"]}
        for order in ("ascending", "descending"):
            page = pages.get("dashboards.table", code="MED", query={**query, "order": order})
            assert [name for name in page.texts("tbody th") if name in plain] == plain


def test_a_unit_of_a_few_is_fewer_than_ten(pages: Pages, scene: Scene) -> None:
    pages.sign_in(scene.viewers["of a few"])
    assert set(published(pages, "TINY", "").values()) == {FEWER}
    said = pages.get("dashboards.figure", code="TINY", query={"requirement": "CIRCLE"}).texts(".lede p")[0]
    assert said == f"Fewer than {SMALLEST_GROUP} people are counted here, so no rate is given."
