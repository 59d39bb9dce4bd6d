"""The plan of the sample institution, read from `data/sample`: its units, names and habits."""

import csv
import io
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[3] / "data" / "sample"
YEAR = re.compile(r"\{year([+-]\d+)?\}")

Weights = Mapping[str, int]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One dated row of units.csv."""

    code: str
    from_: date | None
    to: date | None
    name: str
    kind: str
    parent: str


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """A unit as it stands on the day: how many people it has now, and the share who finish the intro sequence."""

    code: str
    kind: str
    parent: str
    people: int
    pace: float
    mix: str
    opened: date | None
    closed: date | None

    @property
    def is_standing(self) -> bool:
        """Whether it has people and has existed all along, so that anybody may have come from here."""
        return self.people > 0 and not self.opened and not self.closed


@dataclass(frozen=True, slots=True)
class Pool:
    """Names that are often heard together."""

    weight: int
    given: tuple[str, ...]
    family: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CastMember:
    """A person known by name; what happens to her is written in days before the day of the sample."""

    name: str
    account: str
    about: str
    jobs: tuple[Mapping[str, Any], ...]
    functions: tuple[Mapping[str, Any], ...]
    champion: tuple[Mapping[str, Any], ...]
    done: Mapping[str, int]
    claimed: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Account:
    """An account of somebody who is not a person of the school."""

    email: str
    account: str
    about: str


@dataclass(frozen=True, slots=True)
class Committee:
    """A committee: how many sit on it, sat on it, and joined it lately (in days before the day)."""

    function: str
    members: int
    former: int
    joined_lately: tuple[int, ...]
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WaiverPlan:
    """Waivers of one sort: `since` in days before the day, `until` in days after it."""

    people: int
    requirements: tuple[str, ...]
    modules: tuple[str, ...]
    since: Span
    until: Span | None
    reason: str


@dataclass(frozen=True, slots=True)
class Merger:
    """A unit that was closed, and how many of its people work in another now."""

    closed: str
    into: str
    people: int


@dataclass(frozen=True, slots=True)
class OverridePlan:
    """A unit whose gate was opened by a decision, so many days before the day."""

    unit: str
    opened: int
    reason: str


@dataclass(frozen=True, slots=True)
class Module:
    """What the sample needs to know of a module."""

    code: str
    minutes: int
    needs_verification: bool


@dataclass(frozen=True, slots=True)
class Requirement:
    """What the sample needs to know of a requirement."""

    code: str
    modules: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the sample is made from, for one day."""

    today: date
    unit_rows: tuple[UnitRow, ...]
    units: Mapping[str, UnitPlan]
    pools: tuple[Pool, ...]
    cast: tuple[CastMember, ...]
    curriculum: str
    modules: Mapping[str, Module]
    requirements: Mapping[str, Requirement]
    gate: str
    gate_categories: tuple[str, ...]
    people: int
    coming: int
    mail_domain: str
    one_person_short: str
    mixes: Mapping[str, Weights]
    roles: Mapping[str, Mapping[str, Weights]]
    share: Mapping[str, float]
    mergers: tuple[Merger, ...]
    committees: tuple[Committee, ...]
    waivers: tuple[WaiverPlan, ...]
    overrides: tuple[OverridePlan, ...]
    champion_divisions: tuple[str, ...]
    champion_predecessors: tuple[str, ...]

    @property
    def year(self) -> int:
        """The year in which the academic year of the day began."""
        return academic_year(self.today)

    @property
    def departments(self) -> tuple[str, ...]:
        """The codes of all departments."""
        return tuple(code for code, unit in self.units.items() if unit.kind == "department")

    def before(self, days: int) -> date:
        """The day so many days before the day of the sample."""
        return self.today - timedelta(days=days)

    def top(self, code: str) -> str:
        """The department or office a unit belongs to, as the tree stands on the day."""
        unit = self.units[code]
        is_top = unit.parent not in self.units or not self.units[unit.parent].parent
        return code if is_top else self.top(unit.parent)


def academic_year(day: date) -> int:
    """The year in which the academic year that holds a day began, on 1 July."""
    return day.year if day.month >= 7 else day.year - 1


def load_plan(today: date) -> Plan:
    """Read the plan for a day."""
    school, curriculum = _toml("school.toml"), _text("curriculum.toml", today)
    parsed = tomllib.loads(curriculum)
    gate = parsed["gate"][0]
    unit_rows, units = _units(today)
    return Plan(
        today=today,
        unit_rows=unit_rows,
        units=units,
        pools=tuple(_pool(one) for one in _toml("names.toml")["pool"]),
        cast=load_cast(),
        curriculum=curriculum,
        modules={one["code"]: _module(one) for one in parsed["module"]},
        requirements={one["code"]: _requirement(one) for one in parsed["requirement"]},
        gate=gate["code"],
        gate_categories=tuple(gate["audience"]["categories"]),
        people=school["people"],
        coming=school["coming"],
        mail_domain=school["mail_domain"],
        one_person_short=school["one_person_short"],
        mixes=school["mix"],
        roles=school["role"],
        share=school["share"],
        mergers=tuple(Merger(**one) for one in school["merger"]),
        committees=tuple(_committee(one) for one in school["committee"]),
        waivers=tuple(_waiver(one) for one in school["waiver"]),
        overrides=tuple(OverridePlan(**one) for one in school["override"]),
        champion_divisions=tuple(school["champions"]["divisions"]),
        champion_predecessors=tuple(school["champions"]["predecessors"]),
    )


@cache
def load_cast() -> tuple[CastMember, ...]:
    """The people known by name; the same on every day."""
    return tuple(
        CastMember(
            name=one["name"],
            account=one.get("account", ""),
            about=one["about"],
            jobs=tuple(one["jobs"]),
            functions=tuple(one.get("functions", ())),
            champion=tuple(one.get("champion", ())),
            done=one["done"],
            claimed=one.get("claimed", {}),
        )
        for one in _toml("cast.toml")["person"]
    )


def load_accounts() -> tuple[Account, ...]:
    """The accounts of those who are not people of the school."""
    return tuple(Account(**one) for one in _toml("cast.toml")["account"])


def _text(name: str, today: date) -> str:
    """A file of the plan, with `{year-2}` and the like filled in."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    return YEAR.sub(lambda found: str(academic_year(today) + int(found[1] or 0)), text)


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def _units(today: date) -> tuple[tuple[UnitRow, ...], dict[str, UnitPlan]]:
    """All rows of units, and each unit as it stands on the day; the first row of a unit says how it is peopled."""
    rows: list[UnitRow] = []
    units: dict[str, UnitPlan] = {}
    for line in csv.DictReader(io.StringIO(_text("units.csv", today))):
        row = UnitRow(line["code"], _day(line["from"]), _day(line["to"]), line["name"], line["kind"], line["parent"])
        first = units.get(row.code)
        rows.append(row)
        units[row.code] = UnitPlan(
            code=row.code,
            kind=row.kind,
            parent=row.parent,
            people=first.people if first else int(line["people"]),
            pace=first.pace if first else float(line["pace"] or 0),
            mix=first.mix if first else line["mix"],
            opened=first.opened if first else row.from_,
            closed=row.to,
        )
    return tuple(rows), units


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _pool(one: Mapping[str, Any]) -> Pool:
    return Pool(one["weight"], tuple(one["given"]), tuple(one["family"]))


def _module(one: Mapping[str, Any]) -> Module:
    return Module(one["code"], one["minutes"], one.get("evidence") == "verification")


def _requirement(one: Mapping[str, Any]) -> Requirement:
    return Requirement(one["code"], tuple(one["modules"]), tuple(one.get("audience", {}).get("roles", ())))


def _committee(one: Mapping[str, Any]) -> Committee:
    return Committee(
        one["function"], one["members"], one["former"], tuple(one["joined_lately"]), tuple(one["categories"])
    )


def _waiver(one: Mapping[str, Any]) -> WaiverPlan:
    until = (one["until"][0], one["until"][1]) if "until" in one else None
    since = (one["since"][0], one["since"][1])
    return WaiverPlan(one["people"], tuple(one["requirements"]), tuple(one["modules"]), since, until, one["reason"])
