"""Proposals as their pages show them, and the sample people for whom they are drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select

from tracker.core import clock
from tracker.core.database import db
from tracker.core.days import NEVER_AFTER
from tracker.core.errors import NotFound
from tracker.curriculum.models import Requirement
from tracker.curriculum.rules import Curriculum
from tracker.exchange.files import read_curriculum
from tracker.people.models import Person
from tracker.programme.models import Proposal
from tracker.programme.moves import Preview, preview_from_json
from tracker.programme.queries.history import account_names
from tracker.programme.rules import Difference, How, differences
from tracker.progress.figures import facts
from tracker.progress.figures.rulebook import Measure, measures, on_trial
from tracker.progress.models import Stage
from tracker.progress.rules import Home, PersonFacts, Span, person_timeline, timeline

PEOPLE_OFFERED = 20


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A change that somebody means to make. Its preview is there, or `problem` says why not, or it is being made."""

    id: int
    made_at: datetime
    who: str | None
    how: How
    base: Curriculum
    wanted: Curriculum
    changes: Sequence[Difference]
    done: int
    total: int
    preview: Preview | None
    problem: str | None
    saved_at: datetime | None
    notes: Sequence[str]

    @property
    def is_waiting(self) -> bool:
        """Whether its preview is still being worked out."""
        return self.preview is None and self.problem is None


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """An unsaved proposal in a list: its first change names it."""

    id: int
    made_at: datetime
    who: str | None
    titles: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sample:
    """Somebody a requirement is drawn for: a name, and the facts that figures would rest on."""

    name: str
    facts: PersonFacts
    since: date


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody a search finds."""

    id: int
    name: str
    identifier: str


Lane = Sequence[Span]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The spans of one module, or of the whole requirement, under the rule as it stands and as it would be."""

    title: str
    now: Lane
    then: Lane


def proposal(proposal_id: int) -> ProposalView:
    """One proposal. Raises NotFound."""
    row = db.session.get(Proposal, proposal_id)
    if row is None:
        raise NotFound(f"proposal {proposal_id}")
    base, wanted = read_curriculum(row.base.encode()), read_curriculum(row.wanted.encode())
    names = account_names([row.account_id] if row.account_id is not None else [])
    return ProposalView(
        row.id,
        clock.local(row.made_at),
        names.get(row.account_id or 0),
        row.how,
        base,
        wanted,
        differences(base, wanted),
        row.done,
        row.total,
        None if row.preview is None else preview_from_json(row.preview),
        row.problem,
        None if row.applied_at is None else clock.local(row.applied_at),
        row.notes,
    )


def unsaved() -> list[ProposalLine]:
    """The latest proposals that nobody has saved."""
    rows = db.session.scalars(
        select(Proposal).where(Proposal.applied_at.is_(None)).order_by(Proposal.id.desc()).limit(5)
    ).all()
    names = account_names({row.account_id for row in rows if row.account_id is not None})
    return [
        ProposalLine(
            row.id,
            clock.local(row.made_at),
            names.get(row.account_id or 0),
            [
                one.title
                for one in differences(read_curriculum(row.base.encode()), read_curriculum(row.wanted.encode()))
            ],
        )
        for row in rows
    ]


def late_people(person_ids: Sequence[int]) -> list[Found]:
    """People a preview names, by name."""
    rows = db.session.execute(
        select(Person.id, Person.name, Person.identifier)
        .where(Person.id.in_(person_ids))
        .order_by(Person.name, Person.id)
    )
    return [Found(id_, name or identifier, identifier) for id_, name, identifier in rows]


# Sample people


def found_people(typed: str) -> list[Found]:
    """Whom a search means: by identifier, else by a part of the name."""
    columns = select(Person.id, Person.name, Person.identifier)
    exact = db.session.execute(columns.where(Person.identifier == typed)).all()
    if not exact:
        part = Person.name.icontains(typed, autoescape=True)
        exact = db.session.execute(
            columns.where(or_(part)).order_by(Person.name, Person.id).limit(PEOPLE_OFFERED)
        ).all()
    return [Found(id_, name or identifier, identifier) for id_, name, identifier in exact]


def real_person(person_id: int, today: date) -> Sample:
    """Somebody with a record here. Raises NotFound."""
    name = db.session.scalar(
        select(func.coalesce(func.nullif(Person.name, ""), Person.identifier)).where(Person.id == person_id)
    )
    if name is None:
        raise NotFound(f"person {person_id}")
    return Sample(name, facts.of_people(db.session(), [person_id])[person_id], today)


def joiner(category: str, role: str, unit_id: int, joined: date) -> Sample:
    """Somebody made up who joins a unit on a day and does nothing."""
    home = Home(joined.toordinal(), NEVER_AFTER, unit_id, category, role)
    return Sample("Somebody who joins", PersonFacts(homes=[home]), joined)


def drawn(
    sample: Sample, code: str, preview: Preview, first: date, last: date, titles: Mapping[str, str]
) -> list[Drawn]:
    """A requirement's spans for somebody under the rule saved last and the one proposed, by the rules' own function."""
    then = on_trial(preview.rules[code], first)
    now = _saved(code)
    lanes: dict[str, list[Lane]] = {}
    for index, measure in enumerate((now, then)):
        for module, spans in _spans(sample.facts, measure, first, last).items():
            lanes.setdefault(module, [[], []])[index] = spans
    return [Drawn(titles.get(module, "All of it"), *sides) for module, sides in lanes.items()]


def _saved(code: str) -> Measure | None:
    """The rule that is being worked in, which is the latest of its measures, else the live one."""
    row_id = db.session.scalar(select(Requirement.id).where(Requirement.code == code))
    found = [one for one in measures(stages=(Stage.LIVE, Stage.BUILDING)) if one.requirement_id == row_id]
    return found[-1] if found and row_id is not None else None


def _spans(person: PersonFacts, measure: Measure | None, first: date, last: date) -> dict[str, Lane]:
    """The spans by module code; of people over all modules, where there are several, under an empty one."""
    if measure is None or measure.rule is None:
        return {}
    days = first.toordinal(), last.toordinal()
    found: dict[str, Lane] = {"": person_timeline(person, measure.rule, *days)} if len(measure.rule.modules) > 1 else {}
    spans = timeline(person, measure.rule, *days)
    return found | {module.code: lane for module, lane in zip(measure.rule.modules, spans, strict=False)}
