"""Waivers that run, and whom a new one would be for."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.core.paging import Page, nearest
from tracker.core.seen import mark_of
from tracker.curriculum.models import Module, Requirement
from tracker.directory import policy
from tracker.people.models import Appointment, Person
from tracker.people.queries import covers
from tracker.progress.models import Waiver
from tracker.units.queries import lies_under

ROWS_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class WaiverLine:
    """A waiver in the list; `reason` is None for whoever may not read it."""

    id: int
    person_id: int
    identifier: str
    person: str
    requirement: str | None
    module: str | None
    starts_on: date
    ends_on: date | None
    approved_by: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter of people: at home in a unit or below it on a day, and as what."""

    unit_id: int
    day: date
    category: str = ""
    role: str = ""


def running(actor: Actor, number: int) -> Page[WaiverLine]:
    """The waivers that hold today or later, those that end first on top, in pages."""
    holds = or_(Waiver.ends_on.is_(None), Waiver.ends_on >= actor.today)
    total = db.session.scalar(select(func.count()).select_from(Waiver).where(holds)) or 0
    number = nearest(number, total, ROWS_A_PAGE)
    found = _lines(actor, holds, limit=ROWS_A_PAGE, offset=(number - 1) * ROWS_A_PAGE)
    return Page(found, number, total, ROWS_A_PAGE)


def all_running(actor: Actor) -> list[WaiverLine]:
    """All waivers that hold today or later, for a file."""
    return _lines(actor, or_(Waiver.ends_on.is_(None), Waiver.ends_on >= actor.today), limit=None)


def waiver(actor: Actor, waiver_id: int) -> WaiverLine:
    """One waiver. Raises NotFound."""
    found = _lines(actor, Waiver.id == waiver_id, limit=1)
    if not found:
        raise NotFound(f"waiver {waiver_id}")
    return found[0]


def mark_of_waiver(waiver_id: int) -> str:
    """The mark of a waiver, for the form that changes it."""
    return mark_of(db.session.get(Waiver, waiver_id))


def _lines(actor: Actor, wanted: ColumnElement[bool], *, limit: int | None, offset: int = 0) -> list[WaiverLine]:
    rows: Iterable[Any] = db.session.execute(
        select(
            *(Waiver.id, Person.id, Person.identifier, func.coalesce(func.nullif(Person.name, ""), Person.identifier)),
            *(Requirement.title, Module.title, Waiver.starts_on, Waiver.ends_on, Waiver.approved_by, Waiver.reason),
        )
        .join(Person, Person.id == Waiver.person_id)
        .outerjoin(Requirement, Requirement.id == Waiver.requirement_id)
        .outerjoin(Module, Module.id == Waiver.module_id)
        .where(wanted)
        .order_by(Waiver.ends_on.is_(None), Waiver.ends_on, Person.name, Waiver.id)
        .limit(limit)
        .offset(offset)
    )
    found = [WaiverLine(*row) for row in rows]
    return found if policy.reads_reasons(actor) else [replace(one, reason=None) for one in found]


def people_chosen(by: Chosen) -> list[int]:
    """The ids of whom a filter means."""
    query = select(Appointment.person_id).where(
        covers(by.day), Appointment.unit_id.in_(lies_under([by.unit_id], by.day))
    )
    if by.category:
        query = query.where(Appointment.category == by.category)
    if by.role:
        query = query.where(Appointment.role == by.role)
    return sorted(db.session.scalars(query))


def names_of(person_ids: Collection[int], most: int) -> Sequence[tuple[int, str]]:
    """(id, name) of some persons, by name: so many at most."""
    name = func.coalesce(func.nullif(Person.name, ""), Person.identifier)
    rows = select(Person.id, name).where(Person.id.in_(person_ids)).order_by(Person.name, Person.id).limit(most)
    return [(id_, called) for id_, called in db.session.execute(rows)]


def things_to_waive() -> list[tuple[str, str]]:
    """(value, label) of all that can be waived: everything, each requirement, and each module by itself."""
    requirements = db.session.execute(select(Requirement.id, Requirement.title).order_by(Requirement.id))
    modules = db.session.execute(select(Module.id, Module.title).order_by(Module.id))
    return [
        ("all", "Everything that is asked"),
        *((f"requirement-{id_}", title) for id_, title in requirements),
        *((f"module-{id_}", f"{title} (the module, whatever asks for it)") for id_, title in modules),
    ]
