"""A former state as it can be put back: what was added since and cannot be removed stays, and asks or counts nobody."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from tracker.core.words import sentence_list
from tracker.curriculum.rules import Curriculum, Gate, Module, Requirement
from tracker.programme.commands.editing import refusals
from tracker.programme.rules import Entry, Kind, Reach, entries, made_of, reach_of
from tracker.programme.words import day_words

NOBODY: Mapping[str, list[str]] = {"categories": []}
Key = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class Restorable:
    """What of a former state can be put back, and sentences for the office on what stays beside it."""

    curriculum: Curriculum
    notes: list[str]


def restorable(session: Session, current: Curriculum, wanted: Curriculum, today: date) -> Restorable:
    """A former state with what has to stay of what is there now. What cannot be helped so is left to be refused."""
    now, then = entries(current), entries(wanted)
    notes, found = [], dict(then)
    for refusal in refusals(session, current, wanted):
        module = found.get((Kind.MODULE, refusal.code))
        if refusal.course and isinstance(module, Module):
            found[Kind.MODULE, refusal.code] = replace(module, equivalents=(*module.equivalents, refusal.course))
            notes.append(f"{refusal.course} goes on counting as {module.title}: {refusal.because}.")
    for key, reasons in _staying(session, current, wanted).items():
        found[key] = closed(now[key], today)
        notes.append(f"{now[key].title or key[1]} ({key[1]}) {_told(found[key], today)}: {sentence_list(reasons)}.")
    return Restorable(made_of(found.values()), notes)


def _staying(session: Session, current: Curriculum, wanted: Curriculum) -> dict[Key, list[str]]:
    """What was added since and cannot be removed, with why; with it the modules that it names."""
    now, then = entries(current), entries(wanted)
    found: dict[Key, list[str]] = {}
    for refusal in refusals(session, current, wanted):
        key = (refusal.kind, refusal.code)
        if key in now and key not in then:
            found.setdefault(key, []).append(refusal.because)
    waiting = list(found)
    while waiting:
        kept = now[waiting.pop()]
        for code in _named_by(kept):
            key = (Kind.MODULE, code)
            if key not in then and key not in found:
                found[key] = [f"{kept.title or kept.code} names it"]
                waiting.append(key)
    return found


def _named_by(entry: Entry) -> tuple[str, ...]:
    if isinstance(entry, Module):
        return (*entry.after, *entry.ideally_after)
    return entry.modules if isinstance(entry, Requirement) else entry.needs


def closed(entry: Entry, today: date) -> Entry:
    """A thing that stays without asking or counting anybody from today on; a requirement keeps its past where it has
    one. A module only counts where something asks for it."""
    if isinstance(entry, Module) or reach_of(entry.audience) is Reach.NOBODY:
        return entry
    if isinstance(entry, Requirement):
        if entry.last is not None and entry.last < today:
            return entry
        if entry.first < today:
            return replace(entry, last=today - timedelta(days=1))
    return replace(entry, audience=NOBODY)


def _told(entry: Entry, today: date) -> str:
    """In which form it stays."""
    if isinstance(entry, Module):
        return "was added since and stays"
    if isinstance(entry, Gate):
        return "was added since and stays, but counts nobody"
    if entry.last is not None and entry.last < today:
        return f"was added since and stays, but asks nobody after {day_words(entry.last)}"
    return "was added since and stays, but asks nobody"
