"""What an explanation is made of: a person, a requirement, one of its modules, a day, and what is known of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tracker.core.days import NEVER_AFTER, Period
from tracker.progress.explanations.words import Person, quoted
from tracker.progress.rules import (
    Cycle,
    Home,
    ModuleRule,
    PersonFacts,
    Rule,
    Span,
    State,
    Status,
    runs,
    timeline,
)

PAUSED = (Status.WAIVED, Status.ON_LEAVE)
"""The statuses in which nothing is due and nothing has to be done."""

DAYS_AHEAD_IN_CYCLES = 800
"""How far ahead an explanation looks where a requirement never ends: past the end of the next cycle."""


@dataclass(frozen=True, slots=True)
class Record:
    """A completion as it was recorded, replaced or not. `entered_by` is an account; loaded ones have neither."""

    id: int
    course: str
    day: int
    source: str
    state: State
    corrects: int | None = None
    entered_on: int | None = None
    entered_by: int | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """What things are called: courses by code, units by id with the periods of each name.

    `asked_units` are those the audience names, on the day; `home_under` is the one of them that holds the home, if any.
    """

    requirement: str
    courses: Mapping[str, str]
    units: Mapping[int, Sequence[tuple[int, int, str]]]
    asked_units: Sequence[str] = ()
    home_under: str | None = None

    def unit(self, unit: int, day: int) -> str:
        """A unit's name on a day on which it exists."""
        return next(name for first, last, name in self.units[unit] if first <= day <= last)

    def course(self, code: str) -> str:
        """A course inside a sentence: the title of a module, the code of any other."""
        return quoted(self.courses[code]) if code in self.courses else f"the course {code}"


@dataclass(frozen=True, slots=True)
class Case:
    """Everything an explanation of one module looks at. Completions later than the day are left out of `facts`.

    `spans` begin on the day, where it is in scope, and reach as far ahead as can matter.
    """

    person: Person
    names: Names
    facts: PersonFacts
    rule: Rule
    module: ModuleRule
    records: Sequence[Record]
    day: int
    ahead_to: int
    spans: Sequence[Span]
    runs: Sequence[Period]

    @property
    def now(self) -> Span | None:
        """The span that covers the day; none out of scope."""
        return self.spans[0] if self.spans and self.spans[0].first == self.day else None

    @property
    def start(self) -> int | None:
        """The first day of the unbroken run that holds the day; none out of scope."""
        return next((first for first, last in self.runs if first <= self.day <= last), None)

    @property
    def home(self) -> Home | None:
        """The home on the day."""
        return home_on(self.facts, self.day)

    @property
    def title(self) -> str:
        """The module inside a sentence."""
        return self.names.course(self.module.code)

    def finished_leaves(self) -> list[Period]:
        """The leaves that were over before the day."""
        return [leave for leave in self.facts.leaves if leave[1] < self.day]


def home_on(facts: PersonFacts, day: int) -> Home | None:
    """The home that covers a day."""
    return next((home for home in facts.homes if home.first <= day <= home.last), None)


def as_known_on(facts: PersonFacts, day: int) -> PersonFacts:
    """The facts without the completions later than a day."""
    return replace(facts, completions=[done for done in facts.completions if done.day <= day])


def horizon(rule: Rule, day: int) -> int:
    """The last day that an explanation of a day looks ahead to."""
    return day + DAYS_AHEAD_IN_CYCLES if isinstance(rule.repeat, Cycle) else NEVER_AFTER


def cases(
    person: Person, names: Names, facts: PersonFacts, rule: Rule, records: Sequence[Record], day: int
) -> list[Case]:
    """The cases of all modules of a requirement, in its order."""
    known, ahead_to, all_runs = as_known_on(facts, day), horizon(rule, day), runs(facts, rule)
    spans = timeline(known, rule, day, ahead_to)
    return [
        Case(person, names, known, rule, module, records, day, ahead_to, found, all_runs)
        for module, found in zip(rule.modules, spans, strict=False)
    ]
