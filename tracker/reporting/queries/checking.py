"""Looks whether sealed reports are still what was sealed, and names the byte that is not."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, pairwise
from typing import Any

from sqlalchemy import select

from tracker.core.audit import AuditEvent
from tracker.core.database import db
from tracker.reporting.models import Seal, SealRow
from tracker.reporting.rules import Lines, Part, column_at, digest, edit_of, fingerprint, subject

SEALED = "report.sealed"
"""The deed in the trail, which holds the hash once more."""
FOLLOWS_GONE = "it names a report before it, and there is none"
MOST_LOST = 100_000
"""How many rows may be missing for a row to be known by its former place."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a sealed report that is not what was sealed."""

    where: str
    words: str


def check(seal: Seal) -> Iterator[Finding]:
    """All that is wrong with a sealed report; nothing where all is as it was sealed."""
    rows = db.session.scalars(
        select(SealRow).where(SealRow.seal_id == seal.id).order_by(SealRow.part, SealRow.position)
    ).all()
    lines = _lines(rows)
    in_trail = _in_trail(seal.id)
    is_whole = digest(lines) == seal.hash
    most = max(seal.rows, int(in_trail.get("rows", 0)))
    order = Order(dict(_in_turn(rows)), ()) if is_whole else _order(rows, seal.hash, most)
    wrong = [
        *(finding for part in Part for finding in _gaps(part, order)),
        *_moved(order),
        *(finding for row in rows if order.is_at_home(row) for finding in _row(row, is_whole=is_whole)),
        *(_put_in(row, order) for row in rows if row in order.added),
    ]
    yield from wrong
    if len(rows) - len(order.added) + sum(order.missing(part) for part in Part) != seal.rows:
        yield Finding("seal", f"{len(rows):,} rows are there, {seal.rows:,} were sealed")
    yield from _seal(seal, lines, in_trail.get("hash"), is_explained=is_whole or bool(wrong))


def check_chain(seals: Sequence[Seal]) -> Iterator[Finding]:
    """Whether each report of all, by id, names the hash of the one before it."""
    for before, seal in zip([None, *seals], seals, strict=False):
        wanted = before.hash if before else ""
        if seal.previous != wanted:
            told = f"it does not follow the report of {before.day}" if before else FOLLOWS_GONE
            yield Finding(f"{seal.day} seal, column previous", told)


def check_gone(seals: Sequence[Seal]) -> Iterator[Finding]:
    """Reports that the trail says were sealed, and that are not among all there are."""
    there = {f"seal:{seal.id}" for seal in seals}
    deeds = db.session.execute(
        select(AuditEvent.subject, AuditEvent.after).where(AuditEvent.verb == SEALED).order_by(AuditEvent.id)
    )
    for name, after in deeds:
        if name not in there:
            yield Finding(f"{after['day']} seal", "the trail says that it was sealed; it is not there any more")


# Which row belongs where


@dataclass(frozen=True, slots=True)
class Order:
    """The rows of a report by the place that each was sealed at, as far as its hash tells; a row that was edited is
    taken to stand at its own. `added` are those that were put in."""

    places: Mapping[SealRow, int]
    added: Collection[SealRow]

    def is_at_home(self, row: SealRow) -> bool:
        """Whether a row stands where it was sealed."""
        return row not in self.added and self.places[row] == row.position

    def of(self, part: Part) -> list[int]:
        """The places of a part that have their row."""
        return sorted({place for row, place in self.places.items() if row.part is part and row not in self.added})

    def missing(self, part: Part) -> int:
        """How many rows of a part are missing before its last."""
        there = self.of(part)
        return max(there, default=0) - len(there)


def _order(rows: Sequence[SealRow], sealed: str, most: int) -> Order:
    """Find the place of each of a report's rows; `most` were sealed."""
    places = dict(_places(rows, min(most, len(rows) + MOST_LOST)))
    stay = {(row.part, row.position) for row, place in places.items() if place == row.position}
    added = {
        row
        for row, place in places.items()
        if not 1 <= place <= most or (place != row.position and (row.part, place) in stay)
    }
    left = sorted((row for row in rows if row not in added), key=lambda row: (row.part, places[row]))
    return Order(places, {*added, *_too_many(left, places, sealed)})


def _in_turn(rows: Sequence[SealRow]) -> Iterator[tuple[SealRow, int]]:
    """Each row of a report whose text is whole with its place: one after the other."""
    for _, of_part in groupby(rows, lambda row: row.part):
        yield from ((row, place) for place, row in enumerate(of_part, 1))


def _places(rows: Sequence[SealRow], most: int) -> Iterator[tuple[SealRow, int]]:
    """Each row with its place. Rows are often moved together, so the way of the one before is tried first."""
    way = 0
    for row in rows:
        tried = chain((row.position, row.position - way), range(1, most + 1))
        place = next((one for one in tried if fingerprint(row.part, one, row.line) == row.hash), None)
        if place is not None and place != row.position:
            way = row.position - place
        yield row, row.position if place is None else place


def _too_many(rows: Sequence[SealRow], places: Mapping[SealRow, int], sealed: str) -> Collection[SealRow]:
    """The rows without which a report is what was sealed: those after a gap, or the last of a part; none where it is
    that with all of them."""
    if digest(_lines(rows)) == sealed:
        return ()
    for part in Part:
        of_part = [row for row in rows if row.part is part]
        after_gap = {row for number, row in enumerate(of_part, 1) if places[row] != number}
        for guess in (after_gap, set(of_part[-1:])):
            if guess and digest(_lines([row for row in rows if row not in guess])) == sealed:
                return guess
    return ()


def _lines(rows: Sequence[SealRow]) -> dict[Part, list[str]]:
    return {part: [row.line for row in rows if row.part is part] for part in Part}


# What is wrong with them


def _gaps(part: Part, order: Order) -> Iterator[Finding]:
    """Rows that are missing, each run of them once."""
    there = order.of(part)
    for before, place in pairwise([0, *there]):
        if place - before == 2:
            yield Finding(f"{part}, row {before + 1:,}", "this row is missing")
        elif place - before > 2:
            yield Finding(f"{part}, rows {before + 1:,} to {place - 1:,}", "these rows are missing")


def _moved(order: Order) -> Iterator[Finding]:
    """Rows that stand elsewhere, each run of them once."""
    rows = [row for row in order.places if row not in order.added and not order.is_at_home(row)]
    numbered = enumerate(sorted(rows, key=lambda row: (row.part, row.position)))
    runs = groupby(numbered, lambda one: (one[1].part, one[1].position - one[0], order.places[one[1]] - one[0]))
    for (part, _, _), found in runs:
        run = [row for _, row in found]
        first, last = run[0], run[-1]
        now, then = f"row {first.position:,}", f"row {order.places[first]:,}"
        if first is last:
            yield Finding(f"{part}, {now}", f"this row has another place: it was sealed as {then}")
        else:
            now = f"rows {first.position:,} to {last.position:,}"
            then = f"rows {order.places[first]:,} to {order.places[last]:,}"
            yield Finding(f"{part}, {now}", f"these rows have other places: they were sealed as {then}")


def _put_in(row: SealRow, order: Order) -> Finding:
    place = order.places[row]
    says = f"it says what was sealed as row {place:,}" if place != row.position else f"it says: {row.line.rstrip()}"
    return Finding(f"{row.part}, row {row.position:,}", f"this row was put in; {says}")


def _row(row: SealRow, *, is_whole: bool) -> Iterator[Finding]:
    where = f"{row.part}, row {row.position:,}"
    if fingerprint(row.part, row.position, row.line) != row.hash:
        if is_whole:
            yield Finding(f"{where}, column hash", "the hash beside this row was changed; the row itself is whole")
        elif (edit := edit_of(row.part, row.position, row.line, row.hash)) is not None:
            column = column_at(row.part, row.line, edit.offset)
            was = edit.original.rstrip("\n")
            yield Finding(f"{where}, column {column}, byte {edit.offset + 1:,}", f"{edit.words}; the row was: {was}")
        else:
            yield Finding(where, f"more than one byte of this row was changed; it says now: {row.line.rstrip()}")
    elif subject(row.part, row.line) != row.subject:
        yield Finding(f"{where}, column subject", "what the row is found by was changed; the row itself is whole")


def _seal(seal: Seal, lines: Lines, in_trail: str | None, *, is_explained: bool) -> Iterator[Finding]:
    """The seal itself: its hash, what the trail says of it, and what its columns say twice. What is wrong with a row
    explains why all of them have another hash."""
    found = digest(lines)
    if in_trail is None:
        yield Finding("seal", "the trail says nothing of it")
    elif in_trail != seal.hash and in_trail == found:
        yield Finding("seal, column hash", f"it was changed; the rows and the trail say {found}")
    elif in_trail != seal.hash:
        yield Finding("seal, column hash", f"the trail says {in_trail}")
    if not is_explained and in_trail != found:
        yield Finding("seal", f"the hash of all rows is {found}, sealed was {seal.hash}")
    told = dict(line.rstrip("\n").split(",", 1) for line in lines[Part.ABOUT] if "," in line)
    for name, value in (
        *(("day", seal.day.isoformat()), ("previous", seal.previous)),
        *(("sealed_at", seal.sealed_at.isoformat(timespec="seconds")), ("how", seal.how.value)),
    ):
        if told.get(name) != value:
            yield Finding(f"seal, column {name}", f"it says {value or 'nothing'}, the sealed rows {told.get(name)}")


def _in_trail(seal_id: int) -> Mapping[str, Any]:
    """What the trail says of a seal: nothing where it has no such deed."""
    query = select(AuditEvent.after).where(AuditEvent.subject == f"seal:{seal_id}", AuditEvent.verb == SEALED)
    return db.session.scalar(query.limit(1)) or {}
