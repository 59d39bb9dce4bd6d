"""The worked examples of docs/rules.md come out as they are told there."""

from dataclasses import replace
from datetime import date

from tracker.core.days import NEVER_AFTER
from tracker.progress.rules import (
    Audience,
    Cycle,
    Done,
    Home,
    Level,
    ModuleRule,
    Months,
    PersonFacts,
    Rule,
    State,
    Waived,
    runs,
    timeline,
)

MODULE = ModuleRule("A", frozenset({"A"}), needs_verification=False)
SPRING = Rule(
    "R",
    Level.REQUIRED,
    [MODULE],
    first=date(2026, 1, 1).toordinal(),
    due_date=date(2026, 3, 31).toordinal(),
    days_after_start=60,
)
TWO_YEARS = Rule(
    "M", Level.REQUIRED, [MODULE], first=date(2020, 1, 1).toordinal(), days_after_start=30, repeat=Months(24)
)
YEARLY = Rule(
    "C", Level.REQUIRED, [MODULE], first=date(2020, 1, 1).toordinal(), repeat=Cycle(start=(7, 1), due_by=(10, 31))
)

Told = tuple[str, str, str | None]


def somebody(start: str, *, done: tuple[str, ...] = (), leaves: tuple[tuple[str, str], ...] = ()) -> PersonFacts:
    """A person with one post from a day on."""
    return PersonFacts(
        homes=[Home(number(start), NEVER_AFTER, 1, "staff", "clinical")],
        leaves=[(number(first), number(last)) for first, last in leaves],
        completions=[Done("A", number(day), State.VERIFIED) for day in done],
    )


def number(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def told(person: PersonFacts, rule: Rule, first: str, last: str) -> list[Told]:
    """(first day, status, due day) of each span between two days."""
    return [
        (
            date.fromordinal(span.first).isoformat(),
            span.status.word,
            date.fromordinal(span.due).isoformat() if span.due else None,
        )
        for span in timeline(person, rule, number(first), number(last))[0]
    ]


def test_ana_and_ben_have_different_due_days() -> None:
    assert told(somebody("2019-01-01"), SPRING, "2026-01-01", "2026-12-31") == [
        ("2026-01-01", "not_started", "2026-03-31"),
        ("2026-03-01", "due_soon", "2026-03-31"),
        ("2026-04-01", "overdue", "2026-03-31"),
    ]
    assert told(somebody("2026-02-15"), SPRING, "2026-04-17", "2026-04-17") == [("2026-04-17", "overdue", "2026-04-16")]


def test_cleos_leaves_move_her_due_day_twice() -> None:
    cleo = somebody("2019-01-01", leaves=(("2026-03-10", "2026-04-19"), ("2026-05-15", "2026-05-16")))
    assert told(cleo, SPRING, "2026-03-10", "2026-06-16") == [
        ("2026-03-10", "on_leave", None),
        ("2026-04-20", "due_soon", "2026-05-19"),
        ("2026-05-15", "on_leave", None),
        ("2026-05-17", "due_soon", "2026-06-15"),
        ("2026-06-16", "overdue", "2026-06-15"),
    ]


def test_bea_does_not_begin_expired() -> None:
    assert told(somebody("2026-01-09", done=("2024-01-10",)), TWO_YEARS, "2026-01-09", "2026-01-10") == [
        ("2026-01-09", "satisfied", "2026-01-10"),
        ("2026-01-10", "expired", "2026-01-10"),
    ]
    assert told(somebody("2026-01-10", done=("2024-01-10",)), TWO_YEARS, "2026-01-10", "2026-02-10") == [
        ("2026-01-10", "due_soon", "2026-02-09"),
        ("2026-02-10", "overdue", "2026-02-09"),
    ]


def test_beas_earlier_leave_is_counted_before_the_expiry_is_compared_with_the_start() -> None:
    bea = somebody("2026-01-10", done=("2024-01-10",), leaves=(("2025-12-01", "2025-12-20"),))
    assert told(bea, TWO_YEARS, "2026-01-10", "2026-01-30") == [
        ("2026-01-10", "satisfied", "2026-01-30"),
        ("2026-01-30", "expired", "2026-01-30"),
    ]


def test_six_months_after_the_last_of_august() -> None:
    rule = Rule("H", Level.REQUIRED, [MODULE], first=number("2020-01-01"), repeat=Months(6))
    assert told(somebody("2019-01-01", done=("2025-08-31",)), rule, "2026-02-27", "2026-02-28") == [
        ("2026-02-27", "satisfied", "2026-02-28"),
        ("2026-02-28", "expired", "2026-02-28"),
    ]


def test_a_cycle_asks_anew() -> None:
    both = somebody("2019-01-01", done=("2025-06-20", "2025-09-05"))
    assert told(both, YEARLY, "2025-07-01", "2026-07-01") == [
        ("2025-07-01", "not_started", "2025-10-31"),
        ("2025-09-05", "satisfied", "2025-10-31"),
        ("2026-07-01", "not_started", "2026-10-31"),
    ]
    joiner = somebody("2025-10-15")
    assert told(joiner, YEARLY, "2025-11-14", "2025-11-15") == [
        ("2025-11-14", "due_soon", "2025-11-14"),
        ("2025-11-15", "overdue", "2025-11-14"),
    ]


def test_omars_day_off_the_committee_makes_a_new_start() -> None:
    rule = Rule(
        "F", Level.REQUIRED, [MODULE], first=number("2020-01-01"), audience=Audience(functions=frozenset({"committee"}))
    )

    def starts(second_term: str) -> list[int]:
        terms = [
            ("committee", number("2025-03-01"), number("2025-06-30")),
            ("committee", number(second_term), NEVER_AFTER),
        ]
        omar = PersonFacts(homes=[Home(number("2019-01-01"), NEVER_AFTER, 1, "staff", "clinical")], functions=terms)
        return [first for first, _ in runs(omar, rule)]

    assert starts("2025-07-02") == [number("2025-03-01"), number("2025-07-02")]
    assert starts("2025-07-01") == [number("2025-03-01")]


def test_five_people_in_the_row_of_all_modules() -> None:
    rule = Rule(
        "B",
        Level.REQUIRED,
        [MODULE, ModuleRule("B", frozenset({"B"}), needs_verification=False)],
        first=number("2026-01-01"),
        days_after_start=60,
    )
    away = somebody("2019-01-01", leaves=(("2026-03-01", "2026-03-31"),))
    with_a = (Done("A", number("2026-03-01"), State.VERIFIED),)
    with_b = (Done("B", number("2026-03-01"), State.VERIFIED),)
    people = (
        replace(somebody("2019-01-01"), waivers=[Waived(None, None, 1, NEVER_AFTER)]),
        replace(away, waivers=[Waived(None, "A", 1, NEVER_AFTER)]),
        replace(somebody("2019-01-01"), waivers=[Waived(None, "A", 1, NEVER_AFTER)], completions=with_b),
        replace(somebody("2019-01-01"), completions=with_a),
        replace(somebody("2026-03-01"), completions=with_a),
    )
    day = number("2026-03-03")
    rows = [timeline(person, rule, day, day)[-1][0].status.word for person in people]
    assert rows == ["waived", "on_leave", "satisfied", "overdue", "not_started"]
