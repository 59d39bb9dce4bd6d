"""Where a person is at home on a day, and who champions it."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, select

from tracker.champions.models import Champion
from tracker.champions.queries import is_in_term
from tracker.core.database import db
from tracker.people.models import Appointment, Person
from tracker.people.queries import covers
from tracker.units.models import UnitPath, UnitSpan


@dataclass(frozen=True, slots=True)
class ChampionName:
    """A champion as her people see her: who, of which unit, until when; or somebody who stands in for one."""

    person_id: int
    name: str
    email: str
    unit: str
    kind: str
    ends_on: date | None
    stands_in: bool


@dataclass(frozen=True, slots=True)
class HomeView:
    """A person's home, with the champions of it and of all above it, the nearest first; never the person herself."""

    unit_id: int
    unit: str
    champions: tuple[ChampionName, ...]

    @property
    def nearest_champions(self) -> tuple[ChampionName, ...]:
        """Those of the nearest unit that has any."""
        return tuple(one for one in self.champions if one.unit == self.champions[0].unit)


@cache
def _homes() -> Select[*tuple[Any, ...]]:
    """The home of `person_id`, with all above it and their champions; `number` is the same day as `day`, for columns
    that keep days as numbers. Put together once: that takes longer than running it."""
    person_id: Any = bindparam("person_id")
    day: Any = bindparam("day")
    number: Any = bindparam("number")
    above = and_(UnitPath.unit_id == Appointment.unit_id, UnitPath.starts_on <= number, UnitPath.ends_on >= number)
    named = and_(UnitSpan.unit_id == UnitPath.ancestor_id, UnitSpan.starts_on <= number, UnitSpan.ends_on >= number)
    helping = and_(Champion.unit_id == UnitPath.ancestor_id, Champion.person_id != person_id, is_in_term(day))
    return (
        select(
            Appointment.unit_id,
            UnitSpan.name,
            Person.id,
            Person.name,
            Person.email,
            Champion.kind,
            Champion.ends_on,
            Champion.substitute_for_id.is_not(None),
        )
        .join(UnitPath, above)
        .join(UnitSpan, named)
        .outerjoin(Champion, helping)
        .outerjoin(Person, Person.id == Champion.person_id)
        .where(Appointment.person_id == person_id, covers(day))
        .order_by(UnitPath.depth, Champion.kind, Person.name)
    )


def home(person_id: int, day: date) -> HomeView | None:
    """The home of a person on a day, if she has one: one statement."""
    rows = db.session.execute(_homes(), {"person_id": person_id, "day": day, "number": day}).all()
    if not rows:
        return None
    champions = (
        ChampionName(champion_id, name, email, unit, kind, ends_on, bool(stands_in))
        for _, unit, champion_id, name, email, kind, ends_on, stands_in in rows
        if champion_id is not None
    )
    return HomeView(rows[0][0], rows[0][1], tuple(champions))
