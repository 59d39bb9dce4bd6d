"""When the sample school holds its sessions: open ones by the calendar, departments' own series, and yearly windows."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random

from .plan import Plan

# Months of the open sessions of the four parts of the introductory sequence, and of the cohorts for the core.
EVEN, ODD = (2, 4, 6, 8, 10, 12), (1, 3, 5, 7, 9, 11)
INTRO_MONTHS = (EVEN, EVEN, ODD, ODD)
CORE_MONTHS = (3, 10)
WEEK = timedelta(days=7)

Days = Mapping[str, Sequence[date]]


def first_session(plan: Plan) -> date:
    """The day on which the programme began."""
    return date(plan.year - 3, 9, 15)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth Monday (0), Tuesday (1), … of a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7) + WEEK * (nth - 1)


def workday(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def open_intro(plan: Plan) -> Days:
    """The open sessions of each part of the introductory sequence, up to the day."""
    sessions: dict[str, list[date]] = {}
    for part, code in enumerate(plan.requirements["INTRO"].modules):
        days = (nth_weekday(year, month, 1 + part % 2, 2) for year in _years(plan) for month in INTRO_MONTHS[part])
        sessions[code] = sorted(day for day in days if first_session(plan) <= day <= plan.today)
    return sessions


def open_core(plan: Plan) -> Days:
    """The sessions of the school-wide cohorts for the core, three weeks apart, up to the day."""
    sessions: dict[str, list[date]] = {}
    for part, code in enumerate(plan.requirements["USR-CORE"].modules):
        days = (nth_weekday(year, month, 0, 1) + WEEK * 3 * part for year in _years(plan) for month in CORE_MONTHS)
        sessions[code] = sorted(day for day in days if first_session(plan) <= day <= plan.today)
    return sessions


def circle_days(plan: Plan) -> Sequence[date]:
    """The reading circles of the last two years: every third Thursday of a month, but none in July."""
    days = (nth_weekday(year, month, 3, 3) for year in _years(plan) for month in range(1, 13) if month != 7)
    return [day for day in days if plan.before(730) < day < plan.today]


def intro_series(plan: Plan, rng: Random) -> Days:
    """A department's own sessions: three rounds of four, four weeks apart, each held on two days."""
    first = first_session(plan) + timedelta(days=rng.randint(20, 500))
    starts = [first, first + timedelta(days=rng.randint(240, 400)), plan.before(rng.randint(60, 190))]
    return _series(plan, plan.requirements["INTRO"].modules, starts, weeks_apart=4)


def core_series(plan: Plan, rng: Random, opened: date) -> Days:
    """A department's own workshops on the core: the first round some weeks after it may begin, then twice a year."""
    first = opened + timedelta(days=rng.randint(30, 75))
    starts = [first + timedelta(days=170 * round_) for round_ in range(6)]
    return _series(plan, plan.requirements["USR-CORE"].modules, starts, weeks_apart=3)


def merged(*calendars: Days) -> Days:
    """All sessions of several calendars."""
    codes = {code for one in calendars for code in one}
    return {code: sorted({day for one in calendars for day in one.get(code, ())}) for code in sorted(codes)}


def _series(plan: Plan, codes: Sequence[str], starts: Sequence[date], *, weeks_apart: int) -> Days:
    sessions: dict[str, list[date]] = {}
    for part, code in enumerate(codes):
        days = [workday(start) + WEEK * weeks_apart * part for start in starts]
        days += [workday(day + timedelta(days=2)) for day in days]
        sessions[code] = [day for day in days if day <= plan.today]
    return sessions


def _years(plan: Plan) -> range:
    return range(plan.year - 3, plan.today.year + 1)
