"""A quick check of a module of rules, without a database: a fixed corpus, and the naive reading's answers to it."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

from hypothesis import Phase, given, seed, settings

from tests.naive import reading as naive
from tests.naive.facts import Facts, Gate
from tests.naive.institutions import institutions, interesting_days
from tests.support.compiled import Compiled
from tracker.core.days import NEVER_AFTER, NEVER_BEFORE
from tracker.progress.figures.gates import of_span

from .awkward import AWKWARD

TODAY = date(2026, 11, 22)
CASES = sorted(path for path in (Path(__file__).parents[1] / "naive" / "cases").iterdir() if path.is_dir())
EXAMPLES = 250
DAYS = 24
LAST = date(2029, 1, 1)

Rows = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Question:
    """An institution and a day, with the rows of the three reports as the naive reading has them."""

    facts: Facts
    day: date
    status: Rows
    rates: Rows
    gates: Rows


def corpus() -> list[list[Question]]:
    """For each institution of the corpus, what is asked about it."""
    found: list[Facts] = [naive.read_folder(case) for case in CASES]
    found.append(AWKWARD)

    @seed(1)
    @settings(max_examples=EXAMPLES, phases=[Phase.generate])
    @given(institutions(TODAY))
    def collect(facts: Facts) -> None:
        found.append(facts)

    collect()
    return [questions for index, facts in enumerate(found) if (questions := _questions(facts, Random(index)))]


def _questions(facts: Facts, rnd: Random) -> list[Question]:
    reading = naive.Reading(facts)
    days = [day for day in interesting_days(facts) if date(2020, 1, 1) < day < LAST]
    return [
        Question(
            facts,
            day,
            _rows(naive.status(reading, day)),
            _rows(naive.rates(reading, day)),
            _rows(naive.gates(reading, day)),
        )
        for day in sorted(rnd.sample(days, min(DAYS, len(days))))
    ]


def _rows(text: str) -> Rows:
    return list(csv.DictReader(text.splitlines()))


def first_difference(rules: ModuleType, corpus: Sequence[Sequence[Question]]) -> str | None:
    """What a module of rules answers otherwise than the naive reading, if anything; an error is an answer too."""
    try:
        for questions in corpus:
            for difference in _differences(Compiled(questions[0].facts, rules), questions):
                return difference
    except Exception as error:
        return repr(error)
    return None


def _differences(world: Compiled, questions: Sequence[Question]) -> Iterator[str]:
    last = LAST.toordinal()
    found = {
        (person, rule.code): world.module.timeline(facts, rule, NEVER_BEFORE, last)
        for person, facts in world.people.items()
        for rule in world.rules
    }
    gates = [
        {person: world.module.gate_timeline(facts, gate) for person, facts in world.people.items()}
        for gate in world.gates
    ]
    opened = [_opened(world, gate, spans) for gate, spans in zip(world.facts.gates, gates, strict=True)]
    for question in questions:
        if _status(world, found, question.day) != [tuple(row.values()) for row in question.status]:
            yield f"status on {question.day}"
        if _people(world, found, question.day) != _expected_people(question.rates):
            yield f"people on {question.day}"
        for gate, spans, days in zip(world.facts.gates, gates, opened, strict=True):
            rows = [row for row in question.gates if row["gate"] == gate.code]
            if rows and _gate(world, spans, days, question.day, rows) != [tuple(row.values())[2:] for row in rows]:
                yield f"gate {gate.code} on {question.day}"


def _on(spans: Sequence[Any], day: date) -> Any:
    number = day.toordinal()
    covering = [span for span in spans if span.first <= number <= span.last]
    if len(covering) > 1:
        raise ValueError(f"two spans cover {day}: {covering}")
    return covering[0] if covering else None


def _status(world: Compiled, found: dict[tuple[str, str], Any], day: date) -> list[tuple[str, ...]]:
    units = {number: code for code, number in world.unit_ids.items()}
    rows = []
    for (person, code), modules in found.items():
        rule = next(rule for rule in world.rules if rule.code == code)
        for module, spans in zip(rule.modules, modules, strict=False):
            if span := _on(spans, day):
                dates = [
                    "" if one is None else date.fromordinal(one).isoformat()
                    for one in (span.due, span.satisfied_on, span.expires_on)
                ]
                rows.append((person, code, module.code, units[span.unit], str(rule.level), span.status.word, *dates))
    return sorted(rows)


Key = tuple[str, str, str]


def _people(world: Compiled, found: dict[tuple[str, str], Any], day: date) -> Counter[Key]:
    """How many people have each status of the `*` rows, by unit and requirement; of requirements of several modules."""
    units = {number: code for code, number in world.unit_ids.items()}
    above = world.tree.ancestors_on(day.toordinal())
    counted: Counter[Key] = Counter()
    for (_, code), modules in found.items():
        if len(modules) > 1 and (span := _on(modules[-1], day)):
            for unit in above[span.unit]:
                counted[units[unit], code, "in_scope"] += 1
                if span.status.word in ("waived", "on_leave", "satisfied", "overdue"):
                    counted[units[unit], code, span.status.word] += 1
    return counted


def _expected_people(rates: Rows) -> Counter[Key]:
    several = Counter((row["unit"], row["requirement"]) for row in rates)
    return Counter(
        {
            (row["unit"], row["requirement"], name): int(row[name])
            for row in rates
            if row["module"] == "*" and several[row["unit"], row["requirement"]] > 2
            for name in ("in_scope", "waived", "on_leave", "satisfied", "overdue")
            if int(row[name])
        }
    )


def _opened(world: Compiled, gate: Gate, people: dict[str, Any]) -> dict[int, int]:
    changes = [
        world.module.Change(*change)
        for spans in people.values()
        for span in spans
        for change in of_span(span.first, span.last, span.unit, span.status)
    ]
    days = [day for day in world.tree.days() if day <= NEVER_AFTER]
    found: dict[int, int] = world.module.gate_openings(
        changes, days, world.tree.ancestors_on, gate.percent, gate.start.toordinal()
    )
    return found


def _gate(
    world: Compiled, people: dict[str, Any], opened: dict[int, int], day: date, rows: Rows
) -> list[tuple[str, ...]]:
    above = world.tree.ancestors_on(day.toordinal())
    numerator: Counter[int] = Counter()
    denominator: Counter[int] = Counter()
    for spans in people.values():
        span = _on(spans, day)
        if span and span.status.word != "on_leave":
            denominator.update(above[span.unit])
            numerator.update(above[span.unit] if span.status.word == "satisfied" else [])
    found = []
    for row in rows:
        unit = world.unit_ids[row["unit"]]
        by_hand = [
            one.opened_on.toordinal()
            for one in world.facts.gate_overrides
            if (one.gate, one.unit) == (row["gate"], row["unit"])
        ]
        first = min([*by_hand, *([opened[unit]] if unit in opened else [])], default=NEVER_AFTER)
        shown = date.fromordinal(first).isoformat() if first <= day.toordinal() else ""
        found.append((shown, str(numerator[unit]), str(denominator[unit])))
    return found
