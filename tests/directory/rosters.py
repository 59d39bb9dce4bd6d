"""Rosters for tests: made, handed in, applied and read."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from tests.support import make
from tracker.core import jobs
from tracker.core.database import db
from tracker.directory.commands import rosters
from tracker.directory.models import Roster, RosterLine

PEOPLE = "person_id,name,email"
UNITS = "code,from,to,name,kind,parent"
POSTS = "person_id,unit,category,role,fte,primary,start,end"


def csv(header: str, *rows: str) -> bytes:
    """A file."""
    return "\n".join((header, *rows, "")).encode()


def files(people: Sequence[str], posts: Sequence[str], **others: bytes) -> dict[str, bytes]:
    """A roster."""
    named = {f"{name}.csv": content for name, content in others.items()}
    return {"people.csv": csv(PEOPLE, *people), "appointments.csv": csv(POSTS, *posts), **named}


def hand_in(roster: Mapping[str, bytes], *, is_complete: bool = False) -> Roster:
    """A roster that was handed in and read."""
    roster_id = rosters.hand_in(make.by(), roster, is_complete=is_complete)
    jobs.run_due()
    return fresh(roster_id)


def fresh(roster_id: int) -> Roster:
    """A roster as it stands."""
    return db.session.get_one(Roster, roster_id, populate_existing=True)


def apply(roster: Roster, *, allow_many: bool = False) -> Roster:
    """The same, applied."""
    rosters.confirm(make.by(), roster.id, allow_many=allow_many)
    jobs.run_due()
    return fresh(roster.id)


def load(roster: Mapping[str, bytes], *, is_complete: bool = False, allow_many: bool = False) -> Roster:
    """A roster handed in and applied."""
    return apply(hand_in(roster, is_complete=is_complete), allow_many=allow_many)


def lines(roster: Roster) -> list[tuple[str, str, int | None, str]]:
    """What its preview says, row by row."""
    rows = select(RosterLine.effect, RosterLine.file, RosterLine.line, RosterLine.text).order_by(RosterLine.id)
    return [(str(effect), *rest) for effect, *rest in db.session.execute(rows.where(RosterLine.roster_id == roster.id))]
