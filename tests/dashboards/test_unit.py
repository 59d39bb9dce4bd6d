"""The page of a unit, and where one begins."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.support import make
from tests.support.make import Unit
from tests.support.pages import Page, Pages, text_of
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.core.words import NO_BREAK_SPACE, day
from tracker.curriculum import commands as curriculum
from tracker.curriculum.models import Gate
from tracker.curriculum.rules import Module
from tracker.people import commands as facts
from tracker.progress.commands import waivers
from tracker.units import commands as units


@pytest.fixture
def medicine() -> Unit:
    """A department of a school."""
    return make.unit("Medicine", parent=make.unit("School", kind="school", code="SOM"), code="MED")


def people(unit: Unit, *, done: int, left: int, module: Module) -> None:
    """So many people of a unit who have done a module, and who have not."""
    for number in range(done + left):
        person = make.person(unit=unit)
        if number < done:
            make.completion(person, module)


def today() -> str:
    """This day as pages write it, with plain blanks."""
    return day(make.day(0)).replace(NO_BREAK_SPACE, " ")


def open_as_office(pages: Pages, unit: Unit, **query: object) -> Page:
    """The unit's page, as the office sees it."""
    pages.sign_in(make.account(Role.OFFICE))
    return pages.get("dashboards.unit", code=unit.code, query=query)


def test_it_answers_first(pages: Pages, medicine: Unit) -> None:
    module = make.module(title="Awareness")
    make.requirement(module, title="The sequence", due={"date": make.day(3)})
    people(medicine, done=2, left=1, module=module)
    page = open_as_office(pages, medicine)
    assert page.h1 == "Medicine"
    assert page.texts(".lede p") == [
        f"67 % have completed “The sequence”: 2 of 3 people on {today()}.",
        "1 person to go: 1 overdue.",
    ]


def test_it_says_when_all_is_done(pages: Pages, medicine: Unit) -> None:
    module = make.module()
    make.requirement(module)
    people(medicine, done=1, left=0, module=module)
    page = open_as_office(pages, medicine)
    assert page.texts(".lede p")[1] == "Everybody who is counted has completed it."
    assert "Nothing waits here" in page.text


def test_it_says_that_nobody_is_asked(pages: Pages, medicine: Unit) -> None:
    page = open_as_office(pages, medicine)
    assert "Nobody is asked for anything here" in page.text
    make.requirement(title="Later", first=make.day(-10))
    make.person(unit=medicine)
    assert "“Later”" not in open_as_office(pages, medicine).text.split("Asked of nobody")[0]


def test_each_number_leads_to_its_people(pages: Pages, medicine: Unit) -> None:
    first, second = make.module(title="One"), make.module(title="Two")
    make.requirement(first, second, code="SEQ", title="Both", due={"date": make.day(3)})
    people(medicine, done=1, left=2, module=first)
    page = open_as_office(pages, medicine)
    whole, module = (rows.select("tbody tr:has(td)")[0] for rows in page.html.select("section table")[:2])
    assert text_of(whole.select("th")[0]).startswith("Both")
    assert [text_of(cell) for cell in module.select("td")] == [
        *("33 % 1 of 3", "2 to go: One (Both)", "2 overdue: One (Both)", "0")
    ]
    late = pages.open(page.link("2 overdue: One (Both)"))
    assert len(late.html.select(".people li")) == 2
    assert late.texts(".person-status .status") == ["Overdue", "Overdue"]


def test_expired_people_are_overdue_and_the_link_finds_them(pages: Pages, medicine: Unit) -> None:
    module = make.module()
    make.requirement(module, title="Renewed", due={"days_after_start": 10}, repeat={"months": 1})
    make.completion(make.person("Exa Pired", unit=medicine), module, on=make.day(200))
    make.person("Over Due", unit=medicine)
    page = open_as_office(pages, medicine)
    assert "2 people to go: 2 overdue." in page.text
    late = pages.open(page.link("See them: 2 people overdue, Renewed"))
    assert sorted(late.texts(".person-name a")) == ["Exa Pired", "Over Due"]


def test_the_denominator_stands_one_click_away(pages: Pages, medicine: Unit) -> None:
    module = make.module()
    make.requirement(module, title="Asked")
    people(medicine, done=1, left=1, module=module)
    away = make.person(unit=medicine)
    facts.add_leave(make.by(), away.id, starts_on=make.day(5), ends_on=None)
    waived = make.person(unit=medicine)
    waivers.waive(
        make.by(),
        waived.id,
        requirement_id=None,
        module_id=None,
        starts_on=make.day(5),
        ends_on=None,
        reason="new",
        approved_by="office",
    )
    page = open_as_office(pages, medicine)
    panel = next(one for one in page.html.select("details.panel") if "Who is counted?" in one.get_text())
    assert [cell.get_text(strip=True) for cell in panel.select("tbody td")] == ["4", "1", "1", "2"]


def test_a_shut_gate_says_how_many_are_needed(pages: Pages, medicine: Unit) -> None:
    module = make.module()
    make.requirement(module)
    make.gate(module, title="Ready")
    people(medicine, done=1, left=3, module=module)
    page = open_as_office(pages, medicine)
    said = page.texts(".gate-shut")[0]
    assert said.startswith("Ready: not open yet. 2 more people are needed.")
    assert "25 %: 1 of 4 people" in said


def test_an_open_gate_says_since_when(pages: Pages, medicine: Unit) -> None:
    module = make.module()
    make.requirement(module)
    make.gate(module, title="Ready", first=make.day(40))
    people(medicine, done=2, left=1, module=module)
    assert page_gate(open_as_office(pages, medicine)).startswith("Ready: open since ")
    shut = page_gate(open_as_office(pages, medicine, as_of=make.day(30).isoformat()))
    assert "not open yet" in shut
    assert "stays open" not in shut


def test_an_open_gate_stays_open_whoever_joins(pages: Pages, medicine: Unit) -> None:
    module = make.module()
    make.requirement(module)
    make.gate(module, title="Ready", first=make.day(40))
    people(medicine, done=2, left=1, module=module)
    for _ in range(3):
        make.person(unit=medicine, starts_on=make.day(0))
    said = page_gate(open_as_office(pages, medicine))
    assert said.startswith("Ready: open since ")
    assert said.endswith("that is 33 %: 2 of 6 people. Once open, it stays open.")


def page_gate(page: Page) -> str:
    """What the page says of its only gate."""
    return page.texts(".gate")[0]


def test_a_gate_opened_by_hand_says_so(pages: Pages, medicine: Unit) -> None:
    module = make.module()
    made = make.gate(module, title="Ready")
    make.person(unit=medicine)
    gate_id = db.session.scalars(select(Gate.id).where(Gate.code == made.code)).one()
    waivers.open_gate(make.by(), gate_id, medicine.id, on=make.day(4), reason="pilot", approved_by="office")
    assert page_gate(open_as_office(pages, medicine)).startswith("Ready: opened by the office on ")


def test_a_changed_rule_is_told_until_it_is_worked_in(pages: Pages, medicine: Unit) -> None:
    module = make.module()
    made = make.requirement(module, title="Changing")
    people(medicine, done=1, left=1, module=module)
    assert "is being changed" not in open_as_office(pages, medicine).text
    curriculum.set_requirement(make.by(), replace(made, level="expected"))
    db.session.remove()
    for endpoint in ("dashboards.unit", "dashboards.table", "dashboards.people"):
        assert "is being changed" in pages.get(endpoint, code="MED").text


def test_champions_stand_with_their_term(pages: Pages, medicine: Unit) -> None:
    make.champion(medicine, name="Cara Champion", kind="faculty")
    page = open_as_office(pages, medicine)
    assert "Cara Champion" in page.text
    assert "Faculty champion, until " in page.text
    below = make.unit(parent=medicine, code="CARD")
    assert "Faculty champion of Medicine" in open_as_office(pages, below).text


def test_claims_that_wait_are_counted_and_lead_to_the_queue(pages: Pages, medicine: Unit) -> None:
    module = make.module(evidence="verification")
    make.requirement(module)
    make.requirement(module, level="optional")
    make.completion(make.person(unit=medicine), module, claimed=True)
    page = open_as_office(pages, medicine)
    assert page.texts(".needs li")[0].startswith("1 completion waits to be verified")
    assert pages.open(page.link("Review claims: 1 completion waits to be verified")).h1


def test_whoever_only_looks_is_offered_no_deeds(pages: Pages, medicine: Unit) -> None:
    module = make.module(evidence="verification")
    make.requirement(module)
    make.completion(make.person(unit=medicine), module, claimed=True)
    pages.sign_in(make.account(Role.AUDITOR))
    page = pages.get("dashboards.unit", code="MED")
    assert "Log a completion for many people" not in page.text
    assert "to be verified" not in page.text
    assert "Needs attention" in page.text


def test_one_begins_with_the_only_unit(pages: Pages, medicine: Unit) -> None:
    pages.sign_in(make.account(Role.OFFICE))
    assert pages.get("dashboards.start").h1 == "School"
    pages.sign_in(make.champion(medicine))
    assert pages.get("dashboards.start", query={"as_of": make.day(1).isoformat()}).h1 == "Medicine"


def test_several_units_stand_with_a_line_of_figures_each(pages: Pages, medicine: Unit) -> None:
    surgery = make.unit("Surgery", code="SURG")
    module = make.module()
    make.requirement(module, title="The sequence")
    people(surgery, done=1, left=3, module=module)
    pages.sign_in(make.champion(medicine, surgery))
    page = pages.get("dashboards.start", query={"as_of": make.day(1).isoformat()})
    assert page.h1 == "My units"
    assert page.texts("tbody th a") == ["Medicine", "Surgery"]
    assert "1 of 4" in page.text
    assert pages.open(page.link("Surgery")).h1 == "Surgery"


def test_an_institution_without_units_says_so(pages: Pages) -> None:
    pages.sign_in(make.account(Role.OFFICE))
    assert "There is no unit" in pages.get("dashboards.start").text


def test_a_champion_on_a_day_without_her_units_is_told(pages: Pages, medicine: Unit) -> None:
    new_id = units.set_unit(make.by(), "NEW", name="New", kind="department", parent="SOM", starts_on=make.day(100))
    pages.sign_in(make.champion(Unit(new_id, "NEW", "New"), home=medicine))
    page = pages.get("dashboards.start", query={"as_of": make.day(500).isoformat()})
    assert "You look after no unit" in page.text


def test_no_two_links_say_the_same_and_lead_elsewhere(pages: Pages, medicine: Unit) -> None:
    first, second, third = make.module(title="One"), make.module(title="Two"), make.module(title="Essay")
    make.requirement(first, second, title="Both", due={"date": make.day(3)})
    make.requirement(first, second, third, title="All three", due={"date": make.day(-3)})
    people(medicine, done=1, left=2, module=first)
    page = open_as_office(pages, medicine)
    leading: dict[str, set[str]] = {}
    for link in page.html.select("main a"):
        leading.setdefault(str(link.get("aria-label") or text_of(link)), set()).add(str(link["href"]))
    assert [words for words, addresses in leading.items() if len(addresses) > 1] == []


def test_requirements_that_begin_alike_share_a_head(pages: Pages, medicine: Unit) -> None:
    for title in ("Sequence", "Racism: core", "Racism: staff", "Other: alone"):
        make.requirement(title=title)
    make.person(unit=medicine)
    make.unit("Empty", parent=medicine)
    pages.sign_in(make.account(Role.OFFICE))
    table = pages.get("dashboards.table", code="MED")
    assert table.texts("thead th[scope=colgroup]") == ["Racism"]
    assert table.texts("thead th[scope=col]")[1:] == ["Sequence", "Core", "Staff", "Other: alone"]
    assert [cell["colspan"] for cell in table.html.select(".table-groups > *")] == ["1", "1", "2", "1"]
    assert table.texts("tbody td .nobody") == ["nobody asked"] * 4


def test_what_needs_attention_comes_most_urgent_first(pages: Pages, medicine: Unit) -> None:
    early, late = make.module(title="Early"), make.module(title="Late")
    soon = {"date": make.day(-10)}
    make.requirement(early, title="First and soon", due=soon)
    make.requirement(late, title="Second and overdue", due={"date": make.day(3)})
    make.person(unit=medicine)
    page = open_as_office(pages, medicine)
    first, second = page.texts(".needs li")
    assert first.startswith("1 person overdue")
    assert second.startswith("1 person due within 30 days")
    steps = " ".join(pages.get("dashboards.handover", code="MED").text.split())
    assert steps.index("1 person overdue for “Second") < steps.index("1 person due within 30 days for “First")


def test_of_several_modules_due_soon_is_told_by_module(pages: Pages, medicine: Unit) -> None:
    """Somebody with one of two left is in no count of the two together but who is to go."""
    first, second = make.module(title="One"), make.module(title="Two")
    make.requirement(first, second, title="Both", due={"date": make.day(-10)})
    people(medicine, done=1, left=1, module=first)
    page = open_as_office(pages, medicine)
    assert page.texts(".lede p")[1] == "2 people to go."
    assert page.texts(".needs li")[0].startswith("3 things due within 30 daysBoth Module by module")
    whole, by_module = (table.select("tbody tr:has(td)") for table in page.html.select("section table")[:2])
    assert [text_of(row.select("td")[3]).split()[0] for row in whole] == ["\N{EN DASH}"]
    assert [text_of(row.select("td")[3]).split()[0] for row in by_module] == ["1", "2"]
    of_each = pages.open(page.link("Module by module: 3 things due within 30 days, Both"))
    assert of_each.h1 == "Medicine: who is counted for Both"
    steps = " ".join(pages.get("dashboards.handover", code="MED").text.split())
    assert "3 things due within 30 days for “Both”." in steps
