"""Bring another curriculum about, whole or not at all; and say beforehand why it may not be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tracker.champions.models import TermCertificate
from tracker.core.actor import Actor
from tracker.core.database import Base, transaction
from tracker.core.errors import Invalid
from tracker.curriculum import commands as curriculum_commands
from tracker.curriculum import queries as curriculum_queries
from tracker.curriculum.rules import Curriculum, Gate, Module, Requirement
from tracker.people.models import Appointment, Function
from tracker.programme.rules import Deed, Difference, Entry, Kind, differences
from tracker.progress.figures import revisions
from tracker.progress.models import Completion, GateOverride, Item, Waiver
from tracker.progress.rules import State
from tracker.requests.models import Request
from tracker.targets.models import Target
from tracker.units.models import Unit

REMOVED_FIRST = (Kind.GATE, Kind.REQUIREMENT, Kind.MODULE)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a thing may not become what is wanted: under which key of its table, in words."""

    kind: Kind
    code: str
    key: str
    why: str


def bring_about(actor: Actor, before: Curriculum, wanted: Curriculum) -> list[Difference]:
    """Write what differs, by the commands for single things; what differed. Raises Invalid for what may not be."""
    changes = differences(before, wanted)
    with transaction(actor) as tx:
        tx.lock_shape()
        for refusal in refusals(tx.session, before, wanted):
            raise Invalid(refusal.key, refusal.why)
        for change in changes:
            if change.after is not None:
                _write(actor, change.after)
        ids = curriculum_queries.ids(tx.session)
        rows = {Kind.REQUIREMENT: ids.requirements, Kind.GATE: ids.gates}
        for kind in REMOVED_FIRST:
            for change in (one for one in changes if one.kind is kind and one.after is None):
                if kind in rows:
                    revisions.forget(tx, kind, rows[kind][change.code])
                curriculum_commands.remove(actor, kind, change.code)
    return changes


def _write(actor: Actor, entry: Entry) -> None:
    if isinstance(entry, Module):
        curriculum_commands.set_module(actor, entry)
    elif isinstance(entry, Requirement):
        curriculum_commands.set_requirement(actor, entry)
    else:
        curriculum_commands.set_gate(actor, entry)


# Why not


def refusals(session: Session, before: Curriculum, wanted: Curriculum) -> Iterator[Refusal]:
    """Everything that keeps a curriculum from being brought about, in its order. What its file may not say at all was
    refused when it was read."""
    changes = differences(before, wanted)
    units = set(session.scalars(select(Unit.code))) if any(_units_of(one.after) for one in changes) else set()
    yield from _lost_courses(session, before, wanted)
    ids = curriculum_queries.ids(session)
    for change in changes:
        for code in _units_of(change.after):
            if code not in units:
                yield Refusal(change.kind, change.code, "audience.units", f"There is no unit with the code {code}.")
        if change.deed is Deed.REMOVED:
            yield from _hangs_on(session, change, ids)


def _units_of(entry: Entry | None) -> Sequence[str]:
    audience: Mapping[str, Any] = (entry.audience or {}) if isinstance(entry, Requirement | Gate) else {}
    return list(audience.get("units", ()))


def _lost_courses(session: Session, before: Curriculum, wanted: Curriculum) -> Iterator[Refusal]:
    """Codes under which completions are recorded, and which nothing would be known by any more."""
    known = wanted.course_codes()
    lost = {
        code: (module.code, "equivalents" if code != module.code else "code")
        for module in before.modules
        for code in (module.code, *module.equivalents)
        if code not in known
    }
    if not lost:
        return
    used = (
        select(Completion.course, func.count())
        .where(Completion.state.in_(list(State)), Completion.course.in_(lost))
        .group_by(Completion.course)
        .order_by(Completion.course)
    )
    for course, number in session.execute(used):
        module, key = lost[course]
        why = f"{_told(number, 'completion is', 'completions are')} recorded under {course}, so it has to stay."
        yield Refusal(Kind.MODULE, module, key, why)


def _hangs_on(session: Session, change: Difference, ids: curriculum_queries.Ids) -> Iterator[Refusal]:
    """The facts that name a thing which would be removed, and whether it has ever counted anybody."""
    for words, model, where in _facts_about(change, ids):
        number = session.scalar(select(func.count()).select_from(model).where(where)) or 0
        if number:
            why = f"{change.title} cannot be removed: {_told(number, *words)} about it."
            yield Refusal(change.kind, change.code, "code", why)
    if change.kind is Kind.MODULE:
        return
    row_id = (ids.requirements if change.kind is Kind.REQUIREMENT else ids.gates)[change.code]
    if revisions.counts_anybody(session, change.kind, row_id):
        instead = "Give it a last day" if change.kind is Kind.REQUIREMENT else "Count nobody"
        why = f"{change.title} cannot be removed: figures of people rest on it, past ones too. {instead} instead."
        yield Refusal(change.kind, change.code, "code", why)


def _facts_about(
    change: Difference, ids: curriculum_queries.Ids
) -> list[tuple[tuple[str, str], type[Base], ColumnElement[bool]]]:
    waivers, requests = ("waiver is", "waivers are"), ("request is", "requests are")
    if change.kind is Kind.MODULE:
        row_id = ids.modules[change.code]
        return [
            (waivers, Waiver, Waiver.module_id == row_id),
            (requests, Request, Request.module_id == row_id),
            (("certificate is", "certificates are"), TermCertificate, TermCertificate.module_id == row_id),
            (("figure that pages still show is", "figures that pages still show are"), Item, Item.module_id == row_id),
        ]
    if change.kind is Kind.REQUIREMENT:
        row_id = ids.requirements[change.code]
        return [
            (waivers, Waiver, Waiver.requirement_id == row_id),
            (requests, Request, Request.requirement_id == row_id),
            (("target is", "targets are"), Target, Target.requirement_code == change.code),
        ]
    overrides = ("unit was opened by hand, which is", "units were opened by hand, which are")
    return [(overrides, GateOverride, GateOverride.gate_id == ids.gates[change.code])]


def _told(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


# What deserves a second look


def warnings(session: Session, changes: Sequence[Difference]) -> list[str]:
    """Audience values of what changes that no fact has: allowed, but likely misspelt."""
    found = []
    for change in changes:
        audience = change.after.audience if isinstance(change.after, Requirement | Gate) else None
        for key, values in (audience or {}).items():
            found += [
                f"{change.title}: nobody has “{value}” among their {key} yet. Is it spelt as in the records?"
                for value in values
                if key != "units" and not _is_met(session, key, value)
            ]
    return found


def _is_met(session: Session, key: str, value: str) -> bool:
    if key == "functions":
        fact = select(Function.id).where(Function.function == value)
    else:
        column = Appointment.category if key == "categories" else Appointment.role
        fact = select(Appointment.id).where(column == value, Appointment.is_primary)
    return session.scalar(fact.limit(1)) is not None
