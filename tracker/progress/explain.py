"""Explain a status in words, for pages and the command line: which facts, which rule, and what comes next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app
from sqlalchemy import or_, select, true
from sqlalchemy.orm import Session

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.curriculum.models import Module, Requirement
from tracker.progress import policy
from tracker.progress.explanations import telling, words
from tracker.progress.explanations.case import Case, Names, Record, as_known_on, cases, home_on
from tracker.progress.explanations.words import Voice
from tracker.progress.figures import facts as facts_of
from tracker.progress.figures.answers import live_measures
from tracker.progress.models import Completion, CompletionEntry
from tracker.progress.rules import PersonFacts, Rule, Span, Status, person_timeline
from tracker.units.models import Unit, UnitPath, UnitSpan

__all__ = ["Explanation", "Voice", "explain"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A status and its dates as reports have them, a line that says it, and the sentences that say why.

    Out of scope there is no status. For a requirement as a whole the dates are those of the list of people.
    """

    status: Status | None
    due_on: date | None
    satisfied_on: date | None
    expires_on: date | None
    summary: str
    sentences: tuple[str, ...]


def explain(
    actor: Actor,
    person_id: int,
    requirement_id: int,
    module_id: int | None,
    day: date,
    *,
    voice: Voice = Voice.ABOUT,
    called: str | None = None,
) -> Explanation:
    """Why a person stands where she does on a day with a module of a requirement, or (no module) with all of it.

    Voice.TO_THEM says "you"; otherwise the person is called by her name, or as given. Raises NotFound for what the
    actor may not see, a requirement without figures yet, and a module that the requirement does not have.
    """
    session = db.session()
    person = policy.get_person(actor, person_id)
    requirement = _get_requirement(actor, session, requirement_id, is_own=actor.person_id == person_id)
    rule = _live_rule(session, requirement_id)
    facts = facts_of.of_people(session, [person_id])[person_id]
    records = _records(session, person_id)
    them = words.Person(voice, called or person.name or person.identifier)
    names = _names(session, requirement, rule, facts, records, day)
    found = cases(them, names, facts, rule, records, day.toordinal())
    if module_id is None:
        return _of_all(facts, rule, found)
    code = session.scalar(select(Module.code).where(Module.id == module_id))
    for case in found:
        if case.module.code == code:
            return _explanation(case.now, telling.summary(case), telling.sentences(case))
    raise NotFound(f"module {module_id} of requirement {requirement_id}")


def _of_all(facts: PersonFacts, rule: Rule, found: Sequence[Case]) -> Explanation:
    day = found[0].day
    now = next(iter(person_timeline(as_known_on(facts, day), rule, day, day)), None)
    return _explanation(now, telling.summary_of_all(found, now), telling.sentences_of_all(found, now))


def _explanation(now: Span | None, summary: str, sentences: tuple[str, ...]) -> Explanation:
    if now is None:
        return Explanation(None, None, None, None, summary, sentences)
    due_on, satisfied_on, expires_on = (
        None if number is None else date.fromordinal(number) for number in (now.due, now.satisfied_on, now.expires_on)
    )
    return Explanation(now.status, due_on, satisfied_on, expires_on, summary, sentences)


# Reading


def _get_requirement(actor: Actor, session: Session, requirement_id: int, *, is_own: bool) -> Requirement:
    """A requirement whose statuses the actor may see by name; one's own one always may."""
    shown = true() if is_own else policy.names_shown_to(actor)
    requirement = session.scalar(select(Requirement).where(Requirement.id == requirement_id, shown))
    if requirement is None:
        raise NotFound(f"requirement {requirement_id}")
    return requirement


def _live_rule(session: Session, requirement_id: int) -> Rule:
    """The rule that figures are shown for; it may be older than what the office has just written."""
    for measure in live_measures(session):
        if measure.requirement_id == requirement_id and measure.rule is not None:
            return measure.rule
    raise NotFound(f"requirement {requirement_id}")


def _records(session: Session, person_id: int) -> list[Record]:
    """All that was ever recorded of a person's completions."""
    rows = session.execute(
        select(
            Completion.id,
            Completion.course,
            Completion.completed_on,
            Completion.source,
            Completion.state,
            Completion.corrects_id,
            CompletionEntry.entered_at,
            CompletionEntry.entered_by,
        )
        .outerjoin(CompletionEntry, CompletionEntry.completion_id == Completion.id)
        .where(Completion.person_id == person_id)
        .order_by(Completion.id)
    )
    return [
        Record(id_, course, day.toordinal(), source, state, corrects_id, _day_of(entered_at), entered_by)
        for id_, course, day, source, state, corrects_id, entered_at, entered_by in rows
    ]


def _day_of(moment: datetime | None) -> int | None:
    """The institution's day of a moment, as a number."""
    return None if moment is None else moment.astimezone(current_app.config["TIME_ZONE"]).toordinal()


def _names(
    session: Session, requirement: Requirement, rule: Rule, facts: PersonFacts, records: Iterable[Record], day: date
) -> Names:
    """What everything that an explanation may mention is called."""
    codes = {code for module in rule.modules for code in module.courses} | {record.course for record in records}
    titles = session.execute(select(Module.code, Module.title).where(Module.code.in_(codes)))
    asked_codes = (requirement.audience or {}).get("units", [])
    units, numbers = _unit_names(session, {home.unit for home in facts.homes}, asked_codes)
    asked_ids = [numbers[code] for code in asked_codes if code in numbers]
    home = home_on(facts, day.toordinal())
    under = None if home is None else _nearest(session, home.unit, asked_ids, day)
    return Names(
        requirement.title,
        {row.code: row.title for row in titles},
        units,
        [_name_about(units[unit_id], day.toordinal()) for unit_id in asked_ids],
        None if under is None else _name_about(units[under], day.toordinal()),
    )


UnitNames = Mapping[int, Sequence[tuple[int, int, str]]]


def _unit_names(session: Session, unit_ids: Iterable[int], codes: Iterable[str]) -> tuple[UnitNames, Mapping[str, int]]:
    """The names of these units with their periods, in order; and the numbers behind the codes."""
    rows = session.execute(
        select(Unit.id, Unit.code, UnitSpan.starts_on, UnitSpan.ends_on, UnitSpan.name)
        .join(UnitSpan, UnitSpan.unit_id == Unit.id)
        .where(or_(Unit.id.in_(list(unit_ids)), Unit.code.in_(list(codes))))
        .order_by(Unit.id, UnitSpan.starts_on)
    )
    found: dict[int, list[tuple[int, int, str]]] = {}
    numbers: dict[str, int] = {}
    for unit_id, code, starts_on, ends_on, name in rows:
        numbers[code] = unit_id
        found.setdefault(unit_id, []).append((starts_on.toordinal(), ends_on.toordinal(), name))
    return found, numbers


def _nearest(session: Session, unit_id: int, asked_ids: Sequence[int], day: date) -> int | None:
    """The nearest of the units asked that holds a unit on a day."""
    above = (
        select(UnitPath.ancestor_id)
        .where(UnitPath.unit_id == unit_id, UnitPath.ancestor_id.in_(asked_ids))
        .where(UnitPath.starts_on <= day, UnitPath.ends_on >= day)
        .order_by(UnitPath.depth)
    )
    return session.scalar(above.limit(1))


def _name_about(periods: Sequence[tuple[int, int, str]], day: int) -> str:
    """A unit's name on a day, or the nearest it had before; of one that comes later, its first."""
    before = [name for first, _, name in periods if first <= day]
    return before[-1] if before else periods[0][2]
