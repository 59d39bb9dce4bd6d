"""Reading who champions what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select

from tracker.champions.models import Champion
from tracker.core.database import db
from tracker.people.models import Person
from tracker.units.models import UnitPath


@dataclass(frozen=True, slots=True)
class ChampionView:
    """A champion as others see her."""

    person_id: int
    name: str
    email: str
    unit_id: int
    kind: str
    ends_on: date | None


def is_in_term(day: date) -> ColumnElement[bool]:
    """That a term covers a day."""
    return and_(Champion.starts_on <= day, or_(Champion.ends_on.is_(None), Champion.ends_on >= day))


def units_championed(person_id: int, day: date) -> frozenset[int]:
    """The units a person champions on a day."""
    return frozenset(
        db.session.scalars(select(Champion.unit_id).where(Champion.person_id == person_id, is_in_term(day)))
    )


def champions_of(unit_id: int, day: date) -> list[ChampionView]:
    """Who champions a unit or one above it on a day, the nearest first."""
    query = (
        select(Person.id, Person.name, Person.email, Champion.unit_id, Champion.kind, Champion.ends_on)
        .join(Person, Person.id == Champion.person_id)
        .join(UnitPath, UnitPath.ancestor_id == Champion.unit_id)
        .where(UnitPath.unit_id == unit_id, UnitPath.starts_on <= day, UnitPath.ends_on >= day, is_in_term(day))
        .order_by(UnitPath.depth, Champion.kind, Person.name)
    )
    return [ChampionView(*row) for row in db.session.execute(query)]


def champions_in(unit_ids: Iterable[int], day: date) -> Sequence[ChampionView]:
    """Who champions these very units on a day."""
    query = (
        select(Person.id, Person.name, Person.email, Champion.unit_id, Champion.kind, Champion.ends_on)
        .join(Person, Person.id == Champion.person_id)
        .where(Champion.unit_id.in_(list(unit_ids)), is_in_term(day))
        .order_by(Champion.unit_id, Champion.kind, Person.name)
    )
    return [ChampionView(*row) for row in db.session.execute(query)]
