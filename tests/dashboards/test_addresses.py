"""Units of any code, and any day, in the address."""

from datetime import date, timedelta
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.routing import Map, ValidationError

from tests.support import make
from tests.support.pages import Pages, text_of
from tracker.core import clock
from tracker.core.actor import Role
from tracker.core.errors import Invalid
from tracker.core.words import NO_BREAK_SPACE, day
from tracker.dashboards.addresses import read_day
from tracker.units import commands
from tracker.web.addresses import FIRST_YEAR, LAST_YEAR, Code

TODAY = date(2026, 11, 21)
CODES = (
    "A/B",
    "Ä 1",
    "..",
    ".",
    "a%2Fb",
    "~2F",
    "50%",
    "a?b=c#d",
    "x" * 60,
    "日本",
    "-",
    "a.b",
    "table",
    "A\N{NO-BREAK SPACE}B",
)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30))
def test_a_code_comes_back_from_its_address(code: str) -> None:
    converter = Code(Map())
    written = converter.to_url(code)
    assert not set(written) & set("/?#. \\")
    assert converter.to_python(unquote(written)) == code


@pytest.mark.parametrize("typed", ["~FF", "~C3", "~00", "a~E2~82"])
def test_what_is_no_code_is_no_page(typed: str) -> None:
    with pytest.raises(ValidationError):
        Code(Map()).to_python(typed)


def test_units_of_any_code_have_all_their_pages(pages: Pages) -> None:
    school = make.unit(kind="school", code="S")
    units = [make.unit(f"Unit {number}", parent=school, code=code) for number, code in enumerate(CODES)]
    make.requirement()
    pages.sign_in(make.account(Role.OFFICE))
    for unit in units:
        make.person(unit=unit)
        assert pages.get("dashboards.unit", code=unit.code).h1 == unit.name
        assert pages.get("dashboards.table", code=unit.code).h1.startswith(unit.name)
        assert unit.name in pages.get("dashboards.people", code=unit.code).h1
        assert unit.name in pages.get("dashboards.roster", code=unit.code).h1
    page = pages.get("dashboards.unit", code="S")
    for unit in units:
        assert pages.open(page.link(unit.name)).h1.startswith(f"People of {unit.name}")


@pytest.mark.parametrize(
    "path", ["/units/~00", "/units/~FF", "/units/NONE", "/units/S/", "/units/S/nothing", "/units/%2e%2e"]
)
def test_what_is_not_there_is_not_found(pages: Pages, path: str) -> None:
    make.unit(code="S")
    pages.sign_in(make.account(Role.OFFICE))
    pages.open(path, status=404)


@pytest.mark.parametrize("typed", ["2000-01-01", "2100-12-31", "2026-11-21"])
def test_any_day_of_a_century_can_be_asked_for(typed: str) -> None:
    assert read_day(typed, TODAY) == date.fromisoformat(typed)


@pytest.mark.parametrize("typed", [None, ""])
def test_without_a_day_it_is_today(typed: str | None) -> None:
    assert read_day(typed, TODAY) == TODAY


@pytest.mark.parametrize(
    "typed",
    ["1999-12-31", "2101-01-01", "2026-02-30", "yesterday", "20261121", "\N{FULLWIDTH DIGIT TWO}026-11-21", " "],
)
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        read_day(typed, TODAY)


def test_the_field_offers_the_days_that_a_page_takes(pages: Pages) -> None:
    make.unit(code="S")
    pages.sign_in(make.account(Role.OFFICE))
    field = pages.get("dashboards.unit", code="S").html.select_one("input[name=as_of]")
    assert field is not None
    assert (field["min"], field["max"]) == (f"{FIRST_YEAR}-01-01", f"{LAST_YEAR}-12-31")


@pytest.mark.parametrize("endpoint", ["table", "trends", "groups", "figure"])
def test_figures_of_today_can_be_linked_with_their_day(pages: Pages, endpoint: str) -> None:
    unit, course = make.unit(code="S"), make.module()
    made = make.requirement(course)
    make.completion(make.person(unit=unit), course, on=make.day(3))
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.get(f"dashboards.{endpoint}", code="S", query={"requirement": made.code})
    link = page.link(f"Link to these figures of {day(clock.today()).replace(NO_BREAK_SPACE, ' ')}")
    assert f"as_of={clock.today()}" in link
    assert f"requirement={made.code}" in link
    assert pages.open(link).h1 == page.h1


@pytest.mark.parametrize("typed", ["2026-02-30", "x" * 3_000, "1999-01-01", "<script>"])
def test_a_day_that_is_none_is_told_and_today_offered(pages: Pages, typed: str) -> None:
    make.unit(code="S")
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.get("dashboards.unit", code="S", query={"as_of": typed}, status=422)
    assert "real date from 2000 to 2100" in page.text
    assert pages.open(page.link("Open the page without it")).status == 200


def test_the_day_survives_every_click(pages: Pages) -> None:
    """Each link and form of these pages that leads to another of them keeps the day."""
    school = make.unit(kind="school", code="S")
    unit = make.unit(parent=school, code="D")
    module = make.module(evidence="verification")
    make.requirement(module, code="R")
    person = make.person("Ada", unit=unit)
    make.completion(person, module, on=make.day(50))
    day = (clock.today() - timedelta(days=40)).isoformat()
    pages.sign_in(make.account(Role.OFFICE))
    for path in (
        "/units/S",
        "/units/D",
        "/units/S/table",
        "/units/D/people",
        "/units/D/people?requirement=",
        f"/people/{person.id}",
    ):
        page = pages.open(path + ("&" if "?" in path else "?") + f"as_of={day}")
        for link in page.html.select('a[href^="/units"], a[href^="/people"]'):
            if link.find_parent(class_="as-of") or text_of(link) in ("Back to today", "Log a completion"):
                continue
            assert f"as_of={day}" in str(link["href"]), f"{path}: {link}"
        for form in page.html.select("main form[method=get]"):
            assert form.select_one(f'input[type=hidden][name=as_of][value="{day}"]'), path


def test_the_control_of_the_day_keeps_the_rest_of_the_address(pages: Pages) -> None:
    make.unit(code="S")
    requirement = make.requirement()
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.get("dashboards.people", code="S", query={"requirement": requirement.code, "q": "ada", "page": 1})
    kept = {one["name"]: one["value"] for one in page.html.select(".as-of input[type=hidden]")}
    assert kept == {"requirement": requirement.code, "q": "ada"}
    shown = pages.open(page.link("End of last month"))
    assert f"requirement={requirement.code}" in shown.path
    assert "q=ada" in shown.path


def test_a_unit_that_is_not_there_on_a_day_is_told(pages: Pages) -> None:
    make.unit(code="S")
    commands.set_unit(make.by(), "NEW", name="New", kind="department", parent="S", starts_on=make.day(100))
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.get("dashboards.unit", code="NEW", query={"as_of": make.day(200).isoformat()}, status=404)
    assert "is not there on" in page.h1
    assert pages.open(page.link("See it as it is today")).h1 == "New"
