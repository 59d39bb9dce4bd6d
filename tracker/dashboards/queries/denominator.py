"""Who is behind a figure: who is at home, who is not asked and by which part of the rule; and what has been completed.

Each person who is not asked is counted once, at the first part of the rule that does not fit, in the order of `Part`.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.core.days import day_or_none
from tracker.core.paging import Page, nearest
from tracker.curriculum.models import Requirement
from tracker.dashboards.queries.items import RequirementView
from tracker.dashboards.queries.people import ROWS_A_PAGE, is_everybody_known
from tracker.people.models import Appointment, Function, Person
from tracker.people.queries import covers, people_at_home_in
from tracker.progress.figures import answers, facts
from tracker.progress.models import Completion
from tracker.progress.rules import ModuleRule, Rule, State
from tracker.units.models import Unit, UnitPath, UnitSpan
from tracker.units.queries import holds_on, views_on


class Part(StrEnum):
    """Why somebody is not asked: the first part of the rule that does not fit, or that she has no home."""

    PERIOD = "period"
    CATEGORY = "category"
    ROLE = "role"
    UNIT = "unit"
    FUNCTION = "function"
    HOME = "home"


PARTS_OF_RULE = (Part.PERIOD, Part.CATEGORY, Part.ROLE, Part.UNIT, Part.FUNCTION)
"""The parts of a rule in the order in which they are looked at."""


@dataclass(frozen=True, slots=True)
class AskedOf:
    """Whom a requirement asks, as figures have it; a part that is None lets everybody through. `units` are names."""

    first: date
    last: date | None
    categories: Sequence[str] | None
    roles: Sequence[str] | None
    units: Sequence[str] | None
    functions: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Denominator:
    """How the people at home in a unit come to be those counted. `out` has no part of which there is nobody; `nowhere`
    is how many persons have no home at all, where the unit is the whole institution."""

    at_home: int
    out: Mapping[Part, int]
    nowhere: int | None


@dataclass(frozen=True, slots=True)
class Completed:
    """What people at home in a unit have completed in a period: how many of them anything, how often, and for how many
    minutes; `without_minutes` are the completions that say nothing of their length."""

    people: int
    completions: int
    minutes: int
    without_minutes: int


@dataclass(frozen=True, slots=True)
class NotAsked:
    """Somebody who is not asked, with where and as what she is at home, if anywhere."""

    id: int
    identifier: str
    name: str
    email: str
    unit: str | None
    category: str | None
    role: str | None

    @property
    def shown_name(self) -> str:
        """The name, or the identifier of somebody without one."""
        return self.name or self.identifier


def denominator(unit_id: int, rule: Rule, day: date, in_scope: int, *, with_nowhere: bool) -> Denominator:
    """Who at home in a unit a rule does not ask on a day, and why: one statement, two with `nowhere`.

    `in_scope` is what the figure says: who fits all else and is not asked lacks a function.
    """
    rows = db.session.execute(
        select(Appointment.unit_id, Appointment.category, Appointment.role, func.count())
        .select_from(UnitPath)
        .join(Appointment, and_(Appointment.unit_id == UnitPath.unit_id, covers(day)))
        .where(UnitPath.ancestor_id == unit_id, UnitPath.starts_on <= day, UnitPath.ends_on >= day)
        .group_by(Appointment.unit_id, Appointment.category, Appointment.role)
    )
    units = _units(rule, day)
    numbers: Counter[Part | None] = Counter()
    for home, category, role, number in rows:
        numbers[_first_not_fitting(rule, day, home in units, category, role)] += number
    at_home = numbers.total()
    if rule.audience.functions is not None:
        numbers[Part.FUNCTION] = numbers[None] - in_scope
    return Denominator(
        at_home,
        out={part: numbers[part] for part in PARTS_OF_RULE if numbers[part] > 0},
        nowhere=_nowhere(day) if with_nowhere else None,
    )


def live_rule(requirement: RequirementView) -> Rule:
    """The rule that the figures of a requirement follow: one statement."""
    live = answers.live_measures(db.session())
    return next(one.rule for one in live if one.requirement_id == requirement.id and one.rule is not None)


def asked_of(requirement: RequirementView, rule: Rule, day: date) -> AskedOf:
    """Whom a rule asks, in plain values: no statement, two where it names units."""
    audience = rule.audience
    return AskedOf(
        date.fromordinal(rule.first),
        day_or_none(rule.last),
        _sorted(audience.categories),
        _sorted(audience.roles),
        None if audience.units is None else _unit_names(requirement, day),
        _sorted(audience.functions),
    )


def _sorted(words: Collection[str] | None) -> Sequence[str] | None:
    return None if words is None else sorted(words)


def _unit_names(requirement: RequirementView, day: date) -> list[str]:
    """The units that a requirement names, as they are called on a day; by code where there is no such unit then."""
    audience = db.session.scalar(select(Requirement.audience).where(Requirement.id == requirement.id)) or {}
    codes = audience.get("units", [])
    rows = db.session.execute(views_on(day).with_only_columns(Unit.code, UnitSpan.name).where(Unit.code.in_(codes)))
    names = {row.code: row.name for row in rows}
    return [names.get(code, code) for code in codes]


def _first_not_fitting(rule: Rule, day: date, is_in_units: bool, category: str, role: str) -> Part | None:
    """The first part of a rule, functions left aside, that somebody's home does not fit."""
    audience = rule.audience
    if not rule.first <= day.toordinal() <= rule.last:
        return Part.PERIOD
    if audience.categories is not None and category not in audience.categories:
        return Part.CATEGORY
    if audience.roles is not None and role not in audience.roles:
        return Part.ROLE
    if audience.units is not None and not is_in_units:
        return Part.UNIT
    return None


def _units(rule: Rule, day: date) -> set[int]:
    """The home units in which a rule that names units asks on a day."""
    number = day.toordinal()
    periods = rule.audience.units or {}
    return {unit for unit, found in periods.items() if any(first <= number <= last for first, last in found)}


def _nowhere(day: date) -> int:
    """How many persons have no home on a day."""
    at_home = select(func.count()).select_from(Appointment).where(covers(day)).scalar_subquery()
    return int(db.session.execute(select(select(func.count(Person.id)).scalar_subquery() - at_home)).scalar_one())


# Names


def people_out(actor: Actor, unit_id: int, rule: Rule, day: date, part: Part, number: int) -> Page[NotAsked]:
    """A page of those at home in a unit who are not asked for a reason (of those without a home, whatever the unit), by
    name; only people the actor may know. Two statements."""
    wanted = _out(actor, unit_id, rule, day, part)
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    number = nearest(number, total, ROWS_A_PAGE)
    rows = wanted.order_by(Person.name, Person.id).offset((number - 1) * ROWS_A_PAGE).limit(ROWS_A_PAGE)
    return Page([NotAsked(*row) for row in db.session.execute(rows)], number, total, ROWS_A_PAGE)


def all_out(actor: Actor, unit_id: int, rule: Rule, day: date, part: Part) -> list[NotAsked]:
    """All of them: one statement."""
    wanted = _out(actor, unit_id, rule, day, part)
    return [NotAsked(*row) for row in db.session.execute(wanted.order_by(Person.name, Person.id))]


def _out(actor: Actor, unit_id: int, rule: Rule, day: date, part: Part) -> Select[*tuple[Any, ...]]:
    home = (UnitSpan.name, Appointment.category, Appointment.role)
    query = (
        select(Person.id, Person.identifier, Person.name, Person.email, *home)
        .outerjoin(Appointment, and_(Appointment.person_id == Person.id, covers(day)))
        .outerjoin(UnitSpan, and_(UnitSpan.unit_id == Appointment.unit_id, holds_on(day)))
    )
    if not is_everybody_known(actor, day):
        query = query.where(Person.id.in_(people_at_home_in(actor.unit_ids, actor.today)))
    if part is Part.HOME:
        return query.where(Appointment.id.is_(None))
    below = select(UnitPath.unit_id).where(
        UnitPath.ancestor_id == unit_id, UnitPath.starts_on <= day, UnitPath.ends_on >= day
    )
    fits = dict(_fits(rule, day))
    before = [fits[one] for one in PARTS_OF_RULE[: PARTS_OF_RULE.index(part)]]
    return query.where(Appointment.unit_id.in_(below), *before, ~fits[part])


def _fits(rule: Rule, day: date) -> Iterator[tuple[Part, ColumnElement[bool]]]:
    """Each part of a rule, and that somebody fits it."""
    audience = rule.audience
    yield Part.PERIOD, true() if rule.first <= day.toordinal() <= rule.last else false()
    yield Part.CATEGORY, true() if audience.categories is None else Appointment.category.in_(audience.categories)
    yield Part.ROLE, true() if audience.roles is None else Appointment.role.in_(audience.roles)
    yield Part.UNIT, true() if audience.units is None else Appointment.unit_id.in_(_units(rule, day))
    holding = select(Function.person_id).where(
        Function.function.in_(audience.functions or ()),
        Function.starts_on <= day,
        or_(Function.ends_on.is_(None), Function.ends_on >= day),
    )
    yield Part.FUNCTION, true() if audience.functions is None else Person.id.in_(holding)


# People, completions and hours


def completed(unit_id: int, modules: Sequence[ModuleRule], day: date, since: date) -> Completed:
    """What people at home in a unit on a day have completed of modules from a day on until then: what counts by the
    rules, whoever is asked; of equivalent courses too. One statement."""
    at_home = people_at_home_in([unit_id], day)
    row = db.session.execute(
        select(
            func.count(Completion.person_id.distinct()),
            func.count(),
            func.coalesce(func.sum(Completion.minutes), 0),
            func.count(Completion.minutes),
        ).where(
            _counts(modules),
            Completion.completed_on.between(since, day),
            facts.not_replaced(),
            Completion.person_id.in_(at_home),
        )
    ).one()
    people, completions, minutes, with_minutes = row
    return Completed(people, completions, int(minutes or 0), completions - with_minutes)


def _counts(modules: Sequence[ModuleRule]) -> ColumnElement[bool]:
    """That a completion is a counting one of one of these modules: verified, or claimed where that is enough."""
    courses = {course for module in modules for course in module.courses}
    at_once = {course for module in modules if not module.needs_verification for course in module.courses}
    return or_(
        and_(Completion.course.in_(courses), Completion.state == State.VERIFIED),
        and_(Completion.course.in_(at_once), Completion.state == State.CLAIMED),
    )
