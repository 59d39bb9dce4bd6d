"""The table of what lies below a unit: its columns, its order, two days side by side, and where it leads."""

import csv
from datetime import date
from io import StringIO

import pytest
from bs4 import Tag
from flask import Flask
from sqlalchemy import select

from tests.support import make
from tests.support.make import Unit
from tests.support.pages import Page, Pages, text_of
from tests.support.statements import asked_by
from tracker.core import clock
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.core.days import month_end
from tracker.core.words import NO_BREAK_SPACE
from tracker.core.words import day as in_words
from tracker.curriculum.rules import Module
from tracker.people import commands as facts
from tracker.progress import jobs
from tracker.units import commands as units
from tracker.units.models import Unit as UnitCode


@pytest.fixture
def medicine(pages: Pages) -> Unit:
    """A department with three divisions, and the office to look at it."""
    department = make.unit("Medicine", parent=make.unit("School", kind="school", code="SOM"), code="MED")
    for code, name in (("CARD", "Cardiology"), ("GI", "Gut"), ("LUNG", "Lungs")):
        make.unit(name, kind="division", parent=department, code=code)
    pages.sign_in(make.account(Role.OFFICE))
    return department


@pytest.fixture
def module(medicine: Unit) -> Module:
    """A module that 1 of 4 has done in Cardiology, 2 of 2 in Gut (one of them two months ago), and nobody in Lungs."""
    module = make.module(code="ONE", title="One")
    make.requirement(module, code="FIRST", title="First steps", due={"date": make.day(20)})
    for code, done, left in (("CARD", 1, 3), ("GI", 2, 0)):
        for number in range(done + left):
            person = make.person(unit=unit_of(code))
            if number < done:
                make.completion(person, module, on=make.day(60 if number else 1))
    return module


def unit_of(code: str) -> Unit:
    """A unit by its code."""
    return Unit(db.session.scalars(select(UnitCode.id).where(UnitCode.code == code)).one(), code, code)


def table(pages: Pages, code: str = "MED", **query: object) -> Page:
    """The page."""
    return pages.get("dashboards.table", code=code, query=query)


def lines(page: Page) -> dict[str, list[str]]:
    """The figures of each line, by its name."""
    return {name: [text_of(cell) for cell in row.select("td")] for name, row in rows(page).items()}


def champions(page: Page) -> dict[str, str]:
    """Who champions the unit of each line: told right beside it."""
    return {
        name: text_of(row.select("th .cell-note")[0]).removeprefix("Champions: ") for name, row in rows(page).items()
    }


def rows(page: Page) -> dict[str, Tag]:
    """The lines by name."""
    return {str(next(row.th.stripped_strings)): row for row in page.html.select("tbody tr") if row.th}


def words(on: date) -> str:
    """A day as pages write it, with plain blanks."""
    return in_words(on).replace(NO_BREAK_SPACE, " ")


def test_lines_add_up_to_the_first(pages: Pages, module: Module) -> None:
    page = table(pages)
    assert page.h1 == "Medicine: all that is asked"
    assert lines(page) == {
        "Medicine": ["50 % 3 of 6"],
        "Cardiology": ["25 % 1 of 4"],
        "Gut": ["100 % 2 of 2"],
        "Lungs": ["nobody asked"],
    }
    assert set(champions(page).values()) == {"none of its own"}
    assert page.texts("thead th[scope=col]")[:2] == ["Division", "First steps"]


def test_what_is_chosen_stands_in_the_line_that_the_filters_fold_under(pages: Pages, module: Module) -> None:
    folded = "main details.filters > summary"
    assert table(pages).texts(folded) == ["What is shown: All that is asked · requirements · rates alone"]
    page = table(pages, requirement="FIRST", since=make.day(30).isoformat())
    parts = f"First steps · modules · rates and people to go · compared with {words(make.day(30))}"
    assert page.texts(folded) == [f"What is shown: {parts}"]


def test_columns_are_ticked(pages: Pages, module: Module) -> None:
    second, third = make.module(title="Two"), make.module(title="Three")
    make.requirement(second, third, code="SECOND", title="Second steps")
    make.requirement(code="OTHER", title="Something else")
    page = table(pages)
    assert page.texts("thead th[scope=col] a") == ["First steps", "Second steps", "Something else"]
    chosen = pages.submit(page, "Show the table", requirement=["FIRST", "SECOND"])
    assert chosen.h1 == "Medicine: 2 requirements"
    assert chosen.texts("thead th[scope=col] a") == ["First steps", "Second steps"]
    by_module = pages.submit(chosen, "Show the table", by="module")
    assert by_module.texts("thead th[scope=colgroup]") == ["First steps", "Second steps"]
    assert by_module.texts("thead th[scope=col] a") == ["One", "Two", "Three", "All of it"]
    with_people = pages.submit(chosen, "Show the table", beside="people")
    assert with_people.texts("thead th[scope=colgroup]") == ["First steps", "Second steps"]
    assert with_people.texts("thead th[scope=col] a")[:4] == ["Completed", "To go", "Overdue", "Due soon"]
    assert lines(with_people)["Cardiology"][1:3] == [
        *("3 to go: Cardiology, First steps", "3 overdue: Cardiology, First steps")
    ]


def test_nothing_asked_at_all_is_said(pages: Pages, medicine: Unit) -> None:
    page = table(pages)
    assert "Nobody is asked for anything here" in page.text


def test_what_nobody_is_asked_keeps_its_column(pages: Pages, module: Module) -> None:
    """A link that names a requirement stays good on a day before it."""
    make.requirement(code="LATER", title="Later", first=make.day(-10))
    page = table(pages, requirement="LATER")
    assert lines(page)["Cardiology"][0] == "nobody asked"
    assert "Later" not in table(pages).texts("thead th")


def test_a_number_leads_to_its_people_and_a_rate_to_who_is_counted(pages: Pages, module: Module) -> None:
    page = table(pages, requirement="FIRST")
    late = pages.open(page.link("3 overdue: Cardiology, First steps"))
    assert len(late.html.select("ul.people li")) == 3
    rate = next(a for a in page.html.select("a.why") if "Cardiology" in str(a["aria-label"]))
    assert rate["aria-label"] == f"25{NO_BREAK_SPACE}%, Cardiology, First steps"
    assert pages.open(str(rate["href"])).h1 == "Cardiology: who is counted for First steps"


def test_a_line_opens_the_next_level_and_at_last_the_people(pages: Pages, module: Module) -> None:
    page = table(pages, "SOM", requirement="FIRST", by="module", since=make.day(30).isoformat())
    below = pages.open(page.link("Medicine"))
    assert below.h1 == "Medicine: First steps"
    assert f"since={make.day(30)}" in below.path
    assert "by=module" in below.path
    people = pages.open(below.link("Cardiology"))
    assert people.h1 == "People of Cardiology: First steps"
    assert pages.open(below.link("School")).h1 == "School: First steps"


def test_a_large_table_stays_light(pages: Pages, medicine: Unit, module: Module) -> None:
    """With many figures none of them is a link; with too many they are in the file alone."""
    for number in range(17):
        make.requirement(module, code=f"R{number}", title=f"Requirement {number}")
    for _ in range(30):
        make.unit(kind="division", parent=medicine)
    page = table(pages)
    assert not page.html.select("a.why")
    assert "With fewer columns, each rate opens" in page.text
    few = pages.submit(page, "Show the table", requirement=["R0", "R1"])
    assert few.html.select("a.why")
    jobs.keep_days()
    too_many = pages.submit(page, "Show the table", beside="people")
    assert "More than fits on a page" in too_many.text
    first, *others = too_many.texts("thead th[scope=colgroup]")
    assert first == "First steps"
    left_out = too_many.texts(".banner-info a")
    assert [*others, *left_out] == [*(f"Requirement {number}" for number in range(17)), "rates alone"]
    assert too_many.html.select("details[open] input[name=requirement]")
    assert pages.open(too_many.link(left_out[0])).h1 == f"Medicine: {left_out[0]}"
    assert "More than fits" not in pages.open(too_many.link("rates alone")).text
    answer = pages.download(too_many.link("Download this table as CSV"))
    assert answer.get_data(as_text=True).count("\n") == 1 + 18 * 34


# Order


def names(page: Page) -> list[str]:
    """The lines below the first, in order."""
    return list(lines(page))[1:]


def test_the_tree_s_order_is_the_first(pages: Pages, module: Module) -> None:
    page = table(pages)
    assert names(page) == ["Cardiology", "Gut", "Lungs"]
    assert not page.html.select("[aria-sort]")


def test_a_heading_sorts_and_turns_round(pages: Pages, module: Module) -> None:
    page = pages.open(table(pages, requirement="FIRST").link("One"))
    assert names(page) == ["Cardiology", "Gut", "Lungs"]
    assert [text_of(head) for head in page.html.select("[aria-sort=ascending]")] == ["One"]
    turned = pages.open(page.link("One"))
    assert names(turned) == ["Gut", "Cardiology", "Lungs"]
    assert [text_of(head) for head in turned.html.select("[aria-sort=descending]")] == ["One"]
    assert names(pages.open(turned.link("Division"))) == ["Cardiology", "Gut", "Lungs"]
    by_people = pages.open(table(pages, requirement="FIRST").link("To go"))
    assert names(by_people) == ["Cardiology", "Gut", "Lungs"]
    assert by_people.html.select("[aria-sort=descending]")


def test_lines_are_sorted_by_change(pages: Pages, module: Module) -> None:
    query = {"requirement": "FIRST", "since": make.day(30).isoformat()}
    page = pages.open(table(pages, **query).link("Change"))
    assert names(page) == ["Gut", "Cardiology", "Lungs"]


def test_the_order_goes_along(pages: Pages, module: Module) -> None:
    page = table(pages, requirement="FIRST", sort="rate", of="FIRST", order="descending")
    again = pages.submit(page, "Show the table", since=make.day(30).isoformat())
    assert names(again) == ["Gut", "Cardiology", "Lungs"]
    answer = pages.download(page.link("Download this table as CSV")).get_data(as_text=True)
    assert [row["unit_name"] for row in csv.DictReader(StringIO(answer))] == ["Medicine", *names(page)]


# Several modules


def test_of_several_modules_nobody_is_counted_as_due_soon(pages: Pages, module: Module) -> None:
    """The rules count that by module: there is no such column, no such order, and no such number in the file."""
    second = make.module(code="TWO", title="Two")
    make.requirement(module, second, code="BOTH", title="Both", due={"date": make.day(-10)})
    assert "Due soon" not in table(pages, requirement="BOTH").texts("thead th")
    assert names(table(pages, requirement="BOTH", sort="due_soon", of="BOTH")) == ["Cardiology", "Gut", "Lungs"]
    text = pages.download("/units/MED/table.csv?requirement=BOTH&by=module").get_data(as_text=True)
    found = {
        row["module"]: (row["due_soon"], row["to_go"]) for row in csv.DictReader(StringIO(text)) if row["unit"] == "MED"
    }
    assert found == {"ONE": ("3", "3"), "TWO": ("6", "6"), "*": ("", "6")}


# Days


def test_a_new_year_between_two_days_is_told(pages: Pages, medicine: Unit) -> None:
    begins = make.day(10)
    yearly = make.module(title="Respect")
    make.requirement(yearly, code="YEAR", title="Respect at work", repeat={"cycle": f"{begins:%m-%d}"})
    make.completion(make.person(unit=unit_of("GI")), yearly, on=make.day(20))
    told = f"A new year of “Respect at work” began on {words(begins)}; what was completed before no longer counts."
    page = table(pages, since=make.day(11).isoformat())
    assert told in page.text
    assert lines(page)["Gut"][2].startswith("100 points down")
    assert told in table(pages, as_of=make.day(15).isoformat(), since=make.day(5).isoformat()).text
    assert "A new year" not in table(pages, since=begins.isoformat()).text
    assert "A new year" not in table(pages).text
    coming = table(pages, since=make.day(-360).isoformat())
    assert "A new year of “Respect at work” begins on" in coming.text


def test_two_days_stand_side_by_side(pages: Pages, module: Module) -> None:
    then, now = make.day(30), make.day(0)
    page = table(pages, since=then.isoformat())
    assert page.texts("thead th[scope=col]")[1:4] == [words(then), words(now), "Change"]
    assert lines(page)["Gut"][:3] == ["50 % 1 of 2", "100 % 2 of 2", "50 points up1 person more"]
    assert lines(page)["Cardiology"][:3] == ["0 % 0 of 4", "25 % 1 of 4", "25 points up1 person more"]
    assert lines(page)["Lungs"][:3] == ["nobody asked", "nobody asked", "no comparison"]


def test_missing_figures_are_told_in_words(pages: Pages, medicine: Unit, module: Module) -> None:
    units.set_unit(make.by(), "NEW", name="New", kind="division", parent="MED", starts_on=make.day(10))
    units.set_unit(make.by(), "GONE", name="Gone", kind="division", parent="MED", starts_on=make.day(900))
    units.set_unit(make.by(), "GONE", name="Gone", kind="division", parent="SOM", starts_on=make.day(12))
    db.session.remove()
    found = lines(table(pages, since=make.day(30).isoformat()))
    assert found["New"][:3] == ["no such unit that day", "nobody asked", "no comparison"]
    assert found["Gone"][:3] == ["nobody asked", "elsewhere that day", "no comparison"]
    back = table(pages, as_of=make.day(30).isoformat(), since=make.day(0).isoformat())
    assert lines(back)["New"][:3] == ["nobody asked", "no such unit that day", "no comparison"]
    assert not [a for a in back.html.select("tbody th a") if text_of(a) == "New"]


def test_a_unit_that_was_not_there_yet_says_so(pages: Pages, medicine: Unit) -> None:
    units.set_unit(make.by(), "NEW", name="New", kind="division", parent="MED", starts_on=make.day(10))
    make.requirement(code="R")
    make.person(unit=unit_of("NEW"), starts_on=make.day(5))
    found = lines(table(pages, "NEW", since=make.day(30).isoformat()))
    assert found["New"][:3] == ["no such unit that day", "0 % 0 of 1", "no comparison"]


def test_the_tree_of_each_day_counts(pages: Pages, medicine: Unit, module: Module) -> None:
    """Somebody who moved is counted where she was then, and where she is now."""
    person = make.person(unit=unit_of("LUNG"))
    facts.transfer(make.by(), person.id, unit_of("GI").id, on=make.day(10))
    found = lines(table(pages, since=make.day(30).isoformat()))
    assert found["Lungs"][:2] == ["0 % 0 of 1", "nobody asked"]
    assert found["Gut"][:2] == ["50 % 1 of 2", "67 % 2 of 3"]


def test_a_link_says_its_day(pages: Pages, module: Module) -> None:
    page = table(pages, requirement="FIRST", since=make.day(30).isoformat())
    link = page.link(f"Link to these figures of {words(make.day(0))}")
    assert f"as_of={make.day(0)}" in link
    assert lines(pages.open(link)) == lines(page)


@pytest.mark.parametrize("days_ago", [401, -3, -20 * 365])
def test_a_day_that_is_not_kept_is_counted_while_the_page_comes(pages: Pages, module: Module, days_ago: int) -> None:
    """Those past what is stored too: the figures of all are those of the file."""
    make.requirement(make.module(title="Yearly"), code="YEAR", title="Yearly", repeat={"cycle": "07-01"})
    day = make.day(days_ago)
    page = table(pages, as_of=day.isoformat())
    assert page.texts(".counting")[0].startswith(f"Counting {words(day)}: 0 of")
    text = pages.download(f"/units/MED/table.csv?as_of={day}").get_data(as_text=True)
    rows = [row for row in csv.DictReader(StringIO(text)) if row["requirement"] == "FIRST"]
    shown = {name: cells[0] for name, cells in lines(page).items()}
    assert shown == {
        row["unit_name"]: f"{row['shown']} {row['satisfied']} of {row['denominator']}".replace(NO_BREAK_SPACE, " ")
        if int(row["denominator"])
        else "nobody asked"
        for row in rows
    }


def test_a_kept_day_comes_at_once(pages: Pages, module: Module) -> None:
    before = lines(table(pages))
    jobs.keep_days()
    page = table(pages, since=month_end(make.day(0), -1).isoformat())
    assert not page.texts(".counting")
    assert [cells[0] for cells in lines(table(pages)).values()] == [cells[0] for cells in before.values()]


# Champions, files, refusals


def test_champions_stand_beside_their_unit(pages: Pages, medicine: Unit, module: Module) -> None:
    champion = make.champion(unit_of("CARD"), name="Cara Champion", kind="faculty", home=unit_of("LUNG"))
    make.champion(medicine, name="Mo Medicine", home=unit_of("LUNG"))
    assert champions(table(pages))["Cardiology"] == "Cara Champion (faculty)"
    assert champions(table(pages))["Medicine"] == "Mo Medicine (staff)"
    assert champions(table(pages, as_of=make.day(300).isoformat()))["Cardiology"] == "none of its own"
    pages.sign_in(champion)
    assert champions(table(pages, "CARD"))["Cardiology"] == "Cara Champion (faculty)"


def test_the_file_has_both_days(pages: Pages, module: Module) -> None:
    since = make.day(30).isoformat()
    text = pages.download(f"/units/MED/table.csv?requirement=FIRST&since={since}").get_data(as_text=True)
    row = next(row for row in csv.DictReader(StringIO(text)) if row["unit"] == "GI")
    told = ("as_of", "since", "satisfied", "since_satisfied", "since_denominator", "since_rate")
    assert [row[name] for name in told] == [make.day(0).isoformat(), since, "2", "1", "2", "0.5000"]
    assert (row["change_points"], row["change_people"]) == ("50", "1")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"requirement": "NONE"}, "Select one of the choices under “Requirements”"),
        ({"by": "shoe size"}, "Select one of the choices under “Columns”"),
        ({"since": "tomorrow"}, "The other day must be a real date"),
        ({"sort": "shoe size"}, "There is no such order."),
        ({"order": "sideways"}, "There is no such order."),
    ],
)
def test_nonsense_is_told(pages: Pages, module: Module, query: dict[str, str], message: str) -> None:
    assert message in pages.get("dashboards.table", code="MED", query=query, status=422).text
    pages.get("dashboards.table_csv", code="MED", query=query, status=422)


# Statements

ADDRESSES = (
    "/units/{code}/table?since={then}",
    "/units/{code}/table?by=module&beside=people&sort=rate&of=R",
    "/units/{code}/table.csv?since={then}",
    "/units/{code}/figure?requirement=R",
    "/units/{code}/figure/people?requirement=R&part=role",
    "/units/{code}/figure/people.csv?requirement=R&part=role",
)


@pytest.mark.parametrize("role", [Role.OFFICE, Role.CHAMPION])
def test_as_many_statements_for_thirty_units_as_for_one(pages: Pages, medicine: Unit, role: Role) -> None:
    make.requirement(code="R", audience={"roles": ["clinical"]})
    make.requirement(level="optional")
    make.person(unit=unit_of("CARD"))
    pages.sign_in(make.champion(medicine) if role is Role.CHAMPION else make.account(role))
    jobs.keep_days()
    then = month_end(make.day(0), -1)
    paths = [address.format(code="MED", then=then) for address in ADDRESSES]
    before = {path: asked_by(pages, path) for path in paths}
    for number in range(30):
        division = make.unit(kind="division", parent=medicine)
        make.person(unit=division, role="clinical" if number % 2 else "research")
    assert {path: asked_by(pages, path) for path in paths} == before
    assert max(before.values()) <= 15


def test_a_school_asks_as_often_as_a_division(sample_app: Flask) -> None:
    pages = Pages(sample_app)
    pages.sign_in(make.account(Role.OFFICE))
    then = month_end(clock.today(), -1)
    for address in ADDRESSES:
        path = address.replace("=R", "=INTRO")
        counts = {asked_by(pages, path.format(code=code, then=then)) for code in ("MED", "SPORTS")}
        assert len(counts) == 1, path
