"""The pages of a list of people, one behind the other, are the whole list as its file has it."""

import csv
from io import StringIO
from itertools import count
from urllib.parse import urlencode

import pytest

from tests.support import make
from tests.support.pages import Pages
from tracker.core.actor import Role
from tracker.dashboards.queries import people
from tracker.dashboards.queries.people import ROWS_A_PAGE

STATUSES = ("overdue", "expired", "due_soon", "not_started", "pending", "on_leave", "satisfied", "waived")


@pytest.mark.parametrize("sort", ["due", "name", "unit", "status"])
@pytest.mark.parametrize(("code", "requirement"), [("MED", "INTRO"), ("SOM", "YEARLY")])
@pytest.mark.parametrize("long", [people.LONG_STRETCH, 1], ids=["by-lookup", "along-names"])
def test_pages_add_up_to_the_file(
    sample_pages: Pages, monkeypatch: pytest.MonkeyPatch, sort: str, code: str, requirement: str, long: int
) -> None:
    monkeypatch.setattr(people, "LONG_STRETCH", long)
    sample_pages.sign_in(make.account(Role.OFFICE))
    query = {"requirement": requirement, "sort": sort, "status": list(STATUSES)}
    address = f"/units/{code}/people.csv?{urlencode(query, doseq=True)}"
    text = sample_pages.download(address).get_data(as_text=True)
    wanted = [row["name"] for row in csv.DictReader(StringIO(text))]
    assert len(wanted) > 3 * ROWS_A_PAGE
    found: list[str] = []
    for number in count(1):
        page = sample_pages.get("dashboards.people", code=code, query={**query, "page": number})
        found += page.texts(".people .person-name a")
        if len(found) >= len(wanted) or number > 60:
            break
    assert found == wanted


@pytest.mark.parametrize("sort", ["name", "unit"])
@pytest.mark.parametrize("long", [people.LONG_STRETCH, 1], ids=["by-lookup", "along-names"])
@pytest.mark.parametrize("query", [{}, {"category": "faculty"}, {"q": "an"}], ids=["all", "category", "search"])
def test_pages_of_everybody_add_up_too(
    sample_pages: Pages, monkeypatch: pytest.MonkeyPatch, sort: str, long: int, query: dict[str, str]
) -> None:
    monkeypatch.setattr(people, "LONG_STRETCH", long)
    sample_pages.sign_in(make.account(Role.OFFICE))
    query = {**query, "sort": sort}
    text = sample_pages.download(f"/units/MED/people.csv?{urlencode(query)}").get_data(as_text=True)
    wanted = list(csv.DictReader(StringIO(text)))
    found, late = [], 0
    for number in count(1):
        page = sample_pages.get("dashboards.people", code="MED", query={**query, "page": number})
        found += page.texts(".people .person-name a")
        late += page.texts(".person-status .status").count("Overdue")
        if len(found) >= len(wanted) or number > 60:
            break
    assert found == [row["name"] for row in wanted]
    assert late == sum(row["status"] == "overdue" for row in wanted)
    assert f"of {len(wanted)} people" in page.text
