"""What is asked of one person on a day: one entry a module, with every requirement that asks for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, select
from sqlalchemy.orm import aliased

from tracker.core.database import db
from tracker.core.days import day_or_none
from tracker.curriculum.models import Module, Requirement
from tracker.progress import models
from tracker.progress.figures import answers, past_horizon
from tracker.progress.figures.rulebook import Measure
from tracker.progress.models import Item, Revision, Stage
from tracker.progress.rules import Cycle, Level, Rule, Span, Status

SOON_LAPSES_DAYS = 90


class Group(IntEnum):
    """Where an entry stands on a page, the most pressing first."""

    TO_DO = 1
    WAITING = 2
    EXPECTED = 3
    OPTIONAL = 4
    PAUSED = 5
    DONE = 6
    WAIVED = 7


@dataclass(frozen=True, slots=True)
class Says:
    """A status on a day with the dates shown beside it."""

    status: Status
    due_on: date | None
    satisfied_on: date | None
    expires_on: date | None


def says(span: Span) -> Says:
    """What a span of the rules says, in dates."""
    return Says(span.status, day_or_none(span.due), day_or_none(span.satisfied_on), day_or_none(span.expires_on))


@dataclass(frozen=True, slots=True)
class Reason:
    """One assignment: a requirement that asks for the module, and where the person stands with it."""

    requirement_id: int
    requirement: str
    level: Level
    says: Says
    asked_again_on: date | None
    names_shown: bool
    is_changing: bool
    item_id: int
    rule: Rule

    @property
    def group(self) -> Group:
        """Where it stands by itself. What is optional is never owed, and pauses for nobody."""
        match self.says.status:
            case Status.PENDING:
                return Group.WAITING
            case Status.SATISFIED:
                return Group.DONE
            case Status.WAIVED:
                return Group.WAIVED
            case Status.ON_LEAVE if self.level is not Level.OPTIONAL:
                return Group.PAUSED
        return {Level.REQUIRED: Group.TO_DO, Level.EXPECTED: Group.EXPECTED}.get(self.level, Group.OPTIONAL)


@dataclass(frozen=True, slots=True)
class Task:
    """A module with all reasons why it is asked, the most pressing first; that one speaks for it."""

    module_id: int
    code: str
    title: str
    minutes: int | None
    courses: frozenset[str]
    reasons: tuple[Reason, ...]

    @property
    def lead(self) -> Reason:
        """The reason that speaks for the module."""
        return self.reasons[0]

    @property
    def group(self) -> Group:
        """Where it stands on a page."""
        return self.lead.group

    def lapses_soon(self, today: date) -> bool:
        """Whether what was done stops to count within 90 days."""
        expires = self.lead.says.expires_on
        return self.group is Group.DONE and expires is not None and (expires - today).days <= SOON_LAPSES_DAYS


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything asked of a person on a day, in order."""

    day: date
    tasks: tuple[Task, ...]

    def within(self, group: Group) -> list[Task]:
        """The entries of one group."""
        return [task for task in self.tasks if task.group is group]

    @property
    def changing(self) -> list[str]:
        """The requirements whose rule is being changed: their figures are still those of the rule before."""
        titles = (reason.requirement for task in self.tasks for reason in task.reasons if reason.is_changing)
        return list(dict.fromkeys(titles))


def standing(person_id: int, day: date) -> Standing:
    """What is asked of a person on a day: two statements, a few more for a day that stored spans do not reach."""
    measures = answers.live_measures(db.session())
    rules = {item_id: measure.rule for measure in measures if measure.rule for item_id in measure.item_ids}
    rows = [row for row in db.session.execute(_items_of(), {"person_id": person_id, "day": day}) if row.id in rules]
    beyond = _beyond(person_id, day, measures)
    heads: dict[int, Any] = {}
    reasons: dict[int, list[Reason]] = {}
    for row in rows:
        if (said := beyond.get(row.id) or _stored(row)) is not None:
            heads.setdefault(row.module_id, row)
            reasons.setdefault(row.module_id, []).append(_reason(row, said, rules[row.id], day))
    tasks = [_task(heads[module_id], found, rules) for module_id, found in reasons.items()]
    return Standing(day, tuple(sorted(tasks, key=lambda task: _urgency(task.lead))))


@cache
def _items_of() -> Select[*tuple[Any, ...]]:
    """Every live item of a requirement, with the span of `person_id` that covers `day`, if any. Put together once:
    that takes longer than running it."""
    kept = models.Span
    day: Any = bindparam("day")
    mine = and_(
        kept.person_id == bindparam("person_id"), kept.item_id == Item.id, kept.starts_on <= day, kept.ends_on >= day
    )
    following = aliased(Revision)
    is_changing = exists().where(following.requirement_id == Requirement.id, following.stage == Stage.BUILDING)
    return (
        select(
            Item.id,
            Item.position,
            Requirement.id.label("requirement_id"),
            Requirement.title.label("requirement"),
            Requirement.champions_see_names,
            is_changing.label("is_changing"),
            Module.id.label("module_id"),
            Module.code,
            Module.title,
            Module.minutes,
            kept.status,
            kept.due_on,
            kept.satisfied_on,
            kept.expires_on,
        )
        .join(Revision, Revision.id == Item.revision_id)
        .join(Requirement, Requirement.id == Revision.requirement_id)
        .join(Module, Module.id == Item.module_id)
        .outerjoin(kept, mine)
        .where(Revision.stage == Stage.LIVE)
        .order_by(Requirement.id, Item.position)
    )


def _stored(row: Any) -> Says | None:
    if row.status is None:
        return None
    return Says(Status(row.status), row.due_on, row.satisfied_on, row.expires_on)


def _beyond(person_id: int, day: date, measures: Sequence[Measure]) -> dict[int, Says]:
    """What the rules say on a day past the stored spans, by item."""
    past = past_horizon.measures_past(measures, day)
    if not past:
        return {}
    return {item_id: says(span) for _, item_id, span in past_horizon.spans(db.session(), [person_id], past, day)}


def _reason(row: Any, said: Says, rule: Rule, day: date) -> Reason:
    return Reason(
        row.requirement_id,
        row.requirement,
        rule.level,
        said,
        _asked_again_on(rule, day) if said.status is Status.SATISFIED else None,
        row.champions_see_names or rule.level is Level.REQUIRED,
        row.is_changing,
        row.id,
        rule,
    )


def _asked_again_on(rule: Rule, day: date) -> date | None:
    """The first day of the next cycle, where the requirement is asked in cycles and still holds then."""
    if not isinstance(rule.repeat, Cycle):
        return None
    this_year = day.replace(month=rule.repeat.start[0], day=rule.repeat.start[1])
    begins = this_year if this_year > day else this_year.replace(year=day.year + 1)
    return begins if begins.toordinal() <= rule.last else None


def _task(row: Any, reasons: Iterable[Reason], rules: Mapping[int, Rule]) -> Task:
    courses = rules[row.id].modules[row.position].courses
    ordered = tuple(sorted(reasons, key=_urgency))
    return Task(row.module_id, row.code, row.title, row.minutes, courses, ordered)


def _urgency(reason: Reason) -> tuple[int, date]:
    """What comes first: what has to be done, then by the day that matters; equals stay in the curriculum's order."""
    said = reason.says
    day = (said.expires_on or said.satisfied_on) if reason.group is Group.DONE else said.due_on
    return reason.group, day or date.max
