"""What is left to do, for many people at once: what is required or expected, never what is optional."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.core.days import day_or_none
from tracker.curriculum.models import Module, Requirement
from tracker.progress.figures import answers, past_horizon
from tracker.progress.models import Item, Revision, Span, Stage
from tracker.progress.policy import names_shown_to
from tracker.progress.rules import Level, Rule, Status

LEFT = (Status.OVERDUE, Status.EXPIRED, Status.DUE_SOON, Status.NOT_STARTED)
"""Statuses in which something is left to do by the person herself."""
REMINDED = (Level.REQUIRED, Level.EXPECTED)


@dataclass(frozen=True, slots=True)
class Task:
    """A module that somebody has left to do, and the requirement that asks for it most pressingly."""

    module_id: int
    title: str
    requirement: str
    level: Level
    status: Status
    due_on: date | None
    expires_on: date | None

    @property
    def urgency(self) -> tuple[int, date, int]:
        """What comes first: what is required, by its day."""
        return REMINDED.index(self.level), self.due_on or self.expires_on or date.max, self.module_id


def left_to_do(actor: Actor, person_ids: Collection[int], day: date) -> Mapping[int, list[Task]]:
    """By person, each module left to do, the most pressing first. Only what the actor may see by name: she reads it."""
    measures = [measure for measure in answers.live_measures(db.session()) if measure.rule]
    rules = {item_id: measure.rule for measure in measures if measure.rule for item_id in measure.item_ids}
    asked = {row.id: row for row in _asked(actor) if row.id in rules and rules[row.id].level in REMINDED}
    past = past_horizon.measures_past(measures, day)
    beyond = {item_id for measure, _ in past for item_id in measure.item_ids}
    found: dict[int, dict[int, Task]] = {}
    for person_id, item_id, *said in (
        *_stored(person_ids, asked.keys() - beyond, day),
        *_worked_out(person_ids, past, asked, day),
    ):
        task = _task(asked[item_id], rules[item_id], *said)
        of_hers = found.setdefault(person_id, {})
        if task.module_id not in of_hers or task.urgency < of_hers[task.module_id].urgency:
            of_hers[task.module_id] = task
    return {person_id: sorted(tasks.values(), key=lambda one: one.urgency) for person_id, tasks in found.items()}


def _asked(actor: Actor) -> Collection[Any]:
    """The modules of live requirements that are asked for, as figures are shown for them."""
    query = (
        select(Item.id, Module.id.label("module_id"), Module.title, Requirement.title.label("requirement"))
        .join(Revision, Revision.id == Item.revision_id)
        .join(Requirement, Requirement.id == Revision.requirement_id)
        .join(Module, Module.id == Item.module_id)
        .where(Revision.stage == Stage.LIVE, Requirement.level.in_(REMINDED), names_shown_to(actor))
    )
    return db.session.execute(query).all()


def _stored(person_ids: Collection[int], item_ids: Collection[int], day: date) -> Iterator[tuple[Any, ...]]:
    """(person, item, status, due day, day of lapsing) from the spans that cover a day."""
    query = select(Span.person_id, Span.item_id, Span.status, Span.due_on, Span.expires_on).where(
        Span.person_id.in_(person_ids),
        Span.item_id.in_(item_ids),
        Span.starts_on <= day,
        Span.ends_on >= day,
        Span.status.in_(LEFT),
    )
    yield from (tuple(row) for row in db.session.execute(query))


def _worked_out(
    person_ids: Collection[int], past: list[past_horizon.Past], asked: Collection[int], day: date
) -> Iterator[tuple[Any, ...]]:
    """The same for what stored spans do not reach."""
    if not past:
        return
    for person_id, item_id, span in past_horizon.spans(db.session(), sorted(person_ids), past, day):
        if item_id in asked and span.status in LEFT:
            yield person_id, item_id, span.status, day_or_none(span.due), day_or_none(span.expires_on)


def _task(row: Any, rule: Rule, status: int, due_on: date | None, expires_on: date | None) -> Task:
    return Task(row.module_id, row.title, row.requirement, rule.level, Status(status), due_on, expires_on)
