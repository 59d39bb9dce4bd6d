"""What a unit lacks: a table of cases."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tracker.champions.rules import Approval, Certificate, Lack, Term, ending, gaps, last_day

DAY = date(2026, 11, 22)
DEPARTMENT, DIVISION = 1, 2
KINDS_OF_UNITS = {DEPARTMENT: "department", DIVISION: "division"}


def term(kind: str = "staff", unit_id: int = DEPARTMENT, *, first: int = -100, last: int | None = 600) -> Term:
    """A term from and to so many days from the day, with all that should be recorded of it."""
    return Term(
        id=abs(first) * 1_000 + (last or 0) + unit_id,
        person_id=1,
        name="Ada",
        email="",
        unit_id=unit_id,
        kind=kind,
        fte=Decimal("0.2"),
        starts_on=DAY + timedelta(days=first),
        ends_on=None if last is None else DAY + timedelta(days=last),
        approvals=[Approval("chair", "x", DAY, None), Approval("supervisor", "x", DAY, None)],
        certificates=[Certificate(1, "Awareness", DAY)],
    )


BOTH = [term("faculty"), term("staff")]


def lacking(*terms: Term, units: dict[int, str] | None = None, above: tuple[tuple[int, str], ...] = ()) -> list[str]:
    """What is lacking, each as lack and kind."""
    found = gaps(units or {DEPARTMENT: "department"}, terms, above, DAY)
    return [f"{gap.lack} {gap.kind}" for gap in found]


def test_a_department_with_both_lacks_nothing() -> None:
    assert lacking(*BOTH) == []


def test_a_department_needs_champions_of_its_own() -> None:
    assert lacking(above=((DEPARTMENT, "faculty"), (DEPARTMENT, "staff"))) == ["champion faculty", "champion staff"]
    assert lacking(term("faculty")) == ["champion staff"]


@pytest.mark.parametrize(
    ("terms", "above", "expected"),
    [
        ((), (), []),
        ((term("staff", DIVISION),), (), ["champion faculty"]),
        ((term("staff", DIVISION),), ((DIVISION, "faculty"),), []),
        ((term("staff", DIVISION, last=-3),), ((DIVISION, "faculty"), (DIVISION, "staff")), []),
        ((term("staff", DIVISION, last=-3),), ((DIVISION, "faculty"),), ["champion staff"]),
    ],
    ids=["never had one", "no help for the other kind", "helped", "helped after its own", "no longer helped"],
)
def test_another_unit_may_lean_on_those_above(
    terms: tuple[Term, ...], above: tuple[tuple[int, str], ...], expected: list[str]
) -> None:
    assert lacking(*terms, units={DIVISION: "division"}, above=above) == expected


def test_it_knows_since_when_and_until_when_nobody_is_there() -> None:
    ended, older, coming = term(last=-10), term(first=-900, last=-200), term(first=20)
    (gap,) = gaps({DEPARTMENT: "department"}, [term("faculty"), ended, older, coming], (), DAY)
    assert (gap.since, gap.next_on) == (DAY - timedelta(days=9), DAY + timedelta(days=20))


@pytest.mark.parametrize(
    ("last", "follower", "is_told"),
    [
        (90, None, True),
        (91, None, False),
        (0, None, True),
        (None, None, False),
        (30, term(first=31), False),
        (30, term(first=10, last=40), False),
        (30, term(first=32), True),
        (30, term("faculty", first=31), True),
        (30, term(unit_id=DIVISION, first=31), True),
    ],
    ids=["90 days", "91 days", "today", "open", "next day", "overlaps", "a gap", "another kind", "another unit"],
)
def test_a_term_ends_soon_and_nobody_follows(last: int | None, follower: Term | None, *, is_told: bool) -> None:
    one = term(last=last)
    others = [follower] if follower else []
    assert [found.id for found in ending([one, *others], DAY) if found is one] == ([one.id] if is_told else [])


def test_what_is_not_settled_is_told_of_terms_that_run() -> None:
    bare = Term(9, 1, "Ada", "", DEPARTMENT, "staff", None, DAY, None)
    assert lacking(term("faculty"), bare) == ["approval staff", "fte staff"]
    over = Term(9, 1, "Ada", "", DEPARTMENT, "staff", None, DAY - timedelta(days=9), DAY - timedelta(days=1))
    assert lacking(*BOTH, over) == []


def test_one_certified_champion_is_enough_for_a_unit() -> None:
    bare = Term(9, 1, "Ada", "", DEPARTMENT, "staff", Decimal("0.1"), DAY, None, BOTH[0].approvals)
    assert lacking(term("faculty"), bare) == []
    assert lacking(bare) == ["champion faculty", "certificate None"]


def test_what_is_lacking_comes_unit_by_unit() -> None:
    found = gaps(KINDS_OF_UNITS, [term("staff", DIVISION)], (), DAY)
    assert [(gap.unit_id, gap.lack) for gap in found] == [
        (DEPARTMENT, Lack.CHAMPION),
        (DEPARTMENT, Lack.CHAMPION),
        (DIVISION, Lack.CHAMPION),
    ]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 1, 1), date(2027, 12, 31)),
        (date(2024, 2, 29), date(2026, 2, 27)),
        (date(2026, 3, 1), date(2028, 2, 29)),
    ],
)
def test_a_term_is_two_years(first: date, last: date) -> None:
    assert last_day(first) == last
