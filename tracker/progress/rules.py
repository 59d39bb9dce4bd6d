"""What "this person has done what was asked" means: facts of one person in, spans of constant status out.

Pure functions over day numbers (`core.days`): no database, no Flask. docs/rules.md says the same in words.
A period is a pair of day numbers, both included. Completions handed in are those that nothing replaces.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from tracker.core.days import NEVER_AFTER, NEVER_BEFORE, Period, add_months, union

DUE_SOON_DAYS = 30
DAYS_AFTER_LEAVE = 30
DAYS_AFTER_START_IN_CYCLE = 30


class Level(StrEnum):
    """How strongly a requirement asks; only a required one can be overdue or due soon."""

    REQUIRED = "required"
    EXPECTED = "expected"
    OPTIONAL = "optional"


class State(StrEnum):
    """What a completion says of itself."""

    CLAIMED = "claimed"
    VERIFIED = "verified"
    REJECTED = "rejected"


class Evidence(StrEnum):
    """Whether a logged completion counts at once, or when somebody entitled has verified it."""

    ATTESTATION = "attestation"
    VERIFICATION = "verification"


class Status(IntEnum):
    """Where a person stands with a module on a day, the first that holds; stored as its number."""

    WAIVED = 1
    ON_LEAVE = 2
    SATISFIED = 3
    PENDING = 4
    EXPIRED = 5
    OVERDUE = 6
    DUE_SOON = 7
    NOT_STARTED = 8

    @property
    def word(self) -> str:
        """The status as reports and the address of a page spell it."""
        return self.name.lower()


class Home(NamedTuple):
    """A primary appointment: where a person is counted, and as what."""

    first: int
    last: int
    unit: int
    category: str
    role: str


class Done(NamedTuple):
    """A completion that nothing replaces and that was not rejected."""

    course: str
    day: int
    state: State


class Waived(NamedTuple):
    """A waiver; an empty requirement or module stands for all."""

    requirement: str | None
    module: str | None
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Everything about one person that figures rest on. Homes and leaves are sorted and do not overlap."""

    homes: Sequence[Home] = ()
    functions: Sequence[tuple[str, int, int]] = ()
    leaves: Sequence[Period] = ()
    waivers: Sequence[Waived] = ()
    completions: Sequence[Done] = ()


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a requirement asks; a part that is None lets everybody through.

    `units` gives, for each home unit that ever lies at or below a named one, the periods in which it does.
    """

    categories: frozenset[str] | None = None
    roles: frozenset[str] | None = None
    functions: frozenset[str] | None = None
    units: Mapping[int, Sequence[Period]] | None = None


@dataclass(frozen=True, slots=True)
class ModuleRule:
    """A module as rules see it: its code, its equivalents, and whether claims count at once."""

    code: str
    courses: frozenset[str]
    needs_verification: bool


@dataclass(frozen=True, slots=True)
class Months:
    """A completion lasts so many months."""

    months: int


@dataclass(frozen=True, slots=True)
class Cycle:
    """Asked anew each year from a (month, day) on; due on the first `due_by` from there, else on its last day."""

    start: tuple[int, int]
    due_by: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A requirement as rules see it. `repeat` None is "once"; `due_date` is a day number."""

    code: str
    level: Level
    modules: Sequence[ModuleRule]
    first: int
    last: int = NEVER_AFTER
    audience: Audience = Audience()
    due_date: int | None = None
    days_after_start: int | None = None
    repeat: Months | Cycle | None = None

    @property
    def days_in_cycle(self) -> int:
        """How many days whoever comes in the middle of a cycle has at least."""
        return DAYS_AFTER_START_IN_CYCLE if self.days_after_start is None else self.days_after_start


@dataclass(frozen=True, slots=True)
class GateRule:
    """Whose completions a gate counts, and of what."""

    needs: Sequence[ModuleRule]
    audience: Audience = Audience()


class Span(NamedTuple):
    """A status that does not change from `first` to `last`, with the home unit and the dates shown with it."""

    first: int
    last: int
    unit: int
    status: Status
    due: int | None
    satisfied_on: int | None
    expires_on: int | None


class _Piece(NamedTuple):
    """Part of a run in which home, leave and the finished leaves stay the same."""

    first: int
    last: int
    unit: int
    on_leave: bool
    finished: Sequence[Period]


def timeline(facts: PersonFacts, rule: Rule, first: int, last: int) -> list[list[Span]]:
    """The spans of one person and requirement from day `first` to day `last`.

    One list a module, in the order of `rule.modules`; a requirement of several modules has one more, the person-level
    spans behind the `*` row. Neighbours that say the same are one span. Days out of scope have none.
    """
    runs = [(start, list(_pieces(run, facts.leaves, first, last))) for start, run in _runs(facts, rule)]
    spans = [_module_spans(facts, rule, module, runs) for module in rule.modules]
    if len(spans) > 1:
        spans.append(_person_spans(spans, rule.level))
    return spans


def gate_timeline(facts: PersonFacts, gate: GateRule) -> list[Span]:
    """One person's part in a gate, over all time: SATISFIED is in the numerator, ON_LEAVE in neither number."""
    done = max((_earliest(_counting_days(facts, module)) for module in gate.needs), default=NEVER_BEFORE)
    spans = _Spans()
    for home in _in_audience(facts, gate.audience, NEVER_BEFORE, NEVER_AFTER):
        for piece in _pieces([home], facts.leaves, NEVER_BEFORE, NEVER_AFTER):
            spans.unit = piece.unit
            if piece.on_leave:
                spans.add(piece.first, piece.last, Status.ON_LEAVE)
            else:
                spans.add(piece.first, min(piece.last, done - 1), Status.NOT_STARTED)
                spans.add(max(piece.first, done), piece.last, Status.SATISFIED)
    return spans.found


def gate_is_open(numerator: int, denominator: int, percent: int) -> bool:
    """Whether a share lies strictly above the gate's percentage."""
    return numerator * 100 > percent * denominator


def people_still_needed(numerator: int, denominator: int, percent: int) -> int:
    """How many of those not yet done would open the gate today; 0 when the share is already above."""
    return max(0, percent * denominator // 100 + 1 - numerator) if denominator else 0


# Scope


def _runs(facts: PersonFacts, rule: Rule) -> Iterator[tuple[int, list[tuple[int, int, int]]]]:
    """Each unbroken run of in-scope days: its start, and its (first, last, unit) pieces."""
    run: list[tuple[int, int, int]] = []
    for piece in _in_audience(facts, rule.audience, rule.first, rule.last):
        if run and run[-1][1] + 1 != piece[0]:
            yield run[0][0], run
            run = []
        run.append(piece)
    if run:
        yield run[0][0], run


def _in_audience(facts: PersonFacts, audience: Audience, first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """When and where the person has a home in the audience, in order."""
    functions = None
    if audience.functions is not None:
        functions = union((a, b) for name, a, b in facts.functions if name in audience.functions)
    for home in facts.homes:
        if audience.categories is not None and home.category not in audience.categories:
            continue
        if audience.roles is not None and home.role not in audience.roles:
            continue
        periods: Sequence[Period] = [(max(home.first, first), min(home.last, last))]
        if audience.units is not None:
            periods = _intersect(periods, audience.units.get(home.unit, ()))
        if functions is not None:
            periods = _intersect(periods, functions)
        yield from ((a, b, home.unit) for a, b in periods if a <= b)


def _intersect(left: Sequence[Period], right: Sequence[Period]) -> list[Period]:
    return [(max(a, c), min(b, d)) for a, b in left for c, d in right if max(a, c) <= min(b, d)]


def _pieces(run: Iterable[tuple[int, int, int]], leaves: Sequence[Period], first: int, last: int) -> Iterator[_Piece]:
    """A run cut where home or leave changes, kept to the days asked for."""
    for home_first, home_last, unit in run:
        day, end = max(home_first, first), min(home_last, last)
        for index, (leave_first, leave_last) in enumerate(leaves):
            if day > end or leave_first > end:
                break
            if leave_last < day:
                continue
            if day < leave_first:
                yield _Piece(day, leave_first - 1, unit, False, leaves[:index])
            yield _Piece(max(day, leave_first), min(end, leave_last), unit, True, leaves[:index])
            day = leave_last + 1
        if day <= end:
            yield _Piece(day, end, unit, False, [leave for leave in leaves if leave[1] < day])


# Modules


def _module_spans(
    facts: PersonFacts, rule: Rule, module: ModuleRule, runs: Sequence[tuple[int, Sequence[_Piece]]]
) -> list[Span]:
    """One module's spans: waived, then on leave, then what the repeat rule says."""
    spans = _Spans()
    waived = union(
        (waiver.first, waiver.last)
        for waiver in facts.waivers
        if waiver.requirement in (None, rule.code) and waiver.module in (None, module.code)
    )
    counting = _counting_days(facts, module)
    claimed = _claimed_days(facts, module) if module.needs_verification else []
    for start, pieces in runs:
        clock = _Clock(rule, start, counting, claimed, spans)
        for piece in pieces:
            spans.unit = piece.unit
            for first, last, is_waived in _split(piece.first, piece.last, waived):
                if is_waived:
                    spans.add(first, last, Status.WAIVED)
                elif piece.on_leave:
                    spans.add(first, last, Status.ON_LEAVE)
                else:
                    clock.answer(first, last, piece.finished)
    return spans.found


class _Spans:
    """Spans as they are found, in order, for the home unit that is set; equal neighbours become one."""

    __slots__ = ("found", "unit")

    def __init__(self) -> None:
        self.found: list[Span] = []
        self.unit = 0

    def add(
        self,
        first: int,
        last: int,
        status: Status,
        due: int | None = None,
        satisfied_on: int | None = None,
        expires_on: int | None = None,
    ) -> None:
        """Add a span, or lengthen the one before when it says the same; an empty one is nothing."""
        if first > last:
            return
        found = self.found
        if found:
            before = found[-1]
            says = (self.unit, status, due, satisfied_on, expires_on)
            if before[3] is status and before[1] + 1 == first and before[2:] == says:
                first = before[0]
                found.pop()
        found.append(Span(first, last, self.unit, status, due, satisfied_on, expires_on))


def _split(first: int, last: int, waived: Sequence[Period]) -> Iterator[tuple[int, int, bool]]:
    """The days from first to last as periods with and without a waiver."""
    for waived_first, waived_last in waived:
        if waived_last < first or waived_first > last:
            continue
        if first < waived_first:
            yield first, waived_first - 1, False
        yield max(first, waived_first), min(last, waived_last), True
        first = waived_last + 1
    if first <= last:
        yield first, last, False


def _counting_days(facts: PersonFacts, module: ModuleRule) -> list[int]:
    """The days of the completions that count, in order."""
    return sorted(
        done.day
        for done in facts.completions
        if done.course in module.courses
        and (done.state == State.VERIFIED or (done.state == State.CLAIMED and not module.needs_verification))
    )


def _claimed_days(facts: PersonFacts, module: ModuleRule) -> list[int]:
    """The days of the claims that wait to be verified, in order."""
    claims = (done for done in facts.completions if done.state == State.CLAIMED)
    return sorted(done.day for done in claims if done.course in module.courses)


def _earliest(days: Sequence[int]) -> int:
    return days[0] if days else NEVER_AFTER + 1


@dataclass(frozen=True, slots=True)
class _Clock:
    """What one run of one module answers for days without waiver and leave. `claimed` is empty where claims count."""

    rule: Rule
    start: int
    counting: Sequence[int]
    claimed: Sequence[int]
    spans: _Spans

    def answer(self, first: int, last: int, finished: Sequence[Period]) -> None:
        """Add the spans from first to last, with the leaves that are over by then."""
        repeat = self.rule.repeat
        if repeat is None:
            self._once(first, last, finished)
        elif isinstance(repeat, Months):
            self._months(first, last, finished, repeat.months)
        else:
            self._cycles(first, last, finished, repeat)

    def _once(self, first: int, last: int, finished: Sequence[Period]) -> None:
        due = self._first_due(finished)
        done = _earliest(self.counting)
        self._waiting(first, min(last, done - 1), _earliest(self.claimed), due)
        self.spans.add(max(first, done), last, Status.SATISFIED, due, done)

    def _months(self, first: int, last: int, finished: Sequence[Period], months: int) -> None:
        """Only the latest completion is looked at, so the days are cut where a later one comes."""
        add = self.spans.add
        for day, end in _cut(first, last, [*self.counting, *self.claimed]):
            done, expiry = self._latest(self.counting, day, finished, months)
            _, claim_expiry = self._latest(self.claimed, day, finished, months)
            if done is None:
                due = self._first_due(finished)
                add(day, min(end, claim_expiry - 1), Status.PENDING, due)
                self._waiting(max(day, claim_expiry), end, NEVER_AFTER + 1, due)
                continue
            pending_from = max(day, expiry)
            expired_from = max(pending_from, claim_expiry)
            add(day, min(end, expiry - 1), Status.SATISFIED, expiry, done, expiry)
            add(pending_from, min(end, expired_from - 1), Status.PENDING, expiry)
            add(expired_from, end, Status.EXPIRED, expiry, None, expiry)

    def _latest(self, days: Sequence[int], day: int, finished: Sequence[Period], months: int) -> tuple[int | None, int]:
        """The latest of the days up to a day, and its expiry; nobody begins a job expired."""
        index = bisect_right(days, day)
        if not index:
            return None, NEVER_BEFORE
        done = days[index - 1]
        expiry = _after_leave(add_months(done, months), done, finished)
        return (done, expiry) if expiry > self.start else (None, NEVER_BEFORE)

    def _cycles(self, first: int, last: int, finished: Sequence[Period], cycle: Cycle) -> None:
        for begins, ends in _cycles_over(first, last, cycle.start):
            due = _after_leave(self._cycle_due(begins, ends, cycle), max(self.start, begins), finished)
            counting = [day for day in self.counting if begins <= day <= ends]
            claimed = [day for day in self.claimed if begins <= day <= ends]
            day, end = max(first, begins), min(last, ends)
            self._waiting(day, min(end, _earliest(counting) - 1), _earliest(claimed), due)
            for done, later in pairwise([*counting, NEVER_AFTER + 1]):
                self.spans.add(max(day, done), min(end, later - 1), Status.SATISFIED, due, done)

    def _cycle_due(self, begins: int, ends: int, cycle: Cycle) -> int:
        due = ends if cycle.due_by is None else _first_on_or_after(begins, cycle.due_by)
        return max(due, self.start + self.rule.days_in_cycle, self.rule.due_date or NEVER_BEFORE)

    def _first_due(self, finished: Sequence[Period]) -> int | None:
        """The due day of "once" and of the first time, moved by the leaves that are over."""
        rule = self.rule
        if rule.due_date is None and rule.days_after_start is None:
            return None
        after_start = NEVER_BEFORE if rule.days_after_start is None else self.start + rule.days_after_start
        return _after_leave(max(rule.due_date or NEVER_BEFORE, after_start), self.start, finished)

    def _waiting(self, first: int, last: int, claim: int, due: int | None) -> None:
        """Days without a valid completion: pending from the claim on, else as near as the due day is."""
        if first > last:
            return
        add = self.spans.add
        unclaimed = min(last, claim - 1)
        if due is None or self.rule.level is not Level.REQUIRED:
            add(first, unclaimed, Status.NOT_STARTED, due)
        else:
            soon, over = max(first, due - DUE_SOON_DAYS), max(first, due + 1)
            add(first, min(unclaimed, soon - 1), Status.NOT_STARTED, due)
            add(soon, min(unclaimed, over - 1), Status.DUE_SOON, due)
            add(over, unclaimed, Status.OVERDUE, due)
        add(max(first, claim), last, Status.PENDING, due)


def _cut(first: int, last: int, days: Iterable[int]) -> Iterator[Period]:
    """The period cut so that each of the days begins a part."""
    for day in sorted({day for day in days if first < day <= last}):
        yield first, day - 1
        first = day
    if first <= last:
        yield first, last


def _after_leave(day: int, since: int, finished: Iterable[Period]) -> int:
    """A due or expiry day moved later by the leaves that are over: by their days since then, and at least 30 after."""
    for first, last in finished:
        if last >= since and first <= day:
            day = max(day + last - max(since, first) + 1, last + DAYS_AFTER_LEAVE)
    return min(day, NEVER_AFTER)


def _cycles_over(first: int, last: int, start: tuple[int, int]) -> Iterator[Period]:
    """Each cycle that holds a day from first to last, as (its first day, its last day)."""
    year = date.fromordinal(first).year
    begins = _day_of(year, start)
    if begins > first:
        year, begins = year - 1, _day_of(year - 1, start)
    while begins <= last:
        year += 1
        following = _day_of(year, start)
        yield begins, following - 1
        begins = following


def _first_on_or_after(day: int, month_day: tuple[int, int]) -> int:
    year = date.fromordinal(day).year
    found = _day_of(year, month_day)
    return found if found >= day else _day_of(year + 1, month_day)


@lru_cache(maxsize=4096)
def _day_of(year: int, month_day: tuple[int, int]) -> int:
    """The number of a month and day in a year; beyond the calendar's ends, the end."""
    if year < date.min.year:
        return NEVER_BEFORE
    if year > date.max.year:
        return NEVER_AFTER + 1
    return date(year, *month_day).toordinal()


# People


def _person_spans(modules: Sequence[Sequence[Span]], level: Level) -> list[Span]:
    """The person-level spans of a requirement of several modules, which all cover the same days.

    `due` is the earliest due day of what is open. Lists also tell apart the statuses that the `*` row does not count.
    """
    spans = _Spans()
    for first, last, now in _together(modules):
        status = _person_status([span.status for span in now], level)
        due = None
        if status not in (Status.WAIVED, Status.ON_LEAVE, Status.SATISFIED):
            open_spans = (span for span in now if span.status not in (Status.WAIVED, Status.SATISFIED))
            due = min((span.due for span in open_spans if span.due is not None), default=None)
        spans.unit = now[0].unit
        spans.add(first, last, status, due)
    return spans.found


def _together(modules: Sequence[Sequence[Span]]) -> Iterator[tuple[int, int, list[Span]]]:
    """The modules' spans side by side: each longest period in which none of them changes."""
    at = [0] * len(modules)
    while at[0] < len(modules[0]):
        now = [spans[index] for spans, index in zip(modules, at, strict=True)]
        first, last = max(span.first for span in now), min(span.last for span in now)
        yield first, last, now
        at = [index + (span.last == last) for index, span in zip(at, now, strict=True)]


def _person_status(statuses: Sequence[Status], level: Level) -> Status:
    """One status for all modules of a requirement; those waived are left out unless all are."""
    if all(status is Status.WAIVED for status in statuses):
        return Status.WAIVED
    if Status.ON_LEAVE in statuses:
        return Status.ON_LEAVE
    left = {status for status in statuses if status is not Status.WAIVED}
    if left == {Status.SATISFIED}:
        return Status.SATISFIED
    if Status.OVERDUE in left or (Status.EXPIRED in left and level is Level.REQUIRED):
        return Status.OVERDUE
    for status in (Status.DUE_SOON, Status.EXPIRED, Status.NOT_STARTED):
        if status in left:
            return status
    return Status.PENDING


# Grounds: what those need who put a status into words


class Move(NamedTuple):
    """How a finished leave moved a due or expiry day: by which of its days, and to which day."""

    first: int
    last: int
    days: int
    to: int


def runs(facts: PersonFacts, rule: Rule) -> list[Period]:
    """Each unbroken run of in-scope days, in order; its first day is the start."""
    return [(start, run[-1][1]) for start, run in _runs(facts, rule)]


def cycle_on(cycle: Cycle, day: int) -> Period:
    """The first and the last day of the cycle that holds a day."""
    return next(iter(_cycles_over(day, day, cycle.start)))


def due_before_leave(rule: Rule, start: int, day: int) -> tuple[int | None, int]:
    """The due day of a run on one of its days as it is without leave (for `Months`: that of the first time), and the
    day from which leave moves it."""
    clock = _Clock(rule, start, (), (), _Spans())
    if isinstance(rule.repeat, Cycle):
        begins, ends = cycle_on(rule.repeat, day)
        return clock._cycle_due(begins, ends, rule.repeat), max(start, begins)
    return clock._first_due(()), start


def moves_by_leave(day: int, since: int, finished: Iterable[Period]) -> list[Move]:
    """Each step by which leaves that are over move a due or expiry day, in order."""
    moves: list[Move] = []
    for first, last in finished:
        to = _after_leave(day, since, [(first, last)])
        if to != day:
            moves.append(Move(first, last, last - max(since, first) + 1, to))
        day = to
    return moves


def person_timeline(facts: PersonFacts, rule: Rule, first: int, last: int) -> list[Span]:
    """The person-level spans behind the `*` row, of a requirement of one module too."""
    spans = timeline(facts, rule, first, last)
    return spans[-1] if len(spans) > 1 else _person_spans(spans, rule.level)


# Gates


class Change(NamedTuple):
    """How a unit's own people change a gate's two numbers from a day on."""

    day: int
    unit: int
    numerator: int
    denominator: int


def gate_openings(
    changes: Iterable[Change],
    tree_days: Sequence[int],
    ancestors_on: Callable[[int], Mapping[int, Sequence[int]]],
    percent: int,
    first: int,
) -> dict[int, int]:
    """The first day from `first` on with the gate's share above its percentage, for each unit that has one.

    `tree_days` are the days on which the tree changes, and `ancestors_on(day)` gives each unit's ancestors that day,
    itself included. Only days on which something changes are looked at: on all others the two numbers are those of
    the day before.
    """
    own: dict[int, list[int]] = {}
    opened: dict[int, int] = {}
    by_day: dict[int, list[Change]] = {}
    for change in changes:
        by_day.setdefault(change.day, []).append(change)
    redo = {first, *(day for day in tree_days if day >= first)}
    ancestors = ancestors_on(min([first, *by_day]))
    total: dict[int, list[int]] = {}
    for day in sorted({*by_day, *redo}):
        moved: set[int] = set()
        for change in by_day.get(day, ()):
            numbers = own.setdefault(change.unit, [0, 0])
            numbers[0] += change.numerator
            numbers[1] += change.denominator
            if day not in redo and day > first:
                for unit in ancestors.get(change.unit, ()):
                    sums = total.setdefault(unit, [0, 0])
                    sums[0] += change.numerator
                    sums[1] += change.denominator
                    moved.add(unit)
        if day in redo:
            ancestors = ancestors_on(day)
            total = _sums(own, ancestors)
            moved = set(total)
        if day >= first:
            for unit in moved - opened.keys():
                numerator, denominator = total[unit]
                if gate_is_open(numerator, denominator, percent):
                    opened[unit] = day
    return opened


def _sums(own: Mapping[int, Sequence[int]], ancestors: Mapping[int, Sequence[int]]) -> dict[int, list[int]]:
    """Each unit's two numbers with everything below it."""
    total: dict[int, list[int]] = {}
    for home, (numerator, denominator) in own.items():
        for unit in ancestors.get(home, ()):
            sums = total.setdefault(unit, [0, 0])
            sums[0] += numerator
            sums[1] += denominator
    return total
