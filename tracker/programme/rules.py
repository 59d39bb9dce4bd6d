"""What differs between two curricula, and curricula with one thing changed. Pure."""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from tracker.curriculum.rules import (
    Curriculum,
    Gate,
    Module,
    Requirement,
    read_gate,
    read_module,
    read_requirement,
)

Entry = Module | Requirement | Gate


class Kind(StrEnum):
    """What a curriculum consists of."""

    MODULE = "module"
    REQUIREMENT = "requirement"
    GATE = "gate"


class How(StrEnum):
    """How a change came about."""

    FORM = "form"
    FILE = "file"
    RESTORED = "restored"
    RENAMED = "renamed"
    TURNED = "turned"
    DIRECT = "direct"


class Deed(StrEnum):
    """What becomes of a thing."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class Reach(StrEnum):
    """Whom an audience lets through, before one looks at its parts."""

    EVERYBODY = "everybody"
    SOME = "some"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Difference:
    """A thing that differs between two curricula; none where it is not there."""

    kind: Kind
    code: str
    before: Entry | None
    after: Entry | None

    @property
    def deed(self) -> Deed:
        """What becomes of it."""
        if self.before is None:
            return Deed.ADDED
        return Deed.CHANGED if self.after is not None else Deed.REMOVED

    @property
    def title(self) -> str:
        """What it is called, afterwards where it is still there."""
        entry = self.after or self.before
        return (entry.title if entry else None) or self.code


def kind_of(entry: Entry) -> Kind:
    """Which kind of thing this is."""
    if isinstance(entry, Module):
        return Kind.MODULE
    return Kind.REQUIREMENT if isinstance(entry, Requirement) else Kind.GATE


def entry_of(kind: Kind, table: str) -> Entry:
    """One thing from its table of the file, as former states keep it."""
    readers: Mapping[Kind, Callable[[Mapping[str, Any]], Entry]] = {
        Kind.MODULE: read_module,
        Kind.REQUIREMENT: read_requirement,
        Kind.GATE: read_gate,
    }
    return readers[kind](tomllib.loads(table)[kind][0])


def entries(curriculum: Curriculum) -> dict[tuple[Kind, str], Entry]:
    """Everything in it by kind and code, in the order of the file."""
    everything: Iterable[Entry] = (*curriculum.modules, *curriculum.requirements, *curriculum.gates)
    return {(kind_of(entry), entry.code): entry for entry in everything}


def made_of(found: Iterable[Entry]) -> Curriculum:
    """A curriculum of these things, in this order."""
    parts = list(found)
    return Curriculum(
        tuple(one for one in parts if isinstance(one, Module)),
        tuple(one for one in parts if isinstance(one, Requirement)),
        tuple(one for one in parts if isinstance(one, Gate)),
    )


def differences(before: Curriculum, after: Curriculum) -> list[Difference]:
    """What differs, in the order of the curriculum; only the order of things makes no difference."""
    old, new = entries(before), entries(after)
    return [
        Difference(*key, old.get(key), new.get(key))
        for key in dict.fromkeys((*old, *new))
        if old.get(key) != new.get(key)
    ]


def with_entry(curriculum: Curriculum, entry: Entry) -> Curriculum:
    """The curriculum with one thing put in, or in the place of what has its code."""
    return made_of({**entries(curriculum), (kind_of(entry), entry.code): entry}.values())


def without(curriculum: Curriculum, kind: Kind, code: str) -> Curriculum:
    """The curriculum without one thing."""
    return made_of(entry for key, entry in entries(curriculum).items() if key != (kind, code))


def in_order_of(curriculum: Curriculum, wanted: Curriculum) -> Curriculum:
    """What is wanted, in the order in which the curriculum has it; new things last. So it will be kept."""
    new = entries(wanted)
    return made_of(new[key] for key in dict.fromkeys((*entries(curriculum), *new)) if key in new)


def doubtful_codes(changes: Iterable[Difference], wanted: Curriculum) -> list[str]:
    """New codes that are easily taken for others, or that count as two modules: allowed, but to be looked at again."""
    found = []
    for change in changes:
        if change.after is None:
            continue
        new = sorted(_codes_of(change.after) - (_codes_of(change.before) if change.before else set()))
        others = [one for (kind, code), one in entries(wanted).items() if kind is change.kind and code != change.code]
        for code in new:
            found += [words for other in others for words in _doubts(change, code, other)]
    return found


def _codes_of(entry: Entry) -> set[str]:
    return {entry.code, *(entry.equivalents if isinstance(entry, Module) else ())}


def _doubts(change: Difference, code: str, other: Entry) -> Iterator[str]:
    """What a new code has to do with another thing of its kind."""
    for there in sorted(_codes_of(other)):
        if there != code and there.casefold() == code.casefold():
            yield f"{code} differs from {there} of {other.title or other.code} only in small and capital letters."
    if code in _codes_of(other):
        both = "what is recorded under it will count as both modules"
        yield f"{code} counts as {other.title} ({other.code}) too: {both}."


def fingerprint(text: str) -> str:
    """A short mark of a curriculum's text: another one means that something changed."""
    return sha256(text.encode()).hexdigest()[:16]


def with_former(curriculum: Curriculum, kind: Kind, code: str, former: Entry | None) -> Curriculum:
    """The curriculum with one thing as it was before: put back, or taken out where it was not there."""
    return without(curriculum, kind, code) if former is None else with_entry(curriculum, former)


def reach_of(audience: Mapping[str, Any] | None) -> Reach:
    """Whether an audience is everybody, nobody (a list that is given but empty), or some."""
    if not audience:
        return Reach.EVERYBODY
    return Reach.SOME if all(audience.values()) else Reach.NOBODY
