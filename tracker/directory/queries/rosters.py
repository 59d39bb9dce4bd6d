"""Rosters as their pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from tracker.accounts.models import Account
from tracker.core import clock
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.core.paging import Page, nearest
from tracker.directory import progress_note
from tracker.directory.models import Roster, RosterLine
from tracker.directory.rules import AT_WORK, FILES, OPEN, Effect, RosterState
from tracker.people.models import Person

ROWS_A_PAGE = 25
MOST_LISTED = 30


@dataclass(frozen=True, slots=True)
class RosterView:
    """A roster: who handed it in and when, where it stands, how many rows it does what to; how far work on it is."""

    id: int
    state: RosterState
    is_complete: bool
    uploaded_at: datetime
    by: str
    counts: Mapping[str, Mapping[str, int]]
    ending: int
    here: int
    note: str | None
    progress: tuple[int, int] | None

    @property
    def is_open(self) -> bool:
        """Whether it is yet to be settled."""
        return self.state in OPEN

    @property
    def is_in_the_way(self) -> bool:
        """Whether another has to wait for it; one that was refused steps aside."""
        return self.is_open and self.state is not RosterState.REFUSED

    @property
    def is_at_work(self) -> bool:
        """Whether it is being read or applied."""
        return self.state in AT_WORK

    def total(self, effect: Effect) -> int:
        """How many rows of all files something is done to."""
        return sum(counts.get(effect.value, 0) for counts in self.counts.values())

    @property
    def by_file(self) -> Sequence[tuple[str, Mapping[str, int]]]:
        """The counts of each file that it has, in their order."""
        return [(name, self.counts[name]) for name in FILES if name in self.counts]


@dataclass(frozen=True, slots=True)
class LineView:
    """What becomes of a row."""

    file: str
    line: int | None
    who: str
    text: str


def roster(roster_id: int) -> RosterView:
    """One roster. Raises NotFound."""
    found = _views(Roster.id == roster_id)
    if not found:
        raise NotFound(f"roster {roster_id}")
    return found[0]


def rosters() -> list[RosterView]:
    """The latest rosters, the last first."""
    return _views(Roster.id.is_not(None))


def _views(wanted: ColumnElement[bool]) -> list[RosterView]:
    whose = aliased(Person)
    rows = db.session.execute(
        select(Roster, whose.name, Account.email)
        .outerjoin(Account, Account.id == Roster.uploaded_by)
        .outerjoin(whose, whose.id == Account.person_id)
        .where(wanted)
        .order_by(Roster.id.desc())
        .limit(MOST_LISTED)
    )
    return [
        RosterView(
            one.id,
            one.state,
            one.is_complete,
            clock.local(one.uploaded_at),
            name or email or "the system",
            one.counts,
            one.ending,
            one.here,
            one.note,
            progress_note.read(one.id) if one.state in AT_WORK else None,
        )
        for one, name, email in rows
    ]


def all_lines(roster_id: int, effect: Effect) -> list[LineView]:
    """All rows of a roster that something is done to, as far as they are kept."""
    query = select(RosterLine.file, RosterLine.line, RosterLine.who, RosterLine.text)
    wanted = (RosterLine.roster_id == roster_id, RosterLine.effect == effect)
    return [LineView(*row) for row in db.session.execute(query.where(*wanted).order_by(RosterLine.id))]


def lines(roster_id: int, effect: Effect, number: int) -> Page[LineView]:
    """The rows of a roster that something is done to, in pages."""
    wanted = (RosterLine.roster_id == roster_id, RosterLine.effect == effect)
    total = db.session.scalar(select(func.count()).select_from(RosterLine).where(*wanted)) or 0
    number = nearest(number, total, ROWS_A_PAGE)
    rows = db.session.execute(
        select(RosterLine.file, RosterLine.line, RosterLine.who, RosterLine.text)
        .where(*wanted)
        .order_by(RosterLine.id)
        .limit(ROWS_A_PAGE)
        .offset((number - 1) * ROWS_A_PAGE)
    )
    return Page([LineView(*row) for row in rows], number, total, ROWS_A_PAGE)
