"""Who sees which request, once, as SQL.

Everybody sees her own. The office and the auditor see all. A champion sees disputes of the people at home today in her
units, about what champions see with names.
"""

from datetime import date

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from tracker.core.actor import Actor, Right
from tracker.core.database import db
from tracker.core.errors import Forbidden, NotFound
from tracker.curriculum.models import Requirement, RequirementModule
from tracker.people.models import Appointment
from tracker.people.queries import covers, people_at_home_in
from tracker.progress.models import Completion
from tracker.progress.policy import completion_visible_to, names_shown_to
from tracker.requests.models import Request
from tracker.requests.rules import CHAMPIONS_ANSWER, FOR_THE_OFFICE_ALONE, State
from tracker.units.queries import lies_under


def own(actor: Actor) -> ColumnElement[bool]:
    """What the actor asked herself."""
    return Request.asker_id == actor.person_id if actor.person_id is not None else false()


def of_others(actor: Actor) -> ColumnElement[bool]:
    """What others asked that the actor may read."""
    if not actor.has(Right.REQUESTS_READ):
        return false()
    not_own = ~own(actor)
    if actor.has(Right.RECORDS_READ_ALL):
        return not_own
    if not actor.unit_ids:
        return false()
    at_home = people_at_home_in(actor.unit_ids, actor.today).where(Appointment.person_id == Request.asker_id)
    return and_(not_own, Request.kind.in_(CHAMPIONS_ANSWER), at_home.exists(), _is_about_what_has_names(actor))


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """What the actor may answer now; nobody answers her own."""
    if not actor.has(Right.REQUESTS_ANSWER):
        return false()
    return and_(Request.state == State.WAITING, of_others(actor))


def concerns_unit(unit_id: int, today: date) -> ColumnElement[bool]:
    """What people ask whose home is in the unit or below it, and what is reported about these units."""
    at_home = people_at_home_in([unit_id], today).where(Appointment.person_id == Request.asker_id)
    return or_(at_home.exists(), Request.unit_id.in_(lies_under([unit_id], today)))


def words_shown_to(actor: Actor) -> ColumnElement[bool]:
    """Whose words the actor may read: her own, and others' until they are taken back; reasons only the office."""
    if not actor.has(Right.RECORDS_READ_ALL):
        open_kinds: ColumnElement[bool] = Request.kind.in_(CHAMPIONS_ANSWER)
    elif not actor.has(Right.REQUESTS_ANSWER):
        open_kinds = Request.kind.not_in(FOR_THE_OFFICE_ALONE)
    else:
        open_kinds = true()
    return or_(own(actor), and_(Request.state != State.WITHDRAWN, open_kinds))


def evidence_shown_to(actor: Actor) -> ColumnElement[bool]:
    """Whose link and file the actor may look at: her own; of what others have not taken back, all for the office, and
    for a champion what she may answer now. Auditors see none: they answer nothing."""
    if not actor.has(Right.REQUESTS_ANSWER):
        return own(actor)
    if actor.has(Right.RECORDS_READ_ALL):
        return or_(own(actor), Request.state != State.WITHDRAWN)
    return or_(own(actor), waits_for(actor))


def get_request(actor: Actor, request_id: int) -> Request:
    """A request the actor may see. Raises NotFound: hidden looks like absent."""
    query = select(Request).where(Request.id == request_id, or_(own(actor), of_others(actor)))
    if (found := db.session.scalar(query)) is None:
        raise NotFound(f"request {request_id}")
    return found


def get_for_answer(actor: Actor, request_id: int) -> Request:
    """A request the actor may answer, or might have: who comes second is to be told so. Raises NotFound, Forbidden."""
    found = get_request(actor, request_id)
    if not actor.has(Right.REQUESTS_ANSWER) or found.asker_id == actor.person_id:
        raise Forbidden("You cannot answer this request.")
    return found


def get_own(actor: Actor, request_id: int) -> Request:
    """A request of the actor's own. Raises NotFound."""
    if (found := db.session.scalar(select(Request).where(Request.id == request_id, own(actor)))) is None:
        raise NotFound(f"request {request_id}")
    return found


def home_championed(actor: Actor, person_id: int | None) -> int:
    """The home of somebody, where it is the actor's to champion today. Raises NotFound."""
    query = select(Appointment.unit_id).where(
        Appointment.person_id == person_id,
        covers(actor.today),
        Appointment.unit_id.in_(lies_under(actor.unit_ids, actor.today)),
    )
    if (unit_id := db.session.scalar(query)) is None:
        raise NotFound(f"person {person_id}")
    return unit_id


def _is_about_what_has_names(actor: Actor) -> ColumnElement[bool]:
    """That everything a request names is what champions see by name."""
    named = select(Requirement.id).where(names_shown_to(actor))
    modules = select(RequirementModule.module_id).where(RequirementModule.requirement_id.in_(named))
    seen = select(Completion.id).where(Completion.id == Request.completion_id, completion_visible_to(actor))
    return and_(
        or_(Request.requirement_id.is_(None), Request.requirement_id.in_(named)),
        or_(Request.module_id.is_(None), Request.module_id.in_(modules)),
        or_(Request.completion_id.is_(None), seen.exists()),
    )
