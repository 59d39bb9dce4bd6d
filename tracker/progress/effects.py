"""What a completion changes: the spans of one day with and without it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tracker.progress.rules import Done, Level, PersonFacts, Rule, Span, State, timeline


@dataclass(frozen=True, slots=True)
class Effect:
    """An assignment that a completion bears on, as it stands on a day without and with it."""

    requirement: str
    level: Level
    module: str
    before: Span
    after: Span


def without(facts: PersonFacts, done: Done) -> PersonFacts:
    """The facts as if this completion had never been entered; of equal ones, one goes."""
    kept = list(facts.completions)
    if done in kept:
        kept.remove(done)
    return replace(facts, completions=kept)


def verified(facts: PersonFacts, claim: Done) -> PersonFacts:
    """The facts as if this claim were verified."""
    left = without(facts, claim)
    return replace(left, completions=[*left.completions, claim._replace(state=State.VERIFIED)])


def effects(before: PersonFacts, after: PersonFacts, course: str, rules: Iterable[Rule], day: int) -> Sequence[Effect]:
    """What stands before and after, for each assignment in scope on the day that looks at this course."""
    return [
        Effect(rule.code, rule.level, module.code, old[0], new[0])
        for rule in rules
        if any(course in module.courses for module in rule.modules)
        for module, old, new in zip(
            rule.modules, timeline(before, rule, day, day), timeline(after, rule, day, day), strict=False
        )
        if course in module.courses and old and new
    ]
