"""The words of statuses and records, each once."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tracker.progress.forms import HOW
from tracker.progress.queries.records import Deed, Entry
from tracker.progress.queries.standing import Group, Reason, Says, Standing, Task
from tracker.progress.routes import wording
from tracker.progress.rules import Cycle, Level, ModuleRule, Months, Rule, State, Status

TODAY = date(2026, 11, 21)
SOON, PAST = date(2026, 12, 3), date(2026, 6, 30)


def plain(words: str) -> str:
    """Words with plain blanks."""
    return words.replace("\N{NO-BREAK SPACE}", " ")


def said(status: Status, **days: date) -> Says:
    """A status with some days beside it."""
    return replace(Says(status, None, None, None), **days)


def task(status: Status, level: Level = Level.REQUIRED, **days: date) -> Task:
    """A module asked by one requirement."""
    rule = Rule("R", level, [ModuleRule("M", frozenset({"M"}), needs_verification=False)], first=1)
    says = said(status, **days)
    reason = Reason(1, "The sequence", level, says, None, names_shown=True, is_changing=False, item_id=1, rule=rule)
    return Task(1, "M", "Module", 60, frozenset({"M"}), (reason,))


@pytest.mark.parametrize(
    ("says", "level", "words"),
    [
        (said(Status.DUE_SOON, due_on=SOON), Level.REQUIRED, "Due in 12 days"),
        (said(Status.DUE_SOON, due_on=TODAY), Level.REQUIRED, "Due today"),
        (said(Status.DUE_SOON, due_on=TODAY + timedelta(days=1)), Level.REQUIRED, "Due tomorrow"),
        (said(Status.OVERDUE, due_on=PAST), Level.REQUIRED, "Overdue since 30 Jun 2026"),
        (said(Status.EXPIRED, due_on=PAST, expires_on=PAST), Level.REQUIRED, "Lapsed on 30 Jun 2026"),
        (said(Status.SATISFIED, satisfied_on=PAST), Level.REQUIRED, "Done on 30 Jun 2026"),
        (said(Status.PENDING), Level.REQUIRED, "Waits for a decision"),
        (said(Status.ON_LEAVE), Level.REQUIRED, "On leave"),
        (said(Status.WAIVED), Level.REQUIRED, "Waived"),
        (said(Status.NOT_STARTED), Level.REQUIRED, "Not started"),
        (said(Status.NOT_STARTED), Level.EXPECTED, "Expected, not started"),
        (said(Status.NOT_STARTED), Level.OPTIONAL, "Not started"),
    ],
)
def test_a_status_says_the_day_that_matters(says: Says, level: Level, words: str) -> None:
    assert plain(wording.status_text(says, level, TODAY)) == words


@pytest.mark.parametrize(
    ("tasks", "answer"),
    [
        ([task(Status.NOT_STARTED)], ["You have 1 thing to do."]),
        (
            [task(Status.OVERDUE, due_on=PAST), task(Status.DUE_SOON, due_on=SOON)],
            ["You have 2 things to do. The first was due on 30 Jun 2026."],
        ),
        (
            [task(Status.EXPIRED, due_on=PAST, expires_on=PAST), task(Status.NOT_STARTED)],
            ["You have 2 things to do. The first lapsed on 30 Jun 2026."],
        ),
        (
            [task(Status.NOT_STARTED, Level.EXPECTED), task(Status.PENDING)],
            ["Nothing is due. 1 thing is expected of you, in your own time.", "1 thing waits for a decision."],
        ),
        ([task(Status.NOT_STARTED, Level.OPTIONAL)], ["Nothing is asked of you today."]),
        ([task(Status.OVERDUE, due_on=TODAY)], ["You have 1 thing to do. It is due on 21 Nov 2026."]),
    ],
)
def test_the_answer_counts_only_what_is_owed(tasks: list[Task], answer: list[str]) -> None:
    found = wording.answer(Standing(TODAY, tuple(tasks)))
    assert [plain(words) for words in found] == answer


def test_what_is_not_owed_names_no_day_that_has_passed() -> None:
    late = said(Status.NOT_STARTED, due_on=PAST)
    assert wording.when_text(late, TODAY, is_owed=False) == ""
    assert plain(wording.when_text(said(Status.OVERDUE, due_on=PAST), TODAY, is_owed=True)) == "since 30 Jun 2026"
    assert plain(wording.when_text(said(Status.NOT_STARTED, due_on=SOON), TODAY, is_owed=True)) == "by 3 Dec 2026"


def test_an_optional_module_is_never_owed_and_pauses_for_nobody() -> None:
    assert {task(status, Level.OPTIONAL).group for status in (Status.NOT_STARTED, Status.EXPIRED, Status.ON_LEAVE)} == {
        Group.OPTIONAL
    }


def test_every_way_to_do_it_has_its_words() -> None:
    assert wording.HOW_WORDS.keys() == dict(HOW).keys()
    assert wording.how_text("by post") == "by post"
    assert wording.how_text(None) is None


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("self", "logged by you"),
        ("office", "entered by the office"),
        ("roster", "from a sign-in list"),
        ("import", "brought over from another system"),
        ("cornerstone", "from cornerstone"),
        ("", "source unknown"),
    ],
)
@pytest.mark.usefixtures("app")
def test_a_source_is_named(source: str, words: str) -> None:
    entry = Entry(1, "W-1", "M", "Module", TODAY, source, State.VERIFIED, 60, None, None, None, None, Deed.LOGGED)
    assert wording.source_text(entry, is_own=True) == words


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({}, "required, once"),
        ({"due_date": TODAY.toordinal()}, "required, once, by 21 Nov 2026"),
        (
            {"due_date": TODAY.toordinal(), "days_after_start": 90},
            "required, once, by 21 Nov 2026, or within 90 days of the day it begins for you, whichever is later",
        ),
        ({"repeat": Months(12), "days_after_start": 1}, "required, again every 12 months, within 1 day of"),
        ({"repeat": Cycle((7, 1))}, "required, anew each year from 1 Jul, by the end of each year"),
        ({"repeat": Cycle((7, 1), (12, 31))}, "required, anew each year from 1 Jul, by 31 Dec"),
        ({"level": Level.EXPECTED, "due_date": 1}, "expected, once"),
    ],
)
def test_a_rule_is_told_in_words(rule: dict[str, Any], words: str) -> None:
    asked = replace(task(Status.NOT_STARTED).lead.rule, **rule)
    assert plain(wording.rule_text(asked)).startswith(words)


@pytest.mark.parametrize(
    ("rule", "courses", "words"),
    [
        ({}, {"M"}, "Finish it and log it: it counts at once, and holds for good, however long ago you finished it."),
        ({"repeat": Months(1)}, {"M", "X"}, "at once, and holds for 1 month. X counts as this module."),
        ({"repeat": Cycle((7, 1))}, {"M", "X", "Y"}, "from 1 Jul 2026 to 30 Jun 2027. X and Y count as this module."),
        (
            {"modules": [ModuleRule("M", frozenset({"M"}), needs_verification=True)]},
            {"M"},
            "it counts once Cara has verified it, and holds",
        ),
    ],
)
def test_what_would_satisfy_it_is_told(rule: dict[str, Any], courses: set[str], words: str) -> None:
    open_one = task(Status.NOT_STARTED)
    asked = replace(open_one.lead, rule=replace(open_one.lead.rule, **rule))
    told = wording.satisfied_by(replace(open_one, reasons=(asked,), courses=frozenset(courses)), TODAY, "Cara")
    assert words in plain(told)


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0"), (60, "1"), (90, "1.5"), (45, "0.75"), (600, "10"), (50, "0.83")]
)
def test_minutes_read_as_hours(minutes: int, words: str) -> None:
    assert wording.hours(minutes) == words
