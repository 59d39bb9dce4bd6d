"""One small institution for explanations: its units and curriculum, and people who are each one case."""

from dataclasses import dataclass
from datetime import date

from tests.naive.facts import (
    Appointment,
    Completion,
    Facts,
    Function,
    Leave,
    Module,
    Person,
    Repeat,
    Requirement,
    Unit,
    Waiver,
)

TODAY = date(2026, 11, 22)
NEW_YEAR = date(2024, 1, 1)


def day(text: str) -> date:
    """A day from its usual form."""
    return date.fromisoformat(text)


def day_or_none(text: str) -> date | None:
    """A day, or none for an empty end."""
    return day(text) if text else None


@dataclass(frozen=True, slots=True)
class Life:
    """What is known of one person, as rows of text. `posts` are unit, start, end, category, role.

    `done` are module, day, state, source, and the number (from 1) of the row that it corrects.
    """

    posts: tuple[str, ...] = ("CARD 2026-01-01",)
    functions: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    waivers: tuple[str, ...] = ()
    done: tuple[str, ...] = ()


def institution(lives: dict[str, Life]) -> Facts:
    """The facts of the institution with these people, by identifier; everybody is called Ada Berg."""
    facts = Facts(
        units=[
            Unit("SOM", None, None, "School of Medicine", "school"),
            Unit("MED", None, None, "Medicine", "department", "SOM"),
            Unit("CARD", None, day("2026-06-30"), "Cardiology", "division", "MED"),
            Unit("CARD", day("2026-07-01"), None, "Heart and Vessels", "division", "MED"),
            Unit("SURG", None, None, "Surgery", "department", "SOM"),
        ],
        modules=[
            Module("AWARE", "Awareness", equivalents=("OLD-1", "LIVE")),
            Module("LIVE", "Awareness, in person"),
            Module("ACT", "Action", evidence="verification", equivalents=("OLD-2",)),
        ],
        requirements=_requirements(),
    )
    for identifier, life in lives.items():
        facts.people.append(Person(identifier, "Ada Berg", f"{identifier}@example.edu"))
        _live(facts, identifier, life)
    return facts


def _requirements() -> list[Requirement]:
    def asks(code: str, *modules: str, level: str = "required", start: date = NEW_YEAR, **keys: object) -> Requirement:
        titled = f"{code.capitalize()} course"
        return Requirement(code, titled, modules, level, start, **keys)  # type: ignore[arg-type]

    july = Repeat(cycle="07-01", due_by="12-31")
    return [
        asks("ONCE", "AWARE", due_days=90),
        asks("FIXED", "AWARE", due_date=day("2026-12-31")),
        asks("BOTH", "AWARE", due_date=day("2026-12-31"), due_days=30),
        asks("CHECKED", "ACT", due_days=90),
        asks("RENEWED", "ACT", due_days=60, repeat=Repeat(months=12)),
        asks("YEARLY", "AWARE", repeat=july),
        asks("CALENDAR", "AWARE", repeat=Repeat(cycle="01-01")),
        asks("DATED", "AWARE", due_date=day("2027-02-28"), repeat=july),
        asks("HOPED", "AWARE", level="expected", due_days=30),
        asks("OFFERED", "AWARE", level="optional"),
        asks("PAIR", "AWARE", "ACT", due_days=90),
        asks("CATEGORY", "AWARE", due_days=90, audience={"categories": ("faculty", "resident")}),
        asks("ROLE", "AWARE", due_days=90, audience={"roles": ("manager",)}),
        asks("UNIT", "AWARE", due_days=90, audience={"units": ("MED",)}),
        asks("FUNCTION", "AWARE", due_days=90, audience={"functions": ("admissions-committee",)}),
        asks(
            "EVERY",
            "AWARE",
            due_days=90,
            audience={
                "categories": ("faculty",),
                "roles": ("clinical",),
                "units": ("MED", "SURG"),
                "functions": ("admissions-committee", "search"),
            },
        ),
        asks("NOBODY", "AWARE", audience={"categories": ()}),
        asks("NOWHERE", "AWARE", audience={"units": (), "functions": ()}),
        asks("ENDED", "AWARE", start=day("2020-01-01"), end=day("2025-12-31")),
        asks("COMING", "AWARE", start=day("2027-07-01"), end=day("2028-06-30")),
    ]


def _live(facts: Facts, person: str, life: Life) -> None:
    for row in life.posts:
        unit, start, end, category, role = _cells(row, 5)
        post = (category or "faculty", role or "clinical", "1.0", True)
        facts.appointments.append(Appointment(person, unit, *post, day(start), day_or_none(end)))
    for row in life.functions:
        function, start, end = _cells(row, 3)
        facts.functions.append(Function(person, function, day(start), day_or_none(end)))
    for row in life.leaves:
        start, end = _cells(row, 2)
        facts.leaves.append(Leave(person, day(start), day_or_none(end)))
    for row in life.waivers:
        requirement, module, start, end = _cells(row, 4)
        given = (person, requirement, module, day(start), day_or_none(end))
        facts.waivers.append(Waiver(*given, "unwell, by a doctor's letter", "the dean"))
    for number, row in enumerate(life.done, start=1):
        module, on, state, source, corrects = _cells(row, 5)
        replaced = f"{person}-{corrects}" if corrects else ""
        entry = (f"{person}-{number}", person, module, day(on), source, state, 60)
        facts.completions.append(Completion(*entry, replaced))


def _cells(row: str, number: int) -> list[str]:
    """The cells of a row, "-" for an empty one, filled up with empty ones."""
    cells = ["" if cell == "-" else cell for cell in row.split()]
    return cells + [""] * (number - len(cells))
