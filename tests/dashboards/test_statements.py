"""What a page asks of the database does not grow with people and units."""

import pytest
from flask import Flask

from tests.support import make
from tests.support.make import Module, Unit
from tests.support.pages import Pages
from tests.support.statements import asked_by
from tracker.core.actor import Role

PAGES = (
    "/units",
    "/units/{code}",
    "/units/{code}/table",
    "/units/{code}/table?by=module",
    "/units/{code}/people",
    "/units/{code}/people?sort=due",
    "/units/{code}/people?all=1",
    "/units/{code}/people?q=a&sort=unit",
    "/units/{code}/people?q=nobody-is-called-so",
    "/units/{code}/table.csv",
    "/units/{code}/people.csv",
    "/units/{code}/log",
)


@pytest.fixture
def modules(app: Flask) -> list[Module]:
    """Two requirements: one of two modules, and one that champions see without names."""
    first, second, third = make.module(), make.module(evidence="verification"), make.module()
    make.requirement(first, second, code="BOTH")
    make.requirement(third, level="optional")
    return [first, second, third]


def grow(department: Unit, modules: list[Module]) -> None:
    """Fifty people more, and thirty divisions, some with people."""
    for _ in range(50):
        make.person(unit=department)
    for number in range(30):
        division = make.unit(parent=department)
        if number < 5:
            make.completion(make.person(unit=division), modules[0])


@pytest.mark.parametrize("role", [Role.OFFICE, Role.CHAMPION])
def test_pages_ask_as_often_for_many_as_for_one(pages: Pages, modules: list[Module], role: Role) -> None:
    department = make.unit(parent=make.unit(kind="school"), code="DEP")
    make.unit(parent=department)
    make.person(unit=department)
    pages.sign_in(make.champion(department) if role is Role.CHAMPION else make.account(role))
    paths = [path.format(code="DEP") for path in PAGES if path != "/units" or role is Role.OFFICE]
    before = {path: asked_by(pages, path) for path in paths[1:]}
    grow(department, modules)
    assert {path: asked_by(pages, path) for path in paths[1:]} == before
    assert max(before.values()) <= 15
    assert before["/units/DEP/people"] <= 12


def test_a_school_asks_as_often_as_a_division(sample_app: Flask) -> None:
    pages = Pages(sample_app)
    pages.sign_in(make.account(Role.OFFICE))
    for path in PAGES[1:]:
        assert asked_by(pages, path.format(code="SOM")) == asked_by(pages, path.format(code="MED")), path


def test_a_person_asks_the_same_whoever_she_is(pages: Pages, modules: list[Module]) -> None:
    unit = make.unit()
    new, old = make.person(unit=unit), make.person(unit=unit)
    for module in modules:
        make.completion(old, module)
    pages.sign_in(make.account(Role.OFFICE))
    assert asked_by(pages, f"/people/{new.id}") == asked_by(pages, f"/people/{old.id}") <= 9
