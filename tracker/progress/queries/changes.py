"""What a completion changed, or would change, for the person whose it is, as pages tell it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.curriculum.models import Requirement
from tracker.progress import policy
from tracker.progress.effects import effects, verified, without
from tracker.progress.figures import answers, facts
from tracker.progress.queries.catalogue import Catalogue
from tracker.progress.queries.standing import Says, says
from tracker.progress.rules import Done, Level, PersonFacts, State


@dataclass(frozen=True, slots=True)
class Change:
    """An assignment that a completion bears on: what it is today without, and with it."""

    requirement_id: int
    requirement: str
    level: Level
    module_id: int
    module: str
    before: Says
    after: Says

    @property
    def is_change(self) -> bool:
        """Whether it makes a difference today."""
        return self.before != self.after


def changed_by(person_id: int, course: str, day: date, state: State, today: date, names: Catalogue) -> list[Change]:
    """What an owner's completion changes today; one that was rejected changes nothing."""
    with_it = facts.of_people(db.session(), [person_id])[person_id]
    before = with_it if state is State.REJECTED else without(with_it, Done(course, day.toordinal(), state))
    requirements = db.session.execute(select(Requirement.code, Requirement.id, Requirement.title)).all()
    return list(_changes(before, with_it, course, today, {row[0]: row for row in requirements}, names))


def changed_by_verifying(actor: Actor, person_id: int, course: str, day: date, names: Catalogue) -> list[Change]:
    """What verifying a claim would change today, for the requirements whose names are shown to the actor."""
    now = facts.of_people(db.session(), [person_id])[person_id]
    then = verified(now, Done(course, day.toordinal(), State.CLAIMED))
    shown = select(Requirement.code, Requirement.id, Requirement.title).where(policy.names_shown_to(actor))
    requirements = {row[0]: row for row in db.session.execute(shown)}
    return list(_changes(now, then, course, actor.today, requirements, names))


def _changes(
    before: PersonFacts,
    after: PersonFacts,
    course: str,
    today: date,
    requirements: Mapping[str, Any],
    names: Catalogue,
) -> Iterator[Change]:
    rules = [measure.rule for measure in answers.live_measures(db.session()) if measure.rule is not None]
    titles = {module.code: module for module in names.modules}
    for effect in effects(before, after, course, rules, today.toordinal()):
        if effect.requirement in requirements:
            _, requirement_id, title = requirements[effect.requirement]
            module = titles[effect.module]
            yield Change(
                requirement_id, title, effect.level, module.id, module.title, says(effect.before), says(effect.after)
            )
