"""Builders of facts and accounts for tests: they go through the commands, and fill in everything that is not said."""

import itertools
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta

from tests.support import settle
from tracker.accounts import commands as accounts
from tracker.champions import commands as champions
from tracker.core import clock
from tracker.core.actor import Actor, Role, system
from tracker.core.database import Transaction
from tracker.core.database import transaction as write
from tracker.curriculum import commands as curriculum
from tracker.curriculum.rules import Gate, Module, Requirement
from tracker.people import commands as people
from tracker.progress.commands import completions
from tracker.progress.commands.completions import Statement
from tracker.units import commands as units

TERM = timedelta(days=730)
SINCE = timedelta(days=1_000)
PASSWORD = "four words in a row"
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that was made."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person who was made."""

    id: int
    identifier: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Account:
    """An account that was made; with the person behind it, if any."""

    id: int
    email: str
    role: Role
    person: Person | None


def by() -> Actor:
    """Who makes things here: the system, today."""
    return system(clock.today())


def transaction() -> AbstractContextManager[Transaction]:
    """A writing transaction of the system's, for what no command does."""
    return write(by())


def day(days_ago: int) -> date:
    """A day so many days before today; a negative number lies ahead."""
    return clock.today() - timedelta(days=days_ago)


def unit(
    name: str | None = None, *, kind: str = "department", parent: Unit | None = None, code: str | None = None
) -> Unit:
    """A unit that has been there since ever; without a parent it is a root."""
    number = next(_numbers)
    code, name = code or f"U{number}", name or f"Department {number}"
    above = parent.code if parent else None
    return Unit(units.set_unit(by(), code, name=name, kind=kind, parent=above, starts_on=None), code, name)


def person(
    name: str | None = None,
    *,
    unit: Unit | None = None,
    category: str = "staff",
    role: str = "nonclinical",
    starts_on: date | None = None,
    ends_on: date | None = None,
    email: str | None = None,
    identifier: str | None = None,
) -> Person:
    """A person; with a unit, at home there (for some years, if no days are given)."""
    number = next(_numbers)
    name, identifier = name or f"Person {number}", identifier or f"{number:06}"
    email = f"person{number}@example.edu" if email is None else email
    person_id = people.add_person(by(), identifier, name=name, email=email)
    made = Person(person_id, identifier, name, email)
    if unit is not None:
        appointment(made, unit, category=category, role=role, starts_on=starts_on, ends_on=ends_on)
    return made


def appointment(
    person: Person,
    unit: Unit,
    *,
    category: str = "staff",
    role: str = "nonclinical",
    starts_on: date | None = None,
    ends_on: date | None = None,
    is_primary: bool = True,
) -> int:
    """A post; primary, if not said otherwise."""
    return people.add_appointment(
        by(),
        person.id,
        unit.id,
        category=category,
        role=role,
        starts_on=starts_on or clock.today() - SINCE,
        ends_on=ends_on,
        is_primary=is_primary,
    )


def module(
    code: str | None = None,
    *,
    title: str | None = None,
    minutes: int | None = 60,
    evidence: str = "attestation",
    equivalents: Sequence[str] = (),
    after: Sequence[str] = (),
) -> Module:
    """A module of the curriculum."""
    number = next(_numbers)
    made = Module(
        code=code or f"M{number}",
        title=title or f"Module {number}",
        minutes=minutes,
        evidence=evidence,
        equivalents=tuple(equivalents),
        after=tuple(after),
    )
    curriculum.set_module(by(), made)
    return made


def requirement(
    *modules: Module,
    code: str | None = None,
    title: str | None = None,
    level: str = "required",
    first: date | None = None,
    last: date | None = None,
    audience: dict[str, object] | None = None,
    due: dict[str, object] | None = None,
    repeat: dict[str, object] | None = None,
    champions_see_names: bool = False,
) -> Requirement:
    """A requirement of these modules (of a new one, if none is given), worked into the figures at once."""
    number = next(_numbers)
    made = Requirement(
        code=code or f"R{number}",
        title=title or f"Requirement {number}",
        modules=tuple(one.code for one in modules or (module(),)),
        level=level,
        first=first or clock.today() - SINCE,
        last=last,
        audience=audience,
        due=due,
        repeat=repeat,
        champions_see_names=champions_see_names,
    )
    curriculum.set_requirement(by(), made)
    settle.figures()
    return made


def gate(
    *needs: Module,
    code: str | None = None,
    title: str | None = None,
    unit_kinds: Sequence[str] = ("department",),
    percent: int = 50,
    first: date | None = None,
) -> Gate:
    """A gate that opens when more than so many per cent of a unit have done these modules."""
    number = next(_numbers)
    made = Gate(
        code=code or f"G{number}",
        title=title or f"Gate {number}",
        unit_kinds=tuple(unit_kinds),
        needs=tuple(one.code for one in needs),
        percent=percent,
        first=first or clock.today() - SINCE,
    )
    curriculum.set_gate(by(), made)
    settle.figures()
    return made


def completion(
    person: Person,
    module: Module | str,
    *,
    on: date | None = None,
    claimed: bool = False,
    note: str | None = None,
) -> int:
    """A completion, verified by the office; or a claim of the person's own. Its id."""
    course = module if isinstance(module, str) else module.code
    said = Statement(course, on or day(1), note=note)
    if not claimed:
        return completions.log_for(by(), person.id, said)
    return completions.claim(Actor(None, person.id, by().rights, frozenset(), clock.today()), said)


def account(role: Role | str = Role.LEARNER, person: Person | None = None, *, password: str | None = None) -> Account:
    """An account; with a person, hers (a learner or champion is one). Without a password it is entered by
    `pages.sign_in`."""
    if person is None and role in (Role.LEARNER, Role.CHAMPION):
        person = _somebody()
    email = person.email if person else f"{role}{next(_numbers)}@example.edu"
    account_id, _ = accounts.add_account(by(), email, role=Role(role), person_id=person.id if person else None)
    if password is not None:
        actor = Actor(account_id, None, frozenset(), frozenset(), clock.today())
        accounts.set_password(actor, password, current=None)
    return Account(account_id, email, Role(role), person)


def _somebody() -> Person:
    return person()


def learner(unit: Unit, name: str | None = None) -> Account:
    """Somebody at home in a unit, with an account."""
    return account(Role.LEARNER, person(name, unit=unit))


def champion(
    *championed: Unit,
    name: str | None = None,
    home: Unit | None = None,
    kind: str = "staff",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Account:
    """A champion of these units, at home in the first of them, with an account; the term runs by default."""
    found = person(name, unit=home or championed[0])
    for one in championed:
        appoint(found, one, kind=kind, starts_on=starts_on, ends_on=ends_on)
    return account(Role.CHAMPION, found)


def appoint(
    person: Person, unit: Unit, *, kind: str = "staff", starts_on: date | None = None, ends_on: date | None = None
) -> int:
    """A champion's term; its id."""
    return champions.appoint(
        by(),
        person.id,
        unit.id,
        kind=kind,
        starts_on=starts_on or day(100),
        ends_on=ends_on or (starts_on or day(100)) + TERM,
    )
