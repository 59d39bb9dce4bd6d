"""Whether and since when something is asked of a person, in words: home, audience, period, start, transfers, gaps."""

from collections.abc import Iterator
from itertools import pairwise

from tracker.core.days import NEVER_AFTER
from tracker.progress.explanations.case import Case, home_on
from tracker.progress.explanations.words import count, listed, on, quoted, sentence
from tracker.progress.rules import Home, PersonFacts, Rule

PERIOD, HOME, FUNCTIONS, CATEGORIES, ROLES, UNITS = "period", "home", "functions", "categories", "roles", "units"


def failing_parts(facts: PersonFacts, rule: Rule, day: int) -> list[str]:
    """Which parts of the scope do not hold on a day, the plainest first; none when it is in scope."""
    asked = rule.audience
    home = home_on(facts, day)
    failing = {
        PERIOD: not rule.first <= day <= rule.last,
        HOME: home is None,
        FUNCTIONS: asked.functions is not None and not _functions_on(facts, asked.functions, day),
    }
    if home is not None:
        failing[CATEGORIES] = asked.categories is not None and home.category not in asked.categories
        failing[ROLES] = asked.roles is not None and home.role not in asked.roles
        failing[UNITS] = asked.units is not None and not any(
            first <= day <= last for first, last in asked.units.get(home.unit, ())
        )
    return [part for part, fails in failing.items() if fails]


def _functions_on(facts: PersonFacts, names: frozenset[str], day: int) -> list[tuple[str, int, int]]:
    """The functions of these names that cover a day, the longest held first."""
    found = [one for one in facts.functions if one[0] in names and one[1] <= day <= one[2]]
    return sorted(found, key=lambda one: (one[1], one[0]))


# In scope


def asked(case: Case) -> Iterator[str]:
    """What the requirement is, where the person's home is, and by which parts the audience matches."""
    rule, home = case.rule, case.home
    until = "" if rule.last == NEVER_AFTER else f" until {on(rule.last)}"
    yield f"{quoted(case.names.requirement)} is {rule.level}, from {on(rule.first)} on{until}."
    if home is None:
        return
    unit = case.names.unit(home.unit, case.day)
    yield sentence(
        f"{case.person.whose} home has been {unit} since {on(home.first)}: category {home.category}, role {home.role}."
    )
    if matching := list(_matching(case, home)):
        yield sentence(f"{case.person.who_is} in the audience by {listed(matching)}.")
    else:
        yield "It is asked of everybody."


def _matching(case: Case, home: Home) -> Iterator[str]:
    """Each part of the audience that is given, with what matches it."""
    audience = case.rule.audience
    if audience.categories is not None:
        yield f"category ({home.category})"
    if audience.roles is not None:
        yield f"role ({home.role})"
    if audience.units is not None:
        unit = case.names.unit(home.unit, case.day)
        under = case.names.home_under
        yield f"unit ({unit})" if under in (None, unit) else f"unit ({unit}, which lies in {under})"
    if audience.functions is not None:
        name, first, _ = _functions_on(case.facts, audience.functions, case.day)[0]
        yield f"function ({name}, since {on(first)})"


def start(case: Case, first: int) -> Iterator[str]:
    """When the unbroken run began and why then, the gap before it, and what did not restart it."""
    yield f"The clock started on {on(first)}, {_why_then(case, first)}."
    before = [last for _, last in case.runs if last < first]
    if before:
        days = first - before[-1] - 1
        yield (
            f"It had been asked before, until {on(before[-1])}; the gap of {count(days, 'day')} after that started"
            " the clock anew."
        )
    for old, new in pairwise(case.facts.homes):
        if first < new.first <= case.day:
            yield _transfer(case, old, new)


def _why_then(case: Case, first: int) -> str:
    home = home_on(case.facts, first)
    assert home is not None, "nobody is in scope without a home"
    failing = failing_parts(case.facts, case.rule, first - 1)
    reasons = {
        PERIOD: "the day from which it is asked",
        HOME: "the first day of an appointment",
        CATEGORIES: f"when the category became {home.category}",
        ROLES: f"when the role became {home.role}",
        UNITS: "the first day in a unit it asks",
        FUNCTIONS: "the first day of a function it asks",
    }
    return reasons[failing[0]]


def _transfer(case: Case, old: Home, new: Home) -> str:
    was, now = case.names.unit(old.unit, old.last), case.names.unit(new.unit, new.first)
    if old.unit == new.unit:
        return f"The new appointment in {now} on {on(new.first)} did not restart the clock."
    return f"The move from {was} to {now} on {on(new.first)} did not restart the clock: it is asked in both."


# Out of scope


def not_asked(case: Case) -> Iterator[str]:
    """Why nothing is asked on the day, every part that fails; and when it was and will be asked."""
    for part in failing_parts(case.facts, case.rule, case.day):
        yield sentence(_REASONS[part](case))
    before = [last for _, last in case.runs if last < case.day]
    after = [first for first, _ in case.runs if first > case.day]
    if before and before[-1] != case.rule.last:
        yield f"It was asked until {on(before[-1])}."
    if after and after[0] != case.rule.first:
        yield f"As things stand, it will be asked from {on(after[0])} on."


def _outside_period(case: Case) -> str:
    title, rule = quoted(case.names.requirement), case.rule
    if case.day < rule.first:
        return f"{title} is asked only from {on(rule.first)} on."
    return f"{title} was asked only until {on(rule.last)}."


def _without_home(case: Case) -> str:
    before = [home.last for home in case.facts.homes if home.last < case.day]
    after = [home.first for home in case.facts.homes if home.first > case.day]
    beside = [f"the last one ended on {on(before[-1])}"] if before else []
    beside += [f"the next one begins on {on(after[0])}"] if after else []
    words = f"{case.person.who_has} no primary appointment on this day"
    return f"{words}: {listed(beside)}." if beside else f"{words}."


def _outside_categories(case: Case) -> str:
    assert case.home is not None
    return _not_among(case, case.rule.audience.categories, "category", "categories", case.home.category)


def _outside_roles(case: Case) -> str:
    assert case.home is not None
    return _not_among(case, case.rule.audience.roles, "role", "roles", case.home.role)


def _not_among(case: Case, words: frozenset[str] | None, noun: str, nouns: str, own: str) -> str:
    if not words:
        return _nobody(nouns)
    asked_of = f"the {noun if len(words) == 1 else nouns} {listed(sorted(words))}"
    return f"It asks {asked_of}; {case.person.whose} {noun} is {own}."


def _nobody(nouns: str) -> str:
    return f"Its list of {nouns} is empty, so it asks nobody."


def _outside_units(case: Case) -> str:
    assert case.home is not None
    units = case.names.asked_units
    if not units:
        return _nobody("units")
    home = case.names.unit(case.home.unit, case.day)
    lies = "does not lie in it" if len(units) == 1 else "lies in none of them"
    return f"It asks {listed(units)}; {case.person.whose} home, {home}, {lies}."


def _outside_functions(case: Case) -> str:
    names = case.rule.audience.functions
    if not names:
        return _nobody("functions")
    held = [one for one in case.facts.functions if one[0] in names]
    ended = max((one for one in held if one[2] < case.day), key=lambda one: one[2], default=None)
    begins = min((one for one in held if one[1] > case.day), key=lambda one: one[1], default=None)
    beside = [f"{ended[0]} ended on {on(ended[2])}"] if ended else []
    beside += [f"{begins[0]} begins on {on(begins[1])}"] if begins else []
    noun = "function" if len(names) == 1 else "functions"
    words = f"It asks the {noun} {listed(sorted(names), last='or')}, and none such covers this day"
    return f"{words}: {listed(beside)}." if beside else f"{words}."


_REASONS = {
    PERIOD: _outside_period,
    HOME: _without_home,
    FUNCTIONS: _outside_functions,
    CATEGORIES: _outside_categories,
    ROLES: _outside_roles,
    UNITS: _outside_units,
}
