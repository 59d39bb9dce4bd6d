"""Which terms somebody may see, and what she may do with them. Appointing is the office's; a substitute is named by the
champion for a term of her own, or by the office."""

from sqlalchemy import ColumnElement, select, true

from tracker.champions.models import Champion
from tracker.core.actor import Actor, Right
from tracker.core.database import db
from tracker.core.errors import Forbidden, NotFound
from tracker.people.models import Appointment
from tracker.people.queries import covers, people_at_home_in
from tracker.units.queries import lies_under


def term_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The terms in units that somebody may look at: all, or those at or below the championed ones today."""
    if actor.has(Right.RECORDS_READ_ALL):
        return true()
    return Champion.unit_id.in_(lies_under(actor.unit_ids, actor.today))


def is_own_term() -> ColumnElement[bool]:
    """That a row is a champion's own term, and not that of somebody who stands in for her."""
    return Champion.substitute_for_id.is_(None)


def get_term(actor: Actor, champion_id: int) -> Champion:
    """A term the actor may see. Raises NotFound; a substitute's row is no term."""
    query = select(Champion).where(Champion.id == champion_id, is_own_term(), term_visible_to(actor))
    if (term := db.session.scalar(query)) is None:
        raise NotFound(f"term {champion_id}")
    return term


def may_name_substitute(actor: Actor, person_id: int) -> bool:
    """Whether somebody may say who stands in during a term of this person's."""
    return actor.has(Right.CHAMPIONS_APPOINT) or (
        actor.has(Right.SUBSTITUTES_NAME) and actor.person_id is not None and actor.person_id == person_id
    )


def get_term_for_substitute(actor: Actor, champion_id: int) -> Champion:
    """A term for which the actor may name somebody. Raises NotFound or Forbidden: a substitute names nobody."""
    term = get_term(actor, champion_id)
    if not may_name_substitute(actor, term.person_id):
        raise Forbidden("Only whose term it is, or the office, can name who stands in.")
    return term


def may_be_named(actor: Actor, unit_id: int, person_id: int) -> bool:
    """Whether the actor may name this person: the office anybody at home somewhere today, a champion the people of the
    unit."""
    somewhere = select(Appointment.person_id).where(covers(actor.today), Appointment.person_id == person_id)
    if not actor.has(Right.CHAMPIONS_APPOINT):
        somewhere = somewhere.where(Appointment.person_id.in_(people_at_home_in([unit_id], actor.today)))
    return db.session.scalar(somewhere) is not None


def get_substitute(actor: Actor, substitute_id: int) -> Champion:
    """A substitute's row that the actor may end. Raises NotFound or Forbidden."""
    row = db.session.get(Champion, substitute_id)
    if row is None or row.substitute_for_id is None:
        raise NotFound(f"substitute {substitute_id}")
    get_term_for_substitute(actor, row.substitute_for_id)
    return row
