"""Who sees what of whose progress: each rule once, as SQL, for lists, counts, single rows and files alike.

The office and the auditor see all but reflections, which are for whoever wrote them. A champion sees the roster of
everybody whose home is today in her units; by name, what is required or marked "champions see names", and claims that
wait for a decision. Everybody sees herself.
"""

from functools import cache

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from tracker.core.actor import Actor, Right
from tracker.core.database import Base, db
from tracker.core.errors import Forbidden, NotFound
from tracker.curriculum.models import Equivalent, Module, Requirement, RequirementModule
from tracker.people.models import Person
from tracker.people.queries import is_at_home_in
from tracker.progress.models import Completion, WaitingClaim
from tracker.progress.rules import Evidence, Level, State
from tracker.units.models import UnitPath


def unit_visible_to(actor: Actor, unit_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The units whose figures somebody may look at: all, or those at or below the championed ones today."""
    if actor.has(Right.RECORDS_READ_ALL):
        return true()
    if not actor.unit_ids:
        return false()
    today = actor.today
    below = select(UnitPath.unit_id).where(
        UnitPath.ancestor_id.in_(actor.unit_ids), UnitPath.starts_on <= today, UnitPath.ends_on >= today
    )
    return unit_id.in_(below)


def person_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The persons somebody may know by name, category and role."""
    if actor.has(Right.RECORDS_READ_ALL):
        return true()
    own = Person.id == actor.person_id if actor.person_id is not None else false()
    if not actor.unit_ids:
        return own
    return or_(own, is_at_home_in(Person.id.expression, actor.unit_ids, actor.today))


def names_shown_to(actor: Actor) -> ColumnElement[bool]:
    """The requirements for which others' names stand beside their statuses."""
    if actor.has(Right.RECORDS_READ_ALL):
        return true()
    return _names_for_champions()


def _names_for_champions() -> ColumnElement[bool]:
    return or_(Requirement.level == Level.REQUIRED, Requirement.champions_see_names)


def completion_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The completions somebody may see by name."""
    if actor.has(Right.RECORDS_READ_ALL):
        return true()
    own = Completion.person_id == actor.person_id if actor.person_id is not None else false()
    if not actor.unit_ids:
        return own
    at_home = is_at_home_in(Completion.person_id.expression, actor.unit_ids, actor.today)
    return or_(own, and_(at_home, or_(Completion.course.in_(_courses_with_names()), waits_for_decision())))


@cache
def _courses_with_names() -> Select[str]:
    """The codes whose completions matter to a requirement with names for champions. Put together once, as all that is
    the same for everybody: that takes longer than the database needs for it."""
    modules = (
        select(Module.id, Module.code)
        .join(RequirementModule, RequirementModule.module_id == Module.id)
        .join(Requirement, Requirement.id == RequirementModule.requirement_id)
        .where(_names_for_champions())
        .subquery()
    )
    own = select(modules.c.code)
    others = select(Equivalent.code).join(modules, modules.c.id == Equivalent.module_id)
    return select(own.union(others).subquery().c.code)


@cache
def waits_for_decision() -> ColumnElement[bool]:
    """A claim that nothing replaces, of a module that wants verification: kept for itself, as few wait of many."""
    return Completion.id.in_(select(WaitingClaim.completion_id))


@cache
def submitted_for_decision() -> ColumnElement[bool]:
    """A claim of a module that wants verification, whether or not it has been decided since.

    Also asked of a row as it is inserted. Then SQLite wants no names of tables, so each part reads a single one.
    """
    completion, module, equivalent = (Base.metadata.tables[name].c for name in ("completion", "module", "equivalent"))
    wants = module.evidence == Evidence.VERIFICATION
    others = select(equivalent.code).where(equivalent.module_id.in_(select(module.id).where(wants)))
    to_verify = select(module.code).where(wants).union(others)
    return and_(completion.state == State.CLAIMED, completion.course.in_(to_verify))


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """The claims that wait for somebody who decides: of the people of her units, of all for the office; never her own.
    Whatever counts claims for somebody counts these."""
    if not actor.has(Right.CLAIMS_DECIDE):
        return false()
    waits = and_(waits_for_decision(), Completion.person_id.is_distinct_from(actor.person_id))
    if actor.has(Right.RECORDS_READ_ALL):
        return waits
    return and_(waits, is_at_home_in(Completion.person_id.expression, actor.unit_ids, actor.today))


def get_person(actor: Actor, person_id: int) -> Person:
    """A person the actor may know. Raises NotFound: hidden looks like absent."""
    person = db.session.scalar(select(Person).where(Person.id == person_id, person_visible_to(actor)))
    if person is None:
        raise NotFound(f"person {person_id}")
    return person


def get_completion(actor: Actor, completion_id: int) -> Completion:
    """A completion the actor may see. Raises NotFound."""
    query = select(Completion).where(Completion.id == completion_id, completion_visible_to(actor))
    if (completion := db.session.scalar(query)) is None:
        raise NotFound(f"completion {completion_id}")
    return completion


def claim_known_to(actor: Actor) -> ColumnElement[bool]:
    """The claims that somebody may decide, or might have: who comes second is to be told so."""
    if not actor.has(Right.CLAIMS_DECIDE):
        return false()
    if actor.has(Right.RECORDS_READ_ALL):
        return submitted_for_decision()
    return and_(submitted_for_decision(), is_at_home_in(Completion.person_id.expression, actor.unit_ids, actor.today))


def get_for_decision(actor: Actor, completion_id: int) -> Completion:
    """A claim the actor may verify or reject. Raises NotFound or Forbidden; nobody decides her own."""
    visible = or_(completion_visible_to(actor), claim_known_to(actor))
    if (completion := db.session.scalar(select(Completion).where(Completion.id == completion_id, visible))) is None:
        raise NotFound(f"completion {completion_id}")
    if not actor.has(Right.CLAIMS_DECIDE) or completion.person_id == actor.person_id:
        raise Forbidden("You cannot decide this claim.")
    return completion


def evidence_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The completions whose evidence somebody may look at: her own, all for office and auditor, and while a claim waits
    those who may decide it."""
    if actor.has(Right.RECORDS_READ_ALL):
        return true()
    own = Completion.person_id == actor.person_id if actor.person_id is not None else false()
    if not actor.has(Right.CLAIMS_DECIDE):
        return own
    at_home = is_at_home_in(Completion.person_id.expression, actor.unit_ids, actor.today)
    return or_(own, and_(at_home, waits_for_decision()))


def get_own_claim(actor: Actor, completion_id: int) -> Completion:
    """A claim that the actor made herself. Raises NotFound."""
    query = select(Completion).where(Completion.id == completion_id, Completion.person_id == actor.person_id)
    completion = db.session.scalar(query)
    if completion is None or actor.person_id is None:
        raise NotFound(f"completion {completion_id}")
    return completion
