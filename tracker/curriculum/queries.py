"""Reading the curriculum as the office wrote it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.database import db
from tracker.curriculum import rules
from tracker.curriculum.models import DatedTitle, Equivalent, Gate, GateNeed, Module, Requirement, RequirementModule


@dataclass(frozen=True, slots=True)
class Ids:
    """The numbers of modules, requirements and gates, by code."""

    modules: Mapping[str, int]
    requirements: Mapping[str, int]
    gates: Mapping[str, int]


def curriculum(session: Session | None = None) -> rules.Curriculum:
    """Everything, as definitions."""
    session = session or db.session()
    modules = session.scalars(select(Module).order_by(Module.id)).all()
    requirements = session.scalars(select(Requirement).order_by(Requirement.id)).all()
    gates = session.scalars(select(Gate).order_by(Gate.id)).all()
    equivalents = _grouped(session, select(Equivalent.module_id, Equivalent.code).order_by(Equivalent.id))
    asked = _grouped(
        session,
        select(RequirementModule.requirement_id, Module.code)
        .join(Module, Module.id == RequirementModule.module_id)
        .order_by(RequirementModule.position),
    )
    needed = _grouped(
        session,
        select(GateNeed.gate_id, Module.code).join(Module, Module.id == GateNeed.module_id).order_by(GateNeed.position),
    )
    return rules.Curriculum(
        tuple(_module(row, equivalents.get(row.id, ())) for row in modules),
        tuple(_requirement(row, asked.get(row.id, ())) for row in requirements),
        tuple(_gate(row, needed.get(row.id, ())) for row in gates),
    )


def ids(session: Session | None = None) -> Ids:
    """The numbers behind the codes."""
    session = session or db.session()

    def by_code(model: type[Module | Requirement | Gate]) -> dict[str, int]:
        return dict(session.execute(select(model.code, model.id)).all())

    return Ids(by_code(Module), by_code(Requirement), by_code(Gate))


@dataclass(frozen=True, slots=True)
class Called:
    """What something is called from a day on; `id` is the row's."""

    id: int
    starts_on: date
    title: str


def titles(kind: str | None = None, session: Session | None = None) -> Mapping[tuple[str, str], list[Called]]:
    """The dated titles by kind and code, in order of their days; of one kind or of all. What was never renamed is not
    there."""
    query = select(DatedTitle).order_by(DatedTitle.starts_on)
    if kind is not None:
        query = query.where(DatedTitle.kind == kind)
    found: dict[tuple[str, str], list[Called]] = {}
    for row in (session or db.session()).scalars(query):
        found.setdefault((row.kind, row.code), []).append(Called(row.id, row.starts_on, row.title))
    return found


def title_on(called: Sequence[Called], day: date, otherwise: str) -> str:
    """What something was or will be called on a day."""
    held = [one.title for one in called if one.starts_on <= day]
    return held[-1] if held else otherwise


def _grouped(session: Session, query: Any) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for key, code in session.execute(query):
        found[key] = (*found.get(key, ()), code)
    return found


def _module(row: Module, equivalents: tuple[str, ...]) -> rules.Module:
    words = row.descriptive
    return rules.Module(
        row.code,
        row.title,
        row.minutes,
        row.evidence,
        equivalents,
        words.get("summary"),
        tuple(words.get("objectives", ())),
        tuple(words.get("links", ())),
        tuple(words.get("after", ())),
        tuple(words.get("ideally_after", ())),
    )


def _requirement(row: Requirement, modules: tuple[str, ...]) -> rules.Requirement:
    return rules.Requirement(
        row.code,
        row.title,
        modules,
        row.level,
        row.starts_on,
        row.ends_on,
        row.audience,
        rules.due_from_json(row.due),
        row.repeat,
        row.summary,
        row.champions_see_names,
    )


def _gate(row: Gate, needs: tuple[str, ...]) -> rules.Gate:
    return rules.Gate(
        row.code, tuple(row.unit_kinds), needs, row.percent, row.starts_on, row.audience, row.title, row.summary
    )
