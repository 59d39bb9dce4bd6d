"""What a completion changed, or would change, for the person whose it is, as pages tell it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, true

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


def changed_by(actor: Actor, person_id: int, done: Done, names: Catalogue) -> list[Change]:
    """What a completion changes today; one that was rejected changes nothing."""
    with_it = facts.of_people(db.session(), [person_id])[person_id]
    before = with_it if done.state is State.REJECTED else without(with_it, done)
    return list(_changes(before, with_it, done.course, actor.today, _requirements(actor, person_id), names))


def changed_by_verifying(actor: Actor, person_id: int, claim: Done, names: Catalogue) -> list[Change]:
    """What verifying a claim would change today."""
    now = facts.of_people(db.session(), [person_id])[person_id]
    requirements = _requirements(actor, person_id)
    return list(_changes(now, verified(now, claim), claim.course, actor.today, requirements, names))


def _requirements(actor: Actor, person_id: int) -> dict[str, Any]:
    """Ids and titles, by code, of the requirements whose statuses the actor may see with this person's name."""
    shown = true() if person_id == actor.person_id else policy.names_shown_to(actor)
    query = select(Requirement.code, Requirement.id, Requirement.title).where(shown)
    return {row.code: row for row in db.session.execute(query)}


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
            requirement, module = requirements[effect.requirement], titles[effect.module]
            yield Change(
                requirement.id,
                requirement.title,
                effect.level,
                module.id,
                module.title,
                says(effect.before),
                says(effect.after),
            )
