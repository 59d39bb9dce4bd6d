"""The facts of one institution as plain values, for the naive reading only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

AUDIENCE_KEYS = {"categories", "roles", "units", "functions"}

Audience = Mapping[str, tuple[str, ...]]
"""The keys that were given, each with its values; a key that was not given is absent and means everybody."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One dated row of a unit; `start` and `end` are the file's `from` and `to`."""

    code: str
    start: date | None
    end: date | None
    name: str
    kind: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A person."""

    person_id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Appointment:
    """A post somebody holds in a unit; only a primary one makes the unit a home."""

    person_id: str
    unit: str
    category: str
    role: str
    fte: str
    primary: bool
    start: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A committee or search somebody sits on for a time."""

    person_id: str
    function: str
    start: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """A leave of absence."""

    person_id: str
    start: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """A waiver; an empty requirement or module stands for all of them."""

    person_id: str
    requirement: str
    module: str
    start: date
    end: date | None
    reason: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class Completion:
    """One entry of the log; `corrects` names the entry it replaces, or is empty."""

    id: str
    person_id: str
    module: str
    completed_on: date
    source: str
    state: str
    minutes: int
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class GateOverride:
    """A decision that a gate opened for a unit on a day, whatever the counts."""

    gate: str
    unit: str
    opened_on: date
    reason: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class Champion:
    """Somebody who helps in a unit; changes no figure."""

    person_id: str
    unit: str
    kind: str
    fte: str
    start: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Module:
    """A module; `texts` holds the descriptive keys as they were written."""

    code: str
    title: str
    minutes: int = 60
    evidence: str = "attestation"
    equivalents: tuple[str, ...] = ()
    texts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Repeat:
    """A repeat rule: `months` set, or `cycle` (and perhaps `due_by`) set as MM-DD, or nothing set for once."""

    months: int | None = None
    cycle: str = ""
    due_by: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement; `start` and `end` are the file's `from` and `to`."""

    code: str
    title: str
    modules: tuple[str, ...]
    level: str
    start: date
    end: date | None = None
    audience: Audience = field(default_factory=dict)
    due_date: date | None = None
    due_days: int | None = None
    repeat: Repeat = Repeat()
    texts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate; `start` is the file's `from`."""

    code: str
    unit_kinds: tuple[str, ...]
    needs: tuple[str, ...]
    percent: int
    start: date
    audience: Audience = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything one institution knows; the lists are in file order."""

    units: list[Unit] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    leaves: list[Leave] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)
    completions: list[Completion] = field(default_factory=list)
    gate_overrides: list[GateOverride] = field(default_factory=list)
    champions: list[Champion] = field(default_factory=list)
    modules: list[Module] = field(default_factory=list)
    requirements: list[Requirement] = field(default_factory=list)
    gates: list[Gate] = field(default_factory=list)
