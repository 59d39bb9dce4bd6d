"""What waits in a unit for somebody to decide."""

from sqlalchemy import func, select

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.people.queries import people_at_home_in
from tracker.progress.models import Completion
from tracker.progress.policy import completion_visible_to, waits_for_decision


def claims_waiting(actor: Actor, unit_id: int) -> int:
    """How many claims of people at home in a unit today the actor may decide; never her own."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Completion)
            .where(
                waits_for_decision(),
                completion_visible_to(actor),
                Completion.person_id.in_(people_at_home_in([unit_id], actor.today)),
                Completion.person_id.is_distinct_from(actor.person_id),
            )
        )
        or 0
    )
