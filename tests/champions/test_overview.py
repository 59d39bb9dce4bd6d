"""The office's overview: every unit with its champions, every champion with her units, narrowed, taken along, written
to."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.champions.conftest import Here
from tests.support import make
from tests.support.pages import Page, Pages
from tests.support.statements import asked_by
from tracker.champions import commands
from tracker.core import clock
from tracker.core.actor import Role


def units_on(page: Page) -> list[str]:
    return [str(cell.get_text()) for cell in page.html.select("tbody th")]


@pytest.fixture
def office(pages: Pages, here: Here) -> Pages:
    """The office has signed in; the champion of Surgery has a term that ends soon, and half a day a week."""
    soon = clock.today() + timedelta(days=30)
    person = make.person("Sol Soon", unit=here.cast.elsewhere)
    days = {"starts_on": make.day(300), "ends_on": soon}
    commands.appoint(make.by(), person.id, here.cast.elsewhere.id, kind="faculty", fte=Decimal("0.1"), **days)
    pages.sign_in(here.cast.office)
    return pages


def test_every_unit_is_there_with_who_champions_it_and_what_is_missing(office: Pages) -> None:
    page = office.get("dashboards.champions_overview")
    assert page.h1 == "Champions, unit by unit"
    assert units_on(page) == ["School of Medicine", "Medicine", "Surgery"]
    assert page.texts("select[name=show] option")[0] == "Departments, and units with champions"
    assert page.one(".panel-glance")["open"] == ""
    rows = [[*row.stripped_strings] for row in page.html.select("tbody tr")]
    assert rows[1][:2] == ["Medicine", "missing"]
    assert "Cara Champion" in rows[1]
    assert "Sol Soon" in rows[2]
    assert "0.1" in rows[2]
    assert "nobody follows yet" in " ".join(rows[2])
    form = office.open(page.html.select("a[href*='/units/MED/appoint']")[0]["href"])
    assert form.h1 == "Appoint a champion of Medicine"


@pytest.mark.parametrize(
    ("query", "units"),
    [
        ({"show": "gaps"}, ["School of Medicine", "Medicine"]),
        ({"show": "ending"}, ["Surgery"]),
        ({"show": "unsettled", "q": "medi"}, ["School of Medicine", "Medicine"]),
        ({"within": "SURG"}, ["Surgery"]),
        ({"q": "sol soon"}, ["Surgery"]),
        ({"q": "nobody"}, []),
        ({"as_of": "2001-01-01", "q": "Cara"}, []),
    ],
)
def test_it_is_narrowed(office: Pages, query: dict[str, str], units: list[str]) -> None:
    page = office.get("dashboards.champions_overview", query=query)
    assert units_on(page) == units
    assert ("No unit fits" in page.text) == (not units)


def test_each_champion_is_there_once_with_all_her_units(office: Pages, here: Here) -> None:
    both = make.champion(here.cast.department, here.cast.elsewhere, name="Bea Both", kind="faculty")
    page = office.get("dashboards.champions_people")
    names = page.texts(".person-name a")
    assert names == sorted(names, key=str.casefold)
    assert names.count("Bea Both") == 1
    assert "2 units" in next(text for text in page.texts(".person-name") if text.startswith("Bea Both"))
    answer = office.download(page.link("as CSV"))
    row = next(row for row in csv.DictReader(io.StringIO(answer.text)) if row["champion"] == "Bea Both")
    assert (row["units"], row["unit_names"], row["email"]) == ("2", "Medicine; Surgery", both.email)


def test_some_or_all_are_written_to(office: Pages) -> None:
    page = office.get("dashboards.champions_people", query={"within": "SURG"})
    ids = [str(box["value"]) for box in page.html.select("input[name=people]")]
    chosen = office.submit(page, "Write to them", people=ids[:1])
    assert chosen.h1 == "Write to 1 person"
    everybody = office.submit(page, "Write to them", scope="all")
    assert everybody.h1 == f"Write to {len(ids)} people"
    text = office.submit(everybody, "Go on to the text")
    assert text.path.startswith("/messages/write?person=")
    nobody = office.submit(page, "Write to them")
    assert "Nobody is chosen" in nobody.text


def test_the_units_are_taken_along(office: Pages) -> None:
    page = office.get("dashboards.champions_overview", query={"show": "gaps"})
    rows = list(csv.DictReader(io.StringIO(office.download(page.link("as CSV")).text)))
    assert [(row["unit"], row["faculty"], row["staff"], row["show"]) for row in rows] == [
        ("SOM", "", "Paula Parent", "gaps"),
        ("MED", "", "Cara Champion", "gaps"),
    ]
    assert office.download(page.link("as XLSX")).data[:2] == b"PK"


def test_the_auditor_reads_it_and_writes_to_nobody(pages: Pages, here: Here) -> None:
    pages.sign_in(here.cast.auditor)
    page = pages.get("dashboards.champions_people")
    assert not page.html.select("input[name=people]")
    assert "Appoint" not in pages.get("dashboards.champions_overview").text
    pages.post("dashboards.write_to_champions", {"scope": "all"}, status=403)


def test_it_asks_as_often_for_many_units_as_for_few(pages: Pages, here: Here) -> None:
    pages.sign_in(make.account(Role.OFFICE))
    few = asked_by(pages, "/office/champions")
    for number in range(12):
        make.champion(make.unit(f"Department {number}", parent=here.cast.school), name=f"Champion {number}")
    assert asked_by(pages, "/office/champions") == few <= 14
