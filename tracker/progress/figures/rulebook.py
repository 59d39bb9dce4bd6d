"""Definitions of the curriculum turned into rules: frozen as JSON in a revision, remembered as objects."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, bindparam, select, type_coerce
from sqlalchemy.orm import Session

from tracker.core.database import Base, db
from tracker.core.days import NEVER_AFTER
from tracker.curriculum import rules as definitions
from tracker.progress.figures import counts
from tracker.progress.models import Revision, Stage
from tracker.progress.rules import Audience, Cycle, GateRule, Level, ModuleRule, Months, Rule

Json = dict[str, Any]
Within = Callable[[Sequence[str]], Mapping[int, Sequence[tuple[int, int]]]]
"""For unit codes: each unit that ever lies at or below one of them, with the periods in which it does."""


def requirement_json(
    requirement: definitions.Requirement, modules: Mapping[str, definitions.Module], within: Within
) -> Json:
    """A requirement's rule as a revision keeps it."""
    due = requirement.due or {}
    return {
        "code": requirement.code,
        "level": requirement.level,
        "modules": [_module_json(modules[code]) for code in requirement.modules],
        "first": requirement.first.toordinal(),
        "last": NEVER_AFTER if requirement.last is None else requirement.last.toordinal(),
        "audience": _audience_json(requirement.audience, within),
        "due_date": due["date"].toordinal() if "date" in due else None,
        "days_after_start": due.get("days_after_start"),
        "repeat": dict(requirement.repeat) if requirement.repeat else None,
    }


def gate_json(gate: definitions.Gate, modules: Mapping[str, definitions.Module], within: Within) -> Json:
    """A gate's rule as a revision keeps it."""
    return {
        "needs": [_module_json(modules[code]) for code in gate.needs],
        "audience": _audience_json(gate.audience, within),
        "unit_kinds": list(gate.unit_kinds),
        "percent": gate.percent,
        "first": gate.first.toordinal(),
    }


def _module_json(module: definitions.Module) -> Json:
    return {
        "code": module.code,
        "courses": sorted({module.code, *module.equivalents}),
        "needs_verification": module.evidence == "verification",
    }


def _audience_json(audience: Mapping[str, Any] | None, within: Within) -> Json:
    given = dict(audience or {})
    if "units" in given:
        given["units"] = {str(unit): list(periods) for unit, periods in within(given["units"]).items()}
    return given


def horizon_of(rule: Json, today: date) -> int:
    """The last day a rule's spans reach: all time, but where cycles recur, the end of the one with the last kept day.

    No kept day may lie past the horizon of any rule: its counts would be short of that rule's people.
    """
    cycle = (rule.get("repeat") or {}).get("cycle")
    if cycle is None:
        return NEVER_AFTER
    last = counts.days_to_keep(today)[-1]
    start = date.fromisoformat(f"{last.year}-{cycle}")
    return start.replace(year=last.year + (start <= last)).toordinal() - 1


def new_key() -> str:
    """A name of one revision alone, in whatever database."""
    return secrets.token_hex(8)


@dataclass(frozen=True, slots=True)
class Measure:
    """A revision ready to be worked with: a requirement's rule or a gate's, its horizon, and its items in order.

    The items of a requirement are its modules', then, if it has several, the one of the `*` row.
    """

    revision_id: int
    requirement_id: int | None
    gate_id: int | None
    stage: Stage
    horizon: int
    item_ids: tuple[int, ...]
    rule: Rule | None
    gate: GateRule | None
    gate_percent: int = 0
    gate_first: int = 0
    gate_kinds: frozenset[str] = frozenset()

    @property
    def courses(self) -> frozenset[str]:
        """Every course code whose completions matter here."""
        modules = self.rule.modules if self.rule else self.gate.needs if self.gate else ()
        return frozenset(code for module in modules for code in module.courses)


_revision, _item = Base.metadata.tables["revision"], Base.metadata.tables["item"].c
REVISIONS = (
    select(
        _revision.c.id,
        _revision.c.key,
        _revision.c.requirement_id,
        _revision.c.gate_id,
        _revision.c.stage,
        type_coerce(_revision.c.horizon, Integer).label("horizon"),
        _item.id.label("item_id"),
    )
    .join_from(_revision, Base.metadata.tables["item"], _item.revision_id == _revision.c.id)
    .where(_revision.c.stage.in_(bindparam("stages", expanding=True)))
    .order_by(_revision.c.id, _item.position)
)


def measures(session: Session | None = None, stages: Iterable[Stage] = (Stage.LIVE, Stage.BUILDING)) -> list[Measure]:
    """The revisions in these stages, in order of their id."""
    session = session or db.session()
    rows = session.connection().execute(REVISIONS, {"stages": [stage.value for stage in stages]}).all()
    items: dict[int, list[int]] = {}
    heads = {}
    for row in rows:
        items.setdefault(row.id, []).append(row.item_id)
        heads[row.id] = row
    return [_measure(session, row, tuple(items[row.id])) for row in heads.values()]


def on_trial(rule: Json, today: date) -> Measure:
    """A measure of a rule that no revision has yet, to find out what it would change; its items count from 1."""
    modules = len(rule.get("modules", ()))
    head = (0, None, None, Stage.BUILDING, horizon_of(rule, today))
    return _as_measure(parse(rule), head, tuple(range(1, modules + 1 + (modules != 1))))


def _measure(session: Session, row: Any, item_ids: tuple[int, ...]) -> Measure:
    head = (row.id, row.requirement_id, row.gate_id, row.stage, row.horizon)
    return _as_measure(_remembered(row.key, session), head, item_ids)


def _as_measure(
    rule: "Rule | _Gate", head: tuple[int, int | None, int | None, Stage, int], item_ids: tuple[int, ...]
) -> Measure:
    gate = rule if isinstance(rule, _Gate) else None
    return Measure(
        *head,
        item_ids,
        rule if isinstance(rule, Rule) else None,
        gate.rule if gate else None,
        gate.percent if gate else 0,
        gate.first if gate else 0,
        gate.kinds if gate else frozenset(),
    )


@dataclass(frozen=True, slots=True)
class _Gate:
    rule: GateRule
    percent: int
    first: int
    kinds: frozenset[str]


_memory: dict[str, Rule | _Gate] = {}
MOST_REMEMBERED = 2_000


def _remembered(key: str, session: Session) -> Rule | _Gate:
    """The rule of a revision, which never changes: read once by each process."""
    if (found := _memory.get(key)) is None:
        found = parse(session.scalars(select(Revision.rule).where(Revision.key == key)).one())
        if len(_memory) >= MOST_REMEMBERED:
            _memory.clear()
        _memory[key] = found
    return found


def parse(rule: Json) -> Rule | _Gate:
    """A rule from its JSON."""
    if "needs" in rule:
        needs = [_module(module) for module in rule["needs"]]
        gate = GateRule(needs, _audience(rule["audience"]))
        return _Gate(gate, rule["percent"], rule["first"], frozenset(rule["unit_kinds"]))
    return Rule(
        code=rule["code"],
        level=Level(rule["level"]),
        modules=[_module(module) for module in rule["modules"]],
        first=rule["first"],
        last=rule["last"],
        audience=_audience(rule["audience"]),
        due_date=rule["due_date"],
        days_after_start=rule["days_after_start"],
        repeat=_repeat(rule["repeat"]),
    )


def _module(module: Json) -> ModuleRule:
    return ModuleRule(module["code"], frozenset(module["courses"]), module["needs_verification"])


def _audience(audience: Json) -> Audience:
    def words(key: str) -> frozenset[str] | None:
        return frozenset(audience[key]) if key in audience else None

    units = None
    if "units" in audience:
        units = {int(unit): [(a, b) for a, b in periods] for unit, periods in audience["units"].items()}
    return Audience(words("categories"), words("roles"), words("functions"), units)


def _repeat(repeat: Json | None) -> Months | Cycle | None:
    if repeat is None:
        return None
    if "months" in repeat:
        return Months(repeat["months"])
    return Cycle(_month_day(repeat["cycle"]), _month_day(repeat["due_by"]) if "due_by" in repeat else None)


@lru_cache(maxsize=400)
def _month_day(text: str) -> tuple[int, int]:
    return int(text[:2]), int(text[3:])
