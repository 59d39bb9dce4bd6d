"""A small institution with a curriculum, and the office that changes it."""

from dataclasses import dataclass

import pytest

from tests.support import make
from tests.support.make import Account, Person, Unit
from tests.support.pages import Pages
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.curriculum.queries import curriculum
from tracker.curriculum.rules import Curriculum, Gate, Module, Requirement


@dataclass(frozen=True, slots=True)
class Small:
    """A school with two departments; six people, of whom the first two have done the first module."""

    school: Unit
    medicine: Unit
    surgery: Unit
    people: list[Person]
    first: Module
    second: Module
    yearly: Requirement
    gate: Gate
    office: Account
    auditor: Account


@pytest.fixture
def small(app: object) -> Small:
    school = make.unit("School of Medicine", kind="school", code="SOM")
    medicine = make.unit("Medicine", parent=school, code="MED")
    surgery = make.unit("Surgery", parent=school, code="SURG")
    people = [make.person(f"Person {letter}", unit=medicine, category="faculty") for letter in "ABCD"]
    people += [make.person(f"Person {letter}", unit=surgery) for letter in "EF"]
    first = make.module("ONE", title="Listening well", equivalents=["OLD-1"])
    second = make.module("TWO", title="Speaking up")
    yearly = make.requirement(first, code="YEARLY", title="The yearly course", level="expected")
    gate = make.gate(first, code="START", title="Before the sequence", percent=50)
    for person in people[:2]:
        make.completion(person, first)
    return Small(
        *(school, medicine, surgery, people, first, second, yearly, gate),
        office=make.account(Role.OFFICE),
        auditor=make.account(Role.AUDITOR),
    )


def now() -> Curriculum:
    """The curriculum as it stands, whatever this test has read before."""
    db.session.close()
    return curriculum()


@pytest.fixture
def office(small: Small, pages: Pages) -> Pages:
    """The office, signed in."""
    pages.sign_in(small.office)
    return pages
