"""Events in words: a sentence for each, and what was there before and after as people read it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tracker.core import clock
from tracker.core.audit import PRIVATE
from tracker.core.words import DASH, day, moment, plural
from tracker.terms.queries import say, words_of
from tracker.terms.rules import Term, capital
from tracker.trail.queries import ACCOUNT_KEYS, PERSON_KEYS, UNIT_KEYS, Event, Names
from tracker.trail.sentences import OWN_DEEDS_OF_ACCOUNTS, SENTENCES, SET, UnitDeed, unit_deed
from tracker.units.models import SINCE_EVER, UnitRow

ERASED = "somebody whose record was erased"
SYSTEM = "The system"
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
ISO_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(\+[0-9:]+|Z)?")

KINDS_ASKED = {
    "dispute": "another look at a status",
    "older": "an older completion to be recorded",
    "equivalence": "another course to count",
    "waiver": "a waiver",
    "accommodation": "another way to take part",
    "not-ours": "a person to be taken off a unit",
    "missing": "a person to be added to a unit",
}
LABELS = {
    "asker_id": "Asked by",
    "champions_see_names": "{Champions} see names",
    "completed_on": "Finished on",
    "course": "Module",
    "done_by": "Done by",
    "ends_on": "Last day",
    "fte": "FTE",
    "is_primary": "Home appointment",
    "made_completion_id": "Completion made",
    "made_waiver_id": "Waiver made",
    "minutes": "Minutes",
    "parent_id": "Lies below",
    "starts_on": "First day",
}
WRITTEN_OVER = frozenset({"module.set", "requirement.set", "gate.set"})
"""Deeds whose events hold all of a row, before and after."""
NOT_SHOWN = frozenset(
    {"id", "reference", "form_key", "corrects_id", "completion_id", "champion_id", "message_id", "unit_row_id", "begun"}
)
"""Keys between tables, which tell people nothing."""


@dataclass(frozen=True, slots=True)
class Change:
    """A value that is told: what it is, what it was, what it has become."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """An event as the trail lists it."""

    id: int
    at: datetime
    sentence: str
    changes: list[Change]


def line(event: Event, names: Names) -> Line:
    """An event as a line of the trail."""
    return Line(event.id, clock.local(event.at), sentence(event, names), changes(event, names))


def sentence(event: Event, names: Names) -> str:
    """What was done, by whom: "Marisol Rentería verified Ada Asked's Diversity 2.0"."""
    told = _Told(event, names)
    deed = SENTENCES[event.verb]
    text = told.unit_deed or (deed.of_own if deed.of_own is not None and told.is_own else deed.text)
    places = _Places(told)
    told_text = f"{told.who} {say(text).format_map(places)}"
    return f"{told_text} ({told.person})" if places.lack_a_name else told_text


def who(event: Event, names: Names) -> str:
    """By whom it was done."""
    return _Told(event, names).who


def changes(event: Event, names: Names) -> list[Change]:
    """What the event holds, value by value, before and after; of a row that was written over, only what differs."""
    before, after = event.before or {}, event.after or {}
    told = _Told(event, names)
    return [
        Change(_label(key, told.on), told.value(key, before.get(key)), told.value(key, after.get(key)))
        for key in dict.fromkeys([*before, *after])
        if key not in NOT_SHOWN
        and not (before.get(key) is None and after.get(key) is None)
        and not (_is_written_over(event) and before.get(key) == after.get(key))
    ]


def _is_written_over(event: Event) -> bool:
    """Whether both sides are the whole of one row. Elsewhere they are only what changed, of which private values look
    the same before and after, or two rows of which one took the other's place."""
    return event.verb in WRITTEN_OVER and event.before is not None


class _Places(dict[str, str]):
    """The places of a sentence, each filled when it is asked for."""

    def __init__(self, told: "_Told") -> None:
        super().__init__()
        self._told = told
        self.lack_a_name = False
        """Whether somebody without a name stands in it as hers: then it is said at the end who that is."""

    def __missing__(self, name: str) -> str:
        if name == "whose" and not self._told.has_name:
            self.lack_a_name = True
            return "the"
        return str(getattr(self._told, name))


@dataclass(frozen=True, slots=True)
class _Told:
    """What the places of a sentence stand for in an event."""

    event: Event
    names: Names

    @property
    def who(self) -> str:
        if (account_id := self._doer()) is None:
            return SYSTEM
        return self.names.accounts.get(account_id) or capital(ERASED)

    @property
    def is_own(self) -> bool:
        """Whether it is about whoever did it."""
        doer = self._doer()
        return doer is not None and self._person_id is not None and self.names.holders.get(doer) == self._person_id

    def _doer(self) -> int | None:
        if self.event.account_id is None and self.event.verb in OWN_DEEDS_OF_ACCOUNTS:
            return self.event.subject_id
        return self.event.account_id

    @property
    def is_of_replaced_facts(self) -> bool:
        """Whether it is about rows that a load has put others in the place of."""
        return self.names.replaced is not None and self.event.id < self.names.replaced.id

    @property
    def _person_id(self) -> int | None:
        if self.is_of_replaced_facts:
            return None
        completion = self._completion()
        return self.event.person_id if completion is None else completion[0]

    def _completion(self) -> tuple[int, str] | None:
        """Whose completion it is about, and of what, where the event itself does not say."""
        if self.event.person_id is not None:
            return None
        id_ = self.event.subject_id if self.event.kind == "completion" else self.event.values.get("completion_id")
        return self.names.completions.get(id_ or 0)

    @property
    def person(self) -> str:
        if self.is_of_replaced_facts:
            return "somebody among the records before"
        return ERASED if self._person_id is None else self.names.people.get(self._person_id, ERASED)

    @property
    def has_name(self) -> bool:
        """Whether the person can be named."""
        return self._person_id in self.names.people

    @property
    def whose(self) -> str:
        return f"{self.person}\N{RIGHT SINGLE QUOTATION MARK}s"

    @property
    def unit(self) -> str:
        if self.is_of_replaced_facts or self.event.unit_id is None:
            return "a unit"
        return self._unit(self.event.unit_id)

    def _unit(self, id_: int) -> str:
        """What a unit was called on the day of the deed."""
        return self.names.unit(id_, self.on) or "a unit that is gone"

    @property
    def on(self) -> date:
        """The day of the deed."""
        return clock.local(self.event.at).date()

    @property
    def unit_deed(self) -> UnitDeed | None:
        """What a new row of a unit did; None for other deeds, and where the row is gone."""
        return unit_deed(*self._rows)

    @property
    def _rows(self) -> tuple[UnitRow | None, UnitRow | None]:
        """The row of a unit that was written, and the one it followed."""
        nothing = (None, None)
        return self.names.unit_rows.get(self.event.subject_id, nothing) if self.event.verb == SET else nothing

    @property
    def new_name(self) -> str:
        said, _ = self._rows
        return said.name if said else self.unit

    @property
    def old_name(self) -> str:
        _, before = self._rows
        return before.name if before else self.unit

    @property
    def below(self) -> str:
        parent_id = self.event.values["parent_id"]
        return "at the top" if parent_id is None else f"below {self._unit(parent_id)}"

    @property
    def from_day(self) -> str:
        first = date.fromisoformat(self.event.values["starts_on"])
        return "since ever" if first == SINCE_EVER else f"from {day(first)} on"

    @property
    def from_day_without(self) -> str:
        last = date.fromisoformat(self.event.values["ends_on"])
        return f"from {day(last + timedelta(days=1))} on"

    @property
    def into(self) -> str:
        return self._other("into_id")

    @property
    def origin(self) -> str:
        return self._other("from_id")

    def _other(self, key: str) -> str:
        """The other unit of a merger or a split."""
        return "another unit" if self.is_of_replaced_facts else self._unit(self.event.values[key])

    @property
    def module(self) -> str:
        completion = self._completion()
        code = self.event.values.get("course") or (completion[1] if completion else None)
        if code is not None:
            return self.names.modules.get(code, str(code))
        return self._by_id("module_id", self.names.modules, "a module")

    @property
    def gate(self) -> str:
        return self._by_id("gate_id", self.names.gates, "a gate")

    @property
    def what(self) -> str:
        """What is waived."""
        values = self.event.values
        if values.get("module_id") is not None:
            return self.module
        if values.get("requirement_id") is not None:
            return self._by_id("requirement_id", self.names.requirements, "a requirement")
        return "everything" if "requirement_id" in values else "a requirement"

    def _by_id(self, key: str, titles: Mapping[Any, str], otherwise: str) -> str:
        found = None if self.is_of_replaced_facts else titles.get(self.event.values.get(key))
        return found or otherwise

    @property
    def title(self) -> str:
        values = self.event.values
        return str(values.get("title") or values.get("code") or "")

    @property
    def kind(self) -> str:
        return str(self.event.values.get("kind") or "")

    @property
    def asked(self) -> str:
        return KINDS_ASKED.get(self.kind, "something")

    @property
    def bulk(self) -> str:
        return "verified" if self.kind == "verify" else "logged"

    @property
    def people(self) -> str:
        values = self.event.values
        number = values.get("people") or values.get("done") or values.get("undone") or 0
        return plural(int(number), "person", "people")

    @property
    def letters(self) -> str:
        return plural(int(self.event.values.get("letters") or 0), "letter", "letters")

    @property
    def target_unit(self) -> str:
        code = self.event.values.get("unit_code")
        return self.unit if code is None else self.names.unit(str(code), self.on) or str(code)

    @property
    def account(self) -> str:
        """Whose account it is about: nobody's where that one was removed, and its number given to a later one."""
        id_ = self.event.subject_id
        made_at = self.names.accounts_made_at.get(id_)
        return ERASED if made_at is None or self.event.at < made_at else self.names.accounts[id_]

    @property
    def term(self) -> str:
        key = self.event.values.get("key")
        return words_of(Term(key)).full_name if key in set(Term) else "something"

    @property
    def day(self) -> str:
        return self.value("starts_on", self.event.values.get("starts_on"))

    def value(self, key: str, value: Any) -> str:
        """A value as people read it."""
        if value is None:
            return DASH
        if key in PRIVATE:
            return "given (not kept here)" if value else DASH
        for keys, names in self._named():
            if key in keys:
                return names(value)
        return _plain(value)

    def _named(self) -> tuple[tuple[tuple[str, ...], Callable[[Any], str]], ...]:
        """How ids are told by name: those of persons, units and so on only while they mean these rows."""
        names = self.names
        accounts = (ACCOUNT_KEYS, lambda id_: names.accounts.get(id_, ERASED))
        if self.is_of_replaced_facts:
            return (accounts,)
        return (
            accounts,
            (PERSON_KEYS, lambda id_: names.people.get(id_, ERASED)),
            (UNIT_KEYS, self._unit),
            (("module_id", "course"), lambda id_: names.modules.get(id_, str(id_))),
            (("requirement_id",), lambda id_: names.requirements.get(id_, str(id_))),
            (("gate_id",), lambda id_: names.gates.get(id_, str(id_))),
        )


def _label(key: str, on: date) -> str:
    """What a value is, in the institution's words of the day of the deed."""
    return say(LABELS.get(key, ""), on) or capital(key.removesuffix("_id").replace("_", " "))


def _plain(value: Any) -> str:
    """A value of JSON in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{str(key).replace('_', ' ')}: {_plain(one)}" for key, one in value.items()) or DASH
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value) or DASH
    if isinstance(value, str) and ISO_DAY.fullmatch(value):
        return day(date.fromisoformat(value))
    if isinstance(value, str) and ISO_MOMENT.fullmatch(value):
        return moment(clock.local(datetime.fromisoformat(value)))
    return str(value)
