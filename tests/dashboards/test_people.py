"""The people of a unit: who is listed, how they are narrowed and sorted, and the file of them."""

import csv
from io import StringIO

import pytest
from sqlalchemy import select

from tests.support import make
from tests.support.make import Unit
from tests.support.pages import Page, Pages
from tracker.core import clock
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.curriculum import models
from tracker.curriculum.rules import Module
from tracker.dashboards.routes import people
from tracker.dashboards.routes.narrowing import STATUSES
from tracker.people import commands as facts
from tracker.progress.commands import waivers


@pytest.fixture
def medicine(pages: Pages) -> Unit:
    """A department with the office looking at it."""
    pages.sign_in(make.account(Role.OFFICE))
    return make.unit("Medicine", code="MED")


def names(page: Page) -> list[str]:
    """Who is listed, in order."""
    return page.texts(".people .person-name a")


def listed(pages: Pages, **query: object) -> Page:
    """The list of the department, for the first thing required where no other is named."""
    about = {} if "requirement" in query else {"sort": "due"}
    return pages.get("dashboards.people", code="MED", query={**about, **query})


def test_those_with_something_left_come_first_and_alone(pages: Pages, medicine: Unit) -> None:
    optional, module = make.module(), make.module()
    make.requirement(optional, level="optional", title="Optional")
    make.requirement(module, title="Yearly")
    make.completion(make.person("Dana Done", unit=medicine), module)
    make.person("Lea Left", unit=medicine)
    page = listed(pages)
    assert page.h1 == "People of Medicine: Yearly"
    assert names(page) == ["Lea Left"]
    assert "50 % has" not in page.text
    assert "50 % have completed it: 1 of 2 people" in page.text


def test_statuses_narrow_the_list_several_at_once(pages: Pages, medicine: Unit) -> None:
    module = make.module()
    requirement = make.requirement(module, due={"date": make.day(-200), "days_after_start": 10})
    make.completion(make.person("Dana Done", unit=medicine), module)
    make.person("Lea Left", unit=medicine)
    page = listed(pages, requirement=requirement.code, status=["satisfied", "not_started"])
    assert sorted(names(page)) == ["Dana Done", "Lea Left"]
    assert names(listed(pages, status="satisfied")) == ["Dana Done"]
    assert sorted(names(pages.open(listed(pages).link("Everybody asked 2")))) == ["Dana Done", "Lea Left"]


def test_it_sorts_by_due_day_name_unit_and_status(pages: Pages, medicine: Unit) -> None:
    module = make.module()
    make.requirement(module, due={"days_after_start": 100})
    inner = make.unit("Adult Medicine", parent=medicine)
    make.person("Cleo", unit=medicine, starts_on=make.day(300))
    make.person("Ada", unit=medicine, starts_on=make.day(80))
    make.person("Bo", unit=inner, starts_on=make.day(10))
    assert names(listed(pages)) == ["Cleo", "Ada", "Bo"]
    assert names(listed(pages, sort="name")) == ["Ada", "Bo", "Cleo"]
    assert names(listed(pages, sort="unit")) == ["Bo", "Ada", "Cleo"]
    assert names(listed(pages, sort="status")) == ["Cleo", "Ada", "Bo"]
    assert listed(pages).texts(".person-status .status") == ["Overdue", "Due in 20 days", "Not started"]


def test_it_finds_by_name_identifier_and_address(pages: Pages, medicine: Unit) -> None:
    make.requirement()
    make.person("Ada Nwosu", unit=medicine, identifier="000123", email="ada@example.edu")
    make.person("Øyvind Ås_1", unit=medicine, identifier="000999", email="oy@example.edu")
    for words, found in (
        ("nwosu", ["Ada Nwosu"]),
        ("000123", ["Ada Nwosu"]),
        ("ADA@", ["Ada Nwosu"]),
        ("øyvind", ["Øyvind Ås_1"]),
        ("s_1", ["Øyvind Ås_1"]),
        ("%", []),
        ("a_a", []),
        ("'; drop table person", []),
    ):
        assert names(listed(pages, q=words)) == found, words


def test_fifty_stand_on_a_page(pages: Pages, medicine: Unit) -> None:
    make.requirement()
    for number in range(103):
        make.person(f"Person {number:03}", unit=medicine)
    first = listed(pages)
    assert len(names(first)) == 50
    assert "1 to 50 of 103 people" in first.text
    second = pages.submit(first, "Next page")
    assert names(second)[0] == "Person 050"
    last = pages.submit(second, "Next page")
    assert names(last) == ["Person 100", "Person 101", "Person 102"]
    assert pages.submit(last, "Previous page").path == second.path
    assert names(listed(pages, page=99)) == names(last)
    assert names(listed(pages, page=2, q="Person 1")) == names(listed(pages, q="Person 1"))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"requirement": "NONE"}, "There is no such requirement."),
        ({"module": "NONE"}, "has no such module."),
        ({"status": "nothing"}, "There is no such status."),
        ({"status": ["overdue", "\x01"]}, "There is no such status."),
        ({"page": "two"}, "The page must be a number"),
        ({"page": "0"}, "The page must be a number"),
        ({"page": "-1"}, "The page must be a number"),
        ({"page": "²"}, "The page must be a number"),
        ({"as_of": "tomorrow"}, "real date"),
        ({"sort": "shoe size"}, "Select one of the choices under “Sorted by”"),
        ({"q": "x" * 101}, "must be 100 characters or fewer"),
        ({"q": "a\x01b"}, "contains a character that cannot be shown"),
    ],
)
def test_nonsense_is_told(pages: Pages, medicine: Unit, query: dict[str, object], words: str) -> None:
    make.requirement()
    make.person(unit=medicine)
    page = pages.get("dashboards.people", code="MED", query=query, status=422)
    assert words in page.text


@pytest.mark.parametrize("query", [{"by": "shoe size"}, {"requirement": "NONE"}])
def test_nonsense_is_told_of_tables(pages: Pages, medicine: Unit, query: dict[str, object]) -> None:
    make.requirement()
    make.person(unit=medicine)
    pages.get("dashboards.table", code="MED", query=query, status=422)
    pages.get("dashboards.table_csv", code="MED", query=query, status=422)


def test_a_page_of_a_huge_number_is_the_last(pages: Pages, medicine: Unit) -> None:
    make.requirement()
    make.person("Ada", unit=medicine)
    assert names(listed(pages, page="9" * 5_000)) == ["Ada"]


def test_everybody_at_home_comes_first_with_where_each_stands(pages: Pages, medicine: Unit) -> None:
    intro, yearly, extra = make.module(), make.module(), make.module()
    make.requirement(intro, code="INTRO", title="Intro", due={"date": make.day(3)})
    make.requirement(yearly, code="YEARLY", title="Yearly", due={"date": make.day(-12)})
    make.requirement(extra, level="expected", title="Extra")
    late, soon, done = (make.person(name, unit=medicine) for name in ("Lena Late", "Sam Soon", "Dana Done"))
    make.completion(soon, intro)
    for module in (intro, yearly):
        make.completion(done, module)
    away = make.person("Ava Away", unit=medicine)
    facts.add_leave(make.by(), away.id, starts_on=make.day(400), ends_on=None)
    make.appointment(make.person("Guest", unit=make.unit()), medicine, is_primary=False)

    page = pages.get("dashboards.people", code="MED")
    assert page.h1 == "People of Medicine"
    assert names(page) == [away.name, done.name, late.name, soon.name]
    assert page.texts(".person-status .status") == ["On leave", "Nothing left to do", "Overdue", "Due in 12 days"]
    assert page.texts(".person-name .row-note")[2].endswith("To do: Intro and Yearly")
    assert page.texts(".person-name .row-note")[3].endswith("To do: Yearly")
    assert "To do" not in page.texts(".person-name .row-note")[1]
    assert "4 people at home here." in page.text
    assert "Show everybody at home here" not in page.text
    assert names(listed(pages, requirement="")) == names(page)

    found = {row["name"]: row for row in rows(pages)}
    assert {name: (row["status"], row["to_do"]) for name, row in found.items()} == {
        "Ava Away": ("on_leave", ""),
        "Dana Done": ("satisfied", ""),
        "Lena Late": ("overdue", "Intro; Yearly"),
        "Sam Soon": ("due_soon", "Yearly"),
    }
    assert found["Lena Late"]["due_on"] == make.day(3).isoformat()
    assert list(found["Lena Late"])[-1] == "to_do"


def test_where_nothing_is_required_everybody_has_no_status(pages: Pages, medicine: Unit) -> None:
    make.requirement(level="expected")
    make.person("Ada", unit=medicine)
    page = pages.get("dashboards.people", code="MED")
    assert names(page) == ["Ada"]
    assert not page.html.select(".person-status")
    assert "Nothing is required of anybody here." in page.text
    assert "1 person at home here" in page.text
    nobody = listed(pages, requirement="", q="zz")
    assert "0 people with search “zz”." in nobody.text
    assert "With these words nobody is at home here" in nobody.text


def test_what_is_narrowed_is_said_and_lifted_at_a_press(pages: Pages, medicine: Unit) -> None:
    module = make.module()
    make.requirement(module, code="R", title="Yearly")
    make.completion(make.person("Dana Done", unit=medicine), module)
    make.person("Lea Left", unit=medicine)
    page = listed(pages, requirement="R")
    assert "1 person with status something left to do. Show everybody at home here" in page.text
    assert page.one(".filters > summary").get_text() == "Filter: 1 in use"
    asked = listed(pages, requirement="R", status=list(STATUSES))
    assert "2 people asked." in asked.text
    assert asked.one(".filters > summary").get_text() == "Filter: 2 in use"
    everybody = pages.open(page.link("Show everybody at home here"))
    assert names(everybody) == ["Dana Done", "Lea Left"]
    assert everybody.one(".filters > summary").get_text() == "Filter"
    assert "open" not in everybody.one(".filters").attrs
    chosen = pages.submit(page, "Show the list", item="", sort="unit")
    assert names(chosen) == ["Dana Done", "Lea Left"]
    assert chosen.path == "/units/MED/people?sort=unit"


def test_an_address_of_old_means_the_first_thing_required(pages: Pages, medicine: Unit) -> None:
    """What only a list of something asked has, where an address says nothing else."""
    make.requirement(code="R", title="Yearly")
    make.person("Ada", unit=medicine)
    for query in ({"sort": "due"}, {"sort": "status"}, {"status": "not_started"}):
        assert pages.get("dashboards.people", code="MED", query=query).h1 == "People of Medicine: Yearly", query
    for query in ({}, {"sort": "name"}, {"sort": "unit"}, {"requirement": ""}):
        assert pages.get("dashboards.people", code="MED", query=query).h1 == "People of Medicine", query


def test_all_of_them_are_there_for_print(pages: Pages, medicine: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    make.requirement(code="R", title="Yearly")
    for number in range(53):
        make.person(f"Person {number:02}", unit=medicine, category="faculty")
    pages.sign_in(make.champion(medicine, home=make.unit()))
    page = listed(pages, requirement="R", category="faculty", as_of=make.day(0).isoformat())
    assert len(names(page)) == 50
    whole = pages.open(page.link("Print all 53"))
    assert len(names(whole)) == 53
    assert whole.h1 == "People of Medicine: Yearly"
    assert "53 people with status something left to do, category faculty." in whole.text
    assert not whole.html.select(".tick, .deeds, .pagination")
    assert names(pages.open(whole.link("Back to the list in pages"))) == names(page)
    assert "Print all" not in listed(pages, requirement="R", q="Person 01").text

    monkeypatch.setattr(people, "MOST_PRINTED", 52)
    assert "too many to print: the file has all of them" in listed(pages, requirement="R").text
    cut = listed(pages, requirement="R", all=1)
    assert len(names(cut)) == 52
    assert "These are the first 52. The file has all 53." in cut.text


def test_what_is_wrong_stays_in_its_field_and_narrows_nothing(pages: Pages, medicine: Unit) -> None:
    make.requirement(code="R")
    make.person("Ada", unit=medicine)
    query = {"requirement": "R", "joined": "21 November", "q": "x" * 101}
    page = pages.get("dashboards.people", code="MED", query=query, status=422)
    assert names(page) == ["Ada"]
    day = page.one("#joined")
    assert (day["value"], day["type"], day["aria-invalid"]) == ("21 November", "text", "true")
    assert "The day must be a real date" in page.texts(".field-error")[1]
    assert page.one("#q")["value"] == "x" * 100
    assert "open" in page.one(".filters").attrs
    assert page.one(".filters .panel").has_attr("open")
    year = pages.get("dashboards.people", code="MED", query={"joined": "0026-11-21"}, status=422)
    assert (year.one("#joined")["value"], year.one("#joined")["type"]) == ("0026-11-21", "date")


def test_a_requirement_or_module_is_chosen_in_one_list(pages: Pages, medicine: Unit) -> None:
    first, second = make.module(code="ONE", title="One"), make.module(code="TWO", title="Two")
    make.requirement(first, second, code="BOTH", title="Both")
    make.completion(make.person("Ada", unit=medicine), first)
    page = listed(pages)
    assert "To do: Two" in page.text
    offered = {option.get_text(): option["value"] for option in page.html.select("select[name=item] option")}
    narrowed = pages.submit(page, "Show the list", item=str(offered["One"]), q="a")
    assert narrowed.h1 == "People of Medicine: One (Both)"
    assert "module=ONE" in narrowed.path
    assert "q=a" in narrowed.path
    assert names(narrowed) == []
    assert "Nobody is listed" in narrowed.text


def test_who_has_done_a_part_is_not_said_to_have_not_started(pages: Pages, medicine: Unit) -> None:
    modules = [make.module() for _ in range(4)]
    make.requirement(*modules, code="R")
    begun, fresh = make.person("Bea Begun", unit=medicine), make.person("Fay Fresh", unit=medicine)
    waived = make.person("Wim Waived", unit=medicine)
    for module in modules[:3]:
        make.completion(begun, module)
    make.completion(waived, modules[0])
    waivers.waive(
        make.by(),
        waived.id,
        requirement_id=None,
        module_id=db.session.scalars(select(models.Module.id).where(models.Module.code == modules[1].code)).one(),
        starts_on=make.day(5),
        ends_on=None,
        reason="R",
        approved_by="A",
    )
    page = listed(pages)
    assert names(page) == [begun.name, fresh.name, waived.name]
    assert page.texts(".person-status .status") == ["3 of 4 done", "Not started", "1 of 3 done"]
    assert names(listed(pages, status="not_started")) == names(page)
    assert "Something not started" in page.text
    assert {row["status"] for row in rows(pages)} == {"not_started"}


def test_a_part_done_shows_beyond_what_is_stored_too(pages: Pages, medicine: Unit) -> None:
    modules = [make.module(), make.module()]
    make.requirement(*modules, level="expected")
    make.requirement(make.module(), repeat={"cycle": "07-01"}, level="optional")
    make.completion(make.person("Bea Begun", unit=medicine), modules[0])
    page = listed(pages, as_of=make.day(-20 * 365).isoformat())
    assert page.texts(".person-status .status") == ["1 of 2 done"]


def test_when_all_have_done_it_the_list_says_so(pages: Pages, medicine: Unit) -> None:
    module = make.module()
    make.requirement(module)
    make.completion(make.person(unit=medicine), module)
    assert "Nothing is left to do" in listed(pages).text


def test_who_is_found_but_not_listed_is_one_press_away(pages: Pages, medicine: Unit) -> None:
    module = make.module()
    make.requirement(module, code="R", title="Intro")
    for name in ("Nadia Done", "Nadia Diallo"):
        make.completion(make.person(name, unit=medicine), module)
    make.person("Nadia Elsewhere", unit=make.unit())
    make.person("Lea Left", unit=medicine)
    today = clock.today().isoformat()

    page = listed(pages, requirement="R", q="Done", as_of=today)
    assert page.texts(".empty p") == [
        "Nobody is listed",
        "1 person at home here is found by “Done”, but not among those with something left to do in “Intro”.",
    ]
    everybody = pages.open(page.link("Show who is found by “Done”"))
    assert names(everybody) == ["Nadia Done"]

    page = listed(pages, requirement="R", q="Nadia", status="overdue")
    assert "2 people at home here are found by “Nadia”, but not with this status in “Intro”." in page.text
    page = listed(pages, requirement="R", q="Nadia", joined=make.day(-1).isoformat())
    assert "2 people at home here are found by “Nadia”, but not with these filters." in page.text
    page = listed(pages, requirement="R", q="Elsewhere")
    assert "Nobody at home here is found by “Elsewhere”" in page.text
    assert page.link("See everybody at home here")


def test_a_champion_is_told_only_of_her_own_people(pages: Pages, medicine: Unit) -> None:
    module, other = make.module(), make.unit()
    make.requirement(module, code="R")
    moved = make.person("Mo Moved", unit=medicine, starts_on=make.day(500))
    make.completion(moved, module)
    pages.sign_in(make.champion(other))
    pages.get("dashboards.people", code="MED", query={"requirement": "R", "q": "Mo"}, status=404)
    pages.sign_in(make.champion(medicine))
    assert "1 person at home here is found by “Moved”" in listed(pages, requirement="R", q="Moved").text


def test_something_that_nobody_is_asked_has_no_people(pages: Pages, medicine: Unit) -> None:
    make.requirement(code="NOBODY", audience={"roles": []})
    make.person(unit=medicine)
    page = listed(pages, requirement="NOBODY")
    assert "Nobody here is asked for it" in page.text
    assert names(page) == []


def rows(pages: Pages, query: str = "") -> list[dict[str, str]]:
    """The list as CSV."""
    answer = pages.download(f"/units/MED/people.csv{query}")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(StringIO(answer.get_data(as_text=True))))


def test_the_file_has_the_whole_list_with_unit_day_and_filters(pages: Pages, medicine: Unit) -> None:
    module = make.module(code="M")
    make.requirement(module, code="R", due={"date": make.day(-3)})
    for number in range(60):
        make.person(f"Person {number:02}", unit=medicine)
    make.completion(make.person("Done", unit=medicine), module)
    found = rows(pages, "?requirement=R&q=Person")
    assert [row["name"] for row in found] == [f"Person {number:02}" for number in range(60)]
    assert {row["within"] for row in found} == {"MED"}
    assert {row["search"] for row in found} == {"Person"}
    assert {(row["requirement"], row["module"], row["status"]) for row in found} == {("R", "*", "due_soon")}
    assert {row["due_on"] for row in found} == {make.day(-3).isoformat()}
    assert {row["as_of"] for row in found} == {make.day(0).isoformat()}
    day = make.day(-10).isoformat()
    assert {row["as_of"] for row in rows(pages, f"?requirement=R&as_of={day}")} == {day}


def test_the_file_says_what_is_left_to_do(pages: Pages, medicine: Unit) -> None:
    first, second = make.module(code="ONE", title="One"), make.module(code="TWO", title="Two")
    make.requirement(first, second, code="BOTH", title="Both", repeat={"cycle": "07-01"})
    make.completion(make.person("Ada", unit=medicine), first)
    make.person("Bo", unit=medicine)
    assert [row["to_do"] for row in rows(pages, "?requirement=BOTH&sort=name")] == ["Two", "One; Two"]
    assert [row["to_do"] for row in rows(pages, "?requirement=BOTH&module=TWO")] == ["", ""]
    then = make.day(-20 * 365).isoformat()
    assert {row["to_do"] for row in rows(pages, f"?requirement=BOTH&as_of={then}")} == {"One; Two"}
    assert {row["to_do"] for row in rows(pages, f"?as_of={then}")} == {"Both"}


def test_no_cell_of_a_file_is_a_formula(pages: Pages, medicine: Unit) -> None:
    make.requirement()
    for number, name in enumerate(("=1+1", "+49", "-5", "@SUM(A1)", "\tx", " =2")):
        make.person(name, unit=medicine, identifier=f"={number}")
    inner = make.unit("=cmd", parent=medicine)
    make.person('Ada, the "first"', unit=inner)
    for row in rows(pages):
        assert all(value[:1] not in "=+-@\t\r" or not value for value in row.values() if value), row
    table = pages.download("/units/MED/table.csv").get_data(as_text=True)
    assert "'=cmd" in table


@pytest.mark.parametrize("role", [Role.OFFICE, Role.AUDITOR])
def test_only_who_sees_all_gets_identifiers(pages: Pages, medicine: Unit, role: Role) -> None:
    make.requirement()
    make.person("Ada", unit=medicine, identifier="000123", email="ada@example.edu")
    pages.sign_in(make.account(role))
    assert rows(pages)[0]["identifier"] == "000123"
    pages.sign_in(make.champion(medicine))
    assert "000123" not in pages.download("/units/MED/people.csv").get_data(as_text=True)


def test_nonsense_is_told_of_the_file(pages: Pages, medicine: Unit) -> None:
    make.requirement()
    pages.get("dashboards.people_csv", code="MED", query={"q": "x" * 101}, status=422)
    pages.get("dashboards.people_csv", code="MED", query={"status": "nothing"}, status=422)


def test_the_list_reaches_beyond_what_is_stored(pages: Pages, medicine: Unit) -> None:
    """A yearly course in twenty years: worked out for that day, narrowed, sorted and turned in pages alike."""
    module = make.module()
    make.requirement(module, repeat={"cycle": "07-01"}, title="Yearly")
    for number in range(52):
        make.person(f"Person {number:02}", unit=medicine)
    day = make.day(-20 * 365).isoformat()
    for sort in ("due", "name", "unit", "status"):
        page = listed(pages, as_of=day, sort=sort)
        assert names(page)[0] == "Person 00"
        assert "1 to 50 of 52 people" in page.text
    assert names(listed(pages, as_of=day, q="Person 51")) == ["Person 51"]
    assert names(listed(pages, as_of=day, page=2)) == ["Person 50", "Person 51"]
    assert len(rows(pages, f"?as_of={day}")) == 52
    db.session.remove()


def test_a_whole_requirement_reaches_there_too(pages: Pages, medicine: Unit) -> None:
    modules: list[Module] = [make.module(title="One"), make.module(title="Two")]
    make.requirement(*modules, repeat={"cycle": "07-01"}, title="Yearly")
    make.person("Ada", unit=medicine)
    page = listed(pages, as_of=make.day(-20 * 365).isoformat())
    assert "To do: all 2 modules" in page.text
