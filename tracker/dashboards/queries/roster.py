"""Logging one module for many people of a unit: who they are, whom that passes over, and what it recorded."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.people.models import Person
from tracker.people.queries import people_at_home_in
from tracker.progress.figures.facts import not_replaced
from tracker.progress.models import Completion, CompletionEntry
from tracker.progress.policy import person_visible_to
from tracker.progress.rules import State


@dataclass(frozen=True, slots=True)
class Named:
    """A person by name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """Whom ticks and typed words mean: people at home in the unit today, and the words that mean nobody or several."""

    people: Sequence[Named]
    unknown: Sequence[str]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one sending of the form recorded."""

    course: str
    completed_on: date
    people: Sequence[Named]
    total: int


def people_meant(actor: Actor, unit_id: int, ids: Collection[int], words: Sequence[str]) -> Found:
    """The people of a unit who were ticked or whose identifier or e-mail address was typed, by name."""
    lowered = {word.lower() for word in words}
    rows = db.session.execute(
        select(Person.id, _name(), Person.identifier, func.lower(Person.email))
        .where(
            Person.id.in_(people_at_home_in([unit_id], actor.today)),
            or_(Person.id.in_(ids), Person.identifier.in_(words), func.lower(Person.email).in_(lowered)),
        )
        .order_by(Person.name, Person.id)
    ).all()
    meaning = Counter(key for row in rows for key in {row[2], row[3]})
    unknown = [word for word in words if meaning[word] + (meaning[word.lower()] if word != word.lower() else 0) != 1]
    clear = {word for word in words if word not in unknown} | {word.lower() for word in words if word not in unknown}
    chosen = [Named(row[0], row[1]) for row in rows if row[0] in ids or row[2] in clear or row[3] in clear]
    return Found(chosen, unknown)


def recorded_before(person_ids: Collection[int], course: str, on: date) -> set[int]:
    """Who has a verified completion of this very course and day already."""
    return set(
        db.session.scalars(
            select(Completion.person_id).where(
                Completion.person_id.in_(person_ids),
                Completion.course == course,
                Completion.completed_on == on,
                Completion.state == State.VERIFIED,
                not_replaced(),
            )
        )
    )


def is_recorded(actor: Actor, form_key: str) -> bool:
    """Whether the actor has sent this form before."""
    same = select(CompletionEntry.completion_id).where(
        CompletionEntry.form_key == form_key, CompletionEntry.entered_by == actor.account_id
    )
    return db.session.scalar(same) is not None


def recorded_by(actor: Actor, form_key: str) -> Recorded:
    """What the actor recorded with one form: everything entered in the same moment. Raises NotFound."""
    first = (
        select(CompletionEntry.entered_at)
        .where(CompletionEntry.form_key == form_key, CompletionEntry.entered_by == actor.account_id)
        .scalar_subquery()
    )
    together: ColumnElement[bool] = CompletionEntry.entered_at == first
    rows = db.session.execute(
        select(
            Completion.course, Completion.completed_on, Person.id, _name(), person_visible_to(actor).label("is_visible")
        )
        .join(CompletionEntry, CompletionEntry.completion_id == Completion.id)
        .join(Person, Person.id == Completion.person_id)
        .where(together, CompletionEntry.entered_by == actor.account_id)
        .order_by(Person.name, Person.id)
    ).all()
    if not rows:
        raise NotFound("no such roster")
    people = [Named(row[2], row[3]) for row in rows if row.is_visible]
    return Recorded(rows[0].course, rows[0].completed_on, people, len(rows))


def _name() -> ColumnElement[str]:
    return func.coalesce(func.nullif(Person.name, ""), Person.identifier)
