"""All units of a champion at once: where they stand, how far their targets are, and what changed since she looked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.dashboards.models import LastLook, Seen
from tracker.dashboards.queries import items, places
from tracker.dashboards.queries.counting import figures
from tracker.dashboards.queries.items import RequirementView
from tracker.dashboards.queries.places import Place
from tracker.dashboards.queries.sight import Cell, of_people
from tracker.dashboards.queries.standings import GateStanding, gate_standing
from tracker.dashboards.rules import NOBODY
from tracker.people.models import Person
from tracker.people.queries import people_at_home_in
from tracker.targets.queries import targets_of
from tracker.targets.rules import people_to_target
from tracker.units.models import UnitPath

DAYS_BACK = 14
"""How far back changes are told to whoever has not looked before."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A requirement in a unit: the figure, the target in per cent, and (satisfied, counted) when last looked at."""

    requirement: RequirementView
    cell: Cell
    target: int | None
    before: tuple[int, int] | None

    @property
    def to_target(self) -> int | None:
        """How many more people reach the target; none where there is none."""
        if self.target is None or not self.cell.denominator:
            return None
        return people_to_target(self.cell.numerator, self.cell.denominator, self.target)


@dataclass(frozen=True, slots=True)
class OwnUnit:
    """A unit that the actor champions, with what is asked there under names, and the gates before it."""

    place: Place
    asked: Sequence[Asked]
    gates: Sequence[GateStanding]


@dataclass(frozen=True, slots=True)
class Workspace:
    """The units, since when changes are told, and how many came and went in that time."""

    units: Sequence[OwnUnit]
    since: date
    has_looked: bool
    joined: int
    left: int

    @property
    def seen(self) -> Seen:
        """What is to be kept when the actor says that she has seen it."""
        return {
            own.place.unit.code: {one.requirement.code: [one.cell.numerator, one.cell.denominator] for one in own.asked}
            for own in self.units
        }


def workspace(actor: Actor) -> Workspace:
    """Where all units of a champion stand today: a fixed number of statements."""
    today = actor.today
    own = places.starting_points(actor, today)
    unit_ids = [place.unit.id for place in own]
    asked = [requirement for requirement in items.requirements(actor) if requirement.names_shown]
    gates = items.gates(actor, [place.unit for place in own])
    horizons = {one.whole.id: one.horizon for one in asked}
    horizons |= {gate.item_id: date.max for before in gates.values() for gate in before}
    found = figures(UnitPath.ancestor_id.in_(unit_ids), today, horizons)
    targets = targets_of([place.unit.code for place in own], today)
    look = db.session.get(LastLook, actor.account_id)
    seen = look.seen if look else {}
    since = look.looked_on if look else today - timedelta(days=DAYS_BACK)
    joined, left = _came_and_went(actor, since)
    units = [
        OwnUnit(
            place,
            [
                _asked(
                    place, requirement, Cell(of_people(requirement, requirement.whole, figure), figure), targets, seen
                )
                for requirement in asked
                if (figure := found.get((place.unit.id, requirement.whole.id))) is not None
            ],
            [
                gate_standing(gate, found.get((place.unit.id, gate.item_id), NOBODY), today)
                for gate in gates[place.unit.id]
            ],
        )
        for place in own
    ]
    return Workspace(units, since, look is not None, joined, left)


def _asked(
    place: Place, requirement: RequirementView, cell: Cell, targets: Mapping[tuple[str, str], int], seen: Seen
) -> Asked:
    before = seen.get(place.unit.code, {}).get(requirement.code)
    key = (place.unit.code, requirement.code)
    return Asked(requirement, cell, targets.get(key), (before[0], before[1]) if before else None)


def _came_and_went(actor: Actor, since: date) -> tuple[int, int]:
    """How many are at home in these units today and were not on that day, and the other way round."""
    now = people_at_home_in(actor.unit_ids, actor.today)
    then = people_at_home_in(actor.unit_ids, since)
    count = select(func.count()).select_from(Person)
    joined = count.where(Person.id.in_(now), Person.id.not_in(then)).scalar_subquery()
    left = count.where(Person.id.in_(then), Person.id.not_in(now)).scalar_subquery()
    row = db.session.execute(select(joined, left)).one()
    return row[0], row[1]
