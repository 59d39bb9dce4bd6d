"""What a proposed curriculum would move: the change is made for good by its own commands in a transaction that is taken
back, and the rules that came of it are worked with by the same functions that work with live ones."""

import gc
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tracker.core import clock
from tracker.core.actor import system
from tracker.core.database import Transaction, db, transaction
from tracker.core.errors import Conflict, Invalid
from tracker.curriculum import queries as curriculum_queries
from tracker.curriculum.rules import Curriculum
from tracker.exchange.files import read_curriculum, written_curriculum
from tracker.people.models import Person
from tracker.programme.commands.editing import bring_about, warnings
from tracker.programme.models import Proposal
from tracker.programme.moves import STATUSES, DayMove, GateMove, ItemMove, Numbers, Preview, RequirementMove, UnitMove
from tracker.programme.rules import Deed, Difference, Kind
from tracker.progress.figures import answers, facts, gates, revisions
from tracker.progress.figures.rulebook import Json, Measure, measures, on_trial
from tracker.progress.models import GateOpening, GateOverride, Span, Stage
from tracker.progress.rules import Change, Level, PersonFacts, Rule, Status, gate_timeline, timeline
from tracker.units.models import Unit, UnitPath
from tracker.units.queries import views_on

PEOPLE_AT_ONCE = 2_000
SECONDS_BETWEEN_NOTES = 1.0
UNITS_SHOWN = 10
NAMES_KEPT = 100
CHANGED_MEANWHILE = "The curriculum was changed meanwhile. Look at the preview again before you save."

Key = tuple[Kind, str]
Note = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What came of a change that was made and taken back: what differs, each rule that became another by it (not those
    of earlier changes, which may still be worked in), and what deserves a second look."""

    changes: Sequence[Difference]
    rules: Mapping[Key, Json]
    warnings: Sequence[str]


class _TakenBack(Exception):
    """Ends a rehearsal, so that nothing of it stays."""


def rehearse(base: Curriculum, wanted: Curriculum) -> Rehearsal:
    """Make a change with its own commands, look at the rules that revisions would keep, and take it all back. Raises
    Conflict where the curriculum is no longer the base, Invalid where the change may not be."""
    found: list[Rehearsal] = []
    try:
        with transaction(system(clock.today())) as tx:
            tx.lock_shape()
            check_base(tx, written_curriculum(base))
            before = _rules(tx.session)
            changes = bring_about(tx.actor, base, wanted)
            moved = {key: rule for key, rule in _rules(tx.session).items() if before.get(key) != rule}
            found.append(Rehearsal(changes, moved, warnings(tx.session, changes, wanted)))
            raise _TakenBack
    except _TakenBack:
        return found[0]


def check_base(tx: Transaction, base: str) -> None:
    """Raises Conflict where the curriculum is another than a proposal was made on."""
    if written_curriculum(curriculum_queries.curriculum(tx.session)) != base:
        raise Conflict(CHANGED_MEANWHILE)


def _rules(session: Session) -> dict[Key, Json]:
    """The rule of each requirement and gate as it is defined now, by its code."""
    codes = _codes(session)
    return {codes[kind, row_id]: rule for kind, row_id, rule in revisions.defined(session)}


def _codes(session: Session) -> dict[tuple[str, int], Key]:
    ids = curriculum_queries.ids(session)
    named = ((Kind.REQUIREMENT, ids.requirements), (Kind.GATE, ids.gates))
    return {(kind.value, row_id): (kind, code) for kind, rows in named for code, row_id in rows.items()}


def work_out(proposal_id: int) -> None:
    """Work a proposal's preview out and keep it, or why it cannot be made. Fit to run again."""
    proposal = db.session.get(Proposal, proposal_id)
    if proposal is None:
        return
    base, wanted = read_curriculum(proposal.base.encode()), read_curriculum(proposal.wanted.encode())
    db.session.close()
    try:
        found = preview(rehearse(base, wanted), clock.today(), _noted(proposal_id))
    except (Conflict, Invalid) as refusal:
        _settle(proposal_id, problem=refusal.message)
    else:
        _settle(proposal_id, preview=asdict(found), done=found.people, total=found.people)


def _noted(proposal_id: int) -> Note:
    """Writes how many people are worked out, at most once a second."""
    written_at = time.monotonic()

    def note(done: int) -> None:
        nonlocal written_at
        if time.monotonic() - written_at >= SECONDS_BETWEEN_NOTES:
            _settle(proposal_id, done=done)
            written_at = time.monotonic()

    return note


def _settle(proposal_id: int, **values: object) -> None:
    with transaction(system(clock.today())) as tx:
        tx.session.execute(update(Proposal).where(Proposal.id == proposal_id).values(**values))


# Working it out


@contextmanager
def _one_moment() -> Iterator[Session]:
    """A session of its own in which everything is as of one moment, while progress is written beside it."""
    options = {"isolation_level": "REPEATABLE READ"} if db.engine.dialect.name == "postgresql" else {}
    with db.engine.connect().execution_options(**options) as connection, Session(connection) as session:
        yield session


def preview(rehearsal: Rehearsal, today: date, note: Note) -> Preview:
    """How the figures of today, and of the day on which a new rule begins, would move."""
    with _one_moment() as session:
        saved = _saved(session)
        moved = rehearsal.rules
        trials = [_trial(session, key, rule, saved.get(key), rehearsal.changes, today) for key, rule in moved.items()]
        people = _run(session, trials, note)
        found = [trial.result(session, today) for trial in trials]
    return Preview(
        people,
        len(moved),
        [one for one in found if isinstance(one, RequirementMove)],
        [one for one in found if isinstance(one, GateMove)],
        {code: rule for (kind, code), rule in moved.items() if kind is Kind.REQUIREMENT},
        list(rehearsal.warnings),
    )


def _saved(session: Session) -> dict[Key, Measure]:
    """The rule of each requirement and gate as it was saved last: the one being worked in, else the live one."""
    codes = _codes(session)
    found = {}
    for measure in measures(session, (Stage.LIVE, Stage.BUILDING)):  # in order of their id: what is built came last
        kind, row_id = (
            (Kind.GATE, measure.gate_id) if measure.gate_id is not None else (Kind.REQUIREMENT, measure.requirement_id)
        )
        if row_id is not None:
            found[codes[kind.value, row_id]] = measure
    return found


def _run(session: Session, trials: Sequence["_Trial"], note: Note) -> int:
    """Put everybody through every trial; how many they are."""
    ids = list(session.scalars(select(Person.id).order_by(Person.id)))
    if not trials:
        return len(ids)
    courses = {course for trial in trials for course in trial.courses}
    with _without_looking_for_circles():
        for start in range(0, len(ids), PEOPLE_AT_ONCE):
            chunk = ids[start : start + PEOPLE_AT_ONCE]
            for person_id, person in facts.of_people(session, chunk, courses).items():
                for trial in trials:
                    trial.add(person_id, person)
            note(start + len(chunk))
    return len(ids)


@contextmanager
def _without_looking_for_circles() -> Iterator[None]:
    """Millions of small objects come and go here, none in a circle: looking for some would take a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _trial(
    session: Session,
    key: Key,
    rule: Json,
    old: Measure | None,
    changes: Sequence[Difference],
    today: date,
) -> "_Trial":
    change = next((one for one in changes if (one.kind, one.code) == key), None)
    head = _Head(key[1], change.title if change else _title(session, key), change.deed if change else Deed.CHANGED)
    new = on_trial(rule, today)
    if new.rule is None:
        return _GateTrial(head, old, new)
    return _RequirementTrial(head, old, new, _days(new, old, today), session)


def _title(session: Session, key: Key) -> str:
    found = curriculum_queries.curriculum(session)
    entries = found.requirements if key[0] is Kind.REQUIREMENT else found.gates
    return next((entry.title for entry in entries if entry.code == key[1] and entry.title), key[1])


def _days(new: Measure, old: Measure | None, today: date) -> list[int]:
    """Today, and the first day of a rule that has not begun, as far as the figures before reach."""
    number = today.toordinal()
    first = new.rule.first if new.rule else number
    horizon = min(new.horizon, old.horizon) if old else new.horizon
    return [number, first] if number < first <= horizon else [number]


@dataclass(frozen=True, slots=True)
class _Head:
    """What a trial is about."""

    code: str
    title: str
    deed: Deed


def _worked_in(old: Measure | None) -> bool:
    """Whether figures of a rule are not kept yet, so that they have to be worked out like those of the new one."""
    return old is not None and old.stage is Stage.BUILDING


def _courses(old: Measure | None, new: Measure) -> frozenset[str]:
    """The codes whose completions matter to a trial."""
    return new.courses | (old.courses if old is not None and _worked_in(old) else frozenset())


class _RequirementTrial:
    """Gathers the figures of a requirement under a rule on trial, person by person, beside those that are kept; beside
    those by the rule that was saved last, where it is still being worked in."""

    def __init__(self, head: _Head, old: Measure | None, new: Measure, days: Sequence[int], session: Session) -> None:
        if new.rule is None:
            raise ValueError("this is no requirement's rule")
        self.head, self.old, self.rule, self.courses = head, old, new.rule, _courses(old, new)
        self.old_rule = old.rule if old is not None and _worked_in(old) else None
        self.late: list[int] = []
        self.late_count = 0
        self.of_day = [_Day(day, _statuses_before(session, old, day)) for day in days]

    def add(self, person_id: int, person: PersonFacts) -> None:
        """Count a person in."""
        for of_day in self.of_day:
            now = _count(person, self.rule, of_day.day, of_day.counts)
            if self.old_rule is not None:
                before = _count(person, self.old_rule, of_day.day, of_day.counts_before)
            else:
                before = of_day.before[person_id] if person_id < len(of_day.before) else 0
            of_day.moves[before, now] += 1
            if now == Status.OVERDUE != before and of_day is self.of_day[0]:
                self.late_count += 1
                if len(self.late) < NAMES_KEPT:
                    self.late.append(person_id)

    def result(self, session: Session, today: date) -> RequirementMove:
        """What was gathered."""
        days = [self._day(session, of_day) for of_day in self.of_day]
        return RequirementMove(self.head.code, self.head.title, self.head.deed, days, self.late, self.late_count)

    def _day(self, session: Session, of_day: "_Day") -> DayMove:
        day = date.fromordinal(of_day.day)
        before: dict[tuple[int, str], Numbers] = {}
        old_codes: list[str] = []
        if self.old is not None and self.old.rule is not None:
            old_codes = [module.code for module in self.old.rule.modules]
            if self.old_rule is not None:
                before = _by_module(of_day.counts_before, _items(old_codes), old_codes, self.old_rule.level)
            else:
                kept = answers.unit_numbers(session, day, None, [self.old])
                before = _by_module(kept, self.old.item_ids, old_codes, self.old.rule.level)
        codes = [module.code for module in self.rule.modules]
        after = _by_module(of_day.counts, _items(codes), codes, self.rule.level)
        modules = [*dict.fromkeys((*codes, *old_codes)), answers.EVERYTHING]
        moved = [ItemMove(module, _sum(before, module), _sum(after, module)) for module in modules]
        moves = [(old, new, people) for (old, new), people in sorted(of_day.moves.items()) if old or new]
        return DayMove(of_day.day, moved, _units(session, day, before, after), moves)


@dataclass(slots=True)
class _Day:
    """The figures of one day as they are gathered; `before` holds each person's status as pages show it, by id.

    `counts_before` are gathered only where the rule before is still being worked in: pages show none of it yet.
    """

    day: int
    before: bytearray
    counts: "_Counts" = field(default_factory=dict)
    counts_before: "_Counts" = field(default_factory=dict)
    moves: Counter[tuple[int, int]] = field(default_factory=Counter)


_Counts = dict[tuple[int, int], Numbers]
"""By home unit and item, how many have each status."""


def _count(person: PersonFacts, rule: Rule, day: int, counts: _Counts) -> int:
    """Count a person in as a rule has it on a day; her status with the whole requirement, 0 for not asked."""
    status = 0
    at_home = any(home.first <= day <= home.last for home in person.homes)
    # Whoever has no home is asked nothing, as the timeline would say too: it is spared for leavers.
    for item, spans in enumerate(timeline(person, rule, day, day) if at_home else ()):
        if spans:
            status = spans[0].status
            numbers = counts.get((spans[0].unit, item))
            if numbers is None:
                numbers = counts[spans[0].unit, item] = [0] * STATUSES
            numbers[status - 1] += 1
    return _as_people(status, rule.level, len(rule.modules))


def _items(codes: Sequence[str]) -> range:
    """The places of a rule's items: its modules, and the one over all of them where there are several."""
    return range(len(codes) + (len(codes) > 1))


def _as_people(status: int, level: Level, modules: int) -> int:
    """The status of a person with a whole requirement: expired in the only module of a required one is overdue."""
    if status == Status.EXPIRED and modules == 1 and level is Level.REQUIRED:
        return Status.OVERDUE
    return status


def _statuses_before(session: Session, old: Measure | None, day: int) -> bytearray:
    """Each person's status with the whole requirement on a day, by id, as the live spans have it; 0 for not asked."""
    found = bytearray((session.scalar(select(func.max(Person.id))) or 0) + 1)
    if old is None or old.rule is None or _worked_in(old):
        return found
    level, modules = old.rule.level, len(old.rule.modules)
    rows = session.execute(
        select(Span.person_id, Span.status).where(
            Span.unit_id.in_(select(Unit.id)),
            Span.item_id == old.item_ids[-1],
            Span.ends_on >= day,
            Span.starts_on <= day,
        )
    )
    for person_id, status in rows:
        found[person_id] = _as_people(status, level, modules)
    return found


def _by_module(
    counted: Mapping[tuple[int, int], Numbers], items: Iterable[int], codes: Sequence[str], level: Level
) -> dict[tuple[int, str], Numbers]:
    """Counts by home unit and module code; people over all modules under "*", where there is only one too."""
    code_of = dict(zip(items, [*codes, answers.EVERYTHING], strict=False))
    found = {(unit, code_of[item]): numbers for (unit, item), numbers in counted.items()}
    if len(codes) == 1:
        found |= {(unit, answers.EVERYTHING): answers.of_people(numbers, level) for (unit, _), numbers in found.items()}
    return found


def _sum(numbers: Mapping[tuple[int, str], Numbers], module: str) -> Numbers:
    return _added(found for (_, code), found in numbers.items() if code == module)


def _added(numbers: Iterable[Numbers]) -> Numbers:
    total = [0] * STATUSES
    for one in numbers:
        total = [left + right for left, right in zip(total, one, strict=True)]
    return total


def _units(
    session: Session, day: date, before: Mapping[tuple[int, str], Numbers], after: Mapping[tuple[int, str], Numbers]
) -> list[UnitMove]:
    """The units right below the top that change most, with all below them."""
    views = [(unit_id, parent) for unit_id, _, _, _, parent in session.execute(views_on(day))]
    roots = {unit_id for unit_id, parent in views if parent is None}
    shown = [unit_id for unit_id, parent in views if parent in roots] or sorted(roots)
    homes: dict[int, list[int]] = {}
    below = select(UnitPath.ancestor_id, UnitPath.unit_id).where(UnitPath.starts_on <= day, UnitPath.ends_on >= day)
    for above, unit_id in session.execute(below.where(UnitPath.ancestor_id.in_(shown))):
        homes.setdefault(above, []).append(unit_id)
    nobody = [0] * STATUSES
    moved = []
    for unit_id in shown:
        keys = [(home, answers.EVERYTHING) for home in homes.get(unit_id, ())]
        sums = [_added(numbers.get(key, nobody) for key in keys) for numbers in (before, after)]
        moved.append(UnitMove(unit_id, *sums))
    moved = sorted((one for one in moved if one.size), key=lambda one: (-one.size, one.unit_id))
    return moved[:UNITS_SHOWN]


class _GateNumbers:
    """Gathers how the two numbers of each home unit change under a gate's rule."""

    def __init__(self, measure: Measure) -> None:
        if measure.gate is None:
            raise ValueError("this is no gate's rule")
        self.measure, self.gate = measure, measure.gate
        self.numbers: dict[tuple[int, int], list[int]] = {}

    def add(self, person: PersonFacts) -> None:
        """Count a person in."""
        for span in gate_timeline(person, self.gate):
            for change in gates.of_span(span.first, span.last, span.unit, span.status):
                pair = self.numbers.setdefault((change.unit, change.day), [0, 0])
                pair[0] += change.numerator
                pair[1] += change.denominator

    def openings(self, session: Session) -> dict[int, int]:
        """The day on which it opens for each unit by its share."""
        changes = [Change(day, unit, *pair) for (unit, day), pair in self.numbers.items()]
        paths = gates.paths_under(session, gates.units_of_kinds(session, self.measure))
        return gates.openings(paths, changes, self.measure, self.measure.gate_first)


class _GateTrial:
    """Gathers when a gate opens under a rule on trial, and under the one saved last where that is being worked in."""

    def __init__(self, head: _Head, old: Measure | None, new: Measure) -> None:
        self.head, self.old, self.new, self.courses = head, old, new, _courses(old, new)
        self.counted = [_GateNumbers(one) for one in ((old, new) if old is not None and _worked_in(old) else (new,))]

    def add(self, _person_id: int, person: PersonFacts) -> None:
        """Count a person in."""
        for side in self.counted:
            side.add(person)

    def result(self, session: Session, today: date) -> GateMove:
        """On which days its units open, before and after; opened by hand counts on both sides."""
        *worked_out, then = [side.openings(session) for side in self.counted]
        now = worked_out[0] if worked_out else _kept_openings(session, self.old)
        by_hand: dict[int, int] = {}
        if self.old is not None:
            hand = select(GateOverride.unit_id, func.min(GateOverride.opened_on)).group_by(GateOverride.unit_id)
            rows = session.execute(hand.where(GateOverride.gate_id == self.old.gate_id))
            by_hand = {unit: day.toordinal() for unit, day in rows}
        kinds = {unit_id: kind for unit_id, _, _, kind, _ in session.execute(views_on(today))}
        before = _of_kinds(now, by_hand, kinds, self.old.gate_kinds if self.old else frozenset())
        after = _of_kinds(then, by_hand, kinds, self.new.gate_kinds)
        moved = [
            (unit, before.get(unit, 0), after.get(unit, 0))
            for unit in sorted({*before, *after})
            if before.get(unit) != after.get(unit)
        ]
        open_now, open_then = (sum(day <= today.toordinal() for day in side.values()) for side in (before, after))
        return GateMove(self.head.code, self.head.title, self.head.deed, moved, open_now, open_then)


def _kept_openings(session: Session, old: Measure | None) -> dict[int, int]:
    """The day on which a gate opens for each unit by its share, as pages show it."""
    if old is None:
        return {}
    opened = select(GateOpening.unit_id, GateOpening.opened_on).where(GateOpening.item_id == old.item_ids[0])
    return {unit: day.toordinal() for unit, day in session.execute(opened)}


def _of_kinds(
    opened: Mapping[int, int], by_hand: Mapping[int, int], kinds: Mapping[int, str], wanted: frozenset[str]
) -> dict[int, int]:
    """The day each unit of the gate's kinds opened or will open, by its share or by hand."""
    found = {}
    for unit in {*opened, *by_hand}:
        if kinds.get(unit) in wanted:
            found[unit] = min(day for day in (opened.get(unit), by_hand.get(unit)) if day is not None)
    return found


_Trial = _RequirementTrial | _GateTrial
