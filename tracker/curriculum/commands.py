"""Deeds on the curriculum: write and remove modules, requirements and gates. Each change is worked in as a revision,
by a job; each transaction that made one touches `curriculum`, for whoever keeps its former states, and `module` where
other claims have to be decided than before."""

from datetime import date
from typing import Any

from sqlalchemy import delete, select

from tracker.core import audit
from tracker.core.actor import Actor
from tracker.core.database import Base, Transaction, transaction
from tracker.core.errors import Invalid, NotFound
from tracker.curriculum import rules
from tracker.curriculum.models import DatedTitle, Equivalent, Gate, GateNeed, Module, Requirement, RequirementModule
from tracker.curriculum.queries import Ids, ids

MODELS: dict[str, type[Module | Requirement | Gate]] = {"module": Module, "requirement": Requirement, "gate": Gate}
REMOVED = {"module": "module.removed", "requirement": "requirement.removed", "gate": "gate.removed"}
CHILDREN: dict[str, type[Base]] = {"module": Equivalent, "requirement": RequirementModule, "gate": GateNeed}
CHILD_OF = {
    "module": Equivalent.module_id,
    "requirement": RequirementModule.requirement_id,
    "gate": GateNeed.gate_id,
}


def insert_all(tx: Transaction, curriculum: rules.Curriculum) -> Ids:
    """Write a whole curriculum where there is none; the numbers of its parts."""
    for module in curriculum.modules:
        _write_module(tx, module, Module())
    tx.session.flush()
    module_ids = ids(tx.session).modules
    for requirement in curriculum.requirements:
        _write_requirement(tx, requirement, Requirement(), module_ids)
    for gate in curriculum.gates:
        _write_gate(tx, gate, Gate(), module_ids)
    tx.session.flush()
    tx.touch("curriculum")
    return ids(tx.session)


def set_module(actor: Actor, module: rules.Module) -> None:
    """Write a module, new or not; every requirement and gate that names it is worked out anew."""
    with transaction(actor) as tx:
        tx.lock_shape()
        row = tx.session.scalar(select(Module).where(Module.code == module.code))
        before = audit.values_of(row) if row else None
        to_verify = _to_verify(tx, row)
        row = _write_module(tx, module, row or Module())
        _correct_title(tx, "module", module)
        tx.session.flush()
        if _to_verify(tx, row) != to_verify:
            tx.touch("module", row.id)
        audit.record(tx, "module.set", "module", row.id, before=before, after=audit.values_of(row))
        naming = select(RequirementModule.requirement_id).where(RequirementModule.module_id == row.id)
        tx.touch("requirement", *tx.session.scalars(naming))
        tx.touch("gate", *tx.session.scalars(select(GateNeed.gate_id).where(GateNeed.module_id == row.id)))
        tx.touch("curriculum")


def set_requirement(actor: Actor, requirement: rules.Requirement) -> None:
    """Write a requirement, new or not. Raises Invalid for a module that is not there."""
    with transaction(actor) as tx:
        tx.lock_shape()
        row = tx.session.scalar(select(Requirement).where(Requirement.code == requirement.code))
        before = audit.values_of(row) if row else None
        row = _write_requirement(tx, requirement, row or Requirement(), _known(tx, requirement.modules))
        _correct_title(tx, "requirement", requirement)
        audit.record(tx, "requirement.set", "requirement", row.id, before=before, after=audit.values_of(row))
        tx.touch("requirement", row.id)
        tx.touch("curriculum")


def set_gate(actor: Actor, gate: rules.Gate) -> None:
    """Write a gate, new or not. Raises Invalid for a module that is not there."""
    with transaction(actor) as tx:
        tx.lock_shape()
        row = tx.session.scalar(select(Gate).where(Gate.code == gate.code))
        before = audit.values_of(row) if row else None
        row = _write_gate(tx, gate, row or Gate(), _known(tx, gate.needs))
        audit.record(tx, "gate.set", "gate", row.id, before=before, after=audit.values_of(row))
        tx.touch("gate", row.id)
        tx.touch("curriculum")


def remove(actor: Actor, kind: str, code: str) -> None:
    """Delete a module, requirement or gate. Raises NotFound, and Conflict where anything still names it."""
    with transaction(actor) as tx:
        tx.lock_shape()
        model = MODELS[kind]
        row: Any = tx.session.scalar(select(model).where(model.code == code))
        if row is None:
            raise NotFound(f"{kind} {code}")
        audit.record(tx, REMOVED[kind], kind, row.id, before=audit.values_of(row))
        if kind == "module":
            tx.touch("module", row.id)
        tx.session.execute(delete(CHILDREN[kind]).where(CHILD_OF[kind] == row.id))
        tx.session.delete(row)
        tx.flush(f"Something still names the {kind} {code}.")
        tx.touch("curriculum")


def _to_verify(tx: Transaction, row: Module | None) -> set[str]:
    """The courses whose claims have to be decided because of a module."""
    if row is None or row.evidence != "verification":
        return set()
    others = select(Equivalent.code).where(Equivalent.module_id == row.id)
    return {row.code, *tx.session.scalars(others)}


def _correct_title(tx: Transaction, kind: str, entry: rules.Module | rules.Requirement) -> None:
    """Where titles are dated, the one that holds today is that of the thing; it goes where the one before it is the
    same."""
    named = select(DatedTitle).where(DatedTitle.kind == kind, DatedTitle.code == entry.code)
    held = named.where(DatedTitle.starts_on <= tx.today).order_by(DatedTitle.starts_on.desc()).limit(2)
    rows = tx.session.scalars(held).all()
    if not rows or rows[0].title == entry.title:
        return
    rows[0].title = entry.title
    if len(rows) == 2 and rows[1].title == entry.title:
        tx.session.delete(rows[0])
        tx.session.flush()
        forget_lone_title(tx, kind, entry.code)


def forget_lone_title(tx: Transaction, kind: str, code: str) -> None:
    """Take out the title since ever of what has no other any more: what was never renamed has none."""
    rows = tx.session.scalars(select(DatedTitle).where(DatedTitle.kind == kind, DatedTitle.code == code)).all()
    if len(rows) == 1 and rows[0].starts_on == date.min:
        tx.session.delete(rows[0])
        tx.session.flush()


def _known(tx: Transaction, codes: tuple[str, ...]) -> dict[str, int]:
    found = dict(ids(tx.session).modules)
    for code in codes:
        if code not in found:
            raise Invalid("modules", f"There is no module {code}.")
    return found


def _write_module(tx: Transaction, module: rules.Module, row: Module) -> Module:
    row.code, row.title, row.minutes, row.evidence = module.code, module.title, module.minutes, module.evidence
    words: dict[str, Any] = {
        "summary": module.summary,
        "objectives": list(module.objectives),
        "links": [dict(link) for link in module.links],
        "after": list(module.after),
        "ideally_after": list(module.ideally_after),
    }
    row.descriptive = {key: value for key, value in words.items() if value}
    tx.session.add(row)
    tx.session.flush()
    _replace(tx, Equivalent, Equivalent.module_id == row.id)
    tx.session.add_all(Equivalent(module_id=row.id, code=code) for code in module.equivalents)
    return row


def _write_requirement(
    tx: Transaction, requirement: rules.Requirement, row: Requirement, module_ids: Any
) -> Requirement:
    row.code, row.title, row.level = requirement.code, requirement.title, requirement.level
    row.starts_on, row.ends_on = requirement.first, requirement.last
    row.audience = None if requirement.audience is None else dict(requirement.audience)
    row.due = rules.due_to_json(requirement.due)
    row.repeat = None if requirement.repeat is None else dict(requirement.repeat)
    row.summary, row.champions_see_names = requirement.summary, requirement.champions_see_names
    tx.session.add(row)
    tx.session.flush()
    _replace(tx, RequirementModule, RequirementModule.requirement_id == row.id)
    tx.session.add_all(
        RequirementModule(requirement_id=row.id, module_id=module_ids[code], position=position)
        for position, code in enumerate(requirement.modules)
    )
    tx.session.flush()
    return row


def _write_gate(tx: Transaction, gate: rules.Gate, row: Gate, module_ids: Any) -> Gate:
    row.code, row.title, row.summary = gate.code, gate.title, gate.summary
    row.unit_kinds, row.percent, row.starts_on = list(gate.unit_kinds), gate.percent, gate.first
    row.audience = None if gate.audience is None else dict(gate.audience)
    tx.session.add(row)
    tx.session.flush()
    _replace(tx, GateNeed, GateNeed.gate_id == row.id)
    tx.session.add_all(
        GateNeed(gate_id=row.id, module_id=module_ids[code], position=position)
        for position, code in enumerate(gate.needs)
    )
    tx.session.flush()
    return row


def _replace(tx: Transaction, model: type[Base], where: Any) -> None:
    tx.session.execute(delete(model).where(where))
