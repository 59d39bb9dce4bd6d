"""Who is behind a figure: everybody is in one line, each line opens to names, and completions are told apart."""

import csv
import re
from io import StringIO

import pytest
from flask import Flask

from tests.support import make
from tests.support.make import Unit
from tests.support.pages import Page, Pages, text_of
from tracker.core import clock
from tracker.core.actor import Role, system
from tracker.curriculum.rules import Module
from tracker.dashboards.policy import get_unit
from tracker.dashboards.queries.denominator import PARTS_OF_RULE, Part, all_out, denominator, live_rule
from tracker.dashboards.queries.standings import standing
from tracker.people import commands as facts
from tracker.progress.commands import completions, waivers
from tracker.progress.commands.completions import Statement


@pytest.fixture
def medicine(pages: Pages) -> Unit:
    """A department with a division that nothing is asked of, and the office to look at it."""
    department = make.unit("Medicine", parent=make.unit("School", kind="school", code="SOM"), code="MED")
    pages.sign_in(make.account(Role.OFFICE))
    return department


@pytest.fixture
def asked(medicine: Unit) -> Module:
    """A module asked of clinical staff of Medicine's wards who sit on a search; one person for each way not to fit, and
    of those who fit one is waived, one on leave, one done and one has it to do."""
    module = make.module(code="FAIR", title="Fair selection")
    wards = make.unit("Wards", kind="division", parent=medicine, code="WARDS")
    audience: dict[str, object] = {
        "categories": ["staff"],
        "roles": ["clinical"],
        "units": ["WARDS"],
        "functions": ["search"],
    }
    make.requirement(module, code="R", title="Searches", audience=audience)
    make.person("Fay Faculty", unit=wards, category="faculty", role="clinical")
    make.person("Rhea Research", unit=wards, role="research")
    make.person("Edna Elsewhere", unit=medicine, role="clinical")
    make.person("Nora Nosearch", unit=wards, role="clinical")
    for name in ("Wanda Waived", "Leo Leave", "Dora Done", "Theo Todo"):
        person = make.person(name, unit=wards, role="clinical")
        facts.add_function(make.by(), person.id, "search", starts_on=make.day(50), ends_on=None)
        if name == "Wanda Waived":
            waive(person.id, "expecting")
        if name == "Leo Leave":
            facts.add_leave(make.by(), person.id, starts_on=make.day(5), ends_on=None)
        if name == "Dora Done":
            make.completion(person, module)
    return module


def waive(person_id: int, reason: str) -> None:
    """Waive everything from five days ago on."""
    waivers.waive(
        make.by(),
        person_id,
        requirement_id=None,
        module_id=None,
        starts_on=make.day(5),
        ends_on=None,
        reason=reason,
        approved_by="office",
    )


def figure(pages: Pages, code: str = "MED", **query: object) -> Page:
    """The page behind a figure."""
    return pages.get("dashboards.figure", code=code, query={"requirement": "R", **query})


def lines(page: Page, table: int = 0) -> dict[str, int]:
    """The people in each line of a table."""
    rows = page.html.select("main table")[table].select("tbody tr")
    return {text_of(row.select("th")[0]): int(text_of(row.select("td.number")[0]).split()[0]) for row in rows}


def test_everybody_is_in_one_line(pages: Pages, asked: Module) -> None:
    page = figure(pages)
    assert page.h1 == "Medicine: who is counted for Searches"
    assert page.texts(".lede p")[0].startswith("50 % have completed it: 1 of 2 people on ")
    assert lines(page) == {
        "At home in Medicine": 8,
        "Of a category that is not asked": 1,
        "In a role that is not asked": 1,
        "At home in a unit that is not asked": 1,
        "Without the function that is asked": 1,
        "Asked": 4,
        "Waived": 1,
        "On leave": 1,
        "Counted": 2,
    }
    assert lines(page, 1) == {"Satisfied": 1, "Not started": 1}


def test_each_count_opens_to_names(pages: Pages, asked: Module) -> None:
    page = figure(pages)
    found = {}
    for row in page.html.select("main table tbody tr"):
        listed = pages.open(str(row.select("td a")[0]["href"]))
        found[text_of(row.select("th")[0])] = sorted(listed.texts("ul.people .person-name a"))
    fit = ["Dora Done", "Leo Leave", "Theo Todo", "Wanda Waived"]
    out = ["Edna Elsewhere", "Fay Faculty", "Nora Nosearch", "Rhea Research"]
    assert found == {
        "At home in Medicine": sorted([*fit, *out]),
        "Of a category that is not asked": ["Fay Faculty"],
        "In a role that is not asked": ["Rhea Research"],
        "At home in a unit that is not asked": ["Edna Elsewhere"],
        "Without the function that is asked": ["Nora Nosearch"],
        "Asked": fit,
        "Waived": ["Wanda Waived"],
        "On leave": ["Leo Leave"],
        "Counted": ["Dora Done", "Theo Todo"],
        "Satisfied": ["Dora Done"],
        "Not started": ["Theo Todo"],
    }


def test_no_reason_of_waiver_or_leave_is_shown(pages: Pages, asked: Module) -> None:
    text = figure(pages).text
    assert "expecting" not in text
    assert "It is not asked of them for a while." in text


@pytest.fixture
def sequence(medicine: Unit) -> list[Module]:
    """Four modules due in ten days: Ada has done all of them, Ben three, and Cleo none."""
    modules = [make.module(code=f"S{number}", title=f"Step {number}") for number in range(1, 5)]
    make.requirement(*modules, code="R", title="All four", due={"date": make.day(-10)})
    ada, ben, _ = (make.person(name, unit=medicine) for name in ("Ada", "Ben", "Cleo"))
    for module in modules:
        make.completion(ada, module)
    for module in modules[1:]:
        make.completion(ben, module)
    return modules


def test_of_several_modules_together_only_what_the_rules_count_is_told(pages: Pages, sequence: list[Module]) -> None:
    """Nobody who has done a part is counted as not started, or as due soon."""
    page = figure(pages)
    assert lines(page, 1) == {"All of it satisfied": 1, "To go": 2}
    assert sorted(pages.open(page.link("2 : To go, by name")).texts(".person-name a")) == ["Ben", "Cleo"]


def test_each_module_of_several_has_its_own_counts(pages: Pages, sequence: list[Module]) -> None:
    page = figure(pages)
    table = page.html.select("main table")[2]
    assert [text_of(head) for head in table.select("thead th")] == ["Module", "Counted", "Satisfied", "Due soon"]
    found = [[text_of(cell).split()[0] for cell in row.select("td")] for row in table.select("tbody tr")]
    assert found == [["3", "1", "2"], *[["3", "2", "1"]] * 3]
    soon = pages.open(page.link("2 : Step 1, Due soon, by name"))
    assert sorted(soon.texts(".person-name a")) == ["Ben", "Cleo"]


def test_the_rule_is_told(pages: Pages, asked: Module) -> None:
    page = figure(pages)
    told = dict(zip(page.texts(".column-aside dt"), page.texts(".column-aside dd"), strict=True))
    assert told["Categories"] == "staff"
    assert told["Roles"] == "clinical"
    assert told["Units"] == "Wards"
    assert told["Functions"] == "search"
    assert told["Asked"].endswith(" on, as required")


def test_before_it_is_asked_nobody_is(pages: Pages, medicine: Unit) -> None:
    make.requirement(code="R", title="Later", first=make.day(-10))
    make.person("Ada", unit=medicine)
    page = figure(pages)
    assert page.texts(".lede p")[0].startswith("Nobody at home here is asked for it on ")
    assert lines(page)["Not asked of anybody on this day"] == 1
    assert lines(page)["Counted"] == 0
    assert lines(figure(pages, as_of=make.day(-10).isoformat()))["Counted"] == 1


def test_those_without_a_home_stand_at_the_top_of_the_tree(pages: Pages, medicine: Unit) -> None:
    make.requirement(code="R")
    make.person("Ada", unit=medicine)
    make.person("Gone Away", unit=medicine, ends_on=make.day(1))
    make.person("Never There")
    page = figure(pages, "SOM")
    assert lines(page)["At home in no unit"] == 2
    listed = pages.open(page.link("2 : At home in no unit, by name"))
    assert listed.texts("ul.people .person-name a") == ["Gone Away", "Never There"]
    assert "At home in no unit" not in lines(figure(pages))
    pages.get("dashboards.figure_people", code="MED", query={"requirement": "R", "part": "home"}, status=404)


def test_a_module_of_several_has_its_own_page(pages: Pages, medicine: Unit) -> None:
    one, two = make.module(code="ONE", title="One"), make.module(code="TWO", title="Two")
    make.requirement(one, two, code="R", title="Both")
    make.completion(make.person(unit=medicine), one)
    assert lines(figure(pages, module="ONE"), 1) == {"Satisfied": 1}
    assert lines(figure(pages), 1) == {"To go": 1}
    pages.get("dashboards.figure", code="MED", query={"requirement": "R", "module": "NONE"}, status=422)
    pages.get("dashboards.figure", code="MED", query={"requirement": "NONE"}, status=422)
    pages.get("dashboards.figure", code="MED", status=422)
    pages.get("dashboards.figure_people", code="MED", query={"requirement": "R", "part": "looks"}, status=422)


def test_every_rate_leads_here(pages: Pages, medicine: Unit) -> None:
    make.requirement(make.module(title="One"), make.module(title="Two"), code="R", title="Both")
    division = make.unit("Cardiology", kind="division", parent=medicine, code="CARD")
    make.person(unit=division)
    for endpoint in ("dashboards.unit", "dashboards.table"):
        page = pages.get(endpoint, code="MED", query={"by": "module"})
        rates = [cell for cell in page.html.select("td.number") if re.match(r"\d+.%", cell.get_text(strip=True))]
        assert rates
        for cell in rates:
            assert "who is counted for " in pages.open(str(cell.select("a.why")[0]["href"])).h1


# People, completions and hours


def test_people_completions_and_hours_are_apart(pages: Pages, medicine: Unit) -> None:
    """What counts by the rules does, in the period and of those at home here; whatever is asked of them."""
    logged = make.module(code="LOG", minutes=50, equivalents=("OLD-1",))
    checked = make.module(code="CHECK", minutes=None, evidence="verification")
    make.requirement(logged, checked, code="R")
    ada, bo, cy = (make.person(name, unit=medicine) for name in ("Ada", "Bo", "Cy"))
    make.completion(ada, logged, on=make.day(10))
    make.completion(ada, "OLD-1", on=make.day(20), claimed=True)
    make.completion(bo, checked, on=make.day(30))
    make.completion(cy, checked, on=make.day(30), claimed=True)
    make.completion(cy, logged, on=make.day(500))
    make.completion(make.person(unit=make.unit()), logged)
    taken_back = make.completion(cy, logged, on=make.day(2))
    completions.correct_for(make.by(), taken_back, Statement("LOG", make.day(700), note="another day"))
    waive(ada.id, "elsewhere")
    page = figure(pages)
    assert page.texts(".column-main dl.facts dd") == ["2", "3", "1 hour 40 minutes", "1"]
    longer = pages.submit(page, "Count since then", since=make.day(600).isoformat())
    assert longer.texts(".column-main dl.facts dd") == ["3", "4", "2 hours 30 minutes", "1"]
    of_one = figure(pages, module="CHECK")
    assert of_one.texts(".column-main dl.facts dd") == ["1", "1", "0 hours", "1"]
    tomorrow = make.day(-1).isoformat()
    pages.get("dashboards.figure", code="MED", query={"requirement": "R", "since": tomorrow}, status=422)


# Sight


def test_without_names_there_are_only_words(pages: Pages, medicine: Unit) -> None:
    module = make.module(code="BOOK")
    make.requirement(module, code="R", title="Circle", level="optional", audience={"roles": ["nonclinical"]})
    for number in range(14):
        person = make.person(unit=medicine, role="clinical" if number > 11 else "nonclinical")
        if number < 5:
            make.completion(person, module)
    pages.sign_in(make.champion(medicine))
    page = figure(pages)
    assert page.texts(".lede p")[0].startswith("About 40 % of the people counted have completed it")
    assert not page.html.select("main table")
    assert not re.search(r"\d+ of \d+", page.text)
    pages.get("dashboards.figure_people", code="MED", query={"requirement": "R", "part": "role"}, status=403)
    pages.download("/units/MED/figure/people.csv?requirement=R&part=role", status=403)


def test_a_champion_reads_the_names_of_those_she_knows(pages: Pages, asked: Module, medicine: Unit) -> None:
    gone = make.person("Gone Elsewhere", unit=medicine, category="faculty")
    facts.transfer(make.by(), gone.id, make.unit("Surgery", code="SURG").id, on=make.day(5))
    pages.sign_in(make.champion(medicine))
    page = figure(pages, as_of=make.day(20).isoformat())
    assert lines(page)["Of a category that is not asked"] == 2
    assert "counted, but not named" in page.text
    listed = pages.open(page.link("2 : Of a category that is not asked, by name"))
    assert listed.texts("ul.people .person-name a") == ["Fay Faculty"]
    text = pages.download(listed.link("Download this list as CSV")).get_data(as_text=True)
    rows = list(csv.DictReader(StringIO(text)))
    assert [row["name"] for row in rows] == ["Fay Faculty"]
    assert "identifier" not in rows[0]
    pages.sign_in(make.account(Role.AUDITOR))
    text = pages.download(listed.link("Download this list as CSV")).get_data(as_text=True)
    assert {row["name"] for row in csv.DictReader(StringIO(text))} == {"Fay Faculty", "Gone Elsewhere"}


# Everywhere


@pytest.mark.parametrize("code", ["SOM", "MED", "SPORTS"])
def test_on_any_day_everybody_is_in_one_line_and_in_one_list(sample_app: Flask, code: str) -> None:
    actor = system(clock.today())
    for days_ago in (0, 401, -200):
        day = make.day(days_ago)
        unit = get_unit(actor, code, day)
        found = standing(actor, unit, day)
        for requirement in (*found.asked, *found.not_asked):
            cell = found.whole.cells.get(requirement.whole.id)
            in_scope = cell.figure.in_scope if cell else 0
            rule = live_rule(requirement)
            behind = denominator(unit.id, rule, day, in_scope, with_nowhere=False)
            assert behind.at_home == in_scope + sum(behind.out.values()), requirement.code
            for part in PARTS_OF_RULE:
                listed = all_out(actor, unit.id, rule, day, part)
                assert len(listed) == behind.out.get(part, 0), (requirement.code, part)
    assert Part.HOME not in PARTS_OF_RULE
