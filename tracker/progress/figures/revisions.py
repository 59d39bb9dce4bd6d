"""A changed rule is worked in beside the old one: person by person, in short transactions, then swapped in one."""

import time
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Delete, delete, func, select, update
from sqlalchemy.orm import Session

from tracker.core import clock, jobs
from tracker.core.actor import system
from tracker.core.database import Transaction, db, transaction
from tracker.core.days import NEVER_AFTER
from tracker.curriculum.models import Gate, Module, Requirement
from tracker.curriculum.queries import curriculum
from tracker.people.models import Person
from tracker.progress.figures import gates, rulebook
from tracker.progress.figures.rebuild import rebuild
from tracker.progress.figures.rulebook import Json, Measure, measures
from tracker.progress.models import GateOpening, Item, Revision, Span, Stage, UnitCount
from tracker.units.models import Unit
from tracker.units.queries import tree

BUILD_JOB = "progress.build_revisions"
SECONDS_AT_WORK = 0.025
"""How long others wait for a step at most, as near as may be; what every step takes anyhow comes on top."""
PEOPLE_AT_LEAST, PEOPLE_AT_MOST = 10, 200


def before_commit(tx: Transaction) -> None:
    """The hook of every transaction: a changed rule, or a tree that an audience names, begins a revision."""
    if not tx.touched.keys() & {"requirement", "gate", "tree"}:
        return
    if "tree" in tx.touched:
        for measure in measures(tx.session):
            if measure.gate is not None:
                gates.refresh_all(tx, measure)
    begun = False
    for kind, row_id, rule in defined(tx.session):
        live = select(Revision.rule).where(_is_for(kind, row_id), Revision.stage == Stage.LIVE)
        building = select(Revision).where(_is_for(kind, row_id), Revision.stage == Stage.BUILDING)
        unfinished = tx.session.scalars(building).all()
        latest = unfinished[0].rule if unfinished else tx.session.scalar(live)
        if latest == rule:
            continue
        for revision in unfinished:
            revision.stage = Stage.RETIRED
        tx.session.flush()
        if tx.session.scalar(live) != rule:
            _begin(tx, kind, row_id, rule)
        begun = True
    if begun:
        jobs.enqueue(tx, BUILD_JOB)


def of_all_rules(tx: Transaction) -> list[Revision]:
    """A first revision of every requirement and gate, for spans that are worked out at once."""
    return [_begin(tx, kind, row_id, rule) for kind, row_id, rule in defined(tx.session)]


def renew_horizons(tx: Transaction) -> None:
    """Begin a revision of every rule that recurs and whose spans no longer reach as far as they should."""
    for measure in measures(tx.session, (Stage.LIVE,)):
        if measure.horizon == NEVER_AFTER or measure.requirement_id is None:
            continue
        live = tx.session.get_one(Revision, measure.revision_id)
        building = select(Revision.id).where(
            Revision.requirement_id == measure.requirement_id, Revision.stage == Stage.BUILDING
        )
        if rulebook.horizon_of(live.rule, tx.today) > measure.horizon and tx.session.scalar(building) is None:
            _begin(tx, "requirement", measure.requirement_id, live.rule)
            jobs.enqueue(tx, BUILD_JOB)


def counts_anybody(session: Session, kind: str, row_id: int) -> bool:
    """Whether anybody is or was ever asked by a requirement, or counted by a gate."""
    items = select(Item.id).join(Revision, Revision.id == Item.revision_id).where(_is_for(kind, row_id))
    anybody = select(Span.person_id).where(Span.unit_id.in_(select(Unit.id)), Span.item_id.in_(items)).limit(1)
    return session.scalar(anybody) is not None


def forget(tx: Transaction, kind: str, row_id: int) -> None:
    """Delete the revisions of a requirement or gate that counts nobody, so that it can be removed itself."""
    revision_ids = list(tx.session.scalars(select(Revision.id).where(_is_for(kind, row_id))))
    items = select(Item.id).where(Item.revision_id.in_(revision_ids))
    for statement in (
        delete(UnitCount).where(UnitCount.unit_id.in_(select(Unit.id)), UnitCount.item_id.in_(items)),
        delete(GateOpening).where(GateOpening.item_id.in_(items)),
        delete(Item).where(Item.revision_id.in_(revision_ids)),
        delete(Revision).where(Revision.id.in_(revision_ids)),
    ):
        tx.session.execute(statement.execution_options(synchronize_session=False))


def common_horizon(among: Iterable[Measure]) -> int:
    """The last day that the spans of all these measures reach."""
    return min((measure.horizon for measure in among), default=NEVER_AFTER)


def defined(session: Session) -> list[tuple[str, int, Json]]:
    """(kind, row id, rule) of every requirement and gate as they are defined now."""
    found = curriculum(session)
    modules = {module.code: module for module in found.modules}
    unit_ids = dict(session.execute(select(Unit.code, Unit.id)).all())
    unit_tree = tree(session)

    def within(codes: Sequence[str]) -> Any:
        return unit_tree.within([unit_ids[code] for code in codes if code in unit_ids])

    requirement_ids = dict(session.execute(select(Requirement.code, Requirement.id)).all())
    gate_ids = dict(session.execute(select(Gate.code, Gate.id)).all())
    rules = [
        ("requirement", requirement_ids[entry.code], rulebook.requirement_json(entry, modules, within))
        for entry in found.requirements
    ]
    return rules + [("gate", gate_ids[entry.code], rulebook.gate_json(entry, modules, within)) for entry in found.gates]


def _is_for(kind: str, row_id: int) -> Any:
    return (Revision.requirement_id if kind == "requirement" else Revision.gate_id) == row_id


def _begin(tx: Transaction, kind: str, row_id: int, rule: Json) -> Revision:
    """A revision in building, with its items."""
    revision = Revision(
        requirement_id=row_id if kind == "requirement" else None,
        gate_id=row_id if kind == "gate" else None,
        key=rulebook.new_key(),
        stage=Stage.BUILDING,
        rule=rule,
        horizon=date.fromordinal(rulebook.horizon_of(rule, tx.today)),
        built_to=0,
    )
    tx.session.add(revision)
    tx.session.flush()
    codes: list[str | None] = [module["code"] for module in rule["modules"]] if kind == "requirement" else []
    if len(codes) != 1:
        codes.append(None)
    module_ids = dict(tx.session.execute(select(Module.code, Module.id)).all())
    for position, code in enumerate(codes):
        module_id = None if code is None else module_ids[code]
        tx.session.add(Item(revision_id=revision.id, module_id=module_id, position=position))
        tx.session.flush()
    return revision


# The job


def build_revisions() -> None:
    """Build every begun revision to its end and swap it in; then clear away what is retired. Fit to run again."""
    build_begun()
    clear_retired()


def build_begun() -> None:
    """Build every begun revision to its end and swap it in; what is retired stays."""
    size = PEOPLE_AT_LEAST
    while True:
        with transaction(system(clock.today())) as tx:
            started = time.monotonic()
            if not _build_some(tx, size):
                break
            spent = time.monotonic() - started
        size = _next_size(size, spent)
        time.sleep(min(spent, SECONDS_AT_WORK))


def _next_size(size: int, spent: float) -> int:
    """How many persons to take after so many took so long. Never few: where a machine is slow or the disk is, most of a
    step is not for the persons in it, and fewer of them would only mean more steps."""
    fitting = int(size * SECONDS_AT_WORK / max(spent, 0.001))
    return max(PEOPLE_AT_LEAST, min(PEOPLE_AT_MOST, 2 * size, fitting))


def _build_some(tx: Transaction, size: int) -> bool:
    """Work in the next persons of the revision begun first; whether there was anything to do."""
    begun = select(Revision).where(Revision.stage == Stage.BUILDING).order_by(Revision.id).limit(1)
    revision = tx.session.scalar(begun)
    if revision is None:
        return False
    following = select(Person.id).where(Person.id > revision.built_to).order_by(Person.id).limit(size)
    person_ids = list(tx.session.scalars(following))
    if not person_ids:
        _swap(tx, revision.id)
        return True
    tx.lock_people(*person_ids)
    tx.touched.pop("person")
    among = [measure for measure in measures(tx.session, (Stage.BUILDING,)) if measure.revision_id == revision.id]
    rebuild(tx, person_ids, among)
    revision.built_to = person_ids[-1]
    return True


def _swap(tx: Transaction, revision_id: int) -> None:
    """Put a built revision in the place of the live one, unless the rule was changed again while we waited for that."""
    tx.lock_shape()
    revision = tx.session.get_one(Revision, revision_id, populate_existing=True)
    if revision.stage is not Stage.BUILDING:
        return
    place = (
        Revision.requirement_id == revision.requirement_id
        if revision.requirement_id
        else Revision.gate_id == revision.gate_id
    )
    live = update(Revision).where(place, Revision.stage == Stage.LIVE).values(stage=Stage.RETIRED)
    tx.session.execute(live)
    revision.stage = Stage.LIVE
    tx.session.flush()


def clear_retired() -> None:
    """Delete what retired revisions left, a little at a time. Fit to run again."""
    while (
        retired := db.session.scalar(select(Revision.id).where(Revision.stage == Stage.RETIRED).limit(1))
    ) is not None:
        items = list(db.session.scalars(select(Item.id).where(Item.revision_id == retired)))
        last_person = db.session.scalar(select(func.max(Person.id))) or 0
        unit_ids = list(db.session.scalars(select(Unit.id)))
        for first in range(1, last_person + 1, PEOPLE_AT_MOST):
            some = Span.person_id.between(first, first + PEOPLE_AT_MOST - 1)
            _clear(delete(Span).where(some, Span.item_id.in_(items)))
        for unit_id in unit_ids:
            _clear(delete(UnitCount).where(UnitCount.unit_id == unit_id, UnitCount.item_id.in_(items)))
        _clear(
            delete(GateOpening).where(GateOpening.item_id.in_(items)),
            delete(Item).where(Item.revision_id == retired),
            delete(Revision).where(Revision.id == retired),
        )


def _clear(*statements: Delete) -> None:
    """One short transaction, and a pause in which others write."""
    with transaction(system(clock.today())) as tx:
        for statement in statements:
            tx.session.execute(statement)
    time.sleep(SECONDS_AT_WORK)
