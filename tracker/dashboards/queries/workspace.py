"""All units of a champion at once: where they stand, how far their targets are, and what changed since she looked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ScalarSelect, func, or_, select

from tracker.champions.queries import CoverageWarning, coverage_warnings
from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.dashboards.models import LastLook, Seen
from tracker.dashboards.queries import items, places
from tracker.dashboards.queries.counting import Figures, figures
from tracker.dashboards.queries.items import ItemView, RequirementView
from tracker.dashboards.queries.places import Place
from tracker.dashboards.queries.sight import Cell, of_people
from tracker.dashboards.queries.standings import GateStanding, gate_standing
from tracker.dashboards.rules import NOBODY
from tracker.messages.queries import unsure_in_short
from tracker.people.models import Appointment
from tracker.people.queries import covers, is_at_home_in
from tracker.progress.queries.claims import waiting_in_short
from tracker.progress.rules import Level
from tracker.targets.queries import targets_of
from tracker.targets.rules import people_to_target
from tracker.units.models import UnitPath
from tracker.units.queries import lies_under

DAYS_BACK = 14
"""How far back changes are told to whoever has not looked before."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A requirement in a unit: the figure, how many are due soon (of several modules the sum over them), the target in
    per cent, and (satisfied, counted) when last looked at."""

    requirement: RequirementView
    cell: Cell
    due_soon: int
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
class Numbers:
    """How many claims wait, and since when the first does; how many letters may have been sent, and wait for a
    decision; and how many people came and went."""

    claims: int
    claims_since: date | None
    unsure: int
    joined: int
    left: int


@dataclass(frozen=True, slots=True)
class Workspace:
    """The units, what they lack, since when changes are told, and the numbers of what waits and of who came and went
    in that time."""

    units: Sequence[OwnUnit]
    lacking: Sequence[CoverageWarning]
    since: date
    has_looked: bool
    numbers: Numbers

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
    horizons = {item.id: one.horizon for one in asked for item in _counted(one)}
    horizons |= {gate.item_id: date.max for before in gates.values() for gate in before}
    found = figures(UnitPath.ancestor_id.in_(unit_ids), today, horizons)
    targets = targets_of([place.unit.code for place in own], today)
    look = db.session.get(LastLook, actor.account_id)
    seen = look.seen if look else {}
    since = look.looked_on if look else today - timedelta(days=DAYS_BACK)
    units = [
        OwnUnit(
            place,
            [
                _asked(place, requirement, found, targets, seen)
                for requirement in asked
                if (place.unit.id, requirement.whole.id) in found
            ],
            [
                gate_standing(gate, found.get((place.unit.id, gate.item_id), NOBODY), today)
                for gate in gates[place.unit.id]
            ],
        )
        for place in own
    ]
    lacking = coverage_warnings([place.unit for place in own], today)
    return Workspace(units, lacking, since, look is not None, _numbers(actor, since))


def _counted(requirement: RequirementView) -> Sequence[ItemView]:
    """What is counted of a requirement: its modules only where somebody may be due soon for one."""
    return requirement.items if requirement.level is Level.REQUIRED else (requirement.whole,)


def _asked(
    place: Place, requirement: RequirementView, found: Figures, targets: Mapping[tuple[str, str], int], seen: Seen
) -> Asked:
    figure = found[place.unit.id, requirement.whole.id]
    due_soon = sum(found.get((place.unit.id, item.id), NOBODY).due_soon for item in requirement.by_module)
    before = seen.get(place.unit.code, {}).get(requirement.code)
    return Asked(
        requirement,
        Cell(of_people(requirement, requirement.whole, figure), figure),
        due_soon,
        targets.get((place.unit.code, requirement.code)),
        (before[0], before[1]) if before else None,
    )


def _numbers(actor: Actor, since: date) -> Numbers:
    """What waits, and how many are at home in these units today and were not on that day, and the other way round."""
    claims = waiting_in_short(actor).subquery()
    joined = _at_home_on_one_alone(actor, actor.today, since)
    left = _at_home_on_one_alone(actor, since, actor.today)
    unsure = unsure_in_short(actor).scalar_subquery()
    return Numbers(*db.session.execute(select(claims.c.number, claims.c.since, unsure, joined, left)).one())


def _at_home_on_one_alone(actor: Actor, day: date, other: date) -> ScalarSelect[int]:
    """How many are at home in the actor's units on a day, and were or will not be on another: those first whose post
    or unit was not there on the other, which spares looking everybody up a second time."""
    there = (covers(day), Appointment.unit_id.in_(lies_under(actor.unit_ids, day)))
    may_differ = or_(~covers(other), Appointment.unit_id.not_in(lies_under(actor.unit_ids, other)))
    on_the_other = is_at_home_in(Appointment.person_id.expression, actor.unit_ids, other)
    return select(func.count()).select_from(Appointment).where(*there, may_differ, ~on_the_other).scalar_subquery()
