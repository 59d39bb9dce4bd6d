"""Reading persons and where they are at home."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased

from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.people.models import Appointment, Person
from tracker.units.queries import lies_under

_home = aliased(Appointment)


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as pages name them, with the home of the day asked for, if any."""

    id: int
    identifier: str
    name: str
    email: str
    unit_id: int | None
    category: str | None
    role: str | None

    @property
    def shown_name(self) -> str:
        """The name, or the identifier of somebody without one."""
        return self.name or self.identifier


def covers(day: date) -> ColumnElement[bool]:
    """That an appointment is a primary one on a day."""
    return and_(
        Appointment.is_primary,
        Appointment.starts_on <= day,
        or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day),
    )


def people_at_home_in(unit_ids: Iterable[int], day: date) -> Select[int]:
    """The ids of the persons whose home lies at or below one of these units on a day."""
    return select(Appointment.person_id).where(covers(day), Appointment.unit_id.in_(lies_under(unit_ids, day)))


def is_at_home_in(person_id: ColumnElement[int], unit_ids: Iterable[int], day: date) -> ColumnElement[bool]:
    """That a person's home lies at or below one of these units on a day: asked of each row by itself, so that a look at
    one person does not gather everybody of a large unit."""
    return (
        select(_home.id)
        .where(
            _home.person_id == person_id,
            _home.is_primary,
            _home.starts_on <= day,
            or_(_home.ends_on.is_(None), _home.ends_on >= day),
            _home.unit_id.in_(lies_under(unit_ids, day)),
        )
        .exists()
    )


def person_view(person_id: int, day: date) -> PersonView:
    """One person with the home of a day. Raises NotFound."""
    row = db.session.execute(
        select(
            Person.id,
            Person.identifier,
            Person.name,
            Person.email,
            Appointment.unit_id,
            Appointment.category,
            Appointment.role,
        )
        .outerjoin(Appointment, and_(Appointment.person_id == Person.id, covers(day)))
        .where(Person.id == person_id)
    ).one_or_none()
    if row is None:
        raise NotFound(f"person {person_id}")
    return PersonView(*row)
