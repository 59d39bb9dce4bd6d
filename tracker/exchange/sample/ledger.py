"""The log of completions of the sample, with the slips and second thoughts that real logs have."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from .facts import CompletionRow

SLIPS = 0.03  # share of completions that were first entered wrong
CONFIRMED = 0.35  # share of people's own claims that somebody verified though none had to
SOURCES = {"roster": 76, "self": 14, "import": 10}


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry before it has an id: `recorded` is the day it was made, `corrects` the place of what it replaces."""

    person_id: str
    course: str
    day: date
    minutes: int
    source: str
    state: str
    recorded: date
    corrects: int | None = None


class Ledger:
    """Collects entries and gives them as rows of completions.csv; nothing in it is later than today."""

    def __init__(self, today: date, rng: Random) -> None:
        self.today = today
        self.rng = rng
        self.entries: list[Entry] = []

    def attend(self, person_id: str, course: str, day: date, minutes: int, source: str = "") -> None:
        """A completion that counts: from a roster or a learning system verified, a person's own claim as it is."""
        source = source or self.rng.choices(list(SOURCES), list(SOURCES.values()))[0]
        state = "claimed" if source == "self" else "verified"
        entry = Entry(person_id, course, day, minutes, source, state, recorded=day)
        if self.rng.random() < SLIPS:
            entry = replace(entry, corrects=self._slip(entry))
        place = self._add(entry)
        if source == "self" and self.rng.random() < CONFIRMED:
            self.verify(place)

    def enter(self, person_id: str, course: str, day: date, minutes: int, source: str) -> None:
        """A verified completion, entered right the first time."""
        self._add(Entry(person_id, course, day, minutes, source, "verified", recorded=day))

    def claim(self, person_id: str, course: str, day: date, minutes: int) -> int:
        """A person's own claim that waits for a decision; gives its place in the log."""
        return self._add(Entry(person_id, course, day, minutes, "self", "claimed", recorded=day))

    def verify(self, place: int) -> None:
        """Somebody entitled verifies a claim."""
        self._decide(place, "verified", days=self.rng.randint(0, 12))

    def reject(self, place: int) -> None:
        """Somebody entitled rejects a claim."""
        self._decide(place, "rejected", days=self.rng.randint(0, 12))

    def rows(self) -> list[CompletionRow]:
        """All entries with ids in the order in which they were made."""
        places = sorted(range(len(self.entries)), key=lambda place: (self.entries[place].recorded, place))
        ids = {place: f"C{number:07}" for number, place in enumerate(places, start=1)}
        return [self._row(place, ids) for place in places]

    def _row(self, place: int, ids: dict[int, str]) -> CompletionRow:
        one = self.entries[place]
        corrects = "" if one.corrects is None else ids[one.corrects]
        return CompletionRow(
            ids[place], one.person_id, one.course, one.day, one.source, one.state, one.minutes, corrects
        )

    def _add(self, entry: Entry) -> int:
        self.entries.append(entry)
        return len(self.entries) - 1

    def _decide(self, place: int, state: str, *, days: int) -> int:
        """A decision some days later, or today at the latest; it keeps the day of what it decides on."""
        one = self.entries[place]
        recorded = min(self.today, one.recorded + timedelta(days=days))
        return self._add(replace(one, state=state, recorded=recorded, corrects=place))

    def _slip(self, right: Entry) -> int:
        """What was entered before the right entry: a wrong day, wrong minutes, or a rejection that was undone."""
        wrong = replace(right, source="self", state="claimed")
        match self.rng.choice(("day", "minutes", "rejected")):
            case "day":
                return self._add(replace(wrong, day=right.day - timedelta(days=self.rng.randint(1, 7))))
            case "minutes":
                return self._add(replace(wrong, minutes=right.minutes * 2))
            case _:
                return self._decide(self._add(wrong), "rejected", days=0)
