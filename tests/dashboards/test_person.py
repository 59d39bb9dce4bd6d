"""One person, as the office or her champion may see her, and why she stands where she does."""

import csv
from datetime import date
from io import StringIO

import pytest
from sqlalchemy import select

from tests.support import make
from tests.support.make import Unit
from tests.support.pages import Pages
from tracker.core import clock
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.core.days import add_months
from tracker.core.words import day as in_words
from tracker.curriculum.models import Requirement


@pytest.fixture
def medicine() -> Unit:
    """A department."""
    return make.unit("Medicine", code="MED")


def test_it_says_what_is_left(pages: Pages, medicine: Unit) -> None:
    first, second, third = make.module(title="One"), make.module(title="Two"), make.module(title="Three")
    make.requirement(first, second, title="Both", due={"date": make.day(3)})
    make.requirement(third, title="Open", level="optional")
    person = make.person("Ada Nwosu", unit=medicine, category="faculty", role="clinical")
    make.completion(person, first)
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.get("dashboards.person", person_id=person.id)
    assert page.h1 == "Ada Nwosu"
    assert page.texts(".lede p") == ["1 module left to do, and overdue."]
    assert page.texts(".column-main h2") == ["Left to do", "Done", "Optional"]
    assert "Faculty, clinical" in page.text
    make.completion(person, second)
    assert "Nothing is left to do" in pages.get("dashboards.person", person_id=person.id).text


def test_each_status_leads_to_its_reason(pages: Pages, medicine: Unit) -> None:
    module = make.module(title="Awareness")
    make.requirement(module, title="The sequence")
    person = make.person("Ada Nwosu", unit=medicine)
    pages.sign_in(make.champion(medicine))
    page = pages.get("dashboards.person", person_id=person.id)
    why = pages.open(page.link("Awareness"))
    assert why.h1 == "Ada Nwosu: Awareness"
    assert len(why.html.select(".bullets li")) >= 1
    assert why.link("Ada Nwosu") == page.path


def test_a_module_stands_once_with_all_that_ask_for_it(pages: Pages, medicine: Unit) -> None:
    module, other = make.module(title="Awareness"), make.module(title="Essay", evidence="verification")
    make.requirement(module, title="The sequence", level="expected")
    make.requirement(module, title="For committees", due={"date": make.day(3)})
    make.requirement(module, title="This year", repeat={"cycle": "01-01"})
    make.requirement(other, title="Writing")
    person = make.person("Ada Nwosu", unit=medicine)
    make.completion(person, other, claimed=True)
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.get("dashboards.person", person_id=person.id)
    assert page.texts(".lede p") == ["1 module left to do, and overdue. 1 module waits to be verified."]
    assert page.texts(".column-main h2") == ["Left to do", "Waits to be verified"]
    assert page.texts(".column-main .todo li")[0].startswith("Overdue: Awareness Overdue · For committees (required)")
    assert "The sequence (expected): Awareness: not started" in page.text
    assert pages.open(page.link("The sequence (expected): Awareness")).h1 == "Ada Nwosu: Awareness"
    make.completion(person, module, on=clock.today())
    page = pages.get("dashboards.person", person_id=person.id)
    assert page.texts(".lede p")[0].startswith("Nothing is left to do")
    assert "satisfied" not in page.texts(".column-main .todo li")[1]


def test_the_whole_requirement_has_a_reason_too(pages: Pages, medicine: Unit) -> None:
    make.requirement(make.module(), make.module(), title="Both", code="BOTH")
    person = make.person("Ada", unit=medicine)
    requirement_id = db.session.scalars(select(Requirement.id).where(Requirement.code == "BOTH")).one()
    pages.sign_in(make.account(Role.OFFICE))
    assert pages.get("dashboards.why", person_id=person.id, requirement_id=requirement_id).h1 == "Ada: Both"
    pages.get("dashboards.why", person_id=person.id, requirement_id=9_999, status=404)


def test_the_office_logs_and_corrects_from_here(pages: Pages, medicine: Unit) -> None:
    module = make.module(title="Awareness")
    make.requirement(module)
    person = make.person("Ada", unit=medicine)
    make.completion(person, module)
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.get("dashboards.person", person_id=person.id)
    assert pages.open(page.link("Log a completion")).status == 200
    assert pages.open(str(page.one("a[href$=correct-record]")["href"])).status == 200
    for visitor in (make.account(Role.AUDITOR), make.champion(medicine)):
        pages.sign_in(visitor)
        page = pages.get("dashboards.person", person_id=person.id)
        assert "Log a completion" not in page.text
        assert "Correct" not in page.text


def test_nobody_logs_for_herself_here(pages: Pages, medicine: Unit) -> None:
    make.requirement()
    account = make.account(Role.OFFICE, make.person("Olga Office", unit=medicine))
    assert account.person is not None
    pages.sign_in(account)
    assert "Log a completion" not in pages.get("dashboards.person", person_id=account.person.id).text


def test_other_posts_stand_beside_the_home(pages: Pages, medicine: Unit) -> None:
    person = make.person("Ada", unit=medicine)
    make.appointment(person, make.unit("Public Health"), is_primary=False, category="faculty", role="research")
    pages.sign_in(make.champion(medicine))
    page = pages.get("dashboards.person", person_id=person.id)
    assert "Public Health, faculty, research" in page.text
    assert [link.get_text() for link in page.html.select(".facts a")] == ["Medicine"]


def test_of_a_leaver_the_last_day_is_told(pages: Pages, medicine: Unit) -> None:
    module = make.module(title="Awareness")
    person = make.person("Leo Left", unit=medicine, ends_on=make.day(5))
    make.completion(person, module, on=make.day(30))
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.get("dashboards.person", person_id=person.id)
    assert "the last day was" in page.texts(".lede p")[0]
    assert "Awareness" in page.text
    before = pages.get("dashboards.person", person_id=person.id, query={"as_of": make.day(10).isoformat()})
    assert "last day" not in before.text.lower()


def test_a_claim_waits_to_be_verified(pages: Pages, medicine: Unit) -> None:
    module = make.module(title="Essay", evidence="verification")
    make.requirement(module)
    person = make.person("Ada", unit=medicine)
    make.completion(person, module, claimed=True)
    pages.sign_in(make.champion(medicine))
    page = pages.get("dashboards.person", person_id=person.id)
    assert "Waits to be verified" in page.text
    assert "Pending" in page.text


def test_a_day_beyond_what_is_stored(pages: Pages, medicine: Unit) -> None:
    make.requirement(make.module(title="Respect"), title="Yearly", repeat={"cycle": "07-01"})
    person = make.person("Ada", unit=medicine)
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.get("dashboards.person", person_id=person.id, query={"as_of": make.day(-9_000).isoformat()})
    assert "Not started" in page.text


def test_dates_are_told_with_the_status(pages: Pages, medicine: Unit) -> None:
    module = make.module(title="Bias")
    make.requirement(module, title="Renewed", repeat={"months": 12})
    person = make.person("Ada", unit=medicine)
    make.completion(person, module, on=make.day(400))
    pages.sign_in(make.account(Role.OFFICE))
    now = pages.get("dashboards.person", person_id=person.id)
    assert "Expired" in now.text
    assert "Since " in now.text
    then = pages.get("dashboards.person", person_id=person.id, query={"as_of": make.day(300).isoformat()})
    last = in_words(date.fromordinal(add_months(make.day(400).toordinal(), 12) - 1)).replace("\N{NO-BREAK SPACE}", " ")
    assert f"counts until {last}" in then.text


@pytest.mark.parametrize("path", ["/people/0", "/people/99999", "/people/2147483648", "/people/x", "/people/1/why/1/1"])
def test_nobody_is_not_found(pages: Pages, path: str) -> None:
    pages.sign_in(make.account(Role.OFFICE))
    pages.open(path, status=404)


def test_one_writes_to_her_from_her_page(pages: Pages, medicine: Unit) -> None:
    ada = make.person("Ada Nwosu", unit=medicine)
    champion = make.champion(medicine)
    pages.sign_in(champion)
    page = pages.get("dashboards.person", person_id=ada.id)
    form = pages.open(page.link("Write to Ada Nwosu"))
    assert form.h1 == "Write to 1 person"
    assert form.texts(".lede p")[0] == "To Ada Nwosu."
    assert champion.person is not None
    assert "Write to" not in pages.get("dashboards.person", person_id=champion.person.id).text
    pages.sign_in(make.account(Role.AUDITOR))
    assert "Write to" not in pages.get("dashboards.person", person_id=ada.id).text


def test_nobody_writes_to_who_has_left(pages: Pages, medicine: Unit) -> None:
    gone = make.person("Lea Left", unit=medicine, ends_on=make.day(3))
    pages.sign_in(make.account(Role.OFFICE))
    assert "Write to" not in pages.get("dashboards.person", person_id=gone.id).text


def test_her_page_comes_as_a_file_with_what_the_reader_may_see(pages: Pages, medicine: Unit) -> None:
    module, book = make.module(title="Awareness"), make.module(title="A book")
    make.requirement(module, title="Yearly", due={"date": make.day(3)})
    make.requirement(book, title="Reading", level="optional")
    ada = make.person("=Ada", unit=medicine, category="faculty")
    make.completion(ada, book)
    pages.sign_in(make.champion(medicine))
    path = pages.get("dashboards.person", person_id=ada.id).link("Download this page as CSV")
    (row,) = csv.DictReader(StringIO(pages.download(path).get_data(as_text=True)))
    assert (row["person"], row["identifier"], row["unit"], row["category"]) == ("'=Ada", "", "Medicine", "faculty")
    assert (row["part"], row["module"], row["status"]) == ("asked", "Awareness", "overdue")
    assert row["due_on"] == make.day(3).isoformat()
    pages.sign_in(make.account(Role.AUDITOR))
    rows = list(csv.DictReader(StringIO(pages.download(path).get_data(as_text=True))))
    assert [(row["part"], row["module"]) for row in rows] == [
        *(("asked", "Awareness"), ("asked", "A book"), ("on record", "A book")),
    ]
    assert rows[0]["identifier"] == ada.identifier


def test_a_claim_that_waits_is_decided_from_her_page(pages: Pages, medicine: Unit) -> None:
    essay = make.module("ESSAY", title="Essay", evidence="verification")
    make.requirement(essay, make.module("AWARE", title="Awareness"))
    ada = make.person("Ada", unit=medicine)
    make.completion(ada, "AWARE")
    claim = make.completion(ada, essay, claimed=True)
    pages.sign_in(make.champion(medicine))
    page = pages.get("dashboards.person", person_id=ada.id)
    assert [str(a["href"]) for a in page.html.select(".column-aside .todo a")] == [f"/claims/{claim}"]
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.get("dashboards.person", person_id=ada.id)
    assert [str(a["href"]) for a in page.html.select("a") if a.get_text().startswith("Decide")] == [f"/claims/{claim}"]
    pages.sign_in(make.account(Role.AUDITOR))
    assert "Decide" not in pages.get("dashboards.person", person_id=ada.id).text


def test_a_champion_logs_for_one_person_from_here(pages: Pages, medicine: Unit) -> None:
    make.requirement(make.module("AWARE", title="Awareness"))
    ada = make.person("Ada", unit=make.unit(parent=medicine))
    champion = make.champion(medicine)
    assert champion.person is not None
    pages.sign_in(champion)
    form = pages.open(pages.get("dashboards.person", person_id=ada.id).link("Log attendance"))
    assert "For 1 person you ticked" in form.text
    preview = pages.submit(form, "Show who is meant", course="AWARE")
    assert "It will be recorded for 1 person" in preview.text
    assert pages.submit(preview, "Record for 1 person").h1 == "Recorded for 1 person"
    for person_id, query in ((champion.person.id, {}), (ada.id, {"as_of": make.day(3).isoformat()})):
        page = pages.get("dashboards.person", person_id=person_id, query=query)
        assert "Log attendance" not in page.text
    pages.sign_in(make.account(Role.OFFICE))
    assert "Log attendance" not in pages.get("dashboards.person", person_id=ada.id).text
