"""Bring another curriculum about, whole or not at all; and say beforehand why it may not be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from tracker.champions.models import TermCertificate
from tracker.core.actor import Actor
from tracker.core.database import Base, transaction
from tracker.core.errors import Invalid
from tracker.curriculum import commands as curriculum_commands
from tracker.curriculum import queries as curriculum_queries
from tracker.curriculum.rules import Curriculum, Gate, Module, Requirement
from tracker.people.models import Appointment, Function
from tracker.programme.rules import Deed, Difference, Entry, Kind, Reach, differences, doubtful_codes, reach_of
from tracker.progress.figures import revisions
from tracker.progress.models import Completion, GateOverride, Item, Revision, Waiver
from tracker.progress.rules import State
from tracker.requests.models import Request
from tracker.targets.models import Target
from tracker.units.models import Unit

REMOVED_FIRST = (Kind.GATE, Kind.REQUIREMENT, Kind.MODULE)
WORKED_IN = "the last change is still being worked in, and pages show the figures before it until then"
INSTEAD = {
    Kind.REQUIREMENT: " Give it a last day: then it ends, and the past stays. To remove it with all its figures, change"
    " it first to be about nobody, save that, and remove it once the change is worked in.",
    Kind.GATE: " To remove it with all its figures, change it first to be about nobody, save that, and remove it once"
    " the change is worked in.",
}
"""What to do instead of removing something that counts people."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a thing may not become what is wanted: under which key of its table, in words. `because` is the reason alone,
    where what is there may stay beside what is wanted; `course` is the other code that it is about."""

    kind: Kind
    code: str
    key: str
    why: str
    because: str = ""
    course: str = ""


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
            yield from _hangs_on(session, change, ids, changes)


def _units_of(entry: Entry | None) -> Sequence[str]:
    return list((_audience_of(entry) or {}).get("units", ()))


def _audience_of(entry: Entry | None) -> Mapping[str, Any] | None:
    return entry.audience if isinstance(entry, Requirement | Gate) else None


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
        because = f"{_told(number, 'completion is', 'completions are')} recorded under {course}"
        other = course if key == "equivalents" else ""
        yield Refusal(Kind.MODULE, module, key, f"{because}, so it has to stay.", because, other)


def _hangs_on(
    session: Session, change: Difference, ids: curriculum_queries.Ids, changes: Sequence[Difference]
) -> Iterator[Refusal]:
    """The facts that name a thing which would be removed, and whether it has ever counted anybody."""
    for words, model, where in _facts_about(change, ids):
        number = session.scalar(select(func.count()).select_from(model).where(where)) or 0
        if number:
            yield _stays(change, f"{_told(number, *words)} about it")
    if change.kind is Kind.MODULE:
        yield from _still_shown(session, change, ids, changes)
        return
    row_id = (ids.requirements if change.kind is Kind.REQUIREMENT else ids.gates)[change.code]
    if not revisions.counts_anybody(session, change.kind, row_id):
        return
    if reach_of(_audience_of(change.before)) is Reach.NOBODY:
        yield _stays(change, WORKED_IN, " Try again once that is done.")
    else:
        yield _stays(change, "figures of people rest on it, past ones too", INSTEAD[change.kind])


def _stays(change: Difference, because: str, advice: str = "") -> Refusal:
    why = f"{change.title} cannot be removed: {because}.{advice}"
    return Refusal(change.kind, change.code, "code", why, because)


def _still_shown(
    session: Session, change: Difference, ids: curriculum_queries.Ids, changes: Sequence[Difference]
) -> Iterator[Refusal]:
    """Figures about a module that are kept by rules which would stay: nothing names it any more, so that they go as
    soon as the last change is worked in."""
    gone = {(one.kind, one.code) for one in changes if one.deed is Deed.REMOVED}
    requirements = [row_id for code, row_id in ids.requirements.items() if (Kind.REQUIREMENT, code) not in gone]
    gates = [row_id for code, row_id in ids.gates.items() if (Kind.GATE, code) not in gone]
    about = (
        select(Item.id)
        .join(Revision, Revision.id == Item.revision_id)
        .where(Item.module_id == ids.modules[change.code])
        .where(or_(Revision.requirement_id.in_(requirements), Revision.gate_id.in_(gates)))
    )
    if session.scalar(about.limit(1)) is not None:
        yield _stays(change, WORKED_IN, " Try again once that is done.")


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


def warnings(session: Session, changes: Sequence[Difference], wanted: Curriculum) -> list[str]:
    """New codes that are like others, and audience values of what changes that no fact has: allowed, but likely
    misspelt."""
    found = doubtful_codes(changes, wanted)
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
