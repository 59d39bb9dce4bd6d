"""The rules of progress read naively, day by day: what one person's assignment stands at, for tests of the real engine.

Clarity comes before speed. Nothing here is shared with the application, so that a mistake in one shows in the other.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from .days import ONE_DAY, add_months, covers, first_on_or_after, last_on_or_before
from .facts import Appointment, Audience, Completion, Facts, Function, Leave, Module, Requirement, Unit

AFTER_LEAVE = timedelta(days=30)
DUE_SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Assignment:
    """One person x requirement x module on the day asked for, with the dates shown beside its status."""

    person_id: str
    requirement: str
    module: str
    unit: str
    level: str
    status: str
    due_on: date | None = None
    satisfied_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What was done by a day: the completion that counts now, whether a claim waits, the due day and the expiry day."""

    done: date | None
    is_pending: bool
    due: date | None
    expiry: date | None = None


def undone(level: str, due: date | None, day: date) -> str:
    """The status of what is neither done nor waiting."""
    if level != "required" or due is None:
        return "not_started"
    if day > due:
        return "overdue"
    return "due_soon" if due - day <= DUE_SOON else "not_started"


class Reading:
    """One institution's facts, and every question the rules answer about them on a day.

    `every_day` makes it walk all days where it otherwise looks only at the days on which some fact begins or has
    just ended; the tests hold the two against each other.
    """

    def __init__(self, facts: Facts, every_day: bool = False) -> None:
        self.facts = facts
        self.every_day = every_day
        self.modules = {module.code: module for module in facts.modules}
        self.homes: dict[tuple[str, date], Appointment | None] = {}
        self.rows: dict[tuple[str, date], Unit | None] = {}
        self.unreplaced: dict[tuple[str, str], list[Completion]] = {}

    # Days

    @cached_property
    def change_days(self) -> list[date]:
        """Every day on which a period begins, has just ended, or something was completed, in order.

        Who is whose home, the tree, who is on leave, who matches an audience and what has been completed up to a day
        are the same on two days in a row unless the second is one of these: each is decided by comparing the day with
        the days written in the facts, and every comparison comes out alike until the next of these days is reached.
        """
        facts = self.facts
        days: set[date] = {one.completed_on for one in facts.completions}
        dated: list[Unit | Appointment | Function | Leave | Requirement] = [*facts.units, *facts.requirements]
        dated += [*facts.appointments, *facts.functions, *facts.leaves]
        for one in dated:
            days |= {one.start} if one.start else set()
            days |= {one.end + ONE_DAY} if one.end and one.end < date.max else set()
        return sorted(days)

    def days_between(self, first: date, last: date) -> Iterator[date]:
        """The first day and every later one up to the last on which a scope or a gate's counts may have changed."""
        if self.every_day:
            yield from (first + timedelta(days=n) for n in range((last - first).days + 1))
        elif first <= last:
            yield first
            yield from (day for day in self.change_days if first < day <= last)

    # The tree

    def unit_row(self, code: str, day: date) -> Unit | None:
        """The row of a unit that holds on a day, or None where the unit does not exist."""
        if (code, day) not in self.rows:
            begun = [row for row in self.facts.units if row.code == code and (row.start is None or row.start <= day)]
            latest = max(begun, key=lambda row: row.start or date.min, default=None)
            self.rows[code, day] = latest if latest and covers(latest.start, latest.end, day) else None
        return self.rows[code, day]

    def unit_and_above(self, code: str, day: date) -> list[str]:
        """A unit and every unit above it in the tree of a day."""
        row = self.unit_row(code, day)
        return [code, *(self.unit_and_above(row.parent, day) if row.parent else [])] if row else []

    # People

    def home(self, person_id: str, day: date) -> Appointment | None:
        """The post that gives somebody their home on a day, if there is one."""
        if (person_id, day) not in self.homes:
            mine = (one for one in self.facts.appointments if one.person_id == person_id and one.primary)
            self.homes[person_id, day] = next((one for one in mine if covers(one.start, one.end, day)), None)
        return self.homes[person_id, day]

    def home_units(self, person_id: str, day: date) -> list[str]:
        """The home unit on a day and every unit above it; nothing without a home."""
        home = self.home(person_id, day)
        return self.unit_and_above(home.unit, day) if home else []

    def is_on_leave(self, person_id: str, day: date) -> bool:
        """Whether a leave covers the day."""
        return any(one.person_id == person_id and covers(one.start, one.end, day) for one in self.facts.leaves)

    def matches(self, audience: Audience, person_id: str, day: date) -> bool:
        """Whether somebody has a home on a day and matches every part of the audience that is given."""
        home = self.home(person_id, day)
        if home is None:
            return False
        mine = [one for one in self.facts.functions if one.person_id == person_id and covers(one.start, one.end, day)]
        actual = {
            "categories": [home.category],
            "roles": [home.role],
            "units": self.home_units(person_id, day),
            "functions": [one.function for one in mine],
        }
        return all(set(values) & set(actual[key]) for key, values in audience.items())

    def in_scope(self, requirement: Requirement, person_id: str, day: date) -> bool:
        """Whether a requirement asks anything of somebody on a day."""
        asked = covers(requirement.start, requirement.end, day)
        return asked and self.matches(requirement.audience, person_id, day)

    def run_start(self, requirement: Requirement, person_id: str, day: date) -> date:
        """Since when somebody has been in scope without a break, seen from a day on which they are."""
        start = day
        for earlier in reversed(list(self.days_between(requirement.start, day))):
            if not self.in_scope(requirement, person_id, earlier):
                break
            start = earlier
        return start

    # Completions

    @cached_property
    def replaced(self) -> set[str]:
        """The ids of completions that another one replaces, on whatever day."""
        return {one.corrects for one in self.facts.completions if one.corrects}

    def completions(self, person_id: str, module: Module, up_to: date) -> list[Completion]:
        """Somebody's completions of a module or its equivalents that are not replaced, up to a day, earliest first."""
        if (person_id, module.code) not in self.unreplaced:
            codes = {module.code, *module.equivalents}
            mine = [one for one in self.facts.completions if one.person_id == person_id and one.module in codes]
            mine = [one for one in mine if one.id not in self.replaced]
            self.unreplaced[person_id, module.code] = sorted(mine, key=lambda one: one.completed_on)
        return [one for one in self.unreplaced[person_id, module.code] if one.completed_on <= up_to]

    def counting(self, person_id: str, module: Module, up_to: date) -> list[date]:
        """The days of the completions that count, up to a day, earliest first."""
        states = {"verified", "claimed"} if module.evidence == "attestation" else {"verified"}
        return [one.completed_on for one in self.completions(person_id, module, up_to) if one.state in states]

    def claimed(self, person_id: str, module: Module, up_to: date) -> list[date]:
        """The days of the claims that wait to be verified, up to a day, earliest first; none where none has to be."""
        if module.evidence == "attestation":
            return []
        return [one.completed_on for one in self.completions(person_id, module, up_to) if one.state == "claimed"]

    # Due days

    def moved_by_leave(self, person_id: str, begin: date, due: date, day: date) -> date:
        """A due or expiry day after the leaves that were over before the day asked for have moved it."""
        leaves = [one for one in self.facts.leaves if one.person_id == person_id]
        for leave in sorted(leaves, key=lambda one: one.start):
            if leave.end is None or leave.end >= day:
                continue
            if leave.end >= begin and leave.start <= due:
                due += leave.end - max(begin, leave.start) + ONE_DAY
                due = max(due, leave.end + AFTER_LEAVE)
        return due

    def first_due(self, requirement: Requirement, person_id: str, start: date, day: date) -> date | None:
        """The due day of something done once, or for the first time."""
        days = [] if requirement.due_date is None else [requirement.due_date]
        if requirement.due_days is not None:
            days.append(start + timedelta(days=requirement.due_days))
        return self.moved_by_leave(person_id, start, max(days), day) if days else None

    def cycle_due(self, requirement: Requirement, person_id: str, start: date, day: date) -> date:
        """The due day in the cycle that holds a day."""
        repeat = requirement.repeat
        cycle_start = last_on_or_before(repeat.cycle, day)
        if repeat.due_by:
            due = first_on_or_after(repeat.due_by, cycle_start)
        else:
            due = first_on_or_after(repeat.cycle, cycle_start + ONE_DAY) - ONE_DAY
        days_after_start = 30 if requirement.due_days is None else requirement.due_days
        due = max(due, start + timedelta(days=days_after_start), requirement.due_date or date.min)
        return self.moved_by_leave(person_id, max(start, cycle_start), due, day)

    # Status

    def is_waived(self, person_id: str, requirement: str, module: str, day: date) -> bool:
        """Whether a waiver covers the person, the requirement, the module and the day."""
        return any(
            one.person_id == person_id
            and one.requirement in {"", requirement}
            and one.module in {"", module}
            and covers(one.start, one.end, day)
            for one in self.facts.waivers
        )

    def assignments(self, day: date, person_ids: Iterable[str]) -> list[Assignment]:
        """Every assignment in scope on a day of these people."""
        return [
            self.assignment(requirement, person_id, self.modules[code], day)
            for person_id in person_ids
            for requirement in self.facts.requirements
            if self.in_scope(requirement, person_id, day)
            for code in requirement.modules
        ]

    def assignment(self, requirement: Requirement, person_id: str, module: Module, day: date) -> Assignment:
        """One assignment on a day on which it is in scope."""
        home = self.home(person_id, day)
        assert home is not None, "nobody is in scope without a home"
        key = (person_id, requirement.code, module.code, home.unit, requirement.level)
        if self.is_waived(person_id, requirement.code, module.code, day):
            return Assignment(*key, "waived")
        if self.is_on_leave(person_id, day):
            return Assignment(*key, "on_leave")
        standing = self.standing(requirement, person_id, module, day)
        if standing.done:
            return Assignment(*key, "satisfied", standing.due, standing.done, standing.expiry)
        if standing.is_pending:
            return Assignment(*key, "pending", standing.due)
        if standing.expiry:
            return Assignment(*key, "expired", standing.due, None, standing.expiry)
        return Assignment(*key, undone(requirement.level, standing.due, day), standing.due)

    def standing(self, requirement: Requirement, person_id: str, module: Module, day: date) -> Standing:
        """What somebody has done about an assignment by a day, neither waived nor on leave."""
        start = self.run_start(requirement, person_id, day)
        counting = self.counting(person_id, module, day)
        claimed = self.claimed(person_id, module, day)
        if requirement.repeat.months:
            expiry = self.expiry(requirement.repeat.months, person_id, counting, start, day)
            claim_expiry = self.expiry(requirement.repeat.months, person_id, claimed, start, day)
            done = counting[-1] if expiry and day < expiry else None
            is_pending = claim_expiry is not None and day < claim_expiry
            return Standing(done, is_pending, expiry or self.first_due(requirement, person_id, start, day), expiry)
        if requirement.repeat.cycle:
            cycle_start = last_on_or_before(requirement.repeat.cycle, day)
            done = max((one for one in counting if one >= cycle_start), default=None)
            is_pending = any(one >= cycle_start for one in claimed)
            return Standing(done, is_pending, self.cycle_due(requirement, person_id, start, day))
        due = self.first_due(requirement, person_id, start, day)
        return Standing(min(counting, default=None), bool(claimed), due)

    def expiry(self, months: int, person_id: str, days: Sequence[date], start: date, day: date) -> date | None:
        """The expiry day of the latest of some completions; None without one, or where it is not after the start."""
        if not days:
            return None
        expiry = self.moved_by_leave(person_id, days[-1], add_months(days[-1], months), day)
        return expiry if expiry > start else None
