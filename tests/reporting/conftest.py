"""A small institution with figures at the end of last month."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from flask import Flask

from tests.support import make
from tests.support.make import Account, Person, Unit
from tracker.core import clock
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.core.days import month_end
from tracker.curriculum import commands as curriculum
from tracker.curriculum.rules import Gate, Module, Requirement
from tracker.reporting.commands.seals import seal
from tracker.reporting.models import How
from tracker.targets.commands import set_target


@dataclass(frozen=True, slots=True)
class Institution:
    """A school with two departments, of twelve and of three people; and who looks at its reports."""

    school: Unit
    medicine: Unit
    surgery: Unit
    people: list[Person]
    course: Module
    yearly: Requirement
    gate: Gate
    office: Account
    auditor: Account
    day: date

    def seal(self) -> date:
        """Seal the end of last month."""
        assert seal(make.by(), self.day, How.HAND)
        return self.day


@pytest.fixture
def institution(app: Flask) -> Institution:
    """Half of Medicine has done the yearly course, and nobody of Surgery."""
    school = make.unit("School of Medicine", kind="school", code="SOM")
    medicine = make.unit('Medicine, "old"', parent=school, code="MED")
    surgery = make.unit("Surgery", parent=school, code="SURG")
    course = make.module("COURSE", title="=Listening well")
    yearly = make.requirement(course, code="YEARLY", title="The yearly course")
    make.requirement(make.module("BOOK"), code="READING", title="Reading circle", level="optional")
    gate = make.gate(course, code="START", title="Further courses")
    people = [make.person(f"Person {number}", unit=medicine) for number in range(12)]
    people += [make.person(f"Surgeon {number}", unit=surgery) for number in range(3)]
    day = month_end(clock.today(), -1)
    for person in people[:6]:
        make.completion(person, course, on=day - timedelta(days=3))
    for unit in (school, medicine):
        set_target(make.by(), unit.code, "YEARLY", 80)
    return Institution(
        *(school, medicine, surgery, people, course, yearly, gate),
        office=make.account(Role.OFFICE),
        auditor=make.account(Role.AUDITOR),
        day=day,
    )


@pytest.fixture
def changing(institution: Institution) -> Institution:
    """A rule and a gate that nobody has worked in yet."""
    curriculum.set_requirement(make.by(), replace(institution.yearly, due={"date": make.day(-12)}))
    curriculum.set_gate(make.by(), replace(institution.gate, percent=20))
    db.session.remove()
    return institution
