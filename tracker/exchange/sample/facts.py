"""The rows of the plain files, as the sample fills them; the fields are the columns."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A row of people.csv."""

    person_id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """A row of appointments.csv."""

    person_id: str
    unit: str
    category: str
    role: str
    fte: str
    primary: bool
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class FunctionRow:
    """A row of functions.csv."""

    person_id: str
    function: str
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class LeaveRow:
    """A row of leaves.csv."""

    person_id: str
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class WaiverRow:
    """A row of waivers.csv."""

    person_id: str
    requirement: str
    module: str
    start: date
    end: date | None
    reason: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class CompletionRow:
    """A row of completions.csv."""

    id: str
    person_id: str
    module: str
    completed_on: date
    source: str
    state: str
    minutes: int
    corrects: str


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """A row of gate_overrides.csv."""

    gate: str
    unit: str
    opened_on: date
    reason: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class ChampionRow:
    """A row of champions.csv."""

    person_id: str
    unit: str
    kind: str
    fte: str
    start: date
    end: date | None

    def covers(self, day: date) -> bool:
        """Whether the term runs on a day."""
        return self.start <= day and (self.end is None or day <= self.end)
