"""The command explain: what it prints, and what it says of codes that are not there."""

from datetime import date

import pytest
from click.testing import Result
from flask import Flask

from tracker.core import clock


def run(app: Flask, *words: str) -> Result:
    """What the command line answers."""
    return app.test_cli_runner().invoke(args=["explain", *words])


def test_a_module_is_explained(told_app: Flask) -> None:
    result = run(told_app, "overdue", "ONCE", "AWARE", "--as-of", "2026-11-22")
    assert result.exit_code == 0
    assert result.output == (
        "On 22 Nov 2026, “Awareness” is overdue: it was due on 1 Apr 2026.\n"
        "“Once course” is required, from 1 Jan 2024 on.\n"
        "overdue\N{RIGHT SINGLE QUOTATION MARK}s home has been Heart and Vessels since 1 Jan 2026:"
        " category faculty, role clinical.\n"
        "It is asked of everybody.\n"
        "The clock started on 1 Jan 2026, the first day of an appointment.\n"
        "The due day is 1 Apr 2026: 90 days after the start.\n"
        "Nothing is on record for it up to this day.\n"
        "A completion will set this right from its day on.\n"
    )


def test_a_requirement_as_a_whole_is_explained(told_app: Flask) -> None:
    result = run(told_app, "never a home", "PAIR", "*", "--as-of", "2100-12-31")
    assert result.exit_code == 0
    assert result.output == (
        "On 31 Dec 2100, “Pair course” is not asked of never a home.\n"
        "never a home has no primary appointment on this day.\n"
    )


def test_without_a_day_it_is_today(told_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2026, 3, 2))
    assert run(told_app, "overdue", "ONCE", "AWARE").output.startswith("On 2 Mar 2026, “Awareness” is due soon")


@pytest.mark.parametrize("day", ["2000-01-01", "2019-12-31", "2050-06-30", "2100-12-31"])
def test_any_day_has_an_answer(told_app: Flask, day: str) -> None:
    for requirement in ("ONCE", "YEARLY", "CALENDAR", "OFFERED"):
        assert run(told_app, "overdue", requirement, "AWARE", "--as-of", day).exit_code == 0


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("nobody", "ONCE", "AWARE"), "Error: There is no person nobody.\n"),
        (("overdue", "NEVER", "AWARE"), "Error: There is no requirement NEVER.\n"),
        (("overdue", "ONCE", "WHAT"), "Error: There is no module WHAT.\n"),
        (("overdue", "ONCE", "ACT"), "Error: There are no figures for module ACT in ONCE.\n"),
    ],
)
def test_what_is_not_there_is_named_in_one_line(told_app: Flask, words: tuple[str, ...], line: str) -> None:
    result = run(told_app, *words)
    assert (result.exit_code, result.output) == (1, line)
