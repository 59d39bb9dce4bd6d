"""Two of the office change the same thing: the second is told, overwrites nothing unseen, and loses nothing."""

from typing import Any

import pytest

from tests.support import make
from tests.support.edits import assert_told, day_words
from tests.support.make import Person
from tests.support.pages import Page, Pages
from tracker.core import clock
from tracker.core.database import Base, db
from tracker.directory.commands import units
from tracker.directory.queries.changes import latest_change
from tracker.people import commands as people
from tracker.people import models
from tracker.progress.commands import waivers
from tracker.progress.models import Waiver
from tracker.units.queries import UnitView, unit_by_code

pytestmark = pytest.mark.usefixtures("office")


@pytest.fixture
def ada(app: object) -> Person:
    """Somebody of one of two departments, where a rule names what else she may be."""
    make.unit("Surgery", code="SURG")
    make.requirement(make.module(), audience={"roles": ["manager"], "functions": ["search", "admissions"]})
    return make.person("Ada Nwosu", unit=make.unit("Medicine", code="MED"), email="ada@example.edu")


def only(model: type[Base]) -> Any:
    """The only row there is, as it is now."""
    db.session.close()
    return db.session.query(model).one()


def unit(code: str, days_ago: int = 0) -> UnitView:
    """A unit as it is on a day."""
    db.session.close()
    return unit_by_code(code, make.day(days_ago))


def previewed(pages: Pages, page: Page, **values: str) -> Page:
    """The preview of a form."""
    return pages.submit(page, "Preview", **values)


def test_a_person(pages: Pages, ada: Person) -> None:
    form = pages.get("directory.change_person", person_id=ada.id)
    pages.submit(form, "Save", email="okafor@example.edu")
    told = pages.submit(form, "Save", status=422, name="Ada Okafor")
    assert_told(told, "Ada Nwosu", "okafor@example.edu")
    assert told.one("#name")["aria-describedby"] == "name-stands"
    row = only(models.Person)
    assert (row.name, row.email) == ("Ada Nwosu", "okafor@example.edu")
    done = pages.submit(told, "Save", email="okafor@example.edu")
    assert done.h1 == "Ada Okafor"
    row = only(models.Person)
    assert (row.name, row.email) == ("Ada Okafor", "okafor@example.edu")


def test_a_post(pages: Pages, ada: Person) -> None:
    post = only(models.Appointment).id
    form = pages.get("directory.change_post", person_id=ada.id, appointment_id=post)
    pages.submit(form, "Save", unit="SURG", is_primary="no", fte="0.5")
    told = pages.submit(form, "Save", status=422, role="manager")
    assert_told(told, "Surgery (SURG)", "nonclinical", "No", "0.5")
    row = only(models.Appointment)
    assert (row.unit_id, row.role, row.is_primary) == (unit("SURG").id, "nonclinical", False)
    pages.submit(told, "Save")
    row = only(models.Appointment)
    assert (row.unit_id, row.role, row.is_primary, row.fte) == (unit("MED").id, "manager", True, None)


def test_a_function(pages: Pages, ada: Person) -> None:
    row_id = people.add_function(make.by(), ada.id, "search", starts_on=make.day(9))
    form = pages.get("directory.change_function", person_id=ada.id, function_id=row_id)
    pages.submit(form, "Save", function="admissions")
    told = pages.submit(form, "Save", status=422, ends_on=make.day(2).isoformat())
    assert_told(told, "admissions", "nothing")
    row = only(models.Function)
    assert (row.function, row.ends_on) == ("admissions", None)
    pages.submit(told, "Save")
    row = only(models.Function)
    assert (row.function, row.ends_on) == ("search", make.day(2))


def test_a_leave(pages: Pages, ada: Person) -> None:
    row_id = people.add_leave(make.by(), ada.id, starts_on=make.day(5))
    form = pages.get("directory.change_leave", person_id=ada.id, leave_id=row_id)
    pages.submit(form, "Save", ends_on=make.day(1).isoformat())
    told = pages.submit(form, "Save", status=422, starts_on=make.day(8).isoformat())
    assert_told(told, day_words(make.day(5)), day_words(make.day(1)))
    row = only(models.Leave)
    assert (row.starts_on, row.ends_on) == (make.day(5), make.day(1))
    again = pages.submit(form, "Save", status=422, starts_on=make.day(8).isoformat())
    assert_told(again, day_words(make.day(5)), day_words(make.day(1)))
    pages.submit(told, "Save")
    row = only(models.Leave)
    assert (row.starts_on, row.ends_on) == (make.day(8), None)


def test_what_is_wrong_with_a_form_is_no_second_look(pages: Pages, ada: Person) -> None:
    row_id = people.add_leave(make.by(), ada.id, starts_on=make.day(5))
    form = pages.get("directory.change_leave", person_id=ada.id, leave_id=row_id)
    wrong = pages.submit(form, "Save", status=422, ends_on=make.day(9).isoformat())
    assert wrong.errors == ["The last day must not lie before the first"]
    people.change_leave(make.by(), row_id, starts_on=make.day(5), ends_on=make.day(3))
    assert_told(pages.submit(wrong, "Save", status=422, ends_on=make.day(2).isoformat()), day_words(make.day(3)))


def test_a_form_without_a_mark_is_told_to_look(pages: Pages, ada: Person) -> None:
    row_id = people.add_leave(make.by(), ada.id, starts_on=make.day(5))
    sent = {"starts_on": make.day(8).isoformat(), "ends_on": ""}
    told = pages.post("directory.change_leave", sent, status=422, person_id=ada.id, leave_id=row_id)
    assert_told(told, day_words(make.day(5)))


def test_the_end_of_a_waiver(pages: Pages, ada: Person) -> None:
    said = {"starts_on": clock.today(), "ends_on": None, "reason": "abroad", "approved_by": "the dean"}
    row_id = waivers.waive(make.by(), ada.id, requirement_id=None, module_id=None, **said)
    form = pages.get("directory.end_waiver", waiver_id=row_id)
    pages.submit(form, "Save", ends_on=make.day(-3).isoformat())
    told = pages.submit(form, "Save", status=422, ends_on=make.day(-9).isoformat())
    assert_told(told, day_words(make.day(-3)))
    assert only(Waiver).ends_on == make.day(-3)
    waivers.change_waiver(make.by(), row_id, starts_on=clock.today(), ends_on=None)
    told = pages.submit(told, "Save", status=422)
    assert_told(told, "nothing")
    pages.submit(told, "Save")
    assert only(Waiver).ends_on == make.day(-9)


def test_the_name_of_a_unit(pages: Pages, ada: Person) -> None:
    form = pages.get("directory.rename", code="MED")
    mine = previewed(pages, form, kind="division", on=make.day(-1).isoformat())
    pages.submit(previewed(pages, form, name="Internal Medicine"), "Rename it")
    told = pages.submit(mine, "Rename it", status=422)
    assert_told(told, "Internal Medicine", "department")
    assert_told(pages.submit(form, "Preview", status=422, kind="division"), "Internal Medicine", "department")
    assert unit("MED", -1).kind == "department"
    shown = previewed(pages, told, name="Internal Medicine")
    assert f"Internal Medicine is a division from {day_words(make.day(-1))}." in shown.text
    pages.submit(shown, "Rename it")
    assert (unit("MED").name, unit("MED").kind) == ("Internal Medicine", "department")
    assert (unit("MED", -1).name, unit("MED", -1).kind) == ("Internal Medicine", "division")


def test_a_name_that_is_to_come_is_not_taken_back_by_the_next_change(pages: Pages, ada: Person) -> None:
    units.rename(make.by(), "MED", name="Internal Medicine", kind="department", on=make.day(-10))
    form = pages.get("directory.rename", code="MED")
    pages.submit(previewed(pages, form, kind="division", on=make.day(-20).isoformat()), "Rename it")
    assert (unit("MED").name, unit("MED", -20).name) == ("Medicine", "Internal Medicine")


def test_the_latest_change_of_a_unit(pages: Pages, ada: Person) -> None:
    units.rename(make.by(), "MED", name="Medcine", kind="department", on=make.day(-10))
    form = pages.get("directory.correct", code="MED")
    mine = previewed(pages, form, kind="division")
    pages.submit(previewed(pages, form, name="Internal Medicine", on=make.day(-12).isoformat()), "Correct it")
    told = pages.submit(mine, "Correct it", status=422)
    assert_told(told, "Internal Medicine", "department", day_words(make.day(-12)))
    assert unit("MED", -12).name == "Internal Medicine"
    pages.submit(previewed(pages, told), "Correct it")
    assert (unit("MED", -10).name, unit("MED", -10).kind) == ("Medcine", "division")


def test_the_day_on_which_a_unit_closes(pages: Pages, ada: Person) -> None:
    units.close(make.by(), "SURG", on=make.day(-5))
    form = pages.get("directory.correct", code="SURG")
    mine = previewed(pages, form, on=make.day(-8).isoformat())
    pages.submit(previewed(pages, form, on=make.day(-6).isoformat()), "Correct it")
    told = pages.submit(mine, "Correct it", status=422)
    assert_told(told, day_words(make.day(-6)))
    pages.submit(previewed(pages, told), "Correct it")
    db.session.close()
    latest = latest_change("SURG")
    assert latest is not None
    assert latest.on == make.day(-8)
