"""Looks whether sealed reports are still what was sealed, and names the byte that is not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from tracker.core.audit import AuditEvent
from tracker.core.database import db
from tracker.reporting.models import Seal, SealRow
from tracker.reporting.rules import Part, column_at, digest, edit_of, fingerprint, subject

SEALED = "report.sealed"
"""The deed in the trail, which holds the hash once more."""


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
    lines = {part: [row.line for row in rows if row.part is part] for part in Part}
    is_whole = digest(lines) == seal.hash
    wrong = [
        *(finding for part in Part for finding in _gaps(part, [row.position for row in rows if row.part is part])),
        *(finding for row in rows for finding in _row(row, is_whole=is_whole)),
    ]
    yield from wrong
    if len(rows) != seal.rows and not wrong:
        yield Finding("seal", f"{len(rows):,} rows are there, {seal.rows:,} were sealed")
    yield from _seal(seal, lines, is_explained=is_whole or bool(wrong))


def check_chain(seals: Sequence[Seal]) -> Iterator[Finding]:
    """Whether each report of all, by id, names the hash of the one before it."""
    for before, seal in zip([None, *seals], seals, strict=False):
        wanted = before.hash if before else ""
        if seal.previous != wanted:
            told = before.day.isoformat() if before else "nothing"
            yield Finding(f"{seal.day} seal, column previous", f"it does not follow the report of {told}")


def check_gone(seals: Sequence[Seal]) -> Iterator[Finding]:
    """Reports that the trail says were sealed, and that are not among all there are."""
    there = {f"seal:{seal.id}" for seal in seals}
    deeds = db.session.execute(
        select(AuditEvent.subject, AuditEvent.after).where(AuditEvent.verb == SEALED).order_by(AuditEvent.id)
    )
    for name, after in deeds:
        if name not in there:
            yield Finding(f"{after['day']} seal", "the trail says that it was sealed; it is not there any more")


def _gaps(part: Part, positions: Sequence[int]) -> Iterator[Finding]:
    """Rows that are missing, and rows past the last."""
    for missing in sorted(set(range(1, max(positions, default=0) + 1)) - set(positions)):
        yield Finding(f"{part}, row {missing:,}", "this row is missing")


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


def _seal(seal: Seal, lines: dict[Part, list[str]], *, is_explained: bool) -> Iterator[Finding]:
    """The seal itself: its hash, what the trail says of it, and what its columns say twice. What is wrong with a row
    explains why all of them have another hash."""
    in_trail = _hash_in_trail(seal.id)
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


def _hash_in_trail(seal_id: int) -> str | None:
    query = select(AuditEvent.after).where(AuditEvent.subject == f"seal:{seal_id}", AuditEvent.verb == SEALED)
    after = db.session.scalar(query.limit(1))
    return None if after is None else str(after.get("hash"))
