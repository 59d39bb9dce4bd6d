"""Units are made, renamed, moved, merged, split and closed from a day on, each first as a preview."""

from datetime import date

import pytest
from sqlalchemy import func, select

from tests.support import make, settle, trail
from tests.support.make import Account, Unit
from tests.support.pages import Page, Pages
from tracker.core import clock
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.core.errors import Conflict, Invalid
from tracker.core.words import day as in_words
from tracker.directory.commands import units
from tracker.directory.commands.rehearsal import moves_of
from tracker.directory.commands.units import NewUnit
from tracker.directory.queries.changes import latest_change
from tracker.directory.queries.rates import Share
from tracker.people import commands as people
from tracker.people.models import Appointment
from tracker.people.queries import person_view
from tracker.units import commands as tree_commands
from tracker.units.models import UnitRow
from tracker.units.queries import children, unit_by_code, unit_views


@pytest.fixture
def school() -> Unit:
    """A school with two departments."""
    top = make.unit("School", kind="school", code="SOM")
    make.unit("Medicine", parent=top, code="MED")
    make.unit("Surgery", parent=top, code="SURG")
    return top


def unit(code: str) -> Unit:
    """A unit that is there today."""
    found = unit_by_code(code, clock.today())
    return Unit(found.id, found.code, found.name)


def previewed(pages: Pages, page: Page, **values: object) -> Page:
    """The preview of a form."""
    return pages.submit(page, "Preview", **values)  # type: ignore[arg-type]


def counts(share: Share) -> tuple[int, int]:
    """A rate by its counts."""
    return share.numerator, share.denominator


def number_of_rows() -> int:
    """How many rows of units there are by now."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(UnitRow)) or 0


def words(day: date) -> str:
    """A day as the text of a page has it."""
    return in_words(day).replace("\N{NO-BREAK SPACE}", " ")


def latest_row(code: str) -> int:
    """The row of the latest change of a unit."""
    found = latest_change(code)
    assert found is not None
    return found.row_id


def test_the_tree_is_shown_with_its_people(pages: Pages, school: Unit, office: Account) -> None:
    make.person("Ada", unit=unit("MED"))
    page = pages.get("directory.units")
    assert "3 units with 1 person" in page.text
    assert page.texts("tbody th") == ["School", "Medicine", "Surgery"]


def test_a_unit_is_made_from_a_day_on(pages: Pages, school: Unit, office: Account) -> None:
    page = pages.get("directory.new_unit", query={"below": "SOM"})
    day = make.day(-30)
    shown = previewed(pages, page, name="Oncology", code="ONC", kind="department", on=day.isoformat())
    assert "No rate moves" in shown.text
    assert unit_views([1, 2, 3, 4], day) == unit_views([1, 2, 3], day)
    done = pages.submit(shown, "Make this unit")
    assert done.h1 == "Oncology"
    assert "To come: a department below School" in done.text
    db.session.rollback()
    assert [one.code for one in children(school.id, day)] == ["MED", "ONC", "SURG"]
    assert [one.code for one in children(school.id, clock.today())] == ["MED", "SURG"]


def test_what_was_not_previewed_is_not_done(pages: Pages, school: Unit, office: Account) -> None:
    page = pages.get("directory.rename", code="MED")
    shown = previewed(pages, page, name="Internal Medicine", on=clock.today().isoformat())
    again = pages.submit(shown, "Rename it", name="Something else")
    assert again.h1 == "Rename Medicine"
    assert unit("MED").name == "Medicine"
    done = pages.submit(shown, "Rename it")
    assert done.h1 == "Internal Medicine"


def test_a_rename_keeps_the_old_name_for_its_days(pages: Pages, school: Unit, office: Account) -> None:
    shown = previewed(
        pages, pages.get("directory.rename", code="MED"), name="Internal Medicine", on=make.day(-10).isoformat()
    )
    page = pages.submit(shown, "Rename it")
    assert unit("MED").name == "Medicine"
    assert page.texts("tbody td")[0] == "Internal Medicine"
    tree = pages.get("directory.units")
    assert "called Internal Medicine from" in tree.text


def test_a_second_change_must_come_later(pages: Pages, school: Unit, office: Account) -> None:
    units.rename(make.by(), "MED", name="Internal Medicine", kind="department", on=make.day(-10))
    page = pages.submit(
        pages.get("directory.rename", code="MED"), "Preview", status=422, name="X", on=clock.today().isoformat()
    )
    assert page.errors[0].startswith("This unit changes on")
    with pytest.raises(Invalid, match="changes on"):
        units.close(make.by(), "MED", on=make.day(-5))


def test_moving_shows_how_rates_move_and_then_moves_them(pages: Pages, school: Unit, office: Account) -> None:
    module = make.module()
    make.requirement(module, title="Course")
    ward = make.unit("Ward", parent=unit("MED"), code="WARD")
    done, _ = make.person("Ada", unit=ward), make.person("Bo", unit=unit("MED"))
    make.completion(done, module)
    page = pages.get("directory.move", code="WARD")
    shown = previewed(pages, page, parent="SURG", on=clock.today().isoformat())
    medicine, surgery = shown.texts("tbody")
    assert medicine.startswith("Medicine, ")
    assert medicine.endswith("Course 50 % to 0 %1 of 2 to 0 of 1")
    assert surgery.startswith("Surgery, ")
    assert "100 %0 of 0 to 1 of 1" in surgery
    rows = number_of_rows()
    pages.submit(shown, "Move it")
    assert number_of_rows() == rows + 1
    assert [one.code for one in children(unit("SURG").id, clock.today())] == ["WARD"]


def test_a_preview_leaves_nothing_behind(pages: Pages, school: Unit) -> None:
    module = make.module()
    make.requirement(module, audience={"units": ["MED"]})
    make.person(unit=unit("MED"))
    events, rows = len(trail.everything()), number_of_rows()
    moves_of(
        make.by(), lambda: units.move(make.by(), "MED", parent="SURG", on=clock.today()), [unit("MED").id], make.day(0)
    )
    assert (len(trail.everything()), number_of_rows()) == (events, rows)


def test_a_requirement_that_names_a_unit_is_reckoned_by_its_new_rule(app: object, school: Unit) -> None:
    """A unit that comes under a named one is asked; figures that are worked in later are shown as they will be."""
    module = make.module()
    make.requirement(module, title="For medicine", audience={"units": ["MED"]})
    make.person(unit=unit("MED"))
    moving = make.person(unit=unit("SURG"))
    make.completion(moving, module)
    today = clock.today()

    def deed() -> list[int]:
        return list(units.move(make.by(), "SURG", parent="MED", on=today))

    moves = moves_of(make.by(), deed, [unit("SURG").id, unit("MED").id], today)
    shown = {one.unit: (counts(one.before), counts(one.after)) for one in moves.moved}
    both = ((0, 1), (1, 2))
    assert shown == {"Medicine": both, "School": both, "Surgery": ((0, 0), (1, 1))}
    deed()
    settle.figures()
    after = moves_of(make.by(), list, [unit("SURG").id, unit("MED").id], today)
    assert after.moved == []


def test_merging_takes_people_and_parts_along(pages: Pages, school: Unit, office: Account) -> None:
    ada = make.person("Ada", unit=unit("MED"))
    make.appointment(make.person("Bo", unit=unit("SURG")), unit("MED"), is_primary=False)
    make.unit("Ward", parent=unit("MED"), code="WARD")
    champion = make.person("Cara", unit=unit("SURG"))
    make.appoint(champion, unit("MED"))
    day = make.day(-20)
    shown = previewed(pages, pages.get("directory.merge", code="MED"), into="SURG", on=day.isoformat())
    assert "Ward lies below Surgery from then on." in shown.text
    assert "Who moves: 2 people" in shown.text
    assert "Cara is" in shown.text
    done = pages.submit(shown, "Merge them")
    assert done.h1 == "Surgery"
    assert person_view(ada.id, day).unit_id == unit("SURG").id
    assert person_view(ada.id, make.day(-19)).unit_id == unit("MED").id
    assert [one.code for one in children(school.id, day)] == ["SURG"]
    assert [one.code for one in children(unit("SURG").id, day)] == ["WARD"]
    closed = pages.get("directory.unit", code="MED")
    assert closed.h1 == "Medicine"


def test_a_unit_does_not_go_on_in_a_part_of_itself(pages: Pages, school: Unit, office: Account) -> None:
    make.unit("Ward", parent=unit("MED"), code="WARD")
    with pytest.raises(Invalid, match="part of it"):
        units.merge(make.by(), "MED", into="WARD", on=clock.today())


def test_splitting_moves_those_who_are_chosen(pages: Pages, school: Unit, office: Account) -> None:
    ada, bo = make.person("Ada", unit=unit("MED")), make.person("Bo", unit=unit("MED"))
    page = pages.get("directory.split", code="MED")
    missing = pages.submit(page, "Preview", status=422, name="Oncology", code="ONC")
    assert missing.errors == ["Select at least one person"]
    shown = previewed(pages, page, name="Oncology", code="ONC", people=[ada.id], on=clock.today().isoformat())
    assert "1 person moves from Medicine to Oncology" in shown.text
    pages.submit(shown, "Split it")
    assert person_view(ada.id, clock.today()).unit_id == unit("ONC").id
    assert person_view(bo.id, clock.today()).unit_id == unit("MED").id


def test_closing_says_what_is_in_the_way(pages: Pages, school: Unit, office: Account) -> None:
    make.person("Ada", unit=unit("MED"))
    make.unit("Ward", parent=unit("MED"), code="WARD")
    page = pages.submit(pages.get("directory.close", code="MED"), "Preview", status=422, on=clock.today().isoformat())
    assert "1 person still has a post in it and Ward still lies below it" in page.errors[0]
    with pytest.raises(Conflict):
        units.close(make.by(), "MED", on=clock.today())


def test_an_empty_unit_closes(pages: Pages, school: Unit, office: Account) -> None:
    shown = previewed(pages, pages.get("directory.close", code="SURG"), on=make.day(-5).isoformat())
    done = pages.submit(shown, "Close it")
    assert done.h1 == "Surgery"
    assert [one.code for one in children(school.id, make.day(-5))] == ["MED"]
    assert "closes on" in pages.get("directory.units").text


def test_codes_are_used_once(app: object, school: Unit) -> None:
    with pytest.raises(Invalid, match="already"):
        units.create(make.by(), NewUnit("MED", "Again", "department", "SOM"), on=clock.today())
    tree_commands.close_unit(make.by(), "SURG", on=make.day(-5))
    with pytest.raises(Invalid, match="does not exist on all days"):
        units.create(make.by(), NewUnit("NEW", "New", "division", "SURG"), on=clock.today())


def test_a_post_that_begins_after_the_merger_changes_its_unit(app: object, school: Unit) -> None:
    later = make.person()
    made = make.appointment(later, unit("MED"), starts_on=make.day(-40))
    units.merge(make.by(), "MED", into="SURG", on=make.day(-20))
    row = db.session.get_one(Appointment, made, populate_existing=True)
    assert (row.unit_id, row.starts_on) == (unit("SURG").id, make.day(-40))


def test_the_auditor_reads_and_changes_nothing(pages: Pages, school: Unit) -> None:
    pages.sign_in(make.account(Role.AUDITOR))
    page = pages.get("directory.unit", code="MED")
    assert "Rename" not in page.text
    pages.get("directory.rename", status=403, code="MED")


def test_a_day_that_is_none_is_said_so(pages: Pages, school: Unit, office: Account) -> None:
    assert "must be a real date" in pages.get("directory.units", query={"as_of": "2026-13-01"}).text


def test_a_wrong_name_that_is_to_come_is_corrected(pages: Pages, school: Unit, office: Account) -> None:
    units.rename(make.by(), "MED", name="Medcine", kind="department", on=make.day(-10))
    page = pages.get("directory.unit", code="MED")
    assert f"The latest change: a new name, kind or place of Medcine, from {words(make.day(-10))}." in page.text
    shown = previewed(pages, pages.get("directory.correct", code="MED"), name="Internal Medicine")
    assert "What was recorded before never held" in shown.text
    done = pages.submit(shown, "Correct it")
    assert "Medcine" not in done.text
    db.session.rollback()
    assert unit_by_code("MED", make.day(-10)).name == "Internal Medicine"
    assert unit("MED").name == "Medicine"


def test_a_move_that_is_to_come_is_called_off(pages: Pages, school: Unit, office: Account) -> None:
    module = make.module()
    make.requirement(module, title="Course")
    ward = make.unit("Ward", parent=unit("MED"), code="WARD")
    make.completion(make.person("Ada", unit=ward), module)
    units.move(make.by(), "WARD", parent="SURG", on=make.day(-10))
    shown = previewed(pages, pages.get("directory.take_back", code="WARD"))
    assert "0 of 0 to 1 of 1" in shown.text
    assert f"This is taken back: a new name, kind or place of Ward, from {words(make.day(-10))}." in shown.text
    done = pages.submit(shown, "Take it back")
    assert done.h1 == "Ward"
    db.session.rollback()
    assert [one.code for one in children(unit("MED").id, make.day(-10))] == ["WARD"]


def test_a_unit_that_was_made_by_mistake_is_taken_back(pages: Pages, school: Unit, office: Account) -> None:
    units.create(make.by(), NewUnit("NEW", "New", "department", "SOM"), on=clock.today())
    post = make.appointment(make.person("Ada"), unit("NEW"), starts_on=clock.today())
    refused = pages.submit(pages.get("directory.take_back", code="NEW"), "Preview", status=422)
    assert "1 person has a post in it" in refused.text
    people.remove_appointment(make.by(), post)
    done = pages.submit(previewed(pages, pages.get("directory.take_back", code="NEW")), "Take it back")
    assert done.h1 == "Units"
    assert "New" not in done.texts("tbody th")
    pages.get("directory.unit", status=404, code="NEW")


def test_a_merger_is_taken_back_with_all_that_it_did(pages: Pages, school: Unit, office: Account) -> None:
    ada = make.person("Ada", unit=unit("MED"))
    make.unit("Ward", parent=unit("MED"), code="WARD")
    day = make.day(-20)
    units.merge(make.by(), "MED", into="SURG", on=day)
    assert "Correct it" not in pages.get("directory.unit", code="MED").text
    shown = previewed(pages, pages.get("directory.take_back", code="MED"))
    assert "Medicine goes on in Surgery" in shown.text
    pages.submit(shown, "Take it back")
    db.session.rollback()
    assert person_view(ada.id, day).unit_id == unit("MED").id
    assert [one.code for one in children(school.id, day)] == ["MED", "SURG"]
    assert [one.code for one in children(unit("MED").id, day)] == ["WARD"]
    assert db.session.scalar(select(func.count()).select_from(Appointment).filter_by(person_id=ada.id)) == 1


def test_a_merger_of_which_something_was_changed_since_stays(app: object, school: Unit) -> None:
    ada = make.person("Ada", unit=unit("MED"))
    units.merge(make.by(), "MED", into="SURG", on=make.day(-20))
    people.transfer(make.by(), ada.id, school.id, on=make.day(-25))
    with pytest.raises(Conflict, match="changed since"):
        units.take_back(make.by(), "MED", latest_row("MED"))


def test_a_split_is_taken_back_with_all_that_it_did(app: object, school: Unit) -> None:
    ada = make.person("Ada", unit=unit("MED"))
    units.split(make.by(), "MED", NewUnit("ONC", "Oncology", "department", "SOM"), person_ids=[ada.id], on=make.day(-9))
    units.take_back(make.by(), "ONC", latest_row("ONC"))
    assert person_view(ada.id, make.day(-9)).unit_id == unit("MED").id
    assert latest_change("ONC") is None


def test_the_day_of_a_closing_is_corrected(pages: Pages, school: Unit, office: Account) -> None:
    units.close(make.by(), "SURG", on=make.day(-5))
    page = pages.get("directory.correct", code="SURG")
    shown = previewed(pages, page, on=make.day(-8).isoformat())
    assert f"is no longer there from {words(make.day(-8))}, instead of {words(make.day(-5))}" in shown.text
    done = pages.submit(shown, "Correct it")
    assert len(done.texts("tbody th")) == 1
    assert done.texts("tbody th")[0].startswith("until")


def test_a_merged_unit_says_where_it_went_on(pages: Pages, school: Unit, office: Account) -> None:
    units.merge(make.by(), "MED", into="SURG", on=clock.today())
    page = pages.get("directory.unit", code="MED")
    assert f"It went on in Surgery on {words(clock.today())}." in page.text
    assert len(page.texts("tbody th")) == 1


def test_new_codes_have_no_blanks_and_slashes(pages: Pages, school: Unit, office: Account) -> None:
    for code in ("SL EEP", "../x", "A\\B"):
        page = pages.submit(
            pages.get("directory.new_unit"), "Preview", status=422, name="X", code=code, kind="division"
        )
        assert page.errors == ["The code must not have blanks or slashes in it"]


# A unit that is not there on the day asked for


def absent(pages: Pages, code: str, on: date) -> Page:
    """The page of a unit on a day on which it is not there."""
    return pages.get("dashboards.unit", code=code, query={"as_of": on.isoformat()}, status=404)


def test_a_merged_unit_says_on_a_later_day_where_it_went_on(pages: Pages, school: Unit, office: Account) -> None:
    make.person(unit=unit("MED"))
    gone, on = make.day(10), make.day(3)
    units.merge(make.by(), "MED", into="SURG", on=gone)
    page = absent(pages, "MED", on)
    assert page.h1 == f"Medicine is not there on {words(on)}"
    assert f"Medicine went on in Surgery on {words(gone)}, and is closed from that day on." in page.text
    assert pages.open(page.link(f"Surgery on {words(on)}")).h1.startswith("Surgery")
    assert f"as_of={on}" in page.link(f"Surgery on {words(on)}")
    stood = pages.open(page.link(f"Medicine on its last day, {words(make.day(11))}"))
    assert stood.h1.startswith("Medicine")
    today = pages.get("dashboards.unit", code="MED", status=404)
    assert "See it as it is today" not in today.text
    assert f"Surgery on {words(clock.today())}" in today.text


def test_a_closed_unit_says_since_when_and_what_was_split_off(pages: Pages, school: Unit, office: Account) -> None:
    ada = make.person(unit=unit("MED"))
    units.split(make.by(), "MED", NewUnit("HEART", "Heart", "department", "SOM"), person_ids=[ada.id], on=make.day(20))
    units.close(make.by(), "MED", on=make.day(10))
    page = absent(pages, "MED", make.day(3))
    assert f"Medicine is closed since {words(make.day(10))}." in page.text
    assert "Heart was split off it." in page.text
    assert pages.open(page.link(f"Heart on {words(make.day(3))}")).h1.startswith("Heart")
    units.close(make.by(), "SURG", on=make.day(-10))
    coming = absent(pages, "SURG", make.day(-20))
    assert f"Surgery closes on {words(make.day(-10))}." in coming.text
    assert pages.open(coming.link("See it as it is today")).h1.startswith("Surgery")


def test_a_unit_that_begins_later_or_never_was_says_so(pages: Pages, school: Unit, office: Account) -> None:
    units.create(make.by(), NewUnit("LUNG", "Lung", "department", "SOM"), on=make.day(5))
    early = absent(pages, "LUNG", make.day(9))
    assert f"Lung begins on {words(make.day(5))}." in early.text
    assert pages.open(early.link(f"Lung on its first day, {words(make.day(5))}")).h1.startswith("Lung")
    latest = latest_change("LUNG")
    assert latest is not None
    units.take_back(make.by(), "LUNG", latest.row_id)
    assert "There was never a unit with the code LUNG" in absent(pages, "LUNG", make.day(3)).text
    pages.get("dashboards.unit", code="NONE", status=404)


def test_a_champion_reads_no_name_of_a_unit_that_is_not_hers(pages: Pages, school: Unit) -> None:
    champion = make.champion(unit("MED"), home=school)
    units.merge(make.by(), "MED", into="SURG", on=make.day(-10))
    pages.sign_in(champion)
    page = absent(pages, "MED", make.day(-20))
    assert f"Medicine goes on in another unit on {words(make.day(-10))}" in page.text
    assert "Surgery" not in page.text
