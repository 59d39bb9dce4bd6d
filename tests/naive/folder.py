"""The folder of plain files the facts live in, read and written for the naive reading only."""

import csv
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import tomli_w

from .facts import (
    AUDIENCE_KEYS,
    Appointment,
    Audience,
    Champion,
    Completion,
    Facts,
    Function,
    Gate,
    GateOverride,
    Leave,
    Module,
    Person,
    Repeat,
    Requirement,
    Unit,
    Waiver,
)

MODULE_TEXTS = {"summary", "objectives", "links", "after", "ideally_after"}
REQUIREMENT_TEXTS = {"summary", "champions_see_names"}

# What each file holds: its columns, in the order of the dataclass's fields, and the dataclass.
TABLES: dict[str, tuple[str, Callable[..., Any]]] = {
    "units": ("code,from,to,name,kind,parent", Unit),
    "people": ("person_id,name,email", Person),
    "appointments": ("person_id,unit,category,role,fte,primary,start,end", Appointment),
    "functions": ("person_id,function,start,end", Function),
    "leaves": ("person_id,start,end", Leave),
    "waivers": ("person_id,requirement,module,start,end,reason,approved_by", Waiver),
    "completions": ("id,person_id,module,completed_on,source,state,minutes,corrects", Completion),
    "gate_overrides": ("gate,unit,opened_on,reason,approved_by", GateOverride),
    "champions": ("person_id,unit,kind,fte,start,end", Champion),
}
REQUIRED_FILES = {"units", "people", "appointments"}


def read_folder(path: Path) -> Facts:
    """Read a folder of plain files; raises ValueError for an unknown column or key, KeyError for a missing one."""
    tables = {name: _read_table(path, name) for name in TABLES}
    curriculum = tomllib.loads((path / "curriculum.toml").read_text(encoding="utf-8"))
    _known(curriculum, {"module", "requirement", "gate"})
    return Facts(
        **tables,
        modules=[_module(one) for one in curriculum.get("module", [])],
        requirements=[_requirement(one) for one in curriculum.get("requirement", [])],
        gates=[_gate(one) for one in curriculum.get("gate", [])],
    )


def write_folder(facts: Facts, path: Path) -> None:
    """Write the facts as a folder of plain files, which `read_folder` reads back without loss."""
    path.mkdir(parents=True, exist_ok=True)
    for table, (columns, _) in TABLES.items():
        with (path / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns.split(","))
            for row in getattr(facts, table):
                writer.writerow([_to_cell(getattr(row, name)) for name in row.__slots__])
    curriculum = {
        "module": [_module_keys(one) for one in facts.modules],
        "requirement": [_requirement_keys(one) for one in facts.requirements],
        "gate": [_gate_keys(one) for one in facts.gates],
    }
    (path / "curriculum.toml").write_text(tomli_w.dumps(curriculum), encoding="utf-8")


def _read_table(path: Path, name: str) -> list[Any]:
    columns, make = TABLES[name]
    file = path / f"{name}.csv"
    if not file.exists() and name not in REQUIRED_FILES:
        return []
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        _known(reader.fieldnames or [], set(columns.split(",")))
        return [make(*(_from_cell(column, row[column]) for column in columns.split(","))) for row in reader]


def _from_cell(column: str, cell: str) -> object:
    """The value of a cell: days, whole numbers and yes/no by the column's name, everything else text."""
    if column in {"from", "to", "start", "end", "completed_on", "opened_on"}:
        return date.fromisoformat(cell) if cell else None
    if column == "minutes":
        return int(cell)
    if column == "primary":
        return {"yes": True, "no": False}[cell]
    return cell


def _to_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _known(keys: Iterable[str], allowed: set[str]) -> None:
    unknown = set(keys) - allowed
    if unknown:
        raise ValueError(f"unknown: {sorted(unknown)}")


def _given(keys: Mapping[str, Any]) -> dict[str, Any]:
    """Only the keys that say something; the number 0 does."""
    return {key: value for key, value in keys.items() if value not in (None, "", (), {})}


def _module(keys: dict[str, Any]) -> Module:
    _known(keys, {"code", "title", "minutes", "evidence", "equivalents"} | MODULE_TEXTS)
    return Module(
        code=keys["code"],
        title=keys["title"],
        minutes=keys["minutes"],
        evidence=keys.get("evidence", "attestation"),
        equivalents=tuple(keys.get("equivalents", ())),
        texts={key: keys[key] for key in MODULE_TEXTS & keys.keys()},
    )


def _module_keys(module: Module) -> dict[str, Any]:
    keys = {"code": module.code, "title": module.title, "minutes": module.minutes, "evidence": module.evidence}
    return {**keys, **_given({"equivalents": module.equivalents}), **module.texts}


def _audience(keys: dict[str, list[str]]) -> Audience:
    _known(keys, AUDIENCE_KEYS)
    return {key: tuple(values) for key, values in keys.items()}


def _requirement(keys: dict[str, Any]) -> Requirement:
    _known(keys, {"code", "title", "modules", "level", "from", "to", "audience", "due", "repeat"} | REQUIREMENT_TEXTS)
    due = keys.get("due", {})
    _known(due, {"date", "days_after_start"})
    return Requirement(
        code=keys["code"],
        title=keys["title"],
        modules=tuple(keys["modules"]),
        level=keys["level"],
        start=keys["from"],
        end=keys.get("to"),
        audience=_audience(keys.get("audience", {})),
        due_date=due.get("date"),
        due_days=due.get("days_after_start"),
        repeat=_repeat(keys.get("repeat", "once")),
        texts={key: keys[key] for key in REQUIREMENT_TEXTS & keys.keys()},
    )


def _repeat(rule: str | dict[str, Any]) -> Repeat:
    if rule == "once":
        return Repeat()
    if not isinstance(rule, dict) or not rule:
        raise ValueError(f"unknown kind of repeat: {rule}")
    _known(rule, {"months"} if "months" in rule else {"cycle", "due_by"})
    return Repeat(**rule)


def _requirement_keys(one: Requirement) -> dict[str, Any]:
    due = _given({"date": one.due_date, "days_after_start": one.due_days})
    repeat = _given({"months": one.repeat.months, "cycle": one.repeat.cycle, "due_by": one.repeat.due_by})
    keys = {"code": one.code, "title": one.title, "modules": one.modules, "level": one.level, "from": one.start}
    optional = _given({"to": one.end, "audience": one.audience, "due": due, "repeat": repeat})
    return {**keys, **optional, **one.texts}


def _gate(keys: dict[str, Any]) -> Gate:
    _known(keys, {"code", "unit_kinds", "needs", "percent", "from", "audience"})
    return Gate(
        code=keys["code"],
        unit_kinds=tuple(keys["unit_kinds"]),
        needs=tuple(keys["needs"]),
        percent=keys["percent"],
        start=keys["from"],
        audience=_audience(keys.get("audience", {})),
    )


def _gate_keys(gate: Gate) -> dict[str, Any]:
    keys = {"code": gate.code, "unit_kinds": gate.unit_kinds, "needs": gate.needs}
    return {**keys, "percent": gate.percent, "from": gate.start, **_given({"audience": gate.audience})}
