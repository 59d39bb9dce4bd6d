"""The curriculum as its pages show it: what there is, what is being worked in, what forms offer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, func, select

from tracker.core import seen
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.curriculum import queries as curriculum_queries
from tracker.curriculum.models import Gate, Requirement
from tracker.curriculum.queries import Called
from tracker.curriculum.rules import Curriculum, Module
from tracker.curriculum.rules import Gate as GateEntry
from tracker.curriculum.rules import Requirement as RequirementEntry
from tracker.dashboards.queries.narrowing import kinds
from tracker.exchange.files import written_curriculum
from tracker.people.models import Function, Person
from tracker.programme.rules import Entry, Kind, entries, fingerprint, made_of
from tracker.programme.words import Names
from tracker.progress.models import Completion, GateOverride, Revision, Stage
from tracker.progress.rules import State
from tracker.units.models import Unit, UnitSpan
from tracker.units.queries import holds_on, views_on


@dataclass(frozen=True, slots=True)
class Building:
    """A changed rule that is being worked in: of what, and how many people are done."""

    kind: Kind
    code: str
    title: str
    done: int


@dataclass(frozen=True, slots=True)
class WorkingIn:
    """All changed rules that are being worked in, of how many people each."""

    rules: Sequence[Building]
    people: int


@dataclass(frozen=True, slots=True)
class Override:
    """A unit for which a gate was opened by hand."""

    id: int
    gate_code: str
    unit_code: str
    unit_name: str
    opened_on: date
    reason: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class Equivalence:
    """A code that counts as a module, and how many completions are recorded under it."""

    code: str
    module: Module
    completions: int


@dataclass(frozen=True, slots=True)
class Choices:
    """What forms offer: modules as (code, title), and what the facts know of people and units.

    `units` gives the code of a unit by its code, and by its name where that is of one unit alone.
    """

    modules: Sequence[tuple[str, str]] = ()
    categories: Sequence[str] = ()
    roles: Sequence[str] = ()
    functions: Sequence[str] = ()
    kinds: Sequence[str] = ()
    units: Mapping[str, str] = field(default_factory=dict)


def curriculum() -> Curriculum:
    """Everything as it is defined now."""
    return curriculum_queries.curriculum()


def called(kind: Kind, code: str) -> list[Called]:
    """What something was, is and will be called; nothing where it was never renamed."""
    return list(curriculum_queries.titles(kind).get((kind.value, code), ()))


def found_by(found: Curriculum, typed: str) -> Curriculum:
    """What of it has the words in its code, or in any title that it had, has or will have."""
    if not typed:
        return found
    wanted, dated = typed.casefold(), curriculum_queries.titles()

    def fits(key: tuple[Kind, str], one: Entry) -> bool:
        names = (one.code, one.title or "", *(each.title for each in dated.get((key[0].value, key[1]), ())))
        return any(wanted in name.casefold() for name in names)

    return made_of(one for key, one in entries(found).items() if fits(key, one))


def mark_of(found: Curriculum) -> str:
    """The mark by which a form knows again the curriculum it was opened on."""
    return fingerprint(written_curriculum(found))


def entry(found: Curriculum, kind: Kind, code: str) -> Entry:
    """One thing. Raises NotFound."""
    if (one := entries(found).get((kind, code))) is None:
        raise NotFound(f"{kind} {code}")
    return one


def names_of(found: Curriculum, today: date) -> Names:
    """The titles of all modules, and the names of the units that any audience names."""
    audiences = [one.audience for one in found.requirements] + [one.audience for one in found.gates]
    codes = {code for audience in audiences for code in (audience or {}).get("units", ())}
    return Names({module.code: module.title for module in found.modules}, unit_names(codes, today))


def unit_names(codes: Iterable[str], today: date) -> Mapping[str, str]:
    """The names of units by code, as of today; those that are no more keep their last name."""
    wanted = list(codes)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Unit.code, UnitSpan.name)
        .join(UnitSpan, UnitSpan.unit_id == Unit.id)
        .where(Unit.code.in_(wanted), UnitSpan.starts_on <= today)
        .order_by(UnitSpan.starts_on)
    )
    return dict(rows.all())


def names_of_units(unit_ids: Iterable[int], today: date) -> Mapping[int, tuple[str, str]]:
    """Code and name of units, by id, as of today."""
    rows = db.session.execute(views_on(today).where(Unit.id.in_(list(unit_ids))))
    return {unit_id: (code, name) for unit_id, code, name, _, _ in rows}


def working_in() -> WorkingIn:
    """What is being worked in: two statements, and one where there is nothing."""
    rows = db.session.execute(
        select(Requirement.code, Requirement.title, Gate.code, Gate.title, Revision.built_to)
        .select_from(Revision)
        .outerjoin(Requirement, Requirement.id == Revision.requirement_id)
        .outerjoin(Gate, Gate.id == Revision.gate_id)
        .where(Revision.stage == Stage.BUILDING)
        .order_by(Revision.id)
    ).all()
    if not rows:
        return WorkingIn([], 0)
    people = db.session.scalar(select(func.max(Person.id))) or 0
    return WorkingIn(
        [
            Building(Kind.REQUIREMENT, code, title, done)
            if code is not None
            else Building(Kind.GATE, gate_code, gate_title or gate_code, done)
            for code, title, gate_code, gate_title, done in rows
        ],
        people,
    )


def overrides(gate_code: str, today: date) -> list[Override]:
    """The units for which a gate was opened by hand, by day."""
    return _overrides(Gate.code == gate_code, today)


def override(override_id: int, today: date) -> Override:
    """One of them. Raises NotFound."""
    if not (found := _overrides(GateOverride.id == override_id, today)):
        raise NotFound(f"override {override_id}")
    return found[0]


def mark_of_override(override_id: int) -> str:
    """The mark of one of them, for the form that changes it."""
    return seen.mark_of(db.session.get(GateOverride, override_id))


def _overrides(where: ColumnElement[bool], today: date) -> list[Override]:
    rows = db.session.execute(
        select(
            *(GateOverride.id, Gate.code, Unit.code, GateOverride.opened_on),
            *(GateOverride.reason, GateOverride.approved_by),
        )
        .join(Gate, Gate.id == GateOverride.gate_id)
        .join(Unit, Unit.id == GateOverride.unit_id)
        .where(where)
        .order_by(GateOverride.opened_on, Unit.code)
    ).all()
    names = unit_names({row[2] for row in rows}, today)
    return [
        Override(id_, gate, unit, names.get(unit, unit), day, reason, approved_by)
        for id_, gate, unit, day, reason, approved_by in rows
    ]


def equivalences(found: Curriculum) -> list[Equivalence]:
    """Every other code that counts, by module, with how often it stands in the records."""
    codes = [code for module in found.modules for code in module.equivalents]
    rows = db.session.execute(
        select(Completion.course, func.count())
        .where(Completion.state.in_(list(State)), Completion.course.in_(codes))
        .group_by(Completion.course)
    )
    counted = dict(rows.all())
    return [Equivalence(code, module, counted.get(code, 0)) for module in found.modules for code in module.equivalents]


def choices(found: Curriculum, today: date) -> Choices:
    """What forms offer: four statements."""
    known = kinds()
    functions = db.session.scalars(select(Function.function).distinct().order_by(Function.function).limit(200))
    return Choices(
        [(module.code, f"{module.title} ({module.code})") for module in found.modules],
        known.categories,
        known.roles,
        list(functions),
        sorted(set(db.session.scalars(select(UnitSpan.kind).where(holds_on(today)).distinct()))),
        units_by_word(today),
    )


def units_by_word(today: date) -> Mapping[str, str]:
    """The codes of the units of today, by code, and by name in small letters where only one has it: one statement."""
    names: dict[str, list[str]] = {}
    codes = {}
    for _, code, name, _, _ in db.session.execute(views_on(today)):
        names.setdefault(name.lower(), []).append(code)
        codes[code] = code
    return {name: found[0] for name, found in names.items() if len(found) == 1} | codes


def unit_id(code: str) -> int:
    """The number of a unit. Raises NotFound."""
    if (found := db.session.scalar(select(Unit.id).where(Unit.code == code))) is None:
        raise NotFound(f"unit {code}")
    return found


def asked_by(found: Curriculum, module_code: str) -> list[RequirementEntry | GateEntry]:
    """The requirements and gates that name a module."""
    asking: list[RequirementEntry | GateEntry] = [one for one in found.requirements if module_code in one.modules]
    return asking + [one for one in found.gates if module_code in one.needs]
