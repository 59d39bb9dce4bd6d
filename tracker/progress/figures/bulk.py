"""Work out everything at once, for facts that were just loaded: spans, counts of kept days, openings of gates."""

import struct
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby
from multiprocessing import get_context
from multiprocessing.connection import Connection
from operator import add, itemgetter
from queue import SimpleQueue
from threading import Thread
from typing import Any

from sqlalchemy import insert, select

from tracker.core.database import Transaction
from tracker.core.progress_bar import progress
from tracker.core.statements import copy_text, empty_to_fill, insert_rows, without_indexes, without_key
from tracker.people.models import Person
from tracker.progress.figures import counts, facts, gates, revisions, waiting
from tracker.progress.figures.rebuild import spans_of
from tracker.progress.figures.rulebook import Measure, measures
from tracker.progress.models import KeptDay, Stage
from tracker.progress.rules import Change, PersonFacts, Span, Status

PEOPLE_AT_ONCE = 2_000
CHUNKS_AHEAD = 2
SPAN_COLUMNS = (
    *("person_id", "item_id", "starts_on", "ends_on", "unit_id", "status", "due_on", "satisfied_on", "expires_on"),
)
SPAN_INSERT = f"INSERT INTO span ({', '.join(SPAN_COLUMNS)}) VALUES (?,?,?,?,?,?,NULLIF(?,0),NULLIF(?,0),NULLIF(?,0))"
NULL = r"\N"
STATUS_TEXTS = [str(number) for number in range(len(Status) + 1)]
WIDTH = len(counts.COLUMNS)


def build(tx: Transaction, *, fresh: bool) -> None:
    """Make the live revisions of all rules and everything that follows. There are no derived rows yet; where the
    database is `fresh`, nobody reads it, and indexes are made at the end."""
    waiting.fill(tx.session)
    for revision in revisions.of_all_rules(tx):
        revision.stage = Stage.LIVE
    tx.session.flush()
    among = sorted(measures(tx.session, (Stage.LIVE,)), key=lambda measure: measure.item_ids)
    days = [day for day in counts.days_to_keep(tx.today) if day.toordinal() <= revisions.common_horizon(among)]
    tx.session.execute(insert(KeptDay), [{"day": day, "is_ready": True} for day in days])
    person_ids = list(tx.session.scalars(select(Person.id).order_by(Person.id)))
    task = _Task(among, [day.toordinal() for day in days], _Lines if tx.is_postgresql else _Numbers)
    collected = _Collected(task.days)
    with ExitStack() as stack:
        if fresh:
            stack.enter_context(without_indexes(tx.session, "span"))
            if tx.is_postgresql:
                stack.enter_context(without_key(tx.session, "span"))
                empty_to_fill(tx.session, "span")
        step = stack.enter_context(progress("Working out the figures", len(person_ids)))
        chunks: Iterable[bytes] = (_work_out(people, task, collected) for people in _read(tx, person_ids))
        if len(person_ids) > PEOPLE_AT_ONCE:
            companion = stack.enter_context(_companion(task))
            chunks = _shared(companion, _read(tx, person_ids), task, collected)
        for packed in chunks:
            _insert_spans(tx, packed, fresh=fresh)
            step(PEOPLE_AT_ONCE)
    insert_rows(tx.session, "unit_count", ("unit_id", "day", "item_id", *counts.COLUMNS), collected.counted())
    _open_gates(tx, among, collected)


People = list[tuple[int, PersonFacts]]


def _read(tx: Transaction, person_ids: Sequence[int]) -> Iterator[People]:
    for start in range(0, len(person_ids), PEOPLE_AT_ONCE):
        yield list(facts.of_people(tx.session, person_ids[start : start + PEOPLE_AT_ONCE]).items())


def _insert_spans(tx: Transaction, packed: bytes, *, fresh: bool) -> None:
    """Insert spans as the task's form has packed them."""
    if tx.is_postgresql:
        copy_text(tx.session, "span", SPAN_COLUMNS, packed, frozen=fresh)
    elif packed:
        tx.session.connection().exec_driver_sql(SPAN_INSERT, list(struct.iter_unpack("9i", packed)))


class _Lines:
    """Lines as PostgreSQL's COPY reads them."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, person_id: int, item_id: int, spans: Iterable[Span]) -> None:
        """Take a person's spans of an item."""
        self.lines += [
            f"{person_id}\t{item_id}\t{first}\t{last}\t{unit}\t{STATUS_TEXTS[status]}"
            f"\t{due or NULL}\t{satisfied_on or NULL}\t{expires_on or NULL}\n"
            for first, last, unit, status, due, satisfied_on, expires_on in spans
        ]

    def packed(self) -> bytes:
        """All that was taken."""
        return "".join(self.lines).encode()


class _Numbers:
    """Nine numbers for each span, 0 for none."""

    def __init__(self) -> None:
        self.numbers = array("i")

    def add(self, person_id: int, item_id: int, spans: Iterable[Span]) -> None:
        """Take a person's spans of an item."""
        for first, last, unit, status, due, satisfied_on, expires_on in spans:
            self.numbers.extend(
                (person_id, item_id, first, last, unit, status, due or 0, satisfied_on or 0, expires_on or 0)
            )

    def packed(self) -> bytes:
        """All that was taken."""
        return self.numbers.tobytes()


@dataclass(frozen=True, slots=True)
class _Task:
    """What a companion needs to know beside the facts."""

    among: Sequence[Measure]
    days: Sequence[int]
    form: type[_Lines | _Numbers]


class _Companion:
    """Works spans out in a second process, while this one reads facts and writes spans."""

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        self.connection = connection

    def send(self, people: People) -> None:
        """Take a chunk of people."""
        self.connection.send(people)

    def is_ready(self) -> bool:
        """Whether some spans can be taken without waiting."""
        return self.connection.poll()

    def receive(self) -> bytes:
        """Their spans, packed, in the order in which they were sent."""
        return self.connection.recv_bytes()

    def collected(self) -> "_Collected":
        """Counts and gates of all that was sent."""
        self.connection.send(None)
        found: _Collected = self.connection.recv()
        return found


@contextmanager
def _companion(task: _Task) -> Iterator[_Companion]:
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, task), daemon=True)
    process.start()
    there.close()
    try:
        yield _Companion(here)
    finally:
        here.close()
        process.join(timeout=10)
        process.kill()


def _serve(connection: "Connection[Any, Any]", task: _Task) -> None:
    """The companion's whole life: people in, spans out, at the end what was collected.

    A thread of its own takes people in, so that the two processes never both wait for the other to read.
    """
    found = _Collected(task.days)
    arrived: SimpleQueue[People | None] = SimpleQueue()
    Thread(target=_take_in, args=(connection, arrived), daemon=True).start()
    while (people := arrived.get()) is not None:
        connection.send_bytes(_work_out(people, task, found))
    with suppress(OSError):
        connection.send(found)


def _take_in(connection: "Connection[Any, Any]", arrived: "SimpleQueue[People | None]") -> None:
    """Hand on what arrives, until nothing more does."""
    try:
        while (people := connection.recv()) is not None:
            arrived.put(people)
    except (EOFError, OSError):
        pass
    arrived.put(None)


def _shared(companion: _Companion, chunks: Iterable[People], task: _Task, own: "_Collected") -> Iterator[bytes]:
    """Keep the companion busy, and work out here what it has no hands for."""
    sent = 0
    for chunk in chunks:
        if sent == CHUNKS_AHEAD and not companion.is_ready():
            yield _work_out(chunk, task, own)
            continue
        if sent == CHUNKS_AHEAD:
            yield companion.receive()
            sent -= 1
        companion.send(chunk)
        sent += 1
    for _ in range(sent):
        yield companion.receive()
    own.add_all(companion.collected())


def _work_out(people: People, task: _Task, found: "_Collected") -> bytes:
    """The spans of these people in key order, packed; counts and gates are collected on the way."""
    form = task.form()
    for person_id, person in people:
        for measure in task.among:
            for item_id, spans in spans_of(person, measure):
                found.add(item_id, spans, is_gate=measure.gate is not None)
                form.add(person_id, item_id, spans)
    return form.packed()


class _Collected:
    """Counts of kept days as differences from day to day, and the changes of gates, gathered span by span."""

    def __init__(self, days: Sequence[int]) -> None:
        self.days = days
        self.differences: dict[tuple[int, int], array[int]] = {}
        self.gates: dict[tuple[int, int, int], list[int]] = {}

    def add(self, item_id: int, spans: Sequence[Span], *, is_gate: bool) -> None:
        """Count a person's spans of an item in."""
        days = self.days
        for span in spans:
            first, behind = bisect_left(days, span[0]), bisect_right(days, span[1])
            if first < behind:
                key = (span[2], item_id)
                numbers = self.differences.get(key)
                if numbers is None:
                    numbers = self.differences[key] = array("l", [0]) * ((len(days) + 1) * WIDTH)
                numbers[first * WIDTH + span[3] - 1] += 1
                numbers[behind * WIDTH + span[3] - 1] -= 1
            if is_gate:
                for change in gates.of_span(span.first, span.last, span.unit, span.status):
                    pair = self.gates.setdefault((item_id, change.unit, change.day), [0, 0])
                    pair[0] += change.numerator
                    pair[1] += change.denominator

    def add_all(self, other: "_Collected") -> None:
        """Count in what another collected."""
        for key, numbers in other.differences.items():
            own = self.differences.get(key)
            self.differences[key] = numbers if own is None else array("l", map(add, own, numbers))
        for gate, pair in other.gates.items():
            mine = self.gates.setdefault(gate, [0, 0])
            mine[0] += pair[0]
            mine[1] += pair[1]

    def counted(self) -> Iterator[tuple[int, ...]]:
        """The rows of `unit_count`, in key order."""
        for unit, keys in groupby(sorted(self.differences), key=itemgetter(0)):
            running = {key: [0] * WIDTH for key in keys}
            for index, day in enumerate(self.days):
                at = index * WIDTH
                for key, numbers in running.items():
                    moved = self.differences[key][at : at + WIDTH]
                    if any(moved):
                        for column, change in enumerate(moved):
                            numbers[column] += change
                    if any(numbers):
                        yield (unit, day, key[1], *numbers)

    def changes(self, item_id: int) -> list[Change]:
        """How each home unit's numbers of a gate change."""
        return [Change(day, unit, *pair) for (item, unit, day), pair in self.gates.items() if item == item_id]


def _open_gates(tx: Transaction, among: Sequence[Measure], collected: _Collected) -> None:
    """Find every unit's opening from what was collected; the same function as after a single write."""
    for measure in among:
        if measure.gate is not None:
            paths = gates.paths_under(tx.session, gates.units_of_kinds(tx.session, measure))
            item_id = measure.item_ids[0]
            opened = gates.openings(paths, collected.changes(item_id), measure, measure.gate_first)
            gates.write(tx, item_id, opened)
